"""Where things lie: in the course's checkout where there is one, or else in the user's own folders.

Nothing here is looked up at import, so a program that changes its working folder or its environment
finds what it expects.
"""

import os
from pathlib import Path


def checkout():
    """Return the root folder of the checkout that this package is part of, or None if it is installed."""
    root = Path(__file__).resolve().parents[2]
    return root if (root / "notebooks").is_dir() and (root / "pyproject.toml").is_file() else None


def data_home():
    """Return the folder for data of many megabytes: data/ of the checkout, or the user's cache."""
    root = checkout()
    if root is not None:
        return root / "data"
    import platformdirs  # it knows where each system keeps caches

    return platformdirs.user_cache_path("mnist-kmeans", appauthor=False)


def full_data():
    """Return the folder of the full MNIST: $MNIST_KMEANS_DATA, or else `full` in the data's home.

    A relative name begins at the checkout: kernels and scripts run in other folders, but mean the same
    one. Without a checkout it begins at the working folder.
    """
    named = os.environ.get("MNIST_KMEANS_DATA")
    return (base() / Path(named).expanduser()).resolve() if named else data_home() / "full"


def figures():
    """Return the folder for pictures: build/figures of the checkout, or `figures` where the user works."""
    return base() / ("figures" if checkout() is None else "build/figures")


def base():
    """Return the folder that relative names begin at: the checkout, or where the user works."""
    return checkout() or Path.cwd()
