"""The law of QuantReLU has the numbers of its record, neuron by neuron and channel by channel."""

import numpy as np
import pytest

from spikewright import InvalidNetwork
from spikewright.snn import (
    Conv2d,
    Direct,
    Integrator,
    Linear,
    Network,
    Population,
    Projection,
    QuantReLU,
    RateCode,
    Source,
    dense,
    simulate,
)
from spikewright.snn.event.firing_rules import firing_rule
from spikewright.snn.event.members import Member
from spikewright.snn.kernels.simd_levels import GATHERS
from tests.snn.event.ruled import ruled


def test_levels():
    neuron = QuantReLU(np.array([3, 5]), 4, 7)
    rule, both = ruled(neuron, code=RateCode(1))
    law = both.each
    assert both.channels is None and law.multiplier.tolist() == [3, 5] * 6 and law.multiplier.dtype == np.int64
    assert (law.levels, law.shift, law.sum_shift, law.top) == (7, 4, 3, 2047) and rule.values == (np.float32, np.int32)
    _, real = ruled(QuantReLU(0.5, 0, 7), "float32", RateCode(1))
    assert (real.each.multiplier == 0.5).all() and real.each.multiplier.dtype == np.float64


def test_products_that_64_bits_do_not_hold():
    with pytest.raises(InvalidNetwork, match="the products of population 'a' below 2"):
        ruled(QuantReLU(2**53, 62, 7), code=RateCode(1))


def test_no_potential_beyond_the_highest_level_is_multiplied():
    """Whatever the width of the potential: 13 / 2 levels of 2**4 / 2**53 each are less than one."""
    for multiplier, last in ((2**53, 1), (3, 35)):
        _, law = ruled(QuantReLU(multiplier, 4, 7), code=RateCode(1))
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
