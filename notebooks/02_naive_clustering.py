# %% [markdown]
# # 2. Naive clustering
#
# Suppose that nobody had ever labelled the digits. Could a computer find the ten kinds by itself, just
# from what they look like? We try the most direct way there is, and see how far it gets. This chapter
# follows [article A](https://gravila.dev/clustering-mnist-naive/).
#
# **What you will learn**
#
# - the idea of k-means, in a dozen lines of numpy;
# - why the elegant one-line distance needs more memory than it seems;
# - what the computer finds among the digits, what it confuses, and why.
#
# **What you need**: chapter 1.
#
# **Time**: 40 minutes.

# %%
import numpy as np

from mnist_kmeans import (
    contingency_table,
    kmeans,
    load_mnist,
    majority_labels,
    mean_cluster_purity,
    purity,
    random_centroids,
)
from mnist_kmeans.plots import digits, heatmap, members, show

digit_data = load_mnist()
images, labels = digit_data.images, digit_data.labels
print("images:", images.shape, images.dtype)

# %% [markdown]
# (Article A, with Keras, calls them `x_train` and `y_train`.) We have the labels, but we put them aside. The
# computer must not see them. We only take them out at the end, to judge what it has found.
#
# ## The idea
#
# Pick ten images at random. Call them *centroids*. Then repeat two steps:
#
# 1. give each digit to the centroid that it is nearest to;
# 2. move each centroid to the mean of the digits it was given.
#
# Stop when nothing moves any more. That is all. The ten groups of digits are the *clusters*. How many there are, *k*,
# is ours to choose; here it is ten. Hence the name *k-means*.
#
# ## The direct way, and what it costs
#
# *Nearest* means: the smallest sum of squared differences over all 784 pixels. In numpy one line does
# it for all digits and all centroids at once. `images` has shape (n, 784) and `centroids` (10, 784). With a new
# axis in the middle, `centroids` has shape (10, 1, 784), and numpy subtracts every digit from every centroid. This
# is *broadcasting*. We begin with a thousand digits, and ten of them, drawn at random, as centroids. (The *seed*
# fixes the random draw: with the same seed you get the same ten.)

# %%
few = images[:1000].astype(np.float64)
centroids = random_centroids(few, 10, seed=0)

differences = centroids[:, np.newaxis, :] - few
print("differences:", differences.shape)
print(f"memory:      {differences.nbytes / 1e6:.1f} MB for {len(few):,} digits")

# %% [markdown]
# Each of these differences is a number of 8 bytes, and there are 10 x n x 784 of them. For a thousand
# digits that is easy. What about all 60,000<!--{len(images):,}--> of the full training data?

# %%
for n in (1_000, 10_000, 60_000):
    print(f"{n:>6,} digits: {10 * n * 784 * 8 / 1e9:5.2f} GB")

# %% [markdown]
# The last line is more than many laptops can spare, and all of it serves to compute 600,000<!--{10 * len(images):,}--> distances,
# which would fit into 5 MB. To square the differences, numpy even makes a second array of the same size. So we stay
# with the thousand digits for now.
#
# Here is the whole method, as directly as numpy can say it. (It draws its start again, so you can run the cell as
# often as you like.)

# %%
centroids = random_centroids(few, 10, seed=0)
iterations = 0
while True:
    iterations += 1
    differences = centroids[:, np.newaxis, :] - few
    squared_distances = (differences**2).sum(axis=2)
    assignments = squared_distances.argmin(axis=0)
    moved = np.array(
        [few[assignments == cluster].mean(axis=0) for cluster in range(10)]
    )
    if np.array_equal(moved, centroids):
        break
    centroids = moved

print("nothing moves any more after", iterations, "iterations")
print("sizes of the clusters:", np.bincount(assignments, minlength=10))
show(digits(centroids, heading="Ten centroids of a thousand digits", columns=5))

# %% [markdown]
# Nobody told the computer what a digit is. Still, some of the means look like digits. The loop is not
# safe yet: if a cluster ever lost all its members, the mean of nothing would be *not a number*. Chapter
# 3 takes care of that.
#
# ## All the digits
#
# The package's `kmeans` takes the same two steps without the giant array of differences. Chapter 8 tells
# how. Here we just use it. We only describe, and do not judge on unseen digits, so we take all the training
# digits.

