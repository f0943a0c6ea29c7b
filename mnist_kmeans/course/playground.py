"""What the pages of the site play with, as scripts: a page on disk may run those, and read no files."""

import base64
import gzip
import json

import numpy as np

from mnist_kmeans.data.editions import CONTENT, SAMPLE, file_names, load_mnist
from mnist_kmeans.explorer import State, states
from mnist_kmeans.plots.charts import dots, lines
from mnist_kmeans.runs import repeat_inits, sweep_k

HERO_K, HERO_SEED = 10, 0  # the run on the front page
EARLY = 8  # so many iterations are all shown, and then every eighth


def sample_script():
    """Return the script that holds the training files of the sample edition, packed, with their checksums."""
    files = [
        {
            "name": name,
            "sha256": CONTENT["sample"][name],
            "gzip": base64.b64encode((SAMPLE / name).read_bytes()).decode(),
        }
        for name in file_names("train")
    ]
    return f"mnistKmeans.sample = {json.dumps(files, indent=1)};\n"


def hero_run():
    """Return a real run on the sample's training digits: (training, iterations, frames, last State).

    `frames` (m, HERO_K, 784) uint8 are the centroids, rounded, of `iterations`: some, and the last one.
    """
    training, _ = load_mnist("sample").holdout()
    run = states(training.images, HERO_K, HERO_SEED)
    shown = [number for number in range(1, len(run)) if number <= EARLY or number % EARLY == 0]
    shown.append(len(run))
    frames = np.rint([run[number - 1][0] for number in shown]).astype(np.uint8)
    return training, shown, frames, State(training, *run[-1])


def hero_script():
    """Return the script that holds the run on the front page as pictures, with the names at its end."""
    training, shown, frames, last = hero_run()
    hero = {
        "k": HERO_K,
        "seed": HERO_SEED,
        "digits": len(training),
        "iterations": shown,
        "names": [last.name(cluster) for cluster in range(HERO_K)],
        "gzip": base64.b64encode(gzip.compress(frames.tobytes(), mtime=0)).decode(),
    }
    return f"const mnistHero = {json.dumps(hero, indent=1)};\n"


def stills():
    """Return pictures of what pages run when a reader asks for it: {kind of `live-runs`: Picture}."""
    training, _ = load_mnist("sample").holdout()
    seeds, ks = range(8), range(2, 21)
    ends = {
        init: (seeds, in_billions(repeat_inits(training.images, 16, seeds, init=init)))
        for init in ("random", "k-means++")
    }
    swept = sweep_k(training.images, ks, seeds=[0])
    inertias = in_billions([run for [run] in swept.values()])
    ylabel = "inertia (billions)"
    return {
        "starts": dots(
            ends, heading="Sixteen starts on 3,000 digits, k = 16", xlabel="seed", ylabel=ylabel
        ),
        "sweep": lines(
            {"inertia": (ks, inertias)},
            heading="A sweep on 3,000 digits: the inertia for each k",
            xlabel="k",
            ylabel=ylabel,
        ),
    }


def in_billions(runs):
    """Return the inertias of runs, in billions."""
    return [run.inertia / 1e9 for run in runs]
