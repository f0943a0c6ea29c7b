# %% [markdown]
# # 6. The luck of the start
#
# Lloyd's algorithm ends in a local optimum, and chance decides in which. So far each number came from one start. How
# much is such a number worth? We repeat everything a hundred times and see.
#
# **What you will learn**
#
# - how far results from different random starts lie apart;
# - what k-means++ does, where it helps, and what it buys here;
# - whether a lower inertia means a lower error. (In part.)
#
# **What you need**: chapters 4 and 5.
#
# **Time**: 45 minutes.

# %% tags=["hide-input"]
from itertools import combinations

import numpy as np

from mnist_kmeans import (
    contingency_table,
    error_rate,
    holdout_error,
    kmeans,
    load_mnist,
    majority_labels,
    purity,
    random_centroids,
    repeat_inits,
)
from mnist_kmeans.lloyd import pairwise_squared_distances
from mnist_kmeans.metrics import adjusted_rand_index
from mnist_kmeans.plots import Table, digits, dots, histograms, show

# %%
training, validation = load_mnist().holdout()
k = 16
print("training:", training.images.shape, " validation:", validation.images.shape)

# %% [markdown]
# ## Two starts, side by side
#
# The same data, the same k, the same algorithm. Only the seed differs. To compare, we sort the first centroids by name, and
# the second like those of the first that they are nearest to.

# %%
pair = [kmeans(training.images, k, seed=seed) for seed in (0, 1)]
names = [majority_labels(run.assignments, training.labels, k) for run in pair]
first = names[0].argsort(kind="stable")
squared = pairwise_squared_distances(pair[1].centroids, pair[0].centroids[first])
second = squared.argmin(axis=1).argsort(kind="stable")
how_many = [np.bincount(each, minlength=10) for each in names]
differs = np.flatnonzero(how_many[0] != how_many[1])
for number, order in enumerate([first, second]):
    run = pair[number]
    told = ", ".join(f"{how_many[number][digit]} x {digit}" for digit in differs)
    heading = f"Seed {number}: {told}"
    show(digits(run.centroids[order], names[number][order], heading=heading, columns=8))
    print(
        f"{run.n_iter} iterations, inertia {run.inertia:.5e}, error "
        f"{holdout_error(run, training, validation):.4f}"
    )

# %% [markdown]
# Fourteen of the sixteen centroids have a twin in the other picture: it is less than half as far away as any other centroid of
# their own.<!--true: twins(pair[0], pair[1])[1].sum() == 14--> The others differ: the first clustering has three ones and two sevens, the second two eights and two nines.<!--true: [each[[1, 7, 8, 9]].tolist() for each in how_many] == [[3, 2, 1, 1], [2, 1, 2, 2]]-->
#
# How many digits change their company? Two digits are *together* in a clustering if they share a cluster. Take all pairs of
# digits, and ask of each pair: is it together in both clusterings, in one, in neither? Many pairs agree by chance. The
# *adjusted Rand index* takes that into account: it is 1 if the clusterings agree on every pair, and 0 on average for random
# ones. To be sure of the second, we also compare with a shuffled clustering.
#
# And where do two clusterings part? Either at the borders of all clusters, or about the few centroids without a twin. So we ask
# twice more: among the digits whose clusters are twins, and among the rest.


# %%
def agreement(one, other):
    """The adjusted Rand index of two ways to assign the same digits to k clusters."""
    return adjusted_rand_index(contingency_table(one, other, k, n_labels=k))


def twins(one, other):
    """The nearest centroid of `one` for each of `other`, and whether it is a twin."""
    apart = pairwise_squared_distances(other.centroids, other.centroids)
    to_own = np.sqrt(apart + 1e12 * np.eye(k)).min(axis=1)
    squared = pairwise_squared_distances(other.centroids, one.centroids)
    away = np.sqrt(squared.clip(min=0))  # of equal centroids it may be rounded below 0
    return away.argmin(axis=1), away.min(axis=1) < to_own / 2


def agreements(one, other):
    """The agreement on all digits, on those in twins, on the rest; the share in twins.

    Where all clusters are twins, there is no rest, and it is not a number.
    """
    nearest, is_twin = twins(one, other)
    paired = np.isin(one.assignments, nearest[is_twin]) & is_twin[other.assignments]
    return [
        *(
            agreement(one.assignments[these], other.assignments[these])
            if these.any()
            else np.nan
            for these in (np.ones_like(paired), paired, ~paired)
        ),
        paired.mean(),
    ]


shuffled = np.random.default_rng(0).permutation(pair[1].assignments)
everywhere, in_twins, elsewhere, share_in_twins = agreements(*pair)
print(f"seeds 0 and 1:              {everywhere:.3f}")
print(f"seed 0 and seed 1 shuffled: {agreement(pair[0].assignments, shuffled):.3f}")
print(f"{share_in_twins:.0%} of the digits, in twins: {in_twins:.3f}")
print(f"the rest:                   {elsewhere:.3f}")

