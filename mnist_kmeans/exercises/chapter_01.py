"""Self-checks for the exercises of chapter 1: ink, means, a fair split, the header of a file."""

from collections.abc import Iterator

import numpy as np

from mnist_kmeans.exercises.checking import (
    NotYet,
    as_numbers,
    chance,
    equal,
    expect,
    expect_shape,
    more,
    self_check,
    some_digits,
)


@self_check
def check_ink_share(ink_share):
    """Blank, full and faint images with known shares, then real digits."""
    images = np.zeros((5, 784), dtype=np.uint8)
    images[1] = 255
    images[2, :392] = 1
    images[3, 500] = 200
    images[4, 100:300] = np.arange(1, 201)
    true = np.array([0, 784, 392, 1, 200]) / 784
    counts = true * 784
    grey = ("the faint pixels count for less than the dark ones.",)
    grey += ("Count pixels, do not add up their grey values.",)
    overflow = ("the counts have overflowed.",)
    overflow += ("In bytes 255 + 1 is 0. What is the dtype of your sum?",)
    mistakes = [
        (counts, "these are numbers of pixels.", "A share is a part of all 784 of them."),
        (true * 100, "these are shares in percent.", "The task asks for 0 to 1."),
        (1 - true, "it is the share of the blank pixels.", "Blank is 0. What is ink?"),
        (counts / images.size, "they are five times too small.", "Of whose pixels is it a share?"),
        (images.mean(axis=1) / 255, *grey),
        (images.mean(axis=1), *grey),
        (counts % 256, *overflow),
        (counts % 256 / 784, *overflow),
        *(
            (whole, "each image gets 0 or 1.", "Is a fraction lost, or is not all ink counted?")
            for whole in (np.floor(true), np.rint(true), np.ceil(true))
        ),
    ]
    found = as_numbers(ink_share(images))
    if found.shape == ():
        raise NotYet("it is one number for all the images.", "Each image has a share of its own.")
    if found.shape == (784,):
        raise NotYet(
            "there are 784 numbers, one for each pixel, and none for an image.",
            "The axis: axis 0 runs over the images, axis 1 over the pixels of an image.",
        )
    expect_shape(found, (5,))
    yield "there is one number for each image."
    for share, right, what in zip(
        found,
        true,
        [
            "a blank image",
            "an image that is full of ink",
            "an image whose upper half is inked, with the grey value 1,",
            "an image with a single inked pixel",
            "an image with pixels of the grey values 1 to 200, and all others blank,",
        ],
        strict=True,
    ):
        told = f"{what} gets {share:.6g}, and should get {right:.6g}."
        if not equal(share, right):
            hint = "A pixel that is not 0 is inked, however faint it is. Is one left out?"
            expect(found, true, told, mistakes, hint if share < right else "Only 0 is blank.")
    yield "blank, full and faint images have the right shares."
    images, _ = some_digits()
    what = "the made-up images are right, but the real digits are not."
    expect(as_numbers(ink_share(images)), (images > 0).sum(axis=1) / 784, what)
    yield "real digits have the right shares."


