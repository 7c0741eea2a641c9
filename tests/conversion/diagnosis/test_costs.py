"""What one inference costs, by hand."""

from dataclasses import replace

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from spikewright.compress import QuantizeSettings, TrainSettings, quantize
from spikewright.conversion import Rate, baseline, convert
from spikewright.conversion.diagnosis.costs import inference_cost, number_bits
from spikewright.snn import (
    IF,
    Direct,
    Integrator,
    Linear,
    Network,
    Population,
    Projection,
    QuantReLU,
    Source,
    TernaryIF,
    dense,
    simulate,
)
from spikewright.snn.neurons import Neuron
from tests.conversion.architectures import CASES, build, images

NO_TRAINING = QuantizeSettings(training=TrainSettings(epochs=0))


@given(st.integers(1, 10**6))
def test_bits_are_just_enough(levels: int) -> None:
    assert 2 ** number_bits(levels) >= levels + 1 > 2 ** (number_bits(levels) - 1)


def test_a_number_is_sent_once_and_its_spikes_one_by_one() -> None:
    """Layerwise a count equals the integer: the CNN's operations are those of its non-zero activations."""
    case = CASES["lenet"]
    x = images(case, 16)
    model = quantize(build(case), 4, (x, torch.zeros(16, dtype=torch.int64)), activation_bits=3, settings=NO_TRAINING)
    network = convert(model, x, Rate(7, schedule="layerwise", calibration=None))
    found = baseline(model, network, x)
    one, other = (simulate(n, x.numpy(), record=("rasters",)) for n in (found.network, network))
    for population in found.network.populations[1:-1]:
        values = one.rasters[population.name][0]
        np.testing.assert_array_equal(values, other.rasters[population.name].sum(axis=0))
        assert one.spikes[population.name].sum() == (values > 0).sum()
    assert found.cnn.operations < found.snn.operations


def tiny(neuron: Neuron, code: Direct) -> Network:
    """Four inputs, eight neurons with the weights 1 of every second input, three classes."""
    weights = np.zeros((8, 4), np.float32)
    weights[:, ::2] = 1.0
    populations = (
        Population("input", (4,), Source()),
        Population("a", (8,), neuron),
        Population("b", (3,), Integrator()),
    )
    links = (
        Projection("input", "a", Linear(dense(weights))),
        Projection("a", "b", Linear(dense(np.ones((3, 8), np.int8), np.ones(3)))),
    )
    return Network(populations, links, "input", "b", code)


def test_costs_by_hand() -> None:
    """The image (1, 1, 0, 0) in real numbers: one of its two pixels meets weights, 8 of them; every neuron gets 1 a step."""
    x = np.array([[1, 1, 0, 0]], np.float32)
    snn = tiny(IF(2.0), Direct(6))  # three spikes each
    cost = inference_cost(snn, simulate(snn, x))
    assert (cost.levels, cost.bits) == (7, 3)
    assert (cost.multiply_accumulates, cost.additions) == (8, 3 * 8 * 3)
    assert cost.activations_written_bits == min(8 * 6, 24 * 3)  # dense: one bit for each neuron and step
    assert cost.activations_read_bits == min(4 * 32, 2 * (2 + 32)) + 8 * 6  # the two pixels with their addresses
    assert cost.weights_read_bits == 8 * 32 + 72 * 2  # the integer 1 takes two bits, in two's complement
    assert cost.sums_bits == 2 * 32 * (80 + 6 * (8 + 3))
    cnn = tiny(QuantReLU(1.0, 0, 6), Direct(1))
    cost = inference_cost(cnn, simulate(cnn, x))
    assert (cost.levels, cost.bits) == (7, 3)
    assert (cost.multiply_accumulates, cost.additions) == (8 + 8 * 3, 0)
    assert cost.activations_written_bits == 8 * 3
    assert cost.bits_moved == cost.activations_written_bits + cost.activations_read_bits + cost.weights_read_bits


def test_the_order_of_populations_in_the_network_does_not_matter() -> None:
    x = np.array([[1, 1, 0, 0]], np.float32)
    first = tiny(IF(2.0), Direct(6))
    last = replace(first, populations=first.populations[::-1])
    assert inference_cost(first, simulate(first, x)) == inference_cost(last, simulate(last, x))


def test_a_sparse_population_sends_addresses() -> None:
    x = np.array([[1, 0, 0, 0]], np.float32)
    snn = tiny(IF(np.array([6.0, *[100.0] * 7])), Direct(6))  # one spike of one neuron
    assert inference_cost(snn, simulate(snn, x)).activations_written_bits == 3
    signed = tiny(TernaryIF(np.array([6.0, *[100.0] * 7]), 100.0), Direct(6))
    assert inference_cost(signed, simulate(signed, x)).activations_written_bits == 4  # and a sign
