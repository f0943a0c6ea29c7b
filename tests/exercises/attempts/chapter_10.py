"""What learners might write in the exercises of chapter 10."""

import itertools

import numpy as np


def count_by_loop(deviations, share):
    variances = [deviation**2 for deviation in deviations.tolist()]
    kept = count = 0
    while kept / sum(variances) < share:
        kept += variances[count]
        count += 1
    return count


def kept(deviations):
    return np.cumsum(deviations**2) / np.sum(deviations**2)


def cells(images):
    return images.reshape(-1, 7, 4, 7, 4).transpose(0, 1, 3, 2, 4).reshape(-1, 7, 7, 16)


def means_by_loop(images):
    pictures = images.reshape(-1, 28, 28)
    starts = [(row, column) for row in range(0, 28, 4) for column in range(0, 28, 4)]
    return np.stack(
        [pictures[:, row : row + 4, column : column + 4].mean((1, 2)) for row, column in starts], 1
    )


def means_by_product(images):
    average = np.kron(np.eye(7), np.full((1, 4), 0.25))
    return (average @ images.reshape(-1, 28, 28) @ average.T).astype(np.float32)


def slant_by_cov(images):
    row, column = np.indices((28, 28)).reshape(2, -1)
    return [
        (lambda cov: cov[0, 1] / cov[0, 0])(np.cov(row, column, aweights=image)) for image in images
    ]


def slant_by_fit(images):
    row, column = np.indices((28, 28)).reshape(2, -1)
    return [np.polyfit(row, column, 1, w=np.sqrt(image / 255))[0] for image in images]


def sums(images):
    """Covariance, variance of the rows and of the columns, by sums of products."""
    pixels = images.reshape(-1, 28, 28).astype(np.float64)
    place, ink = np.arange(28), pixels.sum(axis=(1, 2))
    rows, columns = pixels.sum(axis=2), pixels.sum(axis=1)
    row, column = rows @ place / ink, columns @ place / ink
    return (
        (pixels @ place) @ place / ink - row * column,
        rows @ place**2 / ink - row**2,
        columns @ place**2 / ink - column**2,
    )


def slant_by_sums(images):
    covariance, row_variance, _ = sums(images)
    return (covariance / row_variance).astype(np.float32)


def slant_from_corner(images):
    pixels, place = images.reshape(-1, 28, 28).astype(np.float64), np.arange(28)
    return (pixels @ place) @ place / (pixels.sum(axis=2) @ place**2)


def best_by_search(table):
    table = table.tolist()

    def best(row, free):
        if row == len(table):
            return 0, []
        options = []
        for column in free:
            total, columns = best(row + 1, free - {column})
            options.append((total + table[row][column], [column, *columns]))
        return max(options)

    return best(0, frozenset(range(len(table))))[1]


def orders(table):
    return list(itertools.permutations(range(len(table))))


def total(table, columns):
    return sum(table[row, column] for row, column in enumerate(columns))


def best_by_total(table):
    return np.array(max(orders(table), key=lambda columns: total(table, columns)))


def row_by_row(table):
    left, found = table.astype(float), []
    for row in range(len(table)):
        found.append(int(left[row].argmax()))
        left[:, found[-1]] = -1
    return found


def largest_first(table):
    left, found = table.astype(float), np.zeros(len(table))
    for _ in table:
        row, column = np.unravel_index(left.argmax(), left.shape)
        found[row] = column
        left[row], left[:, column] = -1, -1
    return found


RIGHT = {
    "components_for": [
        count_by_loop,
        lambda deviations, share: np.searchsorted(kept(deviations), share) + 1,
        lambda deviations, share: int((kept(deviations) >= share).argmax()) + 1,
        lambda deviations, share: float(1 + sum(part < share for part in kept(deviations))),
    ],
    "cell_means": [
        means_by_loop,
        means_by_product,
        lambda images: cells(images).sum(axis=3).reshape(-1, 49) / 16.0,
        lambda images: cells(images).mean(axis=3),
    ],
    "slants": [
        slant_by_cov,
        slant_by_fit,
        slant_by_sums,
        lambda images: np.round(slant_by_sums(images), 3).tolist(),
    ],
    "one_to_one": [
        best_by_search,
        best_by_total,
        lambda table: best_by_total(table).astype(np.float32),
        lambda table: best_by_total(table.max() - (table.max() - table)).tolist(),
    ],
}

