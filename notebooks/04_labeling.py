# %% [markdown]
# # 4. From clusters to digits
#
# Clusters have numbers, not names. In this chapter we name them, and the clustering turns into something
# useful: a program that reads digits. It will be a poor reader, and we find out why.
#
# **What you will learn**
#
# - how labels give each cluster a name: the majority decides;
# - how to classify a digit that was not there before;
# - how a digit can go missing altogether, and whether more clusters than digits help;
# - whether the pixels are to blame for the mistakes.
#
# **What you need**: chapter 3.
#
# **Time**: 40 minutes.

# %% tags=["hide-input"]
import numpy as np

from mnist_kmeans import (
    assign,
    classify,
    contingency_table,
    error_rate,
    kmeans,
    load_mnist,
    majority_labels,
    repeat_inits,
)
from mnist_kmeans.explorer import explore
from mnist_kmeans.plots import Table, digits, heatmap, members, show

# %%
training, validation = load_mnist().holdout()
print("training:", training.images.shape, " validation:", validation.images.shape)

# %% [markdown]
# ## Sixteen clusters
#
# We take k = 16. With more clusters than digits, a digit that is written in two ways can have two clusters. We cluster the
# training part only. The validation part must stay unseen.
#
# We run eight starts, seeds 0 to 7, and look at one of them closely: the first in which a digit goes missing. That is seed
# 2. At the end of the chapter all eight stand side by side, so that you see what is usual.

# %%
k = 16
runs = repeat_inits(training.images, k, range(8))
clustering = runs[2]
print(f"{clustering.n_iter} iterations, inertia {clustering.inertia:.4e}")

# %% tags=["hide-input"]
numbered = [f"cluster {cluster}" for cluster in range(k)]
show(
    members(
        training.images,
        clustering.assignments,
        numbered,
        heading="Members of sixteen clusters",
        side=4,
    )
)

# %% [markdown]
# Some clusters hold one digit, written in one way: 2 and 12 are twos, upright and slanted,<!--true: abs(np.polyfit(*np.indices((28, 28)).reshape(2, -1), 1, w=clustering.centroids[2] ** 0.5)[0]) < 0.1 and np.polyfit(*np.indices((28, 28)).reshape(2, -1), 1, w=clustering.centroids[12] ** 0.5)[0] < -0.25--> 8, 9 and 14
# are zeros, each of another shape. Others, like 4, 7 and 13, are a mixture.<!--true: names[[2, 12, 8, 9, 14]].tolist() == [2, 2, 0, 0, 0] and shares[[4, 7, 13]].max() < 0.5-->
#
# ## The majority names the cluster
#
# You and I can give a name to most of these squares. The computer needs the labels for it. Take one cluster and
# count the true digits in it:

# %%
in_first = training.labels[clustering.assignments == 0]
counts = np.bincount(in_first, minlength=10)
print("digits in cluster 0:", counts)
print("the commonest:      ", counts.argmax())

# %% [markdown]
# So cluster 0 is called 6<!--{names[0]}-->, and 510<!--{len(in_first) - counts.max()}--> of its 2,779<!--{len(in_first):,}--> members are something else. The same for all clusters at once:

# %%
cluster_counts = contingency_table(training.labels, clustering.assignments, k)
names = majority_labels(clustering.assignments, training.labels, k)
print("names of clusters 0 to 15:", names)

# %% tags=["hide-input"]
show(
    heatmap(
        cluster_counts,
        heading="True digits in each cluster (named after the commonest)",
        xlabel="true digit",
        ylabel="cluster (name)",
        row_names=[f"{cluster} ({name})" for cluster, name in enumerate(names)],
    )
)

# %% [markdown]
# Here are the centroids, sorted by name, each with the share of its cluster that really is this digit.

# %%
by_name = names.argsort(kind="stable")
shares = cluster_counts.max(axis=1) / cluster_counts.sum(axis=1)
titles = [f"{names[cluster]}: {shares[cluster]:.0%}" for cluster in by_name]

