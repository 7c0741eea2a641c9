"""Events: collected from flags and from values, written down and counted."""

import numpy as np
import pytest

from spikewright.snn.kernels.events import (
    Events,
    add_magnitudes,
    collect_flags,
    graded_events,
    padded,
    place_values,
    write_events,
)
from tests.snn.kernels.making import events_of, room_for, sent_by

SAMPLES, STEPS, NEURONS = 2, 3, 13


@pytest.mark.parametrize("kind", [None, np.int8])
def test_flags_become_events_in_order(kind):
    sent = np.random.default_rng(0).integers(-1 if kind else 0, 2, (SAMPLES, STEPS, NEURONS))
    flags = np.full((SAMPLES, STEPS, padded(NEURONS)), 1, np.int8)  # what lies behind the neurons is nobody's
    flags[:, :, :NEURONS] = sent
    events = room_for(SAMPLES, STEPS, NEURONS, kind)
    collect_flags(flags, NEURONS, events)
    np.testing.assert_array_equal(sent_by(events, NEURONS), sent)
    for s, t in np.ndindex(SAMPLES, STEPS):
        assert (np.diff(events.address[s, events.ends[s, t] : events.ends[s, t + 1]]) > 0).all()
    assert events.valued == (kind is not None) and events.steps == STEPS
    np.testing.assert_array_equal(sent_by(events.part(1, 3), NEURONS), sent[:, 1:])


def test_graded_values_go_there_and_back():
    dense = np.random.default_rng(0).integers(-2, 3, (SAMPLES, NEURONS)).astype(np.int32)
    events, back = graded_events(dense), np.zeros_like(dense)
    place_values(events, back)
    assert events.graded and events.valued
    np.testing.assert_array_equal(back, dense)


@pytest.mark.parametrize("kind", [None, np.int8])
def test_a_raster_has_public_addresses(kind):
    sent = np.random.default_rng(1).integers(-1 if kind else 0, 2, (SAMPLES, STEPS, NEURONS))
    public, samples = np.random.default_rng(2).permutation(NEURONS), np.array([3, 0])
    raster = np.zeros((STEPS + 1, 4, NEURONS), np.int8)
    write_events(events_of(sent, kind), raster, public, samples, 1)
    np.testing.assert_array_equal(raster[1:, samples][:, :, public], sent.transpose(1, 0, 2))
    assert not raster[0].any() and not raster[:, [1, 2]].any()


def test_magnitudes():
    sent = np.random.default_rng(3).integers(-4, 5, (SAMPLES, STEPS, NEURONS))
    total = np.ones(SAMPLES, np.int64)
    add_magnitudes(events_of(sent, np.int8), total)
    np.testing.assert_array_equal(total, 1 + np.abs(sent).sum(axis=(1, 2)))


def test_nothing_sent_has_no_values():
    nothing = Events(np.zeros((2, 0), np.int32), np.zeros((2, 2), np.int32), np.zeros((2, 0), np.int8))
    assert not nothing.valued and not nothing.graded and nothing.steps == 1
