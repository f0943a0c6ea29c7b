"""What each exercise of a handed-in notebook is worth: the course's own checks, called from outside.

A notebook's cells run in a process of their own (`session`), and the checks here. They call the learner's
functions, with the inputs that learners know and then with others.
"""

import inspect
import os
import shutil
import signal
import tempfile
import threading
import time
import warnings
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path

from mnist_kmeans.basics.errors import InputError
from mnist_kmeans.basics.parallel import cores
from mnist_kmeans.exercises import checking
from mnist_kmeans.exercises.checking import NotYet
from mnist_kmeans.grading import fences, handed_in
from mnist_kmeans.grading.session import Broken, Limits, OutOfTime, Remote, Session

GRACE = 120  # seconds, after which even the process that checks is taken for lost
DONE, NOT_YET, NOT_TRIED, ERROR, LATE = "done", "not yet", "not tried", "error", "out of time"
RESULTS = (DONE, NOT_YET, NOT_TRIED, ERROR, LATE)
LOST = "the process that checks it was ended from outside; was there enough memory?"
COMPILING = """\
import numpy as np
from mnist_kmeans import kmeans
for dtype in (np.uint8, np.float64):
    for init in ("random", "k-means++"):
        kmeans(np.arange(400, dtype=np.uint16).reshape(200, 2).astype(dtype), 3, init=init)
"""


@dataclass(frozen=True)
class Verdict:
    """The result of an exercise, one of RESULTS, and a message that says why; "" is the whole notebook."""

    exercise: str
    result: str
    message: str = ""
    seconds: float = 0.0


def grade_all(notebooks, seed, tick=lambda: None, limits=None):
    """Return the Verdicts of each notebook, several at a time, in the order of the HandedIn `notebooks`.

    `seed` draws the other inputs. `tick` is called after each notebook.
    """
    slots, pools, limits = threading.local(), [], limits or Limits()

    def grade_one(notebook, compiled):
        if getattr(slots, "pool", None) is None:
            slots.pool = ProcessPoolExecutor(1, get_context("spawn"), initializer=settle)
            pools.append(slots.pool)
        try:
            found = slots.pool.submit(grade, notebook, seed, compiled, limits)
            return found.result(limits.whole + GRACE)
        except (BrokenExecutor, TimeoutError) as error:
            late = isinstance(error, TimeoutError)
            kill(slots.pool)
            slots.pool = None
            what = "the process that checks it was halted" if late else LOST
            return [Verdict("", LATE if late else ERROR, what)]
        except InputError:
            raise
        except Exception as error:  # whatever it is, the others go on
            return [Verdict("", ERROR, f"what checks it stops with {type(error).__name__}")]
        finally:
            tick()

    with compiled_loops() as compiled, ThreadPoolExecutor(cores()) as threads:
        try:
            return list(threads.map(lambda each: grade_one(each, compiled), notebooks))
        except BaseException:  # Ctrl-C: nothing of a learner's is left lying about
            threads.shutdown(wait=False, cancel_futures=True)
            for pool in pools:
                kill(pool)
            raise
        finally:
            for pool in pools:
                pool.shutdown()


def settle():
    """Prepare a process that checks: Ctrl-C is for the command, and no process below gets away."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    fences.adopt_orphans()


def kill(pool):
    """End the process of a pool, whatever it does."""
    for process in list((pool._processes or {}).values()):
        process.kill()


@contextmanager
def compiled_loops():
    """Give a folder with the package's loops, compiled once: learners cannot write into the course's."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        empty, compiled = Path(folder, "empty"), Path(folder, "compiled")
        empty.mkdir()
        with Session([COMPILING], "sample", empty) as session:
            session.start()
            shutil.copytree(Path(session.folder, "numba"), compiled)
        yield compiled


def grade(notebook, seed, compiled, limits):
    """Return the Verdicts of a HandedIn notebook, one for each exercise of its chapter."""
    if notebook.fault:
        return [Verdict("", ERROR, notebook.fault)]
    os.environ["MNIST_KMEANS_EDITION"] = notebook.edition
    module = import_module(f"mnist_kmeans.exercises.chapter_{notebook.chapter[:2]}")
    checks = handed_in.checks_of(module)
    with Session(notebook.cells, notebook.edition, compiled, limits) as session:
        return [timed(name, check, notebook, session, seed) for name, check in checks.items()]


def timed(name, check, notebook, session, seed):
    """Return the Verdict of an exercise, with its seconds."""
    if name in notebook.untouched:
        return Verdict(name, NOT_TRIED)
    started = time.monotonic()
    result, message = verdict(name, check, notebook, session, seed)
    return Verdict(name, result, " ".join(message.split()), round(time.monotonic() - started, 1))


def verdict(name, check, notebook, session, seed):
    """Return the result of an exercise, and a message."""
    try:
        for number in (0, seed):
            session.start()
            with session.patience(session.limits.check):
                if (fault := fault_of(name, notebook.cells, session)) is not None:
                    raise fault
                findings(check, name, session, number)
    except NotYet as error:
        told = f"{error} {error.look_at or ''}"
        return NOT_YET, told if number == 0 else f"With other inputs: {told}"
    except OutOfTime as error:
        return LATE, str(error) or "Does its loop ever come to an end?"
    except Broken as error:
        return ERROR, told_with_cells(error, notebook.cells, session)
    return DONE, ""


def findings(check, name, session, number):
    """Go through a check with a function of a Session; raises NotYet, OutOfTime, or Broken."""
    with warnings.catch_warnings(), checking.other_inputs(number):
        warnings.simplefilter("ignore")
        try:
            for _ in inspect.unwrap(check)(Remote(name, session)):
                pass
        except (NotYet, OutOfTime, Broken):
            raise
        except Exception as error:
            what = f"the check stops with {type(error).__name__} at what your code gives back."
            raise NotYet(what) from error


def fault_of(name, cells, session):
    """Return why a function is not there, Broken or OutOfTime, or None if it is."""
    if session.ask({"do": "has", "name": name}):
        return None
    for number, fault in session.faults.items():
        if name in cells[number]:
            late = isinstance(fault, OutOfTime)
            return OutOfTime(f"{cell_name(number, cells)} does not end.") if late else fault
    return Broken(f"there is no `{name}`.")


def told_with_cells(error, cells, session):
    """Return what went wrong and in which cell, and which cells had failed before."""
    told = str(error)
    if isinstance(error.cell, int) and 0 <= error.cell < len(cells):
        told = f"{cell_name(error.cell, cells)}: {told}"
    before = [number for number in session.faults if number != error.cell]
    if before:
        fault = session.faults[before[0]]
        told += f" (Before, {cell_name(before[0], cells)}: {fault or 'did not end'})"
    return told


def cell_name(number, cells):
    """Return the number of a code cell, counted from 0, and its first line."""
    return f"cell {number}, `{cells[number].strip().partition(chr(10))[0]}`"
