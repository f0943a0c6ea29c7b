"""The chapters in two other forms: plain scripts to read or run, and slides to project."""

import re
import shutil
from pathlib import Path

import jupytext
import sphinx_revealjs
from docutils.utils.math.latex2mathml import tex2mathml
from nbconvert.exporters import SlidesExporter
from nbformat.v4 import new_markdown_cell

from mnist_kmeans import claims
from mnist_kmeans.basics.files import write_whole
from mnist_kmeans.course.store import CHAPTERS, read_source, read_stored, sources, stored_path
from mnist_kmeans.data.editions import ROOT

SCRIPTS = ROOT / "build" / "scripts"
SLIDES = ROOT / "build" / "slides"
TEMPLATES = ROOT / "site"
LEAD = 350  # characters of text that leave room for code and its outputs on a slide
LOCAL_LINK = re.compile(r"(?<!!)\[([^\]]+)\]\((?!https?:)[^)]*\)")
FORMULA = re.compile(r"`[^`]*`|\$\$(?P<block>.+?)\$\$|\$(?P<inline>.+?)\$", re.DOTALL)


def scripts():
    """Write each chapter as a script whose text is comments; return the folder."""
    for source in sources():
        chapter = read_source(source)
        for cell in chapter.cells:
            if cell.cell_type == "markdown":
                cell.source = claims.remove(cell.source)
        write_whole(SCRIPTS / source.name, jupytext.writes(chapter, "py:nomarker").encode())
    return SCRIPTS


def slides():
    """Write each stored chapter as a deck of slides, and beside them reveal.js; return the folder."""
    bundled = Path(sphinx_revealjs.__file__).parent / "_static" / "revealjs"
    for part in ("dist", "plugin/notes"):
        shutil.copytree(bundled / part, SLIDES / "reveal.js" / part, dirs_exist_ok=True)
    exporter = SlidesExporter(
        template_name="slides",
        extra_template_basedirs=[str(TEMPLATES)],
        reveal_theme="white",
        reveal_url_prefix="reveal.js",
        embed_images=True,
    )
    for source in sources():
        deck = as_slides(read_stored(stored_path(source, "full")))
        about = {"name": source.stem, "path": str(CHAPTERS)}
        html, _ = exporter.from_notebook_node(deck, {"metadata": about})
        write_whole(SLIDES / f"{source.stem}.slides.html", html.encode())
    return SLIDES


def as_slides(notebook):
    """Return a chapter in slides: a new one at each heading, and below it text and code in turn.

    Code joins the text before it if that is short.
    """
    cells = []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            short = cells[-1].cell_type == "markdown" and len(cells[-1].source) <= LEAD
            cells.append(cell)
            cell.metadata["slideshow"] = {"slide_type": "-" if short else "subslide"}
            continue
        text = write_formulas(LOCAL_LINK.sub(r"\1", claims.remove(cell.source)))
        for part in re.split(r"^(?=#{1,2} )", text, flags=re.MULTILINE):
            kind = "slide" if part.startswith("#") else "subslide"
            if part:
                cells.append(new_markdown_cell(part, metadata={"slideshow": {"slide_type": kind}}))
    notebook.cells = cells
    return notebook


def write_formulas(text):
    """Return text with its formulas as MathML, which browsers draw without a script."""

    def mathml(match):
        if match["block"]:
            return tex2mathml(match["block"], as_block=True)
        return tex2mathml(match["inline"]) if match["inline"] else match[0]

    return FORMULA.sub(mathml, text)
