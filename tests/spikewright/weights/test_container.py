"""Expressions in files: what is written is small and plain, and what cannot have been written is refused."""

import json
from typing import Any

import numpy as np
import pytest

from spikewright import weights as w
from spikewright.weights.container import unbacked

SMALL = w.Scaled(w.sparse((2, 3), [0, 4], np.array([1, -2], np.int8)), [0.5, 1.0])


def test_integers_are_packed_at_their_width() -> None:
    description, arrays = w.encode(w.Leaf(np.array([1, -2, 3, 0], np.int32)), "here")
    assert description == {"node": "Leaf", "shape": [4], "dtype": "int32", "bits": 3, "bytes": "here"}
    assert arrays["here"].tolist() == [0b00111001, 0b10000000]
    other, _ = w.encode(w.Leaf(np.array([1], np.uint8), 5))
    assert other["alphabet"] == 5


def test_real_numbers_keep_their_bytes() -> None:
    values = np.array([1.5, -0.0, np.pi], ">f8")
    _, arrays = w.encode(w.Leaf(values))
    assert arrays[""].tobytes() == values.astype("<f8").tobytes()


CHANGES: dict[str, tuple[tuple[str, ...], Any, str]] = {
    "no node": (("node",), None, "node"),
    "another node": (("node",), "os.system", "node out of"),
    "a node that is no scale": (("node",), "Signed", "expected"),
    "a list": (("base",), [], "expected"),
    "a number": (("base",), 5, "expected"),
    "too large": (("base", "mask", "shape"), [1 << 20, 1 << 20], "at most"),
    "below zero": (("base", "mask", "shape"), [-2, -3], "whole number"),
    "true": (("base", "mask", "stored"), True, "whole number"),
    "more places than bytes": (("base", "mask", "stored"), 5, "expected"),
    "other layout": (("base", "mask", "layout"), "heap", "layout"),
    "object": (("base", "base", "dtype"), "object", "type out of"),
    "wide": (("base", "base", "bits"), 9, "whole number from 0 to 8"),
    "nowhere": (("scale", "bytes"), "nowhere", "none of that name"),
    "no name": (("scale", "bytes"), ["scale"], "expected"),
    "longer": (("scale", "shape"), [3], "bytes"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_damage_is_refused_in_a_sentence(name: str) -> None:
    path, value, part = CHANGES[name]
    description, arrays = w.encode(SMALL)
    told: Any = json.loads(json.dumps(description))
    inside = told
    for key in path[:-1]:
        inside = inside[key]
    inside[path[-1]] = value
    with pytest.raises(w.InvalidWeights, match=part) as caught:
        w.decode(told, arrays)
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 300


@pytest.mark.parametrize("told", [None, 3, "Leaf", [], {}, {"node": []}, {"node": "Leaf"}])
def test_what_is_no_description_is_refused(told: Any) -> None:
    with pytest.raises(w.InvalidWeights, match="expected"):
        w.decode(told, {})


def test_a_deep_description_is_refused() -> None:
    told: Any = {"node": "Leaf", "shape": [1], "dtype": "float32", "bytes": "x"}
    for _ in range(3000):
        told = {"node": "Reshape", "base": told, "extents": [1]}
    with pytest.raises(w.InvalidWeights, match="RecursionError"):
        w.decode(told, {"x": np.zeros(4, np.uint8)})


def test_numbers_without_bytes_are_counted_before_they_are_unfolded() -> None:
    assert unbacked(w.encode(SMALL)[0]) == 6
    hashed = w.Lookup(np.ones(4), w.Seeded(1, (8, 8), 4))
    assert unbacked(w.encode(hashed)[0]) == 64 and unbacked(w.encode(w.Leaf(np.ones(99)))[0]) == 0
    assert w.array_names(w.encode(SMALL, "q")[0]) == {"q/base/mask", "q/base/base", "q/scale"}
