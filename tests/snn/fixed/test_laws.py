"""Neurons that do not simply fire at their thresholds, in fixed point."""

import numpy as np
import pytest

from spikewright import InvalidNetwork
from spikewright.snn import IF, Burst, FewSpikeIF, Integrator, MaxGate, Population, QuantReLU, Ramp
from spikewright.snn.fixed.laws import LAWS, law_of
from spikewright.snn.fixed.records import Grid
from spikewright.snn.neurons import NEURONS

GRID = Grid(np.array([0.125]), 0, 16)


def test_every_neuron_with_a_potential_has_a_law() -> None:
    plain = type(law_of(IF(1.0)))
    for kind in NEURONS:
        assert (kind in LAWS) or kind.sends == "spikes" or kind.potential == "none"
    assert type(law_of(IF(1.0))) is plain and type(law_of(Burst(1.0, 2))) is not plain
    with pytest.raises(InvalidNetwork, match="a neuron that has integers, got MaxGate"):
        law_of(MaxGate())


def test_a_window_becomes_whole_slots() -> None:
    law = law_of(Ramp(1.0, 4))
    neuron, told = law.rounded(Population("a", (1,), Ramp(1.0, 4)), GRID)
    assert (neuron.window, neuron.levels) == (8, 4) and "4 slots of 2 units" in told
    assert law.unit_sent(neuron, GRID) == 0.25 and law.one_answer(neuron) == 2
    with pytest.raises(InvalidNetwork, match="slot of population 'a' is below one unit"):
        law.rounded(Population("a", (1,), Ramp(0.1, 4)), GRID)


@pytest.mark.parametrize("levels", [1, 3, 15])
def test_levels_are_divided_exactly(levels: int) -> None:
    neuron, _ = law_of(QuantReLU(1.0, 0, levels)).rounded(Population("a", (1,), QuantReLU(0.7, 0, levels)), GRID)
    theta = 2 * np.floor(1 / 0.7 / 0.125 / 2 + 0.5)
    for V in range(-40, 400):
        exact = min(max(np.floor(V / theta + 0.5), 0), levels)
        assert min(max((2 * V * int(neuron.multiplier[0]) + 2**neuron.shift) >> (neuron.shift + 1), 0), levels) == exact


def test_resets_take_a_few_spike_neuron_below_zero() -> None:
    few = FewSpikeIF(2, (4.0, 2.0), (4.0, 3.0), (4.0, 2.0))
    assert law_of(few).below_zero(few) == 14 and law_of(IF(1.0)).below_zero(IF(1.0)) == 0
    assert law_of(Integrator()).rounded(Population("a", (1,), Integrator()), GRID)[1] == ""
