"""The built HTML course: links lead somewhere, nothing comes from the network, lists are complete."""

import base64
import functools
import re
import shutil
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

import nbformat
import numpy as np
import pytest
from helpers import COURSE, ROOT, write_course
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

import mnist_kmeans
from mnist_kmeans.basics.errors import InputError
from mnist_kmeans.course import checkout, website
from mnist_kmeans.course.playground import stills
from mnist_kmeans.course.store import pictures, read_stored
from mnist_kmeans.data.editions import SAMPLE_BANNER
from mnist_kmeans.plots import Picture

LOADED = {  # what a browser fetches by itself: these attributes of these elements
    "audio": "src", "embed": "src", "iframe": "src", "img": "src", "link": "href",
    "object": "data", "script": "src", "source": "src", "video": "src",
}  # fmt: skip
IN_STYLES = re.compile(r"url\(\s*['\"]?([^'\")]+)|@import\s+['\"]([^'\"]+)")
TEACHERS = (ROOT / "site" / "teachers.md").read_text("utf-8")
IN_TEXT = re.compile(r"!\[[^\]]+\]\(images/.+?\)")  # pictures that no code draws
PIXEL = base64.b64encode(Picture(figsize=(0.01, 0.01)).png()).decode()


class Page(HTMLParser):
    """The anchors of a page, the links on it, and what a browser loads for it."""

    def __init__(self, path):
        super().__init__()
        self.anchors, self.links, self.loaded = {""}, [], []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.anchors.add(attributes.get("id", ""))
        if tag == "a" and "href" in attributes:
            self.links.append(attributes["href"])
        if LOADED.get(tag) in attributes:
            self.loaded.append(attributes[LOADED[tag]])


@functools.cache
def read_pages(folder):
    """Return {path: Page} of all the pages of a site; templates of the theme are no pages."""
    static = folder / "_static"
    found = sorted(folder.rglob("*.html"))
    return {path: Page(path) for path in found if not path.is_relative_to(static)}


def leads_out(address):
    """Tell whether an address is on another machine."""
    parts = urlsplit(address)
    return bool(parts.netloc) or parts.scheme not in ("", "data")


def dead_links(folder):
    """Return the links inside a site that lead nowhere, each with its page."""
    pages, dead = read_pages(folder), []
    for path, page in pages.items():
        for link in page.links + page.loaded:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            file = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            anchors = pages[file].anchors if file in pages else {""} if file.is_file() else ()
            if unquote(parts.fragment) not in anchors:
                dead.append((path.name, link))
    return dead


def fetched_from_elsewhere(folder):
    """Return what a browser would fetch from the network, each with the file that asks for it."""
    wanted = {path: page.loaded for path, page in read_pages(folder).items()}
    for path in folder.rglob("*.css"):
        wanted[path] = ["".join(groups) for groups in IN_STYLES.findall(path.read_text("utf-8"))]
    return [(path.name, each) for path in wanted for each in wanted[path] if leads_out(each)]


def test_every_link_inside_the_site_leads_somewhere(built_site):
    assert sum(len(page.links) for page in read_pages(built_site).values()) > 1000
    assert dead_links(built_site) == []


def test_no_page_fetches_anything_from_the_network(built_site):
    assert fetched_from_elsewhere(built_site) == []


@pytest.mark.parametrize(
    "link", ["b.html", "a.html#none", "#none", "pictures/", "a%20b.html", "style.css#none"]
)
def test_a_dead_link_is_found(link, tmp_path):
    (tmp_path / "a.html").write_text(f'<p id="here"><a href="{link}">away</a>')
    (tmp_path / "pictures").mkdir()
    (tmp_path / "style.css").touch()
    assert dead_links(tmp_path) == [("a.html", link)]


