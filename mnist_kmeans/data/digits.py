"""Handwritten digits in memory."""

import warnings
from dataclasses import dataclass
from numbers import Real

import numpy as np

from mnist_kmeans.basics.chance import generator
from mnist_kmeans.basics.errors import InputError, as_array, shown

SIDE = 28  # pixels of an image, each way
PIXELS = SIDE * SIDE
SHAPES = (SIDE, SIDE), (SIDE, SIDE, 1), (1, SIDE, SIDE)  # of one image, as other libraries have it


@dataclass(frozen=True, eq=False)
class Digits:
    """Handwritten digits: n images of 28 x 28 pixels, one row each, and what they show.

    `images` is uint8 (n, 784), 0 for paper and 255 for ink; `labels` is uint8 (n,), 0 .. 9. Whole numbers
    in these ranges of any other type, in images of shape (28, 28) and in labels as text, are converted.
    Arrays that are uint8 already are kept, not copied. Raises InputError for anything else.
    """

    images: np.ndarray
    labels: np.ndarray

    def __post_init__(self):
        images = check_images(self.images)
        labels = as_array(self.labels, "labels")
        if labels.ndim != 1:
            raise InputError(
                f"labels must be of shape (n,); got {labels.dtype} of shape {labels.shape}"
            )
        labels = as_bytes(labels, "labels", 9)
        if len(images) != len(labels):
            raise InputError(f"there are {len(images)} images but {len(labels)} labels")
        object.__setattr__(self, "images", images)
        object.__setattr__(self, "labels", labels)

    def __len__(self):
        return len(self.labels)

    def holdout(self, fraction=0.25, *, seed=None):
        """Return (training, validation); the validation part is the first `fraction` of the rows.

        With a `seed`, a whole number from 0 up, the rows are shuffled first; without one, both parts are
        views of these arrays. Warns when a label occurs in one part only, as it happens to digits that
        are sorted. Raises InputError when a part would be empty.
        """
        is_share = isinstance(fraction, Real) and 0 < fraction < 1
        n = int(len(self) * fraction) if is_share else 0
        if n == 0:
            raise InputError(
                f"a holdout of {shown(fraction)} of {len(self)} digits leaves one part empty; "
                "take a fraction between 0 and 1"
            )
        images, labels = self.images, self.labels
        if seed is not None:
            order = np.argsort(generator(seed).random_raw(len(self)), kind="stable")
            images, labels = images[order], labels[order]
        training, validation = Digits(images[n:], labels[n:]), Digits(images[:n], labels[:n])
        kinds = [np.unique(part.labels).tolist() for part in (training, validation)]
        if kinds[0] != kinds[1]:
            advice = "; to shuffle sorted digits first: holdout(seed=0)" if seed is None else ""
            warnings.warn(
                f"the training part holds the labels {kinds[0]}, the validation part {kinds[1]}{advice}",
                stacklevel=2,
            )
        return training, validation


def check_images(images):
    """Return images as uint8 (n, 784), or raise InputError if they cannot be converted, or are none."""
    images = as_rows(as_array(images, "images"))
    if images.ndim != 2 or images.shape[1] != PIXELS:
        raise InputError(
            f"images must be of shape (n, {PIXELS}) or (n, {SIDE}, {SIDE}); "
            f"got {images.dtype} of shape {images.shape}"
        )
    if len(images) == 0:
        raise InputError("there are no digits at all: no image")
    return as_bytes(images, "images", 255)


def as_rows(images):
    """Return images of shape (n, 28, 28) as (n, 784), and leave any other shape as it is."""
    return images.reshape(-1, PIXELS) if images.shape[1:] in SHAPES else images


def as_bytes(values, name, highest):
    """Return whole numbers 0 .. `highest` of any type, or text of such, as an array of uint8.

    Raises InputError for other values; it names the first of them, and `name`.
    """
    values = as_array(values, name)
    if values.dtype == np.uint8 and highest == 255:
        return values
    numbers = values
    if values.dtype.kind in "OSTU":
        try:
            numbers = values.astype(np.float64)
        except (TypeError, ValueError) as error:
            raise InputError(
                f"{name} must be whole numbers in 0 .. {highest}: {error}".splitlines()[0]
            ) from error
    if numbers.dtype.kind not in "buif":
        raise InputError(f"{name} must be whole numbers in 0 .. {highest}; got {values.dtype}")
    fits = (numbers >= 0) & (numbers <= highest) & (numbers == np.floor(numbers))
    if not fits.all():
        place = np.argwhere(~fits)[0].tolist()
        where = f"{name[:-1]} {place[0]}" + (f", pixel {place[1]}" if len(place) > 1 else "")
        raise InputError(
            f"{name} must be whole numbers in 0 .. {highest}; {where} is "
            f"{values[tuple(place)]}{hint(numbers, highest)}"
        )
    return numbers.astype(np.uint8, copy=False)


def hint(numbers, highest):
    """Return what to do about numbers that do not fit, or nothing where that is not clear."""
    if highest == 9:
        kinds = len(np.unique(numbers))
        return f"; these are {kinds} classes, and the course knows ten" if kinds > 10 else ""
    if np.min(numbers) >= 0 and np.max(numbers) <= 1:
        return "; were they divided by 255? Then: np.round(255 * images)"
    return ""
