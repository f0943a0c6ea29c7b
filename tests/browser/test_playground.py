"""k-means in the reader's browser: the same bits as in Python, and a page that everybody can use."""

import contextlib
import io
import re
import shutil

import numpy as np
import pytest
from browsing import (
    DESKTOP,
    PHONE,
    RUNS,
    SCREENSHOTS,
    STARTS,
    TRAINING,
    VALIDATION,
    barriers,
    begin,
    each_scheme,
    hold_against_python,
    overhang,
    stop_clock,
)
from small_cases import ARITHMETIC, changed, in_browser, in_python

from mnist_kmeans import (
    assign,
    holdout_error,
    kmeans,
    random_centroids,
    repeat_inits,
    sweep_k,
)
from mnist_kmeans.lloyd import pairwise_squared_distances


def test_small_cases_come_out_as_in_python(open_page):
    page = open_page()
    assert in_browser(page, ARITHMETIC.read_text("utf-8")) == in_python()
    assert page.troubles == []


@pytest.mark.parametrize(
    ("right", "wrong", "seen"),
    [
        ("cost < least", "cost <= least", "ties"),
        (": a - b)", ": b - a)", "equal keys"),
        ("raw >= unbiased", "raw >= 2n ** 64n", "a number is drawn again"),
        ("> threshold", ">= threshold", "weights of 0 are never drawn"),
        (": old;", ": 0;", "empty clusters"),
        ("2 ** (bits + 1) + count", "2 ** (bits + 1)", "halves on the grid"),
        (">= 0.5", "> 0.5", "halves at the start"),
        ("sum = 0n | BigInt((p", "sum = 0 | Number((p", "an inertia that must be rounded"),
        ("weights.fill(1);\n      chosen", "weights[0] = 1;\n      chosen", "starts on equal points"),
        ("word >>> 16", "word >>> 15", "raw numbers"),
    ],
)  # fmt: skip
def test_a_change_of_the_arithmetic_is_noticed(right, wrong, seen, open_page):
    found, expected = in_browser(open_page(), changed(right, wrong)), in_python()
    assert seen in {name for name in expected if found.get(name) != expected[name]}


# ---- The page ----


@pytest.fixture(scope="module")
def opened(built_site, browser):
    """The playground from disk, without a network and with little motion; its digits are there."""
    context = browser.new_context(offline=True, reduced_motion="reduce")
    page = begin(context.new_page(), built_site)
    yield page
    context.close()


def press(page, *names):
    """Press buttons, one after the other."""
    for name in names:
        page.get_by_role("button", name=name, exact=True).click()


def choose(page, k, seed, start="random"):
    """Set what to run."""
    page.get_by_label("clusters k").fill(str(k))
    page.get_by_label("seed").fill(str(seed))
    page.locator(".live-settings select").select_option(start)
    page.locator(".live-settings select").dispatch_event("change")


def words(page):
    """Return what the page says of the scene that it shows."""
    return page.locator(".live-words").text_content()


def picture(page):
    """Return the names, sizes and pixels of all centroids."""
    return page.locator(".live-centroid").evaluate_all(
        "all => all.map(e => [e.ariaLabel, e.firstChild.toDataURL()])"
    )


def test_runs_on_digits_have_the_bits_of_python(opened):
    hold_against_python(opened, RUNS)


def test_a_changed_tie_is_noticed_on_digits(opened):
    """Not by the digits, which hardly tie, but by twice the same centroid."""
    twice = np.repeat(TRAINING.images[:1], 2, axis=0).astype(float)
    settings = {"k": 2, "seed": 0, "init": twice.ravel().tolist()}
    found = opened.evaluate("settings => mnistKmeans.kmeans(settings)", settings)
    assert found["digest"] == kmeans(TRAINING.images, 2, init=twice).digest


