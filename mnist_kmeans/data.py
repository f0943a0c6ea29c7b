"""MNIST: fetch it, read it in three formats, check it, split it."""

import base64
import binascii
import gzip
import hashlib
import json
import os
import reprlib
import threading
import zipfile
import zlib
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mnist_kmeans.errors import DownloadError, InputError

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
REMEDIES = {
    "full": "delete it and run: mnist-kmeans fetch",
    "sample": "restore it with: git checkout data/sample",
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
        if not is_bytes(images, 2) or images.shape[1] != PIXELS:
            raise InputError(f"images must be uint8 of shape (n, {PIXELS}); got {kind(images)}")
        if not is_bytes(labels, 1):
            raise InputError(f"labels must be uint8 of shape (n,); got {kind(labels)}")
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
        n = int(len(self) * fraction) if 0 < fraction < 1 else 0
        if n == 0:
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
    edition = chosen_edition(edition)
    prefix = PREFIXES[check_choice(split, tuple(PREFIXES), "split")]
    images_path, labels_path = (
        folder(edition) / f"{prefix}-{part}-ubyte.gz" for part in ("images-idx3", "labels-idx1")
    )
    if edition == "full" and not (images_path.exists() and labels_path.exists()):
        fetch()
    images = parse_idx(read_checked(images_path, edition), images_path)
    labels = parse_idx(read_checked(labels_path, edition), labels_path)
    return Digits(as_rows(images), labels)


def chosen_edition(edition=None):
    """Return the edition asked for: by name, else by $MNIST_KMEANS_EDITION, else "full"."""
    if edition is not None:
        return check_choice(edition, EDITIONS, "edition")
    wanted = os.environ.get("MNIST_KMEANS_EDITION") or "full"
    return check_choice(wanted, EDITIONS, "the edition in $MNIST_KMEANS_EDITION")


def folder(edition):
    """Return the folder that holds the files of an edition."""
    if edition == "sample":
        return ROOT / "data" / "sample"
    named = os.environ.get("MNIST_KMEANS_DATA") or "data/full"
    # Kernels and scripts run in other folders, but mean the same one.
    return (ROOT / named).resolve()


def is_complete(edition="full"):
    """Tell whether all the files of an edition are in its folder."""
    return all((folder(edition) / name).exists() for name in CONTENT[edition])


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
    """Write Digits in the format of `read_base64_json`; an existing file is replaced as a whole.

    Raises InputError when the file cannot be written.
    """
    lines = (
        json.dumps({"label": int(label), "data": base64.b64encode(image).decode()}) + "\n"
        for image, label in zip(digits.images, digits.labels, strict=True)
    )
    write_whole(path, "".join(lines).encode())


def fetch():
    """Download the files of the full edition that are missing, and return their folder.

    Files that are there are checked and kept. Raises InputError when one of them is damaged or
    cannot be written, and its kind DownloadError when no mirror gives a missing one.
    """
    target = folder("full")
    missing = []
    for name in PUBLISHED:
        if (target / name).exists():
            read_checked(target / name, "full")
        else:
            missing.append(name)
    silent = silent_mirrors() if missing else {}
    for name in missing:
        content = download(name, silent)
        if not (target / name).exists():  # another process may have been quicker
            write_whole(target / name, content)
    return target


def silent_mirrors():
    """Return {mirror: why} for the mirrors that do not answer at all within a few seconds."""
    import requests

    silent = dict.fromkeys(MIRRORS, "no answer")

    def ask(mirror):
        try:
            requests.head(mirror, timeout=TIMEOUTS)
            del silent[mirror]
        except requests.RequestException as error:
            silent[mirror] = root_reason(error)

    threads = [threading.Thread(target=ask, args=(mirror,), daemon=True) for mirror in MIRRORS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(NO_NETWORK_AFTER / len(threads))
    return dict(silent)


def download(name, silent):
    """Return the bytes of a published file, from the first mirror that has it whole.

    They stay in memory, 10 MB at most, until they are checked: whatever breaks or interrupts a
    download, there is nothing on disk to leave behind. `silent` holds the mirrors not to be asked.
    """
    import requests

    failures = dict(silent)
    for mirror in MIRRORS:
        if mirror in silent:
            continue
        try:
            content = get(mirror + name)
        except requests.RequestException as error:
            failures[mirror] = root_reason(error)
            continue
        found = hashlib.sha256(content).hexdigest()
        if found == PUBLISHED[name]:
            return content
        failures[mirror] = (
            f"not the published file: SHA-256 {found} where {PUBLISHED[name]} is expected"
        )
    reasons = "; ".join(f"{mirror}: {why}" for mirror, why in failures.items())
    raise DownloadError(
        f"cannot download {name} into {folder('full')} ({reasons}); is there a network? "
        "To go on without one, set MNIST_KMEANS_EDITION=sample"
    )


def get(url):
    """Return the bytes behind a URL; raise requests.RequestException if they do not all arrive."""
    import requests

    from mnist_kmeans.progress import bar

    content = bytearray()
    with requests.get(url, stream=True, timeout=TIMEOUTS) as response:
        response.raise_for_status()
        length = response.headers.get("Content-Length", "")
        with bar(int(length) if length.isdecimal() else None, "B") as steps:
            for chunk in response.iter_content(2**16):
                content += chunk
                steps.update(len(chunk))
    return bytes(content)


def write_whole(path, content):
    """Write bytes to `path` so that it holds all of them, or else what it held before."""
    path = Path(path)
    unfinished = Path(f"{path}.{os.urandom(4).hex()}.part")  # no two processes share this name
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_bytes(content)
        unfinished.replace(path)
    except OSError as error:
        raise InputError(f"cannot write {path}: {reason(error)}") from error
    finally:
        with suppress(OSError):
            unfinished.unlink()


def read_checked(path, edition):
    """Return the unpacked bytes of a file of an edition, or raise InputError if they are wrong."""
    remedy = REMEDIES[edition]
    try:
        content = unzip(path)
    except InputError as error:
        raise InputError(f"{error}; {remedy}") from error
    expected, found = CONTENT[edition][path.name], hashlib.sha256(content).hexdigest()
    if found != expected:
        raise InputError(
            f"{path} is damaged: the SHA-256 of its content should be {expected} and is {found}; "
            f"{remedy}"
        )
    return content


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
    try:
        return np.frombuffer(content, dtype=np.uint8, offset=start).reshape(shape)
    except ValueError as error:
        raise InputError(f"the header of {path} names an impossible shape: {error}") from error


def read_npy(archive, name):
    """Return the array in a member of an open npz file."""
    with archive.open(name) as member:
        return np.lib.format.read_array(member, allow_pickle=False)


def as_rows(images):
    """Return images of shape (n, 28, 28) as (n, 784), and leave any other shape as it is."""
    return images.reshape(-1, PIXELS) if images.shape[1:] == (28, 28) else images


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


def read_bytes(path):
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read {path}: {reason(error)}") from error


def check_choice(value, choices, name):
    if value not in choices:
        raise InputError(f"{name} must be {' or '.join(map(repr, choices))}; got {value!r}")
    return value


def is_bytes(value, dimensions):
    """Tell whether `value` is a uint8 array of so many dimensions."""
    return isinstance(value, np.ndarray) and value.dtype == np.uint8 and value.ndim == dimensions


def kind(value):
    """Return type and shape of what should have been an array, for an error message."""
    if isinstance(value, np.ndarray):
        return f"{value.dtype} of shape {value.shape}"
    return f"a {type(value).__name__}"


def reason(error):
    """Return what an exception says, in one line."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__


def root_reason(error):
    """Return what the first exception behind this one says: those of requests wrap it in jargon."""
    while error.__context__ is not None:
        error = error.__context__
    return reason(error)


@contextmanager
def naming(place):
    """Put the name of a place before the message of an InputError raised within."""
    try:
        yield
    except InputError as error:
        raise InputError(f"{place}: {error}") from error
