"""Expressions in files: arrays of bytes by name, and a description in JSON. Reading runs no code.

Integers are packed at their width, real numbers are little-endian, a mask is the index of its layout: what `encode` packs are
the bits that `spikewright.weights.bits` counts, each array filled up to whole bytes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright.weights.choosing import named_layout
from spikewright.weights.errors import InvalidWeights
from spikewright.weights.expression import NODES, Expression, Shape
from spikewright.weights.factors import count
from spikewright.weights.leaf import Leaf
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

    Sizes are checked before anything is unpacked: no node has more than 2**28 numbers, or as many as the arrays have bits.
    """
    try:
        most = max(LARGEST, 8 * sum(np.asarray(array).nbytes for array in arrays.values()))
        made = _Arrays(arrays, most).expression(description)
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


def unbacked(description: Any) -> int:
    """How many numbers a description asks for that no bytes stand for: pruned places, and integers that a seed draws."""
    if isinstance(description, list):
        return sum(map(unbacked, description))
    if not isinstance(description, dict):
        return 0
    extents = {"Mask": "shape", "Seeded": "extents"}.get(description.get("node", ""))
    own = count(tuple(description[extents])) if extents else 0
    return own + sum(map(unbacked, description.values()))


def _described(e: Any, place: str, arrays: dict[str, Bytes]) -> Any:
    if isinstance(e, Leaf):
        arrays[place] = _packed(e)
        return {"node": "Leaf", "shape": list(e.shape), "dtype": e.array.dtype.name, **_alphabet(e), "bytes": place}
    if isinstance(e, Mask):
        arrays[place] = e.way.index(e.places, e.extents)
        return {"node": "Mask", "shape": list(e.extents), "layout": e.layout, "stored": len(e.places), "bytes": place}
    if isinstance(e, Expression):
        parts = {name: _described(value, f"{place}/{name}" if place else name, arrays) for name, value in e.parts()}
        return {"node": type(e).__name__, **parts}
    return [_described(one, f"{place}/{n}", arrays) for n, one in enumerate(e)] if isinstance(e, tuple) else e


def _alphabet(leaf: Leaf) -> Json:
    """The width of words that have all values of it, else the number of values; nothing for real numbers."""
    whole = leaf.alphabet == 1 << leaf.word_bits
    return {} if leaf.real else {"bits": leaf.word_bits} if whole else {"alphabet": leaf.alphabet}


def _packed(leaf: Leaf) -> Bytes:
    array = np.ascontiguousarray(leaf.array).reshape(-1)
    if leaf.real:
        return np.frombuffer(array.astype(array.dtype.newbyteorder("<")).tobytes(), np.uint8)
    return pack(array, leaf.word_bits)


@dataclass(frozen=True, eq=False)
class _Arrays:
    """Makes expressions out of these arrays; no node may have more than `most` numbers."""

    arrays: Mapping[str, Any]
    most: int

    def expression(self, told: Any) -> Any:
        """What a description describes: a record, a tuple of records, or a plain value."""
        if isinstance(told, list):
            return tuple(self.expression(one) for one in told)
        if not isinstance(told, dict):
            return told
        kind = told["node"]
        if kind not in NODES:
            raise InvalidWeights(f"expected a node out of {', '.join(NODES)}, got {_short(kind)}; try a newer version")
        if kind in ("Leaf", "Mask"):
            return self.leaf(told) if kind == "Leaf" else self.mask(told)
        if "extents" in told:
            self.extents(told["extents"])
        made = NODES[kind](**{str(name): self.expression(value) for name, value in told.items() if name != "node"})
        self.extents(list(made.shape))
        return made

    def leaf(self, told: Mapping[str, Any]) -> Leaf:
        """A stored array."""
        shape, kind = self.extents(told["shape"]), told["dtype"]
        if kind not in _TYPES:
            raise InvalidWeights(f"expected numbers of a type out of {', '.join(_TYPES)}, got {_short(kind)}")
        dtype, number = np.dtype(kind), count(shape)
        if dtype.kind == "f":
            packed = self.bytes(told, number * dtype.itemsize)
            return Leaf(np.frombuffer(packed.tobytes(), dtype.newbyteorder("<")).astype(dtype).reshape(shape))
        most = 8 * dtype.itemsize
        alphabet = 1 << _whole(told["bits"], 0, most) if "bits" in told else _whole(told["alphabet"], 1, 2**most)
        width = (alphabet - 1).bit_length()
        words = unpack(self.bytes(told, size(number * width)), width, number)
        return Leaf((as_signed(words, width) if dtype.kind == "i" else words).astype(dtype).reshape(shape), alphabet)

    def mask(self, told: Mapping[str, Any]) -> Mask:
        """The places that are stored."""
        shape = self.extents(told["shape"])
        stored, way = _whole(told["stored"], 0, count(shape)), named_layout(str(told["layout"]))
        length = sum(size(words * width) for words, width in way.index_sizes(shape, stored))
        places = np.sort(way.read_index(self.bytes(told, length), shape, stored))
        return Mask(shape, places, way.name)

    def bytes(self, told: Mapping[str, Any], length: int) -> Bytes:
        """The array of a description. Raises InvalidWeights unless it is bytes, as many as they must be."""
        found = self.arrays.get(told["bytes"])
        if found is None:
            raise InvalidWeights(f"expected the array {_short(told['bytes'])}, got none of that name")
        array = np.asarray(found)
        if array.dtype != np.uint8 or array.shape != (length,):
            raise InvalidWeights(f"expected {length} bytes in {_short(told['bytes'])}, got {array.dtype} {array.shape}")
        return array

    def extents(self, shape: Any) -> Shape:
        """A shape that is not too large."""
        listed = isinstance(shape, list) and len(shape) <= 8
        extents = tuple(_whole(one, 0, self.most) for one in shape) if listed else ()
        if not listed or count(extents) > self.most:
            raise InvalidWeights(f"expected a shape of at most {self.most} numbers, got {_short(shape)}")
        return extents


def _whole(value: Any, low: int, high: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise InvalidWeights(f"expected a whole number from {low} to {high}, got {_short(value)}")
    return value


def _short(value: object) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= 80 else f"{text[:77]}..."
