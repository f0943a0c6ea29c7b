"""The same answer as `mnist_kmeans.lloyd`, bit for bit, sooner.

Nearly all the work of the textbook loop confirms what was known before: most points stay where they
are. This engine proves that with cheap bounds and measures only what they leave in doubt. After a
first iteration by the book, each iteration asks up to three questions about a point:

1. Carried bounds (`Run.unsettled`). Before the centroids moved, the point was at most u from its own
   and at least l from another one. If these have since travelled s and t, the distances are still at
   most u + s and at least l - t, by the triangle inequality. If u + s < l - t, it stays.
   Sources: C. Elkan, ICML 2003; G. Hamerly, SDM 2010 (one bound for all the others together);
   J. Newling and F. Fleuret, ICML 2016 (bounds need no update until a point is looked at).
2. Sketches (`Run.sketch_bounds`). A product in the few directions along which the data vary most,
   and what is remembered of the rest, give fresh and tight bounds.
   Source: the idea of Marigold, PVLDB 16:7 (2023), with other directions, and with the memory.
3. Distances over all coordinates (`Run.settle`). They are exact, so they settle ties.

The products in question 2 are exact too, because the sketches lie on a grid of their own; so even the
counts of work are the same on every machine. What does get rounded (square roots, float32 storage)
is small against a proven slack, and every bound gives way by that much.
"""

import numpy as np

from mnist_kmeans.exact import exact_inertia
from mnist_kmeans.lloyd import Clustering, lloyd, means, pairwise_squared_distances
from mnist_kmeans.parallel import parallel_map
from mnist_kmeans.sketches import CHUNK, Prepared, chunks

COLUMNS = 400  # that a thread sums up at a time
PAIRS = 256  # the same for pairs of a point and a centroid
PAIR_COST = 12  # one distance alone costs as much as this many in a matrix product


def fast(points, centroids, max_iter=None, *, prepared=None, threads=None, watch=lambda *_: None):
    """Return the Clustering that `lloyd(points, centroids, max_iter)` returns, sooner.

    `prepared` is Prepared(points), for those who cluster the same points many times; `threads` None
    means one for each core. After each assignment `watch` is called with two counts: the points that
    carried bounds did not settle, and the distances measured over all coordinates.
    Floats are handed to `lloyd`.
    """
    if points.dtype.kind == "f":
        return lloyd(points, centroids, max_iter)
    history = []
    moved = True
    with parallel_map(threads) as each:
        run = Run(prepared or Prepared(points, each), centroids, each)
        while moved and len(history) != max_iter:
            watch(*run.assign())
            history.append(run.inertia())
            moved = run.update()
        if moved:  # max_iter has stopped the run: the centroids moved after the last assignment
            watch(*run.assign())
    return Clustering(run.centroids, run.assignments, run.inertia(), tuple(history), not moved)


