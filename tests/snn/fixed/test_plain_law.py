"""A neuron that fires at plain thresholds: rounded by half a unit at most, with room for its run."""

import numpy as np
import pytest

from spikewright import InvalidNetwork
from spikewright.snn import IF, LIF, Identity, Integrator, Population, RateCode, TernaryIF
from spikewright.snn.fixed.plain_law import HEADROOM, FixedLaw, largest_threshold
from spikewright.snn.fixed.records import Grid
from tests.snn.small import single

LAW = FixedLaw()


def test_thresholds_on_a_grid() -> None:
    population = Population("a", (2,), TernaryIF(np.array([1.0, 2.0], np.float32), 0.55))
    neuron, told = LAW.rounded(population, Grid(np.array([0.25, 0.1]), 0, 16))
    assert neuron.threshold.tolist() == [4, 20] and neuron.negative.tolist() == [2, 6] and "thresholds 2 to 20" in told
    with pytest.raises(InvalidNetwork, match="threshold of population 'a' is below one unit"):
        LAW.rounded(population, Grid(np.array([9.0, 9.0]), 0, 16))


def test_room_for_all_that_a_layer_gathers() -> None:
    network = single(((1,), (1,)), IF(1.0), Identity(), RateCode(20), schedule="layerwise")
    assert LAW.held(network, IF(1.0)) == 20.0 and LAW.held(network, IF(1.0, "zero")) == 1.0
    assert LAW.held(network, LIF(1.0, 0.5)) is None
    assert LAW.room(network, IF(1.0), True) == 20.0 and LAW.room(network, IF(1.0), False) == HEADROOM


def test_the_largest_threshold() -> None:
    assert largest_threshold(TernaryIF(3, np.array([4, 9]))) == 9 and largest_threshold(Integrator()) == 0
    assert LAW.enough(IF(7), 3.0, 30) == 30 and LAW.enough(IF(7), 3.0, 0) == 21 and LAW.enough(IF(7), None, 0) is None
