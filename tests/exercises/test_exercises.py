"""The exercises: made from their solutions, with checks that help and never fail."""

import contextlib
import functools
import importlib
import inspect
import io
import linecache
import pickle
import re
import runpy
import tracemalloc
import warnings
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
from helpers import COURSE

from mnist_kmeans import Digits, load_mnist
from mnist_kmeans.course import blanks, store
from mnist_kmeans.course.comparison import differences
from mnist_kmeans.course.execution import execute
from mnist_kmeans.data.editions import EDITIONS
from mnist_kmeans.exercises import checking
from mnist_kmeans.exercises.checking import NotYet, as_numbers, equal, other_inputs, self_check

SOLUTIONS = COURSE.solutions()
each_solution = pytest.mark.parametrize("source", SOLUTIONS, ids=lambda path: path.stem)


def checks(source):
    """Return {the name of a learner's function: its check}, for the exercises of a chapter."""
    module = importlib.import_module(f"mnist_kmeans.exercises.chapter_{source.stem[:2]}")
    return {
        name.removeprefix("check_"): check
        for name, check in vars(module).items()
        if name.startswith("check_")
    }


@functools.cache
def attempts_at(source):
    """Return what is defined where the attempts at the exercises of a chapter are."""
    path = Path(__file__).parent / "attempts" / f"chapter_{source.stem[:2]}.py"
    return runpy.run_path(str(path))


def attempts(source, kind):
    """Return {the name of a learner's function: attempts at it}; they are RIGHT or WRONG.

    The wrong ones are {what the check says: an attempt, or a list of them}.
    """
    return attempts_at(source)[kind]


RIGHT = [
    pytest.param(source, name, function, id=f"{source.stem}-{name}-{number}")
    for source in SOLUTIONS
    for name, functions in attempts(source, "RIGHT").items()
    for number, function in enumerate(functions)
]
WRONG = [
    pytest.param(checks(source)[name], name, function, told, id=f"{source.stem}-{name}-{told}")
    for source in SOLUTIONS
    for name, wrong in attempts(source, "WRONG").items()
    for told, functions in wrong.items()
    for function in (functions if isinstance(functions, list) else [functions])
]


@pytest.fixture(autouse=True)
def sample_edition(monkeypatch):
    monkeypatch.setenv("MNIST_KMEANS_EDITION", "sample")


@pytest.fixture(autouse=True)
def nothing_is_traced_afterwards():
    """A check that measures memory must not leave all that comes after it slow."""
    yield
    assert not tracemalloc.is_tracing()


@each_solution
def test_stored_exercises_are_those_that_the_solutions_make(source):
    fresh, stored = blanks.blank(source), store.read_stored(COURSE.blank_path(source))
    store.sign(fresh)
    assert differences(fresh, stored) == [], "run: mnist-kmeans refresh"


@each_solution
@pytest.mark.parametrize("edition", EDITIONS)
def test_stored_solutions_have_the_cells_of_the_source_and_pass_their_checks(source, edition):
    path = COURSE.stored_path(source, edition)
    assert store.in_sync(source, path)
    stored = store.read_stored(path)
    printed = "".join(
        output.get("text", "") for cell in store.code_cells(stored) for output in cell.outputs
    )
    assert printed.count("Done: ") == len(checks(source))
    assert "Not yet: " not in printed


def test_nothing_else_is_stored_beside_them():
    """Where people put nothing of their own."""
    folder = COURSE.stored_folder("sample") / "solutions"
    assert sorted(path.stem for path in folder.glob("*.ipynb")) == [path.stem for path in SOLUTIONS]


@each_solution
def test_exercises_belong_to_a_chapter_that_names_them(source):
    chapter = COURSE.chapters / source.name
    title = store.read_source(chapter).cells[0].source.partition("\n")[0]
    solved, unsolved = store.read_source(source).cells[0].source, blanks.blank(source).cells[0]
    assert solved.startswith(f"{title}: solutions\n")
    assert unsolved.source.startswith(f"{title}: exercises\n")
    for text, other in [(solved, "exercises"), (unsolved.source, "solutions")]:
        links = re.findall(r"\]\((\S+?)\)", text.partition("\n## ")[0])
        assert links == [f"../{source.stem}.ipynb", f"../{other}/{source.stem}.ipynb"]
    assert f"](exercises/{source.stem}.ipynb)" in chapter.read_text("utf-8")


@each_solution
def test_each_exercise_has_a_time_a_blank_and_a_check(source):
    exercises = blanks.blank(source)
    text = "\n".join(cell.source for cell in exercises.cells)
    names = list(checks(source))
    headings = re.findall(r"^## Exercise (\d): .+ \(\d+ min\)$", text, re.MULTILINE)
    assert headings == ["1", "2", "3", "4"][: len(names)] and len(names) >= 2
    blank = r'^def (\w+)\(.*\):\n    """.+"""\n    \.\.\.  # your code here$'
    assert re.findall(blank, text, re.MULTILINE) == names
    assert re.findall(r"^if check_(\w+)\(globals\(\)\):$", text, re.MULTILINE) == names
    assert text.count(blanks.BLANK) == len(names) + 1  # the opening tells of them


