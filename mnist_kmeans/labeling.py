"""From clusters to digits: name each centroid, then classify by the nearest."""

import numpy as np

from mnist_kmeans.basics.errors import InputError
from mnist_kmeans.lloyd import assign
from mnist_kmeans.metrics import check_integers, contingency_table, error_rate

NO_LABEL = -1  # the label of a centroid whose cluster is empty; equal to no digit


def majority_labels(assignments, labels, k):
    """Return the commonest label of each cluster, (k,) integers.

    `assignments` (n,) are clusters 0 .. k-1, `labels` (n,) digits 0 .. 9. The lowest digit wins a
    tie; an empty cluster gets NO_LABEL, -1.
    Raises InputError for values out of range, for different lengths and for none at all.
    """
    table = contingency_table(labels, assignments, k)
    return np.where(table.any(axis=1), table.argmax(axis=1), NO_LABEL)


def classify(images, centroids, centroid_labels):
    """Return the label of the nearest centroid of each image, (n,) integers.

    `images` is (n, d), `centroids` (k, d), `centroid_labels` (k,) integers.
    Raises InputError for unusable or unmatched shapes.
    """
    centroid_labels = check_integers(centroid_labels, "centroid_labels")
    assignments = assign(images, centroids)
    if len(centroid_labels) != len(centroids):
        raise InputError(f"there are {len(centroids)} centroids but {len(centroid_labels)} labels")
    return centroid_labels[assignments]


def holdout_error(clustering, training, validation):
    """Return the error rate on digits that the clustering has not seen, from 0 to 1.

    The Clustering is of the images of the Digits `training`, whose labels name its centroids; the
    Digits `validation` are then classified by the nearest.
    """
    k = len(clustering.centroids)
    centroid_labels = majority_labels(clustering.assignments, training.labels, k)
    predicted = classify(validation.images, clustering.centroids, centroid_labels)
    return error_rate(validation.labels, predicted)
