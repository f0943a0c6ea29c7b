"""Self-checks for the exercises of chapter 5: two shares, purity by hand, mix-ups, equal lengths."""

import numpy as np

from mnist_kmeans.exercises.checking import (
    NotYet,
    as_numbers,
    chance,
    equal,
    expect,
    expect_shape,
    self_check,
    some_digits,
)


@self_check
def check_precision_and_recall(precision_and_recall):
    """A random confusion matrix without a single digit read as five."""
    counts = chance(3).integers(1, 90, (10, 10))
    counts[5] = 0
    for digit in (2, 7, 0):
        found = as_numbers(precision_and_recall(counts, digit))
        if found.shape == ():
            raise NotYet("one number comes back.", "Two are asked for: `return one, other`.")
        expect_shape(found, (2,))
        right, read, written = counts[digit, digit], counts[digit].sum(), counts[:, digit].sum()
        true = np.array([right / read, right / written])
        mistakes = [
            (
                true[::-1],
                "the two are swapped.",
                "What does a row of the matrix hold, digits read alike or digits written alike?",
            ),
            (
                np.full(2, right / counts.sum()),
                "these are shares of all digits.",
                "Precision looks at those read as this digit only, recall at those that are it.",
            ),
            (100 * true, "these are shares in percent.", "The task asks for 0 to 1."),
            (
                1 - true,
                "these are the shares that are wrong.",
                "Which entry counts the right ones?",
            ),
            ([right, right], "these are counts.", "A share is a part divided by a whole."),
        ]
        mistakes += [
            (
                right / np.array([read - right, written - right]),
                "the right ones are left out of the whole.",
                "All that are read as this digit, the right ones included, are the whole.",
            ),
            (np.floor(true), "both are 0.", "`//` cuts the fraction off, `/` keeps it."),
        ]
        if np.array_equal(found, true.round(3)):
            continue
        names = ("precision", "recall")
        told = [
            f"{name} {value:.4g}"
            + ("" if equal(value, truly) else f", which should be {truly:.4g}")
            for name, value, truly in zip(names, found, true, strict=True)
        ]
        what = f"the digit {digit} gets the {told[0]}, and the {told[1]}."
        hint = (
            f"Its row adds up to {read}, its column to {written}, where they meet is {right}. "
            "The chapter says which of them holds the digits that are read as it."
        )
        expect(found, true, what, mistakes, hint)
    yield "precision and recall of three digits are right."
    found = as_numbers(precision_and_recall(counts, 5))
    expect(found, [0, 0], "no digit is read as five here, so both should be 0.")
    yield "so are those of a digit that never comes out."


@self_check
def check_mean_purity(mean_purity):
    """Random clusters of many sizes, some of them empty, fewer and more than ten."""
    labels = np.array([3, 3, 5, 7, 1, 1, 1, 7, 2, 2, 4, 4], dtype=np.uint8)
    assignments = np.array([0, 0, 0, 2, 2, 2, 2, 4, 5, 5, 5, 5])
    found = as_numbers(mean_purity(labels, assignments, 7))
    told = f"labels {labels.tolist()} in clusters {assignments.tolist()} of 7"
    expect_purity(found, labels, assignments, 7, told)
    source = chance(6)
    for k, empty in [(4, []), (7, [4, 6]), (13, [0])]:
        labels = source.integers(0, 10, 300, dtype=np.uint8)
        chances = np.arange(1.0, k + 1) ** 2
        chances[empty] = 0
        assignments = source.choice(k, 300, p=chances / chances.sum())
        found = as_numbers(mean_purity(labels, assignments, k))
        expect_purity(found, labels, assignments, k, f"300 labels in random clusters, k = {k},")
        if not empty:
            yield "four clusters of different sizes have the right mean purity."
    yield "so have clusters some of which are empty, and more than ten of them."


def expect_purity(found, labels, assignments, k, told):
    """Raise NotYet unless this is the mean cluster purity; `told` says of which clusters."""
    table = np.zeros((k, 10))
    np.add.at(table, (assignments, labels), 1)
    full = table[table.any(axis=1)]
    commonest = full.max(axis=1)
    shares = commonest / full.sum(axis=1)
    columns = table[:, table.any(axis=0)]
    other_way = (columns.max(axis=0) / columns.sum(axis=0)).mean()
    if found.shape in {(k,), shares.shape}:
        raise NotYet("there is one number for each cluster.", "What is their plain mean?")
    expect_shape(found, ())
    mistakes = [
        (
            commonest.sum() / len(labels),
            "large clusters count more than small ones.",
            "That is the other purity. Take the share of each cluster first, then the mean.",
        ),
        (
            other_way,
            "it says how pure the digits are, not the clusters.",
            "Are labels and assignments swapped? Or is it the axis?",
        ),
        (
            shares.sum() / k,
            "empty clusters make the mean smaller.",
            "A cluster without members has no purity, not purity 0. Leave it out.",
        ),
        (
            (shares.sum() + k - len(full)) / k,
            "empty clusters make the mean larger.",
            "A cluster without members is not pure, either. Leave it out.",
        ),
        (100 * shares.mean(), "it is in percent.", "The task asks for 0 to 1."),
        (1 - shares.mean(), "it is what is missing to purity.", "Which members count?"),
        (np.median(shares), "it is the median of the shares.", "The task asks for their mean."),
    ]
    what = f"{told} have the mean purity {found:.4g}, and should have {shares.mean():.4g}."
    hint = "The purity of a cluster is the share of its commonest label."
    expect(found, shares.mean(), what, mistakes, hint)