@each_solution
def test_every_question_to_think_about_has_an_answer_that_learners_do_not_see(source):
    text = "\n".join(cell.source for cell in store.read_source(source).cells)
    under_exercises = text.count("*To think about*")
    answers = re.findall(r"<!-- BEGIN SOLUTION -->\n\*One answer\*: ", text)
    assert len(answers) == under_exercises >= 1
    chapter = store.read_source(COURSE.chapters / source.name).cells[-1].source
    questions = re.findall(r"^\d+\. ", chapter.partition("\n## Exercises\n")[2], re.MULTILINE)
    closing = text.partition("## The questions of the chapter\n")[2]
    assert re.findall(r"^\d+\. ", closing, re.MULTILINE) == questions
    assert "*One answer*" not in "".join(cell.source for cell in blanks.blank(source).cells)
    assert "## The questions" not in "".join(cell.source for cell in blanks.blank(source).cells)


@functools.cache
def blank_cells(source):
    """Return the code cells of the exercises of a chapter."""
    return store.code_cells(blanks.blank(source))


@functools.cache
def run_unfilled(source):
    """Run exercises as they are, on a quarter of the sample, which is quick.

    Return what they define, what they print, and what they warn of.
    """
    sample = {split: load_mnist("sample", split) for split in ("train", "test")}
    few = {
        split: Digits(digits.images[::4], digits.labels[::4]) for split, digits in sample.items()
    }
    defined, printed, warned = {}, io.StringIO(), io.StringIO()
    with (
        mock.patch("mnist_kmeans.load_mnist", lambda split="train": few[split]),
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(warned),
    ):
        for cell in blank_cells(source):
            exec(cell.source, defined)
    return defined, printed.getvalue(), warned.getvalue()


@each_solution
def test_unfilled_exercises_run_to_the_end_and_say_what_is_not_yet_there(source):
    _, printed, warned = run_unfilled(source)
    assert printed.count("Not yet: ") == len(checks(source))
    assert "Right: " not in printed and "Done: " not in printed
    assert warned == ""


@each_solution
def test_there_are_attempts_at_every_exercise(source):
    assert set(attempts(source, "RIGHT")) == set(attempts(source, "WRONG")) == set(checks(source))
    assert all(len(right) >= 4 for right in attempts(source, "RIGHT").values())
    for wrong in attempts(source, "WRONG").values():
        several = [each if isinstance(each, list) else [each] for each in wrong.values()]
        assert sum(map(len, several)) >= 8


@pytest.mark.parametrize(("source", "name", "function"), RIGHT)
def test_every_correct_approach_passes_and_the_rest_of_the_check_cell_runs(
    source, name, function, capsys
):
    [cell] = [cell for cell in blank_cells(source) if f"if check_{name}(" in cell.source]
    defined, _, _ = run_unfilled(source)
    shown = []
    exec(cell.source, defined | {name: function, "show": shown.append})
    _, done, rest = capsys.readouterr().out.partition("Done: all of this is right.\n")
    assert done and (rest or shown)


def inputs_of(source, name, function, number):
    """Go through a check with other inputs; return what the function is given, as a set of bytes."""
    given = set()

    def noted(*arguments):
        given.add(pickle.dumps([each for each in arguments if not callable(each)]))
        return function(*arguments)

    with other_inputs(number), warnings.catch_warnings(action="ignore"):
        list(inspect.unwrap(checks(source)[name])(checking.Attempt(name, noted)))
    return given


@pytest.mark.parametrize(("source", "name", "function"), RIGHT)
def test_every_correct_approach_passes_with_other_inputs(source, name, function):
    assert inputs_of(source, name, function, 1)


@each_solution
def test_other_inputs_are_others(source):
    """But for what has no inputs, or where chance or structure is looked at."""
    for name, functions in attempts(source, "RIGHT").items():
        same = inputs_of(source, name, functions[0], 0) == inputs_of(source, name, functions[0], 1)
        assert same == (name in {"order_matters", "random_holdout", "merge_tree"}), name


@pytest.fixture
def learner(monkeypatch):
    """A function that returns all that a learner has defined who has defined this."""

    def defined(name, function):
        monkeypatch.setitem(function.__globals__, name, function)
        return function.__globals__

    return defined


@pytest.mark.parametrize(("check", "name", "function", "told"), WRONG)
def test_every_wrong_approach_is_told_from_the_others(check, name, function, told, learner, capsys):
    assert not check(learner(name, function))
    printed = " ".join(capsys.readouterr().out.split())
    assert told in printed
    assert "Not yet: " in printed and "the check stops" not in printed
    assert not re.search(r"\bnan\b(?!, \*not a number|, and so is the root)", printed)


# --- whatever a learner does, a check ends in sentences ---


