# %% [markdown]
# # 5. Purity and error
#
# One number can say how good a clustering is. Which number? In this chapter we take three of them apart.
# Then we look at single mistakes, and answer a question that article B leaves open: why on earth would
# anyone take a three for a nine?
#
# **What you will learn**
#
# - two kinds of purity, when they differ, and how both can be fooled;
# - the error rate on unseen digits, and the table behind it;
# - how to find out *why* a digit is misread.
#
# **What you need**: chapter 4.
#
# **Time**: 60 minutes.

# %%
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
)
from mnist_kmeans.lloyd import pairwise_squared_distances
from mnist_kmeans.plots import digits, lines, mistakes, show, table

training, validation = load_mnist().holdout()
k = 16
clustering = kmeans(training.images, k, seed=21)
names = majority_labels(clustering.assignments, training.labels, k)
counts = contingency_table(training.labels, clustering.assignments, k)
print("contingency table:", counts.shape, "with", counts.sum(), "digits")

# %% [markdown]
# Sixteen clusters again, from a third random start. This one has no five either.<!--true: 5 not in names-->
#
# ## Two kinds of purity
#
# In each cluster, count the members that bear its name. Divide by the size of the cluster: that is how
# pure it is. Now there are two ways to sum up.
#
# - *Purity*: the members that bear their cluster's name, over all members. Large clusters count more.
# - *Mean cluster purity*, the measure of article A: the plain mean over the clusters. All count the same.

# %%
sizes = counts.sum(axis=1)
shares = counts.max(axis=1) / sizes
for cluster in sizes.argsort():
    print(
        f"cluster {cluster:>2} ({names[cluster]}): {sizes[cluster]:>5,} members, "
        f"{shares[cluster]:.3f} pure"
    )
print()
print(f"purity:              {counts.max(axis=1).sum() / sizes.sum():.4f}")
print(f"mean cluster purity: {shares.mean():.4f}")
print(
    f"the package agrees:  {purity(counts):.4f} and {mean_cluster_purity(counts):.4f}"
)

# %% [markdown]
# Here the mean is a little higher. Look at the list: the smallest clusters at its top are very pure, and the
# largest of all, at its end, is a mixture. The mean lets a small cluster of zeros make up for a mixture of
# nearly twice its size.
#
# An invented case shows how far the two can part. Nine tiny clusters are pure, one huge cluster is not:

# %%
invented = np.eye(10, dtype=int) * 10
invented[9] = 1000
print(f"purity:              {purity(invented):.3f}")
print(f"mean cluster purity: {mean_cluster_purity(invented):.3f}")

# %% [markdown]
# Neither is wrong. They answer different questions. *Purity*: how likely does a digit bear the name of
# its cluster? *Mean cluster purity*: how pure is a typical cluster? When you read a purity somewhere, find
# out which of the two it is.
#
# A small trap for programmers: article A's table has k rows and k columns. That works as long as k is 10.
# With 16 clusters there are still only ten digits, so the table must be 16 x 10.
#
# ## The trap of purity
#
# More clusters are purer. Always, in the end: if every digit has a cluster of its own, each cluster is
# perfectly pure, and nothing has been learned. Let us see it on two thousand digits.

# %%
some, some_labels = training.images[:2000], training.labels[:2000]
ks = [10, 20, 50, 100, 200, 500, 1000, 2000]
purities, unseen_errors = [], []
for n_clusters in ks:
    found = kmeans(some, n_clusters, seed=0)
    found_counts = contingency_table(some_labels, found.assignments, n_clusters)
    purities.append(purity(found_counts))
    predicted = classify(
        validation.images, found.centroids, found_counts.argmax(axis=1)
    )
    unseen_errors.append(error_rate(validation.labels, predicted))
    print(
        f"k = {n_clusters:>4}: purity {purities[-1]:.4f}, error on unseen digits "
        f"{unseen_errors[-1]:.4f}"
    )

