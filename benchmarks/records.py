"""The best k-means of MNIST that is known: improve it, and check every entry to the last bit.

    python benchmarks/records.py improve [SECONDS]    SECONDS for each entry, 10 if not said
    python benchmarks/records.py check

An entry is a recipe: a k-means++ start with its seed, and swaps. Each swap puts a centroid (its number) on
a point (its row) and goes on to the end. As nothing is rounded, a recipe gives the same bits everywhere: so
anybody can check the last digit of the objective.
Sources: restarts are as old as k-means; swaps are those of P. Franti, "Efficiency of random swap
clustering", Journal of Big Data 5 (2018).
"""

import json
import sys
import time
from pathlib import Path

from mnist_kmeans import load_mnist
from mnist_kmeans.basics.chance import below, generator
from mnist_kmeans.basics.files import write_whole
from mnist_kmeans.fast.engine import fast, prepare
from mnist_kmeans.seeding import plus_plus_centroids

RECORDS = Path(__file__).with_name("records.json")
KS = [*range(2, 21), 30, 50, 100]
RESTARTS = 10  # before the swaps begin, from the best of them


def main(arguments):
    """Improve or check the entries; return an exit status."""
    known = {(each["digits"], each["k"]): each for each in json.loads(RECORDS.read_text())}
    train = load_mnist("full")
    different = 0
    for images in (train.images, train.holdout()[0].images):
        prepared = prepare(images)
        for k in KS:
            entry = known.get((len(images), k))
            if arguments[:1] == ["improve"]:
                seconds = float(arguments[1]) if len(arguments) > 1 else 10
                entry = known[len(images), k] = improved(prepared, k, entry, seconds)
                write_whole(RECORDS, packed(known.values()))
                said = f"{entry['mean']:.6f}"
            else:
                same = entry == told(prepared, k, entry["seed"], entry["swaps"])
                different += not same
                said = "the same bits" if same else "OTHER BITS"
            print(f"{len(images):,} digits, k = {k:3}: {said}", flush=True)
    return int(different > 0)


def improved(prepared, k, entry, seconds):
    """Return an entry at least as good as the one given, or None: by restarts, and then by swaps."""
    started = time.monotonic()
    seed = entry["tried"] if entry else 0
    stream = generator(seed)
    best = replay(prepared, k, entry["seed"], entry["swaps"]) if entry else None
    recipe = (entry["seed"], entry["swaps"]) if entry else None
    trials = 0
    while time.monotonic() - started < seconds or best is None:
        trials += 1
        if trials <= RESTARTS:
            trial_recipe = seed, []
            trial = replay(prepared, k, *trial_recipe)
            seed += 1
        else:
            swap = below(k, stream), below(len(prepared.points), stream)
            trial_recipe = recipe[0], [*recipe[1], swap]
            trial = swapped(prepared, best, *swap)
        if best is None or trial.inertia < best.inertia:
            best, recipe = trial, trial_recipe
    return told(prepared, k, *recipe, best) | {"tried": seed}


def replay(prepared, k, seed, swaps):
    """Return the Clustering that a recipe leads to."""
    found = fast(
        prepared.points,
        plus_plus_centroids(prepared.points, k, seed, prepared),
        prepared=prepared,
    )
    for swap in swaps:
        found = swapped(prepared, found, *swap)
    return found


def swapped(prepared, found, j, row):
    """Return the Clustering that comes of putting centroid j on a point and going on."""
    centroids = found.centroids.copy()
    centroids[j] = prepared.points[row]
    return fast(prepared.points, centroids, prepared=prepared)


def told(prepared, k, seed, swaps, found=None):
    """Return the entry of a recipe; `found` is the Clustering that it leads to, where that is known."""
    found = found or replay(prepared, k, seed, swaps)
    n = len(prepared.points)
    return {
        "digits": n,
        "k": k,
        "inertia": found.inertia,
        "mean": found.inertia / 255**2 / n,  # squared distance of an image, pixels from 0 to 1
        "seed": seed,
        "swaps": [list(swap) for swap in swaps],
        "digest": found.digest,
    }


def packed(entries):
    """Return entries as the bytes of a JSON file, one a line."""
    return ("[\n" + ",\n".join(map(json.dumps, entries)) + "\n]\n").encode()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
