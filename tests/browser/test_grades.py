"""The page of a class's results in a browser: nothing keeps people out, and nothing of a learner's runs."""

import pytest
from browsing import barriers, overhang
from helpers import COURSE, ROOT

from mnist_kmeans.grading import gradebook, handed_in
from mnist_kmeans.grading.handed_in import HandedIn
from mnist_kmeans.grading.verdicts import Verdict

EVIL = "<img src=x onerror='document.title=1'><script>document.title = 1</script>"
RESULTS = [
    *(("done", ""), ("not yet", "It is the sum. " * 9), ("not tried", "")),
    *(("error", EVIL), ("out of time", "Does its loop ever come to an end?")),
]


def row(number, chapter):
    """Return a notebook and its verdicts."""
    learner = EVIL if number == 3 else f"Learner {number} of a class"
    notebook = HandedIn(
        f"{number}.ipynb", learner, chapter.name, words=[EVIL] * len(chapter.questions)
    )
    turned = RESULTS[number:] + RESULTS[:number]
    return notebook, [
        Verdict(name, *result) for name, result in zip(chapter.checks, turned, strict=False)
    ]


@pytest.mark.parametrize("size", [(1280, 900), (390, 844)], ids=["desktop", "phone"])
def test_the_page_of_a_class_is_for_everybody_and_runs_nothing(size, open_page, tmp_path):
    known = handed_in.chapters(COURSE)
    graded = [row(number, chapter) for number in range(5) for chapter in list(known.values())[:3]]
    path = tmp_path / "class.html"
    path.write_bytes(gradebook.page(*zip(*graded, strict=True), known, 5))
    page = open_page(size)
    page.goto(path.as_uri())
    for summary in page.locator("summary").all()[:6]:
        summary.click()
    assert page.locator("details[open] p").first.is_visible()
    assert page.title() == "Exercises of a class" and page.troubles == []
    assert overhang(page) == 0 and barriers(page) == []
    page.screenshot(path=ROOT / "build" / "screenshots" / f"class-{size[0]}.png")
