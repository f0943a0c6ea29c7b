# %% [markdown]
# # 10. Beyond pixels
#
# Article A ends with a promise: single pixels are the problem, better features will help. We now keep that
# promise. The algorithm stays the same, down to the last bit. Only the numbers that describe a digit change. No
# network is trained, and each step can be drawn.
#
# **What you will learn**
#
# - how to take slant, size and thickness of ink out of a digit before anything is compared;
# - what a histogram of oriented gradients is, and why it halves the error again;
# - why principal components do not help here, and whitening them hurts;
# - what to make of a few hundred labels, and how all this compares with published results.
#
# **What you need**: chapters 6 and 7.
#
# **Time**: 90 minutes.

# %%
import numpy as np

from mnist_kmeans import (
    assign,
    classify,
    contingency_table,
    error_rate,
    kmeans,
    load_mnist,
    majority_labels,
    purity,
    random_centroids,
    repeat_inits,
    sweep_k,
)
from mnist_kmeans.exact import grid_bits, grid_mean, to_grid
from mnist_kmeans.features import (
    PrincipalComponents,
    deskew,
    gradients,
    normalize,
    oriented_gradients,
)
from mnist_kmeans.lloyd import blocks, cluster_sums
from mnist_kmeans.metrics import (
    adjusted_rand_index,
    matching_accuracy,
    normalized_mutual_information,
)
from mnist_kmeans.plots import bands, digits, dots, gradient_glyphs, histograms, show

training, validation = load_mnist().holdout()
print("training:", training.images.shape, " validation:", validation.images.shape)

# %% [markdown]
# We measure as before: cluster the training digits, name each cluster after its commonest digit, and read the
# validation digits by the nearest centroid. Only now a digit is a row of *features*.


# %%
def unseen_error(run, features):
    """The error on validation features of clusters of training digits."""
    names = majority_labels(
        run.assignments, training.labels[: len(run.assignments)], len(run.centroids)
    )
    return error_rate(validation.labels, classify(features, run.centroids, names))


# %% [markdown]
# ## Slant
#
# People lean their digits, each by another angle. To a reader the angle says nothing. To the pixels it is most
# of the story. Fortunately it is easy to measure. Take each pixel as a small weight, as heavy as its ink. The
# *covariance* of row and column tells how far the ink moves to the side when we go one row down. We shift each row
# back by just that much, and move the middle of the ink to the middle of the image. (A seven keeps a little of
# its lean: its bar counts as ink, too.)

# %%
upright = deskew(training.images), deskew(validation.images)
sevens = np.flatnonzero(training.labels == 7)[:10]
show(digits(training.images[sevens], heading="Sevens as they were written"))
show(digits(upright[0][sevens], heading="The same sevens, deskewed"))

# %% [markdown]
# ## Size
#
# Some write small, some large. We measure the height of a digit, again by its ink (the standard deviation of
# its rows), and make all digits equally tall. With the width we are careful: a one must stay narrow. So widths
# only become more alike. They change by the fourth root of what would make them equal.

# %%
even = normalize(training.images), normalize(validation.images)
mixed = np.flatnonzero(np.isin(training.labels, (0, 1, 7)))[:10]
show(digits(upright[0][mixed], heading="Digits after deskewing"))
show(digits(even[0][mixed], heading="The same digits, deskewed and resized"))

# %% [markdown]
# ## Edges in place of ink
#
# A thin three and a bold three share few pixels, as chapter 5 has shown. But their outlines run the same
# way. So we look at outlines. At each pixel, the *gradient* says how much the ink grows to the right and how
# much downwards. It is long at an edge, and it points across the edge.

# %%
example = even[0][:1]
right, down = gradients(example)
print("gradients:", right.shape, "and", down.shape)

# %% [markdown]
# Now cut the image into 7 x 7 cells of 4 x 4 pixels. In each cell, sort the gradients by direction into nine
# bins, and add up their lengths. This is a *histogram of oriented gradients*. It knows that an edge
# runs through a cell and in which direction, but not through which pixel of the cell. So it does not mind small
# shifts.
#
# Two more touches. The histograms of one digit are divided by their sum, so that bold and thin digits count the
# same. Then we take the square root, so that a few strong edges do not drown the weak ones. The squares of the
# features now add up to one: each digit is an arrow of length 1.

# %%
edges = oriented_gradients(example, cell=4, bins=9)
print("features:", edges.shape, edges.dtype)
print("the nine bins of the cell in the middle:", edges.reshape(7, 7, 9)[3, 3])

