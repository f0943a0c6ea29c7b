"""Nobody's work is lost: what somebody has written stays, whichever command writes there, and when."""

import os
import shutil
import subprocess
import sys

import pytest
from helpers import write_course

from mnist_kmeans.basics import places
from mnist_kmeans.basics.errors import InputError
from mnist_kmeans.cli import main
from mnist_kmeans.course import refreshing, store
from mnist_kmeans.course.checkout import Checkout

CHAPTER = "# %% [markdown]\n# # A little chapter\n\n# %%\nprint(6 * 7)\n"
SOLUTION = """\
# %% [markdown]
# # 1. Little: solutions

# %%
def one():
    # BEGIN SOLUTION
    return 1
    # END SOLUTION
"""
REFRESH = ["refresh", "--edition", "sample"]


@pytest.fixture(scope="module")
def refreshed(tmp_path_factory):
    """A course of one chapter and its exercises, all of it refreshed."""
    folder = tmp_path_factory.mktemp("refreshed")
    course = write_course(folder, {"01_little": CHAPTER, "solutions/01_little": SOLUTION})
    for source in course.chosen_sources():  # the full edition as well, but without its data
        store.write(signed(store.read_source(source)), course.stored_path(source, "full"))
    assert main(REFRESH, course) == 0
    return course


@pytest.fixture
def course(refreshed, tmp_path):
    """A copy of it, to be worked in."""
    return Checkout(shutil.copytree(refreshed.root, tmp_path / "course"))


def signed(notebook):
    store.sign(notebook)
    return notebook


def edit(path, text, executed=False):
    """Type into the last cell of a notebook and save it; return the bytes of the file."""
    notebook = store.read_stored(path)
    notebook.cells[-1].source = text
    notebook.cells[-1].execution_count = 1 if executed else None
    store.write(notebook, path)
    return path.read_bytes()


def age(path):
    """Make a file look older than all others."""
    os.utime(path, (0, 0))


@pytest.mark.parametrize("executed", [False, True])
@pytest.mark.parametrize("old", [False, True])
def test_refresh_leaves_exercises_alone_that_somebody_has_typed_into(course, executed, old, capsys):
    exercises = course.chapters / "exercises" / "01_little.ipynb"
    mine = edit(exercises, "def one():\n    return 2", executed)
    if old:
        age(exercises)
    course.solutions()[0].write_text(SOLUTION.replace("Little", "Small"))
    assert main([*REFRESH, "solutions"], course) == 0
    assert "exercises/01_little.ipynb: somebody has worked in it" in capsys.readouterr().out
    assert exercises.read_bytes() == mine


def test_exercises_that_were_only_run_are_made_anew(course):
    exercises = course.chapters / "exercises" / "01_little.ipynb"
    before = exercises.read_bytes()
    edit(exercises, store.read_stored(exercises).cells[-1].source, executed=True)
    assert main([*REFRESH, "solutions"], course) == 0
    assert exercises.read_bytes() == before


@pytest.mark.parametrize("edition", ["full", "sample"])
@pytest.mark.parametrize("name", ["01_little", "solutions/01_little"])
@pytest.mark.parametrize("old", [False, True])
def test_refresh_refuses_to_write_over_a_chapter_that_was_edited_as_a_notebook(
    course, edition, name, old
):
    path = course.stored_folder(edition) / f"{name}.ipynb"
    mine = edit(path, "print('mine')")
    if old:
        age(path)
    with pytest.raises(InputError, match=f"{name}.ipynb was changed"):
        refreshing.refresh(course, course.chosen_sources(), [edition])
    assert path.read_bytes() == mine


def test_the_advice_of_the_refusal_keeps_what_the_notebook_says(course, capsys):
    path = course.stored_folder("sample") / "01_little.ipynb"
    edit(path, "print('mine')")
    assert main(REFRESH, course) == 1
    advice = capsys.readouterr().err.partition("run: ")[2].partition(". To go back")[0]
    command = [sys.executable, "-m", *advice.split()]
    subprocess.run(command, cwd=course.root, check=True, capture_output=True)
    assert "print('mine')" in course.sources()[0].read_text()
    assert main(REFRESH, course) == 0


def test_a_changed_source_is_not_taken_for_a_changed_notebook(course):
    """However old the source looks."""
    source = course.sources()[0]
    source.write_text(CHAPTER.replace("7", "8"))
    age(source)
    assert main(REFRESH, course) == 0
    [cell] = store.code_cells(store.read_stored(course.stored_path(source, "sample")))
    assert cell.outputs[0].text == "48\n"


@pytest.mark.parametrize(
    ("command", "files"),
    [
        ("course", ["course/01_little.ipynb", "site/01_little.html"]),
        ("scripts", ["scripts/01_little.py"]),
        ("slides", ["slides/01_little.slides.html"]),
    ],
)
def test_what_somebody_changed_under_build_is_kept_beside_it(
    course, command, files, monkeypatch, capsys
):
    monkeypatch.setenv("MNIST_KMEANS_EDITION", "sample")
    assert main([command], course) == 0
    before = {course.build / file: (course.build / file).read_bytes() for file in files}
    for path, content in before.items():
        path.write_bytes(content + b"\nmine")
        path.with_name("my-own.txt").write_text("my own")
    capsys.readouterr()
    for _ in range(2):
        assert main([command], course) == 0
        assert {path: path.read_bytes() for path in before} == before
    told = capsys.readouterr().err
    for path, content in before.items():
        kept = path.with_name(f"{path.stem}.kept-1{path.suffix}")
        assert kept.read_bytes() == content + b"\nmine"
        assert told.count(kept.name) == 1
        assert path.with_name("my-own.txt").read_text() == "my own"


def test_the_picture_of_fit_is_kept_when_somebody_has_painted_on_it(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(places, "checkout", lambda: tmp_path)
    fit = ["fit", "--edition", "sample", "--k", "2"]
    assert main(fit) == 0
    [path] = places.figures().iterdir()
    path.write_text("painted")
    assert main(fit) == 0
    assert (path.parent / f"{path.stem}.kept-1.png").read_text() == "painted"
    assert "kept" in capsys.readouterr().err
