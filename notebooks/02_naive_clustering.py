# %% [markdown]
# # 2. Naive clustering
#
# Suppose that nobody had ever labelled the digits. Could a computer find the ten kinds by itself, just
# from what they look like? We try the most direct way there is, and see how far it gets.
#
# **What you will learn**
#
# - the idea of k-means, in a dozen lines of numpy;
# - why the elegant one-line distance needs more memory than it seems;
# - what the computer finds among the digits, what it confuses, and what is to blame.
#
# **What you need**: chapter 1.
#
# **Time**: 40 minutes.

# %% tags=["hide-input"]
import numpy as np

from mnist_kmeans import (
    classify,
    contingency_table,
    error_rate,
    kmeans,
    load_mnist,
    majority_labels,
    mean_cluster_purity,
    purity,
    random_centroids,
    repeat_inits,
)
from mnist_kmeans.plots import Table, digits, heatmap, members, show

# %%
digit_data = load_mnist()
images, labels = digit_data.images, digit_data.labels
print("images:", images.shape, images.dtype)

# %% [markdown]
# We have the labels, but we put them aside. The computer must not see them. We only take them out at the end, to
# judge what it has found.
#
# ## The idea
#
# Pick ten images at random. Call them *centroids*. Then repeat two steps:
#
# 1. *assign*: give each digit to the centroid that it is nearest to;
# 2. *update*: move each centroid to the mean of the digits it was given.
#
# Stop when nothing moves any more. That is all. The ten groups of digits are the *clusters*. How many there are, *k*,
# is ours to choose; here it is ten. Hence the name *k-means*.
#
# ## The direct way, and what it costs
#
# *Nearest* means: the smallest sum of squared differences over all 784 pixels. In numpy one line does
# it for all digits and all centroids at once. `images` has shape (n, 784) and `centroids` (10, 784). With a new
# axis in the middle, `centroids` has shape (10, 1, 784), and numpy subtracts every digit from every centroid. This
# is *broadcasting*. We begin with a thousand digits, and ten of them, drawn at random, as centroids.
#
# The *seed* fixes the random draw: with the same seed you get the same ten. Whoever may choose the seed can choose the
# result. So the whole course keeps to one rule: **seed 0; where there are several, seeds 0, 1, 2, and so on.** If a text
# shows another run, it says by which rule that run was chosen, and where it lies among the others.

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
sizes = [1_000, 10_000, 60_000]

# %% tags=["hide-input"]
show(
    Table(
        {"digits": sizes, "GB": [10 * n * 784 * 8 / 1e9 for n in sizes]},
        heading="Memory for all differences at once",
        formats={"GB": ".2f"},
    )
)

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

# %% tags=["hide-input"]
show(digits(centroids, heading="Ten centroids of a thousand digits", columns=5))

# %% [markdown]
# Nobody told the computer what a digit is. Still, some of the means look like digits. The loop is not
# safe yet: if a cluster ever lost all its members, the mean of nothing would be *not a number*. Chapter
# 3 takes care of that.

# %% [markdown]
# **Quick question.** You take twice as many digits and twice as many centroids. How much memory does the array of
# differences need?
#
# 1. Twice as much.
# 2. Four times as much.
# 3. As much as before: broadcasting copies nothing.
#
# <details><summary>Answer</summary>
#
# 1. That would be so if only one of the two had doubled. Each centroid meets each digit.
# 2. **Right.** It has k x n x 784 numbers, and both k and n have doubled.
# 3. Broadcasting does not copy what goes in. But what comes out is stored in full.
#
# </details>

# %% [markdown]
# ## All the digits
#
# The package's `kmeans` takes the same two steps without the giant array of differences. Chapter 8 tells
# how. Here we just use it. For now we describe, and do not judge on unseen digits, so we take all the training
# digits.

# %%
clustering = kmeans(images, 10, seed=0)
print("iterations:", clustering.n_iter)
print("sizes:     ", np.bincount(clustering.assignments, minlength=10))