# %%
three = [np.flatnonzero(training.labels == digit)[0] for digit in (2, 3, 8)]
show(
    gradient_glyphs(
        even[0][three],
        oriented_gradients(even[0][three]),
        ["a two", "a three", "an eight"],
        heading="The edges that run through each cell",
        cell=4,
        bins=9,
    )
)

# %% [markdown]
# ## Still exact
#
# Square roots are no whole numbers. Is the exact arithmetic of this course lost? No. `oriented_gradients` rounds
# each feature to a whole number of steps, 255 of them for the length 1. From there on everything is exact, as with
# pixels. (And on the way there, all sums are sums of whole numbers.) What does the rounding cost? We
# try finer and coarser steps. To save time, this comparison and the next use the first 10,000<!--{few.stop:,}-->
# training digits.

# %%
few = slice(10_000)
by_steps = {}
for largest in (4095, 255, 15, 3):
    seen, unseen = (
        oriented_gradients(part, largest=largest) for part in (even[0][few], even[1])
    )
    found = [unseen_error(run, unseen) for run in repeat_inits(seen, 100, range(2))]
    by_steps[largest] = error = np.mean(found)
    print(f"{largest:>4} steps: {seen.dtype!s:<6} error at k = 100: {error:.4f}")

# %% [markdown]
# From 4095 steps down to 255 the error hardly changes. Fifteen steps would nearly do. Only three are too coarse: the
# weak edges are lost.<!--true: by_steps[4095] * 1.1 > by_steps[255] and by_steps[15] < 0.04 < by_steps[3]-->
#
# ## Principal components
#
# Here is the best known recipe for better features: keep the directions along which the digits vary most,
# the *principal components*. Fifty of them, in place of 784 pixels. Often they are then *whitened*: each is divided
# by its standard deviation, so that all count the same.

# %%
components = PrincipalComponents(training.images[few], 50)
for number in (1, 2, 10, 50):
    print(
        f"component {number:>2}: "
        f"standard deviation {components.deviations[number - 1]:5.0f}"
    )

# %%
parts = training.images[few], validation.images
spaces = {
    "pixels": parts,
    "PCA": tuple(components.project(part) for part in parts),
    "PCA, whitened": tuple(components.project(part, whiten=True) for part in parts),
    "deskewed": (upright[0][few], upright[1]),
    "resized": (even[0][few], even[1]),
    "edges": tuple(oriented_gradients(part) for part in parts),
    "resized edges": tuple(
        oriented_gradients(part) for part in (even[0][few], even[1])
    ),
}
ks = [10, 16, 30, 100]
runs = {name: sweep_k(seen, ks, range(3)) for name, (seen, _) in spaces.items()}
errors = {
    name: np.array([[unseen_error(run, unseen) for run in runs[name][k]] for k in ks])
    for name, (_, unseen) in spaces.items()
}
print(" " * 15 + "".join(f"k = {k:<6}" for k in ks))
for name, found in errors.items():
    print(f"{name:<15}" + "".join(f"{mean:.4f}    " for mean in found.mean(axis=1)))
show(
    bands(
        ks,
        errors,
        heading="Seven ways to look at the same digits",
        xlabel="number of clusters k",
        ylabel="error rate on the validation digits",
        log_ticks=ks,
    )
)

# %% [markdown]
# Read the table from top to bottom.
#
# - Principal components do hardly better than pixels.<!--true: errors["PCA"].mean() > 0.97 * errors["pixels"].mean()--> They keep nearly all of each distance, so k-means
#   sees nearly the same thing, only sooner.
# - Whitening makes it worse, for every k.<!--true: (errors["PCA, whitened"].mean(axis=1) > errors["PCA"].mean(axis=1)).all()--> It makes the fiftieth component as important as the first, and
#   the late components say little about which digit it is.
# - Taking out the slant helps a lot, and taking out the size helps again. Nobody told k-means more about digits. We
#   told it what to *overlook*.
# - Edges help where there are enough clusters. Together with the resizing they beat everything else by far, for
#   every k.<!--true: all((errors["resized edges"].mean(axis=1) < 0.75 * errors[name].mean(axis=1)).all() for name in spaces if name != "resized edges")-->
#
# ## The numbers to report
#
# Now with all the training digits, and ten random starts each.

