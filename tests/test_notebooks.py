"""The stored notebooks are held against a fresh run, and every kind of tampering is found."""

import base64
import io
import re

import nbformat
import pytest
from PIL import Image

from mnist_kmeans import notebooks, validation
from mnist_kmeans.cli import main

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
    chapter = notebooks.read_source(source)
    notebooks.execute(chapter, source.name, "sample")
    return chapter


@pytest.fixture
def course(little_course, executed):
    """The folder of a course of this one chapter, the same outputs stored for both editions."""
    folder = little_course({"01_little": CHAPTER})
    for edition in notebooks.STORED.values():
        notebooks.write(executed, edition / "01_little.ipynb")
    return folder


def execute_and_store(name):
    """Execute another chapter and store it as the sample edition."""
    chapter = notebooks.read_source(notebooks.CHAPTERS / f"{name}.py")
    notebooks.execute(chapter, name, "sample")
    notebooks.write(chapter, sample(name))


def sample(name="01_little"):
    """Return where the sample edition of a chapter is stored."""
    return notebooks.STORED["sample"] / f"{name}.ipynb"


def tamper(change, edition="sample"):
    """Apply a function to the code cells of the stored chapter."""
    path = notebooks.STORED[edition] / "01_little.ipynb"
    notebook = notebooks.read_stored(path)
    change(notebooks.code_cells(notebook))
    notebooks.write(notebook, path)


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
    above, picture, below = notebooks.code_cells(executed)[UNTOUCHED].outputs
    assert above.text == "above the picture,\nin two messages\n"
    assert picture.data["text/plain"] == "Picture: A circle"
    assert below.text == "below it\n"


def test_strict_nbval_names_each_cell_that_was_tampered_with_and_no_other(course, capfd):
    (course / "notebooks" / "02_noisy.py").write_text(NOISY)
    execute_and_store("02_noisy")
    tamper(damage)
    assert not validation.holds([sample(), sample("02_noisy")], "sample")
    failed = re.findall(
        r"^FAILED .*?(\w+)\.ipynb::Cell (\d+)", capfd.readouterr().out, re.MULTILINE
    )
    damaged = [("01_little", str(cell)) for cell in range(UNTOUCHED)]
    assert sorted(failed) == [*damaged, ("02_noisy", "0"), ("02_noisy", "1")]


def test_check_passes_for_pairs_in_step_and_names_those_that_are_not(course, capfd):
    tamper(spare)
    assert main(["check", "--edition", "sample"]) == 0
    source = course / "notebooks" / "01_little.py"
    source.write_text(CHAPTER.replace("6 * 7", "6 * 8"))
    assert main(["check", "--edition", "sample"]) == 1
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
    folder = little_course({"01_little": CHAPTER})
    source = folder / "notebooks" / "01_little.py"
    notebooks.write(notebooks.read_source(source), notebooks.stored_path(source, edition))
    assert notebooks.in_sync(source, edition)
    source.write_text(CHAPTER.replace(old, new))
    assert not notebooks.in_sync(source, edition)


def test_refresh_check_names_notebook_and_cell_and_changes_nothing(course, capsys):
    tamper(damage)
    before = sample().read_bytes()
    assert main(["refresh", "--check", "--edition", "sample"]) == 1
    told = capsys.readouterr().out
    assert re.findall(r"01_little.ipynb, sample edition, cell (\d+)", told) == list("012345")
    assert sample().read_bytes() == before


def test_refresh_repairs_what_was_damaged_and_is_a_fixed_point(course):
    untouched = nbformat.read(sample(), as_version=4)
    tamper(damage)
    for _ in range(2):
        assert main(["refresh", "--edition", "sample"]) == 0
        assert nbformat.read(sample(), as_version=4) == untouched


def test_refresh_keeps_timings_and_pictures_that_show_the_same(course):
    tamper(spare)
    before = sample().read_bytes()
    source = notebooks.CHAPTERS / "01_little.py"
    text = source.read_bytes()
    assert main(["refresh", "--edition", "sample"]) == 0
    assert sample().read_bytes() == before
    assert source.read_bytes() == text


def test_refresh_does_not_throw_away_what_somebody_wrote_into_the_notebook(course, capsys):
    pair = notebooks.CHAPTERS / "01_little.ipynb"
    tamper(lambda cells: cells[ANSWER].update(source="print('mine')"), "full")
    mine = pair.read_bytes()
    assert main(["refresh", "--edition", "sample"]) == 1
    assert "01_little.ipynb is newer" in capsys.readouterr().err
    assert pair.read_bytes() == mine


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
from mnist_kmeans import progress

print("intruder" in globals(), matplotlib.rcParams["font.size"], progress.wanted())
"""
    little_course({"01_little": cell})
    execute_and_store("01_little")
    [cell] = notebooks.code_cells(notebooks.read_stored(sample()))
    assert cell.outputs[0].text == "False 10.0 False\n"
