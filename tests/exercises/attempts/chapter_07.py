"""What learners might write in the exercises of chapter 7."""

import numpy as np


def chosen_by_loop(ks, on_validation, limit, test_error):
    for k, errors in zip(ks, on_validation, strict=True):
        if sum(errors) / len(errors) < limit:
            return k, test_error(k)
    return None


def chosen_by_minimum(ks, on_validation, limit, test_error):
    k = min(np.array(ks)[on_validation.mean(axis=1) < limit])
    return np.array([k, test_error(int(k))])


def choose(chosen):
    """An attempt that chooses the row for which chosen(on_validation, limit) is True first."""

    def choose_k(ks, on_validation, limit, test_error):
        k = ks[int(chosen(on_validation, limit).argmax())]
        return k, test_error(k)

    return choose_k


def by_all_tests(ks, on_validation, limit, test_error):
    on_test = [test_error(k) for k in ks]
    return ks[int(np.argmin(on_test))], min(on_test)


def looks_twice(ks, on_validation, limit, test_error):
    k, _ = chosen_by_loop(ks, on_validation, limit, test_error)
    return k, test_error(k)


def from_the_right(ks, on_validation, limit, test_error):
    row = len(ks) - 1
    while on_validation[row - 1].mean() < limit:
        row -= 1
    return ks[row], test_error(ks[row])


def elbow_by_loop(ks, inertias):
    bends = {
        k: inertias[i - 1] - 2 * inertias[i] + inertias[i + 1]
        for i, k in enumerate(ks)
        if 0 < i < len(ks) - 1
    }
    return max(bends, key=bends.get)


def silhouettes_by_table(points, assignments):
    distances = np.array([np.linalg.norm(points - point, axis=1) for point in points])
    members = assignments[:, None] == np.unique(assignments)
    sums, sizes = distances @ members, members.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        a = sums[members] / (sizes[members.argmax(axis=1)] - 1)
        b = np.where(members, np.inf, sums / sizes).min(axis=1)
        return np.nan_to_num((b - a) / np.maximum(a, b))


def silhouettes_by_loop(points, assignments, itself=False, merge=np.mean, other=min, alone=0.0):
    found = []
    for i, point in enumerate(points):
        groups = {}
        distances = np.sqrt(((points - point) ** 2).sum(axis=1)).tolist()
        for j, (distance, cluster) in enumerate(zip(distances, assignments, strict=True)):
            if i != j or itself:
                groups.setdefault(int(cluster), []).append(distance)
        own = groups.pop(int(assignments[i]), None)
        a = merge(own) if own else alone
        b = other([merge(group) for group in groups.values()])
        found.append((b - a) / max(a, b) if own else alone)
    return found


def silhouettes_of_squares(points, assignments):
    distances = ((points[:, None] - points) ** 2).sum(axis=2)
    members = assignments[:, None] == np.unique(assignments)
    sums, sizes = distances @ members, members.sum(axis=0)
    a = sums[members] / np.maximum(sizes[members.argmax(axis=1)] - 1, 1)
    b = np.where(members, np.inf, sums / sizes).min(axis=1)
    return np.where(a > 0, (b - a) / np.maximum(a, b), 0)


def two_distances(points, assignments):
    distances = np.array([np.linalg.norm(points - point, axis=1) for point in points])
    members = assignments[:, None] == np.unique(assignments)
    sums, sizes = distances @ members, members.sum(axis=0)
    a = sums[members] / np.maximum(sizes[members.argmax(axis=1)] - 1, 1)
    return a, np.where(members, np.inf, sums / sizes).min(axis=1)


def divided_by(choose):
    """An attempt that divides by choose(a, b)."""

    def silhouettes(points, assignments):
        a, b = two_distances(points, assignments)
        return np.where(a > 0, (b - a) / np.maximum(choose(a, b), 1e-9), 0)

    return silhouettes


def quick_silhouettes(points, assignments):
    numbers = np.unique(assignments)
    centroids = np.array([points[assignments == c].mean(axis=0) for c in numbers])
    distances = np.linalg.norm(points[:, None] - centroids, axis=2)
    own = assignments[:, None] == numbers
    a, b = distances[own], np.where(own, np.inf, distances).min(axis=1)
    return (b - a) / np.maximum(a, b)


