"""Small steps with files and their errors that the formats and the download share."""

import gzip
import os
import re
import shutil
import time
import zlib
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

from mnist_kmeans.basics.errors import InputError, shown

UNFINISHED = re.compile(r".+\.[0-9a-f]{8}\.part")  # names that write_whole gives
LEFT_BEHIND = 3600  # seconds since the last byte was written


def as_path(path):
    """Return the Path of a file name, or raise InputError if it cannot be one."""
    try:
        path = Path(path)
    except TypeError as error:
        raise InputError(f"a file is named by a text or a Path; got {shown(path)}") from error
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


def write_whole(path, content, durable=True):
    """Write bytes to `path` so that it holds all of them, or else what it held before.

    That is so after a power cut, too, where it is `durable`; this takes as long as a disk takes. A link
    stays a link: the file that it leads to is written. A file that is there keeps its permissions.
    """
    target = Path(os.path.realpath(path))
    unfinished = Path(f"{target}.{os.urandom(4).hex()}.part")  # no two processes share this name
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        sweep(target.parent)
        unfinished.write_bytes(content)
        if target.exists():
            shutil.copymode(target, unfinished)
        if durable:
            with unfinished.open("rb+") as file:
                os.fsync(file.fileno())
        unfinished.replace(target)
        if durable:
            sync_folder(target.parent)
    except OSError as error:
        raise InputError(f"cannot write {path}: {reason(error)}") from error
    finally:
        with suppress(OSError):
            unfinished.unlink()


@cache  # once for each folder: an enlarged MNIST has many thousand files
def sweep(folder):
    """Remove what killed processes have left unfinished in a folder.

    Whether another process lives cannot be told in a folder that several machines share. But it writes
    all its bytes at once, so whatever has not grown for an hour is nobody's.
    """
    for path in folder.glob("*.part"):
        with suppress(OSError):  # another process sweeps, too
            if UNFINISHED.fullmatch(path.name) and time.time() - path.stat().st_mtime > LEFT_BEHIND:
                path.unlink()


def sync_folder(folder):
    """Make the names in a folder durable, where the system can open one."""
    with suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


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
