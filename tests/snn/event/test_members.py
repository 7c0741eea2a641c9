"""Values neuron by neuron, in the order and the types of the engine."""

import numpy as np
import pytest

from spikewright.snn import IF, Identity, RateCode
from spikewright.snn.event.members import Member, spread
from tests.snn.event.ruled import SHAPE
from tests.snn.small import single


@pytest.mark.parametrize(
    ("value", "wanted"), [(2, [2] * 12), ([1, 2], [1] * 6 + [2] * 6), (np.arange(12).reshape(SHAPE), range(12))]
)
def test_a_value_for_every_neuron(value, wanted):
    network = single((SHAPE, SHAPE), IF(1.0), Identity(), RateCode(2))
    assert spread(network.populations[1], value, np.int32).tolist() == list(wanted)


def test_a_member_has_values_in_engine_order_of_its_type_or_another():
    network = single((SHAPE, SHAPE), IF(5), Identity(1), RateCode(2), numbers="fixed", potential_bits=12)
    member = Member(network, network.populations[1], np.dtype(np.int32), 0)
    assert (member.fixed, member.top, member.neuron.threshold) == (True, 2047, 5)
    each, wide = member.each([1, 2]), member.each(np.arange(12).reshape(SHAPE), np.int64)
    assert each.tolist() == [1, 2] * 6 and each.dtype == np.int32
    assert wide.tolist() == [0, 6, 1, 7, 2, 8, 3, 9, 4, 10, 5, 11] and wide.dtype == np.int64


def test_real_numbers_have_no_top():
    network = single((SHAPE, SHAPE), IF(1.0), Identity(), RateCode(2))
    member = Member(network, network.populations[1], np.dtype(np.float32), 0)
    assert (member.fixed, member.top) == (False, 0)