# %% [markdown]
# The two starts agree on much, and far from everything.<!--true: 0.6 < everywhere < 0.65 and abs(agreement(pair[0].assignments, shuffled)) < 0.001--> They part above all where a centroid has no twin. There the clusterings have
# little in common, while the members of twins are mostly the same.<!--true: in_twins > 0.8 and elsewhere < 0.4--> The two centroids without
# a twin hold about an eighth of the digits in each clustering, which is just their share.<!--true: 0.12 < np.mean(~twins(*pair)[1][pair[1].assignments]) < 0.14 and 0.12 < np.mean(~np.isin(pair[0].assignments, twins(*pair)[0][twins(*pair)[1]])) < 0.14--> But the second eighth is mostly other
# digits than the first, so they concern nearly a quarter.<!--true: 0.2 < 1 - share_in_twins < 0.25-->

# %% [markdown]
# **Quick question.** Two clusterings have the same groups, but number them differently. What is their adjusted Rand
# index?
#
# 1. About 0, as hardly any number agrees.
# 2. That depends on the labels of the digits.
# 3. It is 1.
#
# <details><summary>Answer</summary>
#
# 1. The numbers of the clusters do not enter. It asks of pairs whether they are together.
# 2. Labels do not enter: it compares one clustering with the other.
# 3. **Right.** Whoever is together in the one is together in the other. That is full agreement.
#
# </details>

# %% [markdown]
# ## A hundred starts
#
# `repeat_inits` runs k-means once per seed, several runs at a time, and returns the results in the order
# of the seeds. We read the validation digits by all runs together. That is quicker than `holdout_error` for one run after
# the other, and the errors are the same.<!--true: random_errors[:2].tolist() == [holdout_error(run, training, validation) for run in pair]-->
#
# **Predict, then look.** The error of seed 0 is 0.325<!--{random_errors[0]:.3f}-->. Of a hundred starts, how far apart are the best and the worst? One
# point, five, twenty?


# %%
def read_by(runs):
    """The nearest centroid of each validation digit in each run, (runs, n)."""
    centroids = np.concatenate([run.centroids for run in runs])
    nearest = []
    for part in np.array_split(validation.images, 15):
        squared = pairwise_squared_distances(part, centroids)  # for all runs at once
        nearest.append(squared.reshape(len(part), len(runs), k).argmin(axis=2))
    return np.concatenate(nearest).T


def errors_of(runs, nearest):
    """The error of each run on the validation digits, as holdout_error has it."""
    errors = []
    for run, centroids in zip(runs, nearest, strict=True):
        names = majority_labels(run.assignments, training.labels, k)
        errors.append(error_rate(validation.labels, names[centroids]))
    return np.array(errors)


seeds = range(100)
runs = {"random": repeat_inits(training.images, k, seeds)}
nearest = read_by(runs["random"])
random_errors = errors_of(runs["random"], nearest)
iterations = np.array([run.n_iter for run in runs["random"]])
alike, alike_in_twins, alike_elsewhere, _ = np.transpose(
    [agreements(*two) for two in combinations(runs["random"][:10], 2)]
)
measured = {
    "error": random_errors,
    "iterations": iterations,
    "agreement (first ten seeds)": alike,
    "agreement in twins": alike_in_twins,
    "agreement elsewhere": alike_elsewhere[~np.isnan(alike_elsewhere)],
}

# %% tags=["hide-input"]
show(
    Table(
        {
            "measure": list(measured),
            "values": [len(each) for each in measured.values()],
            "mean": [each.mean() for each in measured.values()],
            "standard deviation": [each.std() for each in measured.values()],
            "least": [float(each.min()) for each in measured.values()],
            "greatest": [float(each.max()) for each in measured.values()],
        },
        heading="A hundred starts",
        formats=dict.fromkeys(
            ["mean", "standard deviation", "least", "greatest"], ".4g"
        ),
    )
)

