"""The animation of Lloyd's algorithm: its scenes, its words, its bytes, and where it is saved."""

import base64
import re
import sys
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from helpers import COURSE
from matplotlib.path import Path

from mnist_kmeans import plots
from mnist_kmeans.basics import places
from mnist_kmeans.basics.errors import InputError
from mnist_kmeans.course.store import code_cells, read_stored
from mnist_kmeans.data.editions import EDITIONS
from mnist_kmeans.plots.animation import lloyd_animation

SVG = "{http://www.w3.org/2000/svg}"
POINTS = np.array([[0, 10], [1, 10], [8, 10], [9, 20]])
STEPS = [
    (np.array([0, 0, 0, 1]), np.array([[0.0, 10], [9, 20]])),
    (np.array([0, 0, 1, 1]), np.array([[3.0, 10], [9, 20]])),
    (np.array([0, 0, 1, 1]), np.array([[0.5, 10], [8.5, 15]])),
]
LABELS = {"heading": "Cats & dogs", "xlabel": "length (m)", "ylabel": "age (years)"}


def animate(steps=STEPS):
    return lloyd_animation(POINTS, steps, **LABELS)


def groups(animation, kind):
    """Return the groups of the drawing that are shown for a time, or that move."""
    drawing = ET.fromstring(animation.element).find(f".//{SVG}svg")
    return [each for each in drawing.findall(f"{SVG}g") if kind in each.get("class", "").split()]


def captions(animation):
    """Return the text of each scene, in order."""
    texts = [each.findall(f"{SVG}text") for each in groups(animation, "shown")]
    return [": ".join(text.text for text in pair) for pair in texts if pair]


@pytest.mark.parametrize("iterations", [1, 2, 3])
def test_there_are_points_without_a_cluster_and_then_those_of_each_iteration(iterations):
    animation = animate(STEPS[-iterations:])
    paths = [each.findall(f"{SVG}path") for each in groups(animation, "shown")[: 1 + iterations]]
    markers = [
        [path.get("d").count("M") for path in each if path.get("class") is None] for each in paths
    ]
    assert markers == [
        [4],
        *(np.bincount(assignments).tolist() for assignments, _ in STEPS[-iterations:]),
    ]
    assert len(captions(animation)) == 1 + 2 * iterations
    buttons = re.findall('<input .+? aria-label="(.+?)"', animation.element)
    numbers = range(1, iterations + 1)
    held = [f"iteration {number}: {step}" for number in numbers for step in ("assign", "update")]
    assert buttons == ["play", "pause", "start", *held]


def test_step_and_back_lead_to_the_scenes_beside():
    leads = re.findall(
        r'<label class="key step of-(\S+)" for="lloyd-\w+-at-(\d+)">(\w+)<', animate().element
    )
    assert leads == [
        *[("play", "0", "step"), ("pause", "0", "step")],
        *[(f"at-{scene}", str(scene - 1), "back") for scene in range(1, 7)],
        *[(f"at-{scene}", str(scene + 1), "step") for scene in range(6)],
    ]


def cells_and_changes(drawing):
    """Return of a part of a drawing the cells, and from where to where lines of changes go."""
    paths = {name: [] for name in (None, "cell", "change")}
    for path in drawing.iter(f"{SVG}path"):
        paths[path.get("class")].append(path.get("d"))
    return paths["cell"], paths["change"]


def test_borders_and_lines_say_why_a_point_changes():
    first, second, third = (each for each in groups(animate(), "shown")[4:7])
    assert [len(cells_and_changes(each)[1]) for each in (first, second, third)] == [4, 2, 0]
    # The third point goes from the left cross to the right one. A unit is 380 / 10.08 pixels wide.
    x, left, right = (58 + (each + 0.54) * 380 / 10.08 for each in (8, 3, 9))
    y, above = (338 - (each - 9.4) * 256 / 11.2 for each in (10, 20))
    to, back = cells_and_changes(second)[1]
    assert to == f"M{x:.1f} {y:.1f}L{right:.1f} {above:.1f}"
    assert back == f"M{x:.1f} {y:.1f}L{left:.1f} {y:.1f}"
    for clustering, (_, centroids) in zip(groups(animate(), "shown")[1:4], STEPS, strict=True):
        for cell, centroid in zip(cells_and_changes(clustering)[0], centroids, strict=True):
            corners = np.array(re.findall(r"([\d.]+) ([\d.]+)", cell), dtype=float)
            spot = np.array([58, 338]) + (centroid - [-0.54, 9.4]) / [10.08, 11.2] * [380, -256]
            assert Path(corners).contains_point(spot)


