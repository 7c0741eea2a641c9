"""Rows: sums are products of what is sent and weights, whatever the number of spikes that share their targets."""

import numpy as np
import pytest

from spikewright.snn.kernels.planes import emptied
from spikewright.snn.kernels.rows import deliver_spikes, deliver_values
from tests.snn.kernels.making import events_of
from tests.snn.kernels.weights import dense_rows, drawn, spikes


@pytest.mark.parametrize("sources", [1, 3, 4, 7, 8, 21])
@pytest.mark.parametrize("kind", [np.float32, np.int32])
def test_spikes(sources, kind):
    """Eight at a time, then four, then one by one."""
    weights, sent = drawn(0, sources, 5, 0.7, kind), spikes(1, 2, 3, sources, 0.8)
    sums, operations = np.full((2, 3, 5), 99, kind), np.zeros(2, np.int64)
    deliver_spikes(emptied(sums), events_of(sent), dense_rows(weights), operations)
    np.testing.assert_array_equal(sums, sent @ weights)
    np.testing.assert_array_equal(operations, (sent @ np.count_nonzero(weights, axis=1)).sum(axis=1))


@pytest.mark.parametrize("graded", [False, True])
def test_values(graded):
    """Operations: |number| of each weight, and one of a value."""
    weights = drawn(0, 6, 5, 0.7)
    sent = np.random.default_rng(2).integers(-3, 4, (2, 1, 6))
    sums, operations = np.zeros((2, 1, 5), np.int32), np.zeros(2, np.int64)
    events = events_of(sent, np.int32 if graded else np.int8, graded)
    deliver_values(emptied(sums), events, dense_rows(weights), operations)
    np.testing.assert_array_equal(sums, sent @ weights)
    counted = sent != 0 if graded else np.abs(sent)
    np.testing.assert_array_equal(operations, (counted @ np.count_nonzero(weights, axis=1)).sum(axis=1))


def test_a_source_without_a_pattern_reaches_nothing():
    weights = drawn(0, 3, 5)
    rows = dense_rows(weights)
    rows = rows._replace(pattern=np.array([0, -1, 0], np.int32), fanout=rows.fanout * [1, 0, 1])
    for kernel, kind in ((deliver_spikes, None), (deliver_values, np.int8)):
        sums, operations = np.zeros((1, 1, 5), np.int32), np.zeros(1, np.int64)
        kernel(emptied(sums), events_of(np.ones((1, 1, 3), int), kind), rows, operations)
        np.testing.assert_array_equal(sums[0, 0], weights[0] + weights[2])
        assert operations == [10]
