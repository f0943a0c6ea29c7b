# %% [markdown]
# # 8. The same answer, faster: solutions
#
# <!-- BEGIN SOLUTION -->
# One way to do each exercise of [chapter 8](../08_same_answer_faster.ipynb). Try them yourself first, in the
# [exercise notebook](../exercises/08_same_answer_faster.ipynb). If your way passes the check, it is as good.
# <!-- END SOLUTION -->

# %% tags=["hide-input"]
import numpy as np

from mnist_kmeans import assign, kmeans, load_mnist, random_centroids, update
from mnist_kmeans.exact import grid_bits
from mnist_kmeans.exercises.chapter_08 import (
    check_bits_for,
    check_in_doubt,
    check_lower_bounds,
    check_order_matters,
)
from mnist_kmeans.lloyd import pairwise_squared_distances
from mnist_kmeans.plots import lines, show

# %%
training, _ = load_mnist().holdout()
points = training.images[:3000]
start = random_centroids(points, 16, seed=0)
print("points:", points.shape, " centroids:", start.shape)

# %% [markdown]
# ## Exercise 1: An order that matters (5 min)
#
# In the chapter another order changes the last digits of a sum. It can be worse. Find a few numbers whose sum, in
# `float64`, is 0 when they are added one after the other from the front, and 1 when they are added from the back.


# %%
def order_matters():
    """A list of numbers: 0 from the front, 1 from the back."""
    # BEGIN SOLUTION
    return [1, 1e16, -1e16]  # the gap between two float64 at 1e16 is 2
    # END SOLUTION


# %%
if check_order_matters(globals()):
    numbers = order_matters()
    print("numpy's own sum:", np.sum(np.array(numbers, dtype=np.float64)))

# %% [markdown]
# *To think about*: which order would you choose to add up a million numbers, some large and most of them small?
#
# <!-- BEGIN SOLUTION -->
# *One answer*: the small ones first. Together they become large enough not to be lost when a large one joins
# them. Or cut the numbers into parts, add up each part, and then add up the sums. We have tried both on a million random
# numbers, ten times. With a hundred large ones (up to $10^{12}$) among small ones (up to 1), the order as they came was up to 2.2
# off, parts of a thousand 0.09, and the small ones first 0.02. With lognormal numbers it depends on how unequal they are: the small
# ones first came nearest each time where numpy's `sigma` is 5, and never where it is 1. There it was mostly the parts. And
# `math.fsum` rounds only once, at the end, whatever the order.
# <!-- END SOLUTION -->
#
# ## Exercise 2: A grid for other data (10 min)
#
# Points of d whole numbers from 0 to `largest`, centroids on a grid of step $2^{-f}$: as the chapter shows, a sum of d
# squares needs at most 2f binary digits, plus twice the binary digits of `largest`, plus $\log_2 d$, rounded up. They
# must not be more than 52. (One of the 53 is kept in reserve.) Return the largest f that this allows.


# %%
def bits_for(d, largest):
    """The largest f for points with d coordinates from 0 to `largest`."""
    # BEGIN SOLUTION
    log2_d = int(np.ceil(np.log2(d)))
    return (52 - log2_d - 2 * int(largest).bit_length()) // 2
    # END SOLUTION


# %%
if check_bits_for(globals()):
    for what, d, largest in [
        ("the digits of MNIST", 784, 255),
        ("colour images, 32 x 32 x 3", 3072, 255),
        ("photos, 1000 x 1000 x 3", 3_000_000, 255),
        ("points on a map, in steps", 2, 10_000_000),
    ]:
        print(f"{what:<27} f = {bits_for(d, largest)}")
    print(f"the package, for MNIST:     f = {grid_bits(points)}")

# %% [markdown]
# *To think about*: from which f on down would you say that the centroids are no longer good enough?
#
# <!-- BEGIN SOLUTION -->
# *One answer*: even f = 0 would do for MNIST. A centroid would then be at most half a grey level off in each of its
# 784 pixels, a distance of at most 14, where a digit is about 1,500 away from its centroid. We have tried it on the
# chapter's 5,000 digits, k = 16, seeds 0 to 4: the inertia changes by less than 0.01 %, now up, now down, and about one
# digit in a hundred ends in another cluster. Even steps of sixteen grey levels cost only 0.3 or 0.4 % of inertia.
# It is another matter when the values themselves are small: with four grey levels, 0 to 3, f = 0 costs 6 % of inertia, and
# between 8 and 34 of a hundred digits end in another cluster (seeds 0 to 2).
# <!-- END SOLUTION -->
#
# ## Exercise 3: Who must be looked at? (20 min)
#
# One step of Hamerly's idea. You know the distance of each point to each centroid, an array (n, k), and that each point
# belongs to the nearest. Then the centroids move, by `steps` (k,). Return for each point whether it is in doubt: True if,
# for all you know, it may have another nearest centroid now. (Never mind equal distances and roundings.)