# %%
clustering = kmeans(images, 10, seed=0)
print("iterations:", clustering.n_iter)
print("sizes:     ", np.bincount(clustering.assignments, minlength=10))

# %% [markdown]
# ## Look at the members
#
# The first thing to do with clusters is to look at them. Here are the first 25 members of each.

# %%
numbered = [f"cluster {cluster}" for cluster in range(10)]
show(
    members(
        images,
        clustering.assignments,
        numbered,
        heading="Twenty-five members of each cluster",
    )
)

# %% [markdown]
# Take a minute. Some clusters are nearly pure, others hold a family of shapes. To see it in numbers, we
# now bring the labels back. A *contingency table* has a row for each cluster and a column for each
# digit, and counts.

# %%
counts = contingency_table(labels, clustering.assignments, 10)
show(
    heatmap(
        counts,
        heading="How many of each digit a cluster holds",
        xlabel="true digit",
        ylabel="cluster",
    )
)

# %%
for cluster in range(10):
    order = counts[cluster].argsort(kind="stable")[::-1][:3]
    shares = ", ".join(
        f"{digit} ({counts[cluster, digit] / counts[cluster].sum():.0%})"
        for digit in order
    )
    print(f"cluster {cluster}: {counts[cluster].sum():>6,} digits, mostly {shares}")

# %% [markdown]
# Read the table row by row.
#
# - Cluster 2 is almost all twos, cluster 0 almost all zeros, and cluster 5 is mostly sixes.<!--true: commonest[[2, 0, 5]].tolist() == [2, 0, 6] and shares[[2, 0, 5]].min() > 0.8-->
# - Threes, eights and almost half of the fives share clusters 1 and 4. Their strokes cover the same pixels.<!--true: commonest[[1, 4]].tolist() == [3, 8] and 0.45 < counts[[1, 4], 5].sum() / counts[:, 5].sum() < 0.5-->
# - Cluster 7 mixes slanted zeros with fives and sixes.<!--true: set(counts[7].argsort()[-3:].tolist()) == {0, 5, 6}-->
# - Fours, sevens and nines, all written with one long stroke down, fill clusters 3 and 9 together.<!--true: all(set(counts[cluster].argsort()[-3:].tolist()) == {4, 7, 9} for cluster in (3, 9))-->
# - Ones have clusters 6 and 8, upright and slanted: pixel by pixel, the two have little in common. Four in ten
#   members of these clusters are other thin digits.<!--true: commonest[[6, 8]].tolist() == [1, 1] and 0.38 < 1 - counts[[6, 8], 1].sum() / counts[[6, 8]].sum() < 0.43-->
# - No cluster belongs to the five, and none to the nine.<!--true: not {5, 9} & present-->
#
# ## The ten centroids
#
# A centroid is the mean of its members, so we can draw it like a digit. Above each stands the commonest
# digit in its cluster and how much of the cluster it makes up.

# %%
commonest = majority_labels(clustering.assignments, labels, 10)
shares = counts.max(axis=1) / counts.sum(axis=1)
titles = [
    f"{digit}: {share:.0%}" for digit, share in zip(commonest, shares, strict=True)
]
show(
    digits(
        clustering.centroids,
        titles,
        heading="Ten centroids, and the commonest digit of each",
        columns=5,
    )
)

# %% [markdown]
# The first zero, the two and the six are clear. The three and the eight carry traces of each other, and
# of the five. The four and the seven both look rather like nines. A digit that leads no cluster has been
# averaged away:

# %%
present = set(commonest.tolist())
print("digits that lead a cluster:  ", sorted(present))
print("digits that lead no cluster: ", sorted(set(range(10)) - present))

# %% [markdown]
# ## How good is that? Purity
#
# Article A measures it like this: for each cluster, take the share of its commonest digit, and then
# the plain mean over the ten clusters. Chapter 5 calls it *mean cluster purity*. There every cluster
# counts the same, whether it is large or small. The textbook *purity* is the share of all digits that are the
# commonest of their cluster; so large clusters count more.

# %%
print("share of the commonest digit per cluster:", shares.round(3))
print(f"mean cluster purity: {mean_cluster_purity(counts):.4f}")
print(f"purity:              {purity(counts):.4f}")

# %% [markdown]
# About six in ten.<!--true: 0.55 < purity(counts) < 0.65--> Large groups drawn at random would reach 0.11<!--{np.bincount(labels).max() / len(labels):.2f}-->, the share of the commonest digit. So the computer did find
# something. But it is far from reading. What goes wrong?
#
# ## Why pixels are not enough
#
# The distance compares pixel with pixel, each on its own. Then it should not matter where a pixel is. Let us shuffle
# the 784 pixels, in the same order for all digits.

