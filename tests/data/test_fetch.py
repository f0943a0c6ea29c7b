"""The download, against a server on loopback that misbehaves in every way we could think of."""

import gzip
import hashlib
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from helpers import contents, idx
from tqdm import tqdm

from mnist_kmeans.basics import files
from mnist_kmeans.basics.errors import DownloadError, InputError
from mnist_kmeans.data import download, editions

FIRST = "train-images-idx3-ubyte.gz"  # the file that is downloaded first


ARRAYS = {
    FIRST: np.arange(3 * 784, dtype=np.uint8).reshape(3, 28, 28),
    "train-labels-idx1-ubyte.gz": np.array([7, 0, 9], dtype=np.uint8),
    "t10k-images-idx3-ubyte.gz": np.arange(2 * 784, dtype=np.uint8).reshape(2, 28, 28),
    "t10k-labels-idx1-ubyte.gz": np.array([1, 2], dtype=np.uint8),
}
FILES = {name: gzip.compress(idx(array), mtime=0) for name, array in ARRAYS.items()}
PUBLISHED = {name: hashlib.sha256(packed).hexdigest() for name, packed in FILES.items()}
NEXT = dict(zip(FILES, [*list(FILES)[1:], FIRST], strict=True))
CONTENT = {name: hashlib.sha256(idx(array)).hexdigest() for name, array in ARRAYS.items()}


class Handler(BaseHTTPRequestHandler):
    """Answers as the server's `behave` says."""

    protocol_version = "HTTP/1.1"

    def do_HEAD(self):
        self.send_response(403)  # as the real mirrors answer for their folder
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self):
        name = self.path.rpartition("/")[2]
        self.server.asked.append(name)
        self.close_connection = True
        self.server.behave(self, name)

    def answer(self, body, *headers, status=200, length=True):
        self.send_response(status)
        self.send_header("Connection", "close")
        if length:
            self.send_header("Content-Length", str(len(body) if length is True else length))
        for header in headers:
            self.send_header(*header)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


class Mirror(ThreadingHTTPServer):
    """A mirror on loopback; `asked` lists the names of the files that it was asked for."""

    daemon_threads = True

    def __init__(self, behave):
        super().__init__(("127.0.0.1", 0), Handler)
        self.behave, self.asked = behave, []
        self.stalling, self.over = threading.Event(), threading.Event()
        self.url = f"http://127.0.0.1:{self.server_port}/mnist/"
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    def handle_error(self, *args):
        pass  # clients that hang up are what we test


def healthy(handler, name):
    handler.answer(FILES[name])


def not_found(handler, name):
    handler.answer(b"no such file", status=404)


def broken_server(handler, name):
    handler.answer(b"try later", status=500)


def cut(handler, name):
    handler.answer(FILES[name][:20], length=len(FILES[name]))


def cut_without_length(handler, name):
    handler.answer(FILES[name][:20], length=False)


def cut_in_chunks(handler, name):
    handler.answer(b"28\r\n" + FILES[name][:20], ("Transfer-Encoding", "chunked"), length=False)


def corrupt(handler, name):
    handler.answer(FILES[name][:20] + b"?" + FILES[name][21:])


def wrong_file(handler, name):
    handler.answer(FILES[NEXT[name]])


def stall(handler, name):
    cut(handler, name)
    handler.wfile.flush()
    handler.server.stalling.set()
    handler.server.over.wait(60)


def stall_at_once(handler, name):
    handler.server.over.wait(60)


def error_page(handler, name):
    if name == "sorry.html":
        handler.answer(b"<html>Please log in to this network</html>")
    else:
        handler.answer(b"", ("Location", "/sorry.html"), status=302)


def endless_redirects(handler, name):
    handler.answer(b"", ("Location", f"/{name}"), status=302)


def gibberish(handler, name):
    handler.wfile.write(b"\x16\x03\x01 what is HTTP?\r\n\r\n")


MISBEHAVIOURS = {  # how a mirror fails, and what the error says about it
    not_found: "404",
    broken_server: "500",
    cut: "20 bytes read",
    cut_without_length: "not the published file",
    cut_in_chunks: "IncompleteRead",
    corrupt: "not the published file",
    wrong_file: f"SHA-256 {PUBLISHED[NEXT[FIRST]]} where {PUBLISHED[FIRST]} is expected",
    stall: "timed out",
    stall_at_once: "timed out",
    error_page: "not the published file",
    endless_redirects: "30 redirects",
    gibberish: "what is HTTP",
}


