# %% [markdown]
# # 8. The same answer, faster
#
# The k-means of this package is many times faster than the textbook loop, and yet gives the same answer, to
# the last bit. Two ideas make that possible. First, arithmetic without rounding. Second, proofs that most of
# the work need not be done. This chapter explains both.
#
# > **What the articles found.** Article B tried each number of clusters once, as its program was slow. The faster engine
# > lets chapter 7 try each several times.
#
# **What you will learn**
#
# - why a sum depends on the order of its terms, and how that can change a whole clustering;
# - the grid of numbers on which nothing is rounded;
# - how the triangle inequality tells that a point cannot have changed its cluster, without looking at it.
#
# **What you need**: chapters 3 and 5. Some patience with inequalities.
#
# **Time**: 75 minutes.

# %% tags=["hide-input"]
import math
import time

import numpy as np

from mnist_kmeans import assign, kmeans, load_mnist, random_centroids, update
from mnist_kmeans.exact import grid_bits
from mnist_kmeans.fast import fast
from mnist_kmeans.lloyd import lloyd, pairwise_squared_distances
from mnist_kmeans.plots import Table, lines, show, travelling_bounds

# %%
training, _ = load_mnist().holdout()
points = training.images[:5000]
k = 16
start = random_centroids(points, k, seed=0)
print("points:", points.shape, points.dtype)

# %% [markdown]
# ## From three loops to one product
#
# To assign n points to k centroids in d dimensions we need n x k distances of d terms each. Taken literally,
# that is three nested loops. Let us time them on ten points, and let numpy do the same.

# %% tags=["nbval-ignore-output"]
ten = points[:10].astype(np.float64)

started = time.perf_counter()
by_loops = np.zeros((10, k))
for i in range(10):
    for j in range(k):
        for coordinate in range(784):
            by_loops[i, j] += (ten[i, coordinate] - start[j, coordinate]) ** 2
loop_seconds = time.perf_counter() - started

started = time.perf_counter()
by_product = (ten**2).sum(axis=1)[:, None] - 2 * ten @ start.T + (start**2).sum(axis=1)
product_seconds = time.perf_counter() - started
print(f"three loops: {loop_seconds * 1e3:8.2f} ms")
print(f"one product: {product_seconds * 1e3:8.2f} ms")

# %%
print("equal:", np.array_equal(by_loops, by_product))

# %% [markdown]
# The second way uses ${|x-c|}^2 = {|x|}^2 - 2\,x\cdot c + {|c|}^2$, as in chapter 5. Its middle term, for all points
# and centroids at once, is one matrix product. numpy leaves it to a library that is tuned for the processor, a *BLAS*.
# It cuts the matrices into tiles, runs on several cores, and adds things up in whatever order is fastest.
#
# Here the two ways are even equal in every bit.<!--true: np.array_equal(by_loops, by_product)--> All these numbers are whole, so nothing is rounded. With fractions it
# is another matter.
#
# ## The order of a sum
#
# Let us do as most people do and divide the pixels by 255. Then we multiply two digits pixel by pixel, and add up
# the 784 products in three orders: from the front, from the back, and in two halves, as two threads would. To compare,
# `math.fsum` rounds only once, at the end.
#
# **Predict, then look.** How many different sums will these four be?

# %%
decimals = (points[0] / 255) * (points[1] / 255)


def from_the_front(terms):
    return np.cumsum(terms)[-1]  # cumsum adds strictly one after the other


front = from_the_front(decimals)
back = from_the_front(decimals[::-1])
halves = from_the_front(decimals[:392]) + from_the_front(decimals[392:])

# %% tags=["hide-input"]
show(
    Table(
        {
            "order": [
                "from the front",
                "from the back",
                "in two halves",
                "rounded once",
            ],
            "sum": [front, back, halves, math.fsum(decimals)],
        },
        heading="The same 784 terms",
        formats={"sum": ".17f"},
    )
)

# %% [markdown]
# <details><summary>Answer</summary>
#
# Four: each order gives a sum of its own, and none of the three is the one that is rounded only once.<!--true: len({front, back, halves, math.fsum(decimals)}) == 4-->
#
# </details>
#
# The sums differ in the last of their sixteen digits. Can that matter to a clustering?
#
# ## From the last bit to another clustering
#
# We run Lloyd's algorithm with numbers of half the length (`float32`), as many programs do to be faster. One run
# adds up each dot product and each squared length from the front, the other from the back. Nothing else differs: the
# sums of the members of a cluster, for example, are exact in both.
#
# **Predict, then look.** We take eight starts, seeds 0 to 7. After how many of them do the two runs end in different
# clusterings?


