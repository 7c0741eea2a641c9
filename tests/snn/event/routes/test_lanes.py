"""Lanes: who sees whom through which weights, and when they are not for events."""

import numpy as np
import pytest

from spikewright.snn import Conv2d, Integrator, Linear, RateCode, dense
from spikewright.snn.event.buffers import Buffers
from spikewright.snn.event.routes import lanes as module
from spikewright.snn.event.routes.choosing import compile_route
from spikewright.snn.event.routes.dots import DotsRoute
from spikewright.snn.event.routes.lanes import DENSE_SHARE
from spikewright.snn.event.routes.wanted import Wanted
from spikewright.snn.kernels.planes import emptied
from tests.snn.kernels.making import events_of
from tests.snn.small import single


def route_of(weights, source, target, **options):
    kind = np.int8
    synapse = (Conv2d if weights.ndim == 4 else Linear)(dense(weights.astype(kind)), **options.pop("synapse", {}))
    network = single(
        (source, target), Integrator(), synapse, RateCode(2), numbers="fixed", potential_bits=24, **options
    )
    found = compile_route(Wanted(network, network.projections[0], np.dtype(np.int32), over_time=True))
    return found.otherwise if isinstance(found, DotsRoute) else found


def lanes_of(*arguments, **options):
    return route_of(*arguments, **options).lanes


def test_views_hold_every_pair_of_pixels_once():
    """2 -> 3 channels, 3x3 with padding: the weights that target pixel p gets from source pixel q and channel c."""
    weights = np.random.default_rng(0).integers(1, 9, (3, 2, 3, 3))
    lanes = lanes_of(weights, (2, 4, 5), (3, 4, 5), synapse={"padding": (1, 1)})
    assert not lanes.listed and lanes.one_group and lanes.pixels == 20
    for p in range(20):
        view = slice(lanes.first_seen[p], lanes.first_seen[p + 1])
        assert np.unique(lanes.seen[view]).size == lanes.seen[view].size
        for q, row in zip(lanes.seen[view], lanes.row[view], strict=True):
            i, j = q // 5 - p // 5 + 1, q % 5 - p % 5 + 1
            for c in range(2):
                first = (row + c * int(lanes.taps)) * int(lanes.row_length)
                np.testing.assert_array_equal(lanes.weight[first : first + 3], weights[:, c, i, j])


@pytest.mark.parametrize("alive", [0.9, 0.1])
def test_survivors_are_listed_where_few_are_alive(alive):
    random = np.random.default_rng(0)
    weights = random.integers(1, 9, (16, 50)) * (random.random((16, 50)) < alive)
    lanes = lanes_of(weights, (50,), (16,))
    assert lanes.listed == (alive < DENSE_SHARE)
    if lanes.listed:
        row = weights[:, 7]
        place = slice(lanes.first[7], lanes.first[8])
        np.testing.assert_array_equal(lanes.channel[place], np.flatnonzero(row))
        np.testing.assert_array_equal(lanes.weight[place], row[row != 0])


def test_slots_of_a_pool():
    lanes = lanes_of(np.ones((1, 2, 1, 1)), (2, 5, 4), (1, 2, 2), pool=(2, 2))
    slots = lanes.slot.reshape(5, 4, 2)
    assert slots[:2, :2, 1].tolist() == [[1, 1], [1, 1]] and slots[3, 3].tolist() == [6, 7]
    assert (slots[4] == -1).all()


@pytest.mark.parametrize("steps", [3, 4, 64, 65])
def test_too_few_or_too_many_steps_go_by_rows(steps, monkeypatch):
    asked = []
    monkeypatch.setattr(module, "deliver_lanes", lambda *arguments: asked.append(True))
    network = single(
        ((2,), (3,)),
        Integrator(),
        Linear(dense(np.ones((3, 2), np.int8))),
        RateCode(2),
        numbers="fixed",
        potential_bits=24,
    )
    route = compile_route(Wanted(network, network.projections[0], np.dtype(np.int32), over_time=True))
    sums = np.zeros((1, steps, 3), np.int32)
    route.deliver(emptied(sums), events_of(np.ones((1, steps, 2), int)), np.zeros(1, np.int64), Buffers())
    assert bool(asked) == (4 <= steps <= 64)
