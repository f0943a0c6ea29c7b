"""Short sketches of long points: a few principal coordinates, and the length of all they leave out.

With the sketches of two points one knows their distance roughly, for a tenth of the work. A sketch is
COLUMNS whole numbers of 16 bits, so products of two are exact, like all the arithmetic of this package.
"""

import math
from typing import NamedTuple

import numpy as np

from mnist_kmeans.basics.rows import slices
from mnist_kmeans.exact import range_bits, to_grid
from mnist_kmeans.fast.compiled import compiled_loops

DIRECTIONS = 64  # in a sketch: as many as it has columns, or fewer
LONGEST = 32_000  # of a sketch, in units: it fits into 16 bits, and the product of two into 32
SAMPLE = 1024  # points that the directions are found from
ROWS = 2048  # points that a thread works on at a time


class Sizes(NamedTuple):
    """How numbers are cut into limbs, so short that 32 bits hold a sum of d products of two."""

    bits: int  # of the grid, after the point
    point_bits: int  # of a limb of a point
    parts: int  # limbs of a point
    centroid_bits: int  # of the lower of the two limbs of a centroid


def limb_sizes(points):
    """Return the Sizes for integer points (n, d), d at most 2^20.

    A centroid has W = (53 - ceil(log2 d) - 1) // 2 bits, of which its low limb gets the half. Sums of
    products then stay below 2^(log2 d + point_bits + centroid_bits), at most 2^30.
    """
    low, high = int(points.min()), int(points.max())
    bits = range_bits(low, high, points.shape[1])
    reach = max(high, 0) - min(low, 0)
    log2_d = (points.shape[1] - 1).bit_length()
    centroid_bits = (bits + reach.bit_length() + 1) // 2
    point_bits = min(15, 30 - log2_d - centroid_bits)
    return Sizes(bits, point_bits, max(1, -(-reach.bit_length() // point_bits)), centroid_bits)


class Prepared:
    """What depends on integer points alone. Nothing writes to it, so any number of runs can share it.

    Lengths are in steps of the grid, 2^-f with f = grid_bits(points). All points and centroids are
    shorter than `reach`, D = 2^26 steps; the points are at most `radius` long. `directions`
    (64, d) are unit vectors B, orthogonal to each other up to rounding (some may be 0). The sketch
    y of a vector x are its coordinates B x in whole numbers of `unit`, so that the longest fills 16
    bits. Its *blur* is the length of B x - y; for points it is at most `blur`. Its *rest* is what it
    leaves out, x - B'y. `slack` covers the rounding of float32.
    """

    def __init__(self, points, each=map):
        loops = compiled_loops()
        values = np.ascontiguousarray(points, points.dtype.newbyteorder("=")).view()
        values.flags.writeable = False  # always the same, so that Numba compiles once
        n = len(values)
        sizes = limb_sizes(values)
        self.bits, self.sizes, self.reach = sizes.bits, sizes, 2.0**26
        self.slack = 2.0**-17 * self.reach**2  # see loops.sketch_bounds
        self.points = loops.Points(
            values,
            squares=np.empty(n, dtype=np.int64),
            sketches=np.empty((n, loops.COLUMNS), dtype=np.int16),
            lengths=np.empty(n),
            rests=np.empty(n),
        )
        parts = slices(n, ROWS)
        list(each(lambda rows: loops.measure_squares(rows.start, rows.stop, self.points), parts))
        self.sum_of_squares = sum(self.points.squares.tolist())
        self.radius = max(1.0, math.sqrt(self.points.squares.max()) * 2.0**self.bits)
        self.unit = self.radius / LONGEST
        found = leading_directions(values, self.bits, each)
        q = len(found)
        self.directions = np.pad(found, ((0, loops.COLUMNS - q), (0, 0)))
        eta = np.abs(found @ found.T - np.eye(q)).sum(axis=1).max(initial=0)  # |BB' - 1| <= eta
        assert eta < 2.0**-12, "directions are nearly orthogonal"  # the proof relies on it
        along = np.ascontiguousarray(self.directions.T) * (2.0**self.bits / self.unit)
        # |x - B'y|^2 = |x|^2 - 2 y.Bx + y.BB'y <= |x|^2 - 2 y.Bx + |y|^2 + eta |y|^2, and rounding
        excess = (2 * eta + 2.0**-28) * self.radius**2
        blurs = each(
            lambda rows: loops.sketch(
                rows.start, rows.stop, self.points, along, self.unit, self.bits, excess
            ),
            parts,
        )
        self.blur = max(blurs) + (2 * eta + 2.0**-20) * self.radius

    def sketch(self, vectors):
        """Return sketches (m, 64) int16 of vectors (m, d), their lengths (m,) and blurs (m,).

        Longer vectors than points are drawn shorter, so that they fit; that makes a large blur.
        """
        coordinates = vectors @ self.directions.T
        shrink = np.minimum(1, self.radius / np.maximum(lengths(coordinates), 1))
        sketches = np.floor(coordinates * (shrink[:, None] / self.unit) + 0.5)
        blurs = lengths(coordinates - sketches * self.unit)
        return sketches.astype(np.int16), lengths(sketches) * self.unit, blurs

    def rest_lengths(self, vectors, sketches):
        """Return upper bounds (m,) on the lengths of what sketches (m, 64) leave out of vectors."""
        rest = vectors - (sketches @ self.directions) * self.unit
        return lengths(rest) * (1 + 2.0**-20) + 1

    def limbs(self, centroids):
        """Return the limbs (2, m, d) int16 of centroids (m, d): the low halves, and the high ones."""
        size = 2.0**self.sizes.centroid_bits
        high = np.floor(centroids / size)
        return np.stack([centroids - high * size, high]).astype(np.int16)


def lengths(vectors):
    """Return the length (m,) of each vector (m, d), summed up by numpy: always in the same order."""
    return np.sqrt((vectors * vectors).sum(axis=1))


def leading_directions(points, bits, each):
    """Return directions (q, d) along which the points vary most, nearly: by subspace iteration.

    Rounding to a grid between the products keeps them exact, so the directions are the same bits
    everywhere. (Any directions give valid bounds; these give tight ones.)
    """
    sample = points[:: max(1, len(points) // SAMPLE)][:SAMPLE].astype(np.float64)
    directions = orthonormal(sample[:DIRECTIONS])

    def turned(rows):
        image = to_grid(directions @ sample[rows].T, bits - 10)  # in steps of 2^-16 D
        return image @ sample[rows]

    for _ in range(3):
        directions = orthonormal(sum(each(turned, slices(len(sample), SAMPLE // 2))))
    return directions


def orthonormal(vectors):
    """Return unit vectors (q, d), orthogonal up to 2^-26 or so, that span the vectors (m, d).

    Gram-Schmidt, each vector twice (Kahan and Parlett: twice is enough), on the grid of step 2^-26.
    """
    basis = np.zeros(vectors.shape)
    q = 0
    for vector in vectors:
        for _ in range(2):
            vector = unit_vector(vector)
            vector = vector - to_grid(basis[:q] @ vector, 26) @ basis[:q]
        if (vector * vector).sum() > 0.25:  # less is rounding error: it depends on the others
            basis[q] = unit_vector(vector)
            q += 1
    return basis[:q]


def unit_vector(vector):
    """Return the vector (d,) scaled to length 1, on the grid of step 2^-26; zero stays zero."""
    length = math.sqrt((vector * vector).sum())
    return to_grid(vector / length, 26) if length > 0 else vector
