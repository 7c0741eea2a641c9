"""Each sample by the way that its own spikes choose, whatever lies beside it and however it is asked."""

from unittest.mock import patch

import numpy as np
import pytest

from spikewright.snn import IF, simulate
from spikewright.snn.event.buffers import Buffers
from spikewright.snn.event.routes import choosing_dots
from spikewright.snn.event.routes.choosing import compile_route
from spikewright.snn.event.routes.chosen_dots import ChosenDots
from spikewright.snn.kernels.dot_ways import REAL_TILES
from spikewright.snn.kernels.planes import Planes, added_to, emptied
from tests.snn.event.routes.test_choosing_dots import by_rows, by_tiles, wanted_of
from tests.snn.event.stacks import any_numbers, images
from tests.snn.kernels.making import events_of
from tests.snn.kernels.test_masks import masks_of
from tests.snn.test_contract import assert_same

pytestmark = pytest.mark.skipif(not REAL_TILES, reason="no tiles of bfloat16 numbers on this processor")
COUNTS = [3, 9, 0, 20, 4, 5, 20, 1]
"""Sources of each sample that send; at most four are few."""


def ways(seed=0):
    """Tiles, what fired, and the choice between them, over the same weights of 20 sources."""
    weights = np.random.default_rng(seed).normal(0, 1, (21, 20)).astype(np.float32)
    wanted = wanted_of(weights, (5, 2, 2), kind=np.float32, first=False)
    tiles, sparse = by_tiles(wanted), by_rows(wanted)
    return tiles, sparse, ChosenDots(tiles.name, tiles.otherwise, tiles.dots, 1, False, sparse=sparse, few=4)


def sent_by(counts, steps):
    """So many sources of each sample, each in some of the steps."""
    random, sent = np.random.default_rng(1), np.zeros((len(counts), steps, 20), np.uint8)
    for one, count in zip(sent, counts, strict=True):
        who = random.permutation(20)[:count]
        one[:, who] = random.random((steps, count)) < 0.6
        one[0, who] = 1
    return sent


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("fresh", [False, True])
@pytest.mark.parametrize("steps", [4, 8, 9, 40, 65])
def test_every_sample_by_its_own_spikes(steps, fresh, masked):
    """To the last bit; where samples lie side by side all go by tiles, and other numbers of steps as ever."""
    if masked and steps > 64:
        return
    random, sent = np.random.default_rng(2), sent_by(COUNTS, steps)
    sums = random.normal(0, 1, (len(COUNTS), steps, 21)).astype(np.float32)
    begin = random.normal(0, 1, (len(COUNTS), 1, 21)).astype(np.float32)
    found = []
    for way in ways():
        planes, operations = Planes(sums.copy(), begin, True) if fresh else added_to(sums.copy()), np.zeros(8, np.int64)
        if masked:
            way.deliver_masks(planes, masks_of(sent, 5), operations, Buffers())
        else:
            way.deliver(planes, events_of(sent), operations, Buffers())
        found.append((planes.sums, operations))
    few = np.array(COUNTS) <= 4 if 9 <= steps <= 64 else np.zeros(8, bool)
    np.testing.assert_array_equal(found[2][0], np.where(few[:, None, None], found[1][0], found[0][0]))
    np.testing.assert_array_equal(found[2][1], found[0][1])
    assert steps > 64 or (found[0][0] != found[1][0]).any()  # they do add in another order


def test_one_sample_and_none():
    tiles, sparse, chosen = ways()
    for count, way in ((2, sparse), (12, tiles)):
        sums = np.zeros((2, 1, 9, 21), np.float32)
        for plane, one in zip(sums, (chosen, way), strict=True):
            one.deliver_masks(emptied(plane), masks_of(sent_by([count], 9), 5), np.zeros(1, np.int64), Buffers())
        np.testing.assert_array_equal(*sums)
    none = np.zeros((0, 9, 21), np.float32)
    chosen.deliver_masks(emptied(none), masks_of(sent_by([], 9), 5), np.zeros(0, np.int64), Buffers())


@pytest.mark.parametrize("steps", [8, 16, 40])
def test_answers_depend_on_nothing_else(steps):
    """Neither on the samples beside one nor on whether spikes are listed for a record."""
    several = images(any_numbers(IF(1.0), steps), 9) * np.linspace(0, 1, 9, dtype=np.float32)[:, None, None, None]
    with patch.object(choosing_dots, "_few", lambda *arguments: arguments[-1] // 2):
        network, asked, given = any_numbers(IF(1.0), steps), [], ChosenDots._parts
        with patch.object(ChosenDots, "_parts", lambda *a: [asked.append(one) or one for one in given(*a)]):
            whole = simulate(network, several)
        assert {sparse for sparse, _ in asked} == ({True, False} if steps > 8 else set())
        assert_same(simulate(network, several, record=("rasters",)), whole, records=False)
        for sample, image in enumerate(several):
            one = simulate(network, image[None])
            np.testing.assert_array_equal(one.spikes["b"], whole.spikes["b"][sample : sample + 1])
            np.testing.assert_array_equal(one.logits, whole.logits[sample : sample + 1])


def test_when_there_is_a_choice():
    """In float32, over time, of no more targets than the sparse way takes, where tiles are not quicker whatever is sent."""
    shapes, synapse = ((32, 6, 6), (64, 6, 6)), {"padding": (1, 1)}

    def route(kind=np.float32, channels=64, costs=None, **options):
        weights = np.random.default_rng(0).integers(1, 99, (channels, 32, 3, 3)) + 0.1
        wanted = wanted_of(
            weights, shapes[0], (channels, 6, 6), kind=kind, synapse=synapse, first=False, **options
        )  # fmt: skip
        with patch.multiple(choosing_dots, TILES=True, REAL_TILES=True, **(costs or {})):
            return compile_route(wanted)

    assert isinstance(route(), ChosenDots) and 0 < route().few < route().dots.sources.fanout.size / 2
    for other in (
        route(np.int32),
        route(channels=choosing_dots.WIDEST_FLOATS + 2),
        route(costs={"OF_TILES": 0.0}),
        route(over_time=False, schedule="layerwise"),
    ):
        assert not isinstance(other, ChosenDots)