@self_check
def check_mean_images(mean_images):
    """Random images of each digit, then real ones."""
    images = chance(1).integers(150, 256, (500, 784), dtype=np.uint8)
    # Above all threes: so many that their sums are too large for two bytes as well.
    labels = np.array([7, 3, 9, 0, 1, 2, 8, 5, 4, 6, 7, 2, 0] * 5 + [3] * 435, dtype=np.uint8)
    groups = [images[labels == digit] for digit in range(10)]
    sizes = np.array([[len(group)] for group in groups])
    true = np.array([group.mean(axis=0) for group in groups])
    overflow = ("the sums have overflowed.",)
    overflow += ("In one byte 255 + 1 is 0, in two 65535 + 1 is. What is the dtype of your sum?",)
    wrapped = [
        np.array([group.sum(axis=0, dtype=dtype) for group in groups])
        for dtype in (np.uint8, np.int8, np.uint16, np.int16)
    ]
    whole = ("the means are whole numbers.", "Where do they lose their fractions? See the dtype.")
    mistakes = [
        (np.tile(images.mean(axis=0), (10, 1)), "all are the same.", "Where do labels come in?"),
        (
            true[[7, 3, 9, 0, 1, 2, 8, 5, 4, 6]],
            "the ten means are right, but in another order.",
            "Row 0 belongs to digit 0.",
        ),
        (true * sizes, "these are sums.", "A mean is a sum divided by something."),
        *((sums / by, *overflow) for sums in wrapped for by in (1, sizes)),
        (
            true * sizes / 50,
            "all sums are divided by the same number.",
            "How many images has a digit? Not each has as many as the others.",
        ),
        (np.floor(true), *whole),
        (np.rint(true), *whole),
    ]
    found = as_numbers(mean_images(images, labels))
    if found.shape in {(10,), (500,)}:
        raise NotYet(
            "there is one number for an image, where a whole image should be.",
            "The axis: take the mean over the images, not over the pixels of an image.",
        )
    if found.size == 784:
        raise NotYet("it is one image for all the digits.", "Each digit has a mean of its own.")
    if found.shape == (784, 10):
        raise NotYet("rows and columns are swapped.", "The images should be the rows.")
    if found.shape == (10, 28, 28):
        raise NotYet(
            "the result has the shape (10, 28, 28), it should be (10, 784).",
            "Ten pictures are asked for as rows of 784 numbers, as the images are given.",
        )
    expect_shape(found, (10, 784))
    yield "there are ten images."
    expect(found, true, "for made-up images, these are not the means of each digit.", mistakes)
    yield "made-up images have the right means."
    images, labels = some_digits()
    true = [images[labels == digit].mean(axis=0) for digit in range(10)]
    what = "the made-up images are right, but the real digits are not."
    found = as_numbers(mean_images(images, labels))
    expect_shape(found, (10, 784))
    expect(found, true, what)
    yield "real digits have the right means."


@self_check
def check_random_holdout(random_holdout):
    """Forty images that can be told apart, split with many seeds: what can come up, does."""
    images, labels = told_apart(40)
    training, validation = split = split_rows(random_holdout, images, labels, 0)
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
    if split_rows(random_holdout, images, labels, 0) != split:
        raise NotYet("one seed gives two different splits.", "Where does chance get its seed?")
    chosen = np.zeros((SEEDS, 40), dtype=int)
    for seed in range(SEEDS):
        rows = split_rows(random_holdout, images, labels, seed)[1]
        chosen[seed, np.array(rows, dtype=int)] = 1
    if (chosen.sum(axis=1) != 10).any():
        raise NotYet("with some seeds, the validation part is not 10 of 40 different digits.")
    if (chosen == chosen[0]).all():
        raise NotYet(
            f"the validation part holds the same digits for all seeds, rows {listed(validation)}.",
            "Chance must decide which digits are in it, not only in which order they come.",
        )
    together = chosen.T @ chosen  # how often two rows were both chosen; a row and itself: how often
    often = together.diagonal()
    told = f"with {SEEDS} seeds, row {{}} of 40 is {{}} times in the validation part."
    for row in (often.argmin(), often.argmax()):
        if abs(often[row] - SEEDS / 4) > SEEDS / 8:
            hint = f"It should be about {SEEDS // 4} times. Has each row the same chance?"
            raise NotYet(told.format(row, often[row]), hint)
    if len(np.unique(chosen, axis=0)) < SEEDS * 0.97:
        raise NotYet(
            f"{SEEDS} seeds give only {len(np.unique(chosen, axis=0))} different validation parts.",
            "Nearly each seed should give another one.",
        )
    for pair in (together.argmin(), (together - SEEDS * np.eye(40)).argmax()):
        row, other = (int(each) for each in np.unravel_index(pair, together.shape))
        if not 0 < together[row, other] < SEEDS / 8:
            raise NotYet(
                f"with {SEEDS} seeds, rows {row} and {other} of 40 are {together[row, other]} times "
                "in the validation part together.",
                f"It should be about {SEEDS * 3 // 52} times. Does chance choose each row, or only "
                "a block or a pattern of rows?",
            )
    training, validation = split_rows(random_holdout, *told_apart(60), 0)
    if (len(training), len(validation), len({*training, *validation})) != (45, 15, 60):
        raise NotYet(
            f"60 digits give {len(training)} for training and {len(validation)} for validation, "
            f"{len({*training, *validation})} of them different.",
            "A quarter is for validation, however many digits there are.",
        )
    yield "another seed, another split; the same seed, the same."


SEEDS = 400  # two given rows of 40 are in the validation part of none of them once in 10^10 times


