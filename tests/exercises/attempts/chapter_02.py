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


def row_of_least(measure):
    """An attempt that finds the row where measure(image, images) is least."""
    return lambda image, images: measure(image, images).argmin()


def at_a_time(count, dtype=np.float64):
    """An attempt that holds the differences from this many centroids."""

    def assign(images, centroids):
        parts = [centroids[i : i + count] for i in range(0, len(centroids), count)]
        differences = (images[:, None].astype(dtype) - part.astype(dtype) for part in parts)
        return np.hstack([(each**2).sum(axis=2) for each in differences]).argmin(axis=1)

    return assign


def by_best_so_far(images, centroids):
    best, found = np.full(len(images), np.inf), np.zeros(len(images), dtype=np.uint8)
    numbers = images.astype(np.float64)
    for cluster, centroid in enumerate(centroids):
        differences = numbers - centroid
        squares = differences**2
        nearer = squares.sum(axis=1) < best
        best[nearer], found[nearer] = squares.sum(axis=1)[nearer], cluster
    return found


def read_with(new_dtype=None, mean_dtype=None, measure=squared):
    """An attempt that computes in other dtypes, or measures otherwise."""

    def reader(images, labels, new_images):
        ten = np.array(means(images, labels)).astype(mean_dtype or np.float64)
        new = new_images.astype(new_dtype or np.float64)
        return measure(new, ten).argmin(axis=1)

    return reader


def in_bytes(new, ten):
    return np.array([((new - each) ** 2).sum(axis=1) for each in ten]).T


def by_products_in_bytes(new, ten):
    return (ten**2).sum(axis=1) - 2 * new @ ten.T


def absolute(new, ten):
    return np.array([np.abs(new - each).sum(axis=1) for each in ten]).T


def read_by_mask_product(images, labels, new_images):
    members = np.equal.outer(np.arange(10), labels).astype(np.float64)
    ten = members @ images / members.sum(axis=1, keepdims=True)
    new = new_images.astype(np.float64)
    return ((ten**2).sum(axis=1) - 2 * new @ ten.T).argmin(axis=1).astype(np.uint8)


def forgiving_in_integers(image, other):
    image, other = image.reshape(28, 28).astype(np.int64), other.reshape(28, 28).astype(np.int64)
    best = None
    for down in range(-2, 3):
        for right in range(-2, 3):
            here = np.zeros_like(other)
            here[max(down, 0) : 28 + min(down, 0), max(right, 0) : 28 + min(right, 0)] = other[
                max(-down, 0) : 28 + min(-down, 0), max(-right, 0) : 28 + min(-right, 0)
            ]
            squares = int(((image - here) ** 2).sum())
            best = squares if best is None else min(best, squares)
    return math.sqrt(best)


def forgiving_step_by_step(image, other):
    down = right = 0
    while True:
        near = [
            (distances(image, other, [i], [j])[0], i, j)
            for i in range(max(down - 1, -2), min(down + 2, 3))
            for j in range(max(right - 1, -2), min(right + 2, 3))
        ]
        distance, *place = min(near)
        if place == [down, right]:
            return distance
        down, right = place


def forgiving_without_margin(image, other):
    image, other = image.reshape(28, 28) / 1, other.reshape(28, 28)
    moved = [other[i : i + 24, j : j + 24] for i in range(5) for j in range(5)]
    return min(np.linalg.norm(image[2:26, 2:26] - each) for each in moved)


def min_of(*moves):
    """An attempt that takes the least of the distances after these moves."""
    return lambda image, other: min(distances(image, other, *moves))


TWO, THREE = range(-2, 3), range(-3, 4)

RIGHT = {
    "nearest_row": [
        nearest_by_loop,
        nearest_by_norm,
        lambda image, images: int(squared(images, image[None]).argmin()),
        row_of_least(lambda image, images: ((images.astype(np.int32) - image) ** 2).mean(axis=1)),
        lambda image, images: np.argsort(squared(images, [image])[:, 0])[0],
    ],
    "assign_sparingly": [
        by_products,
        image_by_image,
        in_blocks,
        at_a_time(1),
        at_a_time(1, np.float32),
        by_best_so_far,
    ],
    "read_by_means": [
        read_by_loop,
        read_with_kmeans,
        read_by_mask_product,
        read_with(np.float32),
    ],
    "forgiving_distance": [
        forgiving_with_padding,
        forgiving_flat,
        forgiving_in_integers,
        lambda image, other: np.float32(min(distances(image, other, TWO, TWO))),
    ],
}

