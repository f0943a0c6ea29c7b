"""The common style of the pictures: the same colours for the same things, crosses, ticks, alt text."""

import numpy as np
import pytest
from matplotlib import colors, pyplot

from mnist_kmeans import plots
from mnist_kmeans.plots import (
    bands,
    digits,
    dots,
    histograms,
    lines,
    members,
    mistakes,
    pixel_values,
    travelling_bounds,
)

LABELS = {"heading": "A heading", "xlabel": "k", "ylabel": "error"}
IMAGES = np.arange(20 * 784).reshape(20, 784) % 256


def line_colours(picture):
    """Return {name: colour} of the lines in a picture."""
    return {line.get_label(): line.get_color() for line in picture.axes[0].lines}


def tick_labels(axes):
    """Return what is written at the ticks of the x axis, the minor ones too."""
    ticks = axes.get_xticklabels() + axes.get_xticklabels(minor=True)
    return [tick.get_text() for tick in ticks]


def test_a_role_has_its_colour_in_every_company():
    x = [1, 2]
    alone = lines({"validation digits": (x, x)}, **LABELS)
    crowd = ["something", "validation digits", "training digits", "else"]
    together = bands(x, {name: [[1, 2], [1, 2]] for name in crowd}, **LABELS)
    assert line_colours(alone)["validation digits"] == plots.ORANGE
    found = line_colours(together)
    assert (found["training digits"], found["validation digits"]) == (plots.BLUE, plots.ORANGE)
    assert len(set(found.values())) == len(crowd)


def test_dots_and_histograms_of_a_role_have_the_same_colour():
    picture = dots({"k-means++": ([1], [1]), "random": ([2], [2])}, **LABELS)
    clouds = [axes.collections[0].get_facecolor()[0][:3] for axes in picture.axes]
    picture = histograms({"k-means++": [1, 2], "random": [1, 2]}, **LABELS)
    bars = [axes.patches[0].get_facecolor()[:3] for axes in picture.axes]
    wanted = [colors.to_rgb(plots.ROLES[name][0]) for name in ("k-means++", "random")]
    assert [tuple(each) for each in clouds] == bars == wanted


def test_a_wrong_digit_has_a_cross_and_says_so():
    picture = digits(IMAGES[:3], [7, 8, 9], heading="Three", wrong=[False, True, False])
    assert [text.get_text() for text in picture.axes[0].texts] == ["7", "8 ✗", "9"]
    assert picture.alt == "Three. 3 images: 7; 8 (wrong); 9."


@pytest.mark.parametrize("draw", [lines, dots, bands])
def test_a_logarithmic_axis_is_marked_where_asked_and_nowhere_else(draw):
    x, y = [10, 50, 2000], np.array([3.0, 2.0, 1.0])
    curves = (x, {"a": y[:, None]}) if draw is bands else ({"a": (x, y)},)
    [axes] = draw(*curves, **LABELS, log_ticks=[10, 100, 2000]).axes
    assert axes.get_xscale() == "log" and tick_labels(axes) == ["10", "100", "2,000"]
    [axes] = draw(*curves, **LABELS).axes
    assert axes.get_xscale() == "linear"


def test_lines_may_have_two_logarithmic_axes():
    [axes] = lines({"a": ([1, 9], [1, 9])}, **LABELS, log_ticks=[1, 9], log_yticks=[0.5, 1000]).axes
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    labels = axes.get_yticklabels() + axes.get_yticklabels(minor=True)
    assert [label.get_text() for label in labels] == ["0.5", "1,000"]


@pytest.mark.parametrize("k", [1, 3, 7, 10, 16])
def test_members_has_a_square_for_every_cluster(k):
    names = [f"cluster {cluster}" for cluster in range(k)]
    picture = members(IMAGES, np.arange(20) % k, names, heading="Members", side=2)
    shown = [axes.get_title() for axes in picture.axes if axes.axison]
    assert shown == names


def test_pixel_values_writes_the_values_of_the_middle():
    image = np.zeros(784, dtype=int)
    image[7 * 28 + 7], image[20 * 28 + 20], image[0] = 11, 22, 33
    _, middle = pixel_values(image, heading="Numbers").axes
    written = [int(text.get_text()) for text in middle.texts]
    assert len(written) == 14 * 14
    assert (written[0], written[-1], sum(written)) == (11, 22, 33)


def test_the_alt_text_of_a_question_has_no_full_stop_behind_it():
    assert digits(IMAGES[:2], heading="Where?").alt == "Where? 2 images."


def test_a_picture_is_finer_than_it_is_shown():
    picture = digits(IMAGES[:10], heading="Ten digits")
    data, about = picture._repr_mimebundle_()
    assert about["image/png"] == {"alt": picture.alt, "width": 850}
    assert int.from_bytes(data["image/png"][16:20], "big") == 1275
    assert 'width="850"' in picture.html()


def test_the_settings_of_a_reader_do_not_change_a_picture():
    plain = digits(IMAGES[:10], range(10), heading="Ten digits").png()
    with pyplot.rc_context({"font.family": "serif", "savefig.dpi": 50}):
        assert digits(IMAGES[:10], range(10), heading="Ten digits").png() == plain


def test_a_map_of_mistakes_has_their_counts_and_the_nearest_of_each_kind():
    labels = np.array([3, 3, 3, 3, 8, 8])
    inferred = np.array([9, 9, 9, 3, 0, 8])
    distances = np.array([5.0, 2.0, 4.0, 1.0, 7.0, 1.0])
    picture = mistakes(IMAGES[:6], labels, inferred, distances, heading="What went wrong?")
    [axes] = picture.axes
    written = [text.get_text() for text in axes.texts]
    assert [(cell, count) for cell, count in enumerate(written) if count] == [(8, "1"), (93, "3")]
    tiles, colours = (np.asarray(image.get_array().filled(np.nan)) for image in axes.images)
    assert np.argwhere(~np.isnan(colours)).tolist() == [[0, 8], [9, 3]]
    height, width = tiles.shape[0] // 10, tiles.shape[1] // 10
    for row, column, image in [(0, 8, IMAGES[4]), (9, 3, IMAGES[1])]:
        cell = tiles[row * height : (row + 1) * height, column * width : (column + 1) * width]
        assert cell[~np.isnan(cell)].tolist() == image.tolist()
    assert np.count_nonzero(~np.isnan(tiles)) == 2 * 784
    assert picture.alt == (
        "What went wrong? 10 rows (classified as) and 10 columns (true digit), in each cell one such image "
        "and their number, 4 in all. The commonest: 3 x 3 taken for 9; 1 x 8 taken for 0."
    )


def test_a_map_of_no_mistakes_is_empty():
    digit = np.arange(10)
    picture = mistakes(IMAGES[:10], digit, digit, digit, heading="None")
    assert picture.png()
    assert picture.alt.endswith("0 in all.")


def test_travelling_bounds_are_two_circles_as_large_as_the_triangle_inequality_allows():
    before, after = [[3, 4], [0, -12], [20, 0]], [[3, 5], [0, -11], [18, 0]]
    picture = travelling_bounds(before, after, heading="Bounds")
    assert [circle.radius for circle in picture.axes[0].patches] == [5 + 1, 12 - 2]
    assert "u = 5.0" in picture.alt and "stays within 6.0, all others beyond 10.0." in picture.alt
