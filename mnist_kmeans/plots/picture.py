"""Pictures that say in words what they show, and where they are shown."""

import base64
import html
import io
import itertools
import sys
from pathlib import Path
from typing import Protocol

from matplotlib import style
from matplotlib.figure import Figure

from mnist_kmeans.basics import places
from mnist_kmeans.basics.outputs import Outputs, replace_what_cannot_be_encoded
from mnist_kmeans.plots.look import STYLE
from mnist_kmeans.plots.tables import Table

saved = itertools.count(1)  # numbers the pictures that a script saves


class Shown(Protocol):
    """What `show` can show: a notebook displays it, a script saves it as a file."""

    alt: str  # what it shows, in words
    suffix: str  # of the file, as ".png"

    def content(self):
        """Return the bytes of the file."""


class Picture(Figure):
    """A matplotlib figure that says in words what it shows.

    It belongs to no window and is shown once, where `show` is called.
    """

    alt = ""
    suffix = ".png"

    def png(self):
        """Return the picture as the bytes of a PNG file, the same bytes each time."""
        buffer = io.BytesIO()
        with style.context(["default", STYLE]):
            self.savefig(buffer, format="png", metadata={"Software": None})
        return buffer.getvalue()

    def content(self):
        """Return the bytes of a file of the picture."""
        return self.png()

    def html(self):
        """Return the picture as an HTML element."""
        data = base64.b64encode(self.png()).decode()
        source, alt = f"data:image/png;base64,{data}", html.escape(self.alt)
        return f'<img src="{source}" alt="{alt}" width="{self.shown_width()}">'

    def shown_width(self):
        """Return how many pixels of a page the picture takes; it has more of its own."""
        return round(self.get_figwidth() * STYLE["figure.dpi"])

    def _repr_mimebundle_(self, include=None, exclude=None):
        words = {"text/plain": f"Picture: {self.alt}"}
        about = {"alt": self.alt, "width": self.shown_width()}
        return {"image/png": self.png(), **words}, {"image/png": about}


def show(shown):
    """Show a picture, an animation or a Table in a notebook; a plain script saves it and says where.

    `shown` is as Shown says. The file is in build/figures of the checkout, or in `figures` in the working
    folder. A Table is no file: a script prints it.
    """
    ipython = sys.modules.get("IPython")
    if ipython and ipython.get_ipython() is not None:
        ipython.display.display(shown)
        return
    if isinstance(shown, Table):
        print(shown)
        return
    script = Path(getattr(sys.modules["__main__"], "__file__", "picture")).stem
    name = f"{script}-{next(saved):02d}{shown.suffix}"
    path = Outputs(places.figures()).write(name, shown.content())
    replace_what_cannot_be_encoded()
    base = places.base()
    named = path.relative_to(base) if path.is_relative_to(base) else path
    print(f"[{named.as_posix()}] {shown.alt}")
