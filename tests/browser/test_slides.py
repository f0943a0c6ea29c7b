"""The slides in a browser, from disk and without a network."""

import shutil

import pytest
from helpers import COURSE, ROOT

from mnist_kmeans.course import slides as slides_module

DECK = "03_lloyd_from_scratch.slides.html"


@pytest.fixture(scope="module")
def slides(tmp_path_factory):
    """A folder with the slides of all chapters."""
    folder = tmp_path_factory.mktemp("build") / "slides"
    slides_module.slides(COURSE, folder)
    return folder


def test_a_deck_goes_from_its_title_to_its_last_slide(slides, open_page):
    page = open_page((1600, 900))
    page.goto(f"{(slides / DECK).as_uri()}?transition=none")
    page.locator(".reveal.ready").wait_for()
    seen = []
    for number in range(page.evaluate("Reveal.getTotalSlides()")):
        slide = page.locator("section.present:not(.stack)")
        seen.append(slide.inner_text())
        page.screenshot(path=ROOT / "build" / "screenshots" / f"slide-{number:02}.png")
        assert slide.evaluate("slide => slide.scrollWidth <= slide.clientWidth"), seen[-1]
        page.keyboard.press("Space")
    assert len(set(seen)) == len(seen) > 20
    assert seen[0].startswith("3. Lloyd's algorithm from scratch")
    assert seen[-1].startswith("Further reading")
    assert page.troubles == []


def hidden_parts(page, deck):
    """Return the beginnings of the slides of a deck that one must scroll, down or sideways, to see all."""
    page.goto(deck.as_uri())
    page.locator(".reveal.ready").wait_for()
    found = []
    for _ in range(page.evaluate("Reveal.getTotalSlides()")):
        slide = page.locator("section.present:not(.stack)")
        if slide.evaluate(
            "slide => [slide, ...slide.querySelectorAll('pre, .jp-OutputArea-child')].some("
            "e => e.scrollHeight > e.clientHeight + 1 || e.scrollWidth > e.clientWidth + 1)"
        ):
            found.append(slide.inner_text().splitlines()[0])
        page.keyboard.press("Space")
    return found


@pytest.mark.parametrize("chapter", COURSE.sources(), ids=lambda path: path.stem)
def test_a_slide_shows_all_of_its_code_and_outputs(chapter, slides, open_page):
    assert hidden_parts(open_page((1280, 720)), slides / f"{chapter.stem}.slides.html") == []


def test_a_slide_with_too_much_on_it_is_found(slides, open_page, tmp_path):
    page = (slides / DECK).read_text("utf-8").replace("font-size: 16px", "font-size: 40px")
    page = page.replace("Reveal.on(", "void (")  # and nothing is drawn smaller
    shutil.copytree(slides / "reveal.js", tmp_path / "reveal.js")
    (tmp_path / DECK).write_text(page, "utf-8")
    assert len(hidden_parts(open_page((1280, 720)), tmp_path / DECK)) > 5


def test_a_deck_without_reveal_js_is_noticed(slides, open_page, tmp_path):
    shutil.copy(slides / DECK, tmp_path)
    page = open_page()
    page.goto((tmp_path / DECK).as_uri())
    assert any("reveal.js" in trouble for trouble in page.troubles)
    assert page.locator(".reveal.ready").count() == 0
