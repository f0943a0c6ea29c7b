"""k-means clustering of the MNIST digits: the helper package of the course.

A name is loaded when it is first asked for. So the command line hears Ctrl-C before anything takes long.
"""

from importlib import import_module

from mnist_kmeans.basics import places

places.spare_the_home()  # before anything is imported that looks there: Matplotlib, Jupyter

HOMES = {
    "basics.errors": ["InputError"],
    "data": [
        *("Digits", "load_mnist", "read_base64_json", "read_csv", "read_folder", "read_idx"),
        *("read_npz", "read_table", "write_base64_json"),
    ],
    "labeling": ["classify", "holdout_error", "majority_labels"],
    "lloyd": ["Clustering", "assign", "update"],
    "metrics": ["contingency_table", "error_rate", "mean_cluster_purity", "purity"],
    "runs": ["kmeans", "repeat_inits", "sweep_k"],
    "seeding": ["plus_plus_centroids", "random_centroids"],
}
__all__ = sorted(name for names in HOMES.values() for name in names)


def __getattr__(name):
    for module, names in HOMES.items():
        if name in names:
            value = globals()[name] = getattr(import_module(f"mnist_kmeans.{module}"), name)
            return value
        if name == module.partition(".")[0]:
            return import_module(f"mnist_kmeans.{name}")
    raise AttributeError(f"module 'mnist_kmeans' has no attribute {name!r}")


def __dir__():
    return __all__
