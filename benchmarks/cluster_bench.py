"""What does k-means on a cluster cost? Measures `mnist_kmeans.cluster` and writes RESULTS.md.

    python benchmarks/cluster_bench.py                       everything (a quarter of an hour)
    python benchmarks/cluster_bench.py --repeats 1 overhead  one part, fewer repetitions

The workers are processes on this machine, with one thread each. Digits are read from blocks of 10,000
on disk at every iteration; those of the part "overhead" are held by the workers, in eight blocks. All
runs start from the same centroids. An iteration is timed in the client, from one answer to the next;
the first one, for which the data are looked through, is left out. The part "pieces" measures apart what
an iteration is made of, in seconds of a core, which other programs do not lengthen. Peak memory is that
of a whole process, its libraries included, as Linux reports it. The figures are also stored in
cluster.json.
"""

import argparse
import itertools
import json
import os
import statistics
import subprocess
import sys
import time

from report import RESULTS, machine, peak_memory, ratio, store, summary, table

from mnist_kmeans import assign, kmeans, load_mnist, random_centroids, update
from mnist_kmeans.basics.places import base
from mnist_kmeans.cluster import connect, kmeans_dask
from mnist_kmeans.cluster.dask_kmeans import map_part, share
from mnist_kmeans.data.enlarge import enlarge, open_enlarged

STORED = RESULTS.with_name("cluster.json")
DIGITS = base() / "build" / "enlarged"
SIZES = 45_000, 450_000, 2_000_000
K = 16
ITERATIONS = 6
MAPPED = 20  # blocks that a process maps in a turn
TASKS = 1000  # in a turn, that do nothing
MEMORY = "worker_mb", "scheduler_mb", "client_mb"