@self_check
def check_most_confused(most_confused):
    """Random matrices: one direction alone leads to another pair."""
    source = chance(8)
    for number in range(20):
        counts = source.integers(0, 45, (10, 10))
        digits = source.permutation(10)[:7].tolist()
        one, other, third, fourth, fifth, sixth, seventh = digits
        counts[np.diag_indices(10)] += source.integers(100, 300, 10)
        counts[one, one] = counts[other, other] = 2000  # shares of rows or columns are small
        counts[one, other], counts[other, one] = 95, 4  # together the most, a small product
        counts[seventh, seventh] = 3000  # the commonest of all
        counts[third, fourth], counts[fourth, third] = 97, 0  # the most in one way
        counts[fifth, sixth], counts[sixth, fifth] = 48, 49  # the largest product
        counts *= 1 + 4 * (number % 2)  # half of the tables are too large for a byte
        found = most_confused(counts)
        found = as_numbers(list(found) if isinstance(found, (set, frozenset)) else found)
        if found.shape == ():
            raise NotYet(
                "one number comes back.",
                "Two digits are asked for. A place in the whole table has a row and a column.",
            )
        expect_shape(found, (2,))
        if not np.isin(found, range(10)).all():
            raise NotYet("what comes back are not two digits.", "They go from 0 to 9.")
        a, b = (int(digit) for digit in found)
        if a == b:
            raise NotYet("it is the same digit twice.", "A digit taken for itself is no mistake.")
        if {a, b} == {one, other}:
            if number == 0:
                yield "it finds the pair in an invented table."
            continue
        both = counts + counts.T
        told = (
            f"it finds {a} and {b}, {counts[a, b]} times in one way and {counts[b, a]} in the "
            f"other, together {both[a, b]}; {one} and {other} are taken for each other "
            f"{both[one, other]} times."
        )
        np.fill_diagonal(both, both.max())
        hint = (
            "Add up both counts, fours read as nine and nines read as four. Shares, products, or "
            "one way alone lead elsewhere."
        )
        if both[a, b] == both.min():
            hint = "It is the pair confused least. Where is the largest number?"
        raise NotYet(told, hint)
    yield "it finds it in twenty of them."


@self_check
def check_equal_lengths(equal_lengths):
    """Random images, one of them blank, and real digits."""
    images = chance(4).integers(0, 256, (5, 784), dtype=np.uint8)
    images[1] //= 9
    images[3] = 0
    images[4] = 0
    images[4, 7] = 3
    numbers = images.astype(np.float64)
    squares, sums, largest = (numbers**2).sum(axis=1), numbers.sum(axis=1), numbers.max(axis=1)
    found = as_numbers(equal_lengths(images))
    expect_shape(found, (5, 784))
    overflow = "A pixel is one byte, and in bytes 16 * 16 is 0. What is the dtype of your squares?"
    byte_squares = (images**2).sum(axis=1)
    short_squares = np.abs((images.astype(np.int16) ** 2).sum(axis=1))
    mistakes = [
        (scaled(numbers, sums), "the pixels of an image add up to 1.", "A length adds up squares."),
        (scaled(numbers, largest), "the darkest pixel is 1.", "A length adds up squares."),
        (scaled(numbers, squares), "it divides by the square of the length.", "And the root?"),
        (scaled(numbers, np.sqrt(byte_squares)), "the squares have overflowed.", overflow),
        (scaled(numbers, np.sqrt(short_squares)), "the squares have overflowed.", overflow),
        (scaled(numbers, np.sqrt(squares) + 1), "they are too short.", "Is something added?"),
        (
            numbers / np.linalg.norm(numbers),
            "all images are divided by the same number.",
            "Each image has a length of its own. Mind the axis.",
        ),
        (
            numbers / np.linalg.norm(numbers, axis=0),
            "each pixel is divided by its own number.",
            "The axis: axis 1 runs over the pixels of an image.",
        ),
    ]
    if np.isin(found, (0, 1)).all():
        raise NotYet("all numbers are 0 or 1.", "Is the result rounded to whole numbers?")
    true = scaled(numbers, np.sqrt(squares))
    if equal(found[[0, 1, 2, 4]], true[[0, 1, 2, 4]]) and found[3].any():
        raise NotYet("the blank image is no longer blank.")
    lengths = ", ".join(f"{length:.4g}" for length in np.linalg.norm(found, axis=1))
    what = (
        f"five made-up images have the lengths {lengths}. All should be 1, that of the blank one 0."
    )
    if equal(np.linalg.norm(found, axis=1), np.linalg.norm(true, axis=1)):
        what = "the lengths of made-up images are right, but the images are others."
    expect(found, true, what, mistakes, "The length is the root of the sum of the squared pixels.")
    yield "random images have length 1, and a blank one is still blank."
    images, _ = some_digits()
    found = as_numbers(equal_lengths(images))
    expect_shape(found, images.shape)
    what = "the made-up images are right, but real digits are not."
    expect(found, scaled(images, np.linalg.norm(images / 1.0, axis=1)), what)
    yield "real digits have length 1."


def scaled(images, sizes):
    """Return each image divided by its size; blank ones stay blank."""
    return images / np.maximum(sizes, 1e-9)[:, None]
