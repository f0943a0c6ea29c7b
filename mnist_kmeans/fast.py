"""The same answer as `mnist_kmeans.lloyd`, bit for bit, sooner.

Nearly all the work of the textbook loop confirms what was known: most points stay where they are.
This engine proves that for most of them with cheap bounds, and measures only the others in full.
An iteration asks three questions, each of fewer points than the one before:

1. Carried bounds. Last time we knew that a point is nearer than u to its own centroid and farther
   than l from another. When these move by s and t, u + s and l - t still hold (triangle
   inequality). Is u + s < l - t? Sources: C. Elkan, ICML 2003; G. Hamerly, SDM 2010 for the
   single bound to all other centroids; J. Newling and F. Fleuret, ICML 2016 for the running sums
   of movements, which leave the bounds of a point untouched until it is looked at.
2. Sketches. A short product in the directions where the data vary most, and a bound on the rest,
   give new and tighter bounds on all distances of a point. (After Marigold, PVLDB 16:7, 2022.)
   See `Run.sketch_bounds` for what is remembered about the rest, and for the proof.
3. All d coordinates, by the textbook's own function.

A near-tie passes through to question 3, where arithmetic is exact. The products of question 2 are
exact as well, since the sketches live on a grid of their own: no bit, and no count of work, depends
on threads or BLAS. What is rounded (square roots, float32 storage) is covered by a slack.
"""

import math
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np
from threadpoolctl import ThreadpoolController

from mnist_kmeans.exact import grid_bits, grid_mean, to_grid
from mnist_kmeans.lloyd import Clustering, lloyd, pairwise_squared_distances

DIRECTIONS = 61  # length of a sketch; with its three extra columns a row fills whole cache lines
SAMPLE = 1024  # points that the directions are found from
CHUNK = 2048  # points that a thread works on at a time, so that temporary arrays stay in cache


def fast(points, centroids, max_iter=None, prepared=None, threads=None, work=None):
    """Return the Clustering that `lloyd` returns for the same arguments, sooner.

    `points` is (n, d), `centroids` (k, d) float64, on the grid when the points are integers.
    `prepared` is Prepared(points), for those who cluster the same points many times; `threads`
    None means all cores. If `work` is a list, each assignment appends to it two numbers: the points
    that were sketched and the points that were measured in full. Floats are handed to `lloyd`.
    """
    if points.dtype.kind == "f":
        return lloyd(points, centroids, max_iter)
    work = [] if work is None else work
    history = []
    moving = True
    with parallel_map(threads) as each:
        run = Run(prepared or Prepared(points, each), centroids, each)
        while moving and len(history) != max_iter:
            work.append(run.assign())
            history.append(run.inertia())
            moving = run.update()
        if moving:  # max_iter has stopped the run: the centroids have moved since
            work.append(run.assign())
    return Clustering(run.centroids, run.assignments, run.inertia(), tuple(history), not moving)


class Prepared:
    """What depends on the points alone, for integer points; many runs in many threads share it.

    With f = grid_bits, all points and centroids are shorter than D = 2^(26-f). Let B (d, q) hold the
    directions, and y be B^T x rounded to multiples of 2^(1-f). The sketch of x is y, an upper bound
    on the length of the rest w = x - B y, |x|^2 and 1, all multiples of 2^(1-f).
    """

    def __init__(self, points, each=map):
        self.points = points
        self.bits = grid_bits(points)
        self.radius = 2.0 ** (26 - self.bits)
        self.directions = leading_directions(points, self.bits)
        q = self.directions.shape[1]
        # |B^T B - 1| <= eta, by row sums; rounding to the grid moves a sketch by at most tau D.
        eta = np.abs(self.directions.T @ self.directions - np.eye(q)).sum(axis=1).max(initial=0)
        tau = 2.0**-26 * math.sqrt(q)
        self.slack = to_grid(self.radius**2 * (4 * eta + 8 * tau + 2.0**-19), 0) + 1
        self.sketches = np.empty((len(points), q + 3))
        for _ in each(self.fill, chunks(np.arange(len(points)))):
            pass
        self.sum_of_squares = sum(map(int, self.sketches[:, -2]))

    def fill(self, rows):
        """Write the sketches of these rows."""
        x = self.points[rows].astype(np.float64)
        y = to_grid(x @ self.directions, self.bits - 1)
        squares = np.einsum("nd,nd->n", x, x)
        # |w|^2 = |x|^2 - 2 y.B^T x + |B y|^2 <= |x|^2 - |y|^2 + (2 tau + eta) D^2
        rest = np.sqrt(np.maximum(squares - np.einsum("nq,nq->n", y, y), 0) + self.slack)
        self.sketches[rows, :-3] = y
        self.sketches[rows, -3] = ceil_to_grid(rest, self.bits - 1)
        self.sketches[rows, -2] = squares
        self.sketches[rows, -1] = 1