# %%
def lloyd_in_order(points, centroids, order, numbers, moved):
    """Lloyd's algorithm in these numbers; dot products are added up in the given order."""
    coordinates = points.T.astype(numbers, order="C")
    order = [each for each in order if coordinates[each].any()]  # blank ones add only 0
    seen = []
    while True:
        dots = np.zeros((len(centroids), len(points)), dtype=numbers)
        norms = np.zeros((len(centroids), 1), dtype=numbers)
        for coordinate in order:
            column = centroids[:, coordinate, None]
            dots += column * coordinates[coordinate]
            norms += column * column
        assignments = (norms - 2 * dots).argmin(axis=0)
        if seen and np.array_equal(assignments, seen[-1]):
            return seen
        seen.append(assignments)
        key = assignments.tobytes()
        if key not in moved:
            moved[key] = update(points, assignments, centroids).astype(numbers)
        centroids = moved[key]


def digits_apart(data, numbers, seed):
    """How many digits are in different clusters, at each iteration and at the end."""
    drawn = random_centroids(data, k, seed).astype(numbers)
    moved = {}  # equal assignments have equal means, so both runs can share them
    forward = lloyd_in_order(data, drawn, range(784), numbers, moved)
    backward = lloyd_in_order(data, drawn, range(783, -1, -1), numbers, moved)
    pairs = [*zip(forward, backward, strict=False), (forward[-1], backward[-1])]
    return [np.count_nonzero(one != other) for one, other in pairs]


short = (points / 255).astype(np.float32)
apart = {seed: digits_apart(short, np.float32, seed) for seed in range(8)}
parting = [seed for seed in apart if any(apart[seed])]

# %% tags=["hide-input"]
show(
    Table(
        {
            "seed": parting,
            "iterations with digits apart": [
                np.count_nonzero(apart[seed][:-1]) for seed in parting
            ],
            "digits apart at the end": [apart[seed][-1] for seed in parting],
        },
        heading=f"The {len(parting)} of {len(apart)} starts in which the order matters",
    )
)

# %% [markdown]
# <details><summary>Answer</summary>
#
# After one: seed 2.<!--true: [seed for seed in apart if apart[seed][-1]] == [2]--> After seed 5, a digit goes another way once, and comes back.<!--true: parting == [2, 5] and np.count_nonzero(apart[5]) == 1--> The other six starts never
# differ.<!--true: len(apart) - len(parting) == 6-->
#
# </details>
#
# So most starts never notice, and still it happens.<!--true: len(parting) < len(apart) / 2--> How does one bit become six digits? Let us follow seed 2 from the iteration in which its two runs part.

# %%
parted = np.flatnonzero(apart[2])[:1]
print(
    "digits apart, iteration by iteration:",
    *apart[2][parted[0] :] if len(parted) else ["none"],
)

# %% [markdown]
# Until they part, both runs have the same centroids, bit for bit. So one digit<!--true: apart[2][parted[0]] == 1--> was so nearly in the middle between two of
# them that rounding decided. It goes left in one run and right in the other, both means move a little, and at the next
# iteration two digits<!--true: apart[2][parted[0] + 1] == 2--> are in different clusters. In the end there are six.<!--true: apart[2][-1] == 6-->
#
# Is it the order, then, or would any two runs come apart like this? We repeat seed 2 with numbers of full length
# (`float64`), and with whole pixels in place of fractions.

# %%
again = {
    "fractions in float32": apart[2],
    "fractions in float64": digits_apart(points / 255, np.float64, seed=2),
    "whole pixels in float64": digits_apart(points, np.float64, seed=2),
}

# %% tags=["hide-input"]
show(
    Table(
        {
            "numbers": again,
            "iterations with digits apart": [
                np.count_nonzero(each[:-1]) for each in again.values()
            ],
            "digits apart at the end": [each[-1] for each in again.values()],
        },
        heading="Two orders of addition, seed 2",
    )
)

# %% [markdown]
# In `float64` the two orders agree on every digit here.<!--true: not any(again['fractions in float64'])--> But its sums are rounded, too, only later: the four sums above
# were such. The risk is smaller, and still there. With whole pixels the two orders agree as well,<!--true: not any(again['whole pixels in float64'])--> and there it is no
# luck, as the next section shows.
#
# This is one reason why results in machine learning are hard to repeat exactly. Another number of threads,
# another processor, another version of a library: another order, another last bit, and now and then
# another answer. We have tried scikit-learn on all 45,000<!--{len(training):,}--> digits with a hundred clusters (`benchmarks/RESULTS.md`). In
# `float32`, one thread took 93 iterations and two threads 97, and 512 digits ended in other clusters. In `float64` both
# took 97, and only the last digits of their centroids differ.<!--true: all(row in open('../benchmarks/RESULTS.md').read() for row in ['| float64 | 1 | 97 | 0 |', '| float64 | 2 | 97 | 0 |', '| float32 | 1 | 93 | 512 |', '| float32 | 2 | 97 | 0 |'])--> We are not the only ones who saw it: Bertrand, Mephu Nguifo,
# Antoine and Hill took three clustering algorithms apart, step by step, and report that scikit-learn's k-means does not
# repeat its results when it runs on more than two threads.

