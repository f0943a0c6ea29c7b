"""The common style of the pictures: the same colours for the same things, crosses, ticks, alt text."""

import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from matplotlib import colors, pyplot
from matplotlib.text import Annotation

from mnist_kmeans import InputError, plots
from mnist_kmeans.plots import (
    bands,
    diagrams,
    digit_rows,
    digits,
    dots,
    heatmap,
    histograms,
    lines,
    look,
    members,
    mistakes,
    overlaps,
    pixel_values,
    planes,
)

LABELS = {"heading": "A heading", "xlabel": "k", "ylabel": "error"}
IMAGES = np.arange(20 * 784).reshape(20, 784) % 256


@pytest.mark.parametrize(
    ("images", "options", "reason"),
    [
        (IMAGES[:0], {}, r"at least one; got shape \(0, 784\)"),
        (IMAGES[0], {}, r"got shape \(784,\)"),
        (IMAGES.reshape(-1, 7, 112), {}, r"got shape \(20, 7, 112\)"),
        (IMAGES, {"titles": range(19)}, "20 images, but 19 titles and 20 booleans"),
        (IMAGES, {"wrong": [True]}, "20 titles and 1 booleans"),
    ],
)
def test_what_cannot_be_drawn_as_digits_is_told(images, options, reason):
    with pytest.raises(InputError, match=reason):
        digits(images, heading="A heading", **options)


def test_digits_may_be_squares():
    squares = digits(IMAGES.reshape(-1, 28, 28), heading="A heading")
    assert squares.png() == digits(IMAGES, heading="A heading").png()


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
    assert line_colours(alone)["validation digits"] == look.ORANGE
    found = line_colours(together)
    assert (found["training digits"], found["validation digits"]) == (look.BLUE, look.ORANGE)
    assert len(set(found.values())) == len(crowd)


def test_curves_bear_their_names_at_their_ends_and_none_covers_another():
    x, ends = [1, 2], [0.5, 0.51, 0.52, 0.9, 0.5]
    names = ["one", "a name so long that it takes two lines", "three", "four", "five"]
    together = {name: (x, [0.3, end]) for name, end in zip(names, ends, strict=True)}
    picture = lines(together, **LABELS)
    [axes] = picture.axes
    assert axes.get_legend() is None
    assert {text.get_text().replace("\n", " ") for text in axes.texts} == set(names)
    colours = {text.get_text().replace("\n", " "): text.get_color() for text in axes.texts}
    assert colours == line_colours(picture)
    picture.draw_without_rendering()
    boxes = sorted((text.get_window_extent() for text in axes.texts), key=lambda box: box.y0)
    assert all(below.y1 <= above.y0 for below, above in pairwise(boxes))
    highest = max(axes.texts, key=lambda text: text.get_window_extent().y0)
    assert highest.get_text() == "four"
    assert lines({"alone": (x, x)}, **LABELS).axes[0].texts[:] == []


def test_the_colours_of_curves_stand_out_from_the_paper():
    """By the formula of WCAG 2.1, 3 : 1 is what graphics need."""
    for colour, _ in look.LOOKS:
        linear = [
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
            for part in colors.to_rgb(colour)
        ]
        assert 1.05 / (np.dot(linear, [0.2126, 0.7152, 0.0722]) + 0.05) >= 3, colour


def test_what_stands_before_a_colon_is_the_role():
    found = line_colours(lines({"one start: seed 0": ([1], [1]), "else: 2": ([1], [1])}, **LABELS))
    assert found == {"one start: seed 0": look.GREY, "else: 2": look.BLUE}


def test_dots_and_histograms_of_a_role_have_the_same_colour():
    picture = dots({"k-means++": ([1], [1]), "random": ([2], [2])}, **LABELS)
    clouds = [axes.collections[0].get_facecolor()[0][:3] for axes in picture.axes]
    picture = histograms({"k-means++": [1, 2], "random": [1, 2]}, **LABELS)
    bars = [axes.patches[0].get_facecolor()[:3] for axes in picture.axes]
    wanted = [colors.to_rgb(look.ROLES[name][0]) for name in ("k-means++", "random")]
    assert [tuple(each) for each in clouds] == bars == wanted


def test_histograms_of_groups_of_different_sizes_show_shares():
    picture = histograms({"a": [1, 1, 2], "b": [1, 2, 2, 2, 2, 2]}, **LABELS, bins=2)
    heights = [[bar.get_height() for bar in axes.patches] for axes in picture.axes]
    assert heights == [pytest.approx([2 / 3, 1 / 3]), pytest.approx([1 / 6, 5 / 6])]
    assert [axes.get_title(loc="left") for axes in picture.axes] == ["a (3)", "b (6)"]


