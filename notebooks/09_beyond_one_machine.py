# %% [markdown]
# # 9. Beyond one machine
#
# Article B began as homework on a cluster of machines: k-means by *map-reduce*, on Spark. Its author rewrote it for one
# machine. Now we go the other way. What if the digits do not fit into one computer? The algorithm need not
# change, and neither does a single bit of the answer. What changes is who does what, and what has to be sent.
#
# **What you will learn**
#
# - how k-means falls into a map, a reduce and an update, so that many machines can share the work;
# - why the order in which answers arrive changes the result of most programs, and not of ours;
# - what a cluster costs, what it buys, and when not to use one.
#
# **What you need**: chapters 3 and 8. You need no cluster: two processes on your computer stand for two machines.
#
# **Time**: 75 minutes.

# %%
import hashlib
import json
import tempfile
from pathlib import Path
from statistics import median

import dask.array as da
import numpy as np

from mnist_kmeans import assign, kmeans, load_mnist, random_centroids, update
from mnist_kmeans.basics.places import checkout
from mnist_kmeans.cluster import connect, kmeans_dask
from mnist_kmeans.data.enlarge import enlarge, open_enlarged
from mnist_kmeans.exact import exact_inertia, grid_bits
from mnist_kmeans.lloyd import cluster_sums, means, nearest
from mnist_kmeans.plots import digits, lines, map_reduce_diagram, show

training, validation = load_mnist().holdout()
points = training.images[:10_000]
k = 16
start = random_centroids(points, k, seed=0)
print("points:", points.shape, points.dtype)

# %% [markdown]
# ## Map: one block
#
# Cut the digits into *blocks*, also called partitions. Imagine each block on another machine. All machines know the
# centroids. What can one of them do with its block, without asking anybody?
#
# It can assign its digits: that takes the digit and the centroids, nothing else. It cannot compute the new centroids,
# for the other members of a cluster are elsewhere. But it can add up the members that it has, and count them. And it
# can tell how many of its digits have changed their cluster. This is the *map*. You know `assign` from chapter 3;
# `cluster_sums` is the first half of the package's `update`.


# %%
def map_block(block, before, centroids):
    """The assignments of a block, and its share: sums, counts, number of changes."""
    assignments = assign(block, centroids)
    sums, counts = cluster_sums(block, assignments, len(centroids))
    changes = np.count_nonzero(assignments != before)
    return assignments, (sums.astype(np.int64), counts, changes)


blocks = np.array_split(points, 8)
nobody = [np.full(len(block), -1) for block in blocks]  # assigned to nothing so far
assignments, share = map_block(blocks[0], nobody[0], start)
sums, counts, changes = share
print("block: ", blocks[0].shape, blocks[0].dtype)
print("sums:  ", sums.shape, sums.dtype)
print("counts:", counts.shape, counts.dtype)
print("changes:", changes)

# %% [markdown]
# Look at the shapes. The block may be as long as it likes. Its share always has k sums and k counts.
#
# ## Reduce: a tree
#
# Two shares make one: add them. That is the *reduce*. Nobody has to see all shares at once, and nobody has to wait for
# all of them: each pair is added as soon as both are there, then pairs of pairs, and so on. This is a tree. With twice
# as many blocks it is one level higher.


# %%
def merge(left, right):
    """Two shares as one."""
    return tuple(a + b for a, b in zip(left, right, strict=True))


def next_level(shares):
    """The shares of the next level of the tree: each pair as one."""
    pairs = [shares[i : i + 2] for i in range(0, len(shares), 2)]
    return [merge(*pair) if len(pair) == 2 else pair[0] for pair in pairs]


mapped = [map_block(*each, start) for each in zip(blocks, nobody, strict=True)]
shares = [share for _, share in mapped]
while len(shares) > 1:
    print(len(shares), "shares, two make one:")
    shares = next_level(shares)
[(sums, counts, changes)] = shares
print(len(shares), "share of all digits")
print("members of the clusters:", counts)

