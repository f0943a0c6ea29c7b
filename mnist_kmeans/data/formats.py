"""Handwritten digits in memory, and in the three file formats that MNIST comes in."""

import base64
import binascii
import json
import reprlib
import zipfile
from dataclasses import dataclass
from numbers import Real
from pathlib import Path

import numpy as np

from mnist_kmeans.basics.errors import InputError, as_array, check_choice
from mnist_kmeans.basics.files import naming, read_bytes, reason, unzip, write_whole

SIDE = 28  # pixels of an image, each way
PIXELS = SIDE * SIDE


@dataclass(frozen=True, eq=False)
class Digits:
    """Handwritten digits: n images of 28 x 28 pixels, one row each, and what they show.

    `images` is uint8 (n, 784), 0 for paper and 255 for ink; `labels` is uint8 (n,), 0 .. 9.
    Raises InputError for anything else.
    """

    images: np.ndarray
    labels: np.ndarray

    def __post_init__(self):
        images, labels = check_images(self.images), as_array(self.labels, "labels")
        if labels.dtype != np.uint8 or labels.ndim != 1:
            raise InputError(
                f"labels must be uint8 of shape (n,); got {labels.dtype} of shape {labels.shape}"
            )
        if len(images) != len(labels):
            raise InputError(f"there are {len(images)} images but {len(labels)} labels")
        if labels.max() > 9:
            row = int(np.argmax(labels > 9))
            raise InputError(f"labels must lie in 0 .. 9; label {row} is {labels[row]}")
        object.__setattr__(self, "images", images)
        object.__setattr__(self, "labels", labels)

    def __len__(self):
        return len(self.labels)

    def holdout(self, fraction=0.25):
        """Return (training, validation); the validation part is the first `fraction` of the rows.

        Raises InputError when a part would be empty.
        """
        is_share = isinstance(fraction, Real) and 0 < fraction < 1
        n = int(len(self) * fraction) if is_share else 0
        if n == 0:
            raise InputError(
                f"a holdout of {fraction!r} of {len(self)} digits leaves one part empty; "
                "take a fraction between 0 and 1"
            )
        return Digits(self.images[n:], self.labels[n:]), Digits(self.images[:n], self.labels[:n])


def read_idx(path):
    """Return the array in a gzipped IDX file of bytes, in the shape that its header gives.

    Raises InputError for a file that is missing, truncated, not gzip or not IDX.
    Format: the two bytes 0, then 8 (unsigned bytes), the number of dimensions, each dimension as a
    big-endian 32-bit number, and the bytes of the array.
    """
    path = Path(path)
    return parse_idx(unzip(path), path)


def parse_idx(content, path):
    """Return the array in the bytes of an IDX file; `path` is only for the error messages."""
    if content[:3] != b"\x00\x00\x08" or len(content) < 4:
        raise InputError(
            f"{path} is not an IDX file of unsigned bytes: "
            f"it should begin with the bytes 00 00 08 and begins with {content[:3].hex(' ') or 'nothing'}"
        )
    dimensions = content[3]
    start = 4 + 4 * dimensions
    if dimensions == 0 or len(content) < start:
        raise InputError(f"{path} ends within the header of {dimensions} dimensions")
    shape = tuple(int(size) for size in np.frombuffer(content[4:start], dtype=">u4"))
    promised, found = int(np.prod(shape, dtype=object)), len(content) - start
    if promised != found:
        raise InputError(
            f"the header of {path} promises {promised} bytes, shape {shape}, but {found} follow"
        )
    try:
        return np.frombuffer(content, dtype=np.uint8, offset=start).reshape(shape)
    except ValueError as error:
        raise InputError(f"the header of {path} names an impossible shape: {error}") from error


def read_npz(path, split):
    """Return Digits from a file in the format of Keras' mnist.npz.

    It is a zip of four arrays: x_train (n, 28, 28), y_train (n,), x_test, y_test, all uint8.
    Raises InputError for a file that is missing, damaged or holds something else.
    """
    path = Path(path)
    check_choice(split, ("train", "test"), "split")
    names = f"x_{split}", f"y_{split}"
    try:
        with zipfile.ZipFile(path) as archive:
            images, labels = (read_npy(archive, f"{name}.npy") for name in names)
    except KeyError as error:
        raise InputError(f"{path} does not hold the arrays {' and '.join(names)}") from error
    except Exception as error:  # a damaged file makes zipfile and numpy raise a dozen kinds
        raise InputError(f"cannot read {path} as an npz file: {reason(error)}") from error
    with naming(path):
        return Digits(as_rows(images), labels)


def read_npy(archive, name):
    """Return the array in a member of an open npz file."""
    with archive.open(name) as member:
        return np.lib.format.read_array(member, allow_pickle=False)


def read_base64_json(path):
    """Return Digits from a text file with one JSON object a line: {"label": 5, "data": "<base64>"}.

    The base64 text holds the 784 bytes of an image, row by row. Blank lines are passed over.
    Raises InputError for a missing file, and names the line that it cannot read.
    Source: the format of the data in the article "K-Means Clustering on Handwritten Digits".
    """
    path = Path(path)
    images, labels = [], []
    for number, line in enumerate(read_bytes(path).splitlines(), start=1):
        if line.strip():
            with naming(f"{path}, line {number}"):
                label, pixels = parse_digit(line)
                labels.append(label)
                images.append(pixels)
    with naming(path):
        images = np.frombuffer(b"".join(images), dtype=np.uint8).reshape(-1, PIXELS)
        return Digits(images, np.array(labels, dtype=np.uint8))


def parse_digit(line):
    """Return the label and the 784 bytes of one line of base64-JSON."""
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InputError(f"not JSON: {error}") from error
    if not isinstance(record, dict) or not {"label", "data"} <= record.keys():
        raise InputError('not an object with "label" and "data"')
    label = record["label"]
    if isinstance(label, bool) or not isinstance(label, int) or not 0 <= label <= 9:
        raise InputError(f"the label must be a whole number 0 .. 9; it is {reprlib.repr(label)}")
    try:
        pixels = base64.b64decode(record["data"], validate=True)
    except (binascii.Error, TypeError, ValueError) as error:
        raise InputError(f"the data are not base64: {error}") from error
    if len(pixels) != PIXELS:
        raise InputError(f"an image has {PIXELS} bytes; this one has {len(pixels)}")
    return label, pixels


def write_base64_json(digits, path):
    """Write Digits in the format of `read_base64_json`; an existing file is replaced as a whole.

    Raises InputError when the file cannot be written.
    """
    lines = (
        json.dumps({"label": int(label), "data": base64.b64encode(image).decode()}) + "\n"
        for image, label in zip(digits.images, digits.labels, strict=True)
    )
    write_whole(path, "".join(lines).encode())


def as_rows(images):
    """Return images of shape (n, 28, 28) as (n, 784), and leave any other shape as it is."""
    return images.reshape(-1, PIXELS) if images.shape[1:] == (SIDE, SIDE) else images


def check_images(images):
    """Return `images` as an array, or raise InputError unless they are (n, 784) uint8, n > 0."""
    images = as_array(images, "images")
    if images.ndim != 2 or images.shape[1] != PIXELS or images.dtype != np.uint8:
        raise InputError(
            f"images must be uint8 of shape (n, {PIXELS}); got {images.dtype} of shape {images.shape}"
        )
    if len(images) == 0:
        raise InputError("there are no digits at all: no image")
    return images
