"""The animation of Lloyd's algorithm in a browser: its scenes, its buttons, and its strip on paper."""

import pytest
from browsing import SCREENSHOTS, each_scheme, each_size, overhang
from helpers import of_chapter

from mnist_kmeans import random_centroids
from mnist_kmeans.plots.animation import lloyd_animation


@pytest.fixture
def open_animation(tmp_path):
    """A function that opens the animation of chapter 3 in a page and returns its drawing."""
    *_, animals, lloyd = of_chapter(
        *("03", "squared_distance", "assign", "mean", "update"),
        *("weights", "heights", "animals", "lloyd"),
    )
    animation = lloyd_animation(
        animals,
        lloyd(animals, random_centroids(animals, 2, seed=2)),
        heading="Lloyd's algorithm at work (centroids: crosses)",
        xlabel="weight (kg)",
        ylabel="height (cm)",
    )
    (tmp_path / "animation.html").write_bytes(animation.content())

    def open_animation(page):
        page.goto((tmp_path / "animation.html").as_uri())
        return page.locator(".live svg")

    return open_animation


def seek(page, seconds):
    """Stop all that moves on a page and put it where it is so many seconds after the start."""
    page.evaluate(
        """seconds => document.getAnimations().forEach(each => {
            each.pause();
            each.currentTime = 1000 * seconds;
        })""",
        seconds,
    )


def captions(page):
    """Return the captions of the animation that are to be seen."""
    scenes = page.locator(".live svg .shown").evaluate_all(
        """all => all.filter(each => getComputedStyle(each).opacity == 1)
            .map(each => each.textContent)"""
    )
    return [scene for scene in scenes if scene]


def crosses(page):
    """Return where the centroids of the animation are, in whole pixels."""
    return page.locator(".live svg .moved").evaluate_all(
        """all => all.map(each => {
            const { x, y } = each.getBoundingClientRect();
            return [Math.round(x), Math.round(y)];
        })"""
    )


def press(page, button):
    """Press a button of the animation; nothing glides to its place."""
    page.add_style_tag(content="* { transition: none !important }")
    page.locator(f'label[title="{button}"]').click()


@each_size
@each_scheme
def test_the_animation_goes_through_its_scenes(size, scheme, open_animation, open_page):
    """The screenshots that this takes are for people to look at."""
    page = open_page(size, scheme, motion="no-preference")
    drawing = open_animation(page)
    drawing.scroll_into_view_if_needed()
    told, pictures = [], []
    for second in (1, 3, 5, 6.5, 8.5, 10, 12, 13.5, 15.5, 17, 20):  # one in each scene
        seek(page, second)
        told += captions(page)
        shot = f"animation-{size[0]}-{scheme}-{second}.png"
        pictures.append(drawing.screenshot(path=SCREENSHOTS / shot))
    start, *steps, end = told
    assert start == "Startthe first centroids"
    assert end == "Iteration 5: updateno centroid moves any more: the end"
    assert [step.partition(" of its")[0] for step in steps[:4]] == [
        "Iteration 1: assigneach point goes to the nearest centroid",
        "Iteration 1: updateeach centroid goes to the mean",
        "Iteration 2: assigneach point goes to the nearest centroid",
        "Iteration 2: updateeach centroid goes to the mean",
    ]
    assert len(told) == len(set(told)) == len(set(pictures)) == 11
    assert page.troubles == []


def test_the_animation_plays_pauses_and_goes_to_an_iteration(open_animation, open_page):
    page = open_page(motion="no-preference")
    open_animation(page)

    def states():
        return page.evaluate("[...new Set(document.getAnimations().map(each => each.playState))]")

    assert states() == ["running"]
    press(page, "pause")
    assert states() == ["paused"]
    press(page, "start")
    assert captions(page) == ["Startthe first centroids"]
    places = [crosses(page)]
    for number in range(1, 6):
        press(page, f"iteration {number}: assign")
        assert states() == []
        assert captions(page) == [
            f"Iteration {number}: assigneach point goes to the nearest centroid"
        ]
        assert crosses(page) == places[-1]
        page.keyboard.press("ArrowRight")
        [caption] = captions(page)
        assert caption.startswith(f"Iteration {number}: update")
        places.append(crosses(page))
    assert places[0] != places[1] != places[2] != places[3] != places[4] == places[5]
    press(page, "play")
    assert states() == ["running"]


def test_the_animation_rests_at_its_end_for_those_who_want_little_motion(open_animation, open_page):
    page = open_page(motion="reduce")
    drawing = open_animation(page)
    assert page.evaluate("document.getAnimations().length") == 0
    assert captions(page) == ["Iteration 5: updateno centroid moves any more: the end"]
    at_end = drawing.screenshot()
    seek(page, 3)
    assert drawing.screenshot() == at_end
    assert not page.get_by_text("pause", exact=True).is_visible()
    press(page, "iteration 2: assign")
    assert captions(page) == ["Iteration 2: assigneach point goes to the nearest centroid"]


def test_step_and_back_lead_from_scene_to_scene(open_animation, open_page):
    page = open_page((390, 844), motion="no-preference")
    open_animation(page)
    assert overhang(page) == 0

    def lead(words):
        page.locator(".step:visible", has_text=words).click()
        return captions(page)

    told = [lead("step") for _ in range(11)]
    assert len({caption for [caption] in told}) == 11
    assert page.locator(".step:visible", has_text="step").count() == 0
    assert [lead("back") for _ in range(10)] == told[-2::-1]
    assert page.locator(".step:visible", has_text="back").count() == 0


def test_on_paper_there_is_a_strip_of_stills(open_animation, open_page):
    page = open_page()
    drawing, strip = open_animation(page), page.locator(".strip img")
    assert drawing.is_visible() and not strip.is_visible()
    page.emulate_media(media="print")
    assert strip.is_visible() and not drawing.is_visible()
    strip.screenshot(path=SCREENSHOTS / "animation-strip.png")