# %% [markdown]
# <details><summary>Answer</summary>
#
# Six points.<!--true: round(100 * np.ptp(random_errors)) == 6-->
#
# </details>
#
# Read the line about the error again before you believe a single number in anybody's table. The *standard deviation*
# says how far a run typically is from the mean: here more than one percentage point.<!--true: random_errors.std() > 0.01--> So an improvement of one
# point, measured once, may be nothing but a luckier seed. (Keep the yardsticks in mind. Chapter 4 reports 0.89 for chance, and 0.03
# for the nearest neighbour.)
#
# The last lines compare each of the first ten runs with each other. Two runs may agree on half or on nearly all;<!--true: alike.min() < 0.5 and alike.max() > 0.9--> seeds 0 and 1 lie
# in between. And in every pair the members of twins agree better than the rest.<!--true: not (alike_in_twins <= alike_elsewhere).any()--> (In one pair there is no rest: all sixteen are
# twins.)<!--true: np.isnan(alike_elsewhere).sum() == 1-->
#
# > **What the articles found.** Article B ran each k once, and says so. The two starts of article B with k = 16 have errors of 0.342 and
# > 0.304, four points apart. Among our hundred starts, 13 %<!--{np.mean(random_errors >= 0.342):.0%}--> are as bad as the first or worse, and 12 %<!--{np.mean(random_errors <= 0.304):.0%}--> as good as the second
# > or better. So both lie well within what chance does.
#
# Which digits go missing, and how often?


# %%
def missing_digits(run):
    names = majority_labels(run.assignments, training.labels, k)
    return tuple(sorted(set(range(10)) - set(names.tolist())))


is_five = validation.labels == 5


def mistakes(number, call_it_five=True):
    """The shares of all digits that are misread fives, and other misread digits."""
    assignments = runs["random"][number].assignments
    counts = contingency_table(training.labels, assignments, k)
    if not call_it_five:
        counts[:, 5] = -1  # so the second commonest digit names the cluster
    wrong = counts.argmax(axis=1)[nearest[number]] != validation.labels
    return np.mean(wrong & is_five), np.mean(wrong & ~is_five)


missing = [missing_digits(run) for run in runs["random"]]
misread = np.array([mistakes(number) for number in seeds])
fives_read = 1 - misread[:, 0] / is_five.mean()
cases = sorted(set(missing), key=missing.count, reverse=True)
which = [np.array([each == lost for each in missing]) for lost in cases]

# %% tags=["hide-input"]
show(
    Table(
        {
            "missing": [" and ".join(map(str, lost)) or "none" for lost in cases],
            "runs": [these.sum() for these in which],
            "mean error": [random_errors[these].mean() for these in which],
            "fives read": [fives_read[these].mean() for these in which],
        },
        heading="Digits without a centroid in a hundred starts",
        formats={"fives read": ".0%"},
    )
)

# %% [markdown]
# So the missing five of chapter 4, one start in eight there, is no freak: it happens to one start in four.<!--true: np.mean([5 in lost for lost in missing]) == 0.25--> What does it cost? About nine digits in
# a hundred<!--true: round(100 * np.mean(validation.labels == 5)) == 9--> are fives, and all of them are wrong if there is no five. Still the error is only about one point higher.<!--true: round(100 * (random_errors[[lost == (5,) for lost in missing]].mean() - random_errors[[lost == () for lost in missing]].mean())) == 1-->
#
# Why so little? Where there is a five, it reads little more than a third of the fives, so losing it costs about three
# points, not nine.<!--true: 0.34 < fives_read[fives_read > 0].mean() < 0.4 and round(100 * (misread[no_five, 0].mean() - misread[complete, 0].mean())) == 3--> And the other digits win back two of the three.<!--true: round(100 * (misread[complete, 1].mean() - misread[no_five, 1].mean())) == 2--> Perhaps because they have one centroid more to share. Or because nobody
# calls them five any more. We can do the second without the first: in
# the runs *with* a five we move no centroid, and only rename each five after the second commonest digit of its cluster.

# %%
complete, no_five = (
    np.array([lost == those for lost in missing]) for those in [(), (5,)]
)
renamed = np.array(
    [mistakes(number, call_it_five=False) for number in np.flatnonzero(complete)]
)
three_ways = {
    "with a five": misread[complete],
    "the same, each five renamed": renamed,
    "without a five": misread[no_five],
}
show(
    Table(
        {
            "runs": three_ways,
            "how many": [len(each) for each in three_ways.values()],
            "misread fives": [each[:, 0].mean() for each in three_ways.values()],
            "misread others": [each[:, 1].mean() for each in three_ways.values()],
        },
        heading="What a centroid called five is worth, in shares of all digits",
        formats=dict.fromkeys(["misread fives", "misread others"], ".3f"),
    )
)

# %% [markdown]
# The new name alone wins back about half of it.<!--true: 0.45 < (misread[complete, 1].mean() - renamed[:, 1].mean()) / (misread[complete, 1].mean() - misread[no_five, 1].mean()) < 0.6--> So both are at work.

# %% [markdown]
# **Quick question.** A new method, run once with k = 16, has an error one point lower than the old one, run once.
# What do you know?
#
# 1. Little: it may be the luckier start.
# 2. The new method is better.
# 3. That depends on whether both had the same seed.
#
# <details><summary>Answer</summary>
#
# 1. **Right.** From start to start the error varies by more than a point.<!--true: random_errors.std() > 0.01--> Run both many times.
# 2. Of our hundred starts, all by the same method, the best and the worst are much farther apart.
# 3. The same seed for both is still one start each. What is luck for one need not be luck for the other.
#
# </details>

