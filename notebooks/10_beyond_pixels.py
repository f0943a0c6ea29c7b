# %% [markdown]
# # 10. Beyond pixels
#
# Ten means of pixels misread four digits in ten. In this chapter the algorithm stays the same, and only the numbers
# that describe a digit change. No network is trained. Ten means will misread sixteen in a hundred on average, and six in a
# hundred where we keep the best of thirty starts.<!--true: [round(100 * each) for each in (errors_of_ten.mean(), errors_of_ten[best_ten])] == [16, 6]-->
#
# **What you will learn**
#
# - how to take slant, size and thickness of ink out of a digit before anything is compared;
# - which features help, which do not, and how to test why;
# - how to set a result beside published ones on equal terms;
# - what "how many clusters?" means once the groups are real.
#
# **What you need**: chapters 6 and 7.
#
# **Time**: 75 minutes.

# %% tags=["hide-input"]
from math import comb

import numpy as np

from mnist_kmeans import (
    assign,
    classify,
    contingency_table,
    error_rate,
    load_mnist,
    majority_labels,
    purity,
    repeat_inits,
    sweep_k,
)
from mnist_kmeans.features import (
    PrincipalComponents,
    deskew,
    gradients,
    interpolate,
    normalize,
    oriented_gradients,
)
from mnist_kmeans.lloyd import pairwise_squared_distances
from mnist_kmeans.metrics import (
    adjusted_rand_index,
    matching_accuracy,
    normalized_mutual_information,
)
from mnist_kmeans.plots import (
    Table,
    bands,
    digits,
    dots,
    gradient_glyphs,
    histograms,
    show,
)

# %%
mnist = load_mnist()
training, validation = mnist.holdout()
print("training:", training.images.shape, " validation:", validation.images.shape)


def unseen_error(run, features):
    """The error on validation features of clusters of training digits."""
    names = majority_labels(
        run.assignments, training.labels[: len(run.assignments)], len(run.centroids)
    )
    read = classify(features, run.centroids, names)
    return error_rate(validation.labels[: len(read)], read)


# %% [markdown]
# We measure as before: cluster training digits, name each cluster after its commonest digit, read the validation
# digits by the nearest centroid. Only now a digit is a row of *features*.
#
# > **What the articles found.** Article A ends with the remark that a single pixel carries no notion of shape, and
# > announces features of fewer dimensions. Article B ends with the remark that k-means is rarely competitive, while
# > convolutional networks get below 0.01.
#
# ## Slant and size
#
# People slant their digits, each at another angle. Take each pixel as a small weight, as heavy as its ink.
# The *covariance* of row and column, divided by the variance of the rows, tells how far the ink moves to the side when
# we go one row down. `deskew` shifts each row back by just that much, and moves the middle of the ink to the middle of
# the image.
#
# `normalize` makes all digits equally tall as well, measured by the standard deviation of their rows. Widths only become
# more alike: they change by the fourth root of what would make them equal, for a one must stay narrow.

# %%
few, few_new = slice(10_000), slice(5_000)  # digits enough for comparisons
upright = deskew(training.images[few]), deskew(validation.images[few_new])
even = normalize(training.images), normalize(validation.images)
first_of_each = [np.flatnonzero(training.labels == digit)[0] for digit in range(10)]

# %% tags=["hide-input"]
show(
    digits(
        np.vstack(
            [part[first_of_each] for part in (training.images, upright[0], even[0])]
        ),
        [*range(10)] * 3,
        heading="The first of each digit, then upright, then of one size",
        row_names=["as written", "deskewed", "+ resized"],
    )
)


# %%
def touching(images):
    """The share of images with ink in their outermost pixels."""
    inside = images.reshape(-1, 28, 28)[:, 1:-1, 1:-1].sum(axis=(1, 2), dtype=int)
    return np.mean(images.sum(axis=1, dtype=int) > inside)


print(f"ink at the edge: {touching(training.images):.1%} as written, ", end="")
print(f"{touching(even[0]):.1%} resized")

# %% [markdown]
# The nought, the one and the eight are upright now. The five, the seven and the nine still lean: what is measured is the
# balance of the ink, and a bar outweighs a slant (exercise 3). Resizing has its price, too: the four and the six reach the
# edge of their image now, as a third of all digits do.<!--true: 0.3 < touching(even[0]) < 0.36 and touching(training.images) < 0.02-->
#
# ## Edges in place of ink
#
# Next, the thickness of the ink. Where a stroke ends, there is an edge. At each pixel, the *gradient* says how much the
# ink grows to the right and how much downwards. It is long at an edge, and points across it.
#
# Cut the image into 7 x 7 cells of 4 x 4 pixels. In each cell, sort the gradients by direction into nine bins of 20
# degrees (opposite directions count as one), and add up their lengths. This is a *histogram of oriented gradients*.
# It knows the cell of an edge and its direction, but not its pixel. Then divide by the sum over the digit,
# and take the square root. So the squares add up to one: each digit is an arrow of length 1.

# %%
example = even[0][first_of_each[2]][None]
right, down = gradients(example)
edges = oriented_gradients(example, cell=4, bins=9)
print("gradients:", right.shape, "and", down.shape)
print("features:", edges.shape, edges.dtype)
print("the nine bins of the cell in the middle:", edges.reshape(7, 7, 9)[3, 3])

# %% tags=["hide-input"]
show(
    gradient_glyphs(
        even[0][first_of_each][[2, 3, 8]],
        oriented_gradients(even[0][first_of_each][[2, 3, 8]]),
        ["a two", "a three", "an eight"],
        heading="The edges that run through each cell",
        cell=4,
        bins=9,
    )
)

