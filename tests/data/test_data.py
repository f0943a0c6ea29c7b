"""Reading: the right arrays from good files, one clear error from bad ones."""

import base64
import gzip
import hashlib
import importlib.util
import io
import json
import sys
import tracemalloc
import zipfile
from types import SimpleNamespace

import numpy as np
import pytest
from helpers import ROOT
from helpers import idx as plain_idx
from hypothesis import given, settings
from hypothesis import strategies as st

from mnist_kmeans import (
    Digits,
    load_mnist,
    read_base64_json,
    read_csv,
    read_idx,
    read_npz,
    read_table,
    write_base64_json,
)
from mnist_kmeans.basics.errors import InputError
from mnist_kmeans.data import editions

IMAGES = (np.arange(3 * 784) * 7 % 256).astype(np.uint8).reshape(3, 784)
SQUARES = IMAGES.reshape(-1, 28, 28)
LABELS = np.array([5, 0, 9], dtype=np.uint8)
DIGITS = Digits(IMAGES, LABELS)
MANY = Digits(
    (np.arange(12 * 784) * 5 % 251).astype(np.uint8).reshape(12, 784),
    np.array([0, 1, 2, 0, 1, 2, 2, 1, 0, 0, 2, 1], dtype=np.uint8),
)


def idx(array, magic=b"\x00\x00\x08"):
    """Return the bytes of an IDX file that holds this array of bytes."""
    return magic + plain_idx(array)[3:]


def npz(x=SQUARES, y=LABELS, names=("x_train", "y_train")):
    """Return the bytes of a Keras npz file."""
    file = io.BytesIO()
    np.savez_compressed(file, **dict(zip(names, (x, y), strict=True)))
    return file.getvalue()


def line(label=5, pixels=bytes(784)):
    """Return one line of base64-JSON."""
    return json.dumps({"label": label, "data": base64.b64encode(pixels).decode()}).encode() + b"\n"


IDX_FILE = gzip.compress(idx(SQUARES), mtime=0)
NPZ_FILE = npz()
NAMES = ["label", *(f"pixel{i}" for i in range(784))]
ROWS = [",".join(map(str, [label, *image])) for label, image in zip(LABELS, IMAGES, strict=True)]
CSV_FILE = "\n".join([",".join(NAMES), *ROWS, ""]).encode()
LINES_FILE = b"".join(map(line, [5, 0, 9], map(bytes, IMAGES)))


def assert_same(one, other):
    np.testing.assert_array_equal(one.images, other.images, strict=True)
    np.testing.assert_array_equal(one.labels, other.labels, strict=True)


@pytest.fixture
def file(tmp_path):
    """A function that writes bytes to a file and returns its path."""

    def write(content, name="digits"):
        (tmp_path / name).write_bytes(content)
        return tmp_path / name

    return write


@pytest.fixture
def edition(tmp_path, monkeypatch):
    """A function that makes a full edition of two files from bytes, with the right checksums."""

    def write(images, labels):
        for name, content in [("images-idx3", images), ("labels-idx1", labels)]:
            name = f"train-{name}-ubyte.gz"
            (tmp_path / name).write_bytes(gzip.compress(content))
            monkeypatch.setitem(editions.CONTENT["full"], name, hashlib.sha256(content).hexdigest())
        monkeypatch.setenv("MNIST_KMEANS_DATA", str(tmp_path))
        return tmp_path

    return write


# The three formats


def test_the_three_formats_read_into_the_same_arrays(file):
    assert_same(Digits(read_idx(file(IDX_FILE)).reshape(-1, 784), LABELS), DIGITS)
    assert_same(read_npz(file(NPZ_FILE), "train"), DIGITS)
    assert_same(read_base64_json(file(LINES_FILE)), DIGITS)


def test_idx_keeps_the_shape_of_its_header(file):
    array = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    np.testing.assert_array_equal(read_idx(file(gzip.compress(idx(array)))), array, strict=True)
    np.testing.assert_array_equal(read_idx(file(idx(array))), array, strict=True)


