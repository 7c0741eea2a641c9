"""Blocks: the same sums as rows, without the blocks that are pruned."""

import numpy as np
import pytest

from spikewright.snn.kernels.blocks import WIDTH, deliver_blocks
from spikewright.snn.kernels.planes import emptied
from tests.snn.kernels.making import events_of
from tests.snn.kernels.weights import dense_blocks, dense_rows, drawn, spikes


@pytest.mark.parametrize("kind", [np.float32, np.int32])
def test_sums_and_operations(kind):
    alive = np.random.default_rng(3).random((5, 3)) < 0.5
    weights = drawn(0, 5, 3 * WIDTH, kind=kind) * alive.repeat(WIDTH, axis=1)
    blocks, rows = dense_blocks(weights), dense_rows(weights.astype(kind))
    sent, sums, operations = spikes(1, 2, 4, 5), np.full((2, 4, 3 * WIDTH), 9, kind), np.zeros(2, np.int64)
    deliver_blocks(emptied(sums), events_of(sent), rows, blocks, operations)
    assert blocks.to.size == alive.sum()
    np.testing.assert_array_equal(sums, sent @ weights)
    np.testing.assert_array_equal(operations, (sent @ rows.fanout).sum(axis=1))
