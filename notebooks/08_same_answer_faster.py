# %% [markdown]
# # 8. The same answer, faster
#
# The k-means of this package is many times faster than the textbook loop, and yet gives the same answer, to
# the last bit. Two ideas make that possible. First, arithmetic without rounding. Second, proofs that most of
# the work need not be done. This chapter explains both.
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

# %%
import math
import time

import numpy as np

from mnist_kmeans import assign, kmeans, load_mnist, random_centroids, update
from mnist_kmeans.exact import grid_bits
from mnist_kmeans.fast import DIRECTIONS, fast
from mnist_kmeans.lloyd import lloyd, pairwise_squared_distances
from mnist_kmeans.plots import lines, show, travelling_bounds

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
# and centroids at once, is one matrix product. For that, every computer has a tuned library, called BLAS. It
# cuts the matrices into tiles, runs on several cores, and adds things up in whatever order is fastest.
#
# Here the two are even equal: all these numbers are whole pixels, so nothing is rounded. That is not a matter of
# course.
#
# ## The order of a sum
#
# Let us do as most people do and divide the pixels by 255. Then we multiply two digits pixel by pixel, and add up
# the 784 products in three orders: from the front, from the back, and in two halves, as two threads would.

# %%
decimals = (points[0] / 255) * (points[1] / 255)


def from_the_front(terms):
    return np.cumsum(terms)[-1]  # cumsum adds strictly one after the other


front = from_the_front(decimals)
back = from_the_front(decimals[::-1])
halves = from_the_front(decimals[:392]) + from_the_front(decimals[392:])
print(f"from the front: {front:.17f}")
print(f"from the back:  {back:.17f}")
print(f"in two halves:  {halves:.17f}")
print(f"rounded once:   {math.fsum(decimals):.17f}")

# %% [markdown]
# Three orders, three sums. None of them is the one that is rounded only once, at the end.<!--true: len({front, back, halves, math.fsum(decimals)}) == 4--> The
# differences are tiny, but an algorithm with a loop can make them grow. Somewhere a point lies almost exactly
# between two centroids. The last bit decides, the point goes left or right, both means move a little, and
# at the next iteration there are two points in doubt.
#
# Let us watch. We run Lloyd's algorithm with numbers of half the length (`float32`), as many libraries do to
# be faster. One run adds up each dot product and each squared length from the front, the
# other from the back. Nothing else differs.


# %%
def lloyd_in_float32(points, centroids, order):
    """Lloyd's algorithm in float32; dot products are added up in the given order."""
    points, centroids = (
        (points / 255).astype(np.float32),
        (centroids / 255).astype(np.float32),
    )
    coordinates = points.T.copy()
    seen = []
    while True:
        dots = np.zeros((len(centroids), len(points)), dtype=np.float32)
        norms = np.zeros((len(centroids), 1), dtype=np.float32)
        for coordinate in order:
            column = centroids[:, coordinate, None]
            dots += column * coordinates[coordinate]
            norms += column * column
        assignments = (norms - 2 * dots).argmin(axis=0)
        if seen and np.array_equal(assignments, seen[-1]):
            return seen
        seen.append(assignments)
        for cluster in np.unique(assignments):
            members = points[assignments == cluster].astype(np.float64)
            centroids[cluster] = members.mean(axis=0)  # no sum is rounded


ends_apart = []
for seed in range(3):
    first_centroids = random_centroids(points, k, seed)
    forward = lloyd_in_float32(points, first_centroids, range(784))
    backward = lloyd_in_float32(points, first_centroids, range(783, -1, -1))
    apart = np.count_nonzero(forward[-1] != backward[-1])
    ends_apart.append(apart > 0)
    print(
        f"seed {seed}: {len(forward)} and {len(backward)} iterations, "
        f"{apart} digits end in different clusters"
    )