@pytest.mark.parametrize(
    ("code", "dtype"), [(8, "u1"), (9, "i1"), (11, "i2"), (12, "i4"), (13, "f4"), (14, "f8")]
)
def test_idx_of_every_type_is_read(code, dtype, file):
    array = np.array([[0, 1, 127], [5, 9, 100]], dtype=f">{dtype}")
    found = read_idx(file(idx(array, bytes([0, 0, code]))))
    np.testing.assert_array_equal(found, array.astype(dtype), strict=True)


def test_a_file_that_would_fill_the_memory_is_refused_before_it_does(file):
    """4 GB of zeros in 4 MB."""
    whole = b"\x00\x00\x08\x01" + (4 * 10**9).to_bytes(4, "big")
    bombs = {"promised": whole, "not promised": whole[:4] + (10).to_bytes(4, "big")}
    packed = gzip.compress(bytes(10**8), compresslevel=1)
    for header in bombs.values():
        path = file(gzip.compress(header) + 40 * packed)
        tracemalloc.start()
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        with pytest.raises(InputError, match=r"no file of MNIST|but more follow"):
            read_idx(path)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak - before < 50e6


@pytest.mark.parametrize("path", [None, 5, "a\0b", b"bytes"])
def test_what_cannot_be_a_file_is_refused_in_words(path):
    for reader in READERS.values():
        with pytest.raises(InputError, match=r"a file is named by|no file can be named"):
            reader(path)


def test_what_readers_return_can_be_changed(file):
    found = [
        *(load_mnist("sample"), load_mnist("sample", "test"), read_npz(file(NPZ_FILE), "train")),
        *(read_base64_json(file(LINES_FILE)), read_csv(file(CSV_FILE)), read_table(Frame(DIGITS))),
    ]
    for digits in found:
        digits.images[digits.images < 50] = 0
        digits.labels[0] = 1
    for content in (IDX_FILE, idx(SQUARES)):
        read_idx(file(content))[0] = 1
    assert DIGITS.images[0, 1] == 7 and load_mnist("sample").labels[0] == 2


# Tables


class Frame:
    """As much of a DataFrame as matters: its columns, and what is in them."""

    def __init__(self, digits, names=NAMES, dtype=np.int64):
        rows = np.column_stack([digits.labels, digits.images]).astype(dtype)
        self.content = dict(zip(names, rows.T, strict=True))
        self.columns = list(names)

    def __getitem__(self, chosen):
        if isinstance(chosen, list):
            return np.column_stack([self.content[name] for name in chosen])
        return self.content[chosen]


@pytest.mark.parametrize(
    "content",
    [
        CSV_FILE,
        gzip.compress(CSV_FILE),
        b"\xef\xbb\xbf" + CSV_FILE.replace(b"\n", b"\r\n"),
        CSV_FILE.partition(b"\n")[2],  # no names
        CSV_FILE.replace(b"label", b'"Class"').replace(b"pixel", b"x"),
        CSV_FILE.replace(b"\n5,", b'\n"5",').replace(b",7,", b",7.0,"),
    ],
)
def test_csv_is_read_with_and_without_names(content, file):
    assert_same(read_csv(file(content)), DIGITS)


def test_the_label_may_be_in_the_last_column(file):
    lines = [
        ",".join([*NAMES[1:], "class"]),
        *(",".join([*row.split(",")[1:], row[0]]) for row in ROWS),
    ]
    assert_same(read_csv(file("\n".join(lines).encode())), DIGITS)


BAD_CSV = {
    "empty": (b"", "no line of numbers"),
    "names only": (CSV_FILE.partition(b"\n")[0], "no line of numbers"),
    "no labels": (
        "\n".join([",".join(NAMES[1:]), ROWS[0][2:]]).encode(),
        "no column is called label",
    ),
    "a word": (CSV_FILE.replace(b",7,", b",seven,", 1), "could not convert string 'seven'"),
    "a pixel too many": (CSV_FILE.replace(b",7,", b",7,7,", 1), "number of columns changed"),
    "a pixel too dark": (CSV_FILE.replace(b",7,", b",256,", 1), "image 0, pixel 1 is 256"),
    "pixels missing": (b"label,a,b\n1,2,3\n", r"images must be of shape \(n, 784\)"),
    "not text": (b"label\xff\n", "not a CSV file"),
    "damaged gzip": (gzip.compress(CSV_FILE)[:-20], "truncated or damaged gzip"),
}


