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
from mnist_kmeans.plots import digits, heatmap, lines, mistakes, overlaps, show

training, validation = load_mnist().holdout()
k = 16
clustering = kmeans(training.images, k, seed=21)
names = majority_labels(clustering.assignments, training.labels, k)
counts = contingency_table(training.labels, clustering.assignments, k)
print("contingency table:", counts.shape, "with", counts.sum(), "digits")

# %% [markdown]
# Sixteen clusters again, from a third random start. This one has no five either.<!--true: 5 not in names--> The table has a row for each
# cluster and a column for each digit. (Article A's is k x k, which works only as long as k is 10.)
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
print(invented)
print(f"purity:              {purity(invented):.3f}")
print(f"mean cluster purity: {mean_cluster_purity(invented):.3f}")

# %% [markdown]
# Neither is wrong. They answer different questions. *Purity*: how likely is a digit to bear the name of
# its cluster? *Mean cluster purity*: how pure is a typical cluster? When you read a purity somewhere, find
# out which of the two it is.
#
# ## The trap of purity
#
# More clusters are purer. Always, in the end: if every digit has a cluster of its own, each cluster is
# perfectly pure, whatever the digits look like. So a purity of 1 proves nothing. Let us see it on two thousand digits.

# %%
some, some_labels = training.images[:2000], training.labels[:2000]
ks = [10, 20, 50, 100, 200, 500, 1000, 2000]
purities, unseen_errors = [], []
for n_clusters in ks:
    found = kmeans(some, n_clusters, seed=0)
    found_names = majority_labels(found.assignments, some_labels, n_clusters)
    found_counts = contingency_table(some_labels, found.assignments, n_clusters)
    predicted = classify(validation.images, found.centroids, found_names)
    purities.append(purity(found_counts))
    unseen_errors.append(error_rate(validation.labels, predicted))
    print(
        f"k = {n_clusters:>4}: purity {purities[-1]:.4f}, mean cluster purity "
        f"{mean_cluster_purity(found_counts):.4f}, unseen error {unseen_errors[-1]:.4f}"
    )

# %%
show(
    lines(
        {
            "1 - purity on the two thousand": (ks, 1 - np.array(purities)),
            "error on unseen digits": (ks, unseen_errors),
        },
        heading="The purer the clusters, the less purity tells about unseen digits",
        xlabel="number of clusters k, for 2000 digits",
        ylabel="share of mistakes",
        log_ticks=ks,
    )
)

# %% [markdown]
# At k = 2000 both purities are 1: no mistakes on the digits that were clustered. On unseen digits there are
# plenty left. The gap between the two curves is the *generalization gap*. Purity cannot see it, since it is
# measured on the very digits that were clustered. When the gap grows because digits are learned by heart, at the cost of unseen
# ones, this is *overfitting*. Not so here: the error on unseen digits still falls.
#
# There is no magic in it. At k = 2000 each digit is its own
# cluster, and our reader simply looks up the most similar of 2000 labelled digits. This is the *nearest-neighbour*
# classifier. It works better than sixteen clusters, but nothing is summed up any more.
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
# With 16 clusters for 45,000<!--{len(training):,}--> digits there is hardly a gap. The two agree.<!--true: abs(error_rate(validation.labels, inferred) - (1 - purity(counts))) < 0.01-->
#
# ## Digits classified as two, digits classified as nine
#
# The table of inferred against true labels is the *confusion matrix*. Each row holds the digits that were
# classified as one label. A perfect reader has all its numbers on the diagonal. (Elsewhere you may meet it turned around:
# scikit-learn has the true labels in the rows.)

# %%
confusion = contingency_table(validation.labels, inferred, 10)
show(
    heatmap(
        confusion,
        heading="Confusion matrix of the validation digits",
        xlabel="true digit",
        ylabel="classified as",
    )
)

