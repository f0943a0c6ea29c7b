"""What learners might write in the exercises of chapter 6."""

import random
import statistics

import numpy as np


def by_statistics(errors):
    errors = errors.tolist()
    return statistics.mean(errors), statistics.stdev(errors) / len(errors) ** 0.5


def kept_by_loop(inertias, errors, size):
    starts = range(0, len(inertias) - size + 1, size)
    groups = [range(start, start + size) for start in starts]
    return [errors[min(group, key=inertias.__getitem__)] for group in groups]


def kept_by_split(inertias, errors, size):
    groups = [np.arange(start, start + size) for start in range(0, len(errors), size)]
    groups = [group for group in groups if group[-1] < len(errors)]
    return np.array([errors[group][inertias[group].argsort()[0]] for group in groups])


def groups(values, size):
    count = len(values) // size
    return values[: count * size].reshape(count, size)


def last_group_too(inertias, errors, size):
    starts = range(0, len(errors), size)
    return [errors[start + inertias[start : start + size].argmin()] for start in starts]


def overlapping(inertias, errors, size):
    starts = range(len(errors) - size + 1)
    return [errors[start + inertias[start : start + size].argmin()] for start in starts]


def by_columns(inertias, errors, size):
    count = len(errors) // size
    columns = groups(errors, size).reshape(size, count)
    rows = groups(inertias, size).reshape(size, count).argmin(axis=0)
    return columns[rows, np.arange(count)]


def place_in_all(inertias, errors, size):
    return errors[groups(inertias, size).argmin(axis=1)]


def squared_distances(points, centroids):
    points, centroids = np.asarray(points, np.float64), np.asarray(centroids, np.float64)
    return ((points[:, None] - centroids) ** 2).sum(axis=2)


def shares(numbers):
    return numbers / numbers.sum()


def chances_by_loop(points, centroids):
    near = [min(float(((c - p) ** 2).sum()) for c in centroids) for p in points]
    return [each / sum(near) for each in near]


def chances_by_product(points, centroids):
    points, centroids = points.astype(np.float32), centroids.astype(np.float32)
    squared = -2 * points @ centroids.T + (points**2).sum(1, keepdims=True) + (centroids**2).sum(1)
    return shares(squared.min(axis=1, keepdims=True).clip(0))


def byte_chances(points, centroids):
    wrapped = (points[:, None] - centroids.astype(np.uint8)) ** 2
    return shares(wrapped.sum(axis=2).min(axis=1))


def start(weigh, first=None, with_replacement=False):
    """An attempt that draws by weigh(squared distances (n, drawn))."""

    def plus_plus(points, k, seed):
        source = np.random.default_rng(seed)
        rows = [source.integers(len(points)) if first is None else first]
        while len(rows) < k:
            weights = weigh(squared_distances(points, points[rows]))
            if not with_replacement:
                weights[rows] = 0
            rows.append(source.choice(len(points), p=weights / weights.sum()))
        return points[rows]

    return plus_plus


def anew(points, k, seed):
    rows = [np.random.default_rng(seed).integers(len(points))]
    while len(rows) < k:
        weights = near(squared_distances(points, points[rows]))
        rows.append(np.random.default_rng(seed).choice(len(points), p=shares(weights)))
    return points[rows]


def anew_from_the_first(points, k, seed):
    rows = [int(random.Random(seed).random() * len(points))]
    while len(rows) < k:
        weights = near(squared_distances(points, points[rows])).tolist()
        rows += random.Random(seed).choices(range(len(points)), weights)
    return points[rows]


def start_at(first):
    """An attempt whose first centroid is row first(points, source)."""

    def plus_plus(points, k, seed):
        source = np.random.default_rng(seed)
        rows = [first(points, source)]
        while len(rows) < k:
            weights = near(squared_distances(points, points[rows]))
            rows.append(source.choice(len(points), p=shares(weights)))
        return points[rows]

    return plus_plus


def farthest_from_mean(points, source):
    return squared_distances(points, [points.mean(axis=0)])[:, 0].argmax()


def small_chances(dtype):
    """An attempt that computes in a dtype that is too small."""

    def chances(points, centroids):
        differences = points[:, None].astype(dtype) - centroids.astype(dtype)
        return shares((differences**2).sum(axis=2).min(axis=1))

    return chances


def byte_norms(points, centroids):
    differences = points[:, None] - centroids.astype(np.uint8)
    return shares(np.linalg.norm(differences, axis=2).min(axis=1) ** 2)


