# %% [markdown]
# # 5. Purity and error: solutions
#
# <!-- BEGIN SOLUTION -->
# One way to do each exercise of [chapter 5](../05_purity_and_error.ipynb). Try them yourself first, in the
# [exercise notebook](../exercises/05_purity_and_error.ipynb). If your way passes the check, it is as good.
# <!-- END SOLUTION -->

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
    repeat_inits,
)
from mnist_kmeans.exercises.chapter_05 import (
    check_equal_lengths,
    check_mean_purity,
    check_most_confused,
    check_precision_and_recall,
)
from mnist_kmeans.plots import Table, digits, show

# %%
training, validation = load_mnist().holdout()
clustering = kmeans(training.images, 16, seed=0)
names = majority_labels(clustering.assignments, training.labels, 16)
inferred = classify(validation.images, clustering.centroids, names)
confusion = contingency_table(validation.labels, inferred, 10)
print("confusion matrix, a row for each inferred digit:", confusion.shape)

# %% [markdown]
# ## Exercise 1: Precision and recall (5 min)
#
# Of all digits that were classified as nine, what share are nines? This is the *precision* of nine. Of all nines, what
# share was classified as nine? This is the *recall*. Write a function that finds both in the confusion matrix of the
# chapter, for any digit. If nothing is classified as this digit, both are 0.


# %%
def precision_and_recall(confusion, digit):
    """The precision and the recall of a digit, two numbers from 0 to 1."""
    # BEGIN SOLUTION
    right = confusion[digit, digit]
    classified_as_it, truly_it = confusion[digit].sum(), confusion[:, digit].sum()
    return right / max(classified_as_it, 1), right / truly_it
    # END SOLUTION


# %%
if check_precision_and_recall(globals()):
    both = np.array([precision_and_recall(confusion, digit) for digit in range(10)])
    show(
        Table(
            {"digit": range(10), "precision": both[:, 0], "recall": both[:, 1]},
            heading="Precision and recall of sixteen clusters",
            formats={"precision": ".3f", "recall": ".3f"},
        )
    )

# %% [markdown]
# *To think about*: a reader that answers *one* to everything has a perfect recall of ones. What is its precision?
#
# <!-- BEGIN SOLUTION -->
# *One answer*: The share of ones among all digits, about one in nine: 0.113 on the validation digits. A high recall
# alone says little, and so does a high precision alone.
# <!-- END SOLUTION -->
#
# ## Exercise 2: Mean cluster purity by hand (10 min)
#
# Write the mean cluster purity without the table of the package: from the labels (n,) of the digits, and the cluster
# (n,) that each is assigned to, a number from 0 to k - 1. Some clusters may have no members. A mean of nothing is no
# number, so leave those out.


# %%
def mean_purity(labels, assignments, k):
    """The plain mean, over the clusters with members, of how pure each is."""
    # BEGIN SOLUTION
    shares = []
    for cluster in range(k):
        members = labels[assignments == cluster]
        if len(members) > 0:
            shares.append(np.bincount(members).max() / len(members))
    return np.mean(shares)
    # END SOLUTION


# %%
if check_mean_purity(globals()):
    yours = mean_purity(training.labels, clustering.assignments, 16)
    print(f"by hand:        {yours:.4f}")
    table = contingency_table(training.labels, clustering.assignments, 16)
    print(f"by the package: {mean_cluster_purity(table):.4f}")

# %% [markdown]
# *To think about*: somebody leaves out all clusters with fewer than ten members as well. Is that honest?
#
# <!-- BEGIN SOLUTION -->
# *One answer*: Only if they say so, and how many clusters and digits are missing. A cluster of one digit is perfectly
# pure and proves nothing, so there is a reason to leave it out. But whoever may choose the limit after seeing the
# result can choose the result.
# <!-- END SOLUTION -->
#
# ## Exercise 3: The most confused pair (15 min)
#
# Which two digits are most often taken for each other? Count both ways together: fours read as nine, and nines read as
# four. Write a function that finds the pair in a confusion matrix and returns the two digits, in any order.


# %%
def most_confused(confusion):
    """The two digits that are most often taken for each other."""
    # BEGIN SOLUTION
    both_ways = confusion + confusion.T
    np.fill_diagonal(both_ways, 0)
    return np.unravel_index(both_ways.argmax(), both_ways.shape)
    # END SOLUTION


