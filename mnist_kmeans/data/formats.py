"""The file formats that MNIST comes in: IDX, npz, text with base64, CSV; and tables in memory.

All readers return arrays of their own: they can be changed, and nothing else changes with them.
"""

import base64
import binascii
import csv
import io
import itertools
import json
import reprlib
import zipfile

import numpy as np

from mnist_kmeans.basics.errors import InputError, check_choice
from mnist_kmeans.basics.files import (
    as_path,
    naming,
    open_unpacked,
    read_bytes,
    reason,
    write_whole,
)
from mnist_kmeans.data.digits import PIXELS, Digits

LARGEST = 600_000_000  # bytes of an array; the largest relative of MNIST, EMNIST by class, has 547 million
IDX_TYPES = {8: "u1", 9: "i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}  # by the third byte
LABEL_COLUMNS = "label", "class", "target"


def read_idx(path):
    """Return the array in an IDX file, packed with gzip or not, in the shape that its header gives.

    Its dtype is that of the file, in the byte order of this machine. Raises InputError for a file that is
    missing, truncated, damaged, not IDX, or larger than any of MNIST's relatives.
    Format: the two bytes 0, then the type of the numbers (8 for unsigned bytes), the number of dimensions,
    each dimension as a big-endian 32-bit number, and the numbers, big-endian.
    """
    path = as_path(path)
    with open_unpacked(path) as file:
        magic = file.read(4)
        if len(magic) < 4 or magic[:2] != bytes(2) or magic[2] not in IDX_TYPES:
            raise InputError(
                f"{path} is not an IDX file: it should begin with the bytes 00 00, the type of its "
                f"numbers and of its dimensions, and begins with {magic.hex(' ') or 'nothing'}"
            )
        dtype, dimensions = np.dtype(IDX_TYPES[magic[2]]), magic[3]
        sizes = file.read(4 * dimensions)
        if dimensions == 0 or len(sizes) < 4 * dimensions:
            raise InputError(f"{path} ends within the header of {dimensions} dimensions")
        shape = tuple(np.frombuffer(sizes, dtype=">u4").tolist())
        promised = int(np.prod(shape, dtype=object)) * dtype.itemsize
        if promised > LARGEST:
            raise InputError(
                f"the header of {path} promises {promised:,} bytes, shape {shape}; "
                f"no file of MNIST or its relatives has more than {LARGEST:,}"
            )
        content = bytearray(file.read(promised))
        more = file.read(1)  # to the end, where gzip checks its sum
        if len(content) < promised or more:
            raise InputError(
                f"the header of {path} promises {promised} bytes, shape {shape}, "
                f"but {'more' if more else len(content)} follow"
            )
    try:
        array = np.frombuffer(content, dtype=dtype).reshape(shape)
    except ValueError as error:
        raise InputError(f"the header of {path} names an impossible shape: {error}") from error
    return array.astype(dtype.newbyteorder("="), copy=False)


def read_npz(path, split):
    """Return Digits from a file in the format of Keras' mnist.npz.

    It is a zip of four arrays: x_train (n, 28, 28), y_train (n,), x_test, y_test.
    Raises InputError for a file that is missing, damaged or holds something else.
    """
    path = as_path(path)
    check_choice(split, ("train", "test"), "split")
    images, labels = read_arrays(path, f"x_{split}", f"y_{split}")
    with naming(path):
        return Digits(images, labels)


def read_arrays(path, *names):
    """Return the arrays of these names in an npz file, a zip of arrays.

    Raises InputError for a file that is missing, damaged, or holds other ones or too large ones.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return [read_npy(archive, f"{name}.npy") for name in names]
    except KeyError as error:
        raise InputError(f"{path} does not hold the arrays {' and '.join(names)}") from error
    except Exception as error:  # a damaged file makes zipfile and numpy raise a dozen kinds
        raise InputError(f"cannot read {path} as an npz file: {reason(error)}") from error


def read_npy(archive, name):
    """Return the array in a member of an open npz file."""
    size = archive.getinfo(name).file_size
    if size > 8 * LARGEST:  # as many numbers of 8 bytes
        raise InputError(f"{name} would unpack to {size:,} bytes")
    with archive.open(name) as member:
        return np.lib.format.read_array(member, allow_pickle=False)


def read_base64_json(path):
    """Return Digits from a text file with one JSON object a line: {"label": 5, "data": "<base64>"}.

    The base64 text holds the 784 bytes of an image, row by row. Blank lines are passed over.
    Raises InputError for a missing file, and names the line that it cannot read.
    Source: the format of the data in the article "K-Means Clustering on Handwritten Digits".
    """
    path = as_path(path)
    images, labels = [], []
    for number, line in enumerate(read_bytes(path).splitlines(), start=1):
        if line.strip():
            with naming(f"{path}, line {number}"):
                label, pixels = parse_digit(line)
                labels.append(label)
                images.append(pixels)
    with naming(path):
        pixels = np.frombuffer(bytearray().join(images), dtype=np.uint8)
        return Digits(pixels.reshape(-1, PIXELS), labels)


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


def read_csv(path):
    """Return Digits from a CSV file, packed with gzip or not: a digit a line, 784 pixels and the label.

    The label is in the column called label, class or target; without a line of names it is the first, as
    in Kaggle's files. Raises InputError for a file that is missing, damaged or holds no labels.
    """
    path = as_path(path)
    with open_unpacked(path) as file, naming(path):
        with io.TextIOWrapper(file, encoding="utf-8-sig") as lines:
            names, table = parse_csv(lines)
        column = label_column(names) if names else 0
        return Digits(np.delete(table, column, axis=1), table[:, column])


def parse_csv(lines):
    """Return the names of the columns of a CSV file, or None, and its numbers (n, columns)."""
    try:
        first = next(lines, "")
        names = next(csv.reader([first]), [])
        if all(map(is_number, names)):  # no names: this is the first digit
            names, lines = None, itertools.chain([first], lines)
        numbers = [line for line in lines if line.strip()]
        if numbers:
            table = np.loadtxt(numbers, delimiter=",", dtype=np.float32, ndmin=2, quotechar='"')
            return names, table
    except (ValueError, csv.Error) as error:
        raise InputError(f"not a CSV file of numbers: {reason(error)}") from error
    raise InputError("there are no digits at all: no line of numbers")


def read_table(table):
    """Return Digits from a table in memory, such as OpenML's mnist_784 or Kaggle's with pandas.

    `table` has columns (a DataFrame): one of them is called label, class or target, the other 784 are the
    pixels. Or it has the attributes data and target, as what scikit-learn's fetch_openml returns.
    Raises InputError for anything else.
    """
    if hasattr(table, "data") and hasattr(table, "target"):
        images, labels = table.data, table.target
    elif hasattr(table, "columns"):
        names = list(table.columns)
        column = label_column(names)
        images, labels = table[names[:column] + names[column + 1 :]], table[names[column]]
    else:
        raise InputError(
            f"a table of digits has columns, or data and target; got {type(table).__name__}"
        )
    found = Digits(images, labels)
    return Digits(found.images.copy(), found.labels.copy())


def label_column(names):
    """Return the place of the label among the names of columns, or raise InputError if none has it."""
    for place, name in enumerate(names):
        if str(name).strip().lower() in LABEL_COLUMNS:
            return place
    raise InputError(
        f"no column is called {', '.join(LABEL_COLUMNS)}: without labels these are no digits to learn "
        f"from; the {len(names)} columns begin with {', '.join(map(str, names[:3]))}"
    )


def is_number(text):
    """Tell whether a text is a number."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def write_base64_json(digits, path):
    """Write Digits in the format of `read_base64_json`; an existing file is replaced as a whole.

    Raises InputError when the file cannot be written.
    """
    lines = (
        json.dumps({"label": int(label), "data": base64.b64encode(image).decode()}) + "\n"
        for image, label in zip(digits.images, digits.labels, strict=True)
    )
    write_whole(path, "".join(lines).encode())
