"""A data set larger than memory: MNIST and variations of it, on disk, as many as one asks for.

Digit i comes from training digit i mod m, of m to train on (45,000 in the full edition). The first m
are those digits themselves, the others are varied. The digits for validation take no part, so they can
still tell how good a clustering is.

The format is .npy files of 10,000 digits each: numpy alone reads them, and can map them into memory.
Beside them is a checksum of each, as `sha256sum --check` takes it.
After G. Loosli, S. Canu and L. Bottou, "Training invariant support vector machines using selective
sampling" (2007), who made 8.1 million digits.
"""

import hashlib
import io
import json
import shutil
import threading
from functools import partial
from pathlib import Path

import numpy as np

from mnist_kmeans.basics import places, progress
from mnist_kmeans.basics.errors import InputError, check_whole
from mnist_kmeans.basics.files import read_bytes, reason, write_whole
from mnist_kmeans.basics.parallel import cores, parallel_map
from mnist_kmeans.data.digits import PIXELS
from mnist_kmeans.data.editions import chosen_edition, load_mnist
from mnist_kmeans.data.variations import variations

BLOCK = 10_000  # digits in a file
KINDS = {"images": (PIXELS,), "labels": ()}  # and the shape of one
ABOUT = "enlarged.json"  # says where the digits in a folder come from, and how many there are


def enlarge(n, *, seed=0, edition=None, folder=None):
    """Write digits 0 .. n - 1 of the enlarged MNIST to disk, and return their folder.

    `folder` None means enlarged/EDITION-seedSEED in the data's home: data/ of the checkout, or the user's
    cache. Files that are there and agree with their checksums are kept, so an interrupted run goes on
    where it was, and a larger n adds to a smaller one. (Each file is a whole block; of the last one, only
    the digits below n count.)
    Raises InputError when the folder holds other digits, when the disk has no room for all of them, and
    when a file cannot be written.
    """
    check_whole(n, 1, "n")
    about, folder = origin(seed, edition, folder)
    if (folder / ABOUT).exists():
        described_n(folder, about)
    elif any(next(folder.glob(f"{kind}-*.npy"), None) for kind in KINDS):
        raise InputError(
            f"{folder} holds files that were not made by enlarge: there is no {ABOUT}; "
            "move them, or use another folder"
        )
    check_room(folder, n)
    source, _ = load_mnist(about["edition"]).holdout()
    write_whole(folder / ABOUT, (json.dumps({"n": int(n)} | about) + "\n").encode())

    def complete(number):
        if not is_whole(folder, number):
            digits = variations(source, number * BLOCK, BLOCK, seed)
            files = {block_path(folder, kind, number): npy(getattr(digits, kind)) for kind in KINDS}
            for path, content in files.items():
                write_whole(path, content)
            sums = [f"{hashlib.sha256(files[path]).hexdigest()}  {path.name}\n" for path in files]
            write_whole(sums_path(folder, number), "".join(sums).encode())
        bar.update(BLOCK)

    numbers, over = iter(range(count_blocks(n))), threading.Event()

    def take_in_turn(_):
        try:
            for number in numbers:  # all threads share them
                if over.is_set():
                    break
                complete(number)
        finally:
            over.set()  # none are left, or one has failed

    with parallel_map() as each, progress.bar(count_blocks(n) * BLOCK, "digit") as bar:
        try:
            list(each(take_in_turn, range(cores())))
        finally:
            over.set()  # also after Ctrl-C
    return folder


def open_enlarged(*, seed=0, edition=None, folder=None):
    """Return the images (n, 784) and labels (n,) that `enlarge` has written, as dask arrays of uint8.

    They are read when they are needed, a block of 10,000 digits at a time, and each time compared with
    their checksum. Raises InputError when the folder holds none or other ones, and when a file is missing,
    truncated or something else. A file that is damaged within, or later, raises it in the computation
    that reads it.
    """
    from dask.array import map_blocks  # it takes a second to load

    about, folder = origin(seed, edition, folder)
    n = described_n(folder, about)
    for number in range(count_blocks(n)):
        for kind in KINDS:
            read_block(folder, kind, number)
        if not sums_path(folder, number).exists():
            raise damaged(sums_path(folder, number), "is missing")
    rows = tuple(min(BLOCK, n - start) for start in range(0, n, BLOCK))
    read = partial(map_blocks, rows_of_block, folder=folder, n=n, meta=np.empty(0, dtype=np.uint8))
    return read("images", chunks=(rows, PIXELS)), read("labels", chunks=(rows,))


