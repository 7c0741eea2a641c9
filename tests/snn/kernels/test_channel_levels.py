"""QuantReLU channel by channel: what neuron by neuron comes to."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spikewright.snn.kernels.channel_levels import ChannelLevels, fire_channel_levels
from spikewright.snn.kernels.fire_levels import LevelsLaw, fire_levels_fixed
from spikewright.snn.kernels.simd_levels import GATHERS
from tests.snn.kernels.making import answer_for, cells_at, drive_of, sent_in

pytestmark = pytest.mark.skipif(
    not GATHERS, reason="expected a processor that moves chosen integers together (AVX-512)"
)


def laws_of(random, channels, pixels, law):
    """The same constants for the channels of each pixel, and for each neuron; some levels lie beyond the largest potential."""
    multiplier, shift, levels, sum_shift, top = law
    m = random.integers(1, multiplier + 1, channels)
    first, last = (-(-((2 * level - 1) << shift) // (2 * m)) for level in (1, levels))
    first, last = np.where(first <= top, first, np.iinfo(np.int64).max), np.minimum(last, top)
    each = LevelsLaw(np.tile(m, pixels), levels, shift, sum_shift, top, np.tile(first, pixels), np.tile(last, pixels))
    since = np.minimum(first, np.iinfo(np.int32).max).astype(np.int32)
    numbers = sum_shift, shift, (1 << shift) >> 1, levels
    return ChannelLevels(m, since, last.astype(np.int32), numbers), each


@settings(max_examples=60)
@given(
    st.sampled_from([16, 32, 48, 128]),
    st.integers(1, 5),
    st.tuples(st.integers(1, 2**20), st.integers(0, 30), st.integers(1, 255), st.integers(0, 2), st.sampled_from([127, 2**23])),
    st.sampled_from([np.int16, np.int32]),
    st.sampled_from([0.02, 0.3, 1.0]),
    st.integers(0, 2**20),
)  # fmt: skip
def test_as_neuron_by_neuron(channels, pixels, law, kind, density, seed):
    random, neurons = np.random.default_rng(seed), channels * pixels
    by_channel, each = laws_of(random, channels, pixels, law)
    sums = random.integers(-9_000, 9_000, (3, 1, neurons)) * (random.random((3, 1, neurons)) < density)
    drive = drive_of(sums, random.integers(-300, 300, neurons), np.int32)
    found, wanted = (answer_for(3, 1, neurons, np.int32, np.int32) for _ in range(2))
    fire_channel_levels(drive._replace(sums=sums.astype(kind)), by_channel, found)
    fire_levels_fixed(drive, cells_at(np.zeros((3, 0)), np.int32), each, wanted)
    np.testing.assert_array_equal(found.ends, wanted.ends)
    np.testing.assert_array_equal(sent_in(found, neurons), sent_in(wanted, neurons))


def test_none_and_all():
    """Nobody, and everybody at the highest level."""
    law = ChannelLevels(np.full(16, 3), np.full(16, 2, np.int32), np.full(16, 10, np.int32), (0, 3, 4, 3))
    for value, level in ((-50, 0), (1, 0), (50, 3)):
        answer = answer_for(2, 1, 32, np.int32, np.int32)
        fire_channel_levels(drive_of(np.full((2, 1, 32), value), np.zeros(32), np.int32), law, answer)
        assert (sent_in(answer, 32) == level).all() and (answer.ends[:, 1] == (32 if level else 0)).all()
