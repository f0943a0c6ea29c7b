"""Runs of k-means from start to end: one, or many with other random starts and numbers of clusters."""

import threading
from concurrent.futures import CancelledError
from numbers import Integral

from mnist_kmeans.basics import progress
from mnist_kmeans.basics.errors import InputError, as_list, check_choice, check_whole
from mnist_kmeans.basics.memory import check_memory
from mnist_kmeans.basics.parallel import cores, parallel_map
from mnist_kmeans.exact import as_points
from mnist_kmeans.fast.engine import fast, prepare
from mnist_kmeans.lloyd import lloyd
from mnist_kmeans.seeding import check_k, first_centroids

# That "fast" holds; a distance is that of a point to a centroid
BYTES_PER_POINT, BYTES_PER_DISTANCE = 200, 8


def kmeans(points, k, *, seed=0, init="random", max_iter=None, algorithm="fast"):
    """Cluster points into k groups by Lloyd's algorithm and return a Clustering.

    `points` is (n, d). Integers are clustered exactly: the same bits come out on every machine, for
    either algorithm. Floats take the same steps without that promise.
    `init` is "random" (k different points), "k-means++", or an array (k, d) of first centroids;
    `seed` (a whole number from 0 up) settles the draw. `max_iter` caps the number of iterations;
    None means: until no centroid moves. `algorithm` is "fast" or "lloyd" (the textbook loop).
    Without Numba "fast" is the textbook loop as well: the same bits, later.
    On top of the points "fast" holds 8 bytes for each point and centroid, and 200 for each point.
    Raises InputError for anything that cannot be clustered, and says why, and when memory is short.
    """
    points = as_points(points)
    check_k(k, len(points))
    if max_iter is not None:
        check_whole(max_iter, 1, "max_iter")
    check_choice(algorithm, ("fast", "lloyd"), "algorithm")
    if algorithm == "lloyd":
        return lloyd(points, first_centroids(points, k, seed, init), max_iter)
    check_fits(points, k, 1)
    prepared = prepare(points)
    centroids = first_centroids(points, k, seed, init, prepared)
    return fast(points, centroids, max_iter, prepared=prepared)


def repeat_inits(points, k, seeds=range(10), *, init="random"):
    """Return one Clustering per seed, in the order of the seeds.

    `points` is (n, d). As many runs as there are cores hold 8 bytes for each point and centroid at a time.
    Raises InputError for anything that cannot be clustered.
    """
    return run_all(points, [(k, seed) for seed in as_list(seeds, "seeds", "range(20)")], init)


def sweep_k(points, ks, seeds=range(3), *, init="random"):
    """Return a dict: k -> list of one Clustering per seed, both in the order asked for.

    `points` is (n, d). Raises InputError for anything that cannot be clustered.
    """
    ks, seeds = as_list(ks, "ks", "range(5, 25)"), as_list(seeds, "seeds", "range(3)")
    runs = iter(run_all(points, [(k, seed) for k in ks for seed in seeds], init))
    return {k: [next(runs) for _ in seeds] for k in ks}


def run_all(points, runs, init):
    """Return the Clustering of each (k, seed), several at a time, in their order.

    What depends on the points alone is prepared once and shared; numpy lets threads run side by side.
    When a run fails, or Ctrl-C is pressed, the others stop at their next iteration.
    """
    points = as_points(points)
    check_fits(points, max([k for k, _ in runs if isinstance(k, Integral)], default=1), cores())
    prepared = prepare(points)
    over = threading.Event()

    def stop_when_over(*_):
        if over.is_set():
            raise CancelledError

    def run(place):
        k, seed = runs[place]
        try:
            centroids = first_centroids(points, k, seed, init, prepared)
            clustering = fast(points, centroids, prepared=prepared, threads=1, watch=stop_when_over)
        except CancelledError:
            return place, None
        except (InputError, MemoryError) as error:
            over.set()
            raise InputError(f"the run with k = {k}, seed {seed} fails: {error}") from error
        bar.update()
        return place, clustering

    # The longest first: none of them should be left over when the others are done.
    sizes = [k if isinstance(k, Integral) else 0 for k, _ in runs]  # anything else fails in its run
    places = sorted(range(len(runs)), key=sizes.__getitem__, reverse=True)
    with parallel_map() as each, progress.bar(len(runs), "run") as bar:
        try:
            clusterings = dict(each(run, places))
        finally:
            over.set()
    return [clusterings[place] for place in range(len(runs))]


def check_fits(points, k, at_once):
    """Raise InputError when so many runs at once with k clusters need more memory than is free."""
    n = len(points)
    if k <= n:  # otherwise each run says what is wrong
        needed = n * (BYTES_PER_POINT + at_once * BYTES_PER_DISTANCE * int(k))
        check_memory(needed, f"clustering {n:,} points with k = {k}")