# %% [markdown]
# ## Look at the members
#
# The first thing to do with clusters is to look at them. Here are the first 25 members of each.
#
# **Predict, then look.** Ten groups, made by pixels alone. Which digits will have a group to themselves? Which will
# share one?

# %% tags=["hide-input"]
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

# %% tags=["hide-input"]
show(
    heatmap(
        counts,
        heading="How many of each digit a cluster holds",
        xlabel="true digit",
        ylabel="cluster",
    )
)

# %% [markdown]
# Read the table row by row.
#
# - Cluster 2 is almost all twos, cluster 0 almost all zeros, and cluster 5 is mostly sixes.<!--true: commonest[[2, 0, 5]].tolist() == [2, 0, 6] and shares[[2, 0, 5]].min() > 0.8-->
# - Threes, eights and almost half of the fives share clusters 1 and 4.<!--true: commonest[[1, 4]].tolist() == [3, 8] and 0.45 < counts[[1, 4], 5].sum() / counts[:, 5].sum() < 0.5 and all(set(counts[cluster].argsort()[-3:].tolist()) == {3, 5, 8} for cluster in (1, 4))-->
# - Cluster 7 mixes slanted zeros with fives and sixes.<!--true: np.mean([np.polyfit(*np.indices((28, 28)).reshape(2, -1), 1, w=image.astype(float) ** 0.5)[0] < -0.2 for image in images[(clustering.assignments == 7) & (labels == 0)][:500]]) > 0.8--><!--true: set(counts[7].argsort()[-3:].tolist()) == {0, 5, 6}-->
# - Fours, sevens and nines fill clusters 3 and 9 together.<!--true: all(set(counts[cluster].argsort()[-3:].tolist()) == {4, 7, 9} for cluster in (3, 9))-->
# - Ones have clusters 6 and 8, upright and slanted.<!--true: abs(np.polyfit(*np.indices((28, 28)).reshape(2, -1), 1, w=clustering.centroids[6] ** 0.5)[0]) < 0.1 and np.polyfit(*np.indices((28, 28)).reshape(2, -1), 1, w=clustering.centroids[8] ** 0.5)[0] < -0.4--> Four in ten members of these two are other digits.<!--true: commonest[[6, 8]].tolist() == [1, 1] and 0.38 < 1 - counts[[6, 8], 1].sum() / counts[[6, 8]].sum() < 0.43-->
# - No cluster belongs to the five, and none to the nine.<!--true: not {5, 9} & present-->
#
# <details><summary>Answer</summary>
#
# In this start, the two and the six come nearest to a group of their own.<!--true: set((2 * counts / (counts.sum(axis=1, keepdims=True) + counts.sum(axis=0))).max(axis=0).argsort()[-2:].tolist()) == {2, 6}--> Two families share: 4, 7, 9 and 3, 5, 8.
#
# </details>
#
# Could we have known? Let us cheat, take the mean image of all digits with the same label, and ask which of these ten
# means are nearest to each other. Beside it stands how often two digits of such a pair share a cluster, one drawn from each kind.


# %%
def share_a_cluster(table):
    """How often two random digits of two kinds are in the same cluster, (10, 10)."""
    parts = table / np.maximum(table.sum(axis=0), 1)
    return parts.T @ parts


kind_means = np.array([images[labels == digit].mean(axis=0) for digit in range(10)])
together = share_a_cluster(counts)
gaps = [
    (np.linalg.norm(kind_means[one] - kind_means[other]), one, other)
    for one in range(10)
    for other in range(one + 1, 10)
]
gaps.sort()

# %% tags=["hide-input"]
show(
    Table(
        {
            "digits": [f"{one} and {other}" for _, one, other in gaps[:10]],
            "distance of their means": [gap for gap, _, _ in gaps[:10]],
            "share a cluster": [together[one, other] for _, one, other in gaps[:10]],
        },
        heading="The ten nearest of the 45 pairs of mean digits",
        formats={"distance of their means": ",.0f", "share a cluster": ".0%"},
    )
)