# %% [markdown]
# ## Update
#
# What arrives at the root of the tree are the sums and the counts of all the digits. The new centroids are their
# quotients, on the grid of chapter 8: `means`, the second half of `update`. Would one machine with all the digits get
# the same?

# %%
bits = grid_bits(points)
by_blocks = means(sums, counts, start, bits)
at_once = update(points, assign(points, start), start)
print("equal centroids:", np.array_equal(by_blocks, at_once))

# %% [markdown]
# Map, reduce, update. That is one iteration:

# %%
show(map_reduce_diagram(8, heading="One iteration over eight blocks"))

# %% [markdown]
# And again, until nothing moves. Even the inertia needs no second look at the digits, since
#
# $$\sum_x {|x - c_x|}^2 \;=\; \sum_x {|x|}^2 \;-\; 2 \sum_c c \cdot S_c \;+\; \sum_c n_c\, {|c|}^2,$$
#
# where $S_c$ and $n_c$ are the sum and the count of cluster c. The first term never changes.


# %%
def map_reduce_kmeans(blocks, centroids):
    """Lloyd's algorithm over blocks: centroids, assignments and inertias."""
    squares = sum(int((block.astype(np.int64) ** 2).sum()) for block in blocks)
    bits = grid_bits(blocks[0])
    assigned, inertias = [-1] * len(blocks), []
    while True:
        pairs = zip(blocks, assigned, strict=True)
        mapped = [map_block(*pair, centroids) for pair in pairs]
        assigned, shares = map(list, zip(*mapped, strict=True))
        while len(shares) > 1:
            shares = next_level(shares)
        [(sums, counts, _)] = shares
        inertias.append(exact_inertia(centroids, sums, counts, squares, bits))
        moved = means(sums, counts, centroids, bits)
        if np.array_equal(moved, centroids):
            return centroids, np.concatenate(assigned), tuple(inertias)
        centroids = moved


alone = kmeans(points, k, init=start)
centroids, assignments, inertias = map_reduce_kmeans(blocks, start)
print("iterations:", len(inertias))
print("equal centroids:  ", np.array_equal(centroids, alone.centroids))
print("equal assignments:", np.array_equal(assignments, alone.assignments))
print("equal inertia at each iteration:", inertias == alone.history)

# %% [markdown]
# The same, to the last bit. That was the whole idea. The rest of this chapter puts machines under it.
#
# ## Who answers first?
#
# On a cluster one machine is busy today, another one tomorrow. The shares arrive in another order each time. Chapter 8
# has shown what that does to sums of fractions. Let us see it here: 64 shares of the first iteration, added up in a
# hundred random orders. Once they are whole numbers, as above. Once they are divided by 255, as they would be if the
# pixels were.


# %%
def different_sums(shares, orders):
    """Add up shares (blocks, k, d) in each order; return the different sums."""
    found = {}
    for order in orders:
        total = np.zeros_like(shares[0])
        for block in order:
            total += shares[block]
        found[total.tobytes()] = total
    return list(found.values())


many = np.array_split(points, 64)
whole = np.array([map_block(block, -1, start)[1][0] for block in many])
orders = [np.random.PCG64(i).random_raw(64).argsort(kind="stable") for i in range(100)]
of_fractions = different_sums(whole / 255, orders)
of_integers = different_sums(whole, orders)
print("each order gives a table of sums:", whole[0].shape)
print("fractions:    ", len(of_fractions), "different tables from 100 orders")
print("whole numbers:", len(of_integers), "different table")
print(f"the fractions differ by up to {np.ptp(of_fractions, axis=0).max():.0e}")

