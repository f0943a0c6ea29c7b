# %% [markdown]
# # 7. How many clusters?
#
# Ten kinds of digits, but why ten clusters? Nothing forces us to use as many clusters as there are kinds. In
# this chapter we try many values of k, each from several starts, and close the main part of the course
# with one honest number on the test digits.
#
# **What you will learn**
#
# - how the error falls as k grows, and what five starts for each k can tell;
# - why the famous elbow does not tell you the right k here;
# - what a hundred clusters look like, and what it means to look at the test data once.
#
# **What you need**: chapters 5 and 6.
#
# **Time**: 45 minutes.

# %%
import numpy as np

from mnist_kmeans import (
    contingency_table,
    holdout_error,
    load_mnist,
    majority_labels,
    purity,
    repeat_inits,
    sweep_k,
)
from mnist_kmeans.plots import bands, digit_rows, dots, show

training, validation = load_mnist().holdout()
ks = [*range(5, 25), 40, 50, 100]
starts = 5
print(f"{len(ks)} values of k:", *ks)

# %% [markdown]
# ## The sweep
#
# Article B tries k = 5 to 24, and 100, once each, because its runs were slow. We have a fast engine, so
# we look into the gap in between and take five starts for each k.

# %%
runs = sweep_k(training.images, ks, seeds=range(starts))
print(
    f"{len(ks) * starts} runs, {sum(run.n_iter for k in ks for run in runs[k]):,} "
    "iterations"
)

# %% [markdown]
# For each run, two errors. On the training digits, it is the share that does not bear the name of its
# cluster: one minus the purity. On the validation digits, it is the error rate.


# %%
def training_error(run):
    table = contingency_table(training.labels, run.assignments, len(run.centroids))
    return 1 - purity(table)


on_training = np.array([[training_error(run) for run in runs[k]] for k in ks])
on_validation = np.array(
    [[holdout_error(run, training, validation) for run in runs[k]] for k in ks]
)

print("  k   error on training   on validation: mean (least to greatest)")
for row, k in enumerate(ks):
    if k in (5, 10, 16, 24, 50, 100):
        seen = on_validation[row]
        print(
            f"{k:>3}        {on_training[row].mean():.4f}          {seen.mean():.4f} "
            f"({seen.min():.4f} to {seen.max():.4f})"
        )

# %%
each_k = np.repeat(ks, starts)
marks = [5, 7, 10, 16, 24, 40, 60, 100]
show(
    dots(
        {"validation digits": (each_k, on_validation.ravel())},
        heading="More clusters, fewer mistakes (each mark is one run)",
        xlabel="number of clusters k",
        ylabel="error rate on the validation digits",
        log_ticks=marks,
    )
)

# %% [markdown]
# The axis of k is *logarithmic*: each doubling of k is equally wide. From 5 to 10 clusters and from 10 to 20, each
# doubling takes more than ten points off the error. From 20 to 40 and from 50 to 100 it is about six.<!--true: [round(100 * (on_validation[ks.index(k)].mean() - on_validation[ks.index(2 * k)].mean())) for k in (5, 10, 20, 50)] == [13, 14, 6, 6]--> Article B
# reports about 0.12 for its one run at k = 100. Ours lie a little above.<!--true: 0.12 < on_validation[-1].mean() < 0.14-->
#
# ## The left part, closer
#
# Article B draws the left part once more, from k = 5 to 24. We do the same, in two ways: what the first start alone
# tells for each k, as in the article, and what all five tell. The line is their mean, and the band reaches
# from the best to the worst.

# %%
left = on_validation[: ks.index(24) + 1]
show(
    bands(
        ks[: len(left)],
        {
            "validation digits: mean of five starts (band: best to worst)": left,
            "one start: the first alone (seed 0)": left[:, :1],
        },
        heading="The left part: wide bands, small steps",
        xlabel="number of clusters k",
        ylabel="error rate on the validation digits",
    )
)

