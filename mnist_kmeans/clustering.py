"""k-means from start to end: check the input, choose the first centroids, run an engine."""

from mnist_kmeans.errors import InputError, check_whole
from mnist_kmeans.exact import as_points, grid_bits, to_grid
from mnist_kmeans.fast import fast
from mnist_kmeans.files import check_choice
from mnist_kmeans.lloyd import check_centroids, lloyd
from mnist_kmeans.seeding import check_k, plus_plus_centroids, random_centroids
from mnist_kmeans.sketches import prepare


def kmeans(points, k, *, seed=0, init="random", max_iter=None, algorithm="fast"):
    """Cluster points into k groups by Lloyd's algorithm and return a Clustering.

    `points` is (n, d). Integers are clustered exactly: the same bits come out on every machine, for
    either algorithm. Floats take the same steps without that promise.
    `init` is "random" (k different points), "k-means++", or an array (k, d) of first centroids;
    `seed` (a whole number from 0 up) settles the draw. `max_iter` caps the number of iterations;
    None means: until no centroid moves. `algorithm` is "fast" or "lloyd" (the textbook loop).
    On top of the points "fast" holds 8 bytes for each point and centroid, and 512 for each point.
    Raises InputError for anything that cannot be clustered, and says why.
    """
    points = as_points(points)
    check_k(k, len(points))
    if max_iter is not None:
        check_whole(max_iter, 1, "max_iter")
    check_choice(algorithm, ("fast", "lloyd"), "algorithm")
    if algorithm == "lloyd":
        return lloyd(points, first_centroids(points, k, seed, init), max_iter)
    prepared = prepare(points)
    centroids = first_centroids(points, k, seed, init, prepared)
    return fast(points, centroids, max_iter, prepared=prepared)


def first_centroids(points, k, seed, init, prepared=None):
    """Return the (k, d) centroids that a run starts from; `prepared` as for plus_plus_centroids."""
    if isinstance(init, str):
        if init == "random":
            return random_centroids(points, k, seed)
        if init == "k-means++":
            return plus_plus_centroids(points, k, seed, prepared)
        raise InputError(
            f"init must be 'random' or 'k-means++' or an array of centroids; got {init!r}"
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
