"""What the text of a chapter claims, bound to what its code computes.

A comment behind a number says how to compute it, like the field of an f-string. A comment that begins
with `true:` holds a condition that its sentence relies on. Readers of the chapter see neither:

    The mean error is 0.38<!--{errors.mean():.2f}-->, and one start is far worse.<!--true: worst > 0.5-->

Both are answered when the full edition of the chapter has run to its end, with the variables as they
are then; the answers are stored with the notebook.
"""

import json
import re

import nbformat

CLAIM = re.compile(
    r"(?P<number>\d[\d.,]*\d|\d)?(?P<percent>\s?%)?<!--(?P<claim>\{.+?\}|true:.+?)-->", re.DOTALL
)


def find(notebook):
    """Return the claims of a notebook as pairs: the number before the comment, and what computes it."""
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    return [
        ((each["number"] or "") + (each["percent"] or "").strip(), " ".join(each["claim"].split()))
        for each in CLAIM.finditer(text)
    ]


def remove(text):
    """Return a text without the comments that bind its claims."""
    return CLAIM.sub(lambda each: (each["number"] or "") + (each["percent"] or ""), text)


def ask(notebook):
    """Add a last code cell to a notebook that answers its claims."""
    answers = ", ".join(f"{claim!r}: {expression(claim)}" for _, claim in find(notebook))
    notebook.cells.append(
        nbformat.v4.new_code_cell(f"print(__import__('json').dumps({{{answers}}}))")
    )


def expression(claim):
    """Return Python code that computes the answer to a claim, a string."""
    if claim.startswith("{"):
        return f"f{claim!r}"
    return f"str(bool({claim.removeprefix('true:')}))"


def take_answers(notebook):
    """Remove the cell that `ask` has added, and store its answers in the metadata."""
    cell = notebook.cells.pop()
    notebook.metadata["claims"] = json.loads("".join(output.text for output in cell.outputs))


def broken(notebook):
    """Return a list of short texts: which claims of an executed notebook do not hold."""
    answers = notebook.metadata.get("claims", {})
    found = []
    for number, claim in find(notebook):
        answer = answers.get(claim, "not computed yet")
        if answer != (number or "True"):
            found.append(f"the text says {number or 'that this is true'}, {claim} is {answer}")
    return found
