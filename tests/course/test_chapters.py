"""Habits that all chapters share, read off the stored notebooks without running them."""

import ast
import re
from collections import Counter
from html.parser import HTMLParser

import jupytext
import pytest
from helpers import COURSE, ROOT
from nbformat.v4 import new_code_cell, new_notebook, new_output

from mnist_kmeans.course import claims
from mnist_kmeans.course.store import code_cells, in_sync, read_source, read_stored
from mnist_kmeans.data.editions import EDITIONS

SAID_BY = {  # the attribute that says in words what an HTML element draws
    "img": "alt", "svg": "aria-label", "canvas": "aria-label", "video": "aria-label",
}  # fmt: skip
CLAIMS = {  # how many each chapter has at least
    "01_loading": 20,
    "02_naive_clustering": 34,
    "03_lloyd_from_scratch": 40,
    "04_labeling": 29,
    "05_purity_and_error": 32,
    "06_random_initialisation": 30,
    "07_k_sweep": 27,
    "08_same_answer_faster": 36,
    "09_beyond_one_machine": 42,
    "10_beyond_pixels": 48,
    "11_variations": 29,
}
CLAIMED = "✓"  # stands for a claim about the sentence before it
CHAPTERS = COURSE.sources()
TEXTS = {path: path.read_text(encoding="utf-8") for path in CHAPTERS}
STORED_CHAPTERS = [(path, edition) for path in CHAPTERS for edition in EDITIONS]

each_chapter = pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
each_stored = pytest.mark.parametrize(
    ("path", "edition"),
    STORED_CHAPTERS,
    ids=[f"{path.stem}-{edition}" for path, edition in STORED_CHAPTERS],
)


def prose(path):
    """Return the text of a chapter without its code."""
    cells = jupytext.read(path).cells
    return "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def names_defined(code):
    """Return the names of the functions and classes that Python code defines."""
    kinds = ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef
    return {node.name for node in ast.walk(ast.parse(code)) if isinstance(node, kinds)}


def test_the_chapters_have_different_numbers():
    numbers = [int(path.name[:2]) for path in CHAPTERS]
    assert len(set(numbers)) == len(numbers) >= 7


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_chapter_is_stored_and_nothing_else_is(edition):
    stored = [COURSE.stored_path(path, edition) for path in CHAPTERS]
    assert all(path.is_file() for path in stored)
    if edition == "sample":  # people put nothing of their own there
        assert sorted(COURSE.stored_folder(edition).glob("*.ipynb")) == stored


@each_chapter
def test_a_chapter_opens_and_closes_like_the_others(path):
    text = prose(path)
    number = int(path.name[:2])
    opening = (
        rf"# {number}\. .+?\n\*\*What you will learn\*\*\n\n- .+?\n"
        r"\*\*What you need\*\*: .+?\n\n\*\*Time\*\*: \d+ minutes\."
    )
    assert re.match(opening, text, re.DOTALL)
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert headings[-3:] == ["What to remember", "Exercises", "Further reading"]
    assert len(re.findall(r"^# ", text, re.MULTILINE)) == 1


@each_chapter
def test_the_tables_of_chapters_name_a_chapter_with_its_title_and_its_minutes(path):
    title = re.match(r"# \d+\. (.+)", prose(path))[1]
    minutes = re.search(r"\*\*Time\*\*: (\d+)", prose(path))[1]
    number, name = int(path.name[:2]), path.stem
    rows = {
        "README.md": rf"\| {number} \| \[{re.escape(title)}\]\(notebooks/{name}\.ipynb\) ",
        "site/index.md": rf"\| \[\]\({name}\) ",
        "notebooks/start.md": rf"\| {number} \| \[{re.escape(title)}\]\({name}\.ipynb\) ",
    }
    for table, row in rows.items():
        text = (ROOT / table).read_text(encoding="utf-8")
        assert re.search(rf"^{row}\|.+\| {minutes} \|", text, re.MULTILINE), table


@each_stored
def test_both_editions_have_the_cells_of_the_source(path, edition):
    assert in_sync(path, COURSE.stored_path(path, edition))


@each_stored
def test_every_code_cell_was_executed_in_order_without_a_warning(path, edition):
    cells = code_cells(read_stored(COURSE.stored_path(path, edition)))
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    for cell in cells:
        for output in cell.outputs:
            assert output.output_type != "error"
            assert output.get("name") != "stderr"


@each_stored
def test_every_picture_says_in_words_what_it_shows(path, edition):
    notebook = read_stored(COURSE.stored_path(path, edition))
    assert wordless_pictures(notebook) == []
    for output in (output for cell in code_cells(notebook) for output in cell.outputs):
        if "image/png" in output.get("data", {}):
            assert output.data["text/plain"] == f"Picture: {output.metadata['image/png']['alt']}"


def wordless_pictures(notebook):
    """Return (number of its cell, format) of each picture, in whatever format, without alt text."""
    return [
        (number, kind)
        for number, cell in enumerate(code_cells(notebook))
        for output in cell.outputs
        for kind, content in output.get("data", {}).items()
        for words in alt_texts(kind, content, output.metadata)
        if len(words.split()) < 4
    ]


def alt_texts(kind, content, metadata):
    """Return the alt text, or "", of each picture in an output of one MIME type."""
    if kind.startswith("image/"):
        return [metadata.get(kind, {}).get("alt", "")]
    return DrawnInHTML(content).alt_texts if kind == "text/html" else []


