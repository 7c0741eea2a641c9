"""Expressions in files: arrays of bytes by name, and a description in JSON. Reading runs no code.

Integers are packed at their width, real numbers are little-endian, a mask is the index of its layout: what `encode` packs are
the bits that `spikewright.weights.bits` counts, each array filled up to whole bytes.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright.weights.choosing import named_layout
from spikewright.weights.errors import InvalidWeights
from spikewright.weights.expression import NODES, Expression, Shape
from spikewright.weights.factors import count
from spikewright.weights.leaves import Leaf, Seeded
from spikewright.weights.masks import Mask
from spikewright.weights.packing import as_signed, pack, size, unpack

Bytes = NDArray[np.uint8]
Json = dict[str, Any]
LARGEST = 2**28
"""Most numbers of one node that are unfolded from a file: 1 GiB in float32."""
_WHOLE = [f"{kind}{width}" for kind in ("int", "uint") for width in (8, 16, 32, 64)]
_TYPES = (*_WHOLE, "float16", "float32", "float64")


def encode(e: Expression, place: str = "") -> tuple[Json, dict[str, Bytes]]:
    """The description of `e`, and its arrays of bytes by the names that the description gives, all beginning with `place`."""
    arrays: dict[str, Bytes] = {}
    return _described(e, place, arrays), arrays


def decode(description: Any, arrays: Mapping[str, Any]) -> Expression:
    """The expression that `encode` described. Raises InvalidWeights, in a sentence, for anything that it cannot have written.

    Sizes are checked before anything is unpacked: no node has more than 2**28 numbers.
    """
    try:
        made = _made(description, arrays)
    except InvalidWeights:
        raise
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError, RecursionError) as error:
        raise InvalidWeights(
            f"expected weights as encode wrote them, got: {type(error).__name__} {_short(error)}"
        ) from error
    if not isinstance(made, Expression):
        raise InvalidWeights(f"expected weights as encode wrote them, got {type(made).__name__}")
    return made


def array_names(description: Any) -> set[str]:
    """The names of all arrays that a description mentions."""
    if isinstance(description, dict):
        own = {description["bytes"]} if isinstance(description.get("bytes"), str) else set()
        return own.union(*(array_names(value) for value in description.values()))
    return set().union(*map(array_names, description)) if isinstance(description, list) else set()


def _described(e: Any, place: str, arrays: dict[str, Bytes]) -> Any:
    if isinstance(e, Leaf):
        arrays[place] = _packed(e)
        return {"node": "Leaf", "shape": list(e.shape), "type": e.array.dtype.name, **_alphabet(e), "bytes": place}
    if isinstance(e, Mask):
        arrays[place] = e.way.index(e.places, e.extents)
        return {"node": "Mask", "shape": list(e.extents), "layout": e.layout, "stored": len(e.places), "bytes": place}
    if isinstance(e, Expression):
        parts = {name: _described(value, f"{place}/{name}" if place else name, arrays) for name, value in e.parts()}
        return {"node": type(e).__name__, **parts}
    return [_described(one, f"{place}/{n}", arrays) for n, one in enumerate(e)] if isinstance(e, tuple) else e


def _made(told: Any, arrays: Mapping[str, Any]) -> Any:
    if isinstance(told, list):
        return tuple(_made(one, arrays) for one in told)
    if not isinstance(told, dict):
        return told
    kind = told["node"]
    if kind == "Leaf":
        return _leaf(told, arrays)
    if kind == "Mask":
        return _mask(told, arrays)
    if kind not in NODES:
        raise InvalidWeights(f"expected a node out of {', '.join(NODES)}, got {_short(kind)}; try a newer version")
    if kind == Seeded.__name__:
        _extents(told["extents"])
    made = NODES[kind](**{str(name): _made(value, arrays) for name, value in told.items() if name != "node"})
    _extents(list(made.shape))
    return made


def _alphabet(leaf: Leaf) -> Json:
    """The width of words that have all values of it, else the number of values; nothing for real numbers."""
    whole = leaf.alphabet == 1 << leaf.word_bits
    return {} if leaf.real else {"bits": leaf.word_bits} if whole else {"alphabet": leaf.alphabet}


def _packed(leaf: Leaf) -> Bytes:
    array = np.ascontiguousarray(leaf.array).reshape(-1)
    if leaf.real:
        return np.frombuffer(array.astype(array.dtype.newbyteorder("<")).tobytes(), np.uint8)
    return pack(array, leaf.word_bits)


def _leaf(told: Mapping[str, Any], arrays: Mapping[str, Any]) -> Leaf:
    shape, kind = _extents(told["shape"]), told["type"]
    if kind not in _TYPES:
        raise InvalidWeights(f"expected numbers of a type out of {', '.join(_TYPES)}, got {_short(kind)}")
    dtype, number = np.dtype(kind), count(shape)
    if dtype.kind == "f":
        packed = _bytes(told, arrays, number * dtype.itemsize)
        return Leaf(np.frombuffer(packed.tobytes(), dtype.newbyteorder("<")).astype(dtype).reshape(shape))
    most = 8 * dtype.itemsize
    alphabet = 1 << _whole(told["bits"], 0, most) if "bits" in told else _whole(told["alphabet"], 1, 2**most)
    width = (alphabet - 1).bit_length()
    words = unpack(_bytes(told, arrays, size(number * width)), width, number)
    return Leaf((as_signed(words, width) if dtype.kind == "i" else words).astype(dtype).reshape(shape), alphabet)


def _mask(told: Mapping[str, Any], arrays: Mapping[str, Any]) -> Mask:
    shape = _extents(told["shape"])
    stored = _whole(told["stored"], 0, count(shape))
    way = named_layout(str(told["layout"]))
    length = sum(size(words * width) for words, width in way.index_sizes(shape, stored))
    places = np.sort(way.read_index(_bytes(told, arrays, length), shape, stored))
    return Mask(shape, places, way.name)


def _bytes(told: Mapping[str, Any], arrays: Mapping[str, Any], length: int) -> Bytes:
    """The array of a description. Raises InvalidWeights unless it is bytes, as many as they must be."""
    found = arrays.get(told["bytes"])
    if found is None:
        raise InvalidWeights(f"expected the array {_short(told['bytes'])}, got none of that name")
    array = np.asarray(found)
    if array.dtype != np.uint8 or array.shape != (length,):
        raise InvalidWeights(f"expected {length} bytes in {_short(told['bytes'])}, got {array.dtype} {array.shape}")
    return array


def _extents(shape: Any) -> Shape:
    extents = tuple(_whole(one, 0, LARGEST) for one in shape) if isinstance(shape, list) and len(shape) <= 8 else None
    if extents is None or count(extents) > LARGEST:
        raise InvalidWeights(f"expected a shape of at most {LARGEST} numbers, got {_short(shape)}")
    return extents


def _whole(value: Any, low: int, high: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise InvalidWeights(f"expected a whole number from {low} to {high}, got {_short(value)}")
    return value


def _short(value: object) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= 80 else f"{text[:77]}..."
