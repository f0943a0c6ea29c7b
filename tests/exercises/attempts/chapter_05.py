"""What learners might write in the exercises of chapter 5."""

import collections
import itertools

import numpy as np


def shares_by_loop(confusion, digit):
    rows = confusion.tolist()
    read, written = sum(rows[digit]), sum(row[digit] for row in rows)
    return [rows[digit][digit] / total if total else 0 for total in (read, written)]


def shares_of_all(confusion):
    return np.divide(confusion, confusion.sum(axis=1, keepdims=True).clip(1))


def shares_by_table(confusion, digit):
    precisions, recalls = shares_of_all(confusion), shares_of_all(confusion.T)
    return np.array([precisions[digit, digit], recalls[digit, digit]], dtype=np.float32)


def purity_by_counter(labels, assignments, k):
    members = collections.defaultdict(collections.Counter)
    for label, cluster in zip(labels.tolist(), assignments.tolist(), strict=True):
        members[cluster][label] += 1
    shares = [max(found.values()) / found.total() for found in members.values()]
    return sum(shares) / len(shares)


def table_of(labels, assignments, k):
    return np.array([np.bincount(labels[assignments == c], minlength=10) for c in range(k)])


def purity_by_nanmean(labels, assignments, k):
    counts = table_of(labels, assignments, k)
    return np.nanmean(counts.max(axis=1) / counts.sum(axis=1))


def cluster_shares(labels, assignments, k, nothing=0.0):
    counts = table_of(labels, assignments, k)
    sizes = counts.sum(axis=1)
    return np.where(sizes > 0, counts.max(axis=1) / sizes.clip(1), nothing)


def purity_of_ten(labels, assignments, k):
    groups = [labels[assignments == cluster] for cluster in range(10)]
    return np.mean([np.bincount(group).max() / len(group) for group in groups if len(group)])


def off_diagonal(confusion):
    return np.where(np.eye(10, dtype=bool), 0, confusion)


def place(table):
    return divmod(int(table.argmax()), 10)


def pair_by_loop(confusion):
    pairs = itertools.combinations(range(10), 2)
    return max(pairs, key=lambda pair: confusion[pair] + confusion[pair[::-1]])


def pair_by_triangle(confusion):
    return np.array(place(np.triu(confusion + confusion.T, 1)))[::-1]


def both(table):
    return table + table.T


def least_pair(confusion):
    pairs = itertools.combinations(range(10), 2)
    return min(pairs, key=lambda pair: confusion[pair] + confusion[pair[::-1]])


def norms(images):
    return np.linalg.norm(images.astype(np.float64), axis=1, keepdims=True)


def lengths_by_loop(images):
    images = images.astype(np.float32)
    return [image / np.sqrt(image @ image) if image.any() else image for image in images]


RIGHT = {
    "precision_and_recall": [
        shares_by_loop,
        shares_by_table,
        lambda confusion, digit: np.round(shares_by_loop(confusion, digit), 3),
        lambda confusion, digit: tuple(
            confusion[digit, digit] / max(confusion.sum(axis=axis)[digit], 1) for axis in (1, 0)
        ),
    ],
    "mean_purity": [
        purity_by_counter,
        purity_by_nanmean,
        lambda labels, assignments, k: np.float32(
            np.mean([share for share in cluster_shares(labels, assignments, k) if share])
        ),
        lambda labels, assignments, k: np.average(
            cluster_shares(labels, assignments, k), weights=np.isin(range(k), assignments)
        ),
    ],
    "most_confused": [
        pair_by_loop,
        pair_by_triangle,
        lambda confusion: set(pair_by_loop(confusion)),
        lambda confusion: frozenset(pair_by_loop(confusion)),
        lambda confusion: [float(digit) for digit in pair_by_loop(confusion.astype(np.int16))],
    ],
    "equal_lengths": [
        lengths_by_loop,
        lambda images: images / norms(images).clip(1),
        lambda images: np.nan_to_num(images / norms(images)),
        lambda images: (images / norms(images).clip(1)).tolist(),
        lambda images: (images / (norms(images) + 1e-12)).astype(np.float32),
    ],
}

