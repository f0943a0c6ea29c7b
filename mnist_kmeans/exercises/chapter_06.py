"""Self-checks for the exercises of chapter 6: how sure a mean is, choosing without labels, k-means++."""

import itertools
from collections import Counter

import numpy as np

from mnist_kmeans.exercises.checking import (
    NotYet,
    as_numbers,
    chance,
    equal,
    expect,
    expect_shape,
    self_check,
)


@self_check
def check_mean_and_error(mean_and_error):
    """Random errors of some runs; whether to divide by n or by n - 1 is left to the learner."""
    for runs in (16, 100):
        errors = chance(runs).normal(0.35, 0.02, runs)
        found = as_numbers(mean_and_error(errors))
        if found.shape == ():
            raise NotYet("one number comes back.", "Two are asked for: `return one, other`.")
        expect_shape(found, (2,))
        told = f"for {runs} numbers it returns {found[0]:.4g} and {found[1]:.4g}."
        if equal(found[1], errors.mean()):
            raise NotYet(told, "The mean comes first, its standard error second.")
        hint = f"Their mean is {errors.mean():.4g}."
        median = (np.median(errors), told, f"The first is their median. {hint}")
        expect(found[0], errors.mean(), told, [median], hint)
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
                (errors.mean() / runs**0.5, told, "The second divides the mean, not the spread."),
                (np.ptp(errors) / runs**0.5, told, "The second divides the range."),
                (np.abs(errors - errors.mean()).mean() / runs**0.5, told, "Where are the squares?"),
            ]
        ]
        if not any(np.isclose(found[1], spread / runs**0.5, rtol=1e-3) for spread in spreads):
            for mistaken, what, hint in mistakes:
                if np.isclose(found[1], mistaken, rtol=1e-3):
                    raise NotYet(what, hint)
            raise NotYet(
                told,
                "The mean is right. The standard error is the standard deviation, "
                f"{errors.std():.4g}, divided by the square root of {runs}.",
            )
        yield f"mean and standard error of {runs} numbers are right."


@self_check
def check_kept_errors(kept_errors):
    """Random runs, in groups that fit and in groups that do not."""
    source = chance(7)
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
    points = chance(9).integers(0, 256, (40, 784), dtype=np.uint8)
    points[:20] //= 3
    for rows in ([5, 21], [30, 2, 11]):
        centroids = points[rows].astype(np.float64)
        squared = ((points[:, None] - centroids) ** 2).sum(axis=2)
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
            *((each, "numbers have overflowed.", OVERFLOW) for each in wrapped(points, rows)),
            (
                ((points - centroids.mean(axis=0)) ** 2).sum(axis=1),
                "the distances are those to the mean of the centroids.",
                "Which of the centroids is the nearest?",
            ),
            (
                np.abs(points[:, None] - centroids).sum(axis=2).min(axis=1),
                "the distances are sums of absolute differences.",
                "Where are the squares?",
            ),
            (squared.max(axis=1), "the farthest centroid counts.", "The nearest one should."),
            (squared.sum(axis=1), "all the centroids count.", "Only the nearest one should."),
            (squared[:, -1], "only the last centroid counts.", "Which one is the nearest?"),
            (squared[:, 0], "only the first centroid counts.", "Which one is the nearest?"),
            (near.max() - near, "near points have large chances.", "Far ones should have them."),
        ]
        if found.sum() == 0:
            raise NotYet("all chances together are 0.", "They should be 1.")
        point = int(np.abs(share(found) - share(near)).argmax())
        expect(
            1000 * share(found),
            1000 * share(near),
            f"with {len(rows)} of 40 random images as centroids, they are wrong.",
            [(1000 * share(mistaken), what, hint) for mistaken, what, hint in mistakes],
            f"Image {point} gets {share(found)[point]:.4g}, and should get {share(near)[point]:.4g}.",
        )
        if (found < 0).any():
            raise NotYet("some chances are less than 0.", "No square is. Has one overflowed?")
        if not np.isclose(found.sum(), 1):
            raise NotYet(
                f"all chances together are {found.sum():.6g}.",
                "They are in the right proportion, but their sum should be 1.",
            )
        yield f"with {len(rows)} of 40 images as centroids, the chances of all are right."


OVERFLOW = "In bytes 16 * 16 is 0, in two bytes 200 * 200 is less than 0. Mind the dtype."


def wrapped(points, rows):
    """Return the squared distances to the nearest of some rows in dtypes that are too small."""
    found = []
    for dtype in (np.uint8, np.int8, np.int16):
        all_points = points[:, None].astype(dtype)
        for each in (all_points - all_points[rows, 0], all_points[rows, 0] - all_points):
            found += [each**2, each.astype(np.float64) ** 2]
    return [each.sum(axis=2).min(axis=1) for each in found]


def share(numbers):
    """Return numbers divided by their sum."""
    return numbers / numbers.sum()


