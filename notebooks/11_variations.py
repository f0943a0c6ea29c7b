# %% [markdown]
# # 11. Variations
#
# k-means is one recipe of a family. Change the centre, the distance, the number of digits looked at, or the space, and
# you get a relative of it. We try five, each from five starts or more and beside a control. Of each we ask: what does it
# buy, and what does it cost?
#
# **What you will learn**
#
# - when medians beat means, and how to tell their own merit from a flaw of the test;
# - what spherical k-means and mini-batches give up;
# - what a hundred labels are worth, and why;
# - how a graph of neighbours makes k-means nearly as good as the best network of chapter 10.
#
# **What you need**: chapters 5, 8 and 10.
#
# **Time**: 60 minutes.

# %% tags=["hide-input"]
from functools import cache

import numpy as np

from mnist_kmeans import (
    assign,
    classify,
    contingency_table,
    error_rate,
    kmeans,
    load_mnist,
    majority_labels,
    random_centroids,
    repeat_inits,
    sweep_k,
    update,
)
from mnist_kmeans.basics.rows import slices
from mnist_kmeans.exact import grid_bits, grid_mean, to_grid
from mnist_kmeans.fast import fast
from mnist_kmeans.features import normalize, oriented_gradients
from mnist_kmeans.lloyd import cluster_sums
from mnist_kmeans.metrics import matching_accuracy, normalized_mutual_information
from mnist_kmeans.plots import Table, bands, digits, planes, show

# %%
training, validation = load_mnist().holdout()
seen, unseen = (
    oriented_gradients(normalize(part.images)) for part in (training, validation)
)
seeds = range(5)
print("training:", training.images.shape, " edges:", seen.shape)


def reading_error(groups, centroids, new, labels=training.labels):
    """The error on new validation features of groups of digits with these labels."""
    names = majority_labels(groups, labels[: len(groups)], len(centroids))
    return error_rate(validation.labels[: len(new)], classify(new, centroids, names))


# %% tags=["hide-input"]
def show_range(errors, heading, **more):
    """Show the least, the mean and the greatest value of each way, and more columns."""
    values = [np.asarray(each) for each in errors.values()]
    from_to = {
        "least": [each.min() for each in values],
        "mean": [each.mean() for each in values],
        "greatest": [each.max() for each in values],
    }
    show(Table({"way": list(errors), **more, **from_to}, heading=heading))


# %%
def wins(one, other):
    """In how many of the starts the first error is below the second."""
    return np.count_nonzero(np.array(one) < np.array(other))


# %% [markdown]
# > **What the articles found.** Article B names three variants and tries none: medians in place of means, which it calls
# > robust to outliers, a cap on the iterations, for example 100, and k-means++. Chapter 6 has tried the last one.
#
# ## Medians
#
# **k-medians** moves each centroid to the median of its members, coordinate by coordinate, and measures by absolute
# differences. A median is a value of the data, so it is exact by itself. It ignores extremes. So we spoil digits:
# a quarter of their pixels, drawn anew for each start, become black.


# %%
def nearest_by_absolute(points, centroids):
    """The centroid of each point with the least sum of absolute differences."""
    distances = [np.abs(points - centroid).sum(axis=1) for centroid in centroids]
    return np.argmin(distances, axis=0)


def nearest_by_squares(points, centroids):
    """The centroid of each point with the least sum of squared differences."""
    return assign(points, centroids.astype(np.float64))