# %%
def in_doubt(distances, steps):
    """True for each point that may have left its cluster, (n,)."""
    # BEGIN SOLUTION
    own = distances.argmin(axis=1)
    nearest, second_nearest = np.sort(distances, axis=1)[:, :2].T
    return nearest + steps[own] >= second_nearest - steps.max()
    # END SOLUTION


# %%
if check_in_doubt(globals()):
    centroids, shares, missed = start, [], 0
    for _ in range(40):
        distances = np.sqrt(pairwise_squared_distances(points, centroids))
        before = distances.argmin(axis=1)
        moved = update(points, before, centroids)
        doubtful = np.asarray(
            in_doubt(distances, np.sqrt(((moved - centroids) ** 2).sum(axis=1))),
            dtype=bool,
        )
        shares.append(doubtful.mean())
        missed += np.count_nonzero((assign(points, moved) != before)[~doubtful])
        centroids = moved
    print("points that changed their cluster and were not in doubt:", missed)
    show(
        lines(
            {"in doubt": (list(range(1, 41)), shares)},
            heading="After the first steps, few points are in doubt",
            xlabel="iteration",
            ylabel="share of the points",
        )
    )

# %% [markdown]
# *To think about*: all centroids but one stand still, and this one makes a large step. What does your test do, and how
# could it be sharper?
#
# <!-- BEGIN SOLUTION -->
# *One answer*: the large step is taken off all the lower bounds, so points are in doubt that lie far away from the one
# that moves. Keep one bound for each other centroid, as Elkan does, and take off only that centroid's own step. Or at
# least take the largest step of the *other* centroids: then the members of the one that moves do not pay twice.
# <!-- END SOLUTION -->
#
# ## Exercise 4: Bounds from a few directions (25 min)
#
# The chapter projects points and centroids to some directions. Let Px be the q coordinates of a point x along the
# directions (q, d), which have length 1 and right angles between them. Its *rest* is what the projection loses; by
# Pythagoras, its length is $r_x = \sqrt{|x|^2 - |Px|^2}$. Write the lower bound of the chapter, for all points and
# centroids: ${|Px - Pc|}^2 + (r_x - r_c)^2$, never more than ${|x - c|}^2$.


# %%
def lower_bounds(points, centroids, directions):
    """For each point (n, d) and centroid (k, d) a lower bound of |x - c|^2, (n, k)."""
    # BEGIN SOLUTION
    shadows, rests = [], []
    for vectors in (points, centroids):
        shadow = vectors @ directions.T
        shadows.append(shadow)
        rests.append(np.sqrt((vectors**2).sum(axis=1) - (shadow**2).sum(axis=1)))
    return pairwise_squared_distances(*shadows) + np.subtract.outer(*rests) ** 2
    # END SOLUTION


# %%
if check_lower_bounds(globals()):
    values = points.astype(np.float64)
    _, vectors = np.linalg.eigh(values.T @ values)
    clustering = kmeans(points, 16, init=start)
    squared = pairwise_squared_distances(values, clustering.centroids)
    own = squared.min(axis=1, keepdims=True)
    for q in (1, 4, 16, 64):
        bounds = np.asarray(lower_bounds(values, clustering.centroids, vectors.T[-q:]))
        ruled_out = np.count_nonzero(bounds > own) / (15 * len(points))
        print(f"q = {q:>2} rules out {ruled_out:.1%} of the other centroids")

# %% [markdown]
# *To think about*: why not simply take more directions, until hardly any centroid is left?
#
# <!-- BEGIN SOLUTION -->
# *One answer*: each direction costs a multiplication for each point and centroid. Sixteen rule out 95 % of the other
# centroids. Four times as many rule out hardly five in a hundred more, and with all 784 we would have computed the
# full distances. The best number lies where one more direction costs as much as it saves.
# <!-- END SOLUTION -->

# %% [markdown]
# <!-- BEGIN SOLUTION -->
# ## The questions of the chapter
#
# 1. No assignment changes: not on the chapter's points for k = 4, 16 and 64 from seed 0, nor for k = 16 from the seeds
#    0 to 9. The roots are rounded in the sixteenth digit, and two bounds hardly ever come so close. But *hardly ever* is
#    no proof. A margin that is a little too large costs a few looks; none at all may cost the answer.
# 2. With seed 0, Hamerly's test looks at 27, 34 and 57 % of the points for k = 4, 16 and 64, Elkan's at 23, 25 and
#    39 %. The gain grows with k. With more centroids, the fastest of them is rarely the one that could take a point over.
#    We have counted, over seeds 0 to 2: it is the second nearest for about 25, 8 and 2 % of the points, and its step is
#    1.5, 3 and 9 times as long as that of the second nearest.
# <!-- END SOLUTION -->
