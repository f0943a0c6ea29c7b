"""A task for each block of points, and trees of tasks that bring their results together."""

import numpy as np
from dask import delayed

FAN_IN = 8  # results that a node of the tree merges


def each_block(function, points, *options):
    """Return for each block of points a task that calls the function with the block and the options.

    A block on disk is read by the task itself, so it is never sent from one worker to another.
    """
    results = points.map_blocks(
        function, *options, dtype=object, meta=np.empty((0, 0), dtype=object)
    )
    return results.to_delayed().ravel().tolist()


def merged(client, merge, results, *options):
    """Return what a tree of tasks makes of the results of tasks."""
    return client.compute(tree(merge, list(results), *options)).result()


def tree(merge, results, *options):
    """Return a task that merges the results of tasks, a few at a time, level by level."""
    while len(results) > 1:
        groups = [results[i : i + FAN_IN] for i in range(0, len(results), FAN_IN)]
        results = [delayed(merge)(group, *options) for group in groups]
    return results[0]