# %% [markdown]
# Each bin of each cell is drawn as a stroke, as long as its entry, *along* the edge.
#
# ## What does a feature overlook?
#
# A digit that is moved, drawn with a broader pen, slanted or made smaller is the same digit. How far is it from
# itself then? As a yardstick we take the distance between two different digits of one kind.
#
# **Predict, then look.** You push a digit one pixel to the right. On pixels, how far is that: nothing, a tenth of the way
# to another digit of its kind, or half of it?


# %%
def as_pictures(images):
    """The same images as (n, 28, 28)."""
    return images.reshape(-1, 28, 28)


def bolder(images):
    """Digits drawn with a pen that is a pixel broader."""
    pictures = as_pictures(images)
    beside = np.maximum(pictures, np.roll(pictures, 1, axis=2))
    return np.maximum(beside, np.roll(beside, 1, axis=1)).reshape(images.shape)


def seen_from(rows, columns):
    """A change of images: each pixel shows what was at this row and column."""
    return lambda images: interpolate(
        as_pictures(images).astype(np.int64), rows, columns
    ).reshape(images.shape)


row, column = np.arange(-13.5, 14)[:, None], np.arange(-13.5, 14)
changes = {
    "moved by a pixel": seen_from(row + 13.5, column + 12.5),
    "bolder": bolder,
    "slanted": seen_from(row + 13.5, column + row / 4 + 13.5),
    "smaller by a sixth": seen_from(1.2 * row + 13.5, 1.2 * column + 13.5),
}


def squared_distances(one, other):
    """The squared distance of each row of one to the same row of the other."""
    return ((one.astype(np.float64) - other) ** 2).sum(axis=1)


def ink_of_cells(images):
    """The ink of each of the 7 x 7 cells, treated like the edges: shares, then roots."""
    cells = images.reshape(-1, 7, 4, 7, 4).sum(axis=(2, 4), dtype=int).reshape(-1, 49)
    return np.rint(255 * np.sqrt(cells / cells.sum(axis=1, keepdims=True))).astype(int)


some, by_kind = training.images[:1000], training.labels[:1000].argsort(kind="stable")
views = {
    "pixels": lambda images: images,
    "deskewed + resized": normalize,
    "edges of raw digits": oriented_gradients,
    "edges, deskewed + resized": lambda images: oriented_gradients(normalize(images)),
    "the same, no directions": lambda images: oriented_gradients(
        normalize(images), bins=1
    ),
    "ink of cells, deskewed + resized": lambda images: ink_of_cells(normalize(images)),
}
changed = [change(some) for change in changes.values()]
columns, moved = [*changes, "another kind"], {}
for name, view in views.items():
    viewed = view(some)
    sorted_by_kind = viewed[by_kind]
    of_one_kind = np.median(squared_distances(sorted_by_kind[1:], sorted_by_kind[:-1]))
    apart = [squared_distances(view(images), viewed) for images in changed]
    apart.append(
        squared_distances(sorted_by_kind, np.roll(sorted_by_kind, 500, axis=0))
    )
    moved[name] = [np.median(distances) / of_one_kind for distances in apart]

# %% tags=["hide-input"]
show(
    Table(
        {
            "features": list(moved),
            **dict(zip(columns, np.transpose([*moved.values()]), strict=True)),
        },
        heading="Squared distance to the changed digit; two of a kind are at 1",
        formats=dict.fromkeys(columns, ".2f"),
    )
)

# %% [markdown]
# <details><summary>Answer</summary>
#
# More than a third of the way.<!--true: 0.33 < moved["pixels"][0] < 0.4--> A broader pen and a slant are farther still.
#
# </details>
#
# Deskewing and resizing overlook what they should: a moved or slanted digit stays where it was.<!--true: max(moved["deskewed + resized"][0], moved["deskewed + resized"][2]) < 0.02--> And other kinds of digits
# come to lie farther off, compared with the own kind.<!--true: moved["deskewed + resized"][4] > 1.2 * moved["pixels"][4]--> Edges of the resized digits overlook slant and size
# less well than their pixels do. What they overlook better is the pen.<!--true: [round(a - b, 2) > 0 for a, b in zip(moved["deskewed + resized"], moved["edges, deskewed + resized"])] == [False, True, False, False, False]--> So if they read better, is it for the pen? The last two rows are
# there to test that. One sorts edges by no direction at all. The other takes no edges: it treats the ink of each cell as
# edges are treated. That overlooks the pen best of all rows, and other kinds are farthest off.<!--true: np.argmin([row[1] for row in moved.values()]) == np.argmax([row[4] for row in moved.values()]) == 5--> If that is what counts, the ink
# of cells must read best.

# %% [markdown]
# **Quick question.** A feature that is 1 for every digit overlooks slant, size and pen perfectly. Is it a good one?
#
# 1. Yes: it overlooks all that does not matter.
# 2. No: it does not keep kinds apart.
# 3. That depends on k.
#
# <details><summary>Answer</summary>
#
# 1. It overlooks what does matter as well: all digits are in one place.
# 2. **Right.** A good feature does both, as the last column of the table asks: near to its own kind, far from the
#    others.
# 3. Where all digits are equal, no k can part them by kind.
#
# </details>

# %% [markdown]
# ## Still exact
#
# Square roots are rarely whole numbers. `oriented_gradients` rounds each feature to a whole number of steps, 255 of them
# for the length 1. From there on everything is exact, as with pixels. What does the rounding cost, and what does the
# root buy? Here and in the next comparison we use the first 10,000<!--{few.stop:,}--> training digits.

