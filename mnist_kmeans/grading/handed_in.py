"""Notebooks that learners hand in: of which chapter, which cells, which words, on which edition.

They come from many programs. What a notebook stores of outputs, of a kernel, or of whoever saved it is
not looked at.
"""

import ast
import difflib
import functools
import inspect
import json
import re
import warnings
from dataclasses import dataclass, field
from importlib import import_module
from typing import NamedTuple

import nbformat

from mnist_kmeans.basics.errors import InputError
from mnist_kmeans.course import blanks
from mnist_kmeans.data import editions

LARGEST = 50 * 10**6  # bytes of a notebook
SETS_EDITION = re.compile(
    rf"""MNIST_KMEANS_EDITION["']\s*\]\s*=\s*["']({"|".join(editions.EDITIONS)})["']"""
)
QUESTION = "*To think about*"


@dataclass
class HandedIn:
    """A notebook that was handed in; `fault` says why it cannot be run, if so."""

    name: str  # its path, from the folder that was given
    learner: str = ""
    chapter: str = ""  # as 02_naive_clustering
    cells: list = field(default_factory=list)  # sources of the code cells
    words: list = field(default_factory=list)  # under each question of the chapter's exercises
    edition: str = ""
    untouched: list = field(default_factory=list)  # functions that are as they were, or are gone
    fault: str = ""


@dataclass
class Chapter:
    """The exercises of a chapter: their checks, by the name of the function, and the blank notebook."""

    name: str
    checks: dict
    text: list  # the lines of the blank notebook's text
    titles: list  # of the exercises

    @property
    def questions(self):
        """The questions to think about, each a text."""
        return [line for line in self.text if QUESTION in line]


@functools.cache
def chapters(checkout):
    """Return the Chapters of a checkout, {name: Chapter}."""
    found = {}
    for source in checkout.solutions():
        module = import_module(f"mnist_kmeans.exercises.chapter_{source.stem[:2]}")
        text = lines_of(blanks.blank(source).cells)
        titles = [line.removeprefix("## ") for line in text if line.startswith("## Exercise")]
        found[source.stem] = Chapter(source.stem, checks_of(module), text, titles)
    return found


def checks_of(module):
    """Return the checks of a chapter's exercises, {the name of the learner's function: check}, in order."""
    checks = (each for name, each in vars(module).items() if name.startswith("check_"))
    return {
        next(iter(inspect.signature(inspect.unwrap(check)).parameters)): check for check in checks
    }


def lines_of(cells):
    """Return the lines of the text cells of a notebook, paragraphs in one line each."""
    text = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    paragraphs = re.split(r"\n\s*\n", text)
    return [" ".join(paragraph.split()) for paragraph in paragraphs if paragraph.strip()]


def collect(paths):
    """Return {name: path} of the notebooks in folders, and of single ones, in the order of their names.

    Raises InputError when a path is not there, or when there is no notebook.
    """
    found = {}
    for path in paths:
        alone = path.name and sum(each.name == path.name for each in paths) == 1
        name = path.name if alone else path.as_posix()
        if path.is_dir():
            inside = (each for each in path.rglob("*.ipynb") if each.is_file())
            own = {each.relative_to(path).as_posix(): each for each in inside}
            own = {n: each for n, each in own.items() if not hidden(n)}
            found |= {n if len(paths) == 1 else f"{name}/{n}": each for n, each in own.items()}
        elif path.exists():
            found[name] = path
        else:
            raise InputError(
                f"{path} is not there; name a folder of handed-in notebooks, or some of them"
            )
    if not found:
        raise InputError(f"there is no notebook, *.ipynb, in {', '.join(map(str, paths))}")
    return dict(sorted(found.items()))


def hidden(name):
    """Tell whether a path leads through a hidden folder, as .ipynb_checkpoints."""
    return any(part.startswith((".", "__MACOSX")) for part in name.split("/"))


def read(name, path, known, edition):
    """Return a notebook as HandedIn, whatever it is; `known` are the Chapters.

    `edition` holds where the notebook sets none.
    """
    handed_in = HandedIn(name, learner=learner_of(name, known))
    try:
        cells = cells_of(path)
    except InputError as error:
        handed_in.fault = str(error)
        return handed_in
    handed_in.cells = [cell.source for cell in cells if cell.cell_type == "code"]
    code = "\n".join(handed_in.cells)
    set_to = SETS_EDITION.findall(code)
    handed_in.edition = set_to[-1] if set_to else edition
    chapter = chapter_of(code, known)
    if chapter is None:
        handed_in.fault = (
            "these are no exercises of this course: not one of their functions is there"
        )
        return handed_in
    handed_in.chapter = chapter.name
    handed_in.untouched = [each for each in chapter.checks if is_untouched(each, handed_in.cells)]
    handed_in.words = words_of(lines_of(cells), chapter.text)
    return handed_in


class Cell(NamedTuple):
    """A cell of a notebook, without all that programs store with it."""

    cell_type: str
    source: str


def cells_of(path):
    """Return the Cells of a notebook in any version of the format, or raise InputError."""
    try:
        if path.stat().st_size > LARGEST:
            raise InputError(f"it is larger than {LARGEST // 10**6} MB")
        content = json.loads(path.read_bytes().decode("utf-8-sig"))
        if content["nbformat"] < 4:
            with warnings.catch_warnings(action="ignore"):  # old ones have no ids
                content = nbformat.reads(json.dumps(content), as_version=4)
        return [Cell(cell["cell_type"], "".join(cell["source"])) for cell in content["cells"]]
    except InputError:
        raise
    except Exception as error:  # what is raised depends on where the damage is
        raise InputError(f"it is no notebook that can be read: {type(error).__name__}") from error


def chapter_of(code, known):
    """Return the Chapter whose functions and checks a notebook's code has most of, or None."""

    def count(chapter):
        return sum(bool(re.search(rf"\b(check_)?{name}\b", code)) for name in chapter.checks)

    best = max(known.values(), key=count)
    return best if count(best) else None


def learner_of(name, known):
    """Return whose notebook it is: its path without the name of its chapter."""
    whole = name.removesuffix(".ipynb")
    rest = whole
    for chapter in known:
        rest = re.sub(rf"[-_ .]*{chapter}[-_ .]*", "", rest)
    return rest.strip("/-_ .").replace("//", "/") or whole


def is_untouched(name, cells):
    """Tell whether a function is as blank as it was handed out, or is nowhere in the cells."""
    body = None
    for source in cells:
        if not re.search(rf"\b{name}\b\s*=(?!=)|\bdef\s+{name}\b|\bimport\b.*\b{name}\b", source):
            continue
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False  # somebody has written there
        defined = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name == name]
        if not defined:
            return False
        body = defined[-1].body
    return body is None or all(
        isinstance(each, ast.Pass)
        or (isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant))
        for each in body
    )


def words_of(text, blank):
    """Return what a learner has written under each question; `text` and `blank` are lists of paragraphs."""
    words = [[] for line in blank if QUESTION in line]
    matcher = difflib.SequenceMatcher(None, blank, text, autojunk=False)
    for kind, start, stop, first, last in matcher.get_opcodes():
        if kind not in {"insert", "replace"}:
            continue
        above = sum(QUESTION in line for line in blank[:start])
        for line in text[first:last]:
            asked = [each for each in blank[start:stop] if QUESTION in each and QUESTION in line]
            if asked:  # the answer stands in the question's own paragraph
                above += 1
                line = line.removeprefix(asked[0]).strip()
            if above and line:
                words[min(above, len(words)) - 1].append(line)
    return ["\n\n".join(each) for each in words]
