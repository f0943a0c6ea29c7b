"""Self-checks: they say what is right, what is not yet there, and where to look.

A self-check tries a learner's functions on small inputs whose answers are known. Whatever these
functions do, it ends in plain sentences, never in a traceback.
"""

import _thread
import contextlib
import copy
import functools
import inspect
import linecache
import sys
import textwrap
import threading
import traceback
import tracemalloc
import warnings

import numpy as np

from mnist_kmeans.data.editions import chosen_edition, load_mnist

PATIENCE = 30  # seconds; a loop that takes longer is taken for an endless one
other = 0  # which inputs the checks draw: 0 those that learners know, another number others


class NotYet(Exception):  # noqa: N818 - it ends a check, and is no fault of the program
    """What is not right yet, and a hint where to look, as sentences."""

    def __init__(self, what, look_at=None):
        super().__init__(what)
        self.look_at = look_at


class Attempt:
    """A learner's function; it works on copies, and must return something and leave those as they are."""

    forbidden = None  # a function of the package that it must do without

    def __init__(self, name, function):
        self.name, self.function = name, function

    def __call__(self, *arguments):
        """Return what the function gives for copies of the arguments."""
        value, given = self.call(arguments)
        if value is None or value is ...:
            raise NotYet(
                f"`{self.name}` gives nothing back.",
                "If you have written it: does it end with `return`?",
            )
        for before, after in zip(arguments, given, strict=True):
            if not unchanged(before, after):
                kind = (
                    "an array" if isinstance(before, np.ndarray) else f"a {type(before).__name__}"
                )
                raise NotYet(
                    f"`{self.name}` changes {kind} that it was given.",
                    f"Whoever calls it still needs that {kind.split()[1]}. Work on a copy.",
                )
        return value

    def call(self, arguments):
        """Return what the function gives for copies of the arguments, and these copies after the call."""
        try:
            inspect.signature(self.function).bind(*arguments)
        except TypeError as error:
            raise NotYet(
                f"`{self.name}` does not take what it should be given: {error}.",
                "Compare its first line, `def ...`, with the one that was there.",
            ) from error
        except ValueError:  # numpy's own functions do not tell what they take
            pass
        given = copy.deepcopy(arguments)
        with unused(self.forbidden, self.name):
            value = self.function(*given)
        return value, given

    def watched(self, *arguments):
        """Return what the function gives for arrays, and the memory that it takes.

        That is how many numbers the largest array holds that is computed from them, and megabytes.
        """
        watched = [argument.view(Watched) for argument in arguments]
        tracing = tracemalloc.is_tracing()
        tracemalloc.start()
        try:
            tracemalloc.reset_peak()
            before = tracemalloc.get_traced_memory()[0]
            Watched.largest = 0
            value = self(*watched)
            return value, Watched.largest, (tracemalloc.get_traced_memory()[1] - before) / 1e6
        finally:  # whatever goes wrong: a program that is traced is slow
            if not tracing:
                tracemalloc.stop()


class Watched(np.ndarray):
    """An array that keeps an eye on all that is computed from it: how large does it get?"""

    largest = 0  # numbers in one array

    def __array_finalize__(self, made_of):
        Watched.largest = max(Watched.largest, self.size)


@contextlib.contextmanager
def unused(forbidden, name):
    """Raise NotYet if the function is called in this context, in whatever way it was imported."""
    if forbidden is None:
        yield
        return
    called, code = [], inspect.unwrap(forbidden).__code__
    before = sys.getprofile()
    sys.setprofile(lambda frame, event, _: called.append(event) if frame.f_code is code else None)
    try:
        yield
    finally:
        sys.setprofile(before)
    if called:
        raise NotYet(
            f"`{name}` calls `{forbidden.__name__}`.",
            "The task is to write what that function does, without it.",
        )


def unchanged(before, after):
    """Tell whether an argument, and all that it holds, is as it was before a call."""
    if isinstance(before, np.ndarray):
        return before.dtype == after.dtype and np.array_equal(before, after)
    if isinstance(before, (list, tuple)):
        return len(before) == len(after) and all(map(unchanged, before, after))
    return True


def self_check(check):
    """Make a self-check of a generator function: it yields what is right and raises NotYet.

    Its parameters have the names of the learner's functions, and get them as Attempts. The self-check
    is called with all that the learner has defined, `globals()`. It prints its findings, and returns
    whether everything is right.
    """

    @functools.wraps(check)
    def run(learner):
        impatience = threading.Timer(PATIENCE, _thread.interrupt_main)
        impatience.start()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # they would name files that no learner knows
                names = inspect.signature(check).parameters
                for right in check(*(attempt(name, learner) for name in names)):
                    say("Right", right)
        except NotYet as error:
            say("Not yet", str(error))
            if error.look_at:
                say("Hint", error.look_at)
            return False
        except BaseException as error:  # a learner who interrupts an endless loop is one of them
            say("Not yet", accident(error, learner))
            return False
        finally:
            impatience.cancel()
        say("Done", "all of this is right.")
        return True

    return run


