"""The data that the pages play with: real digits, and a real run."""

import base64
import gzip
import json

import numpy as np

from mnist_kmeans import assign, kmeans, load_mnist, random_centroids, read_idx, update
from mnist_kmeans.course.playground import hero_script, sample_script


def data_of(script):
    """Return the value that a script of data gives its name."""
    return json.loads(script.partition(" = ")[2].removesuffix(";\n"))


def test_the_sample_of_the_pages_is_that_of_the_package(tmp_path):
    digits = load_mnist("sample")
    images, labels = data_of(sample_script())
    for file, array in ((images, digits.images), (labels, digits.labels)):
        (tmp_path / file["name"]).write_bytes(base64.b64decode(file["gzip"]))
        assert np.array_equal(read_idx(tmp_path / file["name"]).reshape(array.shape), array)


def test_the_front_page_shows_a_real_run():
    hero = data_of(hero_script())
    frames = np.frombuffer(gzip.decompress(base64.b64decode(hero["gzip"])), np.uint8)
    training, _ = load_mnist("sample").holdout()
    images, iteration = training.images, 1
    centroids = random_centroids(images, hero["k"], hero["seed"])
    for number, frame in zip(hero["iterations"], frames.reshape(-1, *centroids.shape), strict=True):
        for _ in range(iteration, number):
            centroids = update(images, assign(images, centroids), centroids)
        iteration = number
        assert np.array_equal(frame, np.rint(centroids))
    run = kmeans(images, hero["k"], seed=hero["seed"])
    assert iteration == run.n_iter and np.array_equal(centroids, run.centroids)
    assert hero["digits"] == len(training)
    assert hero_script() == hero_script()
