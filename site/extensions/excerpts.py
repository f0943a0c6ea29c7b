"""The text of each page in a script of its own: so the search shows excerpts on pages read from disk, too."""

import json
from pathlib import Path

from docutils import nodes


def setup(app):
    """Write the scripts when all pages are built."""
    app.connect("build-finished", write_excerpts)


def write_excerpts(app, error):
    """Write excerpts/PAGE.js for each page: the text of each section by its anchor, for search.js."""
    if error is not None:
        return
    for page in app.env.found_docs:
        texts = json.dumps(texts_of(app.env.get_doctree(page)), ensure_ascii=False)
        script = Path(app.outdir, "excerpts", f"{page}.js")
        script.parent.mkdir(parents=True, exist_ok=True)
        script.write_text(f"EXCERPTS[{json.dumps(page)}] = {texts};\n", encoding="utf-8")


def texts_of(page):
    """Return the text of each section of a page, without the sections in it: {anchor: text}."""
    for part in list(page.findall(is_aside)):
        part.parent.remove(part)
    texts = {}
    for section in page.findall(nodes.section):
        own = (part for part in section[1:] if not isinstance(part, nodes.section))
        words = " ".join(part.astext() for part in own).split()
        texts[section["ids"][0]] = " ".join(words)  # the search names this one
    return texts


def is_aside(part):
    """Tell whether a part of a page is nothing to quote: HTML, comments that bind claims, folded code."""
    if not isinstance(part, nodes.container):
        return isinstance(part, nodes.raw)
    is_code = part.get("nb_element") == "cell_code_source"
    return is_code and "tag_hide-input" in part.parent["classes"]
