# %% [markdown]
# # 9. Beyond one machine
#
# What if the digits do not fit into one computer? The algorithm need not change, and neither does a single bit of the
# answer. What changes is who does what, and what has to be sent.
#
# > **What the articles found.** Article B began as homework on a cluster of machines: k-means by *map-reduce*, on
# > Spark. Its author rewrote it for one machine. We go the other way.
#
# **What you will learn**
#
# - how k-means falls into a map, a reduce and an update, so that many machines can share the work;
# - why the order in which answers arrive changes sums that are rounded, and not ours;
# - what a cluster costs, what it buys, and when not to use one.
#
# **What you need**: chapters 3 and 8. You need no cluster: two processes on your computer stand for two machines.
#
# **Time**: 75 minutes.

# %% tags=["hide-input"]
import json
import tempfile
import tracemalloc
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
from mnist_kmeans.plots import Table, digits, lines, map_reduce_diagram, show

# %%
training, validation = load_mnist().holdout()
points = training.images[:10_000]
k = 16
start = random_centroids(points, k, seed=0)
print("points:", points.shape, points.dtype)

# %% [markdown]
# ## Map: one block
#
# Cut the digits into *blocks*, and imagine each on another machine. All machines know the centroids. What can one of
# them do with its block, without asking anybody?
#
# It can assign its digits. It cannot compute the new centroids, for the other members of a cluster are elsewhere. But it
# can add up the members that it has, and count them, and tell how many have changed their cluster. This is the *map*.
# (`cluster_sums` is the first half of the package's `update`.)


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
# The block may be as long as it likes. Its share always has k sums and k counts.
#
# ## Reduce: a tree
#
# Two shares become one: add them. That is the *reduce*. Nobody has to see all shares at once: each pair is added as soon as
# both are there, then pairs of pairs, and so on. This is a tree. With twice as many blocks it is one level higher.


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

# %% tags=["hide-input"]
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
# The same, to the last bit. The rest of this chapter puts machines under it.

# %% [markdown]
# **Quick question.** Could a block send the *means* of its clusters in place of sums and counts?
#
# 1. Yes: the mean of the means is the mean.
# 2. Yes, if all blocks are equally long.
# 3. No, not without the counts.
#
# <details><summary>Answer</summary>
#
# 1. Only if all of them stand for equally many digits.
# 2. Even then, blocks of the same length have different numbers of members of a cluster.
# 3. **Right.** A mean of three digits must not weigh as much as one of three hundred. The counts tell the weights.
#
# </details>

# %% [markdown]
# ## Who answers first?
#
# On a cluster one machine is busy today, another one tomorrow. The shares arrive in another order each time. Let us add up
# 64 shares of the first iteration in a hundred random orders. Once they are whole numbers, as above. Once they are
# divided by 255, as they would be if the pixels were. And once they are divided by 256.
#
# **Predict, then look.** How many different tables of sums do the hundred orders give each time?


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
of_256ths = different_sums(whole / 256, orders)
of_integers = different_sums(whole, orders)
print("whole numbers: ", len(of_integers), "table from 100 orders")
print("divided by 255:", len(of_fractions), "different tables")
print("divided by 256:", len(of_256ths), "table")
print(f"divided by 255, they differ by up to {np.ptp(of_fractions, axis=0).max():.0e}")

# %% [markdown]
# <details><summary>Answer</summary>
#
# Divided by 255, no two orders give the same table.<!--true: len(of_fractions) == 100--> With whole numbers, all of them do, and also when
# these are divided by 256.<!--true: len(of_integers) == len(of_256ths) == 1-->
#
# </details>
#
# So fractions as such do no harm. A computer counts in halves, quarters, eighths: a 256th it holds exactly, and a
# 255th it has to round. What is never rounded has the same sum in each order. The differences are tiny, but chapter 8 has
# shown that a loop can turn the last bit into another clustering. With rounded sums, a cluster may give another answer on
# Tuesday than on Monday, from the same data, on the same machines.

# %% [markdown]
# **Quick question.** The seed is fixed, and the pixels are divided by 255. Do two runs on a cluster give the same sums?
#
# 1. Yes: a seed fixes all that is random.
# 2. Not for sure.
# 3. Yes: a + b = b + a, even when rounded.
#
# <details><summary>Answer</summary>
#
# 1. It fixes what is drawn. When the shares arrive, no seed decides.
# 2. **Right.** The shares arrive in another order each time, and with rounding each order can have a sum of its own.
# 3. That is true of two shares. But with three, (a + b) + c and a + (b + c) may be rounded differently.
#
# </details>