def test_a_missing_picture_is_a_dead_link(tmp_path):
    (tmp_path / "a.html").write_text('<img src="none.png" alt="nothing">')
    assert dead_links(tmp_path) == [("a.html", "none.png")]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.html", '<script src="https://elsewhere.org/a.js"></script>'),
        ("a.html", '<img src="//elsewhere.org/a.png">'),
        ("a.css", "@import 'https://elsewhere.org/a.css';"),
        ("a.css", "p {background: url(http://elsewhere.org/a.png)}"),
    ],
)
def test_what_comes_from_the_network_is_found(name, content, tmp_path):
    (tmp_path / name).write_text(content)
    assert len(fetched_from_elsewhere(tmp_path)) == 1


def test_every_chapter_is_in_the_side_bar_and_shows_all_its_pictures(built_site):
    start = Page(built_site / "index.html")
    for chapter in COURSE.sources():
        assert f"{chapter.stem}.html" in start.links
        shown = [
            each for each in Page(built_site / f"{chapter.stem}.html").loaded if "_images" in each
        ]
        drawn = pictures(read_stored(COURSE.stored_path(chapter, "full")))
        assert len(shown) == len(drawn) + len(IN_TEXT.findall(chapter.read_text("utf-8")))


@pytest.mark.parametrize("source", COURSE.sources(), ids=lambda path: path.stem)
def test_a_chapter_and_the_teachers_guide_lead_to_its_slides(source, built_site):
    deck = f"slides/{source.stem}.slides.html"
    for page in (f"{source.stem}.html", "teachers.html"):
        assert deck in Page(built_site / page).links
    assert (built_site / deck).is_file()


def test_the_gallery_shows_the_pictures_of_the_stored_chapters(built_site):
    stored = {
        base64.b64decode(png)
        for chapter in COURSE.sources()
        for png, _ in pictures(read_stored(COURSE.stored_path(chapter, "full")))
    }
    shown = [each for each in Page(built_site / "index.html").loaded if "_images" in each]
    assert len(shown) >= 8
    assert all((built_site / each).read_bytes() in stored for each in shown)


def test_the_picture_in_the_readme_is_that_of_chapter_4():
    picture = (ROOT / "site" / "centroids.png").read_bytes()
    stored = pictures(read_stored(COURSE.chapters / "04_labeling.ipynb"))
    shown = [alt for png, alt in stored if base64.b64decode(png) == picture]
    assert shown and shown[0].startswith("With another start the five has a centroid. "), (
        "take it from the notebook: mnist_kmeans.course.store.pictures(...)"
    )


def test_every_page_says_what_it_is_about(built_site):
    for path in read_pages(built_site):
        if path.name == "404.html" or path.parent.name == "slides":
            continue
        html = path.read_text("utf-8")
        [title] = re.findall(r"<title>(.+?)</title>", html, re.DOTALL)
        assert title.count("k-means on MNIST") <= 1, path
        [about] = re.findall(r'<meta name="description" content="(.+?)"/>', html)
        assert "<!--" not in about and "&lt;" not in about, path
        assert len(about) > 10, path
        assert "favicon.svg" in html


def test_icons_come_as_a_font_and_not_as_a_script_of_a_megabyte_and_a_half(built_site):
    assert list(built_site.rglob("fa-solid-900.woff2"))
    assert not [*built_site.rglob("fontawesome.js*"), *(built_site / "_static").rglob("*.map")]
    for path, page in read_pages(built_site).items():
        assert not [each for each in page.loaded if "fontawesome.js" in each], path


def test_the_first_page_leads_along_a_path_of_cards(built_site):
    html = (built_site / "index.html").read_text("utf-8")
    cards = re.search(r'<div class="path.+?</ol>', html, re.DOTALL)[0]
    links = re.findall(r'href="(\w+)\.html"', cards)
    assert links == [source.stem for source in COURSE.sources()]
    assert cards.count("minutes</p>") == len(links)
    assert re.search(r'class="start[^>]+href="01_loading\.html"', html)


def test_no_page_shows_the_marks_of_our_tools(built_site):
    for path in [*built_site.glob("[0-9]*.html"), *built_site.glob("*s/[0-9]*.html")]:
        shown = re.sub(r"<!--.*?-->|<[^>]+>", "", path.read_text("utf-8"), flags=re.DOTALL)
        assert not re.search(r"(BEGIN|END) SOLUTION|fmt: (skip|off)", shown), path


