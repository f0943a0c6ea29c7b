# %% [markdown]
# # 3. Lloyd's algorithm from scratch
#
# k-means asks for k centroids such that the points are near to them: the sum of the squared distances should be
# small. *Lloyd's algorithm* is the usual way to look for such centroids; it does not always find the best. Now we
# build it ourselves, in small steps that each do one thing. First with twenty animals, so that we can watch it happen
# on paper. Then with the digits. Then we ask what it makes small, and where it goes wrong although every step is right.
#
# **What you will learn**
#
# - Lloyd's algorithm, function by function;
# - what it makes smaller at each step, why it must come to an end, and where that end can be;
# - one equation about means, and what it explains;
# - which groups k-means cannot find, however often it starts;
# - two variations: medians in place of means, and stopping early.
#
# **What you need**: chapter 2.
#
# **Time**: 60 minutes.

# %% tags=["hide-input"]
from itertools import pairwise

import numpy as np

from mnist_kmeans import (
    contingency_table,
    kmeans,
    load_mnist,
    purity,
    random_centroids,
    repeat_inits,
)
from mnist_kmeans.plots import (
    Table,
    cells,
    cost_of_places,
    digits,
    dots,
    lines,
    lloyd_animation,
    planes,
    show,
)

# %% [markdown]
# ## Elephants and penguins
#
# Here are twenty animals. For each we know the weight in kilograms and the height in centimetres, but
# nobody has written down which animal it is.

# %%
weights = [2900, 3500, 3100, 4200, 3900, 4600, 5200, 5800, 2600, 4900]
weights += [5, 4, 6, 13, 23, 29, 35, 5, 12, 31]
heights = [228, 251, 243, 272, 262, 281, 301, 322, 219, 296]
heights += [44, 41, 69, 91, 104, 112, 117, 52, 88, 109]
animals = np.column_stack([weights, heights])
print("animals:", animals.shape)
nobody_knows = np.zeros(len(animals), dtype=int)

# %% tags=["hide-input"]
show(
    planes(
        [("twenty animals", animals, nobody_knows, None)],
        heading="Who is who?",
        xlabel="weight (kg)",
        ylabel="height (cm)",
    )
)

# %% [markdown]
# You see two groups at once. How could a computer? Lloyd's algorithm needs a start: k points of
# the data, drawn at random. We draw k = 2.
#
# Seeds 0 and 1 draw one animal of each kind. The first seed that draws two elephants
# is seed 2. That is no rare accident: it happens to about one seed in four.<!--true: [is_unkind(seed) for seed in range(3)] == [False, False, True] and 0.2 < np.mean([is_unkind(seed) for seed in range(1000)]) < 0.3-->


# %%
def is_unkind(seed):
    """Whether both first centroids are elephants."""
    return random_centroids(animals, 2, seed)[:, 0].min() > 1000


start = random_centroids(animals, 2, seed=2)
print(start)

# %% [markdown]
# ## Step 1: assign
#
# Each animal goes to the centroid that is nearest to it. The distance is the one from school: square the
# differences, add them up. (The square root would not change which one is smallest, so we leave it out.)


# %%
def squared_distance(points, centroid):
    """The squared distance of each point to one centroid."""
    return ((points - centroid) ** 2).sum(axis=1)


def assign(points, centroids):
    """The number of the nearest centroid of each point."""
    distances = [squared_distance(points, centroid) for centroid in centroids]
    return np.argmin(distances, axis=0)


assignments = assign(animals, start)
print(assignments)

# %% [markdown]
# ## Step 2: update
#
# Each centroid moves to the middle of the animals that were given to it: their mean. A cluster that got
# nobody has no mean. Its centroid stays where it is.


# %%
def mean(points):
    return points.mean(axis=0)


def update(points, assignments, centroids, middle=mean):
    """Each centroid moved to the middle of its cluster; an empty one stays."""
    moved = centroids.copy()
    for cluster in np.unique(assignments):
        moved[cluster] = middle(points[assignments == cluster])
    return moved


print(update(animals, assignments, start))

# %% [markdown]
# ## Repeat until nothing moves
#
# One *assign* and one *update* together are an *iteration*. For each iteration, `lloyd` keeps the clusters, and the
# centroids as they are before they move.
#
# **Predict, then look.** Both centroids stand among the elephants. Will one of them find the penguins? Which one?


# %%
def lloyd(points, centroids, middle=mean):
    """Assign and update until nothing moves; every (assignments, centroids)."""
    steps = []
    while True:
        assignments = assign(points, centroids)
        steps.append((assignments, centroids))
        moved = update(points, assignments, centroids, middle)
        if np.array_equal(moved, centroids):
            return steps
        centroids = moved


steps = lloyd(animals, start)

# %% tags=["hide-input"]
panels = [
    (f"iteration {number}", animals, assignments, centroids)
    for number, (assignments, centroids) in enumerate(steps, start=1)
]
show(
    planes(
        panels,
        heading="The penguins pull a centroid away from the elephants (centroids: crosses)",
        xlabel="weight (kg)",
        ylabel="height (cm)",
    )
)

# %% [markdown]
# <details><summary>Answer</summary>
#
# The lighter one. At first all the penguins go to it, too, and pull it down. Elephant after elephant changes over to the
# other, until the two kinds have parted.
#
# </details>
#
# Each panel shows the centroids at the start of the iteration, and the groups they form. Here is
# what happens between them. In *assign* points change colour and shape, and no centroid
# moves: a line leads from each point that changes to its new centroid, a dashed one to its old. The border between the
# cells lies where both centroids are equally far: a point changes when the border has passed over it. In *update* the
# centroids move, and no point changes.

