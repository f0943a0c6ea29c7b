"""Settings for all the tests."""

import contextlib
import os
import signal
from functools import partial
from pathlib import Path

import pytest
from helpers import COURSE, write_course
from hypothesis import settings
from xdist.scheduler import LoadFileScheduling

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # tests run side by side, one on each core

# Programs that a shell starts in the background ignore Ctrl-C, and so would all that the tests interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)

# The same examples in every run, however slow the machine: a red test stays red until it is mended.
settings.register_profile("course", derandomize=True, deadline=None, database=None)
settings.load_profile("course")

# What takes longest comes first, so that all processes end at about the same time. The second process
# builds the site; the others need it later.
FIRST = [
    *("browser/test_lab.py", "browser/test_site.py", "course/test_scripts.py"),
    *("exercises/test_exercises.py", "grading/test_verdicts.py", "cluster/test_dask_kmeans.py"),
    *("fast/test_fast.py", "test_setup.py", "browser/test_playground.py", "test_lloyd.py"),
    *("browser/test_plane.py", "course/test_book.py", "browser/test_quiz.py", "test_wheel.py"),
    *("browser/test_slides.py", "course/test_lost_work.py", "course/test_refreshing.py"),
    *("test_main.py", "course/test_site.py", "test_records.py"),
]


def pytest_collection_modifyitems(items):
    """Order the tests by their files; a file is the work of one process, but for `Scheduling`."""
    folder = Path(__file__).parent

    def turn(item):
        name = item.path.relative_to(folder).as_posix()
        return [*FIRST, name].index(name)

    items.sort(key=turn)


class Scheduling(LoadFileScheduling):
    """Gives each process a file at a time, but of the scripts, which take longest, one chapter."""

    def _split_scope(self, nodeid):
        return nodeid if "course/test_scripts.py" in nodeid else super()._split_scope(nodeid)


def pytest_xdist_make_scheduler(config, log):
    """Return what hands the tests out, for `--dist loadfile`."""
    return Scheduling(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_xdist_auto_num_workers():
    """Run one process more than there are cores: those with a browser or a cluster often wait for it."""
    from mnist_kmeans.basics.parallel import cores

    return cores() + 1


@pytest.fixture(scope="session")
def built_site(tmp_path_factory):
    """The folder of the HTML course, built from the stored notebooks as `make site` does."""
    from mnist_kmeans.course import website

    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent  # of all the processes of this run: the first one builds for all
    site = base / "built_site"
    if not site.exists():
        build = tmp_path_factory.mktemp("build")
        website.build_stored(COURSE, build / "site")
        with contextlib.suppress(OSError):  # another was quicker
            (build / "site").rename(site)
    return site


@pytest.fixture
def little_course(tmp_path):
    """A function that makes a Checkout of chapters, given as {name: text}."""
    return partial(write_course, tmp_path / "course")
