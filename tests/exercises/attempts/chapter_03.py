"""What learners might write in the exercises of chapter 3."""

import math
import statistics

import numpy as np

from mnist_kmeans import assign, update
from mnist_kmeans.runs import kmeans


def standardise_by_column(points):
    columns = []
    for column in points.T.tolist():
        mean, deviation = statistics.fmean(column), statistics.stdev(column)
        columns.append([(value - mean) / deviation for value in column])
    return list(zip(*columns, strict=True))


def standardise_in_two_steps(points):
    centred = points - np.average(points, axis=0)
    return centred / np.sqrt((centred**2).sum(axis=0) / len(points))


def standardise_in_a_copy(points, dtype=np.float64):
    out = points.astype(dtype)
    for column in range(points.shape[1]):
        out[:, column] -= out[:, column].mean()
        out[:, column] /= out[:, column].std()
    return out


def standardise_in_its_own_dtype(points):
    out = points.copy()
    for column in range(points.shape[1]):
        out[:, column] = (points[:, column] - points[:, column].mean()) / points[:, column].std()
    return out


def standardise_in_two_truncated_steps(points):
    out = points.copy()
    out[:] = points - points.mean(axis=0)
    out[:] = out / points.std(axis=0)
    return out


def standardise_for_three(points):
    means, deviations = points.mean(axis=0), points.std(axis=0)
    return np.stack([(points[:, i] - means[i]) / deviations[i] for i in range(3)], axis=1)


def by_kmeans(points, centroids, cap):
    found = kmeans(points, len(centroids), init=centroids, max_iter=cap)
    return found.assignments, found.centroids, found.n_iter


def loop_with_own_steps(points, centroids, cap):
    for count in range(1, cap + 1):
        nearest = [((centroids - point) ** 2).sum(axis=1).argmin() for point in points]
        rows = [points[np.equal(nearest, cluster)] for cluster in range(len(centroids))]
        new = np.array([row.mean(axis=0) for row in rows])
        if count == cap or np.array_equal(new, centroids):
            nearest = [((new - point) ** 2).sum(axis=1).argmin() for point in points]
            return nearest, new, count
        centroids = new
    return None


def loop(points, centroids, cap, stop=True, first=0, stale=False):
    """A loop with a choice of mistakes."""
    iterations = first
    while iterations < cap:
        assignments = assign(points, centroids)
        moved = update(points, assignments, centroids)
        iterations += 1
        if stop and np.array_equal(moved, centroids):
            break
        centroids = moved
    return assignments if stale else assign(points, centroids), centroids, iterations


def loop_by_assignments(points, centroids, cap):
    before, iterations = None, 0
    while iterations < cap:
        assignments = assign(points, centroids)
        centroids = update(points, assignments, centroids)
        iterations += 1
        if np.array_equal(assignments, before):
            break
        before = assignments
    return assign(points, centroids).tolist(), centroids.tolist(), float(iterations)


def loop_until_near(points, centroids, cap):
    iterations, change = 0, np.inf
    while iterations < cap and change > 1:
        before, centroids = centroids, update(points, assign(points, centroids), centroids)
        iterations, change = iterations + 1, np.abs(centroids - before).max()
    return assign(points, centroids), centroids, iterations


def one_at_the_cap(points, centroids, cap):
    return *loop(points, centroids, cap)[:2], cap


def loop_that_looks_too_late(points, centroids, cap):
    iterations = 0
    while True:
        moved = update(points, assign(points, centroids), centroids)
        iterations += 1
        if np.array_equal(moved, centroids) or iterations > cap:
            return assign(points, centroids), moved, iterations
        centroids = moved


def loop_that_forgets_a_move(points, centroids, cap):
    for iteration in range(1, cap + 1):
        moved = update(points, assign(points, centroids), centroids)
        if np.array_equal(moved, centroids) or iteration == cap:
            return assign(points, centroids), centroids, iteration
        centroids = moved
    return None


def loop_that_moves_once_more(points, centroids, cap):
    assignments, centroids, iterations = loop(points, centroids, cap)
    centroids = update(points, assignments, centroids)
    return assign(points, centroids), centroids, iterations


