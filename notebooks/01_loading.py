# %% [markdown]
# # 1. Loading the digits
#
# MNIST is a collection of 70,000<!--{len(train) + len(test):,}--> handwritten digits. Almost everyone who has learned about machine
# learning has met it. In this course a program sorts these digits by itself. In this first chapter you see how far it will get; then we
# open the files ourselves, so that nothing about the data is a mystery later.
#
# **What you will learn**
#
# - where this course leads;
# - what an image is to a computer: 784 numbers;
# - how the same digits are stored in three file formats, and how to read each;
# - why we put a quarter of the data aside before we do anything else.
#
# **What you need**: a little Python and numpy (arrays, shapes, slices, axes, boolean masks). No machine
# learning.
#
# **Time**: 30 minutes.

# %% tags=["hide-input"]
import gzip
import tempfile
from pathlib import Path

import numpy as np

from mnist_kmeans import (
    contingency_table,
    load_mnist,
    purity,
    read_base64_json,
    read_idx,
    read_npz,
    repeat_inits,
    write_base64_json,
)
from mnist_kmeans.data import chosen_edition, folder
from mnist_kmeans.features import normalize, oriented_gradients
from mnist_kmeans.plots import Table, digit_counts, digits, pixel_values, show

# %% [markdown]
# ## Where we are going
#
# Below are 5,000<!--{len(early_labels):,}--> digits, sorted into ten groups by a program. Nobody showed it a labelled example. We only told it to make ten
# groups, to compare the edges of straightened strokes in place of pixels, to try it twenty<!--true: len(runs) == 20--> times, each time from another
# random start, and to keep the try with the tightest groups. Each row shows the first twelve of a group. (The
# order of the rows is ours.) Do not read the code yet. By the end of chapter 10 you can write every line of it.

# %%
early, early_labels = load_mnist().images[:5000], load_mnist().labels[:5000]
runs = repeat_inits(oriented_gradients(normalize(early)), 10, range(20))
best = min(runs, key=lambda run: run.inertia)
table = contingency_table(early_labels, best.assignments, 10)
groups = [
    np.flatnonzero(best.assignments == cluster)[:12]
    for cluster in table.argmax(axis=1).argsort(kind="stable")
]

# %% tags=["hide-input"]
show(
    digits(
        np.vstack([early[rows] for rows in groups]),
        heading=f"Ten groups that a program has made of {len(early):,} digits, without labels",
        columns=12,
        row_names=[f"group {number}" for number in range(1, 11)],
    )
)

# %%
tries = [purity(contingency_table(early_labels, run.assignments, 10)) for run in runs]
print(f"digits that are in the row of their kind: {purity(table):.0%}")
print(f"all twenty tries: {np.mean(tries):.0%} on average, {min(tries):.0%} at worst")
on_pixels = min(repeat_inits(early, 10, range(20)), key=lambda run: run.inertia)
pixel_purity = purity(contingency_table(early_labels, on_pixels.assignments, 10))
print(f"the same, but on the pixels as they are: {pixel_purity:.0%}")

# %% [markdown]
# **Predict, then look.** Four<!--true: [int((early_labels[rows] != np.bincount(early_labels[rows]).argmax()).sum()) for rows in groups] == [1, 0, 2, 0, 0, 0, 0, 0, 1, 0]--> of these 120<!--{sum(map(len, groups))}--> are in a wrong row. Which? And why do you think they are there?
#
# <details><summary>Answer</summary>
#
# A nine stands among the zeros, two ones with a foot and a flag among the twos, and a nine among the eights.<!--true: [sorted(early_labels[rows][early_labels[rows] != np.bincount(early_labels[rows]).argmax()].tolist()) for rows in groups if len(set(early_labels[rows].tolist())) > 1] == [[9], [1, 1], [9]]--> Look at their shapes, and you
# may find that the program had its reasons.
#
# </details>
#
# That is the promise: 94 %<!--{purity(table):.0%}--> of the digits in the right row, and not a single label to make the rows. Three things are behind
# it. First, what is compared: on the pixels as they are, twenty tries and the same choice put only 55 %<!--{pixel_purity:.0%}--> there. People
# who know what makes a digit chose the edges. Second, luck: a single try puts 86 %<!--{np.mean(tries):.0%}--> into the right row on
# average. Third, a rule that finds the lucky try without labels: here the tightest groups are also the best of the twenty.<!--true: purity(table) == max(tries)-->
# (On pixels this rule can fail, as chapter 3 shows.) The way there is long. The first try, in chapter 2, gets fewer than six in ten right. We
# shall find out what goes wrong, how to measure it, how to do it faster and on many machines, and at last how to look at
# digits so that it goes right. It begins with the data.

