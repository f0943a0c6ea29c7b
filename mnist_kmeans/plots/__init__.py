"""Every picture in the course. Each function returns a Picture: a matplotlib figure with alt text."""

import base64
import functools
import html
import io
import itertools
import math
import sys
from pathlib import Path

import numpy as np
from matplotlib import colors, style
from matplotlib.figure import Figure
from matplotlib.image import imsave
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator, ScalarFormatter

from mnist_kmeans.basics import places
from mnist_kmeans.basics.files import write_whole

# One look for all readers, whatever their own matplotlib settings say.
STYLE = {
    "figure.dpi": 100,
    "savefig.dpi": 150,  # finer than it is shown: sharp on a projector, too
    "font.size": 12,
    "axes.titlesize": 13,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "0.9",
    "legend.frameon": False,
    "lines.linewidth": 2,
    "image.cmap": "gray_r",
    "image.interpolation": "nearest",  # pixels as they are, and files a third smaller
}
WIDTH = 8.5  # inches

# Colours that colour-blind readers tell apart: Okabe and Ito's for roles, Paul Tol's "muted" for digits.
BLUE, ORANGE, GREEN, VERMILLION, PINK = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7"
SKY, GREY = "#56B4E9", "#777777"
DIGIT_COLOURS = (
    "#332288", "#88CCEE", "#44AA99", "#117733", "#999933",
    "#DDCC77", "#CC6677", "#882255", "#AA4499", "#777777",
)  # fmt: skip
WRONG = VERMILLION
MARKERS = "os^Dv*P"
LOOKS = tuple(zip((BLUE, ORANGE, GREEN, VERMILLION, PINK, SKY, GREY), MARKERS, strict=True))
ROLES = {  # what has the same colour and marker in all chapters
    "training digits": (BLUE, "o"),
    "validation digits": (ORANGE, "s"),
    "random": (GREEN, "^"),
    "k-means++": (PINK, "D"),
    "one start": (GREY, "P"),
    "clear groups": (SKY, "*"),
}

TILE = 28  # pixels of a digit, each way
saved = itertools.count(1)  # numbers the pictures that a script saves


class Picture(Figure):
    """A matplotlib figure that says in words what it shows.

    It belongs to no window and is shown once, where `show` is called.
    """

    alt = ""

    def png(self):
        """Return the picture as the bytes of a PNG file, the same bytes each time."""
        buffer = io.BytesIO()
        with style.context(["default", STYLE]):
            self.savefig(buffer, format="png", metadata={"Software": None})
        return buffer.getvalue()

    suffix, content = ".png", png  # of a file of it

    def html(self):
        """Return the picture as an HTML element."""
        data = base64.b64encode(self.png()).decode()
        source, alt = f"data:image/png;base64,{data}", html.escape(self.alt)
        return f'<img src="{source}" alt="{alt}" width="{self.shown_width()}">'

    def shown_width(self):
        """Return how many pixels of a page the picture takes; it has more of its own."""
        return round(self.get_figwidth() * STYLE["figure.dpi"])

    def _repr_mimebundle_(self, include=None, exclude=None):
        words = {"text/plain": f"Picture: {self.alt}"}
        about = {"alt": self.alt, "width": self.shown_width()}
        return {"image/png": self.png(), **words}, {"image/png": about}


def show(picture):
    """Show a Picture or an Animation in a notebook; a plain script saves it and says where.

    That is in build/figures of the checkout, or in `figures` in the working folder.
    """
    ipython = sys.modules.get("IPython")
    if ipython and ipython.get_ipython() is not None:
        ipython.display.display(picture)
        return
    script = Path(getattr(sys.modules["__main__"], "__file__", "picture")).stem
    path = places.figures() / f"{script}-{next(saved):02d}{picture.suffix}"
    write_whole(path, picture.content())
    print(f"[{path.relative_to(places.base()).as_posix()}] {picture.alt}")


def looks(names):
    """Return a colour and a marker for each name: those of its role, or else the next that are free.

    The role is the name, or what stands before a colon in it: "validation digits: five starts".
    """
    roles = [ROLES.get(name.partition(":")[0]) for name in names]
    free = (look for look in LOOKS if look not in roles)
    return [role or next(free) for role in roles]


def log_axis(axes, ticks, name="x"):
    """Make equal factors equally long on an axis, and mark it at `ticks` and nowhere else."""
    axes.set(**{f"{name}scale": "log"})
    getattr(axes, f"{name}axis").set_ticks(ticks, [f"{tick:,}" for tick in ticks])
    axes.minorticks_off()


class Thousands(ScalarFormatter):
    """Numbers at the ticks of an axis, with a comma between thousands as everywhere in the course."""

    def __call__(self, x, pos=None):
        """Return the text at a tick."""
        return f"{x:,.0f}" if abs(x) >= 1000 else super().__call__(x, pos)