def test_the_page_to_cite_says_what_the_citation_file_says(built_site):
    page = (ROOT / "site" / "cite.md").read_text("utf-8")
    citation = (ROOT / "CITATION.cff").read_text("utf-8")
    for key in ("title", "version", "  - name"):
        [value] = re.findall(rf"^{key}: (.+)$", citation, re.MULTILINE)
        assert page.count(value) >= 2


ADDRESS = "https://github.com/somebody/course"
LANDING = """\
:::{figure} pictures/01_little/a-dot.png
Look
:::

**What you will learn**

- much

**Time**: 5 minutes.

After it.

**Predict, then look.** How many?

> **What the articles found.** Little.

With k = 10 and n points of 28 x 28, `k` in code, k-means, e.g. 5 s, it isn't a c. In chapter 4 it is 13 %.
There $x_1$, or $y_1$ is.

## What to remember

All.

## Aside: more k-means

End."""


@pytest.fixture(scope="module")
def little_site(tmp_path_factory):
    """A function that builds a site of one little chapter and a landing page with this text."""

    def build(landing, edition="full", address=""):
        picture = new_output(
            "display_data", {"image/png": PIXEL}, metadata={"image/png": {"alt": "A dot. Tiny."}}
        )
        cells = [
            new_markdown_cell(
                "# A chapter\n\nThis is a *cat*, these are *cats*, and this is a *dog*."
            ),
            new_code_cell("show(dot)", outputs=[picture]),
        ]
        course = write_course(tmp_path_factory.mktemp("little"), {})
        python = {"language_info": {"name": "python", "pygments_lexer": "ipython3"}}
        chapters = {"01_little": new_notebook(cells=cells, metadata=python)}
        empty = [new_markdown_cell("# An exercise"), new_code_cell("...  # your code here")]
        chapters["02_blank"] = new_notebook(cells=empty, metadata=python)
        toctree = "```{toctree}\n01_little\n02_blank\nglossary\n```"
        (course.site / "index.md").write_text(f"# Start\n\n{landing}\n\n{toctree}\n")
        (course.site / "glossary.md").write_text(
            "# Words\n\n```{glossary}\ncat\n  An animal.\n```\n"
        )
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(checkout, "REPOSITORY", address)
            return website.build(course, chapters, edition, course.build / "site").parent

    return build


@pytest.fixture(scope="module")
def of_full(little_site):
    """The pages of a little course on the full edition that has no repository."""
    return little_site(LANDING)


@pytest.fixture(scope="module")
def of_sample(little_site):
    """The pages of a little course on the sample that has a repository."""
    return little_site("Look", "sample", ADDRESS)


def test_pages_have_pictures_with_their_alt_text_and_links_to_the_glossary(of_full):
    chapter = (of_full / "01_little.html").read_text("utf-8")
    for html in (chapter, (of_full / "index.html").read_text("utf-8")):
        assert html.count('alt="A dot. Tiny."') == 1
    link = r'<a [^>]*href="glossary.html#term-cat"[^>]*><em>cat</em></a>'
    assert re.search(
        f"This is a {link}, these are <em>cats</em>, and this is a <em>dog</em>", chapter
    )


def test_what_runs_on_demand_has_a_still_picture_of_the_same_numbers(little_site):
    kinds = ("starts", "sweep")
    elements = [f'<div class="live-runs" data-kind="{kind}" data-k="16"></div>' for kind in kinds]
    pages = little_site("\n\n".join(elements))
    page = (pages / "index.html").read_text("utf-8")
    for element, (kind, picture) in zip(elements, stills().items(), strict=True):
        still = f'<figure><img src="_static/live/{kind}.png" alt="{picture.alt}"'
        assert element.replace("</div>", still) in page
        assert (pages / "_static" / "live" / f"{kind}.png").read_bytes() == picture.png()
    training, _ = mnist_kmeans.load_mnist("sample").holdout()
    inertia = mnist_kmeans.kmeans(training.images, 20, seed=0).inertia
    assert f"to {inertia / 1e9:,.4g} at 20." in stills()["sweep"].alt


