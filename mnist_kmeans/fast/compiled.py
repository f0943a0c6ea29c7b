"""The compiled loops, where Numba is installed."""

import functools


@functools.cache
def compiled_loops():
    """Return the module of compiled loops, or None where Numba is not installed, or not for this Python."""
    try:
        from mnist_kmeans.fast import loops  # only now: Numba takes a while to load
    except ImportError:
        return None
    return loops
