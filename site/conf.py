"""How Sphinx builds the HTML course: `mnist-kmeans site` puts the executed chapters beside this file.

The pages work from disk, without a network: nothing on them is fetched from elsewhere.
"""

import re
import sys
from importlib import metadata
from pathlib import Path

import nbformat
from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.builders.epub3 import Epub3Builder
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.nodes import make_refnode

from mnist_kmeans.course.store import pictures

sys.path.append(str(Path(__file__).parent / "extensions"))

project = "k-means on MNIST"
author = "the mnist-kmeans contributors"
copyright = "the mnist-kmeans contributors, CC BY 4.0"
language = "en"

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.autosummary", "sphinx.ext.viewcode"]
extensions += [
    "sphinx_copybutton",
    "dress",
    "ways",
    "excerpts",
    "lighter",
    "stills",
]  # the last five are beside this file
nitpicky = True  # a reference to what is not there is a mistake
nitpick_ignore = [
    ("py:class", "numpy.ndarray"),
    ("py:class", "matplotlib.figure.Figure"),
    ("py:class", "pathlib.Path"),
    ("py:class", "t.Any"),  # in the signatures of classes of Jupyter
]
autodoc_member_order = "bysource"
add_module_names = False
autosummary_generate = False  # the pages of site/api say what is on them

myst_enable_extensions = ["attrs_inline", "colon_fence", "dollarmath"]
myst_heading_anchors = 2
nb_execution_mode = "off"  # the notebooks bring their outputs
nb_ipywidgets_js = {}  # two scripts from the network that only interactive widgets need
html_math_renderer = "mathml"  # browsers draw it themselves; MathJax would come from the network

copybutton_selector = "div.highlight pre:not(.cell_output pre)"  # code, and no outputs

html_theme = "sphinx_book_theme"
html_title = project
html_static_path = ["static"]
html_css_files = ["course.css", "quiz.css"]
html_js_files = ["course.js", "progress.js", "quiz.js"]
html_favicon = "static/favicon.svg"
html_extra_path = [
    "files",
    "centroids.png",
]  # the chapters as scripts; the picture that others show
html_additional_pages = {"404": "404.html"}  # what a server shows where there is no page
templates_path = ["templates"]
html_sourcelink_suffix = ""  # a chapter's source, to download, is a notebook
html_use_index = html_domain_indices = False  # the search and the lists of names do better
html_show_search_summary = False  # a page on disk may not read the other pages: see excerpts.py
html_context = {"default_mode": "auto"}  # light or dark, as the reader's system is
html_theme_options = {
    "navbar_persistent": [],  # search is in the side bar
    "show_navbar_depth": 1,
    "article_header_start": ["toggle-primary-sidebar.html", "page-name.html"],
    "footer_content_items": ["author.html", "copyright.html", "cite-link.html"],
    "use_download_button": False,  # ways.py has all the ways out of a page
    "use_fullscreen_button": False,
}

# What a page loads that has an element of this class, beside what all pages load
ON_DIGITS = ["live/live.css", "live/kmeans.js", "live/drawing.js", "live/data.js"]
LIVE = {
    "live-digits": [*ON_DIGITS, "live/digits.js"],
    "live-runs": [*ON_DIGITS, "live/runs.js"],
    "live-plane": [
        *("live/plane.css", "live/kmeans.js", "live/cells.js", "live/shapes.js", "live/plane.js"),
    ],
    "live-hero": ["live/hero.css", "live/run.js", "live/drawing.js", "live/hero.js"],
}

# The book, by `mnist-kmeans book`.
version = metadata.version("mnist-kmeans")
epub_basename = epub_identifier = epub_uid = "mnist-kmeans"
epub_scheme = "URI"
epub_title = project
epub_contributor = author
epub_description = (
    "A course in notebooks, from the raw files of handwritten digits to an honest evaluation."
)
epub_css_files = ["book.css"]
epub_cover = ("_static/cover.png", "book-cover.html")
# what only pages on a screen need
epub_exclude_files = ["_static/course.css", "_static/quiz.css"]
epub_exclude_files += [f"_static/{file}" for files in LIVE.values() for file in files]
epub_show_urls = "no"  # links are links
epub_tocscope, epub_tocdepth = "includehidden", 2
suppress_warnings = ["epub.unknown_project_files"]  # what only the site has stays out of the book


def setup(app):
    """Teach Sphinx fonts of books, formulas as MathML, alt text of pictures, and links to the glossary."""
    Epub3Builder.media_types = {**Epub3Builder.media_types, ".woff2": "font/woff2"}
    app.add_html_math_renderer(
        "mathml",
        inline_renderers=(lambda page, node: write_formula(page, node, False), None),
        block_renderers=(lambda page, node: write_formula(page, node, True), None),
    )
    app.connect("doctree-read", tell_alt_text)
    app.connect("autodoc-process-docstring", keep_plain)
    app.connect("html-page-context", load_live)
    app.add_post_transform(GlossaryLinks)


def write_formula(page, node, as_block):
    """Write a formula of a page; there is nothing left to visit in it."""
    formula = tex2mathml(node.astext(), as_block=as_block)
    page.body.append(f'<div class="formula" tabindex="0">{formula}</div>' if as_block else formula)
    raise nodes.SkipNode


def tell_alt_text(app, page):
    """Give each picture that a notebook drew the alt text that is stored with it."""
    path = app.env.doc2path(app.env.docname)
    if path.suffix == ".ipynb":
        drawn = [image for image in page.findall(nodes.image) if "jupyter_execute" in image["uri"]]
        stored = pictures(nbformat.read(path, as_version=4))
        for image, (_, alt) in zip(drawn, stored, strict=True):
            image["alt"] = alt


def keep_plain(app, what, name, thing, options, lines):
    """Make markup of a docstring, where only backticks, paragraphs and lists are meant as such."""
    for number, line in enumerate(lines):
        parts = line.split("`")
        parts[::2] = [re.sub(r"([\\*|_])", r"\\\1", part) for part in parts[::2]]
        lines[number] = "``".join(parts)


def load_live(app, page, template, context, doctree):
    """Let a page load the scripts and styles of what it plays with, and no other page, nor the book."""
    if app.builder.name == "epub":
        return
    for name, files in LIVE.items():
        if re.search(rf'class="[^"]*\b{name}\b', context.get("body", "")):
            for file in files:
                if file.endswith(".css"):
                    app.add_css_file(file)
                else:
                    app.add_js_file(file, loading_method="defer")


class GlossaryLinks(SphinxPostTransform):
    """Where a page says a term of the glossary in italics, the first time links to the glossary."""

    default_priority = 5

    def run(self, **kwargs):
        """Link the terms of one page."""
        objects, page = self.env.domains.standard_domain.objects, self.env.docname
        linked = set()
        for italics in list(self.document.findall(nodes.emphasis)):
            term = italics.astext().lower()
            target = objects.get(("term", term)) or objects.get(("term", term.removesuffix("s")))
            if target and target not in linked and page != "glossary":
                linked.add(target)
                link = make_refnode(self.app.builder, page, *target, italics.deepcopy())
                italics.replace_self(link)