# %% tags=["hide-input"]
show(
    digits(
        clustering.centroids[by_name],
        titles,
        heading="Sixteen centroids and their names",
        columns=8,
    )
)

# %% [markdown]
# **Predict, then look.** Sixteen centroids for ten digits: does each digit have one? Count in the picture which digit
# has the most, and whether any has none.

# %%
per_digit = np.bincount(names, minlength=10)

# %% tags=["hide-input"]
show(
    Table(
        {"digit": range(10), "centroids": per_digit},
        heading="How many centroids bear the name of each digit",
    )
)

# %% [markdown]
# <details><summary>Answer</summary>
#
# Zero has three, of three widths and slants. Twos have two, upright and slanted. There is one eight, one four, one nine. And
# there is no five at all.<!--true: per_digit.tolist()[:6] == [3, 2, 2, per_digit[3], 1, 0] and per_digit[8] == per_digit[9] == 1-->
#
# </details>

# %% [markdown]
# **Quick question.** Before the clusters are named, somebody shuffles all the labels. What changes?
#
# 1. The assignments.
# 2. The names.
# 3. The inertia.
#
# <details><summary>Answer</summary>
#
# 1. They follow from pixels alone. The clustering has never seen a label.
# 2. **Right.** They are all that is made with labels. Digits, centroids and clusters stay as they are.
# 3. It adds up squared distances between digits and centroids. No label occurs in it.
#
# </details>

# %% [markdown]
# ## The missing five
#
# So this reader will *never* say five. Where are the fives? Go down their column in the table above. The largest part,
# 1,088<!--{cluster_counts[4, 5]:,}--> of 4,103<!--{cluster_counts[:, 5].sum():,}-->, is in cluster 4, together with threes and eights. The centroid is a mean of all of
# them. Threes are the most numerous, and give it their name.<!--true: cluster_counts[:, 5].argmax() == 4 and set(cluster_counts[4].argsort()[-3:].tolist()) == {3, 5, 8} and cluster_counts[4].argmax() == 3--> In every other cluster, too, another digit is commoner than the five.<!--true: (cluster_counts[:, 5] < cluster_counts.max(axis=1)).all()-->
#
# Nothing has gone wrong with the method. It was asked for groups of small inertia, and it found some.
# Nobody told it that a five matters.

# %% [markdown]
# **Quick question.** Cluster 4 holds more fives than any other. We call it five. What becomes of the error on the
# training digits?
#
# 1. It rises.
# 2. It falls, since fives can be read at last.
# 3. It stays: the clusters are the same.
#
# <details><summary>Answer</summary>
#
# 1. **Right.** The reader now gets the fives of this cluster right, and its threes wrong, and these are more.<!--true: cluster_counts[4, 3] > cluster_counts[4, 5]-->
# 2. They can, at the cost of threes: this cluster holds more of these than fives.
# 3. The clusters are, but the error compares names with labels.
#
# </details>

# %% [markdown]
# ## Explore the clusters yourself
#
# In JupyterLab, the next cell becomes an explorer. Choose k and a seed, and k-means runs again. Move the third
# slider to go through its iterations. Press a centroid, and you see the cluster: how many of each digit it
# holds, some members, the most typical ones and the oddest. The keyboard will do, too: Tab goes from one
# control to the next, the arrow keys move a slider, the space bar presses a button. On the web page of this chapter you can
# do the same, and draw a digit of your own as well. There k-means runs on the training digits of the embedded sample, so
# its clusters are not quite those above. Where neither works you see one picture: the most mixed of our sixteen clusters.
#
# <div class="live-digits" data-wait="yes" data-k="16" data-seed="2"></div>

# %%
explore(training, k, seed=2)

