"""How well do clusters and predictions agree with the true digits?"""

import math

import numpy as np

from mnist_kmeans.basics.errors import InputError, as_array, check_whole

IMPOSSIBLE = -1  # marks a set of more labels than clusters have been seen


def contingency_table(labels, assignments, k, n_labels=10):
    """Return how many points of each cluster bear each label, (k, n_labels) integers.

    `labels` (n,) are 0 .. n_labels-1: digits, or the assignments of another clustering. `assignments` (n,)
    are clusters 0 .. k-1.
    Raises InputError for values out of range, for different lengths and for none at all.
    """
    check_whole(k, 1, "k, the number of clusters,")
    check_whole(n_labels, 1, "n_labels")
    labels = check_codes(labels, n_labels, "labels")
    assignments = check_codes(assignments, k, "assignments")
    check_same_length(labels, assignments, "labels", "assignments")
    pairs = np.bincount(assignments * n_labels + labels, minlength=n_labels * k)
    return pairs.reshape(k, n_labels)


def purity(table):
    """Return the share of points that bear the commonest label of their cluster.

    `table` is a (k, 10) contingency table. Each cluster counts by its size.
    Raises InputError for anything but a table of counts, at least one of them above 0.
    Source: Manning, Raghavan and Schuetze, "Introduction to Information Retrieval", section 16.3.
    """
    table = check_table(table)
    return float(table.max(axis=1).sum() / table.sum())


def mean_cluster_purity(table):
    """Return the plain mean, over the clusters that have points, of the share of the commonest label.

    `table` is a (k, 10) contingency table. Each cluster counts the same, however small it is.
    Raises InputError for anything but a table of counts, at least one of them above 0.
    Source: the article "Clustering MNIST - naive", named in the README.
    """
    table = check_table(table)
    filled = table[table.any(axis=1)]
    return math.fsum(filled.max(axis=1) / filled.sum(axis=1)) / len(filled)


def matching_accuracy(table):
    """Return the share of points that bear the label of their cluster when no two share a label.

    `table` is a (k, 10) contingency table. Each cluster gets at most one label and each label at most
    one cluster, so that the share is the largest possible. With ten labels there are only 1024 sets of
    them, so the best matching of the clusters seen so far is kept for each set: no search is needed.
    Raises InputError for anything but a table of counts, at least one of them above 0.
    Source: the measure, called "unsupervised clustering accuracy", is that of J. Xie, R. Girshick and
    A. Farhadi, ICML 2016; they find the matching by the Hungarian method, with the same result.
    """
    table = check_table(table)
    label_sets = np.arange(2 ** table.shape[1])  # bit L of a set tells whether it holds label L
    matched = np.full(len(label_sets), IMPOSSIBLE)  # most points, these labels given away
    matched[0] = 0
    for counts in table:
        before = matched.copy()
        for label, count in enumerate(counts.tolist()):
            label_is_free = label_sets & 1 << label == 0
            without = label_sets[label_is_free & (before != IMPOSSIBLE)]
            with_label = without | 1 << label
            matched[with_label] = np.maximum(matched[with_label], before[without] + count)
    return float(matched.max() / table.sum())


def normalized_mutual_information(table):
    """Return how much clusters and labels tell about each other, from 0 to 1.

    `table` is a (k, 10) contingency table. It is the mutual information, divided by the mean of the
    entropies of clusters and labels. If there is one cluster and one label only, it is 1.
    Raises InputError for anything but a table of counts, at least one of them above 0.
    Source: Manning, Raghavan and Schuetze, "Introduction to Information Retrieval", section 16.3.
    """
    table = check_table(table)
    total = int(table.sum())
    by_cluster, by_label, both = (
        math.fsum(
            count / total * math.log(total / count) for count in counts.ravel().tolist() if count
        )
        for counts in (table.sum(axis=1), table.sum(axis=0), table)
    )
    if by_cluster + by_label == 0:
        return 1.0
    return 2 * (by_cluster + by_label - both) / (by_cluster + by_label)


def adjusted_rand_index(table):
    """Return how far two groupings, such as clusters and labels, agree on which points belong together.

    `table` counts the points of each group of the one that are in each group of the other: (k, 10) for
    labels, (k, m) for a second clustering. 1 is full agreement; random groups of the same sizes get 0 on
    average.
    Raises InputError for anything but a table of counts, at least one of them above 0.
    Source: L. Hubert and P. Arabie, "Comparing partitions", Journal of Classification 2 (1985).
    """
    table = check_counts(table)
    together, in_clusters, in_labels, all_pairs = (
        sum(count * (count - 1) // 2 for count in np.ravel(counts).tolist())
        for counts in (table, table.sum(axis=1), table.sum(axis=0), table.sum())
    )
    # whole numbers as long as possible; by chance, in_clusters * in_labels / all_pairs are together
    by_chance = in_clusters * in_labels
    most = (in_clusters + in_labels) * all_pairs - 2 * by_chance
    return 2 * (together * all_pairs - by_chance) / most if most else 1.0


def error_rate(true, predicted):
    """Return the share of predictions that differ from the true label.

    Both are (n,) integers. Raises InputError for different lengths, for none at all and for
    anything but integers.
    """
    true, predicted = check_integers(true, "true labels"), check_integers(predicted, "predictions")
    check_same_length(true, predicted, "true labels", "predictions")
    return np.count_nonzero(true != predicted) / len(true)


def check_codes(values, count, name):
    """Return `values` as (n,) integers, or raise InputError unless all lie in 0 .. count-1."""
    values = check_integers(values, name)
    bad = np.flatnonzero((values < 0) | (values >= count))
    if len(bad):
        raise InputError(
            f"{name} must lie in 0 .. {count - 1}; number {bad[0]} of them is {values[bad[0]]}"
        )
    return values.astype(np.intp)


def check_integers(values, name):
    """Return `values` as an array (n,), or raise InputError unless they are integers."""
    values = as_array(values, name)
    if values.ndim != 1 or values.dtype.kind not in "iu":
        raise InputError(
            f"{name} must be a row of whole numbers; got {values.dtype} of shape {values.shape}"
        )
    return values


def check_table(table):
    """Return `table` as an array (k, 10), or raise InputError unless it holds counts."""
    table = check_counts(table)
    if table.shape[1] != 10:
        raise InputError(
            "a contingency table has a row of ten counts for each cluster; "
            f"got {table.dtype} of shape {table.shape}"
        )
    return table


def check_counts(table):
    """Return `table` as an array (k, m), or raise InputError unless it holds counts."""
    table = as_array(table, "a contingency table")
    if table.ndim != 2 or table.dtype.kind not in "iu":
        raise InputError(
            "a contingency table has a row of counts for each cluster; "
            f"got {table.dtype} of shape {table.shape}"
        )
    if (table < 0).any() or not table.any():
        raise InputError("a contingency table holds counts from 0 up, not all of them 0")
    return table


def check_same_length(a, b, a_name, b_name):
    """Raise InputError unless a and b are equally long and not empty."""
    if len(a) != len(b) or len(a) == 0:
        raise InputError(
            f"{a_name} and {b_name} must be equally many, at least one; got {len(a)} and {len(b)}"
        )