# %% tags=["hide-input"]
show(
    lloyd_animation(
        animals,
        steps,
        heading="Lloyd's algorithm at work (centroids: crosses)",
        xlabel="weight (kg)",
        ylabel="height (cm)",
    )
)

# %% [markdown]
# <div class="live-plane" data-shape="herd" data-k="2" data-seed="2" data-instead="div[id^=lloyd-]" data-says="Here you can drag the centroids, too. Put them where the end should be hard to reach: do they find it?"></div>
#
# Now we see a new animal. Which group is it in? The one of the nearest centroid. So *classifying* with k-means is the
# *assign* step once more.

# %%
assignments, centroids = steps[-1]
newcomer = np.array([[2400, 205]])
group = assign(newcomer, centroids)[0]
print("a newcomer of 2400 kg and 205 cm goes to group", group)
print("some of that group:", animals[assignments == group][:3].tolist())

# %% tags=["hide-input"]
show(
    planes(
        [("newcomer: star", animals, assignments, centroids)],
        heading="A new animal joins the nearest group",
        xlabel="weight (kg)",
        ylabel="height (cm)",
        new_point=newcomer[0],
    )
)

# %% [markdown]
# Look at the numbers on the two axes: the weights differ by thousands, the heights by
# hundreds. So the distance between an elephant and a penguin is nearly all weight.<!--true: ((animals[:10, None, 0] - animals[10:, 0]) ** 2 / ((animals[:10, None] - animals[10:]) ** 2).sum(axis=2)).min() > 0.99--> (The groups do not show it: they are the
# same without the heights, and without the weights.<!--true: all(np.array_equal(lloyd(animals[:, [n]], random_centroids(animals, 2, 2)[:, [n]])[-1][0], lloyd(animals, random_centroids(animals, 2, 2))[-1][0]) for n in (0, 1))-->) With pixels we are lucky: all of them have the same unit. Not all have the same say,
# though. The fifth of the pixels that vary most from digit to digit (chapter 1 drew them) make up, on average, more than half of
# the squared distance between two digits.<!--true: np.sort(some.var(axis=0))[-157:].sum() > 0.5 * some.var(axis=0).sum()-->

# %% [markdown]
# **Quick question.** Somebody writes the weights in tonnes and leaves the heights in centimetres. What decides now
# who is nearest?
#
# 1. Still the weight: an elephant is so much heavier.
# 2. Both alike: a unit changes nothing about an animal.
# 3. Nearly always the height.
#
# <details><summary>Answer</summary>
#
# 1. In tonnes, no two weights differ by as much as 6. Some heights differ by more than 200.<!--true: np.ptp(animals[:, 0]) < 6000 and np.ptp(animals[:, 1]) > 200-->
# 2. It changes the numbers, and the distance knows nothing else. A unit is a choice of what counts how much.
# 3. **Right.** Squared differences add up, and those of the heights are now the large ones.
#
# </details>

# %% [markdown]
# ## The same code on digits
#
# Nothing in our functions says that a point has two coordinates. Let us hand them digits, with 784. Our
# code is simple but slow, so we take two thousand digits only.

# %%
training, validation = load_mnist().holdout()
some = training.images[:2000].astype(np.float64)
start = random_centroids(some, 10, seed=0)
steps = lloyd(some, start)
print(f"{len(some):,} digits, {len(steps)} iterations")

# %% [markdown]
# Two coordinates fit on paper, 784 do not. But a centroid of digits is a picture. So we can watch all ten
# move: each row below is a moment, the start or after so many updates, and each column is one centroid. Above it stands
# the commonest digit of the cluster that it forms at that moment, with its share.

# %%
moments = [0, 1, 2, 5, 10, len(steps) - 1]
few_labels = training.labels[:2000]
tables = [contingency_table(few_labels, assignments, 10) for assignments, _ in steps]
centroids_then, commonest = [], []
for moment in moments:
    centroids_then.extend(steps[moment][1])
    commonest += [
        f"{row.argmax()}: {row.max() / row.sum():.0%}" for row in tables[moment]
    ]

# %% tags=["hide-input"]
show(
    digits(
        centroids_then,
        commonest,
        heading="Ten single digits turn into ten means",
        columns=10,
        row_names=[
            "start",
            "1 update",
            *(f"{moment} updates" for moment in moments[2:]),
        ],
    )
)

# %% [markdown]
# The first update turns each sharp digit into the mean of many, and into a blur. Nothing later changes the pictures as much.<!--true: np.linalg.norm(steps[1][1] - steps[0][1]) > 3 * max(np.linalg.norm(new - old) for (_, old), (_, new) in pairwise(steps[1:]))--> Not every centroid
# stays what it was. The tenth column begins as a nine and becomes a zero. The first, a five, does, too.<!--true: few_labels[(some == start[0]).all(axis=1)].tolist() == [5] and few_labels[(some == start[9]).all(axis=1)].tolist() == [9] and {commonest[i][0] for i in (0, 9, -10, -1)} == {"0"}-->
# The sixth is a seven from start to end. Remember it.<!--true: {commonest[i + 5][0] for i in range(0, 60, 10)} == {"7"}-->
#
# Why does a nine become a zero? More zeros than nines are near it from the start, 43 %<!--{commonest[9][3:]}--> of its cluster. Are they the reason? We
# take away these zeros, and run again. And does every centroid become what is commonest near its start? We count over twenty
# starts. From each that does among others we take away those digits. As a control, we take away as many of that kind elsewhere.
#
# **Predict, then look.** Of a hundred centroids that begin among digits of another kind, how many end with the name of that kind?


# %%
def kinds(assignments, labels=few_labels):
    """The commonest digit of each of ten clusters."""
    return contingency_table(labels, assignments, 10).argmax(axis=1)


