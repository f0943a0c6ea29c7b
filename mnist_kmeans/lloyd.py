"""Lloyd's algorithm as one reads it in a textbook: assign, update, repeat.

Source: S. P. Lloyd, "Least squares quantization in PCM", IEEE Trans. Inf. Theory 28 (1982).
"""

import hashlib
import math
from dataclasses import dataclass

import numpy as np

from mnist_kmeans.basics.errors import InputError, as_array
from mnist_kmeans.basics.rows import slices
from mnist_kmeans.exact import as_points, grid_bits, grid_mean

ROWS = 1024  # points worked on at a time, so that the temporary arrays stay in the cache


@dataclass(frozen=True, eq=False)
class Clustering:
    """What k-means found for n points in d dimensions."""

    centroids: np.ndarray  # (k, d) float64
    assignments: np.ndarray  # (n,) integers 0 .. k-1: the nearest of these centroids
    inertia: float  # sum of the squared distances of the points to their centroids
    history: tuple  # the inertia at each iteration, before its centroids moved
    converged: bool  # False when max_iter stopped the run

    @property
    def n_iter(self):
        """The number of iterations, each an assignment and an update."""
        return len(self.history)

    @property
    def digest(self):
        """A SHA-256, as hex, that tells in one line whether two runs have the same bits.

        Of the assignments as little-endian int64, then the centroids as little-endian float64, row by
        row, then the inertia as one little-endian float64.
        """
        assignments = as_array(self.assignments, "assignments")
        parts = (assignments, "<i8"), (self.centroids, "<f8"), (self.inertia, "<f8")
        content = b"".join(np.asarray(part).astype(dtype).tobytes() for part, dtype in parts)
        return hashlib.sha256(content).hexdigest()


def assign(points, centroids):
    """Return the index of the nearest centroid of each point; the lowest index wins a tie.

    `points` is (n, d), `centroids` (k, d); the result is (n,) integers. It is exact for integer points
    and centroids on their grid and in their range, such as `kmeans` and `update` return.
    Raises InputError for unusable or unmatched shapes.
    """
    points = as_points(points)
    grid_bits(points)  # refuses integers too large to be exact
    return nearest(points, check_centroids(centroids, points))[0]


def update(points, assignments, centroids):
    """Return the mean of the points of each cluster: the centroids moved to the middle.

    `points` is (n, d), `assignments` (n,) integers 0 .. k-1, `centroids` (k, d); the result is (k, d)
    float64. An empty cluster keeps its centroid. Means of integer points are rounded to the grid of
    `mnist_kmeans.exact`. Raises InputError for unusable or unmatched inputs.
    """
    points = as_points(points)
    centroids = check_centroids(centroids, points)
    assignments = as_array(assignments, "assignments")
    if assignments.shape != (len(points),) or assignments.dtype.kind not in "iu":
        raise InputError(
            f"assignments must be {len(points)} integers, one per point; "
            f"got {assignments.dtype} of shape {assignments.shape}"
        )
    if assignments.min() < 0 or assignments.max() >= len(centroids):
        raise InputError(f"assignments must lie in 0 .. {len(centroids) - 1}, one per centroid")
    return move(points, assignments, centroids, grid_bits(points))


def lloyd(points, centroids, max_iter=None, watch=lambda *_: None):
    """Return the Clustering that Lloyd's algorithm reaches from the given centroids.

    `points` is (n, d), `centroids` (k, d) float64, on the grid when the points are integers. The
    loop ends when no centroid moves, or after `max_iter` iterations. After each assignment `watch` is
    called with two counts: the points looked at, and the distances measured. Here these are all.

    On the grid it always ends: neither step can raise the inertia; at equal inertia a coordinate
    can only move up, from one side of a tied rounding to the other; so no state comes twice.
    Floats lack this promise, so there the loop also ends when the inertia no longer falls.
    """
    bits = grid_bits(points)
    history = []
    converged = stalled = False
    while not converged and len(history) != max_iter:
        assignments, squared_distances = nearest(points, centroids)
        watch(len(points), len(points) * len(centroids))
        history.append(math.fsum(squared_distances))  # fsum: rounded once, at the end
        old, centroids = centroids, move(points, assignments, centroids, bits)
        stalled = bits is None and len(history) > 1 and history[-1] >= history[-2]
        converged = stalled or np.array_equal(centroids, old)
    if stalled or not converged:  # the centroids have moved since the points were assigned
        assignments, squared_distances = nearest(points, centroids)
        watch(len(points), len(points) * len(centroids))
    return Clustering(
        centroids, assignments, math.fsum(squared_distances), tuple(history), converged
    )


def nearest(points, centroids):
    """Return the nearest centroid (n,) of each point and the squared distance to it (n,)."""
    assignments = np.empty(len(points), dtype=np.intp)
    squared_distances = np.empty(len(points))
    for rows in slices(len(points), ROWS):
        squared = pairwise_squared_distances(points[rows], centroids)
        assignments[rows] = squared.argmin(axis=1)
        squared_distances[rows] = squared.min(axis=1).clip(min=0)  # only floats round below 0
    return assignments, squared_distances


def pairwise_squared_distances(points, centroids):
    """Return |x - c|^2 = |x|^2 - 2 x.c + |c|^2 for every point and centroid, (n, k) float64."""
    if points.dtype.kind == "f":  # far from 0, these terms would be large and nearly cancel
        middle = centroids.mean(axis=0)
        points, centroids = points - middle, centroids - middle
    points = points.astype(np.float64)
    point_norms = np.einsum("nd,nd->n", points, points)
    centroid_norms = np.einsum("kd,kd->k", centroids, centroids)
    return point_norms[:, None] - 2.0 * (points @ centroids.T) + centroid_norms


def move(points, assignments, centroids, bits):
    """Return the centroids moved to the means of their clusters, on the grid unless bits is None."""
    return means(*cluster_sums(points, assignments, len(centroids)), centroids, bits)


def means(sums, counts, centroids, bits):
    """Return the means (k, d) of clusters, from the sums (k, d) of their points and the counts (k,).

    They are on the grid of step 2^-bits, unless bits is None. An empty cluster keeps its centroid.
    """
    filled = counts > 0
    moved = centroids.copy()
    if bits is None:
        moved[filled] = sums[filled] / counts[filled, None]
    else:
        moved[filled] = grid_mean(sums[filled].astype(np.int64), counts[filled], bits)
    return moved


def cluster_sums(points, assignments, k):
    """Return the sum (k, d) float64 of the points of each cluster and their number (k,)."""
    sums = np.zeros((k, points.shape[1]))
    for rows in slices(len(points), ROWS):
        for cluster in np.unique(assignments[rows]):
            members = points[rows][assignments[rows] == cluster]
            sums[cluster] += members.sum(axis=0, dtype=np.float64)
    return sums, np.bincount(assignments, minlength=k)


def check_centroids(centroids, points, name="centroids"):
    """Return `centroids` as float64 (k, d), or raise InputError if they do not fit the points."""
    centroids = as_points(centroids, name).astype(np.float64)
    if centroids.shape[1] != points.shape[1]:
        raise InputError(
            f"{name} with {centroids.shape[1]} columns do not fit points with {points.shape[1]}: "
            "both must live in the same space"
        )
    return centroids