# %%
seeds = range(3)
seen, unseen = (oriented_gradients(part) for part in even)
shapes = even[0][few], even[1][few_new]
finest = [oriented_gradients(part, largest=4095) for part in shapes]
kinds = {
    "no square root": [np.rint(part**2.0 / 4095).astype(np.uint16) for part in finest]
}
kinds |= {"4095 steps": finest, "255 steps": (seen[few], unseen[few_new])}
for steps in (15, 3):
    kinds[f"{steps} steps"] = [
        np.rint(part * (steps / 4095)).astype(np.uint8) for part in finest
    ]
rounded = {
    name: [unseen_error(run, new) for run in repeat_inits(known, 100, seeds)]
    for name, (known, new) in kinds.items()
}

# %% tags=["hide-input"]
show(
    Table(
        {
            "features": list(rounded),
            "least": map(min, rounded.values()),
            "mean": map(np.mean, rounded.values()),
            "greatest": map(max, rounded.values()),
        },
        heading="Error at k = 100, three starts",
    )
)

# %% [markdown]
# Down to 15 steps, the means differ by less than the starts do.<!--true: np.ptp([np.mean(rounded[name]) for name in ("4095 steps", "255 steps", "15 steps")]) < min(np.ptp(rounded[name]) for name in ("4095 steps", "255 steps", "15 steps"))--> Only three steps are too coarse: weak edges become
# nothing.<!--true: np.mean(rounded["3 steps"]) > 0.2--> The square root makes strong edges count for less. That helps here: without it, the best start is worse than the
# worst one with it.<!--true: min(rounded["no square root"]) > max(rounded["255 steps"])-->
#
# ## Ten ways to look at a digit
#
# The best known recipe for better features is *principal components*: keep the fifty directions along which the digits
# vary most, in place of 784 pixels. Often they are then *whitened*: each is divided by its standard deviation,
# so that all count the same.
#
# **Predict, then look.** Sort these by their error at k = 100: pixels, principal components, the same whitened, deskewed
# digits, edges.

# %%
components = PrincipalComponents(training.images[few], 50)
parts = training.images[few], validation.images[few_new]
spaces = {
    "pixels": parts,
    "PCA": [components.project(part) for part in parts],
    "PCA, whitened": [components.project(part, whiten=True) for part in parts],
    "deskewed": upright,
    "deskewed + resized": shapes,
    "edges of raw digits": [oriented_gradients(part) for part in parts],
    "edges, deskewed + resized": kinds["255 steps"],
    "the same, no directions": [oriented_gradients(part, bins=1) for part in shapes],
    "ink of cells, deskewed + resized": [ink_of_cells(part) for part in shapes],
    "edges, four large cells": [oriented_gradients(part, cell=14) for part in shapes],
}
ks = [10, 16, 30, 100]
runs = {name: sweep_k(seen, ks, seeds) for name, (seen, _) in spaces.items()}
errors = {
    name: np.array([[unseen_error(run, unseen) for run in runs[name][k]] for k in ks])
    for name, (_, unseen) in spaces.items()
}
mean_errors = np.array([found.mean(axis=1) for found in errors.values()])

# %% tags=["hide-input"]
show(
    Table(
        {
            "features": list(errors),
            **{f"k = {k}": mean_errors[:, column] for column, k in enumerate(ks)},
        },
        heading="Mean error of three starts",
    )
)
show(
    bands(
        ks,
        {name: errors[name] for name in [*errors][:7] if name != "PCA"},
        heading="Edges of resized digits read best, for every k",
        xlabel="number of clusters k",
        ylabel="error rate on the validation digits",
        log_ticks=ks,
    )
)

# %%
kept = (components.deviations**2).sum() / training.images[few].var(axis=0).sum()
print(f"all fifty components keep {kept:.0%} of the variance")
along = spaces["PCA"][0].astype(np.float64)
means = np.array(
    [along[training.labels[few] == digit].mean(axis=0) for digit in range(10)]
)
tells = means[training.labels[few]].var(axis=0) / along.var(axis=0)
tenth = components.deviations[9]
first_ten_alike = components.deviations.clip(max=tenth) / components.deviations
scaled = {
    "as they are": spaces["PCA"],
    "whitened": spaces["PCA, whitened"],
    "first ten alike": [
        np.rint(part * first_ten_alike).astype(np.int32) for part in spaces["PCA"]
    ],
}
cut_at = (10, 25, 50)
cut_off = {
    name: np.array(
        [
            [
                unseen_error(run, new[:, :count])
                for run in repeat_inits(known[:, :count], 30, seeds)
            ]
            for count in cut_at
        ]
    )
    for name, (known, new) in scaled.items()
}

# %% tags=["hide-input"]
show(
    Table(
        {
            "components": cut_at,
            **{name: each.mean(axis=1) for name, each in cut_off.items()},
            "share that tells digits apart": [
                tells[count - 5 : count].mean() for count in cut_at
            ],
        },
        heading="Mean error at k = 30; variance between digits in the last five components",
        formats={"share that tells digits apart": ".0%"},
    )
)