def loop_that_forgets_the_last(points, centroids, cap):
    for iteration in range(cap):
        moved = update(points, assign(points, centroids), centroids)
        if np.array_equal(moved, centroids):
            return assign(points, centroids), centroids, iteration
        centroids = moved
    return assign(points, centroids), centroids, cap


def revive_with_lists(points, assignments, centroids):
    own = np.linalg.norm(points - np.take(centroids, assignments, axis=0), axis=1)
    moved = list(centroids)
    for cluster in range(len(centroids)):
        rows = [row for row, nearest in enumerate(assignments) if nearest == cluster]
        moved[cluster] = np.mean(points[rows], axis=0) if rows else points[np.argmax(own)]
    return moved


def revive_after_update(points, assignments, centroids):
    moved = update(points, assignments, centroids)
    own = ((points - centroids[assignments]) ** 2).sum(axis=1)
    moved[np.bincount(assignments, minlength=len(centroids)) == 0] = points[own.argmax()]
    return moved


def revive_after_update_of_nearest(points, assignments, centroids):
    moved = update(points, assignments, centroids)
    nearest = ((points[:, None] - centroids) ** 2).sum(axis=2).min(axis=1)
    moved[np.bincount(assignments, minlength=len(centroids)) == 0] = points[nearest.argmax()]
    return moved


def revive(points, assignments, centroids, place):
    """The update with another place for an empty centroid."""
    groups = [points[assignments == cluster] for cluster in range(len(centroids))]
    return np.array(
        [
            group.mean(axis=0) if len(group) else place(points, centroid)
            for group, centroid in zip(groups, centroids, strict=True)
        ]
    )


def from_itself(points, centroid):
    return ((points - centroid) ** 2).sum(axis=1)


def revive_at(row):
    """An attempt with another place for an empty centroid: the point row(points, own, moved own)."""

    def move(points, assignments, centroids):
        points, moved = points / 1.0, update(points, assignments, centroids)
        chosen = row(points, points - centroids[assignments], points - moved[assignments])
        moved[np.bincount(assignments, minlength=len(centroids)) == 0] = points[chosen]
        return moved

    return move


def revive_in_dtype_of_points(points, assignments, centroids):
    moved = np.zeros(centroids.shape, dtype=points.dtype)
    moved[:] = revive_after_update(points, assignments, centroids)
    return moved


def revive_in_a_copy(points, assignments, centroids):
    moved = centroids.copy()
    own = np.sqrt(np.square(points - centroids[assignments]).sum(axis=1))
    for cluster in range(len(moved)):
        chosen = assignments == cluster
        moved[cluster] = points[chosen if chosen.any() else own == own.max()].mean(axis=0)
    return moved


def only_revive(points, assignments, centroids):
    moved = revive_after_update(points, assignments, centroids)
    filled = np.unique(assignments)
    moved[filled] = centroids[filled]
    return moved


def in_place(points, assignments, centroids):
    for cluster in range(len(centroids)):
        if np.any(assignments == cluster):
            centroids[cluster] = points[assignments == cluster].mean(axis=0)
    return centroids


def with_dictionaries(points, centroids):
    middles = {cluster: (centroid.tolist(), 1) for cluster, centroid in enumerate(centroids)}
    for point in points.tolist():
        nearest = min(middles, key=lambda cluster: math.dist(middles[cluster][0], point))
        middle, count = middles[nearest]
        moved = [(count * old + new) / (count + 1) for old, new in zip(middle, point, strict=True)]
        middles[nearest] = moved, count + 1
    return [middle for middle, _ in middles.values()]


def with_sums(points, centroids):
    sums, counts = centroids * 1, np.ones((len(centroids), 1))
    for point in points:
        nearest = np.linalg.norm(sums / counts - point, axis=1).argmin()
        sums[nearest] += point
        counts[nearest] += 1
    return sums / counts


def with_all_members(points, centroids):
    members = [[centroid] for centroid in centroids]
    for point in points:
        means = np.array([np.mean(each, axis=0) for each in members])
        members[((means - point) ** 2).sum(axis=1).argmin()].append(point)
    return [np.mean(each, axis=0) for each in members]


