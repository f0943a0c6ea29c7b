"""Leave out what the theme brings and no page needs: 1.5 MB of icons as a script, which it has as a font."""

import re

SCRIPT = re.compile(r'\s*<script defer src="[^"]*/fontawesome\.js[^"]*"></script>')
UNUSED = ["scripts/fontawesome.js*", "**/*.map"]


def setup(app):
    """Do so when all pages are written."""
    app.connect("build-finished", leave_out)


def leave_out(app, error):
    """Remove the files, and the lines of pages that name them."""
    if error or app.builder.name != "html":
        return
    for pattern in UNUSED:
        for path in (app.outdir / "_static").glob(pattern):
            path.unlink()
    for path in app.outdir.rglob("*.html"):
        path.write_text(SCRIPT.sub("", path.read_text("utf-8")), "utf-8")