# %% [markdown]
# <details><summary>Answer</summary>
#
# Whitened components, pixels, components, deskewed digits, edges.<!--true: mean_errors[[2, 0, 1, 3, 6], -1].tolist() == sorted(mean_errors[[2, 0, 1, 3, 6], -1])[::-1]-->
#
# </details>
#
# - **Principal components** change little, for better or worse.<!--true: (abs(mean_errors[1] / mean_errors[0] - 1) < 0.05).all()--> Fifty of them lose a sixth of the variance.<!--true: round(6 * (1 - kept)) == 1--> But centroids
#   have hardly any part in what is lost (chapter 8), so it adds nearly the same to a digit's distance from each of them.
#   Cut pixels and centroids of k = 16 down to fifty components: more than 99 of 100 digits stay with their centroid.<!--true: np.mean(assign(spaces["PCA"][0], components.project(runs["pixels"][16][0].centroids).astype(float)) == runs["pixels"][16][0].assignments) > 0.99-->
# - **Whitening** makes it worse, for every k.<!--true: (mean_errors[2] > mean_errors[1]).all()--> The last table shows why. The late components tell hardly anything about which
#   digit it is, and whitening makes them as loud as the first. With only ten or 25 components it costs
#   about a point, no more than the starts differ, with fifty nearly five.<!--true: [round(100 * each) for each in (cut_off["whitened"] - cut_off["as they are"]).mean(axis=1)] == [1, 1, 5] and (np.ptp(cut_off["whitened"], axis=1) > (cut_off["whitened"] - cut_off["as they are"]).mean(axis=1))[:2].all()--> Take all fifty, but make only the first ten
#   alike, as loud as the tenth, and it costs about a point again.<!--true: (cut_off["first ten alike"] - cut_off["as they are"])[2].mean() < 0.015-->
# - **Slant and size**: taking out the slant helps, and taking out the size helps again, for every k.<!--true: (np.diff(mean_errors[[0, 3, 4]], axis=0) < 0).all()--> Nobody told
#   k-means more about digits. We told it what to *overlook*.
# - **Edges** of the digits as written beat pixels for every k, and for k = 30 and 100 also the resized digits.<!--true: (mean_errors[5] < mean_errors[0]).all() and (mean_errors[5] < mean_errors[4]).tolist() == [False, False, True, True]-->
#   Edges of resized digits beat everything else by a quarter or more,<!--true: (mean_errors[6] < 0.75 * mean_errors[[*range(6), 7, 8]]).all()--> but for the last row, which is of their kind.
#   The pen is not the reason: the ink of cells, which overlooks it best of all, reads about like the resized digits
#   themselves.<!--true: (abs(mean_errors[8] / mean_errors[4] - 1) < 0.2).all()--> Edges without directions read worse than these, for every k.<!--true: (mean_errors[7] > mean_errors[4]).all()--> Are 49 numbers too few? Four
#   large cells with directions have only 36, and read much better.<!--true: (mean_errors[9] < 0.7 * mean_errors[7]).all() and [spaces[name][0].shape[1] for name in [*spaces][-3:]] == [49, 49, 36]--> So it is the directions that make the edges good, and
#   no column of the first table asks for them.

# %% [markdown]
# **Quick question.** You multiply one coordinate of all digits by ten. What does k-means make of it?
#
# 1. The same clusters: nothing was added or lost.
# 2. Better ones, if that coordinate was too small to be seen.
# 3. Clusters in which that coordinate has much more say.
#
# <details><summary>Answer</summary>
#
# 1. k-means sees distances, not information. Scaling one coordinate changes the distances.
# 2. Only if it tells the kinds apart. Whitening makes small components loud, and does worse here for every k.<!--true: (mean_errors[2] > mean_errors[1]).all()-->
# 3. **Right.** Its squared differences are a hundred times as large. Whether that is good depends on what it tells.
#
# </details>

# %% [markdown]
# ## The numbers to report
#
# Now with all the training digits, three starts each, and yardsticks: chance, and readers that know all
# labels. These are ten means, one of each digit, and the nearest neighbour.

# %%
ks_reported = [16, 100]
reported = sweep_k(seen, ks_reported, seeds)
of_reported = {
    k: [unseen_error(run, unseen) for run in reported[k]] for k in ks_reported
}

# %% tags=["hide-input"]
show(
    Table(
        {
            "clusters": ks_reported,
            "least": map(min, of_reported.values()),
            "mean": map(np.mean, of_reported.values()),
            "greatest": map(max, of_reported.values()),
        },
        heading="Error on edges of deskewed and resized digits",
    )
)

# %%
commonest = np.bincount(training.labels).argmax()
yardsticks = {
    "chance: always the commonest digit": np.mean(validation.labels != commonest)
}
for name, known, new in [
    ("pixels", training.images, validation.images),
    ("edges", seen, unseen),
]:
    digit_means = [known[training.labels == digit].mean(axis=0) for digit in range(10)]
    nearest_mean = pairwise_squared_distances(new, np.array(digit_means)).argmin(axis=1)
    yardsticks[f"ten labelled means, {name}"] = np.mean(
        validation.labels != nearest_mean
    )
    read = classify(new[:1000], known, training.labels)
    yardsticks[f"nearest neighbour, {name} (first {len(read):,} validation digits)"] = (
        error_rate(validation.labels[: len(read)], read)
    )

# %% tags=["hide-input"]
show(
    Table(
        {"reader": list(yardsticks), "error": yardsticks.values()}, heading="Yardsticks"
    )
)

