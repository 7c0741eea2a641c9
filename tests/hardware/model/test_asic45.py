"""The 45 nm index: golden numbers beside their derivation."""

from dataclasses import replace

import numpy as np
import pytest

from spikewright.hardware import estimate, time_multiplexed
from spikewright.hardware.estimation import Estimator
from spikewright.snn import (
    IF,
    Burst,
    Linear,
    SignedIF,
    dense,
)
from tests.hardware.model.test_event_passes import pooled
from tests.hardware.small_networks import active, formal, perceptron


def test_energy_of_the_reference_network() -> None:
    # 784-128-10, 8 bits, 10 steps, after Lemaire et al. 2022, 0.25 spikes per input and hidden neuron in the window.
    # Hidden layer, theta = 196: weights 196 x 128 x E(784 x 128 x 8) = 25,088 x 21.95 pJ = 551 nJ, potentials
    # 2 x (25,088 + 1280) x E(128 x 8) = 52,736 x 13.21 pJ = 697 nJ, biases 1280 x 13.2 pJ = 17 nJ, spikes 3 nJ,
    # operations and addresses 1.6 nJ; output layer 16 nJ: 1.29 uJ. The formal network of this size takes 2.26 uJ.
    network = perceptron()
    low = estimate(network, active(network, {"in": 196, "h0": 32}), time_multiplexed(network))
    full = estimate(network, active(network, {"in": 784, "h0": 128}), time_multiplexed(network))
    assert low.asic45_energy_nj.value == pytest.approx(1286, rel=1e-3)
    assert full.asic45_energy_nj.value == pytest.approx(4980, rel=1e-3)
    parts = low.asic45_split_nj
    assert sum(part.value for part in parts.values()) == pytest.approx(low.asic45_energy_nj.value)
    assert parts["memory"].value > 0.99 * low.asic45_energy_nj.value


def test_energy_of_the_formal_network() -> None:
    # 784 x 128 weights at E(784 x 128 x 8) = 21.95 pJ and 1280 at 13.3, MACs of 0.23 pJ and addresses: 2.26 uJ.
    network = formal()
    one = estimate(network, active(network, {"in": 784, "h0": 128}), time_multiplexed(network))
    assert one.asic45_energy_nj.value == pytest.approx(2262, rel=2e-3)
    below, above = (spiking_energy_nj(rate) for rate in (0.44, 0.46))  # break-even at 0.45 spikes per neuron
    assert below < one.asic45_energy_nj.value < above


def spiking_energy_nj(rate: float) -> float:
    """The index of the spiking network at `rate` spikes per input and hidden neuron over the whole window."""
    network = perceptron()
    activity = active(network, {"in": 784 * rate, "h0": 128 * rate})
    return estimate(network, activity, time_multiplexed(network)).asic45_energy_nj.value


def test_zeros_in_a_dense_memory_are_read_all_the_same() -> None:
    # Half of the weights are zero: the engine counts half of the additions, the core makes all of them.
    network = perceptron((64, 16, 4))
    values = network.projections[0].synapse.weights.values().copy()
    values[:, ::2] = 0
    first = replace(network.projections[0], synapse=Linear(dense(values)))
    holed = replace(network, projections=(first, network.projections[1]))
    point = time_multiplexed(network)
    whole = estimate(network, active(network, {"in": 20}), point).asic45_energy_nj.value
    halved = active(holed, {"in": 20})
    halved = replace(halved, synaptic_operations={**halved.synaptic_operations, "in->h0": np.array([20 * 16 * 0.5])})
    assert estimate(holed, halved, point).asic45_energy_nj.value == pytest.approx(whole)


def word(bits: float) -> float:
    """Nanojoule of an access to a memory of so many bits."""
    return (1.09e-5 * bits + 13.2) / 1e3


def gate_index(neuron):
    """The parts of one gate over four neurons that send six spikes in three steps, of which it passes on three."""
    network = pooled(neuron)
    return Estimator(network, active(network, {"a": 6, "gate": 3})).index["gate"]


def test_a_gate_compares_counts_in_place_of_adding_weights() -> None:
    # Counts up to 3 in 2 bits, compared in 3. Each spike reads and writes the count of its neuron and the largest of the gate,
    # each of 3 sweeps the largest and what has been sent (3 bits). 6 comparisons, 3 differences, 3 spikes taken off; no weights.
    found = gate_index(IF(5))
    assert found.potentials_nj.value == pytest.approx(2 * (6 + 3) * word(3) + 2 * 6 * word(4 * 2) + 2 * 3 * word(3))
    assert found.weights_nj.value == found.bias_nj.value == 0
    assert found.io_nj.value == pytest.approx((6 + 3) * word(0))
    assert found.operations_nj.value == pytest.approx((6 + 3 + 3) * 0.03e-3 * 3 / 8)


def test_counts_that_may_fall_are_compared_anew_in_each_step() -> None:
    # From -3 to 3 above an offset of 4: 3 bits, compared in 4. All 4 counts are read and compared in each of 3 steps.
    found = gate_index(SignedIF(5))
    compared = 4 * 3
    assert found.potentials_nj.value == pytest.approx(
        2 * (compared + 3) * word(4) + (2 * 6 + compared) * word(4 * 3) + 2 * 3 * word(3)
    )


def test_a_burst_is_a_division_in_each_sweep_and_counts_as_its_spikes() -> None:
    # Up to 5 spikes: three subtractions in each of 10 sweeps of 6 neurons, where an IF compares once; all else is the same.
    network = perceptron((12, 6, 3))
    burst = replace(
        network,
        populations=tuple(replace(p, neuron=Burst(100, 5)) if p.name == "h0" else p for p in network.populations),
    )
    plain, many = (Estimator(one, active(one, {"in": 20, "h0": 8})).index["h0"] for one in (network, burst))
    assert many.operations_nj.value - plain.operations_nj.value == pytest.approx(2 * 60 * 0.03e-3)
    assert many.memory_nj == plain.memory_nj and many.addressing_nj == plain.addressing_nj