# %% [markdown]
# The five nearest pairs all lie in the two families, and they are mixed most, with one exception.<!--true: {pair[1:] for pair in gaps[:5]} == {(4, 9), (7, 9), (5, 8), (3, 5), (3, 8)} and {pair[1:] for pair in sorted(gaps, key=lambda pair: -together[pair[1:]])[:6]} == {(4, 9), (7, 9), (5, 8), (3, 5), (3, 8), (4, 7)}--> So k-means mostly mixes what is
# near on average. (With the five starts below, these five are among the six most mixed each time.<!--true: all({pair[1:] for pair in gaps[:5]} <= {pair[1:] for pair in sorted(gaps, key=lambda pair: -share_a_cluster(table)[pair[1:]])[:6]} for table in run_counts)-->) The exception is 4 and 7: by distance only the tenth pair, by mixing the third.<!--true: gaps[9][1:] == (4, 7) and sorted(together[np.triu_indices(10, 1)])[-3] == together[4, 7]--> Each of them is near to the
# nines. Do these bring them together? We take the nines away; as a control, the eights. We do so with each
# twelfth of the digits.

# %%
meetings = {}
for name, gone in {"all": -1, "without nines": 9, "without eights": 8}.items():
    meetings[name] = []
    for part in np.array_split(np.arange(len(labels)), 12):
        stay = part[labels[part] != gone]
        for run in repeat_inits(images[stay], 10, range(2)):
            table = contingency_table(labels[stay], run.assignments, 10)
            meetings[name].append(share_a_cluster(table)[4, 7])

# %% tags=["hide-input"]
show(
    Table(
        {
            "digits": list(meetings),
            "least": [min(each) for each in meetings.values()],
            "median": [np.median(each) for each in meetings.values()],
            "most": [max(each) for each in meetings.values()],
            "runs below 15 %": [
                sum(share < 0.15 for share in each) for each in meetings.values()
            ],
        },
        heading="How often 4 and 7 share a cluster: twelve times a twelfth, two starts each",
        formats=dict.fromkeys(["least", "median", "most"], ".0%"),
    )
)

# %% [markdown]
# Mostly they do. Without the nines, fours and sevens meet less than 15 times in a hundred in 17<!--{sum(share < 0.15 for share in meetings["without nines"])}--> of 24<!--{len(meetings["without nines"])}--> runs; with all digits in 2<!--{sum(share < 0.15 for share in meetings["all"])}-->, without the
# eights in 7<!--{sum(share < 0.15 for share in meetings["without eights"])}-->.<!--true: np.median(meetings["without nines"]) < 0.4 * np.median(meetings["all"]) and np.median(meetings["without eights"]) > 0.9 * np.median(meetings["all"])--> But the nines are not the only reason: in the other 7<!--{sum(share >= 0.15 for share in meetings["without nines"])}--> runs fours and sevens meet without them, in two of
# these more than ever.<!--true: sorted(meetings["without nines"])[-2] > 0.6 > max(*meetings["all"], *meetings["without eights"])-->

# %% [markdown]
# **Quick question.** No cluster is called nine. Where are the nines?
#
# 1. In clusters where another digit is more numerous.
# 2. Left out, as they fit nowhere.
# 3. There are too few of them for a cluster.
#
# <details><summary>Answer</summary>
#
# 1. **Right.** The commonest digit gives the name, and in no cluster is that the nine.
# 2. Each digit is in the cluster of its nearest centroid, however far that is: the sizes add up to all 60,000<!--{counts.sum():,}-->.
# 3. One digit in ten is a nine.<!--true: round(1 / np.mean(labels == 9)) == 10--> But no cluster holds half of them.<!--true: counts[:, 9].max() < 0.5 * counts[:, 9].sum()-->
#
# </details>

# %% [markdown]
# ## The ten centroids
#
# A centroid is the mean of its members, so we can draw it like a digit. Above each stands the commonest
# digit in its cluster and how much of the cluster it makes up.

# %%
commonest = majority_labels(clustering.assignments, labels, 10)
shares = counts.max(axis=1) / counts.sum(axis=1)

