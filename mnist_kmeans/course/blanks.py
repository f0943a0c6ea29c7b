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


def blank(source):
    """Return solutions, a .py file, as a notebook of exercises, without outputs and answers.

    Raises InputError when no solution is marked, or only its beginning or its end.
    """
    exercises = store.read_source(source)
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