# %% [markdown]
# **Quick question.** What does `float64` buy over `float32` when the order of a sum may vary?
#
# 1. Sums that no longer depend on the order.
# 2. Nothing: rounded is rounded.
# 3. It makes it rarer that rounding decides.
#
# <details><summary>Answer</summary>
#
# 1. The four sums above were in `float64`, and no two of them were equal.
# 2. With seed 2 the two orders part in `float32`, and agree on all digits in `float64`.<!--true: any(again["fractions in float32"]) and not any(again["fractions in float64"])-->
# 3. **Right.** A point must then lie much closer to the middle between two centroids. It is rarer, and not
#    impossible.
#
# </details>

# %% [markdown]
# ## A grid on which nothing is rounded
#
# Computers do not always round. A `float64` holds 53 binary digits. Whole numbers up to $2^{53}$ are exact, and
# so are their sums and products, as long as they stay below $2^{53}$. The same holds for multiples of any
# fixed fraction, such as 1/8192.
#
# - Pixels are whole numbers from 0 to 255.
# - We round each coordinate of a centroid to a multiple of $2^{-f}$, and to nothing else.
# - Then each product is a multiple of $2^{-2f}$, and so is each sum of products.
#
# All that remains is to choose f so that no sum needs more than 53 digits.

# %%
d, largest = 784, 255
f = grid_bits(points)
needed = math.ceil(math.log2(d)) + 2 * largest.bit_length() + 2 * f
print(f"f = {f}: steps of 1/{2**f}")
print(f"a sum of {d} squares of such numbers needs at most {needed} of the 53 digits")

# %% [markdown]
# One more digit is kept in reserve for ${|x|}^2 + {|c|}^2$. So on this grid a distance is never rounded, and the order
# of summation cannot matter:

# %%
on_grid = update(points, assign(points, start), start)
products = points[0] * on_grid[0]
print("front, back and halves are equal:", end=" ")
print(
    from_the_front(products)
    == from_the_front(products[::-1])
    == from_the_front(products[:392]) + from_the_front(products[392:])
)

# %% [markdown]
# What does the grid cost? A centroid is at most 1/16384<!--{2 * 2**f}--> of a grey level away from the true mean, per
# pixel. And it is the *best* point of the grid for its cluster, so the inertia still never rises.<!--true: np.all(np.diff(by_textbook.history) <= 0)--> In
# return, one thread or eight, this processor or that: all agree in every bit. That frees us to change
# the order of everything, and to test each trick with `==`.

# %% [markdown]
# **Quick question.** A sum of a thousand numbers, each between 0 and 1, in `float64`. Of which numbers can it depend
# on the order?
#
# 1. Multiples of one tenth.
# 2. Multiples of 1/8192.
# 3. Both.
#
# <details><summary>Answer</summary>
#
# 1. **Right.** A tenth is not a finite sum of halves, quarters, eighths and so on. So it is rounded, and so are sums
#    of it.
# 2. These are on a grid, and so are all their sums. None of them needs more than 53 binary digits.
# 3. One of them lies on a grid of binary fractions, where such sums are exact.
#
# </details>

# %% [markdown]
# ## Most points stay where they are
#
# Now for the work itself. How many points change their cluster, iteration by iteration?
#
# **Predict, then look.** There are 5,000<!--{len(points):,}--> points. After iteration 10, how many of them change in an average iteration?

# %%
centroids = start
assignments = assign(points, centroids)
changes = []
while True:
    centroids = update(points, assignments, centroids)
    newly = assign(points, centroids)
    if np.array_equal(newly, assignments):
        break
    changes.append(np.count_nonzero(newly != assignments) / len(points))
    assignments = newly

iterations = list(range(2, len(changes) + 2))

# %% tags=["hide-input"]
show(
    lines(
        {"share of points that change": (iterations, changes)},
        heading="Soon few points change their cluster",
        xlabel="iteration",
        ylabel="share of the points",
    )
)

# %%
print(
    f"after iteration 10, on average: {np.mean(changes[9:]):.2%} of the points change"
)