def sentence(heading):
    """Return a heading with a full stop, unless it ends with a mark of its own."""
    return heading if heading[-1] in ".?!" else f"{heading}."


def styled(draw):
    """Make a drawing function ignore the settings of its surroundings, and write numbers in one way."""

    @functools.wraps(draw)
    def wrapper(*args, **kwargs):
        with style.context(["default", STYLE]):
            picture = draw(*args, **kwargs)
            for axis in (axis for axes in picture.axes for axis in (axes.xaxis, axes.yaxis)):
                if type(axis.get_major_formatter()) is ScalarFormatter:  # nobody has chosen another
                    axis.set_major_formatter(Thousands())
            return picture

    return wrapper


@styled
def digits(images, titles=None, *, heading, columns=10, wrong=None, row_names=None):
    """Draw images of digits side by side, each with its title.

    `images` is (n, 784), `titles` n short texts or numbers, `wrong` n booleans: those get a cross.
    `row_names` are short texts, one for each row of `columns` images. `heading` says what the digits
    have in common; it becomes the title and begins the alt text.
    """
    titles = [""] * len(images) if titles is None else [str(title) for title in titles]
    wrong = [False] * len(images) if wrong is None else wrong
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


def tile_png(image):
    """Return one image (784,) as the bytes of a PNG file of 28 x 28 pixels."""
    buffer = io.BytesIO()
    imsave(buffer, image.reshape(TILE, TILE), vmin=0, vmax=255, cmap="gray_r", format="png")
    return buffer.getvalue()


def tile_rows(titles, columns, tile):
    """Return how many rows a grid of digits has, and how high one is; `tile` is the width in inches."""
    lines = max((title.count("\n") + 1 if title else 0 for title in titles), default=0)
    return math.ceil(len(titles) / columns), tile + lines * 0.19


