"""Drawings of ideas, where `plots` draws data."""

import math

import numpy as np
from matplotlib.patches import Rectangle

from mnist_kmeans.plots import GREEN, ORANGE, SKY, WIDTH, Picture, sentence, styled

ARROW = {"arrowstyle": "-|>", "color": "0.3", "linewidth": 1.2, "shrinkA": 0, "shrinkB": 0}


@styled
def map_reduce(blocks, *, heading):
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