# %% [markdown]
# <details><summary>Answer</summary>
#
# Some twenty-five, 0.51 %<!--{np.mean(changes[9:]):.2%}--> of them.<!--true: 25 <= np.mean(changes[9:]) * len(points) < 26-->
#
# </details>
#
# The textbook loop measures all points against all centroids, every time, to find these few. Can we know in
# advance that a point will stay?
#
# ## Bounds that travel with the centroids
#
# Suppose that at the last iteration a point was at distance $u$ from its own centroid, and at distance $l$ from the
# second nearest. Then its own centroid moves by $s$, and no centroid moves by more than $s_{max}$. By the
# triangle inequality,
#
# - its own centroid is now at most $u + s$ away,
# - every other centroid is now at least $l - s_{max}$ away.

# %% tags=["hide-input"]
show(
    travelling_bounds(
        before=[[1.1, 0.3], [-2.9, 1.2], [2.4, -2.9]],
        after=[[1.4, 0.75], [-2.6, 1.0], [1.7, -2.5]],
        heading="The point stays in its cluster, whichever way they go",
    )
)

# %% [markdown]
# If $u + s < l - s_{max}$, the point stays. We need not look. The two bounds are kept, a little looser, for the next
# iteration. The idea is Hamerly's, who made it out of one of Elkan's.
#
# Hamerly asks a second question. Let $h$ be half the distance from the point's own centroid to the centroid next to
# that one. A point within $h$ of its own centroid has no nearer one: any other is at least $2h$ from the own one, and so
# at least $h$ from the point. Our function can ask this or not.


# %%
MARGIN = 1e-6  # the square roots are rounded; this is far more than their error


def look(points, centroids):
    """The nearest centroid of each point, its distance, and those of all the others."""
    distances = np.sqrt(pairwise_squared_distances(points, centroids))
    nearest, upper = distances.argmin(axis=1), distances.min(axis=1)
    distances[np.arange(len(points)), nearest] = np.inf  # it is none of the others
    return nearest, upper, distances


def move(points, assignments, centroids):
    """The centroids moved to the means of their clusters, and the lengths of their steps."""
    moved = update(points, assignments, centroids)
    return moved, np.sqrt(((moved - centroids) ** 2).sum(axis=1))


def half_way(centroids):
    """Half the distance from each centroid to the one next to it."""
    apart = np.linalg.norm(centroids[:, None] - centroids, axis=2)
    np.fill_diagonal(apart, np.inf)
    return apart.min(axis=1) / 2


def hamerly(points, centroids, ask_half_way=False, iterations=math.inf):
    """Lloyd's algorithm with one lower bound per point; and the shares it looks at."""
    assignments, upper, others = look(points, centroids)
    lower = others.min(axis=1)
    looked = [1.0]
    while len(looked) < iterations:
        centroids, steps = move(points, assignments, centroids)
        if not steps.any():
            break
        upper += steps[assignments]
        lower -= steps.max()
        safe = (
            np.maximum(lower, half_way(centroids)[assignments])
            if ask_half_way
            else lower
        )
        doubt = np.flatnonzero(upper + MARGIN >= safe)
        assignments[doubt], upper[doubt], others = look(points[doubt], centroids)
        lower[doubt] = others.min(axis=1)
        looked.append(len(doubt) / len(points))
    return assignments, looked


by_textbook = kmeans(points, k, init=start, algorithm="lloyd")
by_hamerly, hamerly_looked = hamerly(points, start)
print("equal assignments:", np.array_equal(by_hamerly, by_textbook.assignments))
print(f"share of points looked at, on average: {np.mean(hamerly_looked):.1%}")

# %% [markdown]
# The same assignments, and two looks in three are saved.<!--true: round(3 * np.mean(hamerly_looked)) == 1--> (With other starts it may be only about half.)<!--true: 0.5 < 1 - max(shares["the digits"][:, 0]) < 0.6--> Does the second question save more? We ask it for the digits,
# and for the sixteen groups in the plane of chapter 6. And for three controls: the digits as two numbers, the ink of their upper
# and of their lower half; the groups with 782 more coordinates that are noise, as large as that in the plane; and the same
# with the groups forty times as far apart.

# %%
middles = 100 * np.stack(np.meshgrid(range(4), range(4)), axis=-1).reshape(16, 2)
middles = middles.repeat(30, axis=0)  # thirty points around each
random = np.random.default_rng(0)
groups = middles + random.normal(0, 8, (480, 2)).round().astype(int)
noise = random.normal(0, 8, (len(groups), 782)).round().astype(int)
shares = {}
for name, data in [
    ("the digits", points),
    ("the digits, as two numbers", points.reshape(-1, 2, 392).sum(axis=2, dtype=int)),
    ("sixteen groups", groups),
    ("sixteen groups, and noise", np.hstack([groups, noise])),
    ("the same, far apart", np.hstack([groups + 39 * middles, noise])),
]:
    firsts = [random_centroids(data, k, seed) for seed in range(3)]
    shares[name] = np.array(
        [
            [np.mean(hamerly(data, each, ask)[1]) for ask in (False, True)]
            for each in firsts
        ]
    )
