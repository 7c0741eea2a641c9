"""Tiles of counts of two bytes: the sums that they are and the operations they take, in a plane that all steps share."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spikewright.snn.kernels.dot_ways import TILES
from spikewright.snn.kernels.wide_tiles import deliver_wide_tiles
from tests.snn.kernels.making import events_of
from tests.snn.kernels.test_dots import LENGTHS, SEEDS, planes_of
from tests.snn.kernels.test_fire_masks import SAMPLES
from tests.snn.kernels.test_tiles import CHANNELS, plan_of, soiled
from tests.snn.kernels.test_trains import DENSITIES, GRIDS, pooled

pytestmark = pytest.mark.skipif(not TILES, reason="no tiles on this processor")


@settings(max_examples=50)
@given(
    CHANNELS, GRIDS, LENGTHS, DENSITIES, st.sampled_from(["held", "begin", "zero"]), st.sampled_from([np.int16, np.int32]),
    st.sampled_from([1, 9]), st.sampled_from([1, 200, 255, 9_000]), SEEDS,
)  # fmt: skip
def test_values_and_spikes(channels, grid, length, density, fresh, kind, steps, largest, seed):
    """Windows of them up to two bytes; sums of 16 bits are exact modulo these."""
    random = np.random.default_rng(seed)
    tiles, weights = plan_of(random, channels, grid, length)
    largest = min(largest, (2**16 - 1) // (tiles.sources.windows.shape[1] * steps))
    sent = (random.random((SAMPLES, steps, tiles.sources.slot.size)) < density) * random.integers(0, largest + 1)
    arrived = np.array([pooled(one, tiles.sources) for one in sent])
    planes, wanted = planes_of(random, kind, 1, weights.shape[1], fresh)
    work, operations = soiled(tiles, 2, False), np.full(SAMPLES, 5)
    deliver_wide_tiles(planes, events_of(sent, np.int32, steps == 1), tiles, work, operations)
    np.testing.assert_array_equal(planes.sums[:, 0], (wanted[:, 0] + arrived.sum(axis=1) @ weights).astype(kind))
    taken = np.array([pooled(one > 0, tiles.sources) for one in sent]) if steps == 1 else arrived
    np.testing.assert_array_equal(operations, 5 + (taken * tiles.sources.fanout).sum(axis=(1, 2)))
