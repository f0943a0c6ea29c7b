# %% [markdown]
# # 1. Loading the digits
#
# MNIST is a collection of 70,000<!--{len(train) + len(test):,}--> handwritten digits. Almost everyone who has learned about machine
# learning has met it. In this chapter we open the files ourselves, so that nothing about the data
# is a mystery later.
#
# **What you will learn**
#
# - what an image is to a computer: 784 numbers;
# - how the same digits are stored in three file formats, and how to read each;
# - why we put a quarter of the data aside before we do anything else.
#
# **What you need**: a little Python and numpy (arrays, shapes, slices, axes, boolean masks). No machine
# learning.
#
# **Time**: 30 minutes.

# %%
import gzip
import tempfile
from pathlib import Path

import numpy as np

from mnist_kmeans import (
    load_mnist,
    read_base64_json,
    read_idx,
    read_npz,
    write_base64_json,
)
from mnist_kmeans.data import chosen_edition, folder
from mnist_kmeans.plots import digit_counts, digits, pixel_values, show

# %% [markdown]
# ## The original files
#
# The digits were published as four files: images and labels, for training and for testing. Each is
# packed with gzip, and inside is a format called IDX. It is as simple as a format can be: a short
# header, then one byte after the other. The first call of `load_mnist` fetches the files if they are
# not on this computer yet, and `folder(chosen_edition())` is where they then are.

# %%
load_mnist()
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

# %%
show(
    digits(
        train_images[:40],
        train_labels[:40],
        heading="The first forty digits and their labels",
    )
)

# %% [markdown]
# People write differently. Some digits lean, some are thick, some are open where others are closed.
# Keep that in mind: it is the whole difficulty of the chapters to come.
#
# ## What 784 numbers mean
#
# A computer does not see a digit. It sees a grid of numbers, one for each pixel: 0 is blank paper, 255
# is full ink, and the numbers between are shades of grey. Here is the first digit. The part in the frame is drawn
# again on the right, with its numbers.

# %%
show(pixel_values(train_images[0], heading="The first digit, as the computer sees it"))

# %% [markdown]
# That is all there is. Do you still see the five in the numbers? You do because the picture keeps neighbours
# together, and shades them. *k-means*, the method of this course, knows nothing of rows and columns. It wants each
# digit as one long row of numbers, a *point* with 784 coordinates. So we lay the 28 rows of the image end to end.
# ([Article A](https://gravila.dev/clustering-mnist-naive/), one of the two articles this course grew from, calls them
# 784 sensor readings.)

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

# %%
never = np.count_nonzero(points.max(axis=0) == 0)
print(f"{never} of the 784 pixels are blank in every training digit")
show(
    digits(
        [points.mean(axis=0), points.std(axis=0) * 2],
        ["mean", "standard deviation (doubled)"],
        heading="Where the ink is, and where it varies",
        columns=2,
    )
)

# %% [markdown]
# The margin stays blank. In the middle all digits lie on top of each other, in a blur that is no digit. On the right,
# a dark pixel has ink in some images and none in others. Such pixels can tell one image from another. The blank ones
# cannot.
#
# ## Whole numbers or fractions?
#
# Many tutorials divide the pixels by 255 first, so that they lie between 0 and 1. We can do that,
# and for clustering it changes nothing but roundings: all distances shrink by the same factor, so what was nearest
# stays nearest. We keep the whole numbers. A computer adds whole numbers without any rounding, and
# that is why this course gives you exactly the numbers that you see here. Chapters 3 and 8 tell the story.

# %%
scaled = first / 255
print("as whole numbers:", first.min(), "to", first.max(), "in", first.nbytes, "bytes")
print(
    "as fractions:    ", scaled.min(), "to", scaled.max(), "in", scaled.nbytes, "bytes"
)

# %% [markdown]
# ## The same digits in two other formats
#
# You will meet MNIST in other clothes. Keras ships it as `mnist.npz`: a zip file of four numpy arrays. Article A
# loads that one, and gets two pairs of arrays from it: `(x_train, y_train), (x_test, y_test)`. By custom, x stands
# for what one knows (the images) and y for what one wants to know (the labels). Let us write a small file in the
# same form and read it back, first by hand and then with `read_npz`, which also lays out each image as a row.

