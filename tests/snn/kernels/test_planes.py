"""Planes begin as they should, and are added to otherwise."""

import numpy as np
import pytest

from spikewright.snn.kernels.planes import Planes, added_to, emptied
from spikewright.snn.kernels.rows import deliver_spikes
from tests.snn.kernels.making import events_of
from tests.snn.kernels.weights import dense_rows

WEIGHTS = np.array([[1, 2, 3]], np.int32)


@pytest.mark.parametrize(
    ("planes", "before"),
    [
        (lambda sums: added_to(sums), 7),
        (lambda sums: emptied(sums), 0),
        (lambda sums: Planes(sums, np.full((1, 1, 3), 4, np.int32), True), 4),
    ],
)
def test_what_planes_hold_before_spikes_are_added(planes, before):
    sums, operations = np.full((1, 2, 3), 7, np.int32), np.zeros(1, np.int64)
    deliver_spikes(planes(sums), events_of(np.array([[[1], [0]]])), dense_rows(WEIGHTS), operations)
    np.testing.assert_array_equal(sums, before + np.array([[[1, 2, 3], [0, 0, 0]]]))


def test_one_plane_serves_all_steps():
    sums, operations = np.full((1, 1, 3), 7, np.int32), np.zeros(1, np.int64)
    deliver_spikes(emptied(sums), events_of(np.ones((1, 4, 1))), dense_rows(WEIGHTS), operations)
    np.testing.assert_array_equal(sums, 4 * WEIGHTS[None])
    assert operations == [12]
