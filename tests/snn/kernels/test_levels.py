"""Levels as bytes: the law of QuantReLU channel by channel, how many send, and their list."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spikewright.snn.kernels.channel_levels import fire_channel_levels
from spikewright.snn.kernels.dot_ways import TILES
from spikewright.snn.kernels.events import Events
from spikewright.snn.kernels.levels import ByteLaw, count_levels, fire_levels_of_planes, list_levels
from tests.snn.kernels.making import answer_for, drive_of, sent_by, sent_in
from tests.snn.kernels.test_channel_levels import laws_of

IF_TILES = pytest.mark.skipif(not TILES, reason="no tiles on this processor, where alone levels are bytes")


def byte_law_of(law, bias, channels, apart):
    """The same law with levels of a byte, biases of each neuron or, those of the first pixel, of each channel."""
    multiplier = law.multiplier.astype(np.int64 if law.multiplier.max() >= 2**31 else np.int32)
    held = bias if apart else bias[:channels]
    return ByteLaw(multiplier, law.since, law.until, law.numbers, held.astype(np.int32), channels if apart else 0)


@IF_TILES
@settings(max_examples=40)
@given(
    st.sampled_from([16, 32, 48, 128]), st.integers(1, 5), st.booleans(),
    st.tuples(st.sampled_from([2**20, 2**33]), st.integers(0, 30), st.integers(1, 255), st.integers(0, 2), st.just(2**23)),
    st.sampled_from([np.int16, np.int32]), st.sampled_from([0.02, 0.3, 1.0]), st.integers(0, 2**20),
)  # fmt: skip
def test_as_events(channels, pixels, apart, law, kind, density, seed):
    random, neurons = np.random.default_rng(seed), channels * pixels
    by_channel, _ = laws_of(random, channels, pixels, law)
    sums = random.integers(-9_000, 9_000, (3, 1, neurons)) * (random.random((3, 1, neurons)) < density)
    bias = random.integers(-300, 300, neurons) if apart else np.tile(random.integers(-300, 300, channels), pixels)
    wanted, values = answer_for(3, 1, neurons, np.int32, np.int32), np.full((3, neurons), 7, np.uint8)
    fire_channel_levels(drive_of(sums, bias, np.int32)._replace(sums=sums.astype(kind)), by_channel, wanted)
    fire_levels_of_planes(sums.astype(kind), byte_law_of(by_channel, bias, channels, apart), values)
    np.testing.assert_array_equal(values[:, None], sent_in(wanted, neurons))


@pytest.mark.parametrize("density", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("neurons", [1, 16, 70])
def test_lists_and_counts(density, neurons):
    random = np.random.default_rng(neurons)
    values = np.where(random.random((3, neurons)) < density, random.integers(1, 256, (3, neurons)), 0).astype(np.uint8)
    total, places = np.full(3, 9), (3, neurons + 1)
    events = Events(np.zeros(places, np.int32), np.full((3, 2), 5, np.int32), np.zeros(places, np.int32), True)
    list_levels(values, events.address, events.value, events.ends)
    count_levels(values, total)
    np.testing.assert_array_equal(sent_by(events, neurons), values[:, None])
    np.testing.assert_array_equal(total, np.count_nonzero(values, axis=1))
    assert events.ends[:, 0].tolist() == [0] * 3
