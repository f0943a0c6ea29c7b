"""What learners might write in the exercises of chapter 2."""

import math

import numpy as np


def squared(images, centroids):
    images, centroids = np.asarray(images, dtype=float), np.asarray(centroids, dtype=float)
    return np.array([((images - centroid) ** 2).sum(axis=1) for centroid in centroids]).T


def nearest_by_loop(image, images):
    image, best, shortest = image.tolist(), None, math.inf
    for row, other in enumerate(images.tolist()):
        distance = math.dist(image, other)
        if distance < shortest:
            best, shortest = row, distance
    return best


def nearest_by_norm(image, images):
    return [np.linalg.norm(images - image.astype(np.int32), axis=1).argmin()]


def by_products(images, centroids):
    norms = (centroids**2).sum(axis=1)
    return (norms - 2 * (images @ centroids.T)).argmin(axis=1).tolist()


def image_by_image(images, centroids):
    found = np.zeros(len(images))
    for row, image in enumerate(images):
        found[row] = ((centroids - image) ** 2).sum(axis=1).argmin()
    return found


def in_blocks(images, centroids):
    blocks = np.array_split(images, 25)
    differences = (block[:, None].astype(np.float32) - centroids for block in blocks)
    return np.concatenate([(each**2).sum(axis=2).argmin(axis=1) for each in differences])


def naive(images, centroids):
    return ((centroids[:, None] - images) ** 2).sum(axis=2).argmin(axis=0)


def means(images, labels, digits=range(10), middle=np.mean):
    return [middle(images[labels == digit], axis=0) for digit in digits]


def read(new_images, centroids):
    return squared(new_images, centroids).argmin(axis=1)


def read_by_loop(images, labels, new_images):
    ten = means(images.astype(np.float32), labels)
    return [min(range(10), key=lambda digit: ((new - ten[digit]) ** 2).sum()) for new in new_images]


def read_with_kmeans(images, labels, new_images):
    from mnist_kmeans import classify, update

    start = np.zeros((10, 784))
    return classify(new_images, update(images, labels, start), np.arange(10))


def forgiving_with_padding(image, other):
    image = image.reshape(28, 28) / 1
    padded = np.pad(other.reshape(28, 28), 2)
    corners = [(down, right) for down in range(5) for right in range(5)]
    return np.min([np.linalg.norm(image - padded[i : i + 28, j : j + 28]) for i, j in corners])


def forgiving_flat(image, other):
    shifts = [28 * down + right for down in range(-2, 3) for right in range(-2, 3)]
    return [min(math.dist(image.tolist(), np.roll(other, shift).tolist()) for shift in shifts)][0]


def distances(image, other, downs, rights, dtype=np.float64):
    image, other = image.reshape(28, 28), other.reshape(28, 28).astype(dtype)
    return [
        ((image - np.roll(other, (down, right), (0, 1))) ** 2).sum() ** 0.5
        for down in downs
        for right in rights
    ]


TWO, THREE = range(-2, 3), range(-3, 4)

RIGHT = {
    "nearest_row": [nearest_by_loop, nearest_by_norm],
    "assign_sparingly": [by_products, image_by_image, in_blocks],
    "read_by_means": [read_by_loop, read_with_kmeans],
    "forgiving_distance": [forgiving_with_padding, forgiving_flat],
}