# %%
seen, unseen = (oriented_gradients(part) for part in even)
reported = {k: repeat_inits(seen, k, range(10)) for k in (16, 100, 256)}
by_k = {}
for k, some in reported.items():
    by_k[k] = found = [unseen_error(run, unseen) for run in some]
    print(
        f"k = {k:>3}: mean error {np.mean(found):.4f} "
        f"({min(found):.4f} to {max(found):.4f})"
    )

# %% [markdown]
# On pixels, a hundred clusters misread more than thirteen digits in a hundred. Here it is fewer than three.<!--true: np.mean(full) < 0.03--> Sixteen
# clusters on these features do better than a hundred on pixels. One of the ten starts with sixteen clusters is much
# worse than the others.<!--true: sorted(by_k[16])[-1] > 0.13 and sorted(by_k[16])[-2] < 0.09--> The next section tells why.
#
# ## Ten clusters, and luck
#
# And ten clusters, one for each digit? We take fifty starts, and draw all of them.

# %%
ten = repeat_inits(seen, 10, range(50))
ten_errors = np.array([unseen_error(run, unseen) for run in ten])
print(
    f"mean error {ten_errors.mean():.4f} "
    f"({ten_errors.min():.4f} to {ten_errors.max():.4f})"
)
show(
    histograms(
        {"resized edges, k = 10": ten_errors},
        heading="Fifty random starts",
        xlabel="error rate on the validation digits",
        ylabel="runs",
        bins=40,
    )
)

# %% [markdown]
# The mean is far better than on pixels, where it is above 0.4.<!--true: errors["pixels"][0].mean() > 0.4 > 2 * ten_errors.mean()--> But the runs do not scatter around their mean:
# they fall into heaps, with gaps in between. What makes the heaps? Count the digits that no cluster is named after.

# %%
named = [
    np.unique(majority_labels(run.assignments, training.labels, 10)) for run in ten
]
missing = 10 - np.array([len(names) for names in named])
for count in np.unique(missing):
    some = ten_errors[missing == count]
    print(f"{count} digits missing: {len(some):>2} runs, mean error {some.mean():.4f}")

# %% [markdown]
# That explains it. Where each digit has its cluster, the error is small. A missing digit costs about nine<!--true: 0.085 < ten_errors[missing == 1].mean() - ten_errors[missing == 0].mean() < 0.095-->
# points, since nothing else can take its place. On pixels a missing five cost one point (chapter 6), as
# all clusters were mixtures anyway.
#
# In chapter 6 a low inertia was only a loose sign of a low error. And here?

# %%
inertias = np.array([run.inertia for run in ten])
print(
    f"correlation of inertia and error: {np.corrcoef(inertias, ten_errors)[0, 1]:.2f}"
)
best_of_ten = inertias.reshape(5, 10).argmin(axis=1) + np.arange(0, 50, 10)
print(
    "error of the lowest inertia in each ten starts:", ten_errors[best_of_ten].round(4)
)
show(
    dots(
        {"random starts": (inertias / 1e9, ten_errors)},
        heading="Each dot is one run",
        xlabel="inertia (in thousands of millions)",
        ylabel="error rate on the validation digits",
    )
)

# %% [markdown]
# Now the two go together. The groups that k-means looks for *are* the digits, nearly. So take ten starts, keep the one
# with the lowest inertia, and you mostly get a cluster for every digit, without having seen a single label. Good
# features do not only lower the error. They make the objective worth pursuing.
#
# ## What the clusters look like
#
# A centroid of edges is no picture. But we can draw the mean image of its members, as they were written. For each
# kind of features we take the best of several starts, by inertia.

# %%
chosen = {
    name: min(repeat_inits(part, 10, range(5)), key=lambda run: run.inertia)
    for name, part in [
        ("pixels", training.images),
        ("deskewed", upright[0]),
        ("resized", even[0]),
    ]
}
chosen["resized edges"] = ten[int(inertias.argmin())]
for name, run in chosen.items():
    names = majority_labels(run.assignments, training.labels, 10)
    order = names.argsort(kind="stable")
    means = [
        training.images[run.assignments == cluster].mean(axis=0) for cluster in order
    ]
    show(digits(means, names[order], heading=f"{name}: the mean image of each cluster"))

