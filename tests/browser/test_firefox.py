"""The pages in the Firefox that is installed: the same bits as Python, and nothing that fails.

Playwright drives only Firefoxes of its own making. So we speak WebDriver BiDi, which every Firefox knows:
messages in JSON over a web socket.
"""

import json
import re
import shutil
import subprocess
import threading
from pathlib import Path

import numpy as np
import pytest
from browsing import RUNS, hold_against_python
from small_cases import ARITHMETIC, changed, in_browser, in_python

from mnist_kmeans import kmeans

NAMES = ("firefox", "firefox-esr")
SETTINGS = 'user_pref("ui.prefersReducedMotion", 1);\n'  # runs show their end at once


class Page:
    """A page in Firefox, as much like Playwright's as these tests need; its `troubles` are its errors."""

    def __init__(self, address):
        import websocket

        self.socket = websocket.create_connection(f"{address}/session", 60, suppress_origin=True)
        self.sent, self.troubles = 0, []
        self.ask("session.new", capabilities={})
        self.ask("session.subscribe", events=["log.entryAdded"])
        self.context = self.ask("browsingContext.getTree")["contexts"][0]["context"]

    def ask(self, method, **settings):
        """Return the answer to a command."""
        self.sent += 1
        self.socket.send(json.dumps({"id": self.sent, "method": method, "params": settings}))
        while True:
            message = json.loads(self.socket.recv())
            if message.get("method") == "log.entryAdded" and message["params"]["level"] == "error":
                self.troubles.append(message["params"]["text"])
            if message.get("id") == self.sent:
                assert message["type"] == "success", message
                return message["result"]

    def goto(self, address):
        self.ask("browsingContext.navigate", context=self.context, url=address, wait="complete")

    def add_script_tag(self, content):
        self.run(content)

    def evaluate(self, function, argument=None):
        """Return what a function of JavaScript returns, as JSON keeps it."""
        value = f"({function})({json.dumps(argument)})"
        return json.loads(self.run(f"Promise.resolve({value}).then(JSON.stringify)")["value"])

    def run(self, script):
        target = {"context": self.context}
        answer = self.ask("script.evaluate", expression=script, target=target, awaitPromise=True)
        assert answer["type"] == "success", answer["exceptionDetails"]["text"]
        return answer["result"]


@pytest.fixture(scope="session", autouse=True)
def chromium():
    """There need not be one."""


@pytest.fixture(scope="module")
def firefox(tmp_path_factory):
    """A page in a headless Firefox."""
    found = [path for name in NAMES if (path := shutil.which(name))]
    if not found:
        pytest.skip("no Firefox found: install it, and the pages are tried in it, too")
    if Path("/snap/firefox").exists():
        pytest.skip("this Firefox is a snap, which cannot read the pages that a test has built")
    profile = tmp_path_factory.mktemp("firefox")
    (profile / "user.js").write_text(SETTINGS)
    command = [found[0], "--headless", "--no-remote", "--profile", str(profile)]
    command += ["--remote-debugging-port", "0", "about:blank"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        too_late = threading.Timer(60, process.kill)
        too_late.start()
        try:
            told = iter(process.stderr.readline, "")
            found = (re.search(r"BiDi listening on (\S+)", line) for line in told)
            listening = next(filter(None, found), None)
            too_late.cancel()
            if listening is None:
                pytest.skip("the Firefox that is installed does not start here")
            page = Page(listening[1])
            yield page
            page.socket.close()
        finally:
            process.terminate()


def test_runs_in_firefox_have_the_bits_of_python(firefox, built_site):
    firefox.goto((built_site / "playground.html").as_uri())
    hold_against_python(firefox, RUNS[::3])


def test_small_cases_come_out_in_firefox_as_in_python(firefox):
    assert in_browser(firefox, ARITHMETIC.read_text("utf-8")) == in_python()


@pytest.mark.parametrize(
    ("right", "wrong", "seen"),
    [
        ("cost < least", "cost <= least", "ties"),
        ("2 ** (bits + 1) + count", "2 ** (bits + 1)", "halves on the grid"),
        (">= 0.5", "> 0.5", "halves at the start"),
    ],
)
def test_a_changed_tie_or_rounding_is_noticed_in_firefox(right, wrong, seen, firefox):
    found, expected = in_browser(firefox, changed(right, wrong)), in_python()
    assert seen in {name for name in expected if found[name] != expected[name]}


RUN = """() => {
    document.querySelector(".live-plane .run").click();
    const { points, centroids, assignments, path } = mnistKmeans.planes[0].state;
    const digest = mnistKmeans.digest({ centroids, assignments, inertia: path.at(-1).inertia });
    return { points: [...points.values], digest };
}"""


@pytest.mark.parametrize(
    ("shape", "k", "seed", "start"),
    [("four", 4, 1, "random"), ("sixteen", 16, 5, "k-means++"), ("rings", 5, 1, "random")],
)
def test_runs_in_the_plane_have_the_bits_of_python(shape, k, seed, start, firefox, built_site):
    query = f"shape={shape}&k={k}&seed={seed}&start={start.replace('+', '%2B')}"
    firefox.goto(f"{built_site.as_uri()}/plane.html?{query}")
    found = firefox.evaluate(RUN)
    points = np.array(found["points"]).reshape(-1, 2)
    assert found["digest"] == kmeans(points, k, seed=seed, init=start).digest


@pytest.mark.parametrize(
    "name", ["index", "03_lloyd_from_scratch", "07_k_sweep", "playground", "plane", "glossary"]
)
def test_pages_open_in_firefox_without_an_error(name, firefox, built_site):
    firefox.troubles.clear()
    firefox.goto((built_site / f"{name}.html").as_uri())
    if name == "playground":
        firefox.evaluate("() => mnistKmeans.points.then(() => null)")
    assert firefox.troubles == []


def test_errors_of_a_page_are_noticed_in_firefox(firefox):
    firefox.troubles.clear()
    firefox.evaluate("() => { console.error('this'); return null; }")
    assert firefox.troubles == ["this"]
