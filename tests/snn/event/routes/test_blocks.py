"""Blocks that are pruned are skipped, and nothing else."""

import numpy as np
import pytest

from spikewright.snn import (
    IF,
    Conv2d,
    Integrator,
    Linear,
    Network,
    Population,
    Projection,
    RateCode,
    Source,
    dense,
    simulate,
)
from spikewright.snn.event.routes.blocks import MOST_ALIVE, BlocksRoute, compile_blocks
from spikewright.snn.event.routes.choosing import compile_route
from spikewright.snn.event.routes.rows import compile_rows
from spikewright.snn.event.routes.wanted import Wanted
from spikewright.snn.event.synapse_taps import taps_of
from spikewright.snn.kernels.blocks import WIDTH
from tests.snn.small import single


def blocks_of(alive, length=WIDTH):
    """The blocks of a dense layer (sources, blocks) of which some are alive."""
    weights = np.repeat(alive, length, axis=1).astype(np.float32).T
    network = single(((alive.shape[0],), (weights.shape[0],)), Integrator(), Linear(dense(weights)), RateCode(2))
    asked = Wanted(network, network.projections[0], np.dtype(np.float32))
    taps = taps_of(network, network.projections[0])
    return compile_blocks(asked, taps, compile_rows(asked, taps).rows)


def test_each_source_has_its_surviving_blocks():
    alive = np.array([[0, 1, 0, 1], [0, 0, 0, 0], [1, 0, 0, 0]])
    route = blocks_of(alive)
    assert route.share == 0.25
    for source, row in enumerate(alive):
        which = route.blocks.which[source]
        found = slice(route.blocks.first[which], route.blocks.first[which + 1])
        np.testing.assert_array_equal(route.blocks.to[found], WIDTH * np.flatnonzero(row))
        np.testing.assert_array_equal(route.blocks.start[found], WIDTH * (4 * source + np.flatnonzero(row)))


def test_not_where_rows_do_as_well():
    assert blocks_of(np.eye(4)[:, :1]) is not None and MOST_ALIVE == 0.5
    assert blocks_of(np.ones((2, 2))) is None
    assert blocks_of(np.eye(4), length=WIDTH - 1) is None


@pytest.mark.parametrize("numbers", ["fixed", "float32"])
@pytest.mark.parametrize("steps", [2, 40])
def test_pruned_blocks_are_skipped_and_nothing_else(numbers, steps):
    """Weights of which whole blocks of output channels are pruned: the same spikes, potentials and operations."""
    random = np.random.default_rng(steps)
    alive = random.random((2, 1, 3, 3, 3)) < 0.3
    values = (random.integers(1, 8, (2, 16, 3, 3, 3)) * alive).reshape(32, 3, 3, 3)
    readout = random.integers(-3, 4, (3, 32 * 16))
    kind, scale, bits = (np.int8, 1, 24) if numbers == "fixed" else (np.float32, 1 / 16, None)
    network = Network(
        (
            Population("in", (3, 8, 8), Source()),
            Population("a", (32, 4, 4), IF(40 * scale), potential_bits=bits),
            Population("out", (3,), Integrator(), potential_bits=bits),
        ),
        (
            Projection("in", "a", Conv2d(dense((values * scale).astype(kind)), padding=(1, 1)), (2, 2)),
            Projection("a", "out", Linear(dense((readout * scale).astype(kind)))),
        ),
        "in",
        "out",
        RateCode(steps),
        numbers=numbers,
    )
    held = np.dtype(np.int16 if kind is np.int8 else np.float32)
    assert isinstance(compile_route(Wanted(network, network.projections[0], held)), BlocksRoute)
    images = (random.integers(0, 16, (4, 3, 8, 8)) / 64).astype(np.float32)
    fast, slow = (simulate(network, images, engine=engine, record=("rasters",)) for engine in ("event", "reference"))
    np.testing.assert_array_equal(fast.logits_over_time, slow.logits_over_time)
    np.testing.assert_array_equal(fast.rasters["a"], slow.rasters["a"])
    for name, count in slow.synaptic_operations.items():
        np.testing.assert_array_equal(fast.synaptic_operations[name], count)
