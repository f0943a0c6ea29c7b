"""Many runs: equal to one run each, in the order asked for, and clear when one fails."""

import numpy as np
import pytest

from mnist_kmeans import kmeans, load_mnist, repeat_inits, sweep_k
from mnist_kmeans.errors import InputError

POINTS = load_mnist("sample").images[:600]


def assert_equal(one, other):
    np.testing.assert_array_equal(one.centroids, other.centroids)
    np.testing.assert_array_equal(one.assignments, other.assignments)
    assert (one.inertia, one.history) == (other.inertia, other.history)


def test_repeated_runs_are_the_single_runs_in_the_order_of_the_seeds():
    seeds = [3, 0, 7, 0]
    for seed, run in zip(seeds, repeat_inits(POINTS, 8, seeds), strict=True):
        assert_equal(run, kmeans(POINTS, 8, seed=seed))


def test_a_sweep_is_keyed_by_k_in_the_order_asked_for():
    swept = sweep_k(POINTS, [9, 2, 5], seeds=[4, 1], init="k-means++")
    assert list(swept) == [9, 2, 5]
    for k, runs in swept.items():
        for seed, run in zip([4, 1], runs, strict=True):
            assert_equal(run, kmeans(POINTS, k, seed=seed, init="k-means++"))


def test_floats_are_repeated_too():
    points = POINTS[:100] / 255
    (run,) = repeat_inits(points, 3, [5])
    assert_equal(run, kmeans(points, 3, seed=5))


def test_a_failing_run_is_named():
    with pytest.raises(InputError, match=r"k = 601, seed 2.*between 1 and n = 600"):
        sweep_k(POINTS, [3, 601], seeds=[2])
