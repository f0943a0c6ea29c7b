"""The fast engine gives the same bits as the textbook loop."""

import itertools
import json
import os
import shutil
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import numpy as np
import pytest
from helpers import ROOT, same_bits
from hypothesis import given, settings
from hypothesis import strategies as st
from threadpoolctl import threadpool_info

from mnist_kmeans import load_mnist, random_centroids
from mnist_kmeans.basics.errors import InputError
from mnist_kmeans.exact import grid_bits, to_grid
from mnist_kmeans.fast import Run, engine, fast, loops, sketches
from mnist_kmeans.fast.loops import FAR
from mnist_kmeans.fast.moving import Moving
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
    st.sampled_from([1, 7, 64]),
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


@pytest.mark.parametrize("problem", ["near ties", "digits", "far away"])
def test_bounds_hold(problem):
    """At every iteration each bound lies on its side of the truth, carried or fresh."""
    for seed in range(8):
        check_bounds_of(*awkward(problem, seed))


def awkward(problem, seed):
    """Return points and first centroids."""
    points = load_mnist("sample").images[:500]
    if problem == "digits":
        return points, random_centroids(points, 20, seed)
    if problem == "far away":  # where no point is: their sketches are drawn shorter
        return points, np.full((3, 784), 255.0) - np.array([[0], [seed], [250]])
    return near_ties(seed)


def check_bounds_of(points, centroids):
    """Hold the bounds against the distances, iteration by iteration."""
    run = Run(Prepared(points), centroids, map)
    run.assign()
    check_bounds(run)
    while run.update():
        check_bounds(run)
        run.assign()
        check_bounds(run)


def check_bounds(run):
    """Hold the bounds of all points against the distances: whole numbers, so squares are exact."""
    known, moving = run.known, run.moving
    steps = 2.0**run.prepared.bits
    points = run.prepared.points.values * steps
    true = pairwise_squared_distances(points.astype(np.int64), run.centroids * steps)
    own = np.arange(len(true)), run.assignments
    upper = known.upper + moving.travels[run.assignments]
    assert (upper**2 >= true[own]).all()
    assert (known.lower[own] == FAR).all()
    true[own] = np.inf
    lower = known.lower.astype(np.int64) - moving.travels
    lower[own] = 0
    assert (lower.clip(min=0) ** 2 <= true).all()
    assert ((known.others - moving.most_travel).clip(0, FAR) ** 2 <= true.min(axis=1)).all()


def leave_out(patch, owner, part, value=0.0):
    """Let this attribute have this value in all instances, whatever they are told."""
    patch.setattr(owner, part, property(lambda _: value, lambda *_: None), raising=False)


@pytest.mark.parametrize(
    ("owner", "part", "points_off", "centroids_off"),
    [(Prepared, "blur", 200, 0), (Moving, "blur", 0, 200), (Prepared, "slack", 0, 0)],
)
def test_bounds_reveal_a_missing_allowance(monkeypatch, owner, part, points_off, centroids_off):
    """The test above has teeth: bounds fail without any of the allowances for what is rounded.

    On a line a sketch is the number itself, in whole units: it misses nothing, or as much as we choose.
    """
    whole = 512 * np.arange(31_000, sketches.LONGEST + 1)[:, None]
    points = whole + points_off
    points[-1] = whole[-1]  # so that the unit is 512
    centroids = whole[[0, 1, 999]] + float(centroids_off)

    def check_first_bounds():
        run = Run(Prepared(points), centroids, map)
        run.assign()
        check_bounds(run)

    if part == "slack":
        leave_out(monkeypatch, Prepared, "blur")  # it is 0 but for the rounding of float64
    check_first_bounds()
    leave_out(monkeypatch, owner, part)
    with pytest.raises(AssertionError):
        check_first_bounds()


@pytest.mark.parametrize("d", [1, 2, 3, 64, 784, 1000, 2000])
@pytest.mark.parametrize(
    ("low", "high"),
    [(0, 1), (0, 255), (-128, 127), (-3000, 0), (-(2**15), 2**15 - 1), (0, 2**25 - 1)],
)
def test_products_of_limbs_are_exact_at_the_ends_of_the_range(d, low, high):
    """Held against Python's integers, where the sums are largest."""
    rng = np.random.default_rng(d)
    points = np.array([[low] * d, [high] * d, *rng.choice([low, high], (3, d))])
    try:
        sizes = sketches.limb_sizes(points)
    except InputError:  # too large for so many dimensions
        return
    assert 2 ** (sizes.point_bits + sizes.centroid_bits) * d <= 2**30
    steps = points * 2**sizes.bits
    centroids = np.clip(
        np.vstack([steps, steps - 1]), min(low, 0) << sizes.bits, high << sizes.bits
    )
    limbs = Prepared.limbs(SimpleNamespace(sizes=sizes), centroids.astype(float))
    x = np.empty((sizes.parts, d), dtype=np.int16)
    for point in points:
        loops.write_limbs(point, sizes.point_bits, x)
        for j, centroid in enumerate(centroids.tolist()):
            expected = sum(a * b for a, b in zip(point.tolist(), centroid, strict=True))
            assert loops.point_product(x, limbs, j, sizes) == expected


