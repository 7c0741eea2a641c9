"""Values and firing in one go: what both do one after the other."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spikewright.snn.kernels.channel_levels import fire_channel_levels
from spikewright.snn.kernels.driven import fire_levels_of_values, fire_values
from spikewright.snn.kernels.fire_masks import fire_planes
from spikewright.snn.kernels.planes import emptied
from spikewright.snn.kernels.rows import deliver_values
from spikewright.snn.kernels.simd_levels import GATHERS
from tests.snn.kernels.making import answer_for, drive_of, events_of, sent_in
from tests.snn.kernels.test_channel_levels import laws_of
from tests.snn.kernels.test_fire_masks import SAMPLES, firing_of, room_of
from tests.snn.kernels.test_simd_fire import laws
from tests.snn.kernels.weights import dense_rows, drawn

SOURCES = 6
FEW = settings(max_examples=25)
DENSITIES = st.sampled_from([0.0, 0.4, 1.0])


def given_values(random, neurons, density):
    """Rows into so many neurons, and what sources send once."""
    rows = dense_rows(drawn(int(random.integers(99)), SOURCES, neurons, 0.7, np.int32))
    sent = random.integers(1, 9, (SAMPLES, 1, SOURCES)) * (random.random((SAMPLES, 1, SOURCES)) < density)
    return rows, events_of(sent, np.int32, True)


@FEW
@given(
    st.sampled_from([1, 16, 17, 32, 64, 70]), st.integers(1, 5), laws(st.sampled_from([0, 0, 2])), st.booleans(), DENSITIES,
    st.integers(0, 2**20),
)  # fmt: skip
def test_masks(channels, pixels, law, own, density, seed):
    random, neurons = np.random.default_rng(seed), channels * pixels
    rows, events = given_values(random, neurons, density)
    firing = firing_of(random, channels, pixels, np.int32, law, own=own, alone=True)
    wanted, found = room_of(channels, pixels, 7), room_of(channels, pixels, 7)
    sums, operations, counted = np.zeros((SAMPLES, 1, neurons), np.int32), np.full(SAMPLES, 5), np.full(SAMPLES, 5)
    deliver_values(emptied(sums), events, rows, operations)
    fire_planes(sums, firing, wanted)
    fire_values(events, rows, np.full(neurons, 99, np.int32), firing, found, counted)
    np.testing.assert_array_equal(found.words, wanted.words)
    np.testing.assert_array_equal(counted, operations)


@pytest.mark.skipif(not GATHERS, reason="expected a processor that moves chosen integers together (AVX-512)")
@FEW
@given(st.sampled_from([16, 48]), st.integers(1, 5), DENSITIES, st.integers(0, 2**20))
def test_levels(channels, pixels, density, seed):
    random, neurons = np.random.default_rng(seed), channels * pixels
    rows, events = given_values(random, neurons, density)
    law, _ = laws_of(random, channels, pixels, (9, 4, 15, 0, 2**20))
    bias, operations, counted = random.integers(-9, 9, neurons), np.full(SAMPLES, 5), np.full(SAMPLES, 5)
    sums = np.zeros((SAMPLES, 1, neurons), np.int32)
    deliver_values(emptied(sums), events, rows, operations)
    wanted, found = (answer_for(SAMPLES, 1, neurons, np.int32, np.int32) for _ in range(2))
    fire_channel_levels(drive_of(sums, bias, np.int32), law, wanted)
    plane = np.full(neurons, 99, np.int32)
    fire_levels_of_values(events, rows, plane, drive_of(sums, bias, np.int32).bias[0], law, found, counted)
    np.testing.assert_array_equal(found.ends, wanted.ends)
    np.testing.assert_array_equal(sent_in(found, neurons), sent_in(wanted, neurons))
    np.testing.assert_array_equal(counted, operations)