# %% [markdown]
# Twice nothing happens. But one start out of three<!--true: ends_apart.count(True) == 1--> ends in two different clusterings, after different numbers
# of iterations. The data are the same, the program is the same, only the additions were done in another order.
#
# This is one reason why results in machine learning are hard to repeat exactly. Another number of threads,
# another processor, another version of a library: another order, another last bit, and now and then
# another answer. We have tried scikit-learn on all 45,000<!--{len(training):,}--> digits with a hundred clusters (`benchmarks/RESULTS.md`). In
# `float32`, one thread took 93 iterations and two threads 97, and 512 digits ended in other clusters. In `float64` both
# took 97, and only the last digits of their centroids differ.<!--true: all(row in open('../benchmarks/RESULTS.md').read() for row in ['| float64 | 1 | 97 | 0 |', '| float64 | 2 | 97 | 0 |', '| float32 | 1 | 93 | 512 |', '| float32 | 2 | 97 | 0 |'])-->
#
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
print(
    f"a sum of {d} squares of such numbers needs at most {needed} binary digits of "
    "the 53"
)

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
# pixel. And it is the *best* point of the grid for its cluster, so the inertia still never rises. In
# return, one thread or eight, this processor or that: all agree in every bit. That frees us to change
# the order of everything, and to test each trick with `==`.
#
# ## Most points stay where they are
#
# Now for the work itself. How many points change their cluster, iteration by iteration?

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
show(
    lines(
        {"share of points that change": (iterations, changes)},
        heading="Soon few points change their cluster",
        xlabel="iteration",
        ylabel="share of the points",
    )
)
print(
    f"after iteration 10, {np.mean(changes[9:]):.2%} of the points change in an "
    "average iteration"
)

# %% [markdown]
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

# %%
show(
    travelling_bounds(
        before=[[1.1, 0.3], [-2.9, 1.2], [2.4, -2.9]],
        after=[[1.4, 0.75], [-2.6, 1.0], [1.7, -2.5]],
        heading="The point stays in its cluster, whichever way they go",
    )
)

# %% [markdown]
# If $u + s < l - s_{max}$, the point stays. We need not look. The bounds are kept, a little looser, for the next
# iteration. This idea is Hamerly's; it comes down from Elkan's.


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


def hamerly(points, centroids):
    """Lloyd's algorithm with one lower bound per point; and the shares it looks at."""
    assignments, upper, others = look(points, centroids)
    lower = others.min(axis=1)
    looked = [1.0]
    while True:
        centroids, steps = move(points, assignments, centroids)
        if not steps.any():
            return assignments, looked
        upper += steps[assignments]
        lower -= steps.max()
        doubt = np.flatnonzero(upper + MARGIN >= lower)
        assignments[doubt], upper[doubt], others = look(points[doubt], centroids)
        lower[doubt] = others.min(axis=1)
        looked.append(len(doubt) / len(points))


by_textbook = kmeans(points, k, init=start, algorithm="lloyd")
by_hamerly, hamerly_looked = hamerly(points, start)
print("equal assignments:", np.array_equal(by_hamerly, by_textbook.assignments))
print(f"share of points looked at, on average: {np.mean(hamerly_looked):.1%}")

# %% [markdown]
# The same assignments, and most looks are saved.<!--true: np.mean(hamerly_looked) < 0.5--> But $s_{max}$ is the step of the fastest centroid, which may be far
# away and of no concern to our point. Elkan keeps one bound for *each* other centroid, and shifts each by that
# centroid's own step. More bookkeeping, sharper bounds:


# %%
def elkan(points, centroids):
    """The same with one lower bound per point and centroid."""
    assignments, upper, lower = look(points, centroids)
    looked = [1.0]
    while True:
        centroids, steps = move(points, assignments, centroids)
        if not steps.any():
            return assignments, looked
        upper += steps[assignments]
        lower -= steps
        doubt = np.flatnonzero(upper + MARGIN >= lower.min(axis=1))
        assignments[doubt], upper[doubt], lower[doubt] = look(points[doubt], centroids)
        looked.append(len(doubt) / len(points))


