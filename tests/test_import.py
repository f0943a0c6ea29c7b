"""Importing the package: quick, and nothing that a calculation does not need."""

import subprocess
import sys

import pytest

import mnist_kmeans

PUBLIC = [
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
HEAVY = [
    "matplotlib",
    "numba",
    "psutil",
    "requests",
    "tqdm",
    "sklearn",
    "scipy",
    "PIL",
    "IPython",
    "ipywidgets",
    "nbclient",
    "dask",
    "distributed",
]


def python(code):
    """Return what a fresh interpreter prints."""
    command = [sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_is_there(name):
    assert hasattr(mnist_kmeans, name) and name in mnist_kmeans.__all__


def test_the_list_of_public_names_is_true_and_in_order():
    assert mnist_kmeans.__all__ == sorted(mnist_kmeans.__all__)
    for name in mnist_kmeans.__all__:
        assert getattr(mnist_kmeans, name).__doc__


def test_a_calculation_takes_nothing_heavy_along():
    loaded = python("import sys; from mnist_kmeans import load_mnist; print(*sys.modules)").split()
    assert "mnist_kmeans.data" in loaded
    assert not set(HEAVY) & set(loaded)


def test_the_import_alone_loads_nothing_that_takes_long():
    """So the command line hears Ctrl-C at once."""
    loaded = set(python("import sys, mnist_kmeans.__main__; print(*sys.modules)").split())
    assert "mnist_kmeans.basics.interrupts" in loaded
    assert not loaded & {"numpy", "argparse", "subprocess", "mnist_kmeans.data", "mnist_kmeans.cli"}


def test_another_name_is_refused_as_python_does():
    with pytest.raises(AttributeError, match="no attribute 'kmedians'"):
        _ = mnist_kmeans.kmedians
    assert dir(mnist_kmeans) == mnist_kmeans.__all__


def test_modules_are_attributes_too():
    assert python("import mnist_kmeans; print(mnist_kmeans.metrics.purity([[1] * 10]))") == "0.1\n"