def ends_without(gone, start):
    """What each centroid ends as when these digits are gone."""
    run = kmeans(training.images[:2000][~gone], 10, init=start)
    return kinds(run.assignments, few_labels[~gone])


zeros_near = (steps[0][0] == 9) & (few_labels == 0)
print("without these zeros the tenth becomes a", ends_without(zeros_near, start)[9])
first_ones = [random_centroids(some, 10, seed) for seed in range(20)]
own = [few_labels[assign(each, some)] for each in first_ones]
at_first = [assign(some, each) for each in first_ones]
begin = np.ravel([kinds(each) for each in at_first])
twenty = repeat_inits(training.images[:2000], 10, range(20))
end = np.ravel([kinds(run.assignments) for run in twenty])
foreign = begin != np.ravel(own)
fates = {
    "as what is commonest near its start": end == begin,
    "as what it is itself": end == np.ravel(own),
    "as something else": (end != begin) & (end != np.ravel(own)),
}
show(
    Table(
        {
            "a centroid ends": list(fates),
            "of those among their own": [
                np.count_nonzero(fate & ~foreign) for fate in fates.values()
            ],
            "of those among others": [
                np.count_nonzero(fate & foreign) for fate in fates.values()
            ],
        },
        heading="Two hundred centroids of twenty starts",
    )
)
without_near, without_far = [], []
for place in np.flatnonzero(foreign & (end == begin)):
    seed, cluster = divmod(place, 10)
    near = at_first[seed] == cluster
    same = few_labels == begin[place]
    those, far = near & same, ~near & same
    far &= np.cumsum(far) <= those.sum()
    for gone, found in [(those, without_near), (far, without_far)]:
        found.append(ends_without(gone, first_ones[seed])[cluster] == begin[place])
print(
    f"{len(without_near)} became what is commonest near: {sum(without_near)} without those,"
)
print(f"and {sum(without_far)} without as many elsewhere")

# %% [markdown]
# <details><summary>Answer</summary>
#
# About two in three, and hardly any remains what it is itself.<!--true: 0.6 < (end == begin)[foreign].mean() < 0.72 and (end == np.ravel(own))[foreign].mean() < 0.1--> With the names dealt out by chance it would be one in eight.<!--true: 0.1 < np.bincount(begin[foreign], minlength=10) @ np.bincount(end[foreign], minlength=10) / foreign.sum() ** 2 < 0.15-->
#
# </details>
#
# So the zeros are the reason: without them, the nine becomes a two.<!--true: ends_without(zeros_near, start)[9] == 2--> Of 44<!--{len(without_near)}--> such centroids, 42<!--{without_near.count(False)}--> end
# otherwise without those near, and 6<!--{without_far.count(False)}--> without as many elsewhere. But the kind near the start is a tendency, no rule. Even
# among its own, one centroid in three or four ends with another name.<!--true: 1 / 4 < (end != begin)[~foreign].mean() < 1 / 3-->
#
# ## One equation
#
# Take some numbers $x$, their mean $m$, and any place $c$. Square how far each number is from $c$, and take the mean. At
# $c = m$ this is called the *spread* (or variance). Anywhere else it is more, by the squared distance from $c$ to $m$:
#
# $$\text{mean of } (x - c)^2 \;=\; (m - c)^2 \;+\; \text{spread}.$$
#
# Here are the weights of our twenty animals, as small strokes on the axis. For each place $c$ the curve shows the mean
# squared distance to it.

# %% tags=["hide-input"]
show(
    cost_of_places(
        animals[:, 0] / 1000,
        heading="The cheapest place is the mean; elsewhere the squared distance to it is added",
        xlabel="place c (tonnes)",
        ylabel="mean squared distance to c",
    )
)

# %% [markdown]
# The lowest place is the mean, 2 tonnes, where no animal is. And with $c = 0$ the equation tells what the squares themselves
# are: *mean of the squares = square of the mean + spread*.
#
# A digit has 784 coordinates. Add up the equation over all of them, and it holds for images. Then $|x|^2$, the squared
# length of an image, is the sum of its squared pixels, and
#
# $$\text{mean of } |x|^2 \;=\; |m|^2 \;+\; \text{spread}.$$
#
# **Predict, then look.** A mean image is a blur: it is shorter than nearly all of the images that it is made of.<!--true: 0 < max(((part**2).sum(axis=1) < length).mean() for part, length in zip(parts.values(), of_mean)) < 0.06--> How much of their
# squared length will be left in the mean of all digits? More, or less, in the mean of the ones alone?

# %%
parts = {"all": some, **{f"{n}": some[few_labels == n] for n in range(10)}}
squared_length = [(part**2).sum(axis=1).mean() for part in parts.values()]
of_mean = [(part.mean(axis=0) ** 2).sum() for part in parts.values()]
spread = [part.var(axis=0).sum() for part in parts.values()]
kept = np.divide(of_mean, squared_length)

# %% tags=["hide-input"]
show(
    Table(
        {
            "digits": list(parts),
            "mean of |x|²": squared_length,
            "|mean|²": of_mean,
            "spread": spread,
            "left in the mean": kept,
        },
        heading="Where the squared length of two thousand digits goes",
        formats={
            **dict.fromkeys(["mean of |x|²", "|mean|²", "spread"], ",.0f"),
            "left in the mean": ".0%",
        },
    )
)

