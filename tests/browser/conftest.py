"""Chromium for the tests in this folder; without one they are skipped, and say so."""

import shutil
from pathlib import Path

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="session", autouse=True)
def chromium():
    """The path of a Chromium: the one that Playwright has installed, or the one of the system."""
    api = pytest.importorskip("playwright.sync_api", reason="no browser tests without playwright")
    with api.sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
    found = [own] if own.exists() else [path for name in NAMES if (path := shutil.which(name))]
    if not found:
        pytest.skip("no browser found: install Chromium, or run `playwright install chromium`")
    return found[0]


@pytest.fixture(scope="module")
def browser(chromium):
    """A headless Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium)
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser):
    """A function that opens an empty page without a network; its `troubles` are what did not work."""
    contexts = []

    def missing(request):
        if request.failure != "net::ERR_ABORTED":  # the page was left before its icon came
            request.frame.page.troubles.append(f"missing: {request.url}")

    def open_page(size=(1280, 900), scheme="light", motion="reduce"):
        viewport = dict(zip(("width", "height"), size, strict=True))
        contexts.append(
            browser.new_context(
                viewport=viewport, color_scheme=scheme, offline=True, reduced_motion=motion
            )
        )
        contexts[-1].set_default_timeout(60_000)  # of a machine that is busy
        page = contexts[-1].new_page()
        page.troubles = []
        page.on("pageerror", lambda error: page.troubles.append(f"script: {error}"))
        page.on("requestfailed", missing)
        page.on(
            "console",
            lambda told: page.troubles.append(told.text) if told.type == "error" else None,
        )
        return page

    yield open_page
    for context in contexts:
        context.close()
