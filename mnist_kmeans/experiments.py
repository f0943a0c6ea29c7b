"""Many runs of k-means: other random starts, other numbers of clusters."""

import threading
from concurrent.futures import CancelledError
from numbers import Integral

from mnist_kmeans import progress
from mnist_kmeans.clustering import first_centroids
from mnist_kmeans.errors import InputError, as_list
from mnist_kmeans.exact import as_points
from mnist_kmeans.fast import fast
from mnist_kmeans.parallel import parallel_map
from mnist_kmeans.sketches import prepare


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
        except (InputError, MemoryError) as error:
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
