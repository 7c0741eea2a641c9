"""The order of a projection is checked as its other parts are: where it comes from, what it reads, that it adds nothing."""

import numpy as np
import pytest

from spikewright import InvalidNetwork
from spikewright.index_maps import IndexMap
from spikewright.snn import Identity, Integrator, RateCode
from tests.snn.small import single

SHAPES = ((2, 3), (4,))
ADDRESSES = np.array([0, 5, -1, 0])


def read(order: object) -> object:
    return single(SHAPES, Integrator(), Identity(np.arange(1.0, 5.0)), RateCode(3), order=order)


def test_an_order_decides_what_is_read() -> None:
    network = read(IndexMap.of((2, 3), ADDRESSES))
    (projection,) = network.projections
    assert projection.reads((2, 3)) == (4,) and not projection.order.addresses.flags.writeable
    assert single(((4,), (4,)), Integrator(), Identity(), RateCode(3)).projections[0].reads((4,)) == (4,)


@pytest.mark.parametrize(
    ("order", "words"),
    [
        (ADDRESSES, "an IndexMap or None as order of projection 'in->a'"),
        (IndexMap.of((6,), ADDRESSES), "from its source"),
        (IndexMap.of((2, 3), np.zeros(0)), "from its source"),
        (IndexMap.of((2, 3), np.zeros((1, 1, 2, 2))), "from its source"),
        (IndexMap.of((2, 3), ADDRESSES + 1), "from -1 to 5"),
        (IndexMap.of((2, 3), ADDRESSES - 1), "from -1 to 5"),
        (IndexMap((2, 3), ADDRESSES / 2, np.zeros(4)), "whole numbers"),
        (IndexMap((2, 3), ADDRESSES, np.ones(4)), "no constants in the order"),
        (IndexMap((2, 3), ADDRESSES, np.zeros(3)), "no constants in the order"),
        (IndexMap.of((2, 3), ADDRESSES[:3]), r"a gain, one or \(3,\)"),
    ],
)
def test_what_is_wrong_with_it_is_named(order: object, words: str) -> None:
    with pytest.raises(InvalidNetwork, match=words):
        read(order)
