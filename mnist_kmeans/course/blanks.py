"""The learner's exercise notebooks: made from the solutions, with the learner's part left blank.

The text people edit is notebooks/solutions/NN_topic.py; `mnist-kmeans refresh` writes
notebooks/exercises/NN_topic.ipynb.
"""

import re

from mnist_kmeans.basics.errors import InputError
from mnist_kmeans.course import store

# The lines between these two comments, whatever their indentation, are what learners find out.
SOLUTION = re.compile(
    r"^(?P<indent> *)# BEGIN SOLUTION\n.*?^(?P=indent)# END SOLUTION$", re.DOTALL | re.MULTILINE
)
ANSWER = re.compile(  # the same in text
    r"\s*<!-- BEGIN SOLUTION -->\n(?:(?!<!-- BEGIN).)*?\n<!-- END SOLUTION -->", re.DOTALL
)
BLANK = "...  # your code here"
OPENING = """\
: exercises

These exercises belong to [chapter {number}](../{name}.ipynb). Do them in JupyterLab (`make lab`), in the
notebook `exercises/{name}.ipynb`: put your code in place of `{blank}`, run the cell, then run the check
below it, as often as you like. It says what is right and where to look when something is not. (A check
gets `globals()`, all that you have defined.) The [solutions](../solutions/{name}.ipynb) show one
way to do each."""


def blank(source):
    """Return solutions, a .py file, as a notebook of exercises, without outputs and answers.

    Raises InputError when no solution is marked, or only its beginning or its end.
    """
    exercises = store.read_source(source)
    del exercises.metadata["jupytext"]  # nothing is paired with them
    opening = OPENING.format(number=int(source.stem[:2]), name=source.stem, blank=BLANK)
    exercises.cells[0].source = exercises.cells[0].source.replace(": solutions", opening, 1)
    blanks = 0
    for cell in exercises.cells:
        if cell.cell_type == "code":
            cell.source, count = SOLUTION.subn(rf"\g<indent>{BLANK}", cell.source)
            blanks += count
        else:
            cell.source = ANSWER.sub("", cell.source)
        if "SOLUTION" in cell.source:
            raise InputError(f"{source}: BEGIN SOLUTION and END SOLUTION do not match in a cell")
    exercises.cells = [cell for cell in exercises.cells if cell.source]
    if not blanks:
        raise InputError(f"{source}: no lines are marked as a solution")
    return exercises
