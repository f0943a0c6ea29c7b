"""A progress bar where somebody is watching, and silence where outputs are stored."""

import os
import sys


def wanted():
    """Tell whether a bar would be seen: on a terminal, or in a notebook opened in JupyterLab.

    In a notebook that is executed to be stored or compared, it would become part of the output.
    """
    return sys.stderr.isatty() or notebook_is_open()


def notebook_is_open():
    """Tell whether this runs in a notebook that somebody has opened in JupyterLab.

    Jupyter's server names the open notebook in JPY_SESSION_NAME; notebooks that are executed to be
    stored or compared run without a server.
    """
    return "JPY_SESSION_NAME" in os.environ


def bar(total, unit):
    """Return a tqdm progress bar over `total` steps that vanishes when done; without tqdm, a silent one."""
    try:
        from tqdm.auto import tqdm  # in a notebook a widget, else text
    except ModuleNotFoundError:
        return Silence()
    return tqdm(total=total, unit=unit, leave=False, disable=not wanted())


class Silence:
    """A progress bar that nobody sees."""

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass

    def update(self, steps=1):
        """Take note of nothing."""
