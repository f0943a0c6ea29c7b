"""The inner loops of `mnist_kmeans.fast.engine` and of k-means++, compiled by Numba.

They look at one point after the other, where numpy would pass over large arrays many times; and while
one thread is in here, the others need not wait for it. (The same engine in numpy alone took 1.6 times
as long for a sweep over k.) The arguments are fields of Prepared and Run, most of them in named tuples,
for n points in d dimensions and k centroids: `assignments` (n,) int64, `centroids` (k, d) float64,
`sums` (k, d) int64, `margin` as Run explains it.

Without Numba this module cannot be imported; `mnist_kmeans.fast.engine` then does without it.
"""

import math
from functools import partial
from typing import NamedTuple

import numpy as np
from numba import njit

from mnist_kmeans.fast.sketches import REST, SQUARE


class Bounds(NamedTuple):
    """What is known of the distances, shifted by travels as Run explains."""

    upper: np.ndarray  # (n,) float64: to the own centroid
    others: np.ndarray  # (n,) float64: to all the others together
    lower: np.ndarray  # (n, k) float32: to each of the others


class Travels(NamedTuple):
    """How far the centroids have travelled."""

    each: np.ndarray  # (k,) float64
    short: np.ndarray  # the same in float32
    most: float  # the longest moves of all iterations, added up


class Rests(NamedTuple):
    """What is remembered of the products that sketches miss; see `settle`."""

    each: np.ndarray  # (n, k) float32
    own: np.ndarray  # (n,) float64
    travel: np.ndarray  # (k,) float64


class Sketched(NamedTuple):
    """The points and their sketches; see Prepared."""

    points: np.ndarray  # (n, d) integers
    sketches: np.ndarray  # (n, q + 3) float64
    slack: float


def compiled(function, **options):
    """Compile a function; it is kept in __pycache__, or compiled each time where nothing can be written."""
    try:
        return njit(nogil=True, cache=True, **options)(function)
    except RuntimeError:
        return njit(nogil=True, **options)(function)


# These may add up in any order, the quickest: either nothing is rounded, or it is a minimum.
in_any_order = partial(compiled, fastmath={"reassoc", "contract", "nsz", "nnan"})


@in_any_order
def product(x, centroids, j):
    """Return the dot product of x (d,) and centroid j."""
    total = 0.0
    for column in range(len(x)):
        total += x[column] * centroids[j, column]
    return total


@in_any_order
def nearest_other(i, lower, travel):
    """Return the least lower bound of point i; to its own centroid it is infinite."""
    least = np.float32(np.inf)
    for j in range(lower.shape[1]):
        least = min(least, lower[i, j] - travel[j])
    return least


@compiled
def in_doubt(first, last, assignments, bounds, travels, margin):
    """Return, (m,) int64, those of the points first ... last - 1 that question 1 leaves in doubt."""
    upper, others, lower = bounds.upper, bounds.others, bounds.lower
    rows = np.empty(last - first, dtype=np.int64)
    m = 0
    for i in range(first, last):
        reach = (
            upper[i] + travels.each[assignments[i]] + margin
        )  # nothing beyond can be the nearest
        if reach >= others[i] - travels.most:
            others[i] = nearest_other(i, lower, travels.short) + travels.most
            if reach >= others[i] - travels.most:
                rows[m] = i
                m += 1
    return rows[:m]


