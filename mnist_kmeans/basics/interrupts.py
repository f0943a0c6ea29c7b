"""Ctrl-C ends a command at any moment: with one line, in less than a second, and nothing goes on running.

Python alone turns Ctrl-C into an exception in the main thread. It is raised only when that thread comes
back from compiled code; whoever catches it may go on, or print a page; threads and other programs know
nothing of it. So here a thread of its own waits for the signal. It says the line, gives the main thread a
moment to tidy up after the exception, and then ends this process and all that it has started.
"""

import os
import signal
import threading
from contextlib import contextmanager, suppress

# Only what loads in a moment: a Ctrl-C before this is loaded is Python's own.

GRACE = 0.5  # seconds to tidy up: temporary folders, half-written files, kernels
SIGNALS = {"SIGINT": "interrupted", "SIGTERM": "terminated", "SIGHUP": "the terminal is closed"}


@contextmanager
def one_line(program):
    """Within it, Ctrl-C and the signals to end finish this process, with a line that begins with `program`.

    The exit status is 128 and the number of the signal, as shells have it: 130 after Ctrl-C. Signals that
    are ignored, as after nohup, stay so. It is entered once, by the main thread, for a whole command: in
    the moment that Python takes to end after it, the work is done, and the signals change nothing.
    """
    words = {getattr(signal, name): SIGNALS[name] for name in SIGNALS if hasattr(signal, name)}
    numbers = [number for number in words if signal.getsignal(number) != signal.SIG_IGN]
    tidied, lock, told = threading.Event(), threading.Lock(), []
    reading, writing = os.pipe()
    if os.name != "nt":
        os.set_blocking(writing, False)  # as set_wakeup_fd wants it

    def tell(number):
        if lock.acquire(blocking=False):  # the first one only
            told.append(number)
            start = "\n" if os.isatty(2) else ""  # there ^C, and perhaps a bar, stand in the line
            with suppress(OSError):
                os.write(2, f"{start}{program}: {words[number]}\n".encode())
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # whatever falls over now, falls quietly

    def handle(number, _frame):
        ignore(numbers)
        tell(number)
        raise KeyboardInterrupt

    def wait_and_end():
        [number] = os.read(reading, 1)
        tell(number)
        started = descendants()  # now: a child's children are nobody's once it is gone
        tidied.wait(GRACE)
        for process in started:
            with suppress(Exception):  # it has ended by itself
                process.kill()
        os._exit(128 + told[0])

    threading.Thread(target=wait_and_end, daemon=True).start()
    try:
        signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        for number in numbers:
            signal.signal(number, handle)
        yield
    finally:
        ignore(numbers)
        if told:
            tidied.set()
            threading.Event().wait()  # for the end


def ignore(numbers):
    """Ignore these signals from now on."""
    for number in numbers:
        signal.signal(number, signal.SIG_IGN)


def descendants():
    """Return the processes that this one has started, and those that these have."""
    import psutil

    return psutil.Process().children(recursive=True)
