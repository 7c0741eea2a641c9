"""Corners that drawn networks seldom have, where a reader of the docstrings once had to guess."""

import numpy as np
import pytest

from spikewright.snn import (
    IF,
    LIF,
    Burst,
    Bursts,
    Conv2d,
    Direct,
    FewSpikeIF,
    Identity,
    Integrator,
    LatchedIF,
    Linear,
    MaxGate,
    MembraneNoise,
    Network,
    Population,
    PotentialBitFlips,
    Projection,
    QuantReLU,
    Ramp,
    RateCode,
    SignedIF,
    Source,
    SpikeInsertion,
    SpikeJitter,
    StuckAt,
    TerminateMax,
    TtfsCode,
    Windows,
    dense,
)
from spikewright.weights import Expression
from tests.snn.test_reader import agree

SHAPE = (2, 4, 4)
ENTRANCE = Population("in", SHAPE, Source())


def images() -> np.ndarray:
    return (np.random.default_rng(1).integers(0, 17, (3, *SHAPE)) / 16).astype(np.float32)


def weights(*shape, low=-5, high=9) -> Expression:
    return dense(np.random.default_rng(len(shape)).integers(low, high, shape))


def gate_of_two(first, second, code, schedule="synchronous") -> Network:
    """A gate with two channels of one population, one of another, and one of none."""
    pooled = Windows((2, 2), (2, 2))
    return Network(
        (
            ENTRANCE,
            Population("a", SHAPE, first, potential_bits=12),
            Population("b", (1, 4, 4), second, potential_bits=12),
            Population("gate", (4, 2, 2), MaxGate()),
            Population("out", (3,), Integrator(), potential_bits=20),
        ),
        (
            Projection("in", "a", Conv2d(weights(2, 2, 3, 3), padding=(1, 1))),
            Projection("in", "b", Conv2d(weights(1, 2, 1, 1))),
            Projection("a", "gate", pooled, channels=(2, 4)),
            Projection("b", "gate", pooled, channels=(0, 1)),
            Projection("gate", "out", Linear(weights(3, 16))),
        ),
        "in", "out", code, schedule, numbers="fixed",
    )  # fmt: skip


def line(neuron, code, schedule="synchronous", *, bits=7, readout="potential") -> Network:
    """in -> a -> out."""
    parts = (ENTRANCE, Population("a", (4,), neuron, -1, potential_bits=bits))
    parts += (Population("out", (3,), IF(7) if readout == "first" else Integrator(), potential_bits=16),)
    projections = (Projection("in", "a", Linear(weights(4, 32))), Projection("a", "out", Linear(weights(3, 4))))
    return Network(parts, projections, "in", "out", code, schedule, readout, "fixed")


@pytest.mark.parametrize(
    "noise", [(), (StuckAt(1, 0.5),), (SpikeInsertion(0.5),), (SpikeJitter(0.3),), (MembraneNoise(0.4),)], ids=str
)
def test_each_channel_of_a_gate_has_the_window_of_its_own_source(noise) -> None:
    agree(gate_of_two(Ramp(30, 6), Ramp(40, 4), TtfsCode(16)), images(), noise)


@pytest.mark.parametrize("schedule", ["synchronous", "layerwise"])
@pytest.mark.parametrize("code", [RateCode(6), Bursts(4, 3), Direct(5, 7)], ids=str)
def test_a_gate_sends_as_much_a_step_as_its_busiest_source(code, schedule) -> None:
    network = gate_of_two(Burst(5, 3), IF(3), code, schedule)
    agree(network, images(), ())
    agree(network, images(), (SpikeJitter(2, 3), StuckAt(1, 0.4), SpikeInsertion(0.3, 5)))


@pytest.mark.parametrize(
    "noise", [(PotentialBitFlips(0.6, 3),), (PotentialBitFlips(1.0), MembraneNoise(0.5))], ids=["some", "all"]
)
def test_an_upset_cuts_a_potential_beyond_the_width(noise) -> None:
    few = FewSpikeIF(9, (2.0, 1.0, 1.0, 1.0), (-9.0, -9.0, 3.0, 1.0), (4.0, -2.0, 1.0, 0.0))
    agree(line(few, RateCode(4), "layerwise"), images(), noise)


def test_membrane_noise_of_a_latched_neuron_does_not_stay() -> None:
    agree(line(LatchedIF(60), RateCode(9), readout="first"), images(), (MembraneNoise(1.0), StuckAt(1, 0.3)))


@pytest.mark.parametrize("code", [RateCode(5), Direct(6, 9, 3), Direct(1, 9), TtfsCode(16)], ids=str)
def test_what_a_pool_sums_is_counted_one_by_one(code) -> None:
    neuron = {TtfsCode: Ramp(30, 6)}.get(type(code), QuantReLU(3, 2, 5) if code.steps == 1 else SignedIF(5))
    parts = (ENTRANCE, Population("a", SHAPE, neuron, potential_bits=9))
    parts += (Population("out", (3,), Integrator(), potential_bits=16),)
    projections = (
        Projection("in", "a", Identity(5)),
        Projection("in", "out", Linear(weights(3, 8)), (2, 2), shift=2),
        Projection("a", "out", Linear(weights(3, 8)), (2, 2)),
    )
    agree(Network(parts, projections, "in", "out", code, numbers="fixed"), images(), ())


@pytest.mark.parametrize("bits", [33, 48, 62])
@pytest.mark.parametrize("schedule", ["synchronous", "layerwise"])
def test_wide_potentials(bits: int, schedule) -> None:
    big = 2**30
    parts = (ENTRANCE, Population("a", (4,), LIF(big // 3, 0.25), big // 7, -big, bits))
    parts += (Population("out", (3,), IF(big), potential_bits=bits),)
    first, second = weights(4, 32, low=-big // 40, high=big // 20), weights(3, 4, low=-big, high=big)
    projections = (Projection("in", "a", Linear(first)), Projection("a", "out", Linear(second)))
    network = Network(parts, projections, "in", "out", RateCode(9), schedule, "count", "fixed")
    agree(network, images(), (MembraneNoise(0.3), PotentialBitFlips(0.5)))


@pytest.mark.parametrize("decision", [None, TerminateMax(3)], ids=str)
def test_a_circle_listed_before_the_input(decision) -> None:
    parts = (
        Population("back", (3,), LIF(6, 0.5, "zero", 2), potential_bits=10),
        ENTRANCE,
        Population("a", (5,), SignedIF(5, 4), 1, potential_bits=9),
        Population("out", (3,), IF(7, "subtract", 1), potential_bits=9),
    )
    projections = (
        Projection("in", "a", Linear(weights(5, 32)), delay=2),
        Projection("a", "back", Linear(weights(3, 5)), delay=1),
        Projection("back", "a", Linear(weights(5, 3))),
        Projection("a", "out", Linear(weights(3, 5))),
        Projection("out", "back", Identity(2), delay=3),
    )
    network = Network(
        parts, projections, "in", "out", RateCode(12), readout="first", numbers="fixed", decision=decision
    )
    agree(network, images(), (StuckAt(1, 0.3, 5), PotentialBitFlips(0.3), SpikeInsertion(0.2)))
