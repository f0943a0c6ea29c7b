"""How fast is `mnist_kmeans.fast`? Measures it beside its peers and writes RESULTS.md.

    python benchmarks/bench.py                      everything (an hour on two slow cores)
    python benchmarks/bench.py --repeats 3 single   one part, fewer repetitions; the others stay

All contestants start from the same centroids and run until no centroid moves (faiss, which cannot
tell, for as many iterations as the exact run took). They take turns, so that whatever else keeps the
machine busy slows all of them; a ratio is the median of the ratios of the turns. Every contestant gets
its data in the type it works on, in memory, and all cores. The peers are in requirements.txt.
"""

import argparse
import datetime
import os
import platform
import re
import statistics
import subprocess
import sys
import time
import warnings
from importlib.metadata import version
from pathlib import Path

import faiss
import numpy as np
from sklearn.cluster import KMeans, kmeans_plusplus
from sklearn.exceptions import ConvergenceWarning

from mnist_kmeans import load_mnist, plus_plus_centroids, random_centroids, sweep_k
from mnist_kmeans.fast import fast
from mnist_kmeans.lloyd import lloyd

RESULTS = Path(__file__).parent / "RESULTS.md"
SWEEP = [*range(5, 25), 100]
INTRO = """# Benchmark results

Written by `make bench`, on the 45,000 digits to train on. Seconds are medians, in brackets the least and
the most. A ratio says how many times as long the other one takes: the median of the turns, and its range.
"""


def main():
    """Run the parts asked for, print and store their tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", metavar="part", help=", ".join(PARTS))
    parser.add_argument("--repeats", type=int, default=5, help="turns of each contestant (5)")
    parser.add_argument("--memory-of", choices=["fast", "lloyd", "nothing"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.memory_of:
        print(peak_memory_here(options.memory_of))
        return
    unknown = set(options.parts) - set(PARTS)
    if unknown:
        parser.error(f"no part named {', '.join(sorted(unknown))}")
    warnings.simplefilter("ignore", ConvergenceWarning)
    points = load_mnist("full").holdout()[0].images
    for part in options.parts or PARTS:
        conditions = machine()
        title, text = PARTS[part](points, options.repeats)
        print(f"## {title}\n\n{text}\n", flush=True)
        store(title, f"{text}\n\n{conditions}")


def store(title, text):
    """Put this part into the results, in the place of what it said before."""
    intro, *parts = RESULTS.read_text().split("\n## ") if RESULTS.exists() else [INTRO]
    results = dict(part.split("\n", 1) for part in parts) | {title: f"\n{text}\n"}
    RESULTS.write_text("\n## ".join([intro, *(f"{t}\n{x}" for t, x in results.items())]))


def machine():
    """Return what the results are measured on."""
    names = "mnist-kmeans", "numpy", "scikit-learn", "faiss-cpu"
    processor = platform.processor() or platform.machine()
    if (info := Path("/proc/cpuinfo")).exists():
        lines = info.read_text().splitlines()
        processor = next((x.split(": ")[1] for x in lines if x.startswith("model name")), processor)
    return (
        f"*{processor}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}, "
        + ", ".join(f"{name} {version(name)}" for name in names)
        + f". Load average {os.getloadavg()[0]:.1f} at the start. {datetime.date.today()}.*"
    )


def single(points, repeats):
    """Compare single runs, preparation included."""
    text = []
    for k in 10, 16, 100:
        start = random_centroids(points, k, seed=0)
        iterations = fast(points, start).n_iter
        contestants = scikit_learn(points, start) | {
            "faiss": lambda k=k, s=start, i=iterations: run_faiss(points, k, s, i),
            'plain loop (`algorithm="lloyd"`)': lambda s=start: lloyd(points, s),
        }
        text.append(f"k = {k}, {iterations} iterations")
        text.append(compare("**fast**", lambda s=start: fast(points, s), contestants, repeats))
    return "One run, to convergence, preparation included", "\n\n".join(text)


def scikit_learn(points, start):
    """Return a dict: setting -> function that runs it."""
    runs = {}
    for dtype in "float64", "float32":
        data, first = points.astype(dtype), start.astype(dtype)
        for algorithm in "lloyd", "elkan":
            model = KMeans(
                len(start), init=first, n_init=1, tol=0, max_iter=10_000, algorithm=algorithm
            )
            runs[f"scikit-learn {algorithm} {dtype}"] = lambda m=model, d=data: m.fit(d)
    return runs


def run_faiss(points, k, start, iterations):
    """Run the k-means of faiss for a number of iterations."""
    model = faiss.Kmeans(points.shape[1], k, niter=iterations, max_points_per_centroid=len(points))
    model.train(points.astype(np.float32), init_centroids=start.astype(np.float32))


def sweep(points, repeats):
    """Compare a whole sweep over k: each peer's run in its fastest setting for that k."""
    starts = [random_centroids(points, k, seed=0) for k in SWEEP]
    turns = [
        (
            sum(min(map(seconds, scikit_learn(points, start).values())) for start in starts),
            seconds(lambda: sweep_k(points, SWEEP, seeds=[0])),
        )
        for _ in range(repeats)
    ]
    theirs, ours = zip(*turns, strict=True)
    peer = "scikit-learn, fastest setting for each k"
    return "A sweep over k = 5 ... 24 and 100", table(
        ["", "seconds", "ratio"],
        [["**sweep_k**", summary(ours), "1"], [peer, summary(theirs), ratio(theirs, ours)]],
    )


