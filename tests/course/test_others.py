"""Only the course's own files are chapters: copies and other people's notebooks are left alone."""

import asyncio
import json
import shutil
import sys

import ipykernel.kernelspec
import pytest
from helpers import COURSE
from jupyter_client.kernelspec import KernelSpecManager
from nbformat.v4 import new_code_cell, new_notebook

from mnist_kmeans.basics.errors import InputError
from mnist_kmeans.cli import main
from mnist_kmeans.course import store
from mnist_kmeans.course.checkout import Checkout
from mnist_kmeans.course.kernels import OwnKernel
from mnist_kmeans.course.pairing import Contents

CHAPTER = "# %% [markdown]\n# # A little chapter\n\n# %%\nprint(6 * 7)\n"
OTHERS = [
    "01_little-Copy1.py",
    "01_little_copy.py",
    "02_mine.ipynb",
    "Untitled.ipynb",
    "solutions/01_little (2).py",
    "exercises/01_little-Copy1.ipynb",
]
REFRESH = ["refresh", "--edition", "sample"]


@pytest.fixture
def crowded(little_course):
    """A course of one chapter, and among its files all the others: they would fail if they were run."""
    course = little_course({"01_little": CHAPTER})
    for name in OTHERS:
        path = course.chapters / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("1 / 0\n")
    return course


def test_others_are_named_in_one_line_and_left_alone(crowded, monkeypatch, capsys):
    monkeypatch.setenv("MNIST_KMEANS_EDITION", "sample")
    assert [path.name for path in crowded.chosen_sources()] == ["01_little.py"]
    assert main(REFRESH, crowded) == 0
    store.write(
        store.read_stored(crowded.stored_folder("sample") / "01_little.ipynb"),
        crowded.stored_folder("full") / "01_little.ipynb",
    )
    capsys.readouterr()
    for command in (REFRESH, ["check"], ["course"], ["scripts"]):
        assert main(command, crowded) == 0
        [line] = capsys.readouterr().err.splitlines()
        assert line.startswith("Left alone")
        assert all(f"notebooks/{name}" in line for name in OTHERS)
    for name in OTHERS:
        assert (crowded.chapters / name).read_text() == "1 / 0\n"
    built = {path.stem.partition(".")[0] for path in crowded.build.rglob("0*.*")}
    assert built == {"01_little"}


def test_a_chapter_of_the_table_that_is_missing_is_named(crowded):
    crowded.sources()[0].unlink()
    with pytest.raises(InputError, match=r"01_little\.py is missing"):
        crowded.sources()


def test_the_course_has_a_table_to_read(crowded):
    crowded.table.unlink()
    with pytest.raises(InputError, match=r"cannot read .*index\.md"):
        crowded.sources()


def test_an_empty_name_selects_nothing(little_course, capsys):
    assert main([*REFRESH, ""], little_course({"01_little": CHAPTER})) == 1
    assert "no chapter begins with ''" in capsys.readouterr().err


def test_a_byte_order_mark_is_no_text(little_course):
    [source] = little_course({"01_little": CHAPTER}).sources()
    plain = store.text_of(store.read_source(source))
    source.write_text(CHAPTER, "utf-8-sig")
    assert store.text_of(store.read_source(source)) == plain


def test_jupyterlab_pairs_chapters_and_solutions_and_nothing_else(tmp_path):
    """With the files of the course, the settings beside them too."""
    course = Checkout(tmp_path)
    shutil.copytree(COURSE.chapters, course.chapters)
    shutil.copytree(COURSE.site, course.site)
    before = {path.relative_to(course.chapters) for path in course.chapters.rglob("*.py")}

    async def type_into(contents, name):
        model = await contents.get(name)
        model["content"]["cells"].append(new_code_cell("mine = 1"))
        await contents.save(model, name)

    async def work():
        contents = Contents(root_dir=str(course.chapters))
        for name in ("01_loading", "solutions/01_loading", "exercises/01_loading"):
            folder = name.rpartition("/")[0]
            await type_into(contents, f"{name}.ipynb")
            copy = await contents.copy(f"{name}.ipynb", folder)
            await type_into(contents, copy["path"])
            new = await contents.new_untitled(folder, type="notebook")
            await contents.save({"type": "notebook", "content": new_notebook()}, new["path"])
            await type_into(contents, new["path"])

    asyncio.run(work())
    after = {path.relative_to(course.chapters) for path in course.chapters.rglob("*.py")}
    assert after == before
    for source in (course.sources()[0], course.solutions()[0]):
        assert source.read_text("utf-8").count("mine = 1") == 1
    assert len(course.others()) == 6


def test_a_foreign_kernel_of_the_same_name_is_not_started(little_course, tmp_path, monkeypatch):
    """Wherever it is: a learner's home comes before an environment that belongs to somebody else."""
    folder = tmp_path / "jupyter" / "kernels" / "python3"
    folder.mkdir(parents=True)
    spec = {"argv": ["false"], "display_name": "Python 3", "language": "python"}
    (folder / "kernel.json").write_text(json.dumps(spec))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    assert KernelSpecManager().find_kernel_specs()["python3"] == str(folder)
    assert OwnKernel().find_kernel_specs() == {"python3": ipykernel.kernelspec.RESOURCES}
    course = little_course({"01_little": "# %%\nimport sys\nprint(sys.executable)\n"})
    assert main(REFRESH, course) == 0
    [cell] = store.code_cells(store.read_stored(course.stored_folder("sample") / "01_little.ipynb"))
    assert cell.outputs[0].text == f"{sys.executable}\n"
    assert main(["check", "--edition", "sample"], course) == 1  # the full edition is not stored
    store.write(
        store.read_source(course.sources()[0]), course.stored_folder("full") / "01_little.ipynb"
    )
    assert main(["check", "--edition", "sample"], course) == 0
