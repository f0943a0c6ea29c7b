"""What learners might write in the exercises of chapter 1."""

import struct

import numpy as np


def means_by_loop(images, labels):
    sums, counts = [[0.0] * 784 for _ in range(10)], [0] * 10
    for image, label in zip(images.tolist(), labels.tolist(), strict=True):
        counts[label] += 1
        sums[label] = [total + pixel for total, pixel in zip(sums[label], image, strict=True)]
    return [[total / count for total in row] for row, count in zip(sums, counts, strict=True)]


def means_by_table(images, labels):
    members = np.equal.outer(np.arange(10), labels).astype(np.float32)
    return members @ images.astype(np.float32) / members.sum(axis=1, keepdims=True)


def means_as_pictures(images, labels):
    return np.stack([images[labels == d].reshape(-1, 28, 28).mean(0) for d in range(10)])


def means(images, labels, digits=range(10)):
    return np.array([images[labels == digit].mean(axis=0) for digit in digits])


def byte_sums(images, labels):
    counts = np.bincount(labels)
    return [images[labels == d].sum(axis=0, dtype=np.uint8) / counts[d] for d in range(10)]


def holdout_by_sorting(images, labels, seed):
    order = np.argsort(np.random.RandomState(seed).rand(len(images)))
    return [part[rows] for rows in (order[10:], order[:10]) for part in (images, labels)]


def holdout_by_mask(images, labels, seed):
    import random

    chosen = random.Random(seed).sample(range(len(images)), len(images) // 4)
    mask = np.zeros(len(images), dtype=bool)
    mask[chosen] = True
    return images[~mask].tolist(), labels[~mask].tolist(), images[mask], labels[mask]


def split(images, labels, validation, training):
    return images[training], labels[training], images[validation], labels[validation]


def permuted(images, seed):
    return np.random.default_rng(seed).permutation(len(images))


def large_validation(images, labels, seed):
    rows = permuted(images, seed)
    return split(images, labels, rows[10:], rows[:10])


def overlapping(images, labels, seed):
    rows = permuted(images, seed)
    return split(images, labels, rows[:10], rows[5:35])


def drawn_twice(images, labels, seed):
    rows = np.random.default_rng(seed).choice(20, 40)
    rows[:10] = np.random.default_rng(seed).choice(np.arange(20, 40), 10)
    return split(images, labels, rows[:10], rows[10:])


def shuffled_apart(images, labels, seed):
    random = np.random.default_rng(seed)
    images, labels = random.permutation(images), random.permutation(labels)
    return split(images, labels, slice(10), slice(10, None))


def another_order(images, labels, seed):
    rows = permuted(images, seed)
    return images[rows[10:]], images[rows[:10]], labels[rows[10:]], labels[rows[:10]]


def shuffled_in_place(images, labels, seed):
    np.random.default_rng(seed).shuffle(images)
    np.random.default_rng(seed).shuffle(labels)
    return split(images, labels, slice(10), slice(10, None))


def first_quarter(images, labels, seed):
    return split(images, labels, slice(10), slice(10, None))


def without_seed(images, labels, seed):
    return split(images, labels, *np.split(permuted(images, None), [10]))


def half(images, labels, seed):
    return split(images, labels, *np.split(permuted(images, seed), [20]))


def sizes(content, start=4, count=None, order=">"):
    count = content[3] if count is None else count
    return struct.unpack(f"{order}{count}I", content[start : start + 4 * count])


RIGHT = {
    "ink_share": [
        lambda images: [np.count_nonzero(image) / 784 for image in images],
        lambda images: (np.sign(images).sum(axis=1) / 784).astype(np.float32),
        lambda images: 1 - (images == 0).sum(axis=-1) / images.shape[1],
    ],
    "mean_images": [means_by_loop, means_by_table, means_as_pictures],
    "random_holdout": [holdout_by_sorting, holdout_by_mask],
    "header_shape": [
        sizes,
        lambda content: np.frombuffer(content, ">u4", content[3], offset=4),
        lambda content: [
            sum(content[4 * i + j] * 256 ** (3 - j) for j in range(4))
            for i in range(1, 1 + content[3])
        ],
    ],
}

# What the check says of a wrong attempt, and the attempt.
WRONG = {
    "ink_share": {
        "one number for all the images": lambda images: (images > 0).mean(),
        "784 numbers, one for each pixel": lambda images: (images > 0).mean(axis=0),
        "the shape (4, 1), it should be (4,)": lambda images: (images > 0).mean(1, keepdims=True),
        "numbers of pixels": lambda images: (images > 0).sum(axis=1),
        "in percent": lambda images: 100 * (images > 0).mean(axis=1),
        "share of the blank pixels": lambda images: (images == 0).mean(axis=1),
        "faint pixels count for less": lambda images: images.mean(axis=1) / 255,
        "and one with a single dot come out wrong": lambda images: (images > 127).mean(axis=1),
        "the real digits are not": lambda images: (
            (images > 0).mean(axis=1) if len(images) < 9 else images.mean(axis=1)
        ),
        "cannot be made into one array": lambda images: ["a lot"] * len(images),
    },
    "mean_images": {
        "one number for an image": lambda images, labels: images.mean(axis=1),
        "one image for all the digits": lambda images, labels: images.mean(axis=0),
        "rows and columns are swapped": lambda images, labels: means(images, labels).T,
        "should be (10, 784)": lambda images, labels: means(images, labels)[1:],
        "all are the same": lambda images, labels: [images.mean(axis=0)] * 10,
        "in another order": lambda images, labels: means(images, labels, dict.fromkeys(labels)),
        "these are sums": lambda images, labels: [
            images[labels == d].sum(axis=0) for d in range(10)
        ],
        "have overflowed": byte_sums,
        "are whole numbers": lambda images, labels: means(images, labels).astype(np.uint8),
        "not the means of each digit": lambda images, labels: [
            np.median(images[labels == d], axis=0) for d in range(10)
        ],
        "*not a number*": lambda images, labels: means(images, labels, range(1, 11)),
        "the real digits are not": lambda images, labels: means(images[:60], labels[:60]),
    },
    "random_holdout": {
        "four arrays should come back": lambda images, labels, seed: (images, labels),
        "the validation part is the larger one": large_validation,
        "20 for training and 20 for validation": half,
        "some digits are in both parts": overlapping,
        "some digits are there twice": drawn_twice,
        "have lost their labels": shuffled_apart,
        "the four arrays have the shapes": another_order,
        "changes an array that it was given": shuffled_in_place,
        "all seeds give the same split": first_quarter,
        "one seed gives two different splits": without_seed,
    },
    "header_shape": {
        "not a row of whole numbers": lambda content: content[3],
        "the sizes are enormous": lambda content: sizes(content, order="<"),
        "A byte by itself ends at 255": lambda content: [
            content[4 * i + 3] for i in range(1, 1 + content[3])
        ],
        "The first four bytes are no size": lambda content: sizes(content, start=0),
        "3 sizes come back for an array of 1": lambda content: sizes(content, count=3),
        "is read as (20, 28, 70)": lambda content: sizes(content)[::-1],
    },
}
