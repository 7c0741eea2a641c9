"""Lists: survivor by survivor, and the counting sort that makes them."""

import numpy as np
import pytest

from spikewright.snn.kernels.lists import Lists, Survivors, deliver_lists, sort_by_source
from spikewright.snn.kernels.planes import emptied
from tests.snn.kernels.making import events_of
from tests.snn.kernels.weights import dense_lists, drawn, spikes


@pytest.mark.parametrize("graded", [False, True])
@pytest.mark.parametrize("valued", [False, True])
def test_sums_and_operations(valued, graded):
    weights = drawn(0, 8, 6, 0.3)
    sent = np.random.default_rng(1).integers(-2, 3, (2, 3, 8)) if valued else spikes(1, 2, 3, 8)
    sums, operations = np.full((2, 3, 6), 9, np.int32), np.zeros(2, np.int64)
    events = events_of(sent, np.int32 if valued else None, graded)
    deliver_lists(emptied(sums), events, dense_lists(weights), operations)
    np.testing.assert_array_equal(sums, sent @ weights)
    counted = (sent != 0) if graded or not valued else np.abs(sent)
    np.testing.assert_array_equal(operations, (counted @ np.count_nonzero(weights, axis=1)).sum(axis=1))


def test_sorting_by_source():
    """A matrix (targets, sources), stored by rows with a zero among its values; sources in another order, targets shifted."""
    weights = drawn(2, 7, 5, 0.4)
    place, flat = np.random.default_rng(0).permutation(7), weights.T.reshape(-1)
    stored = np.flatnonzero(flat)
    values = flat[stored].copy()
    values[0] = 0
    room = Lists(
        np.zeros(8, np.int64), np.empty(values.size, np.int32), np.empty(values.size, np.int32), np.zeros(7, np.int64)
    )
    sort_by_source(Survivors(stored, values, place, 7, 10), room)
    left = flat.copy()
    left[stored[0]] = 0
    wanted = dense_lists(left.reshape(5, 7).T[np.argsort(place)])
    count = int(room.first[-1])
    assert count == values.size - 1
    np.testing.assert_array_equal(room.first, wanted.first)
    np.testing.assert_array_equal(room.fanout, wanted.fanout)
    np.testing.assert_array_equal(room.target[:count], wanted.target + 10)
    np.testing.assert_array_equal(room.weight[:count], wanted.weight)
