"""Bytes on disk become checked digits."""

from mnist_kmeans.data.editions import chosen_edition, folder, load_mnist
from mnist_kmeans.data.formats import (
    Digits,
    read_base64_json,
    read_idx,
    read_npz,
    write_base64_json,
)

__all__ = [
    "Digits",
    "chosen_edition",
    "folder",
    "load_mnist",
    "read_base64_json",
    "read_idx",
    "read_npz",
    "write_base64_json",
]
