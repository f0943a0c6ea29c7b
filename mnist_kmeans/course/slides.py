"""The chapters as slides to project, which need no network: one thing to see on each, the text as notes."""

import ast
import html
import io
import re
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from string import Template

import numpy as np
import sphinx_revealjs
from docutils.utils.math.latex2mathml import tex2mathml
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from PIL import Image
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from mnist_kmeans.basics.outputs import Outputs
from mnist_kmeans.course import claims
from mnist_kmeans.course.store import read_chapters

FEW_LINES, KEY_LINES = 6, 20  # fewer are no key code, and no more are legible from the last row
LONG_LIST = 180  # characters that fill a slide
LOW, HIGH = 0.45, 0.64  # of its width: a low picture has room for words below, a high one beside it
QUESTIONS = "**Predict, then look.**", "**Quick question.**"
LOCAL_LINK = re.compile(r"(?<!!)\[([^\]]+)\]\((?!https?:)[^)]*\)")
MARKDOWN = (
    MarkdownIt("commonmark")
    .enable("table")
    .use(
        dollarmath_plugin,
        renderer=lambda formula, options: tex2mathml(formula, as_block=options["display_mode"]),
    )
)
# What stays on one line: names of methods, "k = 16", "13 %", "7: 26%", "chapter 3".
WHOLE = re.compile(
    r"\b[kK]-[mM]e(?:ans|dians|doids)(?:\+\+)?|\bk = \d+|(?:\d+: )?\d+ ?%|\b[Cc]hapter \d+"
)
REVEAL = ("dist/reset.css", "dist/reveal.css", "dist/reveal.js", "plugin/notes/notes.js")


@dataclass
class Slide:
    """One slide: its heading and its notes are Markdown, what it shows is HTML.

    Where there is `room`, the first sentences of its notes, or else those before it, stand below.
    """

    kind: str
    heading: str
    body: str
    room: bool = False
    before: str = ""
    notes: list = field(default_factory=list)


def slides(checkout, folder):
    """Write each stored chapter into a folder as a deck of slides, and beside them reveal.js."""
    Outputs(folder).write_all(decks(checkout, read_chapters(checkout)))


def decks(checkout, chapters):
    """Return the files of the slides of chapters, {name: executed notebook}, as {file name: bytes}."""
    bundled = Path(sphinx_revealjs.__file__).parent / "_static" / "revealjs"
    found = {f"reveal.js/{name}": (bundled / name).read_bytes() for name in REVEAL}
    looks = checkout.site / "slides"
    found |= {name: (looks / name).read_bytes() for name in ("deck.css", "deck.js")}
    page = Template((looks / "deck.html").read_text("utf-8"))
    for name, notebook in chapters.items():
        written = Deck(notebook, checkout.chapters).slides
        text = page.substitute(
            title=html.escape(written[0].heading), slides="\n".join(map(section, written))
        )
        found[f"{name}.slides.html"] = text.encode()
    return found


def section(slide):
    """Return a slide as an HTML element."""
    heading = MARKDOWN.renderInline(slide.heading)
    below = next((note for note in slide.notes if is_sentence(note)), slide.before)
    words = MARKDOWN.render(beginning(below)) if slide.room else ""
    notes = MARKDOWN.render("\n\n".join(slide.notes or [slide.before]))
    return (
        f'<section class="{slide.kind}">\n<h2>{heading}</h2>\n<div class="body">\n{slide.body}'
        f'<div class="words">{words}</div>\n</div>\n<aside class="notes">\n{notes}</aside>\n</section>'
    )


def is_sentence(text):
    """Tell whether a block of text is a plain paragraph."""
    return text[0].isalpha() or text[0] == "*"


def beginning(text, most=260):
    """Return the first sentences of a text, as many as stand in a few lines, and no half of a bracket."""
    kept, *rest = re.split(r"(?<=[.?!:])\s+(?=[A-Z*`(])", text)
    whole = kept
    for sentence in rest:
        if len(kept) + len(sentence) > most:
            break
        kept += f" {sentence}"
        whole = kept if kept.count("(") == kept.count(")") else whole
    return whole


