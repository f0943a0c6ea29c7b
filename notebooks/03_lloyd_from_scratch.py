# %% [markdown]
# # 3. Lloyd's algorithm from scratch
#
# k-means asks for k centroids such that the points are near to them: the sum of the squared distances should be
# small. *Lloyd's algorithm* is the usual way to look for such centroids; it does not always find the best. Now we
# build it ourselves, in small steps that each do one thing. First with twenty animals, so that we can watch it happen
# on paper. Then with the digits. At the end, our own code and the package's code give the same result, down to the
# last bit. This chapter follows [article B](https://johnloeber.com/docs/kmeans.html).
#
# **What you will learn**
#
# - Lloyd's algorithm, function by function;
# - what it makes smaller at each step, and why it must come to an end;
# - two variations: medians in place of means, and stopping early.
#
# **What you need**: chapter 2.
#
# **Time**: 60 minutes.

# %%
import math

import numpy as np

from mnist_kmeans import (
    contingency_table,
    kmeans,
    load_mnist,
    random_centroids,
)
from mnist_kmeans.exact import grid_bits, to_grid
from mnist_kmeans.plots import digits, lines, lloyd_animation, planes, show

# %% [markdown]
# ## Elephants and penguins
#
# Here are twenty animals. For each we know the weight in kilograms and the height in centimetres, but
# nobody has written down which animal it is.

# %%
animals = np.array(
    [
        [2900, 228], [3500, 251], [3100, 243], [4200, 272], [3900, 262],
        [4600, 281], [5200, 301], [5800, 322], [2600, 219], [4900, 296],
        [5, 44], [4, 41], [6, 69], [13, 91], [23, 104],
        [29, 112], [35, 117], [5, 52], [12, 88], [31, 109],
    ]
)  # fmt: skip
print("animals:", animals.shape)
nobody_knows = np.zeros(len(animals), dtype=int)
show(
    planes(
        [("twenty animals", animals, nobody_knows, None)],
        heading="Who is who?",
        xlabel="weight (kg)",
        ylabel="height (cm)",
    )
)

# %% [markdown]
# You see two groups at once. How could a computer see them? Lloyd's algorithm needs a start: k points of
# the data, drawn at random. We draw k = 2. (The *seed* is the number that fixes the random draw: the
# same seed, the same draw.)

# %%
start = random_centroids(animals, 2, seed=2)
print(start)

# %% [markdown]
# ## Step 1: assign
#
# Each animal goes to the centroid that is nearest to it. The distance is the one from school: square the
# differences, add them up. (The square root would not change which one is smallest, so we leave it out.)


# %%
def squared_distance(points, centroid):
    """The squared distance of each point to one centroid."""
    return ((points - centroid) ** 2).sum(axis=1)


def form_clusters(points, centroids):
    """The number of the nearest centroid of each point."""
    distances = [squared_distance(points, centroid) for centroid in centroids]
    return np.argmin(distances, axis=0)


assignments = form_clusters(animals, start)
print(assignments)

# %% [markdown]
# ## Step 2: move
#
# Each centroid moves to the middle of the animals that were given to it: their mean. A cluster that got
# nobody has no mean. Its centroid stays where it is. (The code in article B stops with an error there.) So *assign* is
# the function `form_clusters`, and *move* is `move_centroids`. The package calls them `assign` and `update`.


# %%
def move_centroids(points, assignments, centroids, middle):
    """Each centroid moved to the middle of its cluster; an empty one stays."""
    moved = centroids.copy()
    for cluster in np.unique(assignments):
        moved[cluster] = middle(points[assignments == cluster])
    return moved


def mean(points):
    return points.mean(axis=0)


print(move_centroids(animals, assignments, start, mean))

# %% [markdown]
# ## Repeat until nothing moves
#
# One *assign* and one *move* together are an *iteration*. For each iteration, `lloyd` keeps the clusters, and the
# centroids as they are before they move.


# %%
def lloyd(points, centroids, middle=mean):
    """Assign and move until nothing moves; every (assignments, centroids)."""
    steps = []
    while True:
        assignments = form_clusters(points, centroids)
        steps.append((assignments, centroids))
        moved = move_centroids(points, assignments, centroids, middle)
        if np.array_equal(moved, centroids):
            return steps
        centroids = moved


