"""A pool behind a convolution is the composed convolution, whatever strides and dilations are."""

import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from torch.nn import functional as F

from spikewright.snn import Conv2d, dense
from spikewright.snn.interop.composing import composed

PAIR = st.tuples(st.integers(1, 3), st.integers(1, 3))


@given(kernel=PAIR, stride=PAIR, conv_stride=PAIR, dilation=PAIR)
def test_composed_weights_make_what_the_two_layers_make(
    kernel: tuple[int, int], stride: tuple[int, int], conv_stride: tuple[int, int], dilation: tuple[int, int]
) -> None:
    random = np.random.default_rng(0)
    weight, x = random.normal(size=(2, 3, 2, 3)), torch.from_numpy(random.normal(size=(1, 3, 19, 21)))
    conv = Conv2d(dense(weight.astype(np.float32)), conv_stride, (1, 2), dilation)
    one = F.conv2d(x, torch.from_numpy(weight), None, conv.stride, conv.padding, conv.dilation)
    assume(min(np.subtract(one.shape[2:], kernel)) >= 0)
    whole, values = composed(conv, weight, kernel, stride, 1 / np.prod(kernel))
    two = F.conv2d(x, torch.from_numpy(values), None, whole.stride, whole.padding, whole.dilation)
    wanted = F.avg_pool2d(one, kernel, stride)
    torch.testing.assert_close(two[:, :, : wanted.shape[2], : wanted.shape[3]], wanted)


def test_the_example() -> None:
    conv = Conv2d(dense(np.ones((1, 1, 1, 2), np.float32)))
    whole, values = composed(conv, np.array([[[[3.0, 5.0]]]]), (1, 2), (1, 2), 0.5)
    assert values.tolist() == [[[[1.5, 4.0, 2.5]]]] and whole.stride == (1, 2)


@pytest.mark.parametrize("groups", [1, 2])
def test_groups_and_padding_stay(groups: int) -> None:
    conv = Conv2d(dense(np.ones((2, 1, 2, 2), np.float32)), padding=(1, 0), groups=groups)
    whole, _ = composed(conv, np.ones((2, 1, 2, 2)), (2, 2), (2, 2), 1.0)
    assert (whole.padding, whole.groups, whole.dilation) == ((1, 0), groups, (1, 1))
