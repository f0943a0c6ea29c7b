"""Pictures of what k-means does in the plane and on a line."""

import numpy as np

from mnist_kmeans.plots import cells, cost_of_places

LABELS = {"heading": "A heading", "xlabel": "x", "ylabel": "y"}
POINTS = np.array([[0, 0], [0, 2], [8, 0], [8, 2]])
GROUPS = np.array([0, 0, 1, 1])


def test_a_border_lies_halfway_between_two_centroids():
    [axes] = cells([("one", POINTS, GROUPS, np.array([[0, 1], [6, 1]]))], **LABELS, columns=1).axes
    lines = [
        path.vertices
        for drawn in axes.collections
        for path in drawn.get_paths()
        if len(path.vertices) > 100
    ]
    assert len(lines) == 2  # the border of each of the two cells: the same line
    pixel = np.diff(axes.get_xlim())[0] / 399
    for line in lines:
        assert np.abs(line[:, 0] - 3).max() < pixel
    assert axes.get_aspect() == 1


def test_cells_say_how_the_groups_are_shared_out():
    middle = np.array([[0, 1], [8, 1]])
    across = np.array([[4, 0], [4, 2]])
    picture = cells(
        [("good\nstart", POINTS, GROUPS, middle), ("bad", POINTS, GROUPS, across)], **LABELS
    )
    assert [axes.get_title() for axes in picture.axes] == ["good\nstart", "bad"]
    told = "of each true group, so many points in their cells"
    assert picture.alt == (
        f"A heading. y against x. good, start: centroids at (0, 1) and (8, 1); {told}: 2 and 0; 0 and 2. "
        f"bad: centroids at (4, 0) and (4, 2); {told}: 1 and 1; 1 and 1."
    )


def test_the_cost_of_a_place_is_the_mean_squared_distance_to_it():
    values = np.array([1.0, 2.0, 6.0])
    picture = cost_of_places(values, **LABELS)
    [axes] = picture.axes
    places, costs = axes.lines[0].get_data()
    assert np.allclose(costs, [((values - place) ** 2).mean() for place in places])
    words = {text.get_text() for text in axes.texts}
    assert {"spread: 4.67", "squared mean: 9.00", "the mean, 3.00"} <= words
    assert "falls from 13.67 at 0 to 4.67 at the mean, 3.00, and rises" in picture.alt