# %% [markdown]
# ## A cleverer start: k-means++
#
# Random points may begin close together. *k-means++* draws the first centroids far apart: the next one is a random point,
# but points far from all centroids so far are more likely, in proportion to their squared distance.
#
# On the web page of this chapter you can run both kinds of start side by side, each with eight seeds, on the training digits of the
# embedded sample. Guess first: does the lowest end come from *k-means++*? Then choose another k, and look again.
#
# <div class="live-runs" data-kind="starts" data-k="16"></div>
#
# Libraries go one step further. They draw several candidates each time, and keep the one that makes the inertia of the start
# lowest. This is *greedy k-means++*. (scikit-learn draws 4 candidates for k = 16.) It takes a dozen lines:


# %%
def greedy_centroids(points, k, seed, candidates=4):
    """The first centroids by greedy k-means++, (k, d)."""
    random = np.random.default_rng(seed)
    chosen = points[random.integers(len(points), size=1)].astype(np.float64)
    nearest = pairwise_squared_distances(points, chosen)[:, 0]
    while len(chosen) < k:
        rows = random.choice(len(points), candidates, p=nearest / nearest.sum())
        drawn = points[rows].astype(np.float64)
        squared = pairwise_squared_distances(points, drawn)
        lowered = np.minimum(nearest[:, None], squared)
        best = lowered.sum(axis=0).argmin()
        nearest = lowered[:, best]
        chosen = np.vstack([chosen, drawn[best]])
    return chosen


# %% [markdown]
# First a case where all of this should matter: sixteen clear, separate groups in the plane. A random start may put two
# centroids into one group and none into another, and never recover. Here is where three runs end, all with seed 0.

# %%
middles = 100 * np.stack(np.meshgrid(range(4), range(4)), axis=-1).reshape(16, 1, 2)
scatter = np.random.default_rng(0).normal(0, 8, (16, 30, 2)).round().astype(int)
groups = (middles + scatter).reshape(-1, 2)


def ends_of(points, kind, seeds):
    """The clusterings that starts of this kind lead to."""
    if kind != "greedy k-means++":
        return repeat_inits(points, 16, seeds, init=kind)
    starts = [greedy_centroids(points, 16, seed) for seed in seeds]
    return [kmeans(points, 16, init=start) for start in starts]


kinds = ["random", "k-means++", "greedy k-means++"]

# %% tags=["hide-input"]
show(
    dots(
        {kind: ends_of(groups, kind, [0])[0].centroids.T for kind in kinds},
        heading="Sixteen clear groups, and where the centroids end with seed 0",
        xlabel="first coordinate",
        ylabel="second coordinate",
        behind=groups.T,
    )
)

# %% [markdown]
# In the first panel you see a bad *local optimum*: some groups share a centroid, others have two. No centroid can leave, as each is
# the mean of its own points, and each point is nearest to its own centroid.
#
# **Predict, then look.** Will k-means++ find the sixteen groups more often than random starts? And will it help with digits? Note
# both guesses. We count over a hundred seeds for the groups, and take twenty seeds for the digits. (The greedy start is
# drawn from the first two thousand digits, to save time.)

# %%
found = {}
for kind in kinds:
    # Points are in the order of their groups: 0, 30, 60, ... are the first of each
    firsts = [run.assignments[::30] for run in ends_of(groups, kind, seeds)]
    found[kind] = sum(len(np.unique(each)) == 16 for each in firsts)

runs["k-means++"] = repeat_inits(training.images, k, range(20), init="k-means++")
runs["greedy k-means++"] = [
    kmeans(training.images, k, init=greedy_centroids(training.images[:2000], k, seed))
    for seed in range(20)
]
errors = {"random": random_errors}
for kind in kinds[1:]:
    errors[kind] = errors_of(runs[kind], read_by(runs[kind]))
ends = {kind: np.array([run.inertia for run in runs[kind]]) / 1e9 for kind in kinds}
sure = {kind: errors[kind].std() / np.sqrt(len(errors[kind])) for kind in kinds}
begins = {kind: np.mean([run.history[0] for run in runs[kind]]) / 1e9 for kind in kinds}

