"""Self-checks for the exercises of chapter 10: components, cells, slants, one name for one cluster."""

import itertools

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
def check_components_for(components_for):
    """Variances that reach a half exactly, then random ones."""
    source = chance(2)
    random = np.sort(source.uniform(1, 50, 40))[::-1]
    for deviations, share in [
        (random, 0.6),
        (np.array([2.0, 1, 1, 1, 1]), 0.5),
        (random, 0.9),
    ]:
        kept = np.cumsum(deviations**2) / (deviations**2).sum()
        true = int((kept < share).sum()) + 1
        found = as_numbers(components_for(deviations, share))
        if found.shape != ():
            raise NotYet(f"the result has the shape {found.shape}.", "One number is asked for.")
        mistakes = [
            (true - 1, "it is one too few.", "The place of the first component is 0."),
            (
                true + 1,
                "it is one too many.",
                "*At least* this share: exactly as much is enough.",
            ),
            (
                int((np.cumsum(deviations) / deviations.sum() < share).sum()) + 1,
                "it is the share of the standard deviations.",
                "A variance is the square of a standard deviation.",
            ),
            (kept[true - 1], "it is a share.", "How many components keep it?"),
            (len(deviations) - true, "these are the ones left out.", "How many are kept?"),
        ]
        what = f"of {len(deviations)} components, {true} should be enough for {share:.0%}."
        expect(found, true, what, mistakes)
        yield f"{true} of {len(deviations)} components keep {share:.0%}."


@self_check
def check_cell_means(cell_means):
    """Random images, then real digits."""
    random = chance(8).integers(0, 256, (6, 784), dtype=np.uint8)
    digits, _ = some_digits()
    for images, title in [(random, "random images"), (digits, "real digits")]:
        n = len(images)
        cells = images.reshape(n, 7, 4, 7, 4).swapaxes(2, 3).reshape(n, 7, 7, 16)
        true = cells.mean(axis=3)
        found = as_numbers(cell_means(images))
        if found.shape == (n, 16):
            raise NotYet("there are 16 cells.", "A cell has 4 x 4 pixels. How many cells is that?")
        if found.shape == (n, 7, 7):
            found = found.reshape(n, 49)
        expect_shape(found, (n, 49))
        mistakes = [
            (
                images.reshape(n, 49, 16).mean(axis=2),
                "each number is the mean of 16 pixels of one row.",
                "784 pixels in a row are 28 rows of 28. Where in them are those of the first cell?",
            ),
            (
                true.swapaxes(1, 2),
                "the cells come column by column.",
                "Rows first, as in an image.",
            ),
            (cells.sum(axis=3), "these are sums.", "A mean is a sum divided by something."),
            (cells[..., 0], "only one pixel of each cell counts.", "A mean is over all of them."),
            (cells.max(axis=3), "these are the darkest pixels.", "The mean is asked for."),
            (np.median(cells, axis=3), "these are medians.", "The mean is asked for."),
            (cells.sum(axis=3, dtype=np.uint8) / 16, "the sums have overflowed.", BYTES),
            (np.floor(true), "the means are whole numbers.", "Where are the fractions lost?"),
            (np.rint(true), "the means are whole numbers.", "Where are the fractions lost?"),
        ]
        mistakes = [(mistaken.reshape(n, 49), *words) for mistaken, *words in mistakes]
        expect(found, true.reshape(n, 49), f"{title} have other means.", mistakes)
        yield f"the cells of {title} have the right means."


BYTES = "A pixel is one byte, and in bytes 255 + 1 is 0. What is the dtype of your sum?"


