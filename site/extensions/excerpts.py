"""The text of all sections in one script, so that the search can show excerpts on pages read from disk."""

import json
from pathlib import Path

from docutils import nodes


def setup(app):
    """Write the script when all pages are built."""
    app.connect("build-finished", write_excerpts)


def write_excerpts(app, error):
    """Write excerpts.js, which holds the text of each section by its page and its anchor."""
    if error is None:
        texts = {page: texts_of(app.env.get_doctree(page)) for page in sorted(app.env.found_docs)}
        script = f"const EXCERPTS = {json.dumps(texts, ensure_ascii=False)};\n"
        Path(app.outdir, "excerpts.js").write_text(script, encoding="utf-8")


def texts_of(page):
    """Return the text of each section of a page, without the sections in it: {anchor: text}."""
    for markup in list(page.findall(nodes.raw)):  # HTML, and the comments that bind claims
        markup.parent.remove(markup)
    texts = {}
    for section in page.findall(nodes.section):
        own = (part for part in section[1:] if not isinstance(part, nodes.section))
        words = " ".join(part.astext() for part in own).split()
        texts[section["ids"][0]] = " ".join(words)  # the search names this one
    return texts
