"""Windows and convolutions by them against torch: strides, dilations, padding, groups."""

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from spikewright.snn import Conv2d, ConvTranspose2d, Windows, dense
from spikewright.snn.reference.windows import correlate, each_window, spread

functional = torch.nn.functional
PAIRS = st.tuples(st.integers(1, 3), st.integers(1, 3))
PADS = st.tuples(st.integers(0, 1), st.integers(0, 1))


@given(PAIRS, PAIRS, PADS, st.integers(0, 99))
def test_each_window_holds_what_a_kernel_sees(kernel, stride, padding, seed):
    values = np.random.default_rng(seed).integers(-9, 10, (2, 3, 5, 6))
    found = each_window(Windows(kernel, stride, padding), values, -99)
    padded = functional.pad(torch.tensor(values), (padding[1], padding[1], padding[0], padding[0]), value=-99)
    wanted = padded.unfold(2, kernel[0], stride[0]).unfold(3, kernel[1], stride[1]).flatten(4)
    np.testing.assert_array_equal(np.moveaxis(found, 0, -1), wanted.numpy())


def test_a_sequence_has_windows_without_rows():
    found = each_window(Windows((1, 2), (1, 2), (0, 1)), np.arange(1, 5).reshape(1, 1, 4), 0)
    assert found[:, 0, 0].T.tolist() == [[0, 1], [2, 3], [4, 0]]


@given(PAIRS, PAIRS, PADS, PAIRS, st.sampled_from([1, 2]), st.integers(0, 99))
def test_convolutions_are_those_of_torch(kernel, stride, padding, dilation, groups, seed):
    random = np.random.default_rng(seed)
    values, weights = random.integers(-9, 10, (2, 4, 7, 8)), random.integers(-9, 10, (6, 4 // groups, *kernel))
    conv = Conv2d(dense(weights), stride, padding, dilation, groups)
    wanted = functional.conv2d(torch.tensor(values), torch.tensor(weights), None, stride, padding, dilation, groups)
    np.testing.assert_array_equal(correlate(conv, weights, values), wanted.numpy())


@given(PAIRS, PAIRS, PADS, st.integers(0, 99))
def test_transposed_ones_are_those_of_torch(kernel, stride, padding, seed):
    random = np.random.default_rng(seed)
    values, weights = random.integers(-9, 10, (2, 4, 4, 5)), random.integers(-9, 10, (6, 4, *kernel))
    conv = ConvTranspose2d(dense(weights), stride, padding)
    theirs = torch.tensor(weights.swapaxes(0, 1).copy())
    wanted = functional.conv_transpose2d(torch.tensor(values), theirs, None, stride, padding)
    np.testing.assert_array_equal(spread(conv, weights, values), wanted.numpy())