@self_check
def check_slants(slants):
    """Three lines with known slants, then real digits."""
    images = np.zeros((3, 28, 28), dtype=np.uint8)
    rows = np.arange(6, 20)
    images[0, rows, 12:14] = 200  # two columns wide: the variance of the columns is not 0
    images[1, rows, rows + 2] = 90
    images[2, rows, 20 - rows // 2] = 250
    digits, _ = some_digits()
    for given, title in [
        (images.reshape(3, 784), "a straight line and two slanted ones"),
        (digits, "real digits"),
    ]:
        true = slope(given)
        found = as_numbers(slants(given))
        if found.shape == ():
            raise NotYet("one number comes back.", "Each image has a slant of its own.")
        found = found.reshape(-1)
        expect_shape(found, true.shape)
        turned = given.reshape(-1, 28, 28).swapaxes(1, 2).reshape(-1, 784)
        mistakes = [
            (-true, "left and right are swapped.", "Columns count to the right, rows downwards."),
            (np.arctan(true), "these are angles.", "How many columns for one row?"),
            (np.degrees(np.arctan(true)), "these are angles.", "How many columns for one row?"),
            (
                slope((given > 0).astype(np.uint8)),
                "faint pixels count as much as dark ones.",
                "Each pixel has the weight of its ink.",
            ),
            (slope(turned), "rows and columns are swapped.", "The variance of which is below?"),
            (slope(given, "both"), "it is a correlation.", "Divide by the variance of the rows."),
            (slope(given, "none"), "it is the covariance.", "Divide by the variance of the rows."),
            (
                slope(given, "from the corner"),
                "rows and columns are not measured from the middle of the ink.",
                "Covariance and variance are about differences from the mean.",
            ),
        ]
        mistakes = [mistake for mistake in mistakes if not equal(mistake[0], true)]
        if not np.allclose(found, true, rtol=0, atol=6e-4):  # rounded to three decimals will do
            expect(found, true, f"{title} get wrong slants.", mistakes)
        yield f"{title} have the right slants."


def slope(images, by="rows"):
    """Return the slants of images; all but "rows" are usual mistakes."""
    ink = images.reshape(-1, 28, 28) / images.sum(axis=1, dtype=np.float64)[:, None, None]
    row, column = np.arange(28)[:, None], np.arange(28)
    if by == "from the corner":
        return (ink * row * column).sum(axis=(1, 2)) / (ink * row**2).sum(axis=(1, 2))
    row_mean, column_mean = (ink * row).sum(axis=(1, 2)), (ink * column).sum(axis=(1, 2))
    down = row - row_mean[:, None, None]
    right = column - column_mean[:, None, None]
    covariance = (ink * down * right).sum(axis=(1, 2))
    row_variance, column_variance = ((ink * each**2).sum(axis=(1, 2)) for each in (down, right))
    if by == "both":
        return covariance / np.maximum(np.sqrt(row_variance * column_variance), 1e-9)
    return covariance if by == "none" else covariance / np.maximum(row_variance, 1e-9)


@self_check
def check_one_to_one(one_to_one):
    """Small tables in which every simple rule goes wrong, and random ones."""
    source = chance(12)
    for table in [
        np.array([[90, 80, 5], [85, 10, 20], [10, 15, 30]]),
        *(source.integers(0, 100, (size, size)) for size in (2, 4, 5, 5, 6)),
    ]:
        expect_matched(one_to_one, table)
        yield f"a table of {len(table)} rows is matched as well as possible."
    for size in (2, 3, 4) * 7:  # rows and columns of very different sums
        scales = 2 ** source.integers(0, 6, (2, size))
        table = source.integers(1, 20, (size, size)) * scales[0][:, None] * scales[1]
        expect_matched(one_to_one, table)


def expect_matched(one_to_one, table):
    """Raise NotYet unless each row gets a column of its own, so that the sum is the largest."""
    size = len(table)
    rows = np.arange(size)
    permutations = [list(each) for each in itertools.permutations(range(size))]
    matched = [table[rows, each].sum() for each in permutations]

    def largest(values):
        return permutations[int(np.argmax([values[rows, each].sum() for each in permutations]))]

    found = as_numbers(one_to_one(table))
    if found.shape == ():
        raise NotYet("one number comes back.", "Each cluster needs a digit.")
    if found.shape != (size,):
        raise NotYet(
            f"the result has the shape {found.shape}, it should be ({size},).",
            "For each row, the number of its column is asked for.",
        )
    if not np.isin(found, rows).all():
        raise NotYet("some are no columns of the table.", f"They go from 0 to {size - 1}.")
    found = found.astype(int)
    if len(set(found.tolist())) < size:
        raise NotYet(
            "some digit has two clusters.",
            "The largest count of each row is not enough. No column may come twice.",
        )
    if table[rows, found].sum() == max(matched):
        return
    shares = "it is the greatest sum of shares, not of counts."
    logs = np.log(np.maximum(table, 1e-9))
    smallest = [table[rows, each].min() for each in permutations]
    mistakes = [
        (
            np.argsort(largest(table)),
            "clusters and digits are swapped.",
            "Number i of the result should be the column of row i.",
        ),
        (largest(-table), "it is the worst of all.", "Least is last."),
        (
            greedy(table, by_rows=True),
            "each row takes the best that is left.",
            "The first rows choose at the cost of the last ones. Compare whole matchings.",
        ),
        (
            greedy(table, by_rows=False),
            "the largest count of all is always taken.",
            "That may leave only small ones for the others. Compare whole matchings.",
        ),
        *(
            (largest(table / table.sum(axis=axis, keepdims=True)), shares, "Add up the counts.")
            for axis in (1, 0)
        ),
        (largest(logs), "it is the greatest product.", "Add the counts up."),
        (
            permutations[int(np.argmax(smallest))],
            "its smallest count is the largest possible.",
            "Most points should be right, so it is the sum that counts.",
        ),
    ]
    what = (
        f"in {f'the table {table.tolist()}' if size <= 4 else f'a table of {size} rows'}, "
        f"{table[rows, found].sum()} are matched, and {max(matched)} could be."
    )
    same = [told for told in mistakes if equal(found, told[0])]
    if len(same) > 1:  # more than one mistake would give this: name none of them
        raise NotYet(
            what, "Compare sums of counts, not of shares or products, over whole matchings."
        )
    hint = f"It gives the rows the columns {', '.join(map(str, found))}."
    named = [(wrong, what, f"Perhaps {told} {hint}") for wrong, told, hint in mistakes]
    expect(found, largest(table), what, named, hint)


def greedy(table, by_rows):
    """Return what those get who take the largest count left: row by row, or in the whole table."""
    left, found = table.astype(float), [0] * len(table)
    for number in range(len(table)):
        row = number if by_rows else int(left.max(axis=1).argmax())
        found[row] = int(left[row].argmax())
        left[row], left[:, found[row]] = -1, -1
    return found