@pytest.mark.parametrize("case", BAD_CSV)
def test_a_bad_csv_file_is_named(case, file):
    content, message = BAD_CSV[case]
    path = file(content)
    with pytest.raises(InputError, match=message) as error:
        read_csv(path)
    assert str(path) in str(error.value)


def test_tables_in_memory_are_read_by_the_names_of_their_columns():
    assert_same(read_table(Frame(DIGITS)), DIGITS)
    assert_same(read_table(Frame(DIGITS, ["class", *NAMES[1:]], dtype=object)), DIGITS)
    bunch = SimpleNamespace(data=IMAGES.astype(float), target=LABELS.astype(str), frame=None)
    assert_same(read_table(bunch), DIGITS)
    for bad, message in [
        (IMAGES, "got ndarray"),
        (Frame(DIGITS, range(785)), "no column is called"),
    ]:
        with pytest.raises(InputError, match=message):
            read_table(bad)


def test_npz_has_a_test_split_too(file):
    digits = read_npz(file(npz(names=("x_test", "y_test"))), "test")
    assert_same(digits, DIGITS)


def test_base64_json_comes_back_as_it_was_written(tmp_path):
    path = tmp_path / "new folder" / "digits.jsonl"
    write_base64_json(DIGITS, path)
    assert path.read_bytes() == LINES_FILE
    assert_same(read_base64_json(path), DIGITS)
    write_base64_json(Digits(IMAGES[:1], LABELS[:1]), str(path))  # replaces the file
    assert len(read_base64_json(path)) == 1
    assert [*path.parent.iterdir()] == [path]


def test_base64_json_passes_over_blank_lines_and_takes_any_line_ends(file):
    content = b"\n" + LINES_FILE.replace(b"\n", b"\r\n \r\n")
    assert_same(read_base64_json(file(content)), DIGITS)


# Editions


def test_the_sample_is_balanced():
    train, test = load_mnist("sample"), load_mnist("sample", "test")
    assert (train.images.shape, test.images.shape) == ((4000, 784), (1000, 784))
    assert np.bincount(train.labels).tolist() == [400] * 10
    assert np.bincount(test.labels).tolist() == [100] * 10
    assert train.labels[:10].tolist() == [2, 2, 9, 0, 6, 5, 9, 2, 7, 0]  # shuffled
    assert train.images.dtype == train.labels.dtype == np.uint8
    assert (train.images.min(), train.images.max()) == (0, 255)


def test_no_digit_of_the_sample_is_in_both_parts():
    train, test = load_mnist("sample"), load_mnist("sample", "test")
    assert len(np.unique(np.concatenate([train.images, test.images]), axis=0)) == 5000