def follow(points, centroids, counts, shared=False, rate=None, measure=np.square):
    centroids = centroids.copy()
    for point in points:
        nearest = measure(centroids - point).sum(axis=1).argmin()
        counts[slice(None) if shared else nearest] += 1
        centroids[nearest] += (point - centroids[nearest]) * (rate or 1 / counts[nearest])
    return centroids


def lloyds_step(points, centroids):
    return update(points, assign(points, centroids), centroids)


def lloyds_step_with_start(points, centroids):
    nearest = assign(points, centroids)
    return [
        np.vstack([points[nearest == cluster], centroid]).mean(axis=0)
        for cluster, centroid in enumerate(centroids)
    ]


def nothing_moves(points, centroids):
    for point in points:
        centroid = centroids[((centroids - point) ** 2).sum(axis=1).argmin()]
        centroid = (centroid + point) / 2
    return centroids


RIGHT = {
    "standardise": [
        standardise_by_column,
        standardise_in_two_steps,
        standardise_in_a_copy,
        lambda points: standardise_in_a_copy(points, np.float32),
        lambda points: ((points - points.mean(0)) / points.std(0, ddof=1)).tolist(),
    ],
    "cluster_with_cap": [by_kmeans, loop_with_own_steps, loop, loop_by_assignments],
    "update_and_revive": [
        revive_with_lists,
        revive_after_update,
        revive_in_a_copy,
        revive_at(lambda points, own, after: (own**2).sum(axis=1).argmax()),
    ],
    "one_by_one": [
        with_dictionaries,
        with_sums,
        lambda points, start: follow(points, start, np.ones(len(start))).tolist(),
        with_all_members,
    ],
}