# %% [markdown]
# In the last two rows every digit is there once. Their means look a little blurred, for each holds slanted and upright,
# small and large digits alike. That is what we wanted.
#
# ## One name, one cluster
#
# Papers on clustering use a stricter measure than ours. We name each cluster after its commonest digit, so two
# clusters may both be called one. The papers match one to one: each digit names exactly one cluster, in the way that
# gets most digits right. (They find it by the *Hungarian method*. With ten digits there are few enough
# sets of names to try them all cleverly, as `matching_accuracy` does.) The share that is right is then called
# *clustering accuracy*. It is never above the purity. A digit with two clusters loses one of them.
#
# Two more measures are common. *Normalized mutual information* (NMI) says how much the cluster tells about the digit and the
# other way round. The *adjusted Rand index* (ARI) asks for all pairs of digits whether they belong together.

# %%
print(" " * 15 + "purity  accuracy    NMI    ARI")
for name, run in chosen.items():
    counts = contingency_table(training.labels, run.assignments, 10)
    values = (
        purity,
        matching_accuracy,
        normalized_mutual_information,
        adjusted_rand_index,
    )
    print(f"{name:<15}" + "   ".join(f"{value(counts):.3f}" for value in values))

# %% [markdown]
# Where every digit has its cluster, purity and accuracy are the same. Where one is missing, they part.
#
# Set beside this what others report for clustering MNIST into ten, in clustering accuracy. We give only what we could
# trace to a source:
#
# | method | accuracy | source |
# |---|---|---|
# | k-means on pixels | 0.53 (NMI 0.50) | X. Guo, DEC-keras, mean of 10 trials |
# | DEC, a deep network | 0.84 | J. Xie et al. (2016), as quoted by X. Guo |
# | DEC, programmed again | 0.91 (NMI 0.87) | X. Guo, DEC-keras, mean of 10 trials |
# | N2D, a deep network and manifold learning | 0.979 | R. McConville et al. (2019), as quoted for comparison in the ACMEC paper |
#
# Our pixels agree with theirs. Our best of fifty starts stands between the deep networks. Be careful with such
# a comparison: others may have clustered other digits than our 45,000<!--{len(training):,}-->. And our features were made by people who know that slant
# and size mean nothing in a digit. A network has to find that out.
#
# ## A hundred labels are enough
#
# So far the clusters were named by all 45,000<!--{len(training):,}--> labels. In practice labels are what costs: somebody has to sit down and
# write them. So cluster first, without labels. Then ask a teacher for one label per cluster: that of the
# digit nearest to the centroid. The whole cluster gets it.
#
# For comparison, spend the same number of labels on random digits, and give each new digit the label of the most
# similar of these.


# %%
def representatives(points, run):
    """Clusters that have members; for each the row of the point nearest to it."""
    distances = np.concatenate(
        [
            ((points[rows] - run.centroids[run.assignments[rows]]) ** 2).sum(axis=1)
            for rows in blocks(len(points))
        ]
    )
    order = np.lexsort((distances, run.assignments))
    clusters, first = np.unique(run.assignments[order], return_index=True)
    return clusters, order[first]


# %%
by_clusters, by_neighbours, by_pixels = [], [], []
kept = {
    10: ten[:3],
    **sweep_k(seen, [30, 500], range(3)),
    **{k: some[:3] for k, some in reported.items() if k > 16},
}
for k, some in sorted(kept.items()):
    read = np.zeros((3, 3))
    for seed, run in enumerate(some):
        clusters, asked = representatives(seen, run)
        drawn = np.random.PCG64(seed).random_raw(len(seen)).argsort(kind="stable")[:k]
        by = [
            classify(unseen, run.centroids[clusters], training.labels[asked]),
            classify(unseen, seen[drawn], training.labels[drawn]),
            classify(validation.images, training.images[drawn], training.labels[drawn]),
        ]
        read[:, seed] = [error_rate(validation.labels, labels) for labels in by]
    for rates, row in zip((by_clusters, by_neighbours, by_pixels), read, strict=True):
        rates.append(row)
    print(
        f"{k:>3} labels: clusters {read[0].mean():.4f}, "
        f"neighbours {read[1].mean():.4f}, by pixels {read[2].mean():.4f}"
    )

# %%
show(
    bands(
        sorted(kept),
        {
            "one label per cluster": by_clusters,
            "random labels, nearest neighbour": by_neighbours,
            "the same on pixels": by_pixels,
        },
        heading="What a few labels are worth",
        xlabel="number of labels",
        ylabel="error rate on the validation digits",
        log_ticks=sorted(kept),
    )
)

