# %% [markdown]
# # 1. Loading the digits: solutions
#
# <!-- BEGIN SOLUTION -->
# One way to do each exercise of [chapter 1](../01_loading.ipynb). Try them yourself first, in the
# [exercise notebook](../exercises/01_loading.ipynb). If your way passes the check, it is as good.
# <!-- END SOLUTION -->

# %% tags=["hide-input"]
import gzip

import numpy as np

from mnist_kmeans import load_mnist
from mnist_kmeans.data import chosen_edition, folder
from mnist_kmeans.exercises.chapter_01 import (
    check_header_shape,
    check_ink_share,
    check_mean_images,
    check_random_holdout,
)
from mnist_kmeans.plots import digits, show

# %%
train = load_mnist()
print("images:", train.images.shape, " labels:", train.labels.shape)

# %% [markdown]
# ## Exercise 1: How much ink? (5 min)
#
# Which part of an image is inked? Write a function for many images at once, an array (n, 784). For each image, it
# returns the share of its pixels that are not blank: 0 for white paper, 1 for ink everywhere.


# %%
def ink_share(images):
    """The share of inked pixels of each image, (n,)."""
    # BEGIN SOLUTION
    return (images > 0).mean(axis=1)
    # END SOLUTION


# %%
if check_ink_share(globals()):
    shares = np.asarray(ink_share(train.images))
    ends = [shares.argmin(), shares.argmax()]
    show(
        digits(
            train.images[ends],
            [f"a {train.labels[row]}: {shares[row]:.1%}" for row in ends],
            heading="The least ink, and the most",
            columns=2,
        )
    )

# %% [markdown]
# *To think about*: which digit do you expect to have the least ink on average? `ink_share` can tell you.
#
# <!-- BEGIN SOLUTION -->
# *One answer*: the one, and by far. `[shares[train.labels == digit].mean() for digit in range(10)]` gives 11 % for it;
# next comes the seven with 17 % (on all 60,000 digits).
# <!-- END SOLUTION -->
#
# ## Exercise 2: The mean of each digit (10 min)
#
# The chapter shows the mean of all images, which looks like no digit at all. Write a function that returns ten
# mean images, an array (10, 784): row 0 is the mean of all zeros, row 1 the mean of all ones, and so on.


# %%
def mean_images(images, labels):
    """The mean image of each of the ten digits, (10, 784)."""
    # BEGIN SOLUTION
    groups = [images[labels == digit] for digit in range(10)]
    return np.array([group.mean(axis=0) for group in groups])
    # END SOLUTION


# %%
if check_mean_images(globals()):
    means = mean_images(train.images, train.labels)
    show(digits(means, range(10), heading="The mean of each digit", columns=5))

# %% [markdown]
# *To think about*: which mean is the blurriest, and what does that say about the people who wrote it?
#
# <!-- BEGIN SOLUTION -->
# *One answer*: that of the fives. A mean is blurry where people disagree: the bar, the bow and the slant of a five are elsewhere
# in each hand. One can measure it: add up the squares of all pixels, for each image and for the mean. The mean of the fives has
# 44 % of what a five has on average, those of zeros and ones have 58 % and 56 %, all others lie between (on all 60,000 digits).
# Chapter 3 has an equation that tells where the rest goes.
# <!-- END SOLUTION -->
#
# ## Exercise 3: A holdout at random (15 min)
#
# `holdout` takes the first quarter of the digits for validation. That is fair only if they lie in no particular
# order. Write a split that is fair in any case: it leaves to chance which quarter of the digits becomes the
# validation part. It returns four arrays: images and labels of the training part, then images and labels of
# the validation part. The same seed must give the same split. (`np.random.default_rng(seed).permutation(n)` returns the
# numbers 0 to n - 1 in a random order.)


# %%
def random_holdout(images, labels, seed):
    """Training images and labels, validation images and labels."""
    # BEGIN SOLUTION
    rows = np.random.default_rng(seed).permutation(len(images))
    quarter = len(images) // 4
    validation, training = rows[:quarter], rows[quarter:]
    return images[training], labels[training], images[validation], labels[validation]
    # END SOLUTION


# %%
if check_random_holdout(globals()):
    parts = random_holdout(train.images, train.labels, 0)
    for name, labels in [("training", parts[1]), ("validation", parts[3])]:
        ones = np.mean(np.equal(labels, 1))
        print(f"{name:<10} {len(labels):>6,} digits, share of ones {ones:.3f}")

# %% [markdown]
# *To think about*: how would you make sure that both parts hold every digit in as nearly as possible the same share?
#
# <!-- BEGIN SOLUTION -->
# *One answer*: split each digit by itself. Shuffle the zeros and put a quarter of them into the validation part, then
# do the same with the ones, and so on. A count that is no multiple of four leaves a digit over, so the shares are not
# exactly equal. Such a split is called *stratified*.
# <!-- END SOLUTION -->
#
# ## Exercise 4: Read a header by hand (20 min)
#
# An IDX file begins with two zero bytes, the type of its numbers, and how many dimensions the array has. Then comes
# the size of each dimension, in four bytes of which the first counts the most. Write a function that gets the
# unpacked bytes of such a file and returns the shape of the array in it, as a tuple. (An element of `bytes` is a number
# from 0 to 255; `int.from_bytes(four, "big")` makes one number of four of them.)


# %%
def header_shape(content):
    """The shape of the array in the bytes of an IDX file, a tuple."""
    # BEGIN SOLUTION
    dimensions = content[3]
    starts = range(4, 4 + 4 * dimensions, 4)
    return tuple(int.from_bytes(content[start : start + 4], "big") for start in starts)
    # END SOLUTION


# %%
if check_header_shape(globals()):
    for path in sorted(folder(chosen_edition()).glob("*.gz")):
        print(f"{path.name:<28}", header_shape(gzip.decompress(path.read_bytes())))

# %% [markdown]
# *To think about*: a file breaks off in the middle. How can the header help you to notice?
#
# <!-- BEGIN SOLUTION -->
# *One answer*: the header says how many bytes must follow it: the product of the sizes, one byte for each number. If
# the file is shorter, or longer, something is wrong. `read_idx` checks just that.
# <!-- END SOLUTION -->

# %% [markdown]
# <!-- BEGIN SOLUTION -->
# ## The questions of the chapter
#
# 1. They can. A new digit may have ink there, since another hand wrote it. But all digits that we learn from are 0
#    there, so all centroids are as well. Ink in such a pixel adds the same to the distance from each centroid, and what
#    is nearest stays nearest. So for k-means they do not matter; for deciding that an image is no digit, they may.
# 2. An exclamation mark is no letter of base64, and `read_base64_json` says in which line the trouble is. Another letter
#    is as good as the first: the line still stands for 784 bytes, only some of them are others, and nothing can tell
#    which ones were meant. That is why files have check sums, and why `load_mnist` compares them.
# <!-- END SOLUTION -->
