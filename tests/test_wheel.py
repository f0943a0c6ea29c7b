"""The package installed from its wheel, far from any checkout and from any network."""

import os
import subprocess
import sys
import venv
import zipfile

import pytest
from helpers import COURSE, ROOT, contents

from mnist_kmeans import kmeans, load_mnist
from mnist_kmeans.course.store import code_cells, read_stored

SCRIPT = """
from mnist_kmeans import kmeans, load_mnist
from mnist_kmeans.plots import digits, show

digits_there = load_mnist("sample")
clustering = kmeans(digits_there.images, 10)
print(clustering.digest)
show(digits(clustering.centroids, heading="Ten centroids"))
"""
# A chapter where nothing of what the package asks for is installed but numpy and matplotlib.
PLAIN = """
import os, re, runpy, sys
from importlib.metadata import requires

names = {re.match("[A-Za-z0-9_-]+", each)[0] for each in requires("mnist-kmeans")}
sys.modules.update({name: None for name in {"IPython", *names} - {"numpy", "matplotlib"}})
os.environ["MNIST_KMEANS_EDITION"] = "sample"
runpy.run_path(sys.argv[1], run_name="__main__")
"""
COURSE_COMMANDS = ["course", "lab", "refresh", "check", "site", "book", "scripts", "slides"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel of the package, built without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-index"]
    command += ["--no-build-isolation", "--disable-pip-version-check"]
    subprocess.run([*command, "--wheel-dir", str(folder), str(ROOT)], check=True)
    [wheel] = folder.iterdir()
    return wheel


@pytest.fixture(scope="module")
def elsewhere(wheel, tmp_path_factory):
    """A function that runs the Python of a fresh environment, which has the wheel and what it needs.

    What it needs comes from this environment, so that nothing is fetched. The function returns what was
    printed on both streams, and the exit status; it runs in an empty folder, with a home of its own.
    """
    home = tmp_path_factory.mktemp("elsewhere")
    environment, work = home / "environment", home / "work"
    venv.create(environment, with_pip=False, symlinks=os.name != "nt")
    scripts = environment / ("Scripts" if os.name == "nt" else "bin")
    [packages] = environment.rglob("site-packages")
    ours = next(path for path in map(str, sys.path) if path.endswith("site-packages"))
    # Only the packages: the link to the checkout, a .pth file in `ours`, is not followed from a .pth.
    (packages / "needed.pth").write_text(f"{ours}\n")
    command = [sys.executable, "-m", "pip", "--python", str(scripts / "python"), "install"]
    command += ["--quiet", "--no-index", "--no-deps", "--disable-pip-version-check", str(wheel)]
    subprocess.run(command, check=True)
    work.mkdir()
    settings = {
        **{
            name: value for name, value in os.environ.items() if not name.startswith("MNIST_KMEANS")
        },
        "HOME": str(home),
        "XDG_CACHE_HOME": str(home / "cache"),
        "LOCALAPPDATA": str(home),
        "PYTHONPATH": "",
    }

    def run(*arguments, program="python"):
        done = subprocess.run(
            [str(scripts / program), *arguments],
            cwd=work,
            env=settings,
            capture_output=True,
            text=True,
        )
        return done.stdout, done.stderr, done.returncode

    run.work, run.packages, run.home = work, packages, home
    return run


def test_the_wheel_holds_the_package_and_the_sample_and_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    for name, content in contents(ROOT / "mnist_kmeans" / "data" / "sample").items():
        assert zipfile.ZipFile(wheel).read(f"mnist_kmeans/data/sample/{name}") == content
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"mnist_kmeans"}
    assert not [name for name in names if name.endswith((".pyc", ".ipynb"))]


def test_a_script_far_from_the_checkout_clusters_the_sample_and_saves_its_pictures(elsewhere):
    (elsewhere.work / "little.py").write_text(SCRIPT)
    printed, warned, status = elsewhere("little.py")
    assert (warned, status) == ("", 0)
    digest, shown = printed.splitlines()
    assert digest == kmeans(load_mnist("sample").images, 10).digest
    assert shown.startswith("[figures/little-01.png] Ten centroids.")
    assert (elsewhere.work / "figures" / "little-01.png").read_bytes().startswith(b"\x89PNG")
    where = "import mnist_kmeans; print(mnist_kmeans.__file__)"
    assert elsewhere("-c", where)[0].startswith(str(elsewhere.packages))


def test_a_chapter_runs_with_numpy_and_matplotlib_alone(elsewhere):
    (elsewhere.work / "plain.py").write_text(PLAIN)
    chapter = COURSE.chapters / "02_naive_clustering.py"
    printed, warned, status = elsewhere("plain.py", str(chapter))
    assert (warned, status) == ("", 0)
    stored = read_stored(COURSE.stored_path(chapter, "sample"))
    said = [
        output.text
        for cell in code_cells(stored)
        for output in cell.outputs
        if output.output_type == "stream"
    ]
    assert len(said) > 5 and all(text in printed for text in said)


@pytest.mark.parametrize("how", ["the command", "python -m"])
def test_fit_works_far_from_the_checkout(how, elsewhere):
    arguments = ["fit", "--edition", "sample", "--k", "5"]
    if how == "the command":
        printed, warned, status = elsewhere(*arguments, program="mnist-kmeans")
    else:
        printed, warned, status = elsewhere("-m", "mnist_kmeans", *arguments)
    assert (warned, status) == ("", 0)
    training, _ = load_mnist("sample").holdout()
    assert kmeans(training.images, 5).digest in printed
    assert str(elsewhere.work / "figures" / "fit-sample-k5-seed0.png") in printed


@pytest.mark.parametrize("command", COURSE_COMMANDS)
def test_what_needs_the_sources_of_the_course_says_so_in_one_line(command, elsewhere):
    printed, warned, status = elsewhere("-m", "mnist_kmeans", command)
    assert (printed, status) == ("", 1)
    [line] = warned.splitlines()
    assert "needs the sources of the course" in line and "make course" in line


def test_large_data_go_to_the_users_cache(elsewhere):
    printed, warned, status = elsewhere(
        "-m", "mnist_kmeans", "enlarge", "--n", "10", "--edition", "sample"
    )
    assert (warned, status) == ("", 0)
    folder = printed.partition("digits are in ")[2].strip()
    assert folder.startswith(str(elsewhere.home)) and "site-packages" not in folder
    code = "from mnist_kmeans.data import folder; print(folder('full'))"
    assert elsewhere("-c", code)[0].startswith(str(elsewhere.home))


def test_nothing_is_written_among_the_installed_files(elsewhere):
    """Pictures, data and caches of the tests above are elsewhere; byte code and compiled loops may be."""
    written = {
        path.suffix
        for path in (elsewhere.packages / "mnist_kmeans").rglob("*")
        if path.is_file() and path.suffix not in {".py", ".gz", ".json"}
    }
    assert written <= {".pyc", ".nbi", ".nbc"}
