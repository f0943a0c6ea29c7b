"""What the tests of several rooms need."""

import ast
import importlib.util
import os
import shutil
import sys
from pathlib import Path

import numpy as np

from mnist_kmeans.course.checkout import Checkout

ROOT = Path(__file__).resolve().parents[1]
COURSE = Checkout(ROOT)
INDEX = """\
# A little course

% The chapters, as in the real table, but unseen: {}

```{{toctree}}
:glob:

**[0-9][0-9]_*
```
"""


def idx(array):
    """Return the bytes of an IDX file that holds this array of bytes."""
    header = np.array([0x0800 + array.ndim, *array.shape], dtype=">u4")
    return header.tobytes() + array.tobytes()


def of_chapter(stem, *names):
    """Return what the code of a chapter calls by these names, in the order in which it makes them."""
    [path] = COURSE.chapters.glob(f"{stem}_*.py")

    def makes_one(line):
        if isinstance(line, ast.FunctionDef):
            return line.name in names
        targets = getattr(line, "targets", None) or [getattr(line, "target", None)]
        return getattr(targets[0], "id", None) in names  # = and +=

    lines = [line for line in ast.parse(path.read_text("utf-8")).body if makes_one(line)]
    made = {"np": np}
    exec(compile(ast.Module(lines, []), path.name, "exec"), made)
    return [made[name] for name in names]


def write_course(folder, texts):
    """Return a Checkout in a folder, with chapters given as {name: text}."""
    course = Checkout(folder)
    (course.chapters / "images").mkdir(parents=True, exist_ok=True)
    no_pages = shutil.ignore_patterns("*.md")
    shutil.copytree(COURSE.site, course.site, ignore=no_pages, dirs_exist_ok=True)
    listed = " ".join(f"[]({Path(name).name})" for name in texts)
    (course.site / "index.md").write_text(INDEX.format(listed))
    for name, text in texts.items():
        path = course.chapters / f"{name}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return course


def contents(folder):
    """Return {name: bytes} of all the files in a folder."""
    return {path.name: path.read_bytes() for path in folder.glob("*")}


def same_bits(one, other):
    """Whether two clusterings agree in every bit, their histories too."""
    return (
        one.digest == other.digest
        and one.centroids.dtype == other.centroids.dtype
        and (one.inertia, one.history, one.converged)
        == (other.inertia, other.history, other.converged)
    )


def open_up(folder):
    """Let everybody read a temporary folder of root's."""
    for each in [folder, *folder.parents]:
        if each.owner() == "root" and each != Path("/"):
            each.chmod(each.stat().st_mode | 0o055)


def as_nobody(answer):
    """Return the number that a function returns, in a process of a user who owns nothing; for root."""
    child = os.fork()
    if child == 0:
        os.setuid(65534)
        number = int(answer())
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(number)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def program(name):
    """Return a program of the folder benchmarks as a module."""
    folder = str(ROOT / "benchmarks")
    if folder not in sys.path:  # programs there import from each other
        sys.path.append(folder)
    spec = importlib.util.spec_from_file_location(name, ROOT / "benchmarks" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
