"""Where the centroids start: random points, or points drawn far from each other.

Draws use only the raw 64-bit numbers of a PCG64 generator. NumPy promises that this stream never
changes; it makes no such promise for `numpy.random.Generator` and its methods (NEP 19).
"""

import numpy as np

from mnist_kmeans.errors import InputError
from mnist_kmeans.exact import as_points
from mnist_kmeans.lloyd import blocks


def random_centroids(points, k, seed):
    """Return k different rows of `points`, drawn at random, as (k, d) float64.

    Raises InputError unless 1 <= k <= n and the seed is a whole number from 0 up.
    """
    points = as_points(points)
    check_k(k, len(points))
    keys = generator(seed).random_raw(len(points))
    return points[np.argsort(keys, kind="stable")[:k]].astype(np.float64)


def plus_plus_centroids(points, k, seed):
    """Return k rows of `points` drawn by k-means++, as (k, d) float64.

    Each new centroid is drawn with probability proportional to the squared distance to the nearest
    centroid so far. For integer points these distances are integers, so the draw is exact. When all
    points lie on a centroid already, every point is equally likely.
    Raises InputError unless 1 <= k <= n and the seed is a whole number from 0 up.
    Source: D. Arthur and S. Vassilvitskii, "k-means++", SODA 2007.
    """
    points = as_points(points)
    check_k(k, len(points))
    bits = generator(seed)
    weights = np.ones(len(points))
    chosen = []
    for _ in range(k):
        chosen.append(draw(weights, bits))
        to_newest = squared_distances_to(points, points[chosen[-1]])
        weights = to_newest if len(chosen) == 1 else np.minimum(weights, to_newest)
        if not weights.any():
            weights = np.ones(len(points))
    return points[chosen].astype(np.float64)


def squared_distances_to(points, centre):
    """Return |x - centre|^2 for every point, (n,) float64."""
    squared = np.empty(len(points))
    for rows in blocks(len(points)):
        difference = points[rows] - centre.astype(np.float64)
        squared[rows] = np.einsum("nd,nd->n", difference, difference)
    return squared


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
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise InputError(f"seed must be a whole number from 0 up; got {seed!r}")
    return np.random.PCG64(int(seed))


def check_k(k, n):
    """Raise InputError unless k is a possible number of clusters for n points."""
    if isinstance(k, bool) or not isinstance(k, int | np.integer):
        raise InputError(f"k, the number of clusters, must be a whole number; got {k!r}")
    if not 1 <= k <= n:
        raise InputError(f"k, the number of clusters, must be between 1 and n = {n}; got {k}")
