"""Maps without a kernel: sums, repetition, largest values."""

import torch
from torch.nn import functional as F

from spikewright.conversion.reading.geometry import (
    IDENTITY,
    PoolGeometry,
    UpsampleGeometry,
    WindowGeometry,
)

X = torch.arange(2 * 5 * 4).reshape(1, 2, 5, 4).double()
GAIN = torch.tensor([1.0, 3.0]).reshape(2, 1, 1).double()


def test_sums_and_repetitions_by_hand() -> None:
    assert torch.equal(IDENTITY.apply(X, GAIN), X * GAIN)
    assert PoolGeometry((5, 4), (5, 4)).apply(X, GAIN).flatten().tolist() == [190.0, 590.0 * 3]
    assert torch.equal(UpsampleGeometry((2, 3)).apply(X, GAIN), F.interpolate(X, scale_factor=(2, 3)) * GAIN)


def test_windows_have_their_largest_value_and_no_gain() -> None:
    windows = WindowGeometry((2, 2), (2, 2), (1, 0))
    found = windows.apply(-X, GAIN)
    assert tuple(found.shape[1:]) == windows.output_shape((2, 5, 4)) == (2, 3, 2)
    assert torch.equal(found, F.max_pool2d(-X, 2, 2, (1, 0)))
    assert windows.output_shape((2, 8)) == (2, 4)


def test_only_pools_a_stride_apart_are_disjoint() -> None:
    assert PoolGeometry((2, 3), (2, 3)).disjoint_windows(None) == (2, 3)
    assert PoolGeometry((2, 3), (2, 2)).disjoint_windows(None) is None
    assert IDENTITY.disjoint_windows(None) is None
