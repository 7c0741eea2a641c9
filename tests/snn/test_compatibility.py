"""What does not go together is refused by name, from the traits of the records."""

import re

import pytest

from spikewright import InvalidNetwork
from spikewright.snn import (
    IF,
    LIF,
    Burst,
    Direct,
    Identity,
    LatchedIF,
    PhaseCode,
    QuantReLU,
    Ramp,
    RateCode,
    SpikeSelectCode,
)
from tests.snn.small import single

SHAPES = ((2,), (2,))
REFUSED = {
    "a leaky neuron in phases": (
        lambda: single(SHAPES, LIF(1.0, 0.5), Identity(), PhaseCode(3)),
        "IF, Integrator under",
    ),
    "a deaf neuron in phases": (
        lambda: single(SHAPES, IF(1.0, refractory=1), Identity(), PhaseCode(3)),
        "no refractory steps under the code PhaseCode in 'a'",
    ),
    "phases layerwise": (
        lambda: single(SHAPES, IF(1.0), Identity(), PhaseCode(3), schedule="layerwise"),
        "synchronous schedule without delays under the code PhaseCode",
    ),
    "currents that stay on, layerwise": (
        lambda: single(SHAPES, LatchedIF(1.0), Identity(), RateCode(3), schedule="layerwise"),
        "synchronous schedule for LatchedIF neurons in 'a'",
    ),
    "a time code for steps": (
        lambda: single(SHAPES, Ramp(1.0), Identity(), RateCode(3), readout="first"),
        "code TtfsCode",
    ),
    "levels over steps": (lambda: single(SHAPES, QuantReLU(1.0, 0, 3), Identity(), Direct(3)), "network of one step"),
    "an answer that a neuron has not": (
        lambda: single(SHAPES, Burst(1.0, 2), Identity(), RateCode(3), readout="first"),
        "readout that Burst neurons can give, got 'first'",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_does_not_go_together(name: str) -> None:
    make, words = REFUSED[name]
    with pytest.raises(InvalidNetwork, match=re.escape(words)):
        make()


def test_the_output_may_be_any_neuron_under_a_code_of_first_spikes() -> None:
    assert single(SHAPES, Burst(1.0, 2), Identity(), SpikeSelectCode(3)).output == "a"
