"""Pictures made of digits."""

import itertools
import math

import numpy as np
from matplotlib import colors
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from mnist_kmeans.basics.errors import InputError, as_array
from mnist_kmeans.data.digits import PIXELS, SIDE, as_rows
from mnist_kmeans.plots.charts import draw_counts, tell_counts
from mnist_kmeans.plots.look import BLUE, HIGHEST, ORANGE, SKY, WIDTH, sentence, styled
from mnist_kmeans.plots.picture import Picture
from mnist_kmeans.plots.tiles import draw_tiles, tell_ink, tell_tiles, tile_rows


@styled
def digits(images, titles=None, *, heading, columns=10, wrong=None, row_names=None):
    """Draw images of digits side by side, each with its title.

    `images` is (n, 784) or (n, 28, 28), `titles` n short texts or numbers, `wrong` n booleans: those get
    a cross. `row_names` are short texts, one for each row of `columns` images. `heading` says what the
    digits have in common; it becomes the title and begins the alt text.
    Raises InputError for other shapes, for no image at all, and unless titles and booleans are n.
    """
    images = as_rows(as_array(images, "images"))
    if images.ndim != 2 or images.shape[1] != PIXELS or not len(images):
        raise InputError(
            f"images must be of shape (n, {PIXELS}) or (n, {SIDE}, {SIDE}), at least one; "
            f"got shape {images.shape}"
        )
    titles = [""] * len(images) if titles is None else [str(title) for title in titles]
    wrong = [False] * len(images) if wrong is None else wrong
    if not len(images) == len(titles) == len(wrong):
        raise InputError(
            f"there are {len(images)} images, but {len(titles)} titles and {len(wrong)} booleans"
        )
    columns = min(columns, len(images))
    margin = 0.1 * max(map(len, row_names)) + 0.1 if row_names else 0  # inches
    tile = min((WIDTH - margin) / columns, 2.5)  # the width of a digit with its margin
    wide = max(margin + columns * tile, 0.1 * len(heading))  # the heading needs room as well
    rows, height = tile_rows(titles, columns, tile)
    picture = Picture(figsize=(wide, rows * height + 0.45))
    left = (wide - columns * tile + margin) / 2
    axes = picture.add_axes(
        (left / wide, 0, columns * tile / wide, 1 - 0.45 / picture.get_figheight())
    )
    draw_tiles(axes, images, titles, columns, tile, wrong, row_names or [])
    picture.suptitle(heading, fontsize=13, y=1 - 0.22 / picture.get_figheight(), va="center")
    picture.alt = f"{sentence(heading)} {tell_tiles(images, titles, columns, wrong, row_names)}"
    return picture


@styled
def digit_rows(groups, *, heading):
    """Draw one row of images per named group; `groups` is a dict name -> images (n, 784)."""
    columns = max(map(len, groups.values()))
    blank = np.full((columns, SIDE * SIDE), np.nan)
    rows = [np.vstack([images, blank])[:columns] for images in groups.values()]
    names = [str(name) for name in groups]
    picture = digits(np.vstack(rows), heading=heading, columns=columns, row_names=names)
    told = ", ".join(f"{name}: {len(images)}" for name, images in groups.items())
    picture.alt = f"{sentence(heading)} Rows of images, so many in each: {told}."
    return picture


@styled
def members(images, assignments, titles, *, heading, side=5):
    """Draw for each cluster a square of its first side x side members.

    `images` is (n, 784), `assignments` (n,), `titles` one text per cluster.
    """
    columns = min(len(titles), 4 if len(titles) % 5 else 5)  # 10 and 16 clusters leave no gap
    rows = math.ceil(len(titles) / columns)
    height = min(WIDTH * rows / columns + 0.4, HIGHEST)
    picture = Picture(figsize=(WIDTH, height), layout="constrained")
    grid = picture.subplots(rows, columns, squeeze=False).ravel()
    told = []
    for axes in grid[len(titles) :]:
        axes.set_axis_off()
    for cluster, (axes, title) in enumerate(zip(grid, titles, strict=False)):
        chosen = images[assignments == cluster][: side * side]
        told.append(f"{title}, {tell_ink(chosen) if len(chosen) else 'none'}")
        tiles = np.zeros((side * side, SIDE, SIDE))
        tiles[: len(chosen)] = chosen.reshape(-1, SIDE, SIDE)
        mosaic = tiles.reshape(side, side, SIDE, SIDE).swapaxes(1, 2).reshape(side * SIDE, -1)
        axes.imshow(mosaic, vmin=0, vmax=255)
        axes.set_title(title, fontsize=12)
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set(visible=True, color="0.8")
    picture.suptitle(heading, fontsize=13)
    picture.alt = (
        f"{sentence(heading)} Per cluster a square of {side} x {side} digits, with the share of their "
        f"pixels that have ink: {'; '.join(told)}."
    )
    return picture


