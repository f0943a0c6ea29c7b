"""Leave out what no page needs of what the theme brings: scripts, rules of style, icons, marks in code.

Most of it is Bootstrap and two thousand icons. The menu of colour modes, which Bootstrap would open, opens by
itself in templates/theme-switcher.html.
"""

import base64
import html
import re
import zlib

from fonts import cut
from PIL import Image
from pruning import NAME, prune

UNUSED = ["scripts/fontawesome.js*", "scripts/bootstrap.js*", "**/*.map"]
ASSET = r'\s*<(?:script|link)\b[^>]*="(?:[^"]*/)?(?:%s)\.js[^"]*"[^>]*>(?:</script>)?'
SCRIPTS = re.compile(ASSET % "fontawesome|bootstrap")
# The theme has the search on all pages.
SEARCH = re.compile(ASSET % "searchtools|language_data|searchindex")
# In code, what has the colour of all text.
PLAIN = re.compile(r'<span class="[npw]">([^<]*)</span>')
# The beginning of a name that a script goes on with, as in `colour-${cluster}`.
BEGUN = re.compile(r"([\w-]{2,}-)\$\{")
NAMES = re.compile(r'\b(?:class|id)="([^"]*)"')
INLINE = re.compile(r'src="data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)"')
WIDTH = re.compile(r' width="(\d+)"')
PICTURE = re.compile(r'<img([^>]* src="([^"]*_images/[^"]+\.png)"[^>]*)>')


def setup(app):
    """Do so when all pages are written."""
    # After the theme, which writes one of its sheets then, too.
    app.connect("build-finished", leave_out, priority=900)


def leave_out(app, error):
    """Remove the files, and from the others what nobody needs."""
    if error or app.builder.name != "html":
        return
    static = app.outdir / "_static"
    for pattern in UNUSED:
        for path in static.glob(pattern):
            path.unlink()
    pages = {path: lighter(path) for path in app.outdir.rglob("*.html")}
    sheets = lighter_sheets(static, pages)
    cut_fonts(static, pages, "".join(sheets.values()))
    for path, sheet in sheets.items():
        path.write_text(sheet, "utf-8")
    versions = {path.name: f"{zlib.crc32(sheet.encode()):08x}" for path, sheet in sheets.items()}
    for path, page in pages.items():
        path.write_text(versioned(page, versions), "utf-8")


def lighter(path):
    """Return the text of a page without scripts that it does not need, and marks that change nothing."""
    page = PLAIN.sub(r"\1", SCRIPTS.sub("", path.read_text("utf-8")))
    page = pictures_apart(page, path)
    return page if path.name == "search.html" else SEARCH.sub("", page)


def pictures_apart(page, path):
    """Return a page that brings its pictures when they come near the window, with room for them before.

    A picture's own width is a variable of style, too: on a phone it decides how small the picture may be.
    """

    def to_file(source):
        drawing = base64.b64decode(source[1])
        name = f"_drawings/{zlib.crc32(drawing):08x}.svg"
        (path.parent / "_drawings").mkdir(exist_ok=True)
        (path.parent / name).write_bytes(drawing)
        return f'src="{name}" loading="lazy"'

    def with_room(image):
        width, height = Image.open(path.parent / image[2]).size
        lazy = "" if " loading=" in image[1] else ' loading="lazy"'
        own = WIDTH.search(image[1])
        shown = f"; --width: {own[1]}px" if own else ""
        return f'<img{lazy} style="aspect-ratio: {width}/{height}{shown}"{image[1]}>'

    return PICTURE.sub(with_room, INLINE.sub(to_file, page))


def lighter_sheets(static, pages):
    """Return the style sheets in a folder, {path: text}, without what none of the pages can need."""
    scripts = " ".join(path.read_text("utf-8") for path in sorted(static.rglob("*.js")))
    words = set(re.findall(r"[\w-]{3,}", scripts))  # shorter ones are names of variables
    for page in pages.values():
        words.update(" ".join(NAMES.findall(page)).split())
    sheets = {path: path.read_text("utf-8") for path in sorted(static.rglob("*.css"))}
    if begun := tuple(BEGUN.findall(scripts)):
        named = NAME.findall(" ".join(sheets.values()))
        words.update(name for name in named if name.startswith(begun))
    return prune(sheets, words, " ".join([scripts, *pages.values()]))


def cut_fonts(static, pages, sheets):
    """Cut the font of icons to those that style sheets show, and that of formulas to their characters."""
    icons = {chr(int(code, 16)) for code in re.findall(r'--fa:\s*"\\([0-9a-f]+)"', sheets)}
    cut(static / "vendor/fontawesome/webfonts/fa-solid-900.woff2", icons)
    formulas = " ".join(re.findall(r"<math.*?</math>", " ".join(pages.values()), re.DOTALL))
    cut(static / "fonts/stix-two-math.woff2", set(html.unescape(re.sub("<[^>]+>", "", formulas))))


def versioned(page, versions):
    """Return a page that asks browsers for style sheets as they are now, {name: version}."""
    return re.sub(
        r'(/([\w.-]+\.css))\?[^"]*', lambda link: f"{link[1]}?v={versions[link[2]]}", page
    )