# %% tags=["hide-input"]
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
# of the five. The four and the seven both look rather like nines. Nines make up more than a quarter of each of the
# two clusters.<!--true: min(counts[[3, 9], 9] / counts[[3, 9]].sum(axis=1)) > 0.25--> They are not gone. They are *outvoted*:

# %%
present = set(commonest.tolist())
print("digits that lead a cluster:  ", sorted(present))
print("digits that lead no cluster: ", sorted(set(range(10)) - present))
nearest_kind = {}
for cluster in (3, 9):
    inside = clustering.assignments == cluster
    print(f"cluster {cluster}, called {commonest[cluster]}; nearest mean digits:")
    for gone, whose in {
        -1: "of all",
        **{n: f"without its {n}s" for n in (9, 7, 8)},
    }.items():
        those = inside & (labels != gone)
        gap = np.linalg.norm(kind_means - images[those].mean(axis=0), axis=1)
        near = gap.argsort()
        nearest_kind[cluster, whose] = near[0]
        pairs = ", ".join(f"{digit} ({gap[digit]:.0f})" for digit in near[:3])
        print(f"    the mean {whose}: {pairs}")

# %% [markdown]
# The centroid that is called four is even nearer to the mean of all nines than to that of all fours. Without its nines, the fours
# are nearest. But without its sevens they are, too; only the eights make no difference.<!--true: commonest[3] == 4 and [int(nearest_kind[3, whose]) for whose in ("of all", "without its 9s", "without its 7s", "without its 8s")] == [9, 4, 4, 9]--> So the nines do not do it alone: the
# sevens help.
#
# ## How good is that? Purity
#
# For each cluster, take the share of its commonest digit. The plain mean of these ten shares is the
# *mean cluster purity*. There every cluster counts the same, whether it is large or small. The textbook *purity* is the share of all
# digits that are the commonest of their cluster; so large clusters count more. Chapter 5 compares the two.
#
# Beside a number there must be a yardstick. What would clusters of these sizes reach if chance had filled them? We
# shuffle the digits among the clusters.

# %%
by_chance = np.random.default_rng(0).permutation(clustering.assignments)
chance_counts = contingency_table(labels, by_chance, 10)
tables = [counts, chance_counts]

# %% tags=["hide-input"]
show(
    Table(
        {
            "clusters": ["found by k-means", "filled by chance"],
            "purity": [purity(table) for table in tables],
            "mean cluster purity": [mean_cluster_purity(table) for table in tables],
        },
        heading="How pure are ten clusters?",
        formats={"purity": ".3f", "mean cluster purity": ".3f"},
    )
)

# %% [markdown]
# About six in ten, where chance reaches one in nine.<!--true: 0.55 < purity(counts) < 0.65 and round(1 / purity(chance_counts)) == 9 and round(1 / mean_cluster_purity(chance_counts)) in (8, 9)--> So the computer did find something.
#
# And is seed 0 typical? Here it is among its neighbours.

# %%
runs = repeat_inits(images, 10, range(5))
run_counts = [contingency_table(labels, run.assignments, 10) for run in runs]
leaders = [set(table.argmax(axis=1).tolist()) for table in run_counts]
lost = [sorted(set(range(10)) - leading) for leading in leaders]

# %% tags=["hide-input"]
show(
    Table(
        {
            "seed": range(5),
            "purity": [purity(table) for table in run_counts],
            "mean cluster purity": [mean_cluster_purity(table) for table in run_counts],
            "digits that lead no cluster": [
                ", ".join(map(str, digits_lost)) or "none" for digits_lost in lost
            ],
        },
        heading="Five starts",
        formats={"purity": ".3f", "mean cluster purity": ".3f"},
    )
)

# %% [markdown]
# By purity, seed 0 lies in the middle of the five.<!--true: purity(run_counts[0]) == np.median([purity(table) for table in run_counts])--> The five leads no cluster in four of them, the nine in two.<!--true: [sum(digit in each for each in lost) for digit in (5, 9)] == [4, 2]--> One start finds all
# ten digits.<!--true: lost.count([]) == 1--> (Chapter 6 repeats this a hundred times.) So the result depends on luck. But even the luckiest of
# these is far from reading. What goes wrong?