# %% tags=["hide-input"]
show(
    Table(
        {
            "start": kinds,
            "all 16 groups found": [f"{found[kind]} of {len(seeds)}" for kind in kinds],
            "digits: starts": [len(runs[kind]) for kind in kinds],
            "inertia at the start": [begins[kind] for kind in kinds],
            "at the end": [ends[kind].mean() for kind in kinds],
            "iterations": [
                np.mean([run.n_iter for run in runs[kind]]) for kind in kinds
            ],
            "mean error": [errors[kind].mean() for kind in kinds],
            "give or take": [sure[kind] for kind in kinds],
        },
        heading="Three ways to start (inertia in billions)",
        formats={
            "inertia at the start": ".1f",
            "at the end": ".2f",
            "iterations": ".1f",
        },
    )
)

# %% tags=["hide-input"]
show(
    histograms(
        ends,
        heading="On digits, all three starts end at about the same inertia",
        xlabel="inertia (billions)",
        ylabel="share of runs",
    )
)
show(
    histograms(
        errors,
        heading="On digits, all three starts end at about the same error",
        xlabel="error rate on the validation digits",
        ylabel="share of runs",
    )
)

# %% [markdown]
# <details><summary>Answer</summary>
#
# With clear groups it helps as much as anything can. Of a hundred random starts none finds all sixteen, k-means++ does so about
# every second time, and its greedy form each time.<!--true: found["random"] == 0 and 40 < found["k-means++"] < 60 and found["greedy k-means++"] == 100--> With digits it hardly matters. The greedy start begins lower,<!--true: begins["greedy k-means++"] < 0.95 * min(begins["random"], begins["k-means++"])--> but all three end at nearly the same
# inertia,<!--true: max(each.mean() for each in ends.values()) < 1.001 * min(each.mean() for each in ends.values())--> and their mean errors differ by no more than chance explains. (How sure is a mean? Give or take its *standard error*: the standard
# deviation, divided by the root of the number of runs. A difference of less than two standard errors of its own may be chance.)<!--true: all(abs(errors[a].mean() - errors[b].mean()) < 2 * np.hypot(sure[a], sure[b]) for a, b in combinations(kinds, 2))-->
#
# </details>
#
# %% [markdown]
# About a third of the random starts end less than a thousandth above the lowest inertia of
# all.<!--true: 0.3 < np.mean(ends["random"] < 1.001 * min(each.min() for each in ends.values())) < 0.36--> With several starts, one is probably among them. That is a good argument for several starts.
#
# ## Where does k-means++ help?
#
# Why do clear groups need a clever start, and digits not? Three guesses, and an experiment for each.
#
# - It is the 784 dimensions. So we make clear groups *with* 784 dimensions: sixteen digits, each in thirty copies with some noise.
# - With digits, a clever rule finds no better places. Then a *bad* start should do harm. So we try a very bad one: a point and
#   its fifteen nearest neighbours, all in one place.
# - It is the gaps between clear groups. Then the harm must be over when the gaps are filled. So we draw the groups in the plane
#   once more, five times as wide.
#
# **Predict, then look.** Sixteen neighbours, all in one place: how far above the lowest inertia do they end, with the groups in the plane? And
# with digits?


# %%
def neighbours(points, seed):
    """A random point and its fifteen nearest neighbours, (16, d)."""
    squared = pairwise_squared_distances(points, random_centroids(points, 1, seed))
    return points[squared[:, 0].argsort(kind="stable")[:16]].astype(np.float64)


def near_a_border(points, centroids):
    """The share of the points in the middle fifth of the way to the next centroid."""
    squared = pairwise_squared_distances(points, centroids)
    own, following = squared.argsort(axis=1)[:, :2].T
    further = np.diff(np.sort(squared, axis=1)[:, :2])[:, 0]
    apart = pairwise_squared_distances(centroids, centroids)[own, following]
    return np.mean(further / apart < 0.2)  # 1 at the own centroid, 0 on the border


noise = np.random.default_rng(0).integers(-30, 31, (16, 30, 784))
copies = (training.images[:16, None].astype(int) + noise).clip(0, 255)
copies = copies.reshape(480, 784)
data = {
    "groups in the plane": groups,
    "the same without gaps": (middles + 5 * scatter).reshape(-1, 2),
    "noisy copies of 16 digits": copies,
    "480 digits": training.images[:480],
}
outcomes = {
    name: [ends_of(points, kind, range(20)) for kind in kinds]
    + [[kmeans(points, 16, init=neighbours(points, seed)) for seed in range(20)]]
    for name, points in data.items()
}
worst = [
    kmeans(training.images, k, init=neighbours(training.images, seed))
    for seed in range(5)
]
outcomes["all training digits"] = [*(runs[kind] for kind in kinds), worst]
data["all training digits"] = training.images
above, of_one, near_borders = {}, {}, {}
for name, by_start in outcomes.items():
    best = min((run for each in by_start for run in each), key=lambda run: run.inertia)
    means = np.array([np.mean([run.inertia for run in each]) for each in by_start])
    above[name] = means / best.inertia
    of_one[name] = kmeans(data[name], 1, seed=0).inertia / best.inertia
    near_borders[name] = near_a_border(data[name][:2000], best.centroids)
