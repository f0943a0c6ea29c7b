"""The chapters as notebooks: execute them, store their outputs, say what has changed.

The text people edit is notebooks/NN_topic.py. Beside it lies NN_topic.ipynb with the outputs of the
full edition; tests/sample_edition/NN_topic.ipynb holds those of the sample. The solutions of the
exercises, notebooks/solutions/NN_topic.py, are notebooks of the same kind.
"""

import asyncio
import base64
import io
import os
import platform
from pathlib import Path

import jupytext
import matplotlib.font_manager  # looks for fonts now; in a cell it might say on stderr that this takes long
import nbformat
import numpy as np
from jupyter_client.kernelspec import NoSuchKernel
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from mnist_kmeans import claims
from mnist_kmeans.basics.errors import InputError
from mnist_kmeans.basics.files import write_whole
from mnist_kmeans.data.editions import ROOT

CHAPTERS = ROOT / "notebooks"
NUMBERED = "[0-9][0-9]_*.py"
STORED = {"full": CHAPTERS, "sample": ROOT / "tests" / "sample_edition"}
EXECUTED = ROOT / "build" / "course"  # what `make course` makes of them
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
# The .py files are plain scripts: no header, and of what a cell carries only its tags.
PLAIN = {"notebook_metadata_filter": "-all", "cell_metadata_filter": "tags,-all"}
IGNORED = "nbval-ignore-output"  # the tag of cells that show timings
CELL_TIMEOUT = 600  # seconds

# Pictures drawn where the stored ones were must have equal pixels; other systems round a few of them
# differently, so there the root mean square difference (of 255) has a limit.
PICTURE_TOLERANCE = 0 if (platform.system(), platform.machine()) == ("Linux", "x86_64") else 3


def sources():
    """Return the .py files of the chapters, in order; raises InputError when there are none."""
    found = sorted(CHAPTERS.glob(NUMBERED))
    if not found:
        raise InputError(
            f"there are no chapters in {CHAPTERS}; install with: pip install --editable"
        )
    return found


def solutions():
    """Return the .py files of the solutions, in the order of their chapters."""
    return sorted((CHAPTERS / "solutions").glob(NUMBERED))


def chosen_sources(beginnings=()):
    """Return the .py files of chapters and solutions whose names begin as given, or all of them.

    "04" means a chapter and its solutions, "solutions/04" only these.
    Raises InputError for a beginning that fits none.
    """
    found = {path: (path.stem, name_of(path)) for path in sources() + solutions()}
    for beginning in beginnings:
        if not any(name.startswith(beginning) for names in found.values() for name in names):
            known = ", ".join(map(name_of, found))
            raise InputError(f"no chapter begins with {beginning!r}; there are {known}")
    wanted = tuple(beginnings) or ""
    return [path for path, names in found.items() if any(n.startswith(wanted) for n in names)]


def name_of(source):
    """Return what a chapter is called, as 04_labeling; its solutions are solutions/04_labeling."""
    return f"solutions/{source.stem}" if source.parent.name == "solutions" else source.stem


def stored_path(source, edition):
    """Return where the outputs of a chapter are stored; `source` is its .py file."""
    return STORED[edition] / f"{name_of(source)}.ipynb"


def read_source(path):
    """Return a chapter's .py file as a notebook without outputs.

    Raises InputError when the .ipynb beside it has other cells and is newer: somebody edited that one.
    """
    try:
        notebook = jupytext.read(path)
    except ValueError as error:
        raise InputError(f"cannot read {path}: {error}") from error
    notebook.metadata = nbformat.from_dict({"kernelspec": KERNEL, "jupytext": PLAIN})
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"  # a random one would change the file at every run
    pair = stored_path(path, "full")
    if pair.exists() and pair.stat().st_mtime > path.stat().st_mtime and not in_sync(path, "full"):
        raise InputError(
            f"{pair.name} is newer than {path.name} and says something else. "
            f"Run `jupytext --sync notebooks/{name_of(path)}.ipynb` to keep its text, or delete it"
        )
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


def in_sync(path, edition):
    """Tell whether a chapter's .py file has the same cells as the stored notebook of an edition."""
    text, stored = (
        [(cell.cell_type, cell.source, cell.metadata.get("tags")) for cell in notebook.cells]
        for notebook in (jupytext.read(path), read_stored(stored_path(path, edition)))
    )
    return text == stored


def kernel_environment(edition):
    """Return the environment variables of a kernel: none of the user's own settings reach it."""
    personal = {"PYTHONSTARTUP", "JPY_SESSION_NAME"}
    ipython = ROOT / "build" / "ipython"
    ipython.mkdir(parents=True, exist_ok=True)
    return {
        **{name: value for name, value in os.environ.items() if name not in personal},
        "MNIST_KMEANS_EDITION": edition,
        "IPYTHONDIR": str(ipython),
        "MATPLOTLIBRC": str(Path(matplotlib.get_data_path()) / "matplotlibrc"),
    }