# %% [markdown]
# **Quick question.** What does a seed fix?
#
# 1. How good the result will be.
# 2. The order in which the digits are assigned.
# 3. Which digits are the first centroids; the rest follows from these.
#
# <details><summary>Answer</summary>
#
# 1. It is a number like any other. Seed 0 is our rule, and of these five starts it is the middle one.<!--true: purity(run_counts[0]) == np.median([purity(table) for table in run_counts])-->
# 2. The order makes no difference: all digits are assigned before a centroid moves.
# 3. **Right.** Chance has its say only in the draw. *assign* and *update* do the same each time.
#
# </details>

# %% [markdown]
# ## Is the distance to blame?
#
# The distance compares pixel with pixel, each on its own. It knows of no stroke, no loop, no shape. Let us show that
# it does not: we shuffle the 784 pixels, in the same order for all digits.
#
# **Predict, then look.** You will not be able to read a single digit. Will k-means find better clusters, worse ones,
# or none at all?

# %%
order = np.random.default_rng(0).permutation(784)
shuffled = images[:, order]

# %% tags=["hide-input"]
show(
    digits(
        np.vstack([images[:8], shuffled[:8]]),
        heading="Eight digits, and the same with their pixels shuffled",
        columns=8,
        row_names=["written", "shuffled"],
    )
)

# %%
again = kmeans(shuffled, 10, seed=0)
print("equal clusters:", np.array_equal(again.assignments, clustering.assignments))
print(
    "equal centroids:", np.array_equal(again.centroids, clustering.centroids[:, order])
)

# %% [markdown]
# <details><summary>Answer</summary>
#
# The same clusters, exactly.<!--true: np.array_equal(again.assignments, clustering.assignments)--> A sum of squared differences is the same in any order.
#
# </details>
#
# So the distance is blind to shape. It is tempting to stop here and blame it for the poor clusters. But that is only a
# suspicion, and a suspicion needs a test. Take another reader with the very same distance, and without clusters: the
# *nearest-neighbour classifier*, or nearest neighbour for short. It keeps all training digits with their labels, and reads a new digit as the most similar of
# them. If the distance is to blame, it must read badly, too. We try it on digits that it has not seen: we split
# as in chapter 1, and take the first 3,000<!--{len(unseen):,}--> validation digits.
#
# **Predict, then look.** Whoever reads each of these digits as the commonest digit of its cluster misreads about four in ten. Whoever
# always says *one*, the commonest digit of all, misreads nine in ten. And the nearest neighbour? And if all pixels are shuffled?

# %%
training, validation = digit_data.holdout()
unseen, truth = validation.images[:3000], validation.labels[:3000]

nearest = classify(unseen, training.images, training.labels)
in_disorder = classify(unseen[:1000, order], training.images[:, order], training.labels)
print(f"nearest neighbour: {error_rate(truth, nearest):.1%} misread")
print("shuffled, the same answers:", np.array_equal(in_disorder, nearest[:1000]))

# %% [markdown]
# <details><summary>Answer</summary>
#
# Not three in a hundred, and with shuffled pixels just the same ones.<!--true: error_rate(truth, nearest) < 0.03 and np.array_equal(in_disorder, nearest[:1000])-->
#
# </details>
#
# So it is not the distance alone. A distance that knows nothing of shapes reads 97 %<!--{1 - error_rate(truth, nearest):.0%}--> of the digits. Then what costs k-means its four in
# ten? Perhaps that nobody gave it labels; perhaps that it has only ten pictures; perhaps that its pictures are means.
# Let us give it one thing after the other, always with the same distance.

# %%
found = kmeans(training.images, 10, seed=0)
names = majority_labels(found.assignments, training.labels, 10)
groups = [training.images[training.labels == digit] for digit in range(10)]
means = np.array([group.mean(axis=0) for group in groups])
ten_each = [kmeans(group, 10, seed=0).centroids for group in groups]


