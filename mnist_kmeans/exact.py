"""The number grid on which float64 arithmetic is exact.

A float64 holds every multiple of a step 2^-m whose size stays below 2^(53-m). So if the points are
integers and every centroid coordinate is a multiple of 2^-f, all the products, dot products and
squared distances of k-means are multiples of 2^-2f, and none of them is rounded as long as they
stay below 2^(53-2f). Sums that are never rounded come out the same in any order: on one thread or
many, with any BLAS, on any machine.
"""

from numbers import Real

import numpy as np

from mnist_kmeans.basics.errors import InputError, as_array, shown

LARGEST = np.float64(1e145)  # of floats: sums of the squares of larger ones may overflow


def as_points(points, name="points"):
    """Return `points` as an array that k-means can work on; `name` is for the error messages.

    Takes anything that numpy turns into an (n, d) array of integers, booleans or floats, n and d at least 1.
    Raises InputError for another shape or type, and for floats that are not finite or overflow when
    they are squared.
    """
    points = as_array(points, name)
    if points.ndim != 2 or points.size == 0:
        raise InputError(
            f"{name} must be a table of rows and columns, at least one of each; "
            f"got shape {points.shape}"
        )
    if points.dtype.kind not in "iuf":
        missing = next((each for each in points.flat if not isinstance(each, Real)), None)
        what = f"{shown(missing)} among them" if points.dtype == object else points.dtype
        raise InputError(f"{name} must be integers or floats; got {what}")
    if points.dtype.kind == "f":
        bad = ~(np.abs(points) < LARGEST)  # NaN compares as False
        if bad.any():
            row, column = np.argwhere(bad)[0]
            raise InputError(
                f"{name} must be finite and within {LARGEST:g}, so that squares do not overflow; "
                f"row {row}, column {column} is {points[row, column]}"
            )
    return points


def grid_bits(points):
    """Return f: centroids of these points are kept on the grid of step 2^-f.

    `points` is (n, d). For integers f is the largest number that lets nothing round: with `bits` for
    the largest difference that two coordinates can have (zero counted in),

        f = floor((53 - ceil(log2 d) - 1) / 2) - bits

    so that a sum of d squares stays below 2^52 steps of 2^-2f, and even |x|^2 + |c|^2 below 2^53.
    For floats the answer is None: they are used as they are, without the promise.
    Raises InputError when integers are so large that f would fall below 1.
    """
    if points.dtype.kind == "f":
        return None
    return range_bits(int(points.min()), int(points.max()), points.shape[1])


def range_bits(low, high, d):
    """Return what grid_bits does for integers in d dimensions that reach from low to high."""
    reach = max(high, 0) - min(low, 0)
    log2_d = (d - 1).bit_length()  # rounded up
    bits = (53 - log2_d - 1) // 2 - reach.bit_length()
    if bits < 1:
        raise InputError(
            f"integers that reach over {reach} in {d} dimensions are too large for exact "
            "arithmetic; scale them down, or pass floats to go on without the promise of exactness"
        )
    return bits


def to_grid(values, bits):
    """Return the float64 `values` rounded to the nearest multiple of 2^-bits (halves go up)."""
    steps = np.asarray(values, dtype=np.float64) * 2.0**bits
    below = np.floor(steps)
    return (below + (steps - below >= 0.5)) / 2.0**bits  # floor(steps + 0.5) would round in the sum


def grid_mean(sums, counts, bits):
    """Return the grid points nearest to sums / counts, found in integer arithmetic.

    `sums` (k, d) and `counts` (k,) are int64, every count at least 1; the result is (k, d) float64.
    Among all points of the grid these have the least sum of squared distances to the points summed.
    """
    counts = counts[:, None]
    return ((sums << (bits + 1)) + counts) // (2 * counts) / 2.0**bits


def exact_inertia(centroids, sums, counts, sum_of_squares, bits):
    """Return sum |x|^2 - 2 sum c.(sum of its points) + sum |c|^2, rounded once, at the end.

    `centroids` (k, d) lie on the grid of step 2^-bits; `sums` (k, d) int64 and `counts` (k,) are of the
    points of each cluster; `sum_of_squares` is the whole number sum |x|^2.

    In units of 2^-2f these are integers; |c| < 2^26 units, so |c|^2 fits in int64. The product
    with sums fits when they are cut into two parts: |c| 2^24 sqrt(d) < 2^63 for d < 2^26, and
    |c| D n / 2^24 < 2^63 for n < 2^36, where D bounds |x|. Python's integers do the rest.
    """
    unit = 2**bits
    centroids = (centroids * unit).astype(np.int64)
    high, low = sums >> 24, sums & (2**24 - 1)
    products = 2**24 * sum(row_products(centroids, high)) + sum(row_products(centroids, low))
    squares = row_products(centroids, centroids)
    weighted = sum(int(n) * square for n, square in zip(counts, squares, strict=True))
    return (sum_of_squares * unit**2 - 2 * unit * products + weighted) / unit**2


def row_products(a, b):
    """Return the dot products of the rows of two (k, d) int64 tables, as Python integers."""
    return np.vecdot(a, b).tolist()
