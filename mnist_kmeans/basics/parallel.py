"""Work on several threads at once, each with BLAS to itself. No result depends on how many."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

try:
    from threadpoolctl import ThreadpoolController
except ModuleNotFoundError:  # with numpy alone BLAS keeps its threads, which changes no result
    ThreadpoolController = None


@contextmanager
def parallel_map(threads=None):
    """Give a `map` that runs on this many threads, None for one on each core, each with its BLAS."""
    threads = threads or cores()
    with one_blas_thread:
        if threads == 1:
            yield map
        else:
            with ThreadPoolExecutor(threads) as pool:
                # One part alone need not wait for a thread.
                yield lambda work, parts: (pool.map if len(parts) > 1 else map)(work, parts)


def cores():
    """Return on how many cores this process may run."""
    if hasattr(os, "sched_getaffinity"):  # fewer than the machine has, on many a shared one
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class OneBlasThread:
    """While anyone is inside, BLAS keeps to one thread: the engine brings its own.

    The limit holds for the whole process. So the first to enter sets it, and the last to leave
    restores what was before.
    """

    def __init__(self):
        self.lock, self.inside = threading.Lock(), 0
        self.controller = ThreadpoolController and ThreadpoolController()

    def __enter__(self):
        with self.lock:
            if self.inside == 0 and self.controller:
                self.limit = self.controller.limit(limits=1, user_api="blas")
            self.inside += 1

    def __exit__(self, *error):
        with self.lock:
            self.inside -= 1
            if self.inside == 0 and self.controller:
                self.limit.restore_original_limits()


one_blas_thread = OneBlasThread()