def keep_whole(markup):
    """Return HTML in which what belongs together stays on one line."""
    return WHOLE.sub(r'<span class="whole">\g<0></span>', markup)


def render_text(renderer, tokens, place, options, env):
    """Render a piece of text in Markdown."""
    return keep_whole(html.escape(tokens[place].content, quote=False))


MARKDOWN.add_render_rule("text", render_text)


class Deck:
    """The slides of an executed chapter, made in one walk through its cells.

    Text becomes notes: under a heading those of the next slides, else of those that are shown. But
    questions, lists, formulas, tables and pictures in it become slides, and so do the pictures, the tables
    and the key code of code cells.
    """

    def __init__(self, notebook, folder):
        self.slides = []
        self.heading = ""
        self.now = []  # the slides that text belongs to: those of one cell
        self.waiting = None  # notes for the next slides
        self.paragraph = ""  # the last one
        self.asked = None  # a question without its answer yet
        self.folder = folder
        for cell in notebook.cells:
            if cell.cell_type == "markdown":
                self.read_text(LOCAL_LINK.sub(r"\1", claims.remove(cell.source)))
            else:
                count = len(self.slides)
                self.read_code(cell)
                self.now = self.slides[count:] or self.now
        self.slides[-1].notes += self.waiting or []
        for earlier, slide in pairwise(self.slides):
            if not (slide.notes or slide.before):  # nothing has been said in between
                slide.notes = earlier.notes

    def add(self, kind, heading, body, room=False):
        """Add a slide, with the notes that wait for it."""
        notes, self.waiting = self.waiting or [], None
        self.now = [Slide(kind, heading, body, room, self.paragraph, notes)]
        self.slides += self.now

    def note(self, text):
        """Add text to the notes."""
        if self.waiting is None:
            for slide in self.now:
                slide.notes.append(text)
        else:
            self.waiting.append(text)

    def read_text(self, text):
        """Add the notes and the slides of a text."""
        lines, answering, asking = text.splitlines(), False, False
        for token in MARKDOWN.parse(text):
            if token.level or not token.map:
                continue
            block = "\n".join(lines[slice(*token.map)]).strip()
            kind = token.type.removesuffix("_open")
            asking = asking and kind.endswith("list")
            if kind == "heading":
                self.read_heading(block)
            elif kind == "html_block":
                answering = block.startswith("<details")
            elif answering:
                self.note(block)
                if self.asked not in self.now:
                    self.asked.notes.append(f"*Answer:* {block}")
            elif block.startswith(QUESTIONS):
                mark = block.index(".**")
                self.add("question", block[2:mark], MARKDOWN.render(block[mark + 3 :].strip()))
                self.asked, asking = self.slides[-1], True
            elif asking:
                self.asked.body += MARKDOWN.render(block)
            elif kind.endswith("list"):
                self.read_list(block)
            elif kind in ("math_block", "table"):
                words = MARKDOWN.render(beginning(self.paragraph)) if kind == "math_block" else ""
                self.add(
                    "formula" if words else "table", self.heading, words + MARKDOWN.render(block)
                )
            elif block.startswith("!["):
                alt, name = re.match(r"!\[(.+)\]\((.+)\)", block, re.DOTALL).groups()
                self.add_picture(self.heading, (self.folder / name).read_bytes(), alt)
            else:
                self.note(block)
                self.paragraph = block if is_sentence(block) else self.paragraph

    def read_heading(self, block):
        """Begin a chapter, with its slide, or a section."""
        level, self.heading = block.split(" ", 1)
        self.paragraph = ""
        if level == "#":
            self.add("title", self.heading, "")
        else:
            self.waiting = []

    def read_list(self, block):
        """Add a slide with a list: the first one of a chapter to its title, a short one to the notes."""
        lead = self.paragraph if self.paragraph.endswith((":", "**")) else ""
        body = MARKDOWN.render(f"{lead}\n\n{block}")
        if self.slides[-1].kind == "title" and not self.slides[-1].body:
            self.slides[-1].body = body
        elif len(block) >= LONG_LIST:
            self.add("list", self.heading, body)
        else:
            self.note(block)

    def read_code(self, cell):
        """Add the slides of a code cell: its key code, and what it shows."""
        shown = [output.get("data", {}) for output in cell.outputs]
        shown = [data for data in shown if "image/png" in data or "text/html" in data]
        printed = "".join(output.text for output in cell.outputs if output.output_type == "stream")
        code, is_whole = key_code(cell.source, bool(shown), len(printed.splitlines()))
        if (
            self.heading != self.slides[0].heading and code
        ):  # above the first section things are set up
            self.add_code(code, printed if is_whole else "")
        if printed and not is_whole:
            self.note(f"```\n{printed}```")
        for output in cell.outputs:
            data = output.get("data", {})
            if "image/png" in data:
                alt = output.metadata["image/png"]["alt"]
                heading = re.split(r"(?<=[.?!]) ", alt)[0].removesuffix(".")
                self.add_picture(
                    escaped(heading), without_heading(b64decode(data["image/png"])), alt
                )
            elif "text/html" in data:
                self.add_html(data["text/html"])

    def add_code(self, code, printed):
        """Add a slide with code, and with what it prints."""
        body = highlight(code, PythonLexer(), HtmlFormatter(cssclass="code"))
        body += f'<pre class="printed">{html.escape(printed)}</pre>' if printed else ""
        room = len(code.splitlines()) + len(printed.splitlines()) <= 9
        self.add("code", self.heading, body, room)

    def add_html(self, shown):
        """Add a slide with a table, under its own heading, or with whatever else HTML can show."""
        caption = re.search(r"<caption>(.+?)</caption>\n?", shown)
        if caption:
            heading = escaped(html.unescape(caption[1]))
            table = keep_whole(shown.replace(caption[0], ""))
            self.add("table", heading, table, shown.count("<tr>") <= 7)
        else:
            self.add("animation", self.heading, shown)

    def add_picture(self, heading, png, alt):
        """Add a slide with a picture; a high one has its heading at the side."""
        width, height = Image.open(io.BytesIO(png)).size
        source = f"data:image/png;base64,{b64encode(png).decode()}"
        body = f'<img src="{source}" alt="{html.escape(alt)}">'
        shape = "low" if height < LOW * width else "high" if height > HIGH * width else ""
        self.add(f"picture {shape}", heading, body, shape == "low")


