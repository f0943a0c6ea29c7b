"""Bytes on disk become checked digits."""

from mnist_kmeans.data.digits import Digits
from mnist_kmeans.data.editions import chosen_edition, folder, load_mnist
from mnist_kmeans.data.folders import read_folder
from mnist_kmeans.data.formats import (
    read_base64_json,
    read_csv,
    read_idx,
    read_npz,
    read_table,
    write_base64_json,
)

__all__ = [
    "Digits",
    "chosen_edition",
    "folder",
    "load_mnist",
    "read_base64_json",
    "read_csv",
    "read_folder",
    "read_idx",
    "read_npz",
    "read_table",
    "write_base64_json",
]