# %% [markdown]
# <details><summary>Answer</summary>
#
# Of all digits 39 %<!--{of_mean[0] / squared_length[0]:.0%}--> is left, of each single kind between 44 %<!--{min(kept[1:]):.0%}--> and 56 %<!--{max(kept):.0%}-->. What averaging loses is the spread, exactly.<!--true: np.allclose(np.add(of_mean, spread), squared_length, rtol=1e-12)-->
# The fives lose most; the zeros and the ones keep most.<!--true: kept[1:].argmin() == 5 and set(kept[1:].argsort()[-2:].tolist()) == {0, 1}--> The ones have by far the smallest spread, and they are also the
# shortest.<!--true: spread[2] == min(spread) and spread[2] < 0.7 * sorted(spread)[1] and squared_length[2] == min(squared_length)-->
#
# </details>
#
# ## What falls at each step
#
# Add up the squared distances of all points to their centroids. This sum is called the *inertia*. Neither
# step can raise it:
#
# - *assign* gives each point to the nearest centroid, so no distance grows;
# - *update* goes to the mean, and by our equation no other place has a smaller sum of squared distances. For a cluster of $n$
#   points it saves $n\, |m - c|^2$.
#
# There are only so many ways to share out the points among the clusters. Each iteration lowers the inertia or
# changes nothing. So no grouping can come up twice, and the loop must end.


# %%
def inertia(points, assignments, centroids):
    """The sum of the squared distances of the points to their own centroids."""
    return ((points - centroids[assignments]) ** 2).sum()


fall = [inertia(some, assignments, centroids) for assignments, centroids in steps]
saved_by_update = []
for (assignments, old), (_, new) in pairwise(steps):
    counts = np.bincount(assignments, minlength=10)
    saved_by_update.append((counts * ((new - old) ** 2).sum(axis=1)).sum())
saved_by_assign = -np.diff(fall) - saved_by_update
print("it never rises:", bool(np.all(np.diff(fall) <= 0)))
rows = [0, 1, 2, 4, 9, 19]

# %% tags=["hide-input"]
show(
    Table(
        {
            "iteration": [row + 1 for row in rows],
            "inertia": [fall[row] / 1e6 for row in rows],
            "its update saves": [saved_by_update[row] / 1e6 for row in rows],
            "the next assign saves": [saved_by_assign[row] / 1e6 for row in rows],
        },
        heading="Who lowers the inertia? (millions)",
        formats={
            "inertia": ",.1f",
            "its update saves": ",.1f",
            "the next assign saves": ",.1f",
        },
    )
)
show(
    lines(
        {"inertia": (range(1, len(fall) + 1), np.array(fall) / 1e9)},
        heading="The inertia falls, at first fast, then slowly",
        xlabel="iteration",
        ylabel="inertia (billions)",
    )
)

# %% [markdown]
# The first update saves most by far: single digits are costly centroids, and means are cheap.<!--true: saved_by_update[0] > 0.8 * (fall[0] - fall[-1])--> After that *update* goes on
# to save more than *assign*, in this run about twice as much.<!--true: 1.8 < sum(saved_by_update[1:]) / sum(saved_by_assign[1:]) < 2.4-->
#
# The equation has one more use. Put each digit where its centroid is. Of the spread of all digits, that of these
# centroids is left; what is lost is the inertia per digit:

# %%
assignments, centroids = steps[-1]
between_clusters = centroids[assignments].var(axis=0).sum()
within_clusters = fall[-1] / len(some)
print(f"spread of all digits:           {some.var(axis=0).sum():>9,.0f}")
print(f"between the clusters:           {between_clusters:>9,.0f}")
print(f"within them, inertia per digit: {within_clusters:>9,.0f}")

# %% [markdown]
# The two add up. Ten centroids keep about a quarter of the spread; three quarters are what is different within the clusters.<!--true: np.isclose(between_clusters + within_clusters, some.var(axis=0).sum(), rtol=1e-12) and 0.2 < between_clusters / some.var(axis=0).sum() < 0.3-->

# %% [markdown]
# **Quick question.** You put one more centroid anywhere, and then only *assign*. What happens to the inertia?
#
# 1. It falls or stays.
# 2. It falls.
# 3. It may rise, if the place is bad.
#
# <details><summary>Answer</summary>
#
# 1. **Right.** Whoever is nearer to the new centroid changes over, and the others stay where they are. No distance
#    grows.
# 2. If the new centroid is far from all points, nobody changes over, and nothing falls.
# 3. Nobody has to go to a bad place: *assign* takes the nearest centroid.
#
# </details>

# %% [markdown]
# ## Where it ends
#
# It ends, but where? In a place from which neither step leads on. That is a *local* optimum. From another
# start we may come to rest elsewhere, better or worse. Here are, in the plane, four groups of sixty points,
# and k = 4. Each centroid has a *cell*: all places that are nearer to it than to any other. The border of two cells is
# a straight line, half-way between two centroids. (k-means does not know the groups. Colours and shapes show them to *us*.)
#
# **Predict, then look.** The groups are round, equally large, and far apart. In how many of a hundred starts will each group
# get a centroid of its own?


# %%
def blobs(*groups, seed=0):
    """Random points, (n, 2) whole numbers: for each group n, its middle, its width."""
    chance = np.random.default_rng(seed)
    drawn = [middle + width * chance.normal(size=(n, 2)) for n, middle, width in groups]
    return np.vstack(drawn).round().astype(int)


four = blobs(
    (60, (0, 0), 100), (60, (1200, 0), 100), (60, (0, 800), 100), (60, (1200, 800), 100)
)
of_four = np.repeat(range(4), 60)
runs = repeat_inits(four, 4, range(100))

# %% tags=["hide-input"]
show(
    cells(
        [
            (
                f"seed {seed}\ninertia {runs[seed].inertia / 1e6:.1f} million",
                four,
                of_four,
                runs[seed].centroids,
            )
            for seed in (0, 1)
        ],
        heading="Four groups, two starts, two ends",
        xlabel="x",
        ylabel="y",
    )
)