def nearest_digits(means):
    """The digits of each group that are nearest to its means, (m, 784)."""
    return np.vstack(
        [
            group[classify(each, group, np.arange(len(group)))]
            for group, each in zip(groups, means, strict=True)
        ]
    )


commonest_digit = np.bincount(training.labels).argmax()
answers = {
    "chance: always the commonest digit": np.full(len(truth), commonest_digit),
    "ten means, found by k-means": classify(unseen, found.centroids, names),
    "ten digits, each nearest to the mean of its kind": classify(
        unseen, nearest_digits(means[:, np.newaxis]), np.arange(10)
    ),
    "ten means, made with the labels": classify(unseen, means, np.arange(10)),
}
for name, pictures in {
    "a hundred means, ten of each kind": np.vstack(ten_each),
    "a hundred digits, each nearest to one of these": nearest_digits(ten_each),
}.items():
    answers[name] = classify(unseen, pictures, np.repeat(range(10), 10))
for n in (100, 1000, 10_000):
    if n < len(training):
        answers[f"the first {n:,} training digits"] = classify(
            unseen, training.images[:n], training.labels[:n]
        )
answers["all training digits: the nearest neighbour"] = nearest
errors = {name: error_rate(truth, each) for name, each in answers.items()}

# %% tags=["hide-input"]
show(
    Table(
        {"compared with": list(errors), "error": list(errors.values())},
        heading=f"One distance, many readers: errors on {len(truth):,} unseen digits",
        formats={"error": ".3f"},
    )
)

# %% [markdown]
# Labels help: ten means that know their digits err on two in ten in place of four.<!--true: round(10 * errors["ten means, made with the labels"]) == 2 and round(10 * errors["ten means, found by k-means"]) == 4--> Is it the blur that costs the rest? A mean
# looks like no digit that anybody wrote. But that is not the trouble: the ten digits nearest to these means do
# worse.<!--true: errors["ten digits, each nearest to the mean of its kind"] > 1.5 * errors["ten means, made with the labels"]--> What helps is *more pictures*. A hundred means, ten of each kind, err on less than half of what ten do.<!--true: errors["a hundred means, ten of each kind"] < 0.5 * errors["ten means, made with the labels"]--> (As
# pictures, means are again better than the digits nearest to them, and these far better than a hundred digits as they come.<!--true: errors["a hundred digits, each nearest to one of these"] > 1.5 * errors["a hundred means, ten of each kind"] and errors["the first 100 training digits"] > 1.8 * errors["a hundred digits, each nearest to one of these"]-->) A thousand digits as they come beat any ten here, and from a hundred to ten thousand each factor of ten
# cuts the error by half or more.<!--true: errors["the first 1,000 training digits"] < 0.7 * errors["ten means, made with the labels"] and errors["the first 1,000 training digits"] < 0.5 * errors["the first 100 training digits"] and errors["the first 10,000 training digits"] < 0.5 * errors["the first 1,000 training digits"]--> (Could ten other pictures do better than ten means? Exercise 3 comes back to that.)
#
# Keep two of these numbers in mind. The error of chance, about 0.9, and that of the nearest neighbour, about 0.027, are the
# *yardsticks* of this course.<!--true: round(errors["chance: always the commonest digit"], 1) == 0.9 and round(errors["all training digits: the nearest neighbour"], 3) == 0.027--> They stand beside the errors of the chapters to come. The course sets out from the first and wants to come near the second, with few pictures and
# few labels.

# %% [markdown]
# **Quick question.** The nearest neighbour measures the same distance on the same pixels, and reads well. What does
# this show?
#
# 1. The distance sees shapes after all.
# 2. The distance alone does not explain the errors of ten clusters.
# 3. There must be a mistake in k-means.
#
# <details><summary>Answer</summary>
#
# 1. With shuffled pixels it reads just as well, and nobody sees a shape in those.
# 2. **Right.** A cause that is present in both readers cannot be the whole reason why one of them fails.
# 3. It does what it is asked: it makes distances to the centroids small. Nobody asked it to read.
#
# </details>

