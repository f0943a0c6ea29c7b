"""Metrics and labels, against cases small enough to count by hand."""

import itertools

import numpy as np
import pytest

from mnist_kmeans import (
    classify,
    contingency_table,
    error_rate,
    majority_labels,
    mean_cluster_purity,
    purity,
)
from mnist_kmeans.basics.errors import InputError
from mnist_kmeans.labeling import NO_LABEL
from mnist_kmeans.metrics import (
    adjusted_rand_index,
    matching_accuracy,
    normalized_mutual_information,
)

#           cluster 0: 3 3 3 8    cluster 1: 8 5    cluster 2: empty    cluster 3: 9
LABELS = np.array([3, 8, 3, 5, 9, 3, 8], dtype=np.uint8)
ASSIGNMENTS = np.array([0, 0, 0, 1, 3, 0, 1])
TABLE = np.array(
    [
        [0, 0, 0, 3, 0, 0, 0, 0, 1, 0],
        [0, 0, 0, 0, 0, 1, 0, 0, 1, 0],
        [0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
    ]
)


def of_ten(table):
    """Return a table with columns of zeros added, ten columns in all."""
    return np.pad(table, ((0, 0), (0, 10 - np.shape(table)[1])))


def test_the_table_counts_each_label_in_each_cluster():
    assert contingency_table(LABELS, ASSIGNMENTS, 4).tolist() == TABLE.tolist()
    assert contingency_table(LABELS.tolist(), ASSIGNMENTS.tolist(), 4).tolist() == TABLE.tolist()
    assert contingency_table(LABELS, ASSIGNMENTS.astype(np.uint8), 4).tolist() == TABLE.tolist()


def test_a_table_of_many_clusters_does_not_overflow():
    """Cluster 30 times 10 labels is more than a byte holds."""
    table = contingency_table([9], np.array([30], dtype=np.uint8), 31)
    assert table.shape == (31, 10) and table[30, 9] == table.sum() == 1


def test_the_two_purities_differ_when_clusters_differ_in_size():
    assert purity(TABLE) == (3 + 1 + 1) / 7
    assert mean_cluster_purity(TABLE) == (3 / 4 + 1 / 2 + 1 / 1) / 3  # of the clusters with points


def test_the_two_purities_agree_when_clusters_are_equally_large():
    table = of_ten([[3, 1], [2, 2], [0, 4]])
    assert purity(table) == mean_cluster_purity(table) == (3 + 2 + 4) / 12


def test_purities_of_pure_clusters_and_of_lists():
    pure = of_ten([[5, 0], [0, 1]]).tolist()
    assert purity(pure) == mean_cluster_purity(pure) == 1


@pytest.mark.parametrize(
    "table",
    [
        *(np.zeros((2, 10), int), -of_ten([[1, 2]]), of_ten([[1, 2]]) / 2, of_ten([[1, 2]]).T),
        *([], [[]], [1, 2], [[1, 2]], [[1], [1, 2]], [["a"]], np.nan),
    ],
)
def test_purities_of_no_table_are_refused(table):
    for measure in (purity, mean_cluster_purity):
        with pytest.raises(InputError, match=r"a contingency table (has|holds|must make)"):
            measure(table)


def test_the_error_rate_is_the_share_of_wrong_predictions():
    assert error_rate([1, 2, 3, 4], [1, 2, 4, 3]) == 0.5
    assert error_rate(LABELS, LABELS) == 0
    assert error_rate(LABELS, np.full(7, NO_LABEL)) == 1  # an empty cluster names no digit


def test_the_majority_names_the_cluster():
    labels = majority_labels(ASSIGNMENTS, LABELS, 4)
    assert labels.tolist() == [3, 5, NO_LABEL, 9]  # cluster 1 is a tie: the lowest digit


def test_a_cluster_of_zeros_is_not_an_empty_one():
    assert majority_labels([0, 0], [0, 0], 2).tolist() == [0, NO_LABEL]


def test_classify_gives_the_label_of_the_nearest_centroid():
    centroids = np.array([[0.0, 0.0], [4.0, 4.0], [9.0, 9.0]])
    images = np.array([[1, 0], [8, 8], [2, 2], [4, 5]], dtype=np.uint8)
    assert classify(images, centroids, np.array([7, 1, 7])).tolist() == [7, 7, 7, 1]
    assert classify(images, centroids.tolist(), [7, NO_LABEL, 2]).tolist() == [7, 2, 7, NO_LABEL]


@pytest.mark.parametrize(
    "labels, assignments, k, message",
    [
        ([3, 10], [0, 0], 2, r"labels must lie in 0 \.\. 9; number 1 of them is 10"),
        ([-1, 3], [0, 0], 2, r"labels must lie in 0 \.\. 9; number 0 of them is -1"),
        ([3, 3], [0, 2], 2, r"assignments must lie in 0 \.\. 1; number 1 of them is 2"),
        ([3, 3], [-1, 0], 2, r"assignments must lie in 0 \.\. 1; number 0 of them is -1"),
        ([3, 3], [0], 2, "equally many, at least one; got 2 and 1"),
        (np.array([], int), np.array([], int), 2, "equally many, at least one; got 0 and 0"),
        ([], [], 2, "labels must be a row of whole numbers; got float64"),
        ([3.0, 3.0], [0, 0], 2, "labels must be a row of whole numbers; got float64"),
        ([[3, 3]], [0, 0], 2, r"labels must be a row of whole numbers; .*\(1, 2\)"),
        ([[3], [3, 3]], [0, 0], 2, "labels must make one array, its rows equally long"),
        ([3, 3], ["a", "b"], 2, "assignments must be a row of whole numbers; got <U1"),
        ([3], [0], 0, "k, the number of clusters, must be a whole number from 1 up; got 0"),
        ([3], [0], 2.0, "must be a whole number from 1 up; got 2.0"),
        ([3], [0], None, "must be a whole number from 1 up; got None"),
    ],
)
def test_labels_and_assignments_that_do_not_fit_are_refused(labels, assignments, k, message):
    with pytest.raises(InputError, match=message):
        contingency_table(labels, assignments, k)
    with pytest.raises(InputError, match=message):
        majority_labels(assignments, labels, k)


@pytest.mark.parametrize(
    "true, predicted, message",
    [
        (
            [1, 2],
            [1],
            "true labels and predictions must be equally many, at least one; got 2 and 1",
        ),
        (np.array([], int), np.array([], int), "at least one; got 0 and 0"),
        ([[1, 2]], [[1, 2]], "true labels must be a row of whole numbers"),
        ([1, 2], [[1], [2]], "predictions must be a row of whole numbers"),  # would broadcast
        ([1, 2], [1.0, np.nan], "predictions must be a row of whole numbers; got float64"),
        (3, 3, "true labels must be a row of whole numbers"),
    ],
)
def test_predictions_that_do_not_fit_are_refused(true, predicted, message):
    with pytest.raises(InputError, match=message):
        error_rate(true, predicted)


@pytest.mark.parametrize(
    "images, centroids, labels, message",
    [
        ([[0, 0]], [[0, 0], [1, 1]], [5], "there are 2 centroids but 1 labels"),
        ([[0, 0]], [[0, 0]], [[5]], "centroid_labels must be a row of whole numbers"),
        ([[0, 0]], [[0, 0]], ["five"], "centroid_labels must be a row of whole numbers"),
        ([[0, 0]], [[0]], [5], "centroids with 1 columns do not fit points with 2"),
        ([0, 0], [[0, 0]], [5], "points must be a table of rows and columns"),
        ([[0, 0]], 5, [5], r"centroids must be a table .* got shape \(\)"),
    ],
)
def test_centroids_that_do_not_fit_are_refused(images, centroids, labels, message):
    with pytest.raises(InputError, match=message):
        classify(images, centroids, labels)


def best_matching(table):
    """Return the share matched by the best of all ways to name the clusters, by trying them all."""
    k, columns = len(table), [label for label in range(10) if table[:, label].any()]
    names = columns + [None] * k  # a cluster may stay without a name
    ways = itertools.permutations(names, k)
    return max(
        sum(table[row, name] for row, name in enumerate(way) if name is not None) for way in ways
    ) / int(table.sum())


def test_matching_gives_each_label_to_one_cluster_only():
    assert matching_accuracy(TABLE) == (3 + 1 + 1) / 7
    split = np.zeros((3, 10), dtype=int)
    split[:, 1] = 5, 4, 3
    split[2, 7] = 2
    assert matching_accuracy(split) == (5 + 2) / 14
    assert purity(split) == 12 / 14


@pytest.mark.parametrize("seed", range(8))
def test_matching_finds_the_best_of_all_ways(seed):
    table = np.zeros((4, 10), dtype=np.int64)
    raw = np.random.PCG64(seed).random_raw(16).reshape(4, 4)
    table[:, [0, 3, 7, 9]] = (raw % 20).astype(np.int64)
    assert matching_accuracy(table) == best_matching(table)


def test_information_and_pairs_of_known_tables():
    """The values of a small table, counted by hand: 6 points, clusters of 4 and 2, labels of 3 and 3."""
    table = np.zeros((2, 10), dtype=int)
    table[0, :2], table[1, :2] = (3, 1), (0, 2)
    clusters = -(4 / 6 * np.log(4 / 6) + 2 / 6 * np.log(2 / 6))
    mutual = (
        3 / 6 * np.log(3 * 6 / (4 * 3))
        + 1 / 6 * np.log(6 / (4 * 3))
        + 2 / 6 * np.log(2 * 6 / (2 * 3))
    )
    assert normalized_mutual_information(table) == pytest.approx(
        mutual / ((clusters + np.log(2)) / 2)
    )
    # pairs together: 4 in both, 7 in clusters, 6 in labels, 15 in all
    assert adjusted_rand_index(table) == pytest.approx(
        (4 - 7 * 6 / 15) / ((7 + 6) / 2 - 7 * 6 / 15)
    )


@pytest.mark.parametrize(
    "measure", [matching_accuracy, normalized_mutual_information, adjusted_rand_index]
)
def test_agreement_is_one_for_the_right_clusters_in_any_order_and_tables_are_checked(measure):
    assert measure(np.eye(10, dtype=int)[::-1] * 7) == pytest.approx(1)
    assert measure(np.eye(10, dtype=int)[:1] * 7) == 1
    with pytest.raises(InputError):
        measure(np.zeros((3, 10), dtype=int))


def test_the_adjusted_rand_index_compares_two_clusterings_too():
    one, other = np.repeat([0, 1, 2], 4), np.tile([0, 1], 6)
    for second, k in [(one, 3), (other, 2)]:
        table = np.zeros((3, k), dtype=int)
        np.add.at(table, (one, second), 1)
        a, b = ((each[:, None] == each)[np.triu_indices(12, 1)] for each in (one, second))
        by_chance = a.mean() * b.mean()
        wanted = (np.mean(a & b) - by_chance) / ((a.mean() + b.mean()) / 2 - by_chance)
        assert adjusted_rand_index(table) == pytest.approx(wanted)
    with pytest.raises(InputError):
        purity(table)


def test_clusters_that_know_nothing_agree_on_nothing():
    table = np.full((10, 10), 50)
    assert normalized_mutual_information(table) == pytest.approx(0, abs=1e-12)
    assert abs(adjusted_rand_index(table)) < 0.01
    assert matching_accuracy(table) == 0.1


def test_the_table_of_two_clusterings_has_a_column_for_each_cluster_of_the_other():
    one, other = [0, 0, 1, 2, 2], [0, 11, 11, 3, 3]
    table = contingency_table(other, one, 3, n_labels=12)
    assert table.shape == (3, 12) and table.sum() == 5
    assert [table[pair] for pair in zip(one, other, strict=True)] == [1, 1, 1, 2, 2]
    assert adjusted_rand_index(contingency_table(one, one, 3, n_labels=3)) == 1
    with pytest.raises(InputError, match=r"labels must lie in 0 \.\. 10; number 1 of them is 11"):
        contingency_table(other, one, 3, n_labels=11)
    with pytest.raises(InputError, match="n_labels must be a whole number from 1"):
        contingency_table(other, one, 3, n_labels=0)
