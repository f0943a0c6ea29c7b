"""Blank exercises for a class, with the edition of the data set in them: all run on the same digits."""

from nbformat.v4 import new_code_cell

from mnist_kmeans.basics.errors import InputError
from mnist_kmeans.basics.files import write_whole
from mnist_kmeans.course import blanks, store

SETTING = """\
import os

os.environ["MNIST_KMEANS_EDITION"] = "{edition}"  # the digits of your class: leave this cell as it is"""


def hand_out(sources, edition, folder):
    """Write the blank exercises of solutions, .py files, into a folder; return the paths.

    Raises InputError, before anything is written, where a file is there already that says something else.
    """
    files = {folder / f"{source.stem}.ipynb": blank_for(source, edition) for source in sources}
    for path, content in files.items():
        if path.exists() and path.read_bytes() != content:
            raise InputError(f"{path} is there already; name a folder without handed-out exercises")
    for path, content in files.items():
        write_whole(path, content)
    return list(files)


def blank_for(source, edition):
    """Return the blank exercises of a chapter as the bytes of a notebook that sets the edition."""
    exercises = blanks.blank(source)
    setting = new_code_cell(SETTING.format(edition=edition), id="edition")
    exercises.cells.insert(1, setting)
    return store.packed(exercises)
