"""Self-checks for the exercises of chapter 3: units, a cap, empty clusters, one point at a time."""

import numpy as np

from mnist_kmeans.exercises.checking import (
    NotYet,
    as_numbers,
    chance,
    equal,
    expect,
    expect_shape,
    more,
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
    absolute = np.abs(points - means).mean(axis=0)
    mistakes += [
        (
            (points - means) / absolute,
            "it divides by mean differences.",
            "The standard deviation is the root of the mean of the squares.",
        ),
        (
            (points - np.median(points, axis=0)) / deviations,
            "it subtracts medians.",
            "The task asks for the mean of each column.",
        ),
        (
            (points - means) / np.linalg.norm(points - means, axis=0),
            "each column has the length 1.",
            "The standard deviation is the root of a mean of squares, not of their sum.",
        ),
    ]
    found = as_numbers(standardise(points))
    expect_shape(found, points.shape)
    yield "the result has the shape of the points."
    expect_standard(found, points, mistakes)
    yield "each column has the mean 0 and the standard deviation 1."
    two = points[:4, :2]
    found = as_numbers(standardise(two))
    expect_shape(found, two.shape)
    expect_standard(found, two)
    yield "two columns do as well as three."
    whole = points.astype(np.int64)
    found = as_numbers(standardise(whole))
    expect_shape(found, whole.shape)
    cut = (
        "points that are whole numbers come out as whole numbers.",
        "Their standardised values have fractions. Which dtype has the array that you fill?",
    )
    true = (whole - whole.mean(axis=0)) / whole.std(axis=0)
    ways = (true, true * np.sqrt(4 / 5), np.trunc(whole - whole.mean(axis=0)) / whole.std(axis=0))
    expect_standard(found, whole, [(np.trunc(way), *cut) for way in ways])
    for points in more(lambda source: source.normal(0, 9, (6, 4)) * [1, 10, 100, 1000]):
        found = as_numbers(standardise(points))
        expect_shape(found, points.shape)
        expect_standard(found, points)


def expect_standard(found, points, mistakes=()):
    """Raise NotYet unless these are the standardised points, divided by n or by n - 1."""
    true = (points - points.mean(axis=0)) / points.std(axis=0)
    if not equal(found, true * np.sqrt(1 - 1 / len(points))):  # n - 1: another good deviation
        what = "the columns do not have the mean 0 and the deviation 1."
        row = ", ".join(f"{number:g}" for number in points[:, 0])
        column = ", ".join(f"{number:.4g}" for number in found[:, 0])
        expect(found, true, what, mistakes, f"The first of them, {row}, has become {column}.")


@self_check
def check_cluster_with_cap(cluster_with_cap):
    """Fifty points on a plane, and four hundred: stopped after every iteration, then run to the end."""
    for n, largest in [(50, 1000), (400, 100)]:  # where many share a mean, its last moves are small
        points = chance(8).integers(0, largest, (n, 2))
        expect_runs(cluster_with_cap, points, random_centroids(points, 4, seed=1))
    yield "it stops at the cap, with the right centroids and assignments."
    yield "it stops when nothing moves any more."


def expect_runs(cluster_with_cap, points, start):
    """Raise NotYet unless it stops rightly at every cap, and without one."""
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
        expect_shape(assignments, (len(points),))
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
        early = 0 <= iterations < true.n_iter and not equal(centroids, true.centroids)
        if early and equal(centroids, steps[int(iterations)]):
            raise NotYet(
                f"with a cap of {cap} it stops after {iterations:g} iterations.",
                "In the last of them a centroid has still moved, if only a little.",
            )
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


@self_check
def check_update_and_revive(update_and_revive):
    """A few points, three clusters and an empty one; many times, for a wrong rule may be lucky."""
    cases, found, shown = [], [], []
    for seed in range(CASES):
        points, assignments, centroids, empty = case = with_an_empty_cluster(seed)
        moved = as_numbers(update_and_revive(points, assignments, centroids))
        if moved.shape == (3, 2):
            raise NotYet("four centroids were given, and three come back.", "One is empty.")
        expect_shape(moved, (4, 2))
        filled = np.delete(np.arange(4), empty)
        true = [points[assignments == cluster].mean(axis=0) for cluster in filled]
        what = "the centroids that have points do not move to the means of these."
        stay = "the centroids that have points stay."
        cut = (what, "Are the means cut to whole numbers? Which dtype has the array that you fill?")
        mistakes = [(centroids[filled], stay, "They move to the means."), (np.trunc(true), *cut)]
        expect(moved[filled], true, what, mistakes)
        cases.append(case)
        found.append(moved[empty])
        shown.append(
            f"the points {pairs(points)} in the clusters {', '.join(map(str, assignments))} "
            f"and the centroids {pairs(centroids)}"
        )
    true, *wrong = zip(*(places(*case) for case in cases), strict=True)
    mistakes = [
        (list(each), f"the empty centroid: {told}", hint)
        for each, (told, hint) in zip(wrong, PLACES, strict=True)
    ]
    differs = [not equal(each, right) for each, right in zip(found, true, strict=True)]
    first = int(np.argmax(differs))
    what = (
        f"with {shown[first]}, of which number {cases[first][3]} is empty, this moves to a wrong "
        f"place, {pairs([found[first]])} and not {pairs([true[first]])}."
    )
    hint = "Which point is farthest from its own centroid, before anything moves?"
    expect(np.array(found), np.array(true), what, mistakes, hint)
    yield "the empty centroid moves to the right point, the others to their means."
    points, assignments, centroids, empty = with_an_empty_cluster(0)
    assignments, old = (
        np.unique(assignments, return_inverse=True)[1],
        np.delete(centroids, empty, 0),
    )
    true = [points[assignments == cluster].mean(axis=0) for cluster in range(3)]
    found = as_numbers(update_and_revive(points, assignments, old))
    expect_shape(found, (3, 2))
    expect(found, true, "no cluster is empty now, but not all move to their means.")
    yield "without an empty cluster, all move to their means."


CASES = 20


def pairs(points):
    """Return points on a plane as text."""
    return ", ".join(f"({x:.4g}, {y:.4g})" for x, y in points)


def with_an_empty_cluster(seed):
    """Return seven points, their clusters, four centroids, and which of these is empty."""
    source = chance(seed)
    empty = int(source.integers(4))
    while True:
        points, centroids = source.integers(0, 100, (7, 2)), source.integers(0, 100, (4, 2)) / 1.0
        centroids[empty] += 150  # nearest to no point
        assignments = source.choice(np.delete(np.arange(4), empty), 7)  # not always the nearest
        own = ((points - centroids[assignments]) ** 2).sum(axis=1)
        if len(np.unique(assignments)) == 3 and np.count_nonzero(own == own.max()) == 1:
            return points.astype((np.uint8, np.float64)[seed % 2]), assignments, centroids, empty


def places(points, assignments, centroids, empty):
    """Return where the empty centroid should go, then where the mistakes of PLACES lead it."""
    points = points.astype(np.float64)
    groups = [points[assignments == cluster] for cluster in range(4)]
    moved = np.array([np.mean(group if len(group) else [[0, 0]], axis=0) for group in groups])
    own, after = points - centroids[assignments], points - moved[assignments]
    nearest = points - centroids[assign(points, centroids)]
    from_itself, from_all = points - centroids[empty], points - points.mean(axis=0)
    squared = [
        (each**2).sum(axis=1) for each in (own, after, from_itself, from_all, points, nearest)
    ]
    rows = [
        squared[0].argmax(),
        squared[1].argmax(),
        np.abs(own).sum(axis=1).argmax(),
        np.abs(own).max(axis=1).argmax(),
        squared[0].argmin(),
        squared[2].argmax(),
        squared[2].argmin(),
        squared[3].argmax(),
        squared[4].argmax(),
        points[:, 0].argmax(),
        own.sum(axis=1).argmax(),
        squared[5].argmax(),
    ]
    return [*points[rows], centroids[empty], [0, 0], points.mean(axis=0)]


SQUARES = "Distance is the root of the sum of squared differences."
OWN = "Each point has a centroid of its own. How far is it from that one?"
PLACES = [
    (
        "it moves to the point that is farthest from its centroid after the move.",
        "The task says: before anything moves. Measure with the centroids that were given.",
    ),
    ("it moves to the point with the largest sum of absolute differences.", SQUARES),
    ("it moves to the point with the largest difference in one coordinate.", SQUARES),
    (
        "it moves to the point that is nearest to its own centroid.",
        "A point that is far from its own centroid needs it more.",
    ),
    ("it moves to the point that is farthest from itself.", OWN),
    (
        "it moves to the point nearest to itself.",
        "A point that is far from its own centroid needs it more.",
    ),
    ("it moves to the point that is farthest from the mean of all.", OWN),
    ("it moves to the point that is farthest from 0.", OWN),
    ("it moves to the point with the largest first coordinate.", OWN),
    ("it moves to the point with the largest sum of differences.", "Where are the squares?"),
    (
        "it moves to the point that is farthest from the nearest centroid.",
        "Its own centroid is the one that `assignments` gives it to.",
    ),
    ("it stays where it is.", "Which point should it move to?"),
    ("it moves to 0.", "Which point should it move to?"),
    ("it moves to the mean of all.", "It should move to one point."),
]


@self_check
def check_one_by_one(one_by_one):
    """Two hundred points on a plane, three centroids."""
    points = chance(3).integers(0, 256, (200, 2), dtype=np.uint8)
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
        (
            in_turn(points, start, measure=np.abs),
            "the nearest centroids are found by absolute differences.",
            "The distance of this course adds up squares.",
        ),
        (
            in_turn(points, start, halfway=True),
            "a centroid moves halfway to each point.",
            "The mean of all that has joined it so far lies nearer to it. How many have joined?",
        ),
        (in_turn(points[:-1], start), "one point is missing.", "Does the last one come, too?"),
        (in_turn(points[1:], start), "one point is missing.", "Does the first one come, too?"),
        (in_turn(points[::-1], start), "the points come in reverse order.", "Begin with row 0."),
        (in_turn(np.tile(points, (2, 1)), start), "each point comes twice.", "Once is enough."),
    ]
    found = as_numbers(one_by_one(points, start))
    expect_shape(found, (3, 2))
    yield "three centroids come back."
    what = "after 200 points, the centroids are not where they should be."
    expect(found, in_turn(points, start), what, mistakes)
    points = chance(4).integers(0, 256, (300, 3), dtype=np.uint8)
    start = points[:12] + 0.5
    found = as_numbers(one_by_one(points, start))
    expect_shape(found, (12, 3))
    what = "three centroids are right, but twelve, for 300 points in space, are not."
    expect(found, in_turn(points, start), what)
    yield "they have followed 200 points, one by one."


def in_turn(points, start, first_count=1, shared=False, measure=np.square, halfway=False):
    """Return the centroids that have followed the points; the wrong ways as well as the right one."""
    centroids, counts = start.astype(np.float64), np.full(len(start), first_count)
    for point in points:
        nearest = measure(centroids - point).sum(axis=1).argmin()
        counts[slice(None) if shared else nearest] += 1
        centroids[nearest] += (point - centroids[nearest]) / (2 if halfway else counts[nearest])
    return centroids
