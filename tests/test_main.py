"""The command as a process: Ctrl-C at any moment, a reader who has seen enough, what cannot be encoded."""

import os
import signal
import socket
import subprocess
import sys
import time

import psutil
import pytest

from mnist_kmeans.course import store
from mnist_kmeans.course.checkout import Checkout
from mnist_kmeans.data import editions

SIGNALS = pytest.mark.skipif(os.name == "nt", reason="Windows sends Ctrl-C to a whole console")


def start(arguments, tmp_path, **environment):
    """Start Python in a terminal's place: Ctrl-C reaches all that is not in a session of its own."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    return subprocess.Popen(
        [sys.executable, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "TMPDIR": str(temporary), **environment},
    )


def wait_for(path, process):
    """Wait until there is something in a file."""
    while not (path.exists() and path.stat().st_size):
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)


def press_ctrl_c(process, number=signal.SIGINT):
    """Interrupt a command, and return what it says; nothing that it has started goes on."""
    children = psutil.Process(process.pid).children(recursive=True)
    os.killpg(process.pid, number)
    said = process.communicate(timeout=60)[1]  # all have closed it
    assert process.returncode == 128 + number
    assert psutil.wait_procs(children, timeout=60)[1] == []
    return said


def on_course(course, *arguments):
    """Return what lets Python run a command on another checkout."""
    program = (
        "import sys; from pathlib import Path; from mnist_kmeans.__main__ import main\n"
        "from mnist_kmeans.course.checkout import Checkout\n"
        f"sys.exit(main({list(arguments)}, Checkout(Path({str(course.root)!r}))))"
    )
    return ["-c", program]


@pytest.fixture
def slow_course(little_course, tmp_path):
    """A course of one chapter, and the file where it writes the number of its process, before it waits."""
    started = tmp_path / "started"
    waiting = f"from pathlib import Path\nPath({str(started)!r}).write_text(str(os.getpid()))\n"
    course = little_course({"01_slow": f"# %%\nimport os\nimport time\n{waiting}time.sleep(600)\n"})
    [source] = course.sources()
    for edition in editions.EDITIONS:
        stored = store.read_source(source)
        stored.cells[0].execution_count = 1
        store.write(stored, course.stored_path(source, edition))
    return course, started


@SIGNALS
@pytest.mark.parametrize(
    "module",
    [
        *("argparse", "numpy._core.multiarray", "mnist_kmeans.lloyd", "mnist_kmeans.cli"),
        *("matplotlib.figure", "mnist_kmeans.plots"),
    ],
)
def test_ctrl_c_while_modules_are_loaded(module, tmp_path):
    """Python tells of each module when it is loaded; then Ctrl-C comes."""
    command = ["-X", "importtime", "-m", "mnist_kmeans", "fit", "--edition", "sample", "--k", "300"]
    process = start(command, tmp_path)
    while not process.stderr.readline().rstrip().endswith(f" {module}"):
        assert process.poll() is None
    said = press_ctrl_c(process).splitlines()
    assert [line for line in said if not line.startswith("import time:")] == [
        "mnist-kmeans: interrupted"
    ]


@SIGNALS
@pytest.mark.parametrize(
    ("command", "number", "word"),
    [
        *((command, signal.SIGINT, "interrupted") for command in ("refresh", "course", "check")),
        ("refresh", signal.SIGTERM, "terminated"),
    ],
)
def test_ctrl_c_while_a_kernel_runs(command, number, word, slow_course, tmp_path):
    course, started = slow_course
    options = [] if command == "course" else ["--edition", "sample"]
    process = start(on_course(course, command, *options), tmp_path, MNIST_KMEANS_EDITION="sample")
    wait_for(started, process)
    assert press_ctrl_c(process, number) == f"mnist-kmeans: {word}\n"
    assert not psutil.pid_exists(int(started.read_text()))
    [stored] = course.stored_folder("sample").iterdir()
    assert "time.sleep" in stored.read_text()  # as it was


@SIGNALS
def test_ctrl_c_while_threads_work(tmp_path):
    """They would finish their blocks first."""
    program = (
        "import sys; from pathlib import Path; from mnist_kmeans.basics import places\n"
        "from mnist_kmeans.__main__ import main\n"
        f"places.data_home = lambda: Path({str(tmp_path)!r})\n"
        "sys.exit(main(['enlarge', '--edition', 'sample', '--n', '1000000']))"
    )
    process = start(["-c", program], tmp_path)
    folder = tmp_path / "enlarged" / "sample-seed0"
    wait_for(folder / "block-00000.sha256", process)
    assert press_ctrl_c(process) == "mnist-kmeans: interrupted\n"
    assert not (folder / "block-00099.sha256").exists()


@SIGNALS
def test_ctrl_c_while_a_mirror_keeps_silent(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as mirror:
        proxy = f"http://127.0.0.1:{mirror.getsockname()[1]}"
        environment = {"HTTPS_PROXY": proxy, "MNIST_KMEANS_DATA": str(tmp_path / "full")}
        process = start(["-m", "mnist_kmeans", "fetch"], tmp_path, **environment)
        asked, _ = mirror.accept()
        with asked:
            assert press_ctrl_c(process) == "mnist-kmeans: interrupted\n"
    assert not list((tmp_path / "temporary").iterdir())


@SIGNALS
def test_a_command_that_runs_on_without_a_terminal_is_not_interrupted():
    """As nohup and a shell's & start it: such signals stay ignored."""
    program = (
        "import os, signal, sys\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "from mnist_kmeans import cli; from mnist_kmeans.__main__ import main\n"
        "cli.main = lambda *_: os.kill(os.getpid(), signal.SIGINT) or 7\nsys.exit(main())"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (run.returncode, run.stdout, run.stderr) == (7, "", "")


@pytest.mark.skipif(os.name == "nt", reason="Windows tells of such a pipe in another way")
def test_a_reader_who_has_seen_enough_ends_it_quietly(little_course):
    """As head -1 does: nobody holds the other end of the pipe any more."""
    course = little_course({"01_little": "# %% [markdown]\n# # A little chapter\n"})
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, *on_course(course, "scripts")]
    run = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True)
    os.close(writing)
    assert (run.returncode, run.stderr) == (141, "")


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_what_cannot_be_encoded_is_replaced(encoding, little_course, tmp_path):
    course = little_course({"01_little": "# %% [markdown]\n# # A little chapter\n"})
    abroad = Checkout(course.root.rename(tmp_path / "\u0141\xf3d\u017a"))
    script = tmp_path / "\u0142uk.py"
    script.write_text(
        "from mnist_kmeans.basics import places\nfrom mnist_kmeans.plots import Picture, show\n"
        "places.checkout = lambda: None\n"
        "picture = Picture(figsize=(1, 1))\npicture.alt = '\u0142'\nshow(picture)\n",
        "utf-8",
    )
    for arguments, printed in [
        (on_course(abroad, "scripts"), f"Scripts: {tmp_path}{os.sep}?"),
        ([str(script)], "[figures/?uk-01.png] ?"),
    ]:
        run = subprocess.run(
            [sys.executable, *arguments],
            capture_output=True,
            encoding=encoding,
            env={**os.environ, "PYTHONIOENCODING": encoding},
            cwd=tmp_path,
        )
        assert run.stdout.startswith(printed), run.stderr
        assert (run.returncode, run.stderr) == (0, "")
