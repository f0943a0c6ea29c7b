"""The built site in a browser, from disk and without a network: all pages, search, keyboard, phone."""

import io
import re
import shutil
from urllib.parse import urljoin

import pytest
from browsing import PHONE, SCREENSHOTS, barriers, each_scheme, each_size, overhang
from PIL import Image

from mnist_kmeans.plots.look import SMALLEST, STYLE

PAPER = (673, 1000)  # A4 without its margins
# What can only be pressed; a centroid of the plane is a part of its picture
BUTTONS = "button:not(.centroid), summary:has-text('Show code'), .live label, .ways"

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
        title = page.locator("article h1").first.text_content().rstrip("#\n")
        if text not in (title, short(title)):
            page.troubles.append(f"{address} is not about: {text}")
        page.troubles[before:] = [f"{text}: {trouble}" for trouble in page.troubles[before:]]
    return page.troubles


def short(title):
    """Return what the side bar calls exercises and solutions."""
    return re.sub(
        r"(\d+)\. .+: (exercises|solutions)",
        lambda found: f"{'To' if found[2] == 'exercises' else 'Solutions to'} chapter {found[1]}",
        title,
    )


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


def test_search_shows_where_the_words_stand(built_site, open_page):
    page = open_page()
    search(page, built_site / "index.html", "two kinds of purity")
    page.locator("#search-results li:not(:has(> .context))").first.wait_for(state="detached")
    assert page.locator("#search-results li > .context").count() > 5
    assert page.troubles == []
    for excerpt in page.locator(".context").all():
        assert 0 < len(excerpt.text_content()) < 300
        assert "import (" not in excerpt.text_content()  # folded code is not what anybody looks for
    begin = "e => e.getBoundingClientRect().left + parseFloat(getComputedStyle(e).paddingLeft)"
    icon = page.locator(".bd-search-container .bd-search i").bounding_box()
    field = page.locator(".bd-search-container .bd-search input")
    assert icon["x"] + icon["width"] < field.evaluate(begin)
    [told] = page.locator("li", has_text="5. Purity and error > Two kinds of purity").all()
    assert {"two", "purity"} <= {each.lower() for each in told.locator("mark").all_text_contents()}


def test_search_finds_nothing_where_there_is_nothing(built_site, damaged, open_page):
    assert search(open_page(), built_site / "index.html", "xylophone") == []
    (damaged / "searchindex.js").write_text("Search.setIndex({})")
    page = open_page()
    with pytest.raises(Exception, match="Timeout"):
        page.set_default_timeout(2000)
        search(page, damaged / "index.html", "purity")


def test_the_bar_at_the_top_names_the_page_and_turns_to_the_next(built_site, open_page):
    page = open_page(PHONE)
    page.goto((built_site / "02_naive_clustering.html").as_uri())
    page.locator("article h2", has_text="What to remember").scroll_into_view_if_needed()
    bar = page.locator(".page-name")
    assert bar.locator("span").inner_text() == "2. Naive clustering"
    bar.get_by_role("link", name="Next: 3. Lloyd").click()
    page.locator("article h1", has_text="3. Lloyd").wait_for()
    page.locator(".page-name").get_by_role("link", name="Previous: 2. Naive clustering").click()
    page.locator("article h1", has_text="2. Naive clustering").wait_for()


def test_what_goes_on_behind_an_edge_fades_there(built_site, open_page):
    page = open_page(PHONE)
    page.goto((built_site / "02_naive_clustering.html").as_uri())
    page.locator(".goes-on").first.wait_for()
    wide = """all => all
        .filter(each => each.checkVisibility() && each.scrollWidth > each.clientWidth + 2)
        .map(each => getComputedStyle(each).maskImage)"""
    masks = page.locator("article :is(pre, .cell_output > .output)").evaluate_all(wide)
    assert len(masks) > 5 and "none" not in masks
    scroll_to_the_end(page, page.locator("article pre.goes-on").first)


