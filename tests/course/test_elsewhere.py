"""Notebooks that are taken to Colab or Kaggle."""

import importlib.util
import os
from types import SimpleNamespace

import pytest
from IPython.core.inputtransformer2 import TransformerManager
from nbformat import validate
from nbformat.v4 import new_markdown_cell, new_notebook

from mnist_kmeans.course.elsewhere import prepare
from mnist_kmeans.data import editions

ADDRESS = "https://github.com/somebody/something"


def prepared(address=ADDRESS):
    """Return a notebook that is taken along."""
    notebook = new_notebook(cells=[new_markdown_cell("# Title")])
    prepare(notebook, address)
    return notebook


def run(cell):
    """Run a cell as IPython does; return what it asks pip for."""
    asked = []
    shell = SimpleNamespace(run_line_magic=lambda name, line: asked.append((name, line)))
    exec(TransformerManager().transform_cell(cell.source), {"get_ipython": lambda: shell})
    return asked


def test_without_an_address_a_notebook_stays_as_it_is():
    assert len(prepared("").cells) == 1


def test_the_cell_does_nothing_where_the_package_is(monkeypatch):
    monkeypatch.setenv("MNIST_KMEANS_EDITION", "unchanged")
    title, cell = prepared().cells
    assert title.source == "# Title"
    assert run(cell) == []
    assert os.environ["MNIST_KMEANS_EDITION"] == "unchanged"


@pytest.mark.parametrize("edition", ["sample", "full"])
def test_elsewhere_the_cell_installs_the_package_alone_and_chooses_the_data(edition, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(editions, "available", lambda what: edition)
    monkeypatch.setenv("MNIST_KMEANS_EDITION", "")
    notebook = prepared()
    validate(notebook)
    assert run(notebook.cells[1]) == [("pip", f"install --quiet --no-deps git+{ADDRESS}")]
    assert os.environ["MNIST_KMEANS_EDITION"] == edition
