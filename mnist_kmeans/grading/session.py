"""A learner's cells in a process of their own, seen from the grader: run them, call their functions.

The process may end, hang, or answer nonsense at any moment. Then it is ended, and a fresh one runs the
cells again, without the one that was to blame.
"""

import contextlib
import inspect
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import matplotlib

from mnist_kmeans.basics.errors import InputError
from mnist_kmeans.basics.interrupts import descendants
from mnist_kmeans.basics.processes import APART
from mnist_kmeans.data import editions
from mnist_kmeans.exercises.checking import Attempt, NotYet
from mnist_kmeans.grading import wire

START = 120  # seconds until a process is ready, on a machine that is busy
WIRE = 24  # MB that a process may take to receive what a function is called with
ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


@dataclass(frozen=True)
class Limits:
    """How many seconds a learner's code may take: in a cell, in a check, in all."""

    cell: float = 60
    check: float = 60
    whole: float = 600


class OutOfTime(Exception):  # noqa: N818 - the learner's code is at fault, not the program
    """A learner's code has taken longer than it may."""


class Broken(Exception):  # noqa: N818
    """A learner's code has stopped with an exception, or has ended its process; `cell` is its number."""

    def __init__(self, what, cell=None):
        super().__init__(what)
        self.cell = cell


class Session:
    """Runs the code cells of a notebook, a list of texts, and calls what they define.

    `compiled` is a folder with the loops of the package, compiled; processes get their folders
    beside it. `faults` are {the number of a cell: Broken or OutOfTime}.
    """

    def __init__(self, cells, edition, compiled, limits=None):
        self.limits = limits or Limits()
        self.cells, self.edition, self.compiled = cells, edition, compiled
        self.process, self.faults, self.fatal, self.kept = None, {}, {}, []
        self.ends = time.monotonic() + self.limits.whole
        self.until = self.ends

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.stop()

    def start(self):
        """Have a process that has run the cells, all but those that have ended or halted one before."""
        while self.process is None:
            if time.monotonic() > self.ends:
                raise OutOfTime
            self.faults = dict(self.fatal)
            self.launch()
            for number, source in enumerate(self.cells):
                if number in self.fatal:
                    continue
                try:
                    with self.patience(self.limits.cell):
                        answer = self.ask({"do": "run", "cell": number, "source": source})
                    if "error" in answer:
                        self.faults[number] = Broken(str(answer["error"]), number)
                except (OutOfTime, Broken) as error:
                    error.cell = number
                    self.fatal[number] = error
                    break

    def launch(self):
        """Start a fresh process; raises InputError when it does not come up."""
        self.kept, self.before = [], set(descendants())
        self.folder = tempfile.mkdtemp(dir=self.compiled.parent)
        shutil.copytree(self.compiled, Path(self.folder, "numba"))
        with tempfile.TemporaryFile() as told:
            process = self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", "mnist_kmeans.grading.learner", self.folder],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=told,
                cwd=self.folder,
                env=environment(self.folder, self.edition),
                **APART,
            )
            before, self.until = self.until, time.monotonic() + START
            try:
                self.exchange(lambda: wire.receive(process.stdout))
            except (OutOfTime, Broken) as error:
                self.stop()
                told.seek(0)
                words = told.read().decode(errors="replace").strip().rpartition("\n")[2]
                raise InputError(f"no process for learners' cells starts: {words}") from error
            finally:
                self.until = before

    def stop(self):
        """End the process and all that it has started, and remove its folder."""
        if self.process is None:
            return
        process, self.process = self.process, None
        for _ in range(100):  # while they are ended, they may start others
            with contextlib.suppress(OSError, AttributeError):  # Windows has no groups
                os.killpg(process.pid, signal.SIGKILL)
            process.kill()
            process.wait()
            if not (others := set(descendants()) - self.before):
                break
            for each in others:
                with contextlib.suppress(Exception):  # it has ended by itself
                    each.kill()
                    each.wait(1)
        for stream in (process.stdin, process.stdout):
            with contextlib.suppress(OSError):
                stream.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    @contextlib.contextmanager
    def patience(self, seconds):
        """Within it, answers come in so many seconds, and before the end of the whole."""
        before, self.until = self.until, min(self.until, time.monotonic() + seconds)
        try:
            yield
        finally:
            self.until = before

    def ask(self, message):
        """Return what the process answers; raises OutOfTime, or Broken if it has ended or talks nonsense."""
        answer = self.tell(message)
        while isinstance(answer, dict) and "call" in answer:
            answer = self.called_back(answer)
        if not isinstance(answer, (dict, bool)):
            self.stop()
            raise Broken("what comes back cannot be read")
        return answer

    def called_back(self, request):
        """Call what the learner's code calls, one of the functions that it was given; return what follows."""
        try:
            function = self.find("kept", request["call"])
            arguments = [wire.unpack(each, self.find) for each in request["arguments"]]
            value = wire.pack(function(*arguments), self.keep)
        except NotYet:
            self.stop()  # it waits for an answer
            raise
        except Exception as error:
            self.stop()
            what = "".join(str(error).splitlines()) or type(error).__name__
            raise Broken(
                f"a function that your code was given cannot be called so: {what}"
            ) from error
        return self.tell(value)

    def tell(self, message):
        """Send a message to the process, and return the next one that comes."""
        process = self.process

        def both():
            wire.send(process.stdin, message)
            return wire.receive(process.stdout)

        return self.exchange(both)

    def exchange(self, talk):
        """Return what `talk` returns, which writes and reads; if it takes too long, the process is ended."""
        results = queue.SimpleQueue()

        def run():
            try:
                results.put((talk(), None))
            except Exception as error:
                results.put((None, error))

        threading.Thread(target=run, daemon=True).start()
        try:
            answer, error = results.get(timeout=max(self.until - time.monotonic(), 0))
        except queue.Empty:
            self.stop()
            raise OutOfTime from None
        if error is not None:
            self.stop()
            what = str(error) if isinstance(error, wire.Garbled) else "its process has ended"
            raise Broken(what) from error
        return answer

    def keep(self, value):
        """Keep a function or an object here, and return its number."""
        for number, each in enumerate(self.kept):
            if each is value:
                return number
        self.kept.append(value)
        return len(self.kept) - 1

    def find(self, kind, number):
        """Return what is kept here under a number; of functions, only the learner's code makes use."""
        return None if kind == "function" else self.kept[number]

    def peak(self):
        """Forget the most memory that the process ever had; return a function that tells it anew, in MB."""
        folder = Path("/proc", str(self.process.pid))

        def most():
            with contextlib.suppress(OSError, IndexError):
                return int((folder / "status").read_text().split("VmHWM:")[1].split()[0]) / 1e3
            return 0

        with contextlib.suppress(OSError):  # only Linux knows this
            (folder / "clear_refs").write_text("5")
        before = most()
        return lambda: most() - before