missed_by_neighbours = {
    name: (above[name][-1] - 1) / (of_one[name] - 1) for name in data
}
columns = zip(
    [*kinds, "16 neighbours"], np.transpose(list(above.values())), strict=True
)

# %% tags=["hide-input"]
show(
    Table(
        {"data": above}
        | dict(columns)
        | {"one cluster": of_one.values(), "near a border": near_borders.values()},
        heading="The mean inertia at the end, in multiples of the lowest that was found",
        formats=dict.fromkeys([*kinds, "16 neighbours", "one cluster"], ".3f")
        | {"near a border": ".0%"},
    )
)

# %%
of_copies = [
    sum(len(np.unique(run.assignments[::30])) == 16 for run in each)
    for each in outcomes["noisy copies of 16 digits"]
]
for kind, count in zip(kinds, of_copies, strict=False):
    print(f"{kind:<17} {count:>2} of 20 starts find the sixteen copied digits")

# %% [markdown]
# <details><summary>Answer</summary>
#
# With the groups, more than twenty times. With all digits, as near to it as any other start: less than half a
# hundredth.<!--true: above["groups in the plane"][-1] > 20 and above["all training digits"].max() < 1.005 and above["all training digits"][-1] < 1.001 * above["all training digits"][0]-->
#
# </details>
#
# Is half a hundredth little? With all digits in *one* cluster, the inertia is only 1.4<!--{of_one["all training digits"]:.1f}--> times the lowest. So take the way from one cluster
# down to the lowest: the neighbours miss a hundredth of it or less with all digits, and a tenth with the groups.<!--true: missed_by_neighbours["all training digits"] < 0.01 and 0.1 < missed_by_neighbours["groups in the plane"] < 0.13-->
#
# It is not the dimensions: with noisy copies, in 784 of them, no random start finds all sixteen either, and the cleverer the
# start, the more often it does.<!--true: of_copies[0] == 0 < of_copies[1] < of_copies[2]--> Nor is it that digits leave a clever rule nothing to find: the greedy start does begin
# lower, and the neighbours begin much higher than any.<!--true: np.mean([run.history[0] for run in worst]) > 1.3e9 * begins["random"]--> All end alike. It is the gaps: where they are filled, in the very same plane, even
# the neighbours end less than a fifth above the lowest.<!--true: above["the same without gaps"][:3].max() < 1.1 and above["the same without gaps"][-1] < 1.2-->
#
# A centroid goes to the mean of its points. Beyond a gap it has none, so it never gets there. Do the digits leave gaps? The last
# column tells, for the best clustering that was found. Walk from a point's own centroid to the next one. Is the point in the middle
# fifth of the way? With clear groups hardly any is. Of all digits nearly a quarter are, no fewer than where we filled the gaps.<!--true: max(near_borders["groups in the plane"], near_borders["noisy copies of 16 digits"]) < 0.01 and near_borders["the same without gaps"] < near_borders["all training digits"] and 0.22 < near_borders["all training digits"] < 0.25--> With only 480
# digits, both numbers lie between.<!--true: near_borders["groups in the plane"] < near_borders["480 digits"] < near_borders["all training digits"] and missed_by_neighbours["all training digits"] < missed_by_neighbours["480 digits"] < missed_by_neighbours["groups in the plane"]-->
# So no gap holds the centroids back, and they spread among the digits from wherever they begin.

# %% [markdown]
# **Quick question.** For which data does k-means++ help most?
#
# 1. Data with many dimensions.
# 2. Groups that lie far apart.
# 3. Data with very many points.
#
# <details><summary>Answer</summary>
#
# 1. Digits have 784 and gain nothing, the groups in the plane have two and gain much.
# 2. **Right.** Then a point far from all centroids is likely to be in a group that has none yet.
# 3. It looks at how far away the points are. Our digits are very many, and it hardly helps them.
#
# </details>

# %% [markdown]
# ## Does a lower inertia mean a lower error?
#
# The algorithm sees the inertia only. We care about the error. If the two go together, we can run many
# starts and keep the one with the lowest inertia. No labels needed. Most libraries offer just that. Below, each mark is one run.

# %% tags=["hide-input"]
show(
    dots(
        {kind: (ends[kind], errors[kind]) for kind in kinds},
        heading="Low inertia and low error go together, but loosely",
        xlabel="inertia (billions)",
        ylabel="error rate on the validation digits",
    )
)

# %%
correlations = {kind: np.corrcoef(ends[kind], errors[kind])[0, 1] for kind in kinds}
for kind in kinds:
    print(f"{kind:<17} correlation of inertia and error: {correlations[kind]:.2f}")

