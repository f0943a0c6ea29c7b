"""Self-checks for the exercises of chapter 2: neighbours, memory, a reader of means, moved digits."""

import itertools

import numpy as np

from mnist_kmeans.exercises.checking import (
    NotYet,
    as_numbers,
    chance,
    expect,
    expect_shape,
    self_check,
    some_digits,
)

MEMORY = 16  # MB; one centroid's differences of the images below take 3 MB, all of them 63 MB


@self_check
def check_nearest_row(nearest_row):
    """A grey image and others, each nearest in the eyes of another mistake; then real digits."""
    image = np.full(784, 30, dtype=np.uint8)
    images = np.tile(image, (14, 1))
    for row, (lighter, by, darker, to) in enumerate(
        [
            (500, 150, 0, 0),  # the farthest
            (300, 16, 0, 0),  # nearest for squares in bytes: 16 * 16 is 0
            (0, 0, 700, -30),  # nearest for a sum without squares
            (30, 190, 0, 0),  # nearest for squares in two bytes: 190 * 190 is less than 0
            (110, 10, 90, -10),  # truly the nearest
            (200, 30, 0, 0),  # beside the nearest
            (100, 20, 100, -20),  # nearest for a sum in which signs cancel
            (21, 30, 20, -30),  # nearest for a sum of absolute differences
            (70, 20, 0, 0),  # nearest for differences in bytes
            (0, 0, 60, -29),  # nearest for differences in bytes, subtracted the other way round
            (784, 6, 0, 0),  # nearest for the largest difference
            (18, 225, 0, 0),  # nearest for differences from -128 to 127
            (90, 11, 89, -11),  # the second nearest
            (10, 190, 0, 0),  # the fewest pixels differ
        ]
    ):
        images[row, :lighter] += by
        images[row, lighter : lighter + darker] += np.uint8(to % 256)
    differences = images - image.astype(np.float64)
    squared, absolute = (differences**2).sum(axis=1), np.abs(differences).sum(axis=1)
    true = squared.argmin()
    found = as_numbers(nearest_row(image, images))
    if found.shape == (14,):
        raise NotYet(
            "there is a number for each image.",
            "Which of them is the nearest? One row is asked for.",
        )
    if found.shape == (1,):
        found = found[0]
    told = "what comes back is no row of the fourteen made-up images."
    if found.shape == () and found in range(14):
        told = (
            f"it finds row {found:g} of fourteen, whose squared differences add up to "
            f"{squared[int(found)]:,.0f}; for row {true} it is {squared[true]:,.0f}."
        )
    overflow = "Pixels are bytes, and in bytes 3 - 5 is 254. Which dtype do you subtract in?"
    two_bytes = "An int16 ends at 32767, and 190 * 190 is more. Which dtype do you square in?"
    squares = "The distance of this chapter adds up squares."
    mistakes = [
        (squared.argmax(), "it is the row of the farthest image.", "Small distances are near."),
        (squared.argsort()[1], told, "It is the second nearest. The image itself is not there."),
        *(
            (wrapped.argmin(), told, overflow)
            for wrapped in (
                ((images - image) ** 2).sum(axis=1),
                np.linalg.norm(images - image, axis=1),
                np.linalg.norm(image - images, axis=1),
                (image - images).sum(axis=1),
            )
        ),
        (((images.astype(np.int16) - image) ** 2).sum(axis=1).argmin(), told, two_bytes),
        (absolute.argmin(), "it is the row with the smallest sum of differences.", squares),
        (np.abs(differences).max(axis=1).argmin(), told, squares),
        (np.abs(differences.sum(axis=1)).argmin(), told, "Where are the squares?"),
        (differences.sum(axis=1).argmin(), told, "Where are the squares?"),
        (squared.min(), "it is a distance.", "Whose distance is it? Return that row's number."),
        (squared.min() ** 0.5, "it is a distance.", "Whose is it? Return that row's number."),
        (images[true], "it is an image.", "Return the number of its row."),
        (true + 1, told, "The first row is number 0."),
    ]
    if found.shape not in {(), (784,)}:
        expect_shape(found, ())
    hint = "Return the number of the row whose sum of squared differences is smallest."
    expect(found, true, told, mistakes, hint)
    for part, place, row in [(images[true:], "first", 0), (images[: true + 1], "last", true)]:
        found = as_numbers(nearest_row(image, part)).reshape(-1)
        expect(found, [row], f"the {place} image is the nearest now, and it finds another row.")
    yield "it finds the nearest of fourteen made-up images."
    images, _ = some_digits()
    true = [((images[1:] - images[0].astype(np.float64)) ** 2).sum(axis=1).argmin()]
    found = as_numbers(nearest_row(images[0], images[1:])).reshape(-1)
    expect(found, true, "the made-up images are right, but for a real digit it finds a wrong one.")
    yield "it finds the nearest of 999 real digits."


