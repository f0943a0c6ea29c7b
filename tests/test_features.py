"""Features: right where one can tell by hand, and the same bits on every machine."""

import os
import subprocess
import sys

import numpy as np
import pytest
from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__

from mnist_kmeans import InputError, kmeans, load_mnist
from mnist_kmeans.features import (
    COMPONENT_STEPS,
    PrincipalComponents,
    deskew,
    gradient_tables,
    gradients,
    normalize,
    oriented_gradients,
    to_integers,
)

IMAGES = load_mnist("sample").images[:300]
BLANK = np.zeros((1, 784), dtype=np.uint8)


def drawing(*inked):
    """Return one image with ink in the given (rows, columns)."""
    image = np.zeros((28, 28), dtype=np.uint8)
    for rows, columns in inked:
        image[rows, columns] = 255
    return image.reshape(1, 784)


def covariance(image):
    """Return the covariance of the rows and columns of ink, straight from its definition."""
    weights = image.reshape(28, 28) / image.sum()
    rows, columns = np.indices((28, 28))
    mean_row, mean_column = (weights * rows).sum(), (weights * columns).sum()
    return (weights * (rows - mean_row) * (columns - mean_column)).sum()


def spread(image, axis):
    """Return the standard deviation of the ink along an axis."""
    share = image.reshape(28, 28).sum(axis=1 - axis) / image.sum()
    mean = share @ np.arange(28)
    return (share @ (np.arange(28) - mean) ** 2) ** 0.5


def test_deskewing_stands_a_slanted_stroke_upright_in_the_middle():
    slanted = drawing(*[(row, slice(24 - row, 26 - row)) for row in range(4, 24)])
    upright = deskew(slanted).reshape(28, 28)
    assert set(np.nonzero(upright)[1]) <= {12, 13, 14, 15}
    assert upright[:, 13].sum() == upright[:, 14].sum() > 0
    np.testing.assert_array_equal(upright, upright[::-1])


def test_a_deskewed_digit_has_no_slant_left():
    before = [abs(covariance(image)) for image in IMAGES]
    after = [abs(covariance(image)) for image in deskew(IMAGES)]
    assert np.mean(before) > 2
    assert max(after) < 1
    assert np.mean(after) < 0.05


def test_an_upright_centred_image_stays_as_it_is():
    box = drawing((slice(6, 22), slice(9, 19)))
    np.testing.assert_array_equal(deskew(box), box)


def test_normalized_digits_are_equally_tall_and_more_alike_in_width():
    upright, even = deskew(IMAGES), normalize(IMAGES)
    heights = np.array([spread(image, 0) for image in even])
    assert np.abs(heights - 6).max() < 0.6 and np.abs(heights - 6).mean() < 0.1
    assert np.std([spread(image, 0) for image in upright]) > 0.5
    before, after = (np.log([spread(image, 1) for image in part]) for part in (upright, even))
    assert after.std() < 0.8 * before.std()


@pytest.mark.parametrize("image", [BLANK, drawing((3, 5)), drawing((0, slice(28))), BLANK + 255])
@pytest.mark.parametrize("step", [deskew, normalize, oriented_gradients])
def test_odd_images_go_through(step, image):
    features = step(image)
    assert features.dtype == np.uint8
    assert features.any() == image.any()


def test_a_blank_image_has_no_edges():
    assert not deskew(BLANK).any() and not normalize(BLANK).any()
    assert not oriented_gradients(BLANK).any()


def test_gradients_are_differences_of_the_neighbours():
    image = drawing((10, 10))
    right, down = gradients(image)
    assert (right[0, 10, 9], right[0, 10, 11]) == (255, -255)
    assert (down[0, 9, 10], down[0, 11, 10]) == (255, -255)
    assert np.count_nonzero(right) == np.count_nonzero(down) == 2


