"""The inner loops of `mnist_kmeans.fast.engine` and of k-means++, compiled by Numba.

They look at one point after the other, where numpy would pass over large arrays many times; and while
one thread is in here, the others need not wait for it. Nearly all is whole numbers: products of 16-bit
integers, of which a processor does dozens at once, and lengths in *steps* of the grid. Sums that are
rounded are added up in the order written here: so the counts of work, too, are the same everywhere.

Without Numba this module cannot be imported; `mnist_kmeans.fast.engine` then does without it.
"""

import math
from contextlib import suppress
from typing import NamedTuple

import numpy as np
from numba import njit
from numba.core.caching import FunctionCache

from mnist_kmeans.fast.prefetch import prefetch

BLOCK = 64  # points in doubt that get a question before the next one: their rows fit into the cache
COLUMNS = 64  # of a sketch; where the data have fewer directions, the last ones are 0
AHEAD = 4  # rows that `transfer` asks for before it needs them
FAR = 2**30  # farther than anything, in steps


class Points(NamedTuple):
    """The n points in d dimensions; see Prepared."""

    values: np.ndarray  # (n, d) integers
    squares: np.ndarray  # (n,) int64: |x|^2
    sketches: np.ndarray  # (n, COLUMNS) int16
    lengths: np.ndarray  # (n,) float64: of the sketches
    rests: np.ndarray  # (n,) float64: lengths of what they leave out


class Centroids(NamedTuple):
    """The k centroids where they are now, and how far they have travelled; see Run."""

    limbs: np.ndarray  # (2, k, d) int16: the low parts, the high parts
    squares: np.ndarray  # (k,) int64: |c|^2
    sketches: np.ndarray  # (k, COLUMNS) int16
    below: np.ndarray  # (k,) float32: |c|^2 less what sketches may err; see sketch_bounds
    above: np.ndarray  # (k,) float64: and with that added
    blur: float
    travels: np.ndarray  # (k,) int32
    most_travel: int
    rest_travels: np.ndarray  # (k,) float32


class Known(NamedTuple):
    """What is known of the points and their distances, shifted by travels as Run explains."""

    assignments: np.ndarray  # (n,) int64
    upper: np.ndarray  # (n,) int64: to the own centroid at most
    others: np.ndarray  # (n,) int64: to all the others at least
    lower: np.ndarray  # (n, k) int32: to each of the others at least; to the own: FAR
    missed: np.ndarray  # (n, k) float32; see sketch_bounds
    own_missed: np.ndarray  # (n,) float64


class Cache(FunctionCache):
    """Numba's own cache in __pycache__, but what is damaged there is compiled anew."""

    def load_overload(self, *signature):
        """Return what was compiled before, or None."""
        try:
            return super().load_overload(*signature)
        except Exception:  # pickle raises a dozen kinds
            with suppress(OSError):
                self.flush()
            return None


def compiled(function):
    """Compile a function; it is kept in __pycache__, or compiled each time where nothing can be written."""
    dispatcher = njit(nogil=True)(function)
    with suppress(RuntimeError):  # there is no place to write
        dispatcher._cache = Cache(function)  # as njit(cache=True) has it
    return dispatcher


@compiled
def product(a, b):
    """Return the dot product of two rows of int16; callers see to it that 32 bits hold every sum."""
    total = np.int32(0)
    for column in range(len(a)):
        total = np.int32(total + np.int32(a[column]) * np.int32(b[column]))
    return total


@compiled
def sketch_product(a, b):
    """Return the same for two sketches: a length that is known beforehand makes it twice as fast."""
    total = np.int32(0)
    for column in range(COLUMNS):
        total = np.int32(total + np.int32(a[column]) * np.int32(b[column]))
    return total


@compiled
def write_limbs(x, point_bits, limbs):
    """Write the limbs (m, d) int16 of a point (d,), the lowest first: x is their sum, each shifted."""
    top = len(limbs) - 1
    if top == 0:
        for column in range(len(x)):
            limbs[0, column] = x[column]
        return
    for part in range(top + 1):
        for column in range(len(x)):
            limb = np.int64(x[column]) >> (point_bits * part)
            limbs[part, column] = limb if part == top else limb & ((1 << point_bits) - 1)


