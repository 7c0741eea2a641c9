"""Networks in SpikingJelly answer as the event engine does, up to a last bit of a leak."""

from dataclasses import replace

import numpy as np
from hypothesis import given

from spikewright.snn import (
    LIF,
    Population,
)
from spikewright.snn.interop import spikingjelly
from tests.snn.interop.agreement import FEW, adapted, assert_agrees
from tests.snn.strategies import ORDERED, Case, cases


@FEW
@given(case=cases("spiking", "float32", ORDERED))
def test_spikingjelly_equals_event(case: Case) -> None:
    """Leaky neurons with several thresholds are counted in thresholds, which rounds unless these are powers of two."""
    assert_agrees(spikingjelly, adapted(case.network, even), case.images, 1e-5)


def even(population: Population) -> Population:
    neuron = population.neuron
    if not isinstance(neuron, LIF) or np.ndim(neuron.threshold) == 0:
        return population
    return replace(population, neuron=replace(neuron, threshold=2.0 ** np.round(np.log2(neuron.threshold))))