@pytest.mark.skipif(
    not editions.is_complete("full"), reason="the full MNIST is not here: run mnist-kmeans fetch"
)
def test_the_full_edition_is_mnist():
    train, test = load_mnist("full"), load_mnist("full", "test")
    assert (train.images.shape, test.images.shape) == ((60_000, 784), (10_000, 784))
    assert np.bincount(train.labels).tolist() == [
        *[5923, 6742, 5958, 6131, 5842],
        *[5421, 5918, 6265, 5851, 5949],
    ]
    assert np.bincount(test.labels).tolist() == [
        *[980, 1135, 1032, 1010, 982],
        *[892, 958, 1028, 974, 1009],
    ]
    assert train.labels[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    training, validation = train.holdout()
    assert (len(training), len(validation)) == (45_000, 15_000)


def test_the_environment_chooses_edition_and_folder(edition, monkeypatch):
    edition(idx(SQUARES), idx(LABELS))
    monkeypatch.setenv("MNIST_KMEANS_EDITION", "sample")
    assert len(load_mnist()) == 4000
    assert_same(load_mnist("full"), DIGITS)  # what is asked for goes first
    monkeypatch.setenv("MNIST_KMEANS_EDITION", "")
    assert_same(load_mnist(), DIGITS)
    monkeypatch.delenv("MNIST_KMEANS_EDITION")
    assert_same(load_mnist(), DIGITS)
    monkeypatch.delenv("MNIST_KMEANS_DATA")
    assert editions.folder("full") == ROOT / "data" / "full"


def test_the_validation_part_is_the_first_fraction():
    training, validation = MANY.holdout()
    assert validation.labels.tolist() == [0, 1, 2]
    assert training.labels.tolist() == [0, 1, 2, 2, 1, 0, 0, 2, 1]
    np.testing.assert_array_equal(training.images, MANY.images[3:])
    assert len(MANY.holdout(0.5)[1]) == 6


def test_a_seed_shuffles_before_the_split():
    training, validation = MANY.holdout(seed=0)
    together = np.concatenate([validation.images, training.images])
    order = [MANY.images.tolist().index(image) for image in together.tolist()]
    assert sorted(order) == list(range(12)) and order != list(range(12))
    assert MANY.labels[order].tolist() == [*validation.labels, *training.labels]
    assert_same(MANY.holdout(seed=0)[1], validation)
    other = MANY.holdout(seed=1)[1]
    assert not np.array_equal(other.images, validation.images)
    with pytest.raises(InputError, match="seed must be a whole number"):
        MANY.holdout(seed=-1)


def test_sorted_digits_are_noticed():
    order = np.argsort(MANY.labels, kind="stable")
    in_order = Digits(MANY.images[order], MANY.labels[order])
    with pytest.warns(UserWarning) as said:
        in_order.holdout()
    assert [str(each.message) for each in said] == [
        "the training part holds the labels [0, 1, 2], the validation part [0]; "
        "to shuffle sorted digits first: holdout(seed=0)"
    ]
    assert said[0].filename == __file__
    in_order.holdout(seed=1)  # no warning: in these tests it would be an error


@pytest.mark.parametrize("fraction", [0, 1, 1.5, -0.5, 0.05, float("nan"), "0.25", None])
def test_a_holdout_with_an_empty_part_is_refused(fraction):
    with pytest.raises(InputError, match=f"holdout of {fraction!r} of 3 digits .* between 0 and 1"):
        DIGITS.holdout(fraction)


# Bad input: what is wrong, where, what to do

BAD_IDX = {
    "empty": (b"", "begins with nothing"),
    "truncated": (IDX_FILE[:-20], "truncated or damaged gzip"),
    "cut in its header": (IDX_FILE[:5], "truncated or damaged gzip"),
    "packed twice": (gzip.compress(IDX_FILE), "begins with 1f 8b"),
    "with something behind": (IDX_FILE + b"more", "truncated or damaged gzip"),
    "unpacked and cut": (idx(LABELS)[:-1], "promises 3 bytes"),
    "damaged": (IDX_FILE[:-8] + b"####" + IDX_FILE[-4:], "CRC check failed"),
    "wider than it is": (gzip.compress(idx(LABELS, b"\x00\x00\x0d")), "promises 12 bytes.* but 3"),
    "plain text": (gzip.compress(b"label,pixel0"), "begins with 6c 61 62"),
    "no such type": (idx(LABELS, b"\x00\x00\x0a"), "begins with 00 00 0a"),
    "no dimensions": (gzip.compress(idx(np.uint8(1))), "header of 0 dimensions"),
    "a short header": (gzip.compress(b"\x00\x00\x08\x03\x00"), "ends within the header"),
    "too few bytes": (gzip.compress(idx(LABELS)[:-1]), r"promises 3 bytes, shape \(3,\), but 2"),
    "too many bytes": (gzip.compress(idx(LABELS) + b"\x01"), "promises 3 bytes.* but more"),
    "immense": (
        gzip.compress(b"\x00\x00\x08\x03" + b"\xff" * 12),
        "no file of MNIST or its relatives",
    ),
    "impossible": (
        gzip.compress(b"\x00\x00\x08\x03" + b"\x00" * 4 + b"\xff" * 8),
        "impossible shape",
    ),
}


@pytest.mark.parametrize("case", BAD_IDX)
def test_a_bad_idx_file_is_named(case, file):
    content, message = BAD_IDX[case]
    path = file(content)
    with pytest.raises(InputError, match=message) as error:
        read_idx(path)
    assert str(path) in str(error.value)


BAD_NPZ = {
    "empty": (b"", "not a zip file"),
    "not a zip": (IDX_FILE, "not a zip file"),
    "one array": (b"\x93NUMPY\x01\x00", "not a zip file"),
    "truncated": (NPZ_FILE[:-30], "not a zip file"),
    "other names": (
        npz(names=("images", "labels")),
        "does not hold the arrays x_train and y_train",
    ),
    "no labels": (npz(names=("x_train", "y_test")), "does not hold the arrays x_train and y_train"),
    "pickles": (npz(y=np.array([5, None, 9])), "Object arrays cannot be loaded"),
    "flat images": (npz(x=np.zeros(3, np.uint8)), r"must be of shape \(n, 784\) .*\(3,\)"),
    "no axis": (npz(x=np.uint8(3)), r"images must be of shape \(n, 784\)"),
    "other images": (npz(x=np.zeros((3, 14, 56), np.uint8)), r"got uint8 of shape \(3, 14, 56\)"),
    "floats": (npz(x=IMAGES / 255), r"image 0, pixel 1 is 0\.0274.* np\.round\(255 \* images\)"),
    "one-hot labels": (npz(y=np.eye(10, dtype=np.uint8)[LABELS]), r"labels must be .*\(3, 10\)"),
    "a label too few": (npz(y=LABELS[1:]), "3 images but 2 labels"),
    "a label too big": (npz(y=LABELS + np.uint8(1)), r"in 0 \.\. 9; label 2 is 10"),
    "nothing": (npz(IMAGES[:0].reshape(0, 28, 28), LABELS[:0]), "no digits at all"),
}


@pytest.mark.parametrize("case", BAD_NPZ)
def test_a_bad_npz_file_is_named(case, file):
    content, message = BAD_NPZ[case]
    path = file(content)
    with pytest.raises(InputError, match=message) as error:
        read_npz(path, "train")
    assert str(path) in str(error.value)


def test_a_member_of_an_npz_that_is_no_array_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "digits.npz", "w") as archive:
        archive.writestr("x_train.npy", b"x")
        archive.writestr("y_train.npy", b"y")
    with pytest.raises(InputError, match=r"cannot read .*digits\.npz as an npz file"):
        read_npz(tmp_path / "digits.npz", "train")