# %%
test_images = read_idx(data / "t10k-images-idx3-ubyte.gz")
test_labels = read_idx(data / "t10k-labels-idx1-ubyte.gz")
temporary = tempfile.TemporaryDirectory()  # vanishes at the end
scratch = Path(temporary.name)

np.savez_compressed(
    scratch / "mnist.npz",
    x_train=train_images[:500],
    y_train=train_labels[:500],
    x_test=test_images[:100],
    y_test=test_labels[:100],
)
with np.load(scratch / "mnist.npz") as arrays:
    x_train, y_train = arrays["x_train"], arrays["y_train"]
    x_test, y_test = arrays["x_test"], arrays["y_test"]
print("x_train:", x_train.shape, " y_train:", y_train.shape)
print("x_test: ", x_test.shape, " y_test: ", y_test.shape)

from_npz = read_npz(scratch / "mnist.npz", "train")
print("images: ", from_npz.images.shape, " labels: ", from_npz.labels.shape)

# %% [markdown]
# [Article B](https://johnloeber.com/docs/kmeans.html), the other one, uses plain text, one digit a line. Each line is a
# small JSON object, with the 784 bytes written in base64. That takes a third more space than the bytes themselves, but
# every tool can read text, and a group of machines can split a text file at its line ends. (Article B began as homework
# for such a group, with Spark and map-reduce, and was then rewritten for one machine.)

# %%
write_base64_json(from_npz, scratch / "digits.txt")
from_text = read_base64_json(scratch / "digits.txt")

first_line = (scratch / "digits.txt").read_text().splitlines()[0]
print(first_line[:60], "...", first_line[-12:])
print("length of the line:", len(first_line))

# %% [markdown]
# Three formats, one set of digits. `array_equal` compares every number:

# %%
for name, loaded in [("npz", from_npz), ("base64-JSON", from_text)]:
    same_images = np.array_equal(loaded.images, points[:500])
    same_labels = np.array_equal(loaded.labels, train_labels[:500])
    print(f"{name:<12} equal images: {same_images}, equal labels: {same_labels}")

# %% [markdown]
# ## One call for the rest of the course
#
# From now on `load_mnist` does all of this in one line. It finds the files (or downloads them), checks
# that not a single byte is wrong, and lays out each image as a row.

# %%
train = load_mnist()
test = load_mnist(split="test")
print(
    f"training digits: {len(train):>6,}   images {train.images.shape}   labels "
    f"{train.labels.shape}"
)
print(
    f"test digits:     {len(test):>6,}   images {test.images.shape}   labels "
    f"{test.labels.shape}"
)

# %% [markdown]
# Does each digit occur equally often?

# %%
counts = np.bincount(train.labels)
show(digit_counts(counts, heading="How often each digit occurs in the training data"))
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
# *holdout*; article B makes the same one.
#
# Why a validation part when there are official *test* digits? We shall try many things, and keep what does best on the
# validation part. By then that best number flatters us: some of it is luck. The test digits have chosen nothing, so
# they can tell the truth. They stay in the drawer until the end of chapter 7, and again until the end of chapter 10,
# each time after all choices are made.

# %%
training, validation = train.holdout()
print(f"training:   {len(training):>6,} digits")
print(f"validation: {len(validation):>6,} digits")

# %% [markdown]
# Taking the *first* quarter is fair only if the digits lie in no particular order. Let us check that
# both parts hold the ten digits in similar shares.

# %%
print("digit     " + "".join(f"{digit:>7}" for digit in range(10)))
for name, part in [("training", training), ("validation", validation)]:
    shares = np.bincount(part.labels) / len(part)
    print(f"{name:<10}" + "".join(f"{share:7.3f}" for share in shares))

# %% [markdown]
# The shares agree to within half a percentage point.<!--true: abs(np.bincount(training.labels) / len(training) - np.bincount(validation.labels) / len(validation)).max() < 0.005--> As far as the labels tell, the split is fair.
#
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
