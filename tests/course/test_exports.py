"""The chapters as scripts and as slides."""

import ast
import re
from base64 import b64decode
from html import unescape

import pytest
from helpers import COURSE
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from mnist_kmeans.course.scripts import scripts
from mnist_kmeans.course.slides import as_slides, slides
from mnist_kmeans.course.store import pictures, read_stored


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A folder with the scripts and the slides of all chapters."""
    folder = tmp_path_factory.mktemp("exports")
    scripts(COURSE, folder / "scripts")
    slides(COURSE, folder / "slides")
    return folder


def kinds(*cells):
    """Return (first words, kind of slide) of the cells that these cells become."""
    deck = as_slides(new_notebook(cells=list(cells)))
    return [(cell.source[:6], cell.metadata["slideshow"]["slide_type"]) for cell in deck.cells]


@pytest.mark.parametrize("source", COURSE.sources(), ids=lambda path: path.stem)
def test_a_script_is_the_program_of_the_chapter_and_its_text(source, written):
    script = (written / "scripts" / source.name).read_text("utf-8")
    assert ast.dump(ast.parse(script)) == ast.dump(ast.parse(source.read_text("utf-8")))
    assert not re.search(r"^# %%|<!--|-->|^# In\[", script, re.MULTILINE)
    assert re.search(r"^# ## What to remember$", script, re.MULTILINE)


@pytest.mark.parametrize("source", COURSE.sources(), ids=lambda path: path.stem)
def test_a_deck_shows_all_pictures_with_their_alt_text_and_loads_only_what_lies_beside_it(
    source, written
):
    html = (written / "slides" / f"{source.stem}.slides.html").read_text("utf-8")
    shown = re.findall(r'<img alt="([^"]+)"\s+src="data:image/png;base64,([^"]+)"', html)
    drawn = pictures(read_stored(COURSE.stored_path(source, "full")))
    linked = re.findall(r"!\[([^\]]+)\]\((images/.+?)\)", source.read_text("utf-8"))
    assert sorted((unescape(alt), b64decode(png)) for alt, png in shown) == sorted(
        [(alt, b64decode(png)) for png, alt in drawn]
        + [(alt, (source.parent / file).read_bytes()) for alt, file in linked]
    )
    loaded = re.findall(r'<(?:script|link|img)[^>]* (?:src|href)="(?!data:)([^"]+)"', html)
    assert len(loaded) == 4
    assert all((written / "slides" / each).is_file() for each in loaded)
    assert "<!--{" not in html and "$" not in re.sub(
        r"<(script|style|pre).*?</\1>", "", html, flags=re.DOTALL
    )


def test_a_heading_begins_a_slide_and_code_joins_a_short_text():
    long = new_markdown_cell("long " * 100)
    assert kinds(
        new_markdown_cell("# One\n\ntext\n\n## Two\n\ntext"),
        new_code_cell("code"),
        long,
        new_code_cell("more"),
    ) == [
        ("# One\n", "slide"),
        ("## Two", "slide"),
        ("code", "-"),
        ("long l", "subslide"),
        ("more", "subslide"),
    ]


def test_formulas_become_mathml_and_links_into_the_course_plain_text():
    text = "A [chapter](03.ipynb), a [page](https://b.org), ![b](c.png), $x^2$, `$no`, and $$y$$"
    [cell] = as_slides(new_notebook(cells=[new_markdown_cell(text)])).cells
    assert cell.source.startswith("A chapter, a [page](https://b.org), ![b](c.png), <math")
    assert cell.source.count("<math") == 2 and cell.source.count('display="block"') == 1
    assert "`$no`" in cell.source
