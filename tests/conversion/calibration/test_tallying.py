"""The compiled law of a calibration is that of the twin, for every drive and every schedule."""

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from spikewright.conversion import Rate, convert
from spikewright.conversion.calibration.layer_run import LayerRun, Start
from spikewright.conversion.calibration.tallying import is_compiled, is_plain
from spikewright.snn import IF, LIF, Burst, LatchedIF, Network, SignedIF, TernaryIF
from tests.conversion.architectures import seq

RECIPES = {
    "synchronous": Rate(9, calibration=None),
    "layerwise": Rate(9, schedule="layerwise", calibration=None),
    "one step": Rate(1, calibration=None),
}


def network_of(recipe: Rate) -> tuple[Network, Tensor]:
    """Two populations behind each other, the second with thresholds of both signs."""
    torch.manual_seed(0)
    model = seq(nn.Conv2d(1, 3, 3), nn.ReLU(), nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(64, 3)).eval()
    x = torch.rand(20, 1, 8, 8)
    network = convert(model, x, recipe)
    second = network.order[2]
    neuron: Any = second.neuron
    signed = replace(second, neuron=TernaryIF(neuron.threshold, neuron.threshold))
    return replace(network, populations=tuple(signed if p is second else p for p in network.populations)), x


@pytest.mark.parametrize("name", RECIPES)
def test_the_compiled_law_is_that_of_the_twin(name: str) -> None:
    network, x = network_of(RECIPES[name])
    flow = LayerRun(network, x, {})
    with torch.no_grad():
        for population in network.order[1:-1]:
            assert is_compiled(population.neuron)
            drive = flow.drive(population, slice(0, 20))
            answer, slow = flow.answer(population, drive), flow._stepped(population, drive, Start())
            assert torch.equal(answer.sent, slow.sent) and torch.equal(answer.potential, slow.potential)
            assert torch.equal(flow.rate(population, drive), answer.rate)
            flow.run(population)


def test_which_neurons_are_compiled() -> None:
    assert is_plain(IF(1.0)) and is_compiled(IF(1.0))
    assert is_compiled(TernaryIF(1.0, 2.0)) and not is_plain(TernaryIF(1.0, 2.0))
    others = IF(1.0, reset="zero"), IF(1.0, refractory=2), LIF(1.0, 0.5), Burst(1.0, 3), SignedIF(1.0), LatchedIF(1.0)
    assert not any(is_plain(neuron) or is_compiled(neuron) for neuron in others)