BAD_LINES = {
    "not JSON": (b"{'label': 5}\n", "not JSON"),
    "cut": (line()[:100], "not JSON"),
    "not text": (b"\xff\xfe\x00\n", "not JSON"),
    "nested": (b"[" * 100_000 + b"\n", "not JSON"),
    "a list": (b"[5]\n", 'not an object with "label" and "data"'),
    "no data": (b'{"label": 5}\n', 'not an object with "label" and "data"'),
    "label 10": (line(10), r"whole number 0 \.\. 9; it is 10"),
    "label -1": (line(-1), r"whole number 0 \.\. 9; it is -1"),
    "label 5.0": (line(5.0), r"whole number 0 \.\. 9; it is 5.0"),
    "label true": (line(True), r"whole number 0 \.\. 9; it is True"),
    "label null": (line(None), r"whole number 0 \.\. 9; it is None"),
    "783 bytes": (line(pixels=bytes(783)), "784 bytes; this one has 783"),
    "785 bytes": (line(pixels=bytes(785)), "784 bytes; this one has 785"),
    "not base64": (line().replace(b"AAAA", b"AA!AA", 1), "not base64"),  # 784 bytes without the !
    "cut base64": (b'{"label": 5, "data": "AAA"}\n', "not base64"),
    "numbers": (b'{"label": 5, "data": [0, 255]}\n', "not base64"),
}


