"""Self-checks for the exercises of chapter 11: a mean that moves, directions, a graph of neighbours."""

import numpy as np

from mnist_kmeans.exercises.checking import (
    NotYet,
    as_numbers,
    chance,
    expect,
    expect_shape,
    self_check,
    some_digits,
)


@self_check
def check_moved_mean(moved_mean):
    """A mean of three points, of one, then one that moves through a hundred random points."""
    source = chance(11)
    random = source.integers(0, 256, (100, 6)).astype(np.float64)
    for points, title in [
        (np.array([[0.0, 4], [2, 6], [4, 2], [10, 8]]), "a mean of three points"),
        (random[:2], "a mean of one point"),
        (random, "a mean of 99 points"),
    ]:
        mean, count, new = points[:-1].mean(axis=0), len(points) - 1, points[-1]
        found = as_numbers(moved_mean(mean, count, new))
        expect_shape(found, mean.shape)
        mistakes = [
            ((mean + new) / 2, "the new point counts as much as all the others.", WEIGHT),
            (
                mean + (new - mean) / count,
                "the step is too long.",
                "How many points are there now?",
            ),
            (mean * count + new, "it is a sum.", "A mean is a sum divided by something."),
            ((mean + new) / (count + 1), "the old points count as one.", WEIGHT),
            (mean, "the mean has not moved.", "The new point is one of `count + 1`."),
            (new, "only the new point counts.", WEIGHT),
        ]
        expect(found, points.mean(axis=0), f"{title} moves to another place.", mistakes)
        yield f"{title} moves to the right place."


WEIGHT = "The old mean stands for `count` points. What is their sum?"


@self_check
def check_nearest_direction(nearest_direction):
    """Points and centroids of quite different lengths, then real digits."""
    source = chance(4)
    lengths = 10.0 ** source.uniform(-1, 1, (9, 1))
    random = source.normal(0, 1, (60, 5)), source.normal(0, 1, (9, 5)) * lengths
    digits, labels = some_digits()
    means = np.array([digits[labels == digit].mean(axis=0) for digit in range(10)])
    for (points, centroids), title in [
        (random, "random points"),
        ((digits[:200].astype(np.float64), means), "real digits"),
    ]:
        unit_points, unit_centroids = of_length_one(points), of_length_one(centroids)
        products = points @ centroids.T
        found = as_numbers(nearest_direction(points, centroids))
        if found.shape == products.shape:
            raise NotYet("there is a number for each pair.", "Which centroid is best for a point?")
        expect_shape(found, (len(points),))
        squared = (points**2).sum(axis=1)[:, None] - 2 * products + (centroids**2).sum(axis=1)
        mistakes = [
            (squared.argmin(axis=1), "it is the nearest centroid, lengths and all.", STRETCH),
            (products.argmax(axis=1), "long centroids win too often.", STRETCH),
            (
                (unit_points @ unit_centroids.T).argmin(axis=1),
                "it is the direction farthest away.",
                "Of vectors of length 1, like directions have a large product.",
            ),
            (
                (unit_points @ unit_centroids.T).max(axis=1),
                "these are products.",
                "Which centroid has the largest?",
            ),
        ]
        true = (unit_points @ unit_centroids.T).argmax(axis=1)
        expect(found, true, f"{title} get other centroids.", mistakes)
        yield f"{title} get the right centroids."


STRETCH = "Divide each centroid by its length first."


def of_length_one(rows):
    """Return rows divided by their lengths."""
    return rows / np.sqrt((rows**2).sum(axis=1, keepdims=True))


@self_check
def check_neighbour_pairs(neighbour_pairs):
    """Points on a line, where being a neighbour is not mutual, then random ones and real digits."""
    line = np.array([[0.0], [1], [3], [7], [15], [31]])
    random = chance(6).normal(0, 1, (30, 3))
    random[28:] = 9  # two that are equal, far from all others
    digits, _ = some_digits()
    for points, count, title in [
        (line, 1, "six points on a line"),
        (random, 3, "random points"),
        (digits[:80].astype(np.float64), 5, "real digits"),
    ]:
        n = len(points)
        squared = ((points[:, None] - points) ** 2).sum(axis=2)
        others = np.where(np.eye(n, dtype=bool), np.inf, squared)
        one_way = nearest(others, count)
        found = as_numbers(neighbour_pairs(points, count))
        expect_shape(found, (n, n))
        if found.diagonal().any():
            raise NotYet("a point is its own neighbour.", OWN)
        mistakes = [
            (one_way, "some pairs stand in the table one way only.", BOTH),
            (one_way.T, "some pairs stand in the table one way only.", BOTH),
            (one_way & one_way.T, "only mutual neighbours are there.", "One of the two is enough."),
            (one_way + one_way.T.astype(int), "some pairs are there twice.", "True or False."),
            (either(nearest(others, count + 1)), "there are too many.", "How many are asked for?"),
            (either(nearest(-squared, count)), "these are the farthest.", "Least comes first."),
        ]
        expect(found, either(one_way), f"{title} have other neighbours.", mistakes)
        yield f"{title} have the right neighbours."


BOTH = "If i is among the nearest of j, then both [i, j] and [j, i] are True."
OWN = "Leave the point itself out. It need not come first where another point is equal to it."


def nearest(distances, count):
    """Return a table (n, n): True where the column is among the `count` least of the row."""
    table = np.zeros(distances.shape, dtype=bool)
    np.put_along_axis(table, distances.argsort(axis=1)[:, :count], True, axis=1)
    return table


def either(table):
    """Return where a table, or its mirror image, is True."""
    return table | table.T