@compiled
def point_product(x, limbs, j, sizes):
    """Return the dot product, in steps, of a point (m, d) and centroid j of (2, k, d), all in limbs."""
    total = np.int64(0)
    for part in range(len(x)):
        low = product(x[part], limbs[0, j])
        high = np.int64(product(x[part], limbs[1, j])) << sizes.centroid_bits
        total += (high + low) << (sizes.point_bits * part)
    return total


@compiled
def nearest_other(lower, travels):
    """Return the least lower bound (k,); to the own centroid it is FAR."""
    least = np.int32(FAR)
    for j in range(len(lower)):
        least = min(least, np.int32(lower[j] - travels[j]))
    return least


@compiled
def next_within(reach, lower, travels):
    """Return the centroid with the least lower bound (k,), or -1 if that is beyond reach."""
    least = nearest_other(lower, travels)
    if least > reach:
        return -1
    left = np.int32(0)  # centroids from the first such one on; to stop there would be slower
    for j in range(len(lower)):
        here = np.int32(len(lower) - j) if lower[j] - travels[j] == least else np.int32(0)
        left = max(left, here)
    return len(lower) - left


@compiled
def raise_bounds(low, scale, rest, products, below, rest_travels, missed, travels, lower):
    """Raise the lower bounds (k,) of a point to those that its sketch gives; see sketch_bounds."""
    for j in range(len(lower)):
        square = (
            low + below[j] - scale * np.float32(products[j]) - rest * rest_travels[j] - missed[j]
        )
        bound = np.int32(math.sqrt(max(square, np.float32(0))))
        lower[j] = max(lower[j], np.int32(bound + travels[j]))


@compiled
def look_again(first, last, points, centroids, known, unit, sizes):
    """Assign the points first ... last - 1 again, asking as little as possible; return two counts.

    They are: the points that question 1 left in doubt, and the distances measured. Each question is
    asked about a block of points in doubt before the next is, so that what the next one needs is on its
    way.
    """
    doubtful, close = np.empty(BLOCK, dtype=np.int64), np.empty(BLOCK, dtype=np.int64)
    count_doubts = count_measured = 0
    while first < last:
        first, doubts = carried_bounds(first, last, points, centroids, known, doubtful)
        left = sketch_bounds(doubtful[:doubts], points, centroids, known, unit, sizes, close)
        count_measured += measure(close[:left], points, centroids, known, unit, sizes)
        count_doubts += doubts
    return count_doubts, count_measured


@compiled
def carried_bounds(first, last, points, centroids, known, doubtful):
    """Question 1 about the points first ... last - 1, until BLOCK of them are in doubt.

    Their rows go into `doubtful` (BLOCK,) int64. Returns the first point that is left, and how many are
    in doubt.
    """
    assignments, upper, others, lower, missed, _ = known
    travels, most_travel, sketches = centroids.travels, centroids.most_travel, points.sketches
    count = 0
    for i in range(first, last):
        reach = upper[i] + travels[assignments[i]]  # nothing beyond can be the nearest
        if reach < others[i] - most_travel:  # all the others together: it costs nothing
            continue
        least = nearest_other(lower[i], travels)
        others[i] = least + most_travel
        if reach >= least:
            doubtful[count] = i
            count += 1
            prefetch(sketches[i])
            prefetch(missed[i])
            if count == BLOCK:
                return i + 1, count
    return last, count


