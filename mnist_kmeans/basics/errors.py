"""One kind of error for everything a reader can put right."""

import reprlib
from concurrent.futures import CancelledError
from numbers import Integral, Real

import numpy as np


class InputError(ValueError):
    """Say what is wrong with an input, where, and what to do about it."""

    def _render_traceback_(self):
        # Jupyter shows these lines in place of a page of traceback.
        return [f"{type(self).__name__}: {self}"]


class DownloadError(InputError):
    """Say why the data cannot be had from the network; those who can may go on without them.

    `reasons` are lines; the message adds how to go on.
    """

    def __init__(self, reasons):
        super().__init__(
            f"{reasons}\nTo go on without the full MNIST, set MNIST_KMEANS_EDITION=sample"
        )
        self.reasons = reasons


def check_whole(value, least, name):
    """Raise InputError unless `value` is a whole number from `least` up."""
    if isinstance(value, bool) or not isinstance(value, Integral) or value < least:
        raise InputError(f"{name} must be a whole number from {least} up; got {shown(value)}")


def check_choice(value, choices, name):
    """Return `value` if it is one of the choices, texts, or raise InputError; `name` says what it is."""
    if not isinstance(value, str) or value not in choices:
        raise InputError(f"{name} must be {' or '.join(map(repr, choices))}; got {shown(value)}")
    return value


def shown(value):
    """Return a value as a message shows it: in one line, and no longer than that, as arrays are."""
    return " ".join(reprlib.repr(value).split())


def as_array(values, name):
    """Return `values` as an array: booleans as 0 and 1, and numbers that came as objects as numbers.

    Such objects are what pandas hands over for its nullable integers. Raises InputError if the rows
    differ in length, and for masked arrays. A dask array is computed; InputError says when what it needs
    is lost with its cluster.
    """
    if isinstance(values, np.ma.MaskedArray):
        raise InputError(
            f"{name} must not be a masked array, whose mask would be ignored; "
            "drop the masked rows, or fill them: values.filled(0)"
        )
    try:
        array = np.asarray(values)
        if array.dtype == bool:
            return array.astype(np.uint8)
        if array.dtype == object:
            kinds = set(map(type, array.flat))
            for kind, dtype in (Integral, np.int64), (Real, np.float64):
                if all(issubclass(each, (kind, np.bool_)) for each in kinds):
                    return array.astype(dtype)
    except (ValueError, CancelledError) as error:
        if hasattr(values, "dask"):
            raise InputError(
                f"{name} are lost with the workers that held them ({error}); before a cluster "
                "closes, bring a Clustering home: found = found.gather()"
            ) from error
        raise InputError(f"{name} must make one array, its rows equally long: {error}") from error
    except OverflowError as error:
        raise InputError(f"{name} must be numbers of at most 64 bits: {error}") from error
    return array


def as_list(values, name, example):
    """Return what a loop goes through as a list, or raise InputError if there is nothing to loop over."""
    try:
        return list(values)
    except TypeError as error:
        raise InputError(f"{name} must be several, as in {example}; got {shown(values)}") from error
