"""Traits of neurons: neutral where a record says nothing, and no parameter becomes optional because a trait has its name."""

from dataclasses import MISSING, fields

import numpy as np
import pytest

from spikewright import InvalidNetwork
from spikewright.snn import IF, LIF, Burst, FewSpikeIF, Integrator, QuantReLU, Ramp, TernaryIF
from spikewright.snn.neurons import NEURONS, Neuron
from spikewright.snn.neurons.record import check_refractory, check_reset, check_threshold


def test_a_neuron_that_says_nothing() -> None:
    plain = Integrator()
    assert (plain.leak, plain.refractory, plain.reset, plain.levels, plain.most) == (0.0, 0, "subtract", None, 1)
    assert not (plain.fires or plain.signed or plain.latches or plain.compares) and plain.all_thresholds() == {}
    assert plain.step_factor(5) == 1


@pytest.mark.parametrize("kind", NEURONS)
def test_each_says_what_it_is(kind: type[Neuron]) -> None:
    assert kind.has_threshold or kind.sends != "spikes"
    assert (kind.potential == "none") == (kind.sends == "passed on")
    assert kind.schedules and set(kind.readouts) <= {"potential", "count", "first"}
    assert set(kind.thresholds_in) | set(kind.channels_in) <= {field.name for field in fields(kind)}


def test_what_had_to_be_given_still_has() -> None:
    required = {kind: [f.name for f in fields(kind) if f.default is MISSING] for kind in NEURONS}
    assert required[LIF] == ["threshold", "leak"] and required[TernaryIF] == ["threshold", "negative"]
    assert required[Burst] == ["threshold", "limit"] and required[QuantReLU] == ["multiplier", "shift", "levels"]
    assert required[FewSpikeIF] == ["threshold", "thresholds", "resets", "amplitudes"]


def test_the_unit_of_membrane_noise() -> None:
    assert (IF(2.0).compared_with, Ramp(3.0).compared_with) == (2.0, 3.0)
    assert TernaryIF(1.0, 2.0).all_thresholds() == {"threshold": 1.0, "negative": 2.0}


@pytest.mark.parametrize(
    ("check", "value"),
    [
        (check_threshold, 0.0),
        (check_threshold, [1.0, np.nan]),
        (check_refractory, True),
        (check_refractory, -1),
        (check_reset, "off"),
    ],
)
def test_nonsense_is_refused(check, value) -> None:
    with pytest.raises(InvalidNetwork, match="expected"):
        check(value)
