"""Rows of digits as tiles, each with its title, and in words what they show."""

import io
import itertools
import math

import numpy as np
from matplotlib.image import imsave

from mnist_kmeans.data.digits import SIDE
from mnist_kmeans.plots.look import WRONG


def draw_tiles(axes, images, titles, columns, tile, wrong=(), row_names=()):
    """Draw a grid of digits with their titles into axes as large as `tile_rows` says."""
    wrong = itertools.chain(wrong, itertools.repeat(False))
    rows, inches = tile_rows(titles or [""], columns, tile)
    height, width = round(inches / tile * (SIDE + 4)), SIDE + 4  # in pixels of the canvas
    canvas = np.full((rows * height, columns * width), np.nan)
    for i, (image, title, bad) in enumerate(zip(images, titles, wrong, strict=False)):
        top, left = (i // columns + 1) * height - SIDE - 2, (i % columns) * width + 2
        canvas[top : top + SIDE, left : left + SIDE] = np.reshape(image, (SIDE, SIDE))
        axes.text(
            left + SIDE / 2, top - 2, f"{title} ✗" if bad else title, ha="center", va="bottom",
            fontsize=11, color=WRONG if bad else "black", weight="bold" if bad else "normal",
        )  # fmt: skip
    for row, name in enumerate(row_names):
        axes.text(-4, (row + 1) * height - SIDE / 2 - 2, name, ha="right", va="center")
    axes.set_facecolor("0.93")
    axes.imshow(canvas, vmin=0, vmax=255, aspect="auto")
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(False)


def tile_rows(titles, columns, tile):
    """Return how many rows a grid of digits has, and how high one is; `tile` is the width in inches."""
    lines = max((title.count("\n") + 1 if title else 0 for title in titles), default=0)
    return math.ceil(len(titles) / columns), tile + lines * 0.19


def tile_png(image):
    """Return one image (784,) as the bytes of a PNG file of 28 x 28 pixels."""
    buffer = io.BytesIO()
    imsave(buffer, image.reshape(SIDE, SIDE), vmin=0, vmax=255, cmap="gray_r", format="png")
    return buffer.getvalue()


def tell_tiles(images, titles, columns, wrong, row_names):
    """Return in words what a grid of digits shows; where no image has a title, how much ink each has."""
    untitled = "" if any(titles) else ", each with the share of its pixels that have ink"
    named = [
        (tell_ink(image) if untitled else title.replace("\n", " ")) + (" (wrong)" if bad else "")
        for image, title, bad in zip(images, titles, wrong, strict=True)
    ]
    rows = [
        "; ".join(filter(None, named[start : start + columns]))
        for start in range(0, len(named), columns)
    ]
    if row_names:
        rows = [
            f"{name}: {row}" if row else name for name, row in zip(row_names, rows, strict=True)
        ]
        return f"{len(titles)} images in rows of {columns}{untitled}. {'. '.join(rows)}."
    return f"{len(titles)} images{untitled}: {'; '.join(filter(None, rows))}."


def tell_ink(images):
    """Return how many of the pixels of images have ink, as a short text."""
    return f"{np.mean(np.greater(images, 0)):.0%}"