# %% [markdown]
# So this is cluster 7<!--{shares.argmin()}-->, one of the two called seven: sevens, fours, nines and fives, most of them slanted.<!--true: cluster_counts[7].argsort()[:-5:-1].tolist() == [7, 4, 9, 5] and np.mean([np.polyfit(*np.indices((28, 28)).reshape(2, -1), 1, w=image.astype(float) ** 0.5)[0] < -0.2 for image in training.images[clustering.assignments == 7][:500]]) > 0.75--> The commonest
# makes up only 26 %<!--{shares.min():.0%}--> of it.
#
# ## Classify new digits
#
# A validation digit gets the name of its nearest centroid. That is the whole reader: sixteen pictures
# and sixteen names.

# %%
inferred = classify(validation.images, clustering.centroids, names)
wrong = inferred != validation.labels
print("true:    ", validation.labels[:20])
print("inferred:", inferred[:20])

# %% tags=["hide-input"]
show(
    digits(
        validation.images[:30],
        inferred[:30],
        heading="Thirty unseen digits with their inferred label (cross: wrong)",
        wrong=wrong[:30],
    )
)

# %% [markdown]
# How often is it wrong? The *error rate* is the share of wrong answers on the validation digits.

# %%
print(f"wrong: {np.count_nonzero(wrong):,} of {len(validation):,}")
print(f"error rate: {error_rate(validation.labels, inferred):.4f}")
learnt = names[clustering.assignments]
print(f"on the training part: {error_rate(training.labels, learnt):.4f}")

# %% [markdown]
# One digit in three.<!--true: 0.3 < wrong.mean() < 0.36--> On the training part, which it has learnt from, our reader is hardly better.<!--true: 0 < wrong.mean() - error_rate(training.labels, learnt) < 0.015--> (That need not be so. Chapter
# 5 shows readers that know their training digits by heart.) Which digits does it get wrong? A table of the inferred digits against
# the true ones tells: a row for what the reader says, a column for what it is.

# %% tags=["hide-input"]
show(
    heatmap(
        contingency_table(validation.labels, inferred, 10),
        heading="What the reader says, and what it is",
        xlabel="true digit",
        ylabel="inferred",
    )
)

# %% [markdown]
# The row of five is empty, of course. Fours and nines are wrong more often than right: most of them are taken for each other, or for
# a seven.<!--true: all(wrong[validation.labels == digit].mean() > 0.5 and np.isin(inferred[wrong & (validation.labels == digit)], (4, 7, 9)).mean() > 0.8 for digit in (4, 9))--> Ones are nearly always read correctly, but a quarter of what is read as a one is something else.<!--true: (inferred[validation.labels == 1] == 1).mean() > 0.95 and 0.24 < wrong[inferred == 1].mean() < 0.28-->
#
# ## Are the pixels to blame?
#
# Fours and nines cover much the same pixels, and so do nines and sevens. Perhaps no reader that only compares pixels can do better. That can
# be tested. The *nearest neighbour* is a reader, too: it names each digit after the most similar of all training digits. It
# sees the same pixels, and measures the same distances. The other yardstick is *chance*: always say the commonest
# digit of the training part, whatever you see. And a control: a reader with even fewer pictures than ours, ten means, each of all
# training digits of one kind. They are made *with* the labels. Three more readers are ours with one change: the mean of each
# *mixture*, a cluster in which even the commonest digit has less than half, gives way to four means of its members. Chance tells
# which members belong together, or k-means (three seeds each; the table shows their mean error), or the labels: then it
# is the four commonest digits.
#
# **Predict, then look.** Of the digits that go to the hopeless cluster 7, our reader misreads three in four. How many does the
# nearest neighbour misread: half, a tenth, fewer?

# %%
some, some_labels = validation.images[:2000], validation.labels[:2000]
kinds = [training.images[training.labels == digit].mean(axis=0) for digit in range(10)]
mixed = shares < 0.5


def by_chance(images, labels, seed):
    return np.random.default_rng(seed).integers(4, size=len(images))


def by_kmeans(images, labels, seed):
    return kmeans(images, 4, seed=seed).assignments


