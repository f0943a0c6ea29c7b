"""Small steps with files and their errors that the formats and the download share."""

import gzip
import os
import zlib
from contextlib import contextmanager, suppress
from pathlib import Path

from mnist_kmeans.basics.errors import InputError


def as_path(path):
    """Return the Path of a file name, or raise InputError if it cannot be one."""
    try:
        path = Path(path)
    except TypeError as error:
        raise InputError(f"a file is named by a text or a Path; got {path!r}") from error
    if "\0" in str(path):
        raise InputError(f"no file can be named {str(path)!r}: there is a NUL in it")
    return path


def read_bytes(path):
    """Return the bytes of a file, or raise InputError if it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read {path}: {reason(error)}") from error


@contextmanager
def open_unpacked(path):
    """Give a file to read its bytes from, unpacked if it is packed with gzip.

    Raises InputError if it is missing or damaged.
    """
    try:
        with path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
            file.seek(0)
            yield gzip.GzipFile(fileobj=file) if packed else file
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(f"{path} is a truncated or damaged gzip file: {reason(error)}") from error
    except OSError as error:
        raise InputError(f"cannot read {path}: {reason(error)}") from error


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


@contextmanager
def naming(place):
    """Put the name of a place before the message of an InputError raised within."""
    try:
        yield
    except InputError as error:
        raise InputError(f"{place}: {error}") from error


def reason(error):
    """Return what an exception says, in one line."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
