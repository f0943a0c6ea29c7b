"""set_up.py, in a little project with an index of its own that counts who asks."""

import base64
import hashlib
import io
import os
import re
import runpy
import shutil
import signal
import subprocess
import sys
import threading
import time
import zipfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest
from helpers import ROOT, as_nobody, open_up

SCRIPT = SimpleNamespace(**runpy.run_path(str(ROOT / "set_up.py")))
REAL_UV = shutil.which("uv", path=Path(sys.executable).parent)
# The package uv of the little index: a program that pip can install, and it starts the real one.
UV = f"import subprocess, sys\n\ndef main():\n    return subprocess.call([{REAL_UV!r}, *sys.argv[1:]])\n"
BROKEN_UV = "def main():\n    return 'certificate unknown'\n"
UV_STARTS = {"uv-1.dist-info/entry_points.txt": "[console_scripts]\nuv = uv:main\n"}
PYPROJECT = """\
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

[project]
name = "little"
version = "1"
"""
BACKEND = """\
import pathlib, shutil

WHEEL = next(pathlib.Path(__file__).parent.glob("*.whl"))


def build_editable(folder, config_settings=None, metadata_directory=None):
    return pathlib.Path(shutil.copy(WHEEL, folder)).name
"""


def wheel(name, files):
    """Return the bytes of a wheel, version 1, with these files, {name: text}."""
    about = f"{name}-1.dist-info"
    files = {
        **files,
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    sums = {file: hashlib.sha256(text.encode()).digest() for file, text in files.items()}
    record = [
        f"{file},sha256={base64.urlsafe_b64encode(each).rstrip(b'=').decode()},"
        for file, each in sums.items()
    ]
    files[f"{about}/RECORD"] = "\n".join([*record, f"{about}/RECORD,,", ""])
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        for file, text in files.items():
            packed.writestr(zipfile.ZipInfo(file), text)
    return buffer.getvalue()


class Index(SimpleHTTPRequestHandler):
    """Serves a folder, and notes (who asks, for what)."""

    def __init__(self, *arguments, asked, hold, **options):
        self.asked, self.hold = asked, hold
        super().__init__(*arguments, **options)

    def do_GET(self):
        """Answer, once the test lets it."""
        self.asked.append((self.headers["User-Agent"].partition("/")[0], self.path))
        self.hold.wait()
        super().do_GET()

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def no_settings(monkeypatch):
    """None of this machine's own settings for pip and uv."""
    for name in os.environ:
        if name.startswith(("PIP_", "UV_")) or name.lower().endswith(("_proxy", "_ca_bundle")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("UV_NO_CONFIG", "1")


@pytest.fixture
def project(tmp_path, monkeypatch, no_settings):
    """A little project, and an index of its packages on this machine that counts who asks."""
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
    folder, served, asked = tmp_path / "a project", tmp_path / "served", []
    folder.mkdir()
    (folder / "pyproject.toml").write_text(PYPROJECT)
    (folder / "backend.py").write_text(BACKEND)
    (folder / "little-1-py3-none-any.whl").write_bytes(wheel("little", {"little.py": ""}))
    shutil.copy(ROOT / "set_up.py", folder)
    hold = threading.Event()
    hold.set()
    handler = partial(Index, directory=str(served), asked=asked, hold=hold)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        made = SimpleNamespace(
            folder=folder,
            served=served,
            asked=asked,
            hold=hold,
            index=f"http://127.0.0.1:{server.server_port}/simple",
        )
        serve(made, UV)
        yield made
        hold.set()
        server.shutdown()


def serve(project, uv, tiny="size = 1\n"):
    """Put two packages into the index, uv and tiny, and lock them."""
    lock = ""
    for name, files in (("uv", {"uv.py": uv, **UV_STARTS}), ("tiny", {"tiny.py": tiny})):
        content, file = wheel(name, files), f"{name}-1-py3-none-any.whl"
        page = project.served / "simple" / name
        page.mkdir(parents=True, exist_ok=True)
        (page / file).write_bytes(content)
        (page / "index.html").write_text(f'<a href="{file}">{file}</a>')
        lock += f"{name}==1 \\\n    --hash=sha256:{hashlib.sha256(content).hexdigest()}\n"
    (project.folder / "requirements.lock").write_text(lock)


def start(project, python=sys.executable):
    """Begin to set up, as make does; return the process."""
    return subprocess.Popen(
        [python, project.folder / "set_up.py"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def set_up(project):
    """Set up, and return what is printed and the status."""
    process = start(project)
    printed, warned = process.communicate()
    return printed, warned, process.returncode


def is_ready(project):
    """Tell whether the environment of the project is taken to be ready."""
    return SCRIPT.is_ready(project.folder)


def size(project):
    """Return what the package tiny of the environment says, where the project itself is installed too."""
    [python] = [path for path in project.folder.glob(".venv/*/python*") if path.stem == "python"]
    code = "import little, tiny; print(tiny.size)"
    return int(subprocess.run([python, "-c", code], capture_output=True, check=True).stdout)


def wait_for(condition):
    """Wait until a condition holds."""
    while not condition():
        time.sleep(0.02)


def users(project):
    """Return who asked the index for the package tiny."""
    return {who for who, path in project.asked if "tiny" in path}


FIRST = "Setting up .venv from requirements.lock ...\n"


def test_pip_and_uv_ask_the_index_that_pip_is_told_and_nothing_is_done_twice(project, monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", project.index)
    assert set_up(project) == (FIRST, "", 0)
    assert {who for who, path in project.asked if "/uv/" in path} == {"pip", "uv"}
    assert users(project) == {"uv"}
    assert size(project) == 1
    for name in ("requirements.lock", "pyproject.toml"):
        path = project.folder / name
        path.touch()  # what counts is what they say
        assert set_up(project) == ("", "", 0)
        before = path.read_text()
        path.write_text(f"{before}# another word\n")
        os.utime(path, (0, 0))
        assert not is_ready(project)
        path.write_text(before)
    assert is_ready(project)
    project.folder = project.folder.rename(project.folder.with_name("moved"))
    assert not is_ready(project)  # its programs begin with the old path


def test_the_files_of_pip_count_with_more_than_one_index(project, monkeypatch, tmp_path):
    """Each place has one of the packages, and the first index another tiny than the lock wants."""
    found = tmp_path / "found"
    found.mkdir()
    page = project.served / "simple" / "uv"
    shutil.copy(page / "uv-1-py3-none-any.whl", found)
    shutil.rmtree(page)
    other = project.served / "other" / "tiny"
    other.mkdir(parents=True)
    (other / "tiny-0-py3-none-any.whl").write_bytes(wheel("tiny", {}))
    (other / "index.html").write_text('<a href="tiny-0-py3-none-any.whl">tiny-0</a>')
    (tmp_path / "pip.conf").write_text(
        f"[global]\nindex-url = {project.index}\n"
        f"extra-index-url =\n    {project.index}/none\n    {project.index[:-6]}other\n"
        f"[install]\nfind-links = {found}\n"
    )
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    assert set_up(project) == (FIRST, "", 0)
    assert users(project) == {"uv"}
    assert size(project) == 1


@pytest.mark.parametrize(
    ("variables", "settings", "flags"),
    [
        ({}, {"UV_SYSTEM_CERTS": "1"}, []),
        ({"PIP_CERT": "/some.pem", "CURL_CA_BUNDLE": "/b"}, {"SSL_CERT_FILE": "/some.pem"}, []),
        ({"REQUESTS_CA_BUNDLE": "/some.pem"}, {"SSL_CERT_FILE": "/some.pem"}, []),
        ({"PIP_CERT": str(ROOT)}, {"SSL_CERT_DIR": str(ROOT)}, []),
        ({"PIP_CLIENT_CERT": "/own.pem"}, {"SSL_CLIENT_CERT": "/own.pem"}, []),
        ({"PIP_TRUSTED_HOST": "one two:8"}, {"UV_INSECURE_HOST": "one two:8"}, []),
        ({"PIP_PROXY": "http://p:1"}, {"HTTPS_PROXY": "http://p:1", "NO_PROXY": ""}, []),
        ({"PIP_TIMEOUT": "99"}, {"UV_HTTP_TIMEOUT": "99"}, []),
        ({"PIP_FIND_LINKS": "/a /b"}, {"UV_FIND_LINKS": "/a,/b"}, []),
        ({"PIP_NO_INDEX": "true"}, {}, ["--no-index"]),
        ({"PIP_NO_INDEX": "false"}, {}, []),
    ],
)
@pytest.mark.usefixtures("no_settings")
def test_uv_gets_what_pip_goes_by(variables, settings, flags, monkeypatch):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    told, found = SCRIPT.settings_for_uv(sys.executable)
    assert told.items() >= settings.items()
    assert found == flags


@pytest.mark.usefixtures("no_settings")
def test_a_variable_goes_before_a_file_and_install_before_global(monkeypatch, tmp_path):
    conf = "[install]\nindex-url = install\nproxy = install\n[global]\nindex-url = global\ncert = global\n"
    (tmp_path / "pip.conf").write_text(conf + "proxy = global\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    monkeypatch.setenv("PIP_INDEX_URL", "variable")
    found = SCRIPT.pip_settings(sys.executable)
    assert (found["index-url"], found["proxy"], found["cert"]) == ("variable", "install", "global")


def test_where_uv_cannot_install_pip_does_and_says_so(project, monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", project.index)
    serve(project, BROKEN_UV)
    printed, warned, status = set_up(project)
    assert (warned, status) == ("", 0)
    assert printed == (
        f"{FIRST}uv cannot install (certificate unknown); pip installs the same lock, in some minutes\n"
    )
    assert users(project) == {"pip"}
    assert size(project) == 1


def test_what_is_not_as_locked_is_not_installed(project, monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", project.index)
    changed = wheel("tiny", {"tiny.py": "size = 2\n"})
    (project.served / "simple" / "tiny" / "tiny-1-py3-none-any.whl").write_bytes(changed)
    printed, warned, status = set_up(project)
    assert status == 1
    assert "uv cannot install" in printed
    assert "pip install failed; the lines above say why" in warned.splitlines()[-1]
    assert not (project.folder / ".venv" / ".ready").exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows has other signals")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_what_was_interrupted_is_begun_anew(project, monkeypatch, how):
    """Also where another environment was ready before."""
    monkeypatch.setenv("PIP_INDEX_URL", project.index)
    python = SCRIPT.program(project.folder, "python")
    python.parent.mkdir(parents=True)
    python.touch()
    ready = project.folder / ".venv" / ".ready"
    ready.write_text(SCRIPT.state(project.folder))
    assert set_up(project) == ("", "", 0)
    ready.write_text("what it was before")
    project.hold.clear()
    process = start(project)
    wait_for(lambda: project.asked)
    os.killpg(process.pid, how)
    printed, warned = process.communicate()
    project.hold.set()
    assert printed == FIRST
    assert not ready.exists()
    if how == signal.SIGINT:
        assert process.returncode == 130
        assert re.fullmatch("mnist-kmeans: interrupted; .+\n", warned)
    else:
        assert set_up(project) == (FIRST, "", 0)
        assert size(project) == 1


def test_of_two_at_once_one_waits_for_the_other(project, monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", project.index)
    project.hold.clear()
    first = start(project)
    wait_for(lambda: project.asked)
    second = start(project)
    waiting = second.stdout.readline()
    project.hold.set()
    assert first.communicate() == (FIRST, "")
    assert waiting == "Another command sets up .venv; waiting for it ...\n"
    assert second.communicate() == ("", "")
    assert (first.returncode, second.returncode) == (0, 0)
    assert size(project) == 1


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid(), reason="only root can be nobody")
def test_an_environment_of_somebody_else_is_used_when_it_is_ready(tmp_path, capfd):
    open_up(tmp_path)
    for name in ("requirements.lock", "pyproject.toml"):
        (tmp_path / name).write_text("")
    python = SCRIPT.program(tmp_path, "python")
    python.parent.mkdir(parents=True)
    python.touch()
    (tmp_path / ".venv" / ".ready").write_text(SCRIPT.state(tmp_path))
    assert as_nobody(lambda: SCRIPT.main(tmp_path)) == 0
    assert capfd.readouterr() == ("", "")
    (tmp_path / "requirements.lock").write_text("changed")
    assert as_nobody(lambda: SCRIPT.main(tmp_path)) == 1
    printed, warned = capfd.readouterr()
    [line] = warned.splitlines()
    assert printed == ""
    assert str(tmp_path) in line and "its owner must set up the course" in line


def test_a_python_that_is_too_old_says_so(project, monkeypatch):
    monkeypatch.setenv("MAKECMDGOALS", "test")
    code = "import runpy, sys; sys.version_info = (3, 10); sys.argv = sys.argv[1:]"
    code += "; runpy.run_path(sys.argv[0], run_name='__main__')"
    done = subprocess.run(
        [sys.executable, "-c", code, project.folder / "set_up.py"], capture_output=True, text=True
    )
    assert done.returncode == 1
    assert done.stderr == (
        "mnist-kmeans needs Python 3.11 or newer; name one with: make test PYTHON=python3.12\n"
    )
