"""The command mnist-kmeans: what it prints and stores, and one line for each ordinary mistake."""

import os
import re
import subprocess
import sys
from importlib import import_module

import nbformat
import numpy as np
import pytest
from helpers import COURSE, ROOT
from PIL import Image

from mnist_kmeans import kmeans, load_mnist
from mnist_kmeans.basics import places
from mnist_kmeans.basics.errors import DownloadError
from mnist_kmeans.cli import main
from mnist_kmeans.course import store
from mnist_kmeans.course.kernels import OwnKernel
from mnist_kmeans.course.pairing import Contents
from mnist_kmeans.data import editions

CHAPTER = """\
# %% [markdown]
# # A little chapter

# %%
import os

print("the edition is", os.environ["MNIST_KMEANS_EDITION"])
"""
PICTURE = """
# %%
from mnist_kmeans.plots import Picture, show

picture = Picture(figsize=(1, 1))
picture.alt = "A white square"
show(picture)
"""


def told(capfd, *arguments, course=None):
    """Run a command that must fail, and return the one line that it says, without advice on the data."""
    assert main(list(arguments), course) == 1
    line, *advice = capfd.readouterr().err.splitlines()
    assert line.startswith("mnist-kmeans: ")
    assert advice in ([], ["To go on without the full MNIST, set MNIST_KMEANS_EDITION=sample"])
    return line


@pytest.fixture
def no_data(tmp_path, monkeypatch):
    """No full MNIST and no network."""

    def fail():
        raise DownloadError("no network")

    monkeypatch.delenv("MNIST_KMEANS_EDITION", raising=False)
    monkeypatch.setenv("MNIST_KMEANS_DATA", str(tmp_path / "full"))
    monkeypatch.setattr(editions, "fetch", fail)


def test_fit_prints_how_good_the_clusters_are_and_draws_them(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(places, "checkout", lambda: tmp_path)
    assert main(["fit", "--edition", "sample", "--k", "10", "--seed", "3"]) == 0
    printed = capsys.readouterr().out
    picture = tmp_path / "build" / "figures" / "fit-sample-k10-seed3.png"
    training, _ = load_mnist("sample").holdout()
    assert f"digest  {kmeans(training.images, 10, seed=3).digest}" in printed
    assert str(picture) in printed
    assert np.ptp(np.asarray(Image.open(picture).convert("L"))) > 200
    for word in ("error rate", "purity", "iterations in"):
        assert word in printed


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [(["--k", "0"], "k"), (["--k", "3001"], "3001"), (["--seed", "-1"], "seed")],
)
def test_fit_refuses_what_cannot_be_done_in_one_line(arguments, reason, capfd):
    assert reason in told(capfd, "fit", "--edition", "sample", *arguments)


def test_a_folder_that_cannot_be_written_is_named_in_one_line(little_course, monkeypatch, capfd):
    course = little_course({"01_little": CHAPTER})
    monkeypatch.setattr(places, "checkout", lambda: course.root)
    build = course.root / "build"
    build.write_text("a file where a folder should be")
    assert str(build) in told(capfd, "fit", "--k", "10", "--edition", "sample")
    assert str(build) in told(capfd, "refresh", "--edition", "sample")


def test_a_missing_package_is_named_in_one_line(monkeypatch, capfd):
    for module in ("website", "blanks", "store"):
        monkeypatch.delattr(f"mnist_kmeans.course.{module}", raising=False)
        monkeypatch.delitem(sys.modules, f"mnist_kmeans.course.{module}", raising=False)
    monkeypatch.setitem(sys.modules, "jupytext", None)
    assert "jupytext" in told(capfd, "site")


def test_fetch_names_the_folder_or_says_why_not(monkeypatch, capfd, no_data):
    assert "no network" in told(capfd, "fetch")
    monkeypatch.setattr(editions, "fetch", lambda: editions.SAMPLE)
    assert main(["fetch"]) == 0
    assert capfd.readouterr().out == f"The full MNIST is in {editions.SAMPLE} (IDX files)\n"


def test_a_wrong_edition_in_the_environment_is_told_in_one_line(monkeypatch, capfd):
    monkeypatch.setenv("MNIST_KMEANS_EDITION", "large")
    for command in ("course", "refresh", "check", "fit"):
        assert "large" in told(capfd, command)


