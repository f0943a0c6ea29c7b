"""Self-checks for the exercises of chapter 4: names, odd members, an honest error, few labels."""

import functools

import numpy as np

from mnist_kmeans.exercises.checking import (
    NotYet,
    as_numbers,
    chance,
    equal,
    expect,
    expect_shape,
    self_check,
    some_digits,
)
from mnist_kmeans.labeling import classify, majority_labels
from mnist_kmeans.runs import kmeans

VOTE = "All members have a vote."


@self_check
def check_name_clusters(name_clusters):
    """Twelve clusters with clear majorities, two empty and one of a single member; then real digits."""
    name_clusters.forbidden = majority_labels
    commonest = np.array([3, 1, 4, -1, 1, 9, 2, 6, 5, 7, 8, -1])
    filled = np.flatnonzero(commonest >= 0)
    order = chance(4).permutation(64)  # the last cluster has one member, the others seven
    assignments = np.repeat(filled, 7)[order]
    votes = commonest[filled, None] + [0, 0, 0, 3, 3, 6, 6]
    labels = (votes % 10).reshape(-1)[order].astype(np.uint8)
    groups = [labels[assignments == cluster] for cluster in range(12)]
    swapped = [assignments[labels == digit] for digit in range(12)]
    swap = ("labels and assignments are swapped.",)
    swap += ("Which clusters hold most of a digit? That is another question.",)
    mistakes = [
        (
            np.where(commonest < 0, 0, commonest),
            "empty clusters are called 0.",
            "Nobody in them is a 0. What should they be called?",
        ),
        (
            np.where(commonest < 0, 255, commonest),
            "empty clusters are called 255.",
            "A byte holds no -1. Which dtype has the array that you fill?",
        ),
        *(
            ([rule(group) if len(group) else -1 for group in groups], told, hint)
            for rule, told, hint in [
                (max, "these are the largest labels.", "Count!"),
                (min, "these are the smallest labels.", "Count!"),
                (np.median, "these are medians.", "The commonest need not be in the middle."),
                (np.mean, "these are means.", "Half of a 3 and a 9 is no 6. Count!"),
                (lambda group: group[0], "these are the labels of the first members.", VOTE),
                (lambda group: group[-1], "these are the labels of the last members.", VOTE),
            ]
        ),
        (
            np.where(np.arange(12) == 10, 8, -1),
            "all clusters of several members are called -1.",
            "The commonest digit need not be more than half of a cluster.",
        ),
        (
            [len(group) and np.bincount(group).max() for group in groups],
            "these are numbers of digits.",
            "Which digit is it that occurs so often?",
        ),
    ]
    found = as_numbers(name_clusters(assignments, labels, 12))
    if found.shape == (10,):
        if equal(found, [np.bincount(group).argmax() for group in swapped[:10]]):
            raise NotYet(*swap)
        raise NotYet(
            "there are ten names for twelve clusters.",
            "The number of clusters is k, not 10, and an empty one needs a name, too.",
        )
    if found.shape == (12, 10):
        raise NotYet("this is the whole table of counts.", "Which digit is the commonest?")
    expect_shape(found, (12,))
    yield "there is a name for each cluster."
    if equal(found[:10], [np.bincount(group).argmax() for group in swapped[:10]]):
        raise NotYet(*swap)
    expect(found, commonest, "some clusters are not called after their commonest digit.", mistakes)
    yield "made-up clusters have the right names, the empty ones -1."
    images, labels = some_digits()
    assignments = kmeans(images, 16, seed=1).assignments
    true = majority_labels(assignments, labels, 16)
    counts = np.array(
        [np.bincount(labels[assignments == each], minlength=10) for each in range(16)]
    )
    clear = np.sort(counts)[:, -2] < counts.max(axis=1)
    found = as_numbers(name_clusters(assignments, labels, 16))
    expect_shape(found, (16,))
    what = "the made-up clusters are right, but clusters of real digits are not."
    expect(np.where(clear, found, true), true, what)
    yield "clusters of real digits have the right names."


