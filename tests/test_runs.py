"""Many runs: equal to one run each, in the order asked for, and clear when one fails."""

import subprocess
import sys
import threading
import time

import pytest
from helpers import same_bits

from mnist_kmeans import kmeans, load_mnist, repeat_inits, sweep_k
from mnist_kmeans.basics.errors import InputError

POINTS = load_mnist("sample").images[:600]


def test_repeated_runs_are_the_single_runs_in_the_order_of_the_seeds():
    seeds = [3, 0, 7, 0]
    for seed, run in zip(seeds, repeat_inits(POINTS, 8, seeds), strict=True):
        assert same_bits(run, kmeans(POINTS, 8, seed=seed))


def test_a_sweep_is_keyed_by_k_in_the_order_asked_for():
    swept = sweep_k(POINTS, [9, 2, 5], seeds=[4, 1], init="k-means++")
    assert list(swept) == [9, 2, 5]
    for k, runs in swept.items():
        for seed, run in zip([4, 1], runs, strict=True):
            assert same_bits(run, kmeans(POINTS, k, seed=seed, init="k-means++"))


def test_floats_are_repeated_too():
    points = POINTS[:100] / 255
    (run,) = repeat_inits(points, 3, [5])
    assert same_bits(run, kmeans(points, 3, seed=5))


def test_a_failing_run_is_named():
    with pytest.raises(InputError, match=r"k = 601, seed 2.*between 1 and n = 600"):
        sweep_k(POINTS, [3, 601], seeds=[2])


INTERRUPTED = """
import itertools, os, signal, threading
from mnist_kmeans import repeat_inits, runs
from mnist_kmeans.data.editions import load_mnist

real, number = runs.fast, itertools.count()

def fast(*arguments, **options):
    if next(number) == 5:
        os.kill(os.getpid(), signal.SIGINT)
    return real(*arguments, **options)

runs.fast = fast
try:
    repeat_inits(load_mnist("sample").images, 50, range(1000))
except KeyboardInterrupt:
    left = [thread.name for thread in threading.enumerate() if "Pool" in thread.name]
    print("interrupted, threads left:", left, "few runs begun:", next(number) < 50)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT to send to a process")
def test_ctrl_c_stops_all_runs_and_leaves_no_thread():
    done = subprocess.run([sys.executable, "-c", INTERRUPTED], capture_output=True, text=True)
    assert done.stdout == "interrupted, threads left: [] few runs begun: True\n"
    assert (done.stderr, done.returncode) == ("", 0)


def test_a_failure_stops_the_runs_that_are_under_way(monkeypatch):
    stopped = []
    begun, patient = threading.Event(), threading.Event()

    def fake(points, centroids, *, watch, **_):
        if len(centroids) == 2:  # begins, and goes on until the other has failed
            begun.set()
            patient.wait(60)
            for _ in range(1000):
                try:
                    watch(0, 0)
                except BaseException:
                    stopped.append(len(centroids))
                    raise
                time.sleep(0.01)
        begun.wait(60)
        patient.set()
        raise InputError("on purpose")

    monkeypatch.setattr("mnist_kmeans.basics.parallel.cores", lambda: 2)
    monkeypatch.setattr("mnist_kmeans.runs.fast", fake)
    with pytest.raises(InputError, match="k = 3, seed 0 fails: on purpose"):
        sweep_k(POINTS, [3, 2], seeds=[0])
    assert stopped == [2]


@pytest.mark.parametrize(
    ("run", "message"),
    [
        (lambda: repeat_inits(POINTS, 3, 20), r"seeds must be several, as in range\(20\); got 20"),
        (lambda: sweep_k(POINTS, 10), "ks must be several"),
        (lambda: sweep_k(POINTS, [2], seeds=3), "seeds must be several"),
    ],
)
def test_one_number_where_several_are_meant_is_refused(run, message):
    with pytest.raises(InputError, match=message):
        run()
