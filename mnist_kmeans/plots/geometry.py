"""What k-means does, seen as geometry: cells with their borders, and what a place costs."""

import numpy as np

from mnist_kmeans.plots.charts import tell_places
from mnist_kmeans.plots.look import (
    BLUE,
    CLUSTER_COLOURS,
    MARKERS,
    VERMILLION,
    WIDTH,
    sentence,
    styled,
)
from mnist_kmeans.plots.picture import Picture

ROWS = {1: 6.0, 2: 3.6, 3: 3.2}  # inches of a row, by the panels in it
FINE = 400  # places across and up a panel at which the nearest centroid is looked for


@styled
def cells(panels, *, heading, xlabel, ylabel, columns=2):
    """Draw points in the plane, marked by their true groups, and the cells of the centroids among them.

    `panels` is a list of (title, points (n, 2), groups (n,) integers, centroids (k, 2)). A cell is where
    one centroid is the nearest; its borders are drawn as lines. One unit is equally long on both axes.
    """
    rows = -(-len(panels) // columns)
    picture = Picture(figsize=(WIDTH, ROWS[columns] * rows + 0.4), layout="constrained")
    grid = picture.subplots(rows, columns, squeeze=False)
    for axes in grid.flat[len(panels) :]:
        axes.set_axis_off()
    told = []
    for axes, (title, points, groups, centroids) in zip(grid.flat, panels, strict=False):
        low, high = points.min(axis=0), points.max(axis=0)
        middle, reach = (low + high) / 2, 0.56 * (high - low).max()
        x, y = np.linspace(middle - reach, middle + reach, FINE).T
        places = np.stack(np.meshgrid(x, y), axis=-1)
        nearest = ((places[:, :, None] - centroids) ** 2).sum(axis=-1).argmin(axis=-1)
        for cluster in range(len(centroids)):
            axes.contour(x, y, nearest == cluster, [0.5], colors="black", linewidths=1.5)
        for group in np.unique(groups):
            axes.scatter(
                *points[groups == group].T,
                color=CLUSTER_COLOURS[group],
                marker=MARKERS[group],
                s=22,
                alpha=0.6,
            )
        for colour, width in [("white", 5), ("black", 2.5)]:
            axes.scatter(*centroids.T, color=colour, marker="x", s=110, linewidth=width, zorder=3)
        axes.set(title=title, xlabel=xlabel, ylabel=ylabel, xlim=x[[0, -1]], ylim=y[[0, -1]])
        axes.set_aspect("equal")
        axes.grid(False)
        mine = ((points[:, None] - centroids) ** 2).sum(axis=-1).argmin(axis=-1)
        sizes = [
            " and ".join(map(str, np.bincount(mine[groups == group], minlength=len(centroids))))
            for group in np.unique(groups)
        ]
        told.append(
            f"{title.replace(chr(10), ', ')}: centroids at {tell_places(centroids)}; of each true group, "
            f"so many points in their cells: {'; '.join(sizes)}"
        )
    picture.suptitle(heading, fontsize=13)
    picture.alt = f"{sentence(heading)} {ylabel} against {xlabel}. {'. '.join(told)}."
    return picture


def cell_corners(centroids, cluster, low, high):
    """Return the corners (m, 2) of the cell of one centroid in a box: where it is the nearest.

    `centroids` is (k, 2), `low` and `high` (2,) are corners of the box. Of two centroids in one place the
    lower has it all; the other has no corners.
    """
    own = centroids[cluster]
    corners = [(low[0], low[1]), (high[0], low[1]), (high[0], high[1]), (low[0], high[1])]
    for number, other in enumerate(centroids):
        if number < cluster and (other == own).all():
            return np.empty((0, 2))
        corners = cut(np.array(corners), other - own, (other - own) @ (other + own) / 2)
    return np.array(corners).reshape(-1, 2)


def cut(corners, way, limit):
    """Return the corners of a polygon (m, 2), cut to where the product with `way` is at most `limit`."""
    kept = []
    beyond = corners.reshape(-1, 2) @ way - limit
    for corner, after, here, there in zip(
        corners, np.roll(corners, -1, axis=0), beyond, np.roll(beyond, -1), strict=True
    ):
        if here <= 0:
            kept.append(corner)
        if here * there < 0:
            kept.append(corner + here / (here - there) * (after - corner))
    return kept


@styled
def cost_of_places(values, *, heading, xlabel, ylabel):
    """Draw the mean squared distance of some numbers to a place, for each place from 0 on.

    `values` is (n,), not negative. It is lowest at their mean, where it is their spread; at 0 it is higher
    by the squared mean.
    """
    mean, spread = values.mean(), values.var()
    picture = Picture(figsize=(WIDTH, 4.4), layout="constrained")
    axes = picture.subplots()
    places = np.linspace(-0.35 * values.max(), 1.05 * values.max(), 200)
    axes.plot(places, (places - mean) ** 2 + spread, color=BLUE)
    axes.axhline(spread, color="black", linewidth=1, linestyle="--")
    axes.scatter(values, np.zeros(len(values)), color="black", marker="|", s=160, zorder=3)
    axes.scatter([mean], [spread], color=BLUE, s=60, zorder=3)
    for bottom, top, colour, words in [
        (0, spread, "black", f"spread: {spread:.2f}"),
        (spread, spread + mean**2, VERMILLION, f"squared mean: {mean**2:.2f}"),
    ]:
        arrow = {"arrowstyle": "<->", "color": colour, "linewidth": 2, "shrinkA": 0, "shrinkB": 0}
        axes.annotate("", (0, top), (0, bottom), arrowprops=arrow)
        axes.text(-0.015 * values.max(), (bottom + top) / 2, words, color=colour, ha="right")
    axes.annotate(
        f"the mean, {mean:.2f}", (mean, spread), (0, -10), textcoords="offset points",
        ha="center", va="top", color=BLUE,
    )  # fmt: skip
    axes.set(title=heading, xlabel=xlabel, ylabel=ylabel, xlim=places[[0, -1]])
    axes.set_ylim(-0.04 * axes.get_ylim()[1])
    picture.alt = (
        f"{sentence(heading)} {ylabel} against {xlabel}: a curve that falls from {spread + mean**2:.2f} "
        f"at 0 to {spread:.2f} at the mean, {mean:.2f}, and rises again. The first is the second and the "
        f"squared mean, {mean**2:.2f}. The {len(values)} numbers are marked on the axis."
    )
    return picture
