"""k-means, held with == against a second one in whole numbers that knows no rounding at all."""

import hashlib
import json
import os
import platform
import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest
from helpers import same_bits
from hypothesis import given
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits

from mnist_kmeans import assign, kmeans, load_mnist, random_centroids, update
from mnist_kmeans import lloyd as lloyd_module
from mnist_kmeans.basics.errors import InputError
from mnist_kmeans.exact import grid_bits
from mnist_kmeans.lloyd import lloyd

ENGINES = "fast", "lloyd"
engines = pytest.mark.parametrize("algorithm", ENGINES)


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    """On a busy machine the threads of BLAS wait for each other much longer than they work."""
    with threadpool_limits(1):
        yield


# The reference: Python integers, which never overflow and never round. A coordinate c stands for
# c / 2^bits; an objective for itself / 4^bits.


def reference(points, centroids, bits, max_iter):
    """Return what a Clustering holds, from lists of integers."""
    points = [[x << bits for x in point] for point in points]
    history, converged = [], False
    assignments, objective = reference_assign(points, centroids)
    while not converged and len(history) != max_iter:
        history.append(objective)
        moved = reference_update(points, assignments, centroids)
        converged = moved == centroids
        centroids = moved
        assignments, objective = reference_assign(points, centroids)
    return {
        "centroids": [[Fraction(c, 2**bits) for c in centroid] for centroid in centroids],
        "assignments": assignments,
        "inertia": float(Fraction(objective, 4**bits)),
        "history": tuple(float(Fraction(value, 4**bits)) for value in history),
        "converged": converged,
    }


def reference_assign(points, centroids):
    assignments, objective = [], 0
    for point in points:
        squared = [
            sum((x - c) ** 2 for x, c in zip(point, centre, strict=True)) for centre in centroids
        ]
        assignments.append(squared.index(min(squared)))  # the first of equals
        objective += min(squared)
    return assignments, objective


