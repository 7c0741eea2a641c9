"""Laws of neurons in torch: what a step leaves, what a gate sends, and gradients that can be derived."""

from dataclasses import replace

import torch

from spikewright.snn import IF, LIF, Burst, Bursts, Direct, Population, QuantReLU, Ramp, RateCode, TtfsCode
from spikewright.snn.twin.network import Twin
from spikewright.snn.twin.neurons import TwinCell, TwinGate, TwinLaw, quantise, saturate
from spikewright.snn.twin.surrogates import Triangle
from tests.snn.every_record import NETWORKS
from tests.snn.twin.small_twins import one_neuron


def law_of(network):
    return TwinLaw(network, torch.float32, Triangle(), detach_reset=False)


def test_ramp_gradient_is_one_inside_the_window_and_zero_outside() -> None:
    x = torch.tensor([[0.25], [0.9]], requires_grad=True)
    logits = Twin(one_neuron(Ramp(0.5), TtfsCode()), engine_values=False)(x)
    assert torch.autograd.grad(logits.sum(), x)[0].flatten().tolist() == [1.0, 0.0]


def test_a_deaf_neuron_keeps_its_potential() -> None:
    network = one_neuron(IF(1.0, refractory=2), RateCode(4))
    cell = TwinCell(law_of(network), network.by_name["h"], 1)
    fired = [cell.step(torch.full((1, 1), 1.25), step).item() for step in range(4)]
    assert fired == [1.0, 0.0, 0.0, 1.0] and cell.potential.item() == 0.5


def test_a_leak_is_lost_before_what_flows_in() -> None:
    network = one_neuron(LIF(9.0, 0.5), RateCode(2))
    cell = TwinCell(law_of(network), network.by_name["h"], 1)
    for step in range(2):
        cell.step(torch.full((1, 1), 2.0), step)
    assert cell.potential.item() == 3.0


def test_a_gate_lets_through_what_one_source_can_send() -> None:
    pooled = NETWORKS["MaxGate"]
    layerwise = replace(pooled, schedule="layerwise", code=Bursts(3, 2))
    name = next(p.name for p in layerwise.populations if p.neuron.compares)
    gate = TwinGate(law_of(layerwise), layerwise.by_name[name])
    gate.most = 2
    assert [gate.step(torch.tensor(5.0)).item() for _ in range(4)] == [2.0, 2.0, 1.0, 0.0]


def test_saturation_is_that_of_the_declared_width() -> None:
    network = one_neuron(IF(1.0), RateCode(2))
    fixed = network.to_fixed(potential_bits=6)
    top = 2 ** (fixed.by_name["h"].potential_bits - 1)
    kept = saturate(law_of(fixed), fixed.by_name["h"], torch.tensor([-1e6, 3.0, 1e6]))
    assert kept.tolist() == [-top, 3.0, top - 1]
    assert saturate(law_of(network), network.by_name["h"], torch.tensor(1e6)).item() == 1e6


def test_levels_are_rounded_half_up() -> None:
    network = one_neuron(QuantReLU(2.0, 0, 3), Direct(1, 255))
    values, potential = quantise(law_of(network), network.by_name["h"], torch.tensor([[-1.0], [0.25], [0.24], [9.0]]))
    assert values.flatten().tolist() == [0.0, 1.0, 0.0, 3.0] and potential.flatten().tolist()[1] == 0.25


def test_a_population_of_bursts_is_known() -> None:
    population = Population("a", (1,), Burst(1.0, 3))
    assert population.neuron.most == 3 and Twin(one_neuron(Burst(1.0, 3), RateCode(3))).law.dtype == torch.float32
