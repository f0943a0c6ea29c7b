"""k-means on a Dask cluster of real processes: the same bits, through all that can go wrong."""

import asyncio
import contextlib
import gc
import itertools
import os
import pickle
import re
import signal
import subprocess
import sys
import time
from collections import Counter

import dask.array as da
import numpy as np
import psutil
import pytest
from distributed import Client, LocalCluster, wait
from distributed.comm import tcp
from helpers import same_bits

from mnist_kmeans import (
    Clustering,
    InputError,
    assign,
    contingency_table,
    kmeans,
    load_mnist,
    majority_labels,
    random_centroids,
)
from mnist_kmeans.cli import main
from mnist_kmeans.cluster import connect, connection, kmeans_dask
from mnist_kmeans.data.enlarge import enlarge, open_enlarged

DIGITS = load_mnist("sample").images[:2000]


@pytest.fixture(scope="module")
def shared():
    """A client of two workers, which all tests share, and the process of their scheduler."""
    with connect(workers=2) as client:
        yield client, client.run_on_scheduler(os.getpid)


@pytest.fixture
def client(shared):
    """The shared client; a worker that is killed comes back. A test that loses the scheduler is named."""
    client, scheduler = shared
    assert end_of(scheduler) is None, "an earlier test has lost the scheduler"
    yield client
    assert end_of(scheduler) is None, "this test has lost the scheduler"
    assert client.status == "running"


def end_of(child):
    """Return how a child process has ended, by which signal or with which status, or None if it runs."""
    if os.name == "nt":
        return None if psutil.pid_exists(child) else "ended"
    # WNOWAIT: whoever has started it still gets to know.
    return os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT)


def in_blocks(points, size):
    """Return points (n, d) as a dask array in blocks of `size` rows, sent to the workers once."""
    return da.from_array(points, chunks=(size, -1)).persist()


def assert_equal(found, expected):
    """Compare two clusterings in every bit."""
    assert np.array_equal(found.centroids, expected.centroids)
    assert found.centroids.dtype == expected.centroids.dtype
    assert found.history == expected.history
    assert (found.inertia, found.converged) == (expected.inertia, expected.converged)
    assert isinstance(found.assignments, da.Array)
    assert np.array_equal(found.assignments.compute(), expected.assignments)


def at(iteration, act):
    """Return a `watch` that acts after this iteration."""

    def watch(number, *_):
        if number == iteration:
            act()

    return watch


def kill(process):
    """End a process at once, as an accident would."""
    psutil.Process(process).kill()


@contextlib.contextmanager
def another_worker(address):
    """Start one more worker, which nobody starts again, and give its process number."""
    options = ["--nthreads=1", "--no-nanny", "--no-dashboard"]
    command = [sys.executable, "-m", "dask", "worker", address, *options]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            yield process.pid
        finally:
            process.kill()


# Equality


@pytest.mark.parametrize("init", ["random", "k-means++", "array"])
@pytest.mark.parametrize("trial", range(3))
@pytest.mark.usefixtures("client")
def test_equals_one_machine_however_the_points_are_cut(trial, init):
    """Blocks of one row, of unequal sizes, an empty one; duplicates, ties, empty clusters."""
    rng = np.random.default_rng(trial)
    n, d = 12 + trial, int(rng.integers(1, 5))
    points = rng.integers(-3, 3, (n, d))
    if trial % 2:
        points = points[rng.integers(0, 4, n)]
    k = int(rng.integers(2, 7))
    if init == "array":
        init = np.asfortranarray(points[rng.integers(0, n, k)] / 2)
    cuts = np.sort(rng.integers(0, n + 1, 3))
    cuts[2] = cuts[1]  # an empty block
    expected = kmeans(points, k, seed=trial, init=init)
    for sizes in (1, tuple(np.diff([0, *cuts, n]).tolist())):
        blocks = da.from_array(points, chunks=(sizes, 1 + trial))
        assert_equal(kmeans_dask(blocks, k, seed=trial, init=init), expected)


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.uint32, np.int64])
@pytest.mark.usefixtures("client")
def test_equals_one_machine_for_all_kinds_of_integers(dtype):
    info = np.iinfo(dtype)
    low, high = max(info.min, -(2**20)), min(info.max, 2**20)
    points = np.random.default_rng(0).integers(low, high, (40, 3), dtype, endpoint=True)
    assert_equal(kmeans_dask(in_blocks(points, 15), 4), kmeans(points, 4))


