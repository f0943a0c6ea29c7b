"""Many runs of k-means: other random starts, other numbers of clusters."""

from mnist_kmeans import progress
from mnist_kmeans.clustering import first_centroids
from mnist_kmeans.exact import as_points
from mnist_kmeans.fast import Prepared, fast, parallel_map


def repeat_inits(points, k, seeds=range(10), *, init="random"):
    """Return one Clustering per seed, in the order of the seeds.

    `points` is (n, d). Raises InputError for anything that cannot be clustered.
    """
    return run_all(points, [(k, seed) for seed in seeds], init)


def sweep_k(points, ks, seeds=range(3), *, init="random"):
    """Return a dict: k -> list of one Clustering per seed, both in the order asked for.

    `points` is (n, d). Raises InputError for anything that cannot be clustered.
    """
    ks, seeds = list(ks), list(seeds)
    runs = iter(run_all(points, [(k, seed) for k in ks for seed in seeds], init))
    return {k: [next(runs) for _ in seeds] for k in ks}


def run_all(points, runs, init):
    """Return the Clustering of each (k, seed), several at a time.

    What depends on the points alone is prepared once and shared; numpy lets threads run side by side.
    """
    points = as_points(points)
    with parallel_map() as each, progress.bar(len(runs), "run") as bar:
        prepared = Prepared(points, each)

        def run(k_and_seed):
            k, seed = k_and_seed
            centroids = first_centroids(points, k, seed, init)
            clustering = fast(points, centroids, prepared=prepared, threads=1)
            bar.update()
            return clustering

        return list(each(run, runs))