@pytest.mark.parametrize("alt", ["An elbow? There is none.", "An elbow. There? None."])
def test_a_picture_is_named_after_its_heading(alt, tmp_path):
    picture = new_output("display_data", {"image/png": PIXEL}, metadata={"image/png": {"alt": alt}})
    notebook = new_notebook(cells=[new_code_cell("show()", outputs=[picture])])
    assert website.put_pictures(notebook, tmp_path, "one") == {"one/an-elbow.png": alt}
    assert (tmp_path / "one" / "an-elbow.png").read_bytes() == base64.b64decode(PIXEL)


def test_the_sample_is_named_where_its_numbers_are_and_nowhere_else(of_full, of_sample):
    for pages, told in [(of_sample, {"index.html", "01_little.html"}), (of_full, set())]:
        texts = {page.name: page.read_text("utf-8") for page in pages.glob("*.html")}
        assert {name for name, text in texts.items() if "embedded sample" in text} == told
        assert {"02_blank.html", "glossary.html"} < texts.keys()
        for name in ("index.html", "01_little.html"):  # it is not what the page is about
            assert "sample" not in re.search(r'name="description" content="(.+?)"', texts[name])[1]


@pytest.mark.parametrize(("note", "kept"), [("\n\n> The sample.", 1), ("", 2)])
def test_a_page_with_a_note_about_the_sample_needs_no_banner(note, kept, tmp_path):
    banner = new_output("display_data", {"text/markdown": SAMPLE_BANNER})
    cell = new_code_cell("load_mnist()", outputs=[banner, new_output("stream", text="loaded")])
    page = new_notebook(cells=[new_markdown_cell("# One"), cell])
    website.lay_out({"01_one.ipynb": page}, note, tmp_path)
    laid_out = nbformat.read(tmp_path / "01_one.ipynb", as_version=4)
    assert len(laid_out.cells[1].outputs) == kept
    assert laid_out.cells[0].source.endswith(note)


OUT = (
    "mybinder.org",
    "blob/gh-pages/_sources/01_little.ipynb",
    "blob/main/notebooks/01_little.py",
    "edit/main",
    "issues/new",
)


@pytest.mark.parametrize("address", ["", ADDRESS])
def test_ways_out_need_the_address_of_the_repository(address, of_full, of_sample):
    pages = of_sample if address else of_full
    page = Page(pages / "01_little.html")
    for part in OUT:
        ways = [link for link in page.links if part in link]
        assert len(ways) == bool(address)
        assert all("somebody/course" in way for way in ways)
    assert ("somebody.github.io/course" in (pages / "404.html").read_text("utf-8")) == bool(address)
    taken_along = (pages / "_sources" / "01_little.ipynb").read_text("utf-8")
    assert ("%pip install" in taken_along) == bool(address)
    picture = (
        '<meta property="og:image" content="https://somebody.github.io/course/centroids.png"/>'
    )
    assert (picture in (pages / "01_little.html").read_text("utf-8")) == bool(address)
    assert (pages / "centroids.png").exists()
    for taken in ("_sources/01_little.ipynb", "scripts/01_little.py"):
        assert taken in page.links
        assert "This is a *cat*" in (pages / taken).read_text("utf-8")


