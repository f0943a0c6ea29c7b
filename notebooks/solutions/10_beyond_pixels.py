# %% [markdown]
# # 10. Beyond pixels: solutions
#
# <!-- BEGIN SOLUTION -->
# One way to do each exercise of [chapter 10](../10_beyond_pixels.ipynb). Try them yourself first, in the
# [exercise notebook](../exercises/10_beyond_pixels.ipynb). If your way passes the check, it is as good.
# <!-- END SOLUTION -->

# %% tags=["hide-input"]
import itertools

import numpy as np

from mnist_kmeans import (
    classify,
    contingency_table,
    error_rate,
    kmeans,
    load_mnist,
    majority_labels,
    repeat_inits,
)
from mnist_kmeans.exercises.chapter_10 import (
    check_cell_means,
    check_components_for,
    check_one_to_one,
    check_slants,
)
from mnist_kmeans.features import (
    PrincipalComponents,
    deskew,
    normalize,
    oriented_gradients,
)
from mnist_kmeans.plots import digits, show

# %%
training, validation = load_mnist().holdout()
images, labels = training.images[:5000], training.labels[:5000]
new_images, new_labels = validation.images[:5000], validation.labels[:5000]
edges, new_edges = (
    oriented_gradients(normalize(part)) for part in (images, new_images)
)
print("images:", images.shape, " edges:", edges.shape)

# %% [markdown]
# ## Exercise 1: How many components? (5 min)
#
# The chapter keeps fifty principal components. What do the others hold? You get the standard deviations along all of
# them, the largest first. Their squares are variances. Return how many components, counted from the first, keep at least
# the given share of the sum of all variances.


# %%
def components_for(deviations, share):
    """How many components keep at least this share of the variance."""
    # BEGIN SOLUTION
    variances = deviations**2
    kept = np.cumsum(variances) / variances.sum()
    return 1 + np.count_nonzero(kept < share)
    # END SOLUTION


# %%
if check_components_for(globals()):
    shares = (0.5, 0.8, 0.9, 0.95, 0.99)
    print(
        f"{'share of the variance':<22}" + "".join(f"{share:>6.0%}" for share in shares)
    )
    for name, features in [("pixels", images), ("edges", edges)]:
        found = PrincipalComponents(features, features.shape[1]).deviations
        counts = [components_for(found, share) for share in shares]
        print(f"{name:<22}" + "".join(f"{count:>6}" for count in counts))

# %% [markdown]
# *To think about*: for 80 or 90 % the edges need more components than the pixels. Does that make them worse?
#
# <!-- BEGIN SOLUTION -->
# *One answer*: no. The number of components tells how the variance is spread, and not what it says about the digit.
# Much of the variance of pixels is of other things: of the first 10,000 digits, knowing the digit explains 21 % of it, and
# knowing slant and amount of ink another 19 %. In exercise 2 the edges misread far fewer digits.
# <!-- END SOLUTION -->
#
# ## Exercise 2: Coarser pixels (10 min)
#
# The histograms of the chapter know the cell of an edge, and not the pixel. Is it the cells that help? Make the simplest
# features of this kind: cut each image into 7 x 7 cells of 4 x 4 pixels, and take the mean of each cell. Return 49
# numbers for each image, cell by cell from left to right, row by row.


# %%
def cell_means(images):
    """The mean of each of the 49 cells of images (n, 784), (n, 49)."""
    # BEGIN SOLUTION
    cells = images.reshape(-1, 7, 4, 7, 4)  # image, cell, row in it, cell, column in it
    return cells.mean(axis=(2, 4)).reshape(-1, 49)
    # END SOLUTION


# %%
if check_cell_means(globals()):
    coarse, new_coarse = (
        np.rint(cell_means(part)).reshape(-1, 49).astype(np.uint8)
        for part in (images, new_images)
    )
    for name, seen, unseen in [
        ("pixels", images, new_images),
        ("cell means", coarse, new_coarse),
        ("edges", edges, new_edges),
    ]:
        errors = []
        for run in repeat_inits(seen, 50, range(5)):
            names = majority_labels(run.assignments, labels, 50)
            read = classify(unseen, run.centroids, names)
            errors.append(error_rate(new_labels, read))
        print(
            f"{name:<14} {seen.shape[1]:>3} features, mean error {np.mean(errors):.4f}"
        )

# %% [markdown]
# *To think about*: with a sixteenth of the numbers, is the reader better or worse? What did the cells throw away?
#
# <!-- BEGIN SOLUTION -->
# *One answer*: a little worse: 0.225 in place of 0.207. The cells threw away where in a cell the ink lies, which says
# little, and in which direction its edges run, which says much. The edges keep the directions and lose the places.
# <!-- END SOLUTION -->
#
# ## Exercise 3: Measure the slant (15 min)
#
# How slanted is a digit? Take each pixel with the weight of its ink. The *covariance* of row and column is the weighted
# mean of (row - mean row) (column - mean column), the *variance* of the row that of (row - mean row) squared. The first
# divided by the second is the slant: how many columns the ink moves to the right when we go one row down. Write it for
# many images at once.


