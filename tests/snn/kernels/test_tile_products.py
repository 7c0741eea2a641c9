"""Which tiles are multiplied: those of which any source sent, at the places of their squares and weights."""

import numpy as np
import pytest

from spikewright.snn.kernels.dot_ways import TILES
from spikewright.snn.kernels.tile_products import find_tiles, sizes_of
from spikewright.snn.kernels.tiles import deliver_tiles_of_masks
from tests.snn.kernels.test_dots import planes_of, sent_of
from tests.snn.kernels.test_masks import masks_of
from tests.snn.kernels.test_tiles import IF_REAL, TAPS, plan_of, soiled

pytestmark = pytest.mark.skipif(not TILES, reason="no tiles on this processor")
GRID = (4, 6), (1, 1)
"""Of the sources, and their pool."""


@pytest.mark.parametrize("channels", [16, 40, 130])
@pytest.mark.parametrize("density", [0.0, 0.01, 1.0])
@pytest.mark.parametrize("kind", [np.int32, pytest.param(np.float32, marks=IF_REAL)])
def test_only_tiles_that_sent(channels, density, kind):
    """Unit by unit; where nothing was sent none, where all did all; for real numbers two squares lie where one of bytes does."""
    random = np.random.default_rng(channels)
    real = random.normal(0, 1, (TAPS * channels, 20)).astype(np.float32) if kind == np.float32 else None
    tiles = plan_of(random, channels, GRID, 20, real=real)[0]
    work, (planes, _) = soiled(tiles, 4, True), planes_of(random, kind, 4, 60, "zero")
    sent = sent_of(random, tiles.sources, 4, density, 1)[0]
    deliver_tiles_of_masks(planes, masks_of(sent[:1], channels).words, tiles, work, np.zeros(1, np.int64))
    square, of_weights, more = sizes = sizes_of(tiles, work)
    assert more == (1 if real is None else 2)
    for p, (first, stop) in enumerate(zip(tiles.views.first, tiles.views.first[1:], strict=False)):
        seen = [one for one in tiles.views.tile[first:stop] if work.fired[one[2] : one[2] + one[3]].any()]
        count = find_tiles(np.uint64(p), sizes, tiles.views, work.slab, work.fired, work.listed)
        assert work.listed.at[:count].tolist() == [more * work.slab[one[0]] + one[1] * square for one in seen]
        assert work.listed.by[:count].tolist() == [one[4] * of_weights for one in seen]
        assert density != 1.0 or count == stop - first
        assert density != 0.0 or count == 0
