"""The threshold of a leaky integrator is out of reach of all that can flow into it, and not by more than needed."""

import numpy as np
import pytest

from spikewright.snn import LIF, Direct, Linear, Network, Population, Projection, Source, dense, simulate
from spikewright.snn.interop.leaky_answers import out_of_reach


@pytest.mark.parametrize(("weight", "bias", "initial"), [(1.0, 0.0, 0.0), (-3.0, 0.5, 2.0), (0.0, 0.0, 0.0)])
def test_nothing_reaches_the_threshold(weight: float, bias: float, initial: float) -> None:
    weights = dense(np.full((2, 3), weight, np.float32))
    parts = (Population("in", (3,), Source()), Population("out", (2,), LIF(2.0**100, 0.25), bias, initial))
    ways = (Projection("in", "out", Linear(weights)),)
    network = out_of_reach(Network(parts, ways, "in", "out", Direct(50), readout="potential"), {"out"})
    threshold = network.by_name["out"].neuron.threshold
    most = abs(3 * weight) + abs(bias)
    assert np.log2(threshold) % 1 == 0 and threshold >= 2 * (most / 0.25 + abs(initial))
    assert threshold <= max(4 * (most / 0.25 + abs(initial)), 2.0**-18)
    potentials = simulate(network, np.ones((1, 3), np.float32), record=("potentials",)).potentials["out"]
    assert np.abs(potentials).max() < threshold


def test_others_keep_their_threshold() -> None:
    parts = (Population("in", (3,), Source()), Population("out", (3,), LIF(1.0, 0.5)))
    from spikewright.snn import Identity

    network = Network(parts, (Projection("in", "out", Identity()),), "in", "out", Direct(2), readout="count")
    assert out_of_reach(network, set()).by_name["out"] is network.by_name["out"]
