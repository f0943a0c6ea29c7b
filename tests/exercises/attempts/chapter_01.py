"""What learners might write in the exercises of chapter 1."""

import struct

import numpy as np


def means_by_loop(images, labels):
    sums, counts = [[0.0] * 784 for _ in range(10)], [0] * 10
    for image, label in zip(images.tolist(), labels.tolist(), strict=True):
        counts[label] += 1
        sums[label] = [total + pixel for total, pixel in zip(sums[label], image, strict=True)]
    return [[total / count for total in row] for row, count in zip(sums, counts, strict=True)]


def means_by_table(images, labels):
    members = np.equal.outer(np.arange(10), labels).astype(np.float32)
    return members @ images.astype(np.float32) / members.sum(axis=1, keepdims=True)


def means_as_pictures(images, labels):
    return np.stack([images[labels == d].reshape(-1, 28, 28).mean(0) for d in range(10)])


def means_by_adding(images, labels):
    found, counts = np.zeros((10, 784)), np.zeros(10)
    np.add.at(found, labels, images)
    np.add.at(counts, labels, 1)
    return found / counts[:, None]


def means(images, labels, digits=range(10)):
    return np.array([images[labels == digit].mean(axis=0) for digit in digits])


def small_sums(dtype):
    """An attempt that adds up in a dtype that is too small."""

    def summed(images, labels):
        counts = np.bincount(labels)
        return [images[labels == d].sum(axis=0, dtype=dtype) / counts[d] for d in range(10)]

    return summed


def of_each(choose):
    """An attempt that makes choose(images of a digit) of each digit."""
    return lambda images, labels: [choose(images[labels == digit]) for digit in range(10)]


def holdout_by_sorting(images, labels, seed):
    order, n = np.argsort(np.random.RandomState(seed).rand(len(images))), len(images) // 4
    return [part[rows] for rows in (order[n:], order[:n]) for part in (images, labels)]


def holdout_of_copies(images, labels, seed):
    images, labels, n = images.copy(), labels.copy(), 3 * len(images) // 4
    for part in (images, labels):
        np.random.default_rng(seed).shuffle(part)
    return images[:n], labels[:n], images[n:], labels[n:]


