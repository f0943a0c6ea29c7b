"""Where the centroids start: equal draws everywhere, the ones the textbook rule asks for."""

import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_kmeans import load_mnist, plus_plus_centroids
from mnist_kmeans.basics.chance import below, draw, generator
from mnist_kmeans.basics.errors import InputError

DIGEST = "2eb462771006f84fb1c8d0ce980478252c40ab28cd21ad8f14344e3676d66688"


def plain_plus_plus(points, k, seed):
    """k-means++ word for word: all the distances to every new centroid."""
    bits = generator(seed)
    weights = np.ones(len(points))
    chosen = []
    for _ in range(k):
        chosen.append(draw(weights, bits))
        difference = points - points[chosen[-1]].astype(np.float64)
        squares = np.einsum("nd,nd->n", difference, difference)
        weights = squares if len(chosen) == 1 else np.minimum(weights, squares)
        if not weights.any():
            weights = np.ones(len(points))
    return points[chosen].astype(np.float64)


@given(
    st.integers(0, 2**32),
    st.integers(1, 60),
    st.sampled_from([1, 2, 9, 80]),
    st.sampled_from([(0, 1), (0, 255), (-4, 4), (-700_000, 500_000)]),
    st.booleans(),
    st.booleans(),
)
def test_plus_plus_draws_what_the_plain_rule_draws(seed, n, d, values, repeated, floats):
    rng = np.random.default_rng(seed)
    points = rng.integers(*values, (n, d), endpoint=True)
    if repeated:
        points = points[rng.integers(0, max(1, n // 5), n)]
    if floats:
        points = points * 0.1
    for k in {1, (n + 1) // 2, n}:
        assert np.array_equal(
            plus_plus_centroids(points, k, seed), plain_plus_plus(points, k, seed)
        )


class Raw:
    """A bit generator that gives the numbers it is told."""

    def __init__(self, *numbers):
        self.numbers = iter(numbers)

    def random_raw(self):
        return next(self.numbers)


@pytest.mark.parametrize("total", [1, 2, 3, 7, 2**52 + 1])
def test_below_gives_each_whole_number_equally_often(total):
    """2^64 raw numbers, less what is left over: those of the leftover are drawn again."""
    leftover = 2**64 % total
    last = 2**64 - 1 - leftover
    assert [below(total, Raw(raw)) for raw in (0, total - 1, last)] == [0, total - 1, total - 1]
    if leftover:
        assert [below(total, Raw(raw, 0)) for raw in (last + 1, 2**64 - 1)] == [0, 0]
        assert below(total, Raw(2**64 - 1, last + 1, last)) == total - 1


def test_below_gives_fractions_from_zero_up_to_the_total_and_not_the_total():
    assert below(2.5, Raw(0)) == 0
    assert below(2.5, Raw(2**63)) == 1.25
    assert 2.5 * (1 - 2**-51) < below(2.5, Raw(2**64 - 1)) < 2.5


def test_draw_gives_each_index_as_many_of_the_numbers_as_it_weighs():
    weights = np.array([0, 2, 0, 1, 3, 0])
    assert [draw(weights, Raw(raw)) for raw in range(6)] == [1, 1, 3, 4, 4, 4]


def test_plus_plus_on_digits():
    points = load_mnist("sample").images
    found = plus_plus_centroids(points, 40, 3)
    assert np.array_equal(found, plain_plus_plus(points, 40, 3))
    assert hashlib.sha256(found.tobytes()).hexdigest() == DIGEST


def test_plus_plus_refuses_integers_too_large_to_be_exact():
    with pytest.raises(InputError, match="too large"):
        plus_plus_centroids(np.array([[0, 0], [2**40, 1]]), 2, 0)


@pytest.mark.parametrize("far", [2.3e-162, 5e-324, 1e-200, 1e144])
@pytest.mark.parametrize("seed", range(4))
def test_floats_at_the_ends_of_their_range_are_drawn_like_others(far, seed):
    points = np.array([[0.0], [far], [0.0]])
    chosen = plus_plus_centroids(points, 2, seed)
    assert all(row in points for row in chosen)
    if far**2 > 0:
        assert sorted(chosen.ravel()) == [0.0, far]
