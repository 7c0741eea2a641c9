"""What kernels assume of their plans is looked at where these are compiled: a plan that leads out of an array is refused."""

from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given

from spikewright import InvalidNetwork
from spikewright.snn import (
    Conv2d,
    Direct,
    Identity,
    Integrator,
    Linear,
    Network,
    Population,
    Projection,
    RateCode,
    Source,
    dense,
    sparse,
)
from spikewright.snn.event.checks import (
    as_int32,
    check_blocks,
    check_dots,
    check_events,
    check_fields,
    check_kept,
    check_lanes,
    check_lists,
    check_rows,
    check_shortcut,
    check_tiles,
)
from spikewright.snn.event.routes import choosing_dots, fields
from spikewright.snn.event.routes.choosing import compile_route
from spikewright.snn.event.routes.dots import DotsRoute
from spikewright.snn.event.routes.shortcuts import ShortcutRoute
from spikewright.snn.event.routes.wanted import Wanted
from spikewright.snn.kernels.blocks import WIDTH
from tests.snn.full_strategies import Wish, full_networks
from tests.snn.small import single

CHANNELS, SIDE = 32, 4
NEURONS = CHANNELS * SIDE * SIDE


def route(weights, tiles=False, numbers="fixed"):
    network = single(
        ((2, SIDE, SIDE), (CHANNELS, SIDE, SIDE)), Integrator(), Conv2d(weights, padding=(1, 1)), RateCode(8), numbers=numbers,
        potential_bits=24 if numbers == "fixed" else None,
    )  # fmt: skip
    kind = np.dtype(np.int32 if numbers == "fixed" else np.float32)
    with patch.multiple(choosing_dots, TILES=tiles, REAL_TILES=tiles, OF_TILES=0.0):
        return compile_route(Wanted(network, network.projections[0], kind, over_time=True))


def lanes_route(weights):
    """Lanes over the same weights, which dot products leave the rest to."""
    found = route(weights)
    return found.otherwise if isinstance(found, DotsRoute) else found


def weights(alive):
    """Blocks of 16 neighbouring output channels are pruned where `alive` is false."""
    values = np.ones((CHANNELS, 2, 3, 3), np.int8)
    values[~np.repeat(alive, WIDTH)] = 0
    return dense(values)


ROUTE = lanes_route(weights(np.array([True, False])))
ROWS = lanes_route(weights(np.array([True, True])))
DOTS = route(weights(np.array([True, True]))).dots
TILES = route(weights(np.array([True, True])), tiles=True).dots
REAL = route(dense(np.ones((CHANNELS, 2, 3, 3), np.float32)), tiles=True, numbers="float32").dots


def fields_of():
    """Fields of a convolution from 9 x 10 to 7 x 8, 32 channels; they need not run here."""
    network = single(
        ((1, 9, 10), (32, 7, 8)), Integrator(), Conv2d(dense(np.ones((32, 1, 3, 3), np.int8))), Direct(2, 255),
        numbers="fixed", potential_bits=24,
    )  # fmt: skip
    with patch.object(fields, "TILES", True):
        return compile_route(Wanted(network, network.projections[0], np.dtype(np.int32))).fields


FIELDS = fields_of()


def listed(columns=8193):
    """A sparse layer that is too large to unfold."""
    synapse = Linear(sparse((columns, columns), np.array([3, columns]), np.ones(2, np.int8)))
    network = single(((columns,), (columns,)), Integrator(), synapse, RateCode(2), numbers="fixed", potential_bits=24)
    return compile_route(Wanted(network, network.projections[0], np.dtype(np.int32))).lists, columns


def changed(plan, field, place, value):
    """The plan with one number of a field replaced, or with a field of another length."""
    array = getattr(plan, field)
    if value is None:
        return plan._replace(**{field: array[:-1]})
    array = array.copy()
    array[place] = value
    return plan._replace(**{field: array})


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


@pytest.mark.parametrize(
    ("field", "place", "value"),
    [("first_run", 0, 1), ("first_run", 1, 10**6), ("run", 0, 1), ("run", 1, 10**6), ("run", 1, 0), ("run", 0, None),
     ("seen", 0, -1), ("seen", 0, SIDE * SIDE), ("seen", 1, 7), ("row", 0, -1), ("row", 0, 10),
     ("row", 0, None), ("weight", 0, None), ("first_run", 0, None), ("groups", None, 2)],
)  # fmt: skip
def test_dots(field, place, value):
    check_dots(DOTS, NEURONS)
    wrong = DOTS._replace(**{field: value}) if place is None else changed(DOTS, field, place, value)
    with pytest.raises(InvalidNetwork, match="expected"):
        check_dots(wrong, NEURONS)