steps = lloyd(animals, start)
panels = [
    (f"iteration {number}", animals, assignments, centroids)
    for number, (assignments, centroids) in enumerate(steps, start=1)
]
show(
    planes(
        panels,
        heading="The penguins pull a centroid away from the elephants (centroids: crosses)",
        xlabel="weight (kg)",
        ylabel="height (cm)",
    )
)

# %% [markdown]
# Each panel shows the centroids at the start of the iteration, and the groups they form. Chance was unkind: both
# centroids start as elephants, and the lighter one gets all the penguins as well. But the penguins pull it down,
# elephant after elephant changes over to the other, and after a few iterations the two have parted.
#
# These are five moments. Here is what happens between them. Watch the two steps take turns: in *assign* the
# points change colour and shape, and no cross moves; in *move* the crosses move, and no point changes. The buttons
# hold it at any step for as long as you like.

# %%
show(
    lloyd_animation(
        animals,
        steps,
        heading="Lloyd's algorithm at work (centroids: crosses)",
        xlabel="weight (kg)",
        ylabel="height (cm)",
    )
)

# %% [markdown]
# Now we see a new animal. Which group is it in? The one of the nearest centroid. So *classifying* with k-means is the
# *assign* step once more.

# %%
assignments, centroids = steps[-1]
newcomer = np.array([[2400, 205]])
group = form_clusters(newcomer, centroids)[0]
print("a newcomer of 2400 kg and 205 cm goes to group", group)
print("some of that group:", animals[assignments == group][:3].tolist())
show(
    planes(
        [("newcomer: star", animals, assignments, centroids)],
        heading="A new animal joins the nearest group",
        xlabel="weight (kg)",
        ylabel="height (cm)",
        new_point=newcomer[0],
    )
)

# %% [markdown]
# One honest remark. Look at the numbers on the two axes: the weights differ by thousands, the heights by
# hundreds. So the distance is nearly all weight, and the height hardly matters. Whoever measures in
# tonnes gets other distances. With pixels we are lucky: all of them have the same unit. Not all have the same say,
# though: those that vary most from digit to digit (chapter 1 drew them) decide most.
#
# ## The same code on digits
#
# Nothing in our functions says that a point has two coordinates. Let us hand them digits, with 784. Our
# code is simple but slow, so we take two thousand digits only.

# %%
training, validation = load_mnist().holdout()
some = training.images[:2000].astype(np.float64)
start = random_centroids(some, 10, seed=0)
steps = lloyd(some, start)
print(f"{len(some):,} digits, {len(steps)} iterations")

# %% [markdown]
# Two coordinates fit on paper, 784 do not. But a centroid of digits is a picture. So we can watch all ten
# move: each row below is a moment, the start or after so many moves, and each column is one centroid. Above it stands
# the commonest digit of the cluster that it forms at that moment, with its share.

# %%
moments = [0, 1, 2, 5, 10, len(steps) - 1]
centroids_then, commonest = [], []
for moment in moments:
    assignments, centroids = steps[moment]
    counts = contingency_table(training.labels[:2000], assignments, 10)
    centroids_then.extend(centroids)
    commonest += [f"{row.argmax()}: {row.max() / row.sum():.0%}" for row in counts]
show(
    digits(
        centroids_then,
        commonest,
        heading="Ten single digits turn into ten means",
        columns=10,
        row_names=["start", "1 move", *(f"{moment} moves" for moment in moments[2:])],
    )
)

# %% [markdown]
# At the start each centroid is one digit, as sharp as it was written. The first move turns it into the mean of
# many, and into a blur. Nothing later changes as much; the last rows are hard to tell apart. Not every centroid
# stays what it was. The tenth column begins as a nine. But more zeros than nines are near it, 43 %<!--{commonest[9][3:]}--> of its cluster from
# the start, so it becomes a zero. The first, a five, goes the same way.<!--true: training.labels[:2000][(some == start[0]).all(axis=1)].tolist() == [5] and training.labels[:2000][(some == start[9]).all(axis=1)].tolist() == [9] and {commonest[i][0] for i in (0, 9, -10, -1)} == {"0"}--> The fourth begins as a nine and ends as an eight.<!--true: commonest[3][0] == "9" and commonest[-7][0] == "8"-->