def scroll_to_the_end(page, box):
    """Scroll a box until nothing goes on behind its edge, and wait until it looks so."""
    box.evaluate("each => { each.id = 'seen'; each.scrollLeft = each.scrollWidth }")
    page.locator("#seen:not(.goes-on)").wait_for()


def test_a_press_enlarges_a_figure_and_another_puts_it_back(built_site, open_page):
    page = open_page(PHONE)
    page.goto((built_site / "02_naive_clustering.html").as_uri())
    figure = page.locator("article a.image-reference").first
    opened = page.locator("dialog.enlarged[open]")
    sign = "each => getComputedStyle(each, '::after').backgroundImage"
    assert figure.evaluate(sign).startswith("url(")  # where nothing hovers, it tells of this
    for press in (figure.click, lambda: figure.press("Enter")):
        press()
        opened.wait_for()
        assert opened.locator("img").get_attribute("alt") == (
            figure.locator("img").get_attribute("alt")
        )
        assert not_seen(opened.locator("img"), PHONE) == 0  # it lies on its side
        assert opened.locator("img").bounding_box()["height"] > 2 * PHONE[0]
        page.screenshot(path=SCREENSHOTS / "enlarged.png")
        page.keyboard.press("Escape")
        opened.wait_for(state="hidden")
    figure.click()
    opened.click()
    opened.wait_for(state="hidden")
    assert page.troubles == []


def not_seen(thing, window):
    """Return how many pixels of a thing are outside the window."""
    box = thing.bounding_box()
    right, bottom = box["x"] + box["width"], box["y"] + box["height"]
    return max(0, -box["x"], -box["y"], right - window[0], bottom - window[1])


def test_the_words_in_pictures_can_be_read_on_a_phone(built_site, open_page):
    """A picture scrolls where its words were too small otherwise, under the sign that it enlarges."""
    page = open_page(PHONE)
    page.goto((built_site / "02_naive_clustering.html").as_uri())
    for figure in page.locator(".cell_output > a.image-reference").all():
        image = figure.locator("img")
        own = int(image.get_attribute("width"))
        assert SMALLEST / 72 * STYLE["figure.dpi"] * image.bounding_box()["width"] / own > 9
        assert figure.bounding_box()["width"] <= PHONE[0]
    scroll_to_the_end(page, page.locator("a.image-reference.goes-on").first)


def test_what_is_printed_is_broken_on_a_phone_and_a_matrix_is_not(built_site, open_page):
    page = open_page(PHONE)
    page.goto((built_site / "05_purity_and_error.html").as_uri())
    wide = "all => all.filter(each => each.scrollWidth > each.clientWidth + 1).map(each => each.textContent)"
    [matrix] = page.locator(".cell_output pre").evaluate_all(wide)
    assert matrix.startswith("[[")


def test_the_pictures_of_the_first_page_are_wide(built_site, open_page):
    page = open_page()
    page.goto((built_site / "index.html").as_uri())
    for figure in page.locator(".gallery figure").all():
        assert figure.bounding_box()["width"] > 420


def test_code_that_only_draws_is_folded_and_unfolds(built_site, open_page):
    page = open_page()
    page.goto((built_site / "02_naive_clustering.html").as_uri())
    assert page.get_by_text("squared_distances.argmin").is_visible()
    drawing = page.locator("details.hide", has_text="Ten centroids of a thousand digits")
    assert not drawing.locator("pre").is_visible()
    drawing.locator("summary").click()
    assert drawing.locator("pre").is_visible()


def test_code_has_a_button_that_copies_it_and_outputs_have_none(built_site, open_page):
    page = open_page()
    page.goto((built_site / "02_naive_clustering.html").as_uri())
    code = page.locator(".cell_input", has_text="squared_distances.argmin")
    code.hover()
    code.get_by_role("button", name="Copy").click()
    code.locator(".copybtn.success").wait_for()
    assert page.locator(".cell_output .copybtn").count() == 0


