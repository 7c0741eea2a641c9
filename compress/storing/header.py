"""The JSON part of the file of a Compressed, and the checks that it says what can be."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import prod
from typing import Any

from spikewright.compress.graph.rewrite import Rewrite

_MOST_INPUTS = 1 << 24
_MOST = 1 << 40


@dataclass(frozen=True)
class Header:
    """All versions. The first has `bits` of the quantised layers, the second `records` of all layers.

    The third has `weights`, the description of each expression, `arrays`, the lengths of what these name, and `loose` as of
    `Compressed`. `architecture` is a fingerprint; early files have none.
    """

    version: int
    steps: tuple[str, ...]
    rewrites: tuple[Rewrite, ...]
    input_shape: tuple[int, ...] | None
    architecture: str = ""
    bits: Mapping[str, int] = field(default_factory=dict)
    records: Mapping[str, "LayerRecord"] = field(default_factory=dict)
    weights: Mapping[str, Any] = field(default_factory=dict)
    arrays: Mapping[str, int] = field(default_factory=dict)
    loose: frozenset[str] = frozenset()


@dataclass(frozen=True)
class LayerRecord:
    """How the weights of a layer lie in the file: `bits` each, the way of `storage`, the number of `scales` and of weights
    that are `stored`, the bytes of the index, and the `mask`: 0 none, 1 what is not zero, 2 bit by bit.
    """

    bits: int
    storage: str
    scales: int
    stored: int
    index_bytes: int
    mask: int


def parse(found: Any) -> Header:
    """The header in a JSON value of a known version. Raises ValueError, KeyError, TypeError or AttributeError for others."""
    shape = found["input_shape"]
    return Header(
        found["version"],
        tuple(str(step) for step in found["steps"]),
        tuple(_rewrite(change) for change in found["rewrites"]),
        None if shape is None else _shape(shape),
        str(found.get("architecture", "")),
        **_OF_VERSIONS[found["version"]](found),
    )


def _first(found: Any) -> dict[str, Any]:
    return {"bits": {str(path): _integer(width, 2, 8) for path, width in found["bits"].items()}}


def _second(found: Any) -> dict[str, Any]:
    records = {str(path): _record(one) for path, one in found["layers"].items()}
    for record in records.values():
        _integer(record.bits, 2, 8 if record.bits != 32 else 32)
    return {"records": records}


def _third(found: Any) -> dict[str, Any]:
    return {
        "weights": {str(path): told for path, told in found["weights"].items()},
        "arrays": {str(name): _integer(length, 0, _MOST) for name, length in found["arrays"].items()},
        "loose": frozenset(str(path) for path in found["loose"]),
    }


_OF_VERSIONS = {1: _first, 2: _second, 3: _third}


def _record(values: Any) -> LayerRecord:
    bits, storage, *counts = values
    scales, stored, index, mask = (_integer(value, 0, _MOST) for value in counts)
    return LayerRecord(_integer(bits, 2, 32), str(storage), scales, stored, index, _integer(mask, 0, 2))


def _integer(value: Any, low: int, high: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ValueError(f"{value!r} where an integer from {low} to {high} belongs")
    return value


def _shape(values: Any) -> tuple[int, ...]:
    shape = tuple(_integer(value, 1, _MOST_INPUTS) for value in values[:5])
    if len(values) not in range(1, 5) or prod(shape) > _MOST_INPUTS:
        raise ValueError(f"an input shape of {shape}")
    return shape


def _rewrite(change: Any) -> Rewrite:
    op, target, levels, *made = (
        change if isinstance(change, list) else (change["op"], change["target"], change["levels"])
    )
    return Rewrite(str(op), str(target), _integer(levels, 0, 1 << 16), *_texts(made))


def _texts(values: Any) -> tuple[str, ...]:
    """The text of a layer that stands in, where there is one."""
    if len(values) > 1 or not all(isinstance(value, str) for value in values):
        raise ValueError(f"{values!r} where the text of one layer belongs")
    return tuple(values)
