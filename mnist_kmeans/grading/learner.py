"""The process in which a learner's cells run: it runs cells and calls functions, as the grader asks.

Nothing that happens here decides a result. The grader asks for what functions give, and judges that in
a process of its own; so a learner's code that changes this program changes only its own answers.
"""

import linecache
import os
import sys

from mnist_kmeans.grading import fences


def main(folder):
    """Answer the grader on what were the standard streams, until it goes away."""
    reading, writing = (os.fdopen(os.dup(number), mode) for number, mode in [(0, "rb"), (1, "wb")])
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1):
        os.dup2(nowhere, number)
    fences.enter(folder)
    from mnist_kmeans.grading import wire

    learner = Learner(reading, writing)
    wire.send(writing, "ready")
    os.dup2(nowhere, 2)  # until now, a trouble of our own could be told there
    while True:
        learner.answer(wire.receive(reading))


class Learner:
    """A shell with all that a learner has defined."""

    def __init__(self, reading, writing):
        from mnist_kmeans.exercises import checking
        from mnist_kmeans.grading.shell import Shell

        # A check in a learner's cell does nothing, and the demo below it is left out.
        checking.self_check = lambda check: lambda learner: False
        self.reading, self.writing, self.shell = reading, writing, Shell.instance()
        self.cells = {}  # {name of its file: number}

    def answer(self, message):
        """Do what the grader asks, and send what comes of it."""
        from mnist_kmeans.grading import wire

        wire.send(self.writing, getattr(self, message["do"])(message))

    def run(self, message):
        """Run a cell; return {} or what went wrong, in a line."""
        before = set(linecache.cache)
        error = self.shell.run(message["source"])
        new = {name for name in set(linecache.cache) - before if name.startswith("<ipython-input")}
        self.cells |= dict.fromkeys(new, message["cell"])
        return {} if error is None else {"error": in_a_line(error)}

    def has(self, message):
        """Return whether a name is defined."""
        return message["name"] in self.shell.user_ns

    def call(self, message):
        """Call a function as a check of its own would; return its value, its arguments after the call."""
        from mnist_kmeans.exercises.checking import NotYet, accident, attempt
        from mnist_kmeans.grading.wire import pack, unpack

        try:
            function = attempt(message["name"], self.shell.user_ns)
            function.forbidden = found(message["forbidden"])
            arguments = tuple(unpack(each, self.find) for each in message["arguments"])
            if message["watched"]:
                value, largest, megabytes = function.watched(*arguments)
                return {"value": [pack(value), int(largest), float(megabytes)], "given": []}
            value, given = function.call(arguments)
            return {"value": pack(value), "given": [pack(each, same_thing) for each in given]}
        except NotYet as error:
            return {"not yet": [str(error), error.look_at]}
        except BaseException as error:
            return {"error": accident(error, self.shell.user_ns), "cell": self.cell_of(error)}

    def find(self, kind, number):
        """Return what stands here for something that is kept by the grader."""
        from mnist_kmeans.grading import wire

        if kind == "thing":
            return wire.Thing(number)

        def function(*arguments):
            """Let the grader call it."""
            wire.send(
                self.writing,
                {"call": number, "arguments": [wire.pack(each) for each in arguments]},
            )
            return wire.unpack(wire.receive(self.reading), self.find)

        return function

    def cell_of(self, error):
        """Return the number of the learner's cell in which an error arose, or None."""
        number, trace = None, error.__traceback__
        while trace:
            number = self.cells.get(trace.tb_frame.f_code.co_filename, number)
            trace = trace.tb_next
        return number


def same_thing(value):
    """Keep nothing, and name nothing: functions among the arguments are not looked at afterwards."""
    return 0 if callable(value) else None


def found(name):
    """Return the function of the package with this name, as module:function, or None."""
    from importlib import import_module

    if name is None:
        return None
    module, function = name.split(":")
    return getattr(import_module(module), function)


def in_a_line(error):
    """Return what an error says, in one line."""
    if error.args and isinstance(error, SyntaxError):
        return f"{type(error).__name__}: {error.msg}"
    return " ".join(f"{type(error).__name__}: {error}".split())


if __name__ == "__main__":
    main(sys.argv[1])