def test_a_wrong_digit_has_a_cross_and_says_so():
    picture = digits(IMAGES[:3], [7, 8, 9], heading="Three", wrong=[False, True, False])
    assert [text.get_text() for text in picture.axes[0].texts] == ["7", "8 ✗", "9"]
    assert picture.alt == "Three. 3 images: 7; 8 (wrong); 9."


def test_where_digits_have_no_titles_the_words_tell_how_much_ink_they_have():
    images = np.zeros((2, 784))
    images[1, :196] = 1
    note = "each with the share of its pixels that have ink"
    assert digits(images, heading="Two").alt == f"Two. 2 images, {note}: 0%; 25%."
    named = digits(images, heading="Two", columns=1, row_names=["thin", "fat"]).alt
    assert named == f"Two. 2 images in rows of 1, {note}. thin: 0%. fat: 25%."


@pytest.mark.parametrize("draw", [lines, dots, bands])
def test_a_logarithmic_axis_is_marked_where_asked_and_nowhere_else(draw):
    x, y = [10, 50, 2000], np.array([3.0, 2.0, 1.0])
    curves = (x, {"a": y[:, None]}) if draw is bands else ({"a": (x, y)},)
    [axes] = draw(*curves, **LABELS, log_ticks=[10, 100, 2000]).axes
    assert axes.get_xscale() == "log" and tick_labels(axes) == ["10", "100", "2,000"]
    [axes] = draw(*curves, **LABELS).axes
    assert axes.get_xscale() == "linear"


def test_numbers_of_clusters_are_whole_on_the_axis():
    whole = lines({"a": (range(2, 21), range(19))}, **LABELS)
    assert all(place.is_integer() for place in whole.axes[0].get_xticks())
    shares = lines({"a": ([0.1, 2], [1, 2])}, **LABELS)
    assert not all(place.is_integer() for place in shares.axes[0].get_xticks())


def test_only_crowds_of_dots_are_faint():
    def alphas(count):
        groups = {"few": ([1], [1]), "others": (range(count), range(count))}
        return {axes.collections[0].get_alpha() for axes in dots(groups, **LABELS).axes}

    assert max(alphas(51)) < min(alphas(50))


def test_lines_may_have_two_logarithmic_axes():
    [axes] = lines({"a": ([1, 9], [1, 9])}, **LABELS, log_ticks=[1, 9], log_yticks=[0.5, 1000]).axes
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    labels = axes.get_yticklabels() + axes.get_yticklabels(minor=True)
    assert [label.get_text() for label in labels] == ["0.5", "1,000"]


def test_thousands_have_a_comma_at_the_ticks_too():
    [axes] = lines({"a": ([-2000, 2000], [0.25, 0.5])}, **LABELS).axes
    axes.figure.draw_without_rendering()
    assert {"\N{MINUS SIGN}2,000", "0", "2,000"} <= set(tick_labels(axes))
    assert "0.30" in {label.get_text() for label in axes.get_yticklabels()}


@pytest.mark.parametrize("k", [1, 3, 7, 10, 16])
def test_members_has_a_square_for_every_cluster(k):
    names = [f"cluster {cluster}" for cluster in range(k)]
    picture = members(IMAGES, np.arange(20) % k, names, heading="Members", side=2)
    shown = [axes.get_title() for axes in picture.axes if axes.axison]
    assert shown == names


def test_a_table_is_dark_where_the_share_of_a_row_is_large_and_has_sums():
    counts = np.zeros((3, 10), dtype=int)
    counts[0, 4], counts[1, 5], counts[1, 6] = 3, 3000, 3000  # the last row is empty
    picture = heatmap(counts, **LABELS)
    [axes] = picture.axes
    shades = np.asarray(axes.images[0].get_array())
    assert (shades[0, 4], shades[1, 5], shades[2].sum()) == (1, 0.5, 0)
    colours = {text.get_text(): text.get_color() for text in axes.texts[:30]}
    assert (colours["3"], colours["3,000"]) == ("white", "black")
    assert [text.get_text() for text in axes.texts[30:]] == ["3", "6,000", "0"]
    assert "Most in each row: 0: 3 of 3 in column 4; 1: 3,000 of 6,000 in column 5;" in picture.alt


@pytest.mark.parametrize("panels", [1, 2, 3, 5])
def test_planes_say_where_the_points_and_the_centroids_are(panels):
    points, centroids = np.array([[0, 10], [1000, 20]]), np.array([[2.0, 3], [4, 5]])
    first = ("first", points, np.array([0, 0]), None)
    later = ("later", points, np.array([0, 1]), centroids)
    picture = planes([first, *[later] * (panels - 1)], **LABELS, new_point=np.array([7, 8]))
    assert len(picture.axes) == panels
    told = "later: clusters of 1 and 1 points, centroids at (2, 3) and (4, 5)"
    told = "; ".join(["first: 2 points between (0, 10) and (1,000, 20)", *[told] * (panels - 1)])
    told = f"A heading. error against k. {told}. The new point, a star, is at (7, 8)."
    assert picture.alt == told


