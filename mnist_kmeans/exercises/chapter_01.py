"""Self-checks for the exercises of chapter 1: ink, means, a fair split, the header of a file."""

import numpy as np

from mnist_kmeans.exercises.checking import (
    NotYet,
    as_numbers,
    expect,
    expect_shape,
    self_check,
    some_digits,
)


@self_check
def check_ink_share(ink_share):
    """Blank, full and faint images with known shares, then real digits."""
    images = np.zeros((4, 784), dtype=np.uint8)
    images[1] = 255
    images[2, :392] = 1
    images[3, 500] = 200
    true = np.array([0, 1, 0.5, 1 / 784])
    grey = ("the faint pixels count for less than the dark ones.",)
    grey += ("Count pixels, do not add up their grey values.",)
    mistakes = [
        (true * 784, "these are numbers of pixels.", "A share is a part of all 784 of them."),
        (true * 100, "these are shares in percent.", "The task asks for 0 to 1."),
        (1 - true, "it is the share of the blank pixels.", "Blank is 0. What is ink?"),
        (images.mean(axis=1) / 255, *grey),
        (images.mean(axis=1), *grey),
    ]
    found = as_numbers(ink_share(images))
    if found.shape == ():
        raise NotYet("it is one number for all the images.", "Each image has a share of its own.")
    if found.shape == (784,):
        raise NotYet(
            "there are 784 numbers, one for each pixel, and none for an image.",
            "The axis: axis 0 runs over the images, axis 1 over the pixels of an image.",
        )
    expect_shape(found, (4,))
    yield "there is one number for each image."
    what = "a blank image, a full one, a half-inked one and one with a single dot come out wrong."
    expect(found, true, what, mistakes)
    yield "blank, full and faint images have the right shares."
    images, _ = some_digits()
    what = "the made-up images are right, but the real digits are not."
    expect(as_numbers(ink_share(images)), (images > 0).sum(axis=1) / 784, what)
    yield "real digits have the right shares."


@self_check
def check_mean_images(mean_images):
    """Random images of each digit, then real ones."""
    images = np.random.default_rng(1).integers(150, 256, (60, 784), dtype=np.uint8)
    labels = np.array([7, 3, 3, 9, 0, 1, 2, 8, 5, 4, 6, 7] * 5, dtype=np.uint8)
    groups = [images[labels == digit] for digit in range(10)]
    sizes = np.array([[len(group)] for group in groups])
    wrapped = np.array([group.sum(axis=0, dtype=np.uint8) for group in groups])
    true = np.array([group.mean(axis=0) for group in groups])
    overflow = ("the sums have overflowed.",)
    overflow += ("A pixel is one byte, and in bytes 255 + 1 is 0. What is the dtype of your sum?",)
    whole = ("the means are whole numbers.", "Where do they lose their fractions? See the dtype.")
    mistakes = [
        (np.tile(images.mean(axis=0), (10, 1)), "all are the same.", "Where do labels come in?"),
        (
            true[[7, 3, 9, 0, 1, 2, 8, 5, 4, 6]],
            "the ten means are right, but in another order.",
            "Row 0 belongs to digit 0.",
        ),
        (true * sizes, "these are sums.", "A mean is a sum divided by something."),
        (wrapped, *overflow),
        (wrapped / sizes, *overflow),
        (np.floor(true), *whole),
        (np.rint(true), *whole),
    ]
    found = as_numbers(mean_images(images, labels))
    if found.shape in {(10,), (60,)}:
        raise NotYet(
            "there is one number for an image, where a whole image should be.",
            "The axis: take the mean over the images, not over the pixels of an image.",
        )
    if found.size == 784:
        raise NotYet("it is one image for all the digits.", "Each digit has a mean of its own.")
    if found.shape == (784, 10):
        raise NotYet("rows and columns are swapped.", "The images should be the rows.")
    if found.shape == (10, 28, 28):
        found = found.reshape(10, 784)
    expect_shape(found, (10, 784))
    yield "there are ten images."
    expect(found, true, "for made-up images, these are not the means of each digit.", mistakes)
    yield "made-up images have the right means."
    images, labels = some_digits()
    true = [images[labels == digit].mean(axis=0) for digit in range(10)]
    what = "the made-up images are right, but the real digits are not."
    expect(as_numbers(mean_images(images, labels)).reshape(10, 784), true, what)
    yield "real digits have the right means."