# %% [markdown]
# ## What falls at each step
#
# Add up the squared distances of all points to their centroids. This sum is called the *inertia*. Neither
# step can raise it:
#
# - *assign* gives each point to the nearest centroid, so no distance grows;
# - *move* goes to the mean, and no other place has a smaller sum of squared distances to the cluster.
#
# The second takes a line of proof. For $n$ points $x$ with the mean $m$, and any place $c$,
#
# $$\sum {|x - c|}^2 \;=\; \sum {|x - m|}^2 \;+\; n\, {|m - c|}^2.$$
#
# The last term is 0 only at $c = m$, and positive everywhere else. (In question 3 you prove it.)
#
# There are only so many ways to share out the points among the clusters. Each iteration lowers the inertia or
# changes nothing. So no grouping can come up twice, and the loop must end. (`math.fsum` adds up a list of numbers and rounds only once, at the end.)


# %%
def inertia(points, assignments, centroids):
    """The sum of the squared distances of the points to their own centroids."""
    return math.fsum(((points - centroids[assignments]) ** 2).sum(axis=1))


fall = [inertia(some, assignments, centroids) for assignments, centroids in steps]
print("it never rises:", bool(np.all(np.diff(fall) <= 0)))
show(
    lines(
        {"inertia": (range(1, len(fall) + 1), np.array(fall) / 1e9)},
        heading="The inertia falls, at first fast, then slowly",
        xlabel="iteration",
        ylabel="inertia (billions)",
    )
)

# %% [markdown]
# It ends, but where? In a place from which neither step leads on. That is a *local* optimum. From another
# start we may come to rest elsewhere, better or worse. Chapter 6 is about that. Here are four starts with a thousand
# digits.

# %%
few = some[:1000]
ends = []
for seed in range(4):
    seen = lloyd(few, random_centroids(few, 10, seed))
    ends.append(inertia(few, *seen[-1]))
    print(
        f"seed {seed}: {len(seen):>2} iterations, inertia {ends[-1] / 1e9:.4f} billion"
    )

# %% [markdown]
# Four starts, four ends, 1.3 %<!--{max(ends) / min(ends) - 1:.1%}--> apart.
#
# ## Aside: stop early
#
# The curve is nearly flat long before the end. Many people cap the number of iterations, say at 100.
# What would we lose by stopping earlier still?

# %%
for cap in (2, 5, 10, 20, len(steps) - 1):
    assignments_then, _ = steps[cap]  # as the next iteration finds them
    above = fall[cap] / fall[-1] - 1
    unsettled = np.count_nonzero(assignments_then != steps[-1][0])
    print(
        f"after {cap:>2} iterations: inertia {above:6.2%} above the end, "
        f"{unsettled:>5,} digits are not yet where they end"
    )

# %% [markdown]
# The inertia is nearly there after a few iterations<!--true: fall[5] < 1.02 * fall[-1]-->, while many digits are not yet in their last
# cluster. Whether that matters depends on what you want. Except where we say so, we run to the end: then
# there is no cap to argue about, and the result does not depend on it.
#
# ## Aside: medians
#
# A mean is drawn away by a single wild value. A *median*, the value in the middle, is not. An eleventh elephant
# comes, and somebody mistypes its weight, 41,000 kg for 4,100:<!--true: mistyped[-1, 0] == 41_000-->

# %%
herd = animals[:10].astype(np.float64)
mistyped = np.vstack([herd, [41_000, 270]])
for name, middle in [("mean", np.mean), ("median", np.median)]:
    print(
        f"{name:>6} weight: {middle(herd[:, 0]):,.0f} kg, "
        f"with the mistyped one {middle(mistyped[:, 0]):,.0f} kg"
    )

# %% [markdown]
# Replace the mean by the median in the *move* step and you have k-medians. (To the letter, it would also
# measure by absolute differences instead of squares. The idea is the same.) Our *move* step takes the
# middle as an argument, so we can try it. As it no longer lowers the inertia for sure, we run only eight
# iterations.


# %%
def median(points):
    return np.median(points, axis=0)


of_means = of_medians = random_centroids(few, 10, seed=0)
for _ in range(8):
    of_means = move_centroids(few, form_clusters(few, of_means), of_means, mean)
    of_medians = move_centroids(few, form_clusters(few, of_medians), of_medians, median)
show(
    digits(
        np.vstack([of_means, of_medians]),
        heading="The same start, eight iterations: medians are sharper than means",
        columns=10,
        row_names=["means", "medians"],
    )
)

# %% [markdown]
# Medians give sharper pictures. A pixel is inked only if at least half of the members have ink
# there. Chapter 10 comes back to them.
#
# ## The package gives equal results
#
# The package's `kmeans` does these same steps, faster. How closely do they agree? Computers round. Ten
# thousand tenths, added one after the other, do not quite make a thousand:

