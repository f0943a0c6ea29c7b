"""What learners might write in the exercises of chapter 4."""

from collections import Counter

import numpy as np

from mnist_kmeans import classify, contingency_table, error_rate, kmeans, majority_labels


def names_by_counter(assignments, labels, k):
    votes = [Counter() for _ in range(k)]
    for cluster, label in zip(assignments, labels, strict=True):
        votes[cluster][label] += 1
    return [min(vote, key=lambda label: (-vote[label], label), default=-1) for vote in votes]


def names_by_unique(assignments, labels, k):
    names = -np.ones(k)
    for cluster in set(assignments.tolist()):
        found, counts = np.unique(labels[assignments == cluster], return_counts=True)
        names[cluster] = found[counts.argmax()]
    return names


def names_swapped(assignments, labels, k):
    names = [np.bincount(assignments[labels == cluster], minlength=k) for cluster in range(k)]
    return [name.argmax() for name in names]


def name(assignments, labels, k, choose):
    groups = [labels[assignments == cluster] for cluster in range(k)]
    return [choose(group) if len(group) else -1 for group in groups]


def least_typical_by_loop(images, assignments, centroids):
    rows, farthest = np.zeros(len(centroids)), [-1] * len(centroids)
    for row, (image, cluster) in enumerate(zip(images, assignments, strict=True)):
        distance = np.linalg.norm(image - centroids[cluster])
        if distance > farthest[cluster]:
            rows[cluster], farthest[cluster] = row, distance
    return rows


def least_typical_by_order(images, assignments, centroids):
    order = own(images, assignments, centroids).argsort()
    rows = np.empty(len(centroids), dtype=int)
    rows[assignments[order]] = order
    return rows


def own(images, assignments, centroids):
    return ((images - centroids[assignments]) ** 2).sum(axis=1)


def per_cluster(images, assignments, centroids, choose):
    members = [np.flatnonzero(assignments == cluster) for cluster in range(len(centroids))]
    distances = own(images, assignments, centroids)
    return [choose(rows, distances[rows]) for rows in members]


def to_all(images, centroids):
    return np.array([((images - centroid) ** 2).sum(axis=1) for centroid in centroids])


def honest_with_digits(images, labels, k, seed):
    from mnist_kmeans import Digits, holdout_error

    training, validation = Digits(images, labels).holdout()
    return holdout_error(kmeans(training.images, k, seed=seed), training, validation)


def honest_by_counting(images, labels, k, seed):
    n = len(images) // 4
    found = kmeans(images[n:], k, seed=seed)
    names = contingency_table(labels[n:], found.assignments, k).argmax(axis=1)
    wrong = 0
    for image, label in zip(images[:n], labels[:n], strict=True):
        wrong += names[((found.centroids - image) ** 2).sum(axis=1).argmin()] != label
    return np.array([wrong / n])[0]


def reader(images, labels, k, seed, learn, judge, naming=None):
    found = kmeans(images[learn], k, seed=seed)
    naming = learn if naming is None else naming
    nearest = classify(images[naming], found.centroids, np.arange(k))
    names = majority_labels(nearest, labels[naming], k)
    return error_rate(labels[judge], classify(images[judge], found.centroids, names))


FIRST, REST, ALL = slice(100), slice(100, None), slice(None)


def few_by_sorting(images, labels, assignments, centroids, m):
    names = []
    for cluster in range(len(centroids)):
        members = [row for row in range(len(images)) if assignments[row] == cluster]
        members.sort(key=lambda row: np.abs(images[row] - centroids[cluster]).max())
        names.append(Counter(labels[members[:m]].tolist()).most_common(1)[0][0])
    return names


def few_by_partition(images, labels, assignments, centroids, m):
    names = np.empty(len(centroids))
    for cluster in np.unique(assignments):
        distances = np.linalg.norm(images - centroids[cluster], axis=1)
        distances[assignments != cluster] = np.inf
        asked = distances.argsort()[: min(m, np.isfinite(distances).sum())]
        names[cluster] = np.bincount(labels[asked]).argmax()
    return names


def few(images, labels, assignments, centroids, choose):
    rows = per_cluster(images, assignments, centroids, choose)
    return [np.bincount(labels[asked]).argmax() for asked in rows]


RIGHT = {
    "name_clusters": [names_by_counter, names_by_unique, majority_labels],
    "least_typical": [least_typical_by_loop, least_typical_by_order],
    "honest_error": [honest_with_digits, honest_by_counting],
    "name_by_few": [few_by_sorting, few_by_partition],
}

