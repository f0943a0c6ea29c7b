"""The same digests on every processor: those written down, those found here, those on the page."""

import json

from helpers import ROOT, program

from mnist_kmeans.fast.engine import compiled_loops

MACHINES = json.loads((ROOT / "benchmarks" / "machines.json").read_text())


def test_every_processor_has_the_same_digests():
    assert len(MACHINES) == len({each["processor"] for each in MACHINES}) >= 7
    assert {each["byte order"] for each in MACHINES} == {"little", "big"}
    assert {each["bits"] for each in MACHINES} == {32, 64}
    digests = {what: digest for each in MACHINES for what, digest in each["digests"].items()}
    assert all(
        digests[what] == found for each in MACHINES for what, found in each["digests"].items()
    )
    assert digests["textbook, k = 10"] == digests["fast, k = 10"]
    assert sum("fast, k = 10" in each["digests"] for each in MACHINES) >= 1


def test_this_processor_has_them_too():
    fingerprints = program("fingerprints")
    found = fingerprints.fingerprints()
    known = {what: digest for each in MACHINES for what, digest in each["digests"].items()}
    assert found == {what: known[what] for what in found}
    assert compiled_loops() is None or "fast, k = 10" in found


def test_the_page_shows_the_table():
    page = (ROOT / "site" / "numbers.md").read_text("utf-8")
    rows = [
        f"| {each['processor']} | {each['bits']} | {each['byte order']} | {each['python']} | "
        f"{each['numpy']} | {'yes' if 'fast, k = 10' in each['digests'] else 'no'} |"
        for each in MACHINES
    ]
    assert "\n".join(rows) in page
    for each in MACHINES:
        for what, digest in each["digests"].items():
            assert f"| {what} | `{digest[:16]}…` |" in page


def test_the_table_names_the_processors_that_can_be_run():
    assert len(program("machines").PROCESSORS) == len(MACHINES)