def attempt(name, learner):
    """Return the learner's function of this name, or raise NotYet if there is none."""
    if name not in learner:
        raise NotYet(f"there is no `{name}`.", "Has its cell been run, without an error?")
    if not callable(learner[name]):
        raise NotYet(f"`{name}` should be a function.", "Run the cell that defines it once more.")
    return Attempt(name, learner[name])


def say(verdict, sentence):
    """Print a finding."""
    print(textwrap.fill(f"{verdict}: {sentence}", 88, break_long_words=False), flush=True)


def accident(error, learner):
    """Return in a sentence what a learner's code raised, and in which line of theirs."""
    if isinstance(error, KeyboardInterrupt):
        what = "was interrupted"
        why = "Does its loop ever come to an end?"
    else:
        what = f"stops with {type(error).__name__}"
        why = " ".join(str(error).split())
    places = [
        (frame.f_code.co_filename, line)
        for frame, line in traceback.walk_tb(error.__traceback__)
        if frame.f_globals is learner
    ]
    if not places:
        return f"the check {what} at what your code gives back. {why}"
    text = linecache.getline(*places[-1]).strip()
    where = f"line {places[-1][1]} of its cell" + (f", `{text}`" if text else "")
    return f"your code {what} in {where}. {why}"


def as_numbers(value):
    """Return what a learner's function gave as a float64 array, or raise NotYet if it is none."""
    try:
        numbers = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise NotYet(
            "what comes back cannot be made into one array of numbers.",
            f"It is of the type {type(value).__name__}.",
        ) from error
    if np.asarray(value).dtype.kind in "US":  # numpy reads numbers in quotation marks, too
        raise NotYet("what comes back is text.", "A number in quotation marks is none yet.")
    if np.isnan(numbers).any():
        raise NotYet(
            "some of the numbers are nan, *not a number*.",
            "0 divided by 0 is nan, and so is the root of a number below 0. Where can that happen?",
        )
    if np.isinf(numbers).any():
        raise NotYet(
            "some of the numbers are infinite.",
            "A number divided by 0 is infinite, and so is one that is too large for its dtype.",
        )
    return numbers


def equal(a, b):
    """Tell whether two arrays have one shape and, up to small roundings, the same numbers."""
    return np.shape(a) == np.shape(b) and np.allclose(a, b, rtol=1e-5, atol=1e-5)


def expect_shape(numbers, shape):
    """Raise NotYet unless an array has this shape."""
    if numbers.shape != shape:
        raise NotYet(f"the result has the shape {numbers.shape}, it should be {shape}.")


def expect(found, true, what, mistakes=(), hint=None):
    """Raise NotYet unless `found` equals `true`; `what` says what is wrong with it.

    `mistakes` are (what usual mistakes give, what is wrong then, a hint). For others, the hint says
    where the first difference is, if none is given.
    """
    if equal(found, true):
        return
    for mistaken, its_name, its_hint in mistakes:
        if equal(found, mistaken):
            raise NotYet(its_name, its_hint)
    expect_shape(np.asarray(found), np.shape(true))
    raise NotYet(what, hint or difference(found, true))


def difference(found, true):
    """Say in a sentence where an array differs first from the true one of the same shape."""
    found, true = np.asarray(found), np.asarray(true)
    place = tuple(map(int, np.argwhere(~np.isclose(found, true, rtol=1e-5, atol=1e-5))[0]))
    where = ("It", "Number {}", "Row {}, column {}")[true.ndim].format(*place)
    return f"{where} is {found[place]:.6g}, and should be {true[place]:.6g}."


@contextlib.contextmanager
def other_inputs(number):
    """Within it, the checks draw other inputs, the same for the same number; for 0 those of the learners."""
    global other
    before, other = other, number
    try:
        yield
    finally:
        other = before


def chance(seed):
    """Return the generator of random inputs that a check calls `seed`."""
    return np.random.default_rng([seed, other] if other else seed)


def more(draw):
    """Return what `draw` draws from a generator, twenty times, for other inputs; for the usual ones []."""
    source = chance(1)
    return [draw(source) for _ in range(20)] if other else []


def some_digits():
    """Return 1,000 training digits: images (1000, 784) and labels (1000,)."""
    return digits_of(chosen_edition(), other)


@functools.cache
def digits_of(edition, number):
    """Return the first 1,000 training digits of an edition, or for a number other than 0 random ones."""
    training, _ = load_mnist(edition).holdout()
    rows = chance(0).permutation(len(training))[:1000] if number else slice(1000)
    return training.images[rows], training.labels[rows]