def test_each_scene_says_what_happens():
    assert captions(animate(STEPS[1:])) == [
        "Start: the first centroids",
        "Iteration 1: assign: each point goes to the nearest centroid",
        "Iteration 1: update: each centroid goes to the mean of its points",
        "Iteration 2: assign: each point goes to the nearest centroid",
        "Iteration 2: update: no centroid moves any more: the end",
    ]


def test_a_cross_stands_where_its_centroid_is_at_each_step():
    animation = animate()
    low, high = np.array([-0.54, 9.4]), np.array([9.54, 20.6])  # 380 wide and 256 high as drawn
    crosses = [each.get("class").split()[-1] for each in groups(animation, "moved")]
    first, second, third = (centroids for _, centroids in STEPS)
    held = [first, first, second, second, third, third, third]  # from the start to the last update
    for scene, centroids in enumerate(held):
        for cross, centroid in zip(crosses, centroids, strict=True):
            x, y = np.round([58, 338] + (centroid - low) / (high - low) * [380, -256], 1)
            rule = rf"^(?:#\S+-at-{scene}:checked ~ svg )?\.{cross} {{ .*?(transform: .+?) }}"
            *_, last = re.findall(rule, animation.element, re.MULTILINE)
            assert last == f"transform: translate({x:g}px, {y:g}px)"


def test_its_words_say_how_the_clusters_change():
    alt = (
        "Cats & dogs. age (years) against length (m). In 3 iterations the clusters have 3 and 1, then "
        "2 and 2, then 2 and 2 points; the centroids, drawn as crosses, move to their means."
    )
    animation = animate()
    assert animation.alt == alt
    page = ET.fromstring(animation.element)
    assert page.find(".//img").get("alt") == alt
    drawing = page.find(f".//{SVG}svg")
    assert (drawing.get("role"), drawing.get("aria-label")) == ("img", alt)
    assert animation._repr_mimebundle_() == {
        "text/html": animation.element,
        "text/plain": f"Animation: {alt}",
    }


def test_the_strip_shows_each_iteration_as_the_moving_drawing_does():
    page = ET.fromstring(animate().element)
    kind, _, data = page.find(".//img").get("src").partition(",")
    assert kind == "data:image/svg+xml;base64"
    image = ET.fromstring(base64.b64decode(data))
    assert image.find(f".//{SVG}style") is None  # nothing moves
    stills = image.findall(f"{SVG}g")
    assert [each.find(f"{SVG}text").text for each in stills] == [
        "Iteration 1",
        "Iteration 2",
        "Iteration 3: no centroid moves any more",
    ]
    shown = groups(animate(), "shown")
    for still, clustering, lines in zip(stills, shown[1:4], shown[4:7], strict=True):
        cells, changes = cells_and_changes(still)
        assert (cells, changes) == (cells_and_changes(clustering)[0], cells_and_changes(lines)[1])
    rings = [(each.get("cx"), each.get("cy")) for each in stills[0].iter(f"{SVG}circle")]
    assert rings == [("191.5", "324.3"), ("417.6", "95.7")]


def test_it_has_the_same_bytes_each_time_and_others_have_other_names():
    assert animate().content() == animate().content()
    names = {ET.fromstring(animate(steps).element).get("id") for steps in (STEPS, STEPS[1:])}
    assert len(names) == 2


def test_too_many_clusters_are_refused():
    many = [(np.arange(4), POINTS.astype(float))]
    with pytest.raises(InputError, match="3 clusters, not for 4"):
        animate(many)


def test_a_script_saves_it_as_a_page(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(places, "checkout", lambda: tmp_path)
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    animation = animate()
    plots.show(animation)
    [saved] = (tmp_path / "build" / "figures").iterdir()
    assert saved.suffix == ".html"
    assert saved.read_bytes() == animation.content()
    assert animation.alt in capsys.readouterr().out


@pytest.mark.parametrize("edition", EDITIONS)
def test_chapter_3_stores_the_animation_once(edition):
    cells = code_cells(read_stored(COURSE.stored_folder(edition) / "03_lloyd_from_scratch.ipynb"))
    [output] = [
        output
        for cell in cells
        for output in cell.outputs
        if output.get("data", {}).get("text/plain", "").startswith("Animation: ")
    ]
    assert output.data["text/plain"].startswith("Animation: Lloyd's algorithm at work")
    assert ET.fromstring(output.data["text/html"]).get("id").startswith("lloyd-")