# %% [markdown]
# On pixels, a hundred clusters misread more than thirteen digits in a hundred (chapter 7). Here it is fewer than three.<!--true: max(of_reported[100]) < 0.03-->
# Sixteen clusters do better than a hundred on pixels.<!--true: max(of_reported[16]) < 0.13--> Still, whoever has all the labels reads better: the nearest
# neighbour on edges misreads one digit in a hundred.<!--true: round(100 * list(yardsticks.values())[-1]) == 1--> The yardsticks have gained from the features as well.<!--true: list(yardsticks.values())[4] < list(yardsticks.values())[2] / 2 and list(yardsticks.values())[3] < list(yardsticks.values())[1] / 3-->
#
# ## Ten clusters, and luck
#
# And ten clusters, one for each digit? We take thirty starts, and draw all of them.
#
# **Predict, then look.** What will the histogram look like: one heap, two, or more?


# %%
def missing_names(run):
    """The digits that no cluster is named after."""
    labels = training.labels[: len(run.assignments)]
    names = majority_labels(run.assignments, labels, len(run.centroids))
    return sorted({*range(10)} - {*names})


ten = repeat_inits(seen, 10, range(30))
errors_of_ten = np.array([unseen_error(run, unseen) for run in ten])
missing = np.array([len(missing_names(run)) for run in ten])
inertias = np.array([run.inertia for run in ten])
best_ten = inertias.argmin()

# %% tags=["hide-input"]
show(
    histograms(
        {"edges, deskewed + resized; k = 10": errors_of_ten},
        heading="Thirty random starts",
        xlabel="error rate on the validation digits",
        ylabel="share of runs",
        bins=40,
    )
)

# %%
counts = np.unique(missing)

# %% tags=["hide-input"]
show(
    Table(
        {
            "digits missing": counts,
            "runs": [np.count_nonzero(missing == count) for count in counts],
            "mean error": [errors_of_ten[missing == count].mean() for count in counts],
        },
        heading="What makes the heaps",
    )
)
show(
    dots(
        {"random starts": (inertias / 1e9, errors_of_ten)},
        heading="Each dot is one run",
        xlabel="inertia (in billions, 10^9)",
        ylabel="error rate on the validation digits",
    )
)

# %%
correlation = np.corrcoef(inertias, errors_of_ten)[0, 1]
best_of_ten = inertias.reshape(3, 10).argmin(axis=1) + np.arange(0, 30, 10)
sixteen = repeat_inits(seen[few], 16, range(40))
of_sixteen = np.array(
    [(run.inertia, unseen_error(run, unseen[few_new])) for run in sixteen]
)
complete = np.array([not missing_names(run) for run in sixteen])
not_ten, if_complete = (
    np.corrcoef(runs_of.T)[0, 1] for runs_of in (of_sixteen, of_sixteen[complete])
)
print(f"correlation of inertia and error: {correlation:.2f}")
print(f"forty starts, sixteen clusters of {len(seen[few]):,} digits: {not_ten:.2f}")
print(f"the {complete.sum()} of them that miss no digit: {if_complete:.2f}")
print("error of the lowest inertia in each ten:", errors_of_ten[best_of_ten].round(4))

# %% [markdown]
# <details><summary>Answer</summary>
#
# Three, with gaps in between: none, one or two digits have no cluster.<!--true: counts.tolist() == [0, 1, 2]-->
#
# </details>
#
# A missing digit costs about nine points, for nothing else takes its place.<!--true: 0.08 < -np.diff([errors_of_ten[missing == count].mean() for count in (1, 0)])[0] < 0.1--> On pixels with sixteen clusters, a missing five
# costs about one (chapter 6), as all clusters are mixtures anyway. Where no digit is missing, ten clusters misread
# 5.9 %<!--{errors_of_ten[best_ten]:.1%}-->. Ten means that know all labels misread 5.1 %<!--{list(yardsticks.values())[3]:.1%}-->: the labels are worth less than a point.
#
# In chapter 6 a low inertia was a loose sign of a low error. Here the two go together.<!--true: correlation > 0.9--> What does the
# inertia know? Of forty starts with sixteen clusters, two miss a digit, and their inertia is the highest of all.<!--true: (~complete).sum() == 2 and of_sixteen[~complete, 0].min() > of_sixteen[complete, 0].max()--> Among the others,
# inertia and error hardly go together.<!--true: not_ten > 0.6 and abs(if_complete) < 0.4--> So it tells whether a kind is missing, and not how well the others are read. With ten clusters
# as well, the runs of lowest inertia are those that miss none.<!--true: missing[inertias.argsort()[: np.count_nonzero(missing == 0)]].max() == 0--> So take many starts, and keep the lowest inertia: no label is needed. But luck stays luck.
# Five<!--true: np.count_nonzero(missing == 0) == 5--> of thirty starts find all ten digits, and of three times ten starts, the first ten do not.<!--true: (errors_of_ten[best_of_ten] < 0.06).tolist() == [False, True, True]-->
#
# ## One name, one cluster
#
# Papers on clustering match one to one: each digit names exactly one cluster, in the way that gets most digits right.
# (They find it by the *Hungarian method*. With ten digits there are only 1,024<!--{2**10:,}--> sets of names, so
# `matching_accuracy` can build the best matching step by step.) The share that is right is called *clustering
# accuracy*. It is never above the purity.
#
# *Normalized mutual information* (NMI) is what clusters and digits tell about each other, divided by the mean of their
# two entropies. The *adjusted Rand index* (ARI) goes through all pairs of digits: do cluster and label agree on
# whether the two belong together? It is 1 for full agreement, and about 0 for chance.

