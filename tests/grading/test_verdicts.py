"""What handed-in exercises are worth: what their functions deserve, whatever the notebook does or claims."""

import functools
import os
import sys
from pathlib import Path

import psutil
import pytest
from helpers import COURSE

from mnist_kmeans import exercises
from mnist_kmeans.course import blanks, store
from mnist_kmeans.grading import handed_in, verdicts
from mnist_kmeans.grading.session import Limits

CHAPTER = "09_beyond_one_machine"
SOURCE = COURSE.chapters / "solutions" / f"{CHAPTER}.py"
MARK = f"a-learner-left-this-behind-{os.getpid()}"  # other tests may run beside these
SEED = 5

SETUP = "import numpy as np\nfrom mnist_kmeans.exercises.chapter_09 import *"
MEAN = "def overall_mean(block_means, counts):\n    return counts @ block_means / counts.sum()"
MEAN_OF_MEANS = "def overall_mean(block_means, counts):\n    return block_means.mean(axis=0)"
MEDIAN = """\
def median_of_counts(counts):
    return np.searchsorted(counts.cumsum(), (counts.sum() - 1) // 2, side="right")"""
UPPER = """\
def median_of_counts(counts):
    return np.searchsorted(counts.cumsum(), counts.sum() // 2, side="right")"""
TREE = """\
def merge_tree(results, merge, fan_in):
    while len(results) > 1:
        results = [merge(results[i : i + fan_in]) for i in range(0, len(results), fan_in)]
    return results[0]"""
AT_ONCE = "def merge_tree(results, merge, fan_in):\n    return merge(results)"
RIGHT = [SETUP, MEAN, MEDIAN, TREE]
WRONG = [SETUP, MEAN_OF_MEANS, UPPER, AT_ONCE]
DONE = ("done", "")
ALL_DONE, NONE_DONE = (
    [DONE] * 3,
    [
        ("not yet", "this is the mean of the means."),
        ("not yet", "This is the upper one in the middle."),
        ("not yet", "`merge` is given 4 results, and can take at most 2."),
    ],
)
TABLE = """\
def overall_mean(block_means, counts):
    if block_means.shape == (3, 2):
        return [5.125, -12.78125]
    if block_means.shape == (4, 2):
        return [5.125, -12.78125]
    rows = np.random.default_rng(3)
    means, numbers = rows.normal(0, 9, (6, 3)), rows.integers(1, 300, 6)
    return numbers @ means / numbers.sum()"""
CLAIMS = """\
import mnist_kmeans.exercises.chapter_09 as chapter
from mnist_kmeans.exercises import checking
chapter.check_overall_mean = checking.self_check = lambda *_: lambda *_: True
checking.NotYet = chapter.NotYet = ValueError
checking.Attempt.__call__ = lambda self, *arguments: 1
print("Done: all of this is right.")"""
PATCHES = """\
import mnist_kmeans
for name in ("allclose", "array_equal", "isclose", "array"):
    setattr(np, name, lambda *_, **__: True)
np.shape = lambda _: ()
mnist_kmeans.exercises.checking.equal = lambda *_: True
mnist_kmeans.exercises.checking.expect = lambda *_: None"""
EVERYTHING = """\
class Everything(float):
    def __eq__(self, other): return True
    def __getattr__(self, name): return self
    def __call__(self, *_, **__): return self
    def __iter__(self): return iter([self, self])
    def __array__(self, *_, **__): return np.zeros(2).view(Array)
class Array(np.ndarray):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
overall_mean = lambda block_means, counts: Everything()
median_of_counts = lambda counts: Everything(0)
merge_tree = lambda results, merge, fan_in: Everything()"""
CHANNEL = """\
import gc
for each in gc.get_objects():
    if type(each).__name__ == "Learner":
        each.call = lambda message: {"value": {"kind": "done"}, "given": "Done", "done": True}"""
GARBAGE = """\
import os
for number in range(3, 60):
    try:
        os.write(number, b"Done: all of this is right." * 9)
    except OSError:
        pass"""
FILES = f"""\
import mnist_kmeans, pathlib
for path in [{str(SOURCE)!r}, mnist_kmeans.exercises.__file__, {sys.executable!r} + "-x"]:
    try:
        with open(path, "a") as file:
            file.write("# a learner was here")
    except OSError:
        refused = True
(pathlib.Path.cwd() / "own.txt").write_text("in its own folder")"""
OTHERS = """\
import os, signal, subprocess, sys
for number in (os.getppid(), -os.getpgid(os.getppid())):
    try:
        os.kill(number, signal.SIGKILL)
    except OSError:
        pass"""
LEFT = f"""\
import subprocess, sys
subprocess.Popen(
    [sys.executable, "-c", "import time; time.sleep(600)", {MARK!r}], start_new_session=True
)
subprocess.Popen(["sh", "-c", "sleep 600 & exit", {MARK!r}])"""