def by_label(images, labels, seed):
    four = np.bincount(labels).argsort()[-4:]
    return np.select([labels == digit for digit in four], range(4), -1)


def read_with_split(split, seed):
    """What our reader says when each mixture is split into four parts, (2000,)."""
    pictures, called = [*clustering.centroids[~mixed]], [*names[~mixed]]
    for cluster in np.flatnonzero(mixed):
        inside = clustering.assignments == cluster
        images, labels = training.images[inside], training.labels[inside]
        parts = split(images, labels, seed)
        for number in range(4):
            pictures.append(images[parts == number].mean(axis=0))
            called.append(np.bincount(labels[parts == number]).argmax())
    return classify(some, np.array(pictures), np.array(called))


print("mixtures:", mixed.sum(), " pictures with split mixtures:", k + 3 * mixed.sum())
answers = {
    "chance": np.full(len(some), np.bincount(training.labels).argmax()),
    "sixteen clusters": inferred[: len(some)],
    **{
        f"mixtures split {name}": [read_with_split(split, n) for n in range(seeds)]
        for name, split, seeds in [
            ("by chance", by_chance, 3),
            ("by k-means", by_kmeans, 3),
            ("by label", by_label, 1),
        ]
    },
    "ten means of kinds": classify(some, np.array(kinds), np.arange(10)),
    "nearest neighbour": classify(some, training.images, training.labels),
}
centroid_of = assign(some, clustering.centroids)
groups = {
    "all": centroid_of >= 0,
    "in mixtures": mixed[centroid_of],
    "in cluster 7": centroid_of == 7,
}
wrongly = {
    reader: np.atleast_2d(answer) != some_labels for reader, answer in answers.items()
}
mistaken = {
    (reader, group): wrong_there[:, these].mean()
    for reader, wrong_there in wrongly.items()
    for group, these in groups.items()
}
apart = {
    reader: wrongly[f"mixtures split by {reader}"][:, groups["in mixtures"]].mean(
        axis=1
    )
    for reader in ("chance", "k-means")
}
for reader, found in apart.items():
    print(f"in mixtures, split by {reader}: from {min(found):.3f} to {max(found):.3f}")
columns = {
    f"{group} ({these.sum():,})": [mistaken[reader, group] for reader in answers]
    for group, these in groups.items()
}

# %% tags=["hide-input"]
show(
    Table(
        {"reader": list(answers), **columns},
        heading="Errors of seven readers, on the first two thousand validation digits",
        formats=dict.fromkeys(columns, ".3f"),
    )
)

# %% [markdown]
# <details><summary>Answer</summary>
#
# Three in a hundred, about as many as among all digits.<!--true: 0.02 < mistaken["nearest neighbour", "in cluster 7"] < 0.04 and abs(mistaken["nearest neighbour", "in cluster 7"] - mistaken["nearest neighbour", "all"]) < 0.01--> (That is 7<!--{np.count_nonzero(answers["nearest neighbour"][groups["in cluster 7"]] != some_labels[groups["in cluster 7"]])}--> digits, too few
# to say more.)
#
# </details>
#
# So the pixels are enough to tell these digits apart. What fails? Not that a reader has few pictures, or that they are means: the
# ten means of kinds misread fewer digits than our sixteen, and in the mixtures less than half as many.<!--true: mistaken["ten means of kinds", "all"] < 0.65 * mistaken["sixteen clusters", "all"] and mistaken["ten means of kinds", "in mixtures"] < 0.5 * mistaken["sixteen clusters", "in mixtures"]-->
# What fails is what our means are means *of*. The mean of a mixture of sevens, fours, nines and fives has one name for all. Of the
# digits in mixtures, our reader misreads 61 %<!--{mistaken["sixteen clusters", "in mixtures"]:.0%}-->. Four pictures in place of one hardly help by
# themselves: split by chance, 60 %<!--{mistaken["mixtures split by chance", "in mixtures"]:.0%}--> are still misread.<!--true: 0.9 * mistaken["sixteen clusters", "in mixtures"] < min(apart["chance"]) and max(apart["k-means"]) < 0.75 * min(apart["chance"])--> Split by k-means, it is 38 %<!--{mistaken["mixtures split by k-means", "in mixtures"]:.0%}-->. Split by label, with just as many
# pictures, only 15 %<!--{mistaken["mixtures split by label", "in mixtures"]:.0%}-->.
#
# The nearest neighbour has 45,000<!--{len(training):,}--> pictures, each with a label of its own, and errs far less than any ten or sixteen.<!--true: mistaken["nearest neighbour", "all"] < 0.2 * min(mistaken["ten means of kinds", "all"], mistaken["sixteen clusters", "all"])--> Keep both
# yardsticks in mind, chance near 0.89<!--{mistaken["chance", "all"]:.2f}--> and the nearest neighbour near 0.03<!--{mistaken["nearest neighbour", "all"]:.2f}-->. (Chapter 10 gets below the second, with something else than pixels.)

