"""Variations of digits: shifted, rotated, stretched here and there, drawn with another pen.

How digit i is varied depends on i and the seed and on nothing else. All the arithmetic is exact, so
the bits are the same on every machine.
Source: P. Simard, D. Steinkraus and J. Platt, "Best practices for convolutional neural networks applied
to visual document analysis", ICDAR 2003 (elastic distortion).
"""

import numpy as np

from mnist_kmeans.basics.chance import generator
from mnist_kmeans.data.digits import PIXELS, SIDE, Digits

BATCH = 100  # digits worked on at a time, so that temporary arrays stay small

# How far a digit may change at most. Lengths are whole numbers of 1/64 pixel.
SHIFT = 64
STRETCH = 128
SINE = 11_380  # of the angle, in units of 2^-16: 10 degrees
THINNER, THICKER = -64, 96  # in 1/256 of the way to a pen one pixel wider on each side

SPACING = 8  # pixels from one control point to the next
CONTROLS = 6  # each way: at -4, 4, ... 36
DRAWS = (2 * CONTROLS**2 + 4) // 4  # 64-bit random numbers for a digit, each cut into four
BORDER = 6  # pixels of paper around a digit: longer than any displacement
WIDE = SIDE + 2 * BORDER + 1


def variations(source, first, count, seed):
    """Return the Digits first .. first + count - 1 of the set that this seed makes of `source`."""
    rows = np.arange(first, first + count)
    images = source.images[rows % len(source)]
    draws = generator(seed).advance(DRAWS * int(first)).random_raw(DRAWS * count)
    sixteen_bits = draws.astype("<u8").view("<u2").reshape(count, 4 * DRAWS).astype(np.int64)
    changed = rows >= len(source)
    for batch in np.array_split(np.flatnonzero(changed), range(BATCH, count, BATCH)):
        images[batch] = vary(images[batch], sixteen_bits[batch])
    return Digits(images, source.labels[rows % len(source)])


def vary(images, draws):
    """Return `images` (m, 784) changed as random numbers `draws` (m, 76) from 0 .. 2^16 - 1 say."""

    def between(least, most, columns):
        return least + (draws[:, columns] * (most - least + 1) >> 16)

    thickened = thicken(images.reshape(-1, SIDE, SIDE), between(THINNER, THICKER, 0))
    moves = displacements(
        between(-SINE, SINE, 1),
        between(-SHIFT, SHIFT, slice(2, 4)),
        between(-STRETCH, STRETCH, slice(4, None)).reshape(-1, 2, CONTROLS, CONTROLS),
    )
    return warp(thickened, moves)


def thicken(images, amounts):
    """Return images (m, 28, 28) drawn with a thicker pen, or a thinner one where `amounts` (m,) < 0.

    A pixel moves towards the darkest, or the lightest, of itself and its four neighbours.
    """
    paper = np.pad(images, ((0, 0), (1, 1), (1, 1)))
    neighbours = [paper[:, 1:-1, :-2], paper[:, 1:-1, 2:], paper[:, :-2, 1:-1], paper[:, 2:, 1:-1]]
    towards = images.copy()
    for choose, chosen in (np.maximum, amounts > 0), (np.minimum, amounts < 0):
        for neighbour in neighbours:
            choose(towards, neighbour, out=towards, where=chosen[:, None, None])
    step = (towards.astype(np.int32) - images) * np.abs(amounts)[:, None, None]
    return (images + (step + 128 >> 8)).astype(np.uint8)


def displacements(sines, shifts, stretches):
    """Return how far from each pixel its ink comes: (m, 2, 784) whole numbers of 1/256 pixel, y and x.

    `sines` (m,), `shifts` (m, 2) and `stretches` (m, 2, 6, 6) are integers. Rotation, shift and
    stretching are added up at the control points; a quadratic B-spline lies between. (It reproduces
    the rotation, which is linear.) All products are whole numbers below 2^24, exact in float32.
    """
    cosines = np.sqrt(2.0**32 - sines**2).astype(np.int64)  # a square root is rounded one way only
    half = 2 * (SPACING * np.arange(CONTROLS) - SPACING // 2) - (SIDE - 1)  # pixels from the middle
    y, x = half[:, None], half[None, :]
    turn, shrink = sines[:, None, None], cosines[:, None, None] - 2**16
    rotated = np.stack([shrink * y + turn * x, shrink * x - turn * y], axis=1) >> 11
    controls = rotated + shifts[:, :, None, None] + stretches
    fine = controls.reshape(-1, CONTROLS**2).astype(np.float32) @ SPLINE
    return fine.astype(np.int32).reshape(-1, 2, PIXELS) >> 12


def spline_weights():
    """Return the weight of each control point for each pixel, (36, 784), in units of 2^-14.

    Source: C. de Boor, "A Practical Guide to Splines" (1978): the uniform quadratic B-spline.
    """
    weights = np.zeros((CONTROLS, SIDE))
    for pixel in range(SIDE):
        control, t = divmod(pixel, SPACING)
        s = SPACING - t
        weights[control : control + 3, pixel] = s * s, SPACING**2 + 2 * s * t, t * t
    return np.kron(weights, weights).astype(np.float32)


SPLINE = spline_weights()


def warp(images, moves):
    """Return images (m, 784) whose pixels are those of `images` (m, 28, 28) from `moves` away.

    Between four pixels, the value is interpolated between theirs.
    """
    m = len(images)
    paper = np.zeros((m, WIDE, WIDE), dtype=np.uint8)
    paper[:, BORDER : BORDER + SIDE, BORDER : BORDER + SIDE] = images
    y, x = np.divmod(np.arange(PIXELS), SIDE)
    (y, fy), (x, fx) = (
        np.divmod(moves[:, axis] + 256 * (place + BORDER), 256) for axis, place in enumerate((y, x))
    )
    corner = (y * WIDE + x) + WIDE**2 * np.arange(m)[:, None]
    ink = paper.ravel()
    above = ink[corner] * (256 - fx) + ink[corner + 1] * fx
    below = ink[corner + WIDE] * (256 - fx) + ink[corner + WIDE + 1] * fx
    return (above * (256 - fy) + below * fy + 2**15 >> 16).astype(np.uint8)
