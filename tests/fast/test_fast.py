"""The fast engine gives the same bits as the textbook loop."""

import itertools
import json
import os
import shutil
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction

import numpy as np
import pytest
from helpers import ROOT, same_bits
from hypothesis import given, settings
from hypothesis import strategies as st
from threadpoolctl import threadpool_info

from mnist_kmeans import load_mnist, random_centroids
from mnist_kmeans.exact import grid_bits, to_grid
from mnist_kmeans.fast import Run, engine, fast, sketches
from mnist_kmeans.fast.sketches import Prepared
from mnist_kmeans.lloyd import lloyd, nearest, pairwise_squared_distances


@st.composite
def problems(draw):
    """Integer points and first centroids, of all the kinds that could be awkward."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    n, d = draw(st.integers(1, 80)), draw(st.sampled_from([1, 2, 3, 7, 20, 70, 100]))
    low, high = draw(
        st.sampled_from([(0, 1), (0, 255), (-3, 3), (-100, 27), (0, 40_000), (-900_000, 900_000)])
    )
    points = rng.integers(low, high, (n, d), endpoint=True)
    if draw(st.booleans()):  # many duplicates
        points = points[rng.integers(0, max(1, n // 4), n)]
    if draw(st.booleans()):  # constant columns
        points[:, :: draw(st.integers(1, 3))] = rng.integers(low, high, endpoint=True)
    if draw(st.booleans()):  # points close to a few corners, many of them half-way between two
        corners = rng.integers(low, high, (4, d), endpoint=True)
        points[: n // 2] = corners[rng.integers(0, 4, n // 2)]
        points[n // 2 :] = (corners[rng.integers(0, 4, n - n // 2)] + corners[0]) // 2
    k = draw(st.one_of(st.just(n), st.integers(1, n)))
    kind = draw(st.sampled_from(["different rows", "any rows", "anywhere on the grid"]))
    if kind == "different rows":
        centroids = points[rng.permutation(n)[:k]]
    elif kind == "any rows":  # some centroids coincide: ties, and clusters left empty
        centroids = points[rng.integers(0, n, k)]
    else:
        least, most = min(points.min(), 0), max(points.max(), 0)
        centroids = to_grid(rng.uniform(least, most, (k, d)), grid_bits(points))
    return points, centroids.astype(np.float64)


@settings(max_examples=250, deadline=None)
@given(
    problems(),
    st.sampled_from([None, None, 1, 2, 5]),
    st.sampled_from([1, 2]),
    st.sampled_from([1, 7, 61]),
)
def test_equals_lloyd(problem, max_iter, threads, directions):
    points, centroids = problem
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sketches, "DIRECTIONS", directions)
        patch.setattr(engine, "ROWS", 16)
        patch.setattr(sketches, "ROWS", 16)
        result = fast(points, centroids, max_iter, threads=threads)
    assert same_bits(result, lloyd(points, centroids, max_iter))


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.int16, np.uint16, np.int64, np.uint64])
def test_every_integer_type(dtype):
    info = np.iinfo(dtype)
    rng = np.random.default_rng(1)
    points = rng.integers(max(info.min, -5000), min(info.max, 5000), (300, 9), endpoint=True)
    points = points.astype(dtype)
    centroids = random_centroids(points, 12, 0)
    assert same_bits(fast(points, centroids), lloyd(points, centroids))


@pytest.mark.parametrize("k", [1, 2, 10, 60])
def test_equals_lloyd_on_digits(k):
    points = load_mnist("sample").images[:2500]
    centroids = random_centroids(points, k, 0)
    assert same_bits(fast(points, centroids), lloyd(points, centroids))


@pytest.mark.parametrize(
    "arrange",
    [
        np.asfortranarray,
        lambda points: points.repeat(2, axis=0)[::2],
        lambda points: points.astype(">i2"),
        lambda points: np.frombuffer(points.tobytes(), points.dtype).reshape(points.shape),
    ],
    ids=["by columns", "every other row", "big-endian", "read-only"],
)
def test_every_memory_layout(arrange):
    points = load_mnist("sample").images[:300]
    centroids = random_centroids(points, 12, 0)
    assert same_bits(fast(arrange(points), centroids), lloyd(points, centroids))


def near_ties(seed):
    """Return points far from the origin and close to each other, and centroids among them.

    Their squared distances differ by about as much as float32 rounds the squared norms, so that
    bounds which do not give way to rounding go wrong.
    """
    rng = np.random.default_rng(seed)
    d = int(rng.integers(1, 12))
    offset = 2 ** int(rng.integers(10, 20))
    spread = max(2, offset >> int(rng.integers(3, 12)))
    points = offset + rng.integers(0, spread, (400, d), endpoint=True)
    return points, points[rng.integers(0, 400, int(rng.integers(2, 9)))].astype(np.float64)


def near_ties_agree(seeds):
    """Whether the engine gives what lloyd gives on many near-ties."""
    return all(same_bits(fast(*near_ties(s), threads=1), lloyd(*near_ties(s))) for s in seeds)


def moves_on_a_line_agree(seeds):
    """Whether all assignments are right while two centroids wander along a line.

    On a line the triangle inequality leaves nothing to spare: only the margin for rounding stands
    between the carried bounds and a point half-way, of 25 bits where float32 has 24.
    """
    for seed in seeds:
        rng = np.random.default_rng(seed)
        ends = np.array([[0.0], [2**25 - 1]])
        points = np.vstack([ends.astype(int), 2**24 + rng.integers(-40, 40, (300, 1))])
        centroids = ends.copy()
        run = Run(Prepared(points), centroids, map)
        for _ in range(30):
            run.assign()
            if not np.array_equal(run.assignments, nearest(points, centroids)[0]):
                return False
            centroids = np.clip(centroids + rng.integers(-20, 20) / 2, 0, 2**25 - 1)
            run.move_to(centroids)
    return True


@pytest.mark.parametrize("agree", [near_ties_agree, moves_on_a_line_agree])
def test_near_ties_at_the_resolution_of_float32(agree):
    assert agree(range(60))


@pytest.mark.parametrize(
    ("owner", "part", "agree"),
    [(Prepared, "slack", near_ties_agree), (Run, "margin", moves_on_a_line_agree)],
)
def test_near_ties_reveal_a_missing_allowance(monkeypatch, owner, part, agree):
    """The test above has teeth: it fails without either of the two allowances for rounding."""
    honest = owner.__init__

    def careless(instance, *arguments):
        honest(instance, *arguments)
        setattr(instance, part, 0.0)

    monkeypatch.setattr(owner, "__init__", careless)
    with np.errstate(invalid="ignore"):
        assert not agree(range(60))


@pytest.mark.parametrize("problem", ["near ties", "digits"])
def test_bounds_hold(problem):
    """At every iteration each bound lies on its side of the truth, carried or fresh."""
    for seed in range(8):
        if problem == "digits":
            points = load_mnist("sample").images[:500]
            centroids = random_centroids(points, 20, seed)
        else:
            points, centroids = near_ties(seed)
        run = Run(Prepared(points), centroids, map)
        run.assign()
        while run.update():
            check_bounds(run)
            run.assign()
            check_bounds(run)


def check_bounds(run):
    """Hold the bounds of all points against the distances."""
    assert run.margin >= 10 * 2**-24 * run.prepared.radius  # see the proof in Run
    true = np.sqrt(pairwise_squared_distances(run.prepared.points, run.centroids))
    own = np.arange(len(true)), run.assignments
    true_own = true[own]
    assert np.isinf(run.lower[own]).all()
    true[own] = np.inf
    assert (run.lower - run.travel.astype(np.float32) <= true + run.margin).all()
    assert (run.others - run.most_travel <= true.min(axis=1) + run.margin).all()
    assert (run.upper + run.travel[run.assignments] + run.margin >= true_own).all()


def test_sketches_bound_distances_and_products_are_exact():
    points = load_mnist("sample").images[:500]
    prepared = Prepared(points)
    true = pairwise_squared_distances(points, points.astype(np.float64))
    lower = prepared.lower_squares(points.astype(np.float64))
    assert (lower <= true).all()
    assert np.median(lower / np.maximum(true, 1)) > 0.6  # and they are of use
    flipped = (
        prepared.sketches[:, ::-1]
        @ prepared.counterparts(
            points.astype(np.float64),
            prepared.coordinates(points),
            prepared.rest_lengths(points, prepared.coordinates(points)),
        ).T[::-1]
    )
    assert np.array_equal(flipped, lower)  # in whatever order the terms are summed


def test_sketches_bound_distances_to_centroids_that_use_the_last_bit_of_the_grid():
    """Held against fractions, which round nothing."""
    points = load_mnist("sample").images[:20]
    prepared = Prepared(points)
    step = 2.0**-prepared.bits
    centroids = grid_mean_of(points) + step * np.array([[1.0], [3.0]])
    coordinates = prepared.coordinates(centroids)
    rest_lengths = prepared.rest_lengths(centroids, coordinates)
    counterparts = prepared.counterparts(centroids, coordinates, rest_lengths)
    unit = Fraction(4) ** -(prepared.bits - 1)
    for centroid, row in zip(centroids, counterparts, strict=True):
        assert all(Fraction(entry) % Fraction(2) ** (1 - prepared.bits) == 0 for entry in row[:-1])
        assert Fraction(row[-1]) % unit == 0  # so the products are exact
        products = prepared.sketches @ row
        for point, sketch, product in zip(points, prepared.sketches, products, strict=True):
            pairs = zip(sketch, row, strict=True)
            assert product == sum(Fraction(a) * Fraction(b) for a, b in pairs)
            differences = [Fraction(c) - int(x) for x, c in zip(point, centroid, strict=True)]
            assert product <= sum(each * each for each in differences)
    for centroid, y, length in zip(centroids, coordinates, rest_lengths, strict=True):
        rest = [
            Fraction(c) - sum(Fraction(a) * Fraction(b) for a, b in zip(y, column, strict=True))
            for c, column in zip(centroid, prepared.directions.T, strict=True)
        ]
        assert sum(each * each for each in rest) <= Fraction(length) ** 2


def test_what_is_rounded_up_may_have_come_out_a_little_too_small():
    assert sketches.ceil_to_grid(np.array([4.0, 4.1, 4 * (1 - 2.0**-31)]), 0).tolist() == [5, 5, 5]


def grid_mean_of(points):
    """Return two means of points, on their grid."""
    halves = np.array_split(points.astype(np.float64), 2)
    return np.array([to_grid(half.mean(axis=0), grid_bits(points)) for half in halves])


def test_forgetting_all_bounds_changes_nothing():
    points, centroids = near_ties(3)
    run = Run(Prepared(points), centroids, map)
    history = []
    moved = True
    while moved:
        run.assign()
        history.append(run.inertia())
        moved = run.update()
        run.forget(run.centroids, run.coordinates)
        run.counterparts = run.prepared.counterparts(
            run.centroids, run.coordinates, run.rest_travel
        )
    expected = lloyd(points, centroids)
    assert tuple(history) == expected.history
    assert np.array_equal(run.centroids, expected.centroids)


def test_bounds_start_afresh_before_travels_grow_long():
    """Beyond the radius the products of sketches would no longer be exact."""
    points = load_mnist("sample").images[:50]
    run = Run(Prepared(points), points[:2].astype(float), map)
    run.assign()
    for step in range(12):
        run.move_to(np.full(run.centroids.shape, 255.0 * (step % 2)))
        assert max(run.travel.max(), run.rest_travel.max()) <= run.prepared.radius
        check_bounds(run)
        run.assign()


def test_inertia_does_not_overflow():
    points = np.full((5000, 2), 2**23, dtype=np.int64)
    points[::2] = 0
    points[1, 1] -= 1
    centroids = np.array([[1.0, 3.0], [0.0, 2.0**22]])
    assert same_bits(fast(points, centroids), lloyd(points, centroids))
    largest = np.full((5000, 1), 2**25 - 1)  # whose products with sums exceed 2^63
    largest[1] = 0
    centroids = np.array([[2.0**25 - 1]])
    assert same_bits(fast(largest, centroids), lloyd(largest, centroids))


@given(st.integers(0, 2**32), st.integers(1, 60), st.integers(1, 6), st.floats(1e-6, 1e6))
@settings(max_examples=60, deadline=None)
def test_floats(seed, n, d, scale):
    """No equal bits are promised here; but points go to the nearest, and the inertia never rises."""
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(n, d)) * scale
    result = fast(points, points[: min(n, 5)].copy())
    squares = ((points[:, None] - result.centroids) ** 2).sum(axis=2)
    own = squares[np.arange(n), result.assignments]
    size = (points**2).sum(axis=1) + (result.centroids**2).sum(axis=1).max()
    assert (own <= squares.min(axis=1) + 1e-12 * size).all()
    history = np.array(result.history)
    assert (history[1:] <= history[:-1] + 1e-12 * (points**2).sum()).all()


@pytest.mark.parametrize("seed", range(5))
def test_floats_far_from_zero_are_clustered_like_those_near_it(seed):
    """Far away, |x|^2 is so large that it would hide the distances. (Here no shift rounds anything.)"""
    near = np.random.default_rng(seed).integers(0, 20 * 64, (200, 2)) / 64
    far = near + 2.0**30
    expected, found = (fast(points, points[:4].copy()) for points in (near, far))
    assert np.array_equal(found.assignments, expected.assignments)
    assert np.allclose(found.history, expected.history, rtol=1e-6, atol=0)


def test_the_loop_over_floats_ends_when_the_inertia_stays(monkeypatch):
    """Rounding could send centroids round in circles, at one inertia."""
    places = itertools.cycle([np.array([[0.25]]), np.array([[0.75]])])
    monkeypatch.setattr("mnist_kmeans.lloyd.move", lambda *_: next(places))
    found = lloyd(np.array([[0.0], [1.0]]), np.array([[0.75]]))
    assert found.converged and len(found.history) == 2 and found.history[0] == found.history[1]


def test_runs_in_parallel_share_one_preparation(monkeypatch):
    monkeypatch.setattr(engine, "ROWS", 100)
    points = load_mnist("sample").images[:700]
    prepared = Prepared(points)
    before = prepared.sketches.copy()
    limits = [library["num_threads"] for library in threadpool_info()]
    starts = [random_centroids(points, k, k) for k in (2, 5, 9, 14, 20, 30)]
    with ThreadPoolExecutor(4) as pool:
        results = list(
            pool.map(lambda start: fast(points, start, prepared=prepared, threads=2), starts)
        )
    for start, result in zip(starts, results, strict=True):
        assert same_bits(result, lloyd(points, start))
    assert np.array_equal(prepared.sketches, before)
    assert [library["num_threads"] for library in threadpool_info()] == limits


def test_few_points_are_left_to_one_thread(monkeypatch):
    points = load_mnist("sample").images[:100]
    start, threads = random_centroids(points, 5, 0), []

    def seen(run):
        threads.append(threading.current_thread())
        return measure_all(run, slice(0, len(points)))

    measure_all = Run.measure_all
    monkeypatch.setattr(Run, "measure_all", lambda run, rows: seen(run))
    fast(points, start, threads=2)
    assert set(threads) == {threading.main_thread()}
    monkeypatch.setattr(engine, "ROWS", 99)
    fast(points, start, threads=2)
    assert threading.main_thread() not in threads[1:]


def test_blas_threads_are_restored_after_an_error(monkeypatch):
    limits = [library["num_threads"] for library in threadpool_info()]
    monkeypatch.setattr(Run, "inertia", lambda run: 1 / 0)
    monkeypatch.setattr(engine, "ROWS", 1)
    with pytest.raises(ZeroDivisionError):
        fast(np.eye(3, dtype=int), np.eye(3), threads=2)
    assert [library["num_threads"] for library in threadpool_info()] == limits


def test_work_counts():
    """Looser bounds would give the same answer, later; so the work is held to the last count."""
    points = load_mnist("sample").images
    work = []
    result = fast(points, random_centroids(points, 10, 0), watch=lambda *c: work.append(c))
    assert len(work) == result.n_iter
    assert work[0] == (len(points), 10 * len(points))
    assert tuple(np.sum(work[1:], axis=0)) == (50939, 22680)


SCRIPT = """
import json
from mnist_kmeans import load_mnist, random_centroids
from mnist_kmeans.fast import engine
engine.ROWS = 300  # enough for all threads
points = load_mnist("sample").images[:1200]
for threads in 1, 2, 3:
    for k in 10, 40:
        work = []
        centroids = random_centroids(points, k, 0)
        watch = lambda *counts: work.append([int(count) for count in counts])
        found = engine.fast(points, centroids, threads=threads, watch=watch)
        print(json.dumps([found.digest, work]))