averages = {name: each.mean(axis=0) for name, each in shares.items()}
alone, with_half_way = np.transpose(list(averages.values()))
to_own = np.sqrt(
    ((points - by_textbook.centroids[by_textbook.assignments]) ** 2).sum(axis=1)
)

# %% tags=["hide-input"]
show(
    Table(
        {"data": averages, "Hamerly's bounds": alone, "and half way": with_half_way},
        heading="Share of points looked at, mean of seeds 0, 1 and 2",
        formats={"Hamerly's bounds": ".1%", "and half way": ".1%"},
    )
)

# %%
within = half_way(by_textbook.centroids)[by_textbook.assignments]
print(f"a digit is {to_own.mean():,.0f} away from its centroid, on average")
print(f"half the way to the next centroid is {within.mean():,.0f}")
print(f"digits that are nearer than that: {np.count_nonzero(to_own < within)}")
ways = {}
for name, data in [("groups", groups), ("with noise", np.hstack([groups, noise]))]:
    means = data.reshape(16, 30, -1).mean(axis=1)
    to_mean = np.linalg.norm(data - means.repeat(30, axis=0), axis=1).mean()
    ways[name] = to_mean, np.linalg.norm(means[0] - means[1])
    print(f"{name}: {to_mean:.0f} to the own mean, {ways[name][1]:.0f} to the next one")

# %% [markdown]
# In the plane it does. On the digits it saves not a single look:<!--true: with_half_way[0] == alone[0] and with_half_way[2] < alone[2]--> they are much farther from their centroid than half
# way to the next one, all of them.<!--true: not np.any(to_own < within) and to_own.mean() > 2 * within.mean()--> Is that because the groups lie apart like islands, and the clusters of digits side by
# side? No. As two numbers, digits lie side by side, and it saves looks with each start.<!--true: (shares["the digits, as two numbers"][:, 1] < shares["the digits, as two numbers"][:, 0]).all()--> Is it the number of dimensions? Not by
# itself. With the noise it saves less than a look in a thousand.<!--true: with_half_way[3] > 0.999 * alone[3]--> But with the same noise, and the groups far apart, it helps
# again, with each start.<!--true: (shares["the same, far apart"][:, 1] < 0.95 * shares["the same, far apart"][:, 0]).all()--> What counts is the way to the own centroid beside the way between centroids. Noise in each dimension
# adds to the first, and little to the second.<!--true: ways["with noise"][0] > 10 * ways["groups"][0] and ways["with noise"][1] < 1.25 * ways["groups"][1]--> We leave the second question out from here on.
#
# A bound for *all* the other centroids has a weakness: $s_{max}$ is the step of the fastest of them, which may be far
# away and of no concern to our point. Elkan keeps one bound for *each* other centroid, and shifts each by that
# centroid's own step. More bookkeeping, sharper bounds:


# %%
def elkan(points, centroids, iterations=math.inf):
    """The same with one lower bound per point and centroid."""
    assignments, upper, lower = look(points, centroids)
    looked = [1.0]
    while len(looked) < iterations:
        centroids, steps = move(points, assignments, centroids)
        if not steps.any():
            break
        upper += steps[assignments]
        lower -= steps
        doubt = np.flatnonzero(upper + MARGIN >= lower.min(axis=1))
        assignments[doubt], upper[doubt], lower[doubt] = look(points[doubt], centroids)
        looked.append(len(doubt) / len(points))
    return assignments, looked


by_elkan, elkan_looked = elkan(points, start)
others = [elkan(points, random_centroids(points, k, seed))[1] for seed in (1, 2)]
elkan_shares = [np.mean(each) for each in (elkan_looked, *others)]
first_steps = np.linalg.norm(on_grid - start, axis=1)
nearest_two = np.sort(np.sqrt(pairwise_squared_distances(points, start)))[:, :2]
print("equal assignments:", np.array_equal(by_elkan, by_textbook.assignments))
print(f"share of points looked at, on average: {np.mean(elkan_looked):.1%}")
print("with seeds 1 and 2:", *(f"{share:.1%}" for share in elkan_shares[1:]))
iterations = list(range(1, len(elkan_looked) + 1))

# %% tags=["hide-input"]
show(
    lines(
        {
            "Hamerly: one bound per point": (iterations, hamerly_looked),
            "Elkan: one per point and centroid": (iterations, elkan_looked),
        },
        heading="Bounds save nothing at first, and most looks later",
        xlabel="iteration",
        ylabel="share of points looked at",
    )
)

