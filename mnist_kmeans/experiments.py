"""Many runs of k-means: other random starts, other numbers of clusters."""

import os
from concurrent.futures import ThreadPoolExecutor

from mnist_kmeans import progress
from mnist_kmeans.clustering import kmeans
from mnist_kmeans.fast import ONE_BLAS_THREAD


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
    """Return the Clustering of each (k, seed), several at a time; numpy lets threads run side by side."""

    def run(k_and_seed):
        k, seed = k_and_seed
        clustering = kmeans(points, k, seed=seed, init=init)
        bar.update()
        return clustering

    with ONE_BLAS_THREAD, progress.bar(len(runs), "run") as bar:
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            return list(pool.map(run, runs))