def test_a_run_ends_with_the_digest_that_the_python_beside_it_prints(opened):
    choose(opened, 12, 3, "k-means++")
    press(opened, "run")
    opened.get_by_text("This is the end").first.wait_for()
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(opened.locator(".live-digest pre").text_content(), {})
    assert opened.locator(".live-digest code").text_content() == printed.getvalue().strip()
    run = kmeans(TRAINING.images, 12, seed=3, init="k-means++")
    error = holdout_error(run, TRAINING, VALIDATION)
    assert (
        words(opened)
        == opened.locator("[role=status]").text_content()
        == (
            f"Iteration {run.n_iter}, update: no centroid moves any more. This is the end. "
            f"Inertia {run.inertia / 1e9:.2f} billion, validation error {error:.1%}.".replace(
                "%", " %"
            )
        )
    )
    opened.locator(".live-digits summary").click()
    rows = [row.split("\t") for row in opened.locator("details tbody").inner_text().split("\n")]
    assert [int(row[2].replace(",", "")) for row in rows] == [round(each) for each in run.history]
    assert rows[-1][1] == "0" and float(rows[-1][3]) == round(error, 3)


def test_steps_go_forth_and_back(opened):
    choose(opened, 10, 0)
    first = random_centroids(TRAINING.images, 10, 0)
    assert words(opened).startswith("Start: 10 training digits as first centroids.")
    told, seen = [words(opened)], [picture(opened)]
    for step in ("assign", "update") * 3:
        press(opened, step)
        told.append(words(opened))
        seen.append(picture(opened))
    sizes = np.bincount(assign(TRAINING.images, first), minlength=10)
    assert [int(re.search(r"(\d+) digits?$", name)[1]) for name, _ in seen[1]] == sizes.tolist()
    assert len(set(told)) == 7
    moving = [[pixels for _, pixels in scene] for scene in seen]
    assert moving[0] == moving[1] != moving[2] == moving[3] != moving[4]
    for number in reversed(range(6)):
        press(opened, "back")
        assert (words(opened), picture(opened)) == (told[number], seen[number])
    assert opened.get_by_role("button", name="back", exact=True).is_disabled()
    press(opened, "assign")
    assert (words(opened), picture(opened)) == (told[1], seen[1])
    press(opened, "reset")
    assert (words(opened), picture(opened)) == (told[0], seen[0])


def test_a_centroid_shows_its_members_and_a_digit_who_is_nearest(opened):
    choose(opened, 10, 0)
    press(opened, "run")
    run = kmeans(TRAINING.images, 10, seed=0)
    opened.locator(".live-centroid").nth(4).click()
    members = np.flatnonzero(run.assignments == 4)
    counts = np.bincount(TRAINING.labels[members], minlength=10)
    told = ", ".join(f"{digit}: {count}" for digit, count in enumerate(counts))
    assert (
        opened.locator(".live-bars").get_attribute("aria-label") == f"Members of each digit. {told}"
    )
    squared = pairwise_squared_distances(TRAINING.images[members], run.centroids)[:, 4]
    typical = members[squared.argsort(kind="stable")]
    numbers = [
        [
            int(re.search(r"number (\d+)", each.get_attribute("aria-label"))[1])
            for each in gallery.get_by_role("button").all()
        ]
        for gallery in opened.locator(".live-gallery").all()
    ]
    assert numbers[0] == typical[:12].tolist()
    assert set(numbers[1]) <= set(typical[-13:].tolist())
    assert numbers[2] == members[:24].tolist()
    opened.locator(".live-gallery").first.get_by_role("button").first.click()
    image = TRAINING.images[typical[:1]]
    distances = pairwise_squared_distances(image, run.centroids)[0]
    rows = opened.locator(".live-answer tbody tr").all()
    for row, cluster in zip(rows, distances.argsort(kind="stable"), strict=False):
        overlap = 2 * (image[0] * run.centroids[cluster]).sum()
        price = (run.centroids[cluster] ** 2).sum()
        shown = [distances[cluster], overlap, price, price - overlap]
        cells = [
            cell.replace("\N{MINUS SIGN}", "-")
            for cell in row.locator("td").all_text_contents()[1:]
        ]
        assert cells == [f"{number / 1e6:.2f}" for number in shown]
        assert row.locator("th").text_content().startswith(f"{cluster}, called ")
    assert len(rows) == 5


def ink(page):
    """Return the image (28, 28) that the page makes of a drawing."""
    return np.array(
        page.locator(".live-desk figure canvas").evaluate(
            "e => [...e.getContext('2d').getImageData(0, 0, 28, 28).data].filter((_, i) => i % 4 == 3)"
        )
    ).reshape(28, 28)


def draw_with_mouse(page, places):
    """Draw a line through places, given as shares of the paper."""
    paper = page.locator(".live-paper")
    paper.scroll_into_view_if_needed()
    box = paper.bounding_box()
    for number, (x, y) in enumerate(places):
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=5)
        if number == 0:
            page.mouse.down()
    page.mouse.up()


