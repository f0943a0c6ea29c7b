"""The stored notebooks are held against a fresh run, and every kind of tampering is found."""

import base64
import io
import re

import nbformat
import pytest
from helpers import COURSE
from PIL import Image

from mnist_kmeans.cli import main
from mnist_kmeans.course import refreshing, store, strict_nbval
from mnist_kmeans.course.execution import execute
from mnist_kmeans.data.editions import EDITIONS

CHAPTER = """\
# %% [markdown]
# # A little chapter

# %%
print("the answer is", 6 * 7)

# %%
print("executed")

# %%
print("first")

# %%
print("second")

# %%
from PIL import Image
from mnist_kmeans.plots import Picture, show

picture = Picture(figsize=(1, 1))
picture.alt = "A circle"
picture.text(0.5, 0.5, "O")
show(picture)

# %%
print("to be removed")

# %%
print("above the picture,", flush=True)
print("in two messages")
show(picture)
print("below it")

# %% tags=["nbval-ignore-output"]
import time

print(time.time())
"""
NOISY = """\
# %%
import sys

print("a warning", file=sys.stderr)

# %% tags=["raises-exception"]
1 / 0

# %%
print("quiet")
"""
ANSWER, EXECUTED, FIRST, SECOND, PICTURE, REMOVED, UNTOUCHED, TIMING = range(8)


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """The little chapter with its outputs."""
    source = tmp_path_factory.mktemp("chapter") / "01_little.py"
    source.write_text(CHAPTER)
    return refreshing.run_again(COURSE, source, "sample")


@pytest.fixture
def course(little_course, executed):
    """A course of this one chapter, the same outputs stored for both editions."""
    course = little_course({"01_little": CHAPTER})
    for edition in EDITIONS:
        store.write(executed, course.stored_folder(edition) / "01_little.ipynb")
    return course


def execute_and_store(course, name):
    """Execute another chapter and store it as the sample edition."""
    chapter = store.read_source(course.chapters / f"{name}.py")
    execute(course, chapter, name, "sample")
    store.write(chapter, sample(course, name))


def sample(course, name="01_little"):
    """Return where the sample edition of a chapter is stored."""
    return course.stored_folder("sample") / f"{name}.ipynb"


def tamper(course, change, edition="sample"):
    """Apply a function to the code cells of the stored chapter."""
    path = course.stored_folder(edition) / "01_little.ipynb"
    notebook = store.read_stored(path)
    change(store.code_cells(notebook))
    store.write(notebook, path)


def change_picture(output, dot, compress_level):
    """Pack the picture of an output anew, with one black dot in it or without."""
    image = Image.open(io.BytesIO(base64.b64decode(output.data["image/png"]))).convert("RGBA")
    if dot:
        image.paste("black", (10, 10, 25, 25))
    buffer = io.BytesIO()
    image.save(buffer, "png", compress_level=compress_level)
    output.data["image/png"] = base64.b64encode(buffer.getvalue()).decode()


def damage(cells):
    """Tamper with all cells but the last two, each in its own way."""
    cells[ANSWER].outputs[0].text = "the answer is 43\n"
    cells[EXECUTED].execution_count, cells[EXECUTED].outputs = None, []
    cells[FIRST].execution_count, cells[SECOND].execution_count = SECOND + 1, FIRST + 1
    change_picture(cells[PICTURE].outputs[0], dot=True, compress_level=6)
    cells[REMOVED].outputs = []


def spare(cells):
    """Change what may change: the packing of a picture, and timings."""
    change_picture(cells[UNTOUCHED].outputs[1], dot=False, compress_level=0)
    cells[TIMING].outputs[0].text = "yesterday\n"


def test_text_and_pictures_stay_in_the_order_in_which_they_came(executed):
    above, picture, below = store.code_cells(executed)[UNTOUCHED].outputs
    assert above.text == "above the picture,\nin two messages\n"
    assert picture.data["text/plain"] == "Picture: A circle"
    assert below.text == "below it\n"


