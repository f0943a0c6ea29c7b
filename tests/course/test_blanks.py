"""The learner's exercises: made from the solutions, with the answers left out."""

import pytest

from mnist_kmeans.basics.errors import InputError
from mnist_kmeans.cli import main
from mnist_kmeans.course import blanks, store

MARKED = '''\
# %% [markdown]
# # 1. Little: solutions
#
# How many?
#
# <!-- BEGIN SOLUTION -->
# One.
#
# Not two.
# <!-- END SOLUTION -->
#
# And why?
#
# <!-- BEGIN SOLUTION -->
# Because.
# <!-- END SOLUTION -->

# %%
def one():
    """One."""
    # BEGIN SOLUTION
    number = 1

    return number
    # END SOLUTION


# %%
# BEGIN SOLUTION
print(one())
# END SOLUTION
print("one")

# %% [markdown]
# <!-- BEGIN SOLUTION -->
# That was all.
# <!-- END SOLUTION -->
'''


@pytest.fixture
def solution(little_course):
    """The .py file of the solutions of a little course."""
    course = little_course({"01_little": "# %%\n1\n", "solutions/01_little": MARKED})
    return course.solutions()[0]


def test_marked_lines_become_blanks_and_all_else_stays(solution):
    title, function, call = blanks.blank(solution).cells
    assert title.source.startswith(
        "# 1. Little: exercises\n\nThese exercises belong to [chapter 1]"
    )
    assert title.source.endswith("\n\nHow many?\n\nAnd why?")
    assert function.source == 'def one():\n    """One."""\n    ...  # your code here'
    assert call.source == '...  # your code here\nprint("one")'


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    # END SOLUTION\n", ""),
        ("    # BEGIN SOLUTION\n", ""),
        ("    # END SOLUTION", "# END SOLUTION"),
        ("BEGIN SOLUTION", "begin"),
        (" SOLUTION", ""),
        ("# <!-- END SOLUTION -->\n#\n", ""),
        ("# <!-- BEGIN SOLUTION -->\n# That", "# That"),
    ],
)
def test_markers_that_do_not_match_are_refused(solution, old, new):
    solution.write_text(MARKED.replace(old, new))
    with pytest.raises(InputError, match="01_little"):
        blanks.blank(solution)


def test_refresh_executes_solutions_and_writes_exercises(little_course, capsys):
    course = little_course({"01_little": "# %%\n1\n", "solutions/01_little": MARKED})
    [solution] = course.solutions()
    assert main(["refresh", "--edition", "sample", "solutions/01"], course) == 0
    assert "2 of 2 notebooks changed" in capsys.readouterr().out
    exercises = course.blank_path(solution)
    assert store.text_of(store.read_stored(exercises)) == store.text_of(blanks.blank(solution))
    stored = store.read_stored(course.stored_path(solution, "sample"))
    assert store.code_cells(stored)[1].outputs[0].text == "1\none\n"
    assert not course.stored_path(course.sources()[0], "sample").exists()

    solution.write_text(MARKED.replace('print("one")', 'print("uno")'))
    before = exercises.read_bytes()
    assert main(["refresh", "--check", "--edition", "sample", "01"], course) == 1
    told = capsys.readouterr().out
    assert "exercises/01_little.ipynb, cell 1: other source" in told
    assert "solutions/01_little.ipynb, sample edition, cell 1: other source and outputs" in told
    assert "3 of 3 notebooks would change" in told
    assert exercises.read_bytes() == before