# %%
show(
    lines(
        {
            "1 - purity on the two thousand": (ks, 1 - np.array(purities)),
            "error on unseen digits": (ks, unseen_errors),
        },
        heading="Purity promises more than the unseen digits keep",
        xlabel="number of clusters k, for 2000 digits",
        ylabel="share of mistakes",
        log_ticks=ks,
    )
)

# %% [markdown]
# At k = 2000 the purity is 1: no mistakes on the digits that were clustered. On unseen digits there are
# plenty left. The gap between the two curves is called *overfitting*. Purity cannot see it, since it is
# measured on the very digits that were clustered.
#
# The error on unseen digits falls all the same. There is no magic in it: at k = 2000 each digit is its own
# cluster, and our reader simply looks up the most similar of 2000 labelled digits. That works better than
# sixteen clusters, but nothing has been summed up any more.
#
# ## The error rate
#
# So we judge on the validation digits.

# %%
inferred = classify(validation.images, clustering.centroids, names)
print(f"1 - purity on the training digits:     {1 - purity(counts):.4f}")
print(
    "error rate on the validation digits:   "
    f"{error_rate(validation.labels, inferred):.4f}"
)

# %% [markdown]
# With 16 clusters for 45,000<!--{len(training):,}--> digits there is next to no overfitting. The two agree.
#
# ## Digits classified as two, digits classified as nine
#
# The table of inferred against true labels is the *confusion matrix*. Each row holds the digits that were
# classified as one label. A perfect reader has all its numbers on the diagonal.

# %%
confusion = contingency_table(validation.labels, inferred, 10)
show(
    table(
        confusion,
        heading="Confusion matrix of the validation digits",
        xlabel="true digit",
        ylabel="classified as",
    )
)

# %% [markdown]
# A count does not show what went wrong. So here is the table once more, without its diagonal. Each cell shows one of
# its digits, the one nearest to its centroid. It is the darker, the more there are.

# %%
squared = pairwise_squared_distances(validation.images, clustering.centroids)
show(
    mistakes(
        validation.images,
        validation.labels,
        inferred,
        squared.min(axis=1),
        heading="Each kind of mistake: how many, and the one nearest to its centroid",
    )
)

# %% [markdown]
# Row five is empty, as no cluster has that name.<!--true: 5 not in names--> The darkest cell holds nines that were taken for four: 636<!--{confusion[4, 9]}--> of
# them.<!--true: confusion[4, 9] == (confusion - np.diag(np.diag(confusion))).max()--> Some of these mistakes one could make oneself. Others seem odd, until you look along a row. What is taken
# for zero is wide and bold, whatever it is.<!--true: min(f(validation.images[(inferred == 0) & (validation.labels != 0)]).mean() / f(validation.images).mean() for f in (ink, width)) > 1.1--> What is taken for one is narrow and thin.<!--true: max(f(validation.images[(inferred == 1) & (validation.labels != 1)]).mean() / f(validation.images).mean() for f in (ink, width)) < 0.9--> That is a first clue.
#
# Article B looks at two of these rows. Here are ours.


# %%
def tell_row(label):
    row = confusion[label]
    order = [digit for digit in row.argsort(kind="stable")[::-1] if row[digit]]
    print(
        f"classified as {label}: {row.sum():,} digits, {row[label]:,} of them right "
        f"({row[label] / row.sum():.0%})"
    )
    print(
        "   the others:",
        ", ".join(f"{row[digit]} x {digit}" for digit in order if digit != label),
    )


tell_row(2)
tell_row(9)

# %% [markdown]
# When this reader says two, it is nearly always right. (In article B: 1018 of 1074.) Nine is not.
# Not even half of these digits are nines.<!--true: 2 * confusion[9, 9] < confusion[9].sum()--> (In article B: 448 of 1141.) Most of the others are fours and
# sevens, and that is easy to understand. But there are threes among them, too. Article B has 69 of them (with 255
# fours, 180 sevens, 88 fives, 68 eights and some others). It shows sixteen of its nines, wonders why there are
# so many threes, and cannot say.
#
# ## Why is a three taken for a nine?
#
# Let us look at them. First at sixteen of the digits classified as nine, as article B does. Above each stands what it
# really is. Then we look at the threes among them.

