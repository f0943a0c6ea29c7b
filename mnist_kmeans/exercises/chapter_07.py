"""Self-checks for the exercises of chapter 7: one look at the test digits, the elbow, silhouettes."""

import numpy as np

from mnist_kmeans.exercises.checking import (
    NotYet,
    as_numbers,
    chance,
    equal,
    expect,
    more,
    self_check,
)

KS = [5, 8, 12, 17, 23, 30, 38, 47]
ON_VALIDATION = np.array(
    [
        [0.60, 0.36, 0.64],
        [0.50, 0.34375, 0.375],  # their mean, 0.40625, is exact in binary numbers
        [0.43, 0.38, 0.33],
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
        expect_choice(choose_k, ON_VALIDATION, limit, right)
        yield f"the smallest k below {limit}, and one look at the test digits."
    expect_choice(choose_k, np.hstack([ON_VALIDATION, ON_VALIDATION]), 0.40625, 2)
    expect_choice(choose_k, ON_VALIDATION, 0.408, 1)
    for errors in more(lambda source: source.uniform(0.3, 0.6, (len(KS), 4))):
        means = errors.mean(axis=1)
        limit = np.sort(means)[3:5].mean()
        expect_choice(choose_k, errors, limit, int((means < limit).argmax()))


def expect_choice(choose_k, errors, limit, right):
    """Raise NotYet unless the k in row `right` is chosen, and test_error is called for it once."""
    looks = []

    def test_error(k):
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
    k, error = found
    if k not in KS and error in KS:
        raise NotYet("the error comes first.", "The task asks for k first: `return k, error`.")
    if k != KS[right]:
        if k not in KS:
            place = (right, "the first number is a place in `ks`.", "Which k stands there?")
            expect(k, KS[right], f"{k:g} is none of the k in {KS}.", [place])
        starts = errors[KS.index(int(k))]
        told = (
            f"with the limit {limit} it chooses k = {k:g}, whose errors "
            f"{', '.join(f'{start:.3g}' for start in starts)} have the mean {starts.mean():.5g}."
        )
        for reason, hint in [
            (k == KS[-1], "It is the largest k. The smallest that is good enough is asked for."),
            (starts.mean() == limit, "That is not below the limit, but at it."),
            (
                starts.mean() < limit and starts.mean() == errors.mean(axis=1).min(),
                f"It is the k with the least error. k = {KS[right]} is good enough.",
            ),
            (
                starts.max() < limit,
                f"All its starts are below the limit. For k = {KS[right]}, the mean is.",
            ),
            (
                starts.mean() < limit,
                f"For k = {KS[right]} it is {errors[right].mean():.3g}: "
                "a smaller k is below the limit as well.",
            ),
            (
                np.median(starts) < limit,
                "Only its median is below the limit. Do you take the mean of each row?",
            ),
            (starts.min() < limit, "It is below the limit by its luckiest start only."),
            (True, "Which is the smallest k whose mean is below the limit?"),
        ]:
            if reason:
                raise NotYet(told, hint)
    if looks and looks != [KS[right]]:
        raise NotYet(
            f"k is right, but `test_error` is asked for {looks[0]}, not for {KS[right]}.",
            "The error to report is that of the k that you have chosen.",
        )
    if not looks:
        raise NotYet(
            "k is right, but the error to report is not the one on the test digits.",
            "The validation digits have helped to choose. They no longer tell the truth.",
        )
    expect(error, test_error(KS[right]), "the error is not what `test_error` gives.")


@self_check
def check_elbow(elbow):
    """Many curves, most of them with bends to either side, so that no wrong rule is always lucky."""
    cases, found = curves(), []
    for ks, inertias in cases:
        k = as_numbers(elbow(ks, inertias))
        if k.shape not in {(), (1,)}:
            raise NotYet(f"the result has the shape {k.shape}.", "One k is asked for.")
        found.append(float(k.reshape(())))
    true, *wrong = zip(*(elbows(ks, inertias) for ks, inertias in cases), strict=True)
    if not equal(found, true):
        first = int(np.not_equal(found, true).argmax())
        ks, inertias = cases[first]
        points = ", ".join(f"{k}: {inertia:.4g}" for k, inertia in zip(ks, inertias, strict=True))
        told = (
            f"in the curve {points} it finds k = {found[first]:g}, where k = {true[first]} is the "
            "elbow."
        )
        hint = "By how much larger is the drop to each k than the drop from it?"
        mistakes = [(each, told, why) for each, why in zip(wrong, RULES, strict=True)]
        expect(np.array(found), np.array(true), told, mistakes, hint)
    yield "it finds the elbow of an invented curve."
    yield "it finds the elbow of three other curves."


def curves():
    """Return (ks, inertias) of a curve with one clear elbow, and of random ones."""
    drops = [16, 17, 13, 14, 3, 2, 5, 1]
    found = [(list(range(4, 22, 2)), 100.0 - np.cumsum([0, *drops]))]
    source = chance(3)
    for number in range(30):
        drops = source.integers(1, 90, 7)
        while np.count_nonzero(np.diff(drops) == np.diff(drops).min()) > 1:  # no clear elbow
            drops = source.integers(1, 90, 7)
        step = (1, 5, 10)[number % 3]
        ks = [step * place for place in range(2, 10)]
        found.append((ks, drops.sum() + source.integers(1, 40) - np.cumsum([0.0, *drops])))
    return found


def elbows(ks, inertias):
    """Return the elbow of a curve, then what the mistakes of RULES take for it."""
    drops = -np.diff(inertias)
    bends, curved = drops[:-1] - drops[1:], np.gradient(np.gradient(inertias))
    chord = np.linspace(inertias[0], inertias[-1], len(ks))
    place = int(bends.argmax()) + 1
    places = [
        place - 1,
        place + 1,
        drops.argmax(),
        drops.argmax() + 1,
        drops.argmin(),
        drops.argmin() + 1,
        bends.argmin() + 1,
        np.abs(bends).argmax() + 1,
        np.abs(bends).argmin() + 1,
        curved.argmax(),
        1 + curved[1:-1].argmax(),
        np.abs(curved).argmax(),
        np.diff(np.log(inertias), 2).argmax() + 1,
        np.diff(drops / inertias[:-1]).argmin() + 1,
        (drops[:-1] / drops[1:]).argmax() + 1,
        (bends / inertias[1:-1]).argmax() + 1,
        (chord - inertias).argmax(),
    ]
    return [ks[place], place, *(ks[each] for each in places)]


POINTS = "Draw four points on paper. Between which of them is each difference?"
STEEP = "An elbow is where the slope changes most, not where it is steepest."
FLAT = "The curve is flattest there. Where does the slope change?"
SIGN = (
    "The slope changes there, but the drop to it is smaller than the drop from it. Mind the sign: "
    "the inertias fall, so their differences are below 0."
)
CURVED = (
    "`np.gradient` compares the neighbours but one. The rule compares the drops to and from a k."
)
RELATIVE = "The rule takes the drops as they are, not relative to the inertia or to each other."
RULES = [
    "It is a place in `ks`. Which k stands there?",
    f"It is one place too far to the left. {POINTS}",
    f"It is one place too far to the right. {POINTS}",
    f"The curve is steepest there. {STEEP}",
    f"The curve is steepest just before it. {STEEP}",
    FLAT,
    FLAT,
    "The slope changes least there. Is it the sign? The inertias fall.",
    SIGN,
    "The slope hardly changes there. Where does it change most?",
    CURVED,
    CURVED,
    CURVED,
    "Logarithms turn drops into shares. The rule takes the drops as they are.",
    RELATIVE,
    RELATIVE,
    RELATIVE,
    "It is farthest from the line between the ends. That is another rule for elbows.",
]


@self_check
def check_silhouettes(silhouettes):
    """Random points in groups that overlap, one of a single point, and a number without points."""
    found, truly, alone = [], [], []
    for seed in range(8):
        points, assignments = overlapping_groups(seed)
        numbers = as_numbers(silhouettes(points, assignments))
        if numbers.shape == ():
            raise NotYet("one number comes back.", "Each point has a silhouette of its own.")
        numbers = numbers.reshape(-1)
        if len(numbers) != 21:
            raise NotYet(f"there are {len(numbers)} numbers for 21 points.")
        lonely = assignments == 2
        found.append(numbers[~lonely])
        alone.append(numbers[lonely].item())
        truly.append([each[~lonely] for each in all_silhouettes(points, assignments)])
    true, *wrong = (np.concatenate(each) for each in zip(*truly, strict=True))
    found = np.concatenate(found)
    what = "for 21 random points, they are wrong."
    mistakes = [(each, *told) for each, told in zip(wrong, MISTAKES, strict=True)]
    expect(found, true, what, mistakes)
    yield "20 random points in clusters have the right silhouettes."
    if any(alone):
        raise NotYet(
            f"a point alone in its cluster gets {max(alone, key=abs):g}.",
            "There is nobody to compare it with. The task says what it gets.",
        )
    yield "so has a point that is alone in its cluster."


def overlapping_groups(seed):
    """Return 21 points and their clusters: one is of a single point, and a number has no points."""
    source = chance(seed)
    assignments = source.permutation([0] * 9 + [1] * 4 + [2] + [4] * 7)
    return source.normal(0, 1, (21, 3)) + assignments[:, None] * [0.5, 0, 0], assignments


def all_silhouettes(points, assignments):
    """Return the silhouettes of the points, then what the MISTAKES make of them."""
    differences = points[:, None] - points
    distances = np.sqrt((differences**2).sum(axis=2))
    true = from_distances(distances, assignments)
    return [
        true,
        from_distances(distances, assignments, itself=True),
        from_distances(distances**2, assignments),
        from_distances(np.abs(differences).sum(axis=2), assignments),
        -true,
        from_distances(distances, assignments, other=np.max),
        from_distances(distances, assignments, other=np.mean),
        from_distances(distances, assignments, pooled=True),
        from_distances(distances, assignments, merge=np.min),
        from_distances(distances, assignments, merge=np.median),
        from_distances(distances, assignments, divide=lambda own, other: 1),
        from_distances(distances, assignments, divide=lambda own, other: own),
        from_distances(distances, assignments, divide=lambda own, other: other),
        from_distances(distances, assignments, divide=min),
        from_distances(distances, assignments, divide=lambda own, other: own + other),
        from_centroids(points, assignments),
    ]


LARGER = "Divide by the larger of the two."
MISTAKES = [
    (
        "a point counts among its own companions.",
        "It is at distance 0 from itself, and that makes the mean smaller. Leave it out.",
    ),
    ("they are those of squared distances.", "A root is missing."),
    (
        "they are those of sums of absolute differences.",
        "A distance is the root of a sum of squares.",
    ),
    ("the sign is wrong.", "A point in a good place should get a number above 0."),
    ("the farthest of the other clusters counts.", "The nearest one should."),
    ("all the other clusters count.", "Only the one that is nearest on average should."),
    ("all points of other clusters count.", "Only those of the nearest of these clusters should."),
    (
        "the nearest member of a cluster counts, where the mean over its members should.",
        "For each other cluster, take the mean distance first.",
    ),
    ("they are those of medians.", "The task asks for mean distances."),
    ("they reach beyond 1.", "Which of the two distances is the larger one? Divide by it."),
    ("they are divided by the distance to the own cluster.", LARGER),
    ("they are divided by the distance to the other cluster.", LARGER),
    ("they are divided by the smaller of the two distances.", LARGER),
    ("they are divided by the sum of the two distances.", LARGER),
    (
        "they compare with centroids.",
        "That is a quick substitute. The task asks for distances to members.",
    ),
]


def from_distances(
    distances, assignments, itself=False, pooled=False, merge=np.mean, other=np.min, divide=max
):
    """Return silhouettes from all distances; the options are usual mistakes."""
    numbers = np.unique(assignments)
    silhouettes = np.zeros(len(distances))
    for point, (row, number) in enumerate(zip(distances, assignments, strict=True)):
        own = np.delete(row, point)[np.delete(assignments, point) == number]
        own = row[assignments == number] if itself else own
        if len(own):
            others = [merge(row[assignments == each]) for each in numbers if each != number]
            a, b = merge(own), other(others)
            b = merge(row[assignments != number]) if pooled else b
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