@pytest.mark.parametrize(
    ("field", "place", "value"),
    [("first", 0, 1), ("first", 1, 10**6), ("first", 0, None), ("until", 0, -1), ("until", 0, 9), ("until", 1, 0),
     ("until", 0, None), *(("tile", (0, column), value) for column in range(5) for value in (-1, 10**6)),
     ("tile", (0, 3), 0), ("tile", 0, None)],
)  # fmt: skip
def test_views_of_tiles(field, place, value):
    check_tiles(TILES, NEURONS)
    with pytest.raises(InvalidNetwork, match="expected"):
        check_tiles(TILES._replace(views=changed(TILES.views, field, place, value)), NEURONS)


@pytest.mark.parametrize(
    ("field", "value"),
    [("width", 3), ("pixel_bytes", 1), ("pixel_bytes", 24), ("units", 2), ("length", 16), ("held", 1), ("digits", 2),
     ("unit", np.ones(3, np.int32)), ("side", 16), ("side", 128),
     ("weight", TILES.weight[:-1]), ("weight", TILES.weight[: -2 * 1024])],
)  # fmt: skip
def test_tiles(field, value):
    with pytest.raises(InvalidNetwork, match="expected"):
        check_tiles(TILES._replace(**{field: value}), NEURONS)


def test_squares_of_real_tiles():
    """Twice as many as of bytes, and no units."""
    found = REAL.views.tile[:, 1].max()
    check_tiles(REAL, NEURONS)
    for wrong in (REAL._replace(side=64), REAL._replace(unit=np.ones(CHANNELS, np.int32))):
        with pytest.raises(InvalidNetwork, match="expected"):
            check_tiles(wrong, NEURONS)
    beyond = changed(REAL.views, "tile", (0, 1), 2 * (found // 2 + 1))
    with pytest.raises(InvalidNetwork, match="squares"):
        check_tiles(REAL._replace(views=beyond), NEURONS)


@pytest.mark.parametrize(
    ("field", "place", "value"), [("slot", 0, -2), ("slot", 0, 32), ("windows", 0, -1), ("fanout", 0, None)]
)
def test_sources_of_tiles(field, place, value):
    with pytest.raises(InvalidNetwork, match="expected"):
        check_tiles(TILES._replace(sources=changed(TILES.sources, field, place, value)), NEURONS)


@pytest.mark.parametrize(
    ("field", "place", "value"),
    [("slot", 0, -2), ("slot", 0, 2 * SIDE * SIDE), ("windows", 0, -1), ("windows", 0, 16), ("kept", 0, None)],
)
def test_sources_of_dots(field, place, value):
    wrong = DOTS._replace(sources=changed(DOTS.sources, field, place, value))
    with pytest.raises(InvalidNetwork, match="expected"):
        check_dots(wrong, NEURONS)


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


@pytest.mark.parametrize(
    ("field", "place", "value"),
    [("first", 0, 1), ("first", 1, 10**6), ("first", 0, None), ("place", 0, -1), ("place", 0, 10**6), ("place", 0, None),
     ("fanout", 0, None), ("at", 0, -1), ("at", -1, 10**6), ("at", 0, None), ("to", 0, -16), ("to", 0, 10**6), ("to", 0, 32),
     ("to", 0, 1), ("to", 0, None), ("weight", 0, None), ("rows", None, 17), ("rows", None, 0), ("rows", None, 7),
     ("stride", None, 0), ("length", None, 24), ("length", None, 0), ("length", None, 16), ("size", None, 100)],
)  # fmt: skip
def test_fields(field, place, value):
    plan, neurons = FIELDS, 32 * 7 * 8
    check_fields(plan, 90, neurons)
    wrong = plan._replace(**{field: value}) if place is None else changed(plan, field, place, value)
    with pytest.raises(InvalidNetwork, match="expected"):
        check_fields(wrong, 90, neurons)
    for sources, targets in ((91, neurons), (90, neurons + 1), (90, 2 * neurons)):
        with pytest.raises(InvalidNetwork, match="expected"):
            check_fields(plan, sources, targets)