@pytest.mark.usefixtures("client")
def test_equals_one_machine_when_max_iter_stops_it_and_counts_what_changes():
    seen = []
    found = kmeans_dask(
        in_blocks(DIGITS, 300), 10, seed=3, max_iter=5, watch=lambda *each: seen.append(each)
    )
    assert_equal(found, kmeans(DIGITS, 10, seed=3, max_iter=5))
    assignments = [assign(DIGITS, random_centroids(DIGITS, 10, 3))]
    assignments += [kmeans(DIGITS, 10, seed=3, max_iter=i).assignments for i in (1, 2, 3, 4)]
    changes = [np.count_nonzero(a != b) for a, b in itertools.pairwise(assignments)]
    assert seen == list(zip((1, 2, 3, 4, 5), found.history, [len(DIGITS), *changes], strict=True))


# Memory and traffic


def test_nothing_as_long_as_the_points_reaches_the_client(client, monkeypatch):
    """Count the bytes that arrive here: they do not depend on n."""
    received = []
    unpack = tcp.from_frames

    def counting(frames, **options):
        received.append(sum(memoryview(frame).nbytes for frame in frames))
        return unpack(frames, **options)

    monkeypatch.setattr(tcp, "from_frames", counting)
    totals = {}
    for n in (1_000, 100_000):
        points = da.random.default_rng(0).integers(0, 99, (n, 2), chunks=(n // 4, 2)).persist()
        for init in ("random", "k-means++"):
            received.clear()
            found = kmeans_dask(points, 3, init=init, max_iter=3)
            totals[n, init] = sum(received)
    for init in ("random", "k-means++"):
        assert 1_000 < totals[100_000, init] < totals[1_000, init] + 10_000
    received.clear()
    found.assignments.compute()
    assert sum(received) > 100_000  # what these bounds would notice


def test_no_block_is_sent_as_reading_it_is_part_of_the_task_that_works_on_it(client, tmp_path):
    folder = enlarge(20_000, edition="sample", folder=tmp_path)
    images, _ = open_enlarged(edition="sample", folder=folder)
    with connect(workers=1) as fresh:

        def kinds_of_tasks():
            return fresh.run_on_scheduler(lambda dask_scheduler: set(dask_scheduler.task_prefixes))

        kmeans_dask(images, 4, max_iter=2)
        assert "map_part" in kinds_of_tasks() and "rows_of_block" not in kinds_of_tasks()
        wait(images.persist())
        assert "rows_of_block" in kinds_of_tasks()  # its name where it is a task of its own
    assert Client.current() is client


def test_the_scheduler_forgets_iterations_that_are_over(client):
    known = []

    def watch(*_):
        known.append(client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks)))

    kmeans_dask(in_blocks(DIGITS, 200), 10, max_iter=15, watch=watch)
    assert len(known) == 15
    assert max(known) < 8 * 10  # in ten blocks: the blocks, their assignments twice, the sums


def test_blocks_go_to_disk_when_memory_runs_low_and_the_bits_stay(client):
    """On one worker with two threads, that has 300 MB for itself and 200 MB of points."""
    low = {"memory_limit": "300 MB", "dashboard_address": "127.0.0.1:0", "silence_logs": 50}
    with LocalCluster(n_workers=1, threads_per_worker=2, **low) as other, Client(other) as spilling:
        digits = in_blocks(DIGITS, len(DIGITS)).astype(np.int64)
        points = da.concatenate([digits + i for i in range(16)]).persist()
        found = kmeans_dask(points, 3, max_iter=3)
        [spilled] = spilling.run(lambda dask_worker: dask_worker.data.spilled_total.disk).values()
        assert spilled > 12_000_000  # at least one block of 12.5 MB
        whole = np.concatenate([DIGITS + np.int64(i) for i in range(16)])
        assert_equal(found, kmeans(whole, 3, max_iter=3))
    assert Client.current() is client


# Accidents