def test_boxes_and_variables_are_seen_where_the_text_has_them(of_full):
    html = (of_full / "index.html").read_text("utf-8")
    learn = re.search(r'<div class="box learn.+?</div>', html, re.DOTALL)[0]
    assert "5 minutes." in learn and "After it." not in learn
    for kind, words in {"predict": "How many", "articles": "Little", "remember": "All"}.items():
        box = re.search(rf'class="box {kind}".+?</(?:p|blockquote|section)>', html, re.DOTALL)[0]
        assert words in box
    assert re.search(r'<section class="aside"', html)
    assert re.findall(r"<em>(\w+)</em>", html) == ["k", "n", "c"]
    sentences = re.search("<p>With .+?</p>", html, re.DOTALL)[0]
    kept = re.findall('class="whole">(.+?)</span>', sentences, re.DOTALL)
    assert [re.sub("(?s)<math.+</math>", "FORMULA", each) for each in kept] == [
        "k-means",
        "chapter 4",
        "13 %",
        "FORMULA,",
    ]
    assert 'href="#aside-more-k-means">Aside: more <span class="whole">k-means</span></a>' in html


def test_references_to_nothing_stop_the_build(little_site, capfd):
    wrong = [
        "[nowhere](nowhere.md)",
        "[none](01_little.ipynb#none)",
        "{term}`dog`",
        "{py:func}`none`",
        ":::{figure} pictures/01_little/a-dash.png\nLook\n:::",
    ]
    with pytest.raises(InputError, match="Sphinx"):
        little_site("\n\n".join(wrong))
    told = capfd.readouterr().err
    for line in (3, 5, 7, 9, 11):
        assert f"index.md:{line}: WARNING" in told


def test_the_reference_links_every_public_name(built_site):
    links = Page(built_site / "api" / "index.html").links
    for name in mnist_kmeans.__all__:
        assert any(link.endswith(f".{name}") for link in links), name


def minutes_of(chapter):
    """Return the minutes of a chapter and those of its exercises, read off the notebooks' text."""
    text = (COURSE.chapters / f"{chapter}.py").read_text("utf-8")
    [minutes] = re.findall(r"^# \*\*Time\*\*: (\d+) minutes", text, re.MULTILINE)
    solutions = COURSE.chapters / "solutions" / f"{chapter}.py"
    text = solutions.read_text("utf-8") if solutions.exists() else ""
    exercises = re.findall(r"^# ## Exercise .+\((\d+) min\)$", text, re.MULTILINE)
    return int(minutes), [int(each) for each in exercises]


def test_the_teachers_guide_lists_every_chapter_with_its_minutes():
    rows = []
    for source in COURSE.sources():
        minutes, exercises = minutes_of(source.stem)
        link = f"[{sum(exercises)}](exercises/{source.stem})" if exercises else "none"
        deck = f'<a href="slides/{source.stem}.slides.html">slides {int(source.stem[:2])}</a>'
        rows.append(f"| []({source.stem}) | {minutes} | {link} | {deck} |")
    assert "\n".join(rows) in TEACHERS


@pytest.mark.parametrize(
    "plan", re.findall(r"^\| part .*minutes \|\n(?:\|.+\n)+", TEACHERS, re.MULTILINE)
)
def test_the_minutes_of_a_plan_are_those_of_its_parts_and_add_up(plan):
    *parts, total = [row.strip("| ").split(" | ") for row in plan.splitlines()[2:]]
    assert total == ["**together**", f"**{sum(int(minutes) for _, minutes in parts)}**"]
    for part, minutes in parts:
        if chapters := re.findall(r"\[\]\((\w+)\)", part):
            assert int(minutes) == sum(minutes_of(chapter)[0] for chapter in chapters)
        if numbers := re.match(r"exercises? (\d(?: and \d)?) of ", part):
            last = int(numbers[1][-1])
            chapters = re.findall(r"\(exercises/(\w+)\)", part)
            assert int(minutes) == sum(sum(minutes_of(each)[1][:last]) for each in chapters)


def test_the_code_of_the_teachers_guide_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(
        shutil.copytree(ROOT / "mnist_kmeans" / "data" / "sample", tmp_path / "sample")
    )
    np.save("points.npy", np.arange(60).reshape(20, 3))
    own, others = re.findall(r"^```python\n(.+?)^```", TEACHERS, re.MULTILINE | re.DOTALL)
    exec(own, own_names := {})
    assert own_names["clustering"].converged
    exec(others, other_names := {})
    assert len(other_names["training"]) == 3 * len(other_names["validation"]) == 3000