def main():
    """Run the parts asked for, print and store their tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", metavar="part", help=", ".join(PARTS))
    parser.add_argument("--repeats", type=int, default=3, help="turns of each contestant (3)")
    parser.add_argument("--one-run", nargs=2, type=int, help=argparse.SUPPRESS)
    parser.add_argument("--one-map", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one_run:
        print(json.dumps(one_run(*options.one_run)))
        return
    if options.one_map:
        print(one_map())
        return
    for part in options.parts or PARTS:
        conditions = machine("dask", "distributed")
        title, text, figures = PARTS[part](options.repeats)
        print(f"## {title}\n\n{text}\n", flush=True)
        store(title, f"{text}\n\n{conditions}")
        known = json.loads(STORED.read_text()) if STORED.exists() else {}
        known |= {part: figures, "machine": conditions.strip("*")}
        STORED.write_text(json.dumps(known, indent=1) + "\n")


def scaling(repeats):
    """Measure seconds per iteration and peak memory, for one worker and for two, as n grows."""
    enlarge(max(SIZES), folder=DIGITS)
    figures = []
    for n in SIZES:
        runs = {1: [], 2: []}
        for _ in range(repeats):
            for workers, found in runs.items():
                command = [sys.executable, __file__, "--one-run", str(n), str(workers)]
                run = subprocess.run(command, check=True, capture_output=True, text=True)
                found.append(json.loads(run.stdout))
        for workers, found in runs.items():
            times = [run["seconds"] for run in found]
            peaks = {each: max(run[each] for run in found) for each in MEMORY}
            figures.append({"n": n, "workers": workers, "seconds": times} | peaks)
    rows = [
        [
            f"{each['n']:,}",
            each["workers"],
            summary(each["seconds"]),
            f"{1e6 * statistics.median(each['seconds']) / each['n']:.2f}",
            *(f"{each[whose]} MB" for whose in MEMORY),
        ]
        for each in figures
    ]
    header = ["n", "workers", "seconds per iteration", "microseconds per digit"]
    header += ["peak of a worker", "of the scheduler", "of the client"]
    return f"On a cluster: growth with n, k = {K}", table(header, rows), figures


def one_run(n, workers):
    """Return the median seconds of an iteration, and what memory the processes held at most."""
    images, _ = open_enlarged(folder=DIGITS)
    times = []
    with connect(workers=workers) as client:
        kmeans_dask(
            images[:n], K, max_iter=ITERATIONS, watch=lambda *_: times.append(time.perf_counter())
        )
        peaks = {
            "worker_mb": max(map(peak_memory, client.run(os.getpid).values())),
            "scheduler_mb": peak_memory(client.run_on_scheduler(os.getpid)),
            "client_mb": peak_memory(),
        }
    return {"seconds": per_iteration(times), **peaks}


def overhead(repeats):
    """Compare an iteration on two workers with one of the textbook loop in one process."""
    enlarge(max(SIZES), folder=DIGITS)
    points = load_mnist("full").holdout()[0].images
    images, _ = open_enlarged(folder=DIGITS)
    start = random_centroids(points, K, seed=0)
    pairs = []
    with connect(workers=2):
        held = images[: len(points)].rechunk((len(points) // 8, -1)).persist()
        for _ in range(repeats):
            plain, spread = [], []
            centroids = start
            for _ in range(ITERATIONS):
                plain.append(time.perf_counter())
                centroids = update(points, assign(points, centroids), centroids)
            kmeans_dask(
                held,
                K,
                init=start,
                max_iter=ITERATIONS,
                watch=lambda *_, t=spread: t.append(time.perf_counter()),
            )
            pairs.append((per_iteration(spread), per_iteration(plain)))
    theirs, ours = zip(*pairs, strict=True)
    rows = [
        ["textbook loop, one process", summary(ours), "1"],
        ["two workers", summary(theirs), ratio(theirs, ours)],
    ]
    kmeans(points, K, init=start, max_iter=2)  # warm up
    fast = []
    for _ in range(repeats):
        started = time.perf_counter()
        found = kmeans(points, K, init=start)
        fast.append(time.perf_counter() - started)
    rows.append([f"fast engine, all {found.n_iter} iterations together", summary(fast), ""])
    title = f"On a cluster: the overhead at n = {len(points):,}, k = {K}"
    figures = {"textbook": ours, "workers": theirs, "fast_whole_run": fast, "n_iter": found.n_iter}
    return title, table(["", "seconds per iteration", "ratio"], rows), figures


def pieces(repeats):
    """Measure what an iteration is made of: the map step without a cluster, and a task that does nothing."""
    enlarge(max(SIZES), folder=DIGITS)
    mapped = {1: [], 2: []}
    for _ in range(repeats):
        for processes, found in mapped.items():
            command = [sys.executable, __file__, "--one-map"]
            runs = [
                subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
                for _ in range(processes)
            ]
            found.append(statistics.mean(float(run.communicate()[0]) for run in runs))
    with connect(workers=2) as client:
        idle = max(map(peak_memory, client.run(os.getpid).values()))
        tasks = [empty_task(client, turn) for turn in range(repeats)]
    microseconds = {
        "map step of a digit, alone": mapped[1],
        "map step of a digit, two processes at once": mapped[2],
        "the scheduler, for a task that does nothing": tasks,
    }
    rows = [[name, summary([1e6 * x for x in found])] for name, found in microseconds.items()]
    text = table(["", "microseconds of a core"], rows)
    text += f"\n\nA worker that has done nothing yet has held {idle} MB."
    figures = {"alone": mapped[1], "at_once": mapped[2], "task": tasks, "idle_worker_mb": idle}
    return f"On a cluster: what an iteration is made of, k = {K}", text, figures


def one_map():
    """Return how many seconds of a core the map step takes for a digit, reading included."""
    images, _ = open_enlarged(folder=DIGITS)
    centroids = random_centroids(images.blocks[0].compute(scheduler="sync"), K, seed=0)
    digits = 0
    started = time.process_time()
    for number in range(MAPPED):
        block = images.blocks[number].compute(scheduler="sync")
        share(map_part(block, centroids), None)
        digits += len(block)
    return (time.process_time() - started) / digits


def empty_task(client, turn):
    """Return how many seconds of a core the scheduler takes for a task that does nothing."""
    started = client.run_on_scheduler(time.process_time)
    client.gather(client.map(int, range(turn * TASKS, (turn + 1) * TASKS)))
    return (client.run_on_scheduler(time.process_time) - started) / TASKS


def per_iteration(times):
    """Return the median of the times between one iteration and the next."""
    return statistics.median(b - a for a, b in itertools.pairwise(times))


PARTS = {"scaling": scaling, "pieces": pieces, "overhead": overhead}

if __name__ == "__main__":
    main()
