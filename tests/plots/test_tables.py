"""Tables: the same cells as HTML and as text."""

import subprocess
import sys

import numpy as np
import pytest

from mnist_kmeans.basics.errors import InputError
from mnist_kmeans.plots import Table

TABLE = Table(
    {
        "reader": ["chance", "k-means & Co."],
        "error": [0.9, np.float64(0.26)],
        "digits": [10, 15_000],
    },
    heading="Who errs <less>",
)


def test_a_table_is_text_with_numbers_under_each_other():
    assert str(TABLE) == (
        "Who errs <less>\n"
        "reader          error  digits\n"
        "chance         0.9000      10\n"
        "k-means & Co.  0.2600  15,000"
    )


def test_a_table_is_html_with_a_caption_and_named_rows_and_columns():
    html = TABLE._repr_mimebundle_()["text/html"]
    assert "<caption>Who errs &lt;less&gt;</caption>" in html
    assert '<th scope="col" style="text-align: right">error</th>' in html
    assert (
        '<tr><th scope="row" style="text-align: left">k-means &amp; Co.</th>'
        '<td style="text-align: right">0.2600</td><td style="text-align: right">15,000</td></tr>'
    ) in html


def test_a_column_may_have_a_format_of_its_own():
    table = Table({"share": [0.5, np.float32(0.25)]}, heading="x", formats={"share": ".0%"})
    assert str(table).splitlines()[1:] == ["share", "  50%", "  25%"]


def test_columns_of_unequal_length_are_refused():
    with pytest.raises(InputError, match=r"equally long; got \{'a': 1, 'b': 2\}"):
        Table({"a": [1], "b": [1, 2]}, heading="x")


def test_a_script_prints_a_table(tmp_path):
    code = (
        "from mnist_kmeans.plots import Table, show; show(Table({'k': [3]}, heading='One number'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout == "One number\nk\n3\n"
    assert not [*tmp_path.iterdir()]
