# %% [markdown]
# # 11. Variations: solutions
#
# <!-- BEGIN SOLUTION -->
# One way to do each exercise of [chapter 11](../11_variations.ipynb). Try them yourself first, in the
# [exercise notebook](../exercises/11_variations.ipynb). If your way passes the check, it is as good.
# <!-- END SOLUTION -->

# %% tags=["hide-input"]
import numpy as np

from mnist_kmeans import kmeans, load_mnist, repeat_inits
from mnist_kmeans.exercises.chapter_11 import (
    check_moved_mean,
    check_nearest_direction,
    check_neighbour_pairs,
)
from mnist_kmeans.features import normalize, oriented_gradients
from mnist_kmeans.plots import Table, show

# %%
training, _ = load_mnist().holdout()
images, labels = training.images[:2000], training.labels[:2000]
edges = oriented_gradients(normalize(images))
print("images:", images.shape, " edges:", edges.shape)

# %% [markdown]
# ## Exercise 1: A mean that moves (5 min)
#
# Mini-batches go on with a mean when new points arrive. Do it for one point: `mean` (d,) is the mean of `count` points that
# nobody has kept. A point `new` (d,) arrives. Return the mean of all `count + 1`.


# %%
def moved_mean(mean, count, new):
    """The mean of `count` points with this mean, and one more."""
    # BEGIN SOLUTION
    return mean + (new - mean) / (count + 1)
    # END SOLUTION


# %%
if check_moved_mean(globals()):
    mean, steps = images[0].astype(np.float64), []
    for count, image in enumerate(images[1:], start=1):
        moved = np.asarray(moved_mean(mean, count, image))
        steps.append(np.sqrt(((moved - mean) ** 2).sum()))
        mean = moved
    counts = [1, 10, 100, 500]
    show(
        Table(
            {
                "points so far": counts,
                "length of the next step": [steps[count - 1] for count in counts],
            },
            heading="How far the mean of all digits still moves",
            formats={"length of the next step": ".1f"},
        )
    )

# %% [markdown]
# *To think about*: the first batches of a mini-batch run meet bad centroids. Are their points ever forgotten?
#
# <!-- BEGIN SOLUTION -->
# *One answer*: no. Each point counts for ever, one among `count`, in the centroid that it was given to, even
# when another one would be nearer by now. And the more points a centroid has, the shorter its steps become. So
# a bad beginning is outweighed slowly, and never undone. Plain k-means assigns all points afresh each time.
# <!-- END SOLUTION -->
#
# ## Exercise 2: The nearest direction (10 min)
#
# Spherical k-means assigns a point to the centroid whose direction is most like its own, however long either of them
# is. Return the number of this centroid for each point: the one with the largest *cosine*, the product of both, divided
# by their lengths.


# %%
def nearest_direction(points, centroids):
    """For each point (n, d) the centroid (k, d) with the most similar direction, (n,)."""
    # BEGIN SOLUTION
    lengths = np.sqrt((centroids**2).sum(axis=1))
    return (points @ centroids.T / lengths).argmax(axis=1)
    # END SOLUTION


# %%
if check_nearest_direction(globals()):
    changes = {}
    for name, features in [("pixels", images), ("edges", edges)]:
        shares = []
        for run in repeat_inits(features, 16, range(5)):
            found = nearest_direction(features.astype(np.float64), run.centroids)
            shares.append(np.mean(np.asarray(found) != run.assignments))
        changes[name] = shares
    show(
        Table(
            {
                "features": list(changes),
                "least": map(min, changes.values()),
                "mean": map(np.mean, changes.values()),
                "greatest": map(max, changes.values()),
            },
            heading="Digits nearer to another centroid by direction, five starts",
            formats=dict.fromkeys(["least", "mean", "greatest"], ".1%"),
        )
    )

# %% [markdown]
# *To think about*: you did not have to divide by the length of the point. Why?
#
# <!-- BEGIN SOLUTION -->
# *One answer*: it divides the products of a point with all centroids by the same number, and that does not change which
# of them is largest. The lengths of the centroids differ, and do matter.
# <!-- END SOLUTION -->
#
# ## Exercise 3: Who is whose neighbour? (20 min)
#
# The graph of the chapter joins two points if one of them is among the `count` nearest of the other. Write it as a table:
# True in row i and column j, and in row j and column i, if they are joined. No point is joined to itself.


# %%
def neighbour_pairs(points, count):
    """Which of the points (n, d) are joined in the graph of neighbours, (n, n)."""
    # BEGIN SOLUTION
    table = np.zeros((len(points), len(points)), dtype=bool)
    for row, point in enumerate(points):
        squared = ((points - point) ** 2).sum(axis=1)
        squared[row] = np.inf
        table[row, squared.argsort(kind="stable")[:count]] = True
    return table | table.T
    # END SOLUTION


# %%
if check_neighbour_pairs(globals()):
    few = slice(500)
    same = labels[few, None] == labels[few]
    rows = {
        "features": [],
        "joined pairs of one digit": [],
        "pairs in clusters of one digit": [],
    }
    for name, features in [("pixels", images), ("edges", edges)]:
        joined = np.asarray(neighbour_pairs(features[few].astype(np.float64), 10)) > 0
        groups = kmeans(features[few], 10, seed=0).assignments
        together = (groups[:, None] == groups) & ~np.eye(500, dtype=bool)
        rows["features"].append(name)
        rows["joined pairs of one digit"].append(same[joined].mean())
        rows["pairs in clusters of one digit"].append(same[together].mean())
    shares = dict.fromkeys(list(rows)[1:], ".1%")
    show(Table(rows, heading="Neighbours and clusters, 500 digits", formats=shares))

# %% [markdown]
# *To think about*: some points have many more than `count` neighbours in this table. Can one have fewer?
#
# <!-- BEGIN SOLUTION -->
# *One answer*: no. Each point is joined to its own `count` nearest, and to all that have it among theirs. A point in the
# middle of a crowd is in many lists, one far out in nobody's.
# <!-- END SOLUTION -->

# %% [markdown]
# <!-- BEGIN SOLUTION -->
# ## The questions of the chapter
#
# 1. No. With seeds 0 to 4, a hundred clusters with three votes each misread 0.0269, and with one label each 0.0271: a vote
#    hardly ever changes a name. Three hundred clusters with one label each misread 0.0203. Labels of like digits say
#    the same thing three times.
# 2. With five neighbours the mean accuracy of the five sets is 0.978, with ten 0.976, with forty 0.963. The answer does not
#    hang on the number, as long as it is small against the 400 digits of a kind: forty still beat plain k-means in each
#    set.
# <!-- END SOLUTION -->