# What the check says of a wrong attempt, and the attempt.
WRONG = {
    "nearest_row": {
        "in bytes 3 - 5 is 254": [
            row_of_least(lambda image, images: ((images - image) ** 2).sum(axis=1)),
            row_of_least(lambda image, images: ((image - images) ** 2).sum(axis=1)),
            row_of_least(lambda image, images: np.abs(image - images).sum(axis=1)),
            row_of_least(lambda image, images: np.linalg.norm(images - image, axis=1)),
        ],
        "An int16 ends at 32767": row_of_least(
            lambda image, images: ((images.astype(np.int16) - image) ** 2).sum(axis=1)
        ),
        "finds row 11 of fourteen": row_of_least(
            lambda image, images: np.abs(images.astype(np.int8) - image.astype(np.int8)).sum(axis=1)
        ),
        "It is the second nearest": lambda image, images: squared(images, [image])[:, 0].argsort()[
            1
        ],
        "whose squared differences add up to 28,224; for row 4 it is 20,000": row_of_least(
            lambda image, images: np.abs(images - image.astype(float)).max(axis=1)
        ),
        "finds row 13 of fourteen": row_of_least(
            lambda image, images: (images != image).sum(axis=1)
        ),
        "The first row is number 0": lambda image, images: nearest_by_loop(image, images) + 1,
        "Which dtype do you subtract in": lambda image, images: (
            np.abs(images - image).sum(axis=1).argmin()
        ),
        "the row of the farthest image": lambda image, images: squared(images, [image]).argmax(),
        "smallest sum of differences": lambda image, images: (
            np.abs(images - image.astype(float)).sum(axis=1).argmin()
        ),
        "Where are the squares": [
            row_of_least(lambda image, images: (images - image.astype(float)).sum(axis=1)),
            row_of_least(lambda image, images: np.abs((images - image.astype(float)).sum(axis=1))),
        ],
        "it is a distance": lambda image, images: squared(images, [image]).min() ** 0.5,
        "it is an image": lambda image, images: images[nearest_by_loop(image, images)],
        "a number for each image": lambda image, images: squared(images, [image])[:, 0],
        "no row of the fourteen made-up images": lambda image, images: 99,
        "the first image is the nearest now": lambda image, images: (
            1 + nearest_by_loop(image, images[1:])
        ),
        "the last image is the nearest now": lambda image, images: nearest_by_loop(
            image, images[:-1]
        ),
        "for a real digit it finds a wrong one": lambda image, images: nearest_by_loop(
            image, images[:9]
        ),
    },
    "assign_sparingly": {
        "from 20 of the 20 centroids at the same time": [naive, at_a_time(20)],
        "from 2 of the 20 centroids": [at_a_time(2), at_a_time(2, np.float32)],
        "from 10 of the 20 centroids": at_a_time(10),
        "from several of the 20 centroids": lambda images, centroids: np.argmin(
            [
                (each**2).sum(axis=1)
                for each in list(np.asarray(images) - np.asarray(centroids)[:, None])
            ],
            axis=0,
        ),
        "that differ in their fractions only": [
            lambda images, centroids: image_by_image(images.astype(int), centroids.astype(int)),
            lambda images, centroids: image_by_image(images, np.rint(centroids)),
        ],
        "in bytes 3 - 5 is 254": lambda images, centroids: np.argmin(
            [((images - each) ** 2).sum(axis=1) for each in centroids.astype(np.uint8)], axis=0
        ),
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
        "means that have lost their fractions": [
            read_with(mean_dtype=np.uint8),
            read_with(np.uint8, np.uint8, in_bytes),
            lambda images, labels, new_images: read(new_images, np.rint(means(images, labels))),
        ],
        "bytes have overflowed": read_with(np.uint8, measure=by_products_in_bytes),
        "the sums of absolute differences decide": read_with(measure=absolute),
        "the largest products decide": lambda images, labels, new_images: (
            new_images @ np.transpose(means(images, labels))
        ).argmax(axis=1),
        "the labels of the known images": lambda images, labels, new_images: labels[:200],
        "(made-up) are not read by the nearest mean. Hint": lambda images, labels, new_images: read(
            new_images, means(images, labels, range(9))
        ),
    },
    "forgiving_distance": {
        "moved up or down by 3 and sideways by 0": min_of(range(-2, 4), TWO),
        "moved up or down by 0 and sideways by 3": min_of(TWO, range(-3, 3)),
        "these are sums of differences": lambda image, other: min(
            np.abs(image - np.roll(other, 28 * down + right).astype(float)).sum()
            for down in TWO
            for right in TWO
        ),
        "*not a number*": min_of(TWO, TWO, np.int16),
        "it is the root of a mean": lambda image, other: (
            min(distances(image, other, TWO, TWO)) / 28
        ),
        "Have you tried it without moving": lambda image, other: min(
            distances(image, other, (-2, -1, 1, 2), (-2, -1, 1, 2))
        ),
        "It is moved up or down by 2 and sideways by 0": lambda image, other: min(
            distances(image, other, range(-1, 2), range(-1, 2))
        ),
        "up or down by 1 and sideways by 0": lambda image, other: min(
            distances(image, other, [0], TWO)
        ),
        "up or down by 1 and sideways by 1": lambda image, other: min(
            *distances(image, other, [0], TWO), *distances(image, other, TWO, [0])
        ),
        "from it, not at 0. Hint: It is moved up or down by 2": [
            min_of(range(-2, 2), TWO),
            min_of(range(-1, 3), TWO),
        ],
        "It is moved up or down by 0 and sideways by 2": min_of(TWO, range(-2, 2)),
        "It is moved up or down by 2 and sideways by 2": lambda image, other: min(
            np.ravel(distances(image, other, TWO, TWO))[
                [i for i in range(25) if i not in (0, 4, 20, 24)]
            ]
        ),
        "the result has the shape (25,)": lambda image, other: distances(image, other, TWO, TWO),
        "these are squared distances": lambda image, other: (
            min(distances(image, other, TWO, TWO)) ** 2
        ),
        "in bytes 3 - 5 is 254": lambda image, other: min(
            distances(image, other, TWO, TWO, np.uint8)
        ),
        "moves the image too far": lambda image, other: min(distances(image, other, THREE, THREE)),
        "copies are right, but": [
            lambda image, other: min(distances(image, other, TWO, TWO)) / 255,
            forgiving_step_by_step,
            forgiving_without_margin,
        ],
    },
}