def reference_update(points, assignments, centroids):
    moved = []
    for cluster, centroid in enumerate(centroids):
        members = [p for p, a in zip(points, assignments, strict=True) if a == cluster]
        n = len(members)
        mean = (
            [(2 * sum(column) + n) // (2 * n) for column in zip(*members, strict=True)]
            if n
            else centroid
        )
        moved.append(mean)
    return moved


def assert_equals_reference(clustering, points, start, max_iter=None):
    bits = grid_bits(points)
    steps = [[int(c) for c in row] for row in (start * 2.0**bits).tolist()]
    expected = reference(points.tolist(), steps, bits, max_iter)
    found = clustering.centroids.tolist()
    assert [[Fraction(c) for c in row] for row in found] == expected["centroids"]
    assert clustering.assignments.tolist() == expected["assignments"]
    assert clustering.inertia == expected["inertia"]
    assert clustering.history == expected["history"]
    assert clustering.converged == expected["converged"]
    assert clustering.n_iter == len(expected["history"])


def integer_tables(low, high, max_rows=12, max_columns=4):
    """Tables of integers, small enough for many ties, duplicates and empty clusters."""
    rows = st.integers(1, max_columns).flatmap(
        lambda d: st.lists(
            st.lists(st.integers(low, high), min_size=d, max_size=d), min_size=1, max_size=max_rows
        )
    )
    return rows.map(np.array)


# Equal to the reference


@engines
@given(
    points=st.one_of(integer_tables(-3, 3), integer_tables(0, 255), integer_tables(-(10**6), 0)),
    data=st.data(),
)
def test_every_result_is_the_exact_one(algorithm, points, data):
    k = data.draw(st.integers(1, len(points)))
    seed = data.draw(st.integers(0, 5))
    max_iter = data.draw(st.sampled_from([None, None, 1, 2, 3]))
    clustering = kmeans(points, k, seed=seed, max_iter=max_iter, algorithm=algorithm)
    assert_equals_reference(clustering, points, random_centroids(points, k, seed), max_iter)


@engines
@given(points=integer_tables(0, 9), data=st.data())
def test_every_result_is_the_exact_one_from_any_start(algorithm, points, data):
    """Starts anywhere on the grid leave clusters empty, also clusters that were full before."""
    bits = grid_bits(points)
    steps = st.integers(0, int(points.max()) << bits)
    row = st.lists(steps, min_size=points.shape[1], max_size=points.shape[1])
    start = np.array(data.draw(st.lists(row, min_size=1, max_size=len(points)))) / 2.0**bits
    clustering = kmeans(points, len(start), init=start, algorithm=algorithm)
    assert_equals_reference(clustering, points, start)


@engines
def test_real_digits_are_clustered_exactly(algorithm):
    points = load_mnist("sample").images[:120]
    clustering = kmeans(points, 7, seed=3, algorithm=algorithm)
    assert clustering.n_iter > 4
    assert_equals_reference(clustering, points, random_centroids(points, 7, 3))


@engines
@given(points=integer_tables(-50, 50, max_rows=30), seed=st.integers(0, 5))
def test_the_objective_never_rises_and_the_end_is_a_fixed_point(algorithm, points, seed):
    clustering = kmeans(points, min(4, len(points)), seed=seed, algorithm=algorithm)
    objectives = [*clustering.history, clustering.inertia]
    assert objectives == sorted(objectives, reverse=True)
    assert clustering.converged
    np.testing.assert_array_equal(assign(points, clustering.centroids), clustering.assignments)
    moved = update(points, clustering.assignments, clustering.centroids)
    np.testing.assert_array_equal(moved, clustering.centroids)


@engines
def test_the_inertia_is_rounded_once(algorithm):
    """A sum that passes 2^53 steps of the grid on the way, so that adding up floats would round."""
    points = np.concatenate(
        [np.full((40, 784), 255), np.eye(1, 784, dtype=int), np.zeros((40, 784), int)]
    )
    start = np.full((1, 784), 2.0**-13)
    clustering = kmeans(points, 1, init=start, max_iter=1, algorithm=algorithm)
    assert_equals_reference(clustering, points, start, max_iter=1)


@engines
def test_large_integers_in_large_numbers_are_clustered_exactly(algorithm):
    """Their sums need more bits than a float32 has, and more rows than one block."""
    points = (np.arange(5000) ** 2 % 1_000_003)[:, None]
    clustering = kmeans(points, 3, max_iter=4, algorithm=algorithm)
    assert_equals_reference(clustering, points, random_centroids(points, 3, 0), max_iter=4)


# The steps


def test_assign_gives_a_tie_to_the_lowest_index():
    points = np.array([[0, 0], [4, 0], [2, 0], [2, 7]])
    assert assign(points, [[4, 0], [0, 0], [0, 0], [4, 0]]).tolist() == [1, 0, 0, 0]


def test_update_moves_each_centroid_to_the_middle_of_its_points():
    points = np.array([[0, 0], [2, 0], [9, 9], [3, 0]])
    moved = update(points, [0, 0, 2, 0], np.array([[5.0, 5.0], [6.25, 7.5], [1.0, 1.0]]))
    bits = grid_bits(points)
    third = np.floor(5 / 3 * 2**bits + 0.5) / 2**bits
    assert moved.tolist() == [[third, 0.0], [6.25, 7.5], [9.0, 9.0]]  # the second one has no points


def test_update_leaves_its_arguments_alone():
    points, centroids = np.array([[1], [4]]), np.array([[0.0]])
    assert update(points, [0, 0], centroids).tolist() == [[2.5]]
    assert centroids.tolist() == [[0.0]]


@engines
def test_an_empty_cluster_keeps_its_centroid(algorithm):
    points = np.array([[0], [1], [9]])
    clustering = kmeans(points, 3, init=[[0], [5.25], [8]], algorithm=algorithm)
    assert clustering.centroids.tolist() == [[0.5], [5.25], [9.0]]
    assert clustering.assignments.tolist() == [0, 0, 2]


# The options


@engines
def test_max_iter_stops_early_and_the_assignments_match_the_centroids(algorithm):
    points = load_mnist("sample").images[:300]
    whole = kmeans(points, 5, algorithm=algorithm)
    for max_iter in (1, 2, whole.n_iter - 1, whole.n_iter, whole.n_iter + 1):
        part = kmeans(points, 5, max_iter=max_iter, algorithm=algorithm)
        assert part.n_iter == min(max_iter, whole.n_iter)
        assert part.converged == (max_iter >= whole.n_iter)
        assert part.history == whole.history[:max_iter]
        np.testing.assert_array_equal(part.assignments, assign(points, part.centroids))
    assert same_bits(kmeans(points, 5, max_iter=np.int64(10**6), algorithm=algorithm), whole)


@engines
def test_the_start_can_be_any_array(algorithm):
    points = np.array([[0, 0], [0, 3], [9, 9]], dtype=np.uint8)
    start = np.array([[0, 1], [9, 8]], dtype=np.uint8)
    expected = kmeans(points, 2, init=start, algorithm=algorithm)
    for same in (start.tolist(), start.astype(np.float32), start.astype(float), start * 1.0):
        assert same_bits(kmeans(points, 2, init=same, algorithm=algorithm), expected)
    assert start.tolist() == [[0, 1], [9, 8]]


@engines
def test_a_start_between_the_steps_of_the_grid_is_rounded_to_it(algorithm):
    points = np.array([[0], [2]])
    bits = grid_bits(points)
    third = kmeans(points, 2, init=[[1 / 3], [2]], max_iter=1, algorithm=algorithm)
    nearest = np.floor(2**bits / 3 + 0.5) / 2**bits
    assert_equals_reference(third, points, np.array([[nearest], [2.0]]), max_iter=1)


@engines
def test_the_same_seed_gives_the_same_bits_and_another_seed_others(algorithm):
    points = load_mnist("sample").images[:200]
    one = kmeans(points, 6, seed=1, algorithm=algorithm)
    assert same_bits(one, kmeans(points, 6, seed=np.uint8(1), algorithm=algorithm))
    assert one.inertia != kmeans(points, 6, seed=2, algorithm=algorithm).inertia


@engines
def test_the_kind_of_integer_makes_no_difference(algorithm):
    points = load_mnist("sample").images[:200]
    expected = kmeans(points, 6, algorithm=algorithm)
    for kind in (np.int16, np.uint64, np.int64):
        assert same_bits(kmeans(points.astype(kind), 6, algorithm=algorithm), expected)
    assert same_bits(kmeans(np.asfortranarray(points), 6, algorithm=algorithm), expected)


# The order of summation makes no difference


@engines
def test_permuting_the_rows_changes_no_bit_of_the_centroids(algorithm):
    points = load_mnist("sample").images[:600]
    start = points[:8]
    expected = kmeans(points, 8, init=start, algorithm=algorithm)
    order = np.random.PCG64(0).random_raw(len(points)).argsort()
    found = kmeans(points[order], 8, init=start, algorithm=algorithm)
    assert found.centroids.tobytes() == expected.centroids.tobytes()
    assert found.assignments.tobytes() == expected.assignments[order].tobytes()
    assert (found.inertia, found.history) == (expected.inertia, expected.history)


def test_the_size_of_the_blocks_changes_no_bit(monkeypatch):
    points = load_mnist("sample").images[:300]
    expected = kmeans(points, 8, algorithm="lloyd")
    for block in (1, 7, 299, 300, 10**6):
        monkeypatch.setattr(lloyd_module, "ROWS", block)
        assert same_bits(kmeans(points, 8, algorithm="lloyd"), expected)


# Each of these has instructions of its own, so each adds up in another order. Beside it: the name that
# OpenBLAS gives to the kernel, and what the processor must know. (Zen has none of its own in NumPy.)
KERNELS = {
    "Prescott": ("Katmai", "SSE3"),
    "Nehalem": ("Nehalem", "SSE42"),
    "Sandybridge": ("Sandybridge", "AVX"),
    "Haswell": ("Haswell", "AVX2"),
    "SkylakeX": ("SkylakeX", "AVX512_SKX"),
}
SAMPLE_DIGEST = "4942b9a6622574b3bf3fda7d43665369f7c2f8fcde23ad51a108504e520c82e4"

DIGESTS = """
import hashlib, json
from threadpoolctl import threadpool_info, threadpool_limits
from mnist_kmeans import kmeans, load_mnist, random_centroids
from mnist_kmeans.fast import engine, fast
from mnist_kmeans.lloyd import pairwise_squared_distances

def digest(*arrays):
    return hashlib.sha256(b"".join(array.tobytes() for array in arrays)).hexdigest()

engine.ROWS = 1000  # enough for all threads
ENGINES = "fast", "lloyd"
points = load_mnist("sample").images
digests = {name: [] for name in ("distances", "ordinary product", "work", *ENGINES)}
for threads in (1, 2):
    with threadpool_limits(threads):
        for algorithm in ENGINES:
            found = kmeans(points, 10, max_iter=5, algorithm=algorithm)
            digests[algorithm].append(digest(found.centroids, found.assignments.astype("<i8")))
        work = []
        watch = lambda *counts: work.append(counts)
        fast(points, random_centroids(points, 40, 0), 20, threads=threads, watch=watch)
        digests["work"].append(str(work))
        distances = pairwise_squared_distances(points, found.centroids)
        digests["distances"].append(digest(distances))
        digests["ordinary product"].append(digest(points / 255 @ (points[:10] / 255).T))
openblas = [blas for blas in threadpool_info() if blas["internal_api"] == "openblas"]  # SciPy has one, too
kernels = sorted({blas["architecture"] for blas in openblas})
print(json.dumps([kernels, digests]))
"""


def digest(clustering):
    """Return the SHA-256 of all the numbers in a Clustering, on any machine the same."""
    numbers = [clustering.centroids, clustering.assignments, clustering.history, clustering.inertia]
    kinds = ["<f8", "<i8", "<f8", "<f8"]
    content = [np.asarray(n).astype(kind).tobytes() for n, kind in zip(numbers, kinds, strict=True)]
    return hashlib.sha256(b"".join(content)).hexdigest()


def run_on(kernel):
    """Return the kernels in use and {what: digests with 1 and with 2 threads}."""
    environment = os.environ | {"OPENBLAS_CORETYPE": kernel}
    command = [sys.executable, "-c", DIGESTS]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


@pytest.mark.skipif(
    platform.machine() not in ("x86_64", "AMD64"),
    reason="these kernels are those of x86-64 processors",
)
def test_threads_and_kernels_change_no_bit():
    from numpy._core._multiarray_umath import __cpu_features__ as features

    usable = [kernel for kernel, (_, needs) in KERNELS.items() if features[needs]]
    results = {kernel: run_on(kernel) for kernel in usable}
    if not all(kernels for kernels, _ in results.values()):
        pytest.skip("this numpy does not use OpenBLAS")
    assert {k: used for k, (used, _) in results.items()} == {k: [KERNELS[k][0]] for k in usable}
    found = {
        what: {digest for _, digests in results.values() for digest in digests[what]}
        for what in ("distances", "ordinary product", "work", *ENGINES)
    }
    assert len(found["distances"]) == 1  # down to the last bit, which the grid may hide later
    assert len(set.union(*(found[algorithm] for algorithm in ENGINES))) == 1
    assert len(found["work"]) == 1  # even the counts of what was looked at
    # If an ordinary product were the same everywhere too, the kernels would prove nothing.
    assert len(found["ordinary product"]) > 1


@engines
def test_this_machine_finds_the_bits_of_every_machine(algorithm):
    assert digest(kmeans(load_mnist("sample").images, 10, algorithm=algorithm)) == SAMPLE_DIGEST


# Floats


@engines
def test_floats_are_clustered_as_they_are(algorithm):
    points = np.array([[0.25, 0.5], [0.75, 0.5], [10.125, 0.0], [10.375, 1.0]])
    clustering = kmeans(points, 2, init=points[[0, 2]], algorithm=algorithm)
    assert clustering.centroids.tolist() == [[0.5, 0.5], [10.25, 0.5]]
    assert clustering.assignments.tolist() == [0, 0, 1, 1]
    assert clustering.inertia == 2 * 0.25**2 + 2 * (0.125**2 + 0.5**2)
    assert clustering.converged


@engines
@given(
    points=st.lists(
        st.lists(st.floats(-1e6, 1e6, width=32), min_size=2, max_size=2), min_size=3, max_size=20
    ).map(np.array),
    seed=st.integers(0, 3),
)
def test_floats_end_with_assignments_that_match(algorithm, points, seed):
    clustering = kmeans(points, 3, seed=seed, algorithm=algorithm)
    assert clustering.converged
    np.testing.assert_array_equal(assign(points, clustering.centroids), clustering.assignments)


@engines
def test_rounding_makes_no_inertia_of_floats_negative(algorithm):
    points = np.array([[0.1, 0.7]] * 3 + [[1e6 + 0.3, 0.3]] * 3)
    for seed in range(5):
        clustering = kmeans(points, 2, seed=seed, algorithm=algorithm)
        assert min(clustering.inertia, *clustering.history) >= 0


# Bad input

TABLE = np.array([[0, 1], [2, 3], [4, 5]])


@engines
@pytest.mark.parametrize(
    "change, message",
    [
        ({"k": 0}, "k, the number of clusters, must be between 1 and n = 3; got 0"),
        ({"k": -1}, "must be between 1 and n = 3; got -1"),
        ({"k": 4}, "must be between 1 and n = 3; got 4"),
        ({"k": 2.0}, "k, the number of clusters, must be a whole number; got 2.0"),
        ({"k": "2"}, "must be a whole number; got '2'"),
        ({"k": True}, "must be a whole number; got True"),
        ({"k": None}, "must be a whole number; got None"),
        ({"points": []}, r"points must be a table .* got shape \(0,\)"),
        ({"points": np.zeros((0, 2), int)}, r"points must be a table .* got shape \(0, 2\)"),
        ({"points": [1, 2, 3]}, r"points must be a table .* got shape \(3,\)"),
        ({"points": [[0, 1], [2]]}, "points must make one array"),
        ({"points": [["a"], ["b"]]}, "points must be integers or floats; got <U1"),
        ({"points": [[0.0], [np.nan]]}, "points must be finite .* row 1, column 0 is nan"),
        ({"points": [[0.0], [np.inf]]}, "points must be finite .* row 1, column 0 is inf"),
        ({"points": TABLE * 2**26}, "integers that reach over .* too large .* scale them down"),
        ({"seed": -1}, "seed must be a whole number from 0 up; got -1"),
        ({"seed": 1.5}, "seed must be a whole number from 0 up; got 1.5"),
        ({"seed": None}, "seed must be a whole number from 0 up; got None"),
        ({"seed": "one"}, "seed must be a whole number from 0 up; got 'one'"),
        (
            {"init": "kmeans"},
            "init must be 'random' or 'k-means[+][+]' or an array .* got 'kmeans'",
        ),
        ({"init": None}, r"init must be a table .* got shape \(\)"),
        ({"init": [[0, 1]]}, "init holds 1 centroids, but k is 2"),
        ({"init": [[0], [1]]}, "init with 1 columns do not fit points with 2"),
        ({"init": [[0, 1], [np.nan, 1]]}, "init must be finite .* row 1, column 0 is nan"),
        ({"init": [[0, 1], [2, 5.5]]}, "init must lie within the range of the points, 0 to 5"),
        ({"init": [[0, 1], [2, -0.1]]}, "init must lie within .* reaches from -0.1 to 2"),
        ({"max_iter": 0}, "max_iter must be a whole number from 1 up; got 0"),
        ({"max_iter": 2.5}, "max_iter must be a whole number from 1 up; got 2.5"),
        ({"max_iter": True}, "max_iter must be a whole number from 1 up; got True"),
        ({"algorithm": "elkan"}, "algorithm must be 'fast' or 'lloyd'; got 'elkan'"),
        ({"algorithm": None}, "algorithm must be 'fast' or 'lloyd'; got None"),
    ],
)
def test_what_cannot_be_clustered_is_refused(algorithm, change, message):
    arguments = {"points": TABLE, "k": 2, "algorithm": algorithm} | change
    with pytest.raises(InputError, match=message):
        kmeans(arguments.pop("points"), arguments.pop("k"), **arguments)


@pytest.mark.parametrize(
    "points, centroids, message",
    [
        (TABLE, [[1, 2, 3]], "centroids with 3 columns do not fit points with 2"),
        (TABLE, [1, 2], r"centroids must be a table .* got shape \(2,\)"),
        (TABLE, [[np.nan, 0]], "centroids must be finite .* row 0, column 0 is nan"),
        (TABLE * 2**26, [[0, 0]], "too large"),
        ([], [[0, 0]], "points must be a table"),
    ],
)
def test_steps_refuse_what_does_not_fit(points, centroids, message):
    with pytest.raises(InputError, match=message):
        assign(points, centroids)
    with pytest.raises(InputError, match=message):
        update(points, [0] * len(points), centroids)


@pytest.mark.parametrize(
    "assignments, message",
    [
        ([0, 0], r"must be 3 integers, one per point; got int64 of shape \(2,\)"),
        ([[0, 0, 0]], r"must be 3 integers.* of shape \(1, 3\)"),
        ([0.0, 0.0, 0.0], "must be 3 integers, one per point; got float64"),
        ([0, 0, 2], r"must lie in 0 \.\. 1"),
        ([0, -1, 0], r"must lie in 0 \.\. 1"),
    ],
)
def test_update_refuses_assignments_that_do_not_fit(assignments, message):
    with pytest.raises(InputError, match=message):
        update(TABLE, np.array(assignments), [[0, 0], [1, 1]])


def test_lloyd_is_the_engine_behind_kmeans():
    points = load_mnist("sample").images[:100]
    start = random_centroids(points, 4, seed=5)
    assert same_bits(lloyd(points, start), kmeans(points, 4, seed=5, algorithm="lloyd"))
