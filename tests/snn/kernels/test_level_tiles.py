"""Tiles of levels: what rows bring and what neurons of QuantReLU make of it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spikewright.snn import Direct
from spikewright.snn.event.buffers import Buffers
from spikewright.snn.event.leveling import reader_of
from spikewright.snn.event.routes.rows import compile_rows
from spikewright.snn.event.synapse_taps import taps_of
from spikewright.snn.kernels.dot_ways import TILES
from spikewright.snn.kernels.level_tiles import fire_tiles_of_levels
from spikewright.snn.kernels.levels import fire_levels_of_planes
from spikewright.snn.kernels.planes import emptied
from tests.snn.event.routes.test_dots import by_tiles
from tests.snn.event.routes.test_fields import asked
from tests.snn.kernels.making import events_of
from tests.snn.kernels.test_channel_levels import laws_of
from tests.snn.kernels.test_levels import byte_law_of

pytestmark = pytest.mark.skipif(not TILES, reason="no tiles on this processor")


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([16, 32, 48, 64, 80, 128]), st.sampled_from([16, 48, 64, 112]),
    st.sampled_from([(1, 1), (2, 2), (1, 3), (3, 2)]), st.sampled_from([15, 255]), st.sampled_from([0, 2]),
    st.sampled_from([1.0, 0.6]), st.booleans(), st.sampled_from([0.0, 0.2, 1.0]), st.integers(1, 19), st.integers(0, 2**20),
)  # fmt: skip
def test_levels_of_levels(channels, targets, pool, most, shift, alive, apart, density, samples, seed):
    """Channels of all widths, windows of any size, sums of a byte and of two, pruned channels, weights of a byte and of two."""
    random = np.random.default_rng(seed)
    weights = random.integers(-128, 128, (targets, channels, 3, 3)) * (random.random((1, channels, 1, 1)) < alive)
    weights[0] *= 1 + 7 * (shift > 0)
    wanted = asked(weights, (4 * pool[0] + 1, 4 * pool[1]), {"padding": (1, 1)}, Direct(1, most), pool)
    route = by_tiles(wanted._replace(shift=shift))
    rows = compile_rows(wanted._replace(shift=shift), taps_of(wanted.network, wanted.projection))
    values = np.where(
        random.random((samples, wanted.source.size)) < density, random.integers(1, most + 1, (samples, wanted.source.size)), 0
    ).astype(np.uint8)  # fmt: skip
    sums, operations = np.zeros((samples, 1, wanted.target.size), np.int32), np.full(samples, 5)
    rows.deliver(emptied(sums), events_of(values[:, None].astype(np.int64), np.int32, True), operations, Buffers())
    law, _ = laws_of(random, targets, 16, (2**16, 24, most, 0, 2**24))
    bias = random.integers(-9999, 9999, wanted.target.size)
    bias = bias if apart else np.tile(bias[:targets], 16)
    law, (right, found) = byte_law_of(law, bias, targets, apart), np.full((2, samples, wanted.target.size), 7, np.uint8)
    fire_levels_of_planes(sums, law, right)
    reader, counted = reader_of(route), np.full(samples, 5)
    work = route.work(2 if reader.wide else 1, samples, Buffers())
    fire_tiles_of_levels(values, route.dots, reader, work, law, found, counted)
    np.testing.assert_array_equal(found, right)
    np.testing.assert_array_equal(counted, operations)
    assert reader.wide == (most * pool[0] * pool[1] > 255)
