"""MNIST: fetch it, read it in three formats, check it, split it."""

import base64
import binascii
import gzip
import hashlib
import json
import os
import threading
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mnist_kmeans.errors import InputError

ROOT = Path(__file__).resolve().parent.parent
EDITIONS = ("full", "sample")
PREFIXES = {"train": "train", "test": "t10k"}  # split -> how its file names begin
PIXELS = 28 * 28

MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)
PUBLISHED = {  # SHA-256 of the gzipped files of the full edition, as the mirrors hold them
    "train-images-idx3-ubyte.gz": "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
    "train-labels-idx1-ubyte.gz": "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
    "t10k-images-idx3-ubyte.gz": "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
    "t10k-labels-idx1-ubyte.gz": "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
}
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
TIMEOUTS = (4, 10)  # seconds: to connect, and between two packets
NO_NETWORK_AFTER = 8  # seconds without any answer (looking up a host name knows no timeout)


@dataclass(frozen=True, eq=False)
class Digits:
    """Handwritten digits: n images of 28 x 28 pixels, one row each, and what they show.

    `images` is uint8 (n, 784), 0 for paper and 255 for ink; `labels` is uint8 (n,), 0 .. 9.
    Raises InputError for anything else.
    """

    images: np.ndarray
    labels: np.ndarray

    def __post_init__(self):
        images, labels = self.images, self.labels
        if images.ndim != 2 or images.shape[1] != PIXELS or images.dtype != np.uint8:
            raise InputError(
                f"images must be uint8 of shape (n, {PIXELS}); got {images.dtype} {images.shape}"
            )
        if labels.ndim != 1 or labels.dtype != np.uint8:
            raise InputError(f"labels must be uint8 of shape (n,); got {labels.dtype} {labels.shape}")
        if len(images) != len(labels):
            raise InputError(f"there are {len(images)} images but {len(labels)} labels")
        if len(labels) == 0:
            raise InputError("there are no digits at all")
        if labels.max() > 9:
            row = int(np.argmax(labels > 9))
            raise InputError(f"labels must lie in 0 .. 9; label {row} is {labels[row]}")

    def __len__(self):
        return len(self.labels)

    def holdout(self, fraction=0.25):
        """Return (training, validation); the validation part is the first `fraction` of the rows.

        Raises InputError when a part would be empty.
        """
        n = int(len(self) * fraction)
        if not 0 < n < len(self):
            raise InputError(
                f"a holdout of {fraction} of {len(self)} digits leaves one part empty; "
                "take a fraction between 0 and 1"
            )
        return Digits(self.images[n:], self.labels[n:]), Digits(self.images[:n], self.labels[:n])


def load_mnist(edition=None, split="train"):
    """Return the training or the test part of MNIST as Digits.

    `edition` is "full" (60,000 training and 10,000 test digits; downloaded once, into
    $MNIST_KMEANS_DATA or data/full/), "sample" (4,000 and 1,000, part of the project), or None for
    $MNIST_KMEANS_EDITION, else "full". `split` is "train" or "test". The content is checked at every
    load. Raises InputError for unknown names, missing and damaged files.
    Source: Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, "Gradient-based learning applied to document
    recognition", Proc. IEEE 86 (1998).
    """
    edition = check_choice(edition or os.environ.get("MNIST_KMEANS_EDITION", "full"), EDITIONS, "edition")
    prefix = PREFIXES[check_choice(split, tuple(PREFIXES), "split")]
    images_path, labels_path = (
        folder(edition) / f"{prefix}-{part}-ubyte.gz" for part in ("images-idx3", "labels-idx1")
    )
    if edition == "full" and not (images_path.exists() and labels_path.exists()):
        fetch()
    images = parse_idx(read_checked(images_path, edition), images_path)
    labels = parse_idx(read_checked(labels_path, edition), labels_path)
    return Digits(images.reshape(len(images), -1), labels)


def folder(edition):
    """Return the folder that holds the files of an edition."""
    if edition == "sample":
        return ROOT / "data" / "sample"
    return Path(os.environ.get("MNIST_KMEANS_DATA") or ROOT / "data" / "full")


def read_idx(path):
    """Return the array in a gzipped IDX file of bytes, in the shape that its header gives.

    Raises InputError for a file that is missing, truncated, not gzip or not IDX.
    Format: the two bytes 0, then 8 (unsigned bytes), the number of dimensions, each dimension as a
    big-endian 32-bit number, and the bytes of the array.
    """
    path = Path(path)
    return parse_idx(unzip(path), path)


def read_npz(path, split):
    """Return Digits from a file in the format of Keras' mnist.npz.

    It is a zip of four arrays: x_train (n, 28, 28), y_train (n,), x_test, y_test, all uint8.
    Raises InputError for a file that is missing, damaged or holds something else.
    """
    path = Path(path)
    check_choice(split, tuple(PREFIXES), "split")
    try:
        with np.load(path, allow_pickle=False) as arrays:
            images, labels = arrays[f"x_{split}"], arrays[f"y_{split}"]
    except KeyError as error:
        raise InputError(f"{path} holds no array named x_{split} or y_{split}") from error
    except (OSError, EOFError, ValueError, AttributeError, zipfile.BadZipFile, zlib.error) as error:
        raise InputError(f"cannot read {path} as an npz file: {reason(error)}") from error
    with naming(path):
        return Digits(images.reshape(len(images), -1), labels)


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


