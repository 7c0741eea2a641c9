"""Sources that send at all, counted in masks and in events alike."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from spikewright.snn.kernels.active import count_active_in_events, count_active_in_masks
from tests.snn.kernels.making import events_of
from tests.snn.kernels.test_masks import masks_of
from tests.snn.kernels.test_trains import DENSITIES, GRIDS, pooled, sources_of

SAMPLES = 3


@settings(max_examples=40)
@given(st.sampled_from([1, 6, 64, 70, 130]), GRIDS, DENSITIES, st.integers(1, 9), st.integers(0, 2**20))
def test_in_masks_and_in_events(channels, grid, density, steps, seed):
    """A window counts once for each channel, however often and from wherever it sends; sources that reach nobody never."""
    random, sources = np.random.default_rng(seed), sources_of(channels, 1, *grid)
    sent = (random.random((SAMPLES, steps, sources.slot.size)) < density).astype(np.uint8)
    sent[1] = 0
    wanted = [(pooled(one, sources).sum(axis=0) > 0).sum() for one in sent]
    counts, mark = np.full((2, SAMPLES), -1, np.int64), np.zeros(sources.fanout.size, np.uint8)
    count_active_in_masks(masks_of(sent, channels).words, sources, counts[0])
    count_active_in_events(events_of(sent), sources, mark, counts[1])
    np.testing.assert_array_equal(counts, [wanted, wanted])
    assert not mark.any()
