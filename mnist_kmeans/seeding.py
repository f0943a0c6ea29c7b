"""Where the centroids start: random points, or points drawn far from each other.

Draws use only the raw 64-bit numbers of a PCG64 generator. NumPy promises that this stream never
changes; it makes no such promise for `numpy.random.Generator` and its methods (NEP 19).
"""

from numbers import Integral

import numpy as np

from mnist_kmeans.errors import InputError, check_whole
from mnist_kmeans.exact import as_points
from mnist_kmeans.sketches import chunks, prepare


def random_centroids(points, k, seed):
    """Return k different rows of `points`, drawn at random, as (k, d) float64.

    Raises InputError unless 1 <= k <= n and the seed is a whole number from 0 up.
    """
    points = as_points(points)
    check_k(k, len(points))
    keys = generator(seed).random_raw(len(points))
    return points[np.argsort(keys, kind="stable")[:k]].astype(np.float64)


def plus_plus_centroids(points, k, seed, prepared=None):
    """Return k rows of `points` drawn by k-means++, as (k, d) float64.

    Each new centroid is drawn with probability proportional to the squared distance to the nearest
    centroid so far. For integer points these distances are integers, so the draw is exact. When all
    points lie on a centroid already, every point is equally likely. `prepared` is Prepared(points),
    for those who draw from the same integers many times.
    Raises InputError unless 1 <= k <= n and the seed is a whole number from 0 up.
    Source: D. Arthur and S. Vassilvitskii, "k-means++", SODA 2007.
    """
    points = as_points(points)
    check_k(k, len(points))
    bits = generator(seed)
    prepared = prepared or prepare(points)
    chosen = [draw(np.ones(len(points)), bits)]
    weights = np.full(len(points), np.inf)
    while True:
        take_nearer(points, points[chosen[-1]].astype(np.float64), weights, prepared)
        if len(chosen) == k:
            return points[chosen].astype(np.float64)
        if not weights.any():
            weights[:] = 1
        chosen.append(draw(weights, bits))


def take_nearer(points, centre, weights, prepared):
    """Lower the weight of each point to its squared distance to the centre (d,), where that is less.

    For integers, the sketches of the fast engine rule most points out.
    """
    if prepared is None:
        for rows in chunks(np.arange(len(points))):
            difference = points[rows] - centre
            squares = np.einsum("nd,nd->n", difference, difference)
            weights[rows] = np.minimum(weights[rows], squares)
        return
    from mnist_kmeans import compiled  # only now: Numba takes a while to load

    centre = centre[None]
    lower = prepared.lower_squares(centre)[:, 0]
    compiled.take_nearer(prepared.points, prepared.sketches[:, -2], centre, lower, weights)


def draw(weights, bits):
    """Return an index drawn with probability proportional to its weight."""
    cumulative = np.cumsum(weights)
    threshold = below(cumulative[-1], bits)
    return int(np.searchsorted(cumulative, threshold, side="right"))


def below(total, bits):
    """Return a random number from [0, total); a whole one when the total is whole."""
    if total < 2**53 and total == int(total):
        total = int(total)
        unbiased = 2**64 - 2**64 % total  # a draw past the last whole multiple is drawn again
        while (raw := bits.random_raw()) >= unbiased:
            pass
        return raw % total
    return (bits.random_raw() >> 11) / 2**53 * total


def generator(seed):
    """Return the PCG64 bit generator of this seed."""
    check_whole(seed, 0, "seed")
    return np.random.PCG64(int(seed))


def check_k(k, n):
    """Raise InputError unless k is a possible number of clusters for n points."""
    if isinstance(k, bool) or not isinstance(k, Integral):
        raise InputError(f"k, the number of clusters, must be a whole number; got {k!r}")
    if not 1 <= k <= n:
        raise InputError(f"k, the number of clusters, must be between 1 and n = {n}; got {k}")
