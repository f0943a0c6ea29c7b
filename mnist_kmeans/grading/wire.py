"""What goes between the grader and a learner's process: plain values as JSON, and nothing that could run.

Whoever reads a message gets numbers, text, arrays and lists of such, whatever the writer had in mind:
no object with methods of its own comes across.
"""

import base64
import itertools
import json
import math
import struct
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from numbers import Real

import numpy as np

LARGEST = 2**28  # bytes of a message
MANY = 10**6  # of what comes one by one without telling how many there are
SIZE = struct.Struct(">Q")
PLAIN = "biufc"  # kinds of numpy's dtypes: booleans, whole numbers, fractions, complex ones
KINDS = f"{PLAIN}US"  # and text


class Garbled(Exception):  # noqa: N818 - what came is at fault, not the program
    """What came is no message."""


def send(stream, message):
    """Write a message, anything that JSON knows."""
    content = json.dumps(message).encode()
    stream.write(SIZE.pack(len(content)) + content)
    stream.flush()


def receive(stream):
    """Return the next message; raises EOFError at the end of the stream, Garbled for what is none."""
    head = stream.read(SIZE.size)
    if len(head) < SIZE.size:
        raise EOFError
    [size] = SIZE.unpack(head)
    if size > LARGEST:
        raise Garbled("what comes back is too large")
    content = stream.read(size)
    if len(content) < size:
        raise EOFError
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise Garbled("what comes back cannot be read") from error


class Thing:
    """Something that stays where it is: here is only its number, and what it is called there."""

    def __init__(self, number):
        self.number = number

    def __eq__(self, another):
        return isinstance(another, Thing) and self.number == another.number

    def __hash__(self):
        return hash(self.number)


def thing(kind, number=None):
    """Return a Thing whose type is called `kind`."""
    return type(kind, (Thing,), {})(number)


def pack(value, keep=lambda value: None):
    """Return a value as what JSON knows.

    `keep` gets each object that cannot go and returns a number for it, or None when it is only named.
    """
    if value is None or isinstance(value, (bool, str)) or type(value) is float:
        return value
    if isinstance(value, int):
        whole = int(value)
        return whole if whole.bit_length() < 4096 else float("inf")
    if value is ...:
        return {"kind": "ellipsis"}
    if isinstance(value, (bytes, bytearray)):
        return {"kind": "bytes", "data": base64.b64encode(value).decode()}
    if isinstance(value, Thing):
        return {"kind": "thing", "number": value.number, "type": type(value).__name__}
    if callable(value) and (number := keep(value)) is not None:
        return {"kind": "function", "number": number}
    if hasattr(value, "__array__"):
        return pack_array(np.asarray(value), keep)
    if isinstance(value, Real):
        return float(value)
    for kind, types in {"tuple": tuple, "list": Sequence, "set": AbstractSet}.items():
        if isinstance(value, types):
            return {"kind": kind, "items": [pack(each, keep) for each in value]}
    if isinstance(value, Mapping):
        pairs = [[pack(each, keep) for each in pair] for pair in value.items()]
        return {"kind": "dict", "items": pairs}
    if (number := keep(value)) is None and hasattr(value, "__iter__"):
        items = [pack(each, keep) for each in itertools.islice(value, MANY)]
        return {"kind": "iterator", "items": items}
    return {"kind": "thing", "number": number, "type": type(value).__name__}


def pack_array(array, keep):
    """Return an array as what JSON knows; one of objects goes as lists."""
    if array.dtype.kind not in KINDS or (array.dtype.itemsize > 16 and array.dtype.kind in PLAIN):
        return pack(array.tolist(), keep)
    array = np.ascontiguousarray(array).reshape(array.shape)  # keeps a shape without axes
    data = base64.b64encode(array.tobytes()).decode()
    return {"kind": "array", "dtype": array.dtype.str, "shape": array.shape, "data": data}


def unpack(packed, find=None):
    """Return the value that was packed, or raise Garbled.

    `find` turns the number of something that is kept here into it; what is only named becomes a Thing.
    """
    try:
        return unpacked(packed, find)
    except (
        AttributeError,
        KeyError,
        OverflowError,
        RecursionError,
        TypeError,
        ValueError,
    ) as error:
        raise Garbled("what comes back cannot be read") from error


def unpacked(packed, find):
    """Return what `unpack` does; what it raises depends on where the damage is."""
    if packed is None or isinstance(packed, (bool, int, float, str)):
        return packed
    kind = packed["kind"]
    if kind == "ellipsis":
        return ...
    if kind == "bytes":
        return base64.b64decode(packed["data"], validate=True)
    if kind == "array":
        return unpacked_array(packed)
    if kind in {"thing", "function"}:
        number = packed["number"]
        return find(kind, number) if find and number is not None else thing(packed["type"], number)
    items = packed["items"]
    if kind == "dict":
        return {unpacked(key, find): unpacked(value, find) for key, value in items}
    make = {"list": list, "tuple": tuple, "set": set, "iterator": iter}[kind]
    return make([unpacked(each, find) for each in items])


def unpacked_array(packed):
    """Return an array, or raise ValueError for one that is not of plain numbers or of text."""
    dtype, shape = np.dtype(packed["dtype"]), [int(size) for size in packed["shape"]]
    data = base64.b64decode(packed["data"], validate=True)
    if dtype.kind not in KINDS or not dtype.itemsize or min(shape, default=0) < 0:
        raise ValueError
    if math.prod(shape) * dtype.itemsize != len(data):
        raise ValueError
    return np.ndarray(shape, dtype, bytearray(data))[()]
