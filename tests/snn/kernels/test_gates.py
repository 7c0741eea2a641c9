"""Max-pooling of spikes by its kernels, against the largest of the accumulated counts."""

import numpy as np
import pytest

from spikewright.snn.kernels.events import padded
from spikewright.snn.kernels.gates import GateState, WindowMap, emit_changes, follow, largest_graded, release
from tests.snn.kernels.making import events_of, room_for, sent_by

SAMPLES, STEPS = 2, 5
MAP = WindowMap((4, 5, 2), (3, 4, 3), 1, (2, 2), (2, 1), (1, 0))
SOURCES, WINDOWS = 40, 36


def pooled(held):
    """The largest of each window of `held (..., sources)`, 0 in the channel that nobody reaches, and how many hold a source."""
    grid = held.reshape(*held.shape[:-1], 4, 5, 2)
    best, holding = np.zeros((*held.shape[:-1], 3, 4, 3), held.dtype), np.zeros((4, 5, 2), int)
    for row, column in np.ndindex(3, 4):
        rows = slice(max(2 * row - 1, 0), min(2 * row + 1, 4))
        best[..., row, column, 1:] = grid[..., rows, column : column + 2, :].max(axis=(-3, -2))
        holding[rows, column : column + 2] += 1
    return best.reshape(*held.shape[:-1], WINDOWS), holding.reshape(-1)


def followed(sent, kind, planes):
    state = GateState(
        np.zeros((SAMPLES, SOURCES), np.int32), np.zeros((SAMPLES, WINDOWS), np.int32),
        np.empty((SAMPLES, planes, WINDOWS), np.int32), np.zeros((SAMPLES, planes, padded(WINDOWS)), np.uint8),
    )  # fmt: skip
    operations = np.zeros(SAMPLES, np.int64)
    follow(events_of(sent, kind), MAP, state, operations)
    return state, operations


@pytest.mark.parametrize("kind", [None, np.int8])
def test_changes_of_the_largest_count(kind):
    sent = np.random.default_rng(0).integers(-1 if kind else 0, 2, (SAMPLES, STEPS, SOURCES))
    state, operations = followed(sent, kind, STEPS)
    out, trace = room_for(SAMPLES, STEPS, WINDOWS, np.int8), np.empty((SAMPLES, STEPS, WINDOWS), np.int32)
    emit_changes(state, np.zeros((SAMPLES, WINDOWS), np.int32), out, trace)
    largest, holding = pooled(sent.cumsum(axis=1))
    np.testing.assert_array_equal(sent_by(out, WINDOWS).cumsum(axis=1), largest)
    np.testing.assert_array_equal(trace, largest)
    np.testing.assert_array_equal(operations, (np.abs(sent) @ holding).sum(axis=1))


def test_layerwise_the_count_is_sent_in_pieces():
    sent = np.random.default_rng(1).integers(-1, 2, (SAMPLES, STEPS, SOURCES))
    state, _ = followed(sent, np.int8, 1)
    out, trace, left = room_for(SAMPLES, STEPS, WINDOWS, np.int8), np.empty((0, 0, 0), np.int32), state.largest.copy()
    release(state.largest, 2, out, trace)
    pieces = sent_by(out, WINDOWS)
    np.testing.assert_array_equal(left, pooled(sent.sum(axis=1))[0])
    np.testing.assert_array_equal(pieces.sum(axis=1), left)
    assert np.abs(pieces).max() == 2 and not state.largest.any()


def test_values():
    dense = np.random.default_rng(2).integers(0, 4, (SAMPLES, SOURCES)).astype(np.int32)
    largest, operations = np.zeros((SAMPLES, WINDOWS), np.int32), np.zeros(SAMPLES, np.int64)
    largest_graded(dense, MAP, largest, operations)
    wanted, holding = pooled(dense)
    np.testing.assert_array_equal(largest, wanted)
    np.testing.assert_array_equal(operations, (dense != 0) @ holding)