def all_others(points, assignments):
    found = silhouettes_by_table(points, assignments)
    for i in np.flatnonzero(np.bincount(assignments)[assignments] > 1):
        distances, own = np.linalg.norm(points - points[i], axis=1), assignments == assignments[i]
        a, b = distances[own].sum() / (own.sum() - 1), distances[~own].mean()
        found[i] = (b - a) / max(a, b)
    return found


def in_blocks_of_streets(points, assignments):
    distances = np.abs(points[:, None] - points).sum(axis=2)
    members = assignments[:, None] == np.unique(assignments)
    sums, sizes = distances @ members, members.sum(axis=0)
    a = sums[members] / np.maximum(sizes[members.argmax(axis=1)] - 1, 1)
    b = np.where(members, np.inf, sums / sizes).min(axis=1)
    return np.where(a > 0, (b - a) / np.maximum(a, b), 0)


def nearest_by_centroid(points, assignments):
    numbers, found = np.unique(assignments), silhouettes_by_table(points, assignments)
    centroids = {c: points[assignments == c].mean(axis=0) for c in numbers}
    for i in np.flatnonzero(np.bincount(assignments)[assignments] > 1):
        distances, own = np.linalg.norm(points - points[i], axis=1), assignments[i]
        others = [c for c in numbers if c != own]
        other = min(others, key=lambda c: np.linalg.norm(centroids[c] - points[i]))
        a = distances[assignments == own].sum() / (np.sum(assignments == own) - 1)
        b = distances[assignments == other].mean()
        found[i] = (b - a) / max(a, b)
    return found


def with_empty_clusters(points, assignments):
    distances = np.array([np.linalg.norm(points - point, axis=1) for point in points])
    means = [distances[:, assignments == c].mean(axis=1) for c in range(assignments.max() + 1)]
    return np.array(means).min(axis=0)


RIGHT = {
    "choose_k": [
        chosen_by_loop,
        chosen_by_minimum,
        choose(lambda errors, limit: np.average(errors, axis=1) < limit),
        lambda ks, errors, limit, test_error: list(
            chosen_by_loop(ks, errors.tolist(), limit, test_error)
        ),
    ],
    "elbow": [
        elbow_by_loop,
        lambda ks, inertias: elbow_by_loop(ks, inertias.tolist()),
        lambda ks, inertias: float(
            ks[1 + np.convolve(inertias, [1, -2, 1], mode="valid").argmax()]
        ),
        lambda ks, inertias: np.array([ks[1 + np.diff(inertias, 2).argmax()]]),
    ],
    "silhouettes": [
        silhouettes_by_table,
        silhouettes_by_loop,
        lambda *given: silhouettes_by_table(*given)[:, None],
        divided_by(np.maximum),
    ],
}