@styled
def overlaps(image, centroids, titles, *, heading):
    """Draw an image (784,) over each of some centroids (k, 784): where the ink of the two meets.

    `titles` are k short texts.
    """
    looks = {"ink of both": "black", "of the centroid alone": ORANGE, "of the digit alone": SKY}
    picture = Picture(figsize=(WIDTH, WIDTH / len(centroids) + 1), layout="constrained")
    panels = picture.subplots(1, len(centroids), squeeze=False)[0]
    described = []
    for axes, centroid, title in zip(panels, centroids, titles, strict=True):
        both = np.minimum(image, centroid)
        parts = [part / 255 for part in (both, centroid - both, image - both)]
        paper = 1 - sum(parts)
        colours = [colors.to_rgb(colour) for colour in ("white", *looks.values())]
        mixed = np.stack([paper, *parts], axis=-1) @ colours
        axes.imshow(mixed.reshape(SIDE, SIDE, 3).clip(0, 1))
        axes.set(xticks=[], yticks=[])
        axes.set_title(title, fontsize=12)
        axes.spines[:].set(visible=True, color="0.8")
        inks = (f"{name} {part.sum():.0f}" for name, part in zip(looks, parts, strict=True))
        described.append(f"{title.replace(chr(10), ', ')}: {', '.join(inks)}")
    picture.get_layout_engine().set(h_pad=0.1)
    keys = [Rectangle((0, 0), 1, 1, color=colour) for colour in looks.values()]
    picture.legend(keys, looks, loc="outside lower center", ncols=len(looks))
    picture.suptitle(heading, fontsize=13)
    picture.alt = f"{sentence(heading)} Ink in pixels, per centroid. {'; '.join(described)}."
    return picture


@styled
def pixel_values(image, *, heading):
    """Draw one image, (784,), and beside it the pixels of its middle with their values written in."""
    first, last = SIDE // 4, SIDE - SIDE // 4 - 1  # rows and columns of the middle
    image = image.reshape(SIDE, SIDE)
    picture = Picture(figsize=(WIDTH, 5.6), layout="constrained")
    whole, middle = picture.subplots(1, 2, width_ratios=(1, 2))
    for axes in (whole, middle):
        axes.imshow(image, vmin=0, vmax=255)
        axes.set(xlabel="column", ylabel="row")
        axes.grid(False)
    edge, size = first - 0.5, last - first + 1
    whole.add_patch(Rectangle((edge, edge), size, size, fill=False, edgecolor=ORANGE, linewidth=2))
    middle.set(xlim=(edge, edge + size), ylim=(edge + size, edge))
    middle.set(xticks=range(first, last + 1), yticks=range(first, last + 1))
    middle.spines[:].set(visible=True, color=ORANGE, linewidth=2)
    for row, column in itertools.product(range(first, last + 1), repeat=2):
        value = image[row, column]
        colour = "white" if value > 127 else "black" if value else "0.5"
        middle.text(column, row, value, ha="center", va="center", fontsize=11, color=colour)
    picture.suptitle(heading, fontsize=13)
    picture.alt = (
        f"{sentence(heading)} The image of {SIDE} rows and columns, and beside it rows and columns "
        f"{first} to {last}, each pixel with its value from 0 to 255."
    )
    return picture


@styled
def gradient_glyphs(images, features, titles, *, heading, cell, bins):
    """Draw images with a stroke for each bin of each cell: along the edge, as long as the entry.

    The longest stroke of an image nearly crosses its cell. `images` is (n, 784), `features`
    (n, (28 / cell)^2 * bins) what `oriented_gradients` makes of them,
    `titles` n short texts.
    """
    picture = Picture(figsize=(WIDTH, WIDTH / len(images) + 0.8), layout="constrained")
    across = SIDE // cell
    middles = np.arange(across) * cell + (cell - 1) / 2
    angles = (np.arange(bins) + 0.5) * np.pi / bins + np.pi / 2  # an edge is square to its gradient
    for axes, image, entries, title in zip(
        picture.subplots(1, len(images), squeeze=False).ravel(),
        images,
        features,
        titles,
        strict=True,
    ):
        axes.imshow(image.reshape(SIDE, SIDE), vmin=0, vmax=510)
        lengths = entries.reshape(across, across, bins) / entries.max() * cell * 0.42
        for row, column, direction in zip(*lengths.nonzero(), strict=True):
            reach = lengths[row, column, direction]
            x, y = reach * np.cos(angles[direction]), reach * np.sin(angles[direction])
            axes.plot(
                middles[column] + np.array([-x, x]), middles[row] + np.array([-y, y]),
                color=BLUE, linewidth=1.2,
            )  # fmt: skip
        axes.set(
            title=title,
            xticks=np.arange(across) * cell - 0.5,
            yticks=np.arange(across) * cell - 0.5,
        )
        axes.tick_params(length=0, labelbottom=False, labelleft=False)
        axes.spines[:].set_visible(False)
    picture.suptitle(heading, fontsize=13)
    picture.alt = (
        f"{sentence(heading)} {len(images)} images: {'; '.join(titles)}. Each is cut into {across} x "
        f"{across} cells, with a small fan of strokes in every cell that the outline of the digit "
        "passes through."
    )
    return picture


