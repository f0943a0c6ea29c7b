"""Short sketches of long points: a few principal coordinates, and the length of all they leave out.

With the sketches of two points one knows their distance roughly, for a tenth of the work. The sketches
lie on a grid of their own, so products of them are exact, like all the arithmetic of this package.
"""

import math

import numpy as np

from mnist_kmeans.basics.rows import slices
from mnist_kmeans.exact import grid_bits, to_grid

DIRECTIONS = 61  # in a sketch; with its three other columns, a row fills whole cache lines
REST, SQUARE = -3, -2  # the columns of a sketch that hold the length of the rest, and |x|^2
SAMPLE = 1024  # points that the directions are found from
ROWS = 2048  # points that a thread works on at a time, so that temporary arrays stay small


class Prepared:
    """What depends on integer points alone. Nothing writes to it, so any number of runs can share it.

    With f = grid_bits(points), all points and centroids are shorter than `radius` D = 2^(26-f).
    `directions` (q, d) are unit vectors B, orthogonal to each other up to rounding. A row (n, q + 3)
    of `sketches` holds y, the point's coordinates B x along them; r, the length of the rest x - B'y;
    |x|^2; and 1. Both y (to the nearest) and r (upwards) are rounded to multiples of 2^(1-f).
    `slack` covers all rounding errors in the squared distances found from sketches.
    """

    def __init__(self, points, each=map):
        self.points = np.ascontiguousarray(points, points.dtype.newbyteorder("=")).view()
        self.points.flags.writeable = False  # always the same, so that Numba compiles once
        self.bits = grid_bits(points)
        self.radius = 2.0 ** (26 - self.bits)
        self.directions = leading_directions(points, self.bits)
        q = len(self.directions)
        # |BB' - 1| <= eta (by row sums), and rounding moves a y by at most tau D.
        eta = np.abs(self.directions @ self.directions.T - np.eye(q)).sum(axis=1).max(initial=0)
        assert eta < 2.0**-12, "directions are nearly orthogonal"  # the proof relies on it
        tau = 2.0**-26 * math.sqrt(q)
        share = 4 * eta + 8 * tau + 2.0**-19  # see loops.settle
        self.slack = ceil_to_grid(share * self.radius**2, 2 * self.bits - 2)
        self.sketches = np.ones((len(points), q + 3))
        list(each(self.sketch, slices(len(points), ROWS)))
        self.sum_of_squares = sum(map(int, self.squares))

    def sketch(self, rows):
        """Write the sketches of these rows."""
        points = self.points[rows].astype(np.float64)
        y = self.coordinates(points)
        squares = np.vecdot(points, points)
        # |x - B'y|^2 = |x|^2 - 2 y.Bx + y.BB'y <= |x|^2 - |y|^2 + (2 tau + eta) D^2
        rest = np.sqrt(squares - np.vecdot(y, y) + self.slack)
        self.sketches[rows, :REST] = y
        self.sketches[rows, REST] = ceil_to_grid(rest, self.bits - 1)
        self.sketches[rows, SQUARE] = squares

    @property
    def squares(self):
        """The squared length of each point, (n,)."""
        return self.sketches[:, SQUARE]

    def coordinates(self, vectors):
        """Return the rounded coordinates (m, q) of vectors (m, d) along the directions."""
        return to_grid(vectors @ self.directions.T, self.bits - 1)

    def rest_lengths(self, vectors, coordinates):
        """Return upper bounds (m,) on the lengths of what the coordinates do not explain."""
        rest = vectors - coordinates @ self.directions
        return ceil_to_grid(np.sqrt((rest * rest).sum(axis=1)), self.bits - 1)

    def counterparts(self, centroids, coordinates, rest_lengths):
        """Return rows (k, q + 3): the product of a sketch and one bounds the squared distance from below.

        All entries are multiples of 2^(1-f), and no sum exceeds 8 D^2 = 2^53 units of 2^(2-2f): exact.
        """
        unit = 4.0 ** (self.bits - 1)
        squares = np.vecdot(centroids, centroids)
        return np.column_stack(
            [
                -2 * coordinates,
                -2 * rest_lengths,
                np.ones(len(centroids)),
                np.floor(squares * unit) / unit - self.slack,
            ]
        )

    def lower_squares(self, centroids):
        """Return lower bounds (n, k) on the squared distances of all points to centroids (k, d)."""
        coordinates = self.coordinates(centroids)
        rest_lengths = self.rest_lengths(centroids, coordinates)
        return self.sketches @ self.counterparts(centroids, coordinates, rest_lengths).T


def leading_directions(points, bits):
    """Return directions (q, d) along which the points vary most, nearly: by subspace iteration.

    Rounding to a grid between the products keeps them exact, so the directions are the same bits
    everywhere. (Any directions give valid bounds; these give tight ones.)
    """
    sample = points[:: max(1, len(points) // SAMPLE)][:SAMPLE].astype(np.float64)
    directions = orthonormal(sample[:DIRECTIONS])
    for _ in range(3):
        image = to_grid(directions @ sample.T, bits - 10)  # in steps of 2^-16 D
        directions = orthonormal(image @ sample)
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


def ceil_to_grid(values, bits):
    """Return values rounded up to multiples of 2^-bits, even if they carry a small error."""
    return np.ceil(values * (1 + 2.0**-30) * 2.0**bits) / 2.0**bits
