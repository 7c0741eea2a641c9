"""Plans of dot products, tiles and fields that lead out of an array are refused."""

from unittest.mock import patch

import numpy as np
import pytest

from spikewright import InvalidNetwork
from spikewright.snn import Conv2d, Direct, Integrator, dense
from spikewright.snn.event.routes import fields
from spikewright.snn.event.routes.choosing import compile_route
from spikewright.snn.event.routes.product_checks import check_dots, check_fields, check_tiles
from spikewright.snn.event.routes.wanted import Wanted
from tests.snn.event.routes.plans import CHANNELS, NEURONS, SIDE, changed, route, weights
from tests.snn.small import single

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
