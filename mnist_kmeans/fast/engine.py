"""The same answer as `mnist_kmeans.lloyd`, bit for bit, sooner.

Nearly all the work of the textbook loop confirms what was known before: most points stay where they
are. This engine proves that with cheap bounds and measures only what they leave in doubt. After a
first iteration by the book, each iteration asks up to three questions about a point
(see `mnist_kmeans.fast.loops`):

1. Carried bounds. Before the centroids moved, the point was at most u from its own and at least l from
   another one. If these have since travelled s and t, the distances are still at most u + s and at
   least l - t, by the triangle inequality. If u + s < l - t, it stays. (Papers call what a centroid
   has travelled its drift.)
   Sources: C. Elkan, ICML 2003; G. Hamerly, SDM 2010 (one bound for all the others together);
   J. Newling and F. Fleuret, ICML 2016 (bounds need no update until a point is looked at).
2. Sketches. A product in the few directions along which the data vary most, and what is remembered of
   the rest, give fresh and tight bounds.
   Source: the idea of Marigold, PVLDB 16:7 (2023), with other directions, and with the memory.
3. Distances over all coordinates. They are exact, so they settle ties.

The products in question 2 are exact too, because the sketches lie on a grid of their own; so even the
counts of work are the same on every machine. What does get rounded (square roots, float32 storage)
is small against a proven slack, and every bound gives way by that much. (The few sums of rounded numbers,
lengths of at most k vectors, are numpy's own, whose order does not depend on BLAS or threads.)
"""

import functools

import numpy as np

from mnist_kmeans.basics.parallel import parallel_map
from mnist_kmeans.basics.rows import slices
from mnist_kmeans.exact import exact_inertia
from mnist_kmeans.fast import sketches
from mnist_kmeans.fast.sketches import Prepared
from mnist_kmeans.lloyd import Clustering, lloyd, means

ROWS = 8192  # points that a thread looks at in one go
PARTS = 4  # of the clusters, for which threads sum up separately


def fast(points, centroids, max_iter=None, *, prepared=None, threads=None, watch=lambda *_: None):
    """Return the Clustering that `lloyd(points, centroids, max_iter)` returns, sooner.

    `prepared` is Prepared(points), for those who cluster the same points many times; `threads` None
    means one for each core (ROWS points or fewer are always left to one). After each assignment
    `watch` is called with two counts: the points that carried bounds left in doubt, and the distances
    measured over all coordinates.
    Where nothing can be prepared (see `prepare`), this is `lloyd`.
    """
    prepared = prepared or prepare(points)
    if prepared is None:
        return lloyd(points, centroids, max_iter, watch)
    history = []
    moved = True
    with parallel_map(threads if len(points) > ROWS else 1) as each:
        run = Run(prepared, centroids, each)
        while moved and len(history) != max_iter:
            watch(*run.assign())
            history.append(run.inertia())
            moved = run.update()
        if moved:  # max_iter has stopped the run: the centroids moved after the last assignment
            watch(*run.assign())
    return Clustering(run.centroids, run.assignments, run.inertia(), tuple(history), not moved)


def prepare(points):
    """Return Prepared(points), made on all cores, or None where the textbook loop has to do.

    That is: for floats, which have no exact sketches, and where there is no Numba.
    """
    if points.dtype.kind == "f" or compiled_loops() is None:
        return None
    with parallel_map() as each:
        return Prepared(points, each)


@functools.cache
def compiled_loops():
    """Return the module of compiled loops, or None where Numba is not installed, or not for this Python."""
    try:
        from mnist_kmeans.fast import loops  # only now: Numba takes a while to load
    except ImportError:
        return None
    return loops


