"""How much memory a run will need, held against what is free, before it begins."""

import math
from pathlib import Path

from mnist_kmeans.basics.errors import InputError

CGROUP = Path("/sys/fs/cgroup")  # where Linux tells a container its limit


def check_memory(needed, what):
    """Raise InputError when `what` needs more bytes of memory than this process can have."""
    free = free_bytes()
    if needed > free:
        raise InputError(
            f"{what} needs {needed / 1e9:.1f} GB of memory, and {free / 1e9:.1f} GB are free; "
            "take fewer points or a smaller k"
        )


def free_bytes():
    """Return how many bytes this process can still have: of the machine, its container and its own limit.

    Where psutil is not installed nobody can tell, and no run is refused.
    """
    try:
        import psutil
    except ModuleNotFoundError:
        return math.inf
    free = [psutil.virtual_memory().available]
    try:
        limit, used = (int((CGROUP / f"memory.{name}").read_text()) for name in ("max", "current"))
        parts = dict(line.split() for line in (CGROUP / "memory.stat").read_text().splitlines())
        free.append(limit - used + int(parts["inactive_file"]))  # files once read give way
    except (OSError, ValueError, KeyError):  # no container, or one without a limit
        pass
    try:
        import resource

        limit = resource.getrlimit(resource.RLIMIT_AS)[0]
        if limit != resource.RLIM_INFINITY:
            free.append(limit - psutil.Process().memory_info().vms)
    except ImportError:  # Windows has no such limit
        pass
    return max(min(free), 0)