def test_rows_of_digits_may_differ_in_length():
    picture = digit_rows({0: IMAGES[:3], 1: IMAGES[3:4]}, heading="Two rows")
    assert picture.alt == "Two rows. Rows of images, so many in each: 0: 3, 1: 1."
    [axes] = picture.axes
    assert [text.get_text() for text in axes.texts if text.get_text()] == ["0", "1"]
    shown = np.asarray(axes.images[0].get_array().filled(np.nan))
    assert np.count_nonzero(~np.isnan(shown)) == 4 * 784


def test_overlaps_mix_three_colours_and_tell_how_much_of_each():
    image, centroid = np.zeros((2, 784))
    image[:3], centroid[1:5] = 255, 255
    picture = overlaps(image.astype(np.uint8), [centroid], ["nine\nprice 1"], heading="Over")
    parts = "ink of both 2, of the centroid alone 2, of the digit alone 1"
    assert picture.alt == f"Over. Ink in pixels, per centroid. nine, price 1: {parts}."
    drawn = picture.axes[0].images[0].get_array()[0, :6]
    wanted = [look.SKY, "black", "black", look.ORANGE, look.ORANGE, "white"]
    assert np.allclose(drawn, [colors.to_rgb(colour) for colour in wanted])


def test_points_behind_are_in_every_panel():
    clouds = {"a": ([1], [1]), "b": ([2], [2])}
    picture = dots(clouds, **LABELS, behind=([1, 2, 3], [1, 2, 3]))
    assert all(axes.get_aspect() == 1 for axes in picture.axes)  # round groups look round
    assert [[len(cloud.get_offsets()) for cloud in axes.collections] for axes in picture.axes] == [
        [3, 1],
        [3, 1],
    ]


def test_pixel_values_writes_the_values_of_the_middle():
    image = np.zeros(784, dtype=int)
    image[7 * 28 + 7], image[20 * 28 + 20], image[0] = 11, 22, 33
    _, middle = pixel_values(image, heading="Numbers").axes
    written = [int(text.get_text()) for text in middle.texts]
    assert len(written) == 14 * 14
    assert (written[0], written[-1], sum(written)) == (11, 22, 33)


def test_the_alt_text_of_a_question_has_no_full_stop_behind_it():
    assert digits(IMAGES[:2], "ab", heading="Where?").alt == "Where? 2 images: a; b."


def test_a_picture_is_finer_than_it_is_shown():
    picture = digits(IMAGES[:10], heading="Ten digits")
    data, about = picture._repr_mimebundle_()
    assert about["image/png"] == {"alt": picture.alt, "width": 850}
    assert int.from_bytes(data["image/png"][16:20], "big") == 1275
    assert 'width="850"' in picture.html()


def test_no_picture_asks_for_type_that_is_too_small_for_a_slide():
    sources = "".join(path.read_text("utf-8") for path in Path(plots.__file__).parent.glob("*.py"))
    asked = [float(size) for size in re.findall(r"(?:font|label|title)size=([\d.]+)", sources)]
    assert len(asked) > 10 and min(asked) >= look.SMALLEST
    assert look.STYLE["font.size"] >= look.SMALLEST


def test_pictures_with_many_rows_are_no_higher_than_a_slide_can_show():
    assignments = np.arange(len(IMAGES)) % 16
    labels, inferred = np.arange(len(IMAGES)) % 10, np.arange(len(IMAGES)) % 7
    distances = np.ones(len(IMAGES))
    for picture in (
        members(IMAGES, assignments, range(16), heading="Members", side=4),
        mistakes(IMAGES, labels, inferred, distances, heading="Mistakes"),
    ):
        assert picture.get_figheight() <= look.HIGHEST


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
    picture = diagrams.travelling_bounds(before, after, heading="Bounds")
    assert [circle.radius for circle in picture.axes[0].patches] == [5 + 1, 12 - 2]
    assert "u = 5.0" in picture.alt and "stays within 6.0, all others beyond 10.0." in picture.alt


@pytest.mark.parametrize(("blocks", "merges"), [(1, 0), (2, 2), (5, 5 + 3 + 2), (8, 8 + 4 + 2)])
def test_each_share_goes_on_to_one_place_of_the_tree(blocks, merges):
    picture = diagrams.map_reduce_diagram(blocks, heading="An iteration")
    arrows = [text for text in picture.axes[0].texts if isinstance(text, Annotation)]
    assert len(arrows) == blocks + merges + len(["update", "back to the blocks"])