@pytest.mark.parametrize("bins", [1, 2, 6, 9])
def test_every_gradient_lies_in_the_bin_of_its_angle(bins):
    direction, length = gradient_tables(bins)
    steps = np.arange(-255, 256)
    right, down = (part.ravel() for part in np.meshgrid(steps, steps))
    angle = np.arctan2(down, right) % np.pi / np.pi * bins
    clear = np.abs(angle - np.rint(angle)) > 1e-5  # not on the edge of a bin
    np.testing.assert_array_equal(direction[clear], np.floor(angle[clear]))
    np.testing.assert_array_equal(length, np.rint(np.hypot(right, down)))


def test_a_stroke_fills_the_bins_of_its_direction_and_nothing_else():
    across = oriented_gradients(drawing((13, slice(28))), cell=4, bins=9).reshape(7, 7, 9)
    # a row of ink: gradients downwards, at 90 degrees, in bin 4, but for the two ends of the row
    assert across[3, 1:6, 4].all() and not np.delete(across[3, 1:6], 4, axis=1).any()
    assert not across[[0, 1, 5, 6]].any()


@pytest.mark.parametrize(("cell", "bins", "width"), [(4, 9, 441), (7, 9, 144), (14, 4, 16)])
def test_edges_have_length_one(cell, bins, width):
    features = oriented_gradients(IMAGES, cell, bins, largest=65535)
    assert features.shape == (300, width) and features.dtype == np.uint16
    lengths = np.sqrt((features.astype(np.float64) ** 2).sum(axis=1))
    assert np.abs(lengths / 65535 - 1).max() < 1e-3


