"""What a digit looks like, in numbers that say more than its pixels: shape, not ink.

Everything here ends in integers, so the exact promise of the course holds for features as it does
for pixels. On the way there, sums are sums of integers, and all other steps are single operations
that IEEE 754 rounds in one way only (+, -, *, /, square root): the same bits come out everywhere.
Angles are compared without arctan, whose last bit differs from machine to machine.
"""

import math

import numpy as np

from mnist_kmeans.basics.errors import InputError, check_whole
from mnist_kmeans.basics.rows import slices
from mnist_kmeans.data.digits import SIDE, check_images
from mnist_kmeans.exact import as_points

MIDDLE = (SIDE - 1) / 2
HEIGHT, WIDTH = 6.0, 5.0  # the usual spread of ink after `normalize`, in pixels
FINE = 256  # steps in a pixel: where a resampled image may look
AT_ONCE = 1000  # images or points worked on at a time, so that the temporary arrays stay small
COMPONENT_STEPS = 1024  # principal components are kept on the grid of step 1 / 1024


def deskew(images):
    """Return the images with their digits upright and in the middle.

    `images` is (n, 784) uint8, and so is the result. Each row is shifted sideways in proportion to
    its height, by as much as makes the ink's columns uncorrelated with its rows; values between
    pixels are interpolated. An image without ink stays as it is.
    Raises InputError for anything but such images.
    Source: Y. LeCun et al., "Gradient-based learning applied to document recognition", Proc. IEEE 86
    (1998), section III.A, used such a correction of slant by second moments.
    """
    return by_chunks(straighten, check_images(images))


def normalize(images):
    """Return the images deskewed, of equal height, and more alike in width.

    `images` is (n, 784) uint8, and so is the result. Heights and widths are standard deviations of
    the ink. The width changes by the fourth root of what would make it equal, so that a one stays
    narrow. Raises InputError for anything but images.
    """
    return by_chunks(lambda chunk: straighten(chunk, resize=True), check_images(images))


def straighten(images, resize=False):
    """Return the images (n, 784) deskewed, and resized if wanted."""
    pixels = images.reshape(-1, SIDE, SIDE).astype(np.int64)
    place = np.arange(SIDE)
    rows, columns = pixels.sum(axis=2), pixels.sum(axis=1)
    ink = np.maximum(rows.sum(axis=1), 1)
    row_sum, column_sum = rows @ place, columns @ place
    # ink^2 times the variances and the covariance of the ink's rows and columns: integers
    row_variance = ink * (rows @ place**2) - row_sum**2
    column_variance = ink * (columns @ place**2) - column_sum**2
    covariance = ink * ((pixels @ place) @ place) - row_sum * column_sum
    slant = covariance / np.maximum(row_variance, 1)
    height = width = np.ones(len(images))
    if resize:
        upright = np.maximum(column_variance - slant * covariance, 0)
        height = np.maximum(np.sqrt(row_variance) / ink, 1) / HEIGHT
        width = np.sqrt(np.sqrt(np.maximum(np.sqrt(upright) / ink, 0.5) / WIDTH))
    inked = rows.any(axis=1)
    row_middle = np.where(inked, row_sum / ink, MIDDLE)
    column_middle = np.where(inked, column_sum / ink, MIDDLE)
    # where each pixel of the result looks in the original: row, then column
    away = (place - MIDDLE) * height[:, None]
    look_row = row_middle[:, None] + away
    first_column = column_middle[:, None] + slant[:, None] * away
    look_column = first_column[:, :, None] + ((place - MIDDLE) * width[:, None])[:, None, :]
    return interpolate(pixels, look_row[:, :, None], look_column).reshape(images.shape)


