"""Values side by side, and the maps over them."""

import numpy as np

from spikewright.conversion.reading.map_folding import of_channels
from spikewright.conversion.reading.map_joining import flat_pieces, joined, used
from spikewright.conversion.reading.values import Parts, Signal, View
from spikewright.index_maps import IndexMap


def test_values_flat_one_behind_the_other() -> None:
    one, two = Signal("one", (2, 3, 3)), Signal("two", (1, 4))
    turned = View(one, IndexMap.of((2, 3, 3), np.arange(18)[::-1].reshape(18)))
    together, places = flat_pieces((turned, two), {"one": (2, 3, 3), "two": (1, 4)}, "cat")
    assert [piece.view for piece in together.pieces] == [(18,), (4,)]
    assert places.addresses.tolist() == [*range(17, -1, -1), 18, 19, 20, 21]


def test_pieces_that_are_not_read_are_left_out_and_equal_ones_are_there_once() -> None:
    one, two = Signal("one", (2, 3, 3)), Signal("two", (1, 3, 3))
    both = Parts((one, two))
    left, moved = used(both, IndexMap.of((3, 3, 3), np.arange(18, 27).reshape(1, 3, 3)))
    assert left is two and moved.in_order
    halves = [View(both, of_channels(np.array([place]), (3, 3, 3))) for place in (2, 0)]
    together = joined((*halves, two))
    assert together is not None and together[0].pieces == (one, two)
    assert together[1].addresses[:, 0, 0].tolist() == [18, 0, 18]
    assert joined((one, Signal("small", (2, 2, 2)))) is None
