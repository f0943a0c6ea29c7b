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
from mnist_kmeans.fast import fast
from mnist_kmeans.lloyd import lloyd, pairwise_squared_distances
from mnist_kmeans.plots import lines, show
from mnist_kmeans.sketches import DIRECTIONS

training, _ = load_mnist().holdout()
points = training.images[:5000]
k = 16
start = random_centroids(points, k, seed=0)
print("points:", points.shape, points.dtype)

# %% [markdown]
# ## From three loops to one product
#
# To assign n points to k centroids in d dimensions we need n x k distances of d terms each. Written as it
# is said, that is three nested loops. Let us time them on ten points, and let numpy do the same.

# %% tags=["nbval-ignore-output"]
ten = points[:10].astype(np.float64)

started = time.perf_counter()
by_loops = np.zeros((10, k))
for i in range(10):
    for j in range(k):
        for coordinate in range(784):
            by_loops[i, j] += (ten[i, coordinate] - start[j, coordinate]) ** 2
loops = time.perf_counter() - started

started = time.perf_counter()
by_product = (ten**2).sum(axis=1)[:, None] - 2 * ten @ start.T + (start**2).sum(axis=1)
product = time.perf_counter() - started
print(f"three loops: {loops * 1e3:8.2f} ms")
print(f"one product: {product * 1e3:8.2f} ms")

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
# Let us do as most people do and divide the pixels by 255. Then we add up the same 784 products in three
# orders: from the front, from the back, and in two halves, as two threads would.

# %%
x, c = points[0] / 255, points[1:101].mean(axis=0) / 255
decimals = x * c


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
# The differences are tiny, and none of the three orders gives the sum that is rounded only once.<!--true: from_the_front(decimals) != math.fsum(decimals) != from_the_front(decimals[::-1]) and halves != math.fsum(decimals)--> But an algorithm with a loop can make them grow. Somewhere a point lies almost exactly
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
            members = coordinates[:, assignments == cluster]
            centroids[cluster] = np.cumsum(members, axis=1)[:, -1] / members.shape[1]


ends_apart = []
for seed in range(6):
    first_centroids = random_centroids(points, 20, seed)
    forward = lloyd_in_float32(points, first_centroids, range(784))
    backward = lloyd_in_float32(points, first_centroids, range(783, -1, -1))
    apart = np.count_nonzero(forward[-1] != backward[-1])
    ends_apart.append(apart > 0)
    print(
        f"seed {seed}: {len(forward)} and {len(backward)} iterations, "
        f"{apart} digits end in different clusters"
    )

# %% [markdown]
# Five times nothing happens. But one start out of six<!--true: ends_apart.count(True) == 1--> ends in two different clusterings, after different numbers
# of iterations. The data are the same, the program is the same, only the additions were done in another order.
#
# This is one reason why results in machine learning are hard to repeat exactly. Another number of threads,
# another processor, another version of a library: another order, another last bit, and now and then
# another answer. With scikit-learn 1.9 on these digits we saw one thread and two threads end in different
# centroids, and at k = 100 float32 took 126 iterations where float64 took 115.
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