# %% [markdown]
# With each of the three starts, Elkan's bounds save more than Hamerly's.<!--true: (elkan_shares < shares["the digits"][:, 0]).all()--> But look at the beginning: in the second iteration, both still look at nearly every point.<!--true: min(elkan_looked[1], hamerly_looked[1]) > 0.99--> The
# centroids move to the means of their clusters, and the shortest of their steps is longer than
# the difference of $u$ and $l$ is for 99 %<!--{np.mean(np.diff(nearest_two) < first_steps.min()):.0%}--> of the points. Is that because the first centroids are single digits? Let us begin with means:
# once of any digits, some three hundred each, and once with centroids that have settled already, for the first half of the points.

# %%
starts_of_means = {
    "single digits": start,
    "means of any digits": np.array([points[i::k].mean(axis=0) for i in range(k)]),
    "settled for half of the points": kmeans(points[:2500], k, seed=0).centroids,
}
second_looks = {
    name: [method(points, each, iterations=2)[1][1] for method in (hamerly, elkan)]
    for name, each in starts_of_means.items()
}
show(
    Table(
        {
            "start with": second_looks,
            "Hamerly": [each[0] for each in second_looks.values()],
            "Elkan": [each[1] for each in second_looks.values()],
        },
        heading="Share of points looked at in the second iteration",
        formats={"Hamerly": ".1%", "Elkan": ".1%"},
    )
)

# %% [markdown]
# No. Means of any digits are no better.<!--true: min(second_looks["means of any digits"]) > 0.99--> It takes centroids that have nearly settled: then bounds help from the second iteration on.<!--true: max(second_looks["settled for half of the points"]) < 0.7-->
#
# (The textbook loop looks at all points, always: its share would be 1. Our `elkan` looks at all centroids as soon as one
# is in doubt. Elkan's own algorithm measures only the distances that are in doubt.)
#
# Bounds are paid for with *memory*. They must be kept for each point, from one iteration to the next:

# %%
kept = {"Hamerly": 8 * 2, "Elkan": 8 * (k + 1), "Elkan, k = 1,000": 8 * 1001}

# %% tags=["hide-input"]
show(
    Table(
        {
            "bounds of": kept,
            "bytes for each digit": kept.values(),
            "for 45,000 digits, in MB": [each * 45_000 / 1e6 for each in kept.values()],
        },
        heading="What is kept beside the 784 bytes of a digit",
        formats={"for 45,000 digits, in MB": ",.1f"},
    )
)

# %% [markdown]
# Hamerly's two bounds are little beside a digit. Elkan's grow with k: for a thousand clusters they take ten times as
# much room as the digits.<!--true: 10 < kept["Elkan, k = 1,000"] / 784 < 11--> So a saved look has a price, and for many clusters it can be too high. (The documentation of
# `kmeans` says what the package keeps.)

# %% [markdown]
# **Quick question.** A point is 5 from its own centroid and 9 from the second nearest. Its own centroid moves by 1,
# the fastest of all by 2. Must we look at the point?
#
# 1. Yes: its centroid has moved.
# 2. No.
# 3. Yes, unless the second nearest has stood still.
#
# <details><summary>Answer</summary>
#
# 1. It has, but it is at most 6 away now, and any other is at least 7 away.
# 2. **Right.** Own: at most 5 + 1 = 6. All others: at least 9 - 2 = 7. So the nearest one is the same.
# 3. Even if it was the fastest and came straight towards the point, it is 7 away.
#
# </details>

# %% [markdown]
# ## A cheap look before the full one
#
# The points in doubt still cost 784 multiplications per centroid each. Digits do not fill the 784-dimensional
# space evenly: along some directions they vary much, along most hardly at all. So project points and centroids onto the
# q *leading* directions. Let $Px$ be the projection of a point x, and remember the length $r_x$ of its *rest*
# $x - Px$, which the projection loses. Then
#
# $${|Px - Pc|}^2 + (r_x - r_c)^2 \;\le\; {|x-c|}^2 \;\le\; {|Px - Pc|}^2 + (r_x + r_c)^2.$$
#
# The proof is one line. Projections and rests are at right angles, so by Pythagoras ${|x-c|}^2$ is
# ${|Px - Pc|}^2$ plus the squared length of $(x - Px) - (c - Pc)$; and by the triangle inequality, the difference of two
# rests is no shorter than $|r_x - r_c|$ and no longer than $r_x + r_c$.
#
# The two bounds are $4\,r_x r_c$ apart. How close is that? We take the directions from the points
# themselves: `eigh` finds directions at right angles, and the last ones explain most of the squared length. (Chapter 10
# calls a close relative *principal components*.) *Lost* is the share of the squared length that is in the rest. The gap
# is given relative to ${|x-c|}^2$, for each point and its own centroid. As a control, the last row has 64 directions
# drawn at random.
#
# **Predict, then look.** Sixty-four of 784 directions are a twelfth. How much of the squared length do they lose when they
# are the leading ones, and how much when they are random?

