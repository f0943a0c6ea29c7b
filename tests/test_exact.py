"""The grid: exactness held against whole numbers of any size, with == throughout."""

from fractions import Fraction
from itertools import product
from math import floor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_kmeans.basics.errors import InputError
from mnist_kmeans.exact import as_points, grid_bits, grid_mean, to_grid
from mnist_kmeans.lloyd import pairwise_squared_distances

RANGES = [(0, 255), (-128, 127), (0, 1), (-1, 0), (7, 7), (-3, -2), (0, 0), (100, 101), (0, 65535)]


def exact_squared_distance(point, centroid):
    """Return |x - c|^2 without any rounding."""
    return sum(
        (Fraction(x) - Fraction(c)) ** 2
        for x, c in zip(point.tolist(), centroid.tolist(), strict=True)
    )


def test_the_grid_of_mnist():
    assert grid_bits(np.array([[0, 255] * 392], dtype=np.uint8)) == 13


@pytest.mark.parametrize("low, high", RANGES)
@pytest.mark.parametrize("d", [1, 2, 3, 4, 5, 64, 65, 784])
def test_nothing_rounds_at_the_extremes_of_the_grid(low, high, d):
    """The largest products, sums and differences that the range allows, next to odd grid points."""
    points = np.array([[low] * d, [high] * d, [low, high] * (d // 2) + [low] * (d % 2)])
    bits = grid_bits(points)
    step = 2.0**-bits
    ends = {low, high, min(low + step, high), max(high - step, low), (low + high) / 2}
    centroids = np.array([[end] * d for end in sorted(ends)])
    squared = pairwise_squared_distances(points, centroids)
    for (i, point), (j, centroid) in product(enumerate(points), enumerate(centroids)):
        assert Fraction(squared[i, j]) == exact_squared_distance(point, centroid)


@pytest.mark.parametrize("low, high", RANGES)
@pytest.mark.parametrize("d", [1, 2, 3, 784, 1024, 1025])
def test_the_grid_leaves_room_for_any_order_of_summation(low, high, d):
    """|x|^2 + |c|^2 and every partial sum on the way fit into the 53 bits of a float64."""
    bits = grid_bits(np.array([[low] * d, [high] * d]))
    reach = max(high, 0) - min(low, 0)
    terms = d * reach**2 * 4**bits  # in steps of 2^-2f
    assert 2 * terms <= 2**53


@given(st.integers(-255, 255), st.integers(0, 255), st.data())
def test_distances_are_exact(low, width, data):
    high = low + width
    n, k, d = (data.draw(st.integers(1, 5)) for _ in range(3))
    values = st.lists(st.integers(low, high), min_size=d, max_size=d)
    points = np.array(data.draw(st.lists(values, min_size=n, max_size=n)))
    bits = grid_bits(points)
    small, large = int(points.min()), int(points.max())
    steps = st.integers(small << bits, large << bits)
    rows = st.lists(st.lists(steps, min_size=d, max_size=d), min_size=k, max_size=k)
    centroids = np.array(data.draw(rows)) / 2.0**bits
    squared = pairwise_squared_distances(points, centroids)
    for (i, point), (j, centroid) in product(enumerate(points), enumerate(centroids)):
        assert Fraction(squared[i, j]) == exact_squared_distance(point, centroid)


@pytest.mark.parametrize("d", [1, 2, 784])
def test_integers_up_to_the_limit_are_taken_and_beyond_it_refused(d):
    bits = (53 - (d - 1).bit_length() - 1) // 2 - 1
    limit = 2**bits - 1
    assert grid_bits(np.array([[limit] * d])) == 1
    assert grid_bits(np.array([[-limit] * d])) == 1
    for too_large in (limit + 1, -limit - 1, 2**62):
        with pytest.raises(InputError, match=f"in {d} dimensions are too large .* scale them down"):
            grid_bits(np.array([[too_large] * d]))


def test_the_largest_integers_of_all_are_refused():
    """Their difference fits into no int64."""
    for points in (
        np.array([[-(2**63)], [2**63 - 1]]),
        np.array([[2**64 - 1]], dtype=np.uint64),
    ):
        with pytest.raises(InputError, match="too large"):
            grid_bits(points)


def test_floats_have_no_grid():
    assert grid_bits(np.array([[0.5]])) is None


@given(st.floats(-1000, 1000), st.integers(1, 20))
def test_to_grid_finds_the_nearest_step(value, bits):
    steps = floor(Fraction(value) * 2**bits + Fraction(1, 2))
    assert Fraction(to_grid([value], bits)[0]) == Fraction(steps, 2**bits)


@pytest.mark.parametrize("half", [0.5, -0.5, 1.5, 2.5])
def test_to_grid_sends_halves_up_and_what_is_below_down(half):
    values = [half, np.nextafter(half, -np.inf), np.nextafter(half, np.inf)]
    up = floor(half + 0.5)
    assert (to_grid(np.array(values) / 8, 3) * 8).tolist() == [up, up - 1, up]


@given(
    st.lists(st.integers(-255, 255), min_size=1, max_size=30),
    st.integers(1, 13),
)
def test_grid_mean_is_the_minimiser_on_the_grid(members, bits):
    total, count = sum(members), len(members)
    mean = Fraction(grid_mean(np.array([[total]]), np.array([count]), bits)[0, 0])
    assert mean == Fraction(floor(Fraction(total * 2**bits, count) + Fraction(1, 2)), 2**bits)

    def objective(centre):
        return sum((member - centre) ** 2 for member in members)

    step = Fraction(1, 2**bits)
    assert objective(mean) <= objective(mean - step)
    assert objective(mean) <= objective(mean + step)


def test_grid_mean_of_the_largest_data_set_stays_within_int64():
    n = 2**28
    sums, counts = np.array([[255 * n, -255 * n, 255 * n - 1]]), np.array([n])
    assert grid_mean(sums, counts, 13).tolist() == [[255.0, -255.0, 255.0]]


@pytest.mark.parametrize(
    "points, message",
    [
        ([], r"shape \(0,\)"),
        ([[]], r"shape \(1, 0\)"),
        (np.zeros((0, 784)), r"shape \(0, 784\)"),
        (5, r"shape \(\)"),
        (None, r"shape \(\)"),
        ([1, 2], r"shape \(2,\)"),
        (np.zeros((2, 28, 28)), r"shape \(2, 28, 28\)"),
        ([[1, 2], [3]], "its rows equally long"),
        ([["a"]], "integers or floats; got <U1"),
        ([[1j]], "integers or floats; got complex128"),
        ([[10**30]], "pixels must be numbers of at most 64 bits"),
        ([[1.0, 2.0], [3.0, np.nan]], "row 1, column 1 is nan"),
        ([[1.0, -np.inf]], "row 0, column 1 is -inf"),
        ([[1e200]], "row 0, column 0 is 1e[+]200"),
    ],
)
def test_what_is_no_table_of_numbers_is_refused(points, message):
    with pytest.raises(InputError, match=message) as error:
        as_points(points, "pixels")
    assert str(error.value).startswith("pixels must ")


@pytest.mark.parametrize("kind", ["u1", "i2", "u8", "f2", "f4", "f8", "g"])
@pytest.mark.filterwarnings("error")
def test_every_kind_of_number_is_taken(kind):
    points = np.array([[0, 1]], dtype=kind)
    assert as_points(points) is points