def write_base64_json(digits, path):
    """Write Digits in the format of `read_base64_json`; an existing file is replaced as a whole."""
    path = Path(path)
    lines = (
        json.dumps({"label": int(label), "data": base64.b64encode(image).decode()}) + "\n"
        for image, label in zip(digits.images, digits.labels, strict=True)
    )
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        unfinished.write_text("".join(lines), encoding="utf-8")
        unfinished.replace(path)
    except OSError as error:
        raise InputError(f"cannot write {path}: {reason(error)}") from error
    finally:
        unfinished.unlink(missing_ok=True)


def fetch():
    """Download the files of the full edition that are missing, and return their folder.

    Files that are there are checked and kept. A download is checked before it gets its name, so a
    broken one leaves nothing behind and the next mirror is tried.
    Raises InputError when a file is damaged, or cannot be had from any mirror.
    """
    target = folder("full")
    missing = []
    for name in PUBLISHED:
        if (target / name).exists():
            read_checked(target / name, "full")
        else:
            missing.append(name)
    if missing:
        mirrors = answering_mirrors()
        for name in missing:
            download(name, target, mirrors)
    return target


def answering_mirrors():
    """Return the mirrors that answer at all, or raise InputError if none does in a few seconds."""
    import requests

    answering = []

    def ask(mirror):
        try:
            requests.head(mirror, timeout=TIMEOUTS)
        except requests.RequestException:
            return
        answering.append(mirror)

    threads = [threading.Thread(target=ask, args=(mirror,), daemon=True) for mirror in MIRRORS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(NO_NETWORK_AFTER / len(threads))
    if not answering:
        raise InputError(
            f"MNIST is not in {folder('full')} and no mirror answers: is there a network? "
            "Offline, set MNIST_KMEANS_EDITION=sample"
        )
    return [mirror for mirror in MIRRORS if mirror in answering]


def download(name, target, mirrors):
    """Put one published file into the folder `target`, from the first mirror that has it whole."""
    import pooch
    import requests

    from mnist_kmeans.progress import wanted

    pooch.get_logger().setLevel("WARNING")  # its chatter would end up in stored outputs
    failures = []
    for mirror in mirrors:
        downloader = pooch.HTTPDownloader(progressbar=wanted(), timeout=TIMEOUTS)
        try:
            pooch.retrieve(
                mirror + name, f"sha256:{PUBLISHED[name]}", name, target, downloader=downloader
            )
            return
        except (requests.RequestException, OSError, ValueError) as error:
            failures.append(f"{mirror}: {reason(error)}")
    raise InputError(f"cannot download {name} into {target}; " + "; ".join(failures))


def read_checked(path, edition):
    """Return the unpacked bytes of a file of an edition, or raise InputError if they are not the right ones."""
    content = unzip(path)
    expected, found = CONTENT[edition][path.name], hashlib.sha256(content).hexdigest()
    if found != expected:
        raise InputError(
            f"{path} is damaged: the SHA-256 of its content should be {expected} and is {found}; "
            f"{remedy(edition)}"
        )
    return content


def remedy(edition):
    if edition == "sample":
        return "restore it with: git checkout data/sample"
    return "delete it and run: mnist-kmeans fetch"


def unzip(path):
    """Return the unpacked bytes of a gzip file, or raise InputError if it is missing or damaged."""
    try:
        return gzip.decompress(read_bytes(path))
    except gzip.BadGzipFile as error:
        raise InputError(f"{path} is not a gzip file, or a damaged one: {reason(error)}") from error
    except (EOFError, zlib.error) as error:
        raise InputError(f"{path} is a truncated or damaged gzip file: {reason(error)}") from error


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
    return np.frombuffer(content, dtype=np.uint8, offset=start).reshape(shape)


def parse_digit(line):
    """Return the label and the 784 bytes of one line of base64-JSON."""
    try:
        record = json.loads(line)
    except ValueError as error:
        raise InputError(f"not JSON: {error}") from error
    if not isinstance(record, dict) or not {"label", "data"} <= record.keys():
        raise InputError('not an object with "label" and "data"')
    label = record["label"]
    if isinstance(label, bool) or not isinstance(label, int) or not 0 <= label <= 9:
        raise InputError(f"the label must be a whole number 0 .. 9; it is {label!r}")
    try:
        pixels = base64.b64decode(record["data"], validate=True)
    except (binascii.Error, TypeError, ValueError) as error:
        raise InputError(f"the data are not base64: {error}") from error
    if len(pixels) != PIXELS:
        raise InputError(f"an image has {PIXELS} bytes; this one has {len(pixels)}")
    return label, pixels


def read_bytes(path):
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read {path}: {reason(error)}") from error


def check_choice(value, choices, name):
    if value not in choices:
        raise InputError(f"{name} must be {' or '.join(map(repr, choices))}; got {value!r}")
    return value


def reason(error):
    """Return what an exception says in one line, without addresses of objects."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__


class naming:
    """Put the name of a place before the message of an InputError raised within."""

    def __init__(self, place):
        self.place = place

    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        if isinstance(error, InputError):
            raise InputError(f"{self.place}: {error}") from error
