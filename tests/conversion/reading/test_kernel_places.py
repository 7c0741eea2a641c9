"""Where the taps of a kernel stand once it reads the source of a map."""

import numpy as np
import pytest

from spikewright.conversion.reading.geometry import ConvGeometry, Kernel
from spikewright.conversion.reading.kernel_places import ends_fit, groups_left, set_down
from spikewright.conversion.reading.layer import AffineLayer
from spikewright.conversion.reading.map_folding import slices_of
from spikewright.index_maps import ChannelSlices, IndexMap

SOURCE = (4, 6, 6)
NUMBERS = np.arange(144).reshape(SOURCE)


def slices(picked: np.ndarray) -> tuple[IndexMap, ChannelSlices]:
    moved = IndexMap.of(SOURCE, picked)
    found = slices_of(moved)
    assert found is not None
    return moved, found


def test_every_second_pixel_is_a_kernel_with_gaps() -> None:
    _, found = slices(NUMBERS[:, 1::2, ::2])
    kernel = Kernel(np.arange(1.0, 17).reshape(1, 4, 2, 2))
    layer = AffineLayer("one", ConvGeometry(), kernel, np.zeros(()), (4, 3, 3), (1, 2, 2))
    down = set_down(layer, kernel, (4, 1), found)
    assert down is not None and down.shape == (1, 4, 4, 3)
    np.testing.assert_array_equal(down.values[:, :, 1::2, ::2], np.arange(1.0, 17).reshape(1, 4, 2, 2))
    assert np.count_nonzero(down.values) == 16


def test_integers_that_would_meet_are_not_added() -> None:
    _, found = slices(NUMBERS[[0, 0]])
    kernel = Kernel(np.ones((1, 2, 1, 1), np.int8), np.ones(1))
    layer = AffineLayer("one", ConvGeometry(), kernel, np.zeros(()), (2, 6, 6), (1, 6, 6))
    assert set_down(layer, kernel, (4, 1), found) is None


@pytest.mark.parametrize(("order", "left"), [([1, 0, 3, 2], 2), ([2, 0, 3, 1], 1)])
def test_groups_are_left_where_each_reads_its_own_part(order: list[int], left: int) -> None:
    assert groups_left(2, *slices(NUMBERS[order])) == left
    assert groups_left(3, *slices(NUMBERS[order])) == 1  # four channels are no three groups


def test_ends_fit_where_padding_lies_beyond_the_source_too() -> None:
    assert ends_fit((1, 1), *slices(NUMBERS[:, ::2, ::2]))
    assert ends_fit((0, 0), *slices(NUMBERS[:, 2:4, 2:4])) and not ends_fit((1, 1), *slices(NUMBERS[:, 2:4, 2:4]))