class Remote(Attempt):
    """A learner's function that runs in the process of a Session."""

    def __init__(self, name, session):
        super().__init__(name, None)
        self.session = session

    def call(self, arguments):
        """Return what the function gives, and the arguments as they are after the call."""
        answer = self.answer(arguments, watched=False)
        try:
            value = wire.unpack(answer["value"], self.session.find)
            given = [wire.unpack(each, self.session.find) for each in answer["given"]]
            if len(given) != len(arguments):
                raise wire.Garbled("what comes back cannot be read")
        except (wire.Garbled, KeyError, TypeError) as error:
            self.session.stop()
            raise Broken("what comes back cannot be read") from error
        return value, tuple(given)

    def watched(self, *arguments):
        """Return what the function gives and the memory that it takes, measured from outside as well."""
        most = self.session.peak()
        answer = self.answer(arguments, watched=True)
        outside = most() - WIRE
        try:
            value, largest, megabytes = answer["value"]
            return wire.unpack(value), int(largest), max(float(megabytes), outside)
        except (wire.Garbled, KeyError, TypeError, ValueError) as error:
            self.session.stop()
            raise Broken("what comes back cannot be read") from error

    def answer(self, arguments, watched):
        """Return the answer of the process, or raise what it reports."""
        answer = self.session.ask(
            {
                "do": "call",
                "name": self.name,
                "forbidden": full_name(self.forbidden),
                "arguments": [wire.pack(each, self.session.keep) for each in arguments],
                "watched": watched,
            }
        )
        if "not yet" in answer:
            what, look_at = (str(each or "") for each in [*answer["not yet"], "", ""][:2])
            raise NotYet(what, look_at)
        if "error" in answer:
            raise Broken(str(answer["error"]), answer.get("cell"))
        return answer


def full_name(function):
    """Return module:function, or None for None."""
    if function is None:
        return None
    function = inspect.unwrap(function)
    return f"{function.__module__}:{function.__name__}"


def environment(folder, edition):
    """Return the environment variables of a learner's process: its own folder is all that it knows."""
    temporary = Path(folder, "tmp")
    temporary.mkdir(exist_ok=True)
    fonts = Path(folder, "matplotlib")
    fonts.mkdir(exist_ok=True)
    for known in Path(matplotlib.get_cachedir()).glob("fontlist-*.json"):
        shutil.copy(known, fonts)  # to look for fonts takes long
    names = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "LD_LIBRARY_PATH")
    return {
        **{name: os.environ[name] for name in names if name in os.environ},
        **dict.fromkeys(ONE_THREAD, "1"),
        **dict.fromkeys(("TMPDIR", "TMP", "TEMP"), str(temporary)),
        **dict.fromkeys(("HOME", "USERPROFILE"), folder),
        "IPYTHONDIR": str(Path(folder, "ipython")),
        "MPLBACKEND": "agg",
        "MPLCONFIGDIR": str(fonts),
        "MNIST_KMEANS_DATA": str(editions.folder("full")),
        "MNIST_KMEANS_EDITION": edition,
        "NUMBA_CACHE_DIR": str(Path(folder, "numba")),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUTF8": "1",
    }
