# %% [markdown]
# # 9. Beyond one machine: solutions
#
# <!-- BEGIN SOLUTION -->
# One way to do each exercise of [chapter 9](../09_beyond_one_machine.ipynb). Try them yourself first, in the
# [exercise notebook](../exercises/09_beyond_one_machine.ipynb). If your way passes the check, it is as good.
# <!-- END SOLUTION -->

# %% tags=["hide-input"]
import numpy as np

from mnist_kmeans import assign, load_mnist, random_centroids, update
from mnist_kmeans.exact import grid_bits
from mnist_kmeans.exercises.chapter_09 import (
    check_median_of_counts,
    check_merge_tree,
    check_overall_mean,
)
from mnist_kmeans.lloyd import cluster_sums, means
from mnist_kmeans.plots import digits, show

# %%
training, _ = load_mnist().holdout()
points = training.images[:3000]
start = random_centroids(points, 16, seed=0)
print("points:", points.shape, " centroids:", start.shape)

# %% [markdown]
# ## Exercise 1: The mean of means (5 min)
#
# Each machine has computed the mean of its own points and sends it, with their number. `block_means` (b, d) and
# `counts` (b,) are what b machines have sent. Return the mean (d,) of all points. The machines may hold very different
# numbers of points, some of them none. (Their mean is then all zeros.)


# %%
def overall_mean(block_means, counts):
    """The mean of all points, (d,)."""
    # BEGIN SOLUTION
    return counts @ block_means / counts.sum()
    # END SOLUTION


# %%
if check_overall_mean(globals()):
    zeros = training.images[training.labels == 0][:50]
    block_means = np.array([zeros.mean(axis=0), points.mean(axis=0)])
    both = [
        overall_mean(block_means, np.array([len(zeros), len(points)])),
        block_means.mean(axis=0),
    ]
    show(
        digits(
            np.array([np.asarray(each).reshape(784) for each in both]),
            ["of all", "of the means"],
            heading="A mean of all kinds of digits, and of fifty zeros on another machine",
            columns=2,
        )
    )

# %% [markdown]
# *To think about*: the course sends sums and counts, not means and counts. What would be lost with means?
#
# <!-- BEGIN SOLUTION -->
# *One answer*: the promise. A mean is a quotient, and quotients are rounded. Sums of whole numbers are not, so only they are
# the same for all blocks and in any order.
# <!-- END SOLUTION -->
#
# ## Exercise 2: A median by map-reduce (15 min)
#
# A median is not a sum, so how could blocks be merged? But pixels have only 256 values. So each block counts, for each
# pixel, how many of its digits have the value 0, how many 1, and so on. These counts can be added up along a tree.
# Then comes your part: `counts` (256,) says how many digits have each value at one pixel. Return the median of these
# values: the one in the middle, if they stood in a row, sorted. If there are two in the middle, return the lower one.


# %%
def median_of_counts(counts):
    """The median of values 0 to 255 that occur `counts` times, the lower of two."""
    # BEGIN SOLUTION
    middle = (counts.sum() - 1) // 2  # its place in the row, from 0
    return np.searchsorted(counts.cumsum(), middle, side="right")
    # END SOLUTION


# %%
if check_median_of_counts(globals()):
    ones = training.images[training.labels == 1][:300]
    counts = np.zeros((784, 256), dtype=np.int64)
    for block in np.array_split(ones, 10):
        counts += (block.T[:, :, None] == np.arange(256)).sum(axis=1)
    medians = np.array([median_of_counts(row) for row in counts], dtype=np.float64)
    print(f"a block sends {counts.nbytes:,} bytes, however long it is")
    show(
        digits(
            np.array([medians.reshape(784), ones.mean(axis=0)]),
            ["medians", "means"],
            heading="Ones, merged from ten blocks",
            columns=2,
        )
    )

# %% [markdown]
# *To think about*: with k-medians and k = 16, how much would a block have to send? From how many digits in a block on
# would that be less than the block?
#
# <!-- BEGIN SOLUTION -->
# *One answer*: 784 x 256 counts for each of the 16 clusters, 8 bytes each: 25.7 million bytes. A block has 784 bytes a digit,
# so from 32,768 digits on the counts are less.
# <!-- END SOLUTION -->
#
# ## Exercise 3: A tree for anything (20 min)
#
# `merge` takes a list of results, one or several, and returns one result. But it can take at most `fan_in` of them at a
# time. Merge all `results`, a list, into one. Do it level by level, as the chapter does with pairs, so that the tree is
# no higher than it must be. Return what is left.


# %%
def merge_tree(results, merge, fan_in):
    """One result, merged from all of them along a tree."""
    # BEGIN SOLUTION
    while len(results) > 1:
        groups = [results[i : i + fan_in] for i in range(0, len(results), fan_in)]
        results = [merge(group) for group in groups]
    return results[0]
    # END SOLUTION


# %%
if check_merge_tree(globals()):
    sizes = []

    def add(shares):
        """Add up sums and counts; remember how many came together."""
        sizes.append(len(shares))
        return tuple(sum(parts) for parts in zip(*shares, strict=True))

    shares = [
        cluster_sums(block, assign(block, start), 16)
        for block in np.array_split(points, 100)
    ]
    expected = update(points, assign(points, start), start)
    for fan_in in (2, 8, 100):
        sizes.clear()
        sums, counts = merge_tree(shares, add, fan_in)
        moved = means(sums, counts, start, grid_bits(points))
        print(
            f"fan-in {fan_in:>3}: {len(sizes):>2} merges of up to {max(sizes):>3}, "
            f"the centroids are equal: {np.array_equal(moved, expected)}"
        )

# %% [markdown]
# *To think about*: a tree of pairs has more levels than a tree of eights. What is good about it all the same? And what
# is bad about merging a hundred at once?
#
# <!-- BEGIN SOLUTION -->
# *One answer*: with pairs, many workers can merge at the same time, and a merge can begin as soon as two shares are there.
# With a hundred at once, nobody begins before the last share has come, and one worker receives them all while the others
# wait.
# <!-- END SOLUTION -->

# %% [markdown]
# <!-- BEGIN SOLUTION -->
# ## The questions of the chapter
#
# 1. A second worker saves less than half of the time. At the end of each iteration all wait for the last share, and the
#    scheduler and the client need a core, too. Whether two processes on one memory disturb each other, the chapter's three
#    measurements cannot say for sure: they overlap.
# 2. The bounds of each digit, as many as there are centroids and a few more, on the worker that holds the digit. The digit
#    would have to stay there. When a worker is lost, so are its bounds. But they can be made afresh, by measuring all
#    distances of its blocks once. That takes time, and changes no bit of the answer. We have tried it with Hamerly's bounds on
#    5,000 digits, k = 16, seeds 0 to 2: when a fifth of the bounds is lost at every tenth iteration, the same clustering
#    comes out, and 41 % of the points are looked at in place of 40 %.
# 3. One number: the sum of the squared distances of its points to the nearest centroid so far. For pixels it is a whole
#    number, so the total is exact. A random number below the total falls into one block, and this block finds the point.
#    (`plus_plus_rows` in `mnist_kmeans/cluster/starts.py` does this.) It takes a round for each centroid. Bahmani and others draw
#    several in a round.
# <!-- END SOLUTION -->