by_elkan, elkan_looked = elkan(points, start)
print("equal assignments:", np.array_equal(by_elkan, by_textbook.assignments))
print(f"share of points looked at, on average: {np.mean(elkan_looked):.1%}")
iterations = list(range(1, len(elkan_looked) + 1))
show(
    lines(
        {
            "Hamerly: one bound per point": (iterations, hamerly_looked),
            "Elkan: one per point and centroid": (iterations, elkan_looked),
        },
        heading="Bounds save most of the looks",
        xlabel="iteration",
        ylabel="share of points looked at",
    )
)

# %% [markdown]
# (The textbook loop looks at all points, always: its share would be 1.) Our `elkan` looks at all centroids as soon as
# one is in doubt. Elkan's own algorithm measures only the distances that
# are in doubt, and saves still more.
#
# ## A cheap look before the full one
#
# The points in doubt still cost 784 multiplications per centroid each. Digits do not fill the 784-dimensional
# space evenly. Along some directions they vary much, along most hardly at all. Project points and centroids onto the
# q *leading* directions, and remember for each how long the *rest* is, the part that the projection loses. With r
# for the length of the rest,
#
# $${|Px - Pc|}^2 + (r_x - r_c)^2 \;\le\; {|x-c|}^2 \;\le\; {|Px - Pc|}^2 + (r_x + r_c)^2.$$
#
# The two bounds are $4\,r_x r_c$ apart. A centroid is a mean of many digits, and so smooth that little of it is lost:
# its rest is short, and the bounds lie close together. How close? We take the directions from the points
# themselves. `eigh` finds directions at right angles; the last ones explain most of the squared length. (Chapter 10
# calls a close relative *principal components*.) *Lost* is the share of the squared length that is in the rest. The gap
# is given relative to ${|x-c|}^2$, for each point and its own centroid.

# %%
values = points.astype(np.float64)
_, directions = np.linalg.eigh(values.T @ values)
own = by_textbook.centroids[by_textbook.assignments]
squared_distances = ((values - own) ** 2).sum(axis=1)


def squared_rests(vectors, leading):
    """What the projection onto the leading directions loses of |x|^2, for each x."""
    return (vectors**2).sum(axis=1) - ((vectors @ leading) ** 2).sum(axis=1)


gaps = {}
print("directions  lost of points  of centroids      gap")
for q in (8, 16, 32, 64, 128):
    point_rests, centroid_rests = (
        squared_rests(vectors, directions[:, -q:]) for vectors in (values, own)
    )
    lost_of_points = point_rests.sum() / (values**2).sum()
    lost_of_centroids = centroid_rests.sum() / (own**2).sum()
    gaps[q] = np.mean(4 * np.sqrt(point_rests * centroid_rests) / squared_distances)
    print(f"{q:>10}  {lost_of_points:14.1%}  {lost_of_centroids:12.2%}  {gaps[q]:7.1%}")

# %% [markdown]
# With 64 directions, a twelfth of the work, the squared distance is known to within 6 %<!--{gaps[64]:.0%}-->. The package's
# fast engine uses such *sketches* (64<!--{DIRECTIONS}--> directions) as a second question, between the travelling
# bounds and the full distance. Only what both leave in doubt is measured in full, and only the distances to centroids
# that may still be the nearest. It counts its work, so we can watch:

# %%
work = []
by_fast = fast(
    training.images,
    random_centroids(training.images, k, seed=0),
    watch=lambda *counts: work.append(counts),
)
n = len(training)
sketched, measured = np.array(work).T
print(f"{n:,} digits, k = {k}: {by_fast.n_iter} iterations")
print("on average, after the first iteration:")
print(f"- points that the bounds leave in doubt: {sketched[1:].mean() / n:6.1%}")
print(f"- distances measured in full:            {measured[1:].mean() / (n * k):6.1%}")
iterations = list(range(2, len(work) + 1))
show(
    lines(
        {
            "points left in doubt by the bounds (of all points)": (
                iterations,
                sketched[1:] / n,
            ),
            "distances measured in full (of all distances)": (
                iterations,
                measured[1:] / (n * k),
            ),
        },
        heading="Most points and nearly all distances are never looked at",
        xlabel="iteration",
        ylabel="share looked at",
        log_yticks=[1, 0.1, 0.01, 0.001, 0.0001],
    )
)

