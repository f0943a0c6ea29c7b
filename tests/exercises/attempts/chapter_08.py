"""What learners might write in the exercises of chapter 8."""

import math

import numpy as np


def exact_bits(d, largest):
    f = 0
    while d * largest**2 * 4 ** (f + 1) < 2**52:
        f += 1
    return f


def counted_bits(d, largest):
    room = 52 - len(f"{d - 1:b}") - 2 * len(f"{largest:b}")
    return np.int8(room // 2)


def bounds(distances, steps):
    """The own centroid of each point, the distance to it and to the second nearest."""
    nearest, second = np.sort(distances, axis=1)[:, :2].T
    return distances.argmin(axis=1), nearest, second


def doubt_by_loop(distances, steps):
    doubts = []
    for row in distances.tolist():
        own = row.index(min(row))
        others = row[:own] + row[own + 1 :]
        doubts.append(row[own] + steps[own] >= min(others) - max(steps))
    return doubts


def doubt_by_elkan(distances, steps):
    own, nearest, _ = bounds(distances, steps)
    others = distances - steps
    others[np.arange(len(others)), own] = np.inf
    return nearest + steps[own] > others.min(axis=1)


def doubt_by_other_steps(distances, steps):
    own, nearest, second = bounds(distances, steps)
    largest = [np.delete(steps, centroid).max() for centroid in own]
    return (nearest + steps[own] - second + largest >= 0).astype(int)


def doubt(test):
    """An attempt that compares by test(nearest, second nearest, the own steps, all steps)."""

    def in_doubt(distances, steps):
        own, nearest, second = bounds(distances, steps)
        return test(nearest, second, steps[own], steps)

    return in_doubt


def second_step_only(distances, steps):
    order = distances.argsort(axis=1)
    _, nearest, second = bounds(distances, steps)
    return nearest + steps[order[:, 0]] >= second - steps[order[:, 1]]


def parts(points, centroids, directions):
    shadows, centroid_shadows = points @ directions.T, centroids @ directions.T
    across = ((shadows[:, None] - centroid_shadows) ** 2).sum(axis=2)
    rests = np.sqrt((points**2).sum(axis=1) - (shadows**2).sum(axis=1))[:, None]
    centroid_rests = np.sqrt((centroids**2).sum(axis=1) - (centroid_shadows**2).sum(axis=1))
    return across, rests, centroid_rests


def bounds_by_loop(points, centroids, directions):
    found = np.zeros((len(points), len(centroids)), dtype=np.float32)
    rests = [np.linalg.norm(c - directions.T @ (directions @ c)) for c in centroids]
    for i, x in enumerate(points):
        rest = np.linalg.norm(x - directions.T @ (directions @ x))
        for j, c in enumerate(centroids):
            between = np.linalg.norm(directions @ (x - c)) ** 2
            found[i, j] = between + (rest - rests[j]) ** 2
    return found


def bounds_by_parts(*given):
    across, rests, centroid_rests = parts(*given)
    return (across + (rests - centroid_rests) ** 2).tolist()


def wrong_bounds(merge):
    """An attempt that returns merge(across, rests, centroid rests)."""
    return lambda points, centroids, directions: merge(*parts(points, centroids, directions))


def full(points, centroids, directions):
    return ((points[:, None] - centroids) ** 2).sum(axis=2)


def of_whole_lengths(points, centroids, directions):
    lengths = np.linalg.norm(points, axis=1)[:, None] - np.linalg.norm(centroids, axis=1)
    return parts(points, centroids, directions)[0] + lengths**2


RIGHT = {
    "order_matters": [
        lambda: [1, 1e16, -1e16],
        lambda: np.array([1, 2**53, 2**53, -(2.0**54)]),
        lambda: (0.5, 0.25, 0.25, 1e300, -1e300),
        lambda: [0, 1, 2**60, -(2**60)],
    ],
    "bits_for": [
        exact_bits,
        counted_bits,
        lambda d, largest: [26 - int(np.ceil(np.ceil(np.log2(d)) / 2)) - largest.bit_length()],
        lambda d, largest: float((52 - (d - 1).bit_length() - 2 * len(f"{largest:b}")) // 2),
    ],
    "in_doubt": [
        doubt_by_loop,
        doubt_by_elkan,
        doubt_by_other_steps,
        doubt(lambda near, second, own, steps: near + own > second - steps.max()),
        doubt(lambda near, second, own, steps: (near + own >= second - steps.max()).astype(int)),
    ],
    "lower_bounds": [
        bounds_by_loop,
        bounds_by_parts,
        lambda *given: np.float32(bounds_by_parts(*given)),
        wrong_bounds(
            lambda across, rests, others: across + rests**2 + others**2 - 2 * rests * others
        ),
    ],
}

# What the check says of a wrong attempt, and the attempt.
WRONG = {
    "order_matters": {
        "Return a list of numbers": lambda: 1e16,
        "cannot be made into one array": lambda: [1, [1e16, -1e16]],
        "are infinite": lambda: [1, math.inf, -1e16],
        "a sum is infinite": lambda: [1, 1e308, 1e308, -1e308, -1e308],
        "both sums are 10": lambda: [1, 2, 3, 4],
        "Turn the list around": lambda: [-1e16, 1e16, 1],
        "They differ in their last digits": lambda: [0.1, 0.2, 0.3],
        "They should be 0 and 1": lambda: [3, 1e17, -1e17],
        "some of the numbers are nan": lambda: [math.nan, 1],
    },
    "bits_for": {
        "One number is asked for": lambda d, largest: [exact_bits(d, largest)] * d,
        "f is twice as large": lambda d, largest: 52 - math.ceil(math.log2(d)) - 16,
        "half the digits of a coordinate": lambda d, largest: (
            (52 - math.ceil(math.log2(d)) - largest.bit_length()) // 2
        ),
        "it does not depend on d": lambda d, largest: 26 - largest.bit_length(),
        "f is too large by one": lambda d, largest: (
            (53 - math.ceil(math.log2(d)) - 2 * largest.bit_length()) // 2
        ),
        "f is too small by one": lambda d, largest: (
            (52 - d.bit_length() - 2 * largest.bit_length() - 1) // 2
        ),
        "Round it down": lambda d, largest: (
            (52 - math.ceil(math.log2(d)) - 2 * largest.bit_length()) / 2
        ),
        "255, f is not 1, but 13": lambda d, largest: 1,
        "256 is 100000000 as a binary number": lambda d, largest: (
            (52 - math.ceil(math.log2(d)) - 2 * math.ceil(math.log2(largest))) // 2
        ),
        "so its log2 is rounded up to": [
            lambda d, largest: (52 - int(math.log2(d)) - 2 * largest.bit_length()) // 2,
            lambda d, largest: (52 - round(math.log2(d)) - 2 * largest.bit_length()) // 2,
        ],
        "f is not 15, but 13": lambda d, largest: 15,
    },
    "in_doubt": {
        "one answer for each centroid": lambda distances, steps: steps > 1,
        "Are they rows?": lambda *given: np.flatnonzero(doubt_by_loop(*given)),
        "it should be (300,)": lambda distances, steps: distances > 3,
        "the answers are numbers": lambda distances, steps: distances.min(axis=1) + steps[0],
        "so no look is saved": doubt(lambda near, second, own, steps: near + own >= near - own),
        "the other way round": lambda *given: ~np.array(doubt_by_loop(*given)),
        "no point is in doubt": lambda distances, steps: ~(distances.min(axis=1) < 9),
        "the own centroid stays": doubt(
            lambda near, second, own, steps: near >= second - steps.max()
        ),
        "only the own centroid moves": doubt(lambda near, second, own, steps: near + own >= second),
        "as far as the own one": doubt(lambda near, second, own, steps: near + own >= second - own),
        "only the second nearest": second_step_only,
        "the own centroid comes nearer": doubt(
            lambda near, second, own, steps: near - own >= second - steps.max()
        ),
        "may change their cluster, and nobody looks": doubt(
            lambda near, second, own, steps: near + own >= second - steps.mean()
        ),
        "are looked at for nothing": doubt(
            lambda near, second, own, steps: near + steps.max() >= second - steps.max()
        ),
    },
    "lower_bounds": {
        "rows and columns are swapped": lambda *given: np.transpose(bounds_by_parts(*given)),
        "it should be (9, 5)": lambda *given: bounds_by_loop(*given).min(axis=1),
        "the full distances": full,
        "true, but too loose": wrong_bounds(lambda across, rests, others: across),
        "these are upper bounds": wrong_bounds(
            lambda across, rests, others: across + (rests + others) ** 2
        ),
        "is not squared": wrong_bounds(
            lambda across, rests, others: across + np.abs(rests - others)
        ),
        "the lengths of the rests are squared": wrong_bounds(
            lambda across, rests, others: across + (rests**2 - others**2) ** 2
        ),
        "the squares of the rests are subtracted": wrong_bounds(
            lambda across, rests, others: across + np.abs(rests**2 - others**2)
        ),
        "a root too many": lambda *given: np.sqrt(bounds_by_parts(*given)),
        "the whole lengths are compared": of_whole_lengths,
        "larger than the squared distance": lambda *given: 2 * full(*given),
        "Row 1, column 0 is 1033": wrong_bounds(
            lambda across, rests, others: across + np.maximum(rests - others, 0) ** 2
        ),
        "but not as told": lambda *given: 0.9 * full(*given),
    },
}
