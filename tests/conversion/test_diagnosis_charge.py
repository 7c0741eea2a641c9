"""What a diagnosis knows of a neuron: the charge that it received, and how many values it tells apart."""

from dataclasses import replace

import numpy as np
import pytest

from spikewright.conversion.diagnosis.charge import Charges
from spikewright.conversion.diagnosis.parts import levels, most
from spikewright.snn import (
    IF,
    Burst,
    Bursts,
    Direct,
    Integrator,
    LatchedIF,
    Linear,
    Network,
    PhaseCode,
    Population,
    Projection,
    QuantReLU,
    Ramp,
    RateCode,
    SignedIF,
    Source,
    SpikeSelectCode,
    TernaryIF,
    TtfsCode,
    dense,
    simulate,
)

NEURONS = [
    IF(1.0),
    SignedIF(1.0),
    SignedIF(0.75, 3),
    TernaryIF(1.0, 2.0),
    Burst(0.5, 3),
    QuantReLU(2.0, 0, 5),
    Ramp(4.0),
]


def small_network(neuron: object, code: object) -> Network:
    """Dyadic numbers, so that sums are exact."""
    rng = np.random.default_rng(1)
    weights = [dense((rng.integers(-16, 17, shape) / 8).astype(np.float32)) for shape in ((5, 4), (3, 5))]
    graded = isinstance(neuron, QuantReLU | Ramp)
    middle = Population("a", (5,), neuron, 0.25, 0.0 if graded else 0.5, amplitude=1.0)  # type: ignore[arg-type]
    populations = (Population("input", (4,), Source()), middle, Population("b", (3,), Integrator(), amplitude=1.0))
    links = (Projection("input", "a", Linear(weights[0])), Projection("a", "b", Linear(weights[1])))
    return Network(populations, links, "input", "b", code)  # type: ignore[arg-type]


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


LEVELS = [
    (IF(1.0), Direct(8), 8),
    (SignedIF(1.0, 5), Direct(8), 5),
    (Burst(1.0, 3), Direct(8), 24),
    (TernaryIF(1.0, 1.0), Direct(8), 16),
    (IF(1.0), PhaseCode(4, 2), 15),
    (IF(1.0, refractory=1), Direct(8), 4),
    (QuantReLU(1.0, 0, 7), Direct(1), 7),
    (IF(1.0), SpikeSelectCode(8, 3), 3),
    (LatchedIF(1.0), Direct(8), 8),
    (Ramp(2.0, 31), TtfsCode(), 31),
    (Ramp(2.0), TtfsCode(), None),
    (Integrator(), Direct(8), None),
]


@pytest.mark.parametrize(("neuron", "code", "expected"), LEVELS)
def test_levels(neuron: object, code: object, expected: int | None) -> None:
    network = small_network(neuron, code)
    assert levels(network, network.by_name["a"]) == expected
    if isinstance(neuron, IF | SignedIF | Burst | TernaryIF):
        x = np.ones((1, 4), np.float32)
        strong = replace(network.by_name["a"], bias=100.0)
        firing = replace(network, populations=(network.populations[0], strong, network.populations[2]))
        assert simulate(firing, x, record=("rasters",)).rasters["a"].sum(0).max() <= most(network, strong)