# %% [markdown]
# **Quick question.** No label was used to make the ten groups. How then can the program say how many digits are in
# the row of their kind?
#
# 1. It measures how sure it is of each digit.
# 2. Somebody has looked at all the rows.
# 3. It brings out the labels afterwards, only to count.
#
# <details><summary>Answer</summary>
#
# 1. k-means gives each digit a group, and says nothing of how sure it is.
# 2. Nobody needs to look again: the people who collected the digits have written down a label for each.
# 3. **Right.** Labels take no part in making the groups. They only judge them, at the end.
#
# </details>

# %% [markdown]
# ## The original files
#
# The digits were published as four files: images and labels, for training and for testing. Each is
# packed with gzip, and inside is a format called IDX. It is as simple as a format can be: a short
# header, then one byte after the other. `load_mnist` has fetched the files if they were
# not on this computer yet, and `folder(chosen_edition())` is where they are.

# %%
data = folder(chosen_edition())
for path in sorted(data.glob("*.gz")):
    print(path.name)

# %% [markdown]
# Let us open one and look at its first sixteen bytes.

# %%
with gzip.open(data / "train-images-idx3-ubyte.gz") as unpacked:
    header = list(unpacked.read(16))
print(header)
print("the last two bytes of the first size:", header[6] * 256 + header[7])

# %% [markdown]
# The header begins with two zero bytes. Then comes the type of the numbers (8 means *unsigned byte*)
# and the number of dimensions, 3. After that, each dimension takes four bytes. A byte ends at 255, so four of them
# work like digits that count to 256: the last counts ones, the one before it counts 256s. That makes
# 60,000<!--{header[6] * 256 + header[7]:,}--> images of 28<!--{header[11]}--> rows and 28<!--{header[15]}--> columns. `read_idx` reads all of this, checks that it agrees with the
# length of the file, and hands back a numpy array.

# %%
train_images = read_idx(data / "train-images-idx3-ubyte.gz")
train_labels = read_idx(data / "train-labels-idx1-ubyte.gz")

print("images:", train_images.shape, train_images.dtype)
print("labels:", train_labels.shape, train_labels.dtype)

# %% [markdown]
# Three dimensions for the images: which image, which row, which column. One for the labels: which
# digit the writer meant. Let us look at the first forty.

# %% tags=["hide-input"]
show(
    digits(
        train_images[:40],
        train_labels[:40],
        heading="The first forty digits and their labels",
    )
)

# %% [markdown]
# People write differently. Some digits lean, some are thick, some are open where others are closed.
#
# ## What 784 numbers mean
#
# A computer does not see a digit. It sees a grid of numbers, one for each pixel: 0 is blank paper, 255
# is full ink, and the numbers between are shades of grey. Here is the first digit. The part in the frame is drawn
# again on the right, with its numbers.

# %% tags=["hide-input"]
show(pixel_values(train_images[0], heading="The first digit, as the computer sees it"))

# %% [markdown]
# That is all there is. Do you still see the five in the numbers? The picture keeps neighbours
# together, and shades them. *k-means*, the method of this course, knows nothing of rows and columns. It wants each
# digit as one long row of numbers, a *point* with 784 coordinates. So we lay the 28 rows of the image end to end.

# %%
points = train_images.reshape(len(train_images), -1)
first = points[0]

print("all digits:  ", points.shape)
print("one digit:   ", first.shape)
print("blank pixels:", np.count_nonzero(first == 0), "of", first.size)
print("first inked: ", first[first > 0][:12], "...")

