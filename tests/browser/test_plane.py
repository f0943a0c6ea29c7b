"""k-means in the plane, in a browser: the same bits as Python, and what readers can do with it."""

import json
import re

import numpy as np
import pytest
from browsing import DESKTOP, PHONE, SCREENSHOTS, barriers, each_scheme, overhang, stop_clock
from helpers import of_chapter

from mnist_kmeans import assign, contingency_table, kmeans, repeat_inits
from mnist_kmeans.lloyd import nearest

SHAPES = ["four", "herd", "sixteen", "uneven", "long", "rings", "uniform"]
STATE = """() => {
    const state = mnistKmeans.planes[0].state;
    return JSON.stringify(state, (name, value) => ArrayBuffer.isView(value) ? [...value] : value);
}"""
DIGEST = """() => {
    const { centroids, assignments, path } = mnistKmeans.planes[0].state;
    return mnistKmeans.digest({ centroids, assignments, inertia: path.at(-1).inertia });
}"""


def expects(locator):
    """What is waited for, where a page needs a moment."""
    from playwright.sync_api import expect

    expect.set_options(timeout=60_000)
    return expect(locator)


@pytest.fixture
def plane(built_site, open_page):
    """A function that opens the plane with some choices, {name: value}."""

    def open_plane(size=DESKTOP, scheme="light", motion="reduce", **choices):
        page = open_page(size, scheme, motion)
        query = "&".join(f"{name}={value}" for name, value in choices.items())
        page.goto(f"{built_site.as_uri()}/plane.html?{query.replace('+', '%2B')}")
        expects(page.locator(".known")).to_contain_text("the lowest inertia we know")
        return page

    return open_plane


def state(page):
    """Return the state of the plane, as text; going back is to give the same text."""
    return page.evaluate(STATE)


def numbers(page, name):
    """Return places of the state of the plane, (n, 2): its centroids or points."""
    found = json.loads(state(page))
    return np.array(found[name]["values"] if name == "points" else found[name]).reshape(-1, 2)


def press(page, *buttons):
    for button in buttons:
        page.locator(f".buttons .{button}").click()


def drag(page, cluster, x, y):
    """Drag a centroid with the mouse to a place on the screen."""
    box = page.locator(".centroid").nth(cluster).bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(x, y, steps=3)
    page.mouse.up()


RUNS = [
    ("four", 4, 0, "random"),
    ("four", 4, 1, "random"),
    ("four", 7, 3, "k-means++"),
    ("herd", 2, 2, "random"),
    ("herd", 3, 2**53 - 1, "k-means++"),
    ("sixteen", 16, 0, "random"),
    ("sixteen", 16, 5, "k-means++"),
    ("uneven", 3, 4, "random"),
    ("long", 2, 0, "k-means++"),
    ("rings", 5, 1, "random"),
    ("uniform", 1, 0, "random"),
    ("uniform", 10, 7, "k-means++"),
]


def test_runs_have_the_bits_of_python(plane):
    page = plane()
    for shape, k, seed, start in RUNS:
        page.locator("[name=shape]").select_option(shape)
        page.locator("[name=start]").select_option(start)
        for name, value in {"k": k, "seed": seed}.items():
            page.locator(f"[name={name}]").fill(str(value))
            page.locator(f"[name={name}]").press("Enter")
        press(page, "run")
        expected = kmeans(numbers(page, "points"), k, seed=seed, init=start)
        assert page.evaluate(DIGEST) == expected.digest, (shape, k, seed, start)
        found = json.loads(state(page))
        assert found["iteration"] == expected.n_iter
        of_assign = [step["inertia"] for step in found["path"] if step["kind"] == "assign"]
        assert tuple(of_assign) == expected.history
    assert page.troubles == []


