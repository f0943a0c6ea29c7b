"""How well do clusters and predictions agree with the true digits?"""

import numpy as np

from mnist_kmeans.errors import InputError


def contingency_table(labels, assignments, k):
    """Return how many points of each cluster bear each label, (k, 10) integers.

    `labels` (n,) are digits 0 .. 9, `assignments` (n,) clusters 0 .. k-1.
    Raises InputError for values out of range, for different lengths and for none at all.
    """
    labels = check_codes(labels, 10, "labels")
    assignments = check_codes(assignments, k, "assignments")
    check_same_length(labels, assignments, "labels", "assignments")
    return np.bincount(assignments * 10 + labels, minlength=10 * k).reshape(k, 10)


def purity(table):
    """Return the share of points that bear the commonest label of their cluster.

    `table` is a (k, 10) contingency table. Each cluster counts by its size.
    Source: Manning, Raghavan and Schuetze, "Introduction to Information Retrieval", section 16.3.
    """
    return table.max(axis=1).sum() / table.sum()


def mean_cluster_purity(table):
    """Return the plain mean, over the clusters that have points, of the share of the commonest label.

    `table` is a (k, 10) contingency table. Each cluster counts the same, however small it is.
    Source: the article "Clustering MNIST - naive", named in the README.
    """
    filled = table[table.sum(axis=1) > 0]
    return (filled.max(axis=1) / filled.sum(axis=1)).mean()


def error_rate(true, predicted):
    """Return the share of predictions that differ from the true label.

    Both are (n,) integers. Raises InputError for different lengths and for none at all.
    """
    true, predicted = np.asarray(true), np.asarray(predicted)
    check_same_length(true, predicted, "true labels", "predictions")
    return np.count_nonzero(true != predicted) / len(true)


def check_codes(values, count, name):
    """Return `values` as (n,) integers, or raise InputError unless all lie in 0 .. count-1."""
    values = np.asarray(values)
    if values.ndim != 1 or values.dtype.kind not in "iu":
        raise InputError(
            f"{name} must be a row of whole numbers; got {values.dtype} of shape {values.shape}"
        )
    bad = np.flatnonzero((values < 0) | (values >= count))
    if len(bad):
        raise InputError(
            f"{name} must lie in 0 .. {count - 1}; number {bad[0]} of them is {values[bad[0]]}"
        )
    return values.astype(np.intp)


def check_same_length(a, b, a_name, b_name):
    """Raise InputError unless a and b are equally long and not empty."""
    if len(a) != len(b) or len(a) == 0:
        raise InputError(
            f"{a_name} and {b_name} must be equally many, at least one; got {len(a)} and {len(b)}"
        )