# %% [markdown]
# Most of a digit is blank paper.<!--true: np.mean(points == 0) > 0.6--> Across all digits, some pixels are *never* touched by a pen.
# Where is the ink, then? We draw the mean of all digits, pixel by pixel, and beside it how much each pixel
# differs from digit to digit: its *standard deviation*, doubled so that it shows.
#
# **Predict, then look.** What does the mean of all digits look like? And how many of the 784 pixels are blank in every one
# of 60,000<!--{len(points):,}--> images?

# %%
never = np.count_nonzero(points.max(axis=0) == 0)
print(f"{never} of the 784 pixels are blank in every training digit")

# %% tags=["hide-input"]
show(
    digits(
        [points.mean(axis=0), points.std(axis=0) * 2],
        ["mean", "standard deviation (doubled)"],
        heading="Where the ink is, and where it varies",
        columns=2,
    )
)

# %% [markdown]
# <details><summary>Answer</summary>
#
# A blur that is no digit: in the middle all digits lie on top of each other. Only 67<!--{never}--> pixels, fewer than a tenth, are never touched;
# they lie at the margin.<!--true: all(not 4 <= pixel // 28 < 24 or not 4 <= pixel % 28 < 24 for pixel in np.flatnonzero(points.max(axis=0) == 0))-->
#
# </details>
#
# On the right, a dark pixel has ink in some images and none in others. Such pixels can tell one image from another. A pixel
# that is blank everywhere cannot.

# %% [markdown]
# **Quick question.** Laid end to end, an image is a row of 784 numbers. What has it lost?
#
# 1. Who is whose neighbour, unless one remembers that a row has 28 pixels.
# 2. Some of its shades of grey.
# 3. Nothing: k-means still sees rows and columns.
#
# <details><summary>Answer</summary>
#
# 1. **Right.** All numbers are there, and in order. But k-means is not told that pixel 29 lies right below pixel 1.
# 2. `reshape` changes no number: all 784 values are there.
# 3. It sees 784 coordinates. To it, any two of them are equally strange to each other.
#
# </details>

# %% [markdown]
# ## Whole numbers or fractions?
#
# Many tutorials divide the pixels by 255 first, so that they lie between 0 and 1. We can do that,
# and for clustering it changes nothing but roundings: all distances shrink by the same factor, so what was nearest
# stays nearest.<!--true: np.array_equal(repeat_inits(points[:2000], 10, [0])[0].assignments, repeat_inits(points[:2000] / 255, 10, [0])[0].assignments)--> We keep the whole numbers. A computer adds whole numbers without any rounding, and
# that is why this course gives you exactly the numbers that you see here. Chapter 8 tells the story.

# %%
scaled = first / 255
print("as whole numbers:", first.min(), "to", first.max(), "in", first.nbytes, "bytes")
print(
    "as fractions:    ", scaled.min(), "to", scaled.max(), "in", scaled.nbytes, "bytes"
)

# %% [markdown]
# **Quick question.** Which of these can change who is nearest to whom?
#
# 1. Divide all pixels of all digits by 255.
# 2. Divide the pixels of each digit by the ink of that digit.
# 3. Add 10 to every pixel of every digit.
#
# <details><summary>Answer</summary>
#
# 1. All distances shrink by the same factor, so their order stays.
# 2. **Right.** Each digit is scaled by a factor of its own, so distances change by different factors.
# 3. In the difference of two digits, the tens cancel. (Mind the bytes, though: they end at 255.)
#
# </details>

# %% [markdown]
# ## The same digits in two other formats
#
# You will meet MNIST in other clothes. Keras ships it as `mnist.npz`: a zip file of four numpy arrays. By custom, x stands
# for what one knows (the images) and y for what one wants to know (the labels). And you may meet it as plain text, one digit a
# line, as a small JSON object. Its 784 bytes are written in base64, a way to write any three bytes as four letters, so that they
# survive wherever text does. It takes a third more space. In return every tool can read it, and a group of machines can split a text
# file at its line ends. We write 500<!--{len(from_npz)}--> digits in both forms and read them back.

# %%
temporary = tempfile.TemporaryDirectory()  # vanishes at the end
scratch = Path(temporary.name)

