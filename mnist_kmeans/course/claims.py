"""What the text of a chapter claims, bound to what its code computes.

A comment behind a number says how to compute it, like the field of an f-string. A comment that begins
with `true:` holds a condition that its sentence relies on. Readers of the chapter see neither:

    The mean error is 0.38<!--{errors.mean():.2f}-->, and one start is far worse.<!--true: worst > 0.5-->

Both are answered when the chapter has run to its end, with the variables as they are then; the answers
are stored with the notebook. On the full edition they must agree with the text. Pages made of the
sample say where they do not.
"""

import json
import re

import nbformat

CLAIM = re.compile(
    r"(?P<number>\d[\d.,]*\d|\d)?(?P<percent>\s?%)?<!--(?P<claim>\{.+?\}|true:.+?)-->", re.DOTALL
)
NUMBER = re.compile(r"[\d.,]+%?")
# Runs in the notebook. A claim that cannot be computed is one that does not hold.
ANSWER = """\
def answer_of_claim(compute):
    try:
        return compute()
    except Exception as error:
        return f"{{type(error).__name__}}: {{error}}"

print(__import__("json").dumps({{{answers}}}))
"""


def find(notebook):
    """Return the claims of a notebook as pairs: the number before the comment, and what computes it."""
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    return [parts(each) for each in CLAIM.finditer(text)]


def parts(match):
    """Return the number before a comment, and what computes it, of a match of CLAIM."""
    number = (match["number"] or "") + (match["percent"] or "").strip()
    return number, " ".join(match["claim"].split())


def remove(text):
    """Return a text without the comments that bind its claims."""
    return CLAIM.sub(lambda each: (each["number"] or "") + (each["percent"] or ""), text)


def ask(notebook):
    """Add a last code cell to a notebook that answers its claims."""
    answers = (
        f"{claim!r}: answer_of_claim(lambda: {expression(claim)})" for _, claim in find(notebook)
    )
    notebook.cells.append(nbformat.v4.new_code_cell(ANSWER.format(answers=", ".join(answers))))


def expression(claim):
    """Return Python code that computes the answer to a claim, a string."""
    if claim.startswith("{"):
        return f"f{claim!r}"
    return f"str(bool({claim.removeprefix('true:')}))"


def take_answers(notebook):
    """Remove the cell that `ask` has added, and store its answers in the metadata."""
    outputs = notebook.cells.pop().outputs
    printed = "".join(output.text for output in outputs if output.get("name") == "stdout")
    notebook.metadata["claims"] = json.loads(printed)  # what numpy warns of goes to stderr


def broken(notebook):
    """Return a list of short texts: which claims of an executed notebook do not hold."""
    answers = notebook.metadata.get("claims", {})
    found = []
    for number, claim in find(notebook):
        answer = answers.get(claim, "not computed yet")
        if answer != (number or "True"):
            found.append(f"the text says {number or 'that this is true'}, {claim} is {answer}")
    return found


def tell_differences(notebook, answers):
    """Say in the text of a notebook where answers, {claim: answer}, do not bear it out.

    Behind a number stands the other one, and behind everything else, that it is not so here.
    """
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = with_differences(cell.source, answers)


def with_differences(text, answers):
    """Return a text that says where the answers do not bear it out; of one sentence it says so once."""
    told_up_to = -1

    def told(match):
        nonlocal told_up_to
        number, claim = parts(match)
        answer = answers.get(claim, said := number or "True")
        if answer == said:
            return match[0]
        here = f"here {answer}" if number and NUMBER.fullmatch(answer) else "not here"
        again = here == "not here" and match.start() == told_up_to
        told_up_to = match.end()
        return match[0] if again else f'{match[0]}<sup class="here">{here.replace("%", " %")}</sup>'

    return CLAIM.sub(told, text)
