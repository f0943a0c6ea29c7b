"""The same k-means over points in many blocks, on one machine or on many: map, reduce, update.

Map: each block of points gives the whole-number sums and counts of its clusters. Reduce: these are
added up along a tree. Update: the centroids move to the means. As nothing is ever rounded (see
`mnist_kmeans.exact`), neither the blocks nor the workers nor the order of their answers changes a bit.

Dask does the work: a scheduler hands tasks to workers, keeps track of the results, which stay there,
and has computed again what a lost worker held. The loop runs in the client, which sees sums only.

Source: W. Zhao, H. Ma and Q. He, "Parallel K-Means Clustering Based on MapReduce", CloudCom 2009.
"""

import subprocess
import sys
from contextlib import contextmanager

import dask.array as da
import numpy as np
from dask import delayed
from distributed import Client

from mnist_kmeans.clustering import check_init, init_on_grid
from mnist_kmeans.errors import check_whole
from mnist_kmeans.exact import exact_inertia, range_bits
from mnist_kmeans.files import check_choice
from mnist_kmeans.lloyd import Clustering, blocks, cluster_sums, means, nearest
from mnist_kmeans.parallel import one_blas_thread
from mnist_kmeans.seeding import check_k, generator

FAN_IN = 8  # results that a node of the tree merges
LOCAL_CLUSTER = """
import sys
from distributed import LocalCluster
workers = int(sys.argv[1]) if len(sys.argv) > 1 else None
with LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None) as cluster:
    print(cluster.scheduler_address, flush=True)
    sys.stdin.read()  # until the client closes it, or is gone
"""


@contextmanager
def connect(scheduler=None, workers=None):
    """Give a Client of the scheduler at an address like tcp://host:8786, or of a new one, here.

    A new one has this many workers, processes with one thread each; None means one for each core. It
    ends when the `with` block does.
    """
    if scheduler is not None:
        with Client(scheduler) as client:
            yield client
        return
    # A process of its own: workers import the script that starts them, and would run it again.
    command = [sys.executable, "-c", LOCAL_CLUSTER, *([] if workers is None else [str(workers)])]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with (
        subprocess.Popen(command, **pipes, text=True, start_new_session=True) as process,
        Client(process.stdout.readline().strip()) as client,
    ):
        yield client


def kmeans_dask(points, k, *, seed=0, init="random", max_iter=None, watch=lambda *_: None):
    """Cluster the points as `mnist_kmeans.kmeans` does, bit for bit, on the cluster of the client.

    `points` is a dask array (n, d) of integers, in blocks of any sizes. No worker keeps a block longer
    than it works on it: blocks on disk are read again at each iteration, so memory does not grow with
    n. Hand over `points.persist()` when the workers have room for all of them. The assignments of the
    Clustering are a dask array, too: they stay on the workers. `seed`, `init` (all but "k-means++")
    and `max_iter` are those of `kmeans`. After each iteration `watch` is called with its number, the
    inertia, and the number of points that have changed their cluster.
    Raises InputError for anything that cannot be clustered, and says why.
    """
    client = Client.current()
    n, d = points.shape
    check_k(k, n)
    if max_iter is not None:
        check_whole(max_iter, 1, "max_iter")
    parts = points.rechunk({1: d}).to_delayed().ravel().tolist()
    low, high, sum_of_squares = client.compute(
        tree(merge_facts, [delayed(facts)(part) for part in parts])
    ).result()
    bits = range_bits(low, high, d)
    if isinstance(init, str):
        check_choice(init, ("random",), "init")
        centroids = random_rows(client, parts, points.chunks[0], k, seed).astype(np.float64)
    else:
        centroids = init_on_grid(check_init(init, points, k), low, high, bits)

    history, moved, assigned = [], True, [None] * len(parts)
    while moved and len(history) != max_iter:
        assigned, (sums, counts, changed) = map_reduce(client, parts, centroids, assigned)
        history.append(exact_inertia(centroids, sums, counts, sum_of_squares, bits))
        old, centroids = centroids, means(sums, counts, centroids, bits)
        moved = not np.array_equal(centroids, old)
        watch(len(history), history[-1], changed)
    if moved:  # max_iter has stopped the run: the centroids moved after the last assignment
        assigned, (sums, counts, _) = map_reduce(client, parts, centroids, assigned)
    inertia = exact_inertia(centroids, sums, counts, sum_of_squares, bits)
    assignments = da.concatenate(
        [
            da.from_delayed(part, (rows,), np.intp)
            for part, rows in zip(assigned, points.chunks[0], strict=True)
        ]
    )
    return Clustering(centroids, assignments, inertia, tuple(history), not moved)