np.savez_compressed(
    scratch / "mnist.npz",
    x_train=train_images[:500],
    y_train=train_labels[:500],
    x_test=train_images[:0],
    y_test=train_labels[:0],
)
from_npz = read_npz(scratch / "mnist.npz", "train")
write_base64_json(from_npz, scratch / "digits.txt")
from_text = read_base64_json(scratch / "digits.txt")

first_line = (scratch / "digits.txt").read_text().splitlines()[0]
print(first_line[:60], "...", first_line[-12:])
print("length of the line:", len(first_line))
for name, loaded in [("npz", from_npz), ("base64-JSON", from_text)]:
    same_images = np.array_equal(loaded.images, points[:500])
    same_labels = np.array_equal(loaded.labels, train_labels[:500])
    print(f"{name:<12} equal images: {same_images}, equal labels: {same_labels}")

# %% [markdown]
# Three formats, one set of digits: `array_equal` compares every number.
#
# ## One call for the rest of the course
#
# From now on `load_mnist` does all of this in one line. It finds the files (or downloads them), checks
# that not a single byte is wrong, and lays out each image as a row.

# %%
train = load_mnist()
test = load_mnist(split="test")
parts = {"training": train, "test": test}

# %% tags=["hide-input"]
show(
    Table(
        {
            "part": list(parts),
            "digits": [len(part) for part in parts.values()],
            "images": [str(part.images.shape) for part in parts.values()],
            "labels": [str(part.labels.shape) for part in parts.values()],
        },
        heading="MNIST as the course uses it",
    )
)

# %% [markdown]
# Does each digit occur equally often?

# %%
counts = np.bincount(train.labels)

# %% tags=["hide-input"]
show(digit_counts(counts, heading="How often each digit occurs in the training data"))

# %%
print("commonest:", counts.argmax(), " rarest:", counts.argmin())
print(
    f"the commonest is {counts.max() / counts.min():.2f} times as frequent as the "
    "rarest"
)

# %% [markdown]
# Roughly. Even the rarest, the five, is one digit in eleven.<!--true: counts.argmin() == 5 and round(len(train) / counts.min()) == 11--> (In chapter 4 we build a program that
# reads digits and never says five.)
#
# ## Put a quarter aside
#
# A method that learns must be judged on digits that it has not seen. So we split the training digits:
# the first quarter becomes the *validation* part, the other three quarters the *training* part. Such a split is a
# *holdout*.
#
# Why a validation part when there are official *test* digits? We shall try many things, and keep what does best on the
# validation part. By then that best number may flatter us: some of it can be luck. The test digits take no part in any
# choice, so their number is honest. They stay in the drawer until the end of chapter 7, and again until the end of chapter 10,
# each time after all choices are made.

# %%
training, validation = train.holdout()
print(f"training:   {len(training):>6,} digits")
print(f"validation: {len(validation):>6,} digits")

# %% [markdown]
# Taking the *first* quarter is fair only if the digits lie in no particular order. Let us check whether
# both parts hold the ten digits in similar shares.

# %%
shares = {
    name: np.bincount(part.labels, minlength=10) / len(part)
    for name, part in [("training", training), ("validation", validation)]
}

# %% tags=["hide-input"]
show(
    Table(
        {"digit": range(10), **shares},
        heading="The share of each digit",
        formats=dict.fromkeys(shares, ".1%"),
    )
)

# %% [markdown]
# The shares agree to within half a percentage point.<!--true: abs(shares["training"] - shares["validation"]).max() < 0.005--> As far as the labels tell, the split is fair.
#
# And how much can luck flatter us? Take fifty programs that only guess. None is better than another: each is right once in
# ten times. We keep the one that is best on a number of validation digits, and let the same one guess the training digits.
# And again with other guesses, twenty times in all.

# %%
flattered = {count: [] for count in (100, 1_000, len(validation))}
for seed in range(20):
    guesses = np.random.default_rng(seed).integers(10, size=(50, len(train)))
    right = guesses == np.concatenate([validation.labels, training.labels])
    for count, found in flattered.items():
        shares_right = right[:, :count].mean(axis=1)
        best = shares_right.argmax()
        found.append((shares_right[best], right[best, len(validation) :].mean()))