iterations = range(2, len(changes) + 2)
show(
    lines(
        {"share of points that change": (list(iterations), changes)},
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
#
# If $u + s < l - s_{max}$, the point stays. We need not look. The bounds are kept, a little looser, for the next
# iteration. This idea is Hamerly's; it comes down from Elkan's.


# %%
MARGIN = 1e-6  # the square roots are rounded; this is far more than their error


def lloyd_with_bounds(points, centroids, lower_bounds):
    """Lloyd's algorithm that looks only at points in doubt."""
    everything = np.sqrt(pairwise_squared_distances(points, centroids))
    assignments = everything.argmin(axis=1)
    upper = everything.min(axis=1)
    lower = lower_bounds(everything, assignments)
    looked = [1.0]
    while True:
        moved = update(points, assignments, centroids)
        steps = np.sqrt(((moved - centroids) ** 2).sum(axis=1))
        if not steps.any():
            return assignments, looked
        centroids = moved
        upper += steps[assignments]
        if lower.ndim == 1:  # one bound for all the others together
            lower -= steps.max()
            nearest_other = lower
        else:
            lower -= steps
            nearest_other = lower.min(axis=1)
        doubt = np.flatnonzero(upper + MARGIN >= nearest_other)
        distances = np.sqrt(pairwise_squared_distances(points[doubt], centroids))
        assignments[doubt] = distances.argmin(axis=1)
        upper[doubt] = distances.min(axis=1)
        lower[doubt] = lower_bounds(distances, assignments[doubt])
        looked.append(len(doubt) / len(points))


def second_nearest(distances, assignments):
    """One bound per point: the distance to the nearest of the other centroids."""
    others = distances.copy()
    others[np.arange(len(others)), assignments] = np.inf
    return others.min(axis=1)


by_textbook = kmeans(points, k, init=start, algorithm="lloyd")
by_hamerly, hamerly_looked = lloyd_with_bounds(points, start, second_nearest)
print("equal assignments:", np.array_equal(by_hamerly, by_textbook.assignments))
print(f"share of points looked at, on average: {np.mean(hamerly_looked):.1%}")

# %% [markdown]
# The same assignments, and most looks are saved.<!--true: np.mean(hamerly_looked) < 0.5--> But $s_{max}$ is the step of the fastest centroid, which may be far
# away and of no concern to our point. Elkan keeps one bound for *each* other centroid, and shifts each by that
# centroid's own step. More bookkeeping, sharper bounds:


# %%
def each_other(distances, assignments):
    """One bound per point and centroid: the distance to it; none to the own one."""
    others = distances.copy()
    others[np.arange(len(others)), assignments] = np.inf
    return others


by_elkan, elkan_looked = lloyd_with_bounds(points, start, each_other)
print("equal assignments:", np.array_equal(by_elkan, by_textbook.assignments))
print(f"share of points looked at, on average: {np.mean(elkan_looked):.1%}")
show(
    lines(
        {
            "textbook": (
                list(range(1, len(hamerly_looked) + 1)),
                [1.0] * len(hamerly_looked),
            ),
            "one bound per point": (
                list(range(1, len(hamerly_looked) + 1)),
                hamerly_looked,
            ),
            "one bound per centroid": (
                list(range(1, len(elkan_looked) + 1)),
                elkan_looked,
            ),
        },
        heading="Bounds save most of the looks",
        xlabel="iteration",
        ylabel="share of points looked at",
    )
)

# %% [markdown]
# ## A cheap look before the full one
#
# The points in doubt still cost 784 multiplications per centroid each. Digits do not fill the 784-dimensional
# space evenly. Some directions matter, most hardly vary. Project points and centroids to the q leading
# directions, and remember for each how long the *rest* is, the part that the projection loses. With r for
# the length of the rest,
#
# $${|Px - Pc|}^2 + (r_x - r_c)^2 \;\le\; {|x-c|}^2 \;\le\; {|Px - Pc|}^2 + (r_x + r_c)^2.$$
#
# A centroid is a mean of many digits, and so smooth that little of it is lost. Its rest is short, and the two
# bounds lie close together. How close? We take the directions from the points themselves.

# %%
values = points.astype(np.float64)
_, directions = np.linalg.eigh(values.T @ values)
leading = directions[:, ::-1]
own = by_textbook.centroids[by_textbook.assignments]
for q in (8, 16, 32, 64, 128):
    lost_of_points = 1 - ((values @ leading[:, :q]) ** 2).sum() / (values**2).sum()
    lost_of_centroids = 1 - ((own @ leading[:, :q]) ** 2).sum() / (own**2).sum()
    print(
        f"{q:>3} of 784 directions: lost of the points {lost_of_points:5.1%}, of the "
        f"centroids {lost_of_centroids:5.2%}"
    )

# %% [markdown]
# With 64 directions, a twelfth of the work, the centroids have lost next to nothing. The package's fast engine
# uses such *sketches* (61<!--{DIRECTIONS}--> directions and three more numbers) as a second question, between the travelling bounds and the full distance. Only points
# that pass both are measured in full. It counts its work, so we can watch:

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
print(f"points sketched, after the first iteration:    {sketched[1:].mean() / n:6.1%}")
print(
    "distances measured in full, after the first:   "
    f"{measured[1:].mean() / (n * k):6.1%}"
)
show(
    lines(
        {
            "points sketched": (list(range(2, len(work) + 1)), sketched[1:] / n),
            "distances measured in full": (
                list(range(2, len(work) + 1)),
                measured[1:] / (n * k),
            ),
        },
        heading="The fast engine: ever fewer looks",
        xlabel="iteration",
        ylabel="share of the points, of the distances",
    )
)

# %% [markdown]
# In multiplications, for the whole run. Making the sketches counts as well: 61<!--{DIRECTIONS}--> directions times 784, for each
# point. (A sweep makes them once, for all of its runs.)

# %%
textbook_cost = n * k * 784 * by_fast.n_iter
making = DIRECTIONS * 784 * n
using = (DIRECTIONS + 3) * k * sketched[1:].sum()
fast_cost = making + using + 784 * measured.sum()
print(f"textbook: {textbook_cost / 1e9:7.1f} thousand million multiplications")
print(
    f"fast:     {fast_cost / 1e9:7.1f} thousand million multiplications "
    f"({fast_cost / textbook_cost:.1%})"
)

# %% [markdown]
# One thing is left. The engine asks each point as little as it can, and then goes on to the next. numpy is made for
# the opposite, one operation for all numbers of a table. Our loops above pass over large tables again and again,
# just to find the few entries that matter. So the engine's innermost loops look at one point at a time, and
# [Numba](https://numba.pydata.org) compiles them. They are plain Python, in `mnist_kmeans/compiled.py`; after this
# chapter you can read them.
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
# How many seconds that saves depends on the machine. Keeping bounds costs something, and a matrix product is what
# computers do best. `make bench` compares the engine with other libraries on yours.
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
# 2. Plot the share of points looked at for k = 4, 16 and 64. For which k does *one bound per centroid* pay
#    most?
#
# ## Further reading
#
# - D. Goldberg: *What every computer scientist should know about floating-point arithmetic*, ACM
#   Computing Surveys 23 (1991).
# - C. Elkan: *Using the triangle inequality to accelerate k-means*, ICML (2003).
# - G. Hamerly: *Making k-means even faster*, SDM (2010).
# - J. Newling, F. Fleuret: *Fast k-means with accurate bounds*, ICML (2016).
# - K. Mortensen and others: *Marigold: efficient k-means clustering in high dimensions*, PVLDB 16 (2023).