def test_a_drawn_one_is_read_with_the_mouse_and_with_keys(opened):
    choose(opened, 10, 0)
    press(opened, "run", "clear")
    draw_with_mouse(opened, [(0.2, 0.1), (0.2, 0.5)])  # small, and far from the middle
    drawn = ink(opened)
    rows, columns = np.nonzero(drawn)
    assert np.ptp(rows) + 1 in (19, 20) and 3 <= np.ptp(columns) + 1 <= 5
    assert abs((drawn.sum(axis=1) @ np.arange(28)) / drawn.sum() - 14) < 0.2
    assert abs((drawn.sum(axis=0) @ np.arange(28)) / drawn.sum() - 14) < 0.2
    answer = opened.locator(".live-answer p").first.text_content()
    assert re.search(r"^Your digit: The nearest is centroid \d, called 1\.", answer)
    press(opened, "clear")
    assert not ink(opened).any()
    opened.locator(".live-paper").focus()
    for key in ["Space", *["ArrowDown"] * 8, "Space", *["ArrowRight"] * 9]:
        opened.keyboard.press(key)
    assert (ink(opened) == drawn).mean() > 0.95
    assert opened.locator(".live-answer p").first.text_content().startswith("Your digit")


def test_unseen_digits_are_those_of_the_validation_part(opened):
    press(opened, "clear", "take an unseen digit")
    assert (ink(opened) == VALIDATION.images[0].reshape(28, 28)).all()
    press(opened, "take an unseen digit")
    assert (ink(opened) == VALIDATION.images[1].reshape(28, 28)).all()
    assert f"number 1, a {VALIDATION.labels[1]}" in opened.locator(".live-answer").inner_text()


@pytest.mark.parametrize(
    ("k", "seed", "told"),
    [
        (0, 0, "k, the number of clusters, must be a whole number from 1 to 3000."),
        (101, 0, "k, the number of clusters, is at most 100 here."),
        (10, -1, "The seed must be a whole number from 0 up."),
    ],
)
def test_settings_that_cannot_be_are_refused_in_one_line(k, seed, told, opened):
    choose(opened, k, seed)
    assert words(opened) == told
    assert not opened.get_by_role("button", name="run", exact=True).is_visible()
    choose(opened, 10, 0)
    assert words(opened).startswith("Start")
    assert opened.get_by_role("button", name="run", exact=True).is_visible()


def test_a_run_can_be_watched_and_paused(built_site, open_page):
    page = open_page(motion="no-preference")
    stop_clock(page)
    begin(page, built_site)
    choose(page, 10, 0)
    press(page, "run")
    assert words(page).startswith("Iteration 1, assign")
    page.clock.run_for(500)  # each step is quicker than the one before
    assert words(page).startswith("Iteration 1, update")
    page.clock.run_for(400)
    assert words(page).startswith("Iteration 2, assign")
    press(page, "pause")
    assert page.get_by_role("status").text_content() == ""  # nothing is said before the end
    page.clock.run_for(60_000)
    assert words(page).startswith("Iteration 2, assign")
    press(page, "run")
    page.clock.run_for(60_000)
    page.get_by_text("This is the end").first.wait_for()
    shown = page.locator(".live-digest code").text_content()
    assert shown == kmeans(TRAINING.images, 10, seed=0).digest
    assert page.troubles == []


@each_scheme
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_everybody_can_play(size, scheme, built_site, open_page):
    """The screenshots that this takes are for people to look at."""
    page = begin(open_page(size, scheme), built_site)
    press(page, "run")
    page.locator(".live-centroid").nth(2).focus()
    page.keyboard.press("Enter")
    page.locator(".live-digit").first.focus()
    page.keyboard.press("Space")
    page.locator(".live-answer table").wait_for()
    page.screenshot(path=SCREENSHOTS / f"playground-{size[0]}-{scheme}.png", full_page=True)
    assert overhang(page) == 0
    # Before axe, which reads styles in a way that pages on disk may not
    assert page.troubles == []
    assert barriers(page) == []


def test_without_scripts_there_is_a_still_picture(built_site, browser):
    context = browser.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.goto((built_site / "playground.html").as_uri())
    still = page.locator(".live-digits figure img")
    assert still.is_visible() and len(still.get_attribute("alt")) > 100
    context.close()