# %% [markdown]
# With fractions, no two orders gave the same table.<!--true: len(of_fractions) == 100--> With whole numbers, all of them did.<!--true: len(of_integers) == 1--> The differences are tiny, but you know from chapter 8 what an algorithm
# with a loop can make of the last bit. On a cluster, such a program may give another answer on Tuesday than on
# Monday, from the same data, on the same machines.
#
# ## Real processes
#
# Now somebody has to carry the blocks and the shares to and fro. We use the library Dask. It has three roles:
#
# - a *worker* is a process that computes. There may be hundreds of them, on any machines;
# - the *scheduler* knows which worker has what, and gives each task to a worker that can begin at once;
# - the *client* is this notebook. It asks for results.
#
# `connect` starts a scheduler and workers on this computer. On a real cluster, you give it the address of the scheduler
# that runs there. Nothing else changes, as long as each machine has this package and can read the blocks, from a shared
# disk for example. `kmeans_dask` is the loop from above, with tasks in place of function
# calls. Its tree adds up to eight shares at a time.
#
# We cut the digits in four ways, and let one worker or two work on them. To compare, we print the beginning of the
# SHA-256 of the centroids. A single different bit would change it. Ten iterations will do.


# %%
def digest(centroids):
    """The beginning of the SHA-256 of an array."""
    return hashlib.sha256(centroids.tobytes()).hexdigest()[:12]


