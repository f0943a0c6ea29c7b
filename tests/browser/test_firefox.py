"""k-means on the playground in Firefox, where Playwright has installed one."""

from pathlib import Path

import pytest
from browsing import RUNS, begin, hold_against_python


@pytest.fixture
def firefox():
    """A headless Firefox."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        if not Path(playwright.firefox.executable_path).exists():
            pytest.skip("no Firefox of Playwright: install it with `playwright install firefox`")
        browser = playwright.firefox.launch()
        yield browser
        browser.close()


def test_runs_in_firefox_have_the_bits_of_python(firefox, built_site):
    hold_against_python(begin(firefox.new_page(), built_site), RUNS[::3])