# %%
values = points.astype(np.float64)
_, directions = np.linalg.eigh(values.T @ values)
drawn = np.random.default_rng(0).normal(size=(784, 64))
choices = {f"{q} leading": directions[:, -q:] for q in (8, 16, 32, 64, 128)}
choices["64 random"] = np.linalg.qr(drawn)[0]
own = by_textbook.centroids[by_textbook.assignments]
squared_distances = ((values - own) ** 2).sum(axis=1)


def squared_rests(vectors, directions):
    """What the projection onto the directions loses of |x|^2, for each x."""
    return (vectors**2).sum(axis=1) - ((vectors @ directions) ** 2).sum(axis=1)


def lost(vectors, directions):
    """The share of the squared length that the projection loses."""
    return squared_rests(vectors, directions).sum() / (vectors**2).sum()


def gap(directions):
    """How far the two bounds are apart, relative to the squared distance."""
    rests = [squared_rests(vectors, directions) for vectors in (values, own)]
    return np.mean(4 * np.sqrt(np.prod(rests, axis=0)) / squared_distances)


gaps = {name: gap(chosen) for name, chosen in choices.items()}

# %% tags=["hide-input"]
show(
    Table(
        {
            "directions": choices,
            "lost of points": [lost(values, chosen) for chosen in choices.values()],
            "lost of centroids": [lost(own, chosen) for chosen in choices.values()],
            "gap": gaps.values(),
        },
        heading="What a projection loses, and how far its bounds are apart",
        formats={"lost of points": ".1%", "lost of centroids": ".2%", "gap": ".1%"},
    )
)

# %% [markdown]
# <details><summary>Answer</summary>
#
# The leading ones lose 8 %<!--{lost(values, choices["64 leading"]):.0%}--> of the points, the random ones 93 %<!--{lost(values, choices["64 random"]):.0%}-->, as 92 %<!--{1 - 64 / 784:.0%}--> of the directions are missing. And their
# bounds say nothing: they are seven times as far apart as the squared distance is large.<!--true: 7 < gaps["64 random"] < 8-->
#
# </details>
#
# With 64 leading directions, the squared distance is known to within 6 %<!--{gaps["64 leading"]:.0%}-->. The digits lose a hundred times as much as their
# centroids do.<!--true: 90 < lost(values, choices["64 leading"]) / lost(own, choices["64 leading"]) < 120--> Is that because a centroid lies in the middle of its cluster? Let us take the means of digits that have
# nothing in common but their place in the file.

# %%
random_means = {
    m: values[: 10 * m].reshape(10, m, 784).mean(axis=1) for m in (1, 10, 100, 300)
}
shares_lost = {
    m: lost(means, choices["64 leading"]) for m, means in random_means.items()
}

# %% tags=["hide-input"]
show(
    Table(
        {"mean of": shares_lost, "lost": shares_lost.values()},
        heading="What 64 leading directions lose of ten means of any digits",
        formats={"lost": ".2%"},
    )
)

# %% [markdown]
# No: any mean of many digits loses little, the less the more there are.<!--true: np.all(np.diff(list(shares_lost.values())) < 0)--> Any three hundred lose
# 0.08 %<!--{shares_lost[300]:.2%}-->, and so do our centroids, each the mean of some three hundred.<!--true: 300 < len(points) / k < 330--> It is the identity of chapter 3, applied to the
# rests: the mean of their squared lengths is the squared length of their mean, plus their spread. Rests of
# different digits point in different directions: nearly all is spread,<!--true: squared_rests(values.mean(axis=0, keepdims=True), choices['64 leading'])[0] < 0.001 * squared_rests(values, choices['64 leading']).mean()--> and averaging takes it away.
#
# The package's fast engine is made of such parts: bounds that travel, short *sketches* of the points, and full distances
# only where both leave a doubt. It counts the distances that it measures over all 784 pixels, so we can watch.

# %%
work = []
by_fast = fast(
    training.images,
    random_centroids(training.images, k, seed=0),
    watch=lambda *counts: work.append(counts),
)
n = len(training)
measured = np.array(work)[:, -1] / (n * k)
print(f"{n:,} digits, k = {k}: {by_fast.n_iter} iterations")
print(f"distances measured in full, of all iterations: {measured.mean():.1%}")

# %% tags=["hide-input"]
show(
    lines(
        {"share": (list(range(1, len(measured) + 1)), measured.clip(1e-6))},
        heading="Fewer distances are measured in full with each iteration",
        xlabel="iteration",
        ylabel="share of the distances",
        log_yticks=[1, 0.1, 0.01, 0.001, 0.0001],
    )
)

