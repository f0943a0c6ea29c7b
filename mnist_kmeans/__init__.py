"""k-means clustering of the MNIST digits: the helper package of the course."""

from mnist_kmeans.basics import places
from mnist_kmeans.basics.errors import InputError
from mnist_kmeans.data import (
    Digits,
    load_mnist,
    read_base64_json,
    read_idx,
    read_npz,
    write_base64_json,
)
from mnist_kmeans.labeling import classify, holdout_error, majority_labels
from mnist_kmeans.lloyd import Clustering, assign, update
from mnist_kmeans.metrics import contingency_table, error_rate, mean_cluster_purity, purity
from mnist_kmeans.runs import kmeans, repeat_inits, sweep_k
from mnist_kmeans.seeding import plus_plus_centroids, random_centroids

places.spare_the_home()  # before anything is imported that looks there: Matplotlib, Jupyter

__all__ = [
    "Clustering",
    "Digits",
    "InputError",
    "assign",
    "classify",
    "contingency_table",
    "error_rate",
    "holdout_error",
    "kmeans",
    "load_mnist",
    "majority_labels",
    "mean_cluster_purity",
    "plus_plus_centroids",
    "purity",
    "random_centroids",
    "read_base64_json",
    "read_idx",
    "read_npz",
    "repeat_inits",
    "sweep_k",
    "update",
    "write_base64_json",
]
