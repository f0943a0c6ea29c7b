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


def names_by_table(assignments, labels, k):
    table = contingency_table(labels, assignments, k)
    return np.where(table.any(axis=1), table.argmax(axis=1), -1).astype(np.int8)


def names_in_bytes(assignments, labels, k):
    names = np.full(k, 255, dtype=np.uint8)
    for cluster in np.unique(assignments):
        names[cluster] = np.bincount(labels[assignments == cluster]).argmax()
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
        members.sort(key=lambda row: np.linalg.norm(images[row] - centroids[cluster]))
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


def asking(choose, vote=lambda labels: np.bincount(labels).argmax(), measure=np.square):
    """An attempt that asks the rows choose(members by distance, members in order, m)."""

    def names(images, labels, assignments, centroids, m):
        found = []
        for cluster, centroid in enumerate(centroids):
            members = np.flatnonzero(assignments == cluster)
            order = members[measure(images[members] - centroid).sum(axis=1).argsort()]
            found.append(vote(labels[choose(order, members, m)]))
        return found

    return names


RIGHT = {
    "name_clusters": [
        names_by_counter,
        names_by_unique,
        names_by_table,
        lambda assignments, labels, k: name(
            assignments, labels, k, lambda group: Counter(group.tolist()).most_common(1)[0][0]
        ),
    ],
    "least_typical": [
        least_typical_by_loop,
        least_typical_by_order,
        lambda *given: per_cluster(*given, lambda rows, distances: rows[distances.argmax()]),
        lambda images, assignments, centroids: (
            np.where(
                assignments == np.arange(len(centroids))[:, None], to_all(images, centroids), -1
            )
            .argmax(axis=1)
            .astype(np.int16)
        ),
    ],
    "honest_error": [
        honest_with_digits,
        honest_by_counting,
        lambda *given: reader(*given, slice(len(given[0]) // 4, None), slice(len(given[0]) // 4)),
        lambda *given: round(float(honest_with_digits(*given)), 3),
    ],
    "name_by_few": [
        few_by_sorting,
        few_by_partition,
        asking(lambda order, members, m: order[:m]),
        lambda *given: np.array(asking(lambda order, members, m: order[:m])(*given), np.uint8),
    ],
}

# What the check says of a wrong attempt, and the attempt.
WRONG = {
    "name_clusters": {
        "labels and assignments are swapped": names_swapped,
        "That is another question": lambda assignments, labels, k: names_swapped(
            assignments, labels, k
        )[:10],
        "ten names for twelve clusters": lambda assignments, labels, k: [
            *names_by_table(assignments, labels, k)[:10]
        ],
        "the whole table": lambda assignments, labels, k: contingency_table(labels, assignments, k),
        "it should be (12,)": lambda assignments, labels, k: names_by_table(
            assignments, labels, 30
        ),
        "empty clusters are called 0": lambda assignments, labels, k: contingency_table(
            labels, assignments, k
        ).argmax(axis=1),
        "numbers of digits": lambda assignments, labels, k: contingency_table(
            labels, assignments, k
        ).max(axis=1),
        "`name_clusters` calls `majority_labels`": [
            majority_labels,
            lambda *given: majority_labels(*given).tolist(),
        ],
        "empty clusters are called 255": names_in_bytes,
        "the smallest labels": lambda *given: name(*given, choose=min),
        "these are means": lambda *given: name(*given, choose=np.mean),
        "the last members": lambda *given: name(*given, choose=lambda group: group[-1]),
        "after their commonest digit. Hint: Number": lambda *given: name(
            *given, choose=lambda group: Counter(group.tolist()).most_common()[-1][0]
        ),
        "need not be more than half": lambda *given: name(
            *given,
            choose=lambda group: max(
                [label for label in group if np.mean(group == label) > 0.5], default=-1
            ),
        ),
        "Number 10 is -1, and should be 8": lambda *given: name(
            *given, choose=lambda group: np.bincount(group).argmax() if len(group) > 1 else -1
        ),
        "the largest labels": lambda *given: name(*given, choose=max),
        "these are medians": lambda *given: name(*given, choose=np.median),
        "not called after their commonest digit": lambda *given: name(
            *given, choose=lambda group: round(np.mean(group))
        ),
        "labels of the first members": lambda *given: name(*given, choose=lambda group: group[0]),
        "stops with ValueError": lambda assignments, labels, k: [
            max(labels[assignments == cluster]) for cluster in range(k)
        ],
        "but clusters of real digits are not": lambda assignments, labels, k: (
            names_by_table(assignments, labels, k) if k == 12 else np.zeros(k)
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
        "largest sums of absolute differences": lambda images, assignments, centroids: np.where(
            assignments == np.arange(len(centroids))[:, None],
            [np.abs(images - each).sum(axis=1) for each in centroids],
            -1,
        ).argmax(axis=1),
        "and should be row": lambda *given: per_cluster(
            *given, lambda rows, distances: rows[distances.argsort()[-2]]
        ),
        "rows are not the least typical": lambda images, assignments, centroids: np.where(
            assignments == np.arange(len(centroids))[:, None],
            [np.abs(images - each).max(axis=1) for each in centroids],
            -1,
        ).argmax(axis=1),
        "in made-up clusters some rows are not": lambda images, assignments, centroids: (
            least_typical_by_loop(images, to_all(images, centroids).argmin(axis=0), centroids)
        ),
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
        "the seed is one too large": lambda images, labels, k, seed: honest_with_digits(
            images, labels, k, seed + 1
        ),
        "with the seed 0, whatever": lambda images, labels, k, seed: honest_with_digits(
            images, labels, k, 0
        ),
        "it makes 10 clusters, whatever": lambda images, labels, k, seed: honest_with_digits(
            images, labels, 10, seed
        ),
        "another k and another seed give the same number": lambda images, labels, k, seed: (
            honest_with_digits(images, labels, 12, 1)
        ),
        "have helped to name the clusters": lambda *given: reader(*given, REST, FIRST, ALL),
        "it judges by all the digits": lambda *given: reader(*given, REST, ALL),
        "it clusters the validation digits, too": lambda *given: reader(*given, ALL, FIRST, REST),
        "but not for 200": lambda *given: reader(*given, REST, FIRST),
        "for 400 digits, k = 12 and seed 1, it is": lambda images, labels, k, seed: (
            honest_with_digits(images, labels, k, 999)
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
        "it leaves out the nearest": asking(
            lambda order, members, m: order[1 : m + 1] if len(order) > 1 else order
        ),
        "one member too many": asking(lambda order, members, m: order[: m + 1]),
        "one member too few": asking(lambda order, members, m: order[: max(m - 1, 1)]),
        "smallest sums of differences": asking(lambda order, members, m: order[:m], measure=np.abs),
        "largest of the labels": asking(lambda order, members, m: order[:m], vote=max),
        "some names are wrong: members labelled": [
            asking(lambda order, members, m: order[:m], vote=min),
            asking(lambda order, members, m: members[-m:]),
            asking(lambda order, members, m: order[:m], measure=lambda x: x),
        ],
        "list index out of range": lambda images, labels, _, centroids, m: few_by_sorting(
            images, labels, to_all(images, centroids).argmin(axis=0), centroids, m
        ),
        "but a single one is not": lambda *given: few_by_sorting(*given[:4], max(given[4], 3)),
        "more than there are) are not": lambda *given: few_by_sorting(*given[:4], 3),
    },
}
