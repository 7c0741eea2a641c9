"""One decision: the footprint, the network, the cost model, the core and the faults see the same memories of a layer."""

import copy
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from spikewright.compress import Compressed
from spikewright.conversion import Rate, convert
from spikewright.hardware import export, time_multiplexed
from spikewright.hardware.model.weight_memory import stored
from spikewright.robustness.corruptions.bitflips import flip_compressed
from spikewright.snn import Network, WeightBitFlips, with_faults
from spikewright.weights import (
    Expression,
    Leaf,
    Lookup,
    Mask,
    Masked,
    Scaled,
    bits,
    codebook,
    compact,
    leaves,
    unscaled,
)

SHAPE = (16, 24)
SCALE = np.linspace(0.5, 1.5, SHAPE[0]).astype(np.float32) / 8
RANDOM = np.random.default_rng(3)
CODES = RANDOM.integers(1, 8, SHAPE).astype(np.int8) * RANDOM.choice([-1, 1], SHAPE).astype(np.int8)
SPARSITIES = (0.0, 0.03, 0.1, 0.3, 0.45, 0.5, 0.55, 0.7, 0.9, 0.97)


def pruned(kept: np.ndarray) -> Expression:
    return Scaled(compact(CODES * kept, alphabet=16), SCALE)


def shared(integers: bool, kept: np.ndarray | None = None) -> Expression:
    table = np.array([-7, -3, 0, 2, 7], np.int8) if integers else np.array([-0.5, -0.125, 0.0, 0.25, 0.5], np.float32)
    index = RANDOM.integers(0, 5, SHAPE)
    if kept is None:
        made = codebook(index, table)
    else:
        mask = Mask.of(kept, 3)
        made = Masked(mask, codebook(index.reshape(-1)[mask.places], table))
    return Scaled(made, SCALE) if integers else made


def groups(n: int, m: int) -> np.ndarray:
    order = RANDOM.random((SHAPE[0], SHAPE[1] // m, m)).argsort(2)
    return (order < n).reshape(SHAPE)


BLOCKS = np.repeat(RANDOM.random((2, SHAPE[1])) < 0.4, 8, axis=0)
CASES: dict[str, Expression] = {
    **{f"{share:.0%} pruned": pruned(RANDOM.random(SHAPE) >= share) for share in SPARSITIES},
    "blocks of 8": pruned(BLOCKS),
    "2 of 4 inputs": pruned(groups(2, 4)),
    "1 of 8 inputs": pruned(groups(1, 8)),
    "codebook of integers": shared(True),
    "codebook of real numbers": shared(False),
    "pruned codebook": shared(True, groups(2, 4)),
    "hashed": Scaled(
        Lookup(Leaf(np.array([-3, 1, 2], np.int8)), codebook(RANDOM.integers(0, 3, SHAPE), np.zeros(3)).index), SCALE
    ),  # type: ignore[attr-defined]
}


def model_of(e: Expression) -> Compressed:
    model = nn.Sequential(nn.Linear(SHAPE[1], SHAPE[0], bias=False), nn.ReLU(), nn.Linear(SHAPE[0], 3))
    with torch.no_grad():
        model[0].weight.copy_(torch.tensor(e.values()))  # type: ignore[operator]
    return Compressed(copy.deepcopy(model).eval(), {"0": e})


def network_of(e: Expression) -> Network:
    return convert(model_of(e), torch.rand(8, SHAPE[1], generator=torch.Generator().manual_seed(0)), Rate(steps=3))


def without_scale(e: Expression) -> Expression:
    return unscaled(e)[0]


@pytest.mark.parametrize("name", CASES)
def test_footprint_network_and_cost_count_the_same_bits(name: str) -> None:
    e = CASES[name]
    row = model_of(e).footprint.layers[0]
    projection = network_of(e).projections[0]
    weights: Any = projection.synapse
    memory = stored(projection, SHAPE[1])
    assert without_scale(weights.weights).told == without_scale(e).told
    held = bits(without_scale(e))
    assert row.weight_bits + row.index_bits == held == bits(without_scale(weights.weights))
    assert memory.total_bits - memory.pointer_bits == held


@pytest.mark.parametrize("name", CASES)
def test_a_core_holds_the_memories_that_are_counted(name: str, tmp_path: Path) -> None:
    network = network_of(CASES[name]).to_fixed()
    memory = stored(network.projections[0], SHAPE[1])
    export(network, time_multiplexed(network), tmp_path / "core")
    core = json.loads((tmp_path / "core" / "core.json").read_text())
    written = sum(_bits(one) for one in _memories(core["projections"][0]["synapse"]["weights"]))
    assert written == memory.total_bits - memory.pointer_bits


@pytest.mark.parametrize("name", [name for name in CASES if "real" not in name])
def test_faults_of_model_and_network_hit_the_same_memories(name: str) -> None:
    """Every bit of the integers is flipped: words of model and network become the same ones."""
    e = CASES[name]
    network = network_of(e)
    fault = WeightBitFlips(0.2, seed=4, projections=(network.projections[0].name,))
    chip: Any = with_faults(network, fault).projections[0].synapse
    flipped = flip_compressed(model_of(e), 0.2, 4).get_submodule("0").weight.detach().numpy()
    scale = unscaled(e)[1]
    assert scale is not None
    np.testing.assert_array_equal(unscaled(chip.weights)[0].values() * scale[:, None], flipped)
    assert [leaf.size for _, _, leaf in leaves(chip.weights)] == [leaf.size for _, _, leaf in leaves(e)]


def _memories(node: Any) -> list[dict[str, Any]]:
    if isinstance(node, dict):
        return [node] if "sha256" in node else [one for part in node.values() for one in _memories(part)]
    return [one for part in node for one in _memories(part)] if isinstance(node, list) else []


def _bits(memory: dict[str, Any]) -> int:
    return int(np.prod(memory["shape"])) * int(memory["bits"])