@compiled
def settle(rows, products, assignments, bounds, travels, margin, rests, sketched, centroids):
    """Assign these rows again, by questions 2 and 3; return how many distances were measured.

    `products` (m, k) are those of their sketches with the counterparts of the centroids.

    About question 2. Let y and b be the sketch coordinates of a point x and a centroid c. What they
    miss of the product is e = x.c - y.b. We know e for the centroid where it was when we last measured
    it; let it have moved by z since, its sketch by g, and let v = z - B'g add up what the sketch missed
    of each move. Then e has changed by

        x.z - y.g = (Bx - y).g + y.Bv + (x - B'y).v

    The last term is at most r |v| <= r R (Cauchy and Schwarz), where r is the length of the rest of x
    (papers call it the residual), and R what `rest_travel` has grown by. The others are rounding errors:
    as Bz is g up to 2 tau D, and |g| <= 2 D, they stay below (4 tau + 2 eta) D^2. (Strictly, |y| and |g|
    may exceed D and 2 D by a factor of 1 + eta, less than 1 + 2^-12; the slack has room for that, and more.)
    Therefore, up to that,

        |x|^2 + |c|^2 - 2 y.b - 2 e - 2 r R  <=  |x - c|^2  <=  the same + 4 r R

    A centroid not measured yet counts as measured when it lay at the origin, where e = 0. `products`
    are the lower bound but for -2 e, with the whole of `rest_travel` for R. `rest` is the correction,
    2 e - 2 r (rest_travel back then), and `own_rest` is its mirror image for the upper bound,
    2 e + 2 r (rest_travel back then).

    Slack: twice the above, and 2^-19 D^2 for `rest` rounded to float32: it stays below 12 D^2, and is
    rounded by 2^-24 of its size.
    """
    upper, others, lower = bounds.upper, bounds.others, bounds.lower
    travel, short_travel = travels.each, travels.short
    rest, own_rest, rest_travel = rests.each, rests.own, rests.travel
    sketches, slack = sketched.sketches, sketched.slack
    squares = np.empty(len(centroids))
    for j in range(len(centroids)):
        squares[j] = product(centroids[j], centroids, j)
    x = np.empty(sketched.points.shape[1])
    measured = 0
    for m in range(len(rows)):
        i = rows[m]
        own = assignments[i]
        rest_length, point_square = sketches[i, REST], sketches[i, SQUARE]

        # 2. Sketches: fresh bounds, unless those carried along are tighter still.
        for j in range(len(centroids)):
            bound = np.float32(math.sqrt(max(products[m, j] - rest[i, j], 0.0)))
            lower[i, j] = max(lower[i, j], bound + short_travel[j])
        others[i] = nearest_other(i, lower, short_travel) + travels.most
        square = products[m, own] + 4 * rest_length * rest_travel[own] - own_rest[i] + 2 * slack
        upper[i] = min(upper[i], math.sqrt(max(square, 0.0)) - travel[own])
        reach = upper[i] + travel[own] + margin
        if reach < others[i] - travels.most:
            continue

        # 3. Distances over all coordinates: to its own centroid, and to all within reach.
        for column in range(len(x)):
            x[column] = sketched.points[i, column]
        lower[i, own] = 0
        nearest, least = -1, math.inf
        for j in range(len(centroids)):
            if lower[i, j] - short_travel[j] <= reach:
                square = point_square - 2 * product(x, centroids, j) + squares[j]
                rest[i, j] = products[m, j] + slack - square
                lower[i, j] = math.sqrt(square) + short_travel[j]
                measured += 1
                if square < least:  # of equally near ones the first
                    nearest, least = j, square
                    reach = min(reach, math.sqrt(least) + margin)
        assignments[i] = nearest
        own_rest[i] = rest[i, nearest] + 4 * rest_length * rest_travel[nearest]
        upper[i] = math.sqrt(least) - travel[nearest]
        lower[i, nearest] = np.inf
        others[i] = nearest_other(i, lower, short_travel) + travels.most
    return measured


@compiled
def transfer(first, last, rows, points, before, now, sums):
    """Take these points out of the sums of their old clusters, and into those of the new.

    Only for the clusters first ... last - 1, so that each thread can have its own.
    """
    for i in rows:
        old, new = before[i], now[i]
        if first <= old < last:
            for column in range(points.shape[1]):
                sums[old, column] -= np.int64(points[i, column])
        if first <= new < last:
            for column in range(points.shape[1]):
                sums[new, column] += np.int64(points[i, column])


@compiled
def take_nearer(points, squares, centre, lower, weights):
    """Lower the weights (n,) of points (n, d) to their squared distances to the centre (1, d).

    `squares` (n,) are |x|^2. Only points whose lower bound (n,) is below their weight are looked at.
    """
    square = product(centre[0], centre, 0)
    for i in range(len(points)):
        if lower[i] < weights[i]:
            distance = squares[i] - 2 * product(points[i], centre, 0) + square
            weights[i] = min(weights[i], distance)
