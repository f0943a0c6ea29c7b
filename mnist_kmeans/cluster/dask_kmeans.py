"""The same k-means over points in many blocks, on one machine or on many: map, reduce, update.

Map: each block of points gives the whole-number sums and counts of its clusters. Reduce: these are
added up along a tree. Update: the centroids move to the means. As nothing is ever rounded (see
`mnist_kmeans.exact`), neither the blocks nor the workers nor the order of their answers changes a bit.

Dask does the work: a scheduler hands tasks to workers, keeps track of the results, which stay there,
and has computed again what a lost worker held. The loop runs in the client, which sees sums only.

Source: W. Zhao, H. Ma and Q. He, "Parallel K-Means Clustering Based on MapReduce", CloudCom 2009.
"""

import hashlib
from dataclasses import dataclass, fields

import dask.array as da
import numpy as np
from dask import delayed

from mnist_kmeans.basics.chance import generator
from mnist_kmeans.basics.errors import InputError, as_array, check_choice, check_whole
from mnist_kmeans.basics.parallel import one_blas_thread
from mnist_kmeans.basics.rows import slices
from mnist_kmeans.cluster import checkpoints
from mnist_kmeans.cluster.connection import current_client, losses_told
from mnist_kmeans.cluster.starts import SEEDINGS
from mnist_kmeans.cluster.trees import each_block, merged, tree
from mnist_kmeans.exact import exact_inertia, range_bits
from mnist_kmeans.lloyd import ROWS, Clustering, cluster_sums, means, nearest
from mnist_kmeans.seeding import check_init, check_k, init_on_grid


@dataclass(frozen=True, eq=False)
class DaskClustering(Clustering):
    """A Clustering whose assignments are a dask array: they are on the workers, and are lost with them."""

    def gather(self):
        """Return the Clustering with its assignments (n,) as a NumPy array here, which outlives the cluster.

        Raises InputError when they are lost already.
        """
        found = {field.name: getattr(self, field.name) for field in fields(self)}
        return Clustering(**found | {"assignments": as_array(self.assignments, "assignments")})

    def __reduce__(self):
        raise InputError(
            "a pickle would not hold the assignments of this Clustering, which are on the workers of a "
            "cluster; bring them home before: found = found.gather()"
        )


def kmeans_dask(
    points,
    k,
    *,
    seed=0,
    init="random",
    max_iter=None,
    checkpoint=None,
    resume=False,
    watch=lambda *_: None,
):
    """Cluster points as `mnist_kmeans.kmeans` does, bit for bit, on the cluster of the current Client.

    `points` is a dask array (n, d) of integers, in blocks of any sizes. No worker keeps a block longer
    than it works on it: blocks on disk are read again at each iteration, so memory does not grow with
    n. Hand over `points.persist()` when the workers have room for all of them. The assignments of the
    DaskClustering are a dask array, too: they stay on the workers. To keep them when the cluster closes,
    bring them home before: `found.gather()`. `seed`, `init` and `max_iter` are those
    of `kmeans`. `checkpoint` names a file to hold the run after each iteration; with `resume` the run
    goes on from there. After each iteration `watch` is called with its number, the inertia, and how
    many points have changed their cluster.
    Raises InputError for anything that cannot be clustered, for blocks that are not as `points` says, and
    when the cluster is lost.
    """
    n, d = check_blocks(points)
    check_k(k, n)
    generator(seed)  # refuses what is no seed
    if isinstance(init, str):
        name = check_choice(init, tuple(SEEDINGS), "init")
    else:
        init = check_init(init, points, k)
        name = hashlib.sha256(np.ascontiguousarray(init)).hexdigest()
    if max_iter is not None:
        check_whole(max_iter, 1, "max_iter")
    checkpoints.check_target(checkpoint, resume)
    client = current_client()
    with losses_told(client, checkpoint):
        points = points.rechunk({1: d}, method="tasks")
        sizes = delayed(np.array(points.chunks[0]))  # sent once
        low, high, sum_of_squares = merged(
            client, merge_facts, each_block(facts, points, sizes, d, points.dtype)
        )
        bits = range_bits(low, high, d)
        about = {"k": int(k), "seed": int(seed), "init": name, "shape": [n, d]}
        about |= {"range": [low, high], "sum of squares": sum_of_squares}

        history, moved, assigned = [], True, None
        if resume:
            centroids, history, moved = checkpoints.read(checkpoint, about, bits, max_iter)
        elif isinstance(init, str):
            centroids = SEEDINGS[init](client, points, k, seed).astype(np.float64)
        else:
            centroids = init_on_grid(init, low, high, bits)
        while moved and len(history) != max_iter:
            assigned, (sums, counts, changed) = map_reduce(client, points, centroids, assigned)
            history.append(exact_inertia(centroids, sums, counts, sum_of_squares, bits))
            checkpoints.check_falls(checkpoint, history)
            old, centroids = centroids, means(sums, counts, centroids, bits)
            moved = not np.array_equal(centroids, old)
            if checkpoint is not None:
                checkpoints.write(checkpoint, about, centroids, history, moved)
            watch(len(history), history[-1], changed)
        if moved or assigned is None:  # nobody is assigned to these centroids yet
            assigned, (sums, counts, _) = map_reduce(client, points, centroids, assigned)
        inertia = exact_inertia(centroids, sums, counts, sum_of_squares, bits)
        checkpoints.check_falls(checkpoint, [*history, inertia])
        if not moved:
            checkpoints.check_stays(checkpoint, centroids, means(sums, counts, centroids, bits))
    assignments = da.concatenate(
        [
            da.from_delayed(part, (size,), np.min_scalar_type(k - 1))
            for part, size in zip(assigned, points.chunks[0], strict=True)
        ]
    ).astype(np.intp)
    return DaskClustering(centroids, assignments, inertia, tuple(history), not moved)