@self_check
def check_assign_sparingly(assign_sparingly):
    """Random images and centroids, some of them close; the memory is measured."""
    source = chance(2)
    images = source.integers(0, 255, (500, 784), dtype=np.uint8)
    centroids = source.integers(0, 254, (20, 784)) + 0.5
    for row, other, near, far in [(3, 7, 0.5, 0.9), (11, 12, 0.2, 0.4)]:  # only fractions differ
        centroids[row] = np.floor(centroids[row])
        images[row * 20 : row * 20 + 9] = centroids[row] + 1
        centroids[other] = centroids[row] + far
        centroids[row] += near
    differences = [images - centroid for centroid in centroids]
    squared = np.array([(each**2).sum(axis=1) for each in differences])
    del differences
    mistakes = [
        (squared.argmax(axis=0), "these are the farthest centroids.", "Small distances are near."),
        (
            np.array([np.abs(images - each).sum(axis=1) for each in centroids]).argmin(axis=0),
            "these centroids have the smallest sums of differences.",
            "The distance of this chapter adds up squares.",
        ),
        (squared.min(axis=0), "these are distances.", "Whose? Return the numbers of centroids."),
        (squared.argmin(axis=0) + 1, "all are one too large.", "The first centroid is number 0."),
        *(
            (
                squared_distances(images.astype(float), rounded).argmin(axis=1),
                "centroids that differ in their fractions only are mistaken for each other.",
                "Is a centroid turned into whole numbers?",
            )
            for rounded in (np.floor(centroids), np.rint(centroids))
        ),
        *(
            (
                mistaken.argmin(axis=1),
                "some images get a centroid that is not the nearest.",
                "Pixels are bytes, and in bytes 3 - 5 is 254. Which dtype do you compute in?",
            )
            for mistaken in (
                squared_distances(images, centroids.astype(np.uint8)),
                (centroids**2).sum(axis=1) - (2 * images) @ centroids.T,
            )
        ),
    ]
    found, largest, megabytes = assign_sparingly.watched(images, centroids)
    found = as_numbers(found)
    if found.shape == (20,):
        raise NotYet(
            "there is one number for each centroid, and none for an image.",
            "The axis: for each image, look for the smallest over the centroids.",
        )
    if found.shape in {(20, 500), (500, 20)}:
        raise NotYet("there is a number for each image and centroid.", "Which is the nearest?")
    expect_shape(found, (500,))
    expect(
        found,
        squared.argmin(axis=0),
        "some images get a centroid that is not the nearest.",
        mistakes,
    )
    yield "each of 500 images gets its nearest centroid."
    several = largest / images.size
    if several > 1.5 or megabytes > MEMORY:
        count = min(round(several), 20) if several > 1.5 else "several"
        raise NotYet(
            f"it holds the differences from {count} of the 20 centroids at the same time.",
            "What must you keep of a centroid once its distances are known?",
        )
    yield "it never holds the differences from all centroids at the same time."