# %% [markdown]
# This is what k-means is used for in practice. A hundred labels, well placed, read unseen digits about as well as
# all 45,000<!--{len(training):,}--> labels did.<!--true: np.mean(by_clusters[2]) < np.mean(full)--> A hundred labels placed at random are worth far
# less, on the same features, and less still on pixels.<!--true: 3 * np.mean(by_clusters[2]) < np.mean(by_neighbours[2]) < np.mean(by_pixels[2])--> Five hundred random labels do not catch up with
# a hundred chosen ones.<!--true: np.mean(by_neighbours[4]) > np.mean(by_clusters[2])-->
#
# ## Variants
#
# Article B names two variants of k-means, and libraries have more. Each is a few lines. What does each buy *here*?
#
# **k-means++** draws the first centroids far apart (chapter 6).

# %%
plus = [
    unseen_error(run, unseen)
    for run in repeat_inits(seen, 10, range(20), init="k-means++")
]
print(
    f"random starts: mean error {ten_errors[:20].mean():.4f}, "
    f"best {ten_errors[:20].min():.4f}"
)
print(f"k-means++:     mean error {np.mean(plus):.4f}, best {min(plus):.4f}")

# %% [markdown]
# A little better on average, and no better at its best:<!--true: np.mean(plus) < ten_errors[:20].mean() and abs(min(plus) - ten_errors.min()) < 0.001--> ten starts and the lowest inertia do more.
#
# **k-medians** moves each centroid to the median of its members, coordinate by coordinate. A median is a
# value of the data, so it is exact by itself. It ignores extremes. To see that, we spoil digits with *salt*: a quarter
# of their pixels, drawn at random, become black.


# %%
def k_medians(points, k, seed, rounds=30):
    """Like k-means, with absolute differences, and medians in place of means."""
    centroids = random_centroids(points, k, seed)
    for _ in range(rounds):
        distances = [np.abs(points - centroid).sum(axis=1) for centroid in centroids]
        groups = np.argmin(distances, axis=0)
        for group in np.unique(groups):
            centroids[group] = np.quantile(
                points[groups == group], 0.5, axis=0, method="lower"
            )
    return centroids, groups


clean, labels = training.images[:3000], training.labels[:3000]
salt = np.random.PCG64(0).random_raw(clean.size).reshape(clean.shape) % 4 == 0
for title, points in [
    ("clean", clean),
    ("salted", np.where(salt, 255, clean).astype(np.uint8)),
]:
    run = kmeans(points, 30, seed=0)
    medians, groups = k_medians(points.astype(np.int16), 30, seed=0)
    for kind, centroids, members in [
        ("means", run.centroids, run.assignments),
        ("medians", medians, groups),
    ]:
        read = classify(
            validation.images, centroids, majority_labels(members, labels, 30)
        )
        error = error_rate(validation.labels, read)
        print(f"{title:<6} {kind:<7} error on clean digits {error:.4f}")
        show(digits(centroids[:10], heading=f"Ten of thirty {kind}, {title} digits"))

# %% [markdown]
# On clean digits the means read a little better. The salt lies as a grey veil on every mean. The medians hardly show
# it, and with salt they read much better than the means. The price: distances of this kind are no matrix product, and medians no sums. All our
# fast arithmetic is lost.
#
# **Mini-batch k-means** looks at a few hundred random digits at a time, and lets each centroid be the mean of all digits
# it was ever given. It never needs all the data at once.


# %%
def mini_batch(points, k, seed, batches=100, size=500):
    """The centroids after so many batches of random points."""
    bits = grid_bits(points)
    centroids = random_centroids(points, k, seed)
    sums, counts = centroids.copy(), np.ones(k, dtype=np.int64)
    drawn = np.random.PCG64(seed).random_raw(batches * size) % len(points)
    for rows in drawn.reshape(batches, size):
        batch = points[rows]
        more_sums, more = cluster_sums(batch, assign(batch, centroids), k)
        sums, counts = sums + more_sums, counts + more
        centroids = grid_mean(sums.astype(np.int64), counts, bits)
    return centroids


batched = []
for seed in range(5):
    centroids = mini_batch(seen, 100, seed)
    names = majority_labels(assign(seen, centroids), training.labels, 100)
    batched.append(error_rate(validation.labels, classify(unseen, centroids, names)))
full = by_k[100]
print(f"k = 100, mini-batches: mean error {np.mean(batched):.4f}")
print(f"k = 100, all digits:   mean error {np.mean(full):.4f}")

# %% [markdown]
# It has looked at each digit about once, where the full algorithm looks at all of them dozens of times. The error is
# somewhat higher. Where data do not fit into memory, or never end, that is a good bargain.
#
# **Spherical k-means** compares directions only: after each update it stretches the centroids back to the length of
# the points.