# %%
as_nine = np.flatnonzero(inferred == 9)
show(
    digits(
        validation.images[as_nine[:16]],
        validation.labels[as_nine[:16]],
        heading="Classified as nine, with their true labels (cross: wrong)",
        columns=8,
        wrong=validation.labels[as_nine[:16]] != 9,
    )
)

# %%
odd_threes = np.flatnonzero((inferred == 9) & (validation.labels == 3))
good_threes = np.flatnonzero((inferred == 3) & (validation.labels == 3))
print("threes classified as nine: ", len(odd_threes))
print("threes classified as three:", len(good_threes))
show(
    digits(
        validation.images[odd_threes[:10]],
        heading="Threes that were classified as nine",
        columns=10,
    )
)
show(
    digits(
        validation.images[good_threes[:10]],
        heading="Threes that were classified as three",
        columns=10,
    )
)

# %% [markdown]
# Most of the odd threes are thin or narrow. Many of the others are broad and bold. Can we measure that?


# %%
def ink(images):
    """The sum of all pixels of each image, in fully inked pixels."""
    return images.sum(axis=1) / 255


def width(images):
    """How far the ink spreads sideways: its standard deviation, in pixels."""
    columns = images.reshape(-1, 28, 28).sum(axis=1)
    share = columns / columns.sum(axis=1, keepdims=True)
    middle = share @ np.arange(28)
    return np.sqrt(share @ np.arange(28) ** 2 - middle**2)


for name, chosen in [("as nine", odd_threes), ("as three", good_threes)]:
    images = validation.images[chosen]
    print(
        f"threes classified {name:<9} ink {ink(images).mean():5.1f} pixels, width "
        f"{width(images).mean():.2f} pixels"
    )

# %% [markdown]
# On average they are.<!--true: ink(validation.images[odd_threes]).mean() < ink(validation.images[good_threes]).mean()--> But a thin three is still a three. Why does it not go to a centroid called three? We take
# the squared distance apart, into three terms:
#
# $${|x - c|}^2 \;=\; {|x|}^2 \;-\; 2\,x \cdot c \;+\; {|c|}^2$$
#
# The first term is the same for all centroids, so it decides nothing. The second counts how much ink of the
# digit lies on ink of the centroid: the more, the nearer. The third is the ink of the centroid itself, all
# of it, whether the digit has ink there or not: the *price* of this centroid.

# %%
nine = np.flatnonzero(names == 9)[0]
threes = np.flatnonzero(names == 3)


def tell_terms(title, rows):
    nearest_three = threes[squared[rows][:, threes].argmin(axis=1)]
    print(title)
    for name, chosen in [("nine", [nine] * len(rows)), ("three", nearest_three)]:
        centroids = clustering.centroids[chosen]
        overlap = 2 * (validation.images[rows] * centroids).sum(axis=1).mean() / 1e6
        price = (centroids**2).sum(axis=1).mean() / 1e6
        print(
            f"   centroid {name:<6} overlap {overlap:5.2f}, price {price:5.2f}, price "
            f"minus overlap {price - overlap:6.2f}"
        )


tell_terms("threes classified as nine (in millions)", odd_threes)
tell_terms("threes classified as three (in millions)", good_threes)

# %% [markdown]
# Here is the answer. An odd three overlaps with the nine's centroid about as much as with the three's. It
# is so narrow that its ink lies on the stroke in the middle, which the nine has as well, and it misses
# the wide bows that the three expects. With the overlap equal, the *price* decides. The centroid of the
# nine is the mean of a mixture of nines, fours, sevens. Few of its pixels are dark, so it is
# cheap. The centroid of the three is dark in more places, and charges for bows that the thin digit
# does not have.
#
# So the mistake has little to do with nines. A centroid with little dark ink is a cheap home for any thin digit
# that fits nowhere. Let us see some of these threes with their nearest centroids, in order of distance. (For some
# of them no three is even among the five nearest.)