# %%
mean = left.mean(axis=1)
wider = np.ptp(left, axis=1)[:-1] > abs(np.diff(mean))
print(f"{wider.sum()} of {len(wider)} times the band is wider than the next step")
for name, curve in [("the first start alone", left[:, 0]), ("the mean of five", mean)]:
    rises = np.count_nonzero(np.diff(curve) > 0)
    print(f"{name:<22} steps up, from one k to the next: {rises}")

# %% [markdown]
# Here you see why one run per k is not enough. For most k the band is wider than the step to the next k.<!--true: wider.mean() > 0.5--> Whoever
# runs each k once sees a jagged curve, and is tempted to explain every tooth of it. Even the
# mean of five rises once, by a hair.<!--true: rises == 1 and np.diff(mean).max() < 0.001-->
#
# And a band of five shows that there is a spread, not how wide it is. For a hundred starts at k = 16, chapter 6 reports
# errors from 0.303 to 0.364, mean 0.325. Our five reach from 0.320<!--{on_validation[ks.index(16)].min():.3f}--> to 0.344<!--{on_validation[ks.index(16)].max():.3f}-->, mean 0.331<!--{on_validation[ks.index(16)].mean():.3f}-->.
#
# ## The elbow
#
# Without labels there is no error to look at, only the inertia. A popular rule says: draw the inertia over
# k and take the k where the curve has its *elbow*.
#
# To know one when we see it, we add data that do consist of ten groups, far from each other, forty points each.

# %%
scatter = np.random.default_rng(0).normal(0, 25, (10, 40, 10))
points = (500 * np.eye(10)[:, None] + scatter).round().astype(int).reshape(400, 10)
lowest = []
for k in ks:
    on_groups = repeat_inits(points, k, range(starts), init="k-means++")
    lowest.append(min(run.inertia for run in on_groups))
lowest = np.array(lowest)[:, None]
inertia = np.array([[run.inertia for run in runs[k]] for k in ks]) / 1e9
show(
    bands(
        ks,
        {
            "training digits: mean of five starts": inertia / inertia[0].mean(),
            "clear groups: ten, best of five starts": lowest / lowest[0],
        },
        heading="Ten clear groups have an elbow at k = 10. And the digits?",
        xlabel="number of clusters k",
        ylabel="inertia (share of that at k = 5)",
        log_ticks=marks,
    )
)
for k in (5, 10, 20, 50):
    step = inertia[ks.index(k)].mean() - inertia[ks.index(2 * k)].mean()
    print(f"from {k:>2} to {2 * k:>3} clusters: {step:4.1f} billion less inertia")

# %% [markdown]
# We see none in the curve of the digits. It is nearly straight: each doubling of k takes off a little less than the one
# before.<!--true: (np.diff([inertia[ks.index(k)].mean() - inertia[ks.index(2 * k)].mean() for k in (5, 10, 20, 50)]) < 0).all()--> (On a linear axis you might see one near 20, where there is nothing but a gentle bend.) So a rule that
# looks for an elbow will find only an accident of the range of k (exercise 2). The band of the five starts is drawn, too,
# so narrow that the line hides it. Runs of almost the same inertia can have quite different errors, as in chapter 6.
#
# ## Overfitting
#
# More clusters fit the training digits better and better. Do the unseen digits keep up? The *generalization gap* between the
# two errors tells.

# %%
gap = on_validation.mean(axis=1) - on_training.mean(axis=1)
for row, k in enumerate(ks):
    if k in (5, 10, 16, 24, 50, 100):
        print(f"k = {k:>3}: validation minus training {gap[row]:+.4f}")

# %% [markdown]
# The gap stays below one point.<!--true: gap.max() < 0.01--> For some k the unseen digits even do better, by less than chance can do on 15,000<!--{len(validation):,}-->
# digits.<!--true: -0.004 < gap.min() < 0--> With 45,000<!--{len(training):,}--> digits, a hundred clusters have 450 members each on average, too many to be learned by
# heart. In chapter 5, with 2000 digits, the gap was wide. As long as the validation error still falls,
# more clusters pay.
#
# ## What a hundred clusters look like