# %% [markdown]
# **Quick question.** Two of ten clusters are all ones, upright and slanted. What do purity and accuracy say about
# them?
#
# 1. Purity counts both as right, accuracy only one of them.
# 2. Both count all ones as right.
# 3. Both count one of the two as wrong.
#
# <details><summary>Answer</summary>
#
# 1. **Right.** For accuracy each digit names one cluster. So the other must bear a name that none of its members has.
# 2. Accuracy would need two clusters of one name, and it allows only one.
# 3. Purity lets each cluster be named after its commonest digit, and two may have the same.
#
# </details>

# %% [markdown]
# ## On equal terms
#
# To set our figures beside published ones, we do as they do. Deep clustering papers join the training and the test
# digits, 70,000<!--{len(everything):,}--> in all, for no label is used. DEC-keras runs scikit-learn's k-means, which draws its starts by
# k-means++ and here keeps the lowest inertia of 20. So do we for edges; for pixels we take ten, as the choice hardly matters
# there. (One more thing differs: theirs is the greedy k-means++ of chapter 6, ours the plain one.)

# %%
test = load_mnist(split="test")
everything = np.vstack([mnist.images, test.images])
all_labels = np.concatenate([mnist.labels, test.labels])
even_test = normalize(test.images)
all_edges = np.vstack([unseen, seen, oriented_gradients(even_test)])  # in this order
measures = {
    "purity": purity,
    "accuracy": matching_accuracy,
    "NMI": normalized_mutual_information,
    "ARI": adjusted_rand_index,
}
rows, values, lowest = [], [], {}
for name, points, count in [("pixels", everything, 10), ("edges", all_edges, 20)]:
    starts = repeat_inits(points, 10, range(count), init="k-means++")
    tables = [contingency_table(all_labels, run.assignments, 10) for run in starts]
    found = np.array([[measure(t) for measure in measures.values()] for t in tables])
    order = np.argsort([run.inertia for run in starts], kind="stable")
    lowest[name] = starts[order[0]]
    for best_of in (1, 5, count):
        # how likely each run, the best first, is the best of so many drawn from all
        ways = [comb(count - 1 - place, best_of - 1) for place in range(count)]
        rows.append(f"{name}, best of {best_of}")
        values.append(np.array(ways) @ found[order] / comb(count, best_of))
accuracy_of = dict(zip(rows, np.array(values)[:, 1], strict=True))

# %% tags=["hide-input"]
show(
    Table(
        {"features": rows, **dict(zip(measures, np.transpose(values), strict=True))},
        heading=f"Ten clusters of {len(everything):,} digits: mean over all choices of starts",
        formats=dict.fromkeys(measures, ".3f"),
    )
)

# %% [markdown]
# | method | accuracy | NMI | source |
# |---|---|---|---|
# | k-means on pixels | 0.53 | 0.50 | X. Guo, DEC-keras, mean of 10 trials |
# | k-means on pixels | 0.553 | 0.527 | E. Gultepe and M. Makrehchi (2018), table 4 |
# | independent components and graphs, no network | 0.882 | 0.824 | the same |
# | autoencoder (a network), then k-means, best of 20 | 0.88 | 0.81 | X. Guo, DEC-keras, mean of 10 trials |
# | DEC, a deep network | 0.84 | | J. Xie et al. (2016), as quoted by X. Guo |
# | DEC, programmed again | 0.91 | 0.87 | X. Guo, DEC-keras, mean of 10 trials |
# | N2D: autoencoder, then a neighbour graph | 0.979 | | R. McConville et al. (2019), as quoted in the paper on ACMEC |
#
# Our pixels agree with theirs.<!--true: 0.52 < accuracy_of["pixels, best of 10"] < 0.56--> On edges, the best of 20 has an accuracy of 0.942<!--{accuracy_of["edges, best of 20"]:.3f}-->. That is more than an autoencoder and
# k-means reach, or DEC, and less than N2D.<!--true: 0.91 < accuracy_of["edges, best of 20"] < 0.979--> It is the choice among twenty that makes it so: a single start has 0.82<!--{accuracy_of["edges, best of 1"]:.2f}-->
# on average. On pixels the choice gains nothing.<!--true: accuracy_of["pixels, best of 10"] < accuracy_of["pixels, best of 1"] + 0.01-->
#
# One thing is not equal. Our features were made by people who know that slant and size mean nothing in a digit, and
# chosen with labels. A network has to find that out.

# %%
pictures, cluster_names, sharpness = [], [], []
for name, images in [
    ("pixels", everything),
    ("edges", everything),
    ("edges", np.vstack([*even[::-1], even_test])),
]:
    names = majority_labels(lowest[name].assignments, all_labels, 10)
    for cluster in names.argsort(kind="stable"):
        pictures.append(images[lowest[name].assignments == cluster].mean(axis=0))
        cluster_names.append(names[cluster])
    sizes = np.bincount(lowest[name].assignments)[names.argsort(kind="stable")]
    of_means = sizes @ (np.array(pictures[-10:]) ** 2).sum(axis=1)
    sharpness.append(of_means / (images.astype(np.float32) ** 2).sum(dtype=float))

# %% tags=["hide-input"]
show(
    digits(
        pictures,
        cluster_names,
        heading="The mean image of each cluster, named after its commonest digit",
        row_names=["pixels", "edges", "edges, of the\nresized digits"],
    )
)

# %% [markdown]
# On edges, every digit is there once.<!--true: len({*majority_labels(lowest["edges"].assignments, all_labels, 10)}) == 10--> On pixels two are missing.<!--true: len({*majority_labels(lowest["pixels"].assignments, all_labels, 10)}) == 8--> The means of the digits as written are blurred, for each
# cluster holds slanted and upright, small and large ones. The last row has the same clusters, of the resized digits. Its
# means are sharper: they keep 70 %<!--{sharpness[2]:.0%}--> of the mean squared length of their members, in place of 53 %<!--{sharpness[1]:.0%}-->.