def check_blocks(points):
    """Return the shape (n, d) of a dask array, or raise InputError if it cannot be clustered."""
    if not isinstance(points, da.Array) or points.ndim != 2:
        raise InputError("points must be a dask array of rows and columns (dask.array.from_array)")
    if np.isnan(points.shape).any():
        raise InputError(
            f"the blocks of points have unknown sizes, shape {points.shape}; "
            "find them out with: points.compute_chunk_sizes()"
        )
    if points.size == 0:
        raise InputError(f"points must have at least one row and column; got shape {points.shape}")
    if points.dtype.kind not in "iu":
        raise InputError(
            f"points must be integers, as only they give the same bits in any blocks; "
            f"got {points.dtype}"
        )
    return points.shape


def map_reduce(client, points, centroids, before):
    """Assign all points and add them up; return the assignments and (sums, counts, changes).

    `before` are futures of the blocks' assignments to other centroids, or None. An assignment follows
    from its block and the centroids alone, not from the one before. So nothing of an earlier iteration
    need be kept, nor computed again when a worker is lost.
    """
    sent_once = delayed(centroids)  # and not with every block
    mapped = each_block(map_part, points, sent_once)
    pairs = zip(mapped, before or [None] * len(mapped), strict=True)
    sums = tree(merge_sums, [delayed(share)(*pair) for pair in pairs])
    *assigned, sums = client.compute([*(each[0] for each in mapped), sums])
    return assigned, sums.result()


def map_part(points, centroids):
    """Return for a block (n, d) the nearest centroid (n,) of each point, and sums (k, d) and counts (k,)."""
    k = len(centroids)
    with one_blas_thread:
        assignments = nearest(points, centroids)[0]
        sums, counts = cluster_sums(points, assignments, k)
    return assignments.astype(np.min_scalar_type(k - 1)), sums.astype(np.int64), counts


def share(mapped, before):
    """Return of what `map_part` gives the sums, the counts, and how many assignments have changed."""
    assignments, sums, counts = mapped
    changed = len(assignments) if before is None else np.count_nonzero(assignments != before)
    return sums, counts, changed


def merge_sums(results):
    """Add up what `share` returns."""
    return tuple(map(sum, zip(*results, strict=True)))


def facts(points, sizes, d, dtype, block_id):
    """Return the least and the greatest number in a block, zero counted in, and the sum of squares.

    Raises InputError when it does not hold the sizes[i] rows (sizes[i], d) that the array says, or others
    than `dtype`: a function that changes them may not have told Dask.
    """
    number, shape = block_id[0], (int(sizes[block_id[0]]), d)
    if points.shape != shape or points.dtype != dtype:
        raise InputError(
            f"block {number} of points should hold {dtype} of shape {shape}, as points.chunks says, but "
            f"holds {points.dtype} of shape {points.shape}; tell map_blocks what a function changes"
        )
    squares = 0
    for rows in slices(len(points), ROWS):
        real = points[rows].astype(np.float64)
        squares += sum(map(int, np.vecdot(real, real)))
    return int(points.min(initial=0)), int(points.max(initial=0)), squares


def merge_facts(results):
    """Bring together what `facts` returns."""
    low, high, squares = zip(*results, strict=True)
    return min(low), max(high), sum(squares)
