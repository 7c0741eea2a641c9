"""Corners of the contract that drawn networks seldom reach: settling, noise under Phase, noise on gates of spike times."""

import numpy as np
import pytest

from spikewright.snn import (
    IF,
    Direct,
    Identity,
    Integrator,
    Linear,
    MaxGate,
    MembraneNoise,
    Network,
    PhaseCode,
    Population,
    Projection,
    Quiescence,
    Ramp,
    Source,
    SpikeInsertion,
    SpikeJitter,
    StuckAt,
    TtfsCode,
    Windows,
    dense,
)
from tests.snn.small import single
from tests.snn.strategies import Case
from tests.snn.test_contract import assert_same, both, close
from tests.snn.test_decisions import counters, recurrent


@pytest.mark.parametrize("window", [1, 4, 11])
@pytest.mark.parametrize("seed", range(4))
def test_samples_settle_at_the_same_step(seed, window):
    images = np.random.default_rng(seed).random((6, 4), dtype=np.float32).round(1)
    images[0] = 0
    fast, slow = both(Case(recurrent(Quiescence(), seed, Direct(12, 16, window)), images))
    assert_same(fast, slow)
    assert slow.decision_step[0] == window + 1


def test_samples_settle_one_after_the_other():
    """Each leaves floor(2 x) spikes behind after two steps of x: the brighter, the later it is quiet."""
    images = np.array([[0.0], [0.5], [1.5], [2.5]])
    fast, slow = both(Case(counters(Quiescence(), Direct(9, window=2), 1), images))
    assert_same(fast, slow)
    assert slow.decision_step.tolist() == [3, 3, 4, 6]


def test_membrane_noise_under_phase():
    """The noise is that of the threshold of the step, rounded after it was weighted."""
    weights = np.random.default_rng(0).integers(-5, 9, (6, 5)).astype(np.int8)
    network = single(
        ((5,), (6,)), IF(7), Linear(dense(weights)), PhaseCode(4, 3), numbers="fixed", bias=2, potential_bits=12
    )  # fmt: skip
    images = np.random.default_rng(1).random((4, 5), dtype=np.float32)
    fast, slow = both(Case(network, images), noise=MembraneNoise(0.3, 5))
    assert_same(fast, slow)
    assert (slow.potentials["a"] != both(Case(network, images))[1].potentials["a"]).any()


@pytest.mark.parametrize("numbers", ["float32", "fixed"])
@pytest.mark.parametrize(
    "noise", [StuckAt(1, 0.5, 3, ("m",)), SpikeInsertion(0.5, 3, ("m",)), SpikeJitter(0.4, 3, ("m",))]
)
def test_a_gate_of_spike_times_has_the_windows_of_its_sources(numbers, noise):
    fixed = numbers == "fixed"
    bits, one = (12 if fixed else None), (1 if fixed else 1.0)
    neurons = (Ramp(30, 6), Ramp(16, 8)) if fixed else (Ramp(4.0, 8), Ramp(0.5, None))
    parts = [Population("in", (2, 4, 4), Source())]
    links = [Projection("in", name, Identity(3 * one if fixed else 0.75)) for name in "ab"]
    parts += [
        Population(name, (2, 4, 4), neuron, potential_bits=bits) for name, neuron in zip("ab", neurons, strict=True)
    ]
    parts.append(Population("m", (4, 2, 2), MaxGate()))
    links += [
        Projection(name, "m", Windows((2, 2), (2, 2)), channels=(start, start + 2))
        for name, start in (("a", 0), ("b", 2))
    ]
    parts.append(Population("out", (4, 2, 2), Integrator(), potential_bits=bits))
    links.append(Projection("m", "out", Identity(one)))
    network = Network(tuple(parts), tuple(links), "in", "out", TtfsCode(16), numbers=numbers)
    images = np.random.default_rng(2).integers(-8, 17, (3, 2, 4, 4)).clip(0) / 16
    fast, slow = both(Case(network, images), noise=noise)
    assert_same(fast, slow, np.testing.assert_array_equal if fixed else close)
    windows = (6, 8) if fixed else (4.0, 0.5)
    assert [slow.logits.reshape(3, 2, 8)[:, part].max() for part in (0, 1)] <= list(windows)
    if isinstance(noise, StuckAt):
        assert [slow.logits.reshape(3, 2, 8)[:, part].max() for part in (0, 1)] == list(windows)