def test_a_worker_killed_in_the_middle_loses_only_what_it_held(client, tmp_path):
    """Blocks are read once; a killed worker's again, but not all (Dask may read one twice in a hurry)."""

    def read(block, block_info):
        (tmp_path / f"{block_info[0]['chunk-location'][0]}-{time.monotonic_ns()}").touch()
        return block

    points = in_blocks(DIGITS, 200).map_blocks(read, dtype=np.uint8).persist()
    wait(points)
    assert len(list(tmp_path.iterdir())) == 10
    lost = []

    def kill_a_worker():
        held = {key: workers for key, workers in client.who_has().items() if "read" in str(key)}
        address, process = next(iter(client.run(os.getpid).items()))
        lost.extend(key for key, workers in held.items() if workers == (address,))
        kill(process)

    found = kmeans_dask(points, 10, seed=3, watch=at(4, kill_a_worker))
    assert_equal(found, kmeans(DIGITS, 10, seed=3))
    assert 0 < len(lost) < 10
    reads = Counter(int(path.name.partition("-")[0]) for path in tmp_path.iterdir())
    assert all(reads[block] > 1 for _, block, _ in lost)
    assert reads.total() < 2 * 10
    client.wait_for_workers(2, timeout=120)  # its nanny has started another one


def test_a_run_starts_on_one_worker_and_ends_on_another_that_came_later():
    """And when that one is gone, too, the next run says so."""
    with connect(workers=1) as other, contextlib.ExitStack() as stack:
        first = set(other.nthreads())
        processes = []

        def join():
            processes.append(stack.enter_context(another_worker(other.scheduler.address)))
            other.wait_for_workers(2, timeout=120)

        def watch(number, *_):
            if number == 2:
                join()
            if number == 5:
                other.retire_workers(list(first))

        found = kmeans_dask(in_blocks(DIGITS, 300), 10, seed=3, watch=watch)
        assert_equal(found, kmeans(DIGITS, 10, seed=3))
        [last] = other.nthreads()
        assert last not in first
        other.run_on_scheduler(
            lambda dask_scheduler: setattr(dask_scheduler, "no_workers_timeout", 1)
        )
        with pytest.raises(InputError, match=r"all workers of tcp://.* are gone"):
            kmeans_dask(in_blocks(DIGITS, 300), 10, watch=at(2, lambda: kill(processes[0])))


def test_without_its_scheduler_a_run_ends_clearly_and_resumes_elsewhere(client, tmp_path):
    file = tmp_path / "run.npz"
    with connect(workers=1) as other:
        address, scheduler = other.scheduler.address, other.run_on_scheduler(os.getpid)
        children = psutil.Process(scheduler).children(recursive=True)
        points = in_blocks(DIGITS, 300)
        watch = at(5, lambda: kill(scheduler))
        with pytest.raises(InputError) as told:
            kmeans_dask(points, 10, seed=3, checkpoint=file, watch=watch)
    assert address in str(told.value) and str(file) in str(told.value)
    assert psutil.wait_procs(children, timeout=120)[1] == []
    assert Client.current() is client
    numbers = []
    found = kmeans_dask(
        in_blocks(DIGITS, 500),  # other blocks make no difference
        10,
        seed=3,
        checkpoint=file,
        resume=True,
        watch=lambda number, *_: numbers.append(number),
    )
    assert_equal(found, kmeans(DIGITS, 10, seed=3))
    assert numbers == list(range(6, found.n_iter + 1))


@pytest.mark.parametrize("damage", ["deleted", "truncated"])
@pytest.mark.usefixtures("client")
def test_a_file_of_points_that_is_lost_in_the_middle_is_named(tmp_path, damage):
    enlarge(20_000, edition="sample", folder=tmp_path)
    images, _ = open_enlarged(edition="sample", folder=tmp_path)
    file = tmp_path / "images-00001.npy"

    def lose():
        if damage == "deleted":
            file.unlink()
        else:
            os.truncate(file, file.stat().st_size - 1)

    with pytest.raises(InputError, match=re.escape(f"{file} should hold uint8")):
        kmeans_dask(images, 3, watch=at(2, lose))


def test_a_task_that_kills_worker_after_worker_is_told(client):
    def die(block):
        psutil.Process().kill()

    client.run_on_scheduler(lambda dask_scheduler: setattr(dask_scheduler, "allowed_failures", 0))
    deadly = POINTS.map_blocks(die, meta=np.empty((0, 0), dtype=np.uint8))  # no trial run here
    with pytest.raises(InputError, match="a task has killed its worker, 1 times"):
        kmeans_dask(deadly, 2)
    client.run_on_scheduler(lambda dask_scheduler: setattr(dask_scheduler, "allowed_failures", 3))
    client.wait_for_workers(2, timeout=120)


# What is found


