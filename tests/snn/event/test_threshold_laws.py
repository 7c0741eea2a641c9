"""The laws of neurons with thresholds have the numbers of their records."""

import numpy as np
import pytest

from spikewright.snn import (
    IF,
    LIF,
    Burst,
    Direct,
    FewSpikeIF,
    Integrator,
    LatchedIF,
    PhaseCode,
    Population,
    SignedIF,
    TernaryIF,
)
from spikewright.snn.event.members import Member
from spikewright.snn.event.threshold_laws import few_law, few_product
from spikewright.snn.kernels.fire_general import BURST, NEVER, SIGNED, TERNARY, THRESHOLD
from tests.snn.event.ruled import ruled
from tests.snn.small import chain


@pytest.mark.parametrize(
    ("neuron", "fields"),
    [
        (LIF(5, 0.25), {"rule": THRESHOLD, "leak": 2, "shift": 3, "top": 2047, "to_zero": False}),
        (IF(5, "zero", 7), {"rule": THRESHOLD, "refractory": 7, "leak": 0, "to_zero": True}),
        (LatchedIF(5), {"rule": THRESHOLD, "to_zero": True}),
        (SignedIF(5), {"rule": SIGNED, "limit": -1}),
        (SignedIF(5, 9), {"rule": SIGNED, "limit": 9}),
        (TernaryIF(5, 4), {"rule": TERNARY, "negative": 4}),
        (Burst(5, 3), {"rule": BURST, "limit": 3}),
    ],
)
def test_laws(neuron, fields):
    _, law = ruled(neuron)
    assert (law.threshold == 5).all() and law.threshold.dtype == np.int32
    for name, value in fields.items():
        assert np.all(getattr(law, name) == value), name


def test_real_numbers_have_a_decay_and_no_top():
    _, law = ruled(LIF(5, 0.25), "float32")
    assert law.leak == np.float32(0.75) and law.leak.dtype == np.float32 and law.top == 0


def test_thresholds_of_channels_are_in_the_order_of_the_engine():
    _, law = ruled(IF(np.array([5, 7])))
    assert law.threshold.tolist() == [5, 7] * 6


def test_no_potential_reaches_the_threshold_of_an_integrator():
    assert ruled(Integrator())[1].threshold[0] == 2048
    assert ruled(Integrator(), "float32")[1].threshold[0] == np.inf


def test_what_never_fires_under_weighted_steps_has_a_law_that_says_so():
    assert ruled(Integrator(), code=PhaseCode(2))[1].rule == NEVER


def test_few_spikes_have_factors_of_their_threshold_and_products_with_them():
    neuron = FewSpikeIF(np.array([3, 5]), (4.0, 2.0), (-7.0, 1.0), (1.0, 1.0))
    population = Population("a", (2,), neuron, potential_bits=12)
    network = chain(population, Direct(2, 15, 1), schedule="layerwise", numbers="fixed")
    law = few_law(Member(network, population, np.dtype(np.int32), 3))
    assert law.threshold.tolist() == [3, 5] and (law.shift, law.top) == (3, 2047)
    assert law.crossing.tolist() == [4, 2] and law.reset.tolist() == [-7, 1] and law.reset.dtype == np.int32
    assert few_product(1, neuron, 100, 1000) == 1000 + 7 * 100