def chances_so_far(points, centroids):
    nearest = np.full(len(points), np.inf)
    for centroid in centroids:
        nearest = np.minimum(nearest, np.linalg.norm(points - centroid, axis=1))
    return (nearest**2 / (nearest**2).sum()).astype(np.float32)


def sorted_start(points, k, seed):
    centroids = start(near)(points, k, seed)
    return centroids[centroids[:, 0].argsort()]


def start_in_a_copy(points, k, seed):
    source, left = np.random.default_rng(seed), np.full(len(points), np.inf)
    centroids = points[:k].copy()
    row = int(source.random() * len(points))
    for number in range(k):
        centroids[number] = points[row]
        left = np.minimum(left, ((points - points[row]) ** 2).sum(axis=1))
        if number < k - 1:
            row = source.choice(len(points), p=left / left.sum())
    return centroids


def start_by_lists(points, k, seed):
    source = random.Random(seed)
    rows = [source.randrange(len(points))]
    while len(rows) < k:
        weights = squared_distances(points, points[rows]).min(axis=1).tolist()
        rows += source.choices(range(len(points)), weights)
    return [points[row].tolist() for row in rows]


def start_by_sums(points, k, seed):
    source = np.random.RandomState(seed)
    centroids = np.empty((k, points.shape[1]))
    centroids[0] = points[source.randint(len(points))]
    for number in range(1, k):
        sums = squared_distances(points, centroids[:number]).min(axis=1).cumsum()
        centroids[number] = points[np.searchsorted(sums, source.uniform(0, sums[-1]))]
    return centroids


def start_by_sums_of_differences(points, k, seed):
    source = np.random.default_rng(seed)
    rows = [source.integers(len(points))]
    while len(rows) < k:
        differences = (points[:, None] - points[rows]).sum(axis=2)
        rows.append(source.choice(len(points), p=shares((differences**2).min(axis=1))))
    return points[rows]


def near(squared):
    return squared.min(axis=1)


RIGHT = {
    "mean_and_error": [
        by_statistics,
        lambda errors: np.array([errors.mean(), errors.std(ddof=1) / np.sqrt(len(errors))]),
        lambda errors: [sum(errors) / len(errors), (errors.var() / len(errors)) ** 0.5],
        lambda errors: (np.float32(errors.mean()), errors.std() / np.sqrt(len(errors) - 1)),
    ],
    "kept_errors": [
        kept_by_loop,
        kept_by_split,
        lambda *given: np.array(kept_by_loop(*given), dtype=np.float32),
        lambda inertias, errors, size: np.take_along_axis(
            groups(errors, size), groups(inertias, size).argmin(axis=1)[:, None], axis=1
        ).tolist(),
    ],
    "chances": [
        chances_by_loop,
        chances_by_product,
        chances_so_far,
        lambda *given: shares(near(squared_distances(*given))).tolist(),
    ],
    "plus_plus": [start_by_lists, start_by_sums, start(near), sorted_start, start_in_a_copy],
}