class DrawnInHTML(HTMLParser):
    """The alt texts of all that draws in a piece of HTML."""

    def __init__(self, html):
        super().__init__()
        self.alt_texts = []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        if tag in SAID_BY:
            self.alt_texts.append(dict(attributes).get(SAID_BY[tag]) or "")


@pytest.mark.parametrize(
    ("kind", "content", "metadata"),
    [
        ("image/png", "iVBORw0K", {}),
        ("image/png", "iVBORw0K", {"image/png": {"alt": ""}}),
        ("image/png", "iVBORw0K", {"image/svg+xml": {"alt": "A bar for each digit"}}),
        ("image/jpeg", "/9j/4AAQ", {}),
        ("image/svg+xml", "<svg/>", {}),
        ("text/html", '<p>Look: <img src="a.png"></p>', {}),
        ("text/html", '<img src="a.png" alt="picture">', {}),
        ("text/html", "<div><svg><circle r='1'/></svg></div>", {}),
        ("text/html", "<canvas></canvas>", {}),
    ],
)
def test_a_picture_without_words_is_found(kind, content, metadata):
    output = new_output("display_data", {kind: content}, metadata=metadata)
    notebook = new_notebook(cells=[new_code_cell(""), new_code_cell("", outputs=[output])])
    assert wordless_pictures(notebook) == [(1, kind)]


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("image/png", "iVBORw0K"),
        ("image/svg+xml", "<svg/>"),
        ("text/html", '<img src="a.png" alt="A bar for each digit">'),
        ("text/html", '<svg role="img" aria-label="A bar for each digit"/>'),
        ("text/html", "<p>No picture</p>"),
        ("text/plain", "<img>"),
    ],
)
def test_a_picture_with_words_passes(kind, content):
    metadata = {kind: {"alt": "A bar for each digit"}}
    output = new_output("display_data", {kind: content}, metadata=metadata)
    assert wordless_pictures(new_notebook(cells=[new_code_cell("", outputs=[output])])) == []


@each_chapter
def test_every_picture_in_the_text_is_there_and_says_in_words_what_it_shows(path):
    for alt, file in re.findall(r"!\[([^\]]*)\]\((.+?)\)", prose(path)):
        assert len(alt.split()) > 3
        assert (path.parent / file).read_bytes().startswith(b"\x89PNG")


def test_no_helper_is_defined_twice():
    defined = Counter(name for text in TEXTS.values() for name in names_defined(text))
    assert [name for name, times in defined.items() if times > 1] == []


@each_chapter
def test_what_the_text_claims_is_what_the_code_computes(path):
    assert claims.broken(read_stored(COURSE.stored_path(path, "full"))) == []


@each_chapter
def test_what_becomes_of_each_claim_on_the_sample_is_known(path):
    stored = read_stored(COURSE.stored_path(path, "sample"))
    assert {claim for _, claim in claims.find(stored)} == set(stored.metadata["claims"])


@each_chapter
def test_a_chapter_has_no_fewer_claims_than_it_had(path):
    """What binds a sentence to the code that could refute it is not to get lost."""
    assert len(claims.find(read_source(path))) >= CLAIMS[path.stem]


@each_chapter
def test_a_chapter_asks_for_guesses_has_one_box_of_the_articles_and_is_not_too_long(path):
    text = claims.remove(prose(path))
    assert text.count("**Predict, then look.**") >= 2
    assert text.count("> **What the articles found.**") == 1
    assert text.count("<details><summary>Answer</summary>") == text.count("</details>") >= 1
    assert len(text.split()) <= 3500


@each_chapter
def test_every_measured_number_in_the_text_is_bound(path):
    assert unbound_numbers(prose(path)) == []


def unbound_numbers(text):
    """Return the decimals, percentages and large numbers that nothing in the notebook computes.

    Left alone: code, formulas, tables (they quote others), exercises, and sentences that end in a
    claim or say whose number it is.
    """
    text = text.partition("\n## Exercises")[0]
    text = re.sub(r"`[^`]*`|\$[^$]*\$|^\|.*$", "", text, flags=re.MULTILINE)
    text = re.sub(r"<!--true:.+?-->", CLAIMED, text, flags=re.DOTALL)
    sentences = re.split(rf"(?<=[.?!:]|{CLAIMED})\s", claims.CLAIM.sub("", text))
    quoted = rf"[Aa]rticle|scikit-learn|reports|MNIST is|{CLAIMED}"
    number = r"\d[\d,]*\.\d+|\d+(?:\.\d+)?\s?%|\d+,\d{3}"
    return [
        found
        for sentence in sentences
        if not re.search(quoted, sentence)
        for found in re.findall(number, sentence)
    ]


def test_an_unbound_number_is_found():
    assert unbound_numbers("An error of 0.38.\n\nArticle B reports 0.42. And 38 % of 60,000.") == [
        "0.38",
        "38 %",
        "60,000",
    ]
    assert unbound_numbers("An error of 0.38<!--{error:.2f}--> at `tol=0.5`, for $x = 0.5$.") == []
    assert unbound_numbers("It is above 0.4.<!--true: 0.5 > 0.4--> Below 0.6.") == ["0.6"]