@self_check
def check_random_holdout(random_holdout):
    """Forty images that can be told apart: are they all there, once, each with its label?"""
    values = np.arange(40, dtype=np.uint8)
    images, labels = np.repeat(values, 784).reshape(40, 784), values % 10
    splits = [split_rows(random_holdout, images, labels, seed) for seed in range(4)]
    training, validation = splits[0]
    if (len(training), len(validation)) == (10, 30):
        raise NotYet("the validation part is the larger one.", "Which of them comes back first?")
    if (len(training), len(validation)) != (30, 10):
        raise NotYet(
            f"40 digits give {len(training)} for training and {len(validation)} for validation.",
            "A quarter goes to the validation part, the rest to the training part.",
        )
    yield "a quarter of the digits is for validation."
    if set(training) & set(validation):
        raise NotYet(
            "some digits are in both parts.",
            "A digit that is learnt from says nothing about unseen ones.",
        )
    if len(set(training) | set(validation)) < 40:
        raise NotYet("some digits are there twice, and others are missing.")
    yield "each digit is in one of the two parts, and each has kept its label."
    if split_rows(random_holdout, images, labels, 0) != splits[0]:
        raise NotYet("one seed gives two different splits.", "Where does chance get its seed?")
    if all(split == splits[0] for split in splits):
        raise NotYet("all seeds give the same split.", "What does chance decide here?")
    yield "another seed, another split; the same seed, the same."


def split_rows(random_holdout, images, labels, seed):
    """Return which rows are in the two parts, as lists; row i has the pixels i and the label i % 10."""
    parts = random_holdout(images, labels, seed)
    if not isinstance(parts, (tuple, list)) or len(parts) != 4:
        raise NotYet("four arrays should come back: images, labels, images, labels.")
    parts = [as_numbers(part) for part in parts]
    for images, labels in (parts[:2], parts[2:]):
        if images.ndim != 2 or images.shape[1] != 784 or labels.shape != images.shape[:1]:
            raise NotYet(
                f"the four arrays have the shapes {', '.join(str(part.shape) for part in parts)}.",
                "Images and labels of the training part come first, then those of the other.",
            )
        if not np.array_equal(images[:, 0] % 10, labels):
            raise NotYet(
                "the images have lost their labels.",
                "Images and labels must be shuffled in the same way, not one by one.",
            )
    return [part[:, 0].tolist() for part in parts[::2]]


@self_check
def check_header_shape(header_shape):
    """Small files of one to four dimensions."""
    for shape in [(70, 28, 20), (300, 28, 28), (70_000,), (3, 70, 2, 260)]:
        content = idx(shape)
        found = header_shape(content)
        try:
            found = tuple(int(size) for size in found)
        except (TypeError, ValueError) as error:
            raise NotYet("what comes back is not a row of whole numbers.") from error
        sizes = [size.to_bytes(4) for size in shape]
        if found == shape:
            yield f"an array of the shape {shape} has the right header."
        elif found == tuple(int.from_bytes(size, "little") for size in sizes):
            raise NotYet(
                "the sizes are enormous.",
                "Which of the four bytes of a size counts the most, the first or the last?",
            )
        elif found == tuple(size[-1] for size in sizes):
            raise NotYet(
                f"a shape {shape} is read as {found}.",
                "A size takes four bytes. A byte by itself ends at 255.",
            )
        elif found[1:] == shape[: len(found) - 1]:
            raise NotYet(
                f"the first size is {found[0]}.",
                "The first four bytes are no size. The sizes come after them.",
            )
        elif len(found) != len(shape):
            raise NotYet(
                f"{len(found)} sizes come back for an array of {len(shape)} dimensions.",
                "One of the first four bytes tells how many sizes there are.",
            )
        else:
            raise NotYet(f"a shape {shape} is read as {found}.")


def idx(shape):
    """Return the content of an IDX file of blank bytes."""
    header = bytes([0, 0, 8, len(shape)]) + b"".join(size.to_bytes(4) for size in shape)
    return header + bytes(int(np.prod(shape)))
