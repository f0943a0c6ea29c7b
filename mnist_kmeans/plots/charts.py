"""Pictures made of axes: bars, points, curves, tables."""

import textwrap

import numpy as np
from matplotlib.ticker import MaxNLocator, PercentFormatter

from mnist_kmeans.plots.look import (
    CLUSTER_COLOURS,
    DIGIT_COLOURS,
    MARKERS,
    ORANGE,
    WIDTH,
    log_axis,
    looks,
    sentence,
    styled,
)
from mnist_kmeans.plots.picture import Picture

NAME_WIDTH = 22  # letters of the name of a curve in one line


@styled
def digit_counts(counts, *, heading):
    """Draw one bar per digit, as high as its count; `counts` is (10,)."""
    picture = Picture(figsize=(WIDTH, 3.6), layout="constrained")
    axes = picture.subplots()
    draw_counts(axes, counts)
    axes.set(title=heading, ylabel="number of images")
    picture.alt = f"{sentence(heading)} Bars per digit: {tell_counts(counts)}."
    return picture


def draw_counts(axes, counts):
    """Draw one bar per true digit into axes, with its count (10,) on top."""
    bars = axes.bar(range(10), counts, color=DIGIT_COLOURS)
    axes.bar_label(bars, fontsize=11, fmt="{:,.0f}")
    axes.set(xlabel="true digit", xticks=range(10))
    axes.grid(False, axis="x")


def tell_counts(counts):
    """Return the counts (10,) of the digits in words."""
    return ", ".join(f"{digit}: {count:,}" for digit, count in enumerate(counts))