# %% [markdown]
# A count does not show what went wrong. So here is the table once more, without its diagonal. Each cell shows one of
# its digits, the one nearest to its centroid. The more there are, the darker the cell.

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
# for zero is wide and has much ink, whatever it is.<!--true: min(f(validation.images[(inferred == 0) & (validation.labels != 0)]).mean() / f(validation.images).mean() for f in (ink, width)) > 1.1--> What is taken for one has little ink and is mostly narrow.<!--true: all(ink(validation.images[(inferred == 1) & (validation.labels == digit)]).mean() < 0.8 * ink(validation.images).mean() for digit in np.unique(validation.labels[inferred == 1])) and (width(validation.images[(inferred == 1) & (validation.labels != 1)]) < width(validation.images).mean()).mean() > 0.7--> That is a first clue.
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
# Let us look at them. First at sixteen of the digits classified as nine, as article B does. The true label
# is above each. A cross marks those that are wrong.

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

# %% [markdown]
# And now the threes among them. We measure two things: how much ink a digit has, and how wide it is. A digit with little
# ink in all we call *light*, one with much ink *heavy*.


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


odd_threes = np.flatnonzero((inferred == 9) & (validation.labels == 3))
good_threes = np.flatnonzero((inferred == 3) & (validation.labels == 3))
for name, chosen in [("nine", odd_threes), ("three", good_threes)]:
    images = validation.images[chosen]
    print(
        f"threes classified as {name:<5} {len(images):>5,}, mean ink "
        f"{ink(images).mean():5.1f} pixels, mean width {width(images).mean():.2f} pixels"
    )
    show(
        digits(
            images[:10],
            [f"{pixels:.0f}" for pixels in ink(images[:10])],
            heading=f"Threes that were classified as {name}, with their ink in pixels",
        )
    )

# %% [markdown]
# The odd threes are lighter and narrower.<!--true: all(f(validation.images[odd_threes]).mean() < 0.9 * f(validation.images[good_threes]).mean() for f in (ink, width))--> But a light three is still a three. Why does it not go to a centroid called three? We take
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


def terms(rows, centroids):
    """The terms of some digits with one centroid each: overlap and price, in millions."""
    overlap = 2 * (validation.images[rows] * centroids).sum(axis=1) / 1e6
    return overlap, (centroids**2).sum(axis=1) / 1e6


def nearest_three(rows):
    return threes[squared[rows][:, threes].argmin(axis=1)]


for kind, rows in [("nine", odd_threes), ("three", good_threes)]:
    print(f"threes classified as {kind} (in millions)")
    for name, chosen in [("nine", [nine] * len(rows)), ("three", nearest_three(rows))]:
        overlap, price = terms(rows, clustering.centroids[chosen])
        print(
            f"   centroid {name:<5} overlap {overlap.mean():.2f}, price "
            f"{price.mean():.2f}, price minus overlap {(price - overlap).mean():5.2f}"
        )
members_of_nine = training.images[clustering.assignments == nine]
print(f"ink of the members of the nine: {ink(members_of_nine).mean():5.1f} pixels")
print(f"ink of all training digits:     {ink(training.images).mean():5.1f} pixels")

# %% [markdown]
# Here is the answer. An odd three overlaps with the nine's centroid about as much as with the three's. With the overlap
# equal, the *price* decides. And the nine is cheap: the members of this cluster are light digits, nines, fours and
# sevens with 82<!--{ink(members_of_nine).mean():.0f}--> pixels of ink on average, where all digits have 102<!--{ink(training.images).mean():.0f}-->. A mean of light digits has little ink of its own.
#
# Look at one of these threes, laid over both centroids.

