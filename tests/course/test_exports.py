"""The chapters as scripts and as slides."""

import ast
import re
from base64 import b64decode, b64encode
from html import unescape

import pytest
from helpers import COURSE
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from mnist_kmeans.course.scripts import scripts
from mnist_kmeans.course.slides import Deck, beginning, key_code, section, slides, without_heading
from mnist_kmeans.course.store import pictures, read_stored
from mnist_kmeans.plots import Table, lines


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A folder with the scripts and the slides of all chapters."""
    folder = tmp_path_factory.mktemp("exports")
    scripts(COURSE, folder / "scripts")
    slides(COURSE, folder / "slides")
    return folder


def deck(*cells):
    """Return the slides of a chapter that goes on with these cells: texts, or (code, output, ...)."""
    opening = "# 1. One\n\nIt begins.\n\n**What you will learn**\n\n- much."
    made = [
        new_markdown_cell(cell)
        if isinstance(cell, str)
        else new_code_cell(cell[0], outputs=list(cell[1:]))
        for cell in (opening, *cells)
    ]
    return Deck(new_notebook(cells=made), COURSE.chapters).slides


def shown(thing):
    """Return the output of a cell that shows a Table or a picture."""
    if isinstance(thing, Table):
        return new_output("display_data", thing._repr_mimebundle_())
    data, about = thing._repr_mimebundle_()
    return new_output(
        "display_data", data | {"image/png": b64encode(data["image/png"]).decode()}, metadata=about
    )


def printed(text):
    """Return the output of a cell that prints a text."""
    return new_output("stream", text=text)


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
    seen = re.findall(r'<img src="data:image/png;base64,([^"]+)" alt="([^"]+)"', html)
    drawn = pictures(read_stored(COURSE.stored_path(source, "full")))
    linked = re.findall(r"!\[([^\]]+)\]\((images/.+?)\)", source.read_text("utf-8"))
    assert sorted((unescape(alt), b64decode(png)) for png, alt in seen) == sorted(
        [(alt, without_heading(b64decode(png))) for png, alt in drawn]
        + [(alt, (source.parent / file).read_bytes()) for alt, file in linked]
    )
    loaded = re.findall(r'<(?:script|link|img) [^>]*?(?:src|href)="(?!data:)([^"]+)"', html)
    assert len(loaded) == 6
    assert all((written / "slides" / each).is_file() for each in loaded)
    assert "<!--{" not in html and "$" not in re.sub(
        r"<(script|style|pre).*?</\1>", "", html, flags=re.DOTALL
    )


def test_a_picture_and_a_table_are_slides_with_their_own_headings_and_the_text_is_notes():
    picture = lines({"a": ([0, 1, 2], [1, 2, 3])}, heading="It grows", xlabel="x", ylabel="y")
    table = Table({"a": [1, 2]}, heading="Two <numbers>")
    title, drawn, counted = deck(
        "## A section\n\nBefore.\n\nMore.",
        ("import this\nshow(a)", shown(picture), printed("7\n")),
        "After.",
        ("show(b)", shown(table)),
        "The end.",
    )
    assert (title.kind, title.heading) == ("title", "1. One")
    assert "<li>much.</li>" in title.body
    assert title.notes == ["It begins.", "**What you will learn**"]
    assert drawn.heading == "It grows"
    assert drawn.notes == ["Before.", "More.", "```\n7\n```", "After."]
    assert "<th" in counted.body and "caption" not in counted.body
    assert "<h2>Two &lt;numbers&gt;</h2>" in section(counted)
    assert '<div class="words"><p>The end.</p>' in section(counted)


def test_a_question_is_a_slide_with_the_answer_in_its_notes():
    _, asked, told = deck(
        "## A section\n\n**Predict, then look.** How many?",
        ("print(3)", printed("3\n")),
        "<details><summary>Answer</summary>\n\nThree.\n\n</details>\n\nSo it is.",
    )
    assert (asked.kind, asked.heading) == ("question", "Predict, then look")
    assert asked.body == "<p>How many?</p>\n"
    assert asked.notes == ["*Answer:* Three."]
    assert told.notes == ["Three.", "So it is."]
    _, asked = deck(
        "**Quick question.** Which?\n\n- this\n- that\n\n"
        "<details><summary>Answer</summary>\n\nThat.\n\n</details>"
    )
    assert "<li>that</li>" in asked.body and "That." not in asked.body
    assert asked.notes == ["That."]
    _, asked = deck("## A section\n\nWords.", "**Quick question.** Which?\n\n- this\n- that")
    assert "<li>that</li>" in asked.body and asked.notes == ["Words."]


def test_what_belongs_together_stays_on_one_line_of_a_slide():
    table = Table({"reader": ["split by k-means"]}, heading="Readers")
    _, told, counted = deck(
        "## Why k-means++?\n\nK-Means with k = 16: `k = 16` has 13 %, see chapter 3.",
        ("print(3)", printed("3\n")),
        ("show()", shown(table)),
    )
    kept = re.findall('<span class="whole">(.+?)</span>', section(told).partition("<aside")[0])
    assert kept == ["k-means++", "K-Means", "k = 16", "13 %", "chapter 3"]
    assert 'split by <span class="whole">k-means</span>' in counted.body


def test_a_long_list_is_a_slide_and_a_short_one_is_in_the_notes():
    long, short = "- an item\n" * 30, "- an item\n- another"
    _, listed = deck(f"## A section\n\nThese are:\n\n{long}\n\nAnd so on:\n\n{short}")
    assert (listed.kind, listed.heading) == ("list", "A section")
    assert listed.body.startswith("<p>These are:</p>\n<ul>")
    assert listed.notes == ["These are:", "And so on:", short]


FUNCTION = "def f(x):\n" + "    x += 1\n" * 6
REST = "y = f(1)\nprint(y)\n"


@pytest.mark.parametrize(
    ("source", "is_shown", "lines_printed", "key"),
    [
        (f"import numpy as np\n\n{REST}", False, 2, (REST, True)),
        (REST, True, 2, ("", False)),
        (REST, False, 30, ("", False)),
        (FUNCTION + REST, False, 2, (FUNCTION + REST, True)),
        (f"{FUNCTION}\n\n{REST}", False, 2, (f"{FUNCTION}\n{REST}", True)),
        (FUNCTION + REST, True, 2, (FUNCTION, False)),
        (FUNCTION + REST, False, 30, (FUNCTION, False)),
        (
            "while True:\n" + "    x += 1\n" * 6 + REST,
            True,
            0,
            ("while True:\n" + "    x += 1\n" * 6, False),
        ),
        ("def f(x):\n    return x\n", True, 0, ("", False)),
        ("x = 1\n", False, 0, ("", False)),  # it only prepares what comes
        ("def f(x):\n" + "    x += 1\n" * 20, False, 0, ("", False)),
        ("for x in range(9):\n" + "    x += 1\n" * 6, True, 0, ("", False)),
    ],
)
def test_key_code_is_short_cells_functions_and_loops_with_an_aim(
    source, is_shown, lines_printed, key
):
    assert key_code(source, is_shown, lines_printed) == key


def test_what_sets_up_a_chapter_is_no_slide():
    assert [slide.kind for slide in deck((REST, printed("1\n")))] == ["title"]
    kinds = [slide.kind for slide in deck((REST,), "## A section", (REST, printed("1\n")))]
    assert kinds == ["title", "code"]


def test_formulas_become_mathml_and_links_into_the_course_plain_text():
    [title] = deck("A [chapter](03.ipynb), a [page](https://b.org), $x^2$, `$no`, and $y_1$.")
    html = section(title)
    assert 'A chapter, a <a href="https://b.org">page</a>, <span' in html
    assert html.count("<math") == 2 and "<code>$no</code>" in html
    _, formula = deck("## A section\n\nIt holds:\n\n$$\nx = 1\n$$")
    assert formula.kind == "formula" and 'display="block"' in formula.body


def test_only_first_sentences_that_fit_stand_on_a_slide():
    assert beginning("One. Two? Three 3.5.", most=10) == "One. Two?"
    assert beginning("A long one. Two.", most=3) == "A long one."
    assert beginning("One. (Two. Three is long.)", most=12) == "One."
