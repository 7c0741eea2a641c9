"""Models go in, compressed or not, and both cores of each come out, on the same terms."""

import json
from pathlib import Path

import pytest
import torch

from spikewright import InvalidInput, prune
from spikewright.compress import PruneSettings
from spikewright.experiments.costs.techniques import compression_costs
from spikewright.hardware import EqualTerms
from spikewright.hardware.costs.core_cost import FORMAL, SPIKE, CoreCost, CoreRefusal
from tests.experiments.costs.test_both_cores import SAMPLES, model

RESULTS = Path(__file__).parents[3] / "docs" / "results"
LABELS = torch.arange(16) % 4


def test_blocks_save_memory_and_cycles_in_both_cores() -> None:
    blocks = prune(model(), 0.7, settings=PruneSettings(pattern="channel-block", block=8, scope="layer", spare=("0",)))
    found = compression_costs(
        {"dense": model(), "blocks": blocks}, SAMPLES, (SAMPLES, LABELS), terms=EqualTerms(lanes=4, timed=2)
    )
    for core in (SPIKE, FORMAL):
        before, after = found.of("dense", core), found.of("blocks", core)
        assert isinstance(before, CoreCost)
        assert isinstance(after, CoreCost)
        for name in ("weight_memory_bits", "latency_cycles"):
            assert after.measures[name] < before.measures[name]
    assert "saves" in found.verdicts["blocks"]
    assert "spikes over 7 steps against activations of 8 levels" in found.head


def test_a_model_without_a_spiking_form_is_a_row() -> None:
    odd = torch.nn.Sequential(
        torch.nn.Flatten(), torch.nn.Linear(64, 8), torch.nn.Softplus(), torch.nn.Linear(8, 4)
    ).eval()
    found = compression_costs({"odd": odd}, SAMPLES, (SAMPLES, LABELS))
    assert all(isinstance(found.of("odd", core), CoreRefusal) for core in (SPIKE, FORMAL))
    assert "There is no spike core" in found.verdicts["odd"]


def test_no_models_are_refused() -> None:
    with pytest.raises(InvalidInput, match="at least one model"):
        compression_costs({}, SAMPLES, (SAMPLES, LABELS))


@pytest.mark.parametrize("network", ["lenet64-mnist", "lenet64-fashion"])
def test_pruned_networks_of_the_zoo_save_a_spike_core_cycles(network: str) -> None:
    """As measured on their test sets: a tenth of the additions costs at most a fifth of the dense cycles, 1 of 8 a third."""
    measured = json.loads((RESULTS / "costs.json").read_text())["costs"][network]["rows"]
    cycles = {row["technique"]: row["latency_cycles"] for row in measured if row["core"] == "spike core"}
    (by_additions,) = (value for technique, value in cycles.items() if "by additions" in technique)
    assert by_additions <= cycles["dense, 8 bits"] / 5
    assert cycles["1 of 8 left"] <= cycles["dense, 8 bits"] / 3
