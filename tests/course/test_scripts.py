"""Every chapter is also a plain script: it runs without Jupyter, and saves its pictures."""

import os
import re
import subprocess
import sys

import pytest
from helpers import COURSE, ROOT
from PIL import Image

from mnist_kmeans.course.store import code_cells, read_stored

# Runs a script as `python SCRIPT` does, without the packages named after it, and fails if it loads any part
# of Jupyter.
PROGRAM = """
import runpy, sys
script, *missing = sys.argv[1:]
sys.modules.update(dict.fromkeys(missing))
runpy.run_path(script, run_name="__main__")
assert not {"IPython", "ipykernel", "jupytext"} & set(sys.modules)
"""


def missing(chapter):
    """Return the packages that a chapter is run without: Numba, if it calls the engine itself.

    The others call `kmeans`, which gives the same bits without: see tests/fast/test_without_numba.py.
    """
    return ["numba"] if "from mnist_kmeans.fast import" in chapter.read_text("utf-8") else []


def test_some_chapters_run_without_numba():
    assert [path.stem[:2] for path in COURSE.sources() if missing(path)] == ["08", "11"]


@pytest.mark.parametrize("chapter", COURSE.sources(), ids=lambda path: path.stem)
def test_a_chapter_runs_as_a_script_and_saves_its_pictures(chapter, tmp_path):
    for old in (ROOT / "build" / "figures").glob(f"{chapter.stem}-*"):
        old.unlink()
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(chapter), *missing(chapter)],
        cwd=tmp_path,
        env={**os.environ, "MNIST_KMEANS_EDITION": "sample", "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
    )
    assert run.returncode == 0, run.stderr
    assert run.stderr == ""
    cells = code_cells(read_stored(COURSE.stored_path(chapter, "sample")))
    outputs = [output.data for cell in cells for output in cell.outputs if "data" in output]
    shown = [data for data in outputs if "text/markdown" not in data]  # not the sample's banner
    tables = [data for data in shown if data.get("text/html", "").startswith("<table>")]
    for data in tables:  # a script prints them; some hold timings, or counts with Numba
        assert data["text/plain"].partition("\n")[0] in run.stdout.splitlines()
    shown = [data for data in shown if data not in tables]
    named = rf"^\[(build/figures/{chapter.stem}-\d\d\.\w+)\] \S"
    saved = re.findall(named, run.stdout, re.MULTILINE)
    for picture, data in zip(saved, shown, strict=True):
        if "text/html" in data:
            assert data["text/html"] in (ROOT / picture).with_suffix(".html").read_text("utf-8")
        else:
            Image.open((ROOT / picture).with_suffix(".png")).verify()
    assert not list(tmp_path.iterdir())
