"""The products of a tile: of a target pixel and 64 of its channels the sums of all that it sees, set or added."""

import numpy as np
import pytest

from spikewright.snn.kernels.dot_products import FOURS, gather
from spikewright.snn.kernels.mask_trains import pack_masks
from spikewright.snn.kernels.trains import SampleShare
from tests.snn.kernels.test_dots import plan_of, sent_of, work_for
from tests.snn.kernels.test_masks import masks_of

BLOCK = 64


@pytest.mark.parametrize("more", [False, True])
@pytest.mark.parametrize(("channels", "length", "steps"), [(5, 16, 4), (70, 70, 11), (4 * FOURS + 6, 40, 8)])
@pytest.mark.parametrize("floats", [False, True])
def test_a_tile_of_products(floats, channels, length, steps, more):
    """Also of more sources than are interleaved at once, and of those that sent only."""
    random = np.random.default_rng(channels)
    dots, weights = plan_of(random, (channels, 1), ((2, 3), (1, 1)), length, floats, digits=0)
    sent, arrived = sent_of(random, dots.sources, steps, 0.5)
    work, columns = work_for(dots, steps), np.uint64(-(-steps // 4) * 4)
    share = SampleShare(np.uint64(0), np.uint64(1), np.uint64(steps), columns)
    pack_masks(masks_of(sent, channels).words, share, dots.sources, work.trains, np.zeros(len(sent), np.int64))
    sums = (arrived[0] @ weights).reshape(steps, -1, length)
    for pixel in range(sums.shape[1]):
        for first in range(0, length, BLOCK):
            work.tile[:] = 5
            gather(np.uint64(pixel), np.uint64(0), np.uint64(first), more, columns, dots, work)
            width = min(BLOCK, length - first)
            found = work.tile.reshape(-1, BLOCK)[:steps, :width]
            np.testing.assert_array_equal(found, sums[:, pixel, first : first + width] + 5 * more)
