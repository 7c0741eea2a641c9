"""Networks of two phases: pre-steps count, and other networks are refused."""

from functools import cache
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from spikewright import InvalidInput, InvalidNetwork
from spikewright.compress import QuantizedReLU
from spikewright.conversion import Cos, Rate, Srp, convert, two_phase
from spikewright.snn import Network, simulate
from spikewright.snn.running import TwoPhase
from tests.conversion.architectures import CASES, build, images


@pytest.fixture(scope="module")
def lenet() -> tuple[Network, np.ndarray]:
    case = CASES["lenet"]
    return convert(build(case), images(case, 40), Rate(6, calibration=None)), images(case, 9, 3).numpy()


@pytest.mark.parametrize("method", [Srp(2), Cos(2)])
def test_pre_steps_count_as_steps_spikes_and_operations(lenet: Any, method: Any) -> None:
    network, x = lenet
    plain, both = simulate(network, x), two_phase(network, x, method)
    assert both.steps == network.steps + 2 and (both.decision_step == both.steps).all()
    assert not both.logits_over_time[:2].any()
    first, *_ = network.projections
    assert (both.synaptic_operations[first.name] >= plain.synaptic_operations[first.name]).all()
    name = network.populations[1].name
    early = simulate(network, x, steps=2).spikes[name]
    assert (both.spikes[name] >= early).all() and both.spikes[name].sum() > plain.spikes[name].sum()


def test_two_phases_need_a_plain_network(lenet: Any) -> None:
    network, x = lenet
    case = CASES["lenet"]
    layerwise = convert(build(case), images(case), Rate(4, schedule="layerwise"))
    for wrong in (network.to_fixed(), layerwise):
        with pytest.raises(InvalidNetwork, match="IF neurons"):
            two_phase(wrong, x, Srp(2))
    with pytest.raises(InvalidInput, match="pre-steps"):
        two_phase(network, x, Cos(7))
    with pytest.raises(InvalidInput, match="Srp"):
        two_phase(network, x, 4)


SAMPLES = torch.rand(48, 1, 6, 6, generator=torch.Generator().manual_seed(0))


@cache
def model(levels: int | None = None) -> nn.Module:
    """Two convolutions and a layer that answers, activations of `levels` or ReLUs."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        act = [nn.ReLU() if levels is None else QuantizedReLU(levels, 1.0) for _ in range(2)]
        made = nn.Sequential(nn.Conv2d(1, 4, 3), act[0], nn.Conv2d(4, 6, 3), act[1], nn.Flatten(), nn.Linear(24, 5))
        with torch.no_grad():
            for layer in (made[0], made[2], made[5]):
                layer.weight.mul_(1.5)
                layer.bias.uniform_(-0.1, 0.2)
        return made.eval()


@pytest.mark.parametrize("method", [Srp(3), Cos(3)])
def test_two_phases_find_their_method(method: Any) -> None:
    network = convert(model(), SAMPLES, Rate(12, residual=method))
    assert network.run.phases == TwoPhase(type(method).__name__.lower(), 3)  # type: ignore[arg-type]
    same = two_phase(network, SAMPLES).logits
    assert np.array_equal(same, two_phase(network, SAMPLES, method).logits)
    with pytest.raises(InvalidInput, match="for which the network was converted"):
        two_phase(network, SAMPLES, type(method)(2))
    with pytest.raises(InvalidInput, match="one phase"):
        two_phase(convert(model(), SAMPLES, Rate(12)), SAMPLES)


def test_two_phases_of_a_network_that_has_none() -> None:
    for ending in (
        nn.Sequential(*model()[:4], nn.Flatten()),
        nn.Sequential(*model()[:2], nn.MaxPool2d(2), nn.Flatten()),
    ):
        with pytest.raises(InvalidNetwork, match="without residual="):
            convert(ending, SAMPLES, Rate(12, residual=Srp(3)))
