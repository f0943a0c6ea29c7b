# %% [markdown]
# # 7. How many clusters?
#
# Ten kinds of digits, but why ten clusters? Nothing forces us to use as many clusters as there are kinds. In
# this chapter we try many values of k, each from several starts, and close the main part of the course
# with one honest number on the test digits.
#
# **What you will learn**
#
# - how the error falls as k grows, and how sure we can be of the curve;
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
    sweep_k,
)
from mnist_kmeans.plots import bands, digits, dots, show

training, validation = load_mnist().holdout()
ks = [*range(5, 25), 30, 40, 50, 70, 100]
starts = 5
print(f"{len(ks)} values of k:", *ks)

# %% [markdown]
# ## The sweep
#
# Article B tries k = 5 to 24, and 100, once each, because each run took it long. We have a fast engine, so
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
show(
    dots(
        {"validation digits": (each_k, on_validation.ravel())},
        heading="More clusters, fewer mistakes: each dot is one run",
        xlabel="number of clusters k",
        ylabel="error rate on the validation digits",
        log_ticks=[5, 7, 10, 16, 24, 40, 70, 100],
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
        {"mean of five starts": left, "the first start alone": left[:, :1]},
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
# mean of five still has a tooth.<!--true: rises == 1-->
#
# ## The elbow
#
# Without labels there is no error to look at, only the inertia. A popular rule says: draw the inertia over
# k and take the k where the curve has its *elbow*.

# %%
inertia = np.array([[run.inertia for run in runs[k]] for k in ks]) / 1e9
show(
    bands(
        ks,
        {"inertia": inertia},
        heading="Where is the elbow?",
        xlabel="number of clusters k",
        ylabel="inertia (in thousands of millions)",
    )
)

# %% [markdown]
# There is none. The curve bends gently everywhere. Pixels of digits do not form a certain number of groups,
# so no rule can find that number. The band of the five starts is drawn, too. It is so narrow that the line hides nearly
# all of it. Runs of almost the same inertia can have quite different errors, as in chapter 6.
#
# ## Overfitting
#
# More clusters fit the training digits better and better. Do the unseen digits keep up? The gap between the
# two errors tells.

# %%
gap = on_validation.mean(axis=1) - on_training.mean(axis=1)
for row, k in enumerate(ks):
    if k in (5, 10, 16, 24, 50, 100):
        print(f"k = {k:>3}: validation minus training {gap[row]:+.4f}")

# %% [markdown]
# In these rows the gap stays below one point,<!--true: gap.max() < 0.01--> and for some k the unseen digits do even better than the others. With
# 45,000<!--{len(training):,}--> digits, a hundred clusters have 450 members each on average, too many to be learned by heart. There is no overfitting to
# speak of. In chapter 5, with 2000 digits, it was another story. As long as the validation error still falls,
# more clusters pay.
#
# ## What a hundred clusters look like

# %%
best = int(on_validation[-1].argmin())
hundred = runs[100][best]
names = majority_labels(hundred.assignments, training.labels, 100)
order = names.argsort(kind="stable")
print("centroids per digit:", np.bincount(names, minlength=10))
show(
    digits(
        hundred.centroids[order],
        names[order],
        heading="A hundred centroids, sorted by name",
    )
)

# %% [markdown]
# They are sharper than the ten of chapter 2. Each digit is there in several hands: upright and slanted, thin and
# bold, twos with and without a loop. Twos and sevens have the most centroids. No digit is missing. One of the
# twos is hardly more than a faint cloud. It looks like a cheap centroid in the sense of chapter 5: a home for odd
# digits that fit nowhere else.
#
# ## The test digits, once
#
# All our choices were made by looking at the validation digits: k = 100, and of its five starts the one with
# the lowest error. A choice made on some digits flatters the error on these digits. That is why the official
# test digits have been in the drawer all the time. Now we open it, once.

# %%
test = load_mnist(split="test")
print(f"error on the validation digits: {on_validation[-1, best]:.4f}")
print(f"error on the test digits:       {holdout_error(hundred, training, test):.4f}")

# %% [markdown]
# That is the number to report: about twelve in a hundred are misread.<!--true: round(100 * holdout_error(hundred, training, test)) == 12--> It is even lower than the error on the
# validation digits. Our choice did flatter that one, but the test digits seem to be easier. One cannot know
# this beforehand, so one looks, once, and reports what comes.
#
# Convolutional networks misread less than one in a hundred, says article B. k-means on pixels is no competitive
# reader, and that was never its purpose. It has shown us, with little code, what learning from data is about: a
# distance, a sum to make small, a choice, a holdout, and honest numbers.
#
# ## What to remember
#
# - There need not be as many clusters as kinds. More clusters describe more ways to write.
# - Draw a band, not only a line. Without it one explains noise.
# - An elbow is there if the data have one. Ours have none.
# - The test data are for the end, and for one look.
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
