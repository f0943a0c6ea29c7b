"""Run a notebook in a fresh kernel that knows nothing of the user's own settings."""

import asyncio
import os
from pathlib import Path

import matplotlib.font_manager  # looks for fonts now; in a cell it might say on stderr that this takes long
from jupyter_client.kernelspec import NoSuchKernel
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from mnist_kmeans.basics.errors import InputError
from mnist_kmeans.course.kernels import OwnKernel
from mnist_kmeans.course.store import code_cells

CELL_TIMEOUT = 600  # seconds


def execute(checkout, notebook, name, edition, tick=lambda: None):
    """Run all cells of a notebook in a fresh kernel, on one edition of the data, and keep the outputs.

    `tick` is called after each cell. Raises InputError for a cell that fails; `name` is for its message.
    """
    begun = []  # the cells
    client = NotebookClient(
        notebook,
        timeout=CELL_TIMEOUT,
        shutdown_kernel="immediate",  # Ctrl-C does not wait for it
        record_timing=False,
        resources={"metadata": {"path": str(checkout.chapters)}},
        on_cell_execute=lambda cell, **_: begun.append(cell),
        on_cell_executed=lambda **_: tick(),
        extra_arguments=["--log-level=CRITICAL"],  # nothing about its sockets
    )
    client.create_kernel_manager().kernel_spec_manager = OwnKernel()
    try:
        with asyncio.Runner(loop_factory=EventLoop) as runner:
            runner.run(run_cells(client, kernel_environment(checkout, edition)))
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


def kernel_environment(checkout, edition):
    """Return the environment variables of a kernel: none of the user's own settings reach it."""
    personal = {"PYTHONSTARTUP", "JPY_SESSION_NAME"}
    ipython = checkout.build / "ipython"
    ipython.mkdir(parents=True, exist_ok=True)
    return {
        **{name: value for name, value in os.environ.items() if name not in personal},
        "MNIST_KMEANS_EDITION": edition,
        "IPYTHONDIR": str(ipython),
        "MATPLOTLIBRC": str(Path(matplotlib.get_data_path()) / "matplotlibrc"),
    }