"""


@pytest.fixture(scope="module")
def expected_digests():
    points = load_mnist("sample").images[:1200]
    digests = []
    for k in 10, 40:
        centroids = random_centroids(points, k, 0)
        work = []
        fast(points, centroids, watch=lambda *counts, work=work: work.append(counts))
        digests.append(
            [lloyd(points, centroids).digest, [[int(count) for count in counts] for counts in work]]
        )
    return digests * 3


def test_same_bits_and_counts_compiled_for_any_processor(tmp_path, expected_digests):
    """Without the instructions that only newer processors have, sums run in another order."""
    settings = {"NUMBA_CPU_NAME": "generic", "NUMBA_CACHE_DIR": str(tmp_path)}
    assert run_script(settings) == expected_digests


def test_same_bits_where_what_is_compiled_cannot_be_kept(tmp_path, expected_digests):
    """As on a read-only installation: it is compiled again each time."""
    no_cache = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "mnist_kmeans", tmp_path / "mnist_kmeans", ignore=no_cache)
    (tmp_path / "mnist_kmeans" / "fast" / "__pycache__").write_text("in the way of a folder")
    settings = {"HOME": "/dev/null", "XDG_CACHE_HOME": "/dev/null"}
    assert run_script(settings, folder=tmp_path) == expected_digests


def run_script(settings, folder=ROOT):
    """Return what SCRIPT prints in a fresh process with these settings in its environment."""
    process = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=folder,
        env=os.environ | settings,
        capture_output=True,
        text=True,
    )
    assert process.returncode == 0, process.stderr
    return list(map(json.loads, process.stdout.splitlines()))
