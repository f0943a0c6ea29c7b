"""The slides in a browser, from disk and without a network: what somebody in the last row can read."""

import shutil

import pytest
from helpers import COURSE, ROOT

from mnist_kmeans.plots.look import SMALLEST, STYLE

SIZE = (1280, 720)
DECK = "03_lloyd_from_scratch.slides.html"
LEAST_TYPE, LEAST_LABEL, LEAST_FILLED = 20, 14, 0.5  # pixels, pixels, share of the slide
LABEL = SMALLEST / 72 * STYLE["savefig.dpi"]  # pixels of a picture's file

# What is on the current slide. A picture is drawn in the middle of its box, as large as fits.
MEASURE = """() => {
  const slide = Reveal.getCurrentSlide();
  const seen = (names) => [...slide.querySelectorAll(names)].filter(
    (part) => !part.closest("aside") && part.getClientRects().length);
  const drawn = (image) => {
    const box = image.getBoundingClientRect();
    const scale = Math.min(box.width / image.naturalWidth, box.height / image.naturalHeight);
    const [w, h] = [scale * image.naturalWidth, scale * image.naturalHeight];
    const [x, y] = [(box.left + box.right - w) / 2, (box.top + box.bottom - h) / 2];
    return { left: x, top: y, right: x + w, bottom: y + h, scale };
  };
  const boxes = seen("h2, p, li, pre, table, math, svg, img").map(
    (part) => (part.tagName === "IMG" ? drawn(part) : part.getBoundingClientRect()));
  const [left, top, right, bottom] = [
    Math.min(...boxes.map((box) => box.left)), Math.min(...boxes.map((box) => box.top)),
    Math.max(...boxes.map((box) => box.right)), Math.max(...boxes.map((box) => box.bottom))];
  return {
    kind: slide.className,
    heading: slide.querySelector("h2")?.innerText ?? "",
    number: [...document.querySelectorAll(".slide-number")].filter(
      (part) => part.getClientRects().length).map((part) => part.innerText).join(),
    type: Math.min(...seen("h2, p, li, pre, table").map((e) => parseFloat(getComputedStyle(e).fontSize))),
    scale: Math.min(...seen(".picture img").map((image) => drawn(image).scale)),
    filled: (right - left) * (bottom - top) / (1280 * 720),
    inside: left >= 0 && top >= 0 && right <= 1280 && bottom <= 720,
    hidden: seen(".body, pre, table").some(
      (e) => e.scrollHeight > e.clientHeight + 1 || e.scrollWidth > e.clientWidth + 1),
    notes: slide.querySelector("aside.notes").textContent.trim().length,
  };
}"""


@pytest.fixture
def slides(built_site):
    """The folder with the slides of all chapters, as they lie beside the pages."""
    return built_site / "slides"


def go_through(page, deck):
    """Open a deck and go to each slide with the space bar; yield what is measured on it."""
    page.goto(deck.as_uri())
    page.locator(".reveal.ready").wait_for()
    for _ in range(page.evaluate("Reveal.getTotalSlides()")):
        yield page.evaluate(MEASURE)
        page.keyboard.press("Space")


def faults(found, number, count):
    """Return what somebody in the last row cannot read on a slide, or misses there."""
    return [
        fault
        for fault, is_there in {
            "no heading": not found["heading"],
            "no number": found["number"].split() != [str(number), "/", str(count)],
            f"type of {found['type']} pixels": found["type"] < LEAST_TYPE,
            f"labels of {LABEL * (found['scale'] or 1):.1f} pixels": found["scale"]
            and LABEL * found["scale"] < LEAST_LABEL,
            f"{found['filled']:.0%} filled": found["filled"] < LEAST_FILLED,
            "not all to be seen": found["hidden"] or not found["inside"],
        }.items()
        if is_there
    ]


def unreadable(page, deck, shots=None):
    """Return (number, heading, faults) of the slides of a deck that have any."""
    measured = []
    for number, found in enumerate(go_through(page, deck), 1):
        measured.append(found)
        if shots:
            page.screenshot(path=shots / f"{deck.name[:2]}-{number:02}.png")
    told = [
        (number, found["heading"], faults(found, number, len(measured)))
        for number, found in enumerate(measured, 1)
    ]
    assert len(measured) > 10
    assert all(found["notes"] or found["kind"].startswith("list") for found in measured)
    return [each for each in told if each[2]]


@pytest.mark.parametrize("chapter", COURSE.sources(), ids=lambda path: path.stem)
def test_the_last_row_can_read_every_slide(chapter, slides, open_page):
    """The screenshots that this takes are for people to look at."""
    shots = ROOT / "build" / "screenshots" / "slides"
    page = open_page(SIZE)
    assert unreadable(page, slides / f"{chapter.stem}.slides.html", shots) == []
    assert page.troubles == []


def test_what_the_last_row_cannot_read_is_found(slides, open_page, tmp_path):
    deck = shutil.copytree(slides, tmp_path / "slides") / DECK
    text = deck.read_text("utf-8").replace("<h2>Step 1: assign</h2>", "<h2></h2>")
    deck.write_text(text, "utf-8")
    with (deck.parent / "deck.css").open("a") as css:
        css.write(".picture .body { max-width: 300px } .code pre { font-size: 13px }")
        css.write(".question .body { height: 20px } .slide-number { display: none !important }")
    told = " ".join(fault for *_, found in unreadable(open_page(SIZE), deck) for fault in found)
    for fault in ("no heading", "no number", "type of 13", "labels of", "% filled", "not all"):
        assert fault in told


def test_the_notes_of_a_deck_open_beside_it(slides, open_page):
    page = open_page(SIZE)
    page.goto((slides / DECK).as_uri())
    page.locator(".reveal.ready").wait_for()
    with page.expect_popup() as opened:
        page.keyboard.press("s")
    opened.value.locator(".speaker-controls-notes .value").wait_for(state="attached")


def test_a_deck_without_reveal_js_is_noticed(slides, open_page, tmp_path):
    shutil.copy(slides / DECK, tmp_path)
    page = open_page()
    page.goto((tmp_path / DECK).as_uri())
    assert any("reveal.js" in trouble for trouble in page.troubles)
    assert page.locator(".reveal.ready").count() == 0