# %%
found_all = [
    purity(contingency_table(of_four, run.assignments, 4)) > 0.95 for run in runs
]
print("starts that find all four groups:", sum(found_all), "of", len(runs))

stuck = runs[1].centroids
one_of_two = np.argmin(((stuck - (1200, 100)) ** 2).sum(axis=1))
on_the_way = []
for share in np.linspace(0, 1, 101):
    carried = stuck.copy()
    carried[one_of_two] += share * (np.array([0, 800]) - stuck[one_of_two])
    on_the_way.append(inertia(four, assign(four, carried), carried) / 1e6)
print(
    f"one centroid carried over from right to left: inertia {on_the_way[0]:.1f}, "
    f"at most {max(on_the_way):.1f}, at the end {on_the_way[-1]:.1f} million"
)

# %% [markdown]
# <details><summary>Answer</summary>
#
# In fewer than half.<!--true: 40 < sum(found_all) < 50 and found_all[0] and not found_all[1]--> Seeds 0 and 1, the first two, show both cases.
#
# </details>
#
# On the right two centroids share one group, and one has to serve two. You see at once what to do: one of the two should go
# over to the other side. But neither step can do it. Each point is with its nearest centroid, and each centroid is in the
# middle of its points. The last line carries one of them over, while the others stay: on the way the inertia rises, before it
# falls far below.<!--true: max(on_the_way) > 1.02 * on_the_way[0] > 1.5 * on_the_way[-1]--> Lloyd's algorithm goes downhill only, so it never gets over this hill. The remedy
# is to start again, and keep the run with the lowest inertia. Chapter 6 is about that.
#
# <div class="live-plane" data-shape="four" data-k="4" data-seed="1" data-says="The start on the right of the picture, seed 1. Run it to its end. Then carry one of the two centroids that share a group over to where one has to serve two, and watch the inertia."></div>
#
# The digits have such places, too. Four starts with a thousand digits:

# %%
few = some[:1000]
seen = [lloyd(few, random_centroids(few, 10, seed)) for seed in range(4)]
ends = [inertia(few, *each[-1]) for each in seen]

# %% tags=["hide-input"]
show(
    Table(
        {
            "seed": range(4),
            "iterations": [len(each) for each in seen],
            "inertia (billions)": [end / 1e9 for end in ends],
        },
        heading="Four starts with a thousand digits",
    )
)

# %% [markdown]
# Four starts, four ends, 1.3 %<!--{max(ends) / min(ends) - 1:.1%}--> apart.<!--true: len(set(ends)) == 4-->

# %% [markdown]
# **Quick question.** A run has come to its end. What is sure?
#
# 1. No other clustering has a lower inertia.
# 2. One more iteration would change nothing.
# 3. Each group of points has a centroid.
#
# <details><summary>Answer</summary>
#
# 1. Seed 1 has come to its end, too, and seed 0 has found a lower inertia for the same points.<!--true: runs[0].inertia < runs[1].inertia-->
# 2. **Right.** Each point is with its nearest centroid, and each centroid is the mean of its points. That is all that
#    an end promises.
# 3. With seed 1, two centroids share a group and another one serves two. k-means does not know the groups.
#
# </details>

# %% [markdown]
# ## Inertia is not meaning
#
# A lower inertia is what k-means looks for. Is it what *we* look for? A bad result can have two causes: a bad end, or the wrong
# goal. So far it was the end. Now we take the best of twenty starts, on points whose groups are not all round, or not
# equally wide.
#
# **Predict, then look.** One wide group beside two narrow ones; two long groups side by side. Where will k-means cut?

# %%
apart = (40, (380, 100), 30), (40, (380, -100), 30)
long = np.array([800, 100])
worlds = {
    "one wide group": blobs((200, (0, 0), 120), *apart),
    "two long groups": blobs((150, (0, 300), long), (150, (0, -300), long)),
    "control: equally narrow": blobs((200, (0, 0), 30), *apart),
    "control: long no more": blobs((150, (0, 300), 100), (150, (0, -300), 100)),
    "control: wide, but as few": blobs((40, (0, 0), 120), *apart),
    "control: long, but far apart": blobs(
        (150, (0, 1000), long), (150, (0, -1000), long)
    ),
}
in_two = np.repeat(range(2), 150)
true_groups = [
    *(np.repeat(range(3), [200, 40, 40]), in_two),
    *(np.repeat(range(3), [200, 40, 40]), in_two),
    *(np.repeat(range(3), 40), in_two),
]
best_runs = [
    min(repeat_inits(points, groups.max() + 1, range(20)), key=lambda run: run.inertia)
    for points, groups in zip(worlds.values(), true_groups, strict=True)
]

# %% tags=["hide-input"]
panels = [
    (name.replace(": ", ":\n"), points, groups, run.centroids)
    for (name, points), groups, run in zip(
        worlds.items(), true_groups, best_runs, strict=True
    )
]
show(
    cells(
        panels[::2] + panels[1::2],
        heading="Where the best of twenty starts cuts",
        xlabel="x",
        ylabel="y",
        columns=3,
    )
)

# %% [markdown]
# It cuts the wide group in two and throws the narrow ones together. It cuts the long groups across. Was it bad luck
# once more? We compare the inertia that it found with that of the true groups, each with its own mean as its centroid. And we run
# once more from the best start of all: from these true means.