def test_on_paper_there_is_a_still_picture(opened):
    opened.emulate_media(media="print")
    assert opened.locator(".live-digits figure img").is_visible()
    assert not opened.locator(".live-bar").is_visible()
    opened.emulate_media(media="screen")
    assert not opened.locator(".live-digits figure img").is_visible()


def test_damaged_digits_are_not_played_with(built_site, open_page, tmp_path):
    site = shutil.copytree(built_site, tmp_path / "site")
    script = site / "_static" / "live" / "sample.js"
    script.write_text(script.read_text("utf-8").replace('"sha256": "695b', '"sha256": "795b'))
    page = open_page()
    page.goto((site / "playground.html").as_uri())
    page.get_by_text("could not be loaded. train-images-idx3-ubyte.gz is damaged.").wait_for()


def put(page, site, element, scripts):
    """Put an element to play with onto a page that has none, with what it needs."""
    page.goto((site / "glossary.html").as_uri())
    page.evaluate(
        'html => document.querySelector("article h1").insertAdjacentHTML("afterend", html)', element
    )
    live = site / "_static" / "live"
    for name in ("hero.css", "live.css"):
        page.add_style_tag(path=live / name)
    for name in scripts:
        page.add_script_tag(url=(live / name).as_uri())


def open_hero(page, site):
    """Open a page that has the first picture of the front page."""
    hero = '<div class="live-hero"><figure>a still picture</figure></div>'
    put(page, site, hero, ["run.js", "drawing.js", "hero.js"])


def test_the_first_picture_plays_once_and_then_is_still(built_site, open_page):
    page = open_page(motion="no-preference")
    stop_clock(page)
    open_hero(page, built_site)
    page.locator(".live-run").wait_for()
    page.clock.run_for(700)
    page.get_by_text(re.compile("iteration 1$")).wait_for()
    page.clock.run_for(3 * 650)
    page.get_by_text(re.compile("iteration 4$")).wait_for()
    page.clock.run_for(60_000)
    ends = "After 28 iterations no centroid moves."
    page.get_by_text(ends).wait_for()
    still = page.locator(".live-hero").screenshot()
    page.clock.run_for(60_000)
    assert page.locator(".live-hero").screenshot() == still
    calm = open_page(motion="reduce")
    open_hero(calm, built_site)
    calm.get_by_text(ends).wait_for()
    assert calm.locator(".live-hero").inner_html() == page.locator(".live-hero").inner_html()
    assert barriers(calm) == []
    calm.screenshot(path=SCREENSHOTS / "hero.png")


def test_in_a_chapter_digits_are_loaded_when_they_are_wanted(built_site, open_page):
    page = open_page(PHONE)
    live = '<div class="live-digits" data-wait="yes" data-k="9" data-seed="4"></div>'
    put(page, built_site, live, ["kmeans.js", "drawing.js", "data.js", "digits.js"])
    assert page.evaluate("mnistKmeans.sample") is None
    page.screenshot(path=SCREENSHOTS / "chapter-before.png")
    press(page, "Play with 3,000 digits (loads 0.9 MB)")
    page.locator(".live-centroid").first.wait_for()
    press(page, "run")
    page.get_by_text("This is the end").first.wait_for()
    shown = page.locator(".live-digest code").text_content()
    assert shown == kmeans(TRAINING.images, 9, seed=4).digest
    assert page.troubles == []


def open_runs(page, site, kind, k):
    """Open a page that has many runs to play with."""
    still = '<figure><img alt="a still picture"></figure>'
    element = f'<div class="live-runs" data-kind="{kind}" data-k="{k}">{still}</div>'
    put(page, site, element, ["kmeans.js", "drawing.js", "data.js", "runs.js"])
    assert page.locator(".live-runs img").is_visible()
    assert page.evaluate("mnistKmeans.sample") is None
    press(page, "Run it here (loads 0.9 MB)")