@each_scheme
@pytest.mark.parametrize("name", ["02_naive_clustering", "03_lloyd_from_scratch", "teachers"])
def test_paper_has_nothing_cut_no_buttons_and_all_answers(name, scheme, built_site, open_page):
    page = open_page(PAPER, scheme)
    page.goto((built_site / f"{name}.html").as_uri())
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert overhang(page) == 0
    boxes = page.locator("article :is(pre, .output, .formula, div)")
    assert (
        boxes.evaluate_all("all => all.filter(e => e.scrollWidth > e.clientWidth + 1).length") == 0
    )
    for button in page.locator(BUTTONS).all():
        assert not button.is_visible()
    for answer in page.locator("details:has(> summary:text-is('Answer')) > p").all():
        assert answer.bounding_box()["height"] > 10
    colour = "getComputedStyle(document.querySelector('article p')).color"
    assert max(map(int, re.findall(r"\d+", page.evaluate(colour))[:3])) < 100


def corner(figure):
    """Return the colour of a picture near its corner, which is paper."""
    return Image.open(io.BytesIO(figure.screenshot())).convert("RGB").getpixel((12, 12))


def test_pictures_lie_on_soft_paper_by_night(built_site, open_page):
    colours = {}
    for scheme in ("light", "dark"):
        page = open_page(scheme=scheme)
        for name in ("index", "02_naive_clustering", "03_lloyd_from_scratch"):
            page.goto((built_site / f"{name}.html").as_uri())
            images = page.locator("article :is(img, .live svg):visible").all()
            colours.setdefault(scheme, set()).update(corner(image) for image in images[:6])
    assert colours["light"] == {(255, 255, 255)}
    assert all(190 < value < 240 for colour in colours["dark"] for value in colour)


def test_formulas_have_the_font_that_comes_with_the_site(built_site, open_page):
    page = open_page()
    page.goto((built_site / "08_same_answer_faster.html").as_uri())
    used = "document.fonts.ready.then(all => [...all].map(each => [each.family, each.status]))"
    assert ["STIX Two Math", "loaded"] in page.evaluate(used)
    assert page.troubles == []


@each_size
@each_scheme
@pytest.mark.parametrize("name", [*LOOKED_AT, "exercises/01_loading.html", "search.html?q=purity"])
def test_a_page_fits_the_window_and_axe_finds_no_barrier(name, size, scheme, built_site, open_page):
    """The screenshots that this takes are for people to look at."""
    page = open_page(size, scheme)
    page.goto(f"{built_site.as_uri()}/{name}")
    assert overhang(page) == 0
    file, _, _ = name.replace("/", "-").partition(".")
    page.screenshot(path=SCREENSHOTS / f"{file}-{size[0]}-{scheme}.png")
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (background == "rgb(255, 255, 255)") == (scheme == "light")
    assert page.troubles == []
    assert barriers(page) == []


def test_what_is_too_wide_hangs_over(built_site, open_page):
    page = open_page()
    page.goto((built_site / "index.html").as_uri())
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
    assert len(drawn) > 10 and all(width > 0 for width in drawn)


def test_axe_finds_barriers(built_site, open_page):
    page = open_page()
    page.goto((built_site / "index.html").as_uri())
    page.evaluate("document.querySelector('.gallery img').removeAttribute('alt')")
    page.evaluate("document.querySelector('article p').style.color = '#bbb'")
    tiny = (
        '<button style="border: 0; padding: 0; height: 9px; width: 9px" aria-label="tiny"></button>'
    )
    page.evaluate(
        "html => document.querySelector('article').insertAdjacentHTML('beforeend', html)", 2 * tiny
    )
    found = {rule for rule, _ in barriers(page)}
    assert {"image-alt", "color-contrast", "target-size"} <= found


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
