"""Drawings of ideas, where the others draw data."""

import math

import numpy as np
from matplotlib.patches import Circle, Rectangle

from mnist_kmeans.plots.look import GREEN, GREY, LOOKS, ORANGE, SKY, WIDTH, sentence, styled
from mnist_kmeans.plots.picture import Picture

ARROW = {"arrowstyle": "-|>", "color": "0.3", "linewidth": 1.2, "shrinkA": 0, "shrinkB": 0}


@styled
def map_reduce_diagram(blocks, *, heading):
    """Draw how an iteration goes through blocks of digits: map, reduce along a tree of pairs, update."""
    levels = [blocks]  # how many shares there are
    while levels[-1] > 1:
        levels.append(math.ceil(levels[-1] / 2))
    rows = [("blocks", SKY, blocks), ("shares", ORANGE, blocks)]
    rows += [("added up", ORANGE, count) for count in levels[1:]] + [("centroids", GREEN, 1)]
    steps = ["map", *["reduce"] * len(levels[1:]), "update"]
    picture = Picture(figsize=(WIDTH, 0.75 * len(rows) + 0.6), layout="constrained")
    axes = picture.subplots()
    axes.set(xlim=(-1.6, blocks + 1.9), ylim=(0.45 - len(rows), 0.45), title=heading)
    axes.set_axis_off()
    places = np.arange(blocks) + 0.5  # of the boxes in a row
    for row, (name, colour, count) in enumerate(rows):
        axes.text(-1.5, -row, name, va="center")
        size = 1 if count == len(places) else 2
        groups = [places[i : i + size] for i in range(0, len(places), size)]
        places = [np.mean(group) for group in groups]
        for place, group in zip(places, groups, strict=True):
            corner = place - 0.35, -row - 0.18
            axes.add_patch(Rectangle(corner, 0.7, 0.36, facecolor=colour, edgecolor="0.3"))
            for origin in group if row else ():
                axes.annotate("", (place, 0.18 - row), (origin, 0.82 - row), arrowprops=ARROW)
    for row, step in enumerate(steps):
        axes.text(blocks + 0.3, -0.5 - row, step, va="center", style="italic")
    right, last = blocks + 1.5, len(steps)
    axes.plot([places[0] + 0.35, right, right], [-last, -last, 0], color="0.3", linewidth=1.2)
    axes.annotate("", (blocks, 0), (right, 0), arrowprops=ARROW)
    axes.text(right + 0.1, -last / 2, "sent to all blocks", rotation=90, va="center")
    picture.alt = (
        f"{sentence(heading)} From top to bottom: {blocks} blocks; an arrow (map) from each to its share; "
        f"arrows (reduce) from pairs of shares to {', '.join(map(str, levels[1:]))}; an arrow (update) to "
        "the centroids, and from these a line back to all blocks."
    )
    return picture


@styled
def travelling_bounds(before, after, *, heading):
    """Draw in the plane what bounds a point at (0, 0) keeps when its centroids move.

    `before` and `after` are (k, 2): the nearest centroid, then the second nearest, then the others.
    """
    before, after = np.asarray(before), np.asarray(after)
    upper, lower = np.hypot(*before[:2].T)
    steps = np.hypot(*(after - before).T)
    within, beyond = upper + steps[0], lower - steps.max()
    picture = Picture(figsize=(WIDTH, 5), layout="constrained")
    axes = picture.subplots()
    axes.plot(0, 0, color="black", marker="*", markersize=14, linestyle="", label="the point")
    for radius, (colour, marker), dashes, name in [
        (within, LOOKS[0], "-", "at most $u + s$ away:\nits own centroid"),
        (beyond, LOOKS[1], "--", "at least $l - s_{max}$ away:\nall others"),
    ]:
        axes.add_patch(Circle((0, 0), radius, fill=False, edgecolor=colour, linestyle=dashes, lw=2))
        axes.plot([], [], color=colour, linestyle=dashes, marker=marker, label=name)
    named = [((0, 0), before[0], "$u$"), ((0, 0), before[1], "$l$"), (before[0], after[0], "$s$")]
    named.append((before[steps.argmax()], after[steps.argmax()], "$s_{max}$"))
    for start, end, name in named:
        along = np.subtract(end, start)
        aside = 12 * np.array([-along[1], along[0]]) / np.hypot(*along)
        axes.plot(*np.transpose([start, end]), color=GREY, linewidth=1, zorder=1)
        axes.annotate(
            name, start + along / 2, aside, textcoords="offset points", ha="center", va="center"
        )
    for i, (start, end) in enumerate(zip(before, after, strict=True)):
        colour, marker = LOOKS[min(i, 1)]
        axes.plot(*start, color=colour, marker=marker, markerfacecolor="white", markersize=9)
        axes.plot(*end, color=colour, marker=marker, markersize=9)
        arrow = {"arrowstyle": "->", "color": colour, "shrinkA": 6, "shrinkB": 5}
        axes.annotate("", end, start, arrowprops=arrow)
    axes.set(aspect="equal", xticks=[], yticks=[])
    axes.margins(0.05)
    axes.spines[:].set_visible(False)
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), labelspacing=1.5)
    picture.suptitle(heading, fontsize=13)
    picture.alt = (
        f"{sentence(heading)} A point in the plane and {len(before)} centroids, each with an arrow to "
        f"where it moves. Distances u = {upper:.1f} to its own and l = {lower:.1f} to the second nearest; "
        f"its own moves by s = {steps[0]:.1f}, the fastest by {steps.max():.1f}. Two circles round the "
        f"point: its own centroid stays within {within:.1f}, all others beyond {beyond:.1f}."
    )
    return picture
