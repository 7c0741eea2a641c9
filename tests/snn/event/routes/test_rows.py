"""Rows of a convolution: what one source neuron adds, at the border and inside."""

import numpy as np

from spikewright.snn import Conv2d, Integrator, RateCode, dense
from spikewright.snn.event.routes.rows import compile_rows
from spikewright.snn.event.routes.wanted import Wanted
from spikewright.snn.event.synapse_taps import taps_of
from tests.snn.small import single

WEIGHTS = np.arange(1, 19).reshape(2, 1, 3, 3)


def rows_of(shift=0):
    synapse = Conv2d(dense(WEIGHTS.astype(np.int8)), padding=(1, 1))
    network = single(((1, 4, 4), (2, 4, 4)), Integrator(), synapse, RateCode(2), numbers="fixed", potential_bits=24)
    asked = Wanted(network, network.projections[0], np.dtype(np.int32), shift)
    return compile_rows(asked, taps_of(network, network.projections[0])).rows


def added(rows, source):
    """What an event of a source adds, (4, 4, 2)."""
    plane = np.zeros(32, int)
    pattern = rows.pattern[source]
    for k in range(rows.first_tap[pattern], rows.first_tap[pattern + 1]):
        to, start, length = rows.base[source] + rows.to[k], rows.row[source] + rows.start[k], rows.length[k]
        plane[to : to + length] += rows.weights[start : start + length]
    return plane.reshape(4, 4, 2)


def test_every_source_adds_its_stamp():
    rows = rows_of()
    for y, x in np.ndindex(4, 4):
        wanted = np.zeros((6, 6, 2), int)
        wanted[y : y + 3, x : x + 3] = WEIGHTS[:, 0, ::-1, ::-1].transpose(1, 2, 0)
        np.testing.assert_array_equal(added(rows, 4 * y + x), wanted[1:5, 1:5])
        assert rows.fanout[4 * y + x] == np.count_nonzero(wanted[1:5, 1:5])


def test_borders_are_patterns_and_neighbours_are_joined():
    rows = rows_of()
    assert np.unique(rows.pattern).size == 9  # corners, edges and the middle
    inside = rows.pattern[5]
    assert rows.length[rows.first_tap[inside] : rows.first_tap[inside + 1]].tolist() == [6, 6, 6]


def test_a_shift_is_in_the_weights():
    np.testing.assert_array_equal(rows_of(3).weights, rows_of().weights << 3)
