"""Time lanes: the same sums as rows, by rows of weights and by survivors, and a workspace that is left as it was."""

import numpy as np
import pytest

from spikewright.snn.kernels.blocks import NO_BLOCKS
from spikewright.snn.kernels.lanes import deliver_lanes
from spikewright.snn.kernels.planes import Planes
from tests.snn.kernels.making import events_of
from tests.snn.kernels.weights import dense_lanes, dense_rows, drawn, spikes, workspace

SAMPLES, SOURCES = 3, 7


@pytest.mark.parametrize("pay", [True, False])
@pytest.mark.parametrize("listed", [True, False])
@pytest.mark.parametrize(("steps", "targets"), [(5, 16), (16, 21), (33, 3)])
@pytest.mark.parametrize("kind", [np.float32, np.int32])
def test_sums_and_operations(kind, steps, targets, listed, pay):
    weights, sent = drawn(0, SOURCES, targets, 0.5, kind), spikes(1, SAMPLES, steps, SOURCES)
    sent[1] = 0
    begin = np.random.default_rng(2).integers(-5, 6, (SAMPLES, 1, targets)).astype(kind)
    sums, operations = np.full((SAMPLES, steps, targets), 99, kind), np.zeros(SAMPLES, np.int64)
    rows, work = dense_rows(weights), workspace(SOURCES, targets, steps, kind)
    lanes = dense_lanes(weights, listed, pay)
    deliver_lanes(Planes(sums, begin, True), events_of(sent), rows, NO_BLOCKS, lanes, work, operations)
    np.testing.assert_array_equal(sums, begin + sent @ weights)
    np.testing.assert_array_equal(operations, (sent @ rows.fanout).sum(axis=1))
    assert not (work.train.any() or work.mark.any() or work.fired.any())
