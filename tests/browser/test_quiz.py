"""Quick questions and progress in a browser, from disk and without a network."""

import pytest
from browsing import SCREENSHOTS, barriers, each_scheme, each_size, overhang
from helpers import COURSE

CHAPTER = "04_labeling"
# The page's own observer, which is older, is told first.
TOLD = "each => new Promise(done => new IntersectionObserver(() => done()).observe(each))"


def open_page_of(site, page, name=CHAPTER):
    """Open a page of the site."""
    page.goto((site / f"{name}.html").as_uri())
    return page


def go_to_index(site, page):
    """Open the first page; what a page has kept may reach the next one a little later."""
    kept = "localStorage.getItem('mnist-kmeans-progress')"
    before = page.evaluate(kept)
    open_page_of(site, page, "index")
    for _ in range(100):
        if page.evaluate(kept) == before:
            break
        page.reload()


def right_answer(question):
    """Return the place of the right answer of a question, from 0, as its folded text has it."""
    reasons = question.locator("details li").all_text_contents()
    return [reason.startswith("Right.") for reason in reasons].index(True)


def answer(question, place):
    """Choose an answer, and return what the page says of it."""
    question.get_by_role("radio").nth(place).check()
    question.get_by_role("button", name="Check").click()
    return words(question.get_by_role("status"))


def words(locator):
    """Return the text of a part of a page, with single spaces."""
    return " ".join(locator.text_content().split())


def reason(question, place):
    """Return the reason that the folded text has for an answer."""
    return words(question.locator("details li").nth(place))


def see_all(page):
    """Scroll until every heading of a page has been on the screen."""
    for heading in page.locator("article h2").all():
        heading.scroll_into_view_if_needed()
        heading.evaluate(TOLD)


def notes(page, place="article"):
    """Return what a part of a page says of the progress in its chapters."""
    return page.locator(f"{place} .progress-note").all_inner_texts()


@pytest.mark.parametrize("chapter", COURSE.names())
def test_each_answer_gets_its_reason_and_one_is_right(chapter, built_site, open_page):
    page = open_page_of(built_site, open_page(), chapter)
    questions = page.locator("form.quiz").all()
    assert 3 <= len(questions) <= 5
    for question in questions:
        right = right_answer(question)
        for place in range(question.get_by_role("radio").count()):
            told = answer(question, place)
            assert told.endswith(reason(question, place))
            assert told.startswith("Right." if place == right else "Not this one.")
    assert page.get_by_text("Quick question.").count() == len(questions)
    assert page.troubles == []


def test_a_question_is_answered_by_keyboard_alone_and_told_to_screen_readers(built_site, open_page):
    page = open_page_of(built_site, open_page())
    question = page.locator("form.quiz").first
    legend = "Quick question. Before the clusters are named, somebody shuffles all the labels. What"
    group = page.get_by_role("group", name=legend)
    assert group.get_by_role("radio", name="The inertia.").count() == 1
    assert not question.locator("summary").is_visible()
    question.get_by_role("radio").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Check"
    page.keyboard.press("Enter")
    status = question.get_by_role(
        "status"
    )  # a live region: what changes there is read out politely
    assert status.inner_text().startswith("Not this one. They follow from pixels alone.")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert status.inner_text().startswith("Right. They are all that is made with labels.")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert question.locator("details li").first.is_visible()


def test_nothing_is_told_until_an_answer_is_chosen(built_site, open_page):
    page = open_page_of(built_site, open_page())
    question = page.locator("form.quiz").first
    question.get_by_role("button", name="Check").click()
    assert question.get_by_role("status").inner_text() == ""
    assert not question.locator("summary").is_visible()
    assert page.troubles == []


def test_without_scripts_the_text_stays_with_folded_answers(built_site, browser):
    with browser.new_context(java_script_enabled=False) as context:
        page = open_page_of(built_site, context.new_page())
        text = page.get_by_text("Quick question.")
        assert text.count() >= 3
        folded = page.locator("details", has_text="They follow from pixels alone.")
        assert not folded.locator("li").first.is_visible()
        folded.locator("summary").click()
        assert folded.locator("li").first.is_visible()