# %% [markdown]
# The *correlation* is 1 where all marks lie on a rising line, -1 on a falling one, and 0 where they neither rise nor fall.
# Here there is a connection in all three, but a loose one.<!--true: 0.4 < min(correlations.values()) < max(correlations.values()) < 0.9--> A dark spot is a heap: many starts
# end in the same place, or nearly. Of the two heaps at the lower left, one has the lowest inertia of
# all, 106.34<!--{ends["random"].min():.2f}-->, and an error of 0.316<!--{np.mean(random_errors[inertias < 106.36]):.3f}-->. The other, at 106.39<!--{np.median(inertias[(inertias > 106.36) & (inertias < 106.41)]):.2f}-->, has the lowest error, 0.303<!--{np.mean(random_errors[(inertias > 106.36) & (inertias < 106.41)]):.3f}-->.
#
# What does the connection buy in practice? Take the hundred random runs ten at a time, and of each ten keep the one with
# the lowest inertia. Then keep the best of all hundred.
#
# **Predict, then look.** By how much does the best of ten, chosen by inertia, lower the mean error? And the best of a hundred?

# %%
inertias = ends["random"]
tens = random_errors.reshape(10, 10)
by_inertia = tens[np.arange(10), inertias.reshape(10, 10).argmin(axis=1)]
by_labels = tens.min(axis=1)
best_of_all = random_errors[inertias.argmin()]
kept = {
    "all runs": random_errors,
    "best of ten by inertia": by_inertia,
    "best of a hundred by inertia": random_errors[[inertias.argmin()]],
    "best of ten by the labels": by_labels,
}

# %% tags=["hide-input"]
show(
    Table(
        {
            "which runs": list(kept),
            "how many": [len(each) for each in kept.values()],
            "mean error": [each.mean() for each in kept.values()],
            "least": [each.min() for each in kept.values()],
            "greatest": [each.max() for each in kept.values()],
        },
        heading="What more starts buy",
    )
)

# %% [markdown]
# <details><summary>Answer</summary>
#
# The best of ten by inertia gains about one point, and costs no labels.<!--true: round(100 * (random_errors.mean() - by_inertia.mean())) == 1--> The best of a hundred gains no more.<!--true: best_of_all > by_inertia.mean()-->
#
# </details>
#
# The best of a hundred is a single run, so let us not rely on it. We draw some of the hundred runs at random, keep the one with the
# lowest inertia, and do so a thousand times.

# %%
chance = np.random.default_rng(0)
of_lowest = {
    m: np.mean(
        [
            random_errors[some[inertias[some].argmin()]]
            for some in (chance.permutation(100)[:m] for _ in range(1000))
        ]
    )
    for m in (1, 2, 5, 10, 20, 50)
}
show(
    Table(
        {"best of": of_lowest, "mean error": of_lowest.values()},
        heading="The lowest inertia of so many starts",
    )
)

# %% [markdown]
# A few starts gain most, and after about ten the error even rises a little.<!--true: of_lowest[5] < of_lowest[2] < of_lowest[1] and of_lowest[10] < of_lowest[20] < of_lowest[50]--> The best of a hundred lies in the heap with the lowest inertia, and that is not the one with the lowest error.<!--true: inertias.min() < 106.36 and best_of_all > np.mean(random_errors[(inertias > 106.36) & (inertias < 106.41)])--> So here, beyond some number, further starts
# buy inertia, not fewer errors.
#
# If we could look at the errors, we would gain two points.<!--true: round(100 * (random_errors.mean() - by_labels.mean())) == 2--> (This flatters: we choose and measure on the same
# digits. See chapter 7.) What we really want, fewer mistakes, is not what the algorithm
# minimizes. That is the cost of learning without labels.

# %% [markdown]
# **Quick question.** Of a hundred starts you keep the one with the lowest inertia. What is sure?
#
# 1. It has the fewest errors of the hundred.
# 2. No clustering has a lower inertia.
# 3. No label was needed to choose it.
#
# <details><summary>Answer</summary>
#
# 1. Here it does not. The lowest error is in another heap.<!--true: inertias.argmin() != random_errors.argmin() and random_errors.min() < best_of_all-->
# 2. It is the lowest of a hundred. The lowest known lies below it, if only by a hair.<!--true: excess[lowest] > 0-->
# 3. **Right.** The inertia is made of pixels alone. That makes the rule cheap, and blind to errors.
#
# </details>