# %%
order = np.random.default_rng(0).permutation(784)
shuffled = images[:, order]
show(
    digits(
        np.vstack([images[:8], shuffled[:8]]),
        heading="Eight digits, and the same with their pixels shuffled",
        columns=8,
        row_names=["written", "shuffled"],
    )
)
again = kmeans(shuffled, 10, seed=0)
print("equal clusters:", np.array_equal(again.assignments, clustering.assignments))
print(
    "equal centroids:", np.array_equal(again.centroids, clustering.centroids[:, order])
)

# %% [markdown]
# You can no longer read a digit. For k-means nothing has changed, exactly.<!--true: np.array_equal(again.assignments, clustering.assignments)--> It knows of no stroke, no loop, no shape.
#
# That has a price. Move a digit by a few pixels, or lean it over, and every reader still sees the same digit. What does
# the distance see (now with the root)? We take one digit, move it to the right, and slant it, top to the right and foot
# to the left. To compare, we look among the first two thousand digits for the nearest one with *another* label.


# %%
def distance_to(image):
    """The distance of an image to the first digit."""
    return ((image - images[0].astype(np.float64)) ** 2).sum() ** 0.5


def slanted(grid, pixels):
    """A digit whose top row moves right and bottom row left by so many pixels."""
    moves = np.linspace(pixels, -pixels, 28).round().astype(int)
    return np.array([np.roll(row, move) for row, move in zip(grid, moves, strict=True)])


some = images[:2000]
others = some[labels[:2000] != labels[0]]
grid = images[0].reshape(28, 28)
compared = {"original": images[0], "another kind": min(others, key=distance_to)}
for pixels in (1, 2):
    compared[f"{pixels} to the right"] = np.roll(grid, pixels, axis=1).ravel()
for pixels in (3, 5):
    compared[f"slanted by {pixels}"] = slanted(grid, pixels).ravel()

titles = [
    f"{name}\ndistance {distance_to(image):,.0f}" for name, image in compared.items()
]
show(
    digits(
        list(compared.values()),
        titles,
        heading="One digit, and how far it is from others and from itself",
        columns=6,
    )
)

# %% [markdown]
# Two pixels to the side, or enough slant, and this digit is farther from itself than from some digit of another kind.<!--true: distance_to(compared["1 to the right"]) < distance_to(compared["another kind"]) < min(distance_to(compared["2 to the right"]), distance_to(compared["slanted by 5"]))--> Moves
# are rare in MNIST, because its makers have centred every digit. Slant, width and thickness are what is left, and
# chapter 10 takes care of them. A distance between pixels cannot know that two such images are the same digit. All
# one can do is to show it more examples, as chapter 7 will.
#
# Article A finds nearly what we found: 8 and 3 merge, the 9 looks like a 7 or a 4. It also calls 0, 1 and 2 clear. In
# ours, four in ten members of the clusters of ones are something else. It ends here, and announces dimensionality
# reduction as the next step. This course first learns to do well what can be done with pixels. Chapter 10 then goes
# beyond them.
#
# ## What to remember
#
# - k-means repeats two steps: assign each point to the nearest centroid, move each centroid to the mean.
# - Broadcasting is elegant, but count the bytes before you use it.
# - k-means on pixels groups digits that *cover the same pixels*. They need not be the same digit.
#
# ## Exercises
#
# Write code of your own in the [exercises of this chapter](exercises/02_naive_clustering.ipynb): the nearest digit, the
# same with less memory, ten pictures made with the labels, a distance that forgives. Below each is a check that tells
# you how far you are. And to think about:
#
# 1. Run the naive loop with another seed. Which centroids come back, which do not?
# 2. Turn an image by a few degrees (`scipy.ndimage.rotate`, if you have it) and find how far it moves
#    from itself. Which digits suffer most?
#
# ## Further reading
#
# - Article A, [*Clustering MNIST – naïve*](https://gravila.dev/clustering-mnist-naive/).
# - S. P. Lloyd: *Least squares quantization in PCM*, IEEE Transactions on Information Theory 28 (1982).
#   Written in 1957, and still the usual method.
# - The numpy manual, chapter *Broadcasting*.
