"""Work on several threads at once, each with BLAS to itself. No result depends on how many."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial

try:
    from threadpoolctl import ThreadpoolController
except ModuleNotFoundError:  # with numpy alone BLAS keeps its threads, which changes no result
    ThreadpoolController = None


@contextmanager
def parallel_map(threads=None):
    """Give a `map` that runs on this many threads, None for one on each core, each with its BLAS.

    One of them is the thread that calls it. When a part fails, no other one is begun.
    """
    threads = threads or cores()
    with one_blas_thread:
        if threads == 1:
            yield map
        else:
            with ThreadPoolExecutor(threads - 1) as pool:
                yield partial(share, pool, threads)


def share(pool, threads, work, parts):
    """Return [work(part) for part in parts], done by this thread and by others of the pool.

    Each takes the next part as soon as it has done one. To hand every part to a thread of the pool, and
    to wait for it, would take longer than many of the parts do.
    """
    results, left = [None] * len(parts), enumerate(parts)

    def take():
        try:
            for place, part in left:  # all threads go through the same ones
                results[place] = work(part)
        except BaseException:
            list(left)  # what is left is not begun
            raise

    others = [pool.submit(take) for _ in range(min(threads, len(parts)) - 1)]
    take()
    for other in others:
        other.result()
    return results


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