class Run:
    """The state of one run."""

    def __init__(self, prepared, centroids, each):
        n, k = len(prepared.points), len(centroids)
        self.prepared, self.each = prepared, each
        self.centroids = np.array(centroids, dtype=np.float64)
        self.assignments = np.full(n, -1)
        self.sums = np.zeros(centroids.shape, dtype=np.int64)
        self.counts = np.zeros(k, dtype=np.int64)
        self.upper = np.empty(n)
        self.near = np.empty(n)
        self.lower = np.empty((n, k), dtype=np.float32)
        self.rest = np.empty((n, k), dtype=np.float32)
        self.epoch = np.empty(n, dtype=np.intp)

    def forget(self):
        """Start the bounds afresh: nothing is known but the centroids."""
        k = len(self.centroids)
        self.travel, self.farthest = np.zeros(k), 0.0
        self.upper[:], self.near[:], self.lower[:] = np.inf, 0, 0
        self.rest[:], self.epoch[:] = 0, 0
        self.centroid_y = to_grid(self.centroids @ self.prepared.directions, self.prepared.bits - 1)
        self.rest_travel = self.rest_length(self.centroids, self.centroid_y)
        self.rest_history = [np.zeros(k)]

    def rest_length(self, vectors, y):
        rest = vectors - y @ self.prepared.directions.T
        return ceil_to_grid(np.sqrt((rest * rest).sum(axis=1)), self.prepared.bits - 1)

    def assign(self):
        """Assign every point to its nearest centroid; return the numbers of points looked at."""
        before = self.assignments.copy()
        if before[0] < 0:
            rows = np.arange(len(before))
            for _ in self.each(self.measure, chunks(rows)):
                pass
            looked = measured = len(rows)
        else:
            self.prepare_sketch()
            rows = np.flatnonzero(self.upper + self.travel[before] >= self.near - self.farthest)
            counts = list(self.each(self.look, chunks(rows)))
            looked, measured = sum(c[0] for c in counts), sum(c[1] for c in counts)
        changed = np.flatnonzero(before != self.assignments)
        for delta in self.each(lambda rows: self.transfer(rows, before[rows]), chunks(changed)):
            self.sums += delta.astype(np.int64)
        self.counts = np.bincount(self.assignments, minlength=len(self.centroids))
        return looked, measured

    def measure(self, rows):
        squared = pairwise_squared_distances(self.prepared.points[rows], self.centroids)
        self.assignments[rows] = squared.argmin(axis=1)

    def prepare_sketch(self):
        p = self.prepared
        norms = np.einsum("kd,kd->k", self.centroids, self.centroids)
        unit = 4.0 ** (p.bits - 1)
        self.centroid_sketch = np.vstack([
            -2 * self.centroid_y.T, -2 * self.rest_travel, np.ones(len(norms)),
            np.floor(norms * unit) / unit - p.slack,
        ])
        self.rest_history.append(self.rest_travel)
        self.rest_table = np.array(self.rest_history)

    def look(self, rows):
        p = self.prepared
        travel = self.travel.astype(np.float32)
        lower = self.lower[rows]
        lower -= travel
        nearest = lower[np.arange(len(rows)), lower.argmin(axis=1)]
        self.near[rows] = nearest + self.farthest
        eps = p.radius * 2.0**-19
        rows = rows[self.upper[rows] + self.travel[self.assignments[rows]] + eps >= nearest]
        if not len(rows):
            return 0, 0
        index = np.arange(len(rows))
        own = self.assignments[rows]
        sketch = p.sketches[rows]
        squared = sketch @ self.centroid_sketch
        low = squared.astype(np.float32)
        low -= self.rest[rows]
        np.maximum(low, 0, out=low)
        gap = self.rest_travel[own] - self.rest_table[self.epoch[rows], own]
        upper = np.sqrt(low[index, own] + 4 * sketch[:, -3] * gap + 2 * p.slack)
        np.sqrt(low, out=low)
        low[index, own] = np.inf
        near = low[index, low.argmin(axis=1)]
        open_ = np.flatnonzero(upper + eps >= near)
        if len(open_):
            some = rows[open_]
            exact = pairwise_squared_distances(p.points[some], self.centroids)
            new = exact.argmin(axis=1)
            own[open_] = self.assignments[some] = new
            self.rest[some] = squared[open_] + p.slack - exact
            self.epoch[some] = len(self.rest_history) - 1
            np.sqrt(exact, out=exact)
            i = np.arange(len(new))
            upper[open_] = exact[i, new]
            exact[i, new] = np.inf
            low[open_] = exact
            near[open_] = exact[i, exact.argmin(axis=1)]
        self.upper[rows] = upper - self.travel[own]
        self.near[rows] = near + self.farthest
        low += travel
        self.lower[rows] = low
        return len(rows), len(open_)

    def transfer(self, rows, before):
        clusters = np.arange(len(self.centroids))[:, None]
        sign = (clusters == self.assignments[rows]).astype(np.float64) - (clusters == before)
        return sign @ self.prepared.points[rows].astype(np.float64)

    def inertia(self):
        f = self.prepared.bits
        c = (self.centroids * 2.0**f).astype(np.int64)
        high, low = self.sums >> 24, self.sums & (2**24 - 1)
        dots = sum(map(int, np.einsum("kd,kd->k", c, high))) * 2**24
        dots += sum(map(int, np.einsum("kd,kd->k", c, low)))
        squares = np.einsum("kd,kd->k", c, c)
        weighted = sum(int(a) * int(b) for a, b in zip(self.counts, squares))
        return (self.prepared.sum_of_squares * 4**f + weighted - 2 * 2**f * dots) / 4**f

    def update(self):
        p = self.prepared
        filled = self.counts > 0
        moved = self.centroids.copy()
        moved[filled] = grid_mean(self.sums[filled], self.counts[filled], p.bits)
        step = moved - self.centroids
        if not step.any():
            return False
        self.centroids = moved
        if not hasattr(self, "travel"):
            self.forget()
            return True
        drift = np.sqrt(np.einsum("kd,kd->k", step, step))
        self.travel = self.travel + drift
        self.farthest += drift.max()
        y = to_grid(moved @ p.directions, p.bits - 1)
        self.rest_travel = self.rest_travel + self.rest_length(step, y - self.centroid_y)
        self.centroid_y = y
        if max(self.travel.max(), self.rest_travel.max()) > p.radius:
            self.forget()
        return True