# %%
true_means = [
    update(points, groups, np.zeros((groups.max() + 1, 2)))
    for points, groups in zip(worlds.values(), true_groups, strict=True)
]
truths = [
    inertia(points, groups, means)
    for points, groups, means in zip(
        worlds.values(), true_groups, true_means, strict=True
    )
]
from_truth = [
    kmeans(points, len(means), init=means)
    for points, means in zip(worlds.values(), true_means, strict=True)
]
purities, from_truth_purities = (
    [
        purity(contingency_table(groups, run.assignments, groups.max() + 1))
        for groups, run in zip(true_groups, runs_found, strict=True)
    ]
    for runs_found in (best_runs, from_truth)
)
above = []
for seed in range(20):
    points = blobs((150, (0, 300), long), (150, (0, -300), long), seed=seed)
    run = kmeans(points, 2, init=update(points, in_two, np.zeros((2, 2))))
    lowest = min(each.inertia for each in repeat_inits(points, 2, range(5)))
    above.append(run.inertia / lowest)
kept_long = [ratio for ratio in above if ratio > 1.5]
print(
    f"twenty draws of the long groups, from their true means: kept in {len(kept_long)}, "
    f"with {min(kept_long):.2f} to {max(kept_long):.2f} times the lowest inertia"
)

# %% tags=["hide-input"]
show(
    Table(
        {
            "points": list(worlds),
            "true groups": [truth / 1e6 for truth in truths],
            "found": [run.inertia / 1e6 for run in best_runs],
            "purity": purities,
            "from the true means": [run.inertia / 1e6 for run in from_truth],
            "its purity": from_truth_purities,
        },
        heading="The inertia of the true groups, and of those that k-means finds (millions)",
        formats={
            "true groups": ".2f",
            "found": ".2f",
            "purity": ".2f",
            "from the true means": ".2f",
            "its purity": ".2f",
        },
    )
)

# %% [markdown]
# <details><summary>Answer</summary>
#
# No bad luck: what k-means found *has* the lower inertia.<!--true: all(run.inertia < 0.9 * truth for run, truth in zip(best_runs[:2], truths[:2]))--> The true groups would be a worse answer to its question. In the controls
# we change one thing: the groups are equally narrow, or round, or the wide one has no more points than the others, or the long ones are
# farther apart. Each time the best run finds the groups, but for a few points at a border.<!--true: purities[2] == purities[3] == purities[5] == 1 and 0.9 < purities[4] < 1-->
#
# </details>
#
# From the true means, the long groups are left again. That is a matter of the points: in eleven of twenty draws they are left, in
# nine they are kept,<!--true: len(above) == 20 and len(kept_long) == 9 and max(set(above) - set(kept_long)) < 1.01--> with nearly twice the inertia.<!--true: 1.8 < min(kept_long) < max(kept_long) < 2.1--> The wide one stays nearly whole, again at a higher inertia. Whoever keeps the
# lowest throws both away.<!--true: from_truth_purities[1] == purities[1] and from_truth_purities[0] > 0.9 and from_truth[0].inertia > 1.1 * best_runs[0].inertia--> So a better start is no remedy: k-means has another goal.
#
# Being wide is not enough to be cut: points count, too. Think of a group with one centroid. How much would a second one
# save there? The lowest inertia is where it saves most.


# %%
def second_saves(points):
    """What the second centroid saves of the inertia, in millions."""
    one, two = (
        min(run.inertia for run in repeat_inits(points, k, range(5))) for k in (1, 2)
    )
    return (one - two) / 1e6


one_groups = {
    f"{size:,} points of width {width}": blobs((size, (0, 0), width))
    for width in (120, 30)
    for size in (40, 200, 2000)
}
one_groups["the two narrow groups, as one"] = worlds["one wide group"][200:]
farther = (40, (380, 400), 30), (40, (380, -400), 30)
one_groups["the same, but farther apart"] = blobs(*farther)
saves = {name: second_saves(points) for name, points in one_groups.items()}
found_farther = []
for size, width in [(200, 120), (2000, 30)]:
    true = np.repeat(range(3), [size, 40, 40])
    for seed in range(20):
        points = blobs((size, (0, 0), width), *farther, seed=seed)
        run = min(repeat_inits(points, 3, range(5)), key=lambda run: run.inertia)
        found_farther.append(purity(contingency_table(true, run.assignments, 3)))
print(
    f"narrow groups farther apart: least purity of forty draws {min(found_farther):.2f}"
)
show(
    Table(
        {"a group": saves, "the second centroid saves": saves.values()},
        heading="Where is a second centroid worth most? (millions)",
        formats={"the second centroid saves": ".2f"},
    )
)

# %% [markdown]
# The narrow groups keep two centroids as long as nobody offers more than they do. Two hundred points of
# width 120 do, forty do not. And two thousand points do so even if they are narrow.<!--true: saves["200 points of width 120"] > saves["the two narrow groups, as one"] > saves["40 points of width 120"] and saves["2,000 points of width 30"] > saves["the two narrow groups, as one"] > saves["200 points of width 30"]--> But farther apart, the
# narrow groups outbid both, and in each of forty draws all three groups are found, but for a few points at a border.<!--true: saves["the same, but farther apart"] > max(saves["200 points of width 120"], saves["2,000 points of width 30"]) and min(found_farther) > 0.95-->
#
# And long groups? How far apart must they be? We draw each pair of groups twenty times anew.

# %%
distances = (600, 1000, 1200, 1400, 2000)
purity_apart = []
for distance in distances:
    purity_apart.append([])
    for seed in range(20):
        groups = (150, (0, distance / 2), long), (150, (0, -distance / 2), long)
        points = blobs(*groups, seed=seed)
        run = min(repeat_inits(points, 2, range(5)), key=lambda run: run.inertia)
        table = contingency_table(in_two, run.assignments, 2)
        purity_apart[-1].append(purity(table))