@self_check
def check_plus_plus(plus_plus):
    """Points that can be told apart, then four points on a line, drawn from two thousand times."""
    points = chance(2).permutation(60).reshape(30, 2).astype(np.float64)
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
    for k in (1, 2, 3):
        expect_fair_draws(plus_plus, k)
    yield "in 2,000 draws, near and far points come as often as they should."


DRAWS = 2000
LINE = np.array([0, 1, 2, 4])


def expect_fair_draws(plus_plus, k):
    """Raise NotYet unless k of four points on a line are drawn as often as they should be."""
    line = np.stack([LINE, -LINE], axis=1).astype(np.float64)  # in the plane, signs matter
    sets = [frozenset(rows) for rows in itertools.combinations(range(4), k)]
    counted = Counter(frozenset(rows_of(plus_plus(line, k, seed), line)) for seed in range(DRAWS))
    found = np.array([counted[rows] for rows in sets]) / DRAWS
    right = set_chances(sets, lambda distances: distances.min(axis=0) ** 2)
    if np.abs(found - right).max() <= SPREAD:
        return
    worst = int(np.abs(found - right).argmax())
    points, drawn = (
        ", ".join(f"({x}, {-x})" for x in LINE[list(rows)]) for rows in (range(4), sets[worst])
    )
    told = (
        f"in {DRAWS:,} draws of {k} of the points {points}, {drawn} come "
        f"{found[worst] * DRAWS:.0f} times, and should about {right[worst] * DRAWS:.0f} times."
    )
    if k == 1:
        raise NotYet(told, "The first centroid is drawn as well: all points are equally likely.")
    for chances, hint in [
        (
            set_chances(sets, lambda distances: distances.min(axis=0)),
            "Far points are not drawn often enough. Are the distances squared?",
        ),
        (
            set_chances(sets, lambda distances: np.ones(4)),
            "All points are drawn equally often. Far ones should be drawn more often.",
        ),
        *(
            (
                set_chances(sets, farthest),
                "It is always the farthest point that is drawn. The others have a chance, too.",
            )
            for farthest in (
                lambda distances: np.arange(4) == distances.min(axis=0).argmax(),
                lambda distances: distances.min(axis=0) == distances.min(axis=0).max(),
            )
        ),
        *(
            (
                chances_anew(sets, first),
                "Do all draws have their own chance? A generator that is made anew from the seed "
                "gives the same number again.",
            )
            for first in (True, False)
        ),
        *(
            (set_chances(sets, other), "Only the nearest of the centroids so far counts.")
            for other in (
                lambda distances: distances.sum(axis=0) ** 2,
                lambda distances: (distances**2).sum(axis=0),
                lambda distances: distances[-1] ** 2,
                lambda distances: distances[0] ** 2,
                lambda distances: distances.max(axis=0) ** 2,
            )
        ),
    ]:
        if np.abs(found - chances).max() < SPREAD:
            raise NotYet(told, hint)
    hint = "The chance grows with the square of the distance to the *nearest* centroid so far."
    raise NotYet(told, hint)


SPREAD = 0.059  # five times the spread that chance gives to a share of 2,000 draws


def rows_of(centroids, points):
    """Return which points the centroids are, as a list."""
    centroids = as_numbers(centroids)
    if centroids.ndim != 2 or centroids.shape[1] != points.shape[1]:
        raise NotYet(f"the result has the shape {centroids.shape}, it should be (k, d).")
    same = (centroids[:, None] == points).all(axis=2)
    if not same.any(axis=1).all():
        raise NotYet("a centroid is none of the points.", "Each is drawn from the points.")
    return same.argmax(axis=1).tolist()


DISTANCES = np.abs(LINE[:, None] - LINE)


def chances_of_next(weigh, drawn):
    """Return the chances of the four points when some are drawn; `weigh` takes distances (drawn, 4)."""
    weights = 1.0 * weigh(DISTANCES[list(drawn)])
    weights[list(drawn)] = 0
    return share(weights) if weights.any() else np.full(4, 0.25)


def set_chances(sets, weigh):
    """Return how likely each set of the points is drawn, when the first is any of them."""
    chances = Counter()
    for rows in itertools.permutations(range(4), len(sets[0])):
        chance = 0.25
        for drawn in range(1, len(rows)):
            chance *= chances_of_next(weigh, rows[:drawn])[rows[drawn]]
        chances[frozenset(rows)] += chance
    return np.array([chances[rows] for rows in sets])


def chances_anew(sets, first_too):
    """Return how likely each set is drawn when one random number decides all draws."""
    chances = Counter()
    for number in (np.arange(1000) + 0.5) / 1000:
        for first in [int(4 * number)] if first_too else range(4):
            rows = [first]
            while len(rows) < len(sets[0]):
                next_ones = chances_of_next(lambda distances: distances.min(axis=0) ** 2, rows)
                rows.append(int(np.searchsorted(next_ones.cumsum(), number)))
            chances[frozenset(rows)] += 1
    return np.array([chances[rows] for rows in sets]) / chances.total()
