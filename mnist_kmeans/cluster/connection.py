"""A Dask cluster, here or elsewhere: reach it, and tell what is lost with it."""

import gc
import logging
import subprocess
import sys
from concurrent.futures import CancelledError
from contextlib import contextmanager, nullcontext
from pathlib import Path

from distributed import Client
from distributed.client import ClosedClientError
from distributed.comm import CommClosedError
from distributed.scheduler import KilledWorker, NoValidWorkerError, NoWorkerError

from mnist_kmeans.basics.errors import InputError, check_whole
from mnist_kmeans.basics.files import reason
from mnist_kmeans.basics.processes import APART

WAIT = 30  # seconds for a scheduler to answer, and for a first worker
LOCAL_CLUSTER = """
import logging, sys
import dask
from distributed import LocalCluster
workers = int(sys.argv[1]) if len(sys.argv) > 1 else None
options = {"dashboard_address": "127.0.0.1:0", "silence_logs": logging.CRITICAL}
dask.config.set({
    # The default gives the memory of every array back to the system, only to ask for it again.
    "distributed.nanny.pre-spawn-environ": {},
    # The default waits for ever once all workers are gone.
    "distributed.scheduler.no-workers-timeout": "60s",
})
with LocalCluster(n_workers=workers, threads_per_worker=1, **options) as cluster:
    print(cluster.scheduler_address, flush=True)
    sys.stdin.read()  # until the client closes it, or is gone
"""


@contextmanager
def connect(scheduler=None, workers=None):
    """Give a Client of the scheduler at an address like tcp://host:8786, or of a new one, here.

    A new one has this many workers, processes with one thread each; None means one for each core. It
    ends when the `with` block does. Raises InputError when nothing answers.
    """
    logging.getLogger("distributed.client").setLevel(logging.CRITICAL)  # its errors are raised, too
    with (
        nullcontext(scheduler) if scheduler is not None else local_scheduler(workers) as address,
        open_client(address) as client,
    ):
        yield client


@contextmanager
def local_scheduler(workers):
    """Give the address of a new scheduler on this machine; None stands for one worker per core."""
    if workers is not None:
        check_whole(workers, 1, "workers")
    # A process of its own: workers import the script that starts them, and would run it again.
    command = [sys.executable, "-c", LOCAL_CLUSTER, *([] if workers is None else [str(workers)])]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, **pipes, **APART, text=True) as process:
        address = process.stdout.readline().strip()
        if not address:
            raise InputError("no cluster starts on this machine; its own message is above")
        yield address


def open_client(address):
    """Return a Client of the scheduler at this address, once it has a worker."""
    failure = None
    try:
        client = Client(address, timeout=WAIT)
    except (OSError, ValueError) as error:
        failure = reason(error)
    if failure:
        gc.collect()  # ends the half-made client now; later, it could wait for a lock that the next one holds
        raise InputError(f"no Dask scheduler answers at {address!r}: {failure}")
    try:
        client.wait_for_workers(1, timeout=WAIT)
    except TimeoutError as error:
        client.close()
        raise InputError(
            f"the scheduler at {address} has no workers; start one with: dask worker {address}"
        ) from error
    return client


def current_client():
    """Return the Client opened last, or raise InputError if there is none."""
    try:
        client = Client.current()
    except ValueError as error:
        raise InputError(
            "no cluster yet; open one: with mnist_kmeans.cluster.connect():"
        ) from error
    if client.asynchronous:
        raise InputError(
            "the current Client is asynchronous, and k-means waits for each iteration; "
            "open one without asynchronous=True"
        )
    return client


@contextmanager
def losses_told(client, checkpoint):
    """Raise InputError when Dask has lost what it cannot have computed again."""
    address = client.scheduler.address
    try:
        yield
        return
    except (CancelledError, CommClosedError, ClosedClientError) as error:
        loss, cause = f"the scheduler at {address} is lost: {reason(error)}", error
    except (NoWorkerError, NoValidWorkerError) as error:
        loss, cause = f"all workers of {address} are gone", error
    except KilledWorker as error:
        times = error.allowed_failures + 1
        loss = (
            f"a task has killed its worker, {times} times; if memory runs out, try smaller blocks"
        )
        cause = error
    if checkpoint is not None and Path(checkpoint).exists():
        loss += f"; to go on, resume from {checkpoint}"
    raise InputError(loss) from cause
