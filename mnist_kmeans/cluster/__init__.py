"""The same k-means over points in many blocks, on one machine or on many: map, reduce, update.

Map: each block of points gives the whole-number sums and counts of its clusters. Reduce: these are
added up along a tree. Update: the centroids move to the means. As nothing is ever rounded (see
`mnist_kmeans.exact`), neither the blocks nor the workers nor the order of their answers changes a bit.

Dask does the work: a scheduler hands tasks to workers, keeps track of the results, which stay there,
and has computed again what a lost worker held. The loop runs in the client, which sees sums only.

Source: W. Zhao, H. Ma and Q. He, "Parallel K-Means Clustering Based on MapReduce", CloudCom 2009.
"""

import gc
import hashlib
import logging
import subprocess
import sys
from concurrent.futures import CancelledError
from contextlib import contextmanager, nullcontext
from pathlib import Path

import dask.array as da
import numpy as np
from dask import delayed
from distributed import Client
from distributed.client import ClosedClientError
from distributed.comm import CommClosedError
from distributed.scheduler import KilledWorker, NoValidWorkerError, NoWorkerError

from mnist_kmeans import checkpoints
from mnist_kmeans.basics.errors import InputError, check_whole
from mnist_kmeans.basics.files import check_choice, reason
from mnist_kmeans.basics.parallel import one_blas_thread
from mnist_kmeans.exact import exact_inertia, range_bits
from mnist_kmeans.lloyd import Clustering, blocks, cluster_sums, means, nearest
from mnist_kmeans.runs import check_init, init_on_grid
from mnist_kmeans.seeding import below, check_k, generator

FAN_IN = 8  # results that a node of the tree merges
WAIT = 30  # seconds for a scheduler to answer, and for a first worker
LOCAL_CLUSTER = """
import logging, sys
import dask
from distributed import LocalCluster
workers = int(sys.argv[1]) if len(sys.argv) > 1 else None
options = {"dashboard_address": "127.0.0.1:0", "silence_logs": logging.CRITICAL}
dask.config.set({
    # The default gives the memory of every array back to the system, only to ask for it again.
    "distributed.nanny.pre-spawn-environ": {},
    # The default waits for ever once all workers are gone.
    "distributed.scheduler.no-workers-timeout": "60s",
})
with LocalCluster(n_workers=workers, threads_per_worker=1, **options) as cluster:
    print(cluster.scheduler_address, flush=True)
    sys.stdin.read()  # until the client closes it, or is gone
"""


@contextmanager
def connect(scheduler=None, workers=None):
    """Give a Client of the scheduler at an address like tcp://host:8786, or of a new one, here.

    A new one has this many workers, processes with one thread each; None means one for each core. It
    ends when the `with` block does. Raises InputError when nothing answers.
    """
    logging.getLogger("distributed.client").setLevel(logging.CRITICAL)  # its errors are raised, too
    with (
        nullcontext(scheduler) if scheduler is not None else local_scheduler(workers) as address,
        open_client(address) as client,
    ):
        yield client


@contextmanager
def local_scheduler(workers):
    """Give the address of a new scheduler on this machine; None stands for one worker per core."""
    if workers is not None:
        check_whole(workers, 1, "workers")
    # A process of its own: workers import the script that starts them, and would run it again.
    command = [sys.executable, "-c", LOCAL_CLUSTER, *([] if workers is None else [str(workers)])]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    # In a session of its own: Ctrl-C in a terminal is for the client. (Windows knows groups only.)
    apart = {
        "start_new_session": True,
        "creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
    }
    with subprocess.Popen(command, **pipes, **apart, text=True) as process:
        address = process.stdout.readline().strip()
        if not address:
            raise InputError("no cluster starts on this machine; its own message is above")
        yield address


def open_client(address):
    """Return a Client of the scheduler at this address, once it has a worker."""
    failure = None
    try:
        client = Client(address, timeout=WAIT)
    except (OSError, ValueError) as error:
        failure = reason(error)
    if failure:
        gc.collect()  # ends the half-made client now; later, it could wait for a lock that the next one holds
        raise InputError(f"no Dask scheduler answers at {address!r}: {failure}")
    try:
        client.wait_for_workers(1, timeout=WAIT)
    except TimeoutError as error:
        client.close()
        raise InputError(
            f"the scheduler at {address} has no workers; start one with: dask worker {address}"
        ) from error
    return client


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
    Clustering are a dask array, too: they stay on the workers. `seed`, `init` and `max_iter` are those
    of `kmeans`. `checkpoint` names a file to hold the run after each iteration; with `resume` the run
    goes on from there. After each iteration `watch` is called with its number, the inertia, and how
    many points have changed their cluster.
    Raises InputError for anything that cannot be clustered, and when the cluster is lost.
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
    check_checkpoint(checkpoint, resume)
    client = current_client()
    with losses_told(client, checkpoint):
        points = points.rechunk({1: d}, method="tasks")
        low, high, sum_of_squares = merged(client, merge_facts, each_block(facts, points))
        bits = range_bits(low, high, d)
        about = {"k": int(k), "seed": int(seed), "init": name, "shape": [n, d]}
        about |= {"range": [low, high], "sum of squares": sum_of_squares}

        history, moved, assigned = [], True, None
        if resume:
            centroids, history, moved = checkpoints.read(checkpoint, about, max_iter)
        elif isinstance(init, str):
            centroids = SEEDINGS[init](client, points, k, seed).astype(np.float64)
        else:
            centroids = init_on_grid(init, low, high, bits)
        while moved and len(history) != max_iter:
            assigned, (sums, counts, changed) = map_reduce(client, points, centroids, assigned)
            history.append(exact_inertia(centroids, sums, counts, sum_of_squares, bits))
            old, centroids = centroids, means(sums, counts, centroids, bits)
            moved = not np.array_equal(centroids, old)
            if checkpoint is not None:
                checkpoints.write(checkpoint, about, centroids, history, moved)
            watch(len(history), history[-1], changed)
        if moved or assigned is None:  # nobody is assigned to these centroids yet
            assigned, (sums, counts, _) = map_reduce(client, points, centroids, assigned)
        inertia = exact_inertia(centroids, sums, counts, sum_of_squares, bits)
    assignments = da.concatenate(
        [
            da.from_delayed(part, (size,), np.min_scalar_type(k - 1))
            for part, size in zip(assigned, points.chunks[0], strict=True)
        ]
    ).astype(np.intp)
    return Clustering(centroids, assignments, inertia, tuple(history), not moved)


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