# %%
best = int(on_validation[-1].argmin())
hundred = runs[100][best]
names = majority_labels(hundred.assignments, training.labels, 100)
show(
    digit_rows(
        {digit: hundred.centroids[names == digit] for digit in range(10)},
        heading="A hundred centroids, a row for each digit",
    )
)
prices = (hundred.centroids**2).sum(axis=1) / 1e6
cheapest = prices.argmin()
counts = np.bincount(training.labels[hundred.assignments == cheapest], minlength=10)
print(
    f"the cheapest centroid, a {names[cheapest]}: price {prices[cheapest]:.2f} million "
    f"(median {np.median(prices):.2f}), {counts.sum()} members,\n"
    f"{counts.max() / counts.sum():.0%} of them are of that name"
)

# %% [markdown]
# They are sharper than the ten of chapter 2. Each digit is there in several hands: upright and slanted, thin and
# bold, twos with and without a loop. Twos and sevens have the most centroids. No digit is missing. One of the
# twos is a faint cloud. It is the cheapest of all, in the sense of chapter 5: a home for odd digits that fit nowhere else.
# It has more members than the average of 450, and fewer than a third of them are twos.<!--true: names[cheapest] == 2 and counts.sum() > 450 and counts[2] / counts.sum() < 0.33-->
#
# ## How many, then?
#
# Our error still falls at k = 100, so 100 is where we stopped, not where it was best. In the end each digit is its own
# cluster. For 2000 such clusters, chapter 5 reports an error of 0.093, lower than that of our hundred clusters of 45,000
# digits, and nothing is summed up. How many clusters? As many as you are willing to look at, to name, and to wait for.
#
# ## The test digits, once
#
# All our choices were made by looking at the validation digits: k = 100, and of its five starts the one with
# the lowest error. A choice made on some digits flatters the error on these digits. That is why the official
# test digits have been in the drawer. Now we open it: once for this question, with everything decided.

# %%
test = load_mnist(split="test")
test_error = holdout_error(hundred, training, test)
chance = np.sqrt(test_error * (1 - test_error) / len(test))
print(f"error on the validation digits: {on_validation[-1, best]:.4f}")
print(f"error on the test digits:       {test_error:.4f}, give or take {chance:.4f}")

# %% [markdown]
# That is the number to report: about twelve in a hundred are misread.<!--true: round(100 * test_error) == 12--> Measured on 10,000<!--{len(test):,}--> digits, a share p is
# uncertain by about $\sqrt{p (1 - p) / 10000}$, here 0.3<!--{100 * chance:.1f}--> percentage points. The two errors differ by three times that,<!--true: 2.5 < (on_validation[-1, best] - test_error) / chance < 3.5--> so the
# test digits are probably a little easier. How much our choice flattered cannot be told.
#
# Convolutional networks misread less than one in a hundred, says article B. k-means on pixels is not a competitive
# reader, and that was never its purpose. It has shown us, with little code, what learning from data is about: a
# distance, a sum to make small, a choice, a holdout, and honest numbers.
#
# ## What to remember
#
# - There need not be as many clusters as kinds. More clusters describe more ways to write.
# - Draw a band, not only a line. Without it you end up explaining noise.
# - Clear groups make an elbow. In the curve of our digits we see none.
# - The test data are for the end: one question, one look.
#
# ## Exercises
#
# Write code of your own in the [exercises of this chapter](exercises/07_k_sweep.ipynb): choose k and look once, the elbow
# by a rule, silhouettes. Below each is a check that tells you how far you are. And to think about:
#
# 1. How does the error at k = 100 depend on the number of training digits? Try 1,000, 5,000 and 45,000.
# 2. For which k do *all* five starts have a centroid for each of the ten digits?
#
# ## Further reading
#
# - Article B, whose sweep this chapter repeats and extends.
# - R. Tibshirani, G. Walther, T. Hastie: *Estimating the number of clusters in a data set via the gap
#   statistic*, Journal of the Royal Statistical Society B 63 (2001).
# - E. Schubert: *Stop using the elbow criterion for k-means and how to choose the number of clusters
#   instead*, SIGKDD Explorations 25 (2023).
