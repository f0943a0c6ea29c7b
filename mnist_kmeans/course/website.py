"""The HTML course: the pages of site/ and the executed chapters, put together by Sphinx."""

import base64
import re
import shutil
import subprocess
import sys

import nbformat

from mnist_kmeans.basics.errors import InputError
from mnist_kmeans.course.blanks import blank_path
from mnist_kmeans.course.store import (
    CHAPTERS,
    code_cells,
    pictures,
    read_stored,
    solutions,
    stored_path,
)
from mnist_kmeans.data.editions import ROOT

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
    shutil.copytree(CHAPTERS / "images", SOURCE / "images")  # those that the text shows
    alts, note = {}, SAMPLE_NOTE if edition == "sample" else ""
    pages = {path.name: path for path in notebooks}
    for path in solutions():
        pages[f"exercises/{path.stem}.ipynb"] = blank_path(path)
        pages[f"solutions/{path.stem}.ipynb"] = stored_path(path, edition)
    for page, path in pages.items():
        notebook = read_stored(path)
        alts |= put_pictures(notebook, f"pictures/{page.removesuffix('.ipynb')}")
        if any(cell.outputs for cell in code_cells(notebook)):  # there are none in blank exercises
            notebook.cells[0].source += note
        (SOURCE / page).parent.mkdir(exist_ok=True)
        nbformat.write(notebook, SOURCE / page)
    for page in SOURCE.glob("*.md"):
        heading, text = page.read_text("utf-8").split("\n", 1)
        heading += note if page.name == "index.md" else ""
        page.write_text(f"{heading}\n{tell_alt_texts(text, alts)}", "utf-8")
    command = [sys.executable, "-m", "sphinx", "--fail-on-warning", "--keep-going", "--quiet"]
    if subprocess.run([*command, str(SOURCE), str(PAGES)]).returncode:
        raise InputError("Sphinx could not build the site; its messages are above")
    return PAGES / "index.html"


def put_pictures(notebook, folder):
    """Put the pictures of a chapter into a folder of SOURCE, for other pages; return {name: alt text}.

    A picture is named after its heading, which begins its alt text.
    """
    (SOURCE / folder).mkdir(parents=True)
    alts = {}
    for png, alt in pictures(notebook):
        heading = re.split("[.?!] ", alt)[0].lower()
        name = f"{folder}/{re.sub('[^a-z0-9]+', '-', heading).strip('-')}.png"
        (SOURCE / name).write_bytes(base64.b64decode(png))
        alts[name] = alt
    return alts


def tell_alt_texts(text, alts):
    """Return the text of a page with the alt text of each figure that shows a picture of a chapter."""
    return re.sub(
        r"^:::\{figure\} (\S+)$",
        lambda figure: f"{figure[0]}\n:alt: {alts.get(figure[1], '')}",
        text,
        flags=re.MULTILINE,
    )