def told_apart(n):
    """Return n images, the pixels of number i are i, and their labels, i % 10."""
    values = np.arange(n, dtype=np.uint8)
    return np.repeat(values, 784).reshape(n, 784), values % 10


def listed(rows):
    """Return row numbers in their order, as text."""
    return ", ".join(f"{row:.0f}" for row in sorted(rows))


def split_rows(random_holdout, images, labels, seed):
    """Return which rows are in the two parts, as lists; row i has the pixels i and the label i % 10."""
    parts = random_holdout(images, labels, seed)
    if not isinstance(parts, (tuple, list)) or len(parts) != 4:
        raise NotYet("four arrays should come back: images, labels, images, labels.")
    parts = [as_numbers(part) for part in parts]
    whole = range(len(images))
    for images, labels in (parts[:2], parts[2:]):
        if images.ndim != 2 or images.shape[1] != 784 or labels.shape != images.shape[:1]:
            raise NotYet(
                f"the four arrays have the shapes {', '.join(str(part.shape) for part in parts)}.",
                "Images and labels of the training part come first, then those of the other.",
            )
        if not np.isin(images[:, 0], whole).all() or (images != images[:, :1]).any():
            raise NotYet("some images are none of those that were given.", "Only split them.")
        if not np.array_equal(images[:, 0] % 10, labels):
            raise NotYet(
                "the images have lost their labels.",
                "Images and labels must be shuffled in the same way, not one by one.",
            )
    return [part[:, 0].tolist() for part in parts[::2]]


@self_check
def check_header_shape(header_shape):
    """Small files of one to five dimensions, of bytes and of other numbers, and a large one."""
    for shape in [(70, 28, 20), (300, 28, 28), (70_000,), (3, 70, 2, 260)]:
        for kind in KINDS:
            expect_header(header_shape, shape, kind)
        yield f"an array of the shape {shape} has the right header."
    for shape in [(2, 5, 1, 3, 4), (17_000_000,), *more(random_shape)]:
        expect_header(header_shape, shape, 8)


def random_shape(source):
    """Return the shape of a file of one to four dimensions, one of them larger than a byte."""
    sizes = source.integers(1, 20, source.integers(0, 4)).tolist()
    return tuple(source.permutation([*sizes, source.integers(256, 9000)]).tolist())


def expect_header(header_shape, shape, kind):
    """Raise NotYet unless the header of such a file is read as its shape."""
    content = idx(shape, kind)
    found = header_shape(content)
    if isinstance(found, Iterator):
        raise NotYet(
            "what comes back is no tuple.",
            "Neither `map` nor round brackets around a `for` make one. Write `tuple(...)`.",
        )
    try:
        found = list(found)
        sizes = tuple(int(size) for size in found)
    except (TypeError, ValueError, OverflowError) as error:
        raise NotYet("what comes back is not a row of whole numbers.") from error
    if any(size != number for size, number in zip(sizes, found, strict=True)):
        raise NotYet("what comes back is not a row of whole numbers.")
    if sizes == shape:
        return
    told = f"a file that begins with {listed_bytes(content)} is read as {sizes}, not {shape}."
    parts = [size.to_bytes(4) for size in shape]
    if sizes == tuple(int.from_bytes(part, "little") for part in parts):
        hint = "Which of the four bytes of a size counts the most, the first or the last?"
    elif sizes == tuple(part[-1] for part in parts):
        hint = "A size takes four bytes. A byte by itself ends at 255."
    elif sizes[:1] == (int.from_bytes(content[:4]),):
        hint = "The first four bytes are no size. The sizes come after them."
    elif len(sizes) != len(shape):
        hint = "One of the first four bytes tells how many sizes there are. Which?"
    elif sizes == shape[::-1]:
        hint = "The sizes come in the order of the dimensions."
    else:
        hint = "Each size takes four bytes, the first of them counts the most."
    raise NotYet(told, hint)


def listed_bytes(content):
    """Return the header of an IDX file as text, number by number."""
    return " ".join(map(str, content[: 4 + 4 * content[3]]))


def idx(shape, kind):
    """Return the content of an IDX file of one of the KINDS; after the header, each byte is 1."""
    header = bytes([0, 0, kind, len(shape)]) + b"".join(size.to_bytes(4) for size in shape)
    return header + b"\1" * (int(np.prod(shape)) * KINDS[kind])


KINDS = {8: 1, 11: 2, 13: 4}  # bytes, shorts and floats: how many bytes each of them takes
