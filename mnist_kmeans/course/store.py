"""Chapters as notebooks: read from their .py files, stored with their outputs."""

import hashlib
import json

import jupytext
import nbformat

from mnist_kmeans.basics.errors import InputError
from mnist_kmeans.basics.files import write_whole

KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
# The .py files are plain scripts: no header, and of what a cell carries only its tags.
PLAIN = {"notebook_metadata_filter": "-all", "cell_metadata_filter": "tags,-all"}
FINGERPRINT = "text_sha256"  # in the metadata: of the text that a command has stored


def read_source(path):
    """Return a chapter's .py file as a notebook without outputs.

    Raises InputError when it cannot be read.
    """
    try:
        notebook = jupytext.reads(path.read_text("utf-8-sig"), "py")
    except (ValueError, OSError) as error:
        raise InputError(f"cannot read {path}: {error}") from error
    notebook.metadata = nbformat.from_dict({"kernelspec": KERNEL, "jupytext": PLAIN})
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"  # a random one would change the file at every run
    return notebook


def read_stored(path):
    """Return a stored notebook, or raise InputError if it is missing or damaged."""
    if not path.exists():
        raise InputError(f"{path} is not stored yet; run: mnist-kmeans refresh")
    try:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
    except Exception as error:  # what nbformat raises depends on where the damage is
        raise InputError(f"{path} is damaged; delete it and run: mnist-kmeans refresh") from error
    return notebook


def read_chapters(checkout):
    """Return {name: notebook} of the stored chapters of the full edition, in order."""
    sources = checkout.sources()
    return {path.stem: read_stored(checkout.stored_path(path, "full")) for path in sources}


def read_if_stored(path):
    """Return a stored notebook, or None if there is none; raises InputError if it is damaged."""
    return read_stored(path) if path.exists() else None


def write(notebook, target):
    """Store a notebook; a file that is there is replaced as a whole or not at all."""
    write_whole(target, packed(notebook))


def packed(notebook):
    """Return a notebook as the bytes of a file."""
    return (nbformat.writes(notebook) + "\n").encode()


def sign(notebook):
    """Put the fingerprint of its text into a notebook: it tells later whether somebody has written in it."""
    notebook.metadata[FINGERPRINT] = fingerprint(notebook)


def text_of(notebook):
    """Return what people write in a notebook: kind, source and tags of each cell."""
    return [(cell.cell_type, cell.source, cell.metadata.get("tags")) for cell in notebook.cells]


def fingerprint(notebook):
    """Return the SHA-256 of the text of a notebook, as hex."""
    return hashlib.sha256(json.dumps(text_of(notebook)).encode()).hexdigest()


def would_lose_work(fresh, stored):
    """Tell whether somebody has written into a stored notebook what the fresh one does not say.

    What was stored by a command bears the fingerprint of its text, and can be made again.
    """
    as_stored = stored.metadata.get(FINGERPRINT) == fingerprint(stored)
    return not as_stored and text_of(stored) != text_of(fresh)


def in_sync(source, stored):
    """Tell whether a chapter's .py file has the same cells as a stored notebook of it, a file."""
    return text_of(read_source(source)) == text_of(read_stored(stored))


def code_cells(notebook):
    """Return the code cells of a notebook; everywhere in the project they are counted from 0."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def pictures(notebook):
    """Return the pictures of an executed notebook, in order: each its PNG as base64 and its alt text."""
    return [
        (output.data["image/png"], output.metadata.get("image/png", {}).get("alt", ""))
        for cell in code_cells(notebook)
        for output in cell.outputs
        if "image/png" in output.get("data", {})
    ]
