"""What a teacher gets: one table as CSV, and one page that needs nothing beside it.

Names, messages and words come from learners. On the page they are text and nothing else, and in the table
no formula.
"""

import csv
import io
from html import escape

from mnist_kmeans.grading.verdicts import DONE, ERROR, LATE, NOT_TRIED, NOT_YET

COLUMNS = ("notebook", "chapter", "exercise", "result", "message", "seconds", "edition")
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would compute
MARKS = {DONE: "✓", NOT_YET: "✗", NOT_TRIED: "·", ERROR: "!", LATE: "∞"}
CLASSES = {result: result.replace(" ", "-") for result in MARKS}


def table(notebooks, verdicts):
    """Return the CSV of HandedIn notebooks and their Verdicts, as bytes that a spreadsheet opens."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for notebook, found in zip(notebooks, verdicts, strict=True):
        for each in found:
            row = (notebook.name, notebook.chapter, each.exercise, each.result, each.message)
            writer.writerow([*map(harmless, row), each.seconds, notebook.edition])
    return text.getvalue().encode("utf-8-sig", "replace")


def harmless(text):
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def page(notebooks, verdicts, known, seed):
    """Return the page of HandedIn notebooks and their Verdicts, as bytes; `known` are the Chapters."""
    graded = list(zip(notebooks, verdicts, strict=True))
    there = [each for name, each in known.items() if any(n.chapter == name for n in notebooks)]
    learners = by_learner(graded)
    parts = [
        f"<p>{len(notebooks)} notebooks of {len(learners)} learners. {counts(verdicts)} "
        f"Other inputs: <code>--seed {seed}</code>.</p>",
        results(learners, there),
        *(words(learners, chapter) for chapter in there),
    ]
    return PAGE.format(style=STYLE, body="\n".join(parts)).encode("utf-8", "replace")


def by_learner(graded):
    """Return {learner: {chapter: (notebook, verdicts)}}.

    Who has handed in two notebooks of a chapter has a row for each, under its whole name.
    """
    often = [(notebook.learner, notebook.chapter) for notebook, _ in graded]
    rows = {}
    for notebook, found in graded:
        alone = often.count((notebook.learner, notebook.chapter)) == 1
        row = rows.setdefault(notebook.learner if alone else notebook.name, {})
        row[notebook.chapter] = (notebook, found)
    return dict(sorted(rows.items()))


def counts(verdicts):
    """Return in a sentence how many exercises have which result."""
    every = [each.result for found in verdicts for each in found]
    return ", ".join(f"{every.count(result)} {result}" for result in MARKS) + "."


def results(learners, chapters):
    """Return the table of results: a row for each learner, a column for each exercise."""
    chapter_heads = "".join(
        f'<th colspan="{len(each.checks)}" scope="colgroup">{escape(each.name)}</th>'
        for each in chapters
    )
    heads = "".join(
        f'<th scope="col"><abbr title="{escape(title)}">{number}</abbr> <code>{name}</code></th>'
        for each in chapters
        for number, (name, title) in enumerate(zip(each.checks, each.titles, strict=True), start=1)
    )
    rows = "\n".join(row(name, handed_in, chapters) for name, handed_in in learners.items())
    return f"""<h2 id="results">Results</h2>
<div class="wide" role="region" aria-labelledby="results" tabindex="0">
<table>
<thead>
<tr><th rowspan="2" scope="col">learner</th>{chapter_heads}<th rowspan="2" scope="col">done</th></tr>
<tr>{heads}</tr>
</thead>
<tbody>
{rows}
</tbody>
</table>
</div>"""


def row(name, handed_in, chapters):
    """Return a learner's row; `handed_in` is {chapter: (notebook, verdicts)}."""
    found = "".join(cells(handed_in.get(chapter.name), chapter) for chapter in chapters)
    done = sum(each.result == DONE for _, several in handed_in.values() for each in several)
    other = handed_in.get("")
    trouble = "" if other is None else trouble_of(*other)
    return f'<tr><th scope="row">{escape(name)}{trouble}</th>{found}<td>{done}</td></tr>'


def trouble_of(notebook, found):
    """Return why a notebook could not be run, as part of its learner's name."""
    return f" {result(found[0])} <small>{escape(notebook.name)}</small>"


def cells(graded, chapter):
    """Return the cells of a learner's chapter: a notebook and its verdicts, or None."""
    if graded is None:
        return f'<td class="none" colspan="{len(chapter.checks)}">nothing handed in</td>'
    _, found = graded
    if found[0].exercise == "":
        return f'<td colspan="{len(chapter.checks)}">{result(found[0])}</td>'
    return "".join(f"<td>{result(each)}</td>" for each in found)


def result(verdict):
    """Return a result with its mark; the message unfolds."""
    told = f'<span aria-hidden="true">{MARKS[verdict.result]}</span> {verdict.result}'
    kind = CLASSES[verdict.result]
    if not verdict.message:
        return f'<span class="{kind}">{told}</span>'
    message = escape(verdict.message)
    return f'<details class="{kind}"><summary>{told}</summary><p>{message}</p></details>'


def words(learners, chapter):
    """Return what all learners have written under each question of a chapter, side by side."""
    parts = [f"<h2>{escape(chapter.name)}: to think about</h2>"]
    for number, question in enumerate(chapter.questions):
        parts.append(f'<p class="question">{escape(question.replace("*", ""))}</p><dl>')
        for name, handed_in in learners.items():
            if chapter.name in handed_in:
                said = handed_in[chapter.name][0].words[number] or "(nothing)"
                parts.append(f"<div><dt>{escape(name)}</dt><dd>{escape(said)}</dd></div>")
        parts.append("</dl>")
    return "\n".join(parts)


PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Exercises of a class</title>
<style>
{style}
</style>
</head>
<body>
<main>
<h1>Exercises of a class</h1>
{body}
</main>
</body>
</html>
"""
STYLE = """\
:root { color-scheme: light; }
body { font: 1rem/1.5 system-ui, sans-serif; color: #1a1a1a; background: #fff; margin: 1rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; }
th, td { border: 1px solid #767676; padding: .25rem .5rem; text-align: left; vertical-align: top; }
thead th { background: #f0f0f0; }
tbody th { position: sticky; left: 0; background: #fff; }
tbody th { min-width: 8rem; max-width: 12rem; overflow-wrap: anywhere; }
td { min-width: 6rem; }
details p { margin: .25rem 0; min-width: 14rem; max-width: 24rem; overflow-wrap: anywhere; }
summary { cursor: pointer; white-space: nowrap; }
.done, .not-yet, .not-tried, .error, .out-of-time { border-left: .4rem solid; padding-left: .4rem; }
.done { border-color: #0072b2; }
.not-yet { border-color: #d55e00; }
.not-tried { border-color: #767676; }
.error { border-color: #1a1a1a; }
.out-of-time { border-color: #a3457e; }
span.done, span.not-tried { display: block; white-space: nowrap; }
.none { color: #595959; }
.question { font-weight: 600; max-width: 45rem; }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(18rem, 100%), 1fr)); gap: .75rem; }
dl div { border: 1px solid #767676; padding: .5rem .75rem; }
dt { font-weight: 600; overflow-wrap: anywhere; }
dd { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
abbr { text-decoration: none; }"""