n = len(points)
cuts = {
    1: [(n,), (1, n // 10, n - n // 10 - 1)],
    2: [(n // 4,) * 4, (n // 10,) * 10],
}
begun = kmeans(points, k, init=start, max_iter=10)
print(f"one process:           {begun.n_iter} iterations, {digest(begun.centroids)}")
all_equal = []
for workers in cuts:
    with connect(workers=workers):
        for sizes in cuts[workers]:
            spread = da.from_array(points, chunks=(sizes, -1)).persist()
            found = kmeans_dask(spread, k, init=start, max_iter=10)
            equal = (
                np.array_equal(found.centroids, begun.centroids)
                and np.array_equal(found.assignments.compute(), begun.assignments)
                and found.history == begun.history
            )
            all_equal.append(equal)
            print(
                f"workers: {workers}, blocks: {len(sizes):>2}: "
                f"{found.n_iter} iterations, {digest(found.centroids)}, equal: {equal}"
            )

# %% [markdown]
# A block with a single digit, ten<!--true: len(cuts[2][1]) == 10--> of equal size, one worker or two: all the same.<!--true: all(all_equal) and len(all_equal) == 4--> So the number of machines is a matter of money
# and patience. It is no longer a setting of the experiment.
#
# ## What travels
#
# The digits stay where they are: a block is read by the task that works on it. Over the network go the centroids, to each
# worker, and a share from each block.

# %%
BYTES = 8  # of an integer or a float64
d = points.shape[1]
share_bytes = BYTES * (k * d + k + 1)  # sums, counts, changes
print(f"the centroids, to each worker: {BYTES * k * d:>9,} bytes")
print(f"a share, from each block:      {share_bytes:>9,} bytes")
for size in (100, 10_000, 1_000_000):
    print(f"a block of {size:>9,} digits:    {size * d:>11,} bytes")

# %% [markdown]
# A share of k = 16 is k x d whole numbers and a few more. That is as much as 128<!--{share_bytes // d}--> digits. Blocks of a hundred would be cheaper to send
# than their shares. With ten thousand in a block, a share is about a hundredth<!--true: 0.01 < share_bytes / (10_000 * d) < 0.015--> of it. This is why map-reduce works
# for k-means: the answer of a block is small, however large the block.
#
# ## More digits than fit into memory
#
# MNIST is small. To have more, `enlarge` varies its digits a little, as Loosli, Canu and Bottou did when they made
# 8.1<!--{paper['MNIST8M'][0] / 1e6:.1f}--> million of them. It writes them to disk, in blocks of 10,000<!--{images.chunksize[0]:,}-->. `open_enlarged` gives a dask array: a
# description of where the blocks are. A block is read when a task needs it, and forgotten afterwards.

# %%
folder = tempfile.TemporaryDirectory()
enlarge(100_000, folder=folder.name)
images, _ = open_enlarged(folder=folder.name)
print("images:", images.shape, images.dtype, "in", images.numblocks[0], "blocks")
m = len(training)
rows = [i + m * turn for turn in range(3) for i in range(10)]
show(
    digits(
        images[rows].compute(),
        heading="Ten digits, and two variations of each",
        row_names=["as written", "varied", "again"],
    )
)

# %% [markdown]
# ## When a machine fails
#
# One machine seldom fails. Of a hundred, some machine soon will, and what was on it has to be computed again. Here that is
# simple: the assignments of a block follow from the block and the centroids. So when a worker is lost, the scheduler
# hands its blocks to others. (In the package's tests, workers are killed in the middle of a run. The bits stay.)
#
# And when the client itself is lost? Then a *checkpoint* helps, a file with the state after the last iteration. The whole state of
# k-means is the centroids. Let us stop a run after two iterations on one worker, and go on with two others. Four of the
# ten<!--true: images.numblocks[0] == 10--> blocks will do.

# %%
file = Path(folder.name) / "run.npz"
four_blocks = images[: 4 * images.chunksize[0]]
with connect(workers=1):
    stopped = kmeans_dask(four_blocks, k, init=start, max_iter=2, checkpoint=file)
with connect(workers=2):
    resumed = kmeans_dask(
        four_blocks, k, init=start, max_iter=4, checkpoint=file, resume=True
    )
straight = kmeans(four_blocks.compute(), k, init=start, max_iter=4)
print(f"the checkpoint has {file.stat().st_size:,} bytes")
print(f"stopped after {stopped.n_iter} iterations:   {digest(stopped.centroids)}")
print(f"resumed up to {resumed.n_iter} iterations:   {digest(resumed.centroids)}")
print(f"without a stop, one process: {digest(straight.centroids)}")

# %% [markdown]
# ## Watching it work
#
# Dask shows what the workers are doing, on a web page, the *dashboard*. Its address is `client.dashboard_link`. (It
# needs one more package: `pip install bokeh`.) This is part of it while two workers cluster 300,000<!--{30 * images.chunksize[0]:,}--> digits, in thirty
# blocks on disk:

# %% [markdown]
# ![Part of Dask's dashboard. Above, the task stream: two rows of coloured stripes, one row for each worker, over nearly eight seconds; nearly all of it is purple, with a white gap in both rows where an iteration ends. Below, a progress bar for each kind of task: getitem 44 of 60, map_part 45 of 60, share 12 of 30, merge_sums 0 of 5, ndarray 2 of 2.](images/dashboard.png)

# %% [markdown]
# - The upper panel has a row for each worker, and a stripe for each task that it has done, in the colours of the bars
#   below. Nearly all of it is purple: `map_part`, which reads a block, assigns its digits and adds them up. White is idling. It is
#   widest where an iteration ends: everybody waits for the last share, and for the new centroids. Red is fetching
#   something small from the other worker, mostly shares.
# - The bars below are the current iteration. Of its 30 blocks 15 are mapped: `map_part` says 45 of 60, because those of the
#   iteration before still count. (Their assignments are needed, to see what has changed.) 12 have handed on their `share`.
#   The tree, called `merge_sums`, has 5 nodes: four for up to eight shares each, and a root. (`getitem` takes the assignments
#   out of what `map_part` gives; an `ndarray` are the centroids.)
#
# ## What it costs
#
# How long does an iteration take, and how much memory? Such figures belong to a machine. Those below were measured by
# `make clusterbench`, with k = 16, on 45,000<!--{sizes[0]:,}-->, 450,000<!--{sizes[1]:,}--> and 2,000,000<!--{sizes[2]:,}--> digits on disk, by one worker and by two, processes of a computer with
# two cores. The results are stored with the course, and here we only draw them.

# %%
measured = json.loads((checkout() / "benchmarks" / "cluster.json").read_text())
by_workers = {
    workers: [row for row in measured["scaling"] if row["workers"] == workers]
    for workers in (1, 2)
}
sizes = [row["n"] for row in by_workers[1]]
seconds = {
    workers: [median(row["seconds"]) for row in rows]
    for workers, rows in by_workers.items()
}
print(measured["machine"])
print(f"{'digits':>9}  1 worker  2 workers  ratio  per digit, one worker")
for size, one, two in zip(sizes, seconds[1], seconds[2], strict=True):
    print(
        f"{size:>9,}  {one:6.2f} s   {two:6.2f} s  {one / two:5.2f}  "
        f"{1e6 * one / size:.2f} microseconds"
    )
show(
    lines(
        {
            "one worker": (sizes, seconds[1]),
            "two workers": (sizes, seconds[2]),
        },
        heading="Ten times the digits, nearly ten times the seconds",
        xlabel="number of digits",
        ylabel="seconds per iteration",
        log_ticks=sizes,
        log_yticks=[0.1, 0.2, 0.5, 1, 2, 5, 10],
    )
)

# %% [markdown]
# Both axes are logarithmic. The lines rise by a little less than one decade per decade: the time grows nearly
# *linearly*. With few digits, a digit costs more, as the tasks themselves take time.<!--true: all(s[0] / sizes[0] > 1.1 * s[-1] / sizes[-1] for s in seconds.values())--> A second worker does not halve the
# time. It is 1.65<!--{seconds[1][-1] / seconds[2][-1]:.2f}--> times as fast, for the two share one memory, and the scheduler and the client want some of the two
# cores as well. Machines of their own would not share these.
#
# And memory?

# %%
memory = {
    "the digits": [size * d / 1e6 for size in sizes],
    "a worker": [row["worker_mb"] for row in by_workers[2]],
    "the scheduler": [row["scheduler_mb"] for row in by_workers[2]],
    "the client": [row["client_mb"] for row in by_workers[2]],
}
for name, megabytes in memory.items():
    print(f"{name:<13}", *(f"{each:>7,.0f} MB" for each in megabytes))
show(
    lines(
        {name: (sizes, megabytes) for name, megabytes in memory.items()},
        heading="The digits grow, the memory of a worker hardly does",
        xlabel="number of digits",
        ylabel="MB",
        log_ticks=sizes,
        log_yticks=[30, 100, 300, 1000],
    )
)

# %% [markdown]
# Two million digits are 1,568<!--{memory['the digits'][-1]:,.0f}--> MB. No worker ever held more than 179<!--{max(memory['a worker']):.0f}--> MB, most of that for Python and its
# libraries, and it hardly matters how many digits there are.<!--true: max(memory['a worker']) < 1.25 * min(memory['a worker'])--> (What does grow are the assignments. They stay on the
# workers: a byte for each digit, of this iteration and the one before.) The scheduler keeps track of a few tasks for each
# block. The client never sees a digit. It holds 89<!--{memory['the client'][-1]:.0f}--> MB for any of the three sizes.<!--true: len(set(memory['the client'])) <= 2-->
#
# ## On paper
#
# We have no hundred machines. But the parts are known, and so we can reckon. The set of Loosli, Canu and Bottou, MNIST8M,
# has 8.1<!--{paper['MNIST8M'][0] / 1e6:.1f}--> million digits. And let us imagine a billion digits ($10^9$) on a hundred machines, each with two workers like
# ours. What does an iteration need?
#
# - *Compute*: each digit costs a worker what we have measured.
# - *Scheduling*: each block is three tasks (read and map it, keep its assignments, count its changes), and the tree has one
#   more for every seven blocks. Dask's documentation says that a task costs the scheduler up to a millisecond.
# - *Network*: a share from each block and from each node of the tree; to each worker the centroids. We
#   assume 125 million bytes a second for each machine, and that all machines send at the same time.
#
# We add the three up, though in truth they overlap. The first three lines we have measured, too.


# %%
FAN_IN = 8  # shares that a task of the tree adds up
TASK = 1e-3  # seconds of the scheduler
NETWORK = 125e6  # bytes per second and machine

per_digit = seconds[1][-1] / sizes[-1]
paper = {f"{size:,}": (size, 1, 10_000) for size in sizes} | {
    "MNIST8M": (8_100_000, 1, 10_000),  # digits, machines, digits in a block
    "a billion": (10**9, 100, 10_000),
    "in larger blocks": (10**9, 100, 1_000_000),
}

# %%
parts = {}
print(" " * 16 + "   blocks  compute  schedule  network  all       sent")
for name, (n, machines, size) in paper.items():
    blocks_there = n / size
    merges = blocks_there / (FAN_IN - 1)
    sent = (blocks_there + merges) * share_bytes + 2 * machines * BYTES * k * d
    parts[name] = {
        "compute": n * per_digit / (2 * machines),
        "schedule": (3 * blocks_there + merges) * TASK,
        "network": sent / machines / NETWORK if machines > 1 else 0,
    }
    print(
        f"{name:<16}{blocks_there:>9,.0f}"
        + "".join(f"{each:>8.2f} s" for each in parts[name].values())
        + f"{sum(parts[name].values()):>8.2f} s {sent / 1e6:>7,.0f} MB"
    )

# %% [markdown]
# And the first three, beside what was measured:

# %%
reckoned = [sum(parts[f"{size:,}"].values()) for size in sizes]
for size, ours, true in zip(sizes, reckoned, seconds[2], strict=True):
    print(
        f"{size:>9,}: reckoned {ours:.2f} s, measured {true:.2f} s ({ours / true:.0%})"
    )

# %% [markdown]
# The smaller the job, the more we have left out.<!--true: reckoned[0] / seconds[2][0] < reckoned[1] / seconds[2][1] < reckoned[2] / seconds[2][2] < 1.1--> For the largest, the sum comes close. (It is no independent test: what a
# digit costs comes from the same digits, with one worker.)
#
# MNIST8M would take 20<!--{sum(parts['MNIST8M'].values()):.0f}--> s for each iteration, on this computer with its two cores. A hundred of them and a billion digits:
# the workers would be done after 22<!--{parts['a billion']['compute']:.0f}--> s, and the network would carry the shares in less than a second<!--true: parts['a billion']['network'] < 1-->. But the
# scheduler, a single process, would hand out tasks for up to five minutes<!--true: 5 * 60 < parts['a billion']['schedule'] < 5.5 * 60-->. This is *Amdahl's law*: what only one can do
# sets the limit, however many do the rest.
#
# The remedy is in the last line: blocks a hundred times as large. Then an iteration takes 25<!--{sum(parts['in larger blocks'].values()):.0f}--> s, and sixty
# iterations 25<!--{sum(parts['in larger blocks'].values()):.0f}--> minutes. Such a block has 784<!--{10**6 * d / 1e6:.0f}--> MB, and a machine has ten<!--true: 10**9 / 10**6 / 100 == 10--> of them. If it has to read them from a disk
# at each iteration, at 500 million bytes a second, that takes another 16<!--{10**9 * d / 100 / 500e6:.0f}--> s.
#
# Would the arithmetic still be exact? The largest sum must fit into 63 binary digits, after it has been shifted onto the
# grid:

# %%
print("fits:", (255 * 10**9) << (bits + 1) < 2**63)

# %% [markdown]
# ## When not to use a cluster
#
# Most of the time. First, count what it costs where one machine would do. `make clusterbench` has compared two workers with the textbook loop of
# chapter 3 in one process, and with the fast engine of chapter 8, all on the 45,000<!--{len(training):,}--> training digits.

# %%
overhead = measured["overhead"]
by_textbook, by_cluster = median(overhead["textbook"]), median(overhead["workers"])
by_engine = median(overhead["fast_whole_run"]) / overhead["n_iter"]
print(f"textbook loop, one process: {by_textbook:.3f} s per iteration")
print(f"two workers:                {by_cluster:.3f} s per iteration")
print(f"fast engine, one process:   {by_engine:.3f} s per iteration")
print(f"two workers take {by_cluster / by_textbook:.1f} times as long as the loop")
print(f"and {by_cluster / by_engine:.0f} times as long as the fast engine")

# %% [markdown]
# Two workers together take about as long as the textbook loop.<!--true: 0.9 < by_cluster / by_textbook < 1.3--> (It uses both cores as well, in its matrix product.)
# That is what the cluster is for: to do the same on more machines. But the fast engine was 23<!--{by_cluster / by_engine:.0f}--> times as
# fast as the two workers together. To catch up with it, a cluster would need 23<!--{by_cluster / by_engine:.0f}--> such computers, and a network that costs
# nothing. Its workers cannot use the bounds of chapter 8 as they are: a bound belongs to a digit and an iteration, and would
# be lost with the worker that holds it.
#
# Second, ask whether you need all those digits. We let sixteen clusters learn from a hundredth of the training digits,
# from a tenth and from all of them, and look how far validation digits are from their nearest centroid, five starts each.

# %%
distances = {}
for part in (100, 10, 1):
    some = training.images[: len(training) // part]
    found = [kmeans(some, k, seed=seed).centroids for seed in range(5)]
    distances[part] = [nearest(validation.images, each)[1].mean() for each in found]
    print(
        f"{len(some):>6,} digits: mean squared distance "
        f"{np.mean(distances[part]) / 1e6:.3f} million "
        f"({min(distances[part]) / 1e6:.3f} to {max(distances[part]) / 1e6:.3f})"
    )

# %% [markdown]
# With a tenth of the digits, the mean squared distance of the validation digits is 1.0 %<!--{np.mean(distances[10]) / np.mean(distances[1]) - 1:.1%}--> larger than with all of them. A
# billion digits would not change sixteen means much, either. A random sample that fits on one machine is the
# first thing to try.
#
# So when? When the digits do not fit on one machine, and a part of them does not say enough: many clusters, rare
# kinds. When the data are on many machines already, and moving them would take longer than clustering. Or when one run is small
# but there are many of them, as in chapter 7: then hand out the *runs*, not the digits. They need not talk at all.
#
# ## What to remember
#
# - Map: each block adds up its own. Reduce: a tree adds up the sums. Update: one division. Only the sums travel.
# - Sums of whole numbers do not depend on blocks, workers or the order of arrival. Sums of fractions do.
# - Time grows nearly linearly with the number of digits, the memory of a worker hardly at all.
# - Large blocks make little traffic and few tasks. A block must still fit into the memory of a worker.
# - A better algorithm on one machine, or fewer digits, often beats a cluster.
#
# ## Exercises
#
# Write code of your own in the [exercises of this chapter](exercises/09_beyond_one_machine.ipynb): a mean of means, a
# median by map-reduce, a tree for anything. Below each is a check that tells you how far you are. And to think
# about:
#
# 1. Run `mnist-kmeans enlarge --n 200000` in a terminal, then `mnist-kmeans cluster --enlarged 0`, once with `--workers 1`
#    and once with `--workers 2`. How many seconds do you save? Where might the rest have gone?
# 2. The workers use the textbook's way to assign, not the bounds of chapter 8. What would have to be kept from one
#    iteration to the next, where, and what would happen when a worker is lost?
# 3. k-means++ draws each centroid by its squared distances to all points (chapter 6). Which numbers must a block send, for
#    each centroid that is drawn, so that the draw is the same as on one machine?
#
# ## Further reading
#
# - J. Dean, S. Ghemawat: *MapReduce: simplified data processing on large clusters*, OSDI (2004).
# - W. Zhao, H. Ma, Q. He: *Parallel k-means clustering based on MapReduce*, CloudCom (2009).
# - G. M. Amdahl: *Validity of the single processor approach to achieving large scale computing capabilities*, AFIPS (1967).
# - B. Bahmani and others: *Scalable k-means++*, PVLDB 5 (2012): fewer rounds than one for each centroid.
# - M. Rocklin: *Dask: parallel computation with blocked algorithms and task scheduling*, SciPy (2015).
# - F. McSherry, M. Isard, D. G. Murray: *Scalability! But at what COST?*, HotOS (2015): how many cores do clusters need
#   to beat one thread?
# - G. Loosli, S. Canu, L. Bottou: *Training invariant support vector machines using selective sampling*, in Large Scale
#   Kernel Machines, MIT Press (2007), the digits of MNIST8M.
