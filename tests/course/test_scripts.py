"""Every chapter is also a plain script: it runs without Jupyter and without Numba, and saves its pictures."""

import os
import re
import subprocess
import sys

import pytest
from helpers import COURSE, ROOT
from PIL import Image

from mnist_kmeans.course.store import code_cells, read_stored

# Runs a script as `python SCRIPT` does where Numba is not installed, and fails if that loads any part of
# Jupyter. (With Numba, the chapters are run as notebooks.)
PROGRAM = """
import runpy, sys
sys.modules["numba"] = None
runpy.run_path(sys.argv[1], run_name="__main__")
assert not {"IPython", "ipykernel", "jupytext"} & set(sys.modules)
"""


@pytest.mark.parametrize("chapter", COURSE.sources(), ids=lambda path: path.stem)
def test_a_chapter_runs_as_a_script_and_saves_its_pictures(chapter, tmp_path):
    for old in (ROOT / "build" / "figures").glob(f"{chapter.stem}-*"):
        old.unlink()
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(chapter)],
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
    for data in tables:  # a script prints them; the numbers may be those of a run without Numba
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
