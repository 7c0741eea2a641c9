"""A chunk: what it holds of its samples, what arrives of each population, and who goes on."""

import numpy as np

from spikewright.snn.event.buffers import Buffers
from spikewright.snn.event.chunk import Chunk
from spikewright.snn.event.history import History
from spikewright.snn.kernels.levels import Levels
from tests.snn.kernels.making import events_of, sent_by


def chunk_of(samples, steps):
    chunk = Chunk(np.arange(samples), Buffers(), steps)
    chunk.past = {"late": History(samples, 2, 4)}
    chunk.begin()
    return chunk


def test_state_begins_as_told_and_stays():
    chunk = chunk_of(3, slice(0, 4))
    state = chunk.remember("a", "potential", (2,), np.int32, np.array([5, 6]))
    assert state.tolist() == [[5, 6]] * 3
    state[1] = 9
    assert chunk.remember("a", "potential", (2,), np.int32, 0)[1].tolist() == [9, 9]
    chunk.keep(np.array([False, True, True]))
    assert chunk.count == 2 and chunk.samples.tolist() == [1, 2]
    assert chunk.remember("a", "potential", (2,), np.int32)[0].tolist() == [9, 9]


def test_what_arrives_in_part_of_the_steps_and_later():
    sent = np.random.default_rng(0).integers(0, 2, (3, 4, 5))
    chunk = chunk_of(3, slice(0, 4))
    chunk.arrive("now", events_of(sent))
    chunk.arrive("late", events_of(sent))
    chunk.steps = slice(1, 3)
    np.testing.assert_array_equal(sent_by(chunk.arriving("now", 0), 5), sent[:, 1:3])
    np.testing.assert_array_equal(sent_by(chunk.arriving("late", 1), 5), sent[:, 0:2])
    np.testing.assert_array_equal(sent_by(chunk.arriving("late", 2), 5)[:, 0], 0)


def test_values_sent_once_arrive_in_whatever_steps():
    chunk = chunk_of(2, slice(0, 4))
    held = events_of(np.ones((2, 1, 3)), np.int32, True)
    chunk.arrive("input", held)
    chunk.steps = slice(2, 4)
    assert chunk.arriving("input", 0) is held


def test_levels_are_listed_when_somebody_asks():
    chunk = chunk_of(2, slice(0, 1))
    values = np.array([[0, 3, 255], [0, 0, 0]], np.uint8)
    chunk.arrive("a", events_of(np.ones((2, 1, 3))))
    chunk.arrive_levels("a", Levels(values))
    assert chunk.is_graded("a") and "a" not in chunk.arrived
    events = chunk.arriving("a", 0)
    assert events.graded and events is chunk.arriving("a", 0)
    np.testing.assert_array_equal(sent_by(events, 3)[:, 0], values)
    chunk.arrive("a", events_of(np.ones((2, 1, 3))))
    assert "a" not in chunk.levels and not chunk.is_graded("a")
