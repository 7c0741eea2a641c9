"""The narrowest integers that are proved to hold sums and potentials, with what noise brings; or none."""

import numpy as np
import pytest

from spikewright import InvalidNetwork
from spikewright.snn import (
    IF,
    Bursts,
    FewSpikeIF,
    Identity,
    Linear,
    MembraneNoise,
    Network,
    Population,
    Projection,
    RateCode,
    Source,
    SpikeInsertion,
    SpikeJitter,
    dense,
)
from spikewright.snn.disturb.noise import multiplicity
from spikewright.snn.event.firing_rules import firing_rule
from spikewright.snn.event.number_types import choose_types
from spikewright.snn.event.populations import compile_population
from tests.snn.small import single


def types(weight, bits, neuron=None, noise=(), **options):
    """The types of one neuron that 100 inputs of one weight reach."""
    synapse = Linear(dense(np.full((1, 100), weight, np.int32)))
    network = single(
        ((100,), (1,)), neuron or IF(5), synapse, RateCode(8), numbers="fixed", potential_bits=bits, **options
    )
    return choose_types(network, network.populations[1], firing_rule(network, network.populations[1]), 0, noise)


@pytest.mark.parametrize(
    ("weight", "bits", "sums", "potentials", "compute"),
    [
        (327, 10, np.int16, np.int16, np.int32),
        (328, 10, np.int32, np.int16, np.int32),
        (3, 17, np.int16, np.int32, np.int32),
        (3, 33, np.int16, np.int64, np.int64),
        (2**30, 10, np.int64, np.int16, np.int64),
    ],
)
def test_the_narrowest(weight, bits, sums, potentials, compute):
    assert types(weight, bits) == (sums, potentials, compute)


def test_noise_and_rules_make_them_wider():
    assert types(300, 10).sums == np.int16
    assert types(300, 10, noise=(MembraneNoise(100.0),)).sums == np.int32
    assert types(300, 10, noise=(SpikeJitter(1),)).sums == np.int32
    assert types(300, 10, IF(5, refractory=1)).potentials == np.int32  # kept in the type of the arithmetic


def test_factors_of_thresholds_count():
    neuron = FewSpikeIF(5, (2.0**30,), (1.0,), (1.0,))
    parts = (Population("in", (1,), Source()), Population("a", (1,), neuron, potential_bits=10))
    parts += (Population("b", (1,), IF(5), potential_bits=10),)
    links = (Projection("in", "a", Identity(1)), Projection("a", "b", Identity(1)))
    network = Network(parts, links, "in", "b", RateCode(1), "layerwise", "count", "fixed")
    found = choose_types(network, parts[1], firing_rule(network, parts[1]), 0, ())
    assert found == (np.int16, np.int64, np.int64)


def test_integers_hold_what_jitter_and_insertion_gather() -> None:
    """Bounds grow with what noise can bring into one step; where no integer is wide enough, the network is refused."""
    jitter, insertion = SpikeJitter(3), SpikeInsertion(0.5)
    assert multiplicity((), 20) == multiplicity((insertion,), 20) == 1
    assert multiplicity((jitter,), 20) == 7
    assert multiplicity((insertion, jitter), 20) == 14
    weights = dense(np.full((6, 8), 2**31 - 1, np.int32))
    fixed = Network(
        (Population("in", (8,), Source()), Population("a", (6,), IF(5), 0, 0, 16)),
        (Projection("in", "a", Linear(weights), shift=22),),
        "in", "a", Bursts(100, 127), readout="count", numbers="fixed",
    )  # fmt: skip
    with pytest.raises(InvalidNetwork, match="below 2\\*\\*63"):
        compile_population(fixed, fixed.populations[1], (jitter,))