# What the check says of a wrong attempt, and the attempt.
WRONG = {
    "nearest_row": {
        "in bytes 3 - 5 is 254": lambda image, images: ((images - image) ** 2).sum(axis=1).argmin(),
        "Which dtype do you subtract in": lambda image, images: (
            np.abs(images - image).sum(axis=1).argmin()
        ),
        "the row of the farthest image": lambda image, images: squared(images, [image]).argmax(),
        "smallest sum of differences": lambda image, images: (
            np.abs(images - image.astype(float)).sum(axis=1).argmin()
        ),
        "Where are the squares": lambda image, images: (
            (images - image.astype(float)).sum(axis=1).argmin()
        ),
        "it is a distance": lambda image, images: squared(images, [image]).min() ** 0.5,
        "it is an image": lambda image, images: images[nearest_by_loop(image, images)],
        "a number for each image": lambda image, images: squared(images, [image])[:, 0],
        "of six made-up images, it finds a wrong one": lambda image, images: 99,
        "for a real digit it finds a wrong one": lambda image, images: nearest_by_loop(
            image, images[:9]
        ),
    },
    "assign_sparingly": {
        "differences from all 20 centroids at the same time": naive,
        "one number for each centroid": lambda images, centroids: squared(images, centroids).argmin(
            axis=0
        ),
        "a number for each image and centroid": squared,
        "the farthest centroids": lambda images, centroids: squared(images, centroids).argmax(
            axis=1
        ),
        "smallest sums of differences": lambda images, centroids: np.argmin(
            [np.abs(images - centroid).sum(axis=1) for centroid in centroids], axis=0
        ),
        "these are distances": lambda images, centroids: squared(images, centroids).min(axis=1),
        "one too large": lambda images, centroids: np.add(by_products(images, centroids), 1),
        "a centroid that is not the nearest": lambda images, centroids: (
            (centroids**2).sum(axis=1) - 2 * images @ centroids.T
        ).argmin(axis=1),  # in bytes
    },
    "read_by_means": {
        "an answer for each known image": lambda images, labels, new_images: read(
            images, means(images, labels)
        ),
        "The axis: each new image needs one": lambda images, labels, new_images: squared(
            new_images, means(images, labels)
        ).argmin(axis=0),
        "it takes the farthest": lambda images, labels, new_images: squared(
            new_images, means(images, labels)
        ).argmax(axis=1),
        "the nearest single image": lambda images, labels, new_images: labels[
            squared(new_images, images).argmin(axis=1)
        ],
        "it compares with medians": lambda images, labels, new_images: read(
            new_images, means(images, labels, middle=np.median)
        ),
        "the digits are mixed up": lambda images, labels, new_images: read(
            new_images, means(images, labels, dict.fromkeys(labels))
        ),
        "it compares with sums": lambda images, labels, new_images: read(
            new_images, means(images, labels, middle=np.sum)
        ),
        "the labels of the known images": lambda images, labels, new_images: labels[:200],
        "are read in another way": lambda images, labels, new_images: read(
            new_images, means(images, labels, range(9))
        ),
    },
    "forgiving_distance": {
        "Have you tried it without moving": lambda image, other: min(
            distances(image, other, (-2, -1, 1, 2), (-2, -1, 1, 2))
        ),
        "up or down by 0 and sideways by 2": lambda image, other: min(
            distances(image, other, range(-1, 2), range(-1, 2))
        ),
        "up or down by 1 and sideways by 0": lambda image, other: min(
            distances(image, other, [0], TWO)
        ),
        "up or down by 1 and sideways by 2": lambda image, other: min(
            *distances(image, other, [0], TWO), *distances(image, other, TWO, [0])
        ),
        "up or down by 2 and sideways by 2": lambda image, other: min(
            distances(image, other, range(-2, 2), TWO)
        ),
        "up or down by 2 and sideways by 1": lambda image, other: min(
            distances(image, other, range(-1, 3), TWO)
        ),
        "the result has the shape (25,)": lambda image, other: distances(image, other, TWO, TWO),
        "these are squared distances": lambda image, other: (
            min(distances(image, other, TWO, TWO)) ** 2
        ),
        "in bytes 3 - 5 is 254": lambda image, other: min(
            distances(image, other, TWO, TWO, np.uint8)
        ),
        "moves the image too far": lambda image, other: min(distances(image, other, THREE, THREE)),
        "copies are right, but": lambda image, other: min(distances(image, other, TWO, TWO)) / 255,
    },
}
