"""What commands write again and again, and print; what somebody has changed in a file is kept."""

import hashlib
import io
import sys
from contextlib import suppress

from mnist_kmeans.basics.files import read_bytes, write_whole


class Outputs:
    """A folder that a program fills. Beside it, a hidden folder holds the SHA-256 of each file written.

    So a file that is not as it was written is somebody's work.
    """

    def __init__(self, folder):
        self.folder = folder
        self.written = folder.parent / f".{folder.name}-written"

    def write(self, name, content):
        """Write bytes to a file, whole or not at all; return its path.

        What somebody has changed there gets another name first, and a line says which.
        Raises InputError when the file cannot be written.
        """
        path = self.folder / name
        if path.exists() and not self.is_as_written(name) and read_bytes(path) != content:
            kept = next_free(path)
            path.rename(kept)
            print(f"{path} was changed by somebody; that is kept as {kept.name}", file=sys.stderr)
        write_whole(path, content, durable=False)  # it can be made again
        write_whole(self.written / name, sha256(content), durable=False)
        return path

    def write_all(self, files):
        """Write {name: bytes}, and remove what was written before under other names, unless changed."""
        for name, content in files.items():
            self.write(name, content)
        records = [path for path in self.written.rglob("*") if path.is_file()]
        for name in {path.relative_to(self.written).as_posix() for path in records} - set(files):
            if self.is_as_written(name):
                (self.folder / name).unlink()
            with suppress(OSError):
                (self.written / name).unlink()

    def is_as_written(self, name):
        """Tell whether a file is there, just as it was written."""
        path, record = self.folder / name, self.written / name
        return (
            path.is_file() and record.is_file() and record.read_bytes() == sha256(path.read_bytes())
        )


def replace_what_cannot_be_encoded():
    """From now on, print a question mark for each character that the terminal or the file does not know."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def sha256(content):
    """Return the SHA-256 of bytes, as the bytes of a hex text."""
    return hashlib.sha256(content).hexdigest().encode()


def next_free(path):
    """Return the first name like name.kept-1.txt that no file beside `path` has."""
    number = 1
    while (kept := path.with_name(f"{path.stem}.kept-{number}{path.suffix}")).exists():
        number += 1
    return kept