@self_check
def check_least_typical(least_typical):
    """Six clusters of real digits."""
    images, _ = some_digits()
    for k in (6, 4):
        clustering = kmeans(images, k, seed=2)
        assignments, centroids = clustering.assignments, clustering.centroids
        found = as_numbers(least_typical(images, assignments, centroids))
        if found.shape == (k, 784):
            raise NotYet("these are images.", "Return the numbers of their rows.")
        expect_shape(found, (k,))
        true, mistakes = odd_ones(images, assignments, centroids)
        what = f"{np.count_nonzero(found != true)} of {k} rows are not the least typical members."
        row = int((found != true).argmax())
        hint = f"For cluster {row} it is row {found[row]:g}, and should be row {true[row]}."
        expect(found, true, what, mistakes, hint)
    made_up = []  # real digits may be far in absolute differences and in squares alike
    for seed in range(20):
        images, _, assignments, centroids = few_images(seed)
        found = as_numbers(least_typical(images, assignments, centroids))
        expect_shape(found, (3,))
        true, mistakes = odd_ones(images, assignments, centroids)
        made_up.append([found, true, *(mistaken for mistaken, *_ in mistakes)])
    found, true, *wrong = (np.concatenate(each) for each in zip(*made_up, strict=True))
    what = "real digits are right, but in made-up clusters some rows are not the least typical."
    named = [(each, *told) for each, (_, *told) in zip(wrong, mistakes, strict=True)]
    expect(found, true, what, named)
    yield "there is a row for each cluster."
    yield "each is the member farthest from its centroid."


def odd_ones(images, assignments, centroids):
    """Return the row of the least typical member of each cluster, and what mistakes give."""
    k = len(centroids)
    to_all = np.array([((images - centroid) ** 2).sum(axis=1) for centroid in centroids]).T
    absolute = np.array([np.abs(images - centroid).sum(axis=1) for centroid in centroids]).T
    members = assignments[:, None] == np.arange(k)
    to_own = np.where(members, to_all, np.nan)
    true = np.nanargmax(to_own, axis=0)
    return true, [
        (
            np.nanargmin(to_own, axis=0),
            "these are the members nearest to their centroids.",
            "These are the most typical. The task asks for the other end.",
        ),
        (
            [np.count_nonzero(members[:row, cluster]) for cluster, row in enumerate(true)],
            "these are positions within the clusters.",
            "Number 3 of a cluster is not row 3 of the images. Which row is it?",
        ),
        (
            to_all.argmax(axis=0),
            "these digits are far away because they are in another cluster.",
            "Only the members of a cluster can be its least typical member.",
        ),
        (
            np.where(members, absolute, -1).argmax(axis=0),
            "these members have the largest sums of absolute differences.",
            "The distance of this course adds up squares.",
        ),
        (np.nanmax(to_own, axis=0), "these are squared distances.", "Whose? Return the rows."),
        (np.nanmax(to_own, axis=0) ** 0.5, "these are distances.", "Whose? Return the rows."),
    ]