def map_reduce(client, parts, centroids, before):
    """Assign all points and add them up; return the assignments and (sums, counts, changes).

    `parts` are the blocks, not read yet; `before` futures of their assignments to earlier centroids.
    An assignment follows from its block and the centroids alone, not from the one before. So nothing
    of an earlier iteration has to be kept, nor computed again when a worker is lost.
    """
    centroids = delayed(centroids)  # sent once, not with every block
    assigned = [delayed(assign_part)(part, centroids) for part in parts]
    sums = [
        delayed(sum_part)(*each, centroids) for each in zip(parts, assigned, before, strict=True)
    ]
    *assigned, total = client.compute([*assigned, tree(merge_sums, sums)])
    return assigned, total.result()


def assign_part(points, centroids):
    """Return the nearest centroid (n,) of each point of a block (n, d)."""
    with one_blas_thread:
        return nearest(points, centroids)[0]


def sum_part(points, assignments, before, centroids):
    """Return the sums (k, d), the counts (k,), and how many of the assignments have changed."""
    with one_blas_thread:
        sums, counts = cluster_sums(points, assignments, len(centroids))
    changed = len(points) if before is None else np.count_nonzero(assignments != before)
    return sums.astype(np.int64), counts, changed


def merge_sums(results):
    """Add up what sum_part returns."""
    return tuple(map(sum, zip(*results, strict=True)))


def facts(points):
    """Return the least and the greatest number in a block, zero counted in, and the sum of squares."""
    squares = 0
    for rows in blocks(len(points)):
        real = points[rows].astype(np.float64)
        squares += sum(map(int, np.vecdot(real, real)))
    return int(points.min(initial=0)), int(points.max(initial=0)), squares


def merge_facts(results):
    """Bring together what `facts` returns."""
    low, high, squares = zip(*results, strict=True)
    return min(low), max(high), sum(squares)


def random_rows(client, parts, sizes, k, seed):
    """Return the rows that `mnist_kmeans.random_centroids` draws."""
    starts = np.cumsum([0, *sizes[:-1]]).tolist()
    drawn = [delayed(draw)(*each, k, seed) for each in zip(parts, starts, strict=True)]
    return client.compute(tree(merge_drawn, drawn, k)).result()[1]


def draw(points, start, k, seed):
    """Give a random key to each row; return the k smallest keys, in order, and their rows.

    The block begins with row `start` of all the points.
    """
    keys = generator(seed).advance(start).random_raw(len(points))
    return smallest(keys, points, k)


def merge_drawn(results, k):
    """Keep the k smallest keys of what `draw` returns."""
    keys, rows = map(np.concatenate, zip(*results, strict=True))
    return smallest(keys, rows, k)


def smallest(keys, rows, k):
    """Return the k smallest keys, in order, and their rows; the first of equal keys come first."""
    order = np.argsort(keys, kind="stable")[:k]
    return keys[order], rows[order]


def tree(merge, results, *options):
    """Return a task that merges the results of tasks, a few at a time, level by level."""
    while len(results) > 1:
        groups = [results[i : i + FAN_IN] for i in range(0, len(results), FAN_IN)]
        results = [delayed(merge)(group, *options) for group in groups]
    return results[0]
