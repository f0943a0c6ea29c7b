"""Self-checks for the exercises of chapter 8: an order that matters, a grid, two kinds of bounds."""

import numpy as np

from mnist_kmeans.exercises.checking import (
    NotYet,
    as_numbers,
    chance,
    expect,
    expect_shape,
    more,
    self_check,
)


@self_check
def check_order_matters(order_matters):
    """Add up the learner's numbers in both directions."""
    numbers = as_numbers(order_matters())
    if numbers.ndim != 1:
        raise NotYet(f"the result has the shape {numbers.shape}.", "Return a list of numbers.")
    front, back = (float(np.cumsum([0.0, *each])[-1]) for each in (numbers, numbers[::-1]))
    if not (np.isfinite(front) and np.isfinite(back)):
        raise NotYet("a sum is infinite.", "Somewhat smaller numbers will do.")
    told = f"from the front the sum is {front:.17g}, from the back it is {back:.17g}."
    if front == back:
        raise NotYet(
            f"both sums are {front:.17g}.",
            "Nothing is rounded as long as all is whole and small. A float64 has 53 binary "
            "digits. What is the largest whole number to which it can add 1?",
        )
    yield "the order matters."
    if (front, back) == (1, 0):
        raise NotYet(told, "Nearly! Turn the list around.")
    if abs(front - back) < 0.01:
        raise NotYet(told, "They differ in their last digits. Take larger numbers to lose more.")
    if (front, back) != (0, 1):
        raise NotYet(
            told, "They should be 0 and 1. Which number is lost on the way, and which not?"
        )
    yield "from the front the sum is 0, from the back it is 1."


@self_check
def check_bits_for(bits_for):
    """Data for which counting digits and computing the largest sum come to the same f."""
    for d, largest in [(784, 255), (3072, 255), (300, 255), (2, 65535), (1024, 15), (50, 1000)]:
        f = expect_bits(bits_for, d, largest)
        yield f"for {d} coordinates up to {largest}, f is {f}."
    for d, largest in [(1024, 256), (4, 65536), (64, 16), (31, 1000), (33, 255), (130, 127)]:
        expect_bits(bits_for, d, largest)
    for d, largest in more(lambda source: source.integers(2, 5000, 2).tolist()):
        if room_for(d, largest) // 2 == (52 - (d * largest**2).bit_length()) // 2:
            expect_bits(bits_for, d, largest)


