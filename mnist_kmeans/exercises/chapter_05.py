"""Self-checks for the exercises of chapter 5: two shares, purity by hand, mix-ups, equal lengths."""

import numpy as np

from mnist_kmeans.exercises.checking import (
    NotYet,
    as_numbers,
    equal,
    expect,
    expect_shape,
    self_check,
    some_digits,
)


@self_check
def check_precision_and_recall(precision_and_recall):
    """A random confusion matrix without a single digit read as five."""
    counts = np.random.default_rng(3).integers(1, 90, (10, 10))
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
        expect(found, true, f"they are wrong for the digit {digit}.", mistakes)
    yield "precision and recall of three digits are right."
    found = as_numbers(precision_and_recall(counts, 5))
    expect(found, [0, 0], "no digit is read as five here, so both should be 0.")
    yield "so are those of a digit that never comes out."


@self_check
def check_mean_purity(mean_purity):
    """Random clusters of many sizes, some of them empty, fewer and more than ten."""
    source = np.random.default_rng(6)
    for k, empty in [(4, []), (7, [4, 6]), (13, [0])]:
        labels = source.integers(0, 10, 300, dtype=np.uint8)
        chances = np.arange(1.0, k + 1) ** 2
        chances[empty] = 0
        assignments = source.choice(k, 300, p=chances / chances.sum())
        table = np.zeros((k, 10))
        np.add.at(table, (assignments, labels), 1)
        full = table[table.any(axis=1)]
        commonest = full.max(axis=1)
        shares = commonest / full.sum(axis=1)
        columns = table[:, table.any(axis=0)]
        other_way = (columns.max(axis=0) / columns.sum(axis=0)).mean()
        found = as_numbers(mean_purity(labels, assignments, k))
        if found.shape in {(k,), shares.shape}:
            raise NotYet("there is one number for each cluster.", "What is their plain mean?")
        expect_shape(found, ())
        mistakes = [
            (
                commonest.sum() / 300,
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
        ]
        expect(
            found,
            shares.mean(),
            f"it comes out wrong for some invented clusters, k = {k}.",
            mistakes,
        )
        if not empty:
            yield "four clusters of different sizes have the right mean purity."
    yield "so have clusters some of which are empty, and more than ten of them."


@self_check
def check_most_confused(most_confused):
    """Random matrices: one direction alone leads to another pair."""
    source = np.random.default_rng(8)
    for number in range(20):
        counts = source.integers(0, 50, (10, 10))
        counts[np.diag_indices(10)] += 200
        one, other, third, fourth = source.permutation(10)[:4]
        counts[one, other], counts[other, one] = 68, 65
        counts[third, fourth], counts[fourth, third] = 90, 20
        found = most_confused(counts)
        found = as_numbers(list(found) if isinstance(found, set) else found)
        if found.shape == ():
            raise NotYet(
                "one number comes back.",
                "Two digits are asked for. A place in the whole table has a row and a column.",
            )
        expect_shape(found, (2,))
        if found[0] == found[1]:
            raise NotYet("it is the same digit twice.", "A digit taken for itself is no mistake.")
        pair = set(found.tolist())
        if pair == {third, fourth}:
            raise NotYet(
                f"it looks one way only: {third} and {fourth}.",
                "Fours read as nine count, and so do nines read as four.",
            )
        both = counts + counts.T
        np.fill_diagonal(both, both.max())
        if pair == set(np.unravel_index(both.argmin(), both.shape)):
            raise NotYet("it is the pair confused least.", "Is it the largest count?")
        if pair != {one, other}:
            raise NotYet(
                f"in an invented table, {one} and {other} are taken for each other most often."
            )
        if number == 0:
            yield "it finds the pair in an invented table."
    yield "it finds it in twenty of them."


@self_check
def check_equal_lengths(equal_lengths):
    """Random images, one of them blank, and real digits."""
    images = np.random.default_rng(4).integers(0, 256, (5, 784), dtype=np.uint8)
    images[1] //= 9
    images[3] = 0
    numbers = images.astype(np.float64)
    squares, sums, largest = (numbers**2).sum(axis=1), numbers.sum(axis=1), numbers.max(axis=1)
    found = as_numbers(equal_lengths(images))
    expect_shape(found, (5, 784))
    overflow = "A pixel is one byte, and in bytes 16 * 16 is 0. What is the dtype of your squares?"
    byte_squares = (images**2).sum(axis=1)
    mistakes = [
        (scaled(numbers, sums), "the pixels of an image add up to 1.", "A length adds up squares."),
        (scaled(numbers, largest), "the darkest pixel is 1.", "A length adds up squares."),
        (scaled(numbers, squares), "it divides by the square of the length.", "And the root?"),
        (scaled(numbers, np.sqrt(byte_squares)), "the squares have overflowed.", overflow),
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
    expect(found, true, "random images do not come out as they should.", mistakes)
    yield "random images have length 1, and a blank one is still blank."
    images, _ = some_digits()
    lengths = np.linalg.norm(as_numbers(equal_lengths(images)), axis=1)
    expect(lengths, np.ones(len(images)), "the random images are right, but real digits are not.")
    yield "real digits have length 1."


def scaled(images, sizes):
    """Return each image divided by its size; blank ones stay blank."""
    return images / np.maximum(sizes, 1e-9)[:, None]