# %%
shown = odd_threes[:4]
pictures, titles = [], []
for row in shown:
    pictures.append(validation.images[row])
    titles.append("true: 3")
    for centroid in squared[row].argsort()[:5]:
        pictures.append(clustering.centroids[centroid])
        titles.append(f"{names[centroid]}, at {squared[row, centroid] ** 0.5:.0f}")
show(
    digits(
        pictures,
        titles,
        heading="Threes taken for nines, and their five nearest centroids",
        columns=6,
    )
)

# %% [markdown]
# Is that a rule, or just a story about a few threes? First the prices of all sixteen centroids, in millions.

# %%
price = (clustering.centroids**2).sum(axis=1) / 1e6
by_price = price.argsort()
show(
    digits(
        clustering.centroids[by_price],
        [f"{names[centroid]}: {price[centroid]:.2f}" for centroid in by_price],
        heading="The centroids and their prices, the cheapest first",
        columns=8,
    )
)

# %% [markdown]
# Now take *all* misread digits, whatever their label. Each had a choice: the centroid it went to, or the nearest of
# those that bear its own name. (The fives never had that choice, so we leave them out.) Which of the two is
# cheaper? And how much ink has the digit?

# %%
inks = ink(validation.images)
nearest = squared.argmin(axis=1)
own = np.where(names == validation.labels[:, None], squared, np.inf).argmin(axis=1)
misread = (inferred != validation.labels) & np.isin(validation.labels, names)
to_cheaper = misread & (price[nearest] < price[own])
to_dearer = misread & (price[nearest] > price[own])
for title, chosen in [
    ("all validation digits", np.ones_like(misread)),
    ("misread, to a cheaper centroid", to_cheaper),
    ("misread, to a dearer centroid", to_dearer),
]:
    count = np.count_nonzero(chosen)
    print(f"{title:<30} {count:>6,}   mean ink {inks[chosen].mean():5.1f} pixels")

# %% [markdown]
# It is a rule with two sides. Only a little more than half<!--true: 0.5 < np.count_nonzero(to_cheaper) / np.count_nonzero(misread) < 0.6--> of these mistakes go to the cheaper of the two, so it is
# not true that cheap centroids draw in everything. But look at the ink. The digits that went to the cheaper
# centroid are thin, with 89.2<!--{inks[to_cheaper].mean():.1f}--> pixels of ink on average. Those that went to the dearer one are bold, with 112.8<!--{inks[to_dearer].mean():.1f}-->.
# A thin digit does not overlap enough to pay a high price, and a bold one overlaps with so much
# that it can afford one. So *how much* ink there is counts, not only *where* it is. To a reader it means nothing at
# all.
#
# ## What to remember
#
# - Purity weighs clusters by size, mean cluster purity does not. Say which one you mean.
# - Both tend to rise with every cluster you add. Only unseen digits tell whether something was learned.
# - A confusion matrix says more than an error rate.
# - ${|x-c|}^2 = {|x|}^2 - 2\,x \cdot c + {|c|}^2$: taking a formula apart can explain a mistake.
#
# ## Exercises
#
# Write code of your own in the [exercises of this chapter](exercises/05_purity_and_error.ipynb): precision and recall,
# mean cluster purity by hand, the most confused pair, digits without their ink. Below each is a check that tells you how
# far you are. And to think about:
#
# 1. In which table do purity and mean cluster purity agree exactly? Invent one, and one in which purity is
#    the higher of the two.
# 2. There are a few twos among the digits classified as nine. Take their distances apart as we did with
#    the threes. Does the same answer hold?
#
# ## Further reading
#
# - C. D. Manning, P. Raghavan, H. Schütze: *Introduction to Information Retrieval*, section 16.3, on
#   purity and its relatives.
# - Article A on mean cluster purity, article B on the digits classified as two and as nine.
