"""The slides in a browser, from disk and without a network."""

import shutil

import pytest

from mnist_kmeans import exports
from mnist_kmeans.data import ROOT

DECK = "03_lloyd_from_scratch.slides.html"


@pytest.fixture(scope="module")
def slides(tmp_path_factory):
    """A folder with the slides of all chapters."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exports, "SLIDES", tmp_path_factory.mktemp("slides"))
        return exports.slides()


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


def test_a_deck_without_reveal_js_is_noticed(slides, open_page, tmp_path):
    shutil.copy(slides / DECK, tmp_path)
    page = open_page()
    page.goto((tmp_path / DECK).as_uri())
    assert any("reveal.js" in trouble for trouble in page.troubles)
    assert page.locator(".reveal.ready").count() == 0
