"""Every neuron with a law has its rule, and the law has the numbers of its record."""

import numpy as np
import pytest

from spikewright import InvalidNetwork
from spikewright.snn import (
    IF,
    LIF,
    Burst,
    Conv2d,
    Direct,
    Identity,
    Integrator,
    LatchedIF,
    Linear,
    Network,
    PhaseCode,
    Population,
    Projection,
    QuantReLU,
    RateCode,
    SignedIF,
    Source,
    TernaryIF,
    dense,
    simulate,
)
from spikewright.snn.event.firing_rules import FIRING_RULES, Member, firing_rule, spread
from spikewright.snn.event.ramp_populations import RAMP_LAWS
from spikewright.snn.kernels.fire_general import BURST, NEVER, SIGNED, TERNARY, THRESHOLD, fire_rule_fixed
from spikewright.snn.kernels.fire_plain import fire_fixed, fire_float
from spikewright.snn.kernels.fire_steady import fire_steady_float
from spikewright.snn.kernels.simd_levels import GATHERS
from spikewright.snn.neurons import NEURONS
from tests.snn.small import single

SHAPE = (2, 2, 3)


def given(neuron, numbers="fixed", code=None, **options):
    """The rule and the law of a population of these neurons."""
    bits = {"potential_bits": 12} if numbers == "fixed" else {}
    network = single((SHAPE, SHAPE), neuron, Identity(1), code or RateCode(2), numbers=numbers, **bits, **options)
    rule, kind = firing_rule(network, network.populations[1]), np.dtype(np.int32 if bits else np.float32)
    return rule, rule.law(Member(network, network.populations[1], kind, 3))


def test_every_neuron_is_answered_somehow():
    answered = {*FIRING_RULES, *RAMP_LAWS}
    assert {neuron for neuron in NEURONS if not neuron.compares and neuron.potential != "none"} == answered


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
    _, law = given(neuron)
    assert (law.threshold == 5).all() and law.threshold.dtype == np.int32
    for name, value in fields.items():
        assert np.all(getattr(law, name) == value), name


def test_real_numbers_have_a_decay_and_no_top():
    _, law = given(LIF(5, 0.25), "float32")
    assert law.leak == np.float32(0.75) and law.leak.dtype == np.float32 and law.top == 0


def test_thresholds_of_channels_are_in_the_order_of_the_engine():
    _, law = given(IF(np.array([5, 7])))
    assert law.threshold.tolist() == [5, 7] * 6


def test_no_potential_reaches_the_threshold_of_an_integrator():
    assert given(Integrator())[1].threshold[0] == 2048
    assert given(Integrator(), "float32")[1].threshold[0] == np.inf


def test_plain_neurons_have_plain_kernels_and_others_general_ones():
    plain, _ = given(IF(5))
    assert plain.kernel(True) is fire_fixed and plain.kernel(False, steady=True) is fire_steady_float
    assert given(LIF(5, 0.25))[0].kernel(False, steady=True) is fire_float
    for rule in (given(IF(5, refractory=1))[0], given(IF(5), code=PhaseCode(2))[0], given(SignedIF(5))[0]):
        assert rule.kernel(True, steady=True) is fire_rule_fixed and rule.wide and rule.remembers
    assert given(Integrator(), code=PhaseCode(2))[1].rule == NEVER


def test_levels():
    neuron = QuantReLU(np.array([3, 5]), 4, 7)
    rule, both = given(neuron, code=RateCode(1))
    law = both.each
    assert both.channels is None and law.multiplier.tolist() == [3, 5] * 6 and law.multiplier.dtype == np.int64
    assert (law.levels, law.shift, law.sum_shift, law.top) == (7, 4, 3, 2047) and rule.values == (np.float32, np.int32)
    _, real = given(QuantReLU(0.5, 0, 7), "float32", RateCode(1))
    assert (real.each.multiplier == 0.5).all() and real.each.multiplier.dtype == np.float64


def test_products_that_64_bits_do_not_hold():
    with pytest.raises(InvalidNetwork, match="the products of population 'a' below 2"):
        given(QuantReLU(2**53, 62, 7), code=RateCode(1))


def test_no_potential_beyond_the_highest_level_is_multiplied():
    """Whatever the width of the potential: 13 / 2 levels of 2**4 / 2**53 each are less than one."""
    for multiplier, last in ((2**53, 1), (3, 35)):
        _, law = given(QuantReLU(multiplier, 4, 7), code=RateCode(1))
        assert (law.each.last == last).all()


@pytest.mark.parametrize("channels", [16, 20, 48])
def test_levels_of_channels(channels):
    """Of a whole number of sixteens, alike at all pixels; the others go neuron by neuron. Nobody can tell, records or not."""
    random = np.random.default_rng(channels)
    first = Conv2d(dense(random.integers(-8, 9, (channels, 3, 3, 3)).astype(np.int8)), padding=(1, 1))
    neuron, maps = QuantReLU(random.integers(1, 9, channels), 6, 15), (channels, 4, 3)
    parts = Population("in", (3, 4, 3), Source()), Population("a", maps, neuron, 3, 0, 20)
    last = Linear(dense(random.integers(-8, 9, (4, channels * 12)).astype(np.int8)))
    links = Projection("in", "a", first), Projection("a", "out", last)
    network = Network(
        (*parts, Population("out", (4,), Integrator(), 0, 0, 30)), links, "in", "out", Direct(1, 255), numbers="fixed"
    )
    member = Member(network, network.by_name["a"], np.dtype(np.int32), 0)
    law = firing_rule(network, network.by_name["a"]).law(member)
    assert (law.channels is not None) == (GATHERS and channels % 16 == 0)
    wide = firing_rule(network, network.by_name["a"]).law(member._replace(compute=np.dtype(np.int64)))
    assert wide.channels is None
    images = random.random((3, 3, 4, 3)).astype(np.float32)
    wanted = simulate(network, images, engine="reference")
    for record in ((), ("potentials",)):
        found = simulate(network, images, record=record)
        np.testing.assert_array_equal(found.logits, wanted.logits)
        np.testing.assert_array_equal(found.spikes["a"], wanted.spikes["a"])


@pytest.mark.parametrize(
    ("value", "wanted"), [(2, [2] * 12), ([1, 2], [1] * 6 + [2] * 6), (np.arange(12).reshape(SHAPE), range(12))]
)
def test_a_value_for_every_neuron(value, wanted):
    network = single((SHAPE, SHAPE), IF(1.0), Identity(), RateCode(2))
    assert spread(network.populations[1], value, np.int32).tolist() == list(wanted)