def test_strict_nbval_names_each_cell_that_was_tampered_with_and_no_other(course, capfd):
    (course.chapters / "02_noisy.py").write_text(NOISY)
    execute_and_store(course, "02_noisy")
    tamper(course, damage)
    assert not strict_nbval.holds(course, [sample(course), sample(course, "02_noisy")], "sample")
    failed = re.findall(
        r"^FAILED .*?(\w+)\.ipynb::Cell (\d+)", capfd.readouterr().out, re.MULTILINE
    )
    damaged = [("01_little", str(cell)) for cell in range(UNTOUCHED)]
    assert sorted(failed) == [*damaged, ("02_noisy", "0"), ("02_noisy", "1")]


def test_check_passes_for_pairs_in_step_and_names_those_that_are_not(course, capfd):
    tamper(course, spare)
    assert main(["check", "--edition", "sample"], course) == 0
    source = course.chapters / "01_little.py"
    source.write_text(CHAPTER.replace("6 * 7", "6 * 8"))
    assert main(["check", "--edition", "sample"], course) == 1
    assert "01_little.py" in capfd.readouterr().err


@pytest.mark.parametrize("edition", ["full", "sample"])
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("6 * 7", "6 * 8"),
        ("# # A little", "# # A large"),
        (' tags=["nbval-ignore-output"]', ""),
        ('# %%\nprint("executed")', 'print("executed")'),
    ],
)
def test_a_pair_is_in_step_until_one_of_both_changes(little_course, edition, old, new):
    course = little_course({"01_little": CHAPTER})
    source = course.chapters / "01_little.py"
    stored = course.stored_path(source, edition)
    store.write(store.read_source(source), stored)
    assert store.in_sync(source, stored)
    source.write_text(CHAPTER.replace(old, new))
    assert not store.in_sync(source, stored)


def test_refresh_check_names_notebook_and_cell_and_changes_nothing(course, capsys):
    tamper(course, damage)
    before = sample(course).read_bytes()
    assert main(["refresh", "--check", "--edition", "sample"], course) == 1
    told = capsys.readouterr().out
    assert re.findall(r"01_little.ipynb, sample edition, cell (\d+)", told) == list("012345")
    assert sample(course).read_bytes() == before


def test_refresh_repairs_what_was_damaged_and_is_a_fixed_point(course):
    untouched = nbformat.read(sample(course), as_version=4)
    tamper(course, damage)
    for _ in range(2):
        assert main(["refresh", "--edition", "sample"], course) == 0
        assert nbformat.read(sample(course), as_version=4) == untouched


def test_refresh_keeps_timings_and_pictures_that_show_the_same(course):
    tamper(course, spare)
    before = sample(course).read_bytes()
    source = course.chapters / "01_little.py"
    text = source.read_bytes()
    assert main(["refresh", "--edition", "sample"], course) == 0
    assert sample(course).read_bytes() == before
    assert source.read_bytes() == text


def test_no_settings_of_the_user_reach_a_kernel(little_course, tmp_path, monkeypatch):
    intruder = tmp_path / "intruder.py"
    intruder.write_text("intruder = True")
    startup = tmp_path / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "intruder.py").write_text("intruder = True")
    (tmp_path / "matplotlibrc").write_text("font.size: 99")
    monkeypatch.setenv("PYTHONSTARTUP", str(intruder))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("MATPLOTLIBRC", str(tmp_path))
    monkeypatch.setenv("JPY_SESSION_NAME", "open.ipynb")
    cell = """\
# %%
import matplotlib
from mnist_kmeans.basics import progress

print("intruder" in globals(), matplotlib.rcParams["font.size"], progress.wanted())
"""
    course = little_course({"01_little": cell})
    execute_and_store(course, "01_little")
    [cell] = store.code_cells(store.read_stored(sample(course)))
    assert cell.outputs[0].text == "False 10.0 False\n"
