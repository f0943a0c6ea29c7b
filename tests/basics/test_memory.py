"""What a run needs is said before it begins, and is what the documentation says."""

import re
import subprocess
import sys
import tracemalloc

import numpy as np
import pytest

from mnist_kmeans import kmeans, repeat_inits, sweep_k
from mnist_kmeans.basics import memory
from mnist_kmeans.basics.errors import InputError
from mnist_kmeans.runs import BYTES_PER_DISTANCE, BYTES_PER_POINT

POINTS = np.random.default_rng(0).integers(0, 256, (20_000, 64), dtype=np.uint8)
NEEDED = len(POINTS) * (BYTES_PER_POINT + 50 * BYTES_PER_DISTANCE)


@pytest.mark.parametrize(
    "run",
    [
        lambda: kmeans(POINTS, 50),
        lambda: repeat_inits(POINTS, 50, range(2)),
        lambda: sweep_k(POINTS, [2, 50], range(2)),
    ],
    ids=["kmeans", "repeat_inits", "sweep_k"],
)
def test_a_run_that_cannot_fit_is_refused_before_it_begins(run, monkeypatch):
    monkeypatch.setattr(memory, "free_bytes", lambda: NEEDED - 1)
    with pytest.raises(
        InputError, match=r"clustering 20,000 points with k = 50 needs 0\.\d GB .* 0\.0 GB are free"
    ):
        run()


def test_the_documented_figure_is_what_a_run_takes():
    """Besides, 16 MB do not grow with n and k."""
    kmeans(POINTS[:100], 2)  # loads the compiled loops
    peaks = {k: peak_of_a_run(k) for k in (10, 200)}
    growth = (peaks[200] - peaks[10]) / len(POINTS) / 190
    assert 0.7 * BYTES_PER_DISTANCE < growth < 1.05 * BYTES_PER_DISTANCE
    assert peaks[10] < len(POINTS) * (BYTES_PER_POINT + 10 * BYTES_PER_DISTANCE) + 16e6
    assert f"holds {BYTES_PER_DISTANCE} bytes for each point and centroid" in kmeans.__doc__
    assert f"and {BYTES_PER_POINT} for each point" in kmeans.__doc__


def peak_of_a_run(k):
    """Return the most bytes of memory that a few iterations take at a time."""
    tracemalloc.start()
    kmeans(POINTS, k, max_iter=3)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


LIMITED = """
import resource
import numpy as np
from mnist_kmeans import InputError, kmeans
points = np.zeros((50_000, 8), dtype=np.uint8)
resource.setrlimit(resource.RLIMIT_AS, (6 * 10**9, 6 * 10**9))
try:
    kmeans(points, 20_000)
except InputError as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_the_limit_of_the_process_counts():
    run = subprocess.run(
        [sys.executable, "-c", LIMITED], capture_output=True, text=True, check=True
    )
    assert re.match(r"clustering 50,000 points with k = 20000 needs \d+\.\d GB", run.stdout)


def test_the_limit_of_a_container_counts(tmp_path, monkeypatch):
    (tmp_path / "memory.max").write_text("3000\n")
    (tmp_path / "memory.current").write_text("1000\n")
    (tmp_path / "memory.stat").write_text("anon 600\nactive_file 100\ninactive_file 300\n")
    monkeypatch.setattr(memory, "CGROUP", tmp_path)
    assert memory.free_bytes() == 2000 + 300  # files that were read give way
    (tmp_path / "memory.max").write_text("max\n")
    assert memory.free_bytes() > 10**6
