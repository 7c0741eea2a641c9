"""Noise on the way of spikes against its law, with values and without."""

import numpy as np
import pytest

from spikewright.snn.kernels.draws import Drawing, chance_of, draw_rows, keys_of
from spikewright.snn.kernels.transmit import delete, first_only, insert, jitter, override
from tests.snn.kernels.making import events_of, room_for, sent_by

SAMPLES, STEPS, NEURONS, START = 2, 4, 9, 3
PUBLIC = np.random.default_rng(0).permutation(NEURONS)
KINDS = pytest.mark.parametrize("kind", [None, np.int8])


def drawing(kind, start=START):
    return Drawing(keys_of(21, 2, kind), np.array([5, 0]), start, PUBLIC)


def words(kind):
    """The draws of every sample, step and neuron."""
    out = np.empty((STEPS, SAMPLES, NEURONS), np.uint64)
    for t in range(STEPS):
        draw_rows(drawing(kind, START + t), out[t])
    return out.transpose(1, 0, 2)


def given(kind):
    sent = np.random.default_rng(1).integers(-2 if kind else 0, 3 if kind else 2, (SAMPLES, STEPS, NEURONS))
    return sent, events_of(sent, kind), room_for(SAMPLES, STEPS, NEURONS, kind)


@KINDS
def test_deletion(kind):
    sent, events, out = given(kind)
    delete(events, chance_of(0.5), drawing(0), out)
    np.testing.assert_array_equal(sent_by(out, NEURONS), np.where(words(0) < 2**63, 0, sent))
    delete(events, chance_of(1.0), drawing(0), out)
    assert not sent_by(out, NEURONS).any()


@KINDS
def test_insertion(kind):
    sent, events, out = given(kind)
    insert(events, chance_of(0.5), drawing(2), out)
    np.testing.assert_array_equal(sent_by(out, NEURONS), np.where((sent == 0) & (words(2) < 2**63), 1, sent))


@KINDS
def test_jitter_adds_what_meets(kind):
    sent, events, _ = given(kind)
    out, arrived = room_for(SAMPLES, STEPS, NEURONS, np.int32), np.empty((STEPS, NEURONS), np.int32)
    jitter(events, 1, drawing(1), arrived, out)
    later, wanted = (words(1) % np.uint64(3)).astype(int) - 1, np.zeros_like(sent)
    for s, t, i in np.ndindex(*sent.shape):
        wanted[s, min(max(t + later[s, t, i], 0), STEPS - 1), i] += sent[s, t, i]
    np.testing.assert_array_equal(sent_by(out, NEURONS), wanted)


@KINDS
def test_stuck_neurons(kind):
    sent, events, out = given(kind)
    stuck = np.array([-1, 0, 1] * 3, np.int8)
    override(events, stuck, out)
    np.testing.assert_array_equal(sent_by(out, NEURONS), np.where(stuck < 0, sent, stuck))


def test_only_the_first_spikes_pass():
    sent, events, out = given(None)
    passed = np.zeros((SAMPLES, NEURONS), np.int32)
    passed[0, 0] = 2
    before = passed[:, None] + np.cumsum(sent, axis=1) - sent
    first_only(events, passed, 2, out)
    np.testing.assert_array_equal(sent_by(out, NEURONS), np.where(before < 2, sent, 0))
    np.testing.assert_array_equal(passed, np.minimum(np.cumsum(sent, axis=1)[:, -1] + before[:, 0], 2))
