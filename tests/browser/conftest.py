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
