"""What learners might write in the exercises of chapter 11."""

import numpy as np


def mean_by_step(mean, count, new):
    return mean + (new - mean) / (count + 1)


def mean_by_sum(mean, count, new):
    return [(count * old + more) / (count + 1) for old, more in zip(mean, new, strict=True)]


def unit(rows):
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def direction_by_loop(points, centroids):
    return [
        max(
            range(len(centroids)),
            key=lambda c: point @ centroids[c] / np.sqrt(sum(centroids[c] ** 2)),
        )
        for point in points
    ]


def direction_by_distance(points, centroids):
    differences = unit(points)[:, None] - unit(centroids)
    return (differences**2).sum(axis=2).argmin(axis=1)


def distances(points):
    return np.sqrt(((points[:, None] - points) ** 2).sum(axis=2))


def others(points):
    found = distances(points)
    np.fill_diagonal(found, np.inf)
    return found


def one_way(apart, count):
    return apart <= np.sort(apart, axis=1)[:, count - 1 : count]


def pairs_by_loop(points, count):
    table = np.zeros((len(points), len(points)))
    for i, row in enumerate(distances(points)):
        for j in [j for j in row.argsort() if j != i][:count]:
            table[i, j] = table[j, i] = 1
    return table


def pairs_by_sort(points, count):
    table = one_way(others(points), count)
    return table | table.T


def all_but_the_first(points, count):
    table = np.zeros((len(points), len(points)), dtype=bool)
    for row, apart in enumerate(distances(points)):
        table[row, apart.argsort(kind="stable")[1 : count + 1]] = True
    return both_ways(table)


def both_ways(table):
    return table | table.T


def mean_in_a_copy(mean, count, new):
    moved = np.array(mean, dtype=float)
    moved += (np.asarray(new) - moved) / (count + 1)
    return moved


RIGHT = {
    "moved_mean": [
        mean_by_step,
        mean_by_sum,
        mean_in_a_copy,
        lambda mean, count, new: np.average([mean, new], axis=0, weights=[count, 1]),
    ],
    "nearest_direction": [
        direction_by_loop,
        direction_by_distance,
        lambda points, centroids: (points @ unit(centroids).T).argmax(axis=1),
        lambda points, centroids: (unit(points) @ unit(centroids).T).argmax(axis=1).tolist(),
    ],
    "neighbour_pairs": [
        pairs_by_loop,
        pairs_by_sort,
        lambda points, count: pairs_by_sort(points, count).tolist(),
        lambda points, count: pairs_by_sort(points.astype(np.float32), count).astype(int),
    ],
}

# What the check says of a wrong attempt, and the attempt.
WRONG = {
    "moved_mean": {
        "counts as much as all the others": lambda mean, count, new: (mean + new) / 2,
        "the step is too long": lambda mean, count, new: mean + (new - mean) / count,
        "it is a sum": lambda mean, count, new: count * mean + new,
        "the old points count as one": lambda mean, count, new: (mean + new) / (count + 1),
        "has not moved": lambda mean, count, new: mean.copy(),
        "only the new point counts": lambda mean, count, new: new.copy(),
        "moves to another place": lambda mean, count, new: mean - (new - mean) / (count + 1),
        "it should be (2,)": lambda mean, count, new: np.mean(mean),
    },
    "nearest_direction": {
        "there is a number for each pair": lambda points, centroids: points @ unit(centroids).T,
        "lengths and all": lambda points, centroids: (
            ((points[:, None] - centroids) ** 2).sum(axis=2).argmin(axis=1)
        ),
        "long centroids win": lambda points, centroids: (points @ centroids.T).argmax(axis=1),
        "farthest away": lambda points, centroids: (points @ unit(centroids).T).argmin(axis=1),
        "these are products": lambda points, centroids: (unit(points) @ unit(centroids).T).max(
            axis=1
        ),
        "get other centroids": [
            lambda points, centroids: np.zeros(len(points)),
            lambda points, centroids: (
                (
                    (unit(points)[:, None] - centroids) ** 2  # only the points are stretched
                )
                .sum(axis=2)
                .argmin(axis=1)
            ),
            lambda points, centroids: np.abs(points @ unit(centroids).T).argmax(axis=1),
        ],
    },
    "neighbour_pairs": {
        "one way only": lambda points, count: one_way(others(points), count),
        "only mutual": lambda points, count: (
            one_way(others(points), count) & one_way(others(points), count).T
        ),
        "some pairs are there twice": lambda points, count: (
            one_way(others(points), count).astype(int) + one_way(others(points), count).T
        ),
        "its own neighbour": [
            lambda points, count: both_ways(one_way(distances(points), count + 1)),
            all_but_the_first,
        ],
        "random points have other neighbours": lambda points, count: both_ways(
            one_way(distances(points), count + 1) & (distances(points) > 0)
        ),
        "there are too many": lambda points, count: both_ways(one_way(others(points), count + 1)),
        "these are the farthest": lambda points, count: both_ways(
            one_way(-distances(points), count)
        ),
        "six points on a line have other": lambda points, count: np.eye(len(points))[::-1],
        "it should be (6, 6)": lambda points, count: others(points).argsort(axis=1)[:, :count],
    },
}
