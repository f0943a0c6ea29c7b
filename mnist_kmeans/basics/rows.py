"""The rows of a table, some at a time, so that temporary arrays stay small and in the cache."""


def slices(n, size):
    """Return slices that cover the rows 0 .. n - 1 in order, `size` at a time (the last may be shorter)."""
    return [slice(start, min(start + size, n)) for start in range(0, n, size)]
