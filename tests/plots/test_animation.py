"""The animation of Lloyd's algorithm: its scenes, its words, its bytes, and where it is saved."""

import base64
import re
import sys
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from helpers import COURSE

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
    clusterings = [each for each in groups(animation, "shown") if each.find(f"{SVG}text") is None]
    assert len(clusterings) == 1 + iterations
    markers = [
        [path.get("d").count("M") for path in each.findall(f"{SVG}path")] for each in clusterings
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


def test_the_folded_image_is_the_same_drawing():
    page = ET.fromstring(animate().element)
    kind, _, data = page.find(".//img").get("src").partition(",")
    assert kind == "data:image/svg+xml;base64"
    image = ET.fromstring(base64.b64decode(data))
    assert ET.tostring(image) == ET.tostring(page.find(f".//{SVG}svg")).rstrip()


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