@styled
def planes(panels, *, heading, xlabel, ylabel, new_point=None):
    """Draw points in the plane, coloured by cluster: up to three panels in a row, more in a column.

    `panels` is a list of (title, points (n, 2), assignments (n,), centroids (k, 2) or None).
    `new_point` (2,) is drawn in every panel, as a star.
    """
    stacked = len(panels) > 3
    rows, columns = (len(panels), 1) if stacked else (1, len(panels))
    height = 1.25 * rows + 0.9 if stacked else 3.6 if columns > 1 else 4.2
    picture = Picture(figsize=(6 if columns == rows else WIDTH, height), layout="constrained")
    grid = picture.subplots(rows, columns, squeeze=False, sharex=True, sharey=True)
    for axes, (title, points, assignments, centroids) in zip(grid.flat, panels, strict=True):
        for cluster in np.unique(assignments):
            mine = points[assignments == cluster]
            axes.scatter(
                *mine.T, color=CLUSTER_COLOURS[cluster], marker=MARKERS[cluster], s=45, alpha=0.7
            )
        for cluster, centroid in enumerate([] if centroids is None else centroids):
            # thin, so that points show below
            for colour, width in [("black", 4), (CLUSTER_COLOURS[cluster], 1.8)]:
                axes.scatter(*centroid, color=colour, marker="x", s=130, linewidth=width, zorder=3)
        if new_point is not None:
            axes.scatter(*new_point, color=ORANGE, marker="*", s=260, edgecolor="black", zorder=3)
        if stacked:
            axes.text(1.01, 0.5, title, transform=axes.transAxes, va="center")
        else:
            axes.set_title(title, fontsize=12)
    grid[0, 0].margins(y=0.15)
    grid[0, 0].xaxis.set_major_locator(MaxNLocator(4 if columns > 1 else 7))
    grid[rows // 2, 0].set_ylabel(ylabel)
    for axes in grid[-1]:
        axes.set_xlabel(xlabel)
    picture.suptitle(heading, fontsize=13)
    described = "; ".join(tell_plane(*panel) for panel in panels)
    picture.alt = f"{sentence(heading)} {ylabel} against {xlabel}. {described}."
    if new_point is not None:
        picture.alt += f" The new point, a star, is at {tell_places([new_point])}."
    return picture


def tell_plane(title, points, assignments, centroids):
    """Return in words what a panel of `planes` shows."""
    sizes = " and ".join(map(str, np.bincount(assignments)))
    told = f"{title}: clusters of {sizes} points"
    if not assignments.any():
        low, high = points.min(axis=0), points.max(axis=0)
        told = f"{title}: {sizes} points between {tell_places([low])} and {tell_places([high])}"
    return told if centroids is None else f"{told}, centroids at {tell_places(centroids)}"


def tell_places(points):
    """Return the coordinates of points (n, 2) in words."""
    return " and ".join(f"({x:,.0f}, {y:,.0f})" for x, y in points)


@styled
def lines(curves, *, heading, xlabel, ylabel, log_ticks=None, log_yticks=None):
    """Draw one line per named curve; `curves` is a dict name -> (x, y).

    `log_ticks` are the marks on the x axis, `log_yticks` those on the y axis; they make it logarithmic.
    """
    picture = Picture(figsize=(WIDTH, 4), layout="constrained")
    axes = picture.subplots()
    for (name, (x, y)), (colour, marker) in zip(curves.items(), looks(curves), strict=True):
        axes.plot(x, y, color=colour, marker=marker, markersize=4, label=name)
    if all(float(each).is_integer() for x, _ in curves.values() for each in x):
        axes.xaxis.get_major_locator().set_params(integer=True)  # there is no k of 2.5
    if log_ticks:
        log_axis(axes, log_ticks)
    if log_yticks:
        log_axis(axes, log_yticks, "y")
    axes.set(title=heading, xlabel=xlabel, ylabel=ylabel)
    name_curves(picture, axes)
    described = "; ".join(
        f"{name} goes from {y[0]:,.4g} at {x[0]} to {y[-1]:,.4g} at {x[-1]}"
        for name, (x, y) in curves.items()
    )
    picture.alt = f"{sentence(heading)} {ylabel} against {xlabel}: {described}."
    return picture


def name_curves(picture, axes):
    """Write the name of each curve beside its end, in its colour, where there are several.

    Names that would overlap are moved apart, in the order of the ends.
    """
    curves = axes.get_lines()
    if len(curves) < 2:
        return
    picture.draw_without_rendering()  # settles where the axes end
    names = [textwrap.fill(curve.get_label(), NAME_WIDTH) for curve in curves]
    ends = np.array([axes.transData.transform(curve.get_xydata()[-1])[1] for curve in curves])
    order = np.argsort(ends, kind="stable")
    taken = np.array([1 + names[place].count("\n") for place in order]) * 16 * picture.dpi / 72
    apart = (taken[1:] + taken[:-1]) / 2
    low, high = axes.get_window_extent().intervaly
    heights = ends[order]
    for _ in range(200):  # each pair that is too near moves apart by half of what is missing
        missing = np.maximum(apart - np.diff(heights), 0) / 2
        heights[:-1] -= missing
        heights[1:] += missing
        heights = heights.clip(low, None)
    for place, height in zip(order, heights, strict=True):
        axes.annotate(
            names[place],
            (1.02, (height - low) / (high - low)),
            xycoords="axes fraction",
            color=curves[place].get_color(),
            va="center",
            fontsize=11,
        )


@styled
def bands(ks, curves, *, heading, xlabel, ylabel, log_ticks=None):
    """Draw for each named curve the mean over several runs, and a band from the least to the greatest.

    `curves` is a dict name -> array (len(ks), runs). `log_ticks` are the marks on the x axis; they make
    it logarithmic.
    """
    picture = Picture(figsize=(WIDTH, 4.4), layout="constrained")
    axes = picture.subplots()
    described = []
    for (name, values), (colour, marker) in zip(curves.items(), looks(curves), strict=True):
        values = np.asarray(values)
        mean = values.mean(axis=1)
        axes.fill_between(ks, values.min(axis=1), values.max(axis=1), color=colour, alpha=0.25)
        axes.plot(ks, mean, color=colour, marker=marker, markersize=4, label=name)
        described.append(f"{name} from {mean[0]:.4g} at {ks[0]} to {mean[-1]:.4g} at {ks[-1]}")
    axes.set(title=heading, xlabel=xlabel, ylabel=ylabel)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    if log_ticks:
        log_axis(axes, log_ticks)
    name_curves(picture, axes)
    picture.alt = (
        f"{sentence(heading)} Mean of the runs with a band from the least to the greatest, {ylabel} "
        f"against {xlabel}: {'; '.join(described)}."
    )
    return picture


@styled
def dots(groups, *, heading, xlabel, ylabel, log_ticks=None, behind=None):
    """Draw one cloud of points per named group, side by side; `groups` is a dict name -> (x, y).

    `log_ticks` are the marks on the x axis; they make it logarithmic. `behind` is (x, y) of points that
    all groups belong to, drawn in grey behind each. Without it, more than fifty points are faint, so that
    one sees where they lie on each other.
    """
    picture = Picture(figsize=(WIDTH, 4.4 if behind is None else 3.7), layout="constrained")
    panels = picture.subplots(1, len(groups), squeeze=False, sharex=True, sharey=True)[0]
    crowded = behind is None and max(len(x) for x, _ in groups.values()) > 50
    together = zip(panels, groups.items(), looks(groups), strict=True)
    for axes, (name, (x, y)), (colour, marker) in together:
        if behind is not None:  # points in the plane: one unit is equally long on both axes
            axes.scatter(*behind, color="0.75", s=12)
            axes.set_aspect("equal")
        axes.scatter(x, y, color=colour, marker=marker, s=45, alpha=0.4 if crowded else 0.9)
        axes.set_xlabel(xlabel)
        if log_ticks:
            log_axis(axes, log_ticks)
        if len(groups) > 1:
            axes.set_title(name, fontsize=12)
    panels[0].set_ylabel(ylabel)
    picture.suptitle(heading, fontsize=13)
    described = "; ".join(
        f"{name}: {len(x)} points, {xlabel} {min(x):,.4g} to {max(x):,.4g}, "
        f"{ylabel} {min(y):,.4g} to {max(y):,.4g}"
        for name, (x, y) in groups.items()
    )
    picture.alt = f"{sentence(heading)} {ylabel} against {xlabel}. {described}."
    return picture


@styled
def histograms(groups, *, heading, xlabel, ylabel, bins=20):
    """Draw one histogram per named group of values, one below the other, on the same axis.

    The bars are shares of their group, so that groups of different sizes can be compared.
    """
    picture = Picture(figsize=(WIDTH, 1.7 * len(groups) + 0.8), layout="constrained")
    grid = picture.subplots(len(groups), 1, squeeze=False, sharex=True, sharey=True).ravel()
    everything = np.concatenate([np.asarray(values, dtype=float) for values in groups.values()])
    edges = np.linspace(everything.min(), everything.max(), bins + 1)
    together = zip(grid, groups.items(), looks(groups), strict=True)
    for axes, (name, values), (colour, _) in together:
        shares = np.full(len(values), 1 / len(values))
        axes.hist(values, bins=edges, weights=shares, color=colour, edgecolor="white")
        axes.axvline(np.median(values), color="black", linestyle="--", label="median")
        axes.set_title(f"{name} ({len(values):,})", fontsize=12, loc="left")
        axes.set_ylabel(ylabel)
        axes.yaxis.set_major_locator(MaxNLocator(nbins=4))
        axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    grid[0].legend(loc="upper right")
    grid[-1].set_xlabel(xlabel)
    picture.suptitle(heading, fontsize=13)
    described = "; ".join(
        f"{name}: {len(values)} values from {min(values):,.4g} to {max(values):,.4g}, "
        f"median {np.median(values):,.4g}"
        for name, values in groups.items()
    )
    picture.alt = f"{sentence(heading)} {xlabel}. {described}."
    return picture


@styled
def heatmap(counts, *, heading, xlabel, ylabel, row_names=None):
    """Draw a table of counts (rows, 10): numbers, darker the larger their share of their row, and sums."""
    rows, totals = len(counts), counts.sum(axis=1)
    row_names = range(rows) if row_names is None else row_names
    shares = counts / np.maximum(totals, 1)[:, None]
    picture = Picture(figsize=(WIDTH, 0.36 * rows + 1.6), layout="constrained")
    axes = picture.subplots()
    axes.imshow(shares, aspect="auto", cmap="Blues", vmin=0, vmax=1)
    for (row, column), count in np.ndenumerate(counts):
        colour = "white" if shares[row, column] > 0.72 else "black" if count else "0.45"
        axes.text(column, row, f"{count:,}", ha="center", va="center", fontsize=11, color=colour)
    for row, total in enumerate(totals):
        axes.text(10.4, row, f"{total:,}", ha="right", va="center", fontsize=11)
    axes.set(title=heading, xlabel=f"{xlabel} (dark: a large share of its row)", ylabel=ylabel)
    axes.set(xlim=(-0.5, 10.5), facecolor="white")
    axes.set_xticks(range(11), [*range(10), "all"])
    axes.set_yticks(range(rows), row_names)
    axes.grid(False)
    axes.spines[:].set_visible(False)
    told = [
        f"{name}: {row.max():,} of {total:,} in column {row.argmax()}"
        for name, row, total in zip(row_names, counts, totals, strict=True)
    ]
    picture.alt = (
        f"{sentence(heading)} {rows} rows ({ylabel}) and 10 columns ({xlabel}), {counts.sum():,} in all. "
        f"Most in each row: {'; '.join(told)}."
    )
    return picture