# %% [markdown]
# ## What the distance does not forgive
#
# Still, the distance is blind. Move a digit by a pixel or two, or lean it over, and every reader sees the same digit.
# What does the distance see? Here is the first five; the nearest of two thousand digits that is no five; a typical
# five (half of the fives are nearer, half are farther); and the five itself, moved and slanted.


# %%
def slanted(grids, pixels):
    """Digits whose top rows move right and bottom rows left by so many pixels."""
    moves = np.linspace(pixels, -pixels, 28).round().astype(int)
    rows = [np.roll(grids[..., i, :], move, axis=-1) for i, move in enumerate(moves)]
    return np.stack(rows, axis=-2)


def shaken(grids, seed):
    """Digits that are moved at random, by up to three pixels each way."""
    moves = np.random.default_rng(seed).integers(-3, 4, (len(grids), 2))
    together = zip(grids, moves, strict=True)
    return np.array([np.roll(grid, move, axis=(0, 1)) for grid, move in together])


some, kinds = images[:2000].astype(float), labels[:2000]
five = np.flatnonzero(kinds == 5)[0]
far = np.linalg.norm(some - some[five], axis=1)
by_distance = far.argsort(kind="stable")
fives = by_distance[kinds[by_distance] == 5][1:]  # without the digit itself
others = by_distance[kinds[by_distance] != 5]
grid = images[five].reshape(28, 28)
compared = {
    "the five": images[five],
    "nearest other kind": some[others[0]],
    "a typical five": some[fives[len(fives) // 2]],
    "1 to the right": np.roll(grid, 1, axis=1).ravel(),
    "2 to the right": np.roll(grid, 2, axis=1).ravel(),
    "slanted by 5": slanted(grid, 5).ravel(),
}
away = {
    name: np.linalg.norm(image - grid.ravel().astype(float))
    for name, image in compared.items()
}

# %% tags=["hide-input"]
show(
    digits(
        list(compared.values()),
        [f"{name}\ndistance {away[name]:,.0f}" for name in compared],
        heading="How far a five is from others, and from itself",
        columns=3,
    )
)

# %% [markdown]
# Two pixels to the side, or so much slant, and the five is farther from itself than from that digit of another
# kind.<!--true: away["1 to the right"] < away["nearest other kind"] < min(away["2 to the right"], away["slanted by 5"])--> But most fives are farther still.<!--true: away["a typical five"] > max(away["2 to the right"], away["slanted by 5"])--> Is that much or little? One digit cannot tell. Let us move the first thousand unseen
# digits and read them again.
#
# **Predict, then look.** By how many pixels to the right must we move them before the nearest neighbour misreads about half of
# them? And will the ten blurred clusters suffer more or less?

# %%
squares = unseen[:1000].reshape(-1, 28, 28)
ways = {"right": (2, 1), "left": (2, -1), "down": (1, 1), "up": (1, -1)}
changed = {f"1 {way}": np.roll(squares, n, axis) for way, (axis, n) in ways.items()}
changed |= {f"{n} right": np.roll(squares, n, axis=2) for n in (2, 3)}
changed |= {"slanted by 5": slanted(squares, 5), "at random": shaken(squares, 0)}
rows = {"as written": [nearest[:1000], answers["ten means, found by k-means"][:1000]]}
for name, moved_squares in changed.items():
    flat = moved_squares.reshape(-1, 784)
    rows[name] = [
        classify(flat, training.images, training.labels),
        classify(flat, found.centroids, names),
    ]
by_neighbour, by_cluster = (
    {name: error_rate(truth[:1000], row[reader]) for name, row in rows.items()}
    for reader in (0, 1)
)

# %% tags=["hide-input"]
show(
    Table(
        {
            "the digits": list(rows),
            "nearest neighbour": list(by_neighbour.values()),
            "ten clusters": list(by_cluster.values()),
        },
        heading=f"Errors on {len(squares):,} unseen digits, moved and slanted",
        formats={"nearest neighbour": ".3f", "ten clusters": ".3f"},
    )
)

# %%
known = training.images.reshape(-1, 28, 28)
moved_alike = {"slanted by 5": slanted(known, 5), "at random": shaken(known, 1)}
both_ways = {}
for name, moved_known in moved_alike.items():
    flat, known_flat = (each.reshape(-1, 784) for each in (changed[name], moved_known))
    read_again = classify(flat, known_flat, training.labels)
    both_ways[name] = error_rate(truth[:1000], read_again)
    print(f"the known digits, too, {name}: {both_ways[name]:.3f} (nearest neighbour)")

# %% [markdown]
# <details><summary>Answer</summary>
#
# Three.<!--true: by_neighbour["2 right"] < 0.3 and round(by_neighbour["3 right"], 1) == 0.5--> On these thousand, a single pixel costs it two to four points, by direction, beside a small error.<!--true: all(0.02 < by_neighbour[f"1 {way}"] - by_neighbour["as written"] < 0.045 for way in ways)--> It costs the
# clusters up to four, on top of more than forty.<!--true: round(100 * (max(by_cluster[f"1 {way}"] for way in ways) - by_cluster["as written"])) == 4 and by_cluster["as written"] > 0.4--> The blur does not make them safe.
#
# </details>
#
# So this weakness is real. But what does the table measure? The known digits stood still, and only the unseen ones moved. The last
# two lines move both. Lean all digits over, and the error of the nearest neighbour is what it was:<!--true: both_ways["slanted by 5"] == by_neighbour["as written"]--> it is a
# shuffle of the pixels once more. Move all of them at random, and its error is a fraction of what it was with the unseen ones
# alone, though still more than three times what it is in the middle.<!--true: both_ways["at random"] < 0.3 * by_neighbour["at random"] and both_ways["at random"] > 3 * by_neighbour["as written"]--> What hurts is that digits *differ* in where they lie and how they
# lean. The makers of MNIST have put the ink of each digit into the middle of its image. They left it its slant; chapter 10 takes
# that out, and measures what it was worth. From here there are two ways on: more pictures, which chapter 7 takes, and
# numbers that say more about shapes than pixels do, which chapter 10 takes.
#
# > **What the articles found.** [Article A](https://gravila.dev/clustering-mnist-naive/) goes the way of this chapter, on the
# > same 60,000 digits with k = 10. (With Keras, the images are called `x_train` and the labels `y_train`.) One of its clusters is almost all twos, as ours is. One mixes 8 and 3,
# > and three hold the straight-lined digits 4, 7 and 9; with us these fill two. In its ten centroids 0, 1 and 2 are
# > clear, 8 and 3 merge, and the 9 looks like a 7 or a 4. In ours, four in ten members of the clusters of ones are
# > something else. Its measure is the mean cluster purity. It blames the pixels, which carry no notion of shape, and announces dimensionality reduction as the
# > next step. Chapter 10 tries that as well.

# %% [markdown]
# **Quick question.** All digits, known and unseen, are moved by two pixels to the right, with `np.roll`. What becomes
# of the nearest neighbour's error?
#
# 1. It rises as in the table.
# 2. It rises, but less.
# 3. It stays exactly the same.
#
# <details><summary>Answer</summary>
#
# 1. In the table only the unseen digits have moved. Here the known ones go with them.
# 2. Not at all: each pixel still meets the same pixel as before, only in another place.
# 3. **Right.** It is a shuffle of the pixels once more, the same for all digits. No distance changes.
#
# </details>

# %% [markdown]
# ## What to remember
#
# - k-means repeats two steps: *assign* each point to the nearest centroid, *update* each centroid to the mean.
# - Broadcasting is elegant, but count the bytes before you use it.
# - k-means on pixels groups digits that *cover the same pixels*. They need not be the same digit.
# - A suspicion needs a control: the same distance, with enough pictures, reads 97 %<!--{1 - error_rate(truth, nearest):.0%}--> of the digits.
# - Beside an error stand chance (about 0.9) and the nearest neighbour (about 0.027).<!--true: round(errors["all training digits: the nearest neighbour"], 3) == 0.027-->
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
