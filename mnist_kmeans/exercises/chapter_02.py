"""Self-checks for the exercises of chapter 2: neighbours, memory, a reader of means, moved digits."""

import itertools
import tracemalloc

import numpy as np

from mnist_kmeans.exercises.checking import (
    NotYet,
    as_numbers,
    expect,
    expect_shape,
    self_check,
    some_digits,
)

MEMORY = 25  # MB; one centroid's differences of the images below take 3 MB, all of them 63 MB


@self_check
def check_nearest_row(nearest_row):
    """A grey image and six others, each nearest in the eyes of another mistake; then real digits."""
    image = np.full(784, 100, dtype=np.uint8)
    images = np.tile(image, (6, 1))
    images[0, :500] += 100  # the farthest
    images[1, :300] += 16  # nearest for bytes: 16 * 16 is 0
    images[2, :300] -= 50  # nearest for a sum without squares
    images[3, :60] += 30  # nearest for a sum of absolute differences in bytes
    images[4, :100] += 10  # with the next line: truly the nearest
    images[4, 100:200] -= 10
    images[5, :40] -= 40  # nearest for a sum of absolute differences
    differences = images - image.astype(np.float64)
    squared = (differences**2).sum(axis=1)
    overflow = (
        "it finds a row, but not the nearest one.",
        "Pixels are bytes, and in bytes 3 - 5 is 254. Which dtype do you subtract in?",
    )
    mistakes = [
        (squared.argmax(), "it is the row of the farthest image.", "Small distances are near."),
        (((images - image) ** 2).sum(axis=1).argmin(), *overflow),
        (np.abs(images - image).sum(axis=1).argmin(), *overflow),
        (
            np.abs(differences).sum(axis=1).argmin(),
            "it is the row with the smallest sum of differences.",
            "The distance of this chapter adds up squares.",
        ),
        (differences.sum(axis=1).argmin(), "it is not the nearest.", "Where are the squares?"),
        (squared.min(), "it is a distance.", "Whose distance is it? Return that row's number."),
        (squared.min() ** 0.5, "it is a distance.", "Whose is it? Return that row's number."),
        (images[squared.argmin()], "it is an image.", "Return the number of its row."),
    ]
    found = as_numbers(nearest_row(image, images))
    if found.shape == (6,):
        raise NotYet(
            "there is a number for each image.",
            "Which of them is the nearest? One row is asked for.",
        )
    if found.shape == (1,):
        found = found[0]
    expect(found, squared.argmin(), "of six made-up images, it finds a wrong one.", mistakes)
    yield "it finds the nearest of six made-up images."
    images, _ = some_digits()
    true = [((images[1:] - images[0].astype(np.float64)) ** 2).sum(axis=1).argmin()]
    found = as_numbers(nearest_row(images[0], images[1:])).reshape(-1)
    expect(found, true, "the made-up images are right, but for a real digit it finds a wrong one.")
    yield "it finds the nearest of 999 real digits."


@self_check
def check_assign_sparingly(assign_sparingly):
    """Random images and centroids; the memory is measured."""
    source = np.random.default_rng(2)
    images = source.integers(0, 256, (500, 784), dtype=np.uint8)
    centroids = source.integers(0, 256, (20, 784)) + 0.5
    differences = [images - centroid for centroid in centroids]
    squared = np.array([(each**2).sum(axis=1) for each in differences])
    mistakes = [
        (squared.argmax(axis=0), "these are the farthest centroids.", "Small distances are near."),
        (
            np.array([np.abs(each).sum(axis=1) for each in differences]).argmin(axis=0),
            "these centroids have the smallest sums of differences.",
            "The distance of this chapter adds up squares.",
        ),
        (squared.min(axis=0), "these are distances.", "Whose? Return the numbers of centroids."),
        (squared.argmin(axis=0) + 1, "all are one too large.", "The first centroid is number 0."),
    ]
    del differences
    tracing = tracemalloc.is_tracing()
    tracemalloc.start()
    try:
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        found = assign_sparingly(images, centroids)
        megabytes = (tracemalloc.get_traced_memory()[1] - before) / 1e6
    finally:  # whatever goes wrong: a program that is traced is slow
        if not tracing:
            tracemalloc.stop()
    found = as_numbers(found)
    if found.shape == (20,):
        raise NotYet(
            "there is one number for each centroid, and none for an image.",
            "The axis: for each image, look for the smallest over the centroids.",
        )
    if found.shape in {(20, 500), (500, 20)}:
        raise NotYet("there is a number for each image and centroid.", "Which is the nearest?")
    expect_shape(found, (500,))
    expect(
        found,
        squared.argmin(axis=0),
        "some images get a centroid that is not the nearest.",
        mistakes,
    )
    yield "each of 500 images gets its nearest centroid."
    if megabytes > MEMORY:
        raise NotYet(
            "it holds the differences from all 20 centroids at the same time.",
            "What must you keep of a centroid once its distances are known?",
        )
    yield "it never holds the differences from all centroids at the same time."