# %% [markdown]
# ## How far from the best known?
#
# Is the best of a hundred starts the best there is? Nobody can tell. But one can look for longer, and in a better way. So far we
# began anew each time. *Random swaps* keep what is good: one centroid, drawn at random, goes to a random digit, and k-means runs on
# from there. If that ends lower, we keep it, and swap again. So a centroid can leap over a gap, which no update lets it do.
#
# Such a search is behind the course's table of the lowest inertias known. (`make records` searches on; `make records-check`
# computes the whole table again.) As the arithmetic is exact, what it found fits into one line: the rows of the
# sixteen digits to start from. Whoever starts there ends in the same place, to the last bit.
#
# **Predict, then look.** How far above the lowest known inertia does a random start end, on average: a fifth of a percent, two
# percent, twenty? And does the clustering with the lowest inertia known read digits better than the others?

# %%
start_rows = {  # by the number of digits to train on, in the full edition and the sample
    45_000: "3795 13816 9428 29708 3255 35142 40209 42149 "
    "14666 36694 37693 15251 2069 33636 3296 41781",
    3_000: "2854 2686 1313 1147 1658 1859 1132 706 "
    "2513 2792 1283 1702 1796 1750 963 2570",
}
start = training.images[[int(row) for row in start_rows[len(training)].split()]]
best_known = kmeans(training.images, k, init=start)
best_known_error = holdout_error(best_known, training, validation)


def purity_of(run):
    return purity(contingency_table(training.labels, run.assignments, k))


excess = np.array([run.inertia / best_known.inertia - 1 for run in runs["random"]])
purities = np.array([purity_of(run) for run in runs["random"]])
lowest = excess.argmin()
show(
    Table(
        {
            "clustering": ["lowest known", "lowest of a hundred", "mean of a hundred"],
            "inertia above": [0.0, excess[lowest], excess.mean()],
            "error": [best_known_error, random_errors[lowest], random_errors.mean()],
            "purity": [purity_of(best_known), purities[lowest], purities.mean()],
        },
        heading="The lowest inertia known, and a hundred random starts",
        formats={"inertia above": ".5%"},
    )
)
show(
    histograms(
        {"random": 100 * excess},
        heading="How far above the lowest known inertia a random start ends",
        xlabel="inertia above the lowest known (%)",
        ylabel="share of runs",
    )
)
fewer = np.mean(random_errors < best_known_error)
print(f"{np.mean(excess < 1e-5):.0%} of the starts end less than 0.001 % above it")
print(f"{fewer:.0%} of the starts make fewer errors")

# %% [markdown]
# <details><summary>Answer</summary>
#
# A start ends about a fifth of a percent above, and none a whole percent.<!--true: 0.0015 < excess.mean() < 0.0025 and excess.max() < 0.01--> The lowest known makes about one error in a hundred digits
# less than the mean start.<!--true: round(100 * (random_errors.mean() - best_known_error)) == 1--> But it does not read best: some of the starts make fewer errors.<!--true: 0.05 < fewer < 0.4-->
#
# </details>
#
# All that searching has moved the inertia by less than a ten-thousandth of a percent below the best of our hundred
# starts.<!--true: 0 < excess[lowest] < 1e-6--> So we had been there already, or nearly. About one start in ten ends in this heap.<!--true: 0.05 < np.mean(excess < 1e-5) < 0.15--> That makes it easier to believe
# that there is not much below. (A proof it is not.) The error and the purity hardly change.<!--true: abs(best_known_error - random_errors[lowest]) < 0.001 and abs(purity_of(best_known) - purities[lowest]) < 0.001--> So the errors that are left are not for
# want of a lower inertia.
#
# ## What to remember
#
# - One run is an anecdote. Report the mean and the spread over many starts.
# - A missing digit is common with 16 clusters, and costs less than it seems.
# - k-means++, and still more its greedy form, finds groups with gaps between them. Digits have none, and it hardly helps.
#   Try things on *your* data.
# - Several starts, and the lowest inertia of them: a cheap improvement. But a low inertia and a low error are
#   not the same goal.
#
# ## Exercises
#
# Write code of your own in the [exercises of this chapter](exercises/06_random_initialisation.ipynb): how sure a mean is,
# what more starts buy, the chances of k-means++, and the whole of it, on the sixteen groups. Below each is a check
# that tells you how far you are. And to think about:
#
# 1. How many starts are needed to know the mean error to within 0.002? (Exercise 1 has what it takes.)
# 2. Find the pair of runs that agree least with each other, by the adjusted Rand index.
#
# ## Further reading
#
# - D. Arthur, S. Vassilvitskii: *k-means++: the advantages of careful seeding*, SODA (2007).
# - M. E. Celebi, H. A. Kingravi, P. A. Vela: *A comparative study of efficient initialization methods for
#   the k-means clustering algorithm*, Expert Systems with Applications 40 (2013).
# - P. Fränti: *Efficiency of random swap clustering*, Journal of Big Data 5:13 (2018).
# - L. Hubert, P. Arabie: *Comparing partitions*, Journal of Classification 2 (1985).
