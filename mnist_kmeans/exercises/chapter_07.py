"""Self-checks for the exercises of chapter 7: one look at the test digits, the elbow, silhouettes."""

import numpy as np

from mnist_kmeans.exercises.checking import NotYet, as_numbers, expect, self_check

KS = [5, 8, 12, 17, 23, 30, 38, 47]
ON_VALIDATION = np.array(
    [
        [0.50, 0.53, 0.47],
        [0.38, 0.44, 0.50],
        [0.38, 0.43, 0.33],
        [0.41, 0.40, 0.42],
        [0.36, 0.41, 0.31],
        [0.35, 0.38, 0.32],
        [0.33, 0.36, 0.30],
        [0.34, 0.37, 0.31],
    ]
)


@self_check
def check_choose_k(choose_k):
    """Invented errors, which rise here and there; calls of test_error are counted."""
    for limit, right in [(0.39, 2), (0.365, 4)]:
        looks, errors = [], ON_VALIDATION

        def test_error(k, looks=looks):
            looks.append(k)
            return 0.2 + k / 1000

        found = as_numbers(choose_k(KS, errors, limit, test_error))
        if len(looks) > 1:
            raise NotYet(
                f"the test digits were looked at {len(looks)} times.",
                "Whoever looks twice can choose, and a choice flatters. Choose k first, then look.",
            )
        if found.shape != (2,):
            raise NotYet("k and an error should come back: `return k, error`.")
        good = errors < limit
        mistakes = [
            (right, "the first number is a place in `ks`.", "Which k stands there?"),
            (KS[-1], "it is the largest k.", "The smallest that is good enough is asked for."),
            (
                KS[int(good.any(axis=1).argmax())],
                "this k is below the limit by its luckiest start only.",
                "Compare the mean over the starts with the limit.",
            ),
            (
                KS[int(good.all(axis=1).argmax())],
                "it is the first k whose starts are all below the limit.",
                "Compare the mean over the starts with the limit.",
            ),
            (
                KS[int(errors.mean(axis=1).argmin())],
                "it is the k with the least error.",
                "A smaller k is good enough.",
            ),
            (
                23,
                "a smaller k is below the limit as well.",
                "The errors do not always fall from one k to the next.",
            ),
        ]
        what = f"below {limit} in an invented sweep, {found[0]:g} is not the smallest k."
        expect(found[0], KS[right], what, mistakes)
        if looks != [KS[right]]:
            raise NotYet(
                "k is right, but the error to report is not the one on the test digits.",
                "The validation digits have helped to choose. They no longer tell the truth.",
            )
        expect(found[1], test_error(KS[right]), "the error is not what `test_error` gives.")
        yield f"the smallest k below {limit}, and one look at the test digits."


@self_check
def check_elbow(elbow):
    """A curve with one clear elbow, then random curves."""
    drops = [16, 17, 13, 14, 3, 2, 5, 1]
    try_elbow(elbow, list(range(4, 22, 2)), 100.0 - np.cumsum([0, *drops]))
    yield "it finds the elbow of an invented curve."
    source = np.random.default_rng(3)
    for step in (1, 5, 10):
        drops = np.sort(source.uniform(1, 90, 14))[::-1]
        drops[6:] /= 4
        ks = [step * number for number in range(2, 17)]
        try_elbow(elbow, ks, 2000 - np.cumsum([0, *drops]))
    yield "it finds the elbow of three other curves."


def try_elbow(elbow, ks, inertias):
    """Raise NotYet unless the elbow of a curve is found."""
    drops = -np.diff(inertias)
    place = int((drops[:-1] - drops[1:]).argmax()) + 1
    mistakes = [
        (place, "it is a place in `ks`.", "Which k stands there?"),
        (
            ks[place - 1],
            "it is one place too far to the left.",
            "Draw four points on paper. Between which of them is each difference?",
        ),
        (
            ks[place + 1],
            "it is one place too far to the right.",
            "Draw four points on paper. Between which of them is each difference?",
        ),
        (
            ks[int(drops.argmax())],
            "the curve is steepest there.",
            "An elbow is where the slope changes most, not where it is steepest.",
        ),
        (
            ks[int(drops.argmax()) + 1],
            "the curve is steepest just before it.",
            "An elbow is where the slope changes most, not where it is steepest.",
        ),
        (ks[int(drops.argmin())], "the curve is flattest there.", "Where does the slope change?"),
        (
            ks[int((drops[:-1] - drops[1:]).argmin()) + 1],
            "the slope changes least there.",
            "Is it the sign? The inertias fall, so their differences are below 0.",
        ),
    ]
    found = as_numbers(elbow(ks, inertias))
    if found.shape not in {(), (1,)}:
        raise NotYet(f"the result has the shape {found.shape}.", "One k is asked for.")
    expect(found.reshape(()), ks[place], f"in an invented curve it is k = {ks[place]}.", mistakes)