there, elsewhere = np.transpose(list(flattered.values()), (2, 0, 1))
times = there / elsewhere

# %% tags=["hide-input"]
show(
    Table(
        {
            "chosen on": list(flattered),
            "right there": there.mean(axis=1),
            "right on training digits": elsewhere.mean(axis=1),
            "ratio, least": times.min(axis=1),
            "ratio, most": times.max(axis=1),
        },
        heading="The best of fifty guessers, twenty times: means, and their ratio",
        formats={
            "chosen on": ",",
            "right there": ".1%",
            "right on training digits": ".1%",
            "ratio, least": ".2f",
            "ratio, most": ".2f",
        },
    )
)

# %% [markdown]
# On a hundred digits, the best of fifty equals seems 1.5 to 2.2 times as good as it is.<!--true: [f"{each:.1f}" for each in (times[0].min(), times[0].max())] == ["1.5", "2.2"]--> On 15,000<!--{len(validation):,}--> digits little is left of
# that.<!--true: times[-1].max() < 1.1--> That is why the validation part is large.
#
# > **What the articles found.** Two articles are the seed of this course, and each chapter has a box like this about them.
# > [Article A](https://gravila.dev/clustering-mnist-naive/) loads the digits as Keras does, from `mnist.npz`, as `(x_train, y_train), (x_test, y_test)`. It
# > takes the 60,000<!--{len(train):,}--> training images, divides them by 255, and calls the pixels of an image 784 sensor readings.
# > [Article B](https://johnloeber.com/docs/kmeans.html) reads 60,000 digits from a text file, `{"label": 5, "data": "..."}` with the bytes in
# > base64, and makes the same split as we do: the first 15,000<!--{len(validation):,}--> digits for validation, the other 45,000<!--{len(training):,}--> for training. It began as homework for a
# > group of machines, with Spark and map-reduce, and was then rewritten for one.

# %% [markdown]
# **Quick question.** You try fifty programs on the validation digits and keep the best. Why not report its error
# there?
#
# 1. It has learnt the validation digits by heart.
# 2. The validation digits are easier than the others.
# 3. A quarter of the digits is too few to tell.
# 4. The best of fifty is partly the luckiest of fifty.
#
# <details><summary>Answer</summary>
#
# 1. None of the fifty has learnt from them. Only your choice has looked at them, and that is enough.
# 2. The split goes by the place in the file. It knows nothing of easy and hard.
# 3. With more digits luck is smaller. It is still the luck of the best of fifty.
# 4. **Right.** Some of its lead may be luck on just these digits: much where they are a hundred, little where they are many.
#    Digits that took no part in the choice tell what is left of it.
#
# </details>

# %% [markdown]
# ## What to remember
#
# - A digit is a point with 784 coordinates, whole numbers from 0 to 255.
# - File formats differ, the numbers inside do not. Check what you load.
# - Training, validation, test: learn from the first, choose by the second, report the third after all choices.
#
# ## Exercises
#
# Write code of your own in the [exercises of this chapter](exercises/01_loading.ipynb): how much ink a digit takes,
# the mean of each digit, a holdout at random, the header of a file. Below each is a check that tells you how far you
# are. And to think about:
#
# 1. Some pixels are blank in every training digit. Can they still matter when you read new digits?
# 2. Write some digits to a file of your own with `write_base64_json`. In a text editor, put an exclamation mark
#    into the middle of a line. What does `read_base64_json` say? Then change a letter into another letter. Why
#    does it say nothing now?
#
# ## Further reading
#
# - Y. LeCun, L. Bottou, Y. Bengio, P. Haffner: *Gradient-based learning applied to document
#   recognition*, Proceedings of the IEEE 86 (1998). The paper that made MNIST famous.
# - C. Yadav, L. Bottou: *Cold case: the lost MNIST digits*, NeurIPS (2019). Where the digits came from.
# - Article A, [*Clustering MNIST – naïve*](https://gravila.dev/clustering-mnist-naive/), and article B,
#   [*K-Means Clustering on Handwritten Digits*](https://johnloeber.com/docs/kmeans.html): the two articles that this
#   course follows and then leaves behind.
