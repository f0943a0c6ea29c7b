"""The chapters as plain scripts, to read or to run."""

import jupytext

from mnist_kmeans.basics.outputs import Outputs
from mnist_kmeans.course import claims
from mnist_kmeans.course.store import read_source


def scripts(checkout, folder):
    """Write each chapter into a folder as a script whose text is comments."""
    found = {}
    for source in checkout.sources():
        chapter = read_source(source)
        for cell in chapter.cells:
            if cell.cell_type == "markdown":
                cell.source = claims.remove(cell.source)
        found[source.name] = jupytext.writes(chapter, "py:nomarker").encode()
    Outputs(folder).write_all(found)