@self_check
def check_double(double):
    """A check for the tests."""
    array = np.array([1.0, 2.0])
    numbers = as_numbers(double(array))
    yield "it is an array."
    if equal(numbers, array):
        raise NotYet("nothing has changed.", "Is it twice as much?")
    if not equal(numbers, 2 * array):
        raise NotYet("it is not twice as much.")
    yield "it is twice as much."


def told_by_check(code, capsys, check=check_double):
    """Return what a check says about code, each sentence on a line; it must not be content."""
    learner = {}
    linecache.cache["a cell"] = len(code), None, code.splitlines(keepends=True), "a cell"
    exec(compile(code, "a cell", "exec"), learner)
    assert check(learner) is False
    printed, warned = capsys.readouterr()
    assert warned == ""
    assert max(map(len, printed.splitlines())) <= 88
    return re.sub(r"\n(?!Right: |Not yet: |Hint: |Done: |$)", " ", printed).splitlines()


def double(body):
    """Return the code of a learner's function."""
    return f"def double(array):\n    {body}\n"


def test_what_is_right_is_told_before_what_is_not(capsys):
    assert told_by_check(double("return array"), capsys) == [
        "Right: it is an array.",
        "Not yet: nothing has changed.",
        "Hint: Is it twice as much?",
    ]
    assert told_by_check(double("return 3 * array"), capsys) == [
        "Right: it is an array.",
        "Not yet: it is not twice as much.",
    ]
    assert check_double({"double": lambda array: [2, 4]}) is True
    assert capsys.readouterr().out == (
        "Right: it is an array.\nRight: it is twice as much.\nDone: all of this is right.\n"
    )


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("", "there is no `double`."),
        ("double = 2", "`double` should be a function."),
        (double("..."), "`double` gives nothing back."),
        (double("return ..."), "`double` gives nothing back."),
        (double("array *= 2; return array"), "`double` changes an array that it was given."),
        (double("return [[1], [2, 3]]"), "what comes back cannot be made into one array"),
        (double("return ['2', '4']"), "what comes back is text."),
        (double("return array / 0"), "some of the numbers are infinite."),
        (double("return array / 0 * 0"), "some of the numbers are nan"),
        (
            double("return array +\\\n        twice"),
            "your code stops with NameError in line 3 of its cell, `twice`. "
            "name 'twice' is not defined",
        ),
        (
            "import numpy as np\n\n" + double("return np.mean(array, axis=7)"),
            "your code stops with AxisError in line 4 of its cell, `return np.mean(array, axis=7)`. "
            "axis 7 is out of bounds",
        ),
        (double("raise KeyboardInterrupt"), "your code was interrupted in line 2 of its cell"),
        (double("raise SystemExit"), "your code stops with SystemExit in line 2"),
        (double("return double(array)"), "your code stops with RecursionError in line 2"),
        ("def double():\n    return 1", "`double` does not take what it should be given: too many"),
        (
            "def double(a, b):\n    return 1",
            "`double` does not take what it should be given: missing",
        ),
        (
            "class Odd:\n    def __array__(self, *_, **__):\n        raise OSError('odd')\n"
            + double("return Odd()"),
            "your code stops with OSError in line 3",
        ),
    ],
)
def test_no_exception_of_a_learner_escapes(code, told, capsys):
    [sentence] = [line for line in told_by_check(code, capsys) if line.startswith("Not yet: ")]
    assert sentence.startswith(f"Not yet: {told}")


def test_a_loop_without_an_end_is_interrupted(monkeypatch, capsys):
    monkeypatch.setattr(checking, "PATIENCE", 0.1)
    [sentence] = told_by_check("def double(array):\n    while True:\n        pass\n", capsys)
    assert sentence.startswith("Not yet: your code was interrupted in line ")
    assert sentence.endswith("Does its loop ever come to an end?")


def test_an_accident_of_the_check_itself_is_no_traceback_either(capsys):
    @self_check
    def check_double(double):
        yield double(1)["key"]

    told = told_by_check("double = int", capsys, check_double)
    assert told == [
        "Not yet: the check stops with TypeError at what your code gives back. "
        "'int' object is not subscriptable"
    ]


CELLS = '''\
# %%
import numpy as np

from mnist_kmeans.exercises.chapter_01 import check_ink_share

# %%
def ink_share(images):
    """Wrong."""
    return np.mean(images, axis=7)

# %%
if check_ink_share(globals()):
    print("never")
'''


def test_in_a_notebook_a_line_of_the_learner_is_found_in_its_cell(little_course):
    source = little_course({"01_little": CELLS}).chapters / "01_little.py"
    notebook = store.read_source(source)
    execute(COURSE, notebook, source.name, "sample")
    [printed] = store.code_cells(notebook)[2].outputs
    assert " ".join(printed.text.split()) == (
        "Not yet: your code stops with AxisError in line 3 of its cell, "
        "`return np.mean(images, axis=7)`. axis 7 is out of bounds for array of dimension 2"
    )
