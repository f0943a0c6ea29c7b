"""Self-checks for the exercises of chapter 3: units, a cap, empty clusters, one point at a time."""

import numpy as np

from mnist_kmeans.exercises.checking import (
    NotYet,
    as_numbers,
    expect,
    expect_shape,
    self_check,
)
from mnist_kmeans.lloyd import assign
from mnist_kmeans.runs import kmeans
from mnist_kmeans.seeding import random_centroids


@self_check
def check_standardise(standardise):
    """Columns of three very different units."""
    points = np.array([[2900, 1.5, -7], [3100, 9.5, 3], [4600, 2.5, 5], [5, 6.5, -1], [12, 0, 90]])
    means, deviations = points.mean(axis=0), points.std(axis=0)
    true = (points - means) / deviations
    across = points - points.mean(axis=1, keepdims=True)
    axis = ("it looks at each row by itself.", "The axis: a column holds one kind of measurement.")
    mistakes = [
        (points - means, "the means are 0, the deviations are not 1.", "What is still missing?"),
        (points / deviations, "the deviations are 1, the means are not 0.", "What is missing?"),
        (
            (points - points.mean()) / points.std(),
            "it uses one mean and one deviation for all the numbers.",
            "The axis: each column has its own.",
        ),
        (across / points.std(axis=1, keepdims=True), *axis),
        (
            true / deviations,
            "it divides by the variance.",
            "The standard deviation is its root, and has the unit of the measurement.",
        ),
        (
            points / deviations - means,
            "the two steps are in the wrong order.",
            "These are the means of the numbers before you divide.",
        ),
        (
            (points - points.min(axis=0)) / np.ptp(points, axis=0),
            "each column lies between 0 and 1.",
            "That is another way to make units alike. The task asks for mean and deviation.",
        ),
    ]
    found = as_numbers(standardise(points))
    expect_shape(found, points.shape)
    yield "the result has the shape of the points."
    if not np.allclose(found, true * np.sqrt(4 / 5)):  # divided by n - 1: another good deviation
        expect(found, true, "the columns do not have the mean 0 and the deviation 1.", mistakes)
    yield "each column has the mean 0 and the standard deviation 1."
    expect_shape(as_numbers(standardise(points[:, :2])), (5, 2))
    yield "two columns do as well as three."


@self_check
def check_cluster_with_cap(cluster_with_cap):
    """Fifty points on a plane: stopped after every iteration, then run to the end."""
    points = np.random.default_rng(8).integers(0, 1000, (50, 2))
    start = random_centroids(points, 4, seed=1)
    enough = kmeans(points, 4, init=start).n_iter
    runs = [kmeans(points, 4, init=start, max_iter=cap) for cap in range(1, enough + 3)]
    steps = [start, *(run.centroids for run in runs)]  # after so many updates
    for cap, true in enumerate(runs, start=1):
        found = cluster_with_cap(points, start, cap)
        if not isinstance(found, (tuple, list)) or len(found) != 3:
            raise NotYet("three things should come back: assignments, centroids, iterations.")
        assignments, centroids, iterations = (as_numbers(part) for part in found)
        if assignments.shape == (4, 2):
            raise NotYet("the centroids come first.", "The task asks for the assignments first.")
        expect_shape(assignments, (50,))
        expect_shape(centroids, (4, 2))
        expect_shape(iterations, ())
        if iterations > cap:
            raise NotYet(
                f"with a cap of {cap} it takes {iterations:.0f} iterations.",
                "How often has your loop gone round when it looks at the cap?",
            )
        if iterations > true.n_iter:
            raise NotYet(
                "it goes on when nothing moves any more.",
                "Compare the centroids before an update with those after it.",
            )
        what = f"with a cap of {cap}, these are not the centroids after so many updates."
        mistakes = [(steps[cap - 1], what, "They have moved once too few.")]
        if cap + 1 < len(steps):
            mistakes.append((steps[cap + 1], what, "They have moved once too often."))
        expect(centroids, true.centroids, what, mistakes)
        what = f"with a cap of {cap}, some points are not with the nearest centroid."
        hint = "The centroids have moved since the points were assigned."
        stale = assign(points, steps[cap - 1])
        expect(assignments, true.assignments, what, [(stale, what, hint)])
        what = f"it counts {iterations:.0f} iterations where there are {true.n_iter}."
        hint = "Count the last one, too, in which nothing moves."
        expect(iterations, true.n_iter, what, [(true.n_iter - 1, what, hint)])
    yield "it stops at the cap, with the right centroids and assignments."
    yield "it stops when nothing moves any more."


