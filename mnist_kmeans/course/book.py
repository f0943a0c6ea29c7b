"""The course as one book for e-readers, an EPUB: the pages of the site, as Sphinx lays them out for it."""

import io
import re
import zipfile

from mnist_kmeans.basics.outputs import Outputs
from mnist_kmeans.course import website
from mnist_kmeans.course.store import read_chapters

# A style sheet that Sphinx names on each page and leaves out of the book.
LOST = re.compile(r'<link rel="stylesheet"[^>]* href="[^"]*mystnb\.[^"]*"[^>]*/>')
OUTWARDS = re.compile(r'<a [^>]*href="(?:slides/|tcp:)[^"]*"[^>]*>(.*?)</a>', re.DOTALL)
FOLDED = re.compile(r'<details class="hide">.*?</details>', re.DOTALL)  # code that only draws
COVER = "_static/cover.png"
# What the list of files must tell of a page that has it.
CONTENT = {"mathml": "<math", "svg": "<svg"}


def build(checkout, folder):
    """Write the book of the stored chapters into a folder; return its path.

    Raises InputError when Sphinx warns of anything.
    """
    laid_out = website.render(checkout, read_chapters(checkout), "full", "epub")
    return Outputs(folder).write("mnist-kmeans.epub", mended(laid_out["mnist-kmeans.epub"]))


def mended(epub):
    """Return an EPUB of Sphinx, as bytes, with what readers of EPUBs hold against it put right."""
    book = zipfile.ZipFile(io.BytesIO(epub))
    texts = {
        name: mend_page(book.read(name).decode())
        for name in book.namelist()
        if name.endswith(".xhtml")
    }
    texts["content.opf"] = tell_content(book.read("content.opf").decode(), texts)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as whole:
        for entry in book.infolist():  # the first one says what it is, and is not compressed
            whole.writestr(entry, texts.get(entry.filename) or book.read(entry))
    return file.getvalue()


def mend_page(page):
    """Return a page as on paper: answers are open, code that only draws is left out, and what moves is still.

    Links to what is not in the book are plain text.
    """
    page = FOLDED.sub("", OUTWARDS.sub(r"\1", LOST.sub("", page)))
    page = page.replace("<details>", '<details open="">')
    return page.replace("@media print", "@media all")


def tell_content(listed, pages):
    """Return the list of files of a book, which tells what has formulas or drawings, or is the cover."""
    for name, page in pages.items():
        found = " ".join(kind for kind, tag in CONTENT.items() if tag in page)
        if found:
            listed = listed.replace(f'href="{name}"', f'href="{name}" properties="{found}"')
    return listed.replace(f'href="{COVER}"', f'href="{COVER}" properties="cover-image"')
