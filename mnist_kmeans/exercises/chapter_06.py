"""Self-checks for the exercises of chapter 6: how sure a mean is, choosing without labels, k-means++."""

import itertools
from collections import Counter

import numpy as np

from mnist_kmeans.exercises.checking import (
    NotYet,
    as_numbers,
    expect,
    expect_shape,
    self_check,
)


@self_check
def check_mean_and_error(mean_and_error):
    """Random errors of some runs; whether to divide by n or by n - 1 is left to the learner."""
    for runs in (16, 100):
        errors = np.random.default_rng(runs).normal(0.35, 0.02, runs)
        found = as_numbers(mean_and_error(errors))
        if found.shape == ():
            raise NotYet("one number comes back.", "Two are asked for: `return one, other`.")
        expect_shape(found, (2,))
        expect(found[0], errors.mean(), f"the mean of {runs} numbers is wrong.")
        spreads = errors.std(), errors.std(ddof=1)
        mistakes = [
            mistake
            for spread in spreads
            for mistake in [
                (
                    spread,
                    "the second number is the standard deviation of a single run.",
                    "The mean of many runs is surer than one run. How much surer?",
                ),
                (
                    spread / runs,
                    "the second number is too small.",
                    "Do four times as many runs make the mean four times as sure?",
                ),
                (spread * runs**0.5, "the second number is too large.", "More runs, surer mean."),
                (spread**2, "the second number is a variance.", "A root is missing."),
                (spread**2 / runs, "the second number is a squared one.", "A root is missing."),
            ]
        ]
        if not any(np.isclose(found[1], spread / runs**0.5, rtol=1e-3) for spread in spreads):
            for mistaken, what, hint in mistakes:
                if np.isclose(found[1], mistaken, rtol=1e-3):
                    raise NotYet(what, hint)
            raise NotYet("the mean is right, the standard error is not.")
        yield f"mean and standard error of {runs} numbers are right."