@self_check
def check_silhouettes(silhouettes):
    """Random points in groups that overlap, one of a single point, and a number without points."""
    source = np.random.default_rng(8)
    assignments = source.permutation([0] * 9 + [1] * 4 + [2] + [4] * 7)
    points = source.normal(0, 1, (21, 3)) + assignments[:, None] * [1.0, 0, 0]
    distances = np.sqrt(((points[:, None] - points) ** 2).sum(axis=2))
    true = from_distances(distances, assignments)
    lonely = assignments == 2
    found = as_numbers(silhouettes(points, assignments))
    if found.shape == ():
        raise NotYet("one number comes back.", "Each point has a silhouette of its own.")
    found = found.reshape(-1)
    if len(found) != 21:
        raise NotYet(f"there are {len(found)} numbers for 21 points.")
    mistakes = [
        (from_distances(distances, assignments, itself=True), *ITSELF),
        (
            from_distances(distances**2, assignments),
            "they are those of squared distances.",
            "A root is missing.",
        ),
        (-true, "the sign is wrong.", "A point in a good place should get a number above 0."),
        (
            from_distances(distances, assignments, other=np.max),
            "the farthest of the other clusters counts.",
            "The nearest one should.",
        ),
        (
            from_distances(distances, assignments, other=np.mean),
            "all the other clusters count.",
            "Only the one that is nearest on average should.",
        ),
        (
            from_distances(distances, assignments, merge=np.min),
            "the nearest member of a cluster counts, where the mean over its members should.",
            None,
        ),
        (
            from_distances(distances, assignments, divide=lambda own, other: 1),
            "they reach beyond 1.",
            "Which of the two distances is the larger one? Divide by it.",
        ),
        (
            from_distances(distances, assignments, divide=lambda own, other: own),
            "they are divided by the distance to the own cluster.",
            "Divide by the larger of the two.",
        ),
        (
            from_distances(distances, assignments, divide=lambda own, other: other),
            "they are divided by the distance to the other cluster.",
            "Divide by the larger of the two.",
        ),
        (
            from_centroids(points, assignments),
            "they compare with centroids.",
            "That is a quick substitute. The task asks for distances to members.",
        ),
    ]
    mistakes = [(mistaken[~lonely], *words) for mistaken, *words in mistakes]
    what = "for 21 random points, they are wrong."
    expect(found[~lonely], true[~lonely], what, mistakes)
    yield "20 random points in clusters have the right silhouettes."
    if found[lonely] != 0:
        raise NotYet(
            f"a point alone in its cluster gets {found[lonely].item():g}.",
            "There is nobody to compare it with. The task says what it gets.",
        )
    yield "so has a point that is alone in its cluster."


ITSELF = (
    "a point counts among its own companions.",
    "It is at distance 0 from itself, and that makes the mean smaller. Leave it out.",
)


def from_distances(distances, assignments, itself=False, merge=np.mean, other=np.min, divide=max):
    """Return silhouettes from all distances; the options are usual mistakes."""
    numbers = np.unique(assignments)
    silhouettes = np.zeros(len(distances))
    for point, (row, number) in enumerate(zip(distances, assignments, strict=True)):
        own = np.delete(row, point)[np.delete(assignments, point) == number]
        own = row[assignments == number] if itself else own
        if len(own):
            others = [merge(row[assignments == each]) for each in numbers if each != number]
            a, b = merge(own), other(others)
            silhouettes[point] = (b - a) / divide(a, b)
    return silhouettes


def from_centroids(points, assignments):
    """Return what the distances to the centroids give in place of those to the members."""
    numbers = np.unique(assignments)
    centroids = np.array([points[assignments == number].mean(axis=0) for number in numbers])
    distances = np.sqrt(((points[:, None] - centroids) ** 2).sum(axis=2))
    own = numbers == assignments[:, None]
    a, b = distances[own], np.where(own, np.inf, distances).min(axis=1)
    return (b - a) / np.maximum(a, b)
