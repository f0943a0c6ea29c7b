"""What a teacher gets of a class: a table, and a page on which a learner's text is text."""

import csv
import io
import re
from html.parser import HTMLParser

import pytest
from helpers import COURSE

from mnist_kmeans import cli
from mnist_kmeans.course import blanks, store
from mnist_kmeans.grading import gradebook, handed_in
from mnist_kmeans.grading.handed_in import HandedIn
from mnist_kmeans.grading.verdicts import Verdict

CHAPTER = "09_beyond_one_machine"
NAMES = ["overall_mean", "median_of_counts", "merge_tree"]
EVIL = "<script>alert(1)</script>&\"'\0\ud800"


def row(learner, *results, words=("", "", ""), chapter=CHAPTER, name=None):
    notebook = HandedIn(name or f"{learner}/{chapter}.ipynb", learner, chapter, words=list(words))
    notebook.edition = "sample"
    return notebook, [
        Verdict(exercise, *each) for exercise, each in zip(NAMES, results, strict=True)
    ]


CLASS = [
    row("alice", ("done",), ("done",), ("done",), words=("Sums are exact.", "", "Both.")),
    row("bob", ("done",), ("not yet", "This is the upper one."), ("not tried",)),
    row(EVIL, ("error", EVIL), ("out of time", EVIL), ("done",), words=(EVIL, EVIL, EVIL)),
    row("bob", ("done",), ("done",), ("done",), name="bob/again.ipynb"),
    (HandedIn("=cmd.ipynb", "=cmd", fault="it is none"), [Verdict("", "error", "it is none")]),
]
NOTEBOOKS, VERDICTS = zip(*CLASS, strict=True)


class Page(HTMLParser):
    """What is on a page: its tags, and the text of its cells."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.rows = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in {"td", "th"}:
            self.rows[-1].append("")

    def handle_data(self, data):
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += data


def test_the_table_has_a_line_for_each_exercise():
    rows = list(
        csv.DictReader(io.StringIO(gradebook.table(NOTEBOOKS, VERDICTS).decode("utf-8-sig")))
    )
    assert len(rows) == 13 and tuple(rows[0]) == gradebook.COLUMNS
    assert rows[4] == {
        "notebook": f"bob/{CHAPTER}.ipynb",
        "chapter": CHAPTER,
        "exercise": "median_of_counts",
        "result": "not yet",
        "message": "This is the upper one.",
        "seconds": "0.0",
        "edition": "sample",
    }
    assert rows[12]["notebook"] == "'=cmd.ipynb"  # no formula


def test_the_page_has_a_row_for_each_learner_and_a_column_for_each_exercise():
    text = gradebook.page(NOTEBOOKS, VERDICTS, handed_in.chapters(COURSE), 5).decode()
    page = Page(text)
    heads = [head.split()[-1] for head in page.rows[1]]
    assert heads == NAMES
    learners = {cells[0].split()[0].rstrip("✓"): cells[1:] for cells in page.rows[2:]}
    assert [each.split()[1] for each in learners["alice"][:3]] == ["done"] * 3
    assert "This is the upper one." in text and "--seed 5" in text
    assert learners["alice"][-1].strip() == "3"
    assert f"bob/{CHAPTER}.ipynb" in learners and "bob/again.ipynb" in learners
    assert "=cmd" in learners


def test_the_words_of_all_stand_side_by_side_under_each_question():
    text = gradebook.page(NOTEBOOKS, VERDICTS, handed_in.chapters(COURSE), 5).decode()
    first = text.partition('<p class="question">')[2].partition("</dl>")[0]
    assert re.findall("<dt>(.+?)</dt><dd>(.+?)</dd>", first)[1:3] == [
        ("alice", "Sums are exact."),
        ("bob/09_beyond_one_machine.ipynb", "(nothing)"),
    ]


def test_what_a_learner_writes_is_text_and_never_markup():
    text = gradebook.page(NOTEBOOKS, VERDICTS, handed_in.chapters(COURSE), 5).decode()
    assert "script" not in Page(text).tags
    assert text.count("&lt;script&gt;") >= 6 and "default-src 'none'" in text
    assert "http://" not in text and "https://" not in text and "src=" not in text


def test_a_class_is_graded_by_one_command(tmp_path, little_course, monkeypatch, capsys):
    """One has not begun, one hands in something else, both under the same name."""
    monkeypatch.setenv("MNIST_KMEANS_EDITION", "sample")
    source = COURSE.chapters / "solutions" / f"{CHAPTER}.py"
    course = little_course({CHAPTER: "", f"solutions/{CHAPTER}": source.read_text("utf-8")})
    assert cli.main(["handout", str(tmp_path / "out")], course) == 0
    folder = tmp_path / "spring.1"
    for learner, content in {
        "alice": (tmp_path / "out" / f"{CHAPTER}.ipynb").read_bytes(),
        "bob": store.packed(blanks.blank(source)),
        "carol": b"my homework",
    }.items():
        (folder / learner).mkdir(parents=True)
        (folder / learner / f"{CHAPTER}.ipynb").write_bytes(content)
    capsys.readouterr()
    assert cli.main(["grade", str(folder), "--seed", "7"], course) == 0
    told = capsys.readouterr().out
    assert "3 notebooks: 0 done, 0 not yet, 6 not tried, 1 error, 0 out of time." in told
    assert "--seed 7" in told
    assert (course.build / "grades" / "spring.1.html").is_file()
    table = (course.build / "grades" / "spring.1.csv").read_text("utf-8-sig")
    assert "carol/09_beyond_one_machine.ipynb,,,error,it is no notebook" in table


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nowhere"], "nowhere is not there"),
        ([".", "--seed", "0"], "--seed must be a whole number"),
    ],
)
def test_a_mistake_is_told_in_a_line(arguments, told, capsys):
    assert cli.main(["grade", *arguments]) == 1
    assert told in capsys.readouterr().err