def execute(notebook, name, edition, tick=lambda: None):
    """Run all cells of a notebook in a fresh kernel, on one edition of the data, and keep the outputs.

    `tick` is called after each cell. Raises InputError for a cell that fails; `name` is for its message.
    """
    begun = []  # the cells
    client = NotebookClient(
        notebook,
        timeout=CELL_TIMEOUT,
        record_timing=False,
        resources={"metadata": {"path": str(CHAPTERS)}},
        on_cell_execute=lambda cell, **_: begun.append(cell),
        on_cell_executed=lambda **_: tick(),
        extra_arguments=["--log-level=CRITICAL"],  # nothing about its sockets
    )
    try:
        with asyncio.Runner(loop_factory=EventLoop) as runner:
            runner.run(run_cells(client, kernel_environment(edition)))
    except (CellExecutionError, CellTimeoutError, NoSuchKernel, RuntimeError) as error:
        if not begun:
            raise InputError(f"no kernel starts: {error}") from error
        number, line = code_cells(notebook).index(begun[-1]), begun[-1].source.partition("\n")[0]
        raise InputError(f"{name}, cell {number}, `{line}`: {failure(error)}") from error
    del notebook.metadata["language_info"]["version"]
    for cell in code_cells(notebook):
        cell.outputs = joined(cell.outputs)


def joined(outputs):
    """Join printed text that came in several messages; how many they are depends on the moment."""
    found = []
    for output in outputs:
        if output.output_type == "stream" and found and found[-1].get("name") == output.name:
            found[-1].text += output.text
        else:
            found.append(output)
    return found


class EventLoop(asyncio.SelectorEventLoop):
    """An event loop that leaves Ctrl-C to asyncio: it cancels what runs, which stops the kernel."""

    def add_signal_handler(self, *args):
        """Refuse nbclient's own handler, which ends in a traceback; Windows does without it, too."""
        raise NotImplementedError


async def run_cells(client, environment):
    """Run all cells; when Ctrl-C ends that, say so, where nbclient would say that the kernel died."""
    try:
        await client.async_execute(env=environment)
    except DeadKernelError:
        if asyncio.current_task().cancelling():
            raise asyncio.CancelledError from None
        raise


def failure(error):
    """Return in one line why a cell failed."""
    if isinstance(error, CellExecutionError):
        return f"{error.ename}: {error.evalue}"
    if isinstance(error, CellTimeoutError):
        return f"it took longer than {CELL_TIMEOUT} s"
    return "the kernel died"


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


def refresh(path, edition, tick=lambda: None):
    """Execute a chapter; return the fresh notebook and the stored one (None if there is none)."""
    target = stored_path(path, edition)
    stored = read_stored(target) if target.exists() else None
    fresh = read_source(path)
    if edition == "full":
        claims.ask(fresh)
    execute(fresh, path.name, edition, tick)
    if edition == "full":
        claims.take_answers(fresh)
    if stored:
        keep_equal_outputs(fresh, stored)
    return fresh, stored


def keep_equal_outputs(fresh, stored):
    """Put stored outputs back into a fresh notebook where they say the same.

    That is: pictures with the same pixels, however they were compressed, and the whole output of
    cells that show timings, unless their text has changed.
    """
    for new, old in zip(code_cells(fresh), code_cells(stored), strict=False):
        if new.source != old.source:
            continue
        if IGNORED in new.metadata.get("tags", []):
            new.outputs = old.outputs
        for new_output, old_output in zip(new.outputs, old.outputs, strict=False):
            picture = old_output.get("data", {}).get("image/png")
            if same_picture(picture, new_output.get("data", {}).get("image/png")):
                new_output.data["image/png"] = picture


def same_picture(a, b):
    """Tell whether two PNG files, as base64 text, show the same."""
    if not a or not b:
        return False
    a, b = pixels(a), pixels(b)
    return a.shape == b.shape and np.sqrt(np.mean((a - b) ** 2)) <= PICTURE_TOLERANCE


def pixels(png):
    """Return the pixels of a PNG file, given as base64 text, as an array (height, width, 4)."""
    from PIL import Image

    image = Image.open(io.BytesIO(base64.b64decode(png))).convert("RGBA")
    return np.asarray(image, dtype=np.float64)


def differences(fresh, stored):
    """Return a list of short texts: which cells of the stored notebook differ from the fresh one."""
    if stored is None:
        return ["it is not stored yet"]
    found = []
    new_cells, old_cells = code_cells(fresh), code_cells(stored)
    if len(new_cells) != len(old_cells):
        found.append(f"{len(old_cells)} code cells are stored, there are {len(new_cells)} now")
    for number, (new, old) in enumerate(zip(new_cells, old_cells, strict=False)):
        parts = ("source", "outputs", "execution_count")
        changed = [part for part in parts if new[part] != old[part]]
        if changed:
            found.append(f"cell {number}: other {' and '.join(changed)}")
    if not found and fresh != stored:
        found.append("other text or metadata")
    return found


def write(notebook, target):
    """Store a notebook; a file that is there is replaced as a whole or not at all."""
    write_whole(target, (nbformat.writes(notebook) + "\n").encode())
