"""The chapters as plain scripts, to read or to run."""

import copy

import jupytext

from mnist_kmeans.basics.outputs import Outputs
from mnist_kmeans.course import claims
from mnist_kmeans.course.store import read_source


def scripts(checkout, folder):
    """Write each chapter into a folder as a script whose text is comments."""
    chapters = {source.name: read_source(source) for source in checkout.sources()}
    Outputs(folder).write_all(
        {name: as_script(chapter).encode() for name, chapter in chapters.items()}
    )


def as_script(chapter):
    """Return a chapter, a notebook, as the text of a script, without the comments that bind its claims."""
    chapter = copy.deepcopy(chapter)
    for cell in chapter.cells:
        if cell.cell_type == "markdown":
            cell.source = claims.remove(cell.source)
    return jupytext.writes(chapter, "py:nomarker")
