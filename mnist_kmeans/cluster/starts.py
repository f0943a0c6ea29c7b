"""The first centroids, drawn on the workers: the same rows as on one machine."""

import numpy as np
from dask import delayed

from mnist_kmeans.basics.chance import below, generator
from mnist_kmeans.basics.errors import InputError
from mnist_kmeans.basics.parallel import one_blas_thread
from mnist_kmeans.cluster.trees import each_block, merged
from mnist_kmeans.lloyd import nearest


def random_rows(client, points, k, seed):
    """Return the rows (k, d) that `mnist_kmeans.random_centroids` draws."""
    starts = np.cumsum([0, *points.chunks[0][:-1]])
    return merged(client, merge_drawn, each_block(smallest_keys, points, starts, k, seed), k)[1]


def smallest_keys(points, starts, k, seed, block_id):
    """Give a random key to each row; return the k smallest keys, in order, and their rows.

    Block i begins with row `starts[i]` of all the points.
    """
    keys = generator(seed).advance(int(starts[block_id[0]])).random_raw(len(points))
    return smallest(keys, points, k)


def merge_drawn(results, k):
    """Keep the k smallest keys of what `smallest_keys` returns, and their rows."""
    keys, rows = map(np.concatenate, zip(*results, strict=True))
    return smallest(keys, rows, k)


def smallest(keys, rows, k):
    """Return the k smallest keys, in order, and their rows; of equal keys, the first come first."""
    order = np.argsort(keys, kind="stable")[:k]
    return keys[order], rows[order]


def plus_plus_rows(client, points, k, seed):
    """Return the rows (k, d) that `mnist_kmeans.plus_plus_centroids` draws.

    The weights of the points stay on the workers; only their sum over each block comes here. It says
    in which block to look for the next row.
    """
    stream = generator(seed)
    parts, sizes = points.to_delayed().ravel().tolist(), points.chunks[0]
    weights, totals, rows = [np.inf] * len(parts), sizes, []
    while True:
        ends = np.cumsum(totals)
        if ends[-1] >= 2**53:
            raise InputError("k-means++ over so many points would round; draw them with 'random'")
        threshold = below(ends[-1], stream)
        i = int(np.searchsorted(ends, threshold, side="right"))
        rest = int(threshold - ends[i] + totals[i])
        rows.append(client.compute(delayed(pick)(parts[i], weights[i], rest)).result())
        if len(rows) == k:
            return np.array(rows)
        pairs = zip(parts, weights, strict=True)
        weights = client.compute([delayed(nearer)(*pair, rows[-1]) for pair in pairs])
        totals = client.gather(client.map(np.sum, weights))
        if not any(totals):
            weights, totals = [1.0] * len(parts), sizes


def nearer(points, weights, row):
    """Return the squared distances to `row`, where they are below the weights (n,), or one for all."""
    with one_blas_thread:
        return np.minimum(weights, nearest(points, row[None].astype(np.float64))[1])


def pick(points, weights, threshold):
    """Return the row at which the running sum of the weights passes the threshold."""
    weights = np.broadcast_to(1.0 if np.isscalar(weights) else weights, len(points))
    return points[np.searchsorted(np.cumsum(weights), threshold, side="right")]


SEEDINGS = {"random": random_rows, "k-means++": plus_plus_rows}