# %% tags=["hide-input"]
show(
    Table(
        {
            "apart": distances,
            "found": [sum(each > 0.95 for each in found) for found in purity_apart],
            "least pure": [min(found) for found in purity_apart],
            "purest": [max(found) for found in purity_apart],
        },
        heading=f"Twenty pairs of groups, about {np.ptp(points[:150, 0]):,} long: how many are found?",
        formats={"apart": ",", "least pure": ".2f", "purest": ".2f"},
    )
)

# %% [markdown]
# Much less than they are long. At 1,000 all are cut across, at 2,000 all are found; in between, the draw of the points decides.<!--true: max(purity_apart[1]) < 0.7 and min(purity_apart[4]) > 0.95 and all(min(each) < 0.7 and max(each) > 0.95 for each in purity_apart[2:4]) and np.ptp(points[:150, 0]) > 2 * 2000-->
#
# That is the nature of k-means: it does best with round groups of about the same width and size, well apart. What is much wider or
# much larger is cut where others lie close together, and so are long groups, across. Other coordinates can help (question 4, chapter 10), or another method (chapter 11).
#
# And the digits? Go back to the sixth column, the seven. In the picture above its share rises to 76 %<!--{commonest[25][3:]}-->, and then it falls to
# 60 %<!--{commonest[55][3:]}-->, while the inertia falls all the time. Since the second update 38<!--{moved_out[7]}--> sevens have left it
# for other clusters and 7<!--{moved_in[7]}--> have come in; of the nines, 5<!--{moved_out[9]}--> have left and 31<!--{moved_in[9]}--> have come in. That is cheaper. The inertia knows nothing of sevens. And the ten clusters together?

# %%
was_in, is_in = steps[2][0] == 5, steps[-1][0] == 5
moved_out = np.bincount(few_labels[was_in & ~is_in], minlength=10)
moved_in = np.bincount(few_labels[is_in & ~was_in], minlength=10)
# %% tags=["hide-input"]
show(
    Table(
        {
            "updates": moments,
            "inertia (billions)": [fall[moment] / 1e9 for moment in moments],
            "purity of all": [purity(tables[moment]) for moment in moments],
            "share of sevens in the sixth": [
                tables[moment][5, 7] / tables[moment][5].sum() for moment in moments
            ],
        },
        heading="The inertia falls; what happens to the meaning?",
        formats={"purity of all": ".3f", "share of sevens in the sixth": ".0%"},
    )
)

# %% [markdown]
# All ten together do become purer on the way. But once the runs have ended, which one is best? We run twenty starts with
# all training digits, by the package's `kmeans`.
#
# **Predict, then look.** Will the runs with the lowest inertia have the purest clusters?

# %%
whole = repeat_inits(training.images, 10, range(20))
whole_inertia = np.array([run.inertia for run in whole]) / 1e9
whole_purity = [
    purity(contingency_table(training.labels, run.assignments, 10)) for run in whole
]

# %% tags=["hide-input"]
show(
    dots(
        {"twenty starts": (whole_inertia, whole_purity)},
        heading="The lowest inertia is not the purest, nor is the highest",
        xlabel="inertia (billions)",
        ylabel="purity",
    )
)

# %% [markdown]
# <details><summary>Answer</summary>
#
# No. The run with the lowest inertia is four points less pure than the purest, and less pure than the average run.<!--true: 0.035 < max(whole_purity) - whole_purity[whole_inertia.argmin()] < 0.045 and whole_purity[whole_inertia.argmin()] < np.mean(whole_purity)-->
#
# </details>
#
# Nor is the run with the highest inertia the purest: of these twenty it is the least pure.<!--true: whole_inertia.argmax() == np.argmin(whole_purity)--> So the inertia is a means, not an end: it does
# not know what a digit is. (So it is with ten clusters, on pixels. On the edges of chapter 1 the tightest groups were the best, and with
# sixteen clusters chapter 6 finds in it a guide, if a rough one.)

# %% [markdown]
# **Quick question.** k-means cuts two long groups across. What can help?
#
# 1. More starts, and the lowest inertia of them.
# 2. More iterations.
# 3. Other coordinates, in which the groups are not long.
#
# <details><summary>Answer</summary>
#
# 1. The true groups have the higher inertia, so this rule never chooses them.
# 2. All runs have come to their end. One more iteration changes nothing.
# 3. **Right.** In the control the groups are long no more, and k-means finds them.<!--true: purities[3] == 1-->
#
# </details>

# %% [markdown]
# ## Aside: stop early
#
# One can cap the iterations, say at 100. What do we lose by stopping earlier?

# %%
caps = [2, 5, 10, 20, len(steps) - 1]

# %% tags=["hide-input"]
show(
    Table(
        {
            "iterations": caps,
            "inertia above the end": [fall[cap] / fall[-1] - 1 for cap in caps],
            "digits not yet where they end": [
                np.count_nonzero(steps[cap][0] != steps[-1][0]) for cap in caps
            ],
            "purity": [purity(tables[cap]) for cap in caps],
        },
        heading="What a cap would cost",
        formats={"inertia above the end": ".2%", "purity": ".3f"},
    )
)

# %% [markdown]
# The inertia is nearly there after a few iterations<!--true: fall[5] < 1.02 * fall[-1]-->, while many digits are not yet in their last
# cluster.<!--true: np.count_nonzero(steps[5][0] != steps[-1][0]) > 300--> The last ten add nothing to the purity.<!--true: purity(tables[20]) > purity(tables[-1])--> Except where we say so, we run to the end: then
# there is no cap to argue about.
#
# ## Aside: medians
#
# A mean is drawn away by a single wild value. A *median*, the value in the middle, hardly moves. An eleventh elephant
# comes, and somebody mistypes its weight, 41,000 kg for 4,100:<!--true: mistyped[-1, 0] == 41_000-->

