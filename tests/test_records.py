"""The lowest inertias known: what the file says comes out, a search never worsens, a check is strict."""

import json
import re

import pytest
from helpers import ROOT, program

from mnist_kmeans import kmeans, load_mnist
from mnist_kmeans.data import editions

records = program("records")
KNOWN = records.read(records.RECORDS)
PAGE = (ROOT / "site" / "records.md").read_text("utf-8")
N = 400  # digits of a small search
KEYS = ["digits", "k", "inertia", "mean", "digest", "origin", "start", "swaps", "ends"]
FULL = pytest.mark.skipif(
    not editions.is_complete("full"), reason="the full MNIST is not here: run mnist-kmeans fetch"
)


@pytest.fixture(scope="module")
def fields():
    images = load_mnist("sample").images
    return {N: records.Field(images[:N]), N // 2: records.Field(images[: N // 2])}


@pytest.fixture(scope="module")
def search(fields, tmp_path_factory):
    """A search of two turns for each record."""
    folder = tmp_path_factory.mktemp("records")
    (folder / "records.md").write_text("Above the table.\n")
    search = records.Search(fields, folder / "records.json", folder / "records.md")
    for n, k in [(N, 4), (N // 2, 4), (N, 1)] * 2:
        search.turn(n, k)
    return search


def test_there_is_a_record_for_each_set_of_digits_and_each_k():
    assert sorted(KNOWN) == sorted((n, k) for n in (60_000, 45_000) for k in records.KS)


@pytest.mark.parametrize("record", KNOWN.values(), ids=map(str, KNOWN))
def test_a_record_makes_sense(record):
    n, k, start = record["digits"], record["k"], record["start"]
    assert list(record) == KEYS
    assert len(set(start)) == len(start) == k and min(start) >= 0 and max(start) < n
    assert all(0 <= cluster < k and 0 <= row < n for cluster, row in record["swaps"])
    assert record["mean"] == record["inertia"] / 255**2 / n
    assert re.fullmatch("[0-9a-f]{64}", record["digest"])
    assert min(record["ends"]) >= records.place(record["mean"])  # no start is lower than the record


@pytest.mark.parametrize("n", [60_000, 45_000])
def test_one_cluster_more_is_always_lower(n):
    inertias = [KNOWN[n, k]["inertia"] for k in records.KS]
    assert inertias == sorted(inertias, reverse=True)


def test_the_record_is_no_higher_than_what_others_found():
    assert KNOWN[60_000, 10]["mean"] < 39.22 and "39.22" in PAGE


def test_the_page_shows_what_the_file_says(tmp_path):
    page = tmp_path / "records.md"
    page.write_text(PAGE.replace(str(KNOWN[60_000, 10]["k"]), "11"), "utf-8")
    assert page.read_text("utf-8") != PAGE
    records.show(page, KNOWN)
    assert (
        page.read_text("utf-8").partition(records.HEADING)[2] == PAGE.partition(records.HEADING)[2]
    )
    for record in KNOWN.values():
        assert f"| {record['k']} | {record['inertia']:,} | {record['mean']:.6f} | " in PAGE


@FULL
def test_the_recipe_on_the_page_leads_to_the_record(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    exec(re.search("```python\n(.+?)```", PAGE, re.DOTALL)[1], {})
    assert capsys.readouterr().out == "True\nTrue\n"


@FULL
def test_a_cheap_record_of_the_course_comes_out():
    field = records.Field(load_mnist("full").holdout()[0].images)
    assert records.faults(field, KNOWN[45_000, 2]) == []


def test_what_a_search_finds_is_stored_and_comes_out_again(search):
    assert records.read(search.path) == search.records
    assert list(search.records[N, 4]) == KEYS
    page = search.page.read_text("utf-8")
    assert page == "Above the table.\n" + records.HEADING + records.tables(search.records)
    assert records.check(search.fields, search.records.values())
    best = kmeans(search.fields[N].points, 1).inertia  # with one cluster there is one end only
    assert search.records[N, 1]["inertia"] == best


def test_a_search_goes_on_with_what_is_stored_and_only_goes_down(search):
    before = search.path.read_bytes()
    goes_on = records.Search(search.fields, search.path, search.page)
    records.improve(goes_on, [4], minutes=0)
    assert goes_on.records == search.records and search.path.read_bytes() == before
    lower = []
    for _ in range(3):
        goes_on.turn(N, 4)
        lower.append(goes_on.records[N, 4]["inertia"])
    assert lower == sorted(lower, reverse=True) and lower[0] <= search.records[N, 4]["inertia"]
    assert goes_on.starts(N, 4) == search.starts(N, 4) + 3


def test_swaps_lead_lower_than_one_start(search, monkeypatch):
    monkeypatch.setattr(records, "TRIES", 30)
    field = search.fields[N]
    first = field.drawn(10, 0)
    steps = [
        (recipe, found.inertia)
        for recipe, found in field.climbs(first, field.replay(first), records.generator(0))
    ]
    inertias = [inertia for _, inertia in steps]
    assert inertias[0] == field.replay(first).inertia
    assert len(steps) > 2 and inertias == sorted(set(inertias), reverse=True)
    assert field.replay(steps[-1][0]).inertia == inertias[-1]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda record: record | {"inertia": record["inertia"] * (1 + 2**-52)}, ["inertia"]),
        (lambda record: record | {"mean": record["mean"] * (1 + 2**-52)}, ["mean"]),
        (lambda record: record | {"digest": "0" + record["digest"][1:]}, ["digest"]),
        (lambda record: record | {"swaps": [[0, 5]]}, ["inertia", "mean", "digest"]),
        (lambda record: record | {"start": [0, 1, 2, 3]}, ["inertia", "mean", "digest"]),
        (lambda record: record | {"start": [0, 1, 2, N]}, ["rows"]),
        (lambda record: record | {"swaps": [[4, 0]]}, ["rows"]),
    ],
    ids=["inertia", "mean", "digest", "swap", "start", "row", "cluster"],
)
def test_a_changed_record_is_found(search, capsys, change, found):
    record = search.records[N, 4]
    changed = change(json.loads(json.dumps(record)))
    assert records.faults(search.fields[N], record) == []
    assert records.faults(search.fields[N], changed) == found
    assert not records.check(search.fields, [changed])
    assert f"{N} digits, k = 4: WRONG: {', '.join(found)}" in capsys.readouterr().out


def test_centroids_that_would_move_on_are_found(search, monkeypatch):
    field, record = search.fields[N], search.records[N, 4]
    stopped = field.settle(field.points[record["start"]].astype(float), 1)
    monkeypatch.setattr(field, "replay", lambda recipe: stopped)
    assert records.faults(field, record | records.result(stopped)) == ["textbook loop"]


@pytest.mark.parametrize("text", [None, "[", "[1]", '[{"digits": 2}]', '{"k": 1}'])
def test_a_damaged_file_is_told_in_one_line(text, tmp_path, monkeypatch, capsys):
    path = tmp_path / "records.json"
    if text is not None:
        path.write_text(text)
    monkeypatch.setattr(records, "RECORDS", path)
    assert records.main(["check"]) == 1
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("records: ") and str(path) in line


def test_duplicate_digits_are_found_by_their_first_row():
    images = load_mnist("sample").images[[3, 4, 3]]
    assert records.Field(images).drawn(1, 0)["start"][0] in (0, 1)
