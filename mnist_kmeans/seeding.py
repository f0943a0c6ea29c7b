"""Where the centroids start: random points, points drawn far from each other, or places given."""

from numbers import Integral

import numpy as np

from mnist_kmeans.basics.chance import draw, generator
from mnist_kmeans.basics.errors import InputError, shown
from mnist_kmeans.basics.rows import slices
from mnist_kmeans.exact import as_points, grid_bits, to_grid
from mnist_kmeans.fast.compiled import compiled_loops
from mnist_kmeans.fast.engine import prepare
from mnist_kmeans.fast.moving import Moving
from mnist_kmeans.lloyd import check_centroids

ROWS = 2048  # points worked on at a time, so that the temporary arrays stay in the cache


def first_centroids(points, k, seed, init, prepared=None):
    """Return the (k, d) centroids that a run starts from; `prepared` as for plus_plus_centroids."""
    if isinstance(init, str):
        if init == "random":
            return random_centroids(points, k, seed)
        if init == "k-means++":
            return plus_plus_centroids(points, k, seed, prepared)
        raise InputError(
            f"init must be 'random' or 'k-means++' or an array of centroids; got {shown(init)}"
        )
    centroids = check_init(init, points, k)
    bits = grid_bits(points)
    if bits is None:
        return centroids
    return init_on_grid(centroids, int(points.min()), int(points.max()), bits)


def check_init(init, points, k):
    """Return `init` as float64 (k, d), or raise InputError if it does not fit the points and k."""
    centroids = check_centroids(init, points, "init")
    if len(centroids) != k:
        raise InputError(f"init holds {len(centroids)} centroids, but k is {k}")
    return centroids


def init_on_grid(centroids, low, high, bits):
    """Return given centroids on the grid; raise InputError outside the range of the points."""
    low, high = min(low, 0), max(high, 0)
    if centroids.min() < low or centroids.max() > high:
        raise InputError(
            f"init must lie within the range of the points, {low} to {high}; "
            f"it reaches from {centroids.min():g} to {centroids.max():g}"
        )
    return to_grid(centroids, bits)


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
    stream = generator(seed)
    prepared = prepared or prepare(points)
    chosen = [draw(np.ones(len(points)), stream)]
    weights = np.full(len(points), np.inf)
    while True:
        lower_weights(points, points[chosen[-1]].astype(np.float64), weights, prepared)
        if len(chosen) == k:
            return points[chosen].astype(np.float64)
        if not weights.any():
            weights[:] = 1
        chosen.append(draw(weights, stream))


def lower_weights(points, centre, weights, prepared):
    """Lower the weight of each point to its squared distance to the centre (d,), where that is less.

    With `prepared`, the sketches of the fast engine rule most points out.
    """
    if prepared is None:
        for rows in slices(len(points), ROWS):
            difference = points[rows] - centre
            squares = np.einsum("nd,nd->n", difference, difference)
            weights[rows] = np.minimum(weights[rows], squares)
        return
    loops = compiled_loops()
    centroids = Moving(prepared, centre[None]).current(loops)
    loops.take_nearer(
        0, len(points), prepared.points, centroids, weights, prepared.unit, prepared.sizes
    )


def check_k(k, n):
    """Raise InputError unless k is a possible number of clusters for n points."""
    if isinstance(k, bool) or not isinstance(k, Integral):
        raise InputError(f"k, the number of clusters, must be a whole number; got {shown(k)}")
    if not 1 <= k <= n:
        raise InputError(f"k, the number of clusters, must be between 1 and n = {n}; got {k}")