# %%
herd = animals[:10].astype(np.float64)
mistyped = np.vstack([herd, [41_000, 270]])
middles = {"mean": np.mean, "median": np.median}

# %% tags=["hide-input"]
show(
    Table(
        {
            "middle": list(middles),
            "of ten (kg)": [middle(herd[:, 0]) for middle in middles.values()],
            "and the mistyped one": [
                middle(mistyped[:, 0]) for middle in middles.values()
            ],
        },
        heading="One wild value",
        formats={"of ten (kg)": ",.0f", "and the mistyped one": ",.0f"},
    )
)

# %% [markdown]
# Replace the mean by the median in *update* and you have k-medians. (To the letter, *assign* would also
# measure by absolute differences instead of squares.) Our `update` takes the middle as an argument, so we can try it. The median
# makes absolute differences small, not squares, so our proof does not hold for it, and nothing promises that this loop ends. We
# run eight iterations.


# %%
def median(points):
    return np.median(points, axis=0)


of_means = of_medians = random_centroids(few, 10, seed=0)
for _ in range(8):
    of_means = update(few, assign(few, of_means), of_means)
    of_medians = update(few, assign(few, of_medians), of_medians, median)

# %% tags=["hide-input"]
show(
    digits(
        np.vstack([of_means, of_medians]),
        heading="The same start, eight iterations: medians are sharper than means",
        columns=10,
        row_names=["means", "medians"],
    )
)

# %% [markdown]
# Medians give sharper pictures: fewer of their pixels are grey, neither nearly blank nor nearly full.<!--true: ((of_medians > 25) & (of_medians < 230)).sum() < 0.8 * ((of_means > 25) & (of_means < 230)).sum()--> A pixel is inked only
# if at least half of the members have ink there.
#
# ## The package takes the same steps
#
# The package's `kmeans` does what our `lloyd` does, faster. Does it come to the same end?

# %%
ours_assigned, our_centroids = steps[-1]
theirs = kmeans(training.images[:2000], 10, init=start)
print("iterations:       ", len(steps), "and", theirs.n_iter)
print("equal assignments:", np.array_equal(ours_assigned, theirs.assignments))
print(
    "largest difference of a centroid:",
    f"{np.abs(our_centroids - theirs.centroids).max():.6f} grey levels",
)

# %% [markdown]
# The same clusters, digit for digit.<!--true: np.array_equal(ours_assigned, theirs.assignments) and len(steps) == theirs.n_iter--> The tiny difference is intended: the package rounds each mean to a fixed grid of
# fractions, so that nothing else needs rounding, and its results are equal in every bit on your computer and on ours. Chapter 8
# tells that story. From here on we use the package, on all training digits.

# %%
clustering = kmeans(training.images, 10, seed=0)

# %% tags=["hide-input"]
show(
    digits(
        clustering.centroids,
        heading="Ten centroids of all the training digits: more digits, smoother means",
        columns=5,
    )
)

# %% [markdown]
# The inertia is 23<!--{clustering.inertia / fall[-1]:.0f}--> times that of our two thousand digits, because it is a sum over 22.5<!--{len(training) / len(some):.1f}--> times as many. Per digit it
# is 2.5<!--{clustering.inertia / len(training) / 1e6:.1f}--> million in both.<!--true: round(fall[-1] / len(some) / 1e6, 1) == 2.5--> And a cap of 100 iterations would have cut this run off, after 118<!--{clustering.n_iter}-->.<!--true: clustering.n_iter > 100-->
#
# > **What the articles found.** [Article B](https://johnloeber.com/docs/kmeans.html) builds the algorithm as this chapter
# > does, in small functions, with elephants and penguins first: twenty animals, and a new one that gets the label of the group it falls
# > in. Its names for the steps are `form_clusters` and `move_centroids`; ours are *assign* and *update*. Where a cluster gets no
# > points, its code stops with an error; ours leaves the centroid in place. It mentions medians, a cap of 100 iterations and
# > k-means++ (chapter 6) as variations, and says that the end is only a local optimum.
#
# ## What to remember
#
# - Lloyd's algorithm is a loop of two steps, *assign* and *update*. Neither can raise the inertia, so it ends.
# - Mean of the squares = square of the mean + spread. So the mean is the cheapest place, and a blurred mean is short.
# - It ends in a local optimum, which depends on the start.
# - k-means looks for round groups of about the same width and size. Where the groups are not like that, a lower inertia can mean
#   worse groups.
# - Decide what an empty cluster does before it happens.
#
# ## Exercises
#
# Write code of your own in the [exercises of this chapter](exercises/03_lloyd_from_scratch.ipynb): kilograms and
# centimetres, the whole loop with a cap, an empty cluster that starts anew, one point at a time. Below each is a check
# that tells you how far you are. And to think about:
#
# 1. Put both first centroids into the same place. What happens, and which rule decides it?
# 2. When a cap stops the loop, `kmeans` returns the centroids after the last update. Why not those before it?
# 3. Prove the equation about the mean, first for numbers. (Write $x - c$ as $(x - m) + (m - c)$ and
#    square it. What is the sum of all $x - m$?)
# 4. The two long groups: which change of coordinates makes k-means find them? Would it help with the wide group?
#
# ## Further reading
#
# - Article B, [*K-Means Clustering on Handwritten Digits*](https://johnloeber.com/docs/kmeans.html).
# - S. P. Lloyd: *Least squares quantization in PCM*, IEEE Transactions on Information Theory 28 (1982).
# - P. S. Bradley, O. L. Mangasarian, W. N. Street: *Clustering via concave minimization*, NIPS (1996).
#   k-medians.