def expect_bits(bits_for, d, largest):
    """Raise NotYet unless f is right for such data; return it."""
    log2_d, digits, room = (d - 1).bit_length(), int(largest).bit_length(), room_for(d, largest)
    found = as_numbers(bits_for(d, largest))
    if found.shape not in {(), (1,)}:
        raise NotYet(f"the result has the shape {found.shape}.", "One number is asked for.")
    found = found.reshape(())
    told = f"for {d} coordinates up to {largest}, f is not {found:g}, but {room // 2}."
    rounded = f"{d} lies between powers of two, so its log2 is rounded up to {log2_d}."
    if d == 2**log2_d:
        rounded = f"log2 {d} is {log2_d}."
    mistakes = [
        (room, "f is twice as large.", "A square of multiples of 2^-f has steps of 2^-2f."),
        (
            (room + digits) // 2,
            "f is too large, by half the digits of a coordinate.",
            "The square of a number has up to twice as many digits.",
        ),
        (
            (room + log2_d) // 2,
            "f is too large: it does not depend on d.",
            "Each doubling of the number of terms may need one digit more.",
        ),
        (
            (room + 2 * digits - 2 * (largest - 1).bit_length()) // 2,
            told,
            f"{largest} is {largest:b} as a binary number. How many digits are that?",
        ),
        ((room + 1) // 2, "f is too large by one.", f"{rounded} {TOO_LARGE}"),
        (room // 2 - 1, "f is too small by one.", f"{rounded} Is f rounded down, and only once?"),
    ]
    if found not in (room // 2, *(mistaken for mistaken, *_ in mistakes)) and found % 1:
        raise NotYet(f"f is {found:g}.", "It is a number of digits. Round it down.")
    hint = f"{rounded} {largest} has {digits} binary digits."
    expect(found, room // 2, told, mistakes, hint)
    return room // 2


def room_for(d, largest):
    """Return how many of the binary digits are left for 2f."""
    return 52 - (d - 1).bit_length() - 2 * int(largest).bit_length()


TOO_LARGE = "Is f rounded down? And one of the 53 digits is kept in reserve."


@self_check
def check_in_doubt(in_doubt):
    """Random distances and steps; any bounds that are proven, and no looser than asked for, will do."""
    source = chance(4)
    distances = np.sort(source.uniform(2, 9, (300, 5)), axis=1)
    distances = source.permuted(distances, axis=1)
    found = expect_safe(in_doubt, distances, np.array([0.1, 1.7, 0.4, 0.8, 0.0]))
    other = source.uniform(2, 9, (90, 4)), np.array([0.0, 0.5, 0.3, 1.1])
    found_other = expect_safe(in_doubt, *other)
    yield "every point that may change its cluster is looked at."
    for needless in (found, found_other):
        if needless:
            raise NotYet(
                f"{needless} points are looked at for nothing.",
                "Take the smallest upper bound and the largest lower bound that are certain.",
            )
    yield "and no more points than the bounds leave in doubt."


def expect_safe(in_doubt, distances, steps):
    """Raise NotYet unless all points are in doubt that may change; return how many are needlessly."""
    n, k = distances.shape
    own = distances.argmin(axis=1)
    others = distances.copy()
    others[np.arange(n), own] = np.inf
    upper, lower = distances.min(axis=1), others.min(axis=1)
    own_steps, most = steps[own], steps.max()
    needed = upper + own_steps > (others - steps).min(axis=1)
    asked = upper + own_steps >= lower - most
    found = as_numbers(in_doubt(distances, steps))
    if found.shape == (k,):
        raise NotYet("there is one answer for each centroid.", "Each point needs one.")
    if found.ndim == 1 and len(found) in {needed.sum(), asked.sum()}:
        raise NotYet(
            f"{len(found)} numbers come back for {n} points.",
            "Are they rows? Return True or False for each point.",
        )
    expect_shape(found, (n,))
    if not np.isin(found, (0, 1)).all():
        raise NotYet("the answers are numbers.", "Return True or False for each point.")
    found = found == 1
    if found.all():
        raise NotYet(
            "all points are in doubt, so no look is saved.",
            "Is the second nearest centroid really another one than the nearest?",
        )
    if not found.any():
        raise NotYet(
            "no point is in doubt, although the centroids have moved.",
            "What is the worst that can happen to a point when its own centroid and others move?",
        )
    for mistaken, what, hint in [
        (~asked, "it is the other way round.", "True means: this point must be looked at."),
        (upper >= lower - most, "the own centroid stays where it is.", "It moves, too."),
        (
            upper + own_steps >= lower,
            "only the own centroid moves.",
            "Another one may have come nearer.",
        ),
        (
            upper + own_steps >= lower - own_steps,
            "the other centroids move as far as the own one.",
            "How far can any of them have moved?",
        ),
        (
            upper + own_steps >= lower - steps[others.argmin(axis=1)],
            "only the second nearest centroid comes nearer.",
            "Another one may be a little farther away and make a larger step.",
        ),
        (
            upper - own_steps >= lower - most,
            "the own centroid comes nearer.",
            "It may. But what is the worst that can happen?",
        ),
    ]:
        if np.array_equal(found, mistaken):
            raise NotYet(what, hint)
    unsafe = np.flatnonzero(needed & ~found)
    if len(unsafe):
        raise NotYet(
            f"{len(unsafe)} of {n} points may change their cluster, and nobody looks.",
            "One of them has the distances "
            + ", ".join(f"{x:.2f}" for x in distances[unsafe[0]])
            + f" to centroids that move by {', '.join(f'{x:g}' for x in steps)}.",
        )
    return np.count_nonzero(found & ~asked)


@self_check
def check_lower_bounds(lower_bounds):
    """Random points, some of them far out, and a few directions."""
    expect_bounds(lower_bounds, n=9, k=5, d=12, kept=4)
    expect_bounds(lower_bounds, n=4, k=7, d=20, kept=3)
    yield "for random points, centroids and directions, the bounds are right."


def expect_bounds(lower_bounds, n, k, d, kept):
    """Raise NotYet unless the bounds are right for random points and `kept` directions."""
    source = chance(1)
    directions = np.linalg.qr(source.normal(size=(d, kept)))[0].T
    points, centroids = source.normal(0, 3, (n, d)), source.normal(0, 1, (k, d))
    points[:3] *= 5
    centroids[0] *= 9  # its rest is longer than those of most points
    shadows, centroid_shadows = points @ directions.T, centroids @ directions.T
    across = ((shadows[:, None] - centroid_shadows) ** 2).sum(axis=2)
    rests = np.linalg.norm(points - shadows @ directions, axis=1)[:, None]
    centroid_rests = np.linalg.norm(centroids - centroid_shadows @ directions, axis=1)
    true = across + (rests - centroid_rests) ** 2
    found = as_numbers(lower_bounds(points, centroids, directions))
    if found.shape == (k, n):
        raise NotYet("rows and columns are swapped.", "The points should be the rows.")
    expect_shape(found, (n, k))
    squared = ((points[:, None] - centroids) ** 2).sum(axis=2)
    mistakes = [
        (squared, "these are the full distances.", "What do the projections alone tell?"),
        (across, "they are true, but too loose.", "The rests add something. How long are they?"),
        (
            across + (rests + centroid_rests) ** 2,
            "these are upper bounds.",
            "How near can the ends of two rests be, when only their lengths are known?",
        ),
        (
            across + np.abs(rests - centroid_rests),
            "the difference of the rests is not squared.",
            None,
        ),
        (
            across + (rests**2 - centroid_rests**2) ** 2,
            "the lengths of the rests are squared.",
            "By Pythagoras, |rest|^2 = |x|^2 - |Px|^2. Where is the root?",
        ),
        (
            across + np.abs(rests**2 - centroid_rests**2),
            "the squares of the rests are subtracted, where their lengths should be.",
            None,
        ),
        (np.sqrt(true), "there is a root too many.", "Squared distances are compared."),
        (
            across
            + (np.linalg.norm(points, axis=1)[:, None] - np.linalg.norm(centroids, axis=1)) ** 2,
            "the whole lengths are compared, not those of the rests.",
            "What is left of a point when its projection is taken away?",
        ),
    ]
    if (found > squared + 1e-6).any():
        for mistaken, what, hint in mistakes:
            if np.allclose(found, mistaken):
                raise NotYet(what, hint)
        raise NotYet("some are larger than the squared distance.", "Then they are no lower bounds.")
    expect(found, true, "they are no larger than the squared distances, but not as told.", mistakes)
