"""k-means in the reader's browser: the same bits as in Python, and a page that everybody can use."""

import contextlib
import io
import json
import re
import shutil
from pathlib import Path
from urllib.parse import unquote, urlsplit

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
from helpers import ROOT

from mnist_kmeans import (
    assign,
    holdout_error,
    kmeans,
    plus_plus_centroids,
    random_centroids,
    update,
)
from mnist_kmeans.basics.chance import below, draw, generator
from mnist_kmeans.exact import to_grid
from mnist_kmeans.lloyd import pairwise_squared_distances

ARITHMETIC = ROOT / "site" / "static" / "live" / "kmeans.js"


# ---- Small cases that digits do not meet, in the browser and in Python ----

SMALL = {  # name: what to compute in the browser
    "raw numbers": "SEEDS.map(seed => [1, 2, 3].map(stream(m.generator(BigInt(seed)))))",
    "a number is drawn again": "[7, 3 * 2 ** 40].map(total => m.below(total, from(RAWS)))",
    "weights of 0 are never drawn": "WEIGHTS.map(weights => m.draw(weights, from(RAWS)))",
    "equal keys": "m.lowest(KEYS.map(BigInt), KEYS.length)",
    "ties": "[...m.assign(points(TIES), m.toGrid(TIED.flat(), 4))]",
    "empty clusters": "[...m.update(points(TIES), [2, 2, 0, 0], m.toGrid(TIED.flat(), 4))]",
    "halves on the grid": "[...m.update(points(HALVES), [0, 0, 0, 0], [0, 0])]",
    "halves at the start": "[...m.toGrid([0.5, 1.5, -0.5, -1.5, 0.49999999999999994], 0)]",
    "an inertia that must be rounded": "m.lloyd(points(LARGE), m.toGrid([0, 0], 1)).inertia",
    "starts on equal points": "[0, 1, 2].map(seed => [...m.plusPlusCentroids(points(EQUAL), 3, seed)])",
    "runs in the plane": """[0, 1, 2].flatMap(seed => ["random", "k-means++"].map(init => {
        const plane = points(PLANE);
        return m.digest(m.lloyd(plane, m.firstCentroids(plane, 5, seed, init)));
    }))""",
    "a start that is given": """(() => {
        const plane = points(PLANE);
        return m.digest(m.lloyd(plane, m.firstCentroids(plane, 2, 0, GIVEN.flat())));
    })()""",
}
GIVEN_NUMBERS = {
    "SEEDS": [str(seed) for seed in (0, 1, 2**32, 2**64 + 5, 2**200 + 12345)],
    "RAWS": [str(2**64 - 1), str(2**64 - 2**24 + 3), "5"],
    "WEIGHTS": [[0, 3, 0, 4], [0, 0, 7], [1, 1, 1, 1, 1]],
    "KEYS": [7, 3, 7, 3, 0, 7],
    "TIES": [[0, 0], [2, 0], [0, 2], [2, 2]],
    "TIED": [[0, 1], [1, 1], [1, 1], [1, 0], [2, 1]],
    "HALVES": [[0, 0], [0, 0], [0, 0], [1, 2**23]],
    "EQUAL": [[4, 4]] * 2 + [[9, 9]] * 3,
    "PLANE": [[(7 * i * i) % 83 - 20, (11 * i * i * i) % 59 - 30] for i in range(60)],
    "LARGE": [[i * i * 40503 % 2**20, i * 30011 % 2**20] for i in range(200)],
    "GIVEN": [[0.3, -7.77], [11.123456789, 20]],
}
PROGRAM = """m => {
    const {SEEDS, RAWS, WEIGHTS, KEYS, TIES, TIED, HALVES, EQUAL, PLANE, LARGE, GIVEN} = NUMBERS;
    const points = rows => m.asPoints(rows.length, rows[0].length, Int32Array.from(rows.flat()));
    const from = raws => { const rest = raws.map(BigInt); return () => rest.shift(); };
    const stream = next => () => String(next());
    return {CASES};
}"""


class Raws:
    """A stream of given raw numbers."""

    def __init__(self, raws):
        self.rest = [int(raw) for raw in raws]

    def random_raw(self):
        return self.rest.pop(0)