def test_centroids_put_by_hand_lead_where_they_lead_in_python(plane):
    page = plane(shape="four", seed=0)
    before = numbers(page, "centroids")
    page.locator(".centroid").nth(2).focus()
    for key in ("ArrowUp", "ArrowUp", "Shift+ArrowLeft", "ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
    placed = numbers(page, "centroids")
    assert (placed != before).any(axis=1).tolist() == [False, False, True, False]
    press(page, "run")
    assert page.evaluate(DIGEST) == kmeans(numbers(page, "points"), 4, init=placed).digest


def test_the_lines_of_python_beside_a_digest_print_it(plane, capsys):
    """After a drawn start, after a centroid was put elsewhere, and after a point was added."""
    page = plane(shape="rings", k=3, seed=5, start="k-means++")
    shown = set()
    for focus, key in ((None, None), (".centroid >> nth=1", "Shift+ArrowUp"), (".adder", "Enter")):
        if focus:
            page.locator(focus).focus()
            page.keyboard.press(key)
            assert "When the run is over" in page.locator(".bits").inner_text()
        press(page, "run")
        exec(page.locator(".bits pre").text_content(), {})
        digest = page.locator(".digest code").text_content()
        assert digest == capsys.readouterr().out.strip() == page.evaluate(DIGEST)
        shown.add(digest)
    assert len(shown) == 3


def test_each_cluster_has_its_colour(plane):
    page = plane(shape="four", k=4)
    of_centroids = colours(page, ".centroid", "border-color")
    assert len(of_centroids) == 4
    assert len(colours(page, ".point", "fill")) == 1  # none is assigned
    press(page, "run")
    assert colours(page, ".point", "fill") == colours(page, ".cell", "fill") == of_centroids


def colours(page, selector, name):
    """Return the set of colours of what is selected, by the name of their property."""
    told = f"all => all.map(each => getComputedStyle(each).getPropertyValue('{name}'))"
    return set(page.locator(selector).evaluate_all(told))


def test_what_is_below_zero_has_a_minus_at_the_ticks(plane):
    page = plane(shape="four")
    ticks = " ".join(page.locator(".stage text").all_text_contents())
    assert "\N{MINUS SIGN}500" in ticks and "-" not in ticks


def test_a_centroid_without_points_stays_and_the_page_says_so(plane):
    page = plane(shape="long", seed=1)
    stage = page.locator(".stage svg").bounding_box()
    drag(page, 0, stage["x"] + 0.54 * stage["width"], stage["y"] + 0.45 * stage["height"])
    drag(page, 1, stage["x"] + 0.54 * stage["width"], stage["y"] + 2)
    placed = numbers(page, "centroids")
    press(page, "run")
    points = numbers(page, "points")
    expected = kmeans(points, 2, init=placed)
    assert page.evaluate(DIGEST) == expected.digest
    assert np.bincount(expected.assignments, minlength=2)[1] == 0
    assert (numbers(page, "centroids")[1] == placed[1]).all()
    expects(page.locator(".told")).to_contain_text("Centroid 2 has no points and stays.")
    expects(page.locator(".verdict")).to_contain_text("Centroid 2 has no points at all")


def test_the_points_of_the_chapters_are_those_of_the_chapters(plane):
    page = plane()
    chapters = {
        "herd": of_chapter("03", "weights", "heights", "animals")[2],
        "four": of_chapter("03", "blobs", "four")[1],
        "sixteen": of_chapter("06", "middles", "scatter", "groups")[2],
    }
    for name, points in chapters.items():
        found = page.evaluate("name => mnistKmeans.shapes[name].make().values", name)
        assert np.array_equal(np.reshape(found, (-1, 2)), points), name


def test_what_is_said_of_each_shape_holds(plane):
    """Each number in the sentences stands here as it is computed."""
    page = plane()
    for name in SHAPES:
        shape = page.evaluate(
            "name => { const it = mnistKmeans.shapes[name]; return { ...it, ...it.make() }; }", name
        )
        points, k, says = np.reshape(shape["values"], (-1, 2)), shape["k"], shape["says"]
        runs = repeat_inits(points, k, range(20))
        best = min(runs, key=lambda run: run.inertia)
        if name == "uniform":
            sizes = np.bincount(best.assignments)
            assert f"{len(points)} points" in says
            assert f"of {sizes.min()} to {sizes.max()} points" in says
            continue
        groups = np.array(shape["groups"])
        true = [points[groups == group] for group in range(k)]
        table = contingency_table(groups, best.assignments, k, n_labels=k)
        truth = sum(((each - each.mean(axis=0)) ** 2).sum() for each in true)
        purity = table.max(axis=1).sum() / len(points)
        assert re.search(r"purity (?:of )?(\d\.\d\d)", says)[1] == f"{purity:.2f}", name
        far_above = sum(run.inertia > 1.1 * best.inertia for run in runs)
        sizes = [len(each) for each in true]
        if name == "four":
            assert f"{far_above} end far above" in says
        elif name == "herd":
            assert far_above == 0 and sizes == [10, 10]
        elif name == "sixteen":
            lowest = min(
                run.inertia for run in repeat_inits(points, k, range(20), init="k-means++")
            )
            assert best.inertia > 1.1 * truth > lowest
        else:
            assert best.inertia < 0.9 * truth
            assert all(str(size) in says for size in sizes if name != "long")
        if name == "uneven":
            [together] = np.flatnonzero(table[:, 1] == 40)
            assert table[together, 2] == 40 and np.sort(table[:, 0])[1] > 50
        elif name == "long":
            assert table.min() > 0.4 * 150
        elif name == "rings":
            assert table[:, 1].min() > 0.4 * 100 and table[:, 0].max() > 0.95 * 100


def test_each_point_lies_in_one_cell_and_of_two_centroids_in_one_place_the_lower_has_it(plane):
    page = plane(shape="uniform", k=16, seed=1)
    press(page, "step", "step", "step")
    inside = page.evaluate(
        """() => {
            const { state, box } = mnistKmeans.planes[0];
            const { cell, placeOf } = mnistKmeans.cells;
            const polygons = Array.from({ length: 16 }, (_, i) => cell(state.centroids, i, box));
            const holds = (corners, [x, y]) => corners.reduce((odd, [p, q], at) => {
                const [r, s] = corners.at(at - 1);
                return odd !== (q > y !== s > y && x < ((r - p) * (y - q)) / (s - q) + p);
            }, false);
            return Array.from({ length: state.points.n }, (_, point) =>
                polygons.flatMap((corners, cluster) =>
                    holds(corners, placeOf(state.points.values, point)) ? [cluster] : []));
        }"""
    )
    assert inside == [[cluster] for cluster in json.loads(state(page))["assignments"]]
    corners = page.evaluate(
        """() => [0, 1].map((cluster) => mnistKmeans.cells.cell([5, 5, 5, 5], cluster,
            { left: 0, right: 10, bottom: 0, top: 10 }).length)"""
    )
    assert corners == [4, 0]


def test_back_gives_exactly_what_was_there(plane):
    page = plane(shape="uneven", seed=2)
    seen = [state(page)]

    def then(act):
        act()
        seen.append(state(page))

    then(lambda: press(page, "step"))
    then(lambda: press(page, "step"))
    page.locator(".centroid").first.focus()
    then(lambda: [page.keyboard.press("ArrowLeft") for _ in range(3)])  # one way, however many keys
    page.locator(".adder").focus()
    page.keyboard.press("ArrowUp")
    then(lambda: page.keyboard.press("Enter"))
    then(lambda: press(page, "step"))
    assert len(set(seen)) == len(seen) == 6
    for earlier in reversed(seen[:-1]):
        press(page, "back")
        assert state(page) == earlier
    assert page.locator(".back").get_attribute("aria-disabled") == "true"
    press(page, "step")
    assert state(page) == seen[1]
    press(page, "reset")
    assert state(page) == seen[0]


def test_a_point_is_added_with_the_keyboard_or_by_a_press(plane):
    page = plane(shape="four")
    press(page, "run")
    before = len(numbers(page, "points"))
    page.locator(".adder").focus()
    name = page.locator(".adder").get_attribute("aria-label")
    place = [int(number.replace(",", "")) for number in re.findall(r"-?[\d,]*\d", name)]
    page.keyboard.press("Enter")
    expects(page.locator(".spoken")).to_contain_text("Point added at")
    page.locator(".stage svg").click(position={"x": 200, "y": 100})
    points = numbers(page, "points")
    assert len(points) == before + 2
    assert points[before].tolist() == place
    press(page, "run")
    expected = kmeans(points, 4, init=numbers(page, "centroids"))
    assert page.evaluate(DIGEST) == expected.digest


def test_a_centroid_is_dragged_and_its_points_follow(plane):
    page = plane(PHONE, shape="four", seed=1)
    press(page, "run")
    before = json.loads(state(page))
    box = page.locator(".centroid").nth(1).bounding_box()
    drag(page, 1, box["x"] - 210, box["y"] + 5)
    after = json.loads(state(page))
    assert after["kind"] == "by hand" and after["changes"] and after["next"] == "update"
    assert len(after["path"]) == len(before["path"]) + 1
    press(page, "run")  # over the hill
    assert json.loads(state(page))["path"][-1]["inertia"] < before["path"][-1]["inertia"] / 3
    expects(page.locator(".verdict")).to_contain_text("as low as any start")


def test_a_bad_optimum_is_found_and_explained(plane):
    page = plane(shape="four", seed=1)
    task = page.locator(".task")
    press(page, "step")
    expects(task).not_to_have_class(re.compile("solved"))
    press(page, "run")
    expects(task).to_have_class(re.compile("solved"))
    told = page.locator(".verdict").text_content()
    one, other, alone = map(int, re.search(r"(\d) and (\d) share .+ (\d) serves", told).groups())
    rise = re.search(r"from ([\d,]+) to ([\d,]+), before it falls to ([\d,]+)\.", told).groups()
    points, stuck = numbers(page, "points"), numbers(page, "centroids")
    groups = np.repeat(range(4), 60)
    own = [np.bincount(groups[assign(points, stuck) == each - 1]) for each in (one, other, alone)]
    assert own[0].argmax() == own[1].argmax()
    assert np.count_nonzero(own[2]) == 2
    on_the_way = []
    [lonely] = [group for group in np.flatnonzero(own[2]) if group != own[2].argmax()]
    middle = np.round(points[groups == lonely].mean(axis=0))
    for percent in range(101):
        carried = stuck.copy()
        carried[other - 1] = np.floor(
            stuck[other - 1] + percent / 100 * (middle - stuck[other - 1]) + 0.5
        )
        on_the_way.append(nearest(points, carried)[1].sum())
    told_way = [int(number.replace(",", "")) for number in rise]
    assert told_way[1:] == [round(max(on_the_way)), round(on_the_way[-1])]
    assert told_way[0] == round(kmeans(points, 4, seed=1).inertia) < told_way[1]
    page.locator("[name=seed]").fill("0")
    page.locator("[name=seed]").press("Enter")
    press(page, "run")
    expects(page.locator(".verdict")).to_contain_text("as low as any start")
    expects(task).not_to_have_class(re.compile("solved"))


def test_the_true_groups_can_be_a_bad_optimum(plane):
    page = plane(shape="long", seed=0)
    press(page, "run")
    expects(page.locator(".verdict")).to_contain_text("the groups that the points were drawn in")


def test_a_run_moves_at_its_own_pace_and_is_announced_at_its_end(built_site, open_page):
    page = open_page(motion="no-preference")
    stop_clock(page)
    page.goto(f"{built_site.as_uri()}/plane.html?seed=1")
    page.evaluate(
        """() => {
            window.spoken = [];
            const watch = new MutationObserver(() =>
                window.spoken.push(document.querySelector(".spoken").textContent));
            watch.observe(document.querySelector(".spoken"), { childList: true });
        }"""
    )
    press(page, "run")
    expects(page.locator(".run")).to_have_text("Pause")
    assert json.loads(state(page))["kind"] == "assign"
    page.clock.run_for(1000)
    assert json.loads(state(page))["kind"] == "update"
    press(page, "run")  # pause
    page.clock.run_for(5000)
    assert json.loads(state(page))["kind"] == "update"
    press(page, "run")
    page.clock.run_for(20_000)
    assert json.loads(state(page))["next"] is None
    assert page.evaluate("window.spoken") == [page.locator(".told").text_content()]


@each_scheme
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_plane_fits_the_window_and_axe_finds_no_barrier(size, scheme, plane):
    """The screenshots that this takes are for people to look at."""
    page = plane(size, scheme, shape="sixteen")
    press(page, "step", "step", "step", "run")
    assert overhang(page) == 0
    shot = SCREENSHOTS / f"plane-{size[0]}-{scheme}.png"
    page.locator(".live-plane").screenshot(path=shot)
    assert page.troubles == []
    # Centroids lie where k-means puts them, so two may be close; arrow keys reach each of them.
    found = [
        each for each in barriers(page) if each[0] != "target-size" or "centroid" not in each[1]
    ]
    assert found == []


def test_without_scripts_there_is_a_picture_and_its_words(built_site, browser):
    context = browser.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.goto((built_site / "plane.html").as_uri())
    picture = page.locator(".live-plane img")
    assert picture.is_visible()
    assert picture.get_attribute("alt").startswith("Four groups, two starts, two ends.")
    context.close()


def test_chapter_3_has_the_herd_and_the_four_groups_in_place(built_site, open_page):
    page = open_page(PHONE)
    page.goto((built_site / "03_lloyd_from_scratch.html").as_uri())
    animation, herd, four = page.locator("div[id^=lloyd-]"), *page.locator(".live-plane").all()
    assert herd.is_visible() and not animation.is_visible()
    assert overhang(page) == 0
    for number, (plane, k, seed) in enumerate([(herd, 2, 2), (four, 4, 1)]):
        plane.locator(".run").click()
        digest = page.evaluate(DIGEST.replace("[0]", f"[{number}]"))
        points = page.evaluate(f"mnistKmeans.planes[{number}].state.points.values")
        assert digest == kmeans(np.reshape(points, (-1, 2)), k, seed=seed).digest
        plane.screenshot(path=SCREENSHOTS / f"plane-in-chapter-3-{number}.png")
    page.emulate_media(media="print")
    assert animation.locator(".strip").is_visible() and not herd.is_visible()
    assert page.troubles == []


def test_chapter_3_has_the_animation_where_there_are_no_scripts(built_site, browser):
    context = browser.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.goto((built_site / "03_lloyd_from_scratch.html").as_uri())
    assert page.locator("div[id^=lloyd-] .live svg").is_visible()
    context.close()
