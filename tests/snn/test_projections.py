"""What a projection says of itself."""

import numpy as np
import pytest

from spikewright.index_maps import IndexMap
from spikewright.snn import Identity, Projection


def test_it_is_named_after_its_ends_unless_it_has_a_name():
    assert Projection("a", "b", Identity()).name == "a->b"
    assert Projection("a", "b", Identity(), name="skip").name == "skip"


def test_it_reads_the_shape_of_its_source_or_of_its_order():
    assert Projection("a", "b", Identity()).reads((2, 3, 4)) == (2, 3, 4)
    order = IndexMap.of((6,), np.array([[5, -1], [0, 0]]))
    assert Projection("a", "b", Identity(), order=order).reads((6,)) == (2, 2)


def test_its_order_is_its_own():
    addresses = np.array([1, 0])
    projection = Projection("a", "b", Identity(), order=IndexMap((2,), addresses, np.zeros(2)))
    addresses[0] = 0
    assert projection.order.addresses.tolist() == [1, 0]
    with pytest.raises(ValueError, match="read-only"):
        projection.order.addresses[0] = 0
