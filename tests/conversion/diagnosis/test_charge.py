"""The charge that a neuron received, told by potentials or by synapses."""

import numpy as np
import pytest

from spikewright.conversion.diagnosis.charge import Charges
from spikewright.snn import (
    IF,
    Burst,
    Bursts,
    Direct,
    PhaseCode,
    QuantReLU,
    Ramp,
    RateCode,
    SignedIF,
    TernaryIF,
    TtfsCode,
    simulate,
)
from tests.conversion.diagnosis.dyadic import small_network

NEURONS = [
    IF(1.0),
    SignedIF(1.0),
    SignedIF(0.75, 3),
    TernaryIF(1.0, 2.0),
    Burst(0.5, 3),
    QuantReLU(2.0, 0, 5),
    Ramp(4.0),
]


@pytest.mark.parametrize("neuron", NEURONS, ids=lambda neuron: type(neuron).__name__)
def test_potentials_and_synapses_tell_the_same_charge(neuron: object, monkeypatch: pytest.MonkeyPatch) -> None:
    codes: list[object] = [TtfsCode()] if isinstance(neuron, Ramp) else [Direct(1)]
    if not isinstance(neuron, QuantReLU | Ramp):
        codes = [Direct(6), Direct(6, window=4)]
    if isinstance(neuron, IF):
        codes += [RateCode(6), Bursts(6, 2), PhaseCode(3, 2)]
    x = np.random.default_rng(0).integers(0, 9, (20, 4)).astype(np.float32) / 8
    for code in codes:
        network = small_network(neuron, code)
        activity = simulate(network, x, record=("rasters", "potentials"))
        told = Charges(network)
        with monkeypatch.context() as patch:
            patch.setattr(Charges, "told", lambda *_: False)
            summed = Charges(network)
            sent = summed.sent(activity)
            through = summed.received(network.by_name["a"], activity, sent)
        np.testing.assert_allclose(told.received(network.by_name["a"], activity, sent), through, atol=1e-9)