@compiled
def sketch_bounds(rows, points, centroids, known, unit, sizes, close):
    """Question 2 about the points of these rows (m,): write into `close` those in doubt; return how many.

    It gives fresh bounds; those carried along stay where they are tighter still.

    Let y and b be the sketches of a point x and a centroid c, and e = x.c - y.b what they miss of the
    product. We know e for the centroid where it was when we last measured it; let it have moved by z
    since, its sketch by g, and let v = z - B'g be what the sketch missed of the move. With p = x - B'y
    for the rest of x, e has changed by

        x.z - y.g = y.(Bz - g) + (Bp).g + p.v

    Cauchy and Schwarz bound the three terms. |p| is at most `rests`, r, and |v| what `rest_travels`, R,
    has grown by. Bz - g is a difference of two blurs of the centroid, at most 2 `blur` long. Bp is the
    blur of the point, and |g| at most the travel of the centroid and two blurs. Therefore

        |x|^2 + |c|^2 - 2 y.b - 2 e - 2 r R - errors  <=  |x - c|^2  <=  the same + 4 r R + 2 errors

    where the errors are 4 `blur` |y|, and `Moving.current` has the others. A centroid not measured yet
    counts as measured when it lay at the origin, where e = 0; so |g| may be as long as its sketch.
    `missed` is 2 e - 2 r (R back then), and `own_missed`, for the upper bound, 2 e + 2 r (R back then).

    Slack: with D = 2^26 steps, no term is larger than 6 D^2, and no sum than 13 D^2. float32 rounds
    about a dozen of them, the terms and the sums, by 2^-24 of their sizes, 50 * 2^-24 D^2 together; the
    square root adds what 26 * 2^-24 D^2 would. That is less than 2^-17 D^2. The roots of whole numbers are
    right to less than one step, and give way by one.
    """
    values, point_squares, sketches, lengths, rests = points
    _, _, centre_sketches, below, above, blur, travels, most_travel, rest_travels = centroids
    assignments, upper, others, lower, missed, own_missed = known
    products = np.empty(len(travels), dtype=np.int32)
    scale = 2 * unit * unit
    count = 0
    for i in rows:
        own = assignments[i]
        for j in range(len(products)):
            products[j] = sketch_product(sketches[i], centre_sketches[j])
        rest, err = 2 * rests[i], 4 * blur * lengths[i]
        square = point_squares[i] << (2 * sizes.bits)
        raise_bounds(
            np.float32(square - err), np.float32(scale), np.float32(rest), products,
            below, rest_travels, missed[i], travels, lower[i],
        )  # fmt: skip
        most = (
            square + err + above[own] - scale * products[own]
            + rest * np.float64(rest_travels[own]) - own_missed[i]
        )  # fmt: skip
        reach = min(upper[i] + travels[own], np.int64(math.sqrt(max(most, 0.0))) + 1)
        upper[i] = reach - travels[own]
        least = nearest_other(lower[i], travels)
        others[i] = least + most_travel
        if reach >= least:
            close[count] = i
            count += 1
            prefetch(values[i])
    return count


@compiled
def measure(rows, points, centroids, known, unit, sizes):
    """Question 3 about the points of these rows (m,): assign each to its nearest centroid.

    Returns how many distances were measured: to its own centroid first, then always to the next within
    reach.
    """
    values, point_squares, sketches, _, rests = points
    limbs, squares, centre_sketches, _, _, _, travels, most_travel, rest_travels = centroids
    assignments, upper, others, lower, missed, own_missed = known
    measured = np.empty(len(travels), dtype=np.int64)
    distances = np.empty(len(travels), dtype=np.int64)
    x = np.empty((sizes.parts, values.shape[1]), dtype=np.int16)
    total = 0
    for i in rows:
        write_limbs(values[i], sizes.point_bits, x)
        square = point_squares[i] << (2 * sizes.bits)
        nearest, nearest_distance = assignments[i], np.int64(2**62)
        j, count = nearest, 0
        while j >= 0:
            dot = point_product(x, limbs, j, sizes)
            distance = square - (dot << (sizes.bits + 1)) + squares[j]
            measured[count], distances[count] = j, distance
            count += 1
            if distance < nearest_distance or (distance == nearest_distance and j < nearest):
                nearest, nearest_distance = j, distance
                reach = np.int64(math.sqrt(distance)) + 1
            lower[i, j] = FAR + travels[j]
            j = next_within(reach, lower[i], travels)
        for m in range(count):
            j = measured[m]
            lower[i, j] = np.int64(math.sqrt(distances[m])) - 1 + travels[j]
            near = sketch_product(sketches[i], centre_sketches[j])
            miss = np.float64(square + squares[j] - distances[m]) - 2 * unit * unit * near
            rest = 2 * rests[i] * np.float64(rest_travels[j])
            missed[i, j] = miss - rest
            if j == nearest:
                own_missed[i] = miss + rest
        lower[i, nearest] = FAR
        assignments[i] = nearest
        upper[i] = reach - travels[nearest]
        others[i] = nearest_other(lower[i], travels) + most_travel
        total += count
    return total