def check_checkpoint(path, resume):
    """Raise InputError where a run would have nothing to go on from, or would overwrite another."""
    if resume and path is None:
        raise InputError("to resume a run, name its checkpoint")
    if not resume and path is not None and Path(path).exists():
        raise InputError(f"{path} holds a run already; resume it, or name another file")


def current_client():
    """Return the Client opened last, or raise InputError if there is none."""
    try:
        return Client.current()
    except ValueError as error:
        raise InputError(
            "no cluster yet; open one: with mnist_kmeans.cluster.connect():"
        ) from error


@contextmanager
def losses_told(client, checkpoint):
    """Raise InputError when Dask has lost what it cannot have computed again."""
    address = client.scheduler.address
    try:
        yield
        return
    except (CancelledError, CommClosedError, ClosedClientError) as error:
        loss, cause = f"the scheduler at {address} is lost: {reason(error)}", error
    except (NoWorkerError, NoValidWorkerError) as error:
        loss, cause = f"all workers of {address} are gone", error
    except KilledWorker as error:
        times = error.allowed_failures + 1
        loss = (
            f"a task has killed its worker, {times} times; if memory runs out, try smaller blocks"
        )
        cause = error
    if checkpoint is not None and Path(checkpoint).exists():
        loss += f"; to go on, resume from {checkpoint}"
    raise InputError(loss) from cause


def map_reduce(client, points, centroids, before):
    """Assign all points and add them up; return the assignments and (sums, counts, changes).

    `before` are futures of the blocks' assignments to other centroids, or None. An assignment follows
    from its block and the centroids alone, not from the one before. So nothing of an earlier iteration
    need be kept, nor computed again when a worker is lost.
    """
    mapped = each_block(
        map_part, points, delayed(centroids)
    )  # these are sent once, not with every block
    pairs = zip(mapped, before or [None] * len(mapped), strict=True)
    sums = tree(merge_sums, [delayed(share)(*pair) for pair in pairs])
    *assigned, sums = client.compute([*(each[0] for each in mapped), sums])
    return assigned, sums.result()


def each_block(function, points, *options):
    """Return for each block of points a task that calls the function with the block and the options.

    A block on disk is read by the task itself, so it is never sent from one worker to another.
    """
    results = points.map_blocks(
        function, *options, dtype=object, meta=np.empty((0, 0), dtype=object)
    )
    return results.to_delayed().ravel().tolist()


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


def merged(client, merge, results, *options):
    """Return what a tree of tasks makes of the results of tasks."""
    return client.compute(tree(merge, list(results), *options)).result()


def tree(merge, results, *options):
    """Return a task that merges the results of tasks, a few at a time, level by level."""
    while len(results) > 1:
        groups = [results[i : i + FAN_IN] for i in range(0, len(results), FAN_IN)]
        results = [delayed(merge)(group, *options) for group in groups]
    return results[0]


def random_rows(client, points, k, seed):
    """Return the rows (k, d) that `mnist_kmeans.random_centroids` draws."""
    starts = np.cumsum([0, *points.chunks[0][:-1]])
    return merged(client, merge_drawn, each_block(draw, points, starts, k, seed), k)[1]


def draw(points, starts, k, seed, block_id):
    """Give a random key to each row; return the k smallest keys, in order, and their rows.

    Block i begins with row `starts[i]` of all the points.
    """
    keys = generator(seed).advance(int(starts[block_id[0]])).random_raw(len(points))
    return smallest(keys, points, k)


def merge_drawn(results, k):
    """Keep the k smallest keys of what `draw` returns, and their rows."""
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
    bits = generator(seed)
    parts, sizes = points.to_delayed().ravel().tolist(), points.chunks[0]
    weights, totals, rows = [np.inf] * len(parts), sizes, []
    while True:
        ends = np.cumsum(totals)
        if ends[-1] >= 2**53:
            raise InputError("k-means++ over so many points would round; draw them with 'random'")
        threshold = below(ends[-1], bits)
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
