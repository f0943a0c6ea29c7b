"""A run of k-means on disk, after each of its iterations, so that it can go on after an accident.

A checkpoint may come from anywhere. So nothing in it is executed, and what can be known of its values is
checked: here what they must be by themselves, and in the run what only the points can tell.
"""

import io
import json
import zipfile
from itertools import pairwise
from pathlib import Path

import numpy as np

from mnist_kmeans.basics.errors import InputError
from mnist_kmeans.basics.files import read_bytes, reason, write_whole
from mnist_kmeans.exact import to_grid


def write(path, about, centroids, history, moved):
    """Write the state of a run to a file, whole or not at all.

    `about` is a dict of what the run depends on: text, numbers and lists. `centroids` (k, d) are those
    that the last iteration of `history` led to, `moved` tells whether they differ from those before.
    """
    buffer = io.BytesIO()
    state = {"centroids": centroids, "history": history, "moved": moved}
    np.savez(buffer, about=json.dumps(about), **state)
    write_whole(path, buffer.getvalue())


def read(path, about, bits, max_iter):
    """Return centroids (k, d), history (a list) and moved, as `write` got them.

    The centroids of a run lie on the grid of step 2^-bits. Raises InputError when the file is missing or
    damaged or no run can have left it, and when it is about another run or holds more iterations than
    `max_iter`.
    """
    content = read_bytes(Path(path))
    if not zipfile.is_zipfile(io.BytesIO(content)):  # numpy would advise to run what is in the file
        raise damaged(path, "it is no npz file")
    try:
        with np.load(io.BytesIO(content)) as state:
            if any(each.compress_type for each in state.zip.infolist()):
                raise ValueError("it is compressed")  # and so could fill the memory
            found = dict(json.loads(str(state["about"])))
            centroids, history, moved = (state[name] for name in ("centroids", "history", "moved"))
    except Exception as error:  # a damaged file makes zipfile, numpy and json raise a dozen kinds
        raise damaged(path, reason(error)) from error
    for name in about:
        if found.get(name) != about[name]:
            raise InputError(
                f"{path} belongs to another run: its {name} is {found.get(name)}, "
                f"here it is {about[name]}"
            )
    check_centroids(path, centroids, about, bits)
    if history.dtype != np.float64 or history.ndim != 1 or not np.isfinite(history).all():
        raise damaged(path, "its history should be finite numbers, one for each iteration")
    if moved.dtype != np.bool_ or moved.ndim or not len(history):
        raise damaged(path, "it should say after an iteration whether centroids moved")
    history = history.tolist()
    check_falls(path, history)
    if max_iter is not None and len(history) > max_iter:
        raise InputError(f"{path} holds {len(history)} iterations already, max_iter is {max_iter}")
    return centroids, history, bool(moved)


def check_centroids(path, centroids, about, bits):
    """Raise InputError unless these can be the centroids of such a run."""
    shape, (low, high) = (about["k"], about["shape"][1]), about["range"]
    if centroids.dtype != np.float64 or centroids.shape != shape:
        raise damaged(
            path,
            f"its centroids should be float64 of shape {shape}; "
            f"they are {centroids.dtype} of shape {centroids.shape}",
        )
    if not ((low <= centroids) & (centroids <= high)).all():  # NaN compares as False
        raise damaged(path, f"its centroids leave the range of the points, {low} to {high}")
    if not np.array_equal(to_grid(centroids, bits), centroids):
        raise damaged(path, f"its centroids are not on the grid of step 2^-{bits}")


def check_falls(path, history):
    """Raise InputError unless the inertia falls, or stays, from each iteration to the next.

    In a run it cannot rise, as `mnist_kmeans.lloyd.lloyd` tells; but in what somebody has written it can.
    """
    if any(later > earlier for earlier, later in pairwise(history)):
        raise damaged(path, "its inertia rises")


def check_stays(path, centroids, means):
    """Raise InputError unless the centroids of a run that is over are the means of their clusters."""
    if not np.array_equal(centroids, means):
        raise damaged(path, "it says that the run is over, but its centroids would still move")


def damaged(path, why):
    """Return the InputError that says what is wrong with a file."""
    return InputError(f"{path} is no checkpoint, or a damaged one: {why}")


def check_target(path, resume):
    """Raise InputError where a run would have nothing to go on from, or would overwrite another."""
    if resume and path is None:
        raise InputError("to resume a run, name its checkpoint")
    if not resume and path is not None and Path(path).exists():
        raise InputError(f"{path} holds a run already; resume it, or name another file")
