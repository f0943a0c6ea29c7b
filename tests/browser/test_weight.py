"""What a page weighs, as a browser loads it from disk: nothing that the theme brings and no page needs."""

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pydata_sphinx_theme
import pytest
import sphinx_book_theme
from browsing import DESKTOP, PHONE, barriers, begin

# Bytes of a page, its styles, scripts and fonts; pictures come when they are near the window.
LIMIT = 300_000
WITH_DIGITS = 1_500_000  # to play with
HEAVIER = {
    "03_lloyd_from_scratch.html": 430_000,  # the longest code, an animation, and the plane to play with
    "search.html": 430_000,  # the index of all words; the text of a page comes when it is found
}
PICTURES = {".png", ".svg"}


def loaded_by(page, path):
    """Return the files that a page from disk loads at once."""
    files = set()

    def note(request):
        files.add(path_of(request))

    page.on("request", note)
    page.goto(path.as_uri())
    page.remove_listener("request", note)
    assert page.troubles == []
    return files


def path_of(request):
    return Path(unquote(urlsplit(request.url).path))


def weight(files):
    return sum(file.stat().st_size for file in files if file.suffix not in PICTURES)


def limit_of(path):
    plays = re.search('class="live-(digits|runs)', path.read_text("utf-8"))
    return HEAVIER.get(path.name, WITH_DIGITS if plays else LIMIT)


def test_pages_are_light(built_site, open_page):
    """Exercises and solutions are of a kind: one of each will do."""
    paths = [*built_site.glob("*.html"), *built_site.glob("api/*.html")]
    paths += built_site.glob("*s/01_loading.html")
    page = open_page()
    weights = {path: weight(loaded_by(page, path)) for path in paths}
    assert len(weights) > 30
    assert {path.name: each for path, each in weights.items() if each > limit_of(path)} == {}


def test_digits_to_play_with_are_not_too_heavy(built_site, open_page):
    page = open_page()
    files = set()
    page.on("request", lambda request: files.add(path_of(request)))
    begin(page, built_site)
    assert 900_000 < weight(files) < WITH_DIGITS


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


def bring_whole(route):
    route.fulfill(path=WHOLE[path_of(route.request).name])


LOOKS = """async () => {
    await document.fonts.ready;
    document.getAnimations().forEach(change => change.finish());
    return [...document.querySelectorAll("body *")].map(element => {
        const { x, y, width, height } = element.getBoundingClientRect();
        const parts = [undefined, "::before", "::after"].map(part => {
            const { color, background, border, font, display, content } =
                getComputedStyle(element, part);
            return [color, background, border, font, display, content];
        });
        return [element.tagName, x, y, width, height, ...parts].join(" ");
    });
}"""


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_pages_look_as_with_the_whole_style_sheets_and_fonts(size, built_site, open_page):
    light, whole = open_page(size, "dark"), open_page(size, "dark")
    for name in WHOLE:
        whole.route(f"**/{name}*", bring_whole)
    for name in ("index", "08_same_answer_faster", "api/algorithm", "exercises/01_loading"):
        for page in (light, whole):
            page.goto((built_site / f"{name}.html").as_uri())
        seen = light.evaluate(LOOKS)
        assert len(seen) > 300
        assert seen == whole.evaluate(LOOKS), name


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
        choice.click()
        choice.wait_for(state="hidden")
        assert page.evaluate(theme) == shown
    button.click()
    page.keyboard.press("Escape")
    page.locator("#colour-modes").wait_for(state="hidden")
    assert page.troubles == []
    button.click()
    assert barriers(page) == []


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