class Run:
    """The state of one run, and the steps that change it.

    Centroid j has travelled `travel[j]` in all, its rest (see `sketch_bounds`) `rest_travel[j]`, and
    `most_travel` sums up the longest move of each iteration. A bound that held when a centroid had
    travelled t is stored as upper - t or lower + t: then it need not be touched while time goes by.

    `margin` covers the rounding of distances. With D = `prepared.radius`, distances stay below 2 D and
    travels below D, so float32 errs by at most 2^-24 times: 2 D in a square root and 2 D as it is
    stored, D for the travel and 3 D for the sum, and the last two again when the travel is taken off;
    2 D where an upper bound is compared. That is 14 * 2^-24 D, less than 2^-20 D.
    """

    def __init__(self, prepared, centroids, each):
        n, (k, d) = len(prepared.points), centroids.shape
        self.prepared, self.each = prepared, each
        self.centroids = np.array(centroids, dtype=np.float64)
        self.assignments = np.full(n, -1)
        self.sums = np.zeros((k, d), dtype=np.int64)  # of the points in each cluster
        self.counts = np.zeros(k, dtype=np.int64)
        self.upper = np.empty(n)  # to the own centroid
        self.others = np.empty(n)  # lower bound to all the others together
        self.lower = np.empty((n, k), dtype=np.float32)  # to each of the others; own: infinity
        self.rest = np.empty((n, k), dtype=np.float32)  # see sketch_bounds
        self.own_rest = np.empty(n)
        self.travel = None  # no bounds yet
        self.margin = 2.0**-20 * prepared.radius

    def assign(self):
        """Assign every point to its nearest centroid; return the two counts of work."""
        before = self.assignments.copy()
        if self.travel is None:
            counts = list(self.each(self.measure_all, chunks(np.arange(len(before)))))
        else:
            rows = np.flatnonzero(
                self.upper + self.travel[before] + self.margin >= self.others - self.most_travel
            )
            counts = list(self.each(self.look_at, chunks(rows)))
        self.transfer(np.flatnonzero(self.assignments != before), before)
        return tuple(np.sum(counts, axis=0, dtype=int)) if counts else (0, 0)

    def measure_all(self, rows):
        """Assign these rows by the book; used once, as the first centroids soon move far away."""
        squares = pairwise_squared_distances(self.prepared.points[rows], self.centroids)
        self.assignments[rows] = squares.argmin(axis=1)
        return len(rows), squares.size

    def look_at(self, rows):
        """Assign these rows again, asking as little as possible; return the two counts of work."""
        rows = self.unsettled(rows)
        own = self.assignments[rows]
        squares = self.prepared.sketches.take(rows, axis=0) @ self.columns
        lower, upper = self.sketch_bounds(rows, own, squares)
        others = row_minima(lower)
        doubtful = np.flatnonzero(upper + self.margin >= others)
        squares, low, up = squares[doubtful], lower[doubtful], upper[doubtful]
        own[doubtful], measured = self.settle(rows[doubtful], own[doubtful], squares, low, up)
        lower[doubtful], upper[doubtful], others[doubtful] = low, up, row_minima(low)
        self.assignments[rows] = own
        self.upper[rows] = upper - self.travel[own]
        self.others[rows] = others + self.most_travel
        lower += self.travel.astype(np.float32)
        self.lower[rows] = lower
        return len(rows), measured

    def unsettled(self, rows):
        """Ask question 1 about each of the other centroids; return the rows that it leaves open."""
        lower = self.lower.take(rows, axis=0)
        lower -= self.travel.astype(np.float32)
        nearest_other = row_minima(lower)
        self.others[rows] = nearest_other + self.most_travel
        upper = self.upper[rows] + self.travel[self.assignments[rows]]
        return rows[upper + self.margin >= nearest_other]

    def sketch_bounds(self, rows, own, squares):
        """Ask question 2; return lower (m, k) and upper (m,) bounds on distances.

        Let y and b be the sketch coordinates of a point x and a centroid c. What they miss of the
        product is e = x.c - y.b. We know e for the centroid where it was when we last measured it;
        let it have moved by z since, its sketch by g, and let v = z - B'g add up what the sketch
        missed of each move. Then e has changed by

            x.z - y.g = (Bx - y).g + y.Bv + (x - B'y).v

        The last term is at most r |v| <= r R (Cauchy and Schwarz), where r is the length of the rest
        of x, and R what `rest_travel` has grown by. The others are rounding errors: as Bz is g up
        to 2 tau D, and |g| <= 2 D, they stay below (4 tau + 2 eta) D^2. Therefore, up to that,

            |x|^2 + |c|^2 - 2 y.b - 2 e - 2 r R  <=  |x - c|^2  <=  the same + 4 r R

        A centroid not measured yet counts as measured when it lay at the origin, where e = 0.
        `squares` is the part of the lower bound that a matrix product gives: all but -2 e, with the
        whole of `rest_travel` for R. `rest` is the correction, 2 e - 2 r (rest_travel back then), and
        `own_rest` is its mirror image for the upper bound, 2 e + 2 r (rest_travel back then).

        Slack: twice the above, and 2^-19 D^2 for `squares` and `rest` rounded to float32: they stay
        below 6 D^2, their difference below 12 D^2, each rounded by 2^-24 of its size.
        """
        lower = squares.astype(np.float32)
        lower -= self.rest.take(rows, axis=0)  # take is indexing, sooner
        np.sqrt(np.maximum(lower, 0, out=lower), out=lower)
        index = np.arange(len(rows))
        lower[index, own] = np.inf
        rest_lengths = self.prepared.sketches[rows, -3]
        upper = squares[index, own] + 4 * rest_lengths * self.rest_travel[own] - self.own_rest[rows]
        return lower, np.sqrt(np.maximum(upper, 0) + 2 * self.prepared.slack)

    def settle(self, rows, own, squares, lower, upper):
        """Ask question 3 about doubtful rows; return their nearest centroids and the work done.

        Measures the centroids that may be nearest, or all of them where one matrix product is
        cheaper; brings their bounds `lower` (m, k) and `upper` (m,) up to date.
        """
        index = np.arange(len(rows))
        candidates = lower <= (upper + self.margin).astype(np.float32)[:, None]
        candidates[index, own] = True
        if np.count_nonzero(candidates) * PAIR_COST >= candidates.size:
            candidates[:] = True
            exact = pairwise_squared_distances(self.prepared.points[rows], self.centroids)
            i, j = slice(None), slice(None)
        else:
            i, j = np.nonzero(candidates)
            exact = np.full(candidates.shape, np.inf)
            exact[i, j] = self.pair_squared_distances(rows[i], j)
        nearest = exact.argmin(axis=1)
        rest = squares + self.prepared.slack - exact
        self.rest[rows[i], j] = rest[i, j]
        lower[i, j] = np.sqrt(exact[i, j])
        lower[index, nearest] = np.inf
        upper[:] = np.sqrt(exact[index, nearest])
        travelled = 4 * self.prepared.sketches[rows, -3] * self.rest_travel[nearest]
        self.own_rest[rows] = rest[index, nearest] + travelled
        return nearest, np.count_nonzero(candidates)

    def pair_squared_distances(self, rows, clusters):
        """Return the squared distances (m,) of points[rows] to centroids[clusters], pair by pair."""
        products = np.empty(len(rows))
        for start in range(0, len(rows), PAIRS):
            pairs = slice(start, start + PAIRS)
            x = self.prepared.points.take(rows[pairs], axis=0).astype(np.float64)
            products[pairs] = np.vecdot(x, self.centroids.take(clusters[pairs], axis=0))
        squares = np.vecdot(self.centroids, self.centroids)
        return self.prepared.sketches[rows, -2] - 2 * products + squares[clusters]

    def transfer(self, changed, before):
        """Take the changed points out of the sums of their old clusters, into those of the new."""
        clusters = np.arange(len(self.counts))[:, None]
        # Sums of CHUNK points stay below CHUNK D; below 2^24 float32 holds all integers.
        real = np.float32 if CHUNK * self.prepared.radius <= 2**24 else np.float64

        def transfer_columns(columns):
            for rows in chunks(changed):
                gain = (clusters == self.assignments[rows]).astype(real)
                gain -= clusters == before[rows]  # no cluster is -1, before the first assignment
                gain = gain @ self.prepared.points[rows, columns].astype(real)
                self.sums[:, columns] += gain.astype(np.int64)

        d = self.sums.shape[1]
        list(self.each(transfer_columns, [slice(i, i + COLUMNS) for i in range(0, d, COLUMNS)]))
        self.counts = np.bincount(self.assignments, minlength=len(self.counts))

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
        self.columns = self.prepared.columns(centroids, coordinates, self.rest_travel)

    def forget(self, centroids, coordinates):
        """Start the bounds afresh: nothing is known but where the centroids are."""
        self.travel, self.most_travel = np.zeros(len(centroids)), 0.0
        self.upper[:], self.others[:], self.lower[:] = np.inf, 0, 0
        self.rest[:], self.own_rest[:] = 0, 0
        self.rest_travel = self.prepared.rest_lengths(centroids, coordinates)


def row_minima(table):
    """Return the least entry (m,) of each row (m, k); numpy finds its place sooner."""
    return table[np.arange(len(table)), table.argmin(axis=1)]
