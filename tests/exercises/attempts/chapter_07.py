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


def with_empty_clusters(points, assignments):
    distances = np.array([np.linalg.norm(points - point, axis=1) for point in points])
    means = [distances[:, assignments == c].mean(axis=1) for c in range(assignments.max() + 1)]
    return np.array(means).min(axis=0)


RIGHT = {
    "choose_k": [chosen_by_loop, chosen_by_minimum],
    "elbow": [
        elbow_by_loop,
        lambda ks, inertias: np.array([ks[1 + np.diff(inertias, 2).argmax()]]),
    ],
    "silhouettes": [silhouettes_by_table, silhouettes_by_loop],
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
        "it is the largest k": lambda ks, errors, limit, test_error: (ks[-1], test_error(ks[-1])),
        "by its luckiest start only": choose(lambda errors, limit: errors.min(axis=1) < limit),
        "whose starts are all below": choose(lambda errors, limit: errors.max(axis=1) < limit),
        "it is the k with the least error": choose(lambda errors, limit: -errors.mean(axis=1)),
        "a smaller k is below": from_the_right,
        "in an invented sweep, 5": choose(lambda errors, limit: errors.mean(axis=1) > limit),
        "not the one on the test digits": lambda ks, errors, limit, test_error: chosen_by_loop(
            ks, errors, limit, lambda k: 0.3
        ),
        "not what `test_error` gives": lambda ks, errors, limit, test_error: chosen_by_loop(
            ks, errors, limit, lambda k: test_error(k) + 0.01
        ),
    },
    "elbow": {
        "a place in `ks`": lambda ks, inertias: 1 + np.diff(inertias, 2).argmax(),
        "too far to the left": lambda ks, inertias: ks[np.diff(inertias, 2).argmax()],
        "too far to the right": lambda ks, inertias: ks[2 + np.diff(inertias, 2).argmax()],
        "the curve is steepest there": lambda ks, inertias: ks[np.diff(inertias).argmin()],
        "steepest just before": lambda ks, inertias: ks[1 + np.diff(inertias).argmin()],
        "flattest there": lambda ks, inertias: ks[np.diff(inertias).argmax()],
        "the slope changes least": lambda ks, inertias: ks[1 + np.diff(inertias, 2).argmin()],
        "One k is asked for": lambda ks, inertias: np.diff(inertias, 2),
        "in an invented curve it is": lambda ks, inertias: ks[-1],
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
        "they compare with centroids": quick_silhouettes,
        "*not a number*": with_empty_clusters,
        "for 21 random points": lambda points, assignments: np.zeros(len(points)),
        "a point alone in its cluster gets 1": lambda *given: silhouettes_by_loop(*given, alone=1),
    },
}
