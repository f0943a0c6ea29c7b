"""What pages look like beyond their text: boxes, variables in italics, the path of chapters, short names.

The text stays plain Markdown, which JupyterLab and scripts show as it is.
"""

import re

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform

BOXES = {  # what begins a box, in bold, and its class
    "Predict, then look.": "predict",
    "What the articles found.": "articles",
    "The numbers of the sample.": "sample",
}
# A letter that stands alone, but no word (a, I), unit (5 s), part of a short form (e.g.) or x of 28 x 28.
VARIABLE = re.compile(r"(?<![\w'’.\-/])(?<!\d )([b-hj-wyz])(?![\w'’\-/]|\.\w)")  # noqa: RUF001
# What stands behind a formula, on its line.
CLOSING = re.compile(r"[.,;:?!)]+")
# What stays on one line: names of methods, "chapter 3", "13 %".
WHOLE = re.compile(r"(k-(?:means|medians|medoids)(?:\+\+)?|[Cc]hapter\s\d+|\d+\s%)")
CODE = (nodes.literal, nodes.math, nodes.FixedTextElement)
PLAIN = (*CODE, nodes.emphasis, addnodes.desc_signature)


def setup(app):
    """Dress the pages."""
    app.add_node(HideCodeCellNode, override=True, html=(fold, end_fold))
    app.connect("doctree-read", shorten_names)
    app.connect("html-page-context", keep_titles_whole)
    for transform in (Boxes, ChapterPath, Variables, Wholes):
        app.add_post_transform(transform)


def fold(page, node):
    """Begin the folded code of a cell; what MyST-NB writes is no valid HTML."""
    page.body.append('<details class="hide"><summary>Show code</summary>\n')


def end_fold(page, node):
    """End the folded code of a cell."""
    page.body.append("</details>\n")


def shorten_names(app, page):
    """Call exercises and solutions by the number of their chapter in lists: their titles are long."""
    short = {"exercises": "To chapter", "solutions": "Solutions to chapter"}
    for tree in page.findall(addnodes.toctree):
        for place, (_, name) in enumerate(tree["entries"]):
            if found := re.match(r"(exercises|solutions)/(\d\d)_", name or ""):
                tree["entries"][place] = (f"{short[found[1]]} {int(found[2])}", name)


def keep_titles_whole(app, page, template, context, tree):
    """Keep on one line what belongs together in titles: of sections, and of the pages before and after."""
    whole = r'<span class="whole">\1</span>'
    for neighbour in filter(None, (context.get("prev"), context.get("next"))):
        neighbour["title"] = WHOLE.sub(whole, neighbour["title"])
    if "toc" in context:
        context["toc"] = re.sub(">[^<]+<", lambda words: WHOLE.sub(whole, words[0]), context["toc"])


class Boxes(SphinxPostTransform):
    """What begins with certain words is a box, and so are certain sections."""

    default_priority = 20

    def run(self, **kwargs):
        """Mark the boxes of one page with the class of their kind."""
        for bold in list(self.document.findall(nodes.strong)):
            paragraph, words = bold.parent, bold.astext()
            if words == paragraph.astext() == "What you will learn":
                enclose(paragraph, "learn")
            elif (kind := BOXES.get(words)) and paragraph.astext().startswith(words):
                quote = isinstance(paragraph.parent, nodes.block_quote)
                (paragraph.parent if quote else paragraph)["classes"] += ["box", kind]
        for section in self.document.findall(nodes.section):
            title = section[0].astext()
            if title == "What to remember":
                section["classes"] += ["box", "remember"]
            elif title.startswith("Aside"):
                section["classes"].append("aside")


def enclose(paragraph, kind):
    """Put a paragraph and what follows, up to the line with the time, into one box."""
    opening = paragraph.parent
    start = opening.index(paragraph)
    parts = opening[start:]
    times = [part.astext().startswith("Time:") for part in parts]
    parts = parts[: times.index(True) + 1]
    opening[start : start + len(parts)] = [nodes.container("", *parts, classes=["box", kind])]


class ChapterPath(SphinxPostTransform):
    """The table of chapters is shown as a path of cards."""

    default_priority = 20

    def run(self, **kwargs):
        """Make a list of the rows of each table in a container of the class `path`."""
        for container in self.document.findall(nodes.container):
            if "path" in container["classes"]:
                for table in list(container.findall(nodes.table)):
                    table.replace_self(as_cards(table))


def as_cards(table):
    """Return a table of chapters, what they are about and their minutes as a list of cards."""
    [body] = table.findall(nodes.tbody)
    cards = nodes.enumerated_list()
    for row in body:
        chapter, about, minutes = (cell[0] for cell in row)
        time = nodes.paragraph("", f"{minutes.astext()} minutes", classes=["time"])
        cards += nodes.list_item("", chapter, about, time)
    return cards


class Variables(SphinxPostTransform):
    """A letter that stands alone in a sentence is a variable, and in italics."""

    default_priority = 30  # after the links to the glossary

    def run(self, **kwargs):
        """Set the variables of one page in italics."""
        for text in list(self.document.findall(nodes.Text)):
            if VARIABLE.search(text) and in_a_sentence(text):
                wrap(text, VARIABLE, lambda letter: nodes.emphasis("", letter))


class Wholes(SphinxPostTransform):
    """Some words stay together on a line."""

    default_priority = 30

    def run(self, **kwargs):
        """Mark them on one page."""
        for text in list(self.document.findall(nodes.Text)):
            if WHOLE.search(text) and not isinstance(text.parent, CODE):
                wrap(text, WHOLE, lambda words: nodes.inline("", words, classes=["whole"]))
        for formula in list(self.document.findall(nodes.math)):
            keep_with_closing(formula)


def keep_with_closing(formula):
    """Keep a formula in a sentence on one line with the full stop, comma or bracket behind it."""
    sentence = formula.parent
    place = sentence.index(formula)
    behind = sentence[place + 1] if place + 1 < len(sentence) else None
    if isinstance(behind, nodes.Text) and (mark := CLOSING.match(behind)):
        whole = nodes.inline("", "", formula.deepcopy(), nodes.Text(mark[0]), classes=["whole"])
        sentence[place : place + 2] = [whole, nodes.Text(behind[mark.end() :])]


def wrap(text, pattern, wrapped):
    """Put what a pattern finds in a piece of text into nodes of its own."""
    parts = pattern.split(text)
    parts[1::2] = map(wrapped, parts[1::2])
    parts[::2] = map(nodes.Text, parts[::2])
    text.parent.replace(text, parts)


def in_a_sentence(text):
    """Tell whether a piece of text is part of a sentence, and no code, formula or name of an object."""
    node, paragraph = text.parent, False
    while node is not None:
        if isinstance(node, PLAIN):
            return False
        paragraph = paragraph or isinstance(node, nodes.paragraph)
        node = node.parent
    return paragraph