# %% [markdown]
# **Quick question.** Our reader errs on one digit in three. How good is that?
#
# 1. Little better than tossing a coin.
# 2. As good as these pixels allow.
# 3. Far better than chance, and far from what the pixels allow.
#
# <details><summary>Answer</summary>
#
# 1. A coin has two sides, digits have ten kinds. Here chance errs on 0.89<!--{mistaken["chance", "all"]:.2f}-->.
# 2. From the same pixels, the nearest neighbour errs on 0.03<!--{mistaken["nearest neighbour", "all"]:.2f}-->.
# 3. **Right.** An error means something only between its yardsticks.
#
# </details>

# %% [markdown]
# ## Other starts, other readers
#
# The five is not doomed. Here are all eight starts, and as many with ten clusters, one for each digit that we hoped for.


# %%
def readers(runs, k):
    """The error of each run on the validation digits, and the digits that no centroid bears."""
    errors, missing = [], []
    for run in runs:
        called = majority_labels(run.assignments, training.labels, k)
        answer = classify(validation.images, run.centroids, called)
        errors.append(error_rate(validation.labels, answer))
        missing.append(sorted(set(range(10)) - set(called.tolist())))
    return np.array(errors), missing


errors, missing = readers(runs, k)
runs_of_ten = repeat_inits(training.images, 10, range(8))
errors_of_ten, missing_of_ten = readers(runs_of_ten, 10)
inertias = np.array([run.inertia for run in runs])

# %% tags=["hide-input"]
show(
    Table(
        {
            "seed": range(8),
            "inertia (billions)": inertias / 1e9,
            "error": errors,
            "missing": [" ".join(map(str, each)) or "-" for each in missing],
            "error, k = 10": errors_of_ten,
            "missing, k = 10": [
                " ".join(map(str, each)) or "-" for each in missing_of_ten
            ],
        },
        heading="Eight starts with sixteen clusters, and eight with ten",
        formats={"inertia (billions)": ".2f", "error": ".3f", "error, k = 10": ".3f"},
    )
)

# %% [markdown]
# With sixteen clusters the five is lost in one of these eight starts,<!--true: [seed for seed in range(8) if missing[seed]] == [2]--> so the one we have looked at is not the rule. (Chapter
# 6 repeats it a hundred times.) And a five is no guarantee of a better reader: one of the starts that have it reads worse
# than the start without.<!--true: (errors > errors[2]).sum() == 1--> Nor does the inertia give the missing five away: some of the others end with a higher
# one.<!--true: (inertias > inertias[2]).any() and (inertias < inertias[2]).any()--> But it is a hint: the four starts with the lowest inertia have the four lowest errors.<!--true: set(inertias.argsort()[:4].tolist()) == set(errors.argsort()[:4].tolist())-->
#
# Sixteen clusters read better than ten in every pair of starts.<!--true: errors.max() < errors_of_ten.min()--> With ten, the five goes missing each time.<!--true: all(5 in each for each in missing_of_ten)--> That some
# digit goes missing is a matter of counting: whenever one takes two of ten clusters, another must go without. But why the five? There
# are fewer fives than any other digit.<!--true: np.bincount(training.labels).argmin() == 5--> Is that the reason? Then with equally many of each it should be the turn of others.