@self_check
def check_kept_errors(kept_errors):
    """Random runs, in groups that fit and in groups that do not."""
    source = np.random.default_rng(7)
    for runs, size in [(12, 4), (23, 5), (6, 1), (7, 7)]:
        inertias, errors = source.permutation(runs) + 50.0, source.permutation(runs) / 100
        groups = np.arange(runs // size * size).reshape(-1, size)
        rows = np.arange(len(groups))
        lowest = groups[rows, inertias[groups].argmin(axis=1)]
        columns = np.arange(len(lowest) * size).reshape(size, -1).T
        mistakes = [
            (
                errors[groups].min(axis=1),
                "these are the lowest errors.",
                "That is peeking: without labels, nobody knows the errors when a run is chosen.",
            ),
            (
                errors[groups[rows, inertias[groups].argmax(axis=1)]],
                "these are the runs with the highest inertias.",
                "The algorithm makes the inertia small.",
            ),
            (
                inertias[lowest],
                "these are inertias.",
                "Of the runs kept, the errors are asked for.",
            ),
            (lowest, "these are numbers of runs.", "Of the runs kept, the errors are asked for."),
            (
                inertias[groups].argmin(axis=1),
                "these are places within the groups.",
                "Of the runs kept, the errors are asked for.",
            ),
            (
                errors[inertias[groups].argmin(axis=1)],
                "all errors come from the first group.",
                "The place within a group is not yet the number of the run.",
            ),
            (
                errors[columns[rows, inertias[columns].argmin(axis=1)]],
                "the groups are not of runs in a row.",
                "Are rows and columns swapped?",
            ),
        ]
        found = as_numbers(kept_errors(inertias, errors, size))
        if len(groups) > 1 and found.shape == ():
            raise NotYet("one number comes back.", "Each group of runs gives one.")
        if len(found.ravel()) == len(groups) + 1 and runs % size:
            raise NotYet(
                "the runs left over at the end make a group.",
                f"{runs} runs in groups of {size}: leave the last {runs % size} out.",
            )
        if len(found.ravel()) == runs - size + 1 and size > 1 and len(groups) > 1:
            raise NotYet("the groups overlap.", "Each run belongs to one group.")
        found = found.reshape(-1)
        expect_shape(found, (len(groups),))
        what = f"{runs} invented runs in groups of {size} give other errors."
        expect(found, errors[lowest], what, mistakes if size > 1 else ())
        yield f"{runs} runs in groups of {size} are right."


@self_check
def check_chances(chances):
    """Random images; three of them are centroids."""
    points = np.random.default_rng(9).integers(0, 256, (40, 784), dtype=np.uint8)
    points[:20] //= 3
    for rows in ([5, 21], [30, 2, 11]):
        centroids = points[rows].astype(np.float64)
        squared = ((points[:, None] - centroids) ** 2).sum(axis=2)
        wrapped = ((points[:, None] - points[rows]) ** 2).sum(axis=2).min(axis=1)
        near = squared.min(axis=1)
        found = as_numbers(chances(points, centroids))
        if found.shape in {(784,), (len(rows),)}:
            raise NotYet(
                f"there are {len(found)} numbers for 40 points.",
                "The axis: each point has a chance of its own.",
            )
        if found.shape == (40, len(rows)):
            raise NotYet(
                "there is a number for each point and centroid.",
                "Which of its centroids counts for a point?",
            )
        found = found.reshape(-1)
        expect_shape(found, (40,))
        mistakes = [
            (np.sqrt(near), "the distances are not squared.", "Square them before you divide."),
            (wrapped, "the squares have overflowed.", "In bytes, 16 * 16 is 0. Mind the dtype."),
            (squared.max(axis=1), "the farthest centroid counts.", "The nearest one should."),
            (squared.sum(axis=1), "all the centroids count.", "Only the nearest one should."),
            (squared[:, -1], "only the last centroid counts.", "Which one is the nearest?"),
            (squared[:, 0], "only the first centroid counts.", "Which one is the nearest?"),
            (near.max() - near, "near points have large chances.", "Far ones should have them."),
        ]
        expect(
            1000 * share(found),
            1000 * share(near),
            f"with {len(rows)} of 40 random images as centroids, they are wrong.",
            [(1000 * share(mistaken), what, hint) for mistaken, what, hint in mistakes],
        )
        if not np.isclose(found.sum(), 1):
            raise NotYet(
                f"all chances together are {found.sum():.6g}.",
                "They are in the right proportion, but their sum should be 1.",
            )
        yield f"with {len(rows)} of 40 images as centroids, the chances of all are right."


def share(numbers):
    """Return numbers divided by their sum."""
    return numbers / numbers.sum()


@self_check
def check_plus_plus(plus_plus):
    """Points that can be told apart, then four points on a line, drawn from two thousand times."""
    points = np.random.default_rng(2).permutation(60).reshape(30, 2).astype(np.float64)
    found = as_numbers(plus_plus(points, 4, 0))
    if found.shape == (4,):
        raise NotYet("four numbers come back.", "The centroids are asked for, not their rows.")
    expect_shape(found, (4, 2))
    drawn = [rows_of(plus_plus(points, 4, seed), points) for seed in range(9)]
    if rows_of(plus_plus(points, 4, 0), points) != drawn[0]:
        raise NotYet("one seed gives two different draws.", "Where does chance get its seed?")
    if all(rows == drawn[0] for rows in drawn):
        raise NotYet("all seeds give the same centroids.", "What does chance decide here?")
    yield "the centroids are points, drawn by the seed."
    for seed in range(9):
        if len(set(rows_of(plus_plus(points[:5], 5, seed), points))) < 5:
            raise NotYet(
                "some point is drawn twice.",
                "The distance of a centroid to the nearest centroid is 0, and so is its chance.",
            )
    yield "no point is drawn twice."
    line = np.array([[0.0], [1], [2], [4]])
    counted = Counter(frozenset(rows_of(plus_plus(line, 3, seed), line)) for seed in range(2000))
    found = np.array([counted[triple] / 2000 for triple in TRIPLES])
    right, *mistakes = [
        (triple_chances(lambda near: near**2), "", None),
        (
            triple_chances(lambda near: near),
            "far points are not drawn often enough.",
            "Are the distances squared?",
        ),
        (
            triple_chances(np.sign),
            "all points are drawn equally often.",
            "Far points should be drawn more often than near ones.",
        ),
        (
            triple_chances(lambda near: near == near.max()),
            "it is always the farthest point that is drawn.",
            "It should have the largest chance. The others have one, too.",
        ),
        (
            triple_chances(lambda near: near**2, range(1)),
            "the first centroid is always the first point.",
            "It is drawn as well: all points are equally likely.",
        ),
    ]
    if np.abs(found - right[0]).max() > 0.059:  # five times the spread that chance gives it
        for chances, what, hint in mistakes:
            if np.abs(found - chances).max() < 0.059:
                raise NotYet(what, hint)
        raise NotYet(
            "in 2,000 draws of three of four points, some are drawn too often.",
            "The chance grows with the square of the distance to the *nearest* centroid so far.",
        )
    yield "in 2,000 draws, near and far points come as often as they should."


def rows_of(centroids, points):
    """Return which points the centroids are, as a list."""
    centroids = as_numbers(centroids)
    if centroids.ndim != 2 or centroids.shape[1] != points.shape[1]:
        raise NotYet(f"the result has the shape {centroids.shape}, it should be (k, d).")
    same = (centroids[:, None] == points).all(axis=2)
    if not same.any(axis=1).all():
        raise NotYet("a centroid is none of the points.", "Each is drawn from the points.")
    return same.argmax(axis=1).tolist()


TRIPLES = [frozenset(triple) for triple in itertools.combinations(range(4), 3)]


def triple_chances(weigh, firsts=range(4)):
    """Return how likely each three of the points 0, 1, 2 and 4 are drawn; `weigh` takes distances."""
    line = np.array([0, 1, 2, 4])
    distances = np.abs(line[:, None] - line)
    chances = Counter()
    for rows in itertools.permutations(range(4), 3):
        chance = float(rows[0] in firsts) / len(firsts)
        for drawn in (1, 2):
            chance *= share(weigh(distances[list(rows[:drawn])].min(axis=0)))[rows[drawn]]
        chances[frozenset(rows)] += chance
    return np.array([chances[triple] for triple in TRIPLES])
