"""Small cases of the arithmetic that digits do not meet, in a browser and in Python."""

import json

import numpy as np
from browsing import STARTS
from helpers import ROOT

from mnist_kmeans import assign, kmeans, plus_plus_centroids, update
from mnist_kmeans.basics.chance import below, draw, generator
from mnist_kmeans.exact import to_grid

ARITHMETIC = ROOT / "site" / "static" / "live" / "kmeans.js"

SMALL = {  # name: what to compute in the browser
    "raw numbers": "SEEDS.map(seed => [1, 2, 3].map(stream(m.generator(BigInt(seed)))))",
    "a number is drawn again": "[7, 3 * 2 ** 40].map(total => m.below(total, from(RAWS)))",
    "weights of 0 are never drawn": "WEIGHTS.map(weights => m.draw(weights, from(RAWS)))",
    "equal keys": "m.lowest(KEYS.map(BigInt), KEYS.length)",
    "ties": "[...m.assign(points(TIES), m.toGrid(TIED.flat(), 4))]",
    "empty clusters": "[...m.update(points(TIES), [2, 2, 0, 0], m.toGrid(TIED.flat(), 4))]",
    "halves on the grid": "[...m.update(points(HALVES), [0, 0, 0, 0], [0, 0])]",
    "halves at the start": "[...m.toGrid([0.5, 1.5, -0.5, -1.5, 0.49999999999999994], 0)]",
    "an inertia that must be rounded": "m.lloyd(points(LARGE), m.toGrid([0, 0], 1)).inertia",
    "starts on equal points": "[0, 1, 2].map(seed => [...m.plusPlusCentroids(points(EQUAL), 3, seed)])",
    "runs in the plane": """[0, 1, 2].flatMap(seed => ["random", "k-means++"].map(init => {
        const plane = points(PLANE);
        return m.digest(m.lloyd(plane, m.firstCentroids(plane, 5, seed, init)));
    }))""",
    "a start that is given": """(() => {
        const plane = points(PLANE);
        return m.digest(m.lloyd(plane, m.firstCentroids(plane, 2, 0, GIVEN.flat())));
    })()""",
}
GIVEN_NUMBERS = {
    "SEEDS": [str(seed) for seed in (0, 1, 2**32, 2**64 + 5, 2**200 + 12345)],
    "RAWS": [str(2**64 - 1), str(2**64 - 2**24 + 3), "5"],
    "WEIGHTS": [[0, 3, 0, 4], [0, 0, 7], [1, 1, 1, 1, 1]],
    "KEYS": [7, 3, 7, 3, 0, 7],
    "TIES": [[0, 0], [2, 0], [0, 2], [2, 2]],
    "TIED": [[0, 1], [1, 1], [1, 1], [1, 0], [2, 1]],
    "HALVES": [[0, 0], [0, 0], [0, 0], [1, 2**23]],
    "EQUAL": [[4, 4]] * 2 + [[9, 9]] * 3,
    "PLANE": [[(7 * i * i) % 83 - 20, (11 * i * i * i) % 59 - 30] for i in range(60)],
    "LARGE": [[i * i * 40503 % 2**20, i * 30011 % 2**20] for i in range(200)],
    "GIVEN": [[0.3, -7.77], [11.123456789, 20]],
}
PROGRAM = """m => {
    const {SEEDS, RAWS, WEIGHTS, KEYS, TIES, TIED, HALVES, EQUAL, PLANE, LARGE, GIVEN} = NUMBERS;
    const points = rows => m.asPoints(rows.length, rows[0].length, Int32Array.from(rows.flat()));
    const from = raws => { const rest = raws.map(BigInt); return () => rest.shift(); };
    const stream = next => () => String(next());
    return {CASES};
}"""


class Raws:
    """A stream of given raw numbers."""

    def __init__(self, raws):
        self.rest = [int(raw) for raw in raws]

    def random_raw(self):
        return self.rest.pop(0)


def in_python():
    """Return {name: what the package computes} for the small cases."""
    given = {
        name: np.array(rows)
        for name, rows in GIVEN_NUMBERS.items()
        if name in ("TIES", "HALVES", "EQUAL", "PLANE", "LARGE", "GIVEN")
    }
    ties, tied = given["TIES"], np.array(GIVEN_NUMBERS["TIED"], dtype=float)
    plane, keys = given["PLANE"], np.array(GIVEN_NUMBERS["KEYS"])
    return {
        "raw numbers": [
            [str(raw) for raw in generator(int(seed)).random_raw(3)]
            for seed in GIVEN_NUMBERS["SEEDS"]
        ],
        "a number is drawn again": [
            below(total, Raws(GIVEN_NUMBERS["RAWS"])) for total in (7, 3 * 2**40)
        ],
        "weights of 0 are never drawn": [
            draw(np.array(weights), Raws(GIVEN_NUMBERS["RAWS"]))
            for weights in GIVEN_NUMBERS["WEIGHTS"]
        ],
        "equal keys": np.argsort(keys, kind="stable").tolist(),
        "ties": assign(ties, tied).tolist(),
        "empty clusters": update(ties, np.array([2, 2, 0, 0]), tied).ravel().tolist(),
        "halves on the grid": update(given["HALVES"], np.zeros(4, int), np.zeros((1, 2)))
        .ravel()
        .tolist(),
        "halves at the start": to_grid([0.5, 1.5, -0.5, -1.5, 0.49999999999999994], 0).tolist(),
        "an inertia that must be rounded": kmeans(given["LARGE"], 1, init=np.zeros((1, 2))).inertia,
        "starts on equal points": [
            plus_plus_centroids(given["EQUAL"], 3, seed).ravel().tolist() for seed in range(3)
        ],
        "runs in the plane": [
            kmeans(plane, 5, seed=seed, init=init).digest for seed in range(3) for init in STARTS
        ],
        "a start that is given": kmeans(plane, 2, init=given["GIVEN"]).digest,
    }


def in_browser(page, script):
    """Return {name: what a version of kmeans.js computes} for the small cases."""
    page.goto("about:blank")
    page.add_script_tag(content=script)
    cases = ", ".join(f"{name!r}: {code}" for name, code in SMALL.items())
    program = PROGRAM.replace("NUMBERS", json.dumps(GIVEN_NUMBERS)).replace("CASES", cases)
    return page.evaluate(f"() => ({program})(mnistKmeans)")


def changed(right, wrong):
    """Return kmeans.js with a mistake; of several places, which " | " parts, each is changed."""
    script = ARITHMETIC.read_text("utf-8")
    for one, other in zip(right.split(" | "), wrong.split(" | "), strict=True):
        assert one in script
        script = script.replace(one, other)
    return script
