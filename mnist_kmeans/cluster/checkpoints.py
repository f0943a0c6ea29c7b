"""A run of k-means on disk, after each of its iterations, so that it can go on after an accident."""

import io
import json
from pathlib import Path

import numpy as np

from mnist_kmeans.basics.errors import InputError
from mnist_kmeans.basics.files import read_bytes, reason, write_whole


def write(path, about, centroids, history, moved):
    """Write the state of a run to a file, whole or not at all.

    `about` is a dict of what the run depends on: text, numbers and lists. `centroids` (k, d) are those
    that the last iteration of `history` led to, `moved` tells whether they differ from those before.
    """
    buffer = io.BytesIO()
    state = {"centroids": centroids, "history": history, "moved": moved}
    np.savez(buffer, about=json.dumps(about), **state)
    write_whole(path, buffer.getvalue())


def read(path, about, max_iter):
    """Return centroids (k, d), history (a list) and moved, as `write` got them.

    Raises InputError when the file is missing or damaged, and when it is about another run or holds
    more iterations than `max_iter`.
    """
    content = read_bytes(Path(path))
    try:
        with np.load(io.BytesIO(content)) as state:
            found = json.loads(str(state["about"]))
            centroids, history = state["centroids"], state["history"].tolist()
            moved = bool(state["moved"])
    except Exception as error:  # a damaged file makes zipfile, numpy and json raise a dozen kinds
        raise InputError(f"{path} is no checkpoint, or a damaged one: {reason(error)}") from error
    for name in about:
        if found.get(name) != about[name]:
            raise InputError(
                f"{path} belongs to another run: its {name} is {found.get(name)}, "
                f"here it is {about[name]}"
            )
    if max_iter is not None and len(history) > max_iter:
        raise InputError(f"{path} holds {len(history)} iterations already, max_iter is {max_iter}")
    return centroids, history, moved


def check_target(path, resume):
    """Raise InputError where a run would have nothing to go on from, or would overwrite another."""
    if resume and path is None:
        raise InputError("to resume a run, name its checkpoint")
    if not resume and path is not None and Path(path).exists():
        raise InputError(f"{path} holds a run already; resume it, or name another file")