@pytest.fixture(autouse=True)
def edition(tmp_path, monkeypatch):
    """A full edition of 3 + 2 digits that waits to be fetched; the result is its folder."""
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    for name in ("no_proxy", "NO_PROXY"):  # for proxies that the system is set to
        monkeypatch.setenv(name, "127.0.0.1")
    monkeypatch.setenv("MNIST_KMEANS_DATA", str(tmp_path / "full"))
    monkeypatch.setattr(download, "PUBLISHED", PUBLISHED)
    monkeypatch.setitem(editions.CONTENT, "full", CONTENT)
    monkeypatch.setattr(download, "MIRRORS", ())
    return tmp_path / "full"


@pytest.fixture
def mirrors(monkeypatch):
    """A function that starts one mirror for each behaviour and makes them the known ones."""
    started = []

    def start(*behaviours):
        started.extend(Mirror(behave) for behave in behaviours)
        monkeypatch.setattr(download, "MIRRORS", tuple(mirror.url for mirror in started))
        return started if len(started) > 1 else started[0]

    yield start
    for mirror in started:
        mirror.over.set()
        mirror.shutdown()
        mirror.server_close()


@pytest.fixture
def closed_port():
    """The URL of a port on which nobody listens, nor can begin to."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}/"


def test_fetch_stores_the_published_files(edition, mirrors, capfd):
    mirror = mirrors(healthy)
    assert not editions.is_complete("full")
    assert editions.fetch() == edition
    assert editions.is_complete("full")
    assert contents(edition) == FILES
    assert mirror.asked == list(FILES)
    assert capfd.readouterr() == ("", "")  # nothing that would end up in a stored output


def test_the_first_load_fetches_and_the_second_asks_nobody(mirrors):
    mirror = mirrors(healthy)
    for _ in range(2):
        digits = editions.load_mnist("full", "test")
        np.testing.assert_array_equal(digits.labels, [1, 2])
    assert len(mirror.asked) == len(FILES)


@pytest.mark.parametrize("behave", MISBEHAVIOURS)
def test_a_mirror_that_misbehaves_leaves_nothing_and_is_named(
    behave, edition, mirrors, monkeypatch
):
    monkeypatch.setattr(download, "TIMEOUTS", (1, 1))
    mirror = mirrors(behave)
    with pytest.raises(DownloadError) as error:
        editions.fetch()
    assert contents(edition) == {}
    message = str(error.value)
    assert f"cannot download {FIRST}" in message
    assert MISBEHAVIOURS[behave] in message.partition(mirror.url)[2]
    assert "set MNIST_KMEANS_EDITION=sample" in message
    assert "HTTPConnectionPool" not in message  # the jargon of requests
    assert str(edition) in message and "no network" not in message


@pytest.mark.parametrize("behave", MISBEHAVIOURS)
def test_the_next_mirror_is_tried(behave, edition, mirrors, monkeypatch):
    monkeypatch.setattr(download, "TIMEOUTS", (1, 1))
    bad, good = mirrors(
        lambda handler, name: (healthy if name in list(FILES)[1:] else behave)(handler, name),
        healthy,
    )
    editions.fetch()
    assert contents(edition) == FILES
    assert set(FILES) <= set(bad.asked) and good.asked == [FIRST]


def test_a_mirror_that_breaks_later_leaves_the_files_before_it(edition, mirrors):
    mirrors(lambda handler, name: (healthy if name == FIRST else cut)(handler, name))
    with pytest.raises(DownloadError, match="train-labels"):
        editions.fetch()
    assert contents(edition) == {FIRST: FILES[FIRST]}


def test_every_mirror_is_named_with_its_reason(edition, mirrors, closed_port, monkeypatch):
    urls = [mirror.url for mirror in mirrors(not_found, corrupt)]
    monkeypatch.setattr(download, "MIRRORS", (closed_port, *urls))
    with pytest.raises(DownloadError) as error:
        editions.fetch()
    reasons = str(error.value).splitlines()[1:]
    for url, why, reason in zip(
        download.MIRRORS, ["refused", "404", "SHA-256"], reasons, strict=False
    ):
        assert url in reason and why in reason and "HTTPConnectionPool" not in reason
    assert contents(edition) == {}


def test_a_closed_port_does_not_keep_the_next_mirror_from_helping(
    edition, mirrors, closed_port, monkeypatch
):
    mirror = mirrors(healthy)
    monkeypatch.setattr(download, "MIRRORS", (closed_port, mirror.url))
    editions.fetch()
    assert contents(edition) == FILES


def test_without_a_network_the_answer_comes_soon(edition, monkeypatch):
    """Looking up a host name can hang for a minute, and no timeout of the connection covers it."""
    assert download.NO_NETWORK_AFTER <= 9
    over, answered = threading.Event(), []

    def hang(*args, **kwargs):
        over.wait(60)
        answered.append(args)
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    monkeypatch.setattr(download, "MIRRORS", ("http://one.invalid/", "http://two.invalid/"))
    monkeypatch.setattr(download, "NO_NETWORK_AFTER", 0.4)
    try:
        with pytest.raises(DownloadError, match="There seems to be no network") as error:
            editions.fetch()
        assert str(error.value).splitlines()[1:3] == [
            "  http://one.invalid/: no answer",
            "  http://two.invalid/: no answer",
        ]
        assert answered == []  # nobody has waited for that
    finally:
        over.set()


def refuse_names(monkeypatch, closed_port):
    monkeypatch.setattr(download, "MIRRORS", ("http://one.invalid/", "http://two.invalid/"))
    return "  http://one.invalid/: nobody can tell the address of this name"


def name_no_certificates(monkeypatch, closed_port):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/no/such.pem")
    monkeypatch.setattr(download, "MIRRORS", ("https://127.0.0.1:9/", "https://127.0.0.1:9/b/"))
    return "invalid path: /no/such.pem"


def name_a_closed_proxy(monkeypatch, closed_port):
    monkeypatch.setenv("http_proxy", closed_port)
    monkeypatch.setenv("no_proxy", "")
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setattr(download, "MIRRORS", ("http://one.invalid/", "http://two.invalid/"))
    return "the proxy in between does not let it through: Connection refused"


def name_an_impossible_proxy(monkeypatch, closed_port):
    name_a_closed_proxy(monkeypatch, closed_port)
    monkeypatch.setenv("http_proxy", "http://[half/")
    return "one.invalid/: "


@pytest.mark.parametrize(
    ("trouble", "no_network"),
    [
        (refuse_names, True),
        (name_no_certificates, False),
        (name_a_closed_proxy, False),
        (name_an_impossible_proxy, False),
    ],
)
def test_the_true_reason_is_told_in_a_line_for_each_mirror(
    trouble, no_network, edition, closed_port, monkeypatch, capfd
):
    said = trouble(monkeypatch, closed_port)
    with pytest.raises(DownloadError) as error:
        editions.fetch()
    lines = str(error.value).splitlines()
    assert lines[0] == f"cannot download {FIRST}, which is not in {edition}:"
    assert [line.split(": ")[0].strip() for line in lines[1:3]] == list(download.MIRRORS)
    assert said in lines[1]
    assert ("There seems to be no network." in lines) == no_network
    assert len(lines) == 4 + no_network
    assert capfd.readouterr() == ("", "")  # no traceback of a thread


def test_a_certificate_that_nobody_has_signed_is_told(mirrors, monkeypatch):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(Path(__file__).with_name("untrusted.pem"))
    mirror = mirrors(healthy)
    mirror.socket = context.wrap_socket(mirror.socket, server_side=True)
    url = mirror.url.replace("http:", "https:")
    monkeypatch.setattr(download, "MIRRORS", (url,))
    with pytest.raises(DownloadError) as error:
        editions.fetch()
    line = str(error.value).splitlines()[1]
    assert line.startswith(f"  {url}: its certificate is not trusted: self-signed certificate; ")
    assert "REQUESTS_CA_BUNDLE" in line and "no network" not in str(error.value)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(Path(__file__).with_name("untrusted.pem")))
    editions.fetch()
    assert editions.is_complete()


@pytest.mark.parametrize("length", [True, False], ids=["length known", "length unknown"])
def test_a_bar_shows_the_progress_where_somebody_watches(length, mirrors, monkeypatch, capfd):
    monkeypatch.setattr("tqdm.auto.tqdm", tqdm)  # in a notebook it may be a widget
    monkeypatch.setenv("JPY_SESSION_NAME", "chapter.ipynb")
    mirrors(lambda handler, name: handler.answer(FILES[name], length=length))
    editions.fetch()
    assert "B/s" in capfd.readouterr().err


def test_a_damaged_file_is_named_and_kept(edition, mirrors):
    mirror = mirrors(healthy)
    edition.mkdir()
    damaged = gzip.compress(idx(ARRAYS[FIRST] + np.uint8(1)))
    (edition / FIRST).write_bytes(damaged)
    with pytest.raises(InputError, match=f"{FIRST} is damaged or holds.* delete it and run"):
        editions.fetch()
    assert contents(edition) == {FIRST: damaged}
    assert mirror.asked == []


def test_a_recompressed_file_is_as_good(edition, mirrors):
    mirror = mirrors(healthy)
    edition.mkdir()
    recompressed = gzip.compress(idx(ARRAYS[FIRST]), compresslevel=0, mtime=1)
    (edition / FIRST).write_bytes(recompressed)
    np.testing.assert_array_equal(editions.load_mnist("full").images, ARRAYS[FIRST].reshape(3, 784))
    assert contents(edition) == FILES | {FIRST: recompressed}
    assert FIRST not in mirror.asked


def test_a_folder_that_cannot_be_made_is_named(edition, mirrors):
    mirrors(healthy)
    edition.write_text("a file where the folder should be")
    with pytest.raises(InputError, match=f"cannot write .*{FIRST}"):
        editions.fetch()
    assert edition.read_text() == "a file where the folder should be"


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0, reason="root and Windows may write anywhere"
)
def test_a_folder_that_is_read_only_is_named(edition, mirrors):
    mirrors(healthy)
    edition.mkdir(mode=0o500)
    with pytest.raises(InputError, match=f"cannot write .*{FIRST}: Permission denied"):
        editions.fetch()
    assert contents(edition) == {}


@pytest.mark.parametrize("trouble", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_write_that_breaks_leaves_what_was_there(trouble, tmp_path, monkeypatch):
    path = tmp_path / "digits.json"
    path.write_text("before")

    def write_half(self, content):
        self.write_text("half")
        raise trouble

    monkeypatch.setattr(Path, "write_bytes", write_half)
    with pytest.raises((InputError, KeyboardInterrupt)):
        files.write_whole(path, b"after")
    assert contents(tmp_path) == {"digits.json": b"before"}


FETCH = """
import json, sys
from mnist_kmeans.data import download, editions
download.MIRRORS, download.PUBLISHED, editions.CONTENT["full"] = json.loads(sys.argv[1])
editions.fetch()
"""


def start_fetch():
    """Start a process that fetches the edition of these tests."""
    settings = json.dumps([download.MIRRORS, PUBLISHED, CONTENT])
    return subprocess.Popen(
        [sys.executable, "-c", FETCH, settings], stderr=subprocess.PIPE, encoding="utf-8"
    )


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_process_that_is_interrupted_leaves_nothing(number, edition, mirrors):
    mirror = mirrors(stall)
    with start_fetch() as process:
        assert mirror.stalling.wait(120)
        time.sleep(0.1)  # let the process read the half of the file that was sent
        process.send_signal(number)
        process.wait(120)
    assert process.returncode != 0
    assert contents(edition) == {}


def test_two_processes_that_fetch_at_once_do_not_harm_each_other(edition, mirrors):
    both = threading.Barrier(2)

    def together(handler, name):
        if name == FIRST:
            both.wait(120)  # answer none before both have asked
        healthy(handler, name)

    mirrors(together)
    with start_fetch() as one, start_fetch() as other:
        assert [process.communicate(timeout=120)[1] for process in (one, other)] == ["", ""]
    assert (one.returncode, other.returncode) == (0, 0)
    assert contents(edition) == FILES
