"""Digests of small runs, as one line of JSON: what must be equal on every processor.

Numpy alone is enough for it. `benchmarks/machines.py` runs it on other processors, and the tests here.
"""

import hashlib
import json
import platform
import struct
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from mnist_kmeans import kmeans, load_mnist
from mnist_kmeans.fast.engine import compiled_loops
from mnist_kmeans.features import PrincipalComponents, deskew, oriented_gradients

DIGITS = 500  # of the sample: a run of two dozen iterations, and soon done under emulation


def fingerprints():
    """Return {what was computed: its digest}: the textbook loop, starts, features, and the fast engine."""
    images = load_mnist("sample").images[:DIGITS]
    edges = oriented_gradients(deskew(images[:100]))
    cells = edges[:, :108]
    along = PrincipalComponents(cells, 5).project(cells)
    found = {
        "textbook, k = 10": kmeans(images, 10, algorithm="lloyd").digest,
        "k-means++, k = 16": kmeans(images, 16, init="k-means++", algorithm="lloyd").digest,
        "edges": hashlib.sha256(edges.astype("<u2")).hexdigest(),
        "principal components": hashlib.sha256(along.astype("<i4")).hexdigest(),
    }
    if compiled_loops() is not None:
        found["fast, k = 10"] = kmeans(images, 10).digest
    return found


def machine():
    """Return what tells this processor and its Python from others."""
    return {
        "processor": platform.machine(),
        "bits": 8 * struct.calcsize("P"),
        "byte order": sys.byteorder,
        "python": platform.python_version(),
        "numpy": np.__version__,
    }


if __name__ == "__main__":
    print(json.dumps(machine() | {"digests": fingerprints()}))
