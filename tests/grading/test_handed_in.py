"""What learners hand in: whose it is, of which chapter, in whatever form it was saved."""

import json
from pathlib import Path

import nbformat
import pytest
from helpers import COURSE

from mnist_kmeans.basics.errors import InputError
from mnist_kmeans.course import blanks
from mnist_kmeans.grading import handed_in
from mnist_kmeans.grading.handout import hand_out

CHAPTER = "09_beyond_one_machine"
SOURCE = COURSE.chapters / "solutions" / f"{CHAPTER}.py"
KNOWN = handed_in.chapters(COURSE)


@pytest.fixture
def read(tmp_path):
    """A function that reads bytes as a notebook that was handed in."""

    def read_bytes(content, name="alice.ipynb"):
        path = tmp_path / "handed-in.ipynb"
        path.write_bytes(content)
        return handed_in.read(name, path, KNOWN, "sample")

    return read_bytes


def saved(change=lambda notebook: None):
    """Return the blank exercises as the bytes of a file, after a change."""
    notebook = json.loads(nbformat.writes(blanks.blank(SOURCE)))
    change(notebook)
    return json.dumps(notebook).encode()


def without_ids(notebook):
    for cell in notebook["cells"]:
        del cell["id"]


def by_colab(notebook):
    without_ids(notebook)
    notebook["nbformat_minor"] = 0
    notebook["metadata"] = {"colab": {"provenance": []}, "accelerator": "GPU"}
    for cell in notebook["cells"]:
        cell["metadata"] = {"id": "x", "outputId": 5}
        cell["source"] = cell["source"] if isinstance(cell["source"], list) else [cell["source"]]


def other_kernel(notebook):
    notebook["metadata"] = {"kernelspec": {"name": "ir", "display_name": "R", "language": "R"}}


def no_metadata(notebook):
    del notebook["metadata"]
    for cell in notebook["cells"]:
        cell.pop("outputs", None)
        del cell["metadata"]


@pytest.mark.parametrize(
    "content",
    [
        saved(),
        b"\xef\xbb\xbf" + saved(),
        json.dumps(json.loads(saved()), indent=1).replace("\n", "\r\n").encode(),
        nbformat.v3.writes_json(nbformat.convert(blanks.blank(SOURCE), 3)).encode(),
        *map(saved, (without_ids, by_colab, other_kernel, no_metadata)),
    ],
    ids=["as it was", "bom", "crlf", "version 3", "no ids", "colab", "a kernel", "no metadata"],
)
def test_a_notebook_is_read_whatever_program_has_saved_it(content, read):
    found = read(content)
    assert (found.fault, found.chapter, found.edition) == ("", CHAPTER, "sample")
    assert found.untouched == ["overall_mean", "median_of_counts", "merge_tree"]
    assert found.cells == [
        cell.source for cell in blanks.blank(SOURCE).cells if cell.cell_type == "code"
    ]
    assert found.words == ["", "", ""]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "it is no notebook that can be read"),
        (b"\xff\xfe\0", "it is no notebook that can be read"),
        (b"PK\x03\x04", "it is no notebook that can be read"),
        (b"[" * 10**5, "it is no notebook that can be read"),
        (b"{}", "it is no notebook that can be read"),
        (
            b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [3]}',
            "it is no notebook",
        ),
        (b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}', "no exercises"),
        ((COURSE.chapters / "01_loading.ipynb").read_bytes(), "these are no exercises"),
    ],
)
def test_what_is_no_notebook_of_exercises_says_so(content, fault, read):
    assert fault in read(content).fault


def test_the_chapter_is_that_of_the_content_and_not_of_the_name(read):
    assert read(saved(), "02_naive_clustering.ipynb").chapter == CHAPTER


@pytest.mark.parametrize(
    ("name", "learner"),
    [
        (f"alice/{CHAPTER}.ipynb", "alice"),
        (f"{CHAPTER}/alice.ipynb", "alice"),
        (f"alice_{CHAPTER}.ipynb", "alice"),
        (
            f"Alice Smith_123_assignsubmission_file_/{CHAPTER}.ipynb",
            "Alice Smith_123_assignsubmission_file",
        ),
        (f"submitted/alice/{CHAPTER}/{CHAPTER}.ipynb", "submitted/alice"),
        (f"{CHAPTER}.ipynb", CHAPTER),
        ("homework.ipynb", "homework"),
    ],
)
def test_a_notebook_belongs_to_whom_its_path_names_beside_the_chapter(name, learner):
    assert handed_in.learner_of(name, KNOWN) == learner