@compiled
def transfer(first, last, rows, points, before, now, sums):
    """Take these points out of the sums of the clusters before, and into those of the clusters now.

    `rows`, `before` and `now` are (m,); at first, points are in no cluster, which is -1.
    Only for the columns first ... last - 1, so that each thread can have its own.
    """
    for m in range(len(rows)):
        if m + AHEAD < len(rows):
            prefetch(points[rows[m + AHEAD], first:last])
        x = points[rows[m], first:last]
        if before[m] >= 0:
            total = sums[before[m], first:last]
            for column in range(len(x)):
                total[column] -= np.int64(x[column])
        total = sums[now[m], first:last]
        for column in range(len(x)):
            total[column] += np.int64(x[column])


@compiled
def measure_squares(first, last, points):
    """Write |x|^2 of the points first ... last - 1."""
    for i in range(first, last):
        x = points.values[i]
        total = np.int64(0)
        for column in range(len(x)):
            total += np.int64(x[column]) * np.int64(x[column])
        points.squares[i] = total


@compiled
def sketch(first, last, points, along, unit, bits, excess):
    """Write the sketches, their lengths and rests of the points first ... last - 1; return the most blur.

    `along` (d, COLUMNS) are the directions, so scaled that coordinates along them come in units. Many
    pixels are 0: these are left out. `excess` is what the square of a rest may be larger than computed.
    """
    values, squares, sketches, lengths, rests = points
    y = np.empty(COLUMNS)
    most = 0.0
    for i in range(first, last):
        for q in range(COLUMNS):
            y[q] = 0
        for column in range(values.shape[1]):
            value = np.float64(values[i, column])
            if value != 0:
                for q in range(COLUMNS):
                    y[q] += value * along[column, q]
        both = square = blur = 0.0
        for q in range(COLUMNS):
            whole = math.floor(y[q] + 0.5)
            sketches[i, q] = np.int16(whole)
            both += whole * y[q]
            square += whole * whole
            blur += (whole - y[q]) ** 2
        lengths[i] = math.sqrt(square) * unit
        rest = squares[i] * 4.0**bits - (2 * both - square) * unit**2 + excess
        rests[i] = math.sqrt(max(rest, 0.0))
        most = max(most, math.sqrt(blur) * unit)
    return most


@compiled
def take_nearer(first, last, points, centroids, weights, unit, sizes):
    """Lower the weights (n,) of the points first ... last - 1 to their squared distances to one centroid.

    Their sketches rule most of them out.
    """
    values, squares, sketches, lengths, rests = points
    x = np.empty((sizes.parts, values.shape[1]), dtype=np.int16)
    steps = 4.0**sizes.bits
    for i in range(first, last):
        near = (
            squares[i] * steps + np.float64(centroids.below[0])
            - 4 * centroids.blur * lengths[i]
            - 2 * unit * unit * sketch_product(sketches[i], centroids.sketches[0])
            - 2 * rests[i] * np.float64(centroids.rest_travels[0])
        )  # fmt: skip
        if near < weights[i] * steps:
            write_limbs(values[i], sizes.point_bits, x)
            dot = point_product(x, centroids.limbs, 0, sizes)
            square = squares[i] * steps - 2 * dot * 2.0**sizes.bits + centroids.squares[0]
            weights[i] = min(weights[i], square / steps)