# What the check says of a wrong attempt, and the attempt.
WRONG = {
    "name_clusters": {
        "labels and assignments are swapped": names_swapped,
        "That is another question": lambda assignments, labels, k: names_swapped(
            assignments, labels, k
        )[:10],
        "ten names for twelve clusters": lambda assignments, labels, k: [
            *majority_labels(assignments, labels, k)[:10]
        ],
        "the whole table": lambda assignments, labels, k: contingency_table(labels, assignments, k),
        "it should be (12,)": lambda assignments, labels, k: majority_labels(
            assignments, labels, 30
        ),
        "empty clusters are called 0": lambda assignments, labels, k: contingency_table(
            labels, assignments, k
        ).argmax(axis=1),
        "numbers of digits": lambda assignments, labels, k: contingency_table(
            labels, assignments, k
        ).max(axis=1),
        "the largest labels": lambda *given: name(*given, choose=max),
        "not called after their commonest digit": lambda *given: name(*given, choose=np.median),
        "labels of the first members": lambda *given: name(*given, choose=lambda group: group[0]),
        "stops with ValueError": lambda assignments, labels, k: [
            max(labels[assignments == cluster]) for cluster in range(k)
        ],
        "but clusters of real digits are not": lambda assignments, labels, k: (
            majority_labels(assignments, labels, k) if k == 12 else np.zeros(k)
        ),
    },
    "least_typical": {
        "the most typical": lambda *given: per_cluster(
            *given, lambda rows, distances: rows[distances.argmin()]
        ),
        "positions within the clusters": lambda *given: per_cluster(
            *given, lambda rows, distances: distances.argmax()
        ),
        "they are in another cluster": lambda images, assignments, centroids: to_all(
            images, centroids
        ).argmax(axis=1),
        "these are squared distances": lambda *given: per_cluster(
            *given, lambda rows, distances: distances.max()
        ),
        "these are distances": lambda *given: per_cluster(
            *given, lambda rows, distances: distances.max() ** 0.5
        ),
        "these are images": lambda *given: given[0][least_typical_by_order(*given)],
        "6 of 6 rows are not": lambda *given: per_cluster(
            *given, lambda rows, distances: rows[distances.argsort()[1]]
        ),
    },
    "honest_error": {
        "there is an answer for each digit": lambda images, labels, k, seed: labels[:100],
        "the share of right answers": lambda *given: 1 - honest_with_digits(*given),
        "a percentage or a number of digits": lambda *given: 100 * honest_with_digits(*given),
        "by the digits it has learnt from": lambda *given: reader(*given, REST, REST),
        "learns from all the digits and judges by them": lambda *given: reader(*given, ALL, ALL),
        "among those that it learns from": lambda *given: reader(*given, ALL, FIRST),
        "have named the clusters": lambda *given: reader(*given, REST, FIRST, FIRST),
        "the parts are swapped": lambda *given: reader(*given, FIRST, REST),
        "The first quarter is the validation part": lambda *given: reader(
            *given, slice(300), slice(300, None)
        ),
        "for 400 digits it should be another number": lambda images, labels, k, seed: (
            honest_with_digits(images, labels, k, seed + 1)
        ),
        "with another k and another seed": lambda images, labels, k, seed: honest_with_digits(
            images, labels, 12, 1
        ),
    },
    "name_by_few": {
        "the members farthest from": lambda *given: few(
            *given[:4], lambda rows, distances: rows[distances.argsort()[::-1][: given[4]]]
        ),
        "it asks the first members": lambda *given: few(
            *given[:4], lambda rows, distances: rows[: given[4]]
        ),
        "it asks all the members": lambda *given: few(*given[:4], lambda rows, distances: rows),
        "only the nearest member": lambda *given: few(
            *given[:4], lambda rows, distances: rows[[distances.argmin()]]
        ),
        "digits of other clusters": lambda images, labels, assignments, centroids, m: [
            np.bincount(labels[distances.argsort()[:m]]).argmax()
            for distances in to_all(images, centroids)
        ],
        "some names are wrong": lambda *given: few(
            *given[:4],
            lambda rows, distances: (
                rows[distances.argsort()[1 : given[4] + 1]] if len(rows) > 1 else rows
            ),
        ),
        "more than there are) are not": lambda *given: few_by_sorting(*given[:4], 3),
    },
}
