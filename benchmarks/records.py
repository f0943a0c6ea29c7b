"""The lowest inertias found so far on MNIST, and how to get there: make records, make records-check.

    python benchmarks/records.py improve --minutes 60 --k 10 16     search on (without --k: for all k)
    python benchmarks/records.py check                              compute all records again, and compare

A record is a recipe. k digits, named by their rows, are the first centroids; k-means runs until no centroid
moves. Then each of its swaps puts a centroid where a digit is, and k-means runs on. All arithmetic is exact,
so a recipe leads to the same bits on every machine. The records are in records.json, a line for each, and
from there on the page of the course that shows them.
"""

import argparse
import json
import sys
import time
from collections import Counter
from pathlib import Path
from threading import Lock

import numpy as np
from report import table

from mnist_kmeans import InputError, load_mnist, plus_plus_centroids
from mnist_kmeans.basics import interrupts
from mnist_kmeans.basics.chance import below, generator
from mnist_kmeans.basics.files import read_bytes, reason, write_whole
from mnist_kmeans.basics.parallel import parallel_map
from mnist_kmeans.fast.engine import fast, prepare
from mnist_kmeans.lloyd import lloyd

ROOT = Path(__file__).resolve().parents[1]
RECORDS = ROOT / "benchmarks" / "records.json"
PAGE = ROOT / "site" / "records.md"
HEADING = "## The table\n"  # of the page: what follows is written by this program
KS = [*range(2, 21), 30, 50, 100]
COLUMNS = ["k", "inertia", "per digit", "starts", "from", "swaps", "digest"]
SCOUTS = 4  # of so many digits one, where a search should be quick
NEAR = 12  # digits to draw from, near a centroid
TRIES = 8  # swaps in a row that may fail before a search ends
LOOK = 8  # iterations after a swap, which must then be
CLOSE = 1.002  # times as high as what it should beat, or less; otherwise it is given up


class Field:
    """Digits to cluster. Threads can share them."""

    def __init__(self, points):
        self.points, self.prepared = points, prepare(points)
        self.rows = {points[row].tobytes(): row for row in reversed(range(len(points)))}

    def settle(self, centroids, max_iter=None):
        """Return the Clustering that k-means reaches from these centroids."""
        return fast(self.points, centroids, max_iter, prepared=self.prepared, threads=1)

    def replay(self, recipe):
        """Return the Clustering that a recipe leads to."""
        found = self.settle(self.points[recipe["start"]].astype(np.float64))
        for swap in recipe["swaps"]:
            found = self.settle(self.swapped(found, *swap))
        return found

    def swapped(self, found, cluster, row):
        """Return the centroids of a Clustering, but one where a digit is."""
        centroids = found.centroids.copy()
        centroids[cluster] = self.points[row]
        return centroids

    def drawn(self, k, seed):
        """Return a recipe without swaps: the digits that k-means++ draws."""
        digits = plus_plus_centroids(self.points, k, seed, self.prepared).astype(self.points.dtype)
        start = [self.rows[image.tobytes()] for image in digits]
        return {"origin": f"seed {seed}", "start": start, "swaps": []}

    def near(self, n, found, stream):
        """Return a recipe without swaps: for each centroid found for n digits, a digit near it."""
        start = []
        assignments = self.settle(found.centroids, 0).assignments
        for cluster, centroid in enumerate(found.centroids):
            members = np.flatnonzero(assignments == cluster)
            difference = self.points[members] - centroid
            nearest = members[np.vecdot(difference, difference).argsort()[:NEAR]]
            start.append(int(nearest[below(len(nearest), stream)]))
        return {"origin": f"near {n:,}", "start": start, "swaps": []}

    def climbs(self, recipe, found, stream):
        """Give a recipe with its Clustering, and then lower and lower ones that random swaps lead to.

        Source: P. Fränti, "Efficiency of random swap clustering", Journal of Big Data 5:13 (2018). There
        k-means takes two iterations after a swap; here it goes on to its end, unless it falls behind.
        """
        yield recipe, found
        failed = 0
        while failed < TRIES:
            swap = [below(len(found.centroids), stream), below(len(self.points), stream)]
            tried = self.settle(self.swapped(found, *swap), LOOK)
            if tried.inertia < CLOSE * found.inertia:
                tried = self.settle(tried.centroids)
            failed += 1
            if tried.inertia < found.inertia:
                recipe, found = recipe | {"swaps": [*recipe["swaps"], swap]}, tried
                failed = 0
                yield recipe, found


