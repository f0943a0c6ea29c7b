"""The book for e-readers: what EPUB 3 asks of its files, as far as it can be told without a reader."""

import io
import posixpath
import re
import zipfile
from urllib.parse import unquote, urldefrag, urlsplit
from xml.etree import ElementTree

import pytest
from helpers import COURSE
from PIL import Image

from mnist_kmeans.course import book
from mnist_kmeans.course.store import pictures, read_chapters

PAGE = "{http://www.w3.org/1999/xhtml}"
MATHS, DRAWING = "{http://www.w3.org/1998/Math/MathML}math", "{http://www.w3.org/2000/svg}svg"
PACKAGE = "{http://www.idpf.org/2007/opf}"


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The book of the course, {file name: bytes}."""
    with zipfile.ZipFile(book.build(COURSE, tmp_path_factory.mktemp("build") / "book")) as whole:
        return {name: whole.read(name) for name in whole.namelist()}


def faults(files):
    """Return what is wrong with the files of a book, {file name: bytes}, as sentences."""
    found = [] if next(iter(files)) == "mimetype" else ["the book does not begin with its type"]
    listed = {
        item.get("href"): set((item.get("properties") or "").split())
        for item in ElementTree.fromstring(files["content.opf"]).iter(f"{PACKAGE}item")
    }
    aside = {"mimetype", "content.opf", "META-INF/container.xml"}
    found += [f"{name} is listed wrongly" for name in set(files) - aside ^ set(listed)]
    pages = {}
    for name in (name for name in listed if name.endswith(".xhtml") and name in files):
        try:
            pages[name] = ElementTree.fromstring(files[name].replace(b"&nbsp;", b" "))
        except ElementTree.ParseError as error:
            found.append(f"{name} is not well-formed: {error}")
    names = {name: {each.get("id") for each in page.iter()} for name, page in pages.items()}
    for name, page in pages.items():
        for kind, tag in (("mathml", MATHS), ("svg", DRAWING)):
            if (kind in listed[name]) != any(page.iter(tag)):
                found.append(f"{name} is not listed as it is: {kind}")
        for image in page.iter(f"{PAGE}img"):
            if not image.get("alt"):
                found.append(f"{name} has a picture without words")
        for each in page.iter():
            address = each.get("href") or each.get("src") or ""
            if urlsplit(address).scheme:
                continue
            file, anchor = urldefrag(address)
            target = posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(file)))
            target = target if file else name
            if target not in listed or (anchor and unquote(anchor) not in names.get(target, ())):
                found.append(f"{name} leads to {address}, which is not there")
    for name in (name for name in listed if name.endswith(".css") and name in files):
        for file in re.findall(r'url\("(?!\w+:)([^"]+)"\)', files[name].decode()):
            if posixpath.normpath(posixpath.join(posixpath.dirname(name), file)) not in listed:
                found.append(f"{name} leads to {file}, which is not there")
    return found


def test_the_book_is_whole(written):
    assert written["mimetype"] == b"application/epub+zip"
    assert not [name for name in written if "/live/" in name or name.endswith("course.css")]
    assert faults(written) == []


def test_the_book_has_all_chapters_pictures_and_formulas_and_lists_its_sections(written):
    contents = written["nav.xhtml"].decode()
    for name, chapter in read_chapters(COURSE).items():
        page = written[f"{name}.xhtml"].decode()
        assert page.count("<img ") >= len(pictures(chapter))
        assert f'href="{name}.xhtml#what-to-remember"' in contents
        assert not re.search("<details>|<details class|Show code|@media print", page)
        assert 'href="slides/' not in page and "<nav" not in page
    assert b"<math" in written["03_lloyd_from_scratch.xhtml"]


def test_the_book_has_a_cover_and_says_so(written):
    listed = ElementTree.fromstring(written["content.opf"])
    [cover] = [
        each for each in listed.iter(f"{PACKAGE}item") if each.get("properties") == "cover-image"
    ]
    assert Image.open(io.BytesIO(written[cover.get("href")])).size == (1200, 1800)
    first = next(each.get("idref") for each in listed.iter(f"{PACKAGE}itemref"))
    [page] = [each.get("href") for each in listed.iter(f"{PACKAGE}item") if each.get("id") == first]
    assert cover.get("href") in written[page].decode()


@pytest.mark.parametrize(
    ("name", "before", "after", "fault"),
    [
        ("02_naive_clustering.xhtml", b"</p>", b"", "not well-formed"),
        ("02_naive_clustering.xhtml", b"<img alt=", b"<img title=", "a picture without words"),
        ("03_lloyd_from_scratch.xhtml", b'href="', b'href="no-', "is not there"),
        ("_static/book.css", b"stix-two-math.woff2", b"lost.woff2", "is not there"),
        ("content.opf", b' properties="mathml"', b"", "not listed as it is: mathml"),
        ("content.opf", b'href="glossary.xhtml"', b'href="other.xhtml"', "is listed wrongly"),
    ],
)
def test_what_is_wrong_with_a_book_is_found(name, before, after, fault, written):
    damaged = written | {name: written[name].replace(before, after)}
    assert damaged != written
    assert any(fault in each for each in faults(damaged))


def test_pages_are_as_on_paper_and_keep_their_other_links():
    page = '<td><a class="a" href="slides/1.html">1</a></td>'
    page += '<a href="2.xhtml">2</a><details><summary>A</summary></details>'
    page += '<details class="hide"><summary>Show code</summary>\nshow()</details><p/>'
    page += "<style>@media print { .strip { display: block } }</style>"
    assert book.mend_page(page) == (
        '<td>1</td><a href="2.xhtml">2</a><details open=""><summary>A</summary></details><p/>'
        "<style>@media all { .strip { display: block } }</style>"
    )


def test_the_type_of_the_book_stays_first_and_uncompressed():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as whole:
        whole.writestr("mimetype", "application/epub+zip")
        whole.writestr("content.opf", '<item href="a.xhtml"/>', zipfile.ZIP_DEFLATED)
        whole.writestr("a.xhtml", "<math/>", zipfile.ZIP_DEFLATED)
    mended = zipfile.ZipFile(io.BytesIO(book.mended(file.getvalue())))
    first, listed, _ = mended.infolist()
    assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
    assert mended.read(listed) == b'<item href="a.xhtml" properties="mathml"/>'
