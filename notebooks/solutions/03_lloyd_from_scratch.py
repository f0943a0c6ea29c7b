# %% [markdown]
# # 3. Lloyd's algorithm from scratch: solutions
#
# <!-- BEGIN SOLUTION -->
# One way to do each exercise of [chapter 3](../03_lloyd_from_scratch.ipynb). Try them yourself first, in the
# [exercise notebook](../exercises/03_lloyd_from_scratch.ipynb). If your way passes the check, it is as good.
# <!-- END SOLUTION -->

# %% tags=["hide-input"]
import numpy as np

from mnist_kmeans import assign, kmeans, load_mnist, random_centroids, update
from mnist_kmeans.exercises.chapter_03 import (
    check_cluster_with_cap,
    check_one_by_one,
    check_standardise,
    check_update_and_revive,
)
from mnist_kmeans.plots import digits, planes, show

# %%
training, validation = load_mnist().holdout()
some = training.images[:2000]
print("digits:", some.shape)

# %% [markdown]
# ## Exercise 1: Kilograms and centimetres (5 min)
#
# In the chapter, the distance between two animals is nearly all weight. Make the measurements comparable: subtract from
# each column its mean, then divide each column by its standard deviation.


# %%
def standardise(points):
    """The points, (n, d), with mean 0 and standard deviation 1 in each column."""
    # BEGIN SOLUTION
    return (points - points.mean(axis=0)) / points.std(axis=0)
    # END SOLUTION


# %%
if check_standardise(globals()):
    weights = [3200, 3600, 3900, 4300, 4700, 2800, 3100, 3500, 3800, 4200]
    heights = [231, 238, 246, 252, 259, 295, 301, 309, 318, 326]
    herd = np.column_stack([weights, heights])
    panels = [
        (name, herd, kmeans(points, 2, seed=1).assignments, None)
        for name, points in [
            ("clustered as measured", herd),
            ("clustered standardised", np.asarray(standardise(herd))),
        ]
    ]
    show(
        planes(
            panels,
            heading="Ten elephants of two kinds",
            xlabel="weight (kg)",
            ylabel="height (cm)",
        )
    )

# %% [markdown]
# *To think about*: pixels all have the same unit. What would it do to the digits to standardise each pixel?
#
# <!-- BEGIN SOLUTION -->
# *One answer*: a pixel near the margin, inked in only a few images, has a tiny standard deviation. Divided by it, the rare
# ink there becomes huge. (And a pixel that is always blank would be divided by 0; leave those out.) It does the digits no good:
# with the two thousand digits above, ten clusters and seeds 0 to 19, the purity falls from 0.586 to 0.497 on average, and the
# smallest cluster has 1 to 79 digits, where it had 91 to 150. The huge values do about half of the harm: cut off at three
# standard deviations, the purity is 0.541. (With the next two thousand digits it is 0.575, 0.492 and 0.527.)
# <!-- END SOLUTION -->
#
# ## Exercise 2: The whole loop, with a cap (15 min)
#
# Write Lloyd's algorithm with the package's `assign(points, centroids)` and `update(points, assignments, centroids)`. An
# iteration is one of each. Stop when an iteration has moved nothing, or after `cap` iterations. Return the assignments,
# the centroids, and the number of iterations, the last one included. Each point must be with the nearest of the
# centroids that you return.


# %%
def cluster_with_cap(points, centroids, cap):
    """Assignments (n,), centroids (k, d), and the number of iterations."""
    # BEGIN SOLUTION
    iterations, moving = 0, True
    while moving and iterations < cap:
        moved = update(points, assign(points, centroids), centroids)
        moving = not np.array_equal(moved, centroids)
        centroids = moved
        iterations += 1
    return assign(points, centroids), centroids, iterations
    # END SOLUTION


# %%
if check_cluster_with_cap(globals()):
    start = random_centroids(some, 10, seed=0)
    for cap in (5, 20, 1000):
        _, centroids, iterations = cluster_with_cap(some, start, cap)
        print(f"cap {cap:>5}: {iterations:>3} iterations")
    show(digits(centroids, heading="Ten centroids from your own loop", columns=5))

# %% [markdown]
# *To think about*: how would you stop when the inertia has fallen by less than a thousandth?
#
# <!-- BEGIN SOLUTION -->
# *One answer*: keep the inertia of the last iteration, and stop when the new one is more than 0.999 times the old one. One
# must compute the inertia in each iteration for that, which costs little: the smallest distances are known anyway.
# <!-- END SOLUTION -->
#
# ## Exercise 3: An empty cluster starts anew (15 min)
#
# In the chapter, a centroid without points stays where it is, and may stay useless for ever. Here it gets a new chance.
# Write *update* so that a centroid with points moves to their mean, and a centroid without points moves to the
# point that is farthest from its own centroid (the one it is assigned to, before anything moves).


