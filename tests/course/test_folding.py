"""Ideas first: on the site, imports and what only draws are folded, and nothing else is."""

import ast

import pytest
from helpers import COURSE

from mnist_kmeans.course import claims
from mnist_kmeans.course.store import code_cells, read_source

FOLDED = "hide-input"


def faults(cells, claimed=""):
    """Return what is wrong with the folding of code cells, each (tags, code), as (number, words).

    Folded is a cell of imports, or one that shows something; that may make names which only folded cells
    use. `claimed` is code that uses names, too.
    """
    cells = [(FOLDED in tags, ast.parse(code).body) for tags, code in cells]
    statements = [each for _, code in cells for each in code]
    drawing = {"show"} | {each.name for each in statements if is_function(each) and shows(each)}
    used = names(
        ast.parse(claimed).body + [each for tag, code in cells if not tag for each in code]
    )
    found = []
    for number, (folded, code) in enumerate(cells):
        imports = [isinstance(each, ast.Import | ast.ImportFrom) for each in code]
        draws = [draws_only(each, drawing) for each in code]
        if not folded and (any(imports) or all(draws)):
            found.append((number, "is to be folded"))
        if folded and not all(imports):
            rest = [each for each, drawn in zip(code, draws, strict=True) if not drawn]
            helpers = all(isinstance(each, ast.Assign) and not made(each) & used for each in rest)
            if not (any(draws) and helpers):
                found.append((number, "does more than draw"))
    return found


def is_function(statement):
    """Tell whether a statement defines a function."""
    return isinstance(statement, ast.FunctionDef)


def shows(statement, drawing=("show",)):
    """Tell whether a statement calls a function that draws."""
    called = (each.func for each in ast.walk(statement) if isinstance(each, ast.Call))
    return any(isinstance(each, ast.Name) and each.id in drawing for each in called)


def draws_only(statement, drawing):
    """Tell whether a statement is a call of a function that draws, or defines one."""
    if is_function(statement):
        return statement.name in drawing
    called = isinstance(statement, ast.Expr) and getattr(statement.value, "func", None)
    return isinstance(called, ast.Name) and called.id in drawing


def names(statements):
    """Return the names in some statements."""
    found = (each for statement in statements for each in ast.walk(statement))
    return {each.id for each in found if isinstance(each, ast.Name)}


def made(assignment):
    """Return the names that an assignment makes."""
    return names(assignment.targets)


@pytest.mark.parametrize(
    "source",
    COURSE.sources() + COURSE.solutions(),
    ids=lambda path: f"{path.parent.name}-{path.stem}",
)
def test_imports_and_drawing_are_folded_and_ideas_are_not(source):
    notebook = read_source(source)
    cells = [(cell.metadata.get("tags", []), cell.source) for cell in code_cells(notebook)]
    claimed = "\n".join(claims.expression(claim) for _, claim in claims.find(notebook))
    assert faults(cells, claimed) == []


@pytest.mark.parametrize(
    ("tags", "code", "fault"),
    [
        ([], "import numpy", "is to be folded"),
        ([], "import numpy\nx = 1", "is to be folded"),
        ([], "show(lines(x))", "is to be folded"),
        ([FOLDED], "x = 1", "does more than draw"),
        ([FOLDED], "import numpy\nx = 1", "does more than draw"),
        ([FOLDED], "used = 1\nshow(lines(used))", "does more than draw"),
        ([FOLDED], "claimed = 1\nshow(lines(claimed))", "does more than draw"),
        ([FOLDED], "def lloyd():\n    pass", "does more than draw"),
    ],
)
def test_wrong_folding_is_found(tags, code, fault):
    assert faults([([], "print(used)"), (tags, code)], "claimed > 0") == [(1, fault)]


@pytest.mark.parametrize(
    ("tags", "code"),
    [
        ([FOLDED], "import numpy\nfrom math import pi"),
        ([FOLDED], "titles = [1]\nshow(digits(x, titles))"),
        ([FOLDED], "def show_range(x):\n    show(x)"),
        ([], "x = 1\nprint(x)"),
        ([], "for x in y:\n    show(x)"),
    ],
)
def test_right_folding_passes(tags, code):
    assert faults([(tags, code)]) == []
