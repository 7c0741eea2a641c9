"""Spikes as bits: counted and listed as what they are, whatever the number of channels."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from spikewright.snn.kernels.events import SLACK, Events, no_values
from spikewright.snn.kernels.masks import Masks, count_masks, list_masks
from tests.snn.kernels.making import sent_by

BLOCK = 64
CHANNELS = st.sampled_from([1, 6, 16, 63, 64, 65, 130])


def masks_of(sent, channels):
    """Numbers `(samples, steps, pixels * channels)` of 0 and 1 as masks."""
    samples, steps, neurons = sent.shape
    pixels, words = neurons // channels, -(-channels // BLOCK)
    bits = np.zeros((samples, pixels, steps, words * BLOCK), np.uint8)
    bits[..., :channels] = sent.reshape(samples, steps, pixels, channels).transpose(0, 2, 1, 3)
    return Masks(np.packbits(bits, axis=-1, bitorder="little").view(np.uint64), channels)


def sent_in_masks(words, channels):
    """The numbers `(samples, steps, neurons)` of masks; no channel fires that does not exist."""
    samples, pixels, steps, _ = words.shape
    bits = np.unpackbits(words.view(np.uint8), axis=-1, bitorder="little")
    assert not bits[..., channels:].any()
    return bits[..., :channels].transpose(0, 2, 1, 3).reshape(samples, steps, pixels * channels)


def test_masks_are_bits_of_channels():
    sent = np.zeros((1, 2, 3 * 70), np.uint8)
    sent[0, 1, 70 + 65] = 1
    words = masks_of(sent, 70).words
    assert words.shape == (1, 3, 2, 2) and words[0, 1, 1].tolist() == [0, 2] and words.sum() == 2


@settings(max_examples=40)
@given(CHANNELS, st.integers(1, 3), st.integers(1, 5), st.sampled_from([0.0, 0.1, 0.9, 1.0]), st.integers(0, 2**20))
def test_they_are_counted_and_listed(channels, pixels, steps, density, seed):
    sent = (np.random.default_rng(seed).random((2, steps, pixels * channels)) < density).astype(np.uint8)
    masks, counts = masks_of(sent, channels), np.full(2, -1, np.int64)
    assert masks.steps == steps
    count_masks(masks.words, counts)
    np.testing.assert_array_equal(counts, sent.sum(axis=(1, 2)))
    address = np.full((2, sent[0].size + SLACK), -1, np.int32)
    ends = np.full((2, steps + 1), -1, np.int32)
    list_masks(masks, address, ends)
    np.testing.assert_array_equal(sent_by(Events(address, ends, no_values(2)), pixels * channels), sent)
    for s, stop in enumerate(counts):
        inside = np.diff(address[s, :stop]) > 0
        inside[ends[s, 1:-1][(ends[s, 1:-1] > 0) & (ends[s, 1:-1] < stop)] - 1] = True
        assert inside.all()  # sorted within each step
        assert (address[s, stop:] == -1).all()
    np.testing.assert_array_equal(sent_in_masks(masks.words, channels), sent)
