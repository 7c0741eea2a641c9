"""Shapes of synapses with weights are those of torch."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from spikewright import InvalidNetwork
from spikewright.snn import Conv1d, Conv2d, ConvTranspose2d, Linear

FEW = settings(max_examples=40, deadline=None)
SMALL = st.integers(1, 3)


@given(kernel=SMALL, stride=SMALL, padding=st.integers(0, 2), dilation=SMALL, groups=st.sampled_from([1, 2]))
@FEW
def test_convolutions(kernel, stride, padding, dilation, groups) -> None:
    weights, image = torch.ones(4, 2 // groups, kernel, kernel), torch.zeros(1, 2, 7, 8)
    conv = Conv2d(weights.numpy(), (stride,) * 2, (padding,) * 2, (dilation,) * 2, groups)
    made = F.conv2d(image, weights, None, stride, padding, dilation, groups)
    assert conv.output_shape((2, 7, 8)) == tuple(made.shape[1:])
    line = Conv1d(weights[:, :, 0].numpy(), stride, padding, dilation, groups)
    flat = F.conv1d(image[:, :, 0], weights[:, :, 0], None, stride, padding, dilation, groups)
    assert line.output_shape((2, 8)) == tuple(flat.shape[1:])


@pytest.mark.parametrize(
    ("synapse", "shape", "words"),
    [
        (Linear(np.ones((2, 5))), (2, 2), "expected 5 inputs for a Linear 2 x 5, got 4"),
        (Linear(np.ones(5)), (5,), "weights with 2 dimensions"),
        (Conv2d(np.ones((2, 2, 3, 3))), (2, 8), r"an input \(C, H, W\) for Conv2d"),
        (Conv2d(np.ones((2, 2, 3, 3))), (3, 8, 8), "groups of input channels"),
        (Conv2d(np.ones((2, 2, 3, 3))), (2, 2, 2), "kernel .* that fits"),
        (Conv1d(np.ones((2, 2, 3)), stride=(1, 1)), (2, 8), "stride of Conv1d to be a whole number"),
        (ConvTranspose2d(np.ones((2, 2, 3, 3)), output_padding=(1, 1)), (2, 4, 4), "output padding below stride"),
        (ConvTranspose2d(np.ones((2, 2, 1, 1)), padding=(2, 2)), (2, 2, 2), "with an output"),
    ],
)
def test_what_does_not_fit(synapse, shape, words) -> None:
    with pytest.raises(InvalidNetwork, match=words):
        synapse.output_shape(shape)