@self_check
def check_honest_error(honest_error):
    """Four hundred real digits, clustered in the right way and in the usual wrong ones."""
    images, labels = (part[:400] for part in some_digits())
    unseen, rest, every = slice(100), slice(100, None), slice(None)
    runs = [(12, 1), (16, 3), (40, 5)]  # of many small clusters, some names hang on a few labels
    found = []
    for k, seed in runs:
        error = as_numbers(honest_error(images, labels, k, seed))
        if error.shape in {(100,), (300,), (400,)}:
            raise NotYet("there is an answer for each digit.", "Which share of them is wrong?")
        expect_shape(error, ())
        found.append(error)
    yield "it is one number."

    centroids = functools.cache(
        lambda start, stop, k, seed: kmeans(images[start:stop], k, seed=seed).centroids
    )

    def errors(learn, judge, name=None, runs=runs):
        name = name or learn
        return np.array(
            [
                error_of_reader(
                    images, labels, centroids(learn.start, learn.stop, k, seed), judge, name
                )
                for k, seed in runs
            ]
        )

    true = errors(rest, unseen)
    if equal(found, true):
        images, labels = images[:200], labels[:200]
        few = as_numbers(honest_error(images, labels, 4, 1))
        right = error_of_reader(
            images, labels, kmeans(images[50:], 4, seed=1).centroids, slice(50), slice(50, None)
        )
        what = "for 400 digits it is right, but not for 200."
        expect(few, right, what, hint="Is a quarter of them the validation part?")
        yield "for 400 digits it is the error on the unseen ones."
        yield "so it is with another k and another seed."
        return
    swap = ("the parts are swapped.", "The first quarter is the validation part.")
    named = "the labels of the validation part have helped to name the clusters."
    judge = "These labels are only there to judge at the end."
    mistakes = [
        (1 - true, "it is the share of right answers.", "The error counts the wrong ones."),
        (100 * true, "it is a percentage or a number of digits.", "The task asks for 0 to 1."),
        (
            errors(rest, rest),
            "it judges by the digits it has learnt from.",
            "What is the validation part for?",
        ),
        (
            errors(every, every),
            "it learns from all the digits and judges by them.",
            "Where is the validation part?",
        ),
        (
            errors(every, unseen),
            "the validation digits are among those that it learns from.",
            "Split before you do anything else.",
        ),
        (errors(rest, every), "it judges by all the digits.", "Which of them has it not seen?"),
        (
            errors(rest, unseen, name=unseen),
            "the labels of the validation part have named the clusters.",
            judge,
        ),
        (errors(rest, unseen, name=every), named, judge),
        (errors(every, unseen, name=rest), "it clusters the validation digits, too.", judge),
        (errors(slice(300), slice(300, None)), *swap),
        (errors(unseen, rest), *swap),
        (
            np.repeat(true[0], len(runs)),
            "another k and another seed give the same number.",
            "Do `k` and `seed` reach `kmeans`?",
        ),
    ]
    if not any(equal(found, mistaken) for mistaken, *_ in mistakes):
        for told, argument, other in [
            ("it clusters with the seed 0, whatever `seed` is.", "seed", lambda k, seed: (k, 0)),
            ("the seed is one too large.", "seed", lambda k, seed: (k, seed + 1)),
            ("it makes 10 clusters, whatever `k` is.", "k", lambda k, seed: (10, seed)),
        ]:
            mistaken = errors(rest, unseen, runs=[other(*run) for run in runs])
            mistakes.append((mistaken, told, f"What does `kmeans` get as its `{argument}`?"))
    (k, seed), wrong, right = next(
        each for each in zip(runs, found, true, strict=True) if not equal(*each[1:])
    )
    what = f"for 400 digits, k = {k} and seed {seed}, it is {wrong:g} and should be {right:g}."
    hint = "Which digits does it cluster, which labels name the clusters, which digits judge?"
    expect(found, true, what, mistakes, hint)


def error_of_reader(images, labels, centroids, judge, name):
    """Return the error on the rows `judge` of a reader; the labels of the rows `name` name its clusters."""
    k = len(centroids)
    names = majority_labels(classify(images[name], centroids, np.arange(k)), labels[name], k)
    return np.mean(classify(images[judge], centroids, names) != labels[judge])


