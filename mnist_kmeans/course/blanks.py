"""The learner's exercise notebooks: made from the solutions, with the learner's part left blank.

The text people edit is notebooks/solutions/NN_topic.py; `mnist-kmeans refresh` writes
notebooks/exercises/NN_topic.ipynb.
"""

import re

from mnist_kmeans import notebooks
from mnist_kmeans.basics.errors import InputError

# The lines between these two comments, whatever their indentation, are what learners find out.
SOLUTION = re.compile(
    r"^(?P<indent> *)# BEGIN SOLUTION\n.*?^(?P=indent)# END SOLUTION$", re.DOTALL | re.MULTILINE
)
ANSWER = re.compile(  # the same in text
    r"\s*<!-- BEGIN SOLUTION -->\n(?:(?!<!-- BEGIN).)*?\n<!-- END SOLUTION -->", re.DOTALL
)
BLANK = "...  # your code here"


def blank_path(source):
    """Return where the exercises of a chapter are stored; `source` is the .py file of its solutions."""
    return notebooks.CHAPTERS / "exercises" / f"{source.stem}.ipynb"


def blank(source):
    """Return solutions, a .py file, as a notebook of exercises, without outputs and answers.

    Raises InputError when no solution is marked, or only its beginning or its end.
    """
    exercises = notebooks.read_source(source)
    del exercises.metadata["jupytext"]  # nothing is paired with them
    exercises.cells[0].source = exercises.cells[0].source.replace(": solutions", ": exercises", 1)
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


def refresh(source):
    """Return the exercises made from solutions, and the stored ones (None if there are none)."""
    target = blank_path(source)
    return blank(source), notebooks.read_stored(target) if target.exists() else None


def worked_in(exercises):
    """Tell whether somebody has run a cell of stored exercises: their work must not be lost."""
    return any(cell.execution_count for cell in notebooks.code_cells(exercises))