def test_bold_and_thin_ink_have_the_same_edges():
    box = (slice(6, 22), slice(9, 19))
    np.testing.assert_array_equal(
        oriented_gradients(drawing(box)), oriented_gradients(drawing(box) // 3)
    )


def test_features_do_not_depend_on_the_other_images():
    for step in (deskew, normalize, oriented_gradients):
        np.testing.assert_array_equal(step(IMAGES)[7:9], step(IMAGES[7:9]))


def test_the_input_is_left_alone():
    before = IMAGES.copy()
    for step in (deskew, normalize, oriented_gradients):
        step(IMAGES)
    np.testing.assert_array_equal(IMAGES, before)


def test_floats_on_the_grid_are_off_by_half_a_step_at_most():
    values = np.array([[0.5, -2.0], [0.301, 0.0]])
    grid = to_integers(values, largest=1000)
    assert grid.tolist() == [[250, -1000], [150, 0]]
    assert to_integers(np.zeros((2, 2))).tolist() == [[0, 0], [0, 0]]


def test_clustering_of_gridded_floats_is_exact():
    values = IMAGES[:, 300:340] / 7
    grid = to_integers(values, largest=10_000)
    one, other = (kmeans(grid, 5, seed=1, algorithm=name) for name in ("fast", "lloyd"))
    assert one.inertia == other.inertia
    np.testing.assert_array_equal(one.centroids, other.centroids)


def test_components_agree_with_a_singular_value_decomposition():
    components = PrincipalComponents(IMAGES, 10)
    centred = IMAGES - IMAGES.mean(axis=0)
    _, sizes, directions = np.linalg.svd(centred, full_matrices=False)
    overlap = np.abs((components.components * directions[:10]).sum(axis=1))
    assert overlap.min() > 0.999
    np.testing.assert_allclose(components.deviations, sizes[:10] / 300**0.5, rtol=0.01)
    along = components.project(IMAGES)
    np.testing.assert_allclose(along, centred @ components.components.T, atol=0.51)
    whitened = components.project(IMAGES, whiten=True) / 64
    np.testing.assert_allclose(whitened.std(axis=0), 1, atol=0.01)


def test_no_entry_of_a_component_is_near_a_rounding_boundary():
    """Else the last bits of LAPACK, other ones on other machines, could show."""
    images = load_mnist("sample").holdout()[0].images
    centred = images - images.mean(axis=0)
    vectors = np.linalg.eigh(centred.T @ centred)[1][:, ::-1][:, :50]
    steps = np.abs(vectors) * COMPONENT_STEPS
    assert np.abs(steps % 1 - 0.5).min() > 1e-8
    kept = PrincipalComponents(images, 50).components
    np.testing.assert_array_equal(np.abs(kept.T) * COMPONENT_STEPS, np.rint(steps))
    peaks = np.abs(vectors).argmax(axis=0)
    assert (kept[np.arange(50), peaks] > 0).all()


# What numpy uses of this processor and can do without
OPTIONAL = [name for name in __cpu_dispatch__ if __cpu_features__[name]]
DIGESTS = """
import hashlib, numpy as np
from mnist_kmeans import load_mnist
from mnist_kmeans.features import *
images = load_mnist("sample").images
components = PrincipalComponents(images, 50)
parts = [deskew(images), normalize(images), oriented_gradients(normalize(images)),
         components.components, components.project(images), components.project(images, whiten=True)]
print(*[hashlib.sha256(np.ascontiguousarray(part)).hexdigest()[:16] for part in parts])
"""
EXPECTED = (
    "022c7a9c374a9896 d53357eaf814e16d ddf488e476097bc9 "
    "f9fbd279817b911d f6dd44b1a8c33826 e836f16a86c9a584"
)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"OPENBLAS_NUM_THREADS": "1"},
        {"OPENBLAS_CORETYPE": "Haswell", "OPENBLAS_NUM_THREADS": "2"},
        {"OPENBLAS_CORETYPE": "Sandybridge"},
        {"NPY_DISABLE_CPU_FEATURES": " ".join(OPTIONAL)},
    ],
    ids=str,
)
def test_features_are_the_same_bits_for_every_blas_thread_count_and_processor(settings):
    run = subprocess.run(
        [
            sys.executable,
            "-W",
            "error",
            "-c",
            DIGESTS,
        ],  # numpy warns of names that it does not know
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.split() == EXPECTED.split()


@pytest.mark.parametrize(
    "images",
    [IMAGES[0], IMAGES / 255, IMAGES[:, :100], IMAGES[:0], "digits"],
    ids=["a row", "fractions", "too short", "none", "text"],
)
@pytest.mark.parametrize("step", [deskew, normalize, oriented_gradients])
def test_anything_but_images_is_refused_in_one_line(step, images):
    with pytest.raises(InputError) as error:
        step(images)
    assert "\n" not in str(error.value) and "image" in str(error.value)


@pytest.mark.parametrize(
    "wrong",
    [{"cell": 5}, {"cell": 0}, {"bins": 0}, {"bins": 2.5}, {"largest": 0}, {"largest": 70000}],
)
def test_numbers_that_do_not_fit_are_refused(wrong):
    with pytest.raises(InputError, match=next(iter(wrong))):
        oriented_gradients(IMAGES, **wrong)


def test_what_has_no_exact_components_or_no_grid_is_refused():
    with pytest.raises(InputError, match="integers"):
        PrincipalComponents(IMAGES / 255, 3)
    with pytest.raises(InputError, match="785"):
        PrincipalComponents(IMAGES, 785)
    with pytest.raises(InputError, match="covariances of 300 points with entries up to 16711680"):
        PrincipalComponents(IMAGES.astype(np.int64) << 16, 3)
    with pytest.raises(InputError, match="the components have 784 entries, the points 783"):
        PrincipalComponents(IMAGES, 3).project(IMAGES[:, 1:])
    with pytest.raises(InputError, match="finite"):
        to_integers([[np.nan, 1.0]])
    with pytest.raises(InputError, match="largest"):
        to_integers([[1.0]], largest=2**31)


def test_a_gradient_on_the_edge_of_two_bins_belongs_to_the_upper_one():
    direction, _ = gradient_tables(2)
    straight_down, straight_up = (10 + 255) * 511 + 255, (-10 + 255) * 511 + 255
    assert direction[straight_down] == direction[straight_up] == 1