@pytest.mark.parametrize("case", BAD_LINES)
def test_a_bad_line_is_named(case, file):
    content, message = BAD_LINES[case]
    path = file(line() + b"\n" + content + line())
    with pytest.raises(InputError, match=message) as error:
        read_base64_json(path)
    assert str(error.value).startswith(f"{path}, line 3: ")


@pytest.mark.parametrize("content", [b"", b"\n \n"])
def test_no_lines_are_no_digits(content, file):
    with pytest.raises(InputError, match="digits: there are no digits at all"):
        read_base64_json(file(content))


READERS = {
    "idx": read_idx,
    "npz": lambda path: read_npz(path, "train"),
    "base64-JSON": read_base64_json,
    "csv": read_csv,
}


@pytest.mark.parametrize("reader", READERS)
def test_a_file_that_does_not_exist_is_named(reader, tmp_path):
    for path in (tmp_path / "nowhere", str(tmp_path / "nowhere")):
        with pytest.raises(InputError, match=r"cannot read .*nowhere.*No such file"):
            READERS[reader](path)


@pytest.mark.parametrize("reader", READERS)
def test_a_folder_in_place_of_a_file_is_named(reader, tmp_path):
    with pytest.raises(InputError) as error:
        READERS[reader](tmp_path)
    assert str(error.value).startswith(f"cannot read {tmp_path}")


def test_a_path_that_cannot_be_written_is_named(file, tmp_path):
    path = file(b"kept")
    for bad in (path / "below a file", tmp_path):
        with pytest.raises(InputError, match="cannot write "):
            write_base64_json(DIGITS, bad)
    assert [*tmp_path.iterdir()] == [path] and path.read_bytes() == b"kept"


BAD_DIGITS = {
    "783 pixels": (IMAGES[:, 1:], LABELS, r"got uint8 of shape \(3, 783\)"),
    "a column of labels": (IMAGES, LABELS[:, None], r"got uint8 of shape \(3, 1\)"),
    "a label too few": (IMAGES, LABELS[1:], "3 images but 2 labels"),
    "a label too big": (IMAGES, LABELS + np.uint8(1), r"in 0 \.\. 9; label 2 is 10$"),
    "letters": (
        np.zeros((26, 784)),
        range(1, 27),
        "label 9 is 10; these are 26 classes, .* knows ten",
    ),
    "names": (IMAGES, ["five", "zero", "nine"], "labels must be whole numbers in 0 .. 9: .*'five'"),
    "nothing there": (IMAGES, [5, None, 9], "labels must be whole numbers in 0 .. 9"),
    "half a label": (IMAGES, [5, 0.5, 9], "label 1 is 0.5"),
    "not a number": (IMAGES, [5, np.nan, 9], "label 1 is nan"),
    "too dark": (IMAGES.astype(int) + 1, LABELS, "image 0, pixel 73 is 256"),
    "negative": (IMAGES.astype(int) - 1, LABELS, "image 0, pixel 0 is -1"),
    "scaled": (IMAGES / 255, LABELS, r"were they divided by 255\? Then: np.round"),
    "complex": (IMAGES * 1j, LABELS, "whole numbers in 0 .. 255; got complex128"),
    "masked": (np.ma.masked_less(IMAGES, 9), LABELS, "images must not be a masked array"),
    "nothing": (IMAGES[:0], LABELS[:0], "no digits at all"),
}


@pytest.mark.parametrize("case", BAD_DIGITS)
def test_digits_are_images_with_labels(case):
    images, labels, message = BAD_DIGITS[case]
    with pytest.raises(InputError, match=message):
        Digits(images, labels)


