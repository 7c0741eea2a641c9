"""One step of each neuron in torch is that of the reference."""

import numpy as np
import pytest
import torch

from spikewright import InvalidNetwork
from spikewright.snn import IF, LIF, Burst, FewSpikeIF, Integrator, LatchedIF, Population, SignedIF, TernaryIF
from spikewright.snn.reference.neurons import LAWS, ReferenceStep
from spikewright.snn.twin.firing import RULES, TwinFiring
from spikewright.snn.twin.surrogates import Triangle

CHARGES = np.arange(-12, 13, dtype=np.float32).reshape(1, -1) / 4
NEURONS = [
    IF(1.0),
    IF(1.0, "zero"),
    LIF(1.0, 0.5),
    SignedIF(0.5, 2),
    TernaryIF(1.0, 0.5),
    Burst(0.5, 3),
    LatchedIF(1.0),
    FewSpikeIF(0.5, (4.0, 2.0), (4.0, 2.0), (4.0, 2.0)),
]


@pytest.mark.parametrize("neuron", NEURONS, ids=lambda one: type(one).__name__)
@pytest.mark.parametrize("count", [0, 1, 2])
def test_spikes_and_what_is_left(neuron, count: int) -> None:
    law = TwinFiring(Population("a", CHARGES.shape[1:], neuron), torch.float32, Triangle(), detach_reset=True)
    counts = np.full(CHARGES.shape, count)
    fired, rest = law(torch.tensor(CHARGES), torch.tensor(counts), 1, 1)
    now = ReferenceStep(np.float32(neuron.threshold), counts, 1, np.float32)
    wanted, left = LAWS[type(neuron)](neuron, CHARGES, now)
    assert np.array_equal(fired.numpy(), wanted) and np.array_equal(rest.numpy(), left)


def test_both_tables_know_the_same_neurons() -> None:
    assert RULES.keys() == LAWS.keys()


def test_what_torch_does_not_know_is_named() -> None:
    with pytest.raises(InvalidNetwork, match="torch knows, got Integrator in 'a'"):
        TwinFiring(Population("a", (1,), Integrator()), torch.float32, Triangle(), detach_reset=False)
