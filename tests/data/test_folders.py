"""Digits in a folder as other programs leave them: found, read alike, and held against MNIST."""

import gzip
import hashlib
import io

import numpy as np
import pytest
from helpers import idx

from mnist_kmeans import Digits, load_mnist, read_folder, write_base64_json
from mnist_kmeans.basics.errors import InputError
from mnist_kmeans.cli import main
from mnist_kmeans.data import download, editions
from mnist_kmeans.data.folders import find

IMAGES = {
    "train": (np.arange(4 * 784) * 7 % 256).astype(np.uint8).reshape(4, 28, 28),
    "test": (np.arange(3 * 784) * 5 % 256).astype(np.uint8).reshape(3, 28, 28),
}
LABELS = {
    "train": np.array([5, 0, 9, 5], dtype=np.uint8),
    "test": np.array([0, 5, 9], dtype=np.uint8),
}
SPLITS = ("train", "test")
PREFIX = {"train": "train", "test": "t10k"}


def saved(**arrays):
    """Return the bytes of an npz file."""
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def pairs(images, labels, pack, prefix=PREFIX):
    """Return {name: bytes} of four IDX files; a name holds {} for the beginning of the split."""
    return {
        name.format(prefix[split]): pack(idx(array))
        for split in SPLITS
        for name, array in [(images, IMAGES[split]), (labels, LABELS[split])]
    }


def plain(content):
    return content


def qmnist():
    """Its labels have eight columns of int32, in IDX of its own type."""
    files = {}
    for split in SPLITS:
        table = np.full((len(LABELS[split]), 8), 77, dtype=">i4")
        table[:, 0] = LABELS[split]
        header = np.array([0x0C00 + 2, *table.shape], dtype=">u4").tobytes()
        files[f"qmnist-{split}-images-idx3-ubyte.gz"] = gzip.compress(idx(IMAGES[split]))
        files[f"qmnist-{split}-labels-idx2-int.gz"] = gzip.compress(header + table.tobytes())
    return files


def csv(split):
    rows = np.column_stack([LABELS[split], IMAGES[split].reshape(-1, 784)])
    names = ",".join(["label", *(f"pixel{i}" for i in range(784))])
    return "\n".join([names, *(",".join(map(str, row)) for row in rows)]).encode()


def json_lines(tmp_path, split):
    write_base64_json(Digits(IMAGES[split], LABELS[split]), tmp_path / "lines")
    return (tmp_path / "lines").read_bytes()


PUBLISHED = pairs("{}-images-idx3-ubyte.gz", "{}-labels-idx1-ubyte.gz", gzip.compress)
UNPACKED = pairs("{}-images-idx3-ubyte", "{}-labels-idx1-ubyte", plain)
EMNIST = {
    f"emnist-{kind}-{name}": content
    for kind in ("byclass", "digits", "letters")
    for name, content in pairs(
        "{}-images-idx3-ubyte.gz",
        "{}-labels-idx1-ubyte.gz",
        gzip.compress,
        dict(zip(SPLITS, SPLITS, strict=False)),
    ).items()
}
KERAS = {
    "mnist.npz": saved(
        **{f"x_{split}": IMAGES[split] for split in SPLITS},
        **{f"y_{split}": LABELS[split] for split in SPLITS},
    )
}
FORMS = {
    "published": PUBLISHED,
    "unpacked": UNPACKED,
    "with a dot": pairs("{}-images.idx3-ubyte", "{}-labels.idx1-ubyte", plain),
    "with a dot and packed": pairs(
        "{}-images.idx3-ubyte.gz", "{}-labels.idx1-ubyte.gz", gzip.compress
    ),
    "torchvision, its folder": {
        f"MNIST/raw/{name}": each for name, each in (PUBLISHED | UNPACKED).items()
    },
    "torchvision, inside": {f"raw/{name}": each for name, each in UNPACKED.items()},
    "torchvision, several": {
        **{f"MNIST/raw/{name}": each for name, each in UNPACKED.items()},
        **{f"FashionMNIST/raw/{name}": b"others" for name in UNPACKED},
    },
    "Fashion-MNIST": {f"FashionMNIST/raw/{name}": each for name, each in PUBLISHED.items()},
    "QMNIST": {f"QMNIST/raw/{name}": each for name, each in qmnist().items()},
    "EMNIST": {f"EMNIST/raw/{name}": each for name, each in EMNIST.items()},
    "Keras, its file": KERAS,
    "Keras, its folder": {f"datasets/{name}": each for name, each in KERAS.items()},
    "KMNIST": {
        f"kmnist-{split}-{part}.npz": saved(arr_0=arrays[split])
        for split in SPLITS
        for part, arrays in [("imgs", IMAGES), ("labels", LABELS)]
    },
    "Kaggle": {f"{split}.csv": csv(split) for split in SPLITS},
    "another CSV": {f"mnist_{split}.csv": csv(split) for split in SPLITS},
}


