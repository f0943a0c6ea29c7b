"""The chapters as slides to project, which need no network."""

import re
from pathlib import Path

import sphinx_revealjs
from docutils.utils.math.latex2mathml import tex2mathml
from nbconvert.exporters import SlidesExporter
from nbformat.v4 import new_markdown_cell

from mnist_kmeans.basics.outputs import Outputs
from mnist_kmeans.course import claims
from mnist_kmeans.course.store import read_stored

LEAD = 350  # characters of text that leave room for code and its outputs on a slide
LOCAL_LINK = re.compile(r"(?<!!)\[([^\]]+)\]\((?!https?:)[^)]*\)")
FORMULA = re.compile(r"`[^`]*`|\$\$(?P<block>.+?)\$\$|\$(?P<inline>.+?)\$", re.DOTALL)


def slides(checkout, folder):
    """Write each stored chapter into a folder as a deck of slides, and beside them reveal.js."""
    bundled = Path(sphinx_revealjs.__file__).parent / "_static" / "revealjs"
    found = {
        f"reveal.js/{path.relative_to(bundled).as_posix()}": path.read_bytes()
        for part in ("dist", "plugin/notes")
        for path in (bundled / part).rglob("*")
        if path.is_file()
    }
    exporter = SlidesExporter(
        template_name="slides",
        extra_template_basedirs=[str(checkout.site)],
        reveal_theme="white",
        reveal_url_prefix="reveal.js",
        embed_images=True,
    )
    for source in checkout.sources():
        deck = as_slides(read_stored(checkout.stored_path(source, "full")))
        about = {"name": source.stem, "path": str(checkout.chapters)}
        html, _ = exporter.from_notebook_node(deck, {"metadata": about})
        found[f"{source.stem}.slides.html"] = html.encode()
    Outputs(folder).write_all(found)


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
                about = {"slideshow": {"slide_type": kind}}
                # a random id would change the file at every run
                cells.append(new_markdown_cell(part, metadata=about, id=f"slide-{len(cells)}"))
    notebook.cells = cells
    return notebook


def write_formulas(text):
    """Return text with its formulas as MathML, which browsers draw without a script."""

    def mathml(match):
        if match["block"]:
            return tex2mathml(match["block"], as_block=True)
        return tex2mathml(match["inline"]) if match["inline"] else match[0]

    return FORMULA.sub(mathml, text)
