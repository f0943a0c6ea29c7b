"""Every picture in the course. Each function returns one that says in words what it shows."""

from mnist_kmeans.plots.animation import lloyd_animation
from mnist_kmeans.plots.charts import (
    bands,
    digit_counts,
    dots,
    heatmap,
    histograms,
    lines,
    planes,
)
from mnist_kmeans.plots.diagrams import map_reduce_diagram, travelling_bounds
from mnist_kmeans.plots.geometry import cells, cost_of_places
from mnist_kmeans.plots.images import (
    digit_rows,
    digits,
    gradient_glyphs,
    members,
    mistakes,
    overlaps,
    pixel_values,
    portrait,
)
from mnist_kmeans.plots.look import DIGIT_COLOURS
from mnist_kmeans.plots.picture import Picture, show
from mnist_kmeans.plots.tables import Table
from mnist_kmeans.plots.tiles import tile_png

__all__ = [
    "DIGIT_COLOURS",
    "Picture",
    "Table",
    "bands",
    "cells",
    "cost_of_places",
    "digit_counts",
    "digit_rows",
    "digits",
    "dots",
    "gradient_glyphs",
    "heatmap",
    "histograms",
    "lines",
    "lloyd_animation",
    "map_reduce_diagram",
    "members",
    "mistakes",
    "overlaps",
    "pixel_values",
    "planes",
    "portrait",
    "show",
    "tile_png",
    "travelling_bounds",
]
