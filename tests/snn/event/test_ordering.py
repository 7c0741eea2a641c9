"""An order in front of each route: what the route makes of the numbers in their places."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikewright import InvalidNetwork
from spikewright.index_maps import IndexMap
from spikewright.snn import Integrator, Linear, RateCode, dense, simulate
from spikewright.snn.event.addresses import engine_order
from spikewright.snn.event.buffers import Buffers
from spikewright.snn.event.checks import check_places
from spikewright.snn.event.ordering import OrderedRoute, compile_order
from spikewright.snn.event.routes.choosing import compile_route
from spikewright.snn.event.routes.wanted import Wanted
from spikewright.snn.kernels.planes import emptied
from spikewright.snn.kernels.rearranging import Places
from tests.snn.event.routes.test_choosing import conv, few, wanted
from tests.snn.kernels.making import events_of
from tests.snn.small import single

KIND = np.dtype(np.int32)
ROUTES = {
    "rows": (conv(), (2, 4, 4), (32, 4, 4), False),
    "blocks": (conv(blocks=0.3), (2, 4, 4), (32, 4, 4), False),
    "lanes": (conv(), (2, 4, 4), (32, 4, 4), True),
    "lists": (few(), (60,), (40,), False),
}


@pytest.mark.parametrize("name", ROUTES)
@pytest.mark.parametrize("valued", [False, True])
def test_every_route_delivers_what_stands_at_its_places(name: str, valued: bool) -> None:
    synapse, read, target, over_time = ROUTES[name]
    random, source = np.random.default_rng(0), (3, 2, 5)
    order = IndexMap.of(source, random.integers(-1, 30, read))
    network = single(
        (source, target), Integrator(), synapse, RateCode(2), numbers="fixed", potential_bits=24, order=order
    )
    ordered = compile_route(Wanted(network, network.projections[0], KIND, over_time=over_time))
    plain = compile_route(wanted(synapse, read, target, over_time=over_time))
    assert isinstance(ordered, OrderedRoute) and type(ordered.inner) is type(plain)
    assert ordered.most_operations == plain.most_operations
    sent = random.integers(-2 if valued else 0, 3 if valued else 2, (3, 5, *source))
    placed = np.where(order.addresses >= 0, sent.reshape(3, 5, -1)[..., order.addresses], 0)
    found = []
    for route, numbers, shape in ((ordered, sent, source), (plain, placed, read)):
        sums, operations = np.zeros((3, 5, int(np.prod(target))), np.int32), np.zeros(3, np.int64)
        events = events_of(numbers.reshape(3, 5, -1)[..., engine_order(shape)], np.int8 if valued else None)
        route.deliver(emptied(sums), events, operations, Buffers())
        found.append((sums, operations))
    assert found[0][0].any()
    for one, other in zip(*found, strict=True):
        np.testing.assert_array_equal(one, other)


@given(seed=st.integers(0, 2**20))
def test_an_order_of_nothing_brings_nothing_and_repetition_as_much_as_it_reads(seed: int) -> None:
    image = np.random.default_rng(seed).random((2, 4), dtype=np.float32)
    for addresses, times in ((np.full(3, -1), 0), (np.array([2, 2, 2]), 3)):
        order = IndexMap.of((4,), addresses)
        summing = Linear(dense(np.ones((1, 3), np.float32)))
        network = single(((4,), (1,)), Integrator(), summing, RateCode(8), order=order)
        activity = simulate(network, image)
        sent = simulate(network, image, record=("rasters",)).rasters["in"].sum(axis=0)
        counts = sent[:, 2]
        np.testing.assert_array_equal(activity.synaptic_operations["in->a"], times * counts)
        np.testing.assert_array_equal(activity.logits[:, 0], times * counts)


def test_places_that_lead_elsewhere_are_refused() -> None:
    compile_order("q", IndexMap.of((2,), np.array([0, 1, -1])))
    for first, target in (([0, 1], [0]), ([0, 1, 2], [0, 3]), ([0, 1, 2], [1, 1]), ([0, 2, 1], [0])):
        with pytest.raises(InvalidNetwork):
            check_places(Places(np.array(first, np.int32), np.array(target, np.int32)), 2, 3)
