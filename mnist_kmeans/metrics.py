"""How well do clusters and predictions agree with the true digits?"""

import math

import numpy as np

from mnist_kmeans.errors import InputError, check_whole


def contingency_table(labels, assignments, k):
    """Return how many points of each cluster bear each label, (k, 10) integers.

    `labels` (n,) are digits 0 .. 9, `assignments` (n,) clusters 0 .. k-1.
    Raises InputError for values out of range, for different lengths and for none at all.
    """
    check_whole(k, 1, "k, the number of clusters,")
    labels = check_codes(labels, 10, "labels")
    assignments = check_codes(assignments, k, "assignments")
    check_same_length(labels, assignments, "labels", "assignments")
    return np.bincount(assignments * 10 + labels, minlength=10 * k).reshape(k, 10)


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
    try:
        values = np.asarray(values)
    except ValueError as error:
        raise InputError(f"{name} must be a row of whole numbers: {error}") from error
    if values.ndim != 1 or values.dtype.kind not in "iu":
        raise InputError(
            f"{name} must be a row of whole numbers; got {values.dtype} of shape {values.shape}"
        )
    return values


def check_table(table):
    """Return `table` as an array (k, 10), or raise InputError unless it holds counts."""
    table = np.asarray(table)
    if table.ndim != 2 or table.dtype.kind not in "iu" or (table < 0).any() or not table.any():
        raise InputError(
            "a contingency table holds a row of counts for each cluster, not all of them 0; "
            f"got {table.dtype} of shape {table.shape}"
        )
    return table


def check_same_length(a, b, a_name, b_name):
    """Raise InputError unless a and b are equally long and not empty."""
    if len(a) != len(b) or len(a) == 0:
        raise InputError(
            f"{a_name} and {b_name} must be equally many, at least one; got {len(a)} and {len(b)}"
        )