@self_check
def check_name_by_few(name_by_few):
    """A few images in three clusters; many times, for a wrong rule may be lucky."""
    found, names = [], []
    for seed in range(30):
        case = few_images(seed)
        answer = as_numbers(name_by_few(*case, 3))
        expect_shape(answer, (3,))
        found.append(answer)
        names.append(names_by_votes(*case, 3))
    yield "there is a name for each cluster."
    true, *wrong = zip(*names, strict=True)
    near = "Which of the members are nearest to the centroid?"
    told = [
        ("it asks the members farthest from the centroid.", near),
        ("it asks the first members.", near),
        ("it asks the members with the smallest sums of differences.", SQUARES),
        ("it asks the members with the smallest largest difference.", SQUARES),
        ("it asks the members nearest to their mean.", "The centroids are given."),
        ("it asks all the members.", "How many may it ask?"),
        ("it asks only the nearest member.", "How many may it ask?"),
        ("it asks one member too many.", "How many may it ask?"),
        ("it asks one member too few.", "How many may it ask?"),
        ("it leaves out the nearest member.", near),
        ("it asks digits of other clusters.", "A cluster may have fewer members than you may ask."),
        ("it takes the largest of the labels.", "Which of them is the commonest?"),
        ("it takes the label of the last one asked.", "Which of them is the commonest?"),
    ]
    mistakes = [(each, *says) for each, says in zip(wrong, told, strict=True)]
    case = int(np.any(np.not_equal(found, true), axis=1).argmax())
    _, labels, assignments, _ = few_images(case)
    wrong = int(np.not_equal(found[case], true[case]).argmax())
    what = (
        f"with three labels per cluster, some names are wrong: members labelled "
        f"{', '.join(map(str, labels[assignments == wrong]))} are called {found[case][wrong]:g}, "
        f"and not {true[case][wrong]}."
    )
    hint = "The three that are nearest to the centroid have a vote each."
    expect(np.array(found), np.array(true), what, mistakes, hint)
    yield "three labels per cluster give the right names."
    for seed in range(30):
        case = few_images(seed)
        for m in (100, 1):
            answer = as_numbers(name_by_few(*case, m))
            expect_shape(answer, (3,))
            what = (
                "three labels per cluster are right, but a hundred (more than there are) are not."
            )
            if m == 1:
                what = "three labels per cluster are right, but a single one is not."
            expect(answer, names_by_votes(*case, m)[0], what)
    yield "asking for more labels than there are members works as well."


SQUARES = "The distance of this course adds up squares."


def few_images(seed):
    """Return images of four patches, labels, clusters and centroids, with no doubt about any name."""
    source = chance(seed)
    while True:
        patches = source.integers(0, 256, (16, 4), dtype=np.uint8)
        centroids, labels = source.integers(0, 256, (3, 4)) / 1.0, source.choice([2, 5, 7, 9], 16)
        distances = np.array([((patches - each) ** 2).sum(axis=1) for each in centroids])
        assignments = source.integers(0, 3, 16)  # not always the nearest
        votes = [
            np.sort(np.bincount(labels[members][distances[cluster, members].argsort()[:m]]))
            for cluster in range(3)
            for members in [np.flatnonzero(assignments == cluster)]
            for m in (3, 100)
        ]
        if all(len(each) and (len(each) == 1 or each[-1] > each[-2]) for each in votes):
            images, wide = (np.repeat(each, 196, axis=1) for each in (patches, centroids))
            return images, labels, assignments, wide


def names_by_votes(images, labels, assignments, centroids, m):
    """Return the names by the m nearest members, then those that usual mistakes give."""
    names = []
    for cluster, centroid in enumerate(centroids):
        members = np.flatnonzero(assignments == cluster)
        differences = images[members] - centroid
        distances = (differences**2).sum(axis=1)
        order = members[distances.argsort()]
        own_mean = images[members] - images[members].mean(axis=0)
        everywhere = ((images - centroid) ** 2).sum(axis=1).argsort()
        asked = [
            order[:m],
            order[::-1][:m],
            members[:m],
            members[np.abs(differences).sum(axis=1).argsort()[:m]],
            members[np.abs(differences).max(axis=1).argsort()[:m]],
            members[(own_mean**2).sum(axis=1).argsort()[:m]],
            order,
            order[:1],
            order[: m + 1],
            order[: max(m - 1, 1)],
            order[1 : m + 1] if len(order) > 1 else order,
            everywhere[:m],
        ]
        votes = [np.bincount(labels[rows]).argmax() for rows in asked]
        names.append([*votes, labels[order[:m]].max(), labels[order[:m]][-1]])
    return list(map(list, zip(*names, strict=True)))
