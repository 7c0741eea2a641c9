"""Shortcuts add the gain of each channel where its bit is set, whatever the number of channels and what was there before."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spikewright.snn.kernels.planes import Planes, added_to
from spikewright.snn.kernels.shortcuts import Shortcut, deliver_shortcut
from tests.snn.kernels.test_masks import BLOCK, CHANNELS, masks_of


@pytest.mark.parametrize("kind", [np.int16, np.int32, np.float32])
@settings(max_examples=25)
@given(
    CHANNELS,
    st.sampled_from([1, 3, 65]),
    st.sampled_from([None, 0, 1]),
    st.sampled_from([0.0, 0.3, 1.0]),
    st.integers(0, 99),
)
def test_the_sum_of_gains(kind, channels, pixels, begins, density, seed):
    random = np.random.default_rng(seed)
    neurons, gain = pixels * channels, random.integers(-9, 9, channels).astype(kind)
    sent = (random.random((2, 5, neurons)) < density).astype(np.uint8)
    held = random.integers(-50, 50, (2, 5, neurons)).astype(kind)
    begin = random.integers(-50, 50, (2, 1, neurons if begins else 0)).astype(kind)
    before = held if begins is None else begin if begins else 0
    alive = np.zeros(-(-channels // BLOCK) * BLOCK, np.uint8)
    alive[:channels] = gain != 0
    shortcut = Shortcut(gain, np.packbits(alive, bitorder="little").view(np.uint64))
    sums, operations = held.copy(), np.array([3, 4])
    planes = added_to(sums) if begins is None else Planes(sums, begin, True)
    deliver_shortcut(planes, masks_of(sent, channels).words, shortcut, operations)
    np.testing.assert_array_equal(sums, before + sent * np.tile(gain, pixels))
    counted = (sent * np.tile(gain != 0, pixels)).sum(axis=(1, 2))
    np.testing.assert_array_equal(operations - [3, 4], counted)