# %% [markdown]
# **Quick question.** A paper reports the best of twenty starts, by inertia. You report the mean of single starts, on
# the same digits, and yours is lower. What follows?
#
# 1. Your method is worse.
# 2. Nothing, until both choose in the same way.
# 3. Nothing, for such numbers can never be compared.
#
# <details><summary>Answer</summary>
#
# 1. On edges the choice among twenty alone lifts the accuracy from 0.82<!--{accuracy_of["edges, best of 1"]:.2f}--> to 0.94<!--{accuracy_of["edges, best of 20"]:.2f}-->, and the method is the same.
# 2. **Right.** Who chooses among twenty has twenty times the work, and reports less of the bad luck.
# 3. They can: with the same data, the same measure and the same choice among runs.
#
# </details>

# %% [markdown]
# ## How many clusters, asked again
#
# Chapter 7 asked the inertia for the number of clusters, and got no answer. Was that the fault of the question, or of
# the pixels? We ask three ways. How much does the *inertia* fall when k grows by one? How large is the mean
# *silhouette* (an exercise of chapter 7)? And how *stable* is the result: cluster two samples apart, let both sets of centroids
# sort the first sample, and compare by the adjusted Rand index. We take three samples of 2,000<!--{part_size:,}--> digits, and of five starts
# the lowest inertia.
#
# **Predict, then look.** Will edges name the ten? By which of the three?


# %%
def mean_silhouette(points, groups):
    """How much nearer, on average, a point is to its own group than to the next."""
    apart = np.sqrt(
        pairwise_squared_distances(points, points.astype(np.float64)).clip(0)
    )
    sizes = np.bincount(groups)
    sums = apart @ (groups[:, None] == np.arange(len(sizes)))
    rows = np.arange(len(points))
    own = sums[rows, groups] / np.maximum(sizes[groups] - 1, 1)
    others = sums / np.maximum(sizes, 1)
    others[rows, groups] = np.inf
    nearest = np.where(sizes, others, np.inf).min(axis=1)
    return ((nearest - own) / np.maximum(own, nearest))[sizes[groups] > 1].mean()


