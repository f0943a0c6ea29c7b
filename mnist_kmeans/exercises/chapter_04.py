"""Self-checks for the exercises of chapter 4: names, odd members, an honest error, few labels."""

import numpy as np

from mnist_kmeans.exercises.checking import (
    NotYet,
    as_numbers,
    equal,
    expect,
    expect_shape,
    self_check,
    some_digits,
)
from mnist_kmeans.labeling import classify, majority_labels
from mnist_kmeans.runs import kmeans


@self_check
def check_name_clusters(name_clusters):
    """Twelve clusters with clear majorities, two of them empty; then real digits."""
    commonest = np.array([3, 1, 4, -1, 1, 9, 2, 6, 5, 7, -1, 8])
    filled = np.flatnonzero(commonest >= 0)
    order = np.random.default_rng(4).permutation(70)
    assignments = np.repeat(filled, 7)[order]
    votes = commonest[filled, None] + [0, 0, 0, 3, 3, 6, 6]
    labels = (votes % 10).reshape(-1)[order]
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
            [len(group) and np.bincount(group).max() for group in groups],
            "these are numbers of digits.",
            "Which digit is it that occurs so often?",
        ),
        ([max(group, default=-1) for group in groups], "these are the largest labels.", "Count!"),
        (
            [group[0] if len(group) else -1 for group in groups],
            "these are the labels of the first members.",
            "All members have a vote.",
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
    what = "the made-up clusters are right, but clusters of real digits are not."
    expect(as_numbers(name_clusters(assignments, labels, 16)), true, what)
    yield "clusters of real digits have the right names."


@self_check
def check_least_typical(least_typical):
    """Six clusters of real digits."""
    images, _ = some_digits()
    clustering = kmeans(images, 6, seed=2)
    assignments, centroids = clustering.assignments, clustering.centroids
    to_all = np.array([((images - centroid) ** 2).sum(axis=1) for centroid in centroids]).T
    to_own = np.where(assignments[:, None] == np.arange(6), to_all, np.nan)
    true = np.nanargmax(to_own, axis=0)
    members = [np.flatnonzero(assignments == cluster) for cluster in range(6)]
    mistakes = [
        (
            np.nanargmin(to_own, axis=0),
            "these are the members nearest to their centroids.",
            "These are the most typical. The task asks for the other end.",
        ),
        (
            [np.searchsorted(rows, row) for rows, row in zip(members, true, strict=True)],
            "these are positions within the clusters.",
            "Number 3 of a cluster is not row 3 of the images. Which row is it?",
        ),
        (
            to_all.argmax(axis=0),
            "these digits are far away because they are in another cluster.",
            "Only the members of a cluster can be its least typical member.",
        ),
        (np.nanmax(to_own, axis=0), "these are squared distances.", "Whose? Return the rows."),
        (np.nanmax(to_own, axis=0) ** 0.5, "these are distances.", "Whose? Return the rows."),
    ]
    found = as_numbers(least_typical(images, assignments, centroids))
    if found.shape == (6, 784):
        raise NotYet("these are images.", "Return the numbers of their rows.")
    expect_shape(found, (6,))
    yield "there is a row for each cluster."
    what = f"{np.count_nonzero(found != true)} of 6 rows are not the least typical members."
    expect(found, true, what, mistakes)
    yield "each is the member farthest from its centroid."


@self_check
def check_honest_error(honest_error):
    """Four hundred real digits, clustered in the right way and in the usual wrong ones."""
    images, labels = (part[:400] for part in some_digits())
    unseen, rest, every = slice(100), slice(100, None), slice(None)
    found = as_numbers(honest_error(images, labels, 12, 1))
    if found.shape in {(100,), (300,), (400,)}:
        raise NotYet("there is an answer for each digit.", "Which share of them is wrong?")
    expect_shape(found, ())
    yield "it is one number."

    def error(learn, judge, name=None):
        return error_of_reader(images, labels, 12, 1, learn, judge, name or learn)

    true = error(rest, unseen)
    swap = ("the parts are swapped.", "The first quarter is the validation part.")
    mistakes = [
        (1 - true, "it is the share of right answers.", "The error counts the wrong ones."),
        (100 * true, "it is a percentage or a number of digits.", "The task asks for 0 to 1."),
        (
            error(rest, rest),
            "it judges by the digits it has learnt from.",
            "What is the validation part for?",
        ),
        (
            error(every, every),
            "it learns from all the digits and judges by them.",
            "Where is the validation part?",
        ),
        (
            error(every, unseen),
            "the validation digits are among those that it learns from.",
            "Split before you do anything else.",
        ),
        (
            error(rest, unseen, name=unseen),
            "the labels of the validation part have named the clusters.",
            "These labels are only there to judge at the end.",
        ),
        (error(slice(300), slice(300, None)), *swap),
        (error(unseen, rest), *swap),
    ]
    expect(found, true, "for 400 digits it should be another number.", mistakes)
    yield "for 400 digits it is the error on the unseen ones."
    true = error_of_reader(images, labels, 20, 3, rest, unseen, rest)
    what = "with another k and another seed it should be another number."
    expect(as_numbers(honest_error(images, labels, 20, 3)), true, what)
    yield "so it is with another k and another seed."


def error_of_reader(images, labels, k, seed, learn, judge, name):
    """Return the error on the rows `judge` of a reader that clusters the rows `learn`.

    The labels of the rows `name` give the clusters their names.
    """
    centroids = kmeans(images[learn], k, seed=seed, algorithm="lloyd").centroids
    names = majority_labels(classify(images[name], centroids, np.arange(k)), labels[name], k)
    return np.mean(classify(images[judge], centroids, names) != labels[judge])


@self_check
def check_name_by_few(name_by_few):
    """Grey images around three grey centroids, their labels so chosen that each mistake shows."""
    by_cluster = [  # grey of the centroid, how much darker each member is, and its label
        (100, [5, 4, -9, 1, 6, 2, -3, -7, 8], [3, 3, 8, 1, 3, 4, 4, 8, 1]),
        (160, [9, 7, 1, -2, 3, 4, 5, -6, 8], [5, 5, 9, 0, 9, 0, 0, 0, 7]),
        (30, [2], [6]),
    ]
    greys = [grey + darker for grey, offsets, _ in by_cluster for darker in offsets]
    labels = np.concatenate([labels for _, _, labels in by_cluster])
    assignments = np.repeat([0, 1, 2], [len(labels) for _, _, labels in by_cluster])
    images = np.repeat(greys, 784).reshape(-1, 784).astype(np.uint8)
    centroids = np.repeat([100.0, 160, 30], 784).reshape(-1, 784)
    near = "Which of the members are nearest to the centroid?"
    mistakes = [
        ([8, 5, 6], "it asks the members farthest from the centroid.", near),
        ([3, 5, 6], "it asks the first members.", near),
        ([3, 0, 6], "it asks all the members.", "How many may it ask?"),
        ([1, 9, 6], "it asks only the nearest member.", "How many may it ask?"),
        (
            [4, 9, 8],
            "it asks digits of other clusters.",
            "A cluster may have fewer members than you may ask.",
        ),
    ]
    found = as_numbers(name_by_few(images, labels, assignments, centroids, 3))
    expect_shape(found, (3,))
    yield "there is a name for each cluster."
    what = "with three labels per cluster, some names are wrong."
    expect(found, [4, 9, 6], what, mistakes)
    yield "three labels per cluster give the right names."
    what = "three labels per cluster are right, but a hundred (more than there are) are not."
    found = as_numbers(name_by_few(images, labels, assignments, centroids, 100))
    expect(found, [3, 0, 6], what)
    yield "asking for more labels than there are members works as well."