def test_what_is_found_is_judged_and_brought_home_while_the_cluster_lives(client):
    """And afterwards it is an error of one line, wherever the assignments are needed."""
    training, _ = load_mnist("sample").holdout()
    expected = kmeans(training.images, 10, seed=3)
    names = majority_labels(expected.assignments, training.labels, 10)
    with connect(workers=1):
        found = kmeans_dask(in_blocks(training.images, 700), 10, seed=3)
        assert found.digest == expected.digest
        np.testing.assert_array_equal(
            majority_labels(found.assignments, training.labels, 10), names
        )
        home = found.gather()
        with pytest.raises(InputError, match="bring them home"):
            pickle.dumps(found)
    for needs_them in (
        found.gather,
        lambda: found.digest,
        lambda: contingency_table(training.labels, found.assignments, 10),
    ):
        with Client(client.scheduler.address), pytest.raises(InputError, match="are lost") as told:
            needs_them()
        assert "found.gather()" in str(told.value) and "\n" not in str(told.value)
    again = pickle.loads(pickle.dumps(home))
    assert type(again) is Clustering and isinstance(again.assignments, np.ndarray)
    assert again.assignments.dtype == expected.assignments.dtype
    assert same_bits(again, expected)


def test_lost_assignments_are_told_where_there_is_no_other_cluster():
    program = (
        "import numpy as np, dask.array as da\n"
        "from mnist_kmeans.cluster import connect, kmeans_dask\n"
        "with connect(workers=1):\n    found = kmeans_dask(da.ones((9, 2), dtype=int), 2)\n"
        "found.gather()"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert "InputError: assignments are lost with the workers" in run.stderr.splitlines()[-1]


# Bad input


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda block: block[:3], r"block [01] .* uint8 of shape \(4, 2\).* shape \(3, 2\)"),
        (lambda block: block[:2].repeat(2, 0), r"block 2 .* of shape \(2, 2\).* shape \(4, 2\)"),
        (lambda block: block[:, :1], r"block [012] .* of shape \([42], 1\)"),
        (lambda block: block.astype(np.int16), "block [012] .* hold uint8 of .* holds int16 of"),
        (lambda block: block.ravel(), "block [012] "),
    ],
)
@pytest.mark.usefixtures("client")
def test_blocks_that_are_not_as_the_array_says_are_named(change, found):
    points = POINTS.map_blocks(change, meta=np.empty((0, 0), dtype=np.uint8))
    with pytest.raises(InputError, match=found) as told:
        kmeans_dask(points, 2)
    assert "\n" not in str(told.value)


def test_an_asynchronous_client_is_refused(client):
    async def ask():
        async with Client(client.scheduler.address, asynchronous=True):
            kmeans_dask(POINTS, 2)

    with pytest.raises(InputError, match="asynchronous"):
        asyncio.run(ask())
    assert Client.current() is client


POINTS = da.from_array(np.arange(20, dtype=np.uint8).reshape(10, 2), chunks=(4, 2))


@pytest.mark.parametrize(
    ("points", "options", "reason"),
    [
        (np.ones((3, 2), dtype=int), {}, "dask array"),
        (POINTS[0], {}, "dask array"),
        (POINTS[POINTS[:, 0] > 4], {}, "compute_chunk_sizes"),
        (POINTS[:0], {}, "at least one row"),
        (POINTS.astype(float), {}, "integers.*float64"),
        (POINTS.astype(np.int64) * 2**40, {}, "too large"),
        (POINTS, {"k": 11}, "between 1 and n = 10; got 11"),
        (POINTS, {"seed": -1}, "seed"),
        (POINTS, {"init": "k-means"}, "init must be 'random' or 'k-means\\+\\+'"),
        (POINTS, {"init": np.ones((2, 3))}, "init with 3 columns"),
        (POINTS, {"init": np.ones((2, 2))}, "init holds 2 centroids, but k is 3"),
        (POINTS, {"init": np.full((3, 2), 20)}, "within the range of the points, 0 to 19"),
        (POINTS, {"max_iter": 0}, "max_iter"),
        (POINTS, {"resume": True}, "name its checkpoint"),
        (POINTS, {"resume": True, "checkpoint": "none.npz"}, "cannot read none.npz"),
        (da.from_array(np.repeat([[0], [2**24]], 40, 0)), {"init": "k-means++"}, "would round"),
    ],
)
@pytest.mark.usefixtures("client")
def test_what_cannot_be_clustered_is_told_in_one_line(points, options, reason):
    options = {"k": 3} | options
    with pytest.raises(InputError, match=reason) as told:
        kmeans_dask(points, **options)
    assert "\n" not in str(told.value)


