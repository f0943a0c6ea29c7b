"""Style sheets without what no page can need: rules for classes that are on none, variables without use."""

import functools
import re

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
# A statement, or what a block is for and what is in it; a block may hold blocks, and these blocks again.
INNER = r"[^{}]"
for _ in range(2):
    INNER = rf"(?:[^{{}}]|\{{{INNER}*\}})"
PART = re.compile(rf"\s*(?:(@[^{{}};]+;)|([^{{}}]+)\{{({INNER}*)\}})\s*")
GROUPS = ("@media", "@supports", "@layer", "@container")  # what is in them are rules
IN_BRACKETS = re.compile(r"\((?:[^()]|\([^()]*\))*\)|\[[^\]]*\]")
NAME = re.compile(r"[.#]((?:[\w-]|\\.)+)")
VARIABLE = re.compile(r"(?:(?<=[;{])|^)\s*(--[\w-]+)\s*:[^;{}\"']*(?:;|(?=\})|$)")


def prune(sheets, words, others):
    """Return style sheets, {name: text}, without the rules that match no page, and variables without use.

    `words` is the set of all classes and ids that pages may have; variables in `others`, a text, are kept.
    What stands in brackets, as in :not(.this), is not looked at. Raises ValueError where a sheet cannot be
    read.
    """
    sheets = {name: "".join(kept(COMMENT.sub("", sheet), words)) for name, sheet in sheets.items()}
    return drop_variables(sheets, others)


def kept(sheet, words):
    """Yield the parts of a style sheet that may match a page."""
    place = 0
    while place < len(sheet.rstrip()):
        part = PART.match(sheet, place)
        if not part:
            raise ValueError(f"this is no rule of a style sheet: {sheet[place : place + 80]}")
        place = part.end()
        statement, head, body = part.groups()
        if statement:
            yield statement
        elif head.startswith(GROUPS):
            if rules := "".join(kept(body, words)):
                yield f"{head}{{{rules}}}"
        elif head.startswith("@"):
            yield f"{head}{{{body}}}"
        elif selectors := [each for each in split(head) if may_match(each, words)]:
            yield f"{','.join(selectors)}{{{body.strip()}}}"


def split(head):
    """Return the selectors of a rule."""
    return [each.strip() for each in re.split(r",(?![^(]*\))", head)]


def may_match(selector, words):
    """Tell whether a page could have what a selector asks for."""
    return words.issuperset(NAME.findall(IN_BRACKETS.sub("", selector)))


def drop_variables(sheets, others):
    """Return style sheets, {name: text}, without the variables that neither they nor other texts use."""
    count = None
    while count != (count := sum(map(len, sheets.values()))):  # one may have been used by another
        used = set(re.findall(r"(?<=var\()\s*(--[\w-]+)", " ".join(sheets.values())))
        used |= set(re.findall(r"--[\w-]+", others))
        keep = functools.partial(if_used, used)
        sheets = {name: VARIABLE.sub(keep, sheet) for name, sheet in sheets.items()}
    return sheets


def if_used(used, variable):
    """Return the declaration of a variable where it is among those in use."""
    return variable[0] if variable[1] in used else ""