def interpolate(pixels, rows, columns):
    """Return the values of images (n, 28, 28) at fractional places, bilinear, as uint8.

    `rows` and `columns` broadcast to (n, 28, 28). There is no ink outside an image.
    """
    side = SIDE + 2  # with a margin
    framed = np.pad(pixels, ((0, 0), (1, 1), (1, 1))).reshape(len(pixels), -1)
    row, down = np.divmod(fine_steps(rows), FINE)
    column, right = np.divmod(fine_steps(columns), FINE)
    corner = row * side + column + np.arange(len(pixels))[:, None, None] * side**2
    flat = framed.ravel()
    upper = (FINE - right) * flat[corner] + right * flat[corner + 1]
    lower = (FINE - right) * flat[corner + side] + right * flat[corner + side + 1]
    value = (FINE - down) * upper + down * lower
    return ((value + FINE**2 // 2) // FINE**2).astype(np.uint8)


def fine_steps(places):
    """Return places in an image as whole fine steps within its frame, which begins at -1."""
    last = (SIDE + 1) * FINE - 1
    return np.clip(np.rint((places + 1) * FINE), 0, last).astype(np.int64)


def oriented_gradients(images, cell=4, bins=9, largest=255):
    """Return for each image how much edge of each direction there is in each of its cells.

    `images` is (n, 784) uint8; `cell` is the side of a cell in pixels and divides 28; opposite
    directions count as one of the `bins`. The result is (n, (28 / cell)^2 * bins), cell by cell.
    Entries are the square roots of shares of all edges, so that each row has length 1, in units of
    1 / `largest`: rounded to uint8, or to uint16 if `largest` exceeds 255. No edges give zeros.
    Raises InputError for anything but images, and for numbers that do not fit.
    Sources: N. Dalal and B. Triggs, "Histograms of oriented gradients for human detection", CVPR 2005;
    R. Arandjelovic and A. Zisserman, "Three things everyone should know to improve object retrieval",
    CVPR 2012 (the square root).
    """
    images = check_images(images)
    check_whole(cell, 1, "cell")
    check_whole(bins, 1, "bins")
    check_whole(largest, 1, "largest")
    if SIDE % cell or largest > 65535:
        raise InputError(
            f"cell must divide {SIDE} and largest be at most 65535; got {cell}, {largest}"
        )
    direction, length = gradient_tables(bins)
    across = SIDE // cell
    cells = np.arange(SIDE) // cell
    first_bin = (cells[:, None] * across + cells) * bins
    width = across * across * bins
    dtype = np.uint8 if largest <= 255 else np.uint16

    def histograms(chunk):
        right, down = gradients(chunk)
        code = (down + 255) * 511 + right + 255
        place = np.arange(len(chunk))[:, None, None] * width + first_bin + direction[code]
        counts = np.bincount(place.ravel(), length[code].ravel(), minlength=len(chunk) * width)
        counts = counts.reshape(len(chunk), width)
        total = np.maximum(counts.sum(axis=1, keepdims=True), 1)
        return np.rint(np.sqrt(counts * float(largest**2) / total)).astype(dtype)

    return by_chunks(histograms, images)


def gradients(images):
    """Return how much the ink grows to the right and downwards, two (n, 28, 28) of -255 .. 255.

    The difference of the two neighbours of each pixel; there is no ink outside an image.
    """
    framed = np.pad(images.reshape(-1, SIDE, SIDE).astype(np.int32), ((0, 0), (1, 1), (1, 1)))
    right = framed[:, 1:-1, 2:] - framed[:, 1:-1, :-2]
    down = framed[:, 2:, 1:-1] - framed[:, :-2, 1:-1]
    return right, down


def gradient_tables(bins):
    """Return the bin and the length, rounded, of every gradient there can be.

    Two tables of 511 x 511 entries: (down + 255) * 511 + right + 255 is the place of a gradient.
    Bin b holds the angles from b to b + 1 times pi / bins; the edges are compared in integers.
    """
    steps = np.arange(-255, 256)
    right, down = np.meshgrid(steps, steps)
    below = (down < 0) | ((down == 0) & (right < 0))
    upper_right, upper_down = np.where(below, -right, right), np.where(below, -down, down)
    direction = np.zeros(right.shape, dtype=np.int64)
    for edge in range(1, bins):
        angle = math.pi * edge / bins
        edge_right, edge_down = round(2**20 * math.cos(angle)), round(2**20 * math.sin(angle))
        direction += edge_right * upper_down >= edge_down * upper_right
    length = np.rint(np.sqrt(right**2 + down**2))
    return direction.ravel(), length.ravel()


def to_integers(values, largest=255):
    """Return floats on an integer grid: scaled so that the largest size becomes `largest`, rounded.

    `values` is (n, d), the result (n, d) int32. k-means on it is exact. To put other values on the
    same grid, stack them first. Zeros stay zeros.
    Raises InputError for values that k-means cannot use.
    """
    values = as_points(values, "values").astype(np.float64)
    check_whole(largest, 1, "largest")
    if largest >= 2**31:
        raise InputError(f"largest must be below 2^31; got {largest}")
    size = np.abs(values).max()
    return np.rint(values / (size or 1) * largest).astype(np.int32)


class PrincipalComponents:
    """The directions along which points vary most.

    `points` is (n, d) integers; `components` (count, d) float64 are unit vectors up to rounding to
    multiples of 1 / 1024, the largest entry of each positive; `deviations` (count,) float64 are the
    standard deviations of the points along them.
    Raises InputError for points that are not integers, or too large or too many for exact covariances,
    and for fewer dimensions than `count`.
    Source: I. T. Jolliffe, "Principal Component Analysis", Springer (2002).

    The covariances are exact. The eigenvectors come from LAPACK, whose last bits differ from machine
    to machine; the grid of the components is so coarse that this drowns in the rounding, unless an
    entry lies within some 1e-12 of the middle between two multiples.
    """

    def __init__(self, points, count):
        points = as_points(points)
        check_whole(count, 1, "count")
        if points.dtype.kind == "f" or count > points.shape[1]:
            raise InputError(
                f"principal components need integers in at least {count} dimensions; "
                f"got {points.dtype} in {points.shape[1]}"
            )
        n, d = points.shape
        largest = max(int(points.max()), -int(points.min()))
        if (n * largest) ** 2 >= 2**53:
            raise InputError(
                f"covariances of {n} points with entries up to {largest} would be rounded; "
                "scale the points down, or take fewer"
            )
        self.sums, products = np.zeros(d), np.zeros((d, d))
        for rows in slices(n, AT_ONCE):
            chunk = points[rows].astype(np.float64)
            self.sums += chunk.sum(axis=0)
            products += chunk.T @ chunk
        self.n = n
        vectors = np.linalg.eigh(n * products - np.outer(self.sums, self.sums))[1].T[::-1][:count]
        peaks = np.take_along_axis(vectors, np.abs(vectors).argmax(axis=1)[:, None], axis=1)
        steps = np.rint(np.sign(peaks) * vectors * COMPONENT_STEPS) + 0.0  # no -0.0
        self.components = steps / COMPONENT_STEPS
        along = self.project(points).astype(np.int64)
        self.deviations = np.sqrt((along * along).sum(axis=0) / n)

    def project(self, points, whiten=False):
        """Return the coordinates (m, count) of points along the components, in int32.

        The middle of the first points is at 0. One is the unit of the points; whitened, it is a 64th
        of the standard deviation, so that all components count the same.
        Raises InputError for points of another width.
        """
        points = as_points(points)
        if points.shape[1] != self.components.shape[1]:
            raise InputError(
                f"the components have {self.components.shape[1]} entries, the points {points.shape[1]}"
            )
        exact = points.astype(np.float64) @ self.components.T
        middle = self.components @ self.sums
        along = np.rint((self.n * exact - middle) / self.n)
        if whiten:
            along = np.rint(64 * along / np.maximum(self.deviations, 1))
        return along.astype(np.int32)


def by_chunks(function, images):
    """Return function(images), computed for some images at a time."""
    return np.concatenate([function(images[rows]) for rows in slices(len(images), AT_ONCE)])
