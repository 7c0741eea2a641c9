"""Spike codes against their laws, in pieces of steps: no step needs another one."""

import numpy as np
import pytest

from spikewright.snn.kernels.draws import Drawing, draw_rows, keys_of
from spikewright.snn.kernels.encode import (
    CameraEvents,
    Periods,
    addressed,
    delta,
    find_events,
    jittered,
    phase,
    pixel_events,
    poisson,
    rate,
    single,
)
from spikewright.snn.kernels.events import Events
from tests.snn.kernels.making import room_for, sent_by

PIXELS = np.linspace(0, 1, 12).reshape(2, 6)
STEPS, CUT = 8, 3
PUBLIC = np.array([3, 1, 0, 2, 5, 4])


def encoded(encode, *arguments):
    """What an encoder sends in all steps, asked for in two pieces."""
    sent = np.full((2, STEPS, 8), 9, np.int8)
    for steps in (slice(0, CUT), slice(CUT, STEPS)):
        piece = np.full((2, steps.stop - steps.start, 8), 9, np.int8)
        encode(*arguments, steps.start, piece)
        sent[:, steps] = piece
    return sent[:, :, :6]


@pytest.mark.parametrize("limit", [1, 3])
def test_rate(limit):
    x = limit * PIXELS[:, None]
    t = np.arange(STEPS)[:, None]
    np.testing.assert_array_equal(
        encoded(rate, PIXELS, float(limit)), np.floor(x * (t + 1.0) + 0.5) - np.floor(x * t + 0.5)
    )


def test_single():
    wanted = np.floor((1 - PIXELS) * (STEPS - 1) + 0.5)[:, None] == np.arange(STEPS)[:, None]
    np.testing.assert_array_equal(encoded(single, PIXELS, STEPS, 0.1), wanted & (PIXELS > 0.1)[:, None])


def test_phase():
    X = np.floor(PIXELS * 15 + 0.5).astype(int)[:, None]
    np.testing.assert_array_equal(encoded(phase, PIXELS, 4), X >> (3 - np.arange(STEPS) % 4)[:, None] & 1)


def drawing(start, *kinds):
    return Drawing(keys_of(4, 0, *kinds), np.arange(2), start, PUBLIC)


def test_poisson():
    words = np.empty((STEPS, 2, 6), np.uint64)
    for t in range(STEPS):
        draw_rows(drawing(t, 8), words[t])
    sent = encoded(lambda start, piece: poisson(PIXELS, 0.5, drawing(start, 8), piece))
    np.testing.assert_array_equal(sent, (words < PIXELS * 2.0**63).transpose(1, 0, 2))


def test_periods_without_deviation():
    """The brightest pixel fires every step, others every 1 / (1 / longest + ...) steps; the silent never."""
    time, number = np.zeros((2, 6)), np.zeros((2, 6), np.int32)
    law = Periods(1.0, 4.0, 0.0, 0.05)
    sent = encoded(lambda start, piece: jittered(PIXELS, law, time, number, drawing(start, 9, 10, 11, 12), piece))
    assert sent[1, :, 5].all() and not sent[0, :, 0].any()
    period = 1 / (1 + (1 / 4 - 1) * (1 - PIXELS))
    assert (np.abs(sent.sum(axis=1) - STEPS / period) <= 1)[PIXELS > 0.05].all()


def test_delta():
    """ON and OFF channels of changes beyond a threshold; the reference follows in steps of it."""
    frames = np.array([0.0, 1.2, 1.2, 0.4, 0.4, 0.4, 0.4, 0.4]).reshape(1, STEPS, 1).repeat(2, 0)
    reference = np.zeros((2, 1))
    sent = np.zeros((2, STEPS, 8), np.int8)
    delta(frames, 0.5, np.arange(2), np.array([0, 1]), reference, 0, sent)
    assert sent[0, :, 0].tolist() == [0, 1, 1, 0, 0, 0, 0, 0] and sent[0, :, 1].tolist() == [0, 0, 0, 1, 0, 0, 0, 0]
    np.testing.assert_array_equal(reference, 0.5)


def test_camera_events():
    """Those of the steps at hand; the same address twice in a step is one event, of value 2."""
    camera = CameraEvents(np.array([0, 2, 2, 2, 7, 1]), np.array([3, 1, 1, 4, 0, 2], np.int32), np.array([0, 5, 6]))
    places, out = np.empty((2, 2), np.int64), room_for(2, 5, 6, np.int8)
    find_events(camera, np.arange(2), 1, 6, places)
    assert places.tolist() == [[1, 4], [5, 6]]
    addressed(camera, places, 1, out)
    sent = sent_by(out, 6)
    assert sent[0, 1].tolist() == [0, 2, 0, 0, 1, 0] and sent[1, 0].tolist() == [0, 0, 1, 0, 0, 0]
    assert sent.sum() == 4


def test_pixels_on_levels():
    """As the law of graded codes has it, in both number types; samples in any order, places in any."""
    random = np.random.default_rng(0)
    images, public = random.random((5, 12), np.float32), random.permutation(12)
    images[1], images[2] = 0, 1
    for kind in (np.int32, np.float32):
        samples, places = np.array([3, 1, 2]), (3, 13)
        events = Events(np.zeros(places, np.int32), np.full((3, 2), 7, np.int32), np.zeros(places, kind), True)
        pixel_events(images, samples, public, np.float64(15), events)
        wanted = np.floor(images.astype(np.float64) * 15 + 0.5)[samples][:, public]
        np.testing.assert_array_equal(sent_by(events, 12)[:, 0], wanted)
        assert events.ends[:, 1].tolist() == np.count_nonzero(wanted, axis=1).tolist()
