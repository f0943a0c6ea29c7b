"""What the tests of several pages of the site need."""

import pytest
from helpers import ROOT

from mnist_kmeans import kmeans, load_mnist

SCREENSHOTS = ROOT / "build" / "screenshots"
DESKTOP, PHONE = (1280, 900), (390, 844)
each_size = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
each_scheme = pytest.mark.parametrize("scheme", ["light", "dark"])

TRAINING, VALIDATION = load_mnist("sample").holdout()
STARTS = ["random", "k-means++"]
RUNS = [(k, seed, init) for k in (2, 10, 16, 50) for seed in (0, 1, 7) for init in STARTS]


def overhang(page):
    """Return by how many pixels a page is wider than the window."""
    return page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )


def barriers(page):
    """Return what axe-core finds on a page that keeps people out."""
    from axe_playwright_python.sync_playwright import Axe

    options = {
        "rules": {"target-size": {"enabled": True}},  # for a finger
        "resultTypes": ["violations"],  # all that is well would be megabytes
    }
    return [
        (violation["id"], node["html"])
        for violation in Axe().run(page, options=options).response["violations"]
        for node in violation["nodes"]
    ]


def stop_clock(page):
    """Stop the clock of a page that is opened afterwards; `page.clock.run_for` moves it on."""
    page.clock.install(time=0)
    page.clock.pause_at(3_600_000)


def begin(page, site):
    """Open the playground and wait until it can be played with."""
    page.goto((site / "playground.html").as_uri())
    page.locator(".live-centroid").first.wait_for()
    return page


def hold_against_python(page, runs):
    """Hold runs on a page, each (k, seed, init), against those of the package."""
    for k, seed, init in runs:
        found = page.evaluate(
            """async settings => {
                const run = await mnistKmeans.kmeans(settings);
                const [assignments, centroids] = [[...run.assignments], [...run.centroids]];
                return {...run, assignments, centroids};
            }""",
            {"k": k, "seed": seed, "init": init},
        )
        run = kmeans(TRAINING.images, k, seed=seed, init=init)
        assert found["digest"] == run.digest
        assert found["assignments"] == run.assignments.tolist()
        assert found["centroids"] == run.centroids.ravel().tolist()
        assert (found["inertia"], found["history"]) == (run.inertia, list(run.history))
        assert found["iterations"] == run.n_iter
