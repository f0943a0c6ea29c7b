"""The HTML course: the pages of site/ and the executed chapters, put together by Sphinx."""

import base64
import re
import shutil
import sys
import tempfile
from pathlib import Path

import nbformat

from mnist_kmeans.basics.errors import InputError
from mnist_kmeans.basics.outputs import Outputs
from mnist_kmeans.basics.processes import run_apart
from mnist_kmeans.course import slides
from mnist_kmeans.course.blanks import blank
from mnist_kmeans.course.claims import tell_differences
from mnist_kmeans.course.cover import cover
from mnist_kmeans.course.elsewhere import prepare
from mnist_kmeans.course.playground import hero_script, sample_script
from mnist_kmeans.course.scripts import as_script
from mnist_kmeans.course.store import (
    code_cells,
    pictures,
    read_chapters,
    read_if_stored,
    read_stored,
)
from mnist_kmeans.data.editions import SAMPLE_BANNER

SAMPLE_NOTE = """

> **The numbers of the sample.** The numbers and pictures on this page come from the embedded sample of
> 5,000 digits. The text describes those of the full MNIST, so the two do not always agree. Where a program
> checks the text of a chapter, small type tells: behind a number what it is here, and behind a sentence
> *not here*, when it, or a part of it, does not hold for the sample. Other sentences may fail as well.
"""

MARKS = re.compile(r"^ *# (?:BEGIN|END) SOLUTION\n?", re.MULTILINE)  # nothing for readers


def build(checkout, chapters, edition, folder):
    """Build the site and the slides into a folder from chapters, {name: executed notebook}.

    Returns the first page. `edition` is that of the chapters. Raises InputError when Sphinx warns of
    anything.
    """
    decks = slides.decks(checkout, chapters)
    pages = render(checkout, chapters, edition, "html")
    Outputs(folder).write_all({**pages, **{f"slides/{name}": deck for name, deck in decks.items()}})
    return folder / "index.html"


def render(checkout, chapters, edition, builder):
    """Return what a builder of Sphinx makes of the pages and of chapters, as {file name: bytes}.

    Raises InputError when Sphinx warns of anything.
    """
    notebooks = {f"{name}.ipynb": chapter for name, chapter in chapters.items()}
    for source in checkout.solutions():
        notebooks[f"exercises/{source.stem}.ipynb"] = blank(source)
        solved = read_stored(checkout.stored_path(source, edition))
        notebooks[f"solutions/{source.stem}.ipynb"] = solved
    scripts = {name: as_script(chapter) for name, chapter in chapters.items()}
    if edition == "sample":
        for name, chapter in chapters.items():
            stored = read_if_stored(checkout.stored_folder(edition) / f"{name}.ipynb")
            tell_differences(chapter, stored.metadata.get("claims", {}) if stored else {})
    for notebook in notebooks.values():
        prepare(notebook, checkout.repository)
    with tempfile.TemporaryDirectory() as temporary:
        text, pages = Path(temporary, "text"), Path(temporary, "pages")
        shutil.copytree(checkout.site, text)
        shutil.copytree(checkout.chapters / "images", text / "images")  # those that the text shows
        (text / "files" / "scripts").mkdir(parents=True)
        for name, script in scripts.items():
            (text / "files" / "scripts" / f"{name}.py").write_text(script, "utf-8")
        for name, script in {"sample.js": sample_script(), "run.js": hero_script()}.items():
            (text / "static" / "live" / name).write_text(script, "utf-8")
        if builder == "epub":
            (text / "static" / "cover.png").write_bytes(cover().png())
        lay_out(notebooks, SAMPLE_NOTE if edition == "sample" else "", text)
        command = [sys.executable, "-m", "sphinx", "--fail-on-warning", "--keep-going", "--quiet"]
        command += ["--doctree-dir", str(Path(temporary, "doctrees")), "--builder", builder]
        command += ["--define", f"repository={checkout.repository}", str(text), str(pages)]
        if run_apart(command):
            raise InputError("Sphinx could not build the site; its messages are above")
        return {
            path.relative_to(pages).as_posix(): path.read_bytes()
            for path in pages.rglob("*")
            if path.is_file()
        }


def build_stored(checkout, folder):
    """Build the site into a folder from the stored chapters of the full edition; return its first page."""
    return build(checkout, read_chapters(checkout), "full", folder)


def lay_out(notebooks, note, text):
    """Put notebooks, {name: notebook}, into the folder of the other pages, and their alt texts into these.

    `note` is added to the opening of each page with outputs, and of the first page.
    """
    alts = {}
    for name, notebook in notebooks.items():
        alts |= put_pictures(notebook, text, f"pictures/{name.removesuffix('.ipynb')}")
        for cell in code_cells(notebook):
            cell.source = MARKS.sub("", cell.source)
            if note:  # it says what the notebook's own banner says
                cell.outputs = [each for each in cell.outputs if not is_banner(each)]
        if any(cell.outputs for cell in code_cells(notebook)):  # there are none in blank exercises
            notebook.cells[0].source += note
        (text / name).parent.mkdir(exist_ok=True)
        nbformat.write(notebook, text / name)
    for page in text.glob("*.md"):
        heading, rest = page.read_text("utf-8").split("\n", 1)
        heading += note if page.name == "index.md" else ""
        page.write_text(f"{heading}\n{tell_alt_texts(rest, alts)}", "utf-8")


def is_banner(output):
    """Tell whether an output is the banner of a notebook that runs on the sample."""
    return output.get("data", {}).get("text/markdown") == SAMPLE_BANNER


def put_pictures(notebook, text, folder):
    """Put the pictures of a chapter into a folder of the pages, for other pages; return {name: alt text}.

    A picture is named after its heading, which begins its alt text.
    """
    (text / folder).mkdir(parents=True)
    alts = {}
    for png, alt in pictures(notebook):
        heading = re.split("[.?!] ", alt)[0].lower()
        name = f"{folder}/{re.sub('[^a-z0-9]+', '-', heading).strip('-')}.png"
        (text / name).write_bytes(base64.b64decode(png))
        alts[name] = alt
    return alts


def tell_alt_texts(text, alts):
    """Return the text of a page with the alt text of each figure that shows a picture of a chapter.

    Browsers load such a figure when it comes near the window.
    """
    return re.sub(
        r"^:::\{figure\} (\S+)$",
        lambda figure: f"{figure[0]}\n:loading: lazy\n:alt: {alts.get(figure[1], '')}",
        text,
        flags=re.MULTILINE,
    )