def test_notebooks_are_found_in_folders_and_one_by_one_and_copies_of_editors_are_not(tmp_path):
    for name in ("a/x.ipynb", "b/x.ipynb", "b/.ipynb_checkpoints/x.ipynb", "b/notes.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("{}")
    assert list(handed_in.collect([tmp_path])) == ["a/x.ipynb", "b/x.ipynb"]
    both = [tmp_path / "a" / "x.ipynb", tmp_path / "b" / "x.ipynb"]
    assert list(handed_in.collect(both)) == [path.as_posix() for path in both]
    assert list(handed_in.collect(both[:1])) == ["x.ipynb"]
    with pytest.raises(InputError, match="c is not there"):
        handed_in.collect([tmp_path / "c"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=r"there is no notebook, \*\.ipynb, in"):
        handed_in.collect([tmp_path / "empty"])


def test_no_notebook_is_left_out_because_another_folder_has_the_same_name(tmp_path, monkeypatch):
    for day in ("monday", "tuesday"):
        (tmp_path / day / "in").mkdir(parents=True)
        (tmp_path / day / "in" / "x.ipynb").write_text("{}")
    monkeypatch.chdir(tmp_path)
    days = [Path("monday/in"), Path("tuesday/in")]
    assert list(handed_in.collect(days)) == ["monday/in/x.ipynb", "tuesday/in/x.ipynb"]
    assert list(handed_in.collect([Path("monday"), Path()])) == [
        *("./monday/in/x.ipynb", "./tuesday/in/x.ipynb", "monday/in/x.ipynb")
    ]


@pytest.mark.parametrize(
    ("code", "untouched"),
    [
        ("def f(x):\n    '''What it does.'''\n    ...  # your code here", True),
        ("def f(x):\n    pass", True),
        ("# f is too hard\nif check_f(globals()):\n    f(1) == 2", True),
        ("def f(x):\n    return 1", False),
        ("f = lambda x: 1", False),
        ("from numpy import mean as f", False),
        ("def f(x:", False),
        ("def f(x):\n    return 1\n\n\ndef f(x):\n    ...", True),
    ],
)
def test_a_function_is_untried_where_it_is_blank_or_gone(code, untouched):
    assert handed_in.is_untouched("f", ["import numpy", code]) is untouched


def answered(place, words):
    """Return a change that adds words behind the question: in its paragraph, its cell, or a cell below."""

    def change(notebook):
        [first, *_] = [
            number
            for number, cell in enumerate(notebook["cells"])
            if handed_in.QUESTION in "".join(cell["source"])
        ]
        cell = notebook["cells"][first]
        text = "".join(cell["source"])
        question = text[text.index(handed_in.QUESTION) :].partition("\n\n")[0]
        if place == "a cell below":
            new = {"cell_type": "markdown", "metadata": {}, "source": words, "id": "new"}
            notebook["cells"].insert(first + 1, new)
        else:
            gap = " " if place == "its paragraph" else "\n\n"
            cell["source"] = text.replace(question, question + gap + words)

    return change


@pytest.mark.parametrize("place", ["its paragraph", "its cell", "a cell below"])
def test_words_are_found_wherever_they_stand_under_their_question(place, read):
    words = "Sums are exact. <b>Means</b> are not."
    assert read(saved(answered(place, words))).words == [words, "", ""]


def test_the_edition_is_the_one_that_the_notebook_sets(tmp_path, read):
    [path] = hand_out([SOURCE], "full", tmp_path / "out")
    assert read(path.read_bytes()).edition == "full"
    assert read(saved()).edition == "sample"
    nbformat.validate(nbformat.read(path, as_version=4))


def test_exercises_are_not_handed_out_over_the_work_of_somebody(tmp_path):
    [path] = hand_out([SOURCE], "sample", tmp_path)
    before = path.read_bytes()
    hand_out([SOURCE], "sample", tmp_path)
    assert path.read_bytes() == before
    path.write_bytes(b"somebody's work")
    other = SOURCE.with_name("01_loading.py")
    with pytest.raises(InputError, match="is there already"):
        hand_out([other, SOURCE], "sample", tmp_path)
    assert path.read_bytes() == b"somebody's work" and len(list(tmp_path.iterdir())) == 1