def test_starts_end_side_by_side_where_they_end_in_python(built_site, open_page):
    page = open_page()
    open_runs(page, built_site, "starts", 5)
    page.get_by_text("All 16 runs have ended").first.wait_for()
    inertias = {
        start: [run.inertia for run in repeat_inits(TRAINING.images, 5, range(8), init=start)]
        for start in STARTS
    }
    shown = page.locator(".live-ends b").all_text_contents()
    pairs = zip(*inertias.values(), strict=True)
    assert shown == [f"{inertia / 1e9:.3f}" for pair in pairs for inertia in pair]
    lowest = min(inertia for ends in inertias.values() for inertia in ends)
    best = [f"{lowest / 1e9:.3f}"] * sum(ends.count(lowest) for ends in inertias.values())
    assert page.locator(".live-ends .best b").all_text_contents() == best
    assert page.locator(".live-tiles canvas").count() == 2 * 5
    assert page.get_by_role("status").text_content() == page.locator(".live-words").text_content()
    assert not page.locator(".live-runs img").is_visible()
    page.emulate_media(media="print")
    assert page.locator(".live-runs img").is_visible()
    assert not page.locator(".live-ends").is_visible()
    assert page.troubles == []


def test_a_sweep_grows_as_in_python_and_can_be_stopped(built_site, open_page):
    page = open_page()
    open_runs(page, built_site, "sweep", 40)
    page.get_by_text("Running: k =").wait_for()
    press(page, "Stop")
    page.get_by_text("Stopped.").first.wait_for()
    page.get_by_label("from 2 clusters to").fill("7")
    press(page, "Run it again")
    page.get_by_text("All 6 runs have ended").first.wait_for()
    page.locator(".live-runs summary").click()
    rows = [row.split("\t") for row in page.locator(".live-runs tbody").inner_text().split("\n")]
    runs = sweep_k(TRAINING.images, range(2, 8), seeds=[0])
    assert rows == [
        [
            str(k),
            f"{run.inertia / 1e9:.3f}",
            f"{holdout_error(run, TRAINING, VALIDATION):.1%}".replace("%", " %"),
        ]
        for k, [run] in runs.items()
    ]
    assert page.troubles == []


def test_digits_that_could_not_be_loaded_can_be_asked_for_again(built_site, open_page, tmp_path):
    site = shutil.copytree(built_site, tmp_path / "site")
    script = site / "_static" / "live" / "sample.js"
    away = script.rename(script.with_suffix(".away"))
    page = open_page()
    open_runs(page, site, "sweep", 3)
    page.get_by_text("The digits could not be loaded.").wait_for()
    away.rename(script)
    press(page, "Run it again")
    page.get_by_text("All 2 runs have ended").first.wait_for()
    assert page.get_by_text("could not be loaded").count() == 0


def test_what_was_stopped_says_nothing_once_the_next_run_has_begun(built_site, open_page):
    page = open_page()
    open_runs(page, built_site, "sweep", 40)
    page.get_by_text("Running: k =").wait_for()
    said = page.evaluate("""async () => {
        const button = document.querySelector(".live-runs button");
        button.click();
        button.click();
        const said = [];
        for (let i = 0; i < 20; i++) {
            await new Promise(resolve => setTimeout(resolve, 20));
            said.push(document.querySelector(".live-words").textContent);
        }
        return said;
    }""")
    assert "Stopped." not in said[1:], said
    press(page, "Stop")
    page.get_by_text("Stopped.").first.wait_for()


@pytest.mark.parametrize(("kind", "k"), [("starts", 4), ("sweep", 5)])
def test_everybody_can_run_many(kind, k, built_site, open_page):
    """The screenshots that this takes are for people to look at."""
    page = open_page()
    open_runs(page, built_site, kind, k)
    page.get_by_text("runs have ended").first.wait_for()
    assert page.troubles == []
    for scheme in ("light", "dark"):
        page.evaluate("scheme => (document.documentElement.dataset.theme = scheme)", scheme)
        for width, height in (DESKTOP, PHONE):
            page.set_viewport_size({"width": width, "height": height})
            page.wait_for_timeout(500)  # the side bar glides away
            page.locator(".live-runs").screenshot(path=SCREENSHOTS / f"{kind}-{width}-{scheme}.png")
            assert overhang(page) == 0
        assert barriers(page) == []


def test_a_number_that_cannot_be_is_refused(built_site, open_page):
    page = open_page()
    live = '<div class="live-runs" data-kind="starts" data-k="77"></div>'
    put(page, built_site, live, ["kmeans.js", "drawing.js", "data.js", "runs.js"])
    press(page, "Run it here (loads 0.9 MB)")
    assert page.get_by_role("status").text_content() == "Choose a whole number from 2 to 50."