# What the check says of a wrong attempt, and the attempt.
WRONG = {
    "precision_and_recall": {
        "one number comes back": lambda confusion, digit: confusion[digit, digit] / 90,
        "it should be (2,)": [
            lambda confusion, digit: shares_of_all(confusion),
            lambda confusion, digit: (
                shares_by_table(confusion, digit) if confusion[digit].any() else 0
            ),
        ],
        "the two are swapped": lambda confusion, digit: shares_by_table(confusion, digit)[::-1],
        "shares of all digits": lambda confusion, digit: (
            [confusion[digit, digit] / confusion.sum()] * 2
        ),
        "shares in percent": lambda confusion, digit: 100 * shares_by_table(confusion, digit),
        "the shares that are wrong": lambda confusion, digit: 1 - shares_by_table(confusion, digit),
        "these are counts": lambda confusion, digit: [confusion[digit, digit]] * 2,
        "the right ones are left out": lambda confusion, digit: (
            confusion[digit, digit] / max(confusion[digit].sum() - confusion[digit, digit], 1),
            confusion[digit, digit] / (confusion[:, digit].sum() - confusion[digit, digit]),
        ),
        "both are 0. Hint: `//`": lambda confusion, digit: (
            confusion[digit, digit] // max(confusion[digit].sum(), 1),
            confusion[digit, digit] // confusion[:, digit].sum(),
        ),
        "and the recall 0.1688, which should be 0.2111": lambda confusion, digit: shares_by_table(
            confusion, digit
        )[[0, 0]],
        "precision 0.2, which should be 0.1688": lambda confusion, digit: np.round(
            shares_by_table(confusion, digit), 1
        ),
        "the digit 2 gets the precision": lambda confusion, digit: (
            confusion[digit, digit] / confusion[digit, digit + 1],
            confusion[digit, digit] / confusion[digit - 1, digit],
        ),
        "*not a number*": lambda confusion, digit: (
            confusion[digit, digit] / confusion[digit].sum(),
            confusion[digit, digit] / confusion[:, digit].sum(),
        ),
        "both should be 0": lambda confusion, digit: (
            shares_by_table(confusion, digit) if confusion[digit].any() else [1, 0]
        ),
    },
    "mean_purity": {
        "one number for each cluster": cluster_shares,
        "it should be ()": lambda labels, assignments, k: table_of(labels, assignments, k),
        "large clusters count more": lambda labels, assignments, k: (
            table_of(labels, assignments, k).max(axis=1).sum() / len(labels)
        ),
        "how pure the digits are": lambda labels, assignments, k: purity_by_counter(
            assignments, labels, 10
        ),
        "make the mean smaller": lambda *given: cluster_shares(*given).mean(),
        "make the mean larger": lambda *given: cluster_shares(*given, nothing=1).mean(),
        "in percent": lambda *given: 100 * purity_by_counter(*given),
        "what is missing to purity": lambda *given: 1 - purity_by_counter(*given),
        "the median of the shares": lambda *given: np.median(
            [share for share in cluster_shares(*given) if share]
        ),
        "5, 5, 5, 5] of 7 have the mean purity": [
            lambda labels, assignments, k: np.mean(
                [
                    np.mean(labels[assignments == c] == labels[assignments == c][0])
                    for c in np.unique(assignments)[1:]
                ]
            ),
            lambda labels, assignments, k: np.mean(
                [1 / len(set(labels[assignments == c])) for c in set(assignments)]
            ),
        ],
        "*not a number*": lambda *given: cluster_shares(*given, nothing=np.nan).mean(),
        "300 labels in random clusters, k = 13, have the mean purity": purity_of_ten,
    },
    "most_confused": {
        "one number comes back": lambda confusion: off_diagonal(confusion + confusion.T).argmax(),
        "it should be (2,)": lambda confusion: off_diagonal(confusion),
        "the same digit twice": place,
        "97 times in one way and 0 in the other, together 97": [
            lambda confusion: place(off_diagonal(confusion)),
        ],
        "0 times in one way and 97 in the other, together 97": [
            lambda confusion: place(np.abs(confusion - confusion.T)),
            lambda confusion: place(off_diagonal(np.maximum(confusion, confusion.T))),
        ],
        "48 in the other, together 97": [
            lambda confusion: place(off_diagonal(confusion * confusion.T)),
            lambda confusion: place(off_diagonal(np.minimum(confusion, confusion.T))),
            lambda confusion: place(off_diagonal(np.sqrt(confusion) + np.sqrt(confusion.T))),
        ],
        "or one way alone lead elsewhere": [
            lambda confusion: confusion.sum(axis=0).argsort()[-2:],
            lambda confusion: confusion.diagonal().argsort()[-2:],
            lambda confusion: place(off_diagonal(confusion / confusion.sum(axis=0))),
            lambda confusion: place(off_diagonal(both(confusion / confusion.sum(axis=0)))),
            lambda confusion: place(off_diagonal(both(confusion / confusion.sum(axis=1)))),
            lambda confusion: place(off_diagonal(both(shares_of_all(confusion)))),
            lambda confusion: off_diagonal(both(confusion)).sum(axis=0).argsort()[-2:],
        ],
        "are taken for each other 495 times": lambda confusion: place(
            off_diagonal(both(confusion)).astype(np.uint8)
        ),
        "the pair confused least": least_pair,
        "are not two digits": lambda confusion: np.add(pair_by_loop(confusion), 7.5),
        "are taken for each other 99 times": lambda confusion: (0, 1),
    },
    "equal_lengths": {
        "it should be (5, 784)": lambda images: images.reshape(-1, 28, 28),
        "add up to 1": lambda images: images / images.sum(axis=1, keepdims=True).clip(1),
        "the darkest pixel is 1": lambda images: images / images.max(axis=1, keepdims=True).clip(1),
        "the square of the length": lambda images: images / norms(images).clip(1) ** 2,
        "the squares have overflowed": lambda images: (
            images / np.sqrt((images**2).sum(axis=1, keepdims=True)).clip(1)
        ),
        "What is the dtype of your squares": lambda images: (
            images
            / np.sqrt(np.abs((images.astype(np.int16) ** 2).sum(axis=1, keepdims=True))).clip(1)
        ),
        "they are too short": lambda images: images / (norms(images) + 1),
        "the lengths of made-up images are right": lambda images: np.roll(
            images / norms(images).clip(1), 1, axis=1
        ),
        "divided by the same number": lambda images: images / np.linalg.norm(images * 1.0),
        "each pixel is divided": lambda images: images / np.linalg.norm(images * 1.0, axis=0),
        "all numbers are 0 or 1": lambda images: np.rint(images / norms(images).clip(1)),
        "*not a number*": lambda images: images / norms(images),
        "no longer blank": lambda images: np.nan_to_num(images / norms(images), nan=1 / 28),
        "All should be 1, that of the blank one 0": lambda images: images / 255 / 9,
        "real digits are not": lambda images: images / norms(images).clip(1) * (len(images) == 5),
    },
}
