"""The cover of the book: the run of the front page, from single digits to their means."""

import numpy as np
from matplotlib.colors import LinearSegmentedColormap

from mnist_kmeans.course.playground import HERO_K, hero_run
from mnist_kmeans.data.digits import SIDE
from mnist_kmeans.plots.look import BLUE, styled
from mnist_kmeans.plots.picture import Picture

WIDTH, HEIGHT, ROWS = 8, 12, 10  # inches, inches, moments of the run
TITLE = "k-means\non MNIST"
SUBTITLE = (
    "From the raw files of handwritten digits\nto an honest evaluation: a course in notebooks"
)
NIGHT = LinearSegmentedColormap.from_list("night", [BLUE, "white"])


@styled
def cover():
    """Return the cover as a Picture: title and subtitle, and below them a row for each moment of the run."""
    _, _, frames, _ = hero_run()
    moments = frames[np.linspace(0, len(frames) - 1, ROWS).round().astype(int)]
    tiles = moments.reshape(ROWS, HERO_K, SIDE, SIDE).swapaxes(1, 2)
    picture = Picture(figsize=(WIDTH, HEIGHT), facecolor=BLUE)
    axes = picture.add_axes((0.07, 0.05, 0.86, 0.86 * WIDTH / HEIGHT))
    axes.imshow(tiles.reshape(ROWS * SIDE, -1), cmap=NIGHT, vmin=0, vmax=255)
    axes.set_axis_off()
    for words, height, size in [(TITLE, 0.95, 54), (SUBTITLE, 0.755, 21)]:
        picture.text(0.07, height, words, color="white", fontsize=size, va="top")
    return picture
