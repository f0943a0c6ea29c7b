"""Where Numba is not installed, numpy alone gives the same bits, and nothing is said about it."""

import subprocess
import sys

import numpy as np
import pytest

from mnist_kmeans import kmeans, load_mnist, repeat_inits
from mnist_kmeans.explorer import states
from mnist_kmeans.fast import engine

POINTS = load_mnist("sample").images[:1500]
PROGRAM = """
import sys
sys.modules["numba"] = None  # as if it were not installed
from mnist_kmeans import kmeans, load_mnist, repeat_inits
points = load_mnist("sample").images[:1500]
for init in "random", "k-means++":
    for k in 1, 10, 30:
        print(kmeans(points, k, seed=3, init=init).digest)
for run in repeat_inits(points, 5, [0, 1]):
    print(run.digest)
"""


def test_the_same_bits_without_a_word():
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM], capture_output=True, text=True
    )
    assert run.stderr == ""
    expected = [
        kmeans(POINTS, k, seed=3, init=init).digest
        for init in ("random", "k-means++")
        for k in (1, 10, 30)
    ]
    expected += [each.digest for each in repeat_inits(POINTS, 5, [0, 1])]
    assert run.stdout.split() == expected


@pytest.fixture
def no_numba(monkeypatch):
    monkeypatch.setattr(engine, "compiled_loops", lambda: None)


def test_the_counts_of_work_are_those_of_the_textbook(no_numba):
    work = []
    found = engine.fast(POINTS, POINTS[:4].astype(float), watch=lambda *counts: work.append(counts))
    assert work == [(1500, 6000)] * found.n_iter


def test_the_explorer_goes_through_the_same_iterations(monkeypatch):
    expected = states(POINTS, 7, 2)
    monkeypatch.setattr(engine, "compiled_loops", lambda: None)
    for one, other in zip(states(POINTS, 7, 2), expected, strict=True):
        for array, same in zip(one, other, strict=True):
            np.testing.assert_array_equal(array, same, strict=True)