# What the check says of a wrong attempt, and the attempt.
WRONG = {
    "components_for": {
        "One number is asked for": [
            lambda deviations, share: kept(deviations) < share,
            lambda deviations, share: [count_by_loop(deviations, share)],
        ],
        "of the standard deviations": lambda deviations, share: count_by_loop(
            np.sqrt(deviations), share
        ),
        "one too few": lambda deviations, share: (kept(deviations) >= share).argmax(),
        "one too many": lambda deviations, share: (
            np.searchsorted(kept(deviations), share, side="right") + 1
        ),
        "it is a share": lambda deviations, share: kept(deviations)[
            count_by_loop(deviations, share) - 1
        ],
        "the ones left out": lambda deviations, share: (
            len(deviations) - count_by_loop(deviations, share)
        ),
        "components, 12 should be enough for 60%": lambda deviations, share: round(
            share * len(deviations)
        ),
        "should be enough for 60%. Hint": [
            lambda deviations, share: count_by_loop(deviations[::-1], share),
            lambda deviations, share: count_by_loop(deviations**2, share),
            lambda deviations, share: count_by_loop(deviations, share**2),
        ],
        "should be enough for 60%": lambda deviations, share: len(deviations),
    },
    "cell_means": {
        "there are 16 cells": lambda images: (
            images.reshape(-1, 4, 7, 4, 7).mean(axis=(2, 4)).reshape(-1, 16)
        ),
        "it should be (6, 49)": lambda images: cells(images),
        "of 16 pixels of one row": lambda images: images.reshape(-1, 49, 16).mean(axis=2),
        "column by column": lambda images: cells(images).mean(axis=3).swapaxes(1, 2),
        "these are sums": lambda images: cells(images).sum(axis=3),
        "only one pixel of each cell": lambda images: images.reshape(-1, 28, 28)[:, ::4, ::4],
        "the darkest pixels": lambda images: cells(images).max(axis=3),
        "these are medians": lambda images: np.median(cells(images), axis=3),
        "the sums have overflowed": lambda images: cells(images).sum(axis=3, dtype=np.uint8) / 16,
        "whole numbers": lambda images: cells(images).mean(axis=3).astype(np.uint8),
        "random images have other means": lambda images: cells(images).mean(axis=3) / 255,
    },
    "slants": {
        "one number comes back": lambda images: np.mean(slant_by_sums(images)),
        "it should be (3,)": lambda images: images[:, 0] * 1.0 @ np.ones((3, 4)),
        "left and right are swapped": lambda images: -slant_by_sums(images),
        "these are angles": lambda images: np.arctan(slant_by_sums(images)),
        "faint pixels count as much": lambda images: slant_by_sums(images > 0),
        "rows and columns are swapped": lambda images: (
            sums(images)[0] / np.maximum(sums(images)[2], 1e-9)
        ),
        "it is a correlation": lambda images: (
            sums(images)[0] / np.sqrt(np.maximum(sums(images)[1] * sums(images)[2], 1e-9))
        ),
        "it is the covariance": lambda images: sums(images)[0],
        "from the middle of the ink": slant_from_corner,
        "get wrong slants": lambda images: np.ones(len(images)),
        "The variance of which is below": lambda images: sums(images)[0] / sums(images)[2],
        "correlation. Hint: Divide": lambda images: (
            sums(images)[0] / np.sqrt(sums(images)[1] * sums(images)[2])
        ),
        "Number 1 is": [
            lambda images: sums(images)[0] / np.sqrt(sums(images)[1]),
        ],
        "Number 0 is 0.01": lambda images: slant_by_sums(images) + 0.01,
        "real digits get wrong slants": lambda images: (
            slant_by_sums(images) if len(images) == 3 else np.round(slant_by_sums(images), 2)
        ),
    },
    "one_to_one": {
        "it is the greatest sum of shares": lambda table: best_by_total(
            table / table.sum(axis=1, keepdims=True)
        ),
        "not of shares or products": [
            lambda table: best_by_total(table / table.sum(axis=0)),
            lambda table: best_by_total(np.log(np.maximum(table, 1e-9))),
        ],
        "are matched, and": lambda table: max(
            orders(table), key=lambda columns: min(table[row, c] for row, c in enumerate(columns))
        ),
        "one number comes back": lambda table: total(table, best_by_total(table)),
        "the result has the shape (3, 3), it should be (3,)": [
            lambda table: table,
            lambda table: np.eye(len(table))[best_by_total(table)],
        ],
        "the result has the shape (2, 3)": lambda table: (range(len(table)), best_by_total(table)),
        "no columns of the table": lambda table: best_by_total(table) + 1,
        "some digit has two clusters": lambda table: table.argmax(axis=1),
        "clusters and digits are swapped": lambda table: best_by_total(table).argsort(),
        "it is the worst": lambda table: best_by_total(-table),
        "each row takes the best that is left": row_by_row,
        "the largest count of all": largest_first,
        "105 are matched, and 195 could be": lambda table: np.roll(range(len(table)), 1),
    },
}
