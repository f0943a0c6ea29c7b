"""The quick questions of the chapters: their form, which the page's script relies on, and their answers."""

import re
from itertools import pairwise

import jupytext
import pytest
from helpers import COURSE

OPENING = "**Quick question.**"
RIGHT = "**Right.** "
FORM = re.compile(
    r"\*\*Quick question\.\*\* (?P<question>\S.+?)\n\n(?P<answers>1\. .+?)\n\n"
    r"<details><summary>Answer</summary>\n\n(?P<reasons>1\. .+?)\n\n</details>",
    re.DOTALL,
)
ITEM = re.compile(r"^(\d)\. (.+?)(?=\n\d\. |\Z)", re.MULTILINE | re.DOTALL)
QUESTION = f"""{OPENING} Which?

1. This
   one.
2. That one.
3. Both.

<details><summary>Answer</summary>

1. It is not, as one can see.
2. {RIGHT}So it is.
3. Only one of the two is.

</details>"""

each_chapter = pytest.mark.parametrize("path", COURSE.sources(), ids=lambda path: path.stem)


def cells(path):
    """Return the kind and the text of each cell of a chapter."""
    return [(cell.cell_type, cell.source) for cell in jupytext.read(path).cells]


def questions(path):
    """Return the cells of a chapter with a quick question."""
    return [text for _, text in cells(path) if OPENING in text]


def items(listed):
    """Return the texts of a numbered list, or nothing if its numbers do not count."""
    found = ITEM.findall(listed)
    counted = [int(number) for number, _ in found] == list(range(1, len(found) + 1))
    return [" ".join(text.split()) for _, text in found] if counted else []


def place_of_right(question):
    """Return the number of the right answer of a quick question, from 1."""
    reasons = items(FORM.fullmatch(question)["reasons"])
    return 1 + [reason.startswith(RIGHT) for reason in reasons].index(True)


def faults(question):
    """Return what is wrong with a cell that has a quick question."""
    form = FORM.fullmatch(question)
    if not form:
        return ["not of the form in STYLE.md, or not a cell of its own"]
    answers, reasons = items(form["answers"]), items(form["reasons"])
    found = []
    if not 3 <= len(answers) <= 4:
        found.append(f"{len(answers)} answers")
    if len(reasons) != len(answers):
        found.append(f"{len(reasons)} reasons for {len(answers)} answers")
    if len(set(answers)) < len(answers) or len(set(reasons)) < len(reasons):
        found.append("two are equal")
    if sum(reason.startswith(RIGHT) for reason in reasons) != 1:
        found.append("not one right answer")
    if any(len(reason.removeprefix(RIGHT).split()) < 3 for reason in reasons):
        found.append("no reason")
    return found


@each_chapter
def test_each_question_has_one_right_answer_and_a_reason_for_each(path):
    assert 3 <= len(questions(path)) <= 5
    assert {question: faults(question) for question in questions(path) if faults(question)} == {}


@each_chapter
def test_the_right_answer_has_no_place_of_its_own(path):
    assert {place_of_right(question) for question in questions(path)} >= {1, 2, 3}


@each_chapter
def test_a_question_ends_a_section(path):
    for (_, text), (kind, after) in pairwise(cells(path)):
        if OPENING in text:
            assert kind == "markdown" and after.startswith("## "), text


def test_a_good_question_has_no_fault():
    assert faults(QUESTION) == []
    assert place_of_right(QUESTION) == 2


@pytest.mark.parametrize(
    ("part", "wrong", "fault"),
    [
        (OPENING, f"And now?\n\n{OPENING}", "not of the form in STYLE.md, or not a cell of its own"),
        ("</details>", "</details>\n\n## Next", "not of the form in STYLE.md, or not a cell of its own"),
        ("Answer<", "Solution<", "not of the form in STYLE.md, or not a cell of its own"),
        (RIGHT, "", "not one right answer"),
        ("1. It is not,", f"1. {RIGHT}It is not,", "not one right answer"),
        ("3. Only one of the two is.\n", "", "2 reasons for 3 answers"),
        ("3. Both.", "4. Both.", "0 answers"),
        ("2. That", "2. This", "two are equal"),
        ("So it is.", "", "no reason"),
        ("Only one of the two is.", "No.", "no reason"),
    ],
)  # fmt: skip
def test_a_fault_of_a_question_is_found(part, wrong, fault):
    assert fault in faults(QUESTION.replace(part, wrong, 1))
