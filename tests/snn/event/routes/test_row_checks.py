"""Plans of rows, blocks, lanes, shortcuts and lists that lead out of an array are refused."""

import numpy as np
import pytest

from spikewright import InvalidNetwork
from spikewright.snn import Identity, Integrator, Linear, RateCode, dense, sparse
from spikewright.snn.event.routes.choosing import compile_route
from spikewright.snn.event.routes.dots import DotsRoute
from spikewright.snn.event.routes.row_checks import check_blocks, check_lanes, check_lists, check_rows, check_shortcut
from spikewright.snn.event.routes.shortcuts import ShortcutRoute
from spikewright.snn.event.routes.wanted import Wanted
from spikewright.snn.kernels.blocks import WIDTH
from tests.snn.event.routes.plans import CHANNELS, NEURONS, SIDE, changed, route, weights
from tests.snn.small import single


def lanes_route(weights):
    """Lanes over the same weights, which dot products leave the rest to."""
    found = route(weights)
    return found.otherwise if isinstance(found, DotsRoute) else found


ROUTE = lanes_route(weights(np.array([True, False])))
ROWS = lanes_route(weights(np.array([True, True])))


def listed(columns=8193):
    """A sparse layer that is too large to unfold."""
    synapse = Linear(sparse((columns, columns), np.array([3, columns]), np.ones(2, np.int8)))
    network = single(((columns,), (columns,)), Integrator(), synapse, RateCode(2), numbers="fixed", potential_bits=24)
    return compile_route(Wanted(network, network.projections[0], np.dtype(np.int32))).lists, columns


SOUND = ROUTE.otherwise.rows
ROWS_OF = [
    ("base", 0, -(2**20)), ("base", 0, NEURONS), ("row", 0, -(2**20)), ("row", 0, SOUND.weights.size), ("pattern", 0, 10**6),
    ("to", 0, NEURONS), ("start", 0, SOUND.weights.size), ("length", 0, NEURONS + 1), ("first_tap", 0, 1),
    ("first_tap", 1, 10**6),
    ("to", 0, None), ("weights", 0, None),
]  # fmt: skip
BLOCKS = [
    ("which", 0, -1), ("which", 0, 10**6), ("which", 0, None), ("first", 0, 1), ("first", 1, 10**6), ("to", 0, -(2**20)),
    ("to", 0, NEURONS), ("start", 0, -1), ("start", 0, SOUND.weights.size - WIDTH + 1), ("to", 0, None),
]  # fmt: skip
LANES = [
    ("slot", 0, -2), ("slot", 0, 2 * SIDE * SIDE), ("slot", 0, None), ("first_seen", 0, 1), ("first_seen", 1, 10**6),
    ("first_seen", 0, None), ("seen", 0, -1), ("seen", 0, SIDE * SIDE), ("row", 0, -1), ("row", 0, 10), ("row", 0, None),
    ("channel_base", 0, -1), ("channel_base", 0, CHANNELS), ("channel_base", 0, None),
]  # fmt: skip
LISTED = [("first", 0, 1), ("first", 2, 10**6), ("channel", 0, CHANNELS), ("channel", 0, None), ("weight", 0, None)]


@pytest.mark.parametrize(("field", "place", "value"), ROWS_OF)
def test_rows(field, place, value):
    check_rows(SOUND, NEURONS)
    with pytest.raises(InvalidNetwork, match="expected a plan"):
        check_rows(changed(SOUND, field, place, value), NEURONS)


@pytest.mark.parametrize(("field", "place", "value"), BLOCKS)
def test_blocks(field, place, value):
    check_blocks(ROUTE.blocks, SOUND, NEURONS, WIDTH)
    with pytest.raises(InvalidNetwork, match="expected a plan"):
        check_blocks(changed(ROUTE.blocks, field, place, value), SOUND, NEURONS, WIDTH)


@pytest.mark.parametrize("listed", [False, True])
@pytest.mark.parametrize(("field", "place", "value"), [*LANES, *LISTED])
def test_lanes(field, place, value, listed):
    lanes = (
        lanes_route(dense(np.eye(CHANNELS, 18, dtype=np.int8).reshape(CHANNELS, 2, 3, 3))).lanes
        if listed
        else ROWS.lanes
    )
    assert lanes.listed == listed
    check_lanes(lanes, 2 * SIDE * SIDE, NEURONS)
    if not listed and (field, place, value) in LISTED:
        return  # rows have no lists
    with pytest.raises(InvalidNetwork, match="expected"):
        check_lanes(changed(lanes, field, place, value), 2 * SIDE * SIDE, NEURONS)


@pytest.mark.parametrize(
    ("field", "place", "value"), [("first", 0, 1), ("first", 2, 10**6), ("first", 0, None), ("target", 0, -1),
                                  ("target", 0, 8193), ("target", 0, None), ("weight", 0, None)]
)  # fmt: skip
def test_lists(field, place, value):
    lists, columns = listed()
    check_lists(lists, columns, columns)
    with pytest.raises(InvalidNetwork, match="expected"):
        check_lists(changed(lists, field, place, value), columns, columns)


def test_a_shortcut_of_other_rows_is_refused():
    network = single(
        ((4, 3, 2), (4, 3, 2)),
        Integrator(),
        Identity(np.array([1, 2, 0, 3])),
        RateCode(8),
        numbers="fixed",
        potential_bits=24,
    )
    route = compile_route(Wanted(network, network.projections[0], np.dtype(np.int32), over_time=True))
    assert isinstance(route, ShortcutRoute)
    rows, shortcut = route.otherwise.otherwise.rows, route.shortcut
    check_shortcut(shortcut, rows, 24)
    for other, neurons in (
        (shortcut._replace(gain=shortcut.gain[:3]), 24),
        (shortcut._replace(gain=shortcut.gain + 1), 24),
        (shortcut._replace(alive=shortcut.alive[:0]), 24),
        (shortcut, 20),
    ):
        with pytest.raises(InvalidNetwork, match="a shortcut of"):
            check_shortcut(other, rows, neurons)