part_size, some_ks = min(2000, len(training) // 6), range(3, 13)
answers = {"inertia": {}, "silhouette": {}, "stability": {}}
for name, points in [("pixels", training.images), ("edges", seen)]:
    thirds = [points[place * part_size : (place + 1) * part_size] for place in range(3)]
    best = [
        {k: min(found, key=lambda run: run.inertia) for k, found in swept.items()}
        for swept in (sweep_k(part, some_ks, range(5)) for part in thirds)
    ]
    answers["inertia"][name] = np.array(
        [[runs[k].inertia for runs in best] for k in some_ks]
    )
    answers["silhouette"][name] = np.array(
        [
            [
                mean_silhouette(part[:500], runs[k].assignments[:500])
                for part, runs in zip(thirds, best, strict=True)
            ]
            for k in some_ks
        ]
    )
    answers["stability"][name] = np.array(
        [
            [
                adjusted_rand_index(
                    contingency_table(
                        assign(thirds[one], best[other][k].centroids),
                        best[one][k].assignments,
                        k,
                        n_labels=k,
                    )
                )
                for one, other in ((0, 1), (1, 2), (2, 0))
            ]
            for k in some_ks
        ]
    )
ten_at = some_ks.index(10)
fall = {name: 1 - each[1:] / each[:-1] for name, each in answers["inertia"].items()}
for heading, ylabel, curves in [
    ("How much the inertia falls at each step to k", "fall (share)", fall),
    ("The mean silhouette", "mean silhouette", answers["silhouette"]),
    ("Do two samples agree?", "adjusted Rand index", answers["stability"]),
]:
    show(
        bands(
            some_ks[-len(curves["edges"]) :],
            curves,
            heading=heading,
            xlabel="number of clusters k",
            ylabel=ylabel,
        )
    )

# %% [markdown]
# <details><summary>Answer</summary>
#
# Yes: plainly by the inertia, just about by the silhouette. Stability names ten, and some more.
#
# </details>
#
# On pixels, none of the three names ten. The falls of the inertia have no bend: on average, each step takes
# at least three quarters of what the one before took.<!--true: (fall["pixels"].mean(axis=1)[1:] / fall["pixels"].mean(axis=1)[:-1]).min() > 0.75 and fall["edges"].mean(axis=1)[ten_at] < 0.55 * fall["edges"].mean(axis=1)[ten_at - 1]--> No silhouette reaches 0.08, and two samples agree by about a half at k = 10.<!--true: answers["silhouette"]["pixels"].max() < 0.08 and 0.4 < answers["stability"]["pixels"][ten_at].min() and answers["stability"]["pixels"][ten_at].max() < 0.6-->
#
# On edges, each step up to ten clusters takes more than 2 % off the inertia, and each later one about 1 %, in each
# of the three samples.<!--true: fall["edges"][:ten_at].min() > 0.02 and fall["edges"][ten_at:].max() < 0.014--> That is an elbow. The mean silhouette is largest at ten, though not in each
# sample.<!--true: answers["silhouette"]["edges"].mean(axis=1).argmax() == ten_at and (answers["silhouette"]["edges"].argmax(axis=0) != ten_at).sum() == 1--> And two samples agree by 0.96 or more at ten.<!--true: answers["stability"]["edges"][ten_at].min() >= 0.955--> Three to five clusters are as stable:<!--true: answers["stability"]["edges"][:3].min() >= 0.96--> coarse groups, each of several
# digits, are groups as well. So the question was fair. It was the pixels that had no answer.
#
# Two doubts remain. Five starts are few, if so few find all ten; and perhaps these features have an elbow at ten whatever one
# shows them. So here are three more samples, with five starts and with twenty. Then we take out one kind, each of the ten
# in turn, from one of the samples: nine are left.


# %%
def falls(parts, k, starts):
    """How much the inertia falls at the step to k and at the next one, (2, parts)."""
    swept = [sweep_k(part, (k - 1, k, k + 1), range(max(starts))) for part in parts]
    for count in starts:
        lowest_of = np.array(
            [
                [min(run.inertia for run in each[:count]) for each in found.values()]
                for found in swept
            ]
        )
        yield 1 - (lowest_of[:, 1:] / lowest_of[:, :-1]).T


others = [slice(place * part_size, (place + 1) * part_size) for place in range(3, 6)]
without_one = [
    seen[others[kind % 3]][training.labels[others[kind % 3]] != kind]
    for kind in range(10)
]
few_starts, many_starts = falls([seen[rows] for rows in others], 10, (5, 20))
[nine_kinds] = falls(without_one, 9, (20,))

# %% tags=["hide-input"]
show(
    Table(
        {
            "digits": ["ten kinds", "ten kinds", "nine kinds"],
            "sets": [3, 3, 10],
            "starts": [5, 20, 20],
            "step to": [10, 10, 9],
            "takes at least": [
                each[0].min() for each in (few_starts, many_starts, nine_kinds)
            ],
            "the next at most": [
                each[1].max() for each in (few_starts, many_starts, nine_kinds)
            ],
        },
        heading="Three more samples, edges: how much the inertia falls",
        formats=dict.fromkeys(["takes at least", "the next at most"], ".1%"),
    )
)

# %% [markdown]
# With five starts, one of the three has its elbow at eleven.<!--true: (few_starts[0] < few_starts[1]).sum() == 1--> With twenty, all have it at ten.<!--true: many_starts[0].min() > 0.02 > many_starts[1].max()--> So here, too, many
# starts pay. And of nine kinds it is at nine, whichever is left out.<!--true: nine_kinds[0].min() > 0.02 > nine_kinds[1].max()--> So it is the kinds that it counts.
#
# ## The test digits, a second time
#
# All choices of this chapter were made on the validation digits. For the record, the clusters with the lowest inertia
# read the test digits as well. Strictly, nobody should count a second look as unseen.

# %%
test_edges = all_edges[len(mnist.images) :]
test_errors = {}
for k, clustered in [(10, ten), (100, reported[100])]:
    run = min(clustered, key=lambda run: run.inertia)
    names = majority_labels(run.assignments, training.labels, k)
    read = classify(test_edges, run.centroids, names)
    test_errors[k] = error_rate(test.labels, read)

# %% tags=["hide-input"]
show(
    Table(
        {"clusters": list(test_errors), "error": test_errors.values()},
        heading="Error on the test digits",
    )
)

# %% [markdown]
# In chapter 7, a hundred clusters of pixels, of five starts the one with the lowest validation error, misread about twelve
# test digits in a hundred. Here ten clusters misread about five, and a hundred clusters two.<!--true: [round(100 * error) for error in test_errors.values()] == [5, 2]-->
#
# ## What to remember
#
# - An algorithm sees only what the features show: sixteen means of edges read better than a hundred of pixels.
# - Good features overlook what does not matter, and keep what tells kinds apart. Which they are, a test tells.
# - On edges, the inertia tells whether a kind has no cluster. So many starts pay, and need no label.
# - A comparison counts on equal terms only: the same data, the same measure, the same choice among runs.
# - Round features to whole numbers, and all results can be repeated bit for bit.
#
# ## Exercises
#
# Write code of your own in the [exercises of this chapter](exercises/10_beyond_pixels.ipynb): how many components,
# coarser pixels, the slant of a digit, one name for one cluster. Below each is a check that tells you how far you are.
# And to think about:
#
# 1. Try cells of 7 x 7 and of 2 x 2 pixels. Which is better at k = 10, which at k = 100?
# 2. Make all digits equally wide, ones included. What happens to the ones, and to the error?
# 3. Of thirty starts with ten clusters, five find all ten digits. How many starts do you need, so that the best of
#    them finds all ten in 95 of 100 cases?
#
# ## Further reading
#
# - N. Dalal, B. Triggs: *Histograms of oriented gradients for human detection*, CVPR (2005).
# - J. Xie, R. Girshick, A. Farhadi: *Unsupervised deep embedding for clustering analysis*, ICML (2016).
# - X. Guo: *DEC-keras*, on GitHub, with a table of results.
# - R. McConville, R. Santos-Rodríguez, R. J. Piechocki, I. Craddock: *N2D: (not too) deep clustering via clustering the
#   local manifold of an autoencoded embedding*, arXiv 1908.05968 (2019). The abstract of the paper on ACMEC (doi
#   10.3233/JIFS-213468) quotes its result.
# - E. Gultepe, M. Makrehchi: *Improving clustering performance using independent component analysis and unsupervised
#   feature learning*, Human-centric Computing and Information Sciences 8:25 (2018).
# - U. von Luxburg: *Clustering stability: an overview*, Foundations and Trends in Machine Learning 2 (2010).