def test_sketches_of_points_and_centroids_agree():
    """Compiled or with numpy, a digit has the same sketch; and rests and blurs are what they say."""
    points = load_mnist("sample").images[:200]
    prepared = Prepared(points)
    steps = points * 2.0**prepared.bits
    drawn, lengths, blurs = prepared.sketch(steps)
    assert np.array_equal(drawn, prepared.points.sketches)
    assert np.allclose(lengths, prepared.points.lengths, rtol=1e-12)
    assert (blurs <= prepared.blur).all()
    rests = steps - prepared.unit * drawn.astype(float) @ prepared.directions
    true = np.sqrt((rests * rests).sum(axis=1))
    assert (true <= prepared.points.rests).all() and (prepared.points.rests < 1.01 * true).all()
    assert (true <= prepared.rest_lengths(steps, drawn.astype(float))).all()


def test_forgetting_all_bounds_changes_nothing():
    points, centroids = near_ties(3)
    run = Run(Prepared(points), centroids, map)
    history = []
    moved = True
    while moved:
        run.assign()
        history.append(run.inertia())
        moved = run.update()
        run.forget()
    expected = lloyd(points, centroids)
    assert tuple(history) == expected.history
    assert np.array_equal(run.centroids, expected.centroids)


def test_bounds_start_afresh_before_travels_grow_long():
    """Beyond the reach, whole numbers could overflow, and float32 would be too coarse."""
    points = load_mnist("sample").images[:50]
    run = Run(Prepared(points), points[:2].astype(float), map)
    run.assign()
    for step in range(12):
        run.move_to(np.full(run.centroids.shape, 255.0 * (step % 2)))
        assert max(run.moving.most_travel, run.moving.rest_travels.max()) <= run.prepared.reach
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
    before = prepared.points.sketches.copy()
    limits = [library["num_threads"] for library in threadpool_info()]
    starts = [random_centroids(points, k, k) for k in (2, 5, 9, 14, 20, 30)]
    with ThreadPoolExecutor(4) as pool:
        results = list(
            pool.map(lambda start: fast(points, start, prepared=prepared, threads=2), starts)
        )
    for start, result in zip(starts, results, strict=True):
        assert same_bits(result, lloyd(points, start))
    assert np.array_equal(prepared.points.sketches, before)
    assert [library["num_threads"] for library in threadpool_info()] == limits


def test_few_points_are_left_to_one_thread(monkeypatch):
    points = load_mnist("sample").images[:100]
    start, look_again, threads = random_centroids(points, 5, 0), loops.look_again, set()

    def seen(*arguments):
        meeting.wait(timeout=60)
        threads.add(threading.current_thread())
        return look_again(*arguments)

    monkeypatch.setattr(loops, "look_again", seen)
    meeting = threading.Barrier(1)
    fast(points, start, threads=2)
    assert threads == {threading.main_thread()}
    monkeypatch.setattr(engine, "ROWS", 99)
    meeting = threading.Barrier(2)  # so each of the two has to take one of the two parts
    fast(points, start, threads=2)
    assert len(threads) == 2


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
    assert work[0] == (len(points), 12839)
    assert tuple(np.sum(work[1:], axis=0)) == (52583, 22145)


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


def test_damaged_compiled_code_is_compiled_anew(tmp_path):
    """An index that is empty or something else, or code that is cut off: each loop has one of them."""
    code = "import numpy as np; from mnist_kmeans import kmeans; "
    code += "print(kmeans(np.eye(9, dtype=int), 3).digest)"
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}

    def run():
        command = [sys.executable, "-c", code]
        return subprocess.run(command, env=environment, capture_output=True, text=True)

    first = run()
    indices = sorted(tmp_path.rglob("*.nbi"))
    assert first.returncode == 0 and len(indices) >= 3
    damaged = {}
    for index, damage in zip(indices, itertools.cycle(["empty", "cut", "other"])):
        [compiled] = index.parent.glob(f"{index.stem}.*.nbc")
        path = compiled if damage == "cut" else index
        content = path.read_bytes()
        damaged[path] = {"empty": b"", "cut": content[:-9], "other": b"no pickle"}[damage]
        path.write_bytes(damaged[path])
    again = run()
    assert (again.stdout, again.stderr) == (first.stdout, "")
    for path, content in damaged.items():
        assert len(path.read_bytes()) > max(9, len(content)), path
