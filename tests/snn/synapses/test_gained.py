"""Synapses with a gain: shapes, and how many inputs it multiplies."""

import pytest

from spikewright import InvalidNetwork
from spikewright.snn import AvgPool2d, Identity, Upsample


def test_shapes_and_inputs() -> None:
    pool = AvgPool2d((2, 3), (2, 1), 0.5)
    assert pool.output_shape((4, 5, 5)) == (4, 2, 3) and pool.inputs == 6
    assert Upsample((2, 3)).output_shape((4, 5, 5)) == (4, 10, 15) and Upsample((2, 3)).inputs == 1
    assert Identity().output_shape((7,)) == (7,)


@pytest.mark.parametrize(
    ("synapse", "shape", "words"),
    [
        (AvgPool2d((9, 1), (1, 1), 1.0), (2, 4, 4), "that fits"),
        (AvgPool2d((2, 2), (2, 2), 1.0), (8,), r"an input \(C, H, W\) for AvgPool2d"),
        (Upsample((0, 1)), (2, 4, 4), "factors >= 1"),
    ],
)
def test_what_does_not_fit(synapse, shape, words) -> None:
    with pytest.raises(InvalidNetwork, match=words):
        synapse.output_shape(shape)