# %% [markdown]
# ## Real processes
#
# Now somebody has to carry the blocks and the shares to and fro. We use the library Dask. It has three roles:
#
# - a *worker* is a process that computes. There may be hundreds of them, on any machines;
# - the *scheduler* knows which worker has what, and gives each task to a worker that can begin at once;
# - the *client* is this notebook. It asks for results.
#
# `connect` starts a scheduler and workers on this computer. On a real cluster, you give it the address of the scheduler
# there; each machine needs this package, and a disk on which it can read the blocks. `kmeans_dask` is the loop from
# above, with tasks in place of function calls. Its tree adds up to eight shares at a time.
#
# We cut the digits in four ways, let one worker or two work on them for ten iterations, and compare centroids, assignments
# and inertias with those of one process.

# %%
n = len(points)
cuts = {
    1: [(n,), (1, n // 10, n - n // 10 - 1)],
    2: [(n // 4,) * 4, (n // 10,) * 10],
}
begun = kmeans(points, k, init=start, max_iter=10)
cut_rows = []
for workers in cuts:
    with connect(workers=workers):
        for chunks in cuts[workers]:
            spread = da.from_array(points, chunks=(chunks, -1)).persist()
            found = kmeans_dask(spread, k, init=start, max_iter=10)
            equal = (
                np.array_equal(found.centroids, begun.centroids)
                and np.array_equal(found.assignments.compute(), begun.assignments)
                and found.history == begun.history
            )
            cut_rows.append((workers, len(chunks), min(chunks), str(equal)))
names = ["workers", "blocks", "digits in the smallest", "all equal"]
columns = dict(zip(names, zip(*cut_rows, strict=True), strict=True))

# %% tags=["hide-input"]
show(Table(columns, heading="Ten iterations, beside those of one process"))

# %% [markdown]
# A block with a single digit, ten<!--true: len(cuts[2][1]) == 10--> of equal size, one worker or two: all the same.<!--true: tuple(row[3] for row in cut_rows) == ('True',) * 4--> So the number of machines is a matter of money
# and patience. It is no longer a setting of the experiment.
#
# ## What travels
#
# The digits stay where they are: a block is read by the task that works on it. Over the network go the centroids, to each
# worker, and a share from each block.
#
# **Predict, then look.** How many digits have as many bytes as a share?

# %%
BYTES = 8  # of an integer or a float64
d = points.shape[1]
share_bytes = BYTES * (k * d + k + 1)  # sums, counts, changes
travels = {
    "the centroids, to each worker": BYTES * k * d,
    "a share, from each block": share_bytes,
    "not sent: a block of 100 digits": 100 * d,
    "not sent: a block of 10,000 digits": 10_000 * d,
}

# %% tags=["hide-input"]
show(
    Table(
        {"what": travels, "bytes": travels.values()},
        heading="What is sent, and what is not",
    )
)

# %% [markdown]
# <details><summary>Answer</summary>
#
# 128<!--{share_bytes // d}--> digits, however large the block is. Blocks of a hundred would be cheaper to send than their shares. Of a block of ten
# thousand, a share is about a hundredth.<!--true: 0.01 < share_bytes / (10_000 * d) < 0.015-->
#
# </details>
#
# This is why map-reduce works for k-means: the answer of a block is small, however large the block. (Not every algorithm
# is so modest. In exercise 2, a share of medians takes as much room as 32,768<!--{BYTES * k * d * 256 // d:,}--> digits.)

# %% [markdown]
# **Quick question.** The blocks become twice as long, and the digits are the same. How many bytes do all blocks send
# in an iteration?
#
# 1. Half as many.
# 2. As many as before, for the digits are the same.
# 3. Twice as many.
#
# <details><summary>Answer</summary>
#
# 1. **Right.** There are half as many shares, and each is as large as before: k sums and k counts.
# 2. Digits do not travel. What travels is a share for each block.
# 3. A share does not grow with its block.
#
# </details>

# %% [markdown]
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

# %% tags=["hide-input"]
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
# Of a hundred machines, some machine soon fails. What was on it is easy to compute again: the assignments of a block
# follow from the block and the centroids. So the scheduler hands its blocks to others. (In the package's tests, workers are
# killed in the middle of a run. The bits stay.)
#
# And when the client itself is lost? Then a *checkpoint* helps, a file with the state after the last iteration. The whole
# state of k-means is the centroids. Let us stop a run after two iterations on one worker, and go on with two others. Four
# of the ten<!--true: images.numblocks[0] == 10--> blocks will do.

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
print(f"stopped after {stopped.n_iter} iterations, resumed up to {resumed.n_iter}")
print(
    "equal to a run without a stop:",
    np.array_equal(resumed.centroids, straight.centroids),
)

# %% [markdown]
# ## Watching it work
#
# Dask shows what the workers are doing, on a web page, the *dashboard*, at `client.dashboard_link`. (It needs one more
# package: `pip install bokeh`.) This is part of it while two workers cluster 300,000<!--{30 * images.chunksize[0]:,}--> digits, in thirty blocks on disk:

# %% [markdown]
# ![Part of Dask's dashboard. Above, the task stream: two rows of coloured stripes, one row for each worker, over nearly eight seconds; nearly all of it is purple, with a white gap in both rows where an iteration ends. Below, a progress bar for each kind of task: getitem 44 of 60, map_part 45 of 60, share 12 of 30, merge_sums 0 of 5, ndarray 2 of 2.](images/dashboard.png)

# %% [markdown]
# The upper panel has a row for each worker, and a stripe for each task. Purple is the map, `map_part`: nearly all of the
# time. White is idling. Where an iteration ends, both rows are white at once: everybody waits for the last share and for the
# new centroids. The bars below count tasks, which Dask names after functions: `getitem` keeps the assignments of a block,
# `share` hands on its sums, `merge_sums` is the tree with its five nodes, and `ndarray` brings the centroids. (The first
# two bars go to 60 for 30 blocks, as the assignments of the iteration before are kept.)
#
# ## What it costs
#
# How long does an iteration take, and how much memory? `make clusterbench` has measured it, with k = 16, on 45,000<!--{sizes[0]:,}-->, 450,000<!--{sizes[1]:,}--> and 2,000,000<!--{sizes[2]:,}--> digits on disk, by one worker
# and by two, on a computer with two cores. The results are stored with the course; here we only draw them.

# %%
measured = json.loads((checkout() / "benchmarks" / "cluster.json").read_text())
by_workers = {
    workers: [row for row in measured["scaling"] if row["workers"] == workers]
    for workers in (1, 2)
}
sizes = [row["n"] for row in by_workers[1]]
seconds = {
    workers: np.array([median(row["seconds"]) for row in rows])
    for workers, rows in by_workers.items()
}
print(measured["machine"])

# %% tags=["hide-input"]
show(
    Table(
        {
            "digits": sizes,
            "one worker, s": seconds[1],
            "two workers, s": seconds[2],
            "ratio": seconds[1] / seconds[2],
            "one worker, microseconds a digit": 1e6 * seconds[1] / sizes,
        },
        heading="Seconds per iteration",
        formats=dict.fromkeys(
            (
                "one worker, s",
                "two workers, s",
                "ratio",
                "one worker, microseconds a digit",
            ),
            ".2f",
        ),
    )
)
show(
    lines(
        {
            "one worker": (sizes, seconds[1]),
            "two workers": (sizes, seconds[2]),
        },
        heading="Ten times the digits, about eight times the seconds",
        xlabel="number of digits",
        ylabel="seconds per iteration",
        log_ticks=sizes,
        log_yticks=[0.1, 0.2, 0.5, 1, 2, 5, 10],
    )
)

# %% [markdown]
# Ten times the digits take about eight times as long, not quite ten:<!--true: all(7.5 < s[1] / s[0] < 9 for s in seconds.values())--> the time grows nearly *linearly*, and a digit costs
# more when there are few of them.<!--true: all(s[0] / sizes[0] > 1.1 * s[-1] / sizes[-1] for s in seconds.values())--> A second worker does not halve the time. For the most
# digits, two are 1.65<!--{seconds[1][-1] / seconds[2][-1]:.2f}--> times as fast as one.
#
# And memory?

# %%
memory = {
    "the digits": [size * d / 1e6 for size in sizes],
    "a worker": [row["worker_mb"] for row in by_workers[2]],
    "the scheduler": [row["scheduler_mb"] for row in by_workers[2]],
    "the client": [row["client_mb"] for row in by_workers[2]],
}

# %% tags=["hide-input"]
show(
    Table(
        {"digits": sizes} | memory,
        heading="The most memory, in MB, with two workers",
        formats=dict.fromkeys(memory, ",.0f"),
    )
)
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

# %%
print("a worker that has done nothing:", measured["pieces"]["idle_worker_mb"], "MB")

# %% [markdown]
# Two million digits are 1,568<!--{memory['the digits'][-1]:,.0f}--> MB, but no worker ever held more than 179<!--{max(memory['a worker']):.0f}--> MB, however many there were.<!--true: max(memory['a worker']) < 1.25 * min(memory['a worker'])--> What is it for? A worker
# that has done nothing takes 68<!--{measured['pieces']['idle_worker_mb']}--> MB. The client, which has loaded the same libraries and never sees a digit, takes 89<!--{memory['the client'][-1]:.0f}--> MB
# for any of the three sizes.<!--true: np.ptp(memory['the client']) <= 1--> So about half of it is not for digits.<!--true: all(0.4 < client / worker < 0.6 for client, worker in zip(memory['the client'], memory['a worker']))--> Is the rest for a block of 8<!--{images.chunksize[0] * d / 1e6:.0f}--> MB, and
# for what is made of it? Let us measure what a map step takes on top of its block.

# %%
tracemalloc.start()
map_block(points, -1, start)
peak = tracemalloc.get_traced_memory()[1]
tracemalloc.stop()
print(f"the map step of {len(points):,} digits takes {peak / 1e6:.0f} MB more at most")

# %% [markdown]
# Both together are 15<!--{(images.chunksize[0] * d + peak) / 1e6:.0f}--> MB. That leaves fifty to eighty of each worker that these figures do not explain.<!--true: all(45 < worker - client - (images.chunksize[0] * d + peak) / 1e6 < 80 for client, worker in zip(memory['the client'], memory['a worker']))--> (What does grow are
# the assignments, which stay on the workers: a byte for each digit.)
#
# ## On paper
#
# We have no hundred machines to try it on. But we can measure each piece of an iteration apart, and add the pieces up for
# any number of machines: the map step of a block on disk, in one process and in two at once, and a task that does nothing.

# %%
pieces = measured["pieces"]
per_digit, at_once, per_task = (
    median(pieces[each]) for each in ("alone", "at_once", "task")
)
print(f"map step of a digit, alone:             {1e6 * per_digit:5.2f} microseconds")
print(f"map step, two processes at once:        {1e6 * at_once:5.2f} microseconds")
print(f"the scheduler, for a task with no work: {1e6 * per_task:5.0f} microseconds")

# %% [markdown]
# With two processes at once, the map step is 8 %<!--{at_once / per_digit - 1:.0%}--> dearer, by the medians of three measurements. But the dearest alone took longer than
# the cheapest of two at once, so we cannot be sure.<!--true: max(pieces["alone"]) > min(pieces["at_once"])--> Even the widest gap between them would explain only a part of what the second worker loses.<!--true: max(pieces["at_once"]) / min(pieces["alone"]) < 2 * seconds[2][-1] / seconds[1][-1]-->
#
# Now to the sum. The set of Loosli, Canu and Bottou, MNIST8M, has 8.1<!--{paper['MNIST8M'][0] / 1e6:.1f}--> million digits. And let us imagine a billion
# digits ($10^9$) on a hundred machines, each with two workers like ours.
#
# - *Compute*: each digit costs a worker the map step, two at once.
# - *Scheduling*: each block is three tasks (read and map it, keep its assignments, count its changes), and the tree has one
#   more for every seven blocks. The scheduler does one after the other.
# - *Network*: a share from each block and from each node of the tree; to each worker the centroids. We
#   assume 125 million bytes a second for each machine, and that all machines send at the same time.
#
# **Predict, then look.** A billion digits in blocks of ten thousand, on a hundred machines: which of the three takes longest?


# %%
FAN_IN = 8  # shares that a task of the tree adds up
NETWORK = 125e6  # bytes per second and machine

paper = {f"{size:,}": (size, 1, 10_000) for size in sizes} | {
    "MNIST8M": (8_100_000, 1, 10_000),  # digits, machines, digits in a block
    "a billion": (10**9, 100, 10_000),
    "in larger blocks": (10**9, 100, 1_000_000),
}


def reckon(n, machines, size):
    """Seconds of an iteration for compute, scheduling and network."""
    blocks = n / size
    merges = blocks / (FAN_IN - 1)
    sent = (blocks + merges) * share_bytes + 2 * machines * BYTES * k * d
    return (
        n * at_once / (2 * machines),
        (3 * blocks + merges) * per_task,
        sent / machines / NETWORK if machines > 1 else 0,
    )


parts = {
    name: dict(zip(("compute", "schedule", "network"), reckon(*row), strict=True))
    for name, row in paper.items()
}
together = {name: sum(each.values()) for name, each in parts.items()}
columns = {
    part: [each[part] for each in parts.values()]
    for part in ("compute", "schedule", "network")
} | {"all": together.values()}

# %% tags=["hide-input"]
show(
    Table(
        {"digits": paper} | columns,
        heading="Reckoned seconds per iteration",
        formats=dict.fromkeys(columns, ".2f"),
    )
)

# %% [markdown]
# <details><summary>Answer</summary>
#
# The workers are done after 18<!--{parts['a billion']['compute']:.0f}--> s, and the network carries the shares in less than a second<!--true: parts['a billion']['network'] < 1-->. But the scheduler, a
# single process, hands out tasks for five minutes<!--true: 5 * 60 < parts['a billion']['schedule'] < 5.5 * 60-->.
#
# </details>
#
# This is *Amdahl's law*: what only one can do sets the limit, however many do the rest. The remedy is in the last line:
# blocks a hundred times as large. Then an iteration takes 21<!--{together['in larger blocks']:.0f}--> s. Such a block has 784<!--{10**6 * d / 1e6:.0f}--> MB, and a machine has ten<!--true: 10**9 / 10**6 / 100 == 10--> of them.
#
# Can we trust the sum? Two workers have been timed at three sizes.

# %%
reckoned = np.array([together[f"{size:,}"] for size in sizes])

# %% tags=["hide-input"]
show(
    Table(
        {
            "digits": sizes,
            "reckoned, s": reckoned,
            "measured, s": seconds[2],
            "share": reckoned / seconds[2],
        },
        heading="The reckoning beside the clock, two workers",
        formats={"reckoned, s": ".2f", "measured, s": ".2f", "share": ".0%"},
    )
)

# %% [markdown]
# The sum explains 78 %<!--{reckoned[2] / seconds[2][2]:.0%}--> of the time for the most digits, and 53 %<!--{reckoned[0] / seconds[2][0]:.0%}--> for the fewest: the smaller the job, the larger is the
# share that we have left out.<!--true: np.all(np.diff(reckoned / seconds[2]) > 0)--> It is no fixed cost of an iteration: in seconds it grows with the job.<!--true: np.all(np.diff(seconds[2] - reckoned) > 0)--> What it is, these figures do not say. (Waiting at the end of an iteration is in none of the pieces, nor is the client's
# part.) So read the table as the least that an iteration takes. The lesson of its fifth line stands: the scheduler takes
# 17<!--{parts['a billion']['schedule'] / parts['a billion']['compute']:.0f}--> times as long as the workers.
#
# Would the arithmetic still be exact? The largest sum must fit into 63 binary digits, after it has been shifted onto the
# grid:

# %%
print("fits:", (255 * 10**9) << (bits + 1) < 2**63)

# %% [markdown]
# **Quick question.** A billion digits in blocks of ten thousand: the scheduler takes minutes, the workers take
# seconds. What makes an iteration much faster?
#
# 1. Twice as many machines.
# 2. Smaller blocks, so that all are busy.
# 3. Larger blocks.
# 4. A faster network.
#
# <details><summary>Answer</summary>
#
# 1. They shorten the seconds. The minutes belong to the scheduler, and there is still one of it.
# 2. They make more tasks, and the scheduler has to hand out each of them.
# 3. **Right.** A hundred times fewer tasks, and the scheduler needs seconds as well.<!--true: parts["in larger blocks"]["schedule"] < 10-->
# 4. The network needs less than a second already.<!--true: parts["a billion"]["network"] < 1-->
#
# </details>

# %% [markdown]
# ## When not to use a cluster
#
# Most of the time. First, see what it costs where one machine would do. Here are two workers, the textbook loop of
# chapter 3 and the fast engine of chapter 8, all on the 45,000<!--{len(training):,}--> training digits.

# %%
overhead = measured["overhead"]
by_textbook, by_cluster = median(overhead["textbook"]), median(overhead["workers"])
by_engine = median(overhead["fast_whole_run"]) / overhead["n_iter"]
each_way = {
    "textbook loop, one process": by_textbook,
    "two workers": by_cluster,
    "fast engine, one process": by_engine,
}

# %% tags=["hide-input"]
show(
    Table(
        {
            "": each_way,
            "seconds": each_way.values(),
            "two workers take": [
                f"{by_cluster / each:.1f} x" for each in each_way.values()
            ],
        },
        heading="An iteration over the training digits",
        formats={"seconds": ".3f"},
    )
)

# %% [markdown]
# Two workers together take about as long as the textbook loop.<!--true: 0.9 < by_cluster / by_textbook < 1.3--> (It uses both cores as well.) But the fast engine is more than fifteen times as
# fast as the two workers together.<!--true: by_cluster / by_engine > 15--> To catch up with it, a cluster would need as many such computers, and a network that
# costs nothing.
#
# Could the workers use the bounds of chapter 8, too? They could. The map step is the plain one by choice: it needs
# nothing but a block and the centroids, so any worker can do it at any time. Bounds would have to be kept where the digit
# is, and when they are lost with a worker, all its digits must be looked at once more (question 2).
#
# Second, ask whether you need all those digits. We let sixteen clusters and a hundred learn from a random tenth of the training
# digits and from all of them, and look how far validation digits are from their nearest centroid. With each of the seeds 0, 1
# and 2 we draw another tenth. A third line has sixteen clusters again, and so few digits that a cluster has no more members
# than one of the hundred.
#
# **Predict, then look.** By how much does the mean squared distance grow when nine digits in ten are left out?


# %%
def mean_distance(clusters, count, seed):
    """Of validation digits from centroids that a random part of the others leads to."""
    rows = np.random.default_rng(seed).permutation(len(training))[:count]
    found = kmeans(training.images[rows], clusters, seed=seed).centroids
    return nearest(validation.images, found)[1].mean()


n = len(training)
cases = [(16, n // 10), (100, n // 10), (16, 16 * n // 1000)]
with_all = {
    clusters: np.mean([mean_distance(clusters, n, seed) for seed in range(3)])
    for clusters in (16, 100)
}
dearer = {
    case: np.array([mean_distance(*case, seed) for seed in range(3)])
    / with_all[case[0]]
    - 1
    for case in cases
}

# %% tags=["hide-input"]
show(
    Table(
        {
            "clusters": [clusters for clusters, _ in cases],
            "digits": [count for _, count in cases],
            "digits a cluster": [count // clusters for clusters, count in cases],
            "on average": [each.mean() for each in dearer.values()],
            "least": [each.min() for each in dearer.values()],
            "most": [each.max() for each in dearer.values()],
        },
        heading="How much farther away than with all the digits",
        formats={"digits": ","} | dict.fromkeys(("on average", "least", "most"), ".1%"),
    )
)

# %% [markdown]
# <details><summary>Answer</summary>
#
# By 0.6 %<!--{dearer[cases[0]].mean():.1%}--> for sixteen clusters, by 3.6 %<!--{dearer[cases[1]].mean():.1%}--> for a hundred.
#
# </details>
#
# What makes the difference is not the number of clusters, but how many digits there are for each: with as few for each as
# the hundred have, sixteen lose about as much.<!--true: abs(dearer[cases[2]].mean() / dearer[cases[1]].mean() - 1) < 0.25--> Of all the digits, each of the sixteen has 2,800<!--{n // 16 // 100 * 100:,}-->. So a
# billion would not change them much, either: try a random sample that fits on one machine first. With more
# clusters, a part of the digits says less.<!--true: dearer[cases[1]].min() > 3 * dearer[cases[0]].max()-->
#
# So when? When the digits do not fit on one machine, and a part of them does not say enough, as with many clusters. When
# the data are on many machines already, and moving them would take longer than clustering. Or when one run is small but
# there are many of them, as in chapter 7: then hand out the *runs*, not the digits. They need not talk at all.
#
# ## What to remember
#
# - Map: each block adds up its own. Reduce: a tree adds up the sums. Update: one division. Only the sums travel.
# - Sums of whole numbers do not depend on blocks, workers or the order of arrival. Sums that are rounded do.
# - Time grows nearly linearly with the number of digits, the memory of a worker hardly at all.
# - Large blocks make little traffic and few tasks. A block must still fit into the memory of a worker.
# - A reckoning is worth something when its pieces are measured apart from what it explains.
# - Before a cluster, try a better algorithm on one machine, or fewer digits.
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