def in_python():
    """Return {name: what the package computes} for the small cases."""
    given = {
        name: np.array(rows)
        for name, rows in GIVEN_NUMBERS.items()
        if name in ("TIES", "HALVES", "EQUAL", "PLANE", "LARGE", "GIVEN")
    }
    ties, tied = given["TIES"], np.array(GIVEN_NUMBERS["TIED"], dtype=float)
    plane, keys = given["PLANE"], np.array(GIVEN_NUMBERS["KEYS"])
    return {
        "raw numbers": [
            [str(raw) for raw in generator(int(seed)).random_raw(3)]
            for seed in GIVEN_NUMBERS["SEEDS"]
        ],
        "a number is drawn again": [
            below(total, Raws(GIVEN_NUMBERS["RAWS"])) for total in (7, 3 * 2**40)
        ],
        "weights of 0 are never drawn": [
            draw(np.array(weights), Raws(GIVEN_NUMBERS["RAWS"]))
            for weights in GIVEN_NUMBERS["WEIGHTS"]
        ],
        "equal keys": np.argsort(keys, kind="stable").tolist(),
        "ties": assign(ties, tied).tolist(),
        "empty clusters": update(ties, np.array([2, 2, 0, 0]), tied).ravel().tolist(),
        "halves on the grid": update(given["HALVES"], np.zeros(4, int), np.zeros((1, 2)))
        .ravel()
        .tolist(),
        "halves at the start": to_grid([0.5, 1.5, -0.5, -1.5, 0.49999999999999994], 0).tolist(),
        "an inertia that must be rounded": kmeans(given["LARGE"], 1, init=np.zeros((1, 2))).inertia,
        "starts on equal points": [
            plus_plus_centroids(given["EQUAL"], 3, seed).ravel().tolist() for seed in range(3)
        ],
        "runs in the plane": [
            kmeans(plane, 5, seed=seed, init=init).digest for seed in range(3) for init in STARTS
        ],
        "a start that is given": kmeans(plane, 2, init=given["GIVEN"]).digest,
    }


def in_browser(page, script):
    """Return {name: what a version of kmeans.js computes} for the small cases."""
    page.goto("about:blank")
    page.add_script_tag(content=script)
    cases = ", ".join(f"{name!r}: {code}" for name, code in SMALL.items())
    program = PROGRAM.replace("NUMBERS", json.dumps(GIVEN_NUMBERS)).replace("CASES", cases)
    return page.evaluate(f"({program})(mnistKmeans)")


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
    script = ARITHMETIC.read_text("utf-8")
    for one, other in zip(right.split(" | "), wrong.split(" | "), strict=True):
        assert one in script
        script = script.replace(one, other)
    found, expected = in_browser(open_page(), script), in_python()
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
    assert (
        page.troubles == []
    )  # axe, which comes next, reads styles in a way that pages on disk may not
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


def loaded_by(page, address):
    """Return the files that a page from disk loads."""
    files = set()
    page.on("request", lambda request: files.add(Path(unquote(urlsplit(request.url).path))))
    page.goto(address.as_uri(), wait_until="networkidle")
    return files


def test_digits_to_play_with_are_not_too_heavy(built_site, open_page):
    """Counted without what all pages share: that is loaded once."""
    of_all = loaded_by(open_page(), built_site / "glossary.html")
    own = loaded_by(open_page(), built_site / "playground.html") - of_all
    assert built_site / "playground.html" in own
    assert 900_000 < sum(file.stat().st_size for file in own) < 1_500_000
    live = built_site / "_static" / "live"
    hero = [live / name for name in ("hero.css", "run.js", "drawing.js", "hero.js")]
    assert sum(file.stat().st_size for file in hero) < 100_000


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
    put(page, built_site, live, ["kmeans.js", "drawing.js", "digits.js"])
    assert page.evaluate("mnistKmeans.sample") is None
    page.screenshot(path=SCREENSHOTS / "chapter-before.png")
    press(page, "Play with 3,000 digits (loads 0.9 MB)")
    page.locator(".live-centroid").first.wait_for()
    press(page, "run")
    page.get_by_text("This is the end").first.wait_for()
    shown = page.locator(".live-digest code").text_content()
    assert shown == kmeans(TRAINING.images, 9, seed=4).digest
    assert page.troubles == []
