"""Shared and locked-down computers: what cannot be written is not needed, and a line says what goes where."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from helpers import COURSE, as_nobody, open_up

from mnist_kmeans.basics import places
from mnist_kmeans.cli import main

CHAPTER = "# %% [markdown]\n# # A little chapter\n\n# %%\nprint(6 * 7)\n"


@pytest.fixture
def locked(monkeypatch, tmp_path):
    """A function that locks a folder for this test; a home for all else."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    writable, found = places.is_writable, []
    monkeypatch.setattr(
        places,
        "is_writable",
        lambda path: not set(found) & {path, *path.parents} and writable(path),
    )
    return found.append


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid(), reason="only root can be nobody")
def test_a_folder_is_writable_for_those_who_may_write(tmp_path):
    open_up(tmp_path)
    mine, everybodys = tmp_path / "mine", tmp_path / "everybodys"
    for folder, mode in ((mine, 0o755), (everybodys, 0o777)):
        folder.mkdir()
        folder.chmod(mode)
    assert places.is_writable(mine / "build")
    assert not as_nobody(lambda: places.is_writable(mine))
    assert not as_nobody(lambda: places.is_writable(mine / "new" / "build"))
    assert as_nobody(lambda: places.is_writable(everybodys / "new" / "build"))
    assert [path.name for path in mine.iterdir()] == ["build"]
    assert list((mine / "build").iterdir()) == []


def test_other_troubles_are_told_by_what_then_writes(tmp_path):
    (tmp_path / "file").touch()
    assert places.is_writable(tmp_path / "file")


@pytest.mark.parametrize("home_too", [False, True])
@pytest.mark.parametrize("command", ["course", "scripts"])
def test_output_goes_to_the_user_where_the_course_is_somebody_elses(
    little_course, locked, capsys, tmp_path, monkeypatch, command, home_too
):
    monkeypatch.setenv("MNIST_KMEANS_EDITION", "sample")
    course = little_course({"01_little": CHAPTER})
    before = sorted(course.root.rglob("*"))
    locked(course.root)
    if home_too:
        locked(tmp_path / "home")
    assert main([command], course) == 0
    printed, warned = capsys.readouterr()
    [line] = warned.splitlines()
    folder = places.build(course.root)
    assert line == f"{course.root} is not yours to write; what is made goes to {folder}"
    assert folder.is_relative_to(tmp_path / "home") != home_too
    made = folder / ("site/index.html" if command == "course" else "scripts")
    assert made.exists() and str(made) in printed
    assert sorted(course.root.rglob("*")) == before


def test_pictures_and_data_go_to_the_user_too(tmp_path, locked, monkeypatch):
    monkeypatch.setattr(places, "checkout", lambda: tmp_path / "course")
    monkeypatch.delenv("MNIST_KMEANS_DATA", raising=False)
    full = tmp_path / "course" / "data" / "full"
    assert (places.data_home(), places.full_data()) == (full.parent, full)
    locked(tmp_path / "course")
    home = places.user_folder()
    assert home.is_relative_to(tmp_path / "home")
    assert places.data_home() == home
    assert places.full_data() == home / "full"
    assert places.figures() == home / "build" / "figures"
    full.mkdir()  # its owner has fetched the data for all
    assert places.full_data() == full


def test_a_home_that_cannot_be_written_is_spared(tmp_path):
    """By the programs that a chapter uses; they would warn, or fail."""
    home = tmp_path / "none"
    code = (
        "import os, mnist_kmeans, matplotlib, jupyter_core.paths, IPython.paths\n"
        "from mnist_kmeans.basics.places import PERSONAL\n"
        "import matplotlib.font_manager, mnist_kmeans.plots\n"
        "folders = [matplotlib.get_configdir(), matplotlib.get_cachedir(), IPython.paths.get_ipython_dir()]\n"
        "folders += [jupyter_core.paths.jupyter_config_dir(), jupyter_core.paths.jupyter_data_dir()]\n"
        "folders += [jupyter_core.paths.jupyter_runtime_dir()]\n"
        "print(*folders, sep='\\n')\n"
    )
    own = {name: value for name, value in os.environ.items() if name not in places.PERSONAL}
    own |= {"HOME": str(home), "USERPROFILE": str(home)}
    done = subprocess.run([sys.executable, "-c", code], env=own, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    folders = {Path(line) for line in done.stdout.splitlines()}
    assert not any(folder.is_relative_to(home) for folder in folders)
    assert len({folder.parent for folder in folders}) == 1
    assert not home.exists()
    assert not any(folder.exists() for folder in folders)  # nothing is left behind


def test_a_home_that_can_be_written_is_used(monkeypatch, tmp_path):
    for name in places.PERSONAL:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    places.spare_the_home()
    assert not set(places.PERSONAL) & set(os.environ)
    assert COURSE.build == COURSE.root / "build"