# %%
lightest_first = odd_threes[ink(validation.images[odd_threes]).argsort(kind="stable")]
shown = lightest_first[::9]  # four, from the lightest to the heaviest
row = shown[len(shown) // 2]
both = [nine, *nearest_three([row])]
overlap, price = terms([row, row], clustering.centroids[both])
titles = [
    f"{name}: overlap {overlap[i]:.2f}, price {price[i]:.2f}\nprice minus overlap "
    f"{price[i] - overlap[i]:.2f}"
    for i, name in enumerate(["nine", "three"])
]
show(
    overlaps(
        validation.images[row],
        clustering.centroids[both],
        titles,
        heading="A three over the centroid of the nine and over that of the three",
    )
)

# %% [markdown]
# Black is where ink lies on ink. Much of it is on the stroke in the middle, which the nine has as well. The three charges
# for wide bows that this digit does not have: they are the orange ink.
#
# So the mistake has little to do with nines. A centroid with little ink is a cheap home for any light digit
# that fits nowhere. Here are four odd threes, from the lightest to the heaviest, with their nearest centroids in order of
# distance. For most of the odd threes, no three is even among the five nearest.<!--true: np.mean((names[squared[odd_threes].argsort(axis=1)[:, :5]] != 3).all(axis=1)) > 0.7-->

# %%
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
# Is that a rule, or just a story about a few threes? First the prices of all sixteen centroids, in millions, each with the
# mean ink of its members.

# %%
prices = (clustering.centroids**2).sum(axis=1) / 1e6
by_price = prices.argsort()
titles, member_inks = [], []
for centroid in by_price:
    members = training.images[clustering.assignments == centroid]
    member_inks.append(ink(members).mean())
    titles.append(
        f"{names[centroid]}: {prices[centroid]:.2f}\nink {member_inks[-1]:.0f}"
    )
show(
    digits(
        clustering.centroids[by_price],
        titles,
        heading="Centroids and their prices: light members, low price",
        columns=8,
    )
)

# %% [markdown]
# The price follows the ink of the members.<!--true: np.corrcoef(prices[by_price], member_inks)[0, 1] > 0.9--> It does not matter whether they are a mixture: the two cheapest are the ones, and
# they are far purer than the nine.<!--true: (names[by_price[:2]] == 1).all() and shares[by_price[:2]].min() > 0.75 and shares[nine] < 0.5-->
#
# Now take *all* misread digits, whatever their label. Each had a choice: the centroid it went to, or the nearest of
# those that bear its own name. (The fives never had that choice, so we leave them out.) Which of the two is
# cheaper? And how much ink does the digit have?

# %%
inks = ink(validation.images)
nearest = squared.argmin(axis=1)
# Leave only centroids with the digit's own name: all others are infinitely far away
bears_own_name = names == validation.labels[:, None]
own = np.where(bears_own_name, squared, np.inf).argmin(axis=1)
misread = (inferred != validation.labels) & np.isin(validation.labels, names)
to_cheaper = misread & (prices[nearest] < prices[own])
to_dearer = misread & (prices[nearest] > prices[own])
for title, group in [("cheaper", to_cheaper), ("dearer", to_dearer)]:
    print(f"misread, to a {title} centroid: {np.count_nonzero(group):,}")
print("digit    to a cheaper, mean ink    to a dearer, mean ink")
for digit in np.unique(names):
    line = f"{digit:>5}"
    for group in (to_cheaper, to_dearer):
        found = inks[group & (validation.labels == digit)]
        mean = f"{found.mean():.1f}" if len(found) else "-"
        line += f"{len(found):>16,}{mean:>10}"
    print(line)

# %% [markdown]
# It is a rule with two sides. Only a little more than half<!--true: 0.5 < np.count_nonzero(to_cheaper) / np.count_nonzero(misread) < 0.6--> of these mistakes go to the cheaper of the two, so it is
# not true that cheap centroids draw in everything. But look at the ink, one digit at a time. (Else the digits that write
# with much ink mix with those that write with little: two thirds of the mistakes on the right are nines.<!--true: 0.65 < np.mean(validation.labels[to_dearer] == 9) < 0.69-->) In every row
# with both kinds, those that went to a cheaper centroid have 30 to 50 pixels less ink.<!--true: all(30 < inks[to_dearer & (validation.labels == digit)].mean() - inks[to_cheaper & (validation.labels == digit)].mean() < 50 for digit in (2, 3, 4, 6, 7, 8, 9))-->
#
# A light digit does not overlap enough to pay a high price, and a heavy one overlaps with so much
# that it can afford one. So *how much* ink there is counts, not only *where* it is. To a human reader it means nothing at
# all.
#
# ## What to remember
#
# - Purity weighs clusters by size, mean cluster purity does not. Say which one you mean.
# - Both tend to rise with every cluster you add. Only unseen digits tell what that is worth: mind the generalization
#   gap.
# - A confusion matrix says more than an error rate.
# - ${|x-c|}^2 = {|x|}^2 - 2\,x \cdot c + {|c|}^2$: taking a formula apart can explain a mistake.
#
# ## Exercises
#
# Write code of your own in the [exercises of this chapter](exercises/05_purity_and_error.ipynb): precision and recall,
# mean cluster purity by hand, the most confused pair, digits of the same length. Below each is a check that tells you how
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
