"""How fast is `mnist_kmeans.fast`? Measures it beside its peers and writes RESULTS.md.

    python benchmarks/bench.py                      everything (an hour on two slow cores)
    python benchmarks/bench.py --repeats 3 single   one part, fewer repetitions; the others stay

All contestants start from the same centroids and run until no centroid moves (faiss, which cannot
tell, for as many iterations as the exact run took; so does superkmeans, from centroids of its own). They
take turns, so that whatever else keeps the machine busy slows all of them; a ratio is the median of the
ratios of the turns. Every contestant gets its data in the type it works on, in memory, and all cores. The
peers are in requirements.txt.
"""

import argparse
import statistics
import subprocess
import sys
import warnings

import faiss
import numpy as np
from report import machine, peak_memory, ratio, seconds, store, summary, table
from sklearn.cluster import KMeans, kmeans_plusplus
from sklearn.exceptions import ConvergenceWarning
from superkmeans import SuperKMeans
from threadpoolctl import threadpool_limits

from mnist_kmeans import load_mnist, plus_plus_centroids, random_centroids, sweep_k
from mnist_kmeans.fast.engine import fast
from mnist_kmeans.lloyd import lloyd

SWEEP = [*range(5, 25), 100]


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
        conditions = machine("scikit-learn", "faiss-cpu", "superkmeans")
        title, text = PARTS[part](points, options.repeats)
        print(f"## {title}\n\n{text}\n", flush=True)
        store(title, f"{text}\n\n{conditions}")


def single(points, repeats):
    """Compare single runs, preparation included; for many centroids only with the library built for that."""
    text = []
    rounded = points.astype(np.float32)
    for k in 10, 16, 100, 500, 1000:
        start = random_centroids(points, k, seed=0)
        iterations = fast(points, start).n_iter
        contestants = {
            "superkmeans": lambda k=k, i=iterations: run_superkmeans(rounded, k, i),
        }
        if k <= 100:
            contestants |= scikit_learn(points, start) | {
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


def run_superkmeans(points, k, iterations):
    """Run superkmeans, on all points, flat, for a number of iterations, and assign the points."""
    model = SuperKMeans(
        k,
        points.shape[1],
        hierarchical=False,
        iters=iterations,
        sampling_fraction=1.0,
        max_points_per_cluster=len(points),
        early_termination=False,
    )
    centroids = model.train(points)
    return model.assign_training_points(points, centroids)


def answers(points, repeats):
    """Show what becomes of one start in rounded numbers, with one thread and with two."""
    start = random_centroids(points, 100, seed=0)
    exact = fast(points, start)
    found = []
    for dtype in "float64", "float32":
        run = scikit_learn(points, start)[f"scikit-learn lloyd {dtype}"]
        for threads in 1, 2:
            with threadpool_limits(threads):
                model = run()
            found.append(((dtype, threads), model.n_iter_, model.labels_, model.cluster_centers_))
    found.append((("**fast**", "any"), exact.n_iter, exact.assignments, exact.centroids))
    _, _, first_labels, first_centroids = found[0]
    rows = [
        [
            *name,
            iterations,
            np.count_nonzero(labels != first_labels),
            f"{np.abs(centroids - first_centroids).max():.2g}",
        ]
        for name, iterations, labels, centroids in found
    ]
    header = ["scikit-learn lloyd", "threads", "iterations", "digits elsewhere", "centroids"]
    title = "The same start, other answers: k = 100, differences from the first row"
    return title, table(header, rows)


def sweep(points, repeats):
    """Compare a whole sweep over k: each peer's run in its fastest setting for that k."""
    starts = [random_centroids(points, k, seed=0) for k in SWEEP]
    sweep_k(points, SWEEP[:1], seeds=[0])  # warm up
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
    return peak_memory()


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


PARTS = {
    "single": single,
    "answers": answers,
    "sweep": sweep,
    "memory": memory,
    "scaling": scaling,
    "seeding": seeding,
}

if __name__ == "__main__":
    main()
