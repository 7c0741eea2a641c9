"""What kernels assume of the arrays of their plans: what leads out of an array, or is too large to count, is refused."""

import numpy as np
import pytest
from hypothesis import given

from spikewright import InvalidNetwork
from spikewright.snn import Integrator, Linear, Network, Population, Projection, RateCode, Source, dense
from spikewright.snn.event.checks import (
    as_int32,
    check_ascending,
    check_events,
    check_inside,
    check_kept,
    check_same_length,
)
from spikewright.snn.event.routes.choosing import compile_route
from spikewright.snn.event.routes.wanted import Wanted
from tests.snn.full_strategies import Wish, full_networks


@given(network=full_networks(Wish()))
def test_sound_plans_pass(network):
    """Whatever is drawn: `compile_route` looks at every plan that it makes."""
    for q in network.projections:
        if not type(q.synapse).__name__ == "Windows":
            kind = np.dtype(np.int64 if network.numbers == "fixed" else np.float32)
            compile_route(Wanted(network, q, kind, q.shift, over_time=True))


def test_addresses_that_32_bits_do_not_hold():
    assert as_int32([-(2**31), 2**31 - 1]).dtype == np.int32 and as_int32([]).size == 0
    for beyond in (2**31, -(2**31) - 1):
        with pytest.raises(InvalidNetwork, match=r"fewer than 2..31"):
            as_int32(np.array([0, beyond]))


def test_events_that_32_bits_do_not_count():
    check_events(2**20, 2**10)
    with pytest.raises(InvalidNetwork, match="neurons times steps"):
        check_events(2**20, 2**11)
    check_kept(2**31 - 1)
    with pytest.raises(InvalidNetwork, match="kept until they arrive"):
        check_kept(2**31)


def test_populations_that_32_bits_do_not_address():
    parts = (Population("in", (2**16, 2**15, 1), Source()), Population("out", (1,), Integrator()))
    with pytest.raises(InvalidNetwork, match="at most 2147483647 neurons in population 'in'"):
        Network(parts, (Projection("in", "out", Linear(dense(np.ones((1, 1), np.float32)))),), "in", "out", RateCode(1))


def test_indices_that_lead_out_of_an_array():
    check_inside(np.array([0, 4]), 5, "pixels")
    check_inside(np.zeros(0, int), 0, "pixels")
    for wrong in ([-1, 2], [0, 5]):
        with pytest.raises(InvalidNetwork, match="a plan whose pixels lie in 0 to 4"):
            check_inside(np.array(wrong), 5, "pixels")


def test_ends_of_pieces_that_are_not_those_of_an_array():
    check_ascending(np.array([0, 2, 2, 5]), 5, "runs")
    check_ascending(np.array([0]), 0, "runs")
    for wrong in ([], [1, 5], [0, 4], [0, 3, 2, 5]):
        with pytest.raises(InvalidNetwork, match="a plan whose runs end at 5"):
            check_ascending(np.array(wrong), 5, "runs")


def test_arrays_of_different_lengths():
    check_same_length(np.zeros(3), np.ones(3), "weights")
    with pytest.raises(InvalidNetwork, match="weights of one length, got 3 and 2"):
        check_same_length(np.zeros(3), np.ones(2), "weights")