# %% [markdown]
# In the first iteration there are no bounds yet. The sketches alone spare it seven distances in ten.<!--true: round(10 * (1 - measured[0])) == 7--> From the eleventh on,
# fewer than one in a hundred is measured.<!--true: measured[10:].max() < 0.01--> That is not the whole of its work: making sketches and comparing them takes time
# as well. But sketches depend on the points alone, so a sweep over k makes them once, for all of its runs.
#
# The engine's innermost loops take 64 points at a time. They ask all of them the cheapest question, whether the carried bounds
# leave a doubt. Only those in doubt have their sketches compared, and only what is still in doubt is measured.
# [Numba](https://numba.pydata.org) compiles these loops. They are plain Python, in `mnist_kmeans/fast/loops.py`, and their
# docstrings have the proofs. (Where Numba is not installed, `kmeans` runs the textbook loop instead: the same bits, later.)
#
# ## The check
#
# Did we keep our word? The fast engine and the textbook loop, on the first 15,000<!--{len(third):,}--> training digits, to the
# end. Not *about* the same:<!--true: np.array_equal(by_kmeans.centroids, by_lloyd.centroids) and np.array_equal(by_kmeans.assignments, by_lloyd.assignments) and by_kmeans.history == by_lloyd.history-->

# %%
third = training.images[:15_000]

started = time.perf_counter()
by_lloyd = lloyd(third, random_centroids(third, k, seed=0))
textbook_seconds = time.perf_counter() - started

started = time.perf_counter()
by_kmeans = kmeans(third, k, seed=0)
fast_seconds = time.perf_counter() - started

print("equal centroids:  ", np.array_equal(by_kmeans.centroids, by_lloyd.centroids))
print("equal assignments:", np.array_equal(by_kmeans.assignments, by_lloyd.assignments))
print("equal inertia at each iteration:", by_kmeans.history == by_lloyd.history)

# %% [markdown]
# And in seconds, on the machine that ran this page:

# %% tags=["nbval-ignore-output"]
print(f"textbook loop: {textbook_seconds:6.2f} s")
print(f"fast engine:   {fast_seconds:6.2f} s")

# %% [markdown]
# Against libraries that are programmed well, the lead is smaller. `benchmarks/RESULTS.md` has the seconds of
# scikit-learn, faiss and the textbook loop on our two cores, and `make bench` measures yours.

# %% [markdown]
# **Quick question.** Why may the fast engine be compared with the textbook loop by `==`?
#
# 1. Both add up in the same order.
# 2. Rounding errors are too small to matter.
# 3. On the grid nothing is rounded, and the bounds are proven.
#
# <details><summary>Answer</summary>
#
# 1. The engine changes the order of everything, and leaves most distances out.
# 2. In this chapter a last bit has moved six digits to other clusters.<!--true: apart[2][-1] == 6-->
# 3. **Right.** So each order gives the same sums, and what is left out could not have changed an assignment.
#
# </details>

# %% [markdown]
# ## What to remember
#
# - A sum of rounded numbers depends on the order. A loop can turn the last bit into another answer.
# - Whole numbers, and multiples of a fixed fraction, add up exactly. Choose the grid and the problem is gone.
# - The fastest computation is the one that a proof makes needless. What the proof needs must be kept: bounds cost memory.
# - With exact arithmetic a faster program can be tested for *equality* with the simple one.
#
# ## Exercises
#
# Write code of your own in the [exercises of this chapter](exercises/08_same_answer_faster.ipynb): a sum whose order
# matters, a grid for other data, who must be looked at, bounds from a few directions. Below each is a check that tells
# you how far you are. And to think about:
#
# 1. Leave out the `MARGIN`. Do the assignments change? Why would you keep it all the same?
# 2. Plot the share of points looked at for k = 4, 16 and 64. For which k do Elkan's bounds, one per point and
#    centroid, gain most over Hamerly's?
#
# ## Further reading
#
# - D. Goldberg: *What every computer scientist should know about floating-point arithmetic*, ACM
#   Computing Surveys 23 (1991).
# - A. Bertrand, E. Mephu Nguifo, V. Antoine, D. Hill: *A K-Means, Ward and DBSCAN repeatability study*, arXiv
#   2512.19772 (2025).
# - C. Elkan: *Using the triangle inequality to accelerate k-means*, ICML (2003).
# - G. Hamerly: *Making k-means even faster*, SDM (2010).
# - J. Newling, F. Fleuret: *Fast k-means with accurate bounds*, ICML (2016).
# - K. Mortensen and others: *Marigold: efficient k-means clustering in high dimensions*, PVLDB 16 (2023).