# %%
print(np.cumsum(np.full(10_000, 0.1))[-1])

# %% [markdown]
# What is rounded away depends on the order. So two programs that add the same numbers in another order often
# disagree in the last digits. Mostly one shrugs and writes *approximately equal*. We need not. The pixels are whole numbers, and if each
# mean is rounded to a fixed grid of fractions, nothing in the whole algorithm needs any further
# rounding. For digits the grid has steps of 1/8192<!--{2**bits}--> of a grey level. (Chapter 8 explains why that number.) The loop
# still ends: the rounded mean is the point *of the grid* with the smallest sum of squared distances, so the inertia
# still never rises.

# %%
bits = grid_bits(training.images)
print(f"the grid has steps of 1/{2**bits}")


def grid_point_of_mean(points):
    return to_grid(points.mean(axis=0), bits)


ours = lloyd(some, start, grid_point_of_mean)
our_assignments, our_centroids = ours[-1]
theirs = kmeans(training.images[:2000], 10, init=start)

print("equal centroids:  ", np.array_equal(our_centroids, theirs.centroids))
print("equal assignments:", np.array_equal(our_assignments, theirs.assignments))
print(
    "equal inertia, at each iteration:",
    [inertia(some, *step) for step in ours] == list(theirs.history),
)

# %% [markdown]
# Not approximately: equal.<!--true: np.array_equal(our_centroids, theirs.centroids)--> The textbook and the fast code, on your machine and on ours. And what did the
# rounding cost us against the plain means?

# %%
plain_assignments, plain_centroids = steps[-1]
print(
    "largest difference of a centroid:",
    f"{np.abs(plain_centroids - our_centroids).max():.6f}",
    "grey levels",
)
print(
    "digits in another cluster:       ",
    np.count_nonzero(plain_assignments != our_assignments),
)

# %% [markdown]
# Nothing that one could see. From here on we use the package, on all of the training digits.

# %%
clustering = kmeans(training.images, 10, seed=0)
print(
    f"{len(training):,} digits, {clustering.n_iter} iterations, inertia "
    f"{clustering.inertia / 1e9:.4f} billion"
)
show(
    digits(
        clustering.centroids,
        heading="Ten centroids of all the training digits: more digits, smoother means",
        columns=5,
    )
)

# %% [markdown]
# The inertia is 23<!--{clustering.inertia / fall[-1]:.0f}--> times that of our two thousand digits, because it is a sum over 22.5<!--{len(training) / len(some):.1f}--> times as many. Per digit it
# is 2.5<!--{clustering.inertia / len(training) / 1e6:.1f}--> million in both.<!--true: round(fall[-1] / len(some) / 1e6, 1) == 2.5--> And a cap of 100 iterations would have cut this run off.<!--true: clustering.n_iter > 100-->
#
# ## What to remember
#
# - Lloyd's algorithm is a loop of two steps, *assign* and *move*. Neither can raise the inertia, so it ends.
# - It ends in a local optimum, which depends on the start.
# - Decide what an empty cluster does before it happens.
# - Sums that are never rounded are equal in any order. That is what makes results repeatable.
#
# ## Exercises
#
# Write code of your own in the [exercises of this chapter](exercises/03_lloyd_from_scratch.ipynb): kilograms and
# centimetres, the whole loop with a cap, an empty cluster that starts anew, one point at a time. Below each is a check
# that tells you how far you are. And to think about:
#
# 1. Put both first centroids into the same place. What happens, and which rule decides it?
# 2. When a cap stops the loop, `kmeans` returns the centroids after the last move. Why not those before it?
# 3. Prove the equation about the mean, first for numbers. (Write $x - c$ as $(x - m) + (m - c)$ and
#    square it. What is the sum of all $x - m$?)
#
# ## Further reading
#
# - Article B, [*K-Means Clustering on Handwritten Digits*](https://johnloeber.com/docs/kmeans.html).
# - S. P. Lloyd: *Least squares quantization in PCM*, IEEE Transactions on Information Theory 28 (1982).
# - D. Goldberg: *What every computer scientist should know about floating-point arithmetic*, ACM
#   Computing Surveys 23 (1991).
# - P. S. Bradley, O. L. Mangasarian, W. N. Street: *Clustering via concave minimization*, NIPS (1996).
#   k-medians.