@self_check
def check_read_by_means(read_by_means):
    """Made-up images of few greys and of many; then real digits, eight hundred to learn from."""
    images, labels = some_digits()
    real = images[:800], labels[:800], images[800:]
    for source, known in [("made-up", of_greys(8)), ("made-up", of_greys(256)), ("real", real)]:
        images, labels, new = known
        found = as_numbers(read_by_means(*known))
        if found.shape == (800,):
            raise NotYet(
                "there is an answer for each known image.", "The new images should be read."
            )
        if found.shape == (10,):
            raise NotYet("there are ten answers.", "The axis: each new image needs one.")
        expect_shape(found, (200,))
        true, mistakes = readings(images, labels, new)
        wrong = np.flatnonzero(found != true)
        what = f"{len(wrong)} of 200 new digits ({source}) are not read by the nearest mean."
        mistakes = [(reading, f"{what[:-1]}: {told}", hint) for reading, told, hint in mistakes]
        expect(found, true, what, mistakes)
    yield "there is an answer for each new image."
    yield "each is read by the nearest mean."


def of_greys(greys):
    """Return 800 images, their labels, and 200 new images, each of four patches of one grey."""
    source = chance(greys)
    labels = source.choice(10, 800, p=np.arange(10, 0, -1) / 55).astype(np.uint8)
    patches = source.integers(0, greys, (1000, 4), dtype=np.uint8)
    patches[:800] = (patches[:800] + np.multiply.outer(labels, [1, 3, 7, 9]) * greys // 10) % greys
    images = np.repeat(patches, 196, axis=1)
    return images[:800], labels, images[800:]


def readings(images, labels, new):
    """Return what the reader of exercise 3 should read, and what usual mistakes do."""
    numbers, new_numbers = images.astype(np.float64), new.astype(np.float64)
    groups = [numbers[labels == digit] for digit in range(10)]
    means = np.array([group.mean(axis=0) for group in groups])
    seen = list(dict.fromkeys(labels.tolist()))
    overflow = "Pixels are bytes, and in bytes 3 - 5 is 254. Which dtype do you compute in?"
    return nearest(new_numbers, means), [
        (
            squared_distances(new_numbers, means).argmax(axis=1),
            "it takes the farthest.",
            "Near is small.",
        ),
        (
            labels[nearest(new_numbers, numbers)],
            "it takes the label of the nearest single image.",
            "That is a reader, too (and no bad one), but this one compares with ten means.",
        ),
        (
            nearest(new_numbers, [np.median(group, axis=0) for group in groups]),
            "it compares with medians.",
            "A median is a middle, too, but the task asks for means.",
        ),
        (
            nearest(new_numbers, means[seen]),
            "the digits are mixed up.",
            "In which order are your ten means? The position of a mean is read as its digit.",
        ),
        (
            nearest(new_numbers, [group.sum(axis=0) for group in groups]),
            "it compares with sums.",
            "A mean is a sum divided by something.",
        ),
        *(
            (
                nearest(new_numbers, whole),
                "it compares with means that have lost their fractions.",
                "Which dtype do the means have?",
            )
            for whole in (np.floor(means), np.rint(means))
        ),
        (
            np.array([np.abs(new_numbers - mean).sum(axis=1) for mean in means]).argmin(axis=0),
            "the sums of absolute differences decide.",
            "The distance of this chapter adds up squares.",
        ),
        (
            (new_numbers @ means.T).argmax(axis=1),
            "the largest products decide.",
            "The distance of this chapter adds up squared differences.",
        ),
        *(
            (distances.argmin(axis=1), "bytes have overflowed.", overflow)
            for distances in (
                squared_distances(new, means.astype(np.uint8)),
                (means**2).sum(axis=1) - (2 * new) @ means.T,
            )
        ),
        (
            labels[:200],
            "these are the labels of the known images.",
            "What are the new images nearest to?",
        ),
    ]


def squared_distances(points, centroids):
    """Return the squared distance of each point to each centroid."""
    return np.array([((points - centroid) ** 2).sum(axis=1) for centroid in centroids]).T


def nearest(points, centroids):
    """Return the nearest centroid of each point."""
    return squared_distances(points, centroids).argmin(axis=1)


@self_check
def check_forgiving_distance(forgiving_distance):
    """A real digit and its copies, moved in many directions, then pairs of digits."""
    pictures = some_digits()[0].reshape(-1, 28, 28).copy()
    pictures[:, 3:-3, 3:-3] = 0
    images = some_digits()[0][~pictures.any(axis=(1, 2))]  # nothing is lost at their edges
    image = images[0]
    for down, right in MOVES:
        found = as_numbers(forgiving_distance(image, moved(image, down, right)))
        if found.shape != ():
            raise NotYet(f"the result has the shape {found.shape}.", "One number is asked for.")
        if found != 0:
            hint = "Have you tried it without moving anything?"
            if (down, right) != (0, 0):
                hint = f"It is moved up or down by {abs(down)} and sideways by {abs(right)}."
            raise NotYet(f"a copy of a digit is at distance {found:g} from it, not at 0.", hint)
    for down, right in [(3, 0), (-3, 0), (0, 3), (0, -3), (3, 3), (-3, 3)]:
        found = as_numbers(forgiving_distance(image, moved(image, down, right)))
        if found == 0:
            raise NotYet(
                f"a copy of a digit, moved up or down by {abs(down)} and sideways by "
                f"{abs(right)}, is at distance 0 from it: it moves the image too far.",
                "Two pixels are enough.",
            )
    yield "copies of a digit are at distance 0 from it."
    for image, other in itertools.pairwise(images[:30]):
        squared = np.array(
            [
                ((image - moved(other, down, right).astype(np.float64)) ** 2).sum()
                for down in range(-3, 4)
                for right in range(-3, 4)
            ]
        ).reshape(7, 7)
        near = squared[1:-1, 1:-1]
        overflow = "Pixels are bytes, and in bytes 3 - 5 is 254. Which dtype do you subtract in?"
        wrapped = [((image - moved(other, down, right)) ** 2).sum() ** 0.5 for down, right in MOVES]
        absolute = [
            np.abs(image - moved(other, down, right).astype(np.float64)).sum()
            for down, right in MOVES
        ]
        narrow = [
            ((image.astype(np.int16) - moved(other, down, right)) ** 2).sum() ** 0.5
            for down, right in MOVES
        ]
        two_bytes = "An int16 ends at 32767, and 200 * 200 is more. Which dtype do you square in?"
        mistakes = [
            (min(absolute), "these are sums of differences.", "Where are the squares?"),
            (min(narrow), "two different digits get a wrong distance.", two_bytes),
            (
                np.sqrt(near.min() / 784),
                "it is the root of a mean.",
                "The distance of this chapter adds up the squares of all pixels.",
            ),
            (near.min(), "these are squared distances.", "A root is missing at the end."),
            (near.max() ** 0.5, "it is the largest distance.", "Which of them forgives the most?"),
            (near.mean() ** 0.5, "it is a mean distance.", "Which of them forgives the most?"),
            (squared.min() ** 0.5, "it moves the image too far.", "Two pixels are enough."),
            (min(wrapped), "two different digits get a wrong distance.", overflow),
        ]
        what = "copies are right, but two different digits get a wrong distance."
        expect(as_numbers(forgiving_distance(image, other)), near.min() ** 0.5, what, mistakes)
    yield "different digits have the right distances."


MOVES = sorted(itertools.product(range(-2, 3), repeat=2), key=np.linalg.norm)


def moved(image, down, right):
    """Return an image moved by a few pixels, which its blank margin allows."""
    return np.roll(image.reshape(28, 28), (down, right), axis=(0, 1)).reshape(-1)