# What the check says of a wrong attempt, and the attempt.
WRONG = {
    "mean_and_error": {
        "one number comes back": lambda errors: errors.mean(),
        "it should be (2,)": lambda errors: (errors.mean(), errors.std(), errors.std() / 4),
        "The first is their median": lambda errors: (np.median(errors), errors.std() / 4),
        "The mean comes first": lambda errors: (errors.std() / len(errors) ** 0.5, errors.mean()),
        "The second divides the mean": lambda errors: (
            errors.mean(),
            errors.mean() / len(errors) ** 0.5,
        ),
        "The second divides the range": lambda errors: (
            errors.mean(),
            np.ptp(errors) / len(errors) ** 0.5,
        ),
        "Where are the squares": lambda errors: (
            errors.mean(),
            np.abs(errors - errors.mean()).mean() / len(errors) ** 0.5,
        ),
        "Their mean is": lambda errors: (errors.sum(), errors.std() / len(errors) ** 0.5),
        "The mean is right": [
            lambda errors: (errors.mean(), errors.std(ddof=1) / (len(errors) - 1) ** 0.5),
            lambda errors: (errors.mean(), errors.std() / 4 * (1 + (len(errors) > 16))),
        ],
        "of a single run": lambda errors: (errors.mean(), errors.std()),
        "the second number is too small": lambda errors: (
            errors.mean(),
            errors.std() / len(errors),
        ),
        "the second number is too large": lambda errors: (
            errors.mean(),
            errors.std(ddof=1) * len(errors) ** 0.5,
        ),
        "is a variance": lambda errors: (errors.mean(), errors.var()),
        "a squared one": lambda errors: (errors.mean(), errors.var() / len(errors)),
        "divided by the square root of 16": lambda errors: (errors.mean(), np.ptp(errors)),
    },
    "kept_errors": {
        "That is peeking": lambda inertias, errors, size: groups(errors, size).min(axis=1),
        "the highest inertias": lambda inertias, errors, size: kept_by_loop(
            -inertias, errors, size
        ),
        "these are inertias": lambda inertias, errors, size: groups(inertias, size).min(axis=1),
        "numbers of runs": lambda inertias, errors, size: kept_by_loop(
            inertias, np.arange(len(inertias)), size
        ),
        "places within the groups": lambda inertias, errors, size: groups(inertias, size).argmin(1),
        "come from the first group": place_in_all,
        "not of runs in a row": by_columns,
        "one number comes back": lambda inertias, errors, size: errors[inertias.argmin()],
        "left over at the end make a group": last_group_too,
        "the groups overlap": overlapping,
        "it should be (3,)": lambda inertias, errors, size: errors[inertias < 51],
        "give other errors": lambda inertias, errors, size: groups(errors, size)[:, 0],
    },
    "chances": {
        "784 numbers for 40 points": lambda points, centroids: shares(points.sum(axis=0)),
        "each point and centroid": squared_distances,
        "it should be (40,)": lambda points, centroids: squared_distances(points, centroids)[1:, 0],
        "not squared": lambda *given: shares(np.sqrt(near(squared_distances(*given)))),
        "numbers have overflowed": [
            byte_chances,
            byte_norms,
            small_chances(np.int8),
            small_chances(np.int16),
        ],
        "those to the mean of the centroids": lambda points, centroids: shares(
            squared_distances(points, centroids.mean(axis=0)[None])[:, 0]
        ),
        "sums of absolute differences": lambda points, centroids: shares(
            np.abs(points[:, None] - centroids).sum(axis=2).min(axis=1)
        ),
        "all chances together are 0": lambda points, centroids: np.zeros(len(points)),
        "the farthest centroid counts": lambda *given: shares(
            squared_distances(*given).max(axis=1)
        ),
        "all the centroids count": lambda *given: shares(squared_distances(*given).sum(axis=1)),
        "only the last centroid": lambda *given: shares(squared_distances(*given)[:, -1]),
        "only the first centroid": lambda *given: shares(squared_distances(*given)[:, 0]),
        "near points have large": lambda *given: shares(
            np.ptp(near(squared_distances(*given))) - near(squared_distances(*given))
        ),
        "images as centroids, they are wrong": lambda points, centroids: np.full(
            len(points), 0.025
        ),
        "their sum should be 1": lambda *given: near(squared_distances(*given)),
    },
    "plus_plus": {
        "not their rows": lambda points, k, seed: np.arange(k),
        "it should be (4, 2)": lambda points, k, seed: points,
        "it should be (k, d)": lambda points, k, seed: points[0] if seed else points[:k],
        "two different draws": lambda points, k, seed: start(near)(points, k, None),
        "Probabilities contain NaN": start_by_sums_of_differences,
        "all seeds give the same": lambda points, k, seed: start(near)(points, k, 0),
        "is none of the points": lambda points, k, seed: np.random.default_rng(seed).random(
            (k, points.shape[1])
        ),
        "some point is drawn twice": start(lambda squared: squared.sum(axis=1), None, True),
        "Are the distances squared": start(lambda squared: np.sqrt(near(squared))),
        "All points are drawn equally often": start(lambda squared: np.ones(len(squared))),
        "always the farthest": [
            start(lambda squared: (near(squared) == near(squared).max()) * 1.0),
            start(lambda squared: np.eye(len(squared))[near(squared).argmax()]),
        ],
        "all points are equally likely": [
            start(near, first=0),
            start_at(lambda points, source: source.integers(len(points) - 1)),
            start_at(lambda points, source: 1 + source.integers(len(points) - 1)),
            start_at(farthest_from_mean),
            start_at(lambda points, source: source.choice(len(points), p=shares(1 + points[:, 0]))),
        ],
        "A generator that is made anew": [anew, anew_from_the_first],
        "Only the nearest of the centroids": [
            start(lambda squared: squared.sum(axis=1)),
            start(lambda squared: squared[:, -1]),
            start(lambda squared: squared[:, 0]),
            start(lambda squared: squared.max(axis=1)),
        ],
        "The chance grows with the square": [
            start(lambda squared: near(squared) ** 2),
            start(lambda squared: 1 / (0.1 + near(squared))),
        ],
    },
}