# %%
equally_many = np.concatenate(
    [np.flatnonzero(training.labels == digit)[:4000] for digit in range(10)]
)
fair_labels = training.labels[equally_many]
fair_runs = repeat_inits(training.images[equally_many], 10, range(8))
fair_names = [majority_labels(run.assignments, fair_labels, 10) for run in fair_runs]
no_five = sum(5 not in each for each in fair_names)
print(f"4,000 of each digit: {no_five} of {len(fair_runs)} starts have no five")

# %% [markdown]
# It is not the reason: the five goes missing as before.<!--true: no_five == 8--> What is, this
# experiment does not say. (Question 1 looks at fives beside threes.)
#
# Here are the centroids of seed 0, in which the five has found a place, though a messy one.

# %%
other_names = majority_labels(runs[0].assignments, training.labels, k)
other_counts = contingency_table(training.labels, runs[0].assignments, k)
other_shares = other_counts.max(axis=1) / other_counts.sum(axis=1)
by_name = other_names.argsort(kind="stable")
titles = [f"{other_names[cluster]}: {other_shares[cluster]:.0%}" for cluster in by_name]

# %% tags=["hide-input"]
show(
    digits(
        runs[0].centroids[by_name],
        titles,
        heading="With another start the five has a centroid",
        columns=8,
    )
)

# %% [markdown]
# > **What the articles found.** [Article B](https://johnloeber.com/docs/kmeans.html) takes k = 16 as well. The first start of
# > article B has no five, three zeros, one eight, twos with and without a loop, and an error of 0.342. Ours with seed 2 is much the same, with
# > 0.337<!--{errors[2]:.3f}-->. Another start of article B has a messy five and an error of 0.304. Ours with seed 0 has 0.325<!--{errors[0]:.3f}-->. None of
# > our eight comes down to that.<!--true: errors.min() > 0.304-->

# %% [markdown]
# **Quick question.** In a run with ten clusters, two are called zero. What follows?
#
# 1. It reads all zeros correctly.
# 2. Some digit is never read.
# 3. Its inertia is high.
#
# <details><summary>Answer</summary>
#
# 1. A zero is misread whenever its nearest centroid bears another name, however many are called zero.
# 2. **Right.** Eight clusters are left for nine other digits. Each has one name, so at least one digit has none.
# 3. The inertia knows nothing of names. Two zeros can be the cheaper way.
#
# </details>

# %% [markdown]
# ## What to remember
#
# - Clustering needs no labels. Naming the clusters needs some, and the majority decides.
# - Classifying is one line: the name of the nearest centroid.
# - A digit that is nowhere the commonest goes missing. More clusters, or more luck, bring it back.
# - The pixels can tell the digits apart, and means do better if each is of one kind. A mean of a mixture cannot. Beside an error
#   put chance and the nearest neighbour.
# - Judge on digits that the clustering has not seen, even when the gap turns out to be small.
#
# ## Exercises
#
# Write code of your own in the [exercises of this chapter](exercises/04_labeling.ipynb): names for the clusters, the odd
# one out, an honest error, few labels. Below each is a check that tells you how far you are. And to think about:
#
# 1. Draw the fives of the cluster that holds most of them, beside some of its threes. Where do they differ? And does the
#    nearest neighbour tell them apart?
# 2. Find the validation digit whose nearest centroid is farthest away. Draw it. What is its true label?
#
# ## Further reading
#
# - Article B, [*K-Means Clustering on Handwritten Digits*](https://johnloeber.com/docs/kmeans.html).
# - T. Hastie, R. Tibshirani, J. Friedman: *The Elements of Statistical Learning*, 2nd edition, section
#   13.2.1, on k-means as a classifier.