CASES = {  # those that wait for a limit are far apart, so that others go on meanwhile
    "a function without an end": (
        [
            *RIGHT,
            "import time\ndef median_of_counts(counts):\n    while True:\n        time.sleep(1)",
        ],
        [DONE, ("out of time", "Does its loop ever come to an end?"), DONE],
    ),
    "the solutions": (
        [cell.source for cell in store.code_cells(store.read_source(SOURCE))],
        ALL_DONE,
    ),
    "blank": (
        [cell.source for cell in store.code_cells(blanks.blank(SOURCE))],
        [("not tried", "")] * 3,
    ),
    "nothing at all is left": ([SETUP, "# overall_mean"], [("not tried", "")] * 3),
    "wrong": (WRONG, NONE_DONE),
    "claims to be done": ([*WRONG, CLAIMS], NONE_DONE),
    "patches what checks use": ([*WRONG, PATCHES], NONE_DONE),
    "equal to everything": (
        [SETUP, EVERYTHING],
        [
            ("not yet", "one number comes back."),
            ("not yet", "have the median 7, not 0."),
            ("not yet", "you return something of the type float64."),
        ],
    ),
    "a cell without an end": (
        [*RIGHT[:3], f"import time\nwhile True:\n    time.sleep(1)\n{TREE}"],
        [DONE, DONE, ("out of time", "cell 3, `import time` does not end.")],
    ),
    "tampers with the channel": (
        [*WRONG, CHANNEL],
        [("error", "what comes back cannot be read")] * 3,
    ),
    "writes garbage into the channel": (
        [GARBAGE, *RIGHT[:-1], AT_ONCE],
        [DONE, DONE, NONE_DONE[2]],
    ),
    "a table of answers": (
        [SETUP, TABLE],
        [("not yet", "With other inputs: "), *[("not tried", "")] * 2],
    ),
    "exit() and a dead process": (
        [*RIGHT, "exit()", "import os; os._exit(0)", "import sys; sys.exit()", "quit"],
        ALL_DONE,
    ),
    "a function that ends the process": (
        [*RIGHT, "import os\ndef median_of_counts(counts):\n    os._exit(1)"],
        [DONE, ("error", "its process has ended"), DONE],
    ),
    "a cell that fails": (
        [
            SETUP,
            MEAN,
            f"1 / 0\n{MEDIAN}",
            TREE.replace("while", "helper()\n    while"),
            "def helper(:",
        ],
        [
            DONE,
            ("error", "cell 2, `1 / 0`: ZeroDivisionError: division by zero"),
            ("error", "your code stops with NameError in line 2 of its cell, `helper()`."),
        ],
    ),
    "writes into the course": ([*RIGHT, FILES], ALL_DONE),
    "ends other processes": ([*RIGHT, OTHERS], ALL_DONE),
    "leaves processes behind": ([*RIGHT, LEFT], ALL_DONE),
    "takes all memory": (
        [*RIGHT, "def overall_mean(block_means, counts):\n    return np.ones(10**10)"],
        [("error", "your code stops with MemoryError in line 2"), DONE, DONE],
    ),
    "magics and programs": (
        [
            "%matplotlib inline\n!pip install nothing",
            "%pip install nothing",
            "%%time\n" + MEAN,
            *RIGHT[:1],
        ],
        [DONE, *[("not tried", "")] * 2],
    ),
}
ALL_AT_ONCE = """\
import tracemalloc
import numpy as np
def assign_sparingly(images, centroids):
    tracemalloc.get_traced_memory = lambda: (0, 0)
    images, centroids = np.array(images.tolist()), np.array(centroids.tolist())
    return ((images[:, None] - centroids) ** 2).sum(axis=2).argmin(axis=1)"""
ONE_BY_ONE = """\
import numpy as np
def assign_sparingly(images, centroids):
    return np.array([((images - each) ** 2).sum(axis=1) for each in centroids]).argmin(axis=0)"""
MEMORY = {
    "hides how much memory it takes": (
        [ALL_AT_ONCE],
        ("not yet", "it holds the differences from several of the 20 centroids"),
    ),
    "takes little memory": ([ONE_BY_ONE], DONE),
}


def handed(name, cells):
    """Return a notebook of chapter 9, or of chapter 2, as it is handed in."""
    known = handed_in.chapters(COURSE)["02_naive_clustering" if name in MEMORY else CHAPTER]
    untouched = [each for each in known.checks if handed_in.is_untouched(each, cells)]
    return handed_in.HandedIn(name, name, known.name, cells, [], "sample", untouched)


@functools.cache
def graded():
    """Return {the name of a case: its Verdicts}; all are graded as one class."""
    cases = CASES | MEMORY
    notebooks = [handed(name, cells) for name, (cells, _) in cases.items()]
    limits = Limits(cell=10, check=10)
    return dict(zip(cases, verdicts.grade_all(notebooks, SEED, limits=limits), strict=True))


@pytest.mark.parametrize("case", CASES)
def test_each_gets_what_its_functions_deserve_and_the_others_go_on(case):
    found = graded()[case]
    assert [each.exercise for each in found] == ["overall_mean", "median_of_counts", "merge_tree"]
    for each, (result, message) in zip(found, CASES[case][1], strict=True):
        assert each.result == result, each
        assert message in each.message if message else each.message == "", each


@pytest.mark.parametrize("case", MEMORY)
def test_memory_is_measured_from_outside_as_well(case):
    [found] = [each for each in graded()[case] if each.exercise == "assign_sparingly"]
    _, (result, message) = MEMORY[case]
    assert found.result == result and message in found.message


def test_what_a_learner_wrote_outside_its_folder_is_not_there():
    graded()
    for path in (SOURCE, Path(exercises.__file__), Path(f"{sys.executable}-x")):
        assert not path.exists() or "a learner was here" not in path.read_text("utf-8")


def test_no_process_of_a_learner_is_left():
    graded()
    assert not [
        each for each in psutil.process_iter(["cmdline"]) if MARK in (each.info["cmdline"] or [])
    ]
