"""Self-checks for the exercises of chapter 9: a mean of means, a median of counts, a tree."""

from dataclasses import dataclass

import numpy as np

from mnist_kmeans.exercises.checking import NotYet, as_numbers, expect, expect_shape, self_check


@self_check
def check_overall_mean(overall_mean):
    """Three unequal blocks, then one more that is empty."""
    means = np.array([[2.0, 10.0], [4.0, 30.0], [9.0, 20.0]])
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
    expect(
        found,
        sums / counts.sum(),
        "it is not the mean of all points.",
        [
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
    )
    yield "blocks of different sizes count as they should."
    with_empty = overall_mean(np.vstack([np.zeros(2), means]), np.array([0, *counts]))
    if not np.allclose(as_numbers(with_empty).reshape(2), sums / counts.sum()):
        raise NotYet("a block without points changes the mean.", "It should count for nothing.")
    yield "a block without points changes nothing."


SUM = "The sum of the points of a block is its mean times their number."


@self_check
def check_median_of_counts(median_of_counts):
    """Odd and even numbers of values, a value that occurs often, all values equal."""
    for values in (
        [3, 200, 7],
        [5, 5, 5, 90, 255],
        [1, 1, 1, 7, 8, 9, 200],
        [0, 0, 0, 0, 255, 255, 255],
        [255],
        [0, 0, 0],
        [10, 20, 31, 47],
        [0, 0, 254, 254],
        [8, 9] * 500,
    ):
        counts = np.bincount(values, minlength=256)
        ordered = sorted(values)
        n, told = len(values), f"the values {', '.join(map(str, ordered[:7]))}"
        if n > 7:
            told = "500 times 8 and 500 times 9"
        true = ordered[(n - 1) // 2]
        found = as_numbers(median_of_counts(counts))
        if found.shape not in {(), (1,)}:
            raise NotYet(f"the result has the shape {found.shape}.", "One value is asked for.")
        found = found.reshape(())
        there = np.flatnonzero(counts)
        expect(
            found,
            true,
            f"{told} have the median {true}, not {found:g}.",
            [
                (
                    np.median(counts),
                    "this is the median of the counts.",
                    "Which value has half of the digits at or below it? Add the counts up.",
                ),
                (
                    np.mean(values),
                    f"for {told}, this is the mean.",
                    "Put the digits in a row by their value: which one stands in the middle?",
                ),
                (
                    ordered[n // 2],
                    f"for {told}, this is the upper one in the middle.",
                    "Return the lower one.",
                ),
                (
                    np.median(ordered),
                    f"for {told}, this lies between the two in the middle.",
                    "Return the lower of the two.",
                ),
                (
                    (n - 1) // 2,
                    "this is a place in the row, not the value there.",
                    "At which value do the counts, added up, pass this place?",
                ),
                (
                    there[(len(there) - 1) // 2],
                    f"for {told}, each value is taken once.",
                    "A value that occurs five times stands in the row five times.",
                ),
                (
                    np.argmax(counts),
                    f"for {told}, this is the commonest value.",
                    "The median is the one in the middle.",
                ),
                (
                    true + 1,
                    f"for {told}, the median is {true}: yours is one too many.",
                    "Is the middle itself counted? Try it with three values on paper.",
                ),
            ],
        )
    yield "odd and even numbers of values have the right median."


@dataclass(frozen=True)
class Share:
    """A result that knows of which it was made, and how high the tree below it is."""

    made_of: tuple
    height: int = 0


@self_check
def check_merge_tree(merge_tree):
    """Shares that remember how they were merged; different numbers of them."""
    for n, fan_in in [(4, 2), (8, 2), (7, 2), (9, 3), (10, 3), (65, 8), (1, 2)]:

        def merge(shares, fan_in=fan_in):
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

        found = merge_tree([Share((i,)) for i in range(n)], merge, fan_in)
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