def memory(points, repeats):
    """Measure the peak memory of one run at k = 100 in a fresh process, data included."""
    rows = []
    for name in "nothing", "fast", "lloyd":
        command = [sys.executable, __file__, "--memory-of", name]
        peak = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        rows.append(
            [name if name != "nothing" else "only imports and the data", f"{peak.strip()} MB"]
        )
    return "Peak memory of one run at k = 100", table(["", "peak"], rows)


def peak_memory_here(name):
    """Return the peak memory of this process in MB, after one run of this engine."""
    digits = load_mnist("full").holdout()[0].images
    if name != "nothing":
        {"fast": fast, "lloyd": lloyd}[name](digits, random_centroids(digits, 100, seed=0))
    status = Path(
        "/proc/self/status"
    ).read_text()  # Linux; getrusage counts the parent's memory, too
    return round(int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024)


def scaling(points, repeats):
    """Show how the cost of an iteration grows with n and with k."""
    everything = load_mnist("full").images
    rows = [
        ["n", n, *per_iteration(everything[:n], 50, repeats)]
        for n in (5000, 10_000, 20_000, 40_000, 60_000)
    ]
    rows += [["k", k, *per_iteration(points, k, repeats)] for k in (10, 20, 50, 100, 200, 500)]
    header = ["growing", "size", "iterations", "seconds", "milliseconds per iteration"]
    return "Growth with n (k = 50) and with k (n = 45,000)", table(header, rows)


def per_iteration(points, k, repeats):
    """Return the iterations of a run, its seconds, and milliseconds per iteration."""
    start = random_centroids(points, k, seed=0)
    iterations = fast(points, start).n_iter
    times = [seconds(lambda: fast(points, start)) for _ in range(repeats)]
    return iterations, summary(times), f"{1000 * statistics.median(times) / iterations:.1f}"


def seeding(points, repeats):
    """Compare k-means++ at k = 100."""
    data = points.astype(np.float64)
    peer = {"scikit-learn `kmeans_plusplus`": lambda: kmeans_plusplus(data, 100, random_state=0)}
    ours = compare(
        "**plus_plus_centroids**", lambda: plus_plus_centroids(points, 100, 0), peer, repeats
    )
    return "k-means++ at k = 100", ours


def compare(name, ours, contestants, repeats):
    """Run ours and each contestant in turns; return the table of times and ratios."""
    ours()  # warm up
    rows, all_ours = [], []
    for contestant, run in contestants.items():
        pairs = [(seconds(run), seconds(ours)) for _ in range(repeats)]
        theirs, mine = zip(*pairs, strict=True)
        all_ours += mine
        rows.append([contestant, summary(theirs), ratio(theirs, mine)])
    return table(["", "seconds", "ratio"], [[name, summary(all_ours), "1"], *rows])


def seconds(run):
    """Return how long it takes to call `run`."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def summary(times):
    """Return the median of times, with their range."""
    return f"{statistics.median(times):.2f} ({min(times):.2f}-{max(times):.2f})"


def ratio(theirs, ours):
    """Return the median of the ratios of the turns, with their range."""
    ratios = [a / b for a, b in zip(theirs, ours, strict=True)]
    return f"{statistics.median(ratios):.1f} ({min(ratios):.1f}-{max(ratios):.1f})"


def table(header, rows):
    """Return a Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


PARTS = {
    "single": single,
    "sweep": sweep,
    "memory": memory,
    "scaling": scaling,
    "seeding": seeding,
}

if __name__ == "__main__":
    main()
