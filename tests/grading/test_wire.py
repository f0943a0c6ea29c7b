"""Between the grader and a learner's process goes nothing but plain values."""

import array
import collections
import io
import json
import struct
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from mnist_kmeans.grading import wire


def across(value):
    """Return a value as it arrives on the other side."""
    return wire.unpack(json.loads(json.dumps(wire.pack(value))))


@pytest.mark.parametrize(
    "value",
    [
        *(None, True, 0, -(10**30), 0.1, float("inf"), "text", "", b"\0\xff", ..., [], (), {}),
        *(set(), [1, [2.5, "x"], None], (1, (2,)), {"a": [1], 3: (None,)}, {1, 2}),
    ],
)
def test_plain_values_arrive_as_they_are(value):
    arrived = across(value)
    assert arrived == value and type(arrived) is type(value)


@pytest.mark.parametrize(
    "array",
    [
        np.arange(12, dtype=np.uint8).reshape(3, 4),
        np.arange(12.0).reshape(3, 4).T,
        np.zeros((0, 5)),
        np.float32([0.1, np.nan]),
        np.array([True, False]),
        np.array(["a", "bc"]),
        np.array(7, dtype=np.int16),
        np.arange(3, dtype=">i4"),
    ],
)
def test_arrays_arrive_with_dtype_and_shape(array):
    arrived = across(array)
    assert (arrived.dtype, arrived.shape) == (array.dtype, array.shape)
    assert np.array_equal(arrived, array, equal_nan=array.dtype.kind == "f")
    if array.shape:
        arrived[...] = 0  # it can be changed


@pytest.mark.parametrize(
    ("value", "arrived"),
    [
        (Fraction(1, 4), 0.25),
        (Decimal("0.25"), "Decimal"),
        (range(3), [0, 1, 2]),
        (collections.deque([1, 2]), [1, 2]),
        (array.array("d", [1, 2]), [1.0, 2.0]),
        (np.array([1, "x", None], dtype=object), [1, "x", None]),
        (collections.OrderedDict(a=1), {"a": 1}),
        (collections.namedtuple("P", "x y")(1, 2), (1, 2)),
        (np.float64(0.5), 0.5),
    ],
)
def test_other_values_arrive_as_what_they_mean(value, arrived):
    found = across(value)
    assert (type(found).__name__ if isinstance(found, wire.Thing) else found) == arrived


def test_a_row_that_is_made_as_it_is_read_arrives():
    assert list(across(number**2 for number in range(4))) == [0, 1, 4, 9]


class Everything(np.ndarray):
    """Equal to all that there is."""

    def __eq__(self, other):
        return True

    __hash__ = None


class Any(float):
    def __eq__(self, other):
        return True

    __hash__ = None


class Nothing:
    def __eq__(self, other):
        return True

    __hash__ = None


def test_what_is_equal_to_everything_arrives_as_a_plain_value():
    assert type(across(np.zeros(3).view(Everything))) is np.ndarray
    assert type(across(Any(2))) is float and across(Any(2)) != 3
    arrived = across(Nothing())
    assert arrived != 3 and type(arrived).__name__ == "Nothing"


def test_what_is_kept_comes_back_as_itself():
    kept = [object(), len]
    packed = wire.pack(kept, kept.index)
    assert [each["kind"] for each in packed["items"]] == ["thing", "function"]
    assert wire.unpack(packed, lambda kind, number: kept[number]) == kept


@pytest.mark.parametrize(
    "packed",
    [
        [],
        {},
        {"kind": "object"},
        {"kind": "array", "dtype": "O", "shape": [1], "data": "AAAAAAAAAAA="},
        {"kind": "array", "dtype": "<f8", "shape": [2], "data": "AAAAAAAAAAA="},
        {"kind": "array", "dtype": "<f8", "shape": [-1], "data": "AAAAAAAAAAA="},
        {"kind": "array", "dtype": "no", "shape": [], "data": ""},
        {"kind": "array", "dtype": [], "shape": 3, "data": None},
        {"kind": "array", "dtype": "<U0", "shape": [2**62, 2**62], "data": ""},
        {"kind": "set", "items": [{"kind": "list", "items": []}]},
        {"kind": "thing", "number": None, "type": "a\0b"},
        {"kind": "bytes", "data": "*"},
    ],
)
def test_what_is_no_value_is_garbled(packed):
    with pytest.raises(wire.Garbled):
        wire.unpack(packed)


def frame(content):
    return io.BytesIO(struct.pack(">Q", len(content)) + content)


def test_messages_arrive_and_what_is_none_is_garbled():
    stream = io.BytesIO()
    wire.send(stream, {"a": [1, None]})
    stream.seek(0)
    assert wire.receive(stream) == {"a": [1, None]}
    for content in (b"no", b"\xff", b"[" * 10**5, b"1" * 5000):
        with pytest.raises(wire.Garbled):
            wire.receive(frame(content))
    with pytest.raises(wire.Garbled):
        wire.receive(io.BytesIO(struct.pack(">Q", 2**60)))
    for cut in (b"", b"\0\0", struct.pack(">Q", 9) + b"12"):
        with pytest.raises(EOFError):
            wire.receive(io.BytesIO(cut))
