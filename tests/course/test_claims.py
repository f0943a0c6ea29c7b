"""Claims in the text of a chapter are held against what its code computes."""

import nbformat
from helpers import COURSE

from mnist_kmeans.course import claims
from mnist_kmeans.course.execution import execute


def answered(text, code="error, k = 0.3849, 16"):
    """Return a notebook with this text and code, executed, its claims answered."""
    cells = [nbformat.v4.new_markdown_cell(text), nbformat.v4.new_code_cell(code)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    claims.ask(notebook)
    execute(COURSE, notebook, "chapter.py", "sample")
    claims.take_answers(notebook)
    assert len(notebook.cells) == 2
    return notebook


def test_true_claims_hold_however_they_are_written():
    text = (
        "An error of 0.38<!--{error:.2f}--> or 38.5 %<!--{error:.1%}-->, "
        "for 16,000<!--{k * 1000:,}--> digits.\nLess than a half.<!--true: error\n < 0.5-->"
        "With quotes: 3<!--{len('abc')}-->, 1<!--{dict(a=1)[\"a\"]}-->."
    )
    notebook = answered(text)
    assert claims.broken(notebook) == []
    assert len(notebook.metadata["claims"]) == 6


WRONG = {
    "0.39<!--{error:.2f}-->": "the text says 0.39, {error:.2f} is 0.38",
    "38.4 %<!--{error:.1%}-->": "the text says 38.4%, {error:.1%} is 38.5%",
    "38.5<!--{error:.1%}-->": "the text says 38.5, {error:.1%} is 38.5%",
    "Half.<!--true: error > 0.5-->": "says that this is true, true: error > 0.5 is False",
}


def test_each_claim_that_does_not_hold_is_named():
    found = claims.broken(answered("\n".join(WRONG)))
    for one, message in zip(found, WRONG.values(), strict=True):
        assert message in one


def test_a_changed_text_is_noticed_without_running_anything():
    notebook = answered("0.38<!--{error:.2f}-->")
    notebook.cells[0].source = "0.37<!--{error:.2f}-->"
    assert claims.broken(notebook) == ["the text says 0.37, {error:.2f} is 0.38"]
    notebook.cells[0].source = "0.385<!--{error:.3f}-->"
    assert claims.broken(notebook) == ["the text says 0.385, {error:.3f} is not computed yet"]


def test_a_claim_that_cannot_be_computed_does_not_hold():
    [told] = claims.broken(answered("0.38<!--{mean:.2f}-->"))
    assert told == "the text says 0.38, {mean:.2f} is NameError: name 'mean' is not defined"


def test_what_is_warned_of_while_claims_are_answered_is_no_answer():
    code = "import warnings\ndef warned(number):\n    warnings.warn('few')\n    return number"
    assert claims.broken(answered("3<!--{warned(3)}-->", code)) == []


def test_the_text_tells_what_is_otherwise_on_another_edition():
    text = (
        "At 38.5 %<!--{error:.1%}--> with 16<!--{k}--> of 10<!--{n}-->.<!--true: k > 9--> "
        "Few.<!--true: k\n> 20--><!--true: k > 99-->"
    )
    others = {"{error:.1%}": "41.2%", "{k}": "16", "{n}": "KeyError: 2", "true: k > 9": "True"}
    others |= {"true: k > 20": "False", "true: k > 99": "False"}
    cells = [
        nbformat.v4.new_markdown_cell(text + " 9<!--{new}-->"),
        nbformat.v4.new_code_cell(text),
    ]
    notebook = nbformat.v4.new_notebook(cells=cells)
    claims.tell_differences(notebook, others)
    assert claims.remove(notebook.cells[0].source) == (
        'At 38.5 %<sup class="here">here 41.2 %</sup> with 16 of 10<sup class="here">not here</sup>. '
        'Few.<sup class="here">not here</sup> 9'
    )
    assert notebook.cells[1].source == text
