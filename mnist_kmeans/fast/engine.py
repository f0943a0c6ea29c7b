"""The same answer as `mnist_kmeans.lloyd`, bit for bit, sooner.

Nearly all the work of the textbook loop confirms what was known before: most points stay where they
are. This engine proves that with cheap bounds and measures only what they leave in doubt. Each
iteration, the first one too, asks up to three questions about a point
(see `mnist_kmeans.fast.loops.look_again`):

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

Everything that is stored is a whole number, or is rounded to the safe side by more than it can err:
distances and travels in steps of the grid, sketches and coordinates in 16 bits. The products of such
numbers are exact, and what is rounded (see `loops`) is added up in one order: so even the counts of
work are the same on every machine.
"""

import numpy as np

from mnist_kmeans.basics.parallel import parallel_map
from mnist_kmeans.basics.rows import slices
from mnist_kmeans.exact import exact_inertia
from mnist_kmeans.fast.compiled import compiled_loops
from mnist_kmeans.fast.moving import Moving
from mnist_kmeans.fast.sketches import Prepared
from mnist_kmeans.lloyd import Clustering, lloyd, means

ROWS = 8192  # points that a thread looks at in one go
PARTS = 4  # of the columns, which threads sum up separately
FEW = 256  # points that change their cluster: these take no second thread
CLUSTERS = 64  # whose means a thread takes in one go


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

    That is: for floats, which are not whole numbers, for more than a million columns, whose sums could
    be too large, and where there is no Numba.
    """
    if points.dtype.kind == "f" or points.shape[1] > 2**20 or compiled_loops() is None:
        return None
    with parallel_map() as each:
        return Prepared(points, each)


class Run:
    """The state of one run, and the steps that change it.

    A bound that held when a centroid had travelled t is stored as upper - t or lower + t: then it need
    not be touched while time goes by. See loops.Known.
    """

    def __init__(self, prepared, centroids, each):
        n, (k, d) = len(prepared.points.values), centroids.shape
        self.prepared, self.each, self.loops = prepared, each, compiled_loops()
        self.moving = Moving(prepared, centroids)
        self.known = self.loops.Known(
            assignments=np.zeros(n, dtype=np.int64),  # as good a guess as any
            upper=np.empty(n, dtype=np.int64),
            others=np.empty(n, dtype=np.int64),
            lower=np.empty((n, k), dtype=np.int32),
            missed=np.empty((n, k), dtype=np.float32),
            own_missed=np.empty(n),
        )
        self.forget()
        self.summed = np.full(n, -1)  # the assignments that the sums and counts are made of
        self.sums = np.zeros((k, d), dtype=np.int64)  # of the points in each cluster
        self.counts = np.zeros(k, dtype=np.int64)
        self.touched = np.arange(k)  # the clusters that have changed
        self.first = True

    @property
    def centroids(self):
        """The centroids (k, d) float64."""
        return self.moving.values

    @property
    def assignments(self):
        """The cluster (n,) of each point."""
        return self.known.assignments

    def assign(self):
        """Assign every point to its nearest centroid; return the two counts of work."""
        centroids, known = self.moving.current(self.loops), self.prepared

        def look_again(rows):
            return self.loops.look_again(
                rows.start, rows.stop, known.points, centroids, self.known, known.unit, known.sizes
            )

        counts = list(self.each(look_again, slices(len(self.assignments), ROWS)))
        self.transfer()
        return tuple(np.sum(counts, axis=0, dtype=int))

    def transfer(self):
        """Bring the sums and counts of the clusters up to date with the assignments."""
        k, d = self.sums.shape
        changed = np.flatnonzero(self.summed != self.assignments)
        before, now = self.summed[changed], self.assignments[changed]
        parts = PARTS if len(changed) > FEW else 1

        def transfer_part(part):
            first, last = part * d // parts, (part + 1) * d // parts
            self.loops.transfer(
                first, last, changed, self.prepared.points.values, before, now, self.sums
            )

        list(self.each(transfer_part, range(parts)))
        left = np.bincount(before + 1, minlength=k + 1)[1:]
        joined = np.bincount(now, minlength=k)
        self.counts += joined - left
        self.touched = np.flatnonzero(left + joined)
        self.summed[changed] = now

    def inertia(self):
        """Return the sum of the squared distances of the points to their centroids, rounded once."""
        prepared = self.prepared
        return exact_inertia(
            self.centroids, self.sums, self.counts, prepared.sum_of_squares, prepared.bits
        )

    def update(self):
        """Move the centroids to the means of their clusters; return whether any has moved.

        Clusters that are what they were have their centroid in the middle already. The first centroids
        soon move far away: what is known of them is not worth keeping.
        """
        centroids = self.centroids.copy()

        def take_means(part):
            which = self.touched[part]
            centroids[which] = means(
                self.sums[which], self.counts[which], centroids[which], self.prepared.bits
            )

        list(self.each(take_means, slices(len(self.touched), CLUSTERS)))
        if np.array_equal(centroids, self.centroids):
            return False
        self.move_to(centroids)
        if self.first:
            self.forget()
        self.first = False
        return True

    def move_to(self, centroids):
        """Take new centroids (k, d)."""
        self.moving.move_to(centroids, self.each)
        if self.moving.far:
            self.forget()

    def forget(self):
        """Start the bounds afresh: nothing is known but where the centroids are."""
        self.moving.start_afresh()
        known = self.known
        known.upper[:], known.others[:], known.lower[:] = self.loops.FAR, 0, 0
        known.lower[np.arange(len(known.lower)), known.assignments] = self.loops.FAR
        known.missed[:], known.own_missed[:] = 0, 0
