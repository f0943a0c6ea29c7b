"""One kind of error for everything a reader can put right."""


class InputError(ValueError):
    """Say what is wrong with an input, where, and what to do about it."""

    def _render_traceback_(self):
        # Jupyter shows these lines in place of a page of traceback.
        return [f"{type(self).__name__}: {self}"]