# %%
def slants(images):
    """The slant of each image (n, 784), in columns per row, (n,)."""
    # BEGIN SOLUTION
    found = []
    row, column = np.divmod(np.arange(784), 28)
    for ink in images.astype(np.float64):
        down = row - np.average(row, weights=ink)
        right = column - np.average(column, weights=ink)
        found.append((ink * down * right).sum() / (ink * down**2).sum())
    return np.array(found)
    # END SOLUTION


# %%
if check_slants(globals()):
    before = np.asarray(slants(images))
    after = np.asarray(slants(deskew(images)))
    for title, found in [("as written", before), ("deskewed", after)]:
        print(f"{title:<10} mean size of the slant {np.abs(found).mean():.3f}")
    order = before.argsort(kind="stable")
    ends = [*order[:6], *order[-6:]]
    show(
        digits(
            images[ends],
            [f"{before[row]:+.2f}" for row in ends],
            heading="The strongest slants, to either side",
            columns=6,
        )
    )

# %% [markdown]
# *To think about*: not all of these are what we would call slanted. What has been measured there?
#
# <!-- BEGIN SOLUTION -->
# *One answer*: the balance of the ink. A five whose bar reaches far to the right has more ink there in its upper rows,
# a four with a long bar has more ink to the right in its lower rows. Deskewing shears these as well, though they
# stand upright.
# <!-- END SOLUTION -->
#
# ## Exercise 4: One name, one cluster (25 min)
#
# Clustering accuracy gives each digit to exactly one cluster, so that most points are right. Find this matching for a
# small table with as many rows (clusters) as columns (digits), six at most: return for each row its column, none of them
# twice. With so few you may try all orders; `itertools.permutations` lists them.


# %%
def one_to_one(table):
    """The column for each row of a square table, each used once, with the largest sum."""
    # BEGIN SOLUTION
    rows = np.arange(len(table))
    orders = itertools.permutations(rows)
    return max(orders, key=lambda columns: table[rows, list(columns)].sum())
    # END SOLUTION


# %%
if check_one_to_one(globals()):
    five = [3, 4, 5, 8, 9]
    some = np.isin(labels, five)
    for name, features in [("pixels", images), ("edges", edges)]:
        run = kmeans(features[some], 5, seed=0)
        table = contingency_table(labels[some], run.assignments, 5)[:, five]
        majority, matched = table.argmax(axis=1), list(map(int, one_to_one(table)))
        for title, columns in [("commonest", majority), ("one to one", matched)]:
            share = table[np.arange(5), columns].sum() / table.sum()
            named = " ".join(str(five[column]) for column in columns)
            print(f"{name:<14} {title:<11} clusters named {named}, {share:.3f} right")

# %% [markdown]
# *To think about*: ten digits have 3,628,800 orders, still possible. What about fifty kinds of things? (Look for the
# Hungarian method.)
#
# <!-- BEGIN SOLUTION -->
# *One answer*: fifty kinds have about $3 \cdot 10^{64}$ orders: nobody will ever try them all. The sets of names that
# `matching_accuracy` goes through would be $2^{50}$, far too many as well. The Hungarian method needs a number of steps
# that grows like $k^3$, here about a hundred thousand.
# <!-- END SOLUTION -->

# %% [markdown]
# <!-- BEGIN SOLUTION -->
# ## The questions of the chapter
#
# 1. With the first 10,000 digits, at k = 10 (seeds 0 to 9) the mean error is 0.161 with cells of 7 x 7 pixels, 0.142
#    with 4 x 4 and 0.134 with 2 x 2; at k = 100 (seeds 0 to 2) it is 0.037, 0.029 and 0.031. Coarse cells no longer tell
#    where a stroke is. Fine cells cost four times the features. Whether they gain anything, so few starts cannot say: at
#    k = 10 a start is typically 0.028 off the mean, at k = 100 0.003.
# 2. Ones become as broad as noughts: their slightest curve is blown up. With the edges of the first 10,000 digits, 5.1 %
#    of the ones are misread at k = 10 (seeds 0 to 9) in place of 2.8 %, and 3.5 % at k = 100 (seeds 0 to 2) in place
#    of 2.0 %. The error of all digits is 0.153 in place of 0.142 at k = 10, and 0.028 in place of 0.029 at k = 100. Both are
#    less than the starts differ among themselves.
# 3. Seventeen. Each start fails with a chance of 25 in 30, so m starts all fail with a chance of (25 / 30) to the m:
#    0.054 for sixteen, 0.045 for seventeen. Five successes are few, though: had there been three or eight, it would
#    be 29 or ten starts.
# <!-- END SOLUTION -->
