"""What the tests of several pages of the site need."""

import pytest
from helpers import ROOT

SCREENSHOTS = ROOT / "build" / "screenshots"
DESKTOP, PHONE = (1280, 900), (390, 844)
each_size = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
each_scheme = pytest.mark.parametrize("scheme", ["light", "dark"])


def overhang(page):
    """Return by how many pixels a page is wider than the window."""
    return page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )


def barriers(page):
    """Return what axe-core finds on a page that keeps people out."""
    from axe_playwright_python.sync_playwright import Axe

    too_small = {"rules": {"target-size": {"enabled": True}}}  # for a finger
    return [
        (violation["id"], node["html"])
        for violation in Axe().run(page, options=too_small).response["violations"]
        for node in violation["nodes"]
    ]
