"""Addresses of the engines: the channels of a pixel lie side by side."""

import numpy as np
import pytest

from spikewright.snn.event.addresses import as_grid, engine_order, inverse


@pytest.mark.parametrize(("shape", "grid"), [((5,), (5, 1, 1)), ((2, 7), (2, 1, 7)), ((2, 3, 4), (2, 3, 4))])
def test_every_shape_is_a_grid(shape, grid):
    assert as_grid(shape) == grid
    assert engine_order(shape).size == np.prod(shape)


def test_rows_columns_channels():
    assert engine_order((2, 1, 3)).tolist() == [0, 3, 1, 4, 2, 5]
    order = engine_order((3, 4, 5))
    np.testing.assert_array_equal(order.reshape(4, 5, 3)[2, 1], [2 * 5 + 1, 20 + 2 * 5 + 1, 40 + 2 * 5 + 1])


def test_there_and_back():
    order = engine_order((3, 4, 5))
    np.testing.assert_array_equal(order[inverse(order)], np.arange(60))
    np.testing.assert_array_equal(inverse(order)[order], np.arange(60))
