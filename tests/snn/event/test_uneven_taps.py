import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from spikewright.snn.event.uneven_taps import separable_taps

MATRIX = st.tuples(st.integers(1, 5), st.integers(1, 5)).flatmap(
    lambda shape: arrays(np.int64, shape, elements=st.sampled_from([0, 0, 1, 2, -1]))
)


@given(MATRIX, MATRIX, arrays(np.int64, 2, elements=st.integers(-2, 2)))
def test_every_weight_stands_at_its_target_once(rows, columns, gain):
    taps = separable_taps((2, rows.shape[1], columns.shape[1]), (rows, columns), gain)
    found = np.zeros((2, *rows.shape, *columns.shape), np.int64)
    slabs = taps.weights.reshape(-1, taps.slab)
    for channel, i, j in np.ndindex(2, rows.shape[1], columns.shape[1]):
        at = [np.array([place]) for place in (channel, i, j)]
        (row,), (column,), _ = taps.place(*at[1:])
        weights = slabs[int(taps.slabs(*at)[0])]
        for tap in taps.taps:
            y, x = row + tap.row, column + tap.column
            if y < len(rows) and x < len(columns):
                found[channel, y, i, x, j] += weights[tap.start]
            else:
                assert weights[tap.start] == 0
    np.testing.assert_array_equal(found, np.einsum("c,yi,xj->cyixj", gain, rows, columns))


def test_sources_with_the_same_window_share_a_slab():
    pairs = np.eye(17, 16) + np.eye(17, 16, -1)
    assert separable_taps((1, 16, 16), (pairs, np.ones((1, 16))), np.ones(1, np.float32)).weights.tolist() == [1.0, 1.0]