# %%
def update_and_revive(points, assignments, centroids):
    """The moved centroids, (k, d)."""
    # BEGIN SOLUTION
    farthest = ((points - centroids[assignments]) ** 2).sum(axis=1).argmax()
    moved = np.empty(centroids.shape)
    for cluster in range(len(centroids)):
        members = points[assignments == cluster]
        moved[cluster] = members.mean(axis=0) if len(members) else points[farthest]
    return moved
    # END SOLUTION


# %%
if check_update_and_revive(globals()):
    start = random_centroids(some, 10, seed=0)
    start[9] = 255  # full of ink: no digit is near
    for name, step in [("stays", update), ("starts anew", update_and_revive)]:
        centroids = start
        for _ in range(10):
            centroids = np.asarray(step(some, assign(some, centroids), centroids))
        sizes = np.bincount(assign(some, centroids), minlength=10)
        print(f"an empty cluster {name}: sizes {sizes}")

# %% [markdown]
# *To think about*: the farthest point is an odd one. Is it a good place for a centroid? And what should happen to two
# empty clusters?
#
# <!-- BEGIN SOLUTION -->
# *One answer*: not always. With seeds 0 to 39 in place of 0, 22 of the forty centroids that start anew have 59 digits or
# more after ten iterations, as in the output above. Seventeen have sat down on an odd digit and still have it alone, one has a
# second. Two
# empty clusters should go to two different points, the farthest and the next; in our solution both go to the same.
# <!-- END SOLUTION -->
#
# ## Exercise 4: One point at a time (20 min)
#
# J. MacQueen, who gave k-means its name, did not wait for all points. The points come one by one, in their order. Each
# joins the cluster of the nearest centroid, and this centroid moves at once to the mean of all that has joined it so
# far. The place where it started counts as the first point of its cluster. Write one pass over the points.


# %%
def one_by_one(points, centroids):
    """The centroids, (k, d), when each point has come once."""
    # BEGIN SOLUTION
    centroids = centroids.copy()
    counts = np.ones(len(centroids))
    for point in points:
        nearest = ((centroids - point) ** 2).sum(axis=1).argmin()
        counts[nearest] += 1
        centroids[nearest] += (point - centroids[nearest]) / counts[nearest]
    return centroids
    # END SOLUTION


# %%
if check_one_by_one(globals()):
    start = random_centroids(some, 10, seed=0)
    ends = {
        "at the start": start,
        "after one pass, one by one": one_by_one(some, start),
        "after one iteration of Lloyd's": update(some, assign(some, start), start),
        "at the end of Lloyd's": kmeans(some, 10, init=start).centroids,
    }
    for name, centroids in ends.items():
        inertia = kmeans(some, 10, init=centroids, max_iter=1).history[0]
        print(f"inertia {name:<31} {inertia:.3e}")

# %% [markdown]
# *To think about*: shuffle the points. Does the result of one pass stay the same? Does that of Lloyd's algorithm?
#
# <!-- BEGIN SOLUTION -->
# *One answer*: the pass ends elsewhere, because each point moves a centroid before the next is looked at. Lloyd's algorithm
# looks at all points before anything moves, and sums do not depend on the order. So from the same first centroids its result
# stays the same, to the last bit if the sums are exact. (The start must not be drawn again: other rows would be drawn.) By the
# way, one pass one by one mostly gets lower than one iteration of Lloyd's: with 18 of the seeds 0 to 19.
# <!-- END SOLUTION -->

# %% [markdown]
# <!-- BEGIN SOLUTION -->
# ## The questions of the chapter
#
# 1. All distances to the two are equal, so a rule must decide. `np.argmin` takes the first of equal numbers, so all points go
#    to centroid 0, and cluster 1 is empty. Then the rule about empty clusters decides: its centroid stays. Centroid 0 moves to
#    the mean of all points, and from then on points may be nearer to centroid 1, which thus comes back to life.
# 2. Because of the promise that `kmeans` makes: each point is with the nearest of the centroids that come back. And the
#    centroids after the last update are better: the inertia is lower than before it. The price is one more *assign*.
# 3. $\sum (x - c)^2 = \sum (x - m)^2 + 2 (m - c) \sum (x - m) + n (m - c)^2$. The sum of all $x - m$ is the sum of all $x$ minus
#    $n m$, which is 0, because $m$ is the mean. For points with many coordinates, add up this equation over the coordinates.
# 4. Make x shorter. Standardised as in exercise 1, the two long groups are found completely, and also with x divided by ten. The
#    wide group has the same width in both directions, so no such change makes it narrow: standardised, the best of twenty starts
#    is 0.83 pure in place of 0.81.
# <!-- END SOLUTION -->