@pytest.fixture
def lay(tmp_path):
    """A function that puts files, {name: bytes}, into a folder and returns it."""

    def put(files):
        for name, content in files.items():
            path = tmp_path / "there" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return tmp_path / "there"

    return put


@pytest.fixture
def course_digits(monkeypatch):
    """Make these few digits the published MNIST, which nobody can download."""
    names = {f"{PREFIX[s]}-images-idx3-ubyte.gz": IMAGES[s] for s in SPLITS}
    names |= {f"{PREFIX[s]}-labels-idx1-ubyte.gz": LABELS[s] for s in SPLITS}
    sums = {name: hashlib.sha256(idx(array)).hexdigest() for name, array in names.items()}
    monkeypatch.setitem(editions.CONTENT, "full", sums)
    monkeypatch.setattr(download, "MIRRORS", ())


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("split", SPLITS)
def test_a_folder_is_read_whatever_its_form(form, split, lay):
    digits = read_folder(lay(FORMS[form]), split)
    np.testing.assert_array_equal(digits.images, IMAGES[split].reshape(-1, 784), strict=True)
    np.testing.assert_array_equal(digits.labels, LABELS[split], strict=True)
    digits.images[0, 0] = digits.labels[0] = 1  # they are the reader's own


def test_lines_of_json_are_found_too(lay, tmp_path):
    folder = lay({f"{split}.jsonl": json_lines(tmp_path, split) for split in SPLITS})
    assert read_folder(str(folder), "test").labels.tolist() == LABELS["test"].tolist()


@pytest.mark.parametrize("form", FORMS)
def test_the_full_edition_may_lie_in_any_of_these_forms(
    form, lay, course_digits, monkeypatch, capsys
):
    folder = lay(FORMS[form])
    before = sorted(folder.rglob("*"))
    monkeypatch.setenv("MNIST_KMEANS_DATA", str(folder))
    for split in SPLITS:
        assert load_mnist("full", split).labels.tolist() == LABELS[split].tolist()
    assert editions.is_complete() and main(["fetch"]) == 0
    said = capsys.readouterr().out
    assert str(folder) in said and find(folder, "train").form in said
    assert sorted(folder.rglob("*")) == before  # nothing was downloaded or written


def test_a_tilde_stands_for_the_home(lay, course_digits, monkeypatch):
    folder = lay(KERAS)
    monkeypatch.setenv("HOME", str(folder.parent))
    monkeypatch.setenv("USERPROFILE", str(folder.parent))
    monkeypatch.setenv("MNIST_KMEANS_DATA", "~/there")
    assert len(load_mnist("full")) == 4
    assert len(read_folder("~/there")) == 4


def test_several_kinds_of_digits_are_not_guessed_at(lay):
    raw = {f"{data}/raw/{name}": each for data in ("A", "B") for name, each in UNPACKED.items()}
    with pytest.raises(
        InputError, match=r"holds several kinds of digits .*A.*B.*; name one folder"
    ):
        read_folder(lay(raw))
    letters = {name: each for name, each in EMNIST.items() if "digits" not in name}
    with pytest.raises(
        InputError, match=r"several kinds of digits \(emnist-byclass-, emnist-letters-\)"
    ):
        read_folder(lay(letters))


@pytest.mark.parametrize(
    "files", [{}, {"train-images-idx3-ubyte": b""}, {"notes.txt": b"", "a/b": b""}]
)
def test_a_folder_without_digits_is_named(files, lay, tmp_path):
    folder = lay(files) if files else tmp_path / "nowhere"
    with pytest.raises(InputError, match=r"no train digits in .*looked for IDX files") as error:
        read_folder(folder)
    assert str(folder) in str(error.value)


@pytest.mark.parametrize("form", FORMS)
def test_damaged_files_are_named(form, lay):
    files = {name: each[: len(each) // 2] for name, each in FORMS[form].items()}
    folder = lay(files)
    with pytest.raises(InputError, match=str(folder)):
        read_folder(folder)


def test_letters_are_more_classes_than_the_course_knows(lay):
    labels = np.arange(1, 27, dtype=np.uint8)
    images = np.zeros((26, 28, 28), dtype=np.uint8)
    folder = lay(
        {
            "emnist-letters-train-images-idx3-ubyte": idx(images),
            "emnist-letters-train-labels-idx1-ubyte": idx(labels),
        }
    )
    with pytest.raises(
        InputError, match=r"label 9 is 10; these are 26 classes, and the course knows ten"
    ):
        read_folder(folder)


@pytest.mark.parametrize("split", ["valid", None, "t10k"])
def test_an_unknown_split_is_refused(split, lay):
    with pytest.raises(InputError, match="split must be 'train' or 'test'"):
        read_folder(lay(KERAS), split)