def k_medians(points, k, seed, nearest=nearest_by_absolute, rounds=15):
    """Like k-means, with medians in place of means, and another distance if asked for."""
    centroids = random_centroids(points, k, seed).astype(points.dtype)
    for _ in range(rounds):
        groups = nearest(points, centroids)
        for group in np.unique(groups):
            members = np.sort(points[groups == group], axis=0)
            centroids[group] = members[(len(members) - 1) // 2]
    return centroids, nearest(points, centroids)


def spoilt(images, seed):
    """Images in which a quarter of the pixels, drawn at random, are black."""
    drawn = np.random.PCG64(seed).random_raw(images.size).reshape(images.shape)
    grains = drawn % 4 == 0
    return np.where(grains, 255, images).astype(np.uint8)


def read_by_medians(groups, centroids, new):
    """The error on new images that go to the nearest centroid by absolute differences."""
    names = majority_labels(groups, training.labels[: len(groups)], len(centroids))
    read = names[nearest_by_absolute(new.astype(np.int16), centroids)]
    return error_rate(validation.labels[: len(new)], read)


clean = training.images[:1500]
train = {  # for each start; the noise is another each time
    "clean": [clean] * len(seeds),
    "spoilt": [spoilt(clean, seed) for seed in seeds],
}
to_read = {
    "clean": validation.images[:3000],
    "spoilt": spoilt(validation.images[:3000], seed=len(seeds)),
}
by_means = {
    kind: [kmeans(part, 20, seed=seed) for seed, part in enumerate(parts)]
    for kind, parts in train.items()
}
by_medians = {
    kind: [
        k_medians(part.astype(np.int16), 20, seed) for seed, part in enumerate(parts)
    ]
    for kind, parts in train.items()
}

# %% tags=["hide-input"]
show(
    digits(
        np.vstack(
            [by_means[kind][0].centroids[:10] for kind in train]
            + [by_medians[kind][0][0][:10] for kind in train]
        ),
        heading="Ten of twenty clusters; each column began with the same digit",
        row_names=[
            "means, clean",
            "means, spoilt",
            "medians, clean",
            "medians, spoilt",
        ],
    )
)

# %% [markdown]
# The noise lies as a grey veil on every mean. The medians have no veil, but their strokes have grown bolder.
#
# **Predict, then look.** Which read better, the means or the medians, if they were made of clean digits? And if they were
# made of spoilt ones?
#
# One flaw of the test must be kept apart. If clusters of spoilt digits read clean ones, training and test do not match,
# and the veil hurts the means. So we also undo the veil: a mean that was mixed with a quarter of black is unmixed again.
# And we let both read spoilt digits.

# %%
medians = {}
for kind, new in [("clean", "clean"), ("spoilt", "clean"), ("spoilt", "spoilt")]:
    medians[f"means of {kind} digits read {new} ones"] = [
        reading_error(run.assignments, run.centroids, to_read[new])
        for run in by_means[kind]
    ]
    medians[f"medians of {kind} digits read {new} ones"] = [
        read_by_medians(groups, centroids, to_read[new])
        for centroids, groups in by_medians[kind]
    ]
veil, bits = 255 / 4, grid_bits(clean)


def unveiled(means):
    """Means of spoilt digits without the grey that the noise has left on them."""
    return to_grid(((means - veil) * 4 / 3).clip(0, 255), bits)


by_squares = [
    k_medians(part, 20, seed, nearest_by_squares)
    for seed, part in enumerate(train["spoilt"])
]
of_medians, of_squares = (  # the groups that medians find, and the means of these
    [
        (groups, update(part, groups, centroids.astype(np.float64)))
        for part, (centroids, groups) in zip(train["spoilt"], found, strict=True)
    ]
    for found in (by_medians["spoilt"], by_squares)
)
medians["means of spoilt digits, veil undone, read clean ones"] = [
    reading_error(run.assignments, unveiled(run.centroids), to_read["clean"])
    for run in by_means["spoilt"]
]
medians["the same, in the groups that medians find"] = [
    reading_error(groups, unveiled(means), to_read["clean"])
    for groups, means in of_medians
]
medians["means in the groups that medians find read spoilt ones"] = [
    reading_error(groups, means, to_read["spoilt"]) for groups, means in of_medians
]
medians["the same, found by squared differences"] = [
    reading_error(groups, means, to_read["spoilt"]) for groups, means in of_squares
]

# %% tags=["hide-input"]
show_range(medians, "Error at k = 20 of 1,500 digits, five starts")

# %%
clean_means, clean_medians, veiled, robust, noisy_means, noisy_medians = list(
    medians.values()
)[:6]
no_veil, no_veil_in_their_groups, noisy_in_their_groups, by_squares_in_groups = list(
    medians.values()
)[6:]

# %% [markdown]
# <details><summary>Answer</summary>
#
# Of clean digits, means read better, in each of the five starts.<!--true: wins(clean_means, clean_medians) == 5--> Of spoilt ones, medians do, in four.<!--true: wins(robust, veiled) == 4-->
#
# </details>
#
# But with the veil undone, the means read better, in four of five starts.<!--true: wins(no_veil, robust) == 4--> So that gain came from the mismatch. Where the digits to be
# read are spoilt, too, medians are better in three starts, and by two points on average.<!--true: wins(noisy_medians, noisy_means) == 3 and round(100 * (np.mean(noisy_means) - np.mean(noisy_medians))) == 2-->
#
# Is it the medians that read better, or the groups that they have found? The last three lines part these: means read again, but
# they are the means of the medians' groups. They read clean digits better than the medians do, in each start,<!--true: wins(no_veil_in_their_groups, robust) == 5--> and spoilt
# ones about as well.<!--true: abs(np.mean(noisy_in_their_groups) - np.mean(noisy_medians)) < 0.015--> So what medians buy is the groups. In these, the worst start is better than the average start of the
# means in their own.<!--true: max(no_veil_in_their_groups) < np.mean(no_veil) and max(noisy_in_their_groups) < np.mean(noisy_means)-->
#
# Do these come from the absolute differences? No: with squared ones, medians find groups that read about as well.<!--true: np.mean(by_squares_in_groups) < np.mean(noisy_in_their_groups) + 0.015-->
#
# **It buys** better groups of noisy digits. **It costs** errors on clean ones, and our fast arithmetic: a median is no sum, and
# absolute differences are no matrix product.

# %% [markdown]
# **Quick question.** Three in ten members of a cluster have full ink at a pixel, the others none. What does the
# median of the cluster show there?
#
# 1. A pale grey.
# 2. Blank paper.
# 3. Full ink.
#
# <details><summary>Answer</summary>
#
# 1. That is the mean: three tenths of full ink.
# 2. **Right.** The value in the middle is that of the majority. So medians are sharper, and lose what the minority
#    has.
# 3. For that, more than half of the members must have ink there.
#
# </details>

# %% [markdown]
# ## Spherical k-means
#
# **Spherical k-means** compares directions only: after each update it stretches the centroids to the length
# of the points. In chapter 5 the squared length of a centroid was its price: blurred centroids are cheap. One might think that
# this draws in odd digits. Here all prices are equal. Is that better? Our edges all have length 1 already (255 steps).
#
# To see where a difference comes from, we separate two things: which clusters are found, and which centroids read.


# %%
def stretched(centroids, bits):
    """The centroids, all of length 255, on their grid."""
    lengths = np.sqrt((centroids**2).sum(axis=1, keepdims=True))
    return to_grid(255 * centroids / lengths, bits)


def spherical(points, k, seed, rounds=30):
    """Centroids, all of length 255, and the assignments, after so many rounds."""
    bits = grid_bits(points)
    sums = random_centroids(points, k, seed)
    for _ in range(rounds):
        centroids = stretched(sums, bits)
        groups = assign(points, centroids)
        more, counts = cluster_sums(points, groups, k)
        sums[counts > 0] = more[counts > 0]
    return centroids, groups


part, by_direction = min(5000, len(seen) // 2), {}
for rows in (slice(part), slice(part, 2 * part)):  # two sets of digits
    few, labels = seen[rows], training.labels[rows]
    for seed in seeds:
        plain = kmeans(few, 16, seed=seed)
        centroids, groups = spherical(few, 16, seed)
        for way, found, readers in [
            ("plain", plain.assignments, plain.centroids),
            ("spherical", groups, update(few, groups, centroids)),
        ]:
            for how, these in [
                ("means", readers),
                ("stretched means", stretched(readers, grid_bits(few))),
            ]:
                by_direction.setdefault(f"{way} clusters, {how} read", []).append(
                    reading_error(found, these, unseen, labels)
                )

# %% tags=["hide-input"]
show_range(
    by_direction,
    f"Error on edges at k = 16: twice {part:,} digits, five starts each",
)

# %% [markdown]
# Spherical k-means is a little worse than plain, in nine of ten starts.<!--true: wins(by_direction["plain clusters, means read"], by_direction["spherical clusters, stretched means read"]) == 9--> In part this is the reading: stretch the
# means of plain clusters, and they read worse, in each start. Let plain means read the spherical clusters,
# and they read better, in each.<!--true: wins(by_direction["plain clusters, means read"], by_direction["plain clusters, stretched means read"]) == 10 and wins(by_direction["spherical clusters, means read"], by_direction["spherical clusters, stretched means read"]) == 10--> So the price is worth something here. Whether the clusters themselves are worse, ten
# starts cannot say: from start to start the difference is far larger than on average, and goes either way.<!--true: 0 < wins(by_direction["plain clusters, means read"], by_direction["spherical clusters, means read"]) < 10 and np.std(np.subtract(by_direction["plain clusters, means read"], by_direction["spherical clusters, means read"])) > 3 * abs(np.mean(np.subtract(by_direction["plain clusters, means read"], by_direction["spherical clusters, means read"])))-->
#
# **It buys** nothing here. It is made for texts, where the length of a row is only the length of the text. **It costs** a
# fraction of a point.

# %% [markdown]
# **Quick question.** All our edges have length 1. Why are the means of clusters shorter, and not all alike?
#
# 1. The clusters have different sizes.
# 2. The means are rounded.
# 3. The members of a cluster point in different directions.
#
# <details><summary>Answer</summary>
#
# 1. The number of members is divided out: any number of equal arrows has a mean of the same length.
# 2. They are, by far too little to be seen.
# 3. **Right.** The more they differ, the more of the length averages out: the spread again.
#
# </details>

# %% [markdown]
# ## Mini-batches
#
# **Mini-batch k-means** looks at some random digits at a time, and lets each centroid be the mean of all digits it was
# ever given. It never needs all the data at once.
#
# The control: for the price of a hundred batches of 500 you can also run plain k-means to its end, on a small part
# of the digits. **Predict, then look.** Which of the two is better?


# %%
def mini_batch(points, k, seed, batches, size=500):
    """The centroids after so many batches of random points."""
    bits = grid_bits(points)
    centroids = random_centroids(points, k, seed)
    sums, counts = centroids.copy(), np.ones(k, dtype=np.int64)
    drawn = np.random.PCG64(seed).random_raw(batches * size) % len(points)
    for rows in drawn.reshape(batches, size):
        more_sums, more = cluster_sums(points[rows], assign(points[rows], centroids), k)
        sums, counts = sums + more_sums, counts + more
        centroids = grid_mean(sums.astype(np.int64), counts, bits)
    return centroids


pool, pool_labels = seen[:15_000], training.labels[:15_000]
label_counts = [10, 30, 100, 300]
clusterings = sweep_k(pool, label_counts, seeds)
small = repeat_inits(pool[:2500], 100, range(10))
whole = [*clusterings[100], *repeat_inits(pool, 100, range(5, 10))]


def error_of_centroids(centroids):
    """The error when the whole pool names these centroids."""
    return reading_error(assign(pool, centroids), centroids, unseen)


def of_batches(k, batches=100):
    """The errors of so many mini-batches, ten starts."""
    return [
        error_of_centroids(mini_batch(pool, k, seed, batches)) for seed in range(10)
    ]


looks, in_batches = [100 * 500], {"100 batches of 500": of_batches(100)}
for name, runs in [("2,500", small), ("all", whole)]:
    looks.append(sum(len(run.assignments) * run.n_iter for run in runs) // len(runs))
    in_batches[f"k-means on {name} digits"] = [
        error_of_centroids(run.centroids) for run in runs
    ]

# %% tags=["hide-input"]
show_range(in_batches, "Error at k = 100, ten starts", **{"digits looked at": looks})

# %%
at_sixteen = {}
for batches, part in [(100, 2500), (8, 400)]:
    runs = repeat_inits(pool[:part], 16, range(10))
    looks += [500 * batches, sum(part * run.n_iter for run in runs) // len(runs)]
    at_sixteen[f"{batches} batches of 500"] = of_batches(16, batches)
    at_sixteen[f"k-means on {part:,} digits"] = [
        error_of_centroids(run.centroids) for run in runs
    ]
in_full = []  # distances that the fast engine measures, at k = 100 on all digits
to_the_end = fast(
    pool,
    random_centroids(pool, 100, seed=0),
    watch=lambda *counts: in_full.append(counts[-1]),
)

# %% tags=["hide-input"]
show_range(at_sixteen, "Error at k = 16, ten starts", **{"digits looked at": looks[3:]})

# %%
print(f"100 batches, k = 100: {100 * looks[0]:,} distances")
print(
    f"the fast engine, all digits to the end, {to_the_end.n_iter} iterations: "
    f"{sum(in_full):,} in full"
)

# %% [markdown]
# <details><summary>Answer</summary>
#
# Mini-batches, in eight of ten starts: a hundred of them have looked at as many digits as k-means on 2,500, and
# read better.<!--true: wins(in_batches["100 batches of 500"], in_batches["k-means on 2,500 digits"]) == 8 and 0.9 < looks[0] / looks[1] < 1.1--> All digits to the end are better still, in each start, by half a point on average, for sixteen times the looks.<!--true: wins(in_batches["k-means on all digits"], in_batches["100 batches of 500"]) == 10 and 0.004 < np.mean(in_batches["100 batches of 500"]) - np.mean(in_batches["k-means on all digits"]) < 0.006 and round(looks[2] / looks[0]) == 16-->
#
# </details>
#
# Are batches better, then? With sixteen clusters they win in five of ten starts, and lose on average.<!--true: wins(*[*at_sixteen.values()][:2]) == 5 and np.mean(at_sixteen["100 batches of 500"]) > np.mean(at_sixteen["k-means on 2,500 digits"])--> For a hundred
# clusters, 2,500<!--{len(small[0].assignments):,}--> digits are just 25 for each. Is that too few? The last two rows give sixteen clusters 25 each as well, and
# batches a few looks more: they win in three of ten.<!--true: wins(*[*at_sixteen.values()][2:]) == 3 and looks[6] < looks[5] < 1.2 * looks[6]--> So that alone is not the reason. What it is, these starts do not say.
#
# Besides, it is the textbook loop that pays for each look. The
# engine of chapter 8 measures, for all digits to the end, less than a fifth of the distances that a hundred batches do.<!--true: sum(in_full) < 100 * looks[0] / 5-->
#
# **It buys** an answer when the data do not fit into memory, or never end. **It costs** half a point of error at k = 100.

# %% [markdown]
# **Quick question.** Why are a hundred mini-batches set beside k-means on just 2,500<!--{len(small[0].assignments):,}--> digits?
#
# 1. Both look at about as many digits, each look counted.
# 2. k-means cannot do more digits.
# 3. So that mini-batches win.
#
# <details><summary>Answer</summary>
#
# 1. **Right.** So both have the same price in looks, and the difference is what the way of spending it is worth.<!--true: 0.9 < looks[0] / looks[1] < 1.1-->
# 2. It can, and does so in the last row, with sixteen times the looks.<!--true: round(looks[2] / looks[0]) == 16-->
# 3. One could not know that before. With a fixed price, either of them could have won.
#
# </details>

# %% [markdown]
# ## A hundred labels
#
# So far all labels named the clusters. In practice labels are what costs: somebody has to sit down and write them. So
# cluster first, without labels. Then ask for one label per cluster: that of the digit nearest to the centroid. The whole
# cluster gets it.


# %%
def first_of_each(groups, keys):
    """The groups that have members, and the row of each with the least key."""
    order = np.lexsort((keys, groups))
    found, first = np.unique(groups[order], return_index=True)
    return found, order[first]


@cache  # it will be asked twice
def nearest_members(run):
    """The clusters of the pool that have members, and the member nearest to each."""
    distances = [
        ((pool[rows] - run.centroids[run.assignments[rows]]) ** 2).sum(axis=1)
        for rows in slices(len(pool), 1000)
    ]
    return first_of_each(run.assignments, np.concatenate(distances))


_, asked = nearest_members(clusterings[100][0])
in_order = asked[pool_labels[asked].argsort(kind="stable")]

# %% tags=["hide-input"]
show(
    digits(
        training.images[in_order],
        heading="The hundred digits whose labels are asked for (seed 0)",
        columns=20,
    )
)

# %% [markdown]
# Two things happen here. The digits to be labelled are *chosen*, and each label is *propagated* to its cluster. Which of them
# helps? We take them apart. Instead of the nearest member, ask a random one of each cluster, or any random digits, so that
# some clusters get no label and are left out. Instead of propagating, read
# each new digit by its nearest neighbour among the labelled ones. And if nothing is chosen, random labels may miss
# a kind of digit: so we also draw equally many of each.
#
# **Predict, then look.** Which matters more, choosing or propagating?


# %%
def chosen_and_propagated(run, key):
    clusters, asked = nearest_members(run)
    return classify(unseen, run.centroids[clusters], pool_labels[asked])


def random_and_propagated(run, key):
    clusters, asked = first_of_each(run.assignments, key)
    return classify(unseen, run.centroids[clusters], pool_labels[asked])


def random_digits_and_propagated(run, key):
    asked = key.argsort(kind="stable")[: len(run.centroids)]
    clusters, first = first_of_each(run.assignments[asked], key[asked])
    return classify(unseen, run.centroids[clusters], pool_labels[asked[first]])


def neighbours_of_chosen(run, key):
    return read_by_neighbours(nearest_members(run)[1])


def neighbours_of_random(run, key):
    return read_by_neighbours(key.argsort(kind="stable")[: len(run.centroids)])


def neighbours_of_equal(run, key):
    order = key.argsort(kind="stable")
    each = len(run.centroids) // 10
    return read_by_neighbours(
        np.concatenate(
            [order[pool_labels[order] == digit][:each] for digit in range(10)]
        )
    )


def read_by_neighbours(asked):
    """Each new digit is read as the nearest of these digits of the pool."""
    return classify(unseen, pool[asked], pool_labels[asked])


readers = {
    "chosen, propagated": chosen_and_propagated,
    "a random member of each, propagated": random_and_propagated,
    "random digits, propagated": random_digits_and_propagated,
    "chosen, nearest neighbour": neighbours_of_chosen,
    "random, nearest neighbour": neighbours_of_random,
    "equally many, nearest neighbour": neighbours_of_equal,
}
keys = [np.random.PCG64(seed).random_raw(len(pool)) for seed in seeds]
answers = {
    name: [
        [read(*each) for each in zip(clusterings[k], keys, strict=True)]
        for k in label_counts
    ]
    for name, read in readers.items()
}
worth = {
    name: (np.array(each) != validation.labels).mean(axis=2)
    for name, each in answers.items()
}

# %% tags=["hide-input"]
show(
    bands(
        label_counts,
        worth,
        heading="What a few labels are worth",
        xlabel="number of labels",
        ylabel="error rate on the validation digits",
        log_ticks=label_counts,
    )
)

# %%
at_hundred = {name: each[2] for name, each in worth.items()}
at_hundred["all labels of the pool name the clusters"] = in_batches[
    "k-means on all digits"
][:5]
fives = validation.labels == 5

# %% tags=["hide-input"]
show_range(at_hundred, "Error with a hundred labels, five starts")

# %%
of_fives = {
    name: (np.array(each[2])[:, fives] != 5).mean(axis=1)
    for name, each in answers.items()
}

# %% tags=["hide-input"]
show_range(of_fives, "Of the fives alone")

# %%
few_unseen, few_true = unseen[:1000], validation.labels[:1000]
knows_all = error_rate(few_true, classify(few_unseen, seen, training.labels))

# %% tags=["hide-input"]
show(
    Table(
        {
            "reader": ["chance", "nearest neighbour"],
            "error": [np.mean(few_true != 1), knows_all],
        },
        heading=f"With all {len(seen):,} labels, on {len(few_true):,} validation digits",
    )
)

# %% [markdown]
# <details><summary>Answer</summary>
#
# It depends on the number of labels. With ten, choosing does, in each start: alone it takes more than half off the error of
# random nearest neighbours, and propagating alone less than a fifth.<!--true: wins(worth["chosen, nearest neighbour"][0], worth["random digits, propagated"][0]) == 5 and worth["chosen, nearest neighbour"][0].mean() < 0.5 * worth["random, nearest neighbour"][0].mean() and 0.8 < worth["random digits, propagated"][0].mean() / worth["random, nearest neighbour"][0].mean() < 1-->
#
# With a hundred, both matter. Propagating the labels of random digits takes more than a third off that error,<!--true: at_hundred["random digits, propagated"].mean() / at_hundred["random, nearest neighbour"].mean() < 0.65--> and
# choosing without propagating takes off half.<!--true: 0.4 < at_hundred["chosen, nearest neighbour"].mean() / at_hundred["random, nearest neighbour"].mean() < 0.6--> Both together leave a third.<!--true: round(at_hundred["random, nearest neighbour"].mean() / at_hundred["chosen, propagated"].mean()) == 3-->
#
# </details>
#
# What does choosing do? Ten random labels miss kinds of digits: with one of each kind, random ones lose a third of their
# error or more.<!--true: 0.5 < worth["equally many, nearest neighbour"][0].mean() / worth["random, nearest neighbour"][0].mean() < 0.7--> With a hundred, ten of each kind help little: even the fives, the rarest kind, are
# misread by one in eight.<!--true: np.bincount(pool_labels).argmin() == 5 and at_hundred["equally many, nearest neighbour"].mean() > 0.9 * at_hundred["random, nearest neighbour"].mean() and round(1 / of_fives["equally many, nearest neighbour"].mean()) == 8-->
#
# To ask for the nearest member rather than a random one is above all safer: it is much worse in no start, and avoids the
# bad ones, where a random member is of another kind than its cluster.<!--true: np.ptp(at_hundred["a random member of each, propagated"]) > 5 * np.ptp(at_hundred["chosen, propagated"]) and (at_hundred["chosen, propagated"] < at_hundred["a random member of each, propagated"] + 0.003).all()--> Thirty labels, chosen and propagated, read better on average than 300 at random.<!--true: worth["chosen, propagated"][1].mean() < worth["random, nearest neighbour"][3].mean()-->
#
# And a hundred labels name the clusters as well as all labels of the pool do.<!--true: abs(at_hundred["chosen, propagated"].mean() - np.mean(at_hundred["all labels of the pool name the clusters"])) < 0.001-->
#
# **It buys** nearly all that labels can give to clusters, for a hundred in place of 15,000<!--{len(pool):,}-->. **It costs** a
# clustering before the first label is asked for. And the nearest neighbour with all labels is ahead: it misreads one digit in a hundred.<!--true: round(100 * knows_all) == 1-->

# %% [markdown]
# **Quick question.** You may ask for one label in each cluster. When does a *random* member do harm?
#
# 1. Always: only the nearest member is typical.
# 2. When it is not of the kind that most of its cluster is.
# 3. Never: a label is a label.
#
# <details><summary>Answer</summary>
#
# 1. In a pure cluster any member gives the same name.
# 2. **Right.** Then one label gives the whole cluster a wrong name. The member nearest to the centroid avoids most of
#    that.
# 3. It counts for the whole cluster. If it names another kind, it is wrong for most of the members.
#
# </details>

# %% [markdown]
# ## Neighbours of neighbours
#
# k-means calls two digits alike if they share a centre. A group of long or crooked shape has no such centre.
# But go from a digit to one much like it, and from there to the next, and you rarely leave the group.
# *Spectral clustering* follows this idea. Join each digit to its ten nearest neighbours: that is a *graph*. Then look for numbers, one for
# each digit, that hardly change from neighbour to neighbour. Such numbers are almost constant within a group. They are
# *eigenvectors*: give all digits random numbers, replace each by a weighted mean of its neighbours' numbers, and repeat.
# What differs between neighbours dies out, what differs between groups stays. Ten such numbers per
# digit are ten new features, and on these we run k-means.


# %%
def neighbour_graph(points, count=10):
    """The pairs (here, there) of points of which one is among the nearest of the other."""
    n, pairs = len(points), []
    exact = points.astype(np.float64)
    squares = (exact**2).sum(axis=1)
    for rows in slices(n, 500):
        keys = squares - 2 * exact[rows] @ exact.T + squares[rows, None]
        keys = keys * n + np.arange(n)  # of equal distances, the first point
        here = np.arange(n)[rows]
        keys[np.arange(len(here)), here] = np.inf
        near = np.argpartition(keys, count, axis=1)[:, :count].ravel()
        here = np.repeat(here, count)
        pairs += [here * n + near, near * n + here]
    return np.divmod(np.unique(np.concatenate(pairs)), n)


def smooth_numbers(graph, count, rounds=100):
    """For each point so many numbers that change little along the graph: eigenvectors."""
    here, there = graph
    first = np.flatnonzero(np.diff(here, prepend=-1))
    root = np.sqrt(np.bincount(here))[:, None]

    def mixed(numbers):
        return np.add.reduceat((numbers / root)[there], first) / root

    random = np.random.PCG64(0).random_raw(len(root) * 2 * count) >> 11
    numbers = random.reshape(len(root), -1) / 2**53 - 0.5
    for done in range(rounds):
        numbers = mixed(numbers)
        if done % 10 == 9:
            numbers = np.linalg.qr(numbers)[0]  # keep them from becoming all alike
    turn = np.linalg.eigh(numbers.T @ mixed(numbers))[1][:, ::-1]
    return (numbers @ turn)[:, :count]


def on_grid(numbers):
    """Each row stretched to length 1, in whole thousandths."""
    rows = numbers / np.sqrt((numbers**2).sum(axis=1, keepdims=True))
    signs = np.sign(np.take_along_axis(rows, np.abs(rows).argmax(axis=0)[None], axis=0))
    return np.rint(1000 * rows * signs).astype(np.int32)


def lowest_of_twenty(points, k=10):
    """The clustering with the lowest inertia of twenty random starts."""
    return min(repeat_inits(points, k, range(20)), key=lambda run: run.inertia)


# %% [markdown]
# (The last bits of eigenvectors differ from machine to machine. Rounding them to thousandths drops these bits, as
# chapter 10 does with principal components. Then k-means is exact again.)
#
# First two rings in the plane, where one can see it.

# %%
turns = np.arange(200) * 2 * np.pi / 100
circles = np.stack([np.cos(turns), np.sin(turns)], axis=1)
shaken = np.random.PCG64(0).random_raw(400).reshape(200, 2) % 11 - 5.0
rings = np.rint(circles * np.repeat([40, 100], 100)[:, None] + shaken).astype(int)
cut = kmeans(rings, 2, seed=0)
numbers = smooth_numbers(neighbour_graph(rings, 5), 2, rounds=2000)
followed = lowest_of_twenty(on_grid(numbers), 2).assignments

# %% tags=["hide-input"]
show(
    planes(
        [
            ("k-means cuts across", rings, cut.assignments, cut.centroids),
            ("by neighbours", rings, (followed != followed[0]).astype(int), None),
        ],
        heading="Two rings have one centre",
        xlabel="x",
        ylabel="y",
    )
)

# %% [markdown]
# Now digits: five times 4,000<!--{size:,}--> of them, others each time, by their pixels and by their edges. The measure is
# the clustering accuracy of chapter 10. Both ways take the lowest inertia of twenty starts.
#
# **Predict, then look.** On edges, k-means has an accuracy of about 0.94<!--{np.mean(accuracies["k-means, edges"]):.2f}-->. And with neighbours?

# %%
size = min(4000, len(seen) // 5)
accuracies, shared, links, graphs = {}, {}, {}, {}


def smooth(graph):
    """Ten smooth numbers for each point of the graph, on the grid."""
    return on_grid(smooth_numbers(graph, 10))


def find_groups(way, features, labels):
    """Find ten groups, and note how well they agree with the labels."""
    table = contingency_table(labels, lowest_of_twenty(features).assignments, 10)
    accuracies.setdefault(way, []).append(matching_accuracy(table))
    shared.setdefault(way, []).append(normalized_mutual_information(table))


def compare(name, points):
    """Cluster five sets of digits by plain k-means and by their neighbours."""
    graphs[name], links[name] = [], []
    for part in seeds:
        rows = slice(part * size, (part + 1) * size)
        graph, labels = neighbour_graph(points[rows]), training.labels[rows]
        graphs[name].append(graph)
        links[name].append(np.mean(labels[graph[0]] == labels[graph[1]]))
        find_groups(f"k-means, {name}", points[rows], labels)
        find_groups(f"neighbours, {name}", smooth(graph), labels)


compare("edges", seen)

# %%
compare("pixels", training.images)


def draw(count, below, seed):
    """So many random numbers below a number."""
    return (np.random.PCG64(seed).random_raw(count) % below).astype(np.int64)


def of_any_kinds(graph, labels, seed):
    """Random pairs of digits of two kinds."""
    one, other = draw(4 * len(graph[0]), len(labels), seed).reshape(2, -1)
    return one[labels[one] != labels[other]], other[labels[one] != labels[other]]


def of_the_same_kinds(graph, labels, seed):
    """Random pairs of digits, of the same two kinds as random wrong pairs of the graph."""
    wrong = np.flatnonzero(labels[graph[0]] != labels[graph[1]])
    drawn = wrong[draw(len(graph[0]), len(wrong), seed)]
    sorted_rows, sizes = labels.argsort(kind="stable"), np.bincount(labels)
    firsts = sizes.cumsum() - sizes
    pair = []
    for end, more in zip(graph, (100, 200), strict=True):
        kinds = labels[end[drawn]]
        places = draw(len(drawn), sizes[kinds].astype(np.uint64), seed + more)
        pair.append(sorted_rows[firsts[kinds] + places])
    return pair


def with_wrong_pairs(graph, labels, right, one, other):
    """The graph, with so many of these pairs that only this share of its pairs is right."""
    (here, there), n = graph, len(labels)
    more = len(here) * (np.mean(labels[here] == labels[there]) / right - 1)
    one, other = one[: round(more / 2)], other[: round(more / 2)]
    pairs = [here * n + there, one * n + other, other * n + one]
    return np.divmod(np.unique(np.concatenate(pairs)), n)


# Controls: the graphs by edges, with as many wrong pairs as those by pixels have
for part, graph in zip(seeds, graphs["edges"], strict=True):
    own = training.labels[part * size : (part + 1) * size]
    for name, wrong_pairs in [
        ("edges and wrong pairs", of_any_kinds(graph, own, part)),
        (
            "edges and wrong pairs as of pixels",
            of_the_same_kinds(graphs["pixels"][part], own, part),
        ),
    ]:
        worse = with_wrong_pairs(graph, own, links["pixels"][part], *wrong_pairs)
        find_groups(f"neighbours, {name}", smooth(worse), own)
        links.setdefault(name, []).append(np.mean(own[worse[0]] == own[worse[1]]))

# %% tags=["hide-input"]
show_range(
    accuracies,
    f"Accuracy of ten clusters of {size:,} digits, five sets of digits",
    **{"mean NMI": [np.mean(each) for each in shared.values()]},
)

# %%
for name, shares in links.items():
    print(f"{name}: {np.mean(shares):.1%} of the joined pairs are of one kind")

# %% [markdown]
# <details><summary>Answer</summary>
#
# Between 0.974 and 0.978, in each of the five sets far above k-means.<!--true: 0.974 <= min(accuracies["neighbours, edges"]) and max(accuracies["neighbours, edges"]) < 0.978 and min(accuracies["neighbours, edges"]) > max(accuracies["k-means, edges"]) + 0.02-->
#
# </details>
#
# That is almost what N2D reports, 0.979, with an autoencoder and a graph of neighbours (chapter 10). There is no network here. It is
# on 4,000<!--{size:,}--> digits at a time, though, where N2D reports on 70,000.
#
# Pixels gain, too, about ten points, and stay far behind.<!--true: 0.1 < np.mean(accuracies["neighbours, pixels"]) - np.mean(accuracies["k-means, pixels"]) < 0.15 and max(accuracies["neighbours, pixels"]) < 0.7--> Is it that
# more of their pairs join two kinds? One in six does by pixels, one in 27 by edges.<!--true: round(1 / (1 - np.mean(links["pixels"]))) == 6 and round(1 / (1 - np.mean(links["edges"]))) == 27--> The last two rows are controls: to each graph by
# edges we add wrong pairs until as many are wrong as by pixels. Random ones cost half a point on average.<!--true: np.ptp([np.mean(links[name]) for name in list(links)[1:]]) < 0.01 and 0.004 < np.mean(accuracies["neighbours, edges"]) - np.mean(accuracies["neighbours, edges and wrong pairs"]) < 0.006--> So it is not how
# many pairs are wrong. But let them be of the kinds that the pixels join, though of any digits of these, and the edges fall nearly as
# low as the pixels.<!--true: abs(np.mean(accuracies["neighbours, edges and wrong pairs as of pixels"]) - np.mean(accuracies["neighbours, pixels"])) < 0.06 and max(accuracies["neighbours, edges and wrong pairs as of pixels"]) < 0.8--> So it is which: wrong pairs that join the same kinds again and again make one group of them. Good features first, even here.
#
# **It buys** groups of any shape. **It costs** the distances of all pairs, which grow with the square of the number of
# digits: 4,000<!--{size:,}--> are quick, and 45,000<!--{len(seen):,}--> have over a hundred times as many pairs.<!--true: (len(seen) / size) ** 2 > 100--> And there are no centroids any more that could read a new digit.

# %% [markdown]
# **Quick question.** Two rings with one centre: k-means cuts them across, and succeeds on the numbers of their graph.
# Why?
#
# 1. The numbers are a better start.
# 2. The numbers measure the distances more exactly.
# 3. In the new numbers each ring is a heap of its own.
#
# <details><summary>Answer</summary>
#
# 1. No start helps: both rings have the same centre, so their means are in one place.
# 2. The distances are the same. Of these, the graph keeps only the near ones.
# 3. **Right.** Along a ring they hardly change, and between the rings they do. Heaps are what k-means finds.
#
# </details>

# %% [markdown]
# ## What to remember
#
# - A variant is an answer to a question. Ask first what your data need: robustness, speed, few labels, another shape.
# - Before you praise a method, look whether the test was fair to the other one.
# - Ask for few labels, of digits that speak for many, and propagate them.
# - k-means is good at round groups. If yours are not, give it a space in which they are.
#
# ## Exercises
#
# Write code of your own in the [exercises of this chapter](exercises/11_variations.ipynb): a mean that moves, the nearest
# direction, who is whose neighbour. Below each is a check that tells you how far you are. And to think about:
#
# 1. Ask for the labels of the three digits nearest to each centroid and let them vote. With the same number of labels,
#    is that better than three times as many clusters?
# 2. Join each digit to its 5 or its 40 nearest neighbours in place of ten. What becomes of the accuracy?
#
# ## Further reading
#
# - P. S. Bradley, O. L. Mangasarian, W. N. Street: *Clustering via concave minimization*, NIPS (1996), on k-medians.
# - I. S. Dhillon, D. S. Modha: *Concept decompositions for large sparse text data using clustering*, Machine Learning 42
#   (2001), on spherical k-means.
# - D. Sculley: *Web-scale k-means clustering*, WWW (2010), on mini-batches.
# - A. Y. Ng, M. I. Jordan, Y. Weiss: *On spectral clustering: analysis and an algorithm*, NIPS (2001).
# - U. von Luxburg: *A tutorial on spectral clustering*, Statistics and Computing 17 (2007).
