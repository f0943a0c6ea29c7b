"""What the benchmarks share: how they measure, and how they write RESULTS.md."""

import datetime
import os
import platform
import re
import statistics
import time
from importlib.metadata import version
from pathlib import Path

RESULTS = Path(__file__).parent / "RESULTS.md"
INTRO = """# Benchmark results

Written by `make bench` and `make clusterbench`, on the 45,000 digits to train on where no other number is
named. Seconds are medians, in brackets the least and the most. A ratio says how many times as long the other
one takes: the median of the turns, and its range.
"""


def store(title, text):
    """Put this part into the results, in the place of what it said before."""
    intro, *parts = RESULTS.read_text().split("\n## ") if RESULTS.exists() else [INTRO]
    results = dict(part.split("\n", 1) for part in parts) | {title: f"\n{text}\n"}
    RESULTS.write_text("\n## ".join([intro, *(f"{t}\n{x}" for t, x in results.items())]))


def machine(*packages):
    """Return what the results are measured on."""
    names = "mnist-kmeans", "numpy", *packages
    processor = platform.processor() or platform.machine()
    if (info := Path("/proc/cpuinfo")).exists():
        lines = info.read_text().splitlines()
        processor = next((x.split(": ")[1] for x in lines if x.startswith("model name")), processor)
    return (
        f"*{processor}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}, "
        + ", ".join(f"{name} {version(name)}" for name in names)
        + f". Load average {os.getloadavg()[0]:.1f} at the start. {datetime.date.today()}.*"
    )


def seconds(run):
    """Return how long it takes to call `run`."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def summary(times):
    """Return the median of times, with their range."""
    return f"{statistics.median(times):.2f} ({min(times):.2f}-{max(times):.2f})"


def ratio(theirs, ours):
    """Return the median of the ratios of the turns, with their range."""
    ratios = [a / b for a, b in zip(theirs, ours, strict=True)]
    return f"{statistics.median(ratios):.1f} ({min(ratios):.1f}-{max(ratios):.1f})"


def table(header, rows):
    """Return a Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def peak_memory(process="self"):
    """Return the most memory that a process has held so far, in MB; Linux only."""
    status = Path(f"/proc/{process}/status").read_text()  # getrusage counts the parent's, too
    return round(int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024)
