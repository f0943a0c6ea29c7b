"""What a page weighs, as a browser loads it from disk: nothing that the theme brings and no page needs."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

import pydata_sphinx_theme
import pytest
import sphinx_book_theme
from browsing import DESKTOP, PHONE, barriers

LIMIT = 300_000  # bytes: the page, its styles, scripts and fonts; pictures come when they are near the window
PICTURES = {".png", ".svg"}


def loaded_by(page, address):
    """Return the files that a page from disk loads at once."""
    files = set()
    page.on("request", lambda request: files.add(Path(unquote(urlsplit(request.url).path))))
    page.goto(address.as_uri(), wait_until="networkidle")
    assert page.troubles == []
    return files


def weight(files):
    return sum(file.stat().st_size for file in files if file.suffix not in PICTURES)


def test_pages_are_light(built_site, open_page):
    """All but the search, which has the text of all pages, and what plays with digits."""
    heavy = {}
    for path in sorted(built_site.glob("*.html")) + sorted(built_site.glob("*/01_loading.html")):
        if path.name not in ("search.html", "playground.html"):
            heavy[path.name] = weight(loaded_by(open_page(), path))
    assert {name: size for name, size in heavy.items() if size > LIMIT} == {}


def test_digits_to_play_with_are_not_too_heavy(built_site, open_page):
    own = loaded_by(open_page(), built_site / "playground.html")
    assert built_site / "playground.html" in own
    assert 900_000 < weight(own) < 1_500_000


def test_a_picture_is_loaded_when_it_comes_near_and_has_its_room_before(built_site, open_page):
    page = open_page()
    at_once = loaded_by(page, built_site / "02_naive_clustering.html")
    last = page.locator("article .cell_output img").last
    source = last.evaluate("image => decodeURIComponent(new URL(image.src).pathname)")
    assert Path(source) not in at_once
    room = last.bounding_box()
    last.scroll_into_view_if_needed()
    page.wait_for_function(
        "image => image.complete && image.naturalWidth", arg=last.element_handle()
    )
    now = last.bounding_box()
    assert (now["width"], now["height"]) == (room["width"], room["height"])


THEME = Path(pydata_sphinx_theme.__file__).parent / "theme" / "pydata_sphinx_theme" / "static"
BOOK = Path(sphinx_book_theme.__file__).parent / "theme" / "sphinx_book_theme" / "static"
WHOLE = {
    "pydata-sphinx-theme.css": THEME / "styles" / "pydata-sphinx-theme.css",
    "sphinx-book-theme.css": BOOK / "styles" / "sphinx-book-theme.css",
    "fa-solid-900.woff2": THEME / "vendor" / "fontawesome" / "webfonts" / "fa-solid-900.woff2",
}


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_pages_look_as_with_the_whole_style_sheets_and_fonts(size, built_site, open_page):
    names = ["index", "08_same_answer_faster", "glossary", "api/algorithm", "exercises/01_loading"]
    light, whole = open_page(size), open_page(size)
    for name, path in WHOLE.items():
        whole.route(f"**/{name}*", lambda route, path=path: route.fulfill(path=path))
    for name in names:
        for page in (light, whole):
            page.goto((built_site / f"{name}.html").as_uri(), wait_until="networkidle")
        assert light.screenshot(full_page=True) == whole.screenshot(full_page=True), name


def test_the_colour_mode_is_chosen_in_a_menu(built_site, open_page):
    page = open_page()
    page.goto((built_site / "glossary.html").as_uri())
    theme = "document.documentElement.dataset.theme"
    button = page.get_by_role("button", name="Color mode")
    for mode, shown in (("Dark", "dark"), ("Light", "light"), ("System settings", "light")):
        button.focus()
        page.keyboard.press("Enter")
        choice = page.locator("#colour-modes").get_by_role("button", name=mode)
        choice.wait_for()
        assert barriers(page) == []
        choice.click()
        choice.wait_for(state="hidden")
        assert page.evaluate(theme) == shown
    button.click()
    page.keyboard.press("Escape")
    page.locator("#colour-modes").wait_for(state="hidden")
    assert page.troubles == []


def test_a_phone_has_both_side_bars(built_site, open_page):
    page = open_page(PHONE)
    page.goto((built_site / "08_same_answer_faster.html").as_uri())
    for toggle, dialog in (("primary", "Glossary"), ("secondary", "What to remember")):
        page.locator(f"button.{toggle}-toggle").click()
        bar = page.locator(f"#pst-{toggle}-sidebar-modal")
        bar.get_by_role("link", name=dialog, exact=True).wait_for()
        page.keyboard.press("Escape")
        bar.wait_for(state="hidden")
    assert page.troubles == []
