"""The HTML course: the pages of site/ and the executed chapters, put together by Sphinx."""

import shutil
import subprocess
import sys

import nbformat

from mnist_kmeans.blanks import blank_path
from mnist_kmeans.data import ROOT
from mnist_kmeans.errors import InputError
from mnist_kmeans.notebooks import code_cells, read_stored, solutions, stored_path

TEXT = ROOT / "site"
SOURCE = ROOT / "build" / "site_source"
PAGES = ROOT / "build" / "site"
SAMPLE_NOTE = """

> The numbers and pictures on this page come from the embedded sample of 5,000 digits. The text
> describes those of the full MNIST, so the two do not always agree.
"""


def build(notebooks, edition):
    """Build the site from notebooks executed on an edition of the data; return its first page.

    Raises InputError when Sphinx warns of anything.
    """
    for folder in (SOURCE, PAGES):
        shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(TEXT, SOURCE)
    pages = {path.name: path for path in notebooks}
    for path in solutions():
        pages[f"exercises/{path.stem}.ipynb"] = blank_path(path)
        pages[f"solutions/{path.stem}.ipynb"] = stored_path(path, edition)
    for page, path in pages.items():
        notebook = read_stored(path)
        tell_alt_text(notebook)
        if edition == "sample":
            notebook.cells[0].source += SAMPLE_NOTE
        (SOURCE / page).parent.mkdir(exist_ok=True)
        nbformat.write(notebook, SOURCE / page)
    command = [sys.executable, "-m", "sphinx", "--fail-on-warning", "--keep-going", "--quiet"]
    if subprocess.run([*command, str(SOURCE), str(PAGES)]).returncode:
        raise InputError("Sphinx could not build the site; its messages are above")
    return PAGES / "index.html"


def tell_alt_text(notebook):
    """Put the alt text of each picture where myst-nb looks for it: in the metadata of its cell."""
    for cell in code_cells(notebook):
        told = [
            output.metadata.get("image/png", {}).get("alt", "")
            for output in cell.outputs
            if "image/png" in output.get("data", {})
        ]
        if told:
            cell.metadata["mystnb"] = {"image": {"alt": " ".join(told)}}
