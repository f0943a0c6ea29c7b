"""One kind of error for everything a reader can put right."""

from numbers import Integral


class InputError(ValueError):
    """Say what is wrong with an input, where, and what to do about it."""

    def _render_traceback_(self):
        # Jupyter shows these lines in place of a page of traceback.
        return [f"{type(self).__name__}: {self}"]


class DownloadError(InputError):
    """Say why the data cannot be had from the network; those who can may go on without them."""


def check_whole(value, least, name):
    """Raise InputError unless `value` is a whole number from `least` up."""
    if isinstance(value, bool) or not isinstance(value, Integral) or value < least:
        raise InputError(f"{name} must be a whole number from {least} up; got {value!r}")
