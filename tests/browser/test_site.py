"""The built site in a browser, from disk and without a network: all pages, search, keyboard, phone."""

import shutil
from urllib.parse import urljoin

import pytest
from browsing import PHONE, SCREENSHOTS, barriers, each_scheme, each_size, overhang

LOOKED_AT = [
    "index.html",
    "03_lloyd_from_scratch.html",
    "08_same_answer_faster.html",
    "glossary.html",
    "teachers.html",
    "api/algorithm.html",
]


def navigation(page):
    """Return the links of the side bar of a page: {address: text}."""
    links = page.locator("nav[aria-label=Main] a").all()
    base = page.url.split("#")[0]
    return {
        urljoin(base, link.get_attribute("href")): link.text_content().strip() for link in links
    }


def follow(page, links):
    """Follow links of the side bar; return what went wrong."""
    for address, text in links.items():
        before = len(page.troubles)
        try:
            page.goto(address)
        except Exception as error:
            page.troubles.append(str(error))
            continue
        if page.locator("article h1").first.text_content().rstrip("#\n") != text:
            page.troubles.append(f"{address} is not about: {text}")
        page.troubles[before:] = [f"{text}: {trouble}" for trouble in page.troubles[before:]]
    return page.troubles


def search(page, start, words):
    """Type words into the search field of a page and return the titles of what is found."""
    page.goto(start.as_uri())
    page.keyboard.press("Control+k")
    page.keyboard.type(words)
    page.keyboard.press("Enter")
    page.locator("#search-results .search-summary:not(:empty)").wait_for()
    return page.locator("#search-results li > a").all_text_contents()


@pytest.fixture
def damaged(built_site, tmp_path):
    """A copy of the site, to be damaged."""
    return shutil.copytree(built_site, tmp_path / "site")


def test_every_link_of_the_side_bar_opens_its_page(built_site, open_page):
    page = open_page()
    page.goto((built_site / "index.html").as_uri())
    links = navigation(page)
    assert len(links) > 10
    assert follow(page, links) == []


def test_lost_files_are_noticed(damaged, open_page):
    (damaged / "glossary.html").unlink()
    (damaged / "_static" / "course.js").unlink()
    shutil.rmtree(damaged / "_images")
    page = open_page()
    page.goto((damaged / "index.html").as_uri())
    some = ("Glossary", "2. Naive clustering")
    links = {address: text for address, text in navigation(page).items() if text in some}
    troubles = " ".join(follow(page, links))
    for lost in ("glossary.html", "_static/course.js", "_images"):
        assert lost in troubles


def test_search_finds_the_chapter_that_tells_about_a_word(built_site, open_page):
    page = open_page()
    section = "5. Purity and error > Two kinds of purity"
    assert section in search(page, built_site / "index.html", "two kinds of purity")
    page.get_by_role("link", name=section).click()
    assert page.url.endswith("#two-kinds-of-purity")
    page.locator("article h1", has_text="5. Purity and error").wait_for()
    assert page.troubles == []


def test_search_finds_nothing_where_there_is_nothing(built_site, damaged, open_page):
    assert search(open_page(), built_site / "index.html", "xylophone") == []
    (damaged / "searchindex.js").write_text("Search.setIndex({})")
    page = open_page()
    with pytest.raises(Exception, match="Timeout"):
        page.set_default_timeout(2000)
        search(page, damaged / "index.html", "purity")


@each_size
@each_scheme
def test_pages_fit_the_window(size, scheme, built_site, open_page):
    """The screenshots that this takes are for people to look at."""
    page = open_page(size, scheme)
    for name in LOOKED_AT:
        page.goto((built_site / name).as_uri())
        assert overhang(page) == 0, name
        shot = f"{name.removesuffix('.html').replace('/', '-')}-{size[0]}-{scheme}.png"
        page.screenshot(path=SCREENSHOTS / shot)
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (background == "rgb(255, 255, 255)") == (scheme == "light")
    assert page.troubles == []
    page.evaluate("document.querySelector('article').style.minWidth = '2000px'")
    assert overhang(page) > 0


def test_a_long_formula_scrolls_in_its_box_on_a_phone(built_site, open_page):
    page = open_page(PHONE)
    page.goto((built_site / "08_same_answer_faster.html").as_uri())
    sizes = page.locator(".formula").evaluate_all(
        "all => all.map(e => [e.scrollWidth, e.clientWidth])"
    )
    assert any(inner > outer for inner, outer in sizes)
    assert all(300 < outer <= PHONE[0] for inner, outer in sizes)
    drawn = page.locator("math").evaluate_all(
        "all => all.map(e => e.getBoundingClientRect().width)"
    )
    assert len(drawn) > 10 and all(width > 5 for width in drawn)


@each_scheme
@pytest.mark.parametrize("name", [*LOOKED_AT, "exercises/01_loading.html", "search.html?q=purity"])
def test_axe_finds_no_barrier(name, scheme, built_site, open_page):
    page = open_page(scheme=scheme)
    page.goto(f"{built_site.as_uri()}/{name}")
    assert barriers(page) == []


def test_axe_finds_barriers(built_site, open_page):
    page = open_page()
    page.goto((built_site / "index.html").as_uri())
    page.evaluate("document.querySelector('article img').removeAttribute('alt')")
    page.evaluate("document.querySelector('article p').style.color = '#bbb'")
    assert {"image-alt", "color-contrast"} <= {rule for rule, _ in barriers(page)}


def test_the_keyboard_alone_reaches_the_text_and_the_menu(built_site, open_page):
    page = open_page(PHONE)
    page.goto((built_site / "glossary.html").as_uri())
    page.keyboard.press("Tab")
    assert page.locator(":focus").text_content().strip() == "Skip to main content"
    page.keyboard.press("Enter")
    assert page.url.endswith("#main-content")
    menu, chapter = (
        page.locator("button.primary-toggle"),
        page.get_by_role("link", name="2. Naive clustering", exact=True),
    )
    assert not chapter.is_visible()
    menu.focus()
    page.keyboard.press("Enter")
    chapter.wait_for()
    page.keyboard.press("Escape")
    chapter.wait_for(state="hidden")