# %%
def spherical(points, k, seed, rounds=30):
    """Centroids, all of length 255, and the assignments, after so many rounds."""
    bits = grid_bits(points)
    sums = random_centroids(points, k, seed)
    for _ in range(rounds):
        lengths = np.sqrt((sums**2).sum(axis=1, keepdims=True))
        centroids = to_grid(255 * sums / lengths, bits)
        groups = assign(points, centroids)
        members = groups == np.arange(k)[:, None]
        filled = members.any(axis=1)
        sums[filled] = members[filled].astype(np.float64) @ points.astype(np.float64)
    return centroids, groups


some = seen[:5000]
centroids, groups = spherical(some, 16, seed=0)
names = majority_labels(groups, training.labels[:5000], 16)
by_direction = error_rate(validation.labels, classify(unseen, centroids, names))
print(f"k = 16, spherical: error {by_direction:.4f}")
print(f"k = 16, plain:     error {unseen_error(kmeans(some, 16, seed=0), unseen):.4f}")

# %% [markdown]
# No gain. Our features have length 1 already, so there is little but directions to compare.
#
# ## Digits that every feature gets wrong
#
# Which validation digits does none of the seven get right, with a hundred clusters each?

# %%
wrong = np.ones(len(validation.labels), dtype=bool)
for name, (_, part) in spaces.items():
    run = runs[name][100][0]
    names = majority_labels(run.assignments, training.labels[few], 100)
    wrong &= classify(part, run.centroids, names) != validation.labels
hard = np.flatnonzero(wrong)
print(len(hard), "of", len(wrong), "digits are misread in all seven ways")
show(
    digits(
        validation.images[hard[:20]],
        validation.labels[hard[:20]],
        heading="Some of them, with their true labels",
    )
)

# %% [markdown]
# Some of these one would have to ask the writer about. Others are plain to us, but written in a way that few others use.
#
# ## The test digits, once
#
# All choices of this chapter were made on the validation digits. Now the test digits, for three readers: the ten clusters
# and the 256 clusters with the lowest inertia, and a hundred clusters with a hundred labels.

# %%
test = load_mnist(split="test")
test_features = oriented_gradients(normalize(test.images))
for k, some in [(10, ten), (256, reported[256])]:
    run = min(some, key=lambda run: run.inertia)
    names = majority_labels(run.assignments, training.labels, k)
    error = error_rate(test.labels, classify(test_features, run.centroids, names))
    print(f"k = {k:>3}, all labels: error {error:.4f}")
run = min(reported[100], key=lambda run: run.inertia)
clusters, asked = representatives(seen, run)
read = classify(test_features, run.centroids[clusters], training.labels[asked])
print(f"k = 100, 100 labels: error {error_rate(test.labels, read):.4f}")

# %% [markdown]
# In chapter 7, a hundred clusters of pixels, named by all the labels, misread about twelve test digits in a hundred. Here
# ten clusters misread about five. And a hundred clusters with a hundred labels misread two.
#
# ## What to remember
#
# - An algorithm sees only what the features show. Most of the progress lies there.
# - Good features forget what does not matter: slant, size, thickness, small shifts.
# - Where the groups are real, a low inertia means a low error, and several starts pay.
# - Ask for labels last, and of the digits that speak for many.
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
# 3. In the experiment with labels, ask for the three digits nearest to each centroid and let them vote. With the
#    same number of labels, is that better than three times as many clusters?
#
# ## Further reading
#
# - N. Dalal, B. Triggs: *Histograms of oriented gradients for human detection*, CVPR (2005).
# - J. Xie, R. Girshick, A. Farhadi: *Unsupervised deep embedding for clustering analysis*, ICML (2016).
# - X. Guo: *DEC-keras*, on GitHub, with a table of results.
# - R. McConville, R. Santos-Rodríguez, R. J. Piechocki, I. Craddock: *N2D: (not too) deep clustering via clustering the
#   local manifold of an autoencoded embedding* (2019). Its result is quoted in the abstract of the paper on ACMEC, doi
#   10.3233/JIFS-213468.
# - D. Sculley: *Web-scale k-means clustering*, WWW (2010), on mini-batches.
# - I. S. Dhillon, D. S. Modha: *Concept decompositions for large sparse text data using clustering*, Machine Learning 42
#   (2001), on spherical k-means.
