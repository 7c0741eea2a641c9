"""Which route a projection takes, and that all bring the same."""

import numpy as np
import pytest

from spikewright.snn import Conv2d, Integrator, Linear, RateCode, dense, sparse
from spikewright.snn.event.buffers import Buffers
from spikewright.snn.event.routes.blocks import BlocksRoute
from spikewright.snn.event.routes.choosing import compile_route
from spikewright.snn.event.routes.dots import DotsRoute
from spikewright.snn.event.routes.lanes import LanesRoute
from spikewright.snn.event.routes.lists import ListsRoute
from spikewright.snn.event.routes.rows import RowsRoute
from spikewright.snn.event.routes.wanted import Wanted
from spikewright.snn.kernels.planes import added_to, emptied
from tests.snn.kernels.making import events_of
from tests.snn.small import single

KIND = np.dtype(np.int32)


def wanted(synapse, source, target, **options):
    network = single((source, target), Integrator(), synapse, RateCode(2), numbers="fixed", potential_bits=24)
    return Wanted(network, network.projections[0], KIND, **options)


def conv(blocks=1.0, alive=1.0, below=9):
    """3x3, 2 -> 32 channels on 4x4; of the blocks of 16 output channels, and of the weights in them, a share is alive.

    Weights are from 1 to `below`.
    """
    random = np.random.default_rng(0)
    values = random.integers(1, below, (2, 16, 2, 3, 3)) * (random.random((2, 16, 2, 3, 3)) < alive)
    values = (values * (random.random((2, 1, 2, 3, 3)) < blocks)).reshape(32, 2, 3, 3)
    return Conv2d(dense(values.astype(np.int32)), padding=(1, 1))


def few(rows=40, columns=60):
    return Linear(sparse((rows, columns), np.array([3, columns]), np.ones(2, np.int8)))


MAP = (2, 4, 4), (32, 4, 4)


@pytest.mark.parametrize(
    ("asked", "route"),
    [
        (wanted(conv(), *MAP), RowsRoute),
        (wanted(conv(blocks=0.3), *MAP), BlocksRoute),
        (wanted(conv(), *MAP, over_time=True), DotsRoute),
        (wanted(conv(blocks=0.3), *MAP, over_time=True), DotsRoute),
        (wanted(conv(), *MAP, over_time=True, shift=5), DotsRoute),
        (wanted(conv(below=10**4), *MAP, over_time=True, shift=5), DotsRoute),
        (wanted(conv(below=10**5), *MAP, over_time=True), LanesRoute),
        (wanted(conv(below=10**5), *MAP, over_time=True, first=False), RowsRoute),
        (wanted(few(), (60,), (40,), over_time=True), ListsRoute),
    ],
)
def test_the_choice(asked, route):
    assert type(compile_route(asked)) is route


@pytest.mark.parametrize("steps", [2, 5])
@pytest.mark.parametrize("valued", [False, True])
@pytest.mark.parametrize("fresh", [False, True])
def test_all_routes_bring_the_same(steps, valued, fresh):
    synapse = conv(blocks=0.3, alive=0.6)
    dots = compile_route(wanted(synapse, *MAP, over_time=True))
    lanes = dots.otherwise
    blocks = compile_route(wanted(synapse, *MAP))
    rows = RowsRoute(blocks.rows)
    random = np.random.default_rng(1)
    sent = random.integers(-2 if valued else 0, 3 if valued else 2, (3, steps, 32))
    found = []
    for route in (rows, blocks, lanes, dots):
        sums, operations = np.full((3, steps, 512), 5, np.int32), np.zeros(3, np.int64)
        planes = emptied(sums) if fresh else added_to(sums)
        route.deliver(planes, events_of(sent, np.int8 if valued else None), operations, Buffers())
        found.append((sums, operations))
        assert route.most_operations == rows.rows.fanout.sum()
    for sums, operations in found[1:]:
        np.testing.assert_array_equal(sums, found[0][0])
        np.testing.assert_array_equal(operations, found[0][1])
