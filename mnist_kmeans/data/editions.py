"""The two editions of MNIST: find the files, fetch them if need be, check them, load them."""

import functools
import hashlib
import os
import sys
from pathlib import Path

import numpy as np

from mnist_kmeans.basics import places
from mnist_kmeans.basics.errors import DownloadError, InputError, check_choice
from mnist_kmeans.basics.files import write_whole
from mnist_kmeans.data.digits import SIDE
from mnist_kmeans.data.download import download, silent_mirrors
from mnist_kmeans.data.folders import find
from mnist_kmeans.data.formats import read_idx

SAMPLE = Path(__file__).parent / "sample"  # travels with the package
EDITIONS = ("full", "sample")
PREFIXES = {"train": "train", "test": "t10k"}  # split -> how its file names begin
CONTENT = {  # SHA-256 of the same files unpacked: gzip may pack the same bytes in many ways
    "full": {
        "train-images-idx3-ubyte.gz": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        "train-labels-idx1-ubyte.gz": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        "t10k-images-idx3-ubyte.gz": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        "t10k-labels-idx1-ubyte.gz": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    },
    "sample": {
        "train-images-idx3-ubyte.gz": "695b51910a131b06981378946a109a7658eedffbc8c6de113316470bf970fdc6",
        "train-labels-idx1-ubyte.gz": "9935e5971b47284215608787c1b5b4e816c8e5c752f4e07579be94ba757d7e21",
        "t10k-images-idx3-ubyte.gz": "a6e0d6518e1cabf31269cdc29fdb6b0ddf7ea579f4c56e66875fb5b6f04dac84",
        "t10k-labels-idx1-ubyte.gz": "288a3fb6cedaffb0900e184ef7f5af521e3bd8eb931400de070872c51e418db5",
    },
}
SAMPLE_BANNER = (
    "> **These are the 5,000 digits of the embedded sample.** The text describes the full MNIST. Numbers in "
    "it, and what it says of single clusters and starts, need not hold for the outputs below."
)
REMEDIES = {
    "full": "if it should be MNIST, delete it and run: mnist-kmeans fetch; other digits are for read_folder",
    "sample": "install mnist-kmeans again, or in a checkout run: git checkout mnist_kmeans/data/sample",
}


def load_mnist(edition=None, split="train"):
    """Return the training or the test part of MNIST as Digits.

    `edition` is "full" (60,000 training and 10,000 test digits; downloaded once, into
    `folder("full")`), "sample" (4,000 and 1,000, part of the package), or None for
    $MNIST_KMEANS_EDITION, else "full". `split` is "train" or "test". The content is checked at every
    load. Raises InputError for unknown names, missing and damaged files.
    Source: Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, "Gradient-based learning applied to document
    recognition", Proc. IEEE 86 (1998).
    """
    if edition is None and chosen_edition() == "sample":
        show_banner()
    edition = chosen_edition(edition)
    check_choice(split, tuple(PREFIXES), "split")
    if edition == "full" and find(folder(edition), split) is None:
        fetch()
    return checked(edition, split)


@functools.cache  # once is enough
def show_banner():
    """Say in a notebook that its text is about more digits than it runs on."""
    ipython = sys.modules.get("IPython")
    if ipython and ipython.get_ipython() is not None:
        banner = {"text/markdown": SAMPLE_BANNER, "text/plain": SAMPLE_BANNER}
        ipython.display.display(banner, raw=True)


def chosen_edition(edition=None):
    """Return the edition asked for: by name, else by $MNIST_KMEANS_EDITION, else "full"."""
    if edition is not None:
        return check_choice(edition, EDITIONS, "edition")
    wanted = os.environ.get("MNIST_KMEANS_EDITION") or "full"
    return check_choice(wanted, EDITIONS, "the edition in $MNIST_KMEANS_EDITION")


def available(what):
    """Return the edition asked for, or the full one if it can be had, or else the sample.

    A line then says that `what` happens on the sample, and why.
    """
    if os.environ.get("MNIST_KMEANS_EDITION"):
        return chosen_edition()
    try:
        fetch()
    except DownloadError as error:
        print(
            f"The full MNIST cannot be had, so {what} on the embedded sample of 5,000 digits: "
            f"{error.reasons}",
            flush=True,
        )
        return "sample"
    return "full"


def folder(edition):
    """Return the folder that holds the files of an edition.

    The full one is in $MNIST_KMEANS_DATA, else in data/full of the checkout, else in the user's cache.
    """
    return SAMPLE if edition == "sample" else places.full_data()


def is_complete(edition="full"):
    """Tell whether all the digits of an edition are in its folder."""
    return all(find(folder(edition), split) for split in PREFIXES)


def fetch():
    """Download the files of the full edition that are missing, and return their folder.

    What is there, in any form that `read_folder` knows, is checked and kept. Raises InputError when some
    of it is damaged or cannot be written, and its kind DownloadError when no mirror gives a missing file.
    """
    target, missing = folder("full"), []
    for split in PREFIXES:
        if find(target, split):
            checked("full", split)
            continue
        for path in (target / name for name in file_names(split)):
            if path.exists():
                check(read_idx(path), path.name, path, "full")
            else:
                missing.append(path.name)
    silent = silent_mirrors() if missing else {}
    for name in missing:
        content = download(name, silent, target)
        if not (target / name).exists():  # another process may have been quicker
            write_whole(target / name, content)
    return target


def file_names(split):
    """Return the names of the published files of a split, images first."""
    return [f"{PREFIXES[split]}-{part}-ubyte.gz" for part in ("images-idx3", "labels-idx1")]


def checked(edition, split):
    """Return the Digits of a split from the folder of an edition; raise InputError unless they are these."""
    remedy = REMEDIES[edition]
    found = find(folder(edition), split)
    if found is None:
        raise InputError(f"No such file: {folder(edition) / file_names(split)[0]}; {remedy}")
    try:
        digits = found.digits()
    except InputError as error:
        raise InputError(f"{error}; {remedy}") from error
    arrays = digits.images.reshape(-1, SIDE, SIDE), digits.labels
    for array, name, path in zip(arrays, file_names(split), 2 * found.paths, strict=False):
        check(array, name, path, edition)
    return digits


def check(array, name, path, edition):
    """Raise InputError unless an array is that of the file `name` of an edition; `path` is where it was."""
    expected, found = CONTENT[edition][name], idx_sha256(array)
    if found != expected:
        raise InputError(
            f"{path} is damaged or holds other digits: the SHA-256 of its content should be "
            f"{expected} and is {found}; {REMEDIES[edition]}"
        )


def idx_sha256(array):
    """Return the SHA-256 of an IDX file of this array of bytes, as hex: the same for each form of it."""
    header = np.array([0x0800 + array.ndim, *array.shape], dtype=">u4")
    digest = hashlib.sha256(header)
    digest.update(np.ascontiguousarray(array))
    return digest.hexdigest()
