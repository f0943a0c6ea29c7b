"""Self-checks for the exercises of chapter 9: a mean of means, a median of counts, a tree."""

from dataclasses import dataclass

import numpy as np

from mnist_kmeans.exercises.checking import (
    NotYet,
    as_numbers,
    chance,
    equal,
    expect,
    expect_shape,
    more,
    self_check,
)


@self_check
def check_overall_mean(overall_mean):
    """Three unequal blocks, then one more that is empty."""
    means = np.array([[2.5, 10.25], [4.0, -30.5], [9.25, 20.0]])
    counts = np.array([1, 5, 2])
    found = as_numbers(overall_mean(means, counts))
    if found.shape == (1, 2):
        found = found[0]
    if found.shape == ():
        raise NotYet("one number comes back.", "The mean of points with d coordinates has d, too.")
    if found.shape == (3,):
        raise NotYet("there is one number for each block.", "Add up over the blocks, not in them.")
    expect_shape(found, (2,))
    sums = counts @ means
    true = sums / counts.sum()
    told = (
        f"blocks of 1, 5 and 2 points with the means {', '.join(map(str, means.tolist()))} have the "
        f"overall mean {true.tolist()}, not {found.round(4).tolist()}."
    )
    whole = (
        "Where are the fractions lost? `//` cuts them off, and so does a dtype of whole numbers."
    )
    expect(
        found,
        true,
        told,
        [
            *(
                (cut(true), "these are whole numbers.", whole)
                for cut in (np.floor, np.rint, np.trunc)
            ),
            (np.floor(sums) / 8, "the sums have lost their fractions.", whole),
            (np.median(means, axis=0), "these are medians.", SUM),
            (counts**2 @ means / (counts**2).sum(), "the counts are squared.", SUM),
            (
                means.mean(axis=0),
                "this is the mean of the means.",
                "A block with five points should count five times as much as one with one point.",
            ),
            (sums, "these are sums.", "Divide by the number of all points."),
            (sums / len(counts), "it is divided by the number of blocks.", "How many points?"),
            (means.sum(axis=0) / counts.sum(), "the means are added up as if they were sums.", SUM),
            (
                (means / counts[:, None]).sum(axis=0),
                "the means are divided by the counts once more.",
                SUM,
            ),
        ],
        SUM,
    )
    yield "blocks of different sizes count as they should."
    with_empty = overall_mean(np.vstack([np.zeros(2), means]), np.array([0, *counts]))
    told = "a block without points changes the mean."
    expect(as_numbers(with_empty).reshape(-1), true, told, hint="It should count for nothing.")
    yield "a block without points changes nothing."
    source = chance(3)
    means, counts = source.normal(0, 9, (6, 3)), source.integers(1, 300, 6)
    found = as_numbers(overall_mean(means, counts)).reshape(-1)
    expect_shape(found, (3,))
    what = "six blocks of points with three coordinates have another mean."
    expect(found, counts @ means / counts.sum(), what)


SUM = "The sum of the points of a block is its mean times their number."


@self_check
def check_median_of_counts(median_of_counts):
    """Odd and even numbers of values, a value that occurs often, all values equal."""
    rows = [
        [3, 200, 7],
        [5, 5, 5, 90, 255],
        [1, 1, 1, 7, 8, 9, 200],
        [0, 0, 0, 0, 255, 255, 255],
        [255],
        [0, 0, 0],
        [10, 20, 31, 47],
        [0, 0, 254, 254],
        [1, 2, 3, 4, 5],
        [4, 6],
        [2, 2, 9],
        [7, 30, 30, 30],
        [8, 9] * 500,
        *more(lambda source: source.integers(0, 256, source.integers(1, 7)).tolist()),
    ]
    found = []
    for values in rows:
        median = as_numbers(median_of_counts(np.bincount(values, minlength=256)))
        if median.shape not in {(), (1,)}:
            raise NotYet(f"the result has the shape {median.shape}.", "One value is asked for.")
        found.append(float(median.reshape(())))
    true, *wrong = zip(*map(middles, rows), strict=True)
    if not equal(found, true):
        first = int(np.not_equal(found, true).argmax())
        values = ", ".join(map(str, sorted(rows[first])[:7]))
        told = "500 times 8 and 500 times 9" if len(rows[first]) > 7 else f"the values {values}"
        told = f"{told} have the median {true[first]}, not {found[first]:g}."
        mistakes = [(each, told, hint) for each, hint in zip(wrong, NO_MIDDLES, strict=True)]
        hint = "Put the digits in a row by their value: which one stands in the middle?"
        expect(np.array(found), np.array(true), told, mistakes, hint)
    yield "odd and even numbers of values have the right median."


