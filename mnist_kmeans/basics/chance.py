"""Chance that comes out the same everywhere.

Draws use only the raw 64-bit numbers of a PCG64 generator. NumPy promises that this stream never
changes; it makes no such promise for `numpy.random.Generator` and its methods (NEP 19).
"""

import numpy as np

from mnist_kmeans.basics.errors import check_whole


def generator(seed):
    """Return the PCG64 bit generator of this seed: a stream of raw 64-bit numbers.

    Raises InputError unless the seed is a whole number from 0 up.
    """
    check_whole(seed, 0, "seed")
    return np.random.PCG64(int(seed))


def below(total, stream):
    """Return a random number from [0, total); a whole one when the total is whole."""
    if total < 2**53 and total == int(total):
        total = int(total)
        unbiased = 2**64 - 2**64 % total  # a draw past the last whole multiple is drawn again
        while (raw := stream.random_raw()) >= unbiased:
            pass
        return raw % total
    return (stream.random_raw() >> 11) / 2**53 * total


def draw(weights, stream):
    """Return an index drawn with probability proportional to its weight; `weights` is (n,)."""
    cumulative = np.cumsum(weights)
    total = cumulative[-1]
    # Below the total, even where a tiny one is rounded up to itself
    threshold = min(below(total, stream), np.nextafter(total, 0))
    return int(np.searchsorted(cumulative, threshold, side="right"))
