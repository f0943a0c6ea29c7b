"""What may stand for an array of numbers, and what is refused in one line."""

import numpy as np
import pytest

from mnist_kmeans import Digits, contingency_table, kmeans, load_mnist, random_centroids, read_csv
from mnist_kmeans.basics.errors import InputError

WHOLE = np.array([[0, 1], [1, 1], [0, 0], [7, 1]])


class Nullable:
    """As pandas hands over its nullable integers: as objects."""

    def __init__(self, values):
        self.values = values

    def __array__(self, dtype=None, copy=None):
        return np.array(self.values, dtype=object)


@pytest.mark.parametrize(
    ("points", "same"),
    [
        (WHOLE > 0, (WHOLE > 0).astype(int)),
        (Nullable(WHOLE.tolist()), WHOLE),
        (Nullable((WHOLE / 2).tolist()), WHOLE / 2),
        (Nullable([[True, 2], [0, 1.0]]), np.array([[1, 2], [0, 1.0]])),
    ],
    ids=["booleans", "nullable integers", "nullable floats", "mixed"],
)
def test_numbers_in_another_dress_are_the_same_numbers(points, same):
    assert kmeans(points, 2).digest == kmeans(same, 2).digest


def test_booleans_and_objects_stand_for_labels_and_assignments_too():
    labels, assignments = [1, 0, 1], [0, 1, 1]
    table = contingency_table(labels, assignments, 2)
    dressed = contingency_table(np.array(labels) > 0, Nullable(assignments), 2)
    np.testing.assert_array_equal(dressed, table)


@pytest.mark.parametrize(
    ("points", "message"),
    [
        (np.ma.masked_equal(WHOLE, 7), r"points must not be a masked array.*filled"),
        (np.ma.array(WHOLE), "points must not be a masked array"),
        (Nullable([[1, None]]), "points must be integers or floats; got None among them"),
        (Nullable([[1, "two"]]), "got 'two' among them"),
        (Nullable([[1, 2**80]]), "at most 64 bits"),
        (WHOLE.astype(str), "points must be integers or floats; got <U"),
        (WHOLE * 1j, "got complex"),
        ([[1, 2], [3]], "rows equally long"),
    ],
)
def test_what_would_give_a_wrong_answer_is_refused(points, message):
    with pytest.raises(InputError, match=message):
        kmeans(points, 1)


def test_a_masked_array_is_refused_wherever_it_could_come_in():
    masked = np.ma.array([0, 1, 1])
    with pytest.raises(InputError, match="labels must not be a masked array"):
        contingency_table(masked, [0, 1, 1], 2)
    with pytest.raises(InputError, match="init must not be a masked array"):
        kmeans(WHOLE, 2, init=np.ma.array(WHOLE[:2]))


TABLE = np.arange(4000).reshape(40, 100)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: kmeans(WHOLE, TABLE),
            "k, the number of clusters, must be a whole number; got array",
        ),
        (lambda: kmeans(WHOLE, 2, seed=TABLE), "seed must be a whole number from 0 up; got array"),
        (
            lambda: kmeans(WHOLE, 2, algorithm=TABLE),
            "algorithm must be 'fast' or 'lloyd'; got array",
        ),
        (lambda: load_mnist(TABLE), "edition must be 'full' or 'sample'; got array"),
        (lambda: random_centroids(WHOLE, TABLE, 0), "must be a whole number; got array"),
        (lambda: read_csv(TABLE), "a file is named by a text or a Path; got array"),
        (lambda: Digits(np.zeros((2, 784)), None), r"labels must be of shape \(n,\); got object"),
    ],
)
def test_a_wrong_argument_is_told_in_one_line_whatever_it_is(call, message):
    with pytest.raises(InputError, match=message) as told:
        call()
    assert "\n" not in str(told.value) and len(str(told.value)) < 200
