"""Digits in a folder, in whatever form other programs have left them there.

The forms, in the order in which they are looked for: four IDX files, packed or not, as published or as
torchvision unpacks them, also of Fashion-MNIST, KMNIST, QMNIST and EMNIST; Keras' mnist.npz; KMNIST's
pairs of npz files; CSV files as Kaggle's; lines of JSON as `write_base64_json` writes them. They may lie in
the folder itself or where those programs put them in it.
"""

import re
from dataclasses import dataclass

from mnist_kmeans.basics.errors import InputError, check_choice
from mnist_kmeans.basics.files import as_path, naming
from mnist_kmeans.data.digits import Digits
from mnist_kmeans.data.formats import read_arrays, read_base64_json, read_csv, read_idx, read_npz

IDX_NAME = re.compile(
    r"(?P<data>.*?)(?P<split>train|t10k|test)-(?P<part>images|labels)[-.]idx\d-(ubyte|int)(\.gz)?"
)
DIGITS_OF_EMNIST = "emnist-digits-"  # of its six sets the one with ten classes like MNIST's
SPLITS = ("train", "test")


@dataclass(frozen=True)
class Found:
    """Files that hold the digits of a split, and their form in words."""

    form: str
    paths: tuple  # one file, or that of the images and that of the labels
    read: object  # called with the paths, it returns Digits

    def digits(self):
        """Return the Digits, or raise InputError if the files are damaged."""
        return self.read(*self.paths)

    def __str__(self):
        return f"{self.form}: {', '.join(str(path) for path in self.paths)}"


def read_folder(folder, split="train"):
    """Return the Digits of a split, "train" or "test", from a folder of MNIST or a relative of it.

    Nothing is compared with MNIST's checksums; `load_mnist` does that. EMNIST's images are as its files have
    them, rows and columns exchanged. Raises InputError when there are none, and when files are damaged.
    """
    folder = as_path(folder).expanduser()
    found = find(folder, split)
    if found is None:
        raise InputError(
            f"there are no {split} digits in {folder}: looked for IDX files "
            f"(such as {'t10k' if split == 'test' else split}-images-idx3-ubyte.gz and its labels), "
            f"mnist.npz, {split}.csv and {split}.jsonl"
        )
    return found.digits()


def find(folder, split):
    """Return what a folder holds of a split, as Found, or None.

    Raises InputError when it holds several kinds of digits.
    """
    check_choice(split, SPLITS, "split")
    if not folder.is_dir():
        return None
    nested = [folder / "MNIST" / "raw"] if (folder / "MNIST" / "raw").is_dir() else []
    nested = nested or sorted(path for path in folder.glob("*/raw") if path.is_dir())
    for places in ([folder], [folder / "raw"], nested, [folder / "datasets"]):
        found = [each for place in places if (each := find_here(place, split))]
        if len(found) > 1:
            raise InputError(
                f"{folder} holds several kinds of digits ({'; '.join(map(str, found))}); name one folder"
            )
        if found:
            return found[0]
    return None


def find_here(folder, split):
    """Return what lies directly in a folder, as Found, or None."""
    names = sorted(path.name for path in folder.glob("*")) if folder.is_dir() else []
    return find_idx(folder, names, split) or find_others(folder, names, split)


def find_idx(folder, names, split):
    """Return a pair of IDX files, of MNIST before others; None when there is none."""
    pairs = {}  # data -> part -> path
    for name in reversed(names):  # x.gz comes after x: the packed one stays
        match = IDX_NAME.fullmatch(name)
        if match and (match["split"] == "train") == (split == "train"):
            pairs.setdefault(match["data"], {}).setdefault(match["part"], folder / name)
    pairs = {data: parts for data, parts in pairs.items() if len(parts) == 2}
    if not pairs:
        return None
    chosen = next((data for data in ("", DIGITS_OF_EMNIST) if data in pairs), None)
    if chosen is None and len(pairs) > 1:
        raise InputError(
            f"{folder} holds several kinds of digits ({', '.join(sorted(pairs))}); "
            "keep one of them in a folder of its own"
        )
    parts = pairs[next(iter(pairs)) if chosen is None else chosen]
    return Found("IDX files", (parts["images"], parts["labels"]), read_idx_pair)


def read_idx_pair(images_path, labels_path):
    """Return Digits from two IDX files; of QMNIST's eight columns of labels the first is the digit."""
    images, labels = read_idx(images_path), read_idx(labels_path)
    with naming(f"{images_path} and {labels_path.name}"):
        return Digits(images, labels[:, 0] if labels.ndim == 2 and labels.shape[1] == 8 else labels)


def find_others(folder, names, split):
    """Return the npz, CSV or JSON files of a split in a folder, or None."""
    for name in names:
        pair = re.fullmatch(rf"(.*{split})-imgs\.npz", name)
        if name == "mnist.npz":
            return Found("Keras' npz file", (folder / name,), lambda path: read_npz(path, split))
        if pair and f"{pair[1]}-labels.npz" in names:
            paths = folder / name, folder / f"{pair[1]}-labels.npz"
            return Found("a pair of npz files", paths, read_npz_pair)
        if re.fullmatch(rf"(.*[-_])?{split}\.csv(\.gz)?", name):
            return Found("a CSV file", (folder / name,), read_csv)
        if re.fullmatch(rf"(.*[-_])?{split}\.jsonl", name):
            return Found("lines of JSON", (folder / name,), read_base64_json)
    return None


def read_npz_pair(images_path, labels_path):
    """Return Digits from two npz files of one array each, as KMNIST is published."""
    [images], [labels] = read_arrays(images_path, "arr_0"), read_arrays(labels_path, "arr_0")
    with naming(f"{images_path} and {labels_path.name}"):
        return Digits(images, labels)
