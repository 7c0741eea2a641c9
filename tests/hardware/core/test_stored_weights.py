"""Stored weights as memories of a core, and back."""

from dataclasses import fields, is_dataclass, replace
from pathlib import Path

import numpy as np

from spikewright.hardware import export, hybrid, load_core
from spikewright.snn import sparse
from spikewright.weights import Expression, Masked
from tests.hardware.small_networks import active, perceptron, pruned


def same(one, other) -> bool:
    """The same records holding the same numbers; the width of the machine integers may differ."""
    if is_dataclass(one):
        kept = [f.name for f in fields(one)]
        return type(one) is type(other) and all(same(getattr(one, name), getattr(other, name)) for name in kept)
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(same(a, b) for a, b in zip(one, other, strict=True))
    if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
        return np.array_equal(one, other)
    return one == other


def test_sparse_storage_survives(tmp_path: Path) -> None:
    network = pruned(perceptron((12, 6, 3)), keep=4)
    empty = replace(network.projections[0], synapse=replace(network.projections[0].synapse, weights=nothing((6, 12))))
    network = replace(network, projections=(empty, network.projections[1]))
    export(network, hybrid(network, active(network, {"in": 5})), tmp_path / "core")
    loaded = load_core(tmp_path / "core")[1]
    assert same(loaded, network) and isinstance(loaded.projections[1].synapse.weights, Masked)


def nothing(size: tuple[int, ...]) -> Expression:
    return sparse(size, np.zeros(0, np.int64), np.zeros(0, np.int8))