@self_check
def check_read_by_means(read_by_means):
    """Real digits: eight hundred to learn from, two hundred to read."""
    images, labels = (part.astype(np.float64) for part in some_digits())
    old, known, new = images[:800], labels[:800], images[800:]
    groups = [old[known == digit] for digit in range(10)]
    means = [group.mean(axis=0) for group in groups]
    true = nearest(new, means)
    seen = list(dict.fromkeys(known.astype(int).tolist()))
    mistakes = [
        (squared_distances(new, means).argmax(axis=1), "it takes the farthest.", "Near is small."),
        (
            known[nearest(new, old)],
            "it takes the label of the nearest single image.",
            "That is a reader, too (and no bad one), but this one compares with ten means.",
        ),
        (
            nearest(new, [np.median(group, axis=0) for group in groups]),
            "it compares with medians.",
            "A median is a middle, too, but the task asks for means.",
        ),
        (
            nearest(new, [means[digit] for digit in seen]),
            "the digits are mixed up.",
            "In which order are your ten means? The position of a mean is read as its digit.",
        ),
        (
            nearest(new, [group.sum(axis=0) for group in groups]),
            "it compares with sums.",
            "A mean is a sum divided by something.",
        ),
        (
            known[:200],
            "these are the labels of the known images.",
            "What are the new images nearest to?",
        ),
    ]
    given = [part.astype(np.uint8) for part in (old, known, new)]
    found = as_numbers(read_by_means(*given))
    if found.shape == (800,):
        raise NotYet("there is an answer for each known image.", "The new images should be read.")
    if found.shape == (10,):
        raise NotYet("there are ten answers.", "The axis: each new image needs one.")
    expect_shape(found, (200,))
    yield "there is an answer for each new image."
    what = f"{np.count_nonzero(found != true)} of 200 new digits are read in another way."
    expect(found, true, what, mistakes)
    yield "each is read by the nearest mean."


def squared_distances(points, centroids):
    """Return the squared distance of each point to each centroid."""
    return np.array([((points - centroid) ** 2).sum(axis=1) for centroid in centroids]).T


def nearest(points, centroids):
    """Return the nearest centroid of each point."""
    return squared_distances(points, centroids).argmin(axis=1)


@self_check
def check_forgiving_distance(forgiving_distance):
    """A real digit and its copies, moved in many directions, then pairs of digits."""
    pictures = some_digits()[0].reshape(-1, 28, 28).copy()
    pictures[:, 3:-3, 3:-3] = 0
    images = some_digits()[0][~pictures.any(axis=(1, 2))]  # nothing is lost at their edges
    image = images[0]
    for down, right in [(0, 0), (0, 2), (1, 0), (-1, 2), (-2, -2), (2, -1)]:
        other = moved(image, down, right)
        found = as_numbers(forgiving_distance(image, other))
        if found.shape != ():
            raise NotYet(f"the result has the shape {found.shape}.", "One number is asked for.")
        if found != 0:
            hint = "Have you tried it without moving anything?"
            if (down, right) != (0, 0):
                hint = f"It is moved up or down by {abs(down)} and sideways by {abs(right)}."
            raise NotYet("a copy of a digit is not at distance 0 from it.", hint)
    yield "copies of a digit are at distance 0 from it."
    for image, other in itertools.pairwise(images[:5]):
        squared = np.array(
            [
                ((image - moved(other, down, right).astype(np.float64)) ** 2).sum()
                for down in range(-3, 4)
                for right in range(-3, 4)
            ]
        ).reshape(7, 7)
        near = squared[1:-1, 1:-1]
        overflow = "Pixels are bytes, and in bytes 3 - 5 is 254. Which dtype do you subtract in?"
        wrapped = [
            ((image - moved(other, down, right)) ** 2).sum() ** 0.5
            for down in range(-2, 3)
            for right in range(-2, 3)
        ]
        mistakes = [
            (near.min(), "these are squared distances.", "A root is missing at the end."),
            (near.max() ** 0.5, "it is the largest distance.", "Which of them forgives the most?"),
            (near.mean() ** 0.5, "it is a mean distance.", "Which of them forgives the most?"),
            (squared.min() ** 0.5, "it moves the image too far.", "Two pixels are enough."),
            (min(wrapped), "two different digits get a wrong distance.", overflow),
        ]
        what = "copies are right, but two different digits get a wrong distance."
        expect(as_numbers(forgiving_distance(image, other)), near.min() ** 0.5, what, mistakes)
    yield "different digits have the right distances."


def moved(image, down, right):
    """Return an image moved by a few pixels, which its blank margin allows."""
    return np.roll(image.reshape(28, 28), (down, right), axis=(0, 1)).reshape(-1)
