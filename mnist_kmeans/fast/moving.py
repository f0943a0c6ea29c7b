"""The centroids of a run: where they are, and how far they have travelled since the bounds started."""

import numpy as np

from mnist_kmeans.basics.rows import slices

ROWS = 64  # centroids that a thread works on at a time, so that temporary arrays stay in the cache


class Moving:
    """The k centroids, and all that `loops` need of them. Lengths are in steps of the grid, 2^-f.

    Centroid j has travelled `travels[j]` in all, and what its sketch left out of these moves was
    `rest_travels[j]` long; at the start that counts from the origin. `most_travel` adds up the longest
    move of each iteration. `blur` is the most by which the sketch of a centroid missed its coordinates.
    """

    def __init__(self, prepared, centroids):
        k, d = centroids.shape
        self.prepared = prepared
        self.values = np.array(centroids, dtype=np.float64)
        self.limbs = np.empty((2, k, d), dtype=np.int16)
        self.squares = np.empty(k, dtype=np.int64)
        self.sketches = np.empty((k, len(prepared.directions)), dtype=np.int16)
        self.lengths, self.blurs = np.empty(k), np.empty(k)
        self.place(np.arange(k))
        self.start_afresh()

    def place(self, which):
        """Bring up to date what depends on where these centroids are."""
        prepared, steps = self.prepared, self.values[which] * 2.0**self.prepared.bits
        self.limbs[:, which] = prepared.limbs(steps)
        self.squares[which] = np.vecdot(steps, steps)
        self.sketches[which], self.lengths[which], self.blurs[which] = prepared.sketch(steps)

    def start_afresh(self):
        """Count the travels from here. Nothing that was known before may be used any more."""
        self.travels, self.most_travel = np.zeros(len(self.values), dtype=np.int64), 0
        self.rest_travels = self.prepared.rest_lengths(
            self.values * 2.0**self.prepared.bits, self.sketches.astype(np.float64)
        )
        self.blur = self.blurs.max()

    def move_to(self, values, each=map):
        """Take new places (k, d) for the centroids, and add to the travels how far they moved."""
        moved = np.flatnonzero((values != self.values).any(axis=1))
        old, self.values = self.values, values
        lengths = each(lambda part: self.move(moved[part], old), slices(len(moved), ROWS))
        self.most_travel += max(lengths, default=0)
        self.blur = max(self.blur, self.blurs.max())

    def move(self, which, old):
        """Do so for these centroids, which were at `old`; return the length of the longest move."""
        steps = (self.values[which] - old[which]) * 2.0**self.prepared.bits
        before = self.sketches[which].astype(np.float64)
        self.place(which)
        lengths = np.sqrt(np.vecdot(steps, steps)).astype(np.int64) + 1
        self.travels[which] += lengths
        self.rest_travels[which] += self.prepared.rest_lengths(steps, self.sketches[which] - before)
        return int(lengths.max())

    @property
    def far(self):
        """Whether they have travelled so far that numbers might overflow, or float32 be too coarse."""
        return max(self.most_travel, self.rest_travels.max()) > self.prepared.reach

    def current(self, loops):
        """Return loops.Centroids of where they are now."""
        error = self.prepared.slack + 2 * self.prepared.blur * (
            self.lengths + self.travels + 2 * self.blur
        )
        return loops.Centroids(
            self.limbs,
            self.squares,
            self.sketches,
            (self.squares - error).astype(np.float32),
            self.squares + error,
            float(self.blur),
            self.travels.astype(np.int32),
            self.most_travel,
            self.rest_travels.astype(np.float32),
        )
