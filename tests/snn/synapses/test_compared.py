"""Windows of a gate: their number is that of a max-pool in torch."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from spikewright import InvalidNetwork
from spikewright.snn import Windows


@given(kernel=st.integers(1, 4), stride=st.integers(1, 3), padding=st.integers(0, 2))
@settings(max_examples=30, deadline=None)
def test_their_number(kernel, stride, padding) -> None:
    padding = min(padding, kernel // 2)
    windows = Windows((kernel,) * 2, (stride,) * 2, (padding,) * 2)
    assert windows.output_shape((2, 7, 8)) == tuple(F.max_pool2d(torch.zeros(2, 7, 8), kernel, stride, padding).shape)
    line = Windows((1, kernel), (1, stride), (0, padding))
    assert line.output_shape((2, 8)) == tuple(F.max_pool1d(torch.zeros(2, 8), kernel, stride, padding).shape)


@pytest.mark.parametrize(
    ("windows", "shape", "words"),
    [
        (Windows((2, 2), (1, 1), (2, 0)), (2, 4, 4), "at most half the kernel"),
        (Windows((2, 2), (1, 1)), (2, 4), "windows of one row"),
        (Windows((0, 1), (1, 1)), (2, 4, 4), "expected"),
    ],
)
def test_what_does_not_fit(windows, shape, words) -> None:
    with pytest.raises(InvalidNetwork, match=words):
        windows.output_shape(shape)