@pytest.mark.parametrize(
    ("images", "labels"),
    [
        (IMAGES.tolist(), LABELS.tolist()),
        (SQUARES, LABELS),
        (SQUARES[..., None], LABELS),
        (SQUARES[:, None], LABELS),
        (IMAGES.astype(np.int64), LABELS.astype(">i4")),
        (IMAGES.astype(np.float32), LABELS.astype(np.float64)),
        (IMAGES.astype(object), LABELS.astype(object)),
        (IMAGES, LABELS.astype(str)),
        (IMAGES, np.array(["5", "0", "9"], dtype=object)),  # as OpenML's categories come
    ],
)
def test_whole_numbers_of_any_type_are_converted(images, labels):
    assert_same(Digits(images, labels), DIGITS)


def test_booleans_are_black_and_white():
    assert_same(Digits(IMAGES > 99, LABELS), Digits((IMAGES > 99).astype(np.uint8), LABELS))


# Bad editions


@pytest.mark.parametrize("name", ["ful", "", "SAMPLE", 5])
def test_an_unknown_edition_is_refused(name):
    with pytest.raises(InputError, match=f"edition must be 'full' or 'sample'; got {name!r}"):
        load_mnist(name)


def test_an_unknown_edition_in_the_environment_is_refused(monkeypatch):
    monkeypatch.setenv("MNIST_KMEANS_EDITION", "small")
    with pytest.raises(InputError, match=r"\$MNIST_KMEANS_EDITION must be .*; got 'small'"):
        load_mnist()


@pytest.mark.parametrize("split", ["validation", "", None])
def test_an_unknown_split_is_refused(split, file):
    for read in (lambda: load_mnist("sample", split), lambda: read_npz(file(NPZ_FILE), split)):
        with pytest.raises(InputError, match=f"split must be 'train' or 'test'; got {split!r}"):
            read()


def test_other_content_is_named_with_both_checksums(edition):
    folder = edition(idx(SQUARES), idx(LABELS))
    other = idx(LABELS[::-1])
    (folder / "train-labels-idx1-ubyte.gz").write_bytes(gzip.compress(other))
    with pytest.raises(InputError) as error:
        load_mnist("full")
    assert str(error.value) == (
        f"{folder / 'train-labels-idx1-ubyte.gz'} is damaged or holds other digits: the SHA-256 of its "
        f"content should be {hashlib.sha256(idx(LABELS)).hexdigest()} and is "
        f"{hashlib.sha256(other).hexdigest()}; {editions.REMEDIES['full']}"
    )


@pytest.mark.parametrize("content", [b"", b"not gzip", IDX_FILE[:-20]])
def test_a_damaged_file_of_an_edition_comes_with_the_remedy(content, edition, monkeypatch):
    folder = edition(idx(SQUARES), idx(LABELS))
    path = folder / "train-images-idx3-ubyte.gz"
    path.write_bytes(content)
    with pytest.raises(
        InputError, match=f"{path.name} .*delete it and run: mnist-kmeans fetch; other"
    ):
        load_mnist("full")
    assert path.read_bytes() == content  # it may be somebody's only copy
    monkeypatch.setattr(editions, "folder", lambda edition: folder)
    with pytest.raises(InputError, match=f"{path.name} .*install mnist-kmeans again"):
        load_mnist("sample")


def test_a_missing_file_of_the_sample_comes_with_the_remedy(tmp_path, monkeypatch):
    monkeypatch.setattr(editions, "folder", lambda edition: tmp_path)
    with pytest.raises(InputError, match=r"No such file.*install mnist-kmeans again"):
        load_mnist("sample")


def test_other_digits_are_not_taken_for_mnist_whatever_their_form(tmp_path, monkeypatch):
    monkeypatch.setenv("MNIST_KMEANS_DATA", str(tmp_path))
    (tmp_path / "mnist.npz").write_bytes(npz())
    with pytest.raises(
        InputError, match=r"mnist\.npz is damaged or holds other digits.*read_folder"
    ):
        load_mnist("full")