def leading_directions(points, bits):
    sample = points[:: max(1, len(points) // SAMPLE)][:SAMPLE].astype(np.float64)
    directions = orthonormal(sample[:DIRECTIONS].T)
    for _ in range(3):
        image = to_grid(sample @ directions, bits - 10)
        directions = orthonormal(sample.T @ image)
    return directions


def orthonormal(vectors):
    basis = np.zeros((len(vectors), 0))
    for v in vectors.T:
        for _ in range(3):
            size = math.sqrt((v * v).sum())
            if size < 2.0**-12:
                break
            v = to_grid(v / size, 26)
            unit = v
            v = v - basis @ to_grid(basis.T @ v, 26)
        else:
            basis = np.column_stack([basis, unit])
    return basis


def ceil_to_grid(values, bits):
    return np.ceil(values * (1 + 2.0**-30) * 2.0**bits) / 2.0**bits


def chunks(rows):
    return [rows[i : i + CHUNK] for i in range(0, len(rows), CHUNK)]


class OneBlasThread:
    """Limit BLAS to one thread while at least one run is inside; reentrant across threads."""

    def __init__(self):
        self.lock, self.inside = threading.Lock(), 0

    def __enter__(self):
        with self.lock:
            if self.inside == 0:
                self.limit = ThreadpoolController().limit(limits=1, user_api="blas")
            self.inside += 1

    def __exit__(self, *error):
        with self.lock:
            self.inside -= 1
            if self.inside == 0:
                self.limit.restore_original_limits()


ONE_BLAS_THREAD = OneBlasThread()


@contextmanager
def parallel_map(threads):
    threads = threads or os.cpu_count() or 1
    with ONE_BLAS_THREAD:
        if threads == 1:
            yield map
        else:
            with ThreadPoolExecutor(threads) as pool:
                yield pool.map