# What the check says of a wrong attempt, and the attempt.
WRONG = {
    "choose_k": {
        "looked at 8 times": by_all_tests,
        "looked at 2 times": looks_twice,
        "`return k, error`": lambda ks, errors, limit, test_error: ks[0],
        "a place in `ks`": lambda ks, errors, limit, test_error: (
            (errors.mean(axis=1) < limit).argmax(),
            0.3,
        ),
        "Only its median is below": choose(lambda errors, limit: np.median(errors, axis=1) < limit),
        "That is not below the limit, but at it": choose(
            lambda errors, limit: errors.mean(axis=1) <= limit
        ),
        "none of the k in": lambda ks, errors, limit, test_error: (7, test_error(7)),
        "It is the largest k": lambda ks, errors, limit, test_error: (ks[-1], test_error(ks[-1])),
        "by its luckiest start only": [
            choose(lambda errors, limit: errors.min(axis=1) < limit),
            choose(lambda errors, limit: errors[:, 1] < limit),
        ],
        "k = 23, whose errors 0.36, 0.41, 0.31 have the mean 0.36": choose(
            lambda errors, limit: errors[:, 0] < limit
        ),
        "For k = 8 it is 0.406: a smaller k is below": choose(
            lambda errors, limit: errors.mean(axis=1).round(2) < limit
        ),
        "have the mean 0.53333": choose(lambda errors, limit: errors.sum(axis=1) / 3 < limit),
        "All its starts are below": choose(lambda errors, limit: errors.max(axis=1) < limit),
        "It is the k with the least error": choose(lambda errors, limit: -errors.mean(axis=1)),
        "a smaller k is below the limit as well": from_the_right,
        "with the limit 0.39 it chooses k = 5": choose(
            lambda errors, limit: errors.mean(axis=1) > limit
        ),
        "not the one on the test digits": lambda ks, errors, limit, test_error: chosen_by_loop(
            ks, errors, limit, lambda k: 0.3
        ),
        "the error comes first": lambda *given: chosen_by_loop(*given)[::-1],
        "`test_error` is asked for 2, not for 12": lambda ks, errors, limit, test_error: (
            chosen_by_loop(ks, errors, limit, lambda k: test_error(ks.index(k)))
        ),
        "Do you take the mean of each row": choose(
            lambda errors, limit: errors.mean(axis=0) < limit
        ),
        "not what `test_error` gives": lambda ks, errors, limit, test_error: chosen_by_loop(
            ks, errors, limit, lambda k: test_error(k) + 0.01
        ),
    },
    "elbow": {
        "a place in `ks`": lambda ks, inertias: 1 + np.diff(inertias, 2).argmax(),
        "too far to the left": lambda ks, inertias: ks[np.diff(inertias, 2).argmax()],
        "too far to the right": lambda ks, inertias: ks[2 + np.diff(inertias, 2).argmax()],
        "The curve is steepest there": lambda ks, inertias: ks[np.diff(inertias).argmin()],
        "steepest just before": lambda ks, inertias: ks[1 + np.diff(inertias).argmin()],
        "The curve is flattest there": lambda ks, inertias: ks[np.diff(inertias).argmax()],
        "The slope changes least": lambda ks, inertias: ks[1 + np.diff(inertias, 2).argmin()],
        "One k is asked for": lambda ks, inertias: np.diff(inertias, 2),
        "By how much larger is the drop": [
            lambda ks, inertias: ks[-1],
            lambda ks, inertias: ks[len(ks) // 2],
        ],
        "Mind the sign": lambda ks, inertias: ks[1 + np.abs(np.diff(inertias, 2)).argmax()],
        "`np.gradient` compares": [
            lambda ks, inertias: ks[np.gradient(np.gradient(inertias)).argmax()],
            lambda ks, inertias: ks[np.gradient(np.gradient(inertias, ks), ks).argmax()],
            lambda ks, inertias: ks[np.abs(np.gradient(np.gradient(inertias))).argmax()],
        ],
        "Logarithms turn": lambda ks, inertias: ks[1 + np.diff(np.log(inertias), 2).argmax()],
        "not relative to the inertia": [
            lambda ks, inertias: ks[1 + np.diff(np.diff(inertias) / inertias[:-1]).argmax()],
            lambda ks, inertias: ks[1 + (np.diff(inertias)[:-1] / np.diff(inertias)[1:]).argmax()],
            lambda ks, inertias: ks[1 + (np.diff(inertias, 2) / inertias[1:-1]).argmax()],
        ],
        "another rule for elbows": lambda ks, inertias: ks[
            (np.linspace(inertias[0], inertias[-1], len(ks)) - inertias).argmax()
        ],
    },
    "silhouettes": {
        "one number comes back": lambda *given: np.mean(silhouettes_by_loop(*given)),
        "3 numbers for 21 points": lambda points, assignments: np.unique(assignments)[1:],
        "among its own companions": lambda *given: silhouettes_by_loop(*given, itself=True),
        "squared distances": silhouettes_of_squares,
        "the sign is wrong": lambda *given: -silhouettes_by_table(*given),
        "the farthest of the other clusters": lambda *given: silhouettes_by_loop(*given, other=max),
        "all the other clusters count": lambda *given: silhouettes_by_loop(*given, other=np.mean),
        "the nearest member of a cluster": lambda *given: silhouettes_by_loop(*given, merge=min),
        "they reach beyond 1": divided_by(lambda a, b: 1),
        "distance to the own cluster": divided_by(lambda a, b: a),
        "distance to the other cluster": divided_by(lambda a, b: b),
        "the smaller of the two": divided_by(np.minimum),
        "the sum of the two": divided_by(np.add),
        "those of medians": lambda *given: silhouettes_by_loop(*given, merge=np.median),
        "all points of other clusters count": all_others,
        "sums of absolute differences": in_blocks_of_streets,
        "21 random points, they are wrong. Hint: Number": nearest_by_centroid,
        "they compare with centroids": quick_silhouettes,
        "*not a number*": with_empty_clusters,
        "for 21 random points": lambda points, assignments: np.zeros(len(points)),
        "a point alone in its cluster gets 1": lambda *given: silhouettes_by_loop(*given, alone=1),
    },
}