def test_course_without_data_runs_on_the_sample_and_tells_what_it_made(
    little_course, capfd, no_data
):
    text = "\n# %% [markdown]\n# Of 60,000<!--{25 * 160:,}--> digits, all.<!--true: 1 > 0-->\n"
    course = little_course({"01_little": CHAPTER + PICTURE + text})
    folder = course.build
    assert main(["refresh", "--edition", "sample"], course) == 0
    capfd.readouterr()
    assert main(["course"], course) == 0
    printed, warned = capfd.readouterr()
    assert warned == ""
    first, *_, page = printed.splitlines()
    assert "embedded sample" in first and first.endswith("no network")
    assert "on the sample edition" in printed and "01_little" in printed
    assert page.endswith(str(folder / "site" / "index.html"))
    chapter = nbformat.read(folder / "course" / "01_little.ipynb", as_version=4)
    assert chapter.cells[1].outputs[0].text == "the edition is sample\n"
    html = (folder / "site" / "01_little.html").read_text("utf-8")
    assert "the edition is sample" in html
    assert re.search('<img [^>]*alt="A white square"', html)
    assert "The numbers of the sample." in html  # the page says where its numbers come from
    assert re.findall('<sup class="here">(.+?)</sup>', html) == ["here 4,000"]


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("x = (", "SyntaxError"),
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("import os; os._exit(1)", "the kernel died"),
    ],
)
def test_a_cell_that_fails_is_named_in_one_line_and_nothing_is_stored(
    little_course, capfd, code, reason
):
    course = little_course({"01_little": f"{CHAPTER}\n# %%\n{code}\n"})
    line = told(capfd, "refresh", "--edition", "sample", course=course)
    assert "01_little.py, cell 1" in line and code in line and reason in line
    assert not list(course.root.rglob("*.ipynb*"))


def test_a_stored_notebook_that_is_damaged_or_missing_is_named_in_one_line(little_course, capfd):
    course = little_course({"01_little": CHAPTER})
    pair = course.chapters / "01_little.ipynb"
    assert f"{pair} is not stored yet" in told(capfd, "check", "--edition", "sample", course=course)
    cell = '{"cell_type": "code", "id": "a", "metadata": {}, "source": ""}'
    half = f'{{"cells": [{cell}], "metadata": {{}}, "nbformat": 4, "nbformat_minor": 5}}'
    for damage in ("", "{", "[]", '{"cells": 3}', half):
        pair.write_text(damage)
        assert f"{pair} is damaged" in told(capfd, "site", course=course)


def test_unknown_chapters_and_their_absence_are_told_in_one_line(little_course, capfd):
    assert "no chapters" in told(capfd, "site", course=little_course({}))
    course = little_course({"01_little": CHAPTER})
    assert "01_little" in told(capfd, "refresh", "--edition", "sample", "02", course=course)


def test_check_skips_the_full_edition_only_when_nobody_asked_for_it(
    little_course, monkeypatch, capfd, no_data
):
    course = little_course({"01_little": CHAPTER})
    for edition in editions.EDITIONS:
        [source] = course.sources()
        store.write(store.read_source(source), course.stored_path(source, edition))
    monkeypatch.setattr("mnist_kmeans.course.strict_nbval.holds", lambda *_: True)
    assert main(["check"], course) == 0
    [skipped] = [line for line in capfd.readouterr().out.splitlines() if "skipped" in line]
    assert skipped.startswith("Full edition: skipped") and str(editions.folder("full")) in skipped
    assert "no network" in told(capfd, "check", "--edition", "full", course=course)


@pytest.mark.usefixtures("no_data")
def test_lab_without_data_says_so_and_opens_the_chapters_on_the_sample(monkeypatch, capsys):
    started = []

    def fake_run(command, env):
        started.append((command[1:], env["MNIST_KMEANS_EDITION"]))
        return 0

    monkeypatch.setattr("mnist_kmeans.course.commands.run_apart", fake_run)
    assert main(["lab", "--", "--allow-root", "--port=9999"]) == 0
    [(command, edition)] = started
    assert command[:3] == ["-m", "jupyterlab", str(COURSE.chapters)]
    own = [argument.partition("=")[2].rpartition(".") for argument in command[3:5]]
    assert [getattr(import_module(module), name) for module, _, name in own] == [
        Contents,
        OwnKernel,
    ]
    assert command[5:] == ["--LabApp.default_url=/lab/tree/start.md", "--allow-root", "--port=9999"]
    assert edition == "sample"
    [line] = capsys.readouterr().out.splitlines()
    assert line.startswith("The full MNIST cannot be had, so the chapters run on the embedded")


def test_lab_tells_root_how_to_insist(monkeypatch, capfd):
    monkeypatch.setattr(os, "geteuid", lambda: 0, raising=False)
    assert "mnist-kmeans lab -- --allow-root" in told(capfd, "lab")


def test_version_is_that_of_the_project_its_citation_and_its_changelog(capsys):
    with pytest.raises(SystemExit, match="0"):
        main(["--version"])
    name, number = capsys.readouterr().out.split()
    assert name == "mnist-kmeans"
    for file, line in [
        ("pyproject.toml", f'version = "{number}"'),
        ("CITATION.cff", f"version: {number}"),
        ("CHANGELOG.md", f"## {number}"),
    ]:
        assert line in (ROOT / file).read_text("utf-8").splitlines(), file


@pytest.mark.parametrize(
    "command", ["course", "lab", "refresh", "check", "site", "book", "scripts", "slides"]
)
def test_without_a_checkout_the_commands_of_the_course_say_how_to_get_one(
    command, monkeypatch, capfd
):
    monkeypatch.setattr(places, "checkout", lambda: None)
    assert "repository, and run there: make course" in told(capfd, command)


def test_the_command_works_without_docstrings(tmp_path):
    command = [
        sys.executable,
        "-OO",
        "-m",
        "mnist_kmeans",
        "fit",
        "--edition",
        "sample",
        "--k",
        "3",
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert "digest" in done.stdout