def holdout_by_choice(images, labels, seed):
    np.random.seed(seed)
    rows = np.random.choice(len(images), len(images) // 4, replace=False)
    others = [row for row in range(len(images)) if row not in rows]
    return images[others] / 1, labels[others] / 1, images[rows] / 1, labels[rows] / 1


def holdout_by_mask(images, labels, seed):
    import random

    chosen = random.Random(seed).sample(range(len(images)), len(images) // 4)
    mask = np.zeros(len(images), dtype=bool)
    mask[chosen] = True
    return images[~mask].tolist(), labels[~mask].tolist(), images[mask], labels[mask]


def split(images, labels, validation, training):
    return images[training], labels[training], images[validation], labels[validation]


def permuted(images, seed):
    return np.random.default_rng(seed).permutation(len(images))


def large_validation(images, labels, seed):
    rows = permuted(images, seed)
    return split(images, labels, rows[10:], rows[:10])


def overlapping(images, labels, seed):
    rows = permuted(images, seed)
    return split(images, labels, rows[:10], rows[5:35])


def drawn_twice(images, labels, seed):
    rows = np.random.default_rng(seed).choice(20, 40)
    rows[:10] = np.random.default_rng(seed).choice(np.arange(20, 40), 10)
    return split(images, labels, rows[:10], rows[10:])


def shuffled_apart(images, labels, seed):
    random = np.random.default_rng(seed)
    images, labels = random.permutation(images), random.permutation(labels)
    return split(images, labels, slice(10), slice(10, None))


def another_order(images, labels, seed):
    rows = permuted(images, seed)
    return images[rows[10:]], images[rows[:10]], labels[rows[10:]], labels[rows[:10]]


def shuffled_in_place(images, labels, seed):
    np.random.default_rng(seed).shuffle(images)
    np.random.default_rng(seed).shuffle(labels)
    return split(images, labels, slice(10), slice(10, None))


def first_quarter(images, labels, seed):
    return split(images, labels, slice(10), slice(10, None))


def split_by(choose):
    """An attempt whose validation rows are choose(n, chance)."""

    def holdout(images, labels, seed):
        validation = choose(len(images), np.random.default_rng(seed))
        training = np.setdiff1d(np.arange(len(images)), validation)
        return split(images, labels, validation, training)

    return holdout


def first_quarter_in_any_order(images, labels, seed):
    q, r = len(images) // 4, np.random.default_rng(seed)
    validation = r.permutation(q)
    return split(images, labels, validation, q + r.permutation(len(images) - q))


def block(n, chance):
    return (np.arange(n // 4) + chance.integers(n)) % n


def block_and_three(n, chance):
    start = chance.integers(n)
    rest = (np.arange(n // 4 - 3, n) + start) % n
    return np.append((np.arange(n // 4 - 3) + start) % n, chance.choice(rest, 3, replace=False))


def whole_block(n, chance):
    return np.arange(n // 4) + chance.integers(n - n // 4 + 1)


def one_of_four_blocks(n, chance):
    return np.arange(n // 4) + chance.integers(4) * (n // 4)


def every_fourth(n, chance):
    return np.arange(n // 4) * 4 + chance.integers(4)


def one_of_each_four(n, chance):
    return np.arange(n // 4) * 4 + chance.integers(4, size=n // 4)


def never_the_last(n, chance):
    return chance.permutation(n - 1)[: n // 4]


def rather_at_the_front(n, chance):
    return chance.choice(n, n // 4, replace=False, p=np.arange(n, 0, -1) / (n * (n + 1) / 2))


def few_seeds(images, labels, seed):
    return first_of_forty(images, labels, seed % 100)


def first_of_forty(images, labels, seed):
    rows = np.random.default_rng(seed).permutation(40)
    return split(images, labels, rows[:10], rows[10:])


def unchanged_for_sixty(images, labels, seed):
    rows = permuted(images, seed)
    return split(images, labels, rows[:10], rows[10:])


def without_seed(images, labels, seed):
    return split(images, labels, *np.split(permuted(images, None), [10]))


def half(images, labels, seed):
    return split(images, labels, *np.split(permuted(images, seed), [20]))


def by_offsets(content):
    return content[6] * 256 + content[7], content[11], content[15]


def from_magic(content):
    return sizes(content, count=int.from_bytes(content[:4]) - 2048)


def as_list(content):
    found, rest = [], content[4:]
    while len(found) < content[3]:
        found.append(float(int(rest[:4].hex(), 16)))
        rest = rest[4:]
    return found


def until_nothing(content):
    found, rest = [], content[4:]
    while any(rest[:4]):
        found.append(int.from_bytes(rest[:4], "big"))
        rest = rest[4:]
    return found


def in_base(base, bytes_of_each=4):
    """An attempt that takes the last bytes of each size as digits in a base."""

    def shape(content):
        starts = range(4, 4 + 4 * content[3], 4)
        return [sum(content[i + 3 - j] * base**j for j in range(bytes_of_each)) for i in starts]

    return shape


def sizes(content, start=4, count=None, order=">"):
    count = content[3] if count is None else count
    return struct.unpack(f"{order}{count}I", content[start : start + 4 * count])


RIGHT = {
    "ink_share": [
        lambda images: [np.count_nonzero(image) / 784 for image in images],
        lambda images: (np.sign(images).sum(axis=1) / 784).astype(np.float32),
        lambda images: 1 - (images == 0).sum(axis=-1) / images.shape[1],
        lambda images: (images >= 1).mean(axis=1).tolist(),
        lambda images: images.astype(bool).reshape(-1, 28, 28).mean(axis=(1, 2)),
    ],
    "mean_images": [
        means_by_loop,
        means_by_table,
        means_by_adding,
        lambda images, labels: means_as_pictures(images, labels).reshape(10, -1),
        of_each(lambda group: group.sum(axis=0) / len(group)),
    ],
    "random_holdout": [
        holdout_by_sorting,
        holdout_by_mask,
        holdout_of_copies,
        holdout_by_choice,
    ],
    "header_shape": [
        sizes,
        lambda content: np.frombuffer(content, ">u4", content[3], offset=4),
        lambda content: [
            sum(content[4 * i + j] * 256 ** (3 - j) for j in range(4))
            for i in range(1, 1 + content[3])
        ],
        as_list,
        in_base(256),
    ],
}

# What the check says of a wrong attempt, and the attempt.
WRONG = {
    "ink_share": {
        "one number for all the images": lambda images: (images > 0).mean(),
        "784 numbers, one for each pixel": lambda images: (images > 0).mean(axis=0),
        "the shape (5, 1), it should be (5,)": lambda images: (images > 0).mean(1, keepdims=True),
        "numbers of pixels": lambda images: (images > 0).sum(axis=1),
        "in percent": lambda images: 100 * (images > 0).mean(axis=1),
        "share of the blank pixels": lambda images: (images == 0).mean(axis=1),
        "faint pixels count for less": [
            lambda images: images.mean(axis=1) / 255,
            lambda images: images.mean(axis=1),
        ],
        "with the grey value 1, gets 0, and should get 0.5": [
            lambda images: (images > 127).mean(axis=1),
            lambda images: (images > 1).mean(axis=1),
        ],
        "a blank image gets 1, and should get 0": lambda images: (images >= 0).mean(axis=1),
        "a blank image gets 0.00127551": lambda images: [
            len(set(image.tolist())) / 784 for image in images
        ],
        "is full of ink gets 0, and": lambda images: (images % 255 > 0).mean(axis=1),
        "they are five times too small": lambda images: (images > 0).sum(axis=1) / images.size,
        "the counts have overflowed": lambda images: (images > 0).sum(axis=1, dtype=np.uint8) / 784,
        "each image gets 0 or 1": [
            lambda images: (images > 0).sum(axis=1) // 784,
            lambda images: (images > 0).mean(axis=1).round(),
            lambda images: (images > 0).any(axis=1),
            lambda images: (images == 255).mean(axis=1),
        ],
        "it should be (1000,)": lambda images: [(images[i] > 0).mean() for i in range(5)],
        "the real digits are not": lambda images: (
            (images > 0).mean(axis=1) if len(images) < 9 else images.mean(axis=1)
        ),
        "cannot be made into one array": lambda images: ["a lot"] * len(images),
    },
    "mean_images": {
        "one number for an image": lambda images, labels: images.mean(axis=1),
        "one image for all the digits": lambda images, labels: images.mean(axis=0),
        "rows and columns are swapped": lambda images, labels: means(images, labels).T,
        "should be (10, 784)": lambda images, labels: means(images, labels)[1:],
        "all are the same": lambda images, labels: [images.mean(axis=0)] * 10,
        "in another order": lambda images, labels: means(images, labels, dict.fromkeys(labels)),
        "these are sums": lambda images, labels: [
            images[labels == d].sum(axis=0) for d in range(10)
        ],
        "have overflowed": [small_sums(d) for d in (np.uint8, np.int8, np.uint16, np.int16)],
        "divided by the same number": of_each(lambda group: group.sum(axis=0) / 50.0),
        "shape (10, 28, 28), it should be (10, 784)": means_as_pictures,
        "not the means of each digit. Hint: Row 0": [
            of_each(lambda group: group.min(axis=0) / 2 + group.max(axis=0) / 2),
            of_each(lambda group: np.exp(np.log(group).mean(axis=0))),
            of_each(lambda group: ((group / 1.0) ** 2).mean(axis=0) ** 0.5),
            of_each(lambda group: group[0]),
            lambda images, labels: [
                part.mean(axis=0) for part in np.array_split(images[labels.argsort()], 10)
            ],
        ],
        "cannot be made into one array": lambda images, labels: [images[:2], images[:3]],
        "are whole numbers": lambda images, labels: means(images, labels).astype(np.uint8),
        "not the means of each digit": lambda images, labels: [
            np.median(images[labels == d], axis=0) for d in range(10)
        ],
        "*not a number*": lambda images, labels: means(images, labels, range(1, 11)),
        "the real digits are not": lambda images, labels: means(images[:500], labels[:500]),
    },
    "random_holdout": {
        "some images are none of those": lambda images, labels, seed: holdout_by_mask(
            images / 255, labels, seed
        ),
        "four arrays should come back": lambda images, labels, seed: (images, labels),
        "the validation part is the larger one": large_validation,
        "20 for training and 20 for validation": half,
        "some digits are in both parts": overlapping,
        "some digits are there twice": drawn_twice,
        "have lost their labels": shuffled_apart,
        "the four arrays have the shapes": another_order,
        "changes an array that it was given": shuffled_in_place,
        "the same digits for all seeds": [first_quarter, first_quarter_in_any_order],
        "one seed gives two different splits": without_seed,
        "of 40 are 0 times in the validation part together": [
            split_by(one_of_each_four),
        ],
        "400 seeds give only 40 different validation parts": split_by(block),
        "400 seeds give only 4 different validation parts": [
            split_by(one_of_four_blocks),
            split_by(every_fourth),
        ],
        "Does chance choose each row, or only a block": split_by(block_and_three),
        "Has each row the same chance": [
            split_by(whole_block),
            split_by(never_the_last),
            split_by(rather_at_the_front),
        ],
        "only 100 different validation parts": few_seeds,
        "50 for training and 10 for validation": unchanged_for_sixty,
        "30 for training and 10 for validation": first_of_forty,
    },
    "header_shape": {
        "not a row of whole numbers": lambda content: content[3],
        "what comes back is no tuple": [
            lambda content: (size for size in sizes(content)),
            lambda content: map(int, sizes(content)),
        ],
        "is read as (70, 28, 20, 16843009": until_nothing,
        "the first or the last": lambda content: sizes(content, order="<"),
        "A byte by itself ends at 255": lambda content: [
            content[4 * i + 3] for i in range(1, 1 + content[3])
        ],
        "The first four bytes are no size": lambda content: sizes(content, start=0),
        "is read as (70000, 16843009, 16843009), not (70000,)": lambda content: sizes(
            content, count=3
        ),
        "is read as (20, 28, 70)": lambda content: sizes(content)[::-1],
        "0 0 8 1 0 1 17 112 is read as (4464, 1, 1), not (70000,)": by_offsets,
        "0 0 8 1 0 1 17 112 is read as (4464,), not (70000,)": [
            lambda content: by_offsets(content)[: content[3]],
            in_base(256, 2),
        ],
        "is read as (222784,), not (17000000,)": in_base(256, 3),
        "is read as (299, 28, 28), not (300, 28, 28)": in_base(255),
        "0 0 11 3 0 0 0 70": from_magic,
        "tells how many sizes there are": [
            lambda content: sizes(content, count=content[2]),
            lambda content: sizes(content)[:4],
            lambda content: (len(content) - 16,),
        ],
        "the first of them counts the most": lambda content: [70, 28, 28],
    },
}