def test_on_paper_the_answers_are_below_their_questions(built_site, open_page):
    page = open_page_of(built_site, open_page())
    hidden = page.locator("article details li, article details p")
    assert not any(each.is_visible() for each in hidden.all())
    page.emulate_media(media="print")
    assert hidden.count() > 10
    assert all(each.bounding_box()["height"] > 5 for each in hidden.all())
    assert not any(each.is_visible() for each in page.locator(".quiz button, .quiz input").all())


def test_progress_is_shown_with_its_rule_and_can_be_cleared(built_site, open_page):
    page = open_page_of(built_site, open_page(), "index")
    assert notes(page) == notes(page, "nav") == []
    assert page.get_by_role("button", name="Clear my progress").count() == 0

    open_page_of(built_site, page)
    many = page.locator("form.quiz").count()
    question = page.locator("form.quiz").first
    right = right_answer(question)
    answer(question, right - 1)
    page.keyboard.press("End")  # to skip is not to read
    go_to_index(built_site, page)
    [note] = notes(page)
    assert " sections, " in note and note.endswith(f" 0 of {many} questions")

    open_page_of(built_site, page)
    answer(question, right)
    see_all(page)
    go_to_index(built_site, page)
    assert notes(page) == notes(page, "nav") == [f"read, 1 of {many} questions"]
    title = page.locator(f"article a[href='{CHAPTER}.html']", has_text="4. From clusters to digits")
    assert title.locator("xpath=following-sibling::span").inner_text() == notes(page)[0]
    rule = page.locator(".progress-panel").inner_text()
    assert "when the heading of each of its sections has been on your screen" in rule
    assert "when you have found its right answer" in rule

    open_page_of(built_site, page)
    assert question.get_by_role("status").inner_text() == "You have found the answer before."
    go_to_index(built_site, page)
    page.get_by_role("button", name="Clear my progress").press("Enter")
    assert page.locator(":focus").inner_text() == "Your progress is cleared."
    for _ in range(2):
        assert notes(page) == notes(page, "nav") == []
        go_to_index(built_site, page)
    assert page.troubles == []


@pytest.mark.parametrize(
    "storage",
    [
        "Storage.prototype.setItem = () => { throw new Error('full') }",
        "Storage.prototype.getItem = () => { throw new Error('denied') }",
        "Storage.prototype.getItem = () => '{'",
        "Storage.prototype.getItem = () => 'null'",
        "Object.defineProperty(window, 'localStorage', {get() { throw new Error('denied') }})",
    ],
)
def test_without_storage_questions_are_answered_and_nothing_is_kept(storage, built_site, open_page):
    page = open_page()
    page.add_init_script(storage)
    open_page_of(built_site, page)
    question = page.locator("form.quiz").first
    assert answer(question, right_answer(question)).startswith("Right.")
    see_all(page)
    open_page_of(built_site, page, "index")
    assert notes(page) == notes(page, "nav") == []


@each_size
@each_scheme
def test_questions_and_progress_fit_the_window_and_keep_nobody_out(
    size, scheme, built_site, open_page
):
    """The screenshots that this takes are for people to look at."""
    page = open_page_of(built_site, open_page(size, scheme))
    for place, question in enumerate(page.locator("form.quiz").all()):
        right = right_answer(question)
        answer(question, right if place % 2 else right - 1)
    shot = f"{size[0]}-{scheme}.png"
    page.locator("form.quiz").nth(0).screenshot(path=SCREENSHOTS / f"quiz-wrong-{shot}")
    page.locator("form.quiz").nth(1).screenshot(path=SCREENSHOTS / f"quiz-right-{shot}")
    assert overhang(page) == 0
    assert barriers(page) == []
    open_page_of(built_site, page, "index")
    page.locator(".progress-panel").scroll_into_view_if_needed()
    page.screenshot(path=SCREENSHOTS / f"progress-{shot}")
    assert overhang(page) == 0
    assert barriers(page) == []
