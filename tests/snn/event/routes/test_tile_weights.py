"""Tiles of weights: runs that are alike share them, pixels fill squares or several share one."""

import numpy as np
import pytest

from spikewright.snn import Conv2d, Integrator, Linear, RateCode, dense
from spikewright.snn.event.routes.tile_weights import pixel_bytes_of, runs_by_kind
from tests.snn.event.routes.test_choosing_dots import by_tiles, wanted_of
from tests.snn.small import single


@pytest.mark.parametrize(("channels", "size"), [(1, 16), (16, 16), (17, 32), (33, 64), (64, 64), (65, 128), (130, 192)])
def test_bytes_of_a_pixel(channels, size):
    assert pixel_bytes_of(channels) == size


@pytest.mark.parametrize(
    ("pixel_bytes", "side", "before", "pixels", "kinds"),
    [(16, 64, [0, 16, 32], 3, 3), (32, 64, [0, 32, 0], 3, 2), (16, 32, [0, 16, 0], 3, 2), (32, 32, [0] * 9, 1, 3),
     (64, 64, [0] * 9, 1, 3)],
)  # fmt: skip
def test_runs_of_three_pixels(pixel_bytes, side, before, pixels, kinds):
    """By where they begin in a square; whole squares are runs of one pixel."""
    first, seen = np.arange(0, 10, 3), np.concatenate([x + np.arange(3) for x in range(3)])
    runs, found = runs_by_kind((first, seen, np.tile([5, 7, 9], 3)), 6, pixel_bytes, side)
    assert runs.before.tolist() == before and set(runs.pixels.tolist()) == {pixels}
    assert len(found) == kinds and runs.target.tolist() == sorted([0, 1, 2] * (3 // pixels))
    assert [seen[k] for k in range(0, 9, pixels)] == runs.first.tolist()


def test_the_largest_layer_that_a_test_can_afford_keeps_its_weights_small():
    """About a byte a weight where pixels fill their squares."""
    network = single(((64, 8, 8), (64, 8, 8)), Integrator(), Conv2d(dense(np.ones((64, 64, 3, 3), np.int8)), padding=(1, 1)),
                     RateCode(2), numbers="fixed", potential_bits=60)  # fmt: skip
    wanted = wanted_of(np.ones((128, 2048)), (2048,), first=False)
    assert by_tiles(wanted._replace(network=network, projection=network.projections[0])).dots.weight.size == 9 * 64 * 64
    assert by_tiles(wanted).dots.weight.size == 2048 * 128
    assert isinstance(wanted.projection.synapse, Linear)