def draw_tiles(axes, images, titles, columns, tile, wrong=(), row_names=()):
    """Draw a grid of digits with their titles into axes as large as `tile_rows` says."""
    wrong = itertools.chain(wrong, itertools.repeat(False))
    rows, inches = tile_rows(titles or [""], columns, tile)
    height, width = round(inches / tile * (TILE + 4)), TILE + 4  # in pixels of the canvas
    canvas = np.full((rows * height, columns * width), np.nan)
    for i, (image, title, bad) in enumerate(zip(images, titles, wrong, strict=False)):
        top, left = (i // columns + 1) * height - TILE - 2, (i % columns) * width + 2
        canvas[top : top + TILE, left : left + TILE] = np.reshape(image, (TILE, TILE))
        axes.text(
            left + TILE / 2, top - 2, f"{title} ✗" if bad else title, ha="center", va="bottom",
            fontsize=11, color=WRONG if bad else "black", weight="bold" if bad else "normal",
        )  # fmt: skip
    for row, name in enumerate(row_names):
        axes.text(-4, (row + 1) * height - TILE / 2 - 2, name, ha="right", va="center")
    axes.set_facecolor("0.93")
    axes.imshow(canvas, vmin=0, vmax=255, aspect="auto")
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(False)


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


@styled
def digit_rows(groups, *, heading):
    """Draw one row of images per named group; `groups` is a dict name -> images (n, 784)."""
    columns = max(map(len, groups.values()))
    blank = np.full((columns, TILE * TILE), np.nan)
    rows = [np.vstack([images, blank])[:columns] for images in groups.values()]
    names = [str(name) for name in groups]
    picture = digits(np.vstack(rows), heading=heading, columns=columns, row_names=names)
    told = ", ".join(f"{name}: {len(images)}" for name, images in groups.items())
    picture.alt = f"{sentence(heading)} Rows of images, so many in each: {told}."
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
        axes.imshow(mixed.reshape(TILE, TILE, 3).clip(0, 1))
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
def members(images, assignments, titles, *, heading, side=5):
    """Draw for each cluster a square of its first side x side members.

    `images` is (n, 784), `assignments` (n,), `titles` one text per cluster.
    """
    columns = min(len(titles), 4 if len(titles) % 5 else 5)  # 10 and 16 clusters leave no gap
    rows = math.ceil(len(titles) / columns)
    picture = Picture(figsize=(WIDTH, WIDTH * rows / columns + 0.4), layout="constrained")
    grid = picture.subplots(rows, columns, squeeze=False).ravel()
    told = []
    for axes in grid[len(titles) :]:
        axes.set_axis_off()
    for cluster, (axes, title) in enumerate(zip(grid, titles, strict=False)):
        chosen = images[assignments == cluster][: side * side]
        told.append(f"{title}, {tell_ink(chosen) if len(chosen) else 'none'}")
        tiles = np.zeros((side * side, TILE, TILE))
        tiles[: len(chosen)] = chosen.reshape(-1, TILE, TILE)
        mosaic = tiles.reshape(side, side, TILE, TILE).swapaxes(1, 2).reshape(side * TILE, -1)
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
def pixel_values(image, *, heading):
    """Draw one image, (784,), and beside it the pixels of its middle with their values written in."""
    first, last = TILE // 4, TILE - TILE // 4 - 1  # rows and columns of the middle
    image = image.reshape(TILE, TILE)
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
        f"{sentence(heading)} The image of {TILE} rows and columns, and beside it rows and columns "
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
    across = TILE // cell
    middles = np.arange(across) * cell + (cell - 1) / 2
    angles = (np.arange(bins) + 0.5) * np.pi / bins + np.pi / 2  # an edge is square to its gradient
    for axes, image, entries, title in zip(
        picture.subplots(1, len(images), squeeze=False).ravel(),
        images,
        features,
        titles,
        strict=True,
    ):
        axes.imshow(image.reshape(TILE, TILE), vmin=0, vmax=510)
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
    axes.bar_label(bars, fontsize=10, fmt="{:,.0f}")
    axes.set(xlabel="true digit", xticks=range(10))
    axes.grid(False, axis="x")


def tell_counts(counts):
    """Return the counts (10,) of the digits in words."""
    return ", ".join(f"{digit}: {count:,}" for digit, count in enumerate(counts))


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
    axes.imshow(centroid.reshape(TILE, TILE), vmin=0, vmax=255)
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
    colours = (BLUE, GREEN, VERMILLION, PINK, SKY, GREY)
    for axes, (title, points, assignments, centroids) in zip(grid.flat, panels, strict=True):
        for cluster in np.unique(assignments):
            mine = points[assignments == cluster]
            axes.scatter(*mine.T, color=colours[cluster], marker=MARKERS[cluster], s=45, alpha=0.7)
        for cluster, centroid in enumerate([] if centroids is None else centroids):
            for colour, width in [("black", 4), (colours[cluster], 1.8)]:  # thin: points show below
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
    if log_ticks:
        log_axis(axes, log_ticks)
    if log_yticks:
        log_axis(axes, log_yticks, "y")
    axes.set(title=heading, xlabel=xlabel, ylabel=ylabel)
    if len(curves) > 1:
        axes.legend()
    described = "; ".join(
        f"{name} goes from {y[0]:,.4g} at {x[0]} to {y[-1]:,.4g} at {x[-1]}"
        for name, (x, y) in curves.items()
    )
    picture.alt = f"{sentence(heading)} {ylabel} against {xlabel}: {described}."
    return picture


@styled
def table(counts, *, heading, xlabel, ylabel, row_names=None):
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


@styled
def dots(groups, *, heading, xlabel, ylabel, log_ticks=None, behind=None):
    """Draw one cloud of points per named group, side by side; `groups` is a dict name -> (x, y).

    `log_ticks` are the marks on the x axis; they make it logarithmic. `behind` is (x, y) of points that
    all groups belong to, drawn in grey behind each.
    """
    picture = Picture(figsize=(WIDTH, 4.4), layout="constrained")
    panels = picture.subplots(1, len(groups), squeeze=False, sharex=True, sharey=True)[0]
    together = zip(panels, groups.items(), looks(groups), strict=True)
    for axes, (name, (x, y)), (colour, marker) in together:
        if behind is not None:
            axes.scatter(*behind, color="0.75", s=12)
        axes.scatter(x, y, color=colour, marker=marker, s=45, alpha=0.4 if behind is None else 0.9)
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
    """Draw one histogram per named group of values, one below the other, on the same axis."""
    picture = Picture(figsize=(WIDTH, 1.7 * len(groups) + 0.8), layout="constrained")
    grid = picture.subplots(len(groups), 1, squeeze=False, sharex=True, sharey=True).ravel()
    everything = np.concatenate([np.asarray(values, dtype=float) for values in groups.values()])
    edges = np.linspace(everything.min(), everything.max(), bins + 1)
    together = zip(grid, groups.items(), looks(groups), strict=True)
    for axes, (name, values), (colour, _) in together:
        axes.hist(values, bins=edges, color=colour, edgecolor="white")
        axes.axvline(np.median(values), color="black", linestyle="--", label="median")
        axes.set_title(name, fontsize=12, loc="left")
        axes.set_ylabel(ylabel)
        axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=4))
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
    if len(curves) > 1:
        axes.legend()
    picture.alt = (
        f"{sentence(heading)} Mean of the runs with a band from the least to the greatest, {ylabel} "
        f"against {xlabel}: {'; '.join(described)}."
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
    nearest = np.full((10, 10, TILE * TILE), np.nan)
    for row in wrong[np.argsort(-distances[wrong], kind="stable")]:  # the last one stays
        nearest[inferred[row], labels[row]] = images[row]
    picture = Picture(figsize=(WIDTH, WIDTH * 1.15), layout="constrained")
    axes = picture.subplots()
    titles = [f"{count:,}" if count else "" for count in counts.flat]
    draw_tiles(axes, nearest.reshape(100, -1), titles, 10, 0.76)
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