@styled
def portrait(centroid, images, labels, distances, *, heading):
    """Draw one cluster: its centroid, how many of each digit it holds, typical members and odd ones.

    `centroid` is (784,), `images` (n, 784) are the members, `labels` (n,) their true digits,
    `distances` (n,) how far each is from the centroid.
    """
    columns, counts = 12, np.bincount(labels, minlength=10)
    order = np.argsort(distances, kind="stable")
    parts = {
        "first members": np.arange(len(order))[: 2 * columns],
        "most typical (nearest to the centroid)": order[:columns],
        "least typical (farthest from it)": order[::-1][:columns],
    }
    tile = WIDTH / columns
    grids = [tile_rows(["0"] * max(len(chosen), 1), columns, tile) for chosen in parts.values()]
    picture = Picture(figsize=(WIDTH, 2.8 + sum(rows * height + 0.35 for rows, height in grids)))
    total = picture.get_figheight()
    picture.suptitle(heading, fontsize=13, y=1 - 0.2 / total, va="center")
    axes = picture.add_axes((0, 1 - 2.2 / total, 0.2, 1.5 / total))
    axes.imshow(centroid.reshape(SIDE, SIDE), vmin=0, vmax=255)
    axes.set_title("centroid", fontsize=12)
    axes.set_axis_off()
    axes = picture.add_axes((0.29, 1 - 2.2 / total, 0.7, 1.7 / total))
    draw_counts(axes, counts)
    axes.set_ylabel("members")
    axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=4))
    told, top = [], total - 2.8
    for (name, chosen), (rows, height) in zip(parts.items(), grids, strict=True):
        top -= rows * height + 0.35
        titles = [str(label) for label in labels[chosen]]
        across = min(max(len(chosen), 1), columns)
        axes = picture.add_axes((0, top / total, across / columns, rows * height / total))
        axes.set_title(name, fontsize=12, loc="left", x=0.01 * columns / across)
        draw_tiles(axes, images[chosen], titles, across, tile)
        told.append(f"{name}: {'; '.join(titles)}")
    picture.alt = (
        f"{sentence(heading)} The centroid as an image. Bars, members per true digit: {tell_counts(counts)}. "
        f"Images of members, with their true digits: {'. '.join(told)}."
    )
    return picture


@styled
def mistakes(images, labels, inferred, distances, *, heading):
    """Draw a map of the misread digits: what they were taken for, by what they are.

    `images` is (n, 784), `labels` and `inferred` (n,) digits, `distances` (n,) how far each image is from
    its centroid. Each cell shows how many there are, and the one that is nearest to its centroid.
    """
    wrong = np.flatnonzero(labels != inferred)
    counts = np.zeros((10, 10), dtype=int)
    np.add.at(counts, (inferred[wrong], labels[wrong]), 1)
    nearest = np.full((10, 10, SIDE * SIDE), np.nan)
    for row in wrong[np.argsort(-distances[wrong], kind="stable")]:  # the last one stays
        nearest[inferred[row], labels[row]] = images[row]
    picture = Picture(figsize=(0.8 * WIDTH, HIGHEST), layout="constrained")
    axes = picture.subplots()
    titles, tile = [f"{count:,}" if count else "" for count in counts.flat], 0.5
    draw_tiles(axes, nearest.reshape(100, -1), titles, 10, tile)
    axes.set_box_aspect(tile_rows(["0"], 10, tile)[1] / tile)
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    axes.imshow(
        np.where(counts, counts, np.nan), extent=(left, right, bottom, top), aspect="auto",
        cmap="Oranges", vmin=0, vmax=1.8 * counts.max(), zorder=-1,
    )  # fmt: skip
    axes.set_facecolor("white")
    axes.grid(False)
    axes.set_xticks(left + (np.arange(10) + 0.5) * (right - left) / 10, range(10))
    axes.set_yticks(top + (np.arange(10) + 0.5) * (bottom - top) / 10, range(10))
    axes.tick_params(length=0)
    axes.set(title=heading, xlabel="true digit", ylabel="classified as")
    picture.alt = (
        f"{sentence(heading)} 10 rows (classified as) and 10 columns (true digit), in each cell one such "
        f"image and their number, {len(wrong):,} in all."
    )
    often = sorted(np.argwhere(counts).tolist(), key=lambda cell: -counts[*cell])[:5]
    told = [f"{counts[row, column]:,} x {column} taken for {row}" for row, column in often]
    if told:
        picture.alt += f" The commonest: {'; '.join(told)}."
    return picture