# %%
if check_most_confused(globals()):
    one, other = map(int, most_confused(confusion))
    print(f"{one} read as {other}: {confusion[other, one]:,}")
    print(f"{other} read as {one}: {confusion[one, other]:,}")
    rows = np.flatnonzero(
        (validation.labels == one) & (inferred == other)
        | (validation.labels == other) & (inferred == one)
    )
    show(
        digits(
            validation.images[rows[:20]],
            validation.labels[rows[:20]],
            heading=f"Taken for each other, {one} and {other}, with their true labels",
        )
    )

# %% [markdown]
# *To think about*: when a digit has no cluster of its own, nothing is ever read as this digit. Which pairs does that
# favour?
#
# <!-- BEGIN SOLUTION -->
# *One answer*: The pairs without it. Its own pairs are counted one way only: if no cluster is called five, fives are read
# as three, but no three is read as five.
# <!-- END SOLUTION -->
#
# ## Exercise 4: The same length for all (20 min)
#
# The chapter changes the ink of a few threes, and leaves the centroids as they are. What if *all* digits are made equal
# before they are clustered? Let us give all the same *length* $|x|$, the root of the sum of the squared pixels. (The ink is
# the sum of the pixels themselves. The two go together, but equal lengths do not mean equal ink.) Divide each image by its
# length, so that all have length 1. A blank image has no length and stays blank.


# %%
def equal_lengths(images):
    """The images (n, 784), each scaled to length 1."""
    # BEGIN SOLUTION
    images = images.astype(np.float64)
    lengths = np.sqrt((images**2).sum(axis=1, keepdims=True))
    return np.divide(images, lengths, out=np.zeros_like(images), where=lengths > 0)
    # END SOLUTION


# %%
if check_equal_lengths(globals()):
    few, few_labels = training.images[:10_000], training.labels[:10_000]
    # Rounded to whole numbers, so that all arithmetic is exact (chapter 8 tells why)
    equal_few = np.rint(2550 * np.asarray(equal_lengths(few))).astype(np.int16)
    equal_unseen = np.rint(2550 * np.asarray(equal_lengths(validation.images))).astype(
        np.int16
    )
    columns = {"seed": range(5)}
    for title, known, unseen in [
        ("as they were", few, validation.images),
        ("equal length", equal_few, equal_unseen),
    ]:
        errors, lost = [], []
        for run in repeat_inits(known, 16, range(5)):
            found_names = majority_labels(run.assignments, few_labels, 16)
            read = classify(unseen, run.centroids, found_names)
            errors.append(error_rate(validation.labels, read))
            lost.append(np.count_nonzero((read == 9) & (validation.labels == 3)))
        columns[f"error, {title}"] = errors
        columns[f"threes read as nine, {title}"] = lost
    show(Table(columns, heading="Digits as they were, and digits of equal length"))

# %% [markdown]
# *To think about*: fewer threes are read as nine now, but some still are. Are there prices still?
#
# <!-- BEGIN SOLUTION -->
# *One answer*: Yes. The price is the mean squared length of the members minus their spread. If all lengths are 1, the
# price is 1 minus the spread: now only blur decides, and mixtures are cheap. And a three whose ink lies where nines have
# theirs still overlaps with a nine.
# <!-- END SOLUTION -->

# %% [markdown]
# <!-- BEGIN SOLUTION -->
# ## The questions of the chapter
#
# 1. They agree when all clusters have the same size, or are equally pure: `np.eye(10, dtype=int)` will do. Purity is the
#    higher one when large clusters are pure and small ones are not: one cluster of 100 zeros, and one with a single digit
#    of each kind. Purity is 101 of 110, the mean cluster purity (1 + 0.1) / 2.
# 2. Ten sixes are classified as four. They are light: 79 pixels of ink, where the sixes that are read as six have 110. But
#    they do not meet the four as well as the six: they overlap with the nearest six by 4.35, with the four by 3.43, in the
#    millions of the chapter. The six costs 3.91, the four 2.81, and at so little ink the difference in overlap cannot pay
#    for that. Darker pixels make both overlaps larger in proportion, and so their difference. With the ink of the others
#    all ten are read as six. A good case, but one start. In all five there are 49 such sixes, and 40 of them become a six.
#    Where their pixels are cut off at black, only 16 do. And the other way round it fails: of the 6,798 good sixes, as pale
#    as the odd ones are, only 57 become a four. So with little ink *alone* a six is no four. The odd ones must be of
#    another shape, too. More ink makes up for it.
# <!-- END SOLUTION -->