def test_images_and_labels_of_different_counts_are_refused(edition):
    edition(idx(SQUARES), idx(LABELS[:2]))
    with pytest.raises(InputError, match="3 images but 2 labels"):
        load_mnist("full")


# Whatever the bytes, nothing but InputError

FILES = {"idx": IDX_FILE, "npz": NPZ_FILE, "base64-JSON": LINES_FILE, "csv": CSV_FILE}


def read_or_refuse(reader, content, folder):
    path = folder / "fuzzed"
    path.write_bytes(content)
    try:
        READERS[reader](path)
    except InputError as error:
        assert str(path) in str(error) and "\n" not in str(error)


@st.composite
def mutated(draw, content):
    """Bytes that begin as these do, but with some cut off, changed or put in."""
    content = bytearray(content)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(content)))
        kept = draw(st.sampled_from([at, at + 1, at + 4, len(content)]))
        content[at:kept] = draw(st.binary(max_size=4))
    return bytes(content)


@pytest.mark.parametrize("reader", READERS)
@settings(max_examples=150)
@given(content=st.data())
def test_no_mutation_raises_anything_but_input_error(reader, content, tmp_path_factory):
    folder = tmp_path_factory.getbasetemp()
    read_or_refuse(reader, content.draw(mutated(FILES[reader])), folder)


@pytest.mark.parametrize("reader", READERS)
@settings(max_examples=50)
@given(content=st.binary(max_size=100))
def test_no_random_bytes_raise_anything_but_input_error(reader, content, tmp_path_factory):
    folder = tmp_path_factory.getbasetemp()
    read_or_refuse(reader, content, folder)
    read_or_refuse(reader, gzip.compress(content), folder)
    read_or_refuse(reader, gzip.compress(b"\x00\x00\x08" + content), folder)


@settings(max_examples=100)
@given(content=mutated(idx(IMAGES[:1, :9])))
def test_no_mutation_inside_the_gzip_raises_anything_but_input_error(content, tmp_path_factory):
    read_or_refuse("idx", gzip.compress(content), tmp_path_factory.getbasetemp())


@settings(max_examples=100)
@given(content=mutated(line(pixels=b"1234")))
def test_no_mutation_of_a_line_raises_anything_but_input_error(content, tmp_path_factory):
    read_or_refuse("base64-JSON", content, tmp_path_factory.getbasetemp())


# The script that made the sample


@pytest.fixture
def build_sample():
    path = ROOT / "data" / "build_sample.py"
    spec = importlib.util.spec_from_file_location("build_sample", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_sample_script_writes_what_read_idx_reads(build_sample, tmp_path):
    build_sample.write_idx(tmp_path / "digits.gz", SQUARES)
    np.testing.assert_array_equal(read_idx(tmp_path / "digits.gz"), SQUARES, strict=True)


def test_the_sample_script_shuffles_the_same_way_each_time(build_sample):
    rows = np.arange(10)
    assert build_sample.shuffled(rows, seed=0).tolist() == [3, 2, 1, 8, 6, 0, 7, 4, 5, 9]
    assert sorted(build_sample.shuffled(rows, seed=1)) == rows.tolist()


@pytest.mark.parametrize(
    ("setting", "asked", "in_notebook", "times"),
    [
        ("sample", None, True, 1),
        ("sample", None, False, 0),
        ("sample", "sample", True, 0),  # who asks for it knows
        ("", "sample", True, 0),
    ],
)
def test_a_notebook_that_runs_on_the_sample_says_so_once(
    setting, asked, in_notebook, times, monkeypatch
):
    shown = []
    ipython = SimpleNamespace(
        get_ipython=lambda: in_notebook or None,
        display=SimpleNamespace(display=lambda data, raw: shown.append(data["text/markdown"])),
    )
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    monkeypatch.setenv("MNIST_KMEANS_EDITION", setting)
    editions.show_banner.cache_clear()
    for split in ("train", "test"):
        load_mnist(asked, split)
    assert len(shown) == times
    assert all("The text describes the full MNIST" in banner for banner in shown)