@self_check
def check_update_and_revive(update_and_revive):
    """Three clusters on a plane and an empty one, at two places in the order; then none empty."""
    points = np.array(
        [[0, 0], [10, 0], [0, 12], [-20, -20], [100, 0], [110, 10], [140, -20], [0, 100], [9, 95]]
    ).astype(np.float64)
    members = np.array([0, 0, 0, 0, 1, 1, 1, 2, 2])
    old = np.array([[5, 5], [95, 5], [5, 90], [400, 500]], dtype=np.float64)
    moved = np.array([points[members == cluster].mean(axis=0) for cluster in range(3)])
    from_empty = ((points - old[3]) ** 2).sum(axis=1)
    mistakes = [
        (old[3], "it stays where it is.", "Which point should it move to?"),
        ([0, 0], "it moves to 0.", "Which point should it move to?"),
        (
            points[from_empty.argmax()],
            "it moves to the point that is farthest from itself.",
            "Each point has a centroid of its own. How far is it from that one?",
        ),
        (
            points[from_empty.argmin()],
            "it moves to the point nearest to itself.",
            "A point that is far from its own centroid needs it more.",
        ),
        (points.mean(axis=0), "it moves to the mean of all.", "It should move to one point."),
    ]
    for order in ([0, 1, 2, 3], [3, 0, 1, 2]):  # old centroid order[i] is now number i
        assignments = np.argsort(order)[members]
        found = as_numbers(update_and_revive(points, assignments, old[order]))
        if found.shape == (3, 2):
            raise NotYet("four centroids were given, and three come back.", "One is empty.")
        expect_shape(found, (4, 2))
        found = found[np.argsort(order)]
        what = "the centroids that have points do not move to the means of these."
        mistake = (old[:3], "the centroids that have points stay.", "They move to the means.")
        expect(found[:3], moved, what, [mistake])
        expect(
            found[3],
            points[6],
            "the empty centroid moves to a wrong place.",
            [(place, f"the empty centroid: {what}", hint) for place, what, hint in mistakes],
        )
    yield "the empty centroid moves to the right point, the others to their means."
    found = as_numbers(update_and_revive(points, members, old[:3]))
    expect(found, moved, "no cluster is empty now, but not all move to their means.")
    yield "without an empty cluster, all move to their means."


@self_check
def check_one_by_one(one_by_one):
    """Two hundred points on a plane, three centroids."""
    points = np.random.default_rng(3).integers(0, 256, (200, 2))
    start = points[[150, 20, 80]] + 0.5
    first = assign(points, start)
    groups = [points[first == cluster] for cluster in range(3)]
    rows = [np.vstack([centroid, group]) for centroid, group in zip(start, groups, strict=True)]
    batch = (
        "the points are assigned to the centroids as they were at the start.",
        "By the time of the second point, one centroid has already moved.",
    )
    mistakes = [
        (start, "no centroid has moved.", "Do your changes reach the array that you return?"),
        (np.array([group.mean(axis=0) for group in groups]), *batch),
        (np.array([group.mean(axis=0) for group in rows]), *batch),
        (
            in_turn(points, start, first_count=0),
            "the centroids forget where they started.",
            "The start counts as the first point of its cluster.",
        ),
        (
            in_turn(points, start, shared=True),
            "the clusters share one count of points.",
            "Each centroid is the mean of its own points, however many the others have.",
        ),
        (in_turn(points[::-1], start), "the points come in reverse order.", "Begin with row 0."),
        (in_turn(np.tile(points, (2, 1)), start), "each point comes twice.", "Once is enough."),
    ]
    found = as_numbers(one_by_one(points, start))
    expect_shape(found, (3, 2))
    yield "three centroids come back."
    what = "after 200 points, the centroids are not where they should be."
    expect(found, in_turn(points, start), what, mistakes)
    yield "they have followed 200 points, one by one."


def in_turn(points, start, first_count=1, shared=False):
    """Return the centroids that have followed the points; the wrong ways as well as the right one."""
    centroids, counts = start.astype(np.float64), np.full(len(start), first_count)
    for point in points:
        nearest = ((centroids - point) ** 2).sum(axis=1).argmin()
        counts[slice(None) if shared else nearest] += 1
        centroids[nearest] += (point - centroids[nearest]) / counts[nearest]
    return centroids
