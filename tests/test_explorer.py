"""The explorer without a browser: its sliders and buttons are set from here."""

import html
import re

import IPython.display
import numpy as np
import pytest

from mnist_kmeans import (
    Digits,
    assign,
    contingency_table,
    explorer,
    kmeans,
    load_mnist,
    plots,
)
from mnist_kmeans.lloyd import pairwise_squared_distances

TRAINING = load_mnist("sample").holdout()[0]


@pytest.fixture
def controls():
    return explorer.Explorer(TRAINING, 7, 3)


def alt(controls):
    """Return the alt text of the portrait that is shown."""
    return html.unescape(re.search('alt="([^"]*)"', controls.portrait.value)[1])


def test_the_states_are_those_of_kmeans():
    found = explorer.states(TRAINING.images, 7, 3)
    for number, (centroids, assignments) in enumerate(found[:5]):
        if number:
            before = kmeans(TRAINING.images, 7, seed=3, max_iter=number)
            assert np.array_equal(centroids, before.centroids)
        assert np.array_equal(assignments, assign(TRAINING.images, centroids))
    end = kmeans(TRAINING.images, 7, seed=3)
    assert len(found) == end.n_iter
    assert np.array_equal(found[-1][0], end.centroids)
    assert np.array_equal(found[-1][1], end.assignments)


def test_it_starts_at_the_end_with_the_most_mixed_cluster(controls):
    end = kmeans(TRAINING.images, 7, seed=3)
    assert controls.iteration.value == controls.iteration.max == end.n_iter
    table = contingency_table(TRAINING.labels, end.assignments, 7)
    assert controls.clusters.index == (table.max(axis=1) / table.sum(axis=1)).argmin()


def test_a_pressed_button_shows_counts_and_members_of_that_cluster(controls):
    end = kmeans(TRAINING.images, 7, seed=3)
    members = end.assignments == 5
    labels = TRAINING.labels[members]
    counts = np.bincount(labels, minlength=10)
    distances = pairwise_squared_distances(TRAINING.images[members], end.centroids[5:6])[:, 0]
    order = distances.argsort(kind="stable")

    def row(chosen):
        return "; ".join(map(str, labels[chosen]))

    controls.clusters.index = 5
    told = alt(controls)
    share = counts.max() / counts.sum()
    assert told.startswith(f"Cluster 5 ({counts.argmax()}: {share:.0%}), {counts.sum():,} members")
    assert ", ".join(f"{digit}: {count}" for digit, count in enumerate(counts)) in told
    assert f"first members: {row(np.arange(24))}." in told
    assert f"most typical (nearest to the centroid): {row(order[:12])}." in told
    assert f"least typical (farthest from it): {row(order[::-1][:12])}." in told


def test_the_iteration_slider_goes_back_and_keeps_the_cluster(controls):
    controls.clusters.index = 5
    controls.iteration.value = 2
    assert controls.clusters.index == 5
    second = kmeans(TRAINING.images, 7, seed=3, max_iter=1)
    members = np.count_nonzero(assign(TRAINING.images, second.centroids) == 5)
    assert f"{members} members" in alt(controls)
    assert f"iteration 2 of {controls.iteration.max}" in controls.summary.value
    assert explorer.State(TRAINING, *controls.states[1]).name(5) in controls.clusters.options[5]


@pytest.mark.parametrize(("slider", "k", "seed"), [("k", 4, 3), ("k", 12, 3), ("seed", 7, 8)])
def test_another_k_or_seed_is_another_run(controls, slider, k, seed):
    getattr(controls, slider).value = k if slider == "k" else seed
    end = kmeans(TRAINING.images, k, seed=seed)
    assert controls.iteration.value == controls.iteration.max == end.n_iter
    assert len(controls.clusters.options) == len(set(controls.clusters.options)) == k
    assert controls.style.value.count("url(data:image/png") == k
    assert f"k = {k}, seed {seed}" in controls.summary.value


def test_there_are_no_more_clusters_than_digits():
    few = Digits(TRAINING.images[:30], TRAINING.labels[:30])
    assert explorer.Explorer(few, 7, 3).k.max == 30


def test_a_failure_while_a_slider_is_set_does_not_silence_it_for_good(controls, monkeypatch):
    monkeypatch.setattr(controls, "draw_iteration", lambda change=None: 1 / 0)
    with pytest.raises(ZeroDivisionError), explorer.silent(controls.seed, controls.run, "value"):
        controls.draw_iteration()
    monkeypatch.undo()
    controls.seed.value = 8
    assert "seed 8" in controls.summary.value


def test_a_cluster_without_members_has_a_portrait():
    centroids = np.vstack([TRAINING.images[:2], np.full(784, 255)]).astype(float)
    assignments = assign(TRAINING.images, centroids[:2])
    state = explorer.State(TRAINING, centroids, assignments)
    picture = state.portrait(2)
    assert picture.alt.startswith("Cluster 2 (empty), 0 members")
    assert picture.png()


def test_only_jupyterlab_gets_the_controls_all_others_a_picture(monkeypatch):
    shown = []
    monkeypatch.setattr(IPython.display, "display", lambda *parts: shown.extend(parts))
    monkeypatch.setattr(plots, "show", shown.append)
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    explorer.explore(TRAINING, 7, 3)
    monkeypatch.setenv("JPY_SESSION_NAME", "open.ipynb")
    explorer.explore(TRAINING, 7, 3)
    picture, names, box = shown
    assert isinstance(names, IPython.display.HTML)
    assert picture.alt == alt(explorer.Explorer(TRAINING, 7, 3))
    assert type(box).__name__ == "VBox"