class Run:
    """The state of one run, and the steps that change it.

    Centroid j has travelled `travel[j]` in all, its rest (see `loops.settle`) `rest_travel[j]`, and
    `most_travel` sums up the longest move of each iteration. A bound that held when a centroid had
    travelled t is stored as upper - t or lower + t: then it need not be touched while time goes by.

    `margin` covers the rounding of distances. With D = `prepared.radius`, distances stay below 2 D and
    travels below D, so float32 errs by at most 2^-24 times: 2 D in a distance, D in the travel, 3 D in
    their sum; D and 3 D again when the travel is taken off. That is 10 * 2^-24 D, to which float64 adds
    next to nothing: less than 2^-20 D.
    """

    def __init__(self, prepared, centroids, each):
        n, (k, d) = len(prepared.points), centroids.shape
        self.prepared, self.each, self.loops = prepared, each, compiled_loops()
        self.centroids = np.array(centroids, dtype=np.float64)
        self.assignments = np.full(n, -1)
        self.sums = np.zeros((k, d), dtype=np.int64)  # of the points in each cluster
        self.counts = np.zeros(k, dtype=np.int64)
        self.upper = np.empty(n)  # to the own centroid
        self.others = np.empty(n)  # lower bound to all the others together
        self.lower = np.empty((n, k), dtype=np.float32)  # to each of the others; own: infinity
        self.rest = np.empty((n, k), dtype=np.float32)  # see loops.settle
        self.own_rest = np.empty(n)
        self.travel = None  # no bounds yet
        self.margin = 2.0**-20 * prepared.radius

    def assign(self):
        """Assign every point to its nearest centroid; return the two counts of work."""
        before = self.assignments.copy()
        if self.travel is None:
            counts = list(self.each(self.measure_all, slices(len(before), sketches.ROWS)))
        else:
            counts = list(self.each(self.look_again, range(0, len(before), ROWS)))
        self.transfer(before)
        return tuple(np.sum(counts, axis=0, dtype=int))

    def measure_all(self, rows):
        """Assign these rows by the book; used once, as the first centroids soon move far away."""
        products = self.prepared.points[rows].astype(np.float64) @ self.centroids.T
        squares = np.vecdot(self.centroids, self.centroids) - 2 * products  # + |x|^2, for all alike
        self.assignments[rows] = squares.argmin(axis=1)
        return len(squares), squares.size

    def look_again(self, first):
        """Assign ROWS points from this one on, asking as little as possible; return the two counts."""
        loops, known = self.loops, self.prepared
        last = min(first + ROWS, len(known.points))
        bounds = loops.Bounds(self.upper, self.others, self.lower)
        travels = loops.Travels(self.travel, self.travel.astype(np.float32), self.most_travel)
        rests = loops.Rests(self.rest, self.own_rest, self.rest_travel)
        sketched = loops.Sketched(known.points, known.sketches, known.slack)
        rows = loops.in_doubt(first, last, self.assignments, bounds, travels, self.margin)
        products = known.sketches.take(rows, axis=0) @ self.counterparts.T
        measured = loops.settle(
            rows, products, self.assignments, bounds, travels, self.margin, rests, sketched,
            self.centroids,
        )  # fmt: skip
        return len(rows), measured

    def transfer(self, before):
        """Bring the sums and counts of the clusters up to date with the assignments."""
        k = len(self.counts)
        changed = np.flatnonzero(before != self.assignments)

        def transfer_part(part):
            first, last = part * k // PARTS, (part + 1) * k // PARTS
            self.loops.transfer(
                first, last, changed, self.prepared.points, before, self.assignments, self.sums
            )

        list(self.each(transfer_part, range(PARTS)))
        self.counts = np.bincount(self.assignments, minlength=k)

    def inertia(self):
        """Return the sum of the squared distances of the points to their centroids, rounded once."""
        prepared = self.prepared
        return exact_inertia(
            self.centroids, self.sums, self.counts, prepared.sum_of_squares, prepared.bits
        )

    def update(self):
        """Move the centroids to the means of their clusters; return whether any has moved."""
        centroids = means(self.sums, self.counts, self.centroids, self.prepared.bits)
        if np.array_equal(centroids, self.centroids):
            return False
        self.move_to(centroids)
        return True

    def move_to(self, centroids):
        """Take new centroids (k, d), and add to the travels how far they moved."""
        coordinates = self.prepared.coordinates(centroids)
        if self.travel is None:
            self.forget(centroids, coordinates)
        else:
            step = centroids - self.centroids
            lengths = np.sqrt(np.vecdot(step, step))
            rest_lengths = self.prepared.rest_lengths(step, coordinates - self.coordinates)
            self.travel = self.travel + lengths
            self.most_travel += lengths.max()
            self.rest_travel = self.rest_travel + rest_lengths
        # Short travels keep the products of sketches exact, and float32 precise enough.
        if max(self.travel.max(), self.rest_travel.max()) > self.prepared.radius:
            self.forget(centroids, coordinates)
        self.centroids, self.coordinates = centroids, coordinates
        self.counterparts = self.prepared.counterparts(centroids, coordinates, self.rest_travel)

    def forget(self, centroids, coordinates):
        """Start the bounds afresh: nothing is known but where the centroids are."""
        self.travel, self.most_travel = np.zeros(len(centroids)), 0.0
        self.upper[:], self.others[:], self.lower[:] = np.inf, 0, 0
        self.lower[np.arange(len(self.lower)), self.assignments] = np.inf
        self.rest[:], self.own_rest[:] = 0, 0
        self.rest_travel = self.prepared.rest_lengths(centroids, coordinates)
