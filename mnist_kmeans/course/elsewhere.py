"""Notebooks to take along: on Colab and Kaggle their first cell installs the package of the course."""

from nbformat.v4 import new_code_cell

# numpy stays as it is found, so that nothing need be started again.
INSTALL = """\
# On Colab and Kaggle this installs the package of the course. Elsewhere it does nothing.
import importlib.util
import os

if importlib.util.find_spec("mnist_kmeans") is None:
    %pip install --quiet --no-deps git+{address}
    from mnist_kmeans.data import editions

    os.environ["MNIST_KMEANS_EDITION"] = editions.available("the chapter runs")
"""
NOT_ON_PAGES = "remove-cell"  # a tag that MyST-NB knows


def prepare(notebook, address):
    """Give a notebook, below its title, the cell that installs the package from the repository's address.

    Pages do not show it. Where no address is set, the notebook stays as it is.
    """
    if address:
        cell = new_code_cell(INSTALL.format(address=address), id="install")
        cell.metadata["tags"] = [NOT_ON_PAGES]
        notebook.cells.insert(1, cell)
