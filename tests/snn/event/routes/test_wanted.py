"""What is asked of a route: pools, slices of the target's channels."""

import numpy as np
import pytest

from spikewright.snn import IF, Identity, RateCode
from spikewright.snn.event.routes.wanted import Wanted, places_of
from tests.snn.small import single


@pytest.mark.parametrize(("channels", "first", "fills"), [(None, 0, True), ((0, 2), 0, True)])
def test_slices(channels, first, fills):
    network = single(((2, 5, 4), (2, 2, 2)), IF(1.0), Identity(), RateCode(2), pool=(2, 2), channels=channels)
    asked = Wanted(network, network.projections[0], np.dtype(np.float32))
    assert (asked.first_channel, asked.fills, asked.pooled) == (first, fills, (2, 2, 2))
    assert (asked.source.name, asked.target.name) == ("in", "a")


def test_a_pool_drops_what_fills_no_window():
    channel, rows, columns, kept = places_of((2, 5, 4), (2, 3))
    assert channel.tolist()[:4] == [0, 1, 0, 1]
    np.testing.assert_array_equal(kept.reshape(5, 4, 2)[:, :, 0], np.outer([1, 1, 1, 1, 0], [1, 1, 1, 0]))
    np.testing.assert_array_equal(rows.reshape(5, 4, 2)[:, 0, 0], [0, 0, 1, 1, 0])
    assert not columns.any()