@pytest.mark.usefixtures("client")
def test_a_checkpoint_belongs_to_one_run(tmp_path):
    file = tmp_path / "run.npz"
    run = {"points": POINTS, "k": 3, "seed": 1, "checkpoint": file}
    kmeans_dask(**run)
    whole = file.read_bytes()
    for other, reason in [
        ({"resume": False}, "holds a run already"),
        ({"k": 2}, "its k is 3, here it is 2"),
        ({"seed": 2}, "its seed is 1, here it is 2"),
        ({"init": "k-means++"}, "its init is random, here it is k-means"),
        ({"points": POINTS[1:]}, r"its shape is \[10, 2\], here it is \[9, 2\]"),
        ({"points": POINTS + 1}, r"its range is \[0, 19\], here it is \[0, 20\]"),
        ({"points": POINTS // 19 * 19}, "its sum of squares is 2470, here it is 361"),
        ({"max_iter": 1}, "iterations already, max_iter is 1"),
    ]:
        with pytest.raises(InputError, match=reason):
            kmeans_dask(**{**run, "resume": True, **other})
        assert file.read_bytes() == whole
    for damage in (b"", whole[:-1], whole[:100], b"\x00" * 1000, b"notes", pickle.dumps([])):
        file.write_bytes(damage)
        with pytest.raises(InputError, match="no checkpoint, or a damaged one") as told:
            kmeans_dask(**run, resume=True)
        assert "pickle" not in str(told.value)


STRANGE = {
    "two centroids": ({"centroids": lambda real: real[:2]}, r"shape \(3, 2\); .* \(2, 2\)"),
    "another dimension": ({"centroids": lambda real: real[:, :1]}, r"shape \(3, 1\)"),
    "text for numbers": ({"centroids": lambda real: real.astype(str)}, "they are <U"),
    "other numbers": ({"centroids": lambda real: real.astype(np.float32)}, "float32"),
    "objects": ({"centroids": lambda real: real.astype(object)}, "allow_pickle"),
    "NaN": ({"centroids": lambda real: np.where(real == real[0, 0], np.nan, real)}, "range"),
    "infinite": ({"centroids": lambda real: real + np.inf}, "range of the points, 0 to 19"),
    "out of range": ({"centroids": lambda real: real + 10}, "range of the points, 0 to 19"),
    "off the grid": ({"centroids": lambda real: real * (1 - 2**-50)}, "grid"),
    "rises": ({"history": lambda real: real[::-1]}, "inertia rises"),
    "too low for what comes": ({"history": lambda real: real / 4}, "inertia rises"),
    "history of text": ({"history": lambda real: real.astype(str)}, "finite numbers"),
    "history of NaN": ({"history": lambda real: real * np.nan}, "finite numbers"),
    "history in a table": ({"history": lambda real: real[None]}, "finite numbers"),
    "no history": ({"history": lambda real: real[:0]}, "after an iteration"),
    "moved is a number": ({"moved": lambda real: np.int64(7)}, "whether centroids moved"),
    "moved is many": ({"moved": lambda real: np.array([False])}, "whether centroids moved"),
    "over too early": (
        {"centroids": lambda real: real[::-1] // 2, "history": lambda real: real + 1e6},
        "would still move",
    ),
    "about a list": ({"about": lambda real: "[1]"}, "no checkpoint"),
    "about a text": ({"about": lambda real: "nonsense"}, "no checkpoint"),
}


@pytest.mark.parametrize("strange", STRANGE)
@pytest.mark.usefixtures("client")
def test_a_checkpoint_that_no_run_has_left_is_refused(strange, tmp_path):
    file = tmp_path / "run.npz"
    kmeans_dask(POINTS, 3, seed=2, checkpoint=file)
    with np.load(file) as state:
        real = dict(state)
    assert len(real["history"]) > 1 and not real["moved"]
    changes, reason = STRANGE[strange]
    np.savez(file, **real | {name: change(real[name]) for name, change in changes.items()})
    with pytest.raises(InputError, match=reason) as told:
        kmeans_dask(POINTS, 3, seed=2, checkpoint=file, resume=True)
    assert str(file) in str(told.value) and "\n" not in str(told.value)
    np.savez_compressed(file, **real)
    with pytest.raises(InputError, match="compressed"):
        kmeans_dask(POINTS, 3, seed=2, checkpoint=file, resume=True)
    np.savez(file, **real)
    assert_equal(
        kmeans_dask(POINTS, 3, seed=2, checkpoint=file, resume=True),
        kmeans(POINTS.compute(), 3, seed=2),
    )


@pytest.mark.parametrize(
    "address", ["nonsense", "foo://here:1", "tcp://127.0.0.1:1", "tcp://127.0.0.1", ""]
)
def test_an_address_where_nobody_answers_is_named(address, monkeypatch):
    monkeypatch.setattr(connection, "WAIT", 0.5)

    def clients():
        return {each for each in gc.get_objects() if type(each) is Client}

    before = clients()  # of other tests, held so that none of them goes meanwhile
    with pytest.raises(InputError, match=f"answers at '{address}'"), connect(address):
        pass
    assert clients() <= before  # none is left to end at some other moment


def test_a_scheduler_without_workers_is_told(monkeypatch):
    wait = Client.wait_for_workers
    monkeypatch.setattr(Client, "wait_for_workers", lambda client, n, timeout: wait(client, n, 0.5))
    with LocalCluster(n_workers=0, dashboard_address="127.0.0.1:0") as empty:
        address = empty.scheduler_address
        with (
            pytest.raises(InputError, match=f"no workers; start one with: dask worker {address}"),
            connect(address),
        ):
            pass


@pytest.mark.parametrize("workers", [0, -1, 1.5, True])
def test_a_number_of_workers_is_a_whole_number(workers):
    with pytest.raises(InputError, match="workers"), connect(workers=workers):
        pass


def test_without_a_client_it_says_how_to_get_one():
    program = (
        "import dask.array as da; from mnist_kmeans.cluster import kmeans_dask\n"
        "kmeans_dask(da.ones((3, 2), dtype=int), 2)"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert run.returncode == 1
    assert "InputError: no cluster yet; open one" in run.stderr.splitlines()[-1]


# The command


def test_the_command_runs_on_a_scheduler_that_is_there(client, tmp_path, capsys):
    file = tmp_path / "run.npz"
    command = ["cluster", "--edition", "sample", "--k", "10", "--seed", "3"]
    command += ["--scheduler", client.scheduler.address, "--checkpoint", str(file)]
    assert main(command) == 0
    assert main(command) == 1
    assert main([*command, "--resume"]) == 0
    assert main([*command[:-2], "--enlarged", "99"]) == 1
    printed, told = capsys.readouterr()
    training, _ = load_mnist("sample").holdout()
    expected = kmeans(training.images, 10, seed=3)
    assert printed.count(f"k = 10, seed 3: {expected.n_iter} iterations in ") == 2
    assert printed.count(f"inertia  {expected.inertia}\n") == 2
    assert printed.count("3,000 digits in 1 blocks, on 2 workers") == 2
    for line, reason in zip(told.splitlines(), (str(file), "mnist-kmeans enlarge"), strict=True):
        assert line.startswith("mnist-kmeans: ") and reason in line


@pytest.mark.skipif(os.name == "nt", reason="Windows sends Ctrl-C to a whole console")
def test_ctrl_c_leaves_nothing_running_and_a_run_to_resume(client, tmp_path):
    file = tmp_path / "run.npz"
    command = ["cluster", "--edition", "sample", "--k", "40", "--checkpoint", str(file)]
    program = [sys.executable, "-m", "mnist_kmeans"]
    run = subprocess.Popen(
        [*program, *command, "--workers", "1"],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    while not file.exists():
        assert run.poll() is None
        time.sleep(0.01)
    children = psutil.Process(run.pid).children(recursive=True)
    assert len(children) >= 2
    os.killpg(run.pid, signal.SIGINT)
    assert run.communicate(timeout=120)[1] == "mnist-kmeans: interrupted\n"
    assert run.returncode == 130
    assert psutil.wait_procs(children, timeout=120)[1] == []
    resumed = subprocess.run(
        [*program, *command, "--scheduler", client.scheduler.address, "--resume"],
        capture_output=True,
        text=True,
    )
    assert resumed.returncode == 0, resumed.stderr
    expected = kmeans(load_mnist("sample").holdout()[0].images, 40)
    assert f"inertia  {expected.inertia}\n" in resumed.stdout
