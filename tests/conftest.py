"""Settings for all the tests."""

import contextlib
import os
import shutil
import signal
from pathlib import Path

import pytest
from hypothesis import settings

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # tests run side by side, one on each core

# Programs that a shell starts in the background ignore Ctrl-C, and so would all that the tests interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)

# The same examples in every run, however slow the machine: a red test stays red until it is mended.
settings.register_profile("course", derandomize=True, deadline=None, database=None)
settings.load_profile("course")

# What takes longest comes first, so that all processes end at about the same time. By the turn of
# test_site the browser's tests have built the site.
FIRST = [
    *("browser/test_lab.py", "browser/test_site.py", "test_scripts.py", "test_exercises.py"),
    *("test_cluster.py", "browser/test_slides.py", "test_site.py", "test_notebooks.py"),
    "test_lloyd.py",
]

INDEX = """\
# A little course

```{toctree}
:glob:

[0-9]*
```
"""


def pytest_collection_modifyitems(items):
    """Order the tests by their files; a file is the work of one process."""
    folder = Path(__file__).parent

    def turn(item):
        name = item.path.relative_to(folder).as_posix()
        return [*FIRST, name].index(name)

    items.sort(key=turn)


def pytest_xdist_auto_num_workers():
    """Run one process more than there are cores: those with a browser or a cluster often wait for it."""
    from mnist_kmeans.basics.parallel import cores

    return cores() + 1


@pytest.fixture(scope="session")
def built_site(tmp_path_factory):
    """The folder of the HTML course, built from the stored notebooks as `make site` does."""
    from mnist_kmeans import notebooks, website

    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent  # of all the processes of this run: the first one builds for all
    site = base / "built_site"
    if not site.exists():
        stored = [notebooks.stored_path(path, "full") for path in notebooks.sources()]
        build = tmp_path_factory.mktemp("build")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(website, "SOURCE", build / "site_source")
            patch.setattr(website, "PAGES", build / "site")
            website.build(stored, "full")
        with contextlib.suppress(OSError):  # another was quicker
            (build / "site").rename(site)
    return site


@pytest.fixture
def little_course(tmp_path, monkeypatch):
    """A function that puts chapters, given as {name: text}, in the place of the real ones."""
    from mnist_kmeans import notebooks, website

    chapters, sample = tmp_path / "notebooks", tmp_path / "sample_edition"
    chapters.mkdir()
    shutil.copytree(website.TEXT, tmp_path / "site", ignore=shutil.ignore_patterns("*.md"))
    (tmp_path / "site" / "index.md").write_text(INDEX)
    monkeypatch.setattr(notebooks, "CHAPTERS", chapters)
    monkeypatch.setattr(notebooks, "STORED", {"full": chapters, "sample": sample})
    monkeypatch.setattr(notebooks, "EXECUTED", tmp_path / "build" / "course")
    monkeypatch.setattr(website, "TEXT", tmp_path / "site")
    monkeypatch.setattr(website, "SOURCE", tmp_path / "build" / "site_source")
    monkeypatch.setattr(website, "PAGES", tmp_path / "build" / "site")

    def write(texts):
        for name, text in texts.items():
            (chapters / f"{name}.py").write_text(text)
        return tmp_path

    return write
