"""Networks in snnTorch answer as the event engine does; an initial potential at the threshold is refused."""

from dataclasses import replace

import pytest
from hypothesis import given

from spikewright import InvalidNetwork
from spikewright.snn import LIF, Population, RateCode
from spikewright.snn.interop import snntorch
from tests.snn.interop.agreement import FEW, adapted, assert_agrees, below, two_layers
from tests.snn.strategies import ORDERED, Case, cases


def shiftless(population: Population) -> Population:
    """No leak with reset by subtraction: snnTorch's is a shift of ours, whose sums are rounded otherwise."""
    neuron = population.neuron
    leaky = isinstance(neuron, LIF) and neuron.reset == "subtract"
    return below(replace(population, neuron=replace(neuron, reset="zero")) if leaky else population)  # type: ignore[type-var]


@FEW
@given(case=cases("spiking", "float32", ORDERED))
def test_snntorch_equals_event(case: Case) -> None:
    """Convolutions, pools, residuals, slices, per-channel thresholds and biases, both schedules; dyadic, so ties count."""
    assert_agrees(snntorch, adapted(case.network, shiftless), case.images)


def test_snntorch_is_not_started_at_the_threshold() -> None:
    network = adapted(two_layers("subtract", None, RateCode(3))[0], lambda p: replace(p, initial=2.0))
    with pytest.raises(InvalidNetwork, match="before the first step"):
        snntorch.to_snntorch(network)