# %% [markdown]
# In multiplications, for the whole run. Making the sketches counts as well: 64<!--{DIRECTIONS}--> directions, for each pixel that is not
# zero. So does a detail. The coordinates of a centroid have 21<!--{f + largest.bit_length()}--> binary digits. The engine cuts each into two whole
# numbers of 16 bits or less, for a processor multiplies dozens of those at once. That makes two multiplications of one.

# %%
textbook_cost = n * k * 784 * by_fast.n_iter
fast_costs = {
    "making sketches": DIRECTIONS * np.count_nonzero(training.images),
    "comparing sketches": DIRECTIONS * k * sketched.sum(),
    "full distances": 2 * 784 * measured.sum(),
}
fast_cost = sum(fast_costs.values())
print(f"textbook: {textbook_cost / 1e9:5.1f} billion (10^9)")
print(f"fast:     {fast_cost / 1e9:5.1f} billion, {fast_cost / textbook_cost:.1%}")
for part, cost in fast_costs.items():
    print(f"- {part:<19} {cost / 1e9:5.2f} billion")

# %% [markdown]
# None of the three takes more than half of what is left.<!--true: max(fast_costs.values()) < fast_cost / 2--> The sketches are made from the points alone, so a sweep over k
# makes them once, for all of its runs.
#
# One thing is left. The engine asks each point as little as it can, and then goes on to the next. numpy is made for
# the opposite, one operation for all numbers of a table. Our loops above pass over large tables again and again,
# just to find the few entries that matter. So the engine's innermost loops look at one point at a time, and
# [Numba](https://numba.pydata.org) compiles them. They are plain Python, in `mnist_kmeans/fast/loops.py`. After this
# chapter you can follow `look_again` through its three questions. It remembers more than we have shown; its docstring
# has the proof. (Where Numba is not installed, `kmeans` runs the textbook loop instead: the same bits, later.)
#
# ## The check
#
# Did we keep our word? The fast engine and the textbook loop, on all training digits. Not *about* the same:

# %%
started = time.perf_counter()
by_lloyd = lloyd(training.images, random_centroids(training.images, k, seed=0))
textbook_seconds = time.perf_counter() - started

print("equal centroids:  ", np.array_equal(by_fast.centroids, by_lloyd.centroids))
print("equal assignments:", np.array_equal(by_fast.assignments, by_lloyd.assignments))
print("equal inertia at each iteration:", by_fast.history == by_lloyd.history)

# %% [markdown]
# And in seconds, on the machine that ran this page:

# %% tags=["nbval-ignore-output"]
started = time.perf_counter()
kmeans(training.images, k, seed=0)
fast_seconds = time.perf_counter() - started
print(f"textbook loop: {textbook_seconds:6.2f} s")
print(f"fast engine:   {fast_seconds:6.2f} s")

# %% [markdown]
# The time falls by more than the multiplications do: in each iteration, the textbook loop also converts all pixels
# to decimals and writes out large tables. How much more depends on the machine. Against libraries that are programmed
# well, the lead is smaller. On our two cores, scikit-learn took two to six times as long as the fast engine for this
# run, the textbook loop thirteen times (`benchmarks/RESULTS.md`). `make bench` measures yours.
#
# ## What to remember
#
# - A sum of rounded numbers depends on the order. A loop can turn the last bit into another answer.
# - Whole numbers, and multiples of a fixed fraction, add up exactly. Choose the grid and the problem is gone.
# - The fastest computation is the one that a proof makes needless.
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
# - C. Elkan: *Using the triangle inequality to accelerate k-means*, ICML (2003).
# - G. Hamerly: *Making k-means even faster*, SDM (2010).
# - J. Newling, F. Fleuret: *Fast k-means with accurate bounds*, ICML (2016).
# - K. Mortensen and others: *Marigold: efficient k-means clustering in high dimensions*, PVLDB 16 (2023).