def middles(values):
    """Return the (lower) median of some values, then what the mistakes of NO_MIDDLES take for it."""
    ordered, n = sorted(values), len(values)
    counts = np.bincount(values, minlength=256)
    there, added = np.flatnonzero(counts), counts.cumsum()
    true = ordered[(n - 1) // 2]
    return [
        true,
        np.median(counts),
        np.mean(values),
        ordered[n // 2],
        np.median(ordered),
        (n - 1) // 2,
        there[(len(there) - 1) // 2],
        there[len(there) // 2],
        np.argmax(counts),
        (added >= n // 2).argmax(),
        (added >= round(n / 2)).argmax(),
        (ordered[0] + ordered[-1]) / 2,
        counts[true],
        true + 1,
        true - 1,
    ]


EACH = "Is each value taken once? A value that occurs five times stands in the row five times."
HALF = (
    "The counts are added up to half of an odd number, rounded down: the middle itself is missing."
)
NO_MIDDLES = [
    "This is the median of the counts. Which value has half of the digits at or below it?",
    "This is the mean. Put the digits in a row by their value: which one stands in the middle?",
    "This is the upper one in the middle. Return the lower one.",
    "This lies between the two in the middle. Return the lower of the two.",
    "This is a place in the row. At which value do the counts, added up, pass this place?",
    EACH,
    EACH,
    "This is the commonest value. The median is the one in the middle.",
    HALF,
    HALF,
    "This lies in the middle between the ends. How many values are below it?",
    "This is how often the median occurs. Which value is it?",
    "Yours is one too many. Is the middle itself counted? Try it with three values on paper.",
    "Yours is one too few. Is the middle itself counted? Try it with three values on paper.",
]


@dataclass(frozen=True)
class Share:
    """A result that knows of which it was made, and how high the tree below it is."""

    made_of: tuple
    height: int = 0


def merge_at_most(fan_in):
    """Return a function that makes one Share of several, at most `fan_in`."""

    def merge(shares):
        shares = list(shares)
        if not all(isinstance(share, Share) for share in shares):
            raise NotYet(
                "`merge` is given something that is no result.", "Give it a list of results."
            )
        if not shares:
            raise NotYet("`merge` is given an empty list.", "Is there a group too many?")
        if len(shares) > fan_in:
            raise NotYet(
                f"`merge` is given {len(shares)} results, and can take at most {fan_in}.",
                "Cut the list into groups first.",
            )
        made_of = sum((share.made_of for share in shares), ())
        return Share(made_of, 1 + max(share.height for share in shares))

    return merge


@self_check
def check_merge_tree(merge_tree):
    """Shares that remember how they were merged; different numbers of them."""
    for n, fan_in in [(4, 2), (8, 2), (7, 2), (9, 3), (10, 3), (65, 8), (1, 2)]:
        found = merge_tree([Share((i,)) for i in range(n)], merge_at_most(fan_in), fan_in)
        told = f"of {n} results, {fan_in} at a time,"
        if not isinstance(found, Share):
            raise NotYet(
                f"{told} you return something of the type {type(found).__name__}.",
                "Return one result, the last that is left. Is one level enough?",
            )
        missing = set(range(n)) - set(found.made_of)
        if missing:
            raise NotYet(
                f"{told} {len(missing)} never arrive.",
                "What happens to those that are left over when the groups are full?",
            )
        if len(found.made_of) > n:
            raise NotYet(f"{told} some are merged twice.", "Do the groups overlap?")
        lowest = 1
        while fan_in**lowest < n:
            lowest += 1
        if found.height > lowest:
            raise NotYet(
                f"{told} you make a tree of {found.height} levels; {lowest} would do.",
                "Merge all the groups of one level before you go on to the next.",
            )
        yield f"{n} results, {fan_in} at a time: a tree no higher than it must be."