def key_code(source, is_shown, printed):
    """Return the code of a cell that is worth a slide, or nothing; and whether that is all but imports.

    It is all where a cell shows nothing else (`is_shown`) and has few lines, together with those that it
    has `printed`. If not, it is the functions that it defines, and loops that go on until something holds.
    A cell with neither that prints nothing only prepares what comes.
    """
    lines, statements = source.splitlines(), ast.parse(source).body
    rest = [each for each in statements if not isinstance(each, ast.Import | ast.ImportFrom)]
    key = [each for each in rest if isinstance(each, ast.FunctionDef | ast.While)]
    code = excerpt(lines, rest)
    if (printed or key) and not is_shown and len(code.splitlines()) + printed <= KEY_LINES:
        return code, True
    code = excerpt(lines, key)
    return (code if FEW_LINES <= len(code.splitlines()) <= KEY_LINES else ""), False


def excerpt(lines, statements):
    """Return the lines of some statements, and a blank one where there is something between two."""
    code, last = "", None
    for each in statements:
        code += "\n" if last and each.lineno > last + 1 else ""
        code += "".join(f"{line}\n" for line in lines[each.lineno - 1 : each.end_lineno])
        last = each.end_lineno
    return code


def without_heading(png):
    """Return a picture, a PNG file, without its first line of type: the slide has that as its heading."""
    picture = Image.open(io.BytesIO(png))
    inked = (np.asarray(picture.convert("L")) < 128).any(axis=1)
    top = inked.argmax()
    bottom = top + inked[top:].argmin()
    below = bottom + inked[bottom:].argmax()
    file = io.BytesIO()
    picture.crop((0, (bottom + below) // 2, *picture.size)).save(file, "PNG")
    return file.getvalue()


def escaped(text):
    """Return text as Markdown that says just this."""
    return re.sub(r"([\\`*_$<&\[\]])", r"\\\1", text)