def origin(seed, edition, folder):
    """Return what digits depend on, as a dict, and the folder of those that come from it."""
    check_whole(seed, 0, "seed")
    edition = chosen_edition(edition)
    folder = folder or places.data_home() / "enlarged" / f"{edition}-seed{seed}"
    return {"edition": edition, "seed": int(seed), "block": BLOCK}, Path(folder)


def described_n(folder, about):
    """Return how many digits a folder holds, or raise InputError if they do not come from `about`."""
    path = folder / ABOUT
    try:
        content = read_bytes(path)
    except InputError as error:
        raise InputError(f"{error}; make the digits with: mnist-kmeans enlarge") from error
    try:
        found = json.loads(content)
        n = found.pop("n")
        check_whole(n, 1, "n")
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise InputError(f"{path} is damaged; delete {folder} and enlarge again") from error
    if found != about:
        raise InputError(
            f"{folder} holds other digits: {path.name} says {found}, but {about} is asked for; "
            "delete it, or use another folder"
        )
    return n


def count_blocks(n):
    """Return how many blocks hold n digits."""
    return -(-n // BLOCK)


def check_room(folder, n):
    """Raise InputError unless the disk has room for n digits, those in the folder counted in."""
    each = sum(len(npy(np.empty((BLOCK, *shape), dtype=np.uint8))) for shape in KINDS.values())
    here = sum(path.stat().st_size for kind in KINDS for path in folder.glob(f"{kind}-*.npy"))
    needed = count_blocks(n) * each - here
    parent = next(parent for parent in (folder, *folder.absolute().parents) if parent.exists())
    free = shutil.disk_usage(parent).free
    if needed > free:
        raise InputError(
            f"{n:,} digits need {needed / 1e9:,.1f} GB more in {folder}, and {free / 1e9:,.1f} GB are "
            "free; ask for fewer, or make room"
        )


def sums_path(folder, number):
    """Return the file of the checksums of a block."""
    return folder / f"block-{number:05d}.sha256"


def block_path(folder, kind, number):
    """Return the file of the images or the labels of a block."""
    return folder / f"{kind}-{number:05d}.npy"


def read_block(folder, kind, number):
    """Return the images (BLOCK, 784) or labels (BLOCK,) of a block, mapped from disk.

    Raises InputError when the file is missing, truncated or something else. Its checksum is not looked at.
    """
    path, shape = block_path(folder, kind, number), (BLOCK, *KINDS[kind])
    try:
        block = np.lib.format.open_memmap(path, mode="r")
        if block.dtype == np.uint8 and block.shape == shape:
            return block
        found = f"it holds {block.dtype} of shape {block.shape}"
        del block  # a file that is mapped cannot be replaced on Windows
    except Exception as error:  # a damaged file makes numpy raise a dozen kinds
        found = reason(error)
    raise damaged(path, f"should hold uint8 of shape {shape}: {found}")


def check_sum(folder, kind, number):
    """Raise InputError unless the file of a block agrees with its checksum."""
    path, sums = block_path(folder, kind, number), sums_path(folder, number)
    found = f"{hashlib.sha256(read_bytes(path)).hexdigest()}  {path.name}"
    if found.encode() not in read_bytes(sums).splitlines():
        raise damaged(path, f"is not as it was written: its checksum in {sums.name} is another")


def damaged(path, what):
    """Return the InputError that says what is wrong with a file."""
    return InputError(
        f"{path} {what}; to make it anew, run mnist-kmeans enlarge with the same options again"
    )


def is_whole(folder, number):
    """Tell whether both files of a block are there, as they were written."""
    try:
        for kind in KINDS:
            read_block(folder, kind, number)
            check_sum(folder, kind, number)
    except InputError:
        return False
    return True


def rows_of_block(kind, folder, n, block_id):
    """Return a block of the images or labels in memory, without the digits from n up.

    Raises InputError when its file is not as it was written.
    """
    number = block_id[0]
    rows = np.array(read_block(folder, kind, number)[: n - number * BLOCK])
    check_sum(folder, kind, number)
    return rows


def npy(array):
    """Return an array as the bytes of an .npy file."""
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()