# What the check says of a wrong attempt, and the attempt.
WRONG = {
    "standardise": {
        "the means are 0, the deviations are not 1": lambda points: points - points.mean(axis=0),
        "the deviations are 1, the means are not 0": lambda points: points / points.std(axis=0),
        "one mean and one deviation for all": lambda points: (
            (points - points.mean()) / points.std()
        ),
        "each row by itself": lambda points: (
            (points - points.mean(axis=1)[:, None]) / points.std(axis=1)[:, None]
        ),
        "it divides by the variance": lambda points: (
            (points - points.mean(axis=0)) / points.var(axis=0)
        ),
        "in the wrong order": lambda points: points / points.std(axis=0) - points.mean(axis=0),
        "each column lies between 0 and 1": lambda points: (
            (points - points.min(axis=0)) / (points.max(axis=0) - points.min(axis=0))
        ),
        "do not have the mean 0": lambda points: (points - np.median(points, axis=0)) / 1000,
        "points that are whole numbers come out as whole numbers": [
            standardise_in_its_own_dtype,
            standardise_in_two_truncated_steps,
        ],
        "it divides by mean differences": lambda points: (
            (points - points.mean(axis=0)) / np.abs(points - points.mean(axis=0)).mean(axis=0)
        ),
        "it subtracts medians": lambda points: (
            (points - np.median(points, axis=0)) / points.std(axis=0)
        ),
        "each column has the length 1": lambda points: (
            (points - points.mean(axis=0)) / np.linalg.norm(points - points.mean(axis=0), axis=0)
        ),
        "has become": lambda points: (points - points.mean(axis=0)) / points.max(axis=0),
        "it should be (5, 3)": lambda points: points.std(axis=0),
        "has become 0.4264": lambda points: (
            (points - points.sum(axis=0) / 5)
            / np.sqrt((points**2).sum(axis=0) / 5 - (points.sum(axis=0) / 5) ** 2)
        ),
        "stops with IndexError in line": standardise_for_three,
    },
    "cluster_with_cap": {
        "three things should come back": lambda *given: loop(*given)[:2],
        "the centroids come first": lambda *given: [loop(*given)[i] for i in (1, 0, 2)],
        "with a cap of 1 it takes 2 iterations": loop_that_looks_too_late,
        "it goes on when nothing moves": lambda *given: loop(*given, stop=False),
        "They have moved once too few": loop_that_forgets_a_move,
        "They have moved once too often": loop_that_moves_once_more,
        "moved since the points were assigned": lambda *given: loop(*given, stale=True),
        "Count the last one, too": loop_that_forgets_the_last,
        "a centroid has still moved, if only a little": loop_until_near,
        "it goes on when nothing moves any more": one_at_the_cap,
        "these are not the centroids": lambda points, centroids, cap: (
            np.zeros(50),
            np.zeros((4, 2)),
            1,
        ),
    },
    "update_and_revive": {
        "*not a number*": lambda *given: revive(*given, lambda points, _: points[:0].mean(axis=0)),
        "four centroids were given, and three come back": lambda points, assignments, centroids: [
            points[assignments == cluster].mean(axis=0) for cluster in np.unique(assignments)
        ],
        "it stays where it is": update,
        "it moves to 0": lambda *given: revive(*given, lambda points, _: 0 * points[0]),
        "farthest from itself": lambda *given: revive(
            *given, lambda points, centroid: points[from_itself(points, centroid).argmax()]
        ),
        "nearest to itself": lambda *given: revive(
            *given, lambda points, centroid: points[from_itself(points, centroid).argmin()]
        ),
        "to the mean of all": lambda *given: revive(*given, lambda points, _: points.mean(axis=0)),
        "moves to a wrong place, (": [
            lambda *given: revive(*given, lambda points, _: points[1]),
            revive_at(lambda points, own, after: own[:, 0].argmax()),
            revive_at(lambda points, own, after: points.sum(axis=1).argmin()),
            revive_at(lambda points, own, after: points[:, 1].argmax()),
        ],
        "farthest from its centroid after the move": revive_at(
            lambda points, own, after: (after**2).sum(axis=1).argmax()
        ),
        "largest sum of absolute differences": revive_at(
            lambda points, own, after: np.abs(own).sum(axis=1).argmax()
        ),
        "largest difference in one coordinate": revive_at(
            lambda points, own, after: np.abs(own).max(axis=1).argmax()
        ),
        "largest first coordinate": revive_at(lambda points, own, after: points[:, 0].argmax()),
        "farthest from the nearest centroid": [
            lambda points, assignments, centroids: revive_after_update_of_nearest(
                points, assignments, centroids
            ),
        ],
        "farthest from 0": revive_at(lambda points, own, after: (points**2).sum(axis=1).argmax()),
        "farthest from the mean of all": revive_at(
            lambda points, own, after: ((points - points.mean(axis=0)) ** 2).sum(axis=1).argmax()
        ),
        "Where are the squares": revive_at(lambda points, own, after: own.sum(axis=1).argmax()),
        "nearest to its own centroid": revive_at(
            lambda points, own, after: (own**2).sum(axis=1).argmin()
        ),
        "Are the means cut to whole numbers": revive_in_dtype_of_points,
        "the centroids that have points stay": only_revive,
        "do not move to the means of these": lambda points, assignments, centroids: centroids + 1,
        "no cluster is empty now": lambda points, assignments, centroids: (
            revive_after_update(points, assignments, centroids)
            if len(centroids) == 4
            else centroids
        ),
        "changes an array that it was given": in_place,
    },
    "one_by_one": {
        "no centroid has moved": nothing_moves,
        "assigned to the centroids as they were": lloyds_step,
        "one centroid has already moved": lloyds_step_with_start,
        "forget where they started": lambda *given: follow(*given, np.zeros(3)),
        "share one count": lambda *given: follow(*given, np.ones(3), shared=True),
        "in reverse order": lambda points, start: follow(points[::-1], start, np.ones(3)),
        "each point comes twice": lambda points, start: follow(
            np.vstack([points, points]), start, np.ones(3)
        ),
        "a centroid moves halfway": lambda *given: follow(*given, np.ones(3), rate=0.5),
        "by absolute differences": lambda *given: follow(*given, np.ones(3), measure=np.abs),
        "Does the last one come": lambda points, start: follow(points[:-1], start, np.ones(3)),
        "Does the first one come": lambda points, start: follow(points[1:], start, np.ones(3)),
        "for 300 points in space, are not": [
            lambda points, start: follow(points[:200], start, np.ones(len(start))),
            lambda points, start: follow(
                points, start, np.ones(len(start)), measure=lambda x: x[:, :2] ** 2
            ),
        ],
        "are not where they should be": lambda *given: follow(*given, np.ones(3), rate=0.1),
    },
}