class Search:
    """The records in a file, and what makes them lower. The page is kept in step with the file."""

    def __init__(self, fields, path, page):
        self.fields, self.path, self.page, self.lock = fields, path, page, Lock()
        self.scouts = {n: Field(field.points[::SCOUTS]) for n, field in fields.items()}
        self.records = read(path) if path.exists() else {}
        self.found = {}  # (n, k) -> the Clustering of its record

    def turn(self, n, k):
        """Try to lower the record of n digits and k clusters, in each of the ways that we know."""
        seed = self.starts(n, k)
        self.start(n, k)
        field, stream = self.fields[n], generator(seed)
        few = self.scouts[n]
        recipe = few.drawn(k, seed)
        *_, (_, best) = few.climbs(recipe, few.replay(recipe), stream)
        found = {len(few.points): best}
        found |= {size: self.best(size, k) for size in self.fields if (size, k) in self.records}
        for size, each in found.items():
            recipe = field.near(size, each, stream)
            self.take(n, k, recipe, field.replay(recipe))
        for better in field.climbs(self.records[n, k], self.best(n, k), stream):
            self.take(n, k, *better)

    def start(self, n, k):
        """Try the next seed, without swaps."""
        recipe = self.fields[n].drawn(k, self.starts(n, k))
        self.take(n, k, recipe, self.fields[n].replay(recipe), a_start=True)

    def starts(self, n, k):
        """Return how many seeds have been tried."""
        return sum(self.records[n, k]["ends"].values()) if (n, k) in self.records else 0

    def best(self, n, k):
        """Return the Clustering of a record."""
        if (n, k) not in self.found:
            self.found[n, k] = self.fields[n].replay(self.records[n, k])
        return self.found[n, k]

    def take(self, n, k, recipe, found, a_start=False):
        """Make a recipe the record if it is lower, and count where a start ends; store what is new."""
        with self.lock:
            record = self.records.get((n, k), {"inertia": np.inf, "ends": {}})
            lower = found.inertia < record["inertia"]
            if lower:
                parts = {key: recipe[key] for key in ("origin", "start", "swaps")}
                record = {"digits": n, "k": k} | result(found) | parts | {"ends": record["ends"]}
                self.found[n, k] = found
                print(
                    f"{n} digits, k = {k}: {record['mean']:.6f}, {recipe['origin']}, "
                    f"{len(recipe['swaps'])} swaps",
                    flush=True,
                )
            if a_start:
                ends = Counter(record["ends"]) + Counter([place(result(found)["mean"])])
                record = record | {"ends": dict(sorted(ends.items()))}
            if lower or a_start:
                self.records[n, k] = record
                write(self.path, self.records)
                show(self.page, self.records)


def result(found):
    """Return what a Clustering is known by: inertia, the same per digit with pixels from 0 to 1, digest."""
    mean = found.inertia / 255**2 / len(found.assignments)
    return {"inertia": found.inertia, "mean": mean, "digest": found.digest}


def place(mean):
    """Return what counts as the same end of two starts."""
    return f"{mean:.3f}"


def read(path):
    """Return {(number of digits, k): record} from a file; raise InputError where it is no such file."""
    try:
        return {(each["digits"], each["k"]): each for each in json.loads(read_bytes(path))}
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{path}: {reason(error)}; to have it back: git checkout {path}"
        ) from error


def write(path, records):
    """Write records to a file, a line for each, whole or not at all."""
    lines = [
        json.dumps(records[key]) for key in sorted(records, key=lambda each: (-each[0], each[1]))
    ]
    write_whole(path, ("[\n" + ",\n".join(lines) + "\n]\n").encode())


def fields():
    """Return {number of digits: Field}: of all the training digits, and of those of the course."""
    training = load_mnist("full")
    return {len(each): Field(each.images) for each in (training, training.holdout()[0])}


def improve(search, ks, minutes):
    """Search for so many minutes."""
    end = time.monotonic() + 60 * minutes

    def turn(task):
        if time.monotonic() < end:
            search.turn(*task)

    with parallel_map() as each:
        while time.monotonic() < end:
            list(each(turn, [(n, k) for k in ks for n in fields]))
    return search.records


def faults(field, record):
    """Return what of a record does not come out when it is computed again.

    The textbook loop, which shares no step with the fast engine, must find nothing left to move.
    """
    try:
        found = field.replay(record)
    except IndexError:
        return ["rows"]
    textbook = lloyd(field.points, found.centroids)
    others = [name for name, value in result(found).items() if record[name] != value]
    moves = textbook.n_iter > 1 or textbook.digest != found.digest
    return others + ["textbook loop"] * moves


def check(fields, records):
    """Compute records again, and say of each whether it comes out; return whether all do."""

    def good(record):
        wrong = faults(fields[record["digits"]], record)
        verdict = f"WRONG: {', '.join(wrong)}" if wrong else "the same bits"
        print(f"{record['digits']} digits, k = {record['k']}: {verdict}", flush=True)
        return not wrong

    costly_first = sorted(records, key=lambda each: -each["k"] * (1 + len(each["swaps"])))
    with parallel_map() as each:
        return all(list(each(good, costly_first)))


def main(arguments=None):
    """Search or check; return an exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["improve", "check"])
    parser.add_argument("--minutes", type=float, default=10, help="how long to search (10)")
    parser.add_argument("--k", type=int, nargs="+", choices=KS, default=KS, help="only for these k")
    options = parser.parse_args(arguments)
    try:
        if options.what == "check":
            chosen = [each for each in read(RECORDS).values() if each["k"] in options.k]
            return 0 if check(fields(), chosen) else 1
        improve(Search(fields(), RECORDS, PAGE), options.k, options.minutes)
    except InputError as error:
        print(f"records: {error}", file=sys.stderr)
        return 1
    return 0


def show(page, records):
    """Write the tables of a page, in the place of what they said before."""
    text = page.read_text("utf-8").partition(HEADING)[0]
    write_whole(page, f"{text}{HEADING}{tables(records)}".encode())


def tables(records):
    """Return a Markdown table for each set of digits."""
    parts = []
    for n in sorted({n for n, _ in records}, reverse=True):
        rows = [row(each) for key, each in sorted(records.items()) if key[0] == n]
        parts.append(f"\n**{n:,} digits.**\n\n{table(COLUMNS, rows)}\n")
    return "".join(parts)


def row(record):
    """Return what a row of the table says of a record."""
    here = record["ends"].get(place(record["mean"]), 0)
    starts = f"{here}/{sum(record['ends'].values())}"
    found = record["origin"], len(record["swaps"]), record["digest"][:8]
    return [record["k"], f"{record['inertia']:,}", f"{record['mean']:.6f}", starts, *found]


if __name__ == "__main__":
    with interrupts.one_line("records"):
        sys.exit(main())
