"""What learners might write for the exercises of chapter 9."""

import functools

import numpy as np


def mean_by_loop(block_means, counts):
    total = [0.0] * block_means.shape[1]
    for mean, count in zip(block_means, counts, strict=True):
        total = [a + count * b for a, b in zip(total, mean, strict=True)]
    return [each / sum(counts) for each in total]


def mean_by_repeating(block_means, counts):
    return np.repeat(block_means, counts, axis=0).mean(axis=0, keepdims=True)


def median_by_repeating(counts):
    values = np.repeat(np.arange(len(counts)), counts)
    return [values[(len(values) - 1) // 2]]


def median_by_loop(counts):
    below = 0
    for value, count in enumerate(counts):
        below += count
        if 2 * below >= sum(counts):
            return value
    raise AssertionError("there are no values")


def upper_median(counts):
    return np.searchsorted(counts.cumsum(), counts.sum() // 2, side="right")


def tree_by_recursion(results, merge, fan_in):
    if len(results) == 1:
        return results[0]
    size = 1
    while size * fan_in < len(results):
        size *= fan_in
    parts = [results[i : i + size] for i in range(0, len(results), size)]
    return merge([tree_by_recursion(part, merge, fan_in) for part in parts])


def tree_by_strides(results, merge, fan_in):
    while True:
        groups = -(-len(results) // fan_in)
        results = tuple(merge(results[i::groups]) for i in range(groups))
        if groups == 1:
            return results[0]


def tree_in_place(results, merge, fan_in):
    queue, following = list(results), []
    while len(queue) > 1 or following:
        if not queue:
            queue, following = following, []
            continue
        following.append(merge(queue[:fan_in]))
        del queue[:fan_in]
    return queue[0]


def chain(results, merge, fan_in):
    return functools.reduce(lambda a, b: merge([a, b]), results)


def one_level(results, merge, fan_in):
    return [merge(results[i : i + fan_in]) for i in range(0, len(results), fan_in)]


def full_groups_only(results, merge, fan_in):
    while len(results) > 1:
        full = len(results) // fan_in
        results = [merge(results[i * fan_in : (i + 1) * fan_in]) for i in range(full)]
    return results[0]


def overlapping(results, merge, fan_in):
    while len(results) > 1:
        groups = [results[i : i + fan_in] for i in range(0, len(results), fan_in - 1)]
        results = [merge(group) for group in groups if len(group) > 1]
    return results[0]


def one_group_too_many(results, merge, fan_in):
    while len(results) > 1:
        results = [merge(results[i : i + fan_in]) for i in range(0, len(results) + fan_in, fan_in)]
    return results[0]


def tree_that_empties_the_list(results, merge, fan_in):
    while len(results) > 1:
        groups = []
        while results:
            groups.append(merge([results.pop() for _ in range(min(fan_in, len(results)))]))
        results += groups
    return results.pop()


def tree_that_changes_the_list(results, merge, fan_in):
    while len(results) > 1:
        results[:] = [merge(results[i : i + fan_in]) for i in range(0, len(results), fan_in)]
    return results[0]


def tree_of_copies(results, merge, fan_in):
    return tree_that_empties_the_list(list(results), merge, fan_in)


RIGHT = {
    "overall_mean": [
        lambda block_means, counts: np.average(block_means, axis=0, weights=counts),
        mean_by_loop,
        mean_by_repeating,
        lambda block_means, counts: [
            float(counts @ column) / int(counts.sum()) for column in block_means.T
        ],
        lambda block_means, counts: np.float32(counts @ block_means / counts.sum())[None],
    ],
    "median_of_counts": [
        median_by_repeating,
        median_by_loop,
        lambda counts: np.searchsorted(np.cumsum(counts), (counts.sum() + 1) // 2),
        lambda counts: [float((2 * np.cumsum(counts) >= counts.sum()).argmax())],
    ],
    "merge_tree": [tree_by_recursion, tree_by_strides, tree_in_place, tree_of_copies],
}

# What the check says of a wrong attempt, and the attempt.
WRONG = {
    "overall_mean": {
        "the mean of the means": lambda block_means, counts: block_means.mean(axis=0),
        "these are sums": lambda block_means, counts: counts @ block_means,
        "divided by the number of blocks": lambda block_means, counts: (
            counts @ block_means / len(counts)
        ),
        "as if they were sums": lambda block_means, counts: block_means.sum(axis=0) / sum(counts),
        "divided by the counts once more": lambda block_means, counts: (
            block_means / counts[:, None]
        ).sum(axis=0),
        "one number comes back": lambda block_means, counts: (counts @ block_means).mean(),
        "one number for each block": lambda block_means, counts: block_means.mean(axis=1),
        "it should be (2,)": lambda block_means, counts: block_means * counts[:, None],
        "not [2.5, 10.25]": lambda block_means, counts: block_means[0],
        "these are whole numbers": [
            lambda block_means, counts: counts @ block_means // counts.sum(),
            lambda block_means, counts: np.rint(counts @ block_means / counts.sum()),
            lambda block_means, counts: (counts @ block_means / counts.sum()).astype(int),
        ],
        "these are medians": lambda block_means, counts: np.median(block_means, axis=0),
        "the counts are squared": lambda block_means, counts: (
            counts**2 @ block_means / (counts**2).sum()
        ),
        "six blocks of points": lambda block_means, counts: mean_by_loop(
            block_means[:4], counts[:4]
        ),
        "a block without points changes the mean": lambda block_means, counts: (
            counts @ block_means / np.maximum(counts, 1).sum()
        ),
    },
    "median_of_counts": {
        "This is the median of the counts": lambda counts: np.median(counts),
        "This is the mean": lambda counts: counts @ np.arange(256) / counts.sum(),
        "the upper one in the middle": upper_median,
        "This lies between the two in the middle": lambda counts: np.median(
            np.repeat(np.arange(256), counts)
        ),
        "a place in the row": lambda counts: (counts.sum() - 1) // 2,
        "Is each value taken once": lambda counts: np.flatnonzero(counts)[
            (np.count_nonzero(counts) - 1) // 2
        ],
        "This is the commonest value": lambda counts: counts.argmax(),
        "the middle itself is missing": [
            lambda counts: np.searchsorted(np.cumsum(counts), counts.sum() // 2),
            lambda counts: np.searchsorted(np.cumsum(counts), round(counts.sum() / 2)),
        ],
        "in the middle between the ends": lambda counts: np.flatnonzero(counts)[[0, -1]].mean(),
        "how often the median occurs": lambda counts: counts[median_by_loop(counts)],
        "Yours is one too few": lambda counts: median_by_loop(counts) - 1,
        "Yours is one too many": lambda counts: median_by_loop(counts) + 1,
        "One value is asked for": lambda counts: counts.cumsum(),
        "have the median 7, not 99": lambda counts: 99,
    },
    "merge_tree": {
        "`merge_tree` changes a list that it was given": [
            tree_that_empties_the_list,
            tree_that_changes_the_list,
        ],
        "can take at most 2": lambda results, merge, fan_in: merge(results),
        "takes 1 positional argument": lambda results, merge, fan_in: merge(results, 100),
        "you return something of the type list": one_level,
        "a tree of 3 levels; 2 would do": chain,
        "3 never arrive": lambda results, merge, fan_in: results[0],
        "What happens to those that are left over": full_groups_only,
        "some are merged twice": overlapping,
        "is given an empty list": one_group_too_many,
        "something that is no result": lambda results, merge, fan_in: merge([results[:fan_in]]),
    },
}
