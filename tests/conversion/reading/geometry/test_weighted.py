"""Convolutions and matrices: shapes, padding of one side, and what is a copy."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

from spikewright.conversion.errors import Refusal
from spikewright.conversion.reading.geometry import DENSE, ConvGeometry, Kernel, TransposedGeometry
from tests.conversion.reading.geometry.geometries import SHAPE, WEIGHTED, kernel

FEW = st.integers(0, 3)


@given(border=st.tuples(FEW, FEW, FEW, FEW), padding=st.tuples(FEW, FEW), less=st.integers(0, 1), gap=st.integers(1, 2))
def test_zeros_around_a_map_become_padding(
    border: tuple[int, int, int, int], padding: tuple[int, int], less: int, gap: int
) -> None:
    """The same numbers, whatever is added before and behind; `less` zeros are missing at the beginning."""
    rows, columns = (max(pad, less) for pad in padding)
    plain = ConvGeometry((2, 1), (rows, columns), (gap, 1))
    x, weights = torch.rand(1, 2, 5, 6).double(), kernel(3, 2, 2, 3)
    top, bottom, left, right = border
    wide = F.pad(x, (left + columns - less, right + columns, top + rows - less, bottom + rows))
    wanted = F.conv2d(wide, torch.tensor(weights.values), stride=(2, 1), dilation=(gap, 1))
    made, geometry = plain.framed(weights, border, (less, less))
    found = geometry.apply(x, torch.tensor(made.values))
    np.testing.assert_allclose(found.numpy(), wanted.numpy())
    assert geometry.output_shape(made, (2, 5, 6)) == tuple(wanted.shape[1:])


@pytest.mark.parametrize("name", ["convolution", "depthwise"])
def test_the_shape_of_a_convolution_is_that_of_its_result(name: str) -> None:
    geometry, weights = WEIGHTED[name]
    assert isinstance(geometry, ConvGeometry)
    assert geometry.output_shape(weights, SHAPE) == tuple(
        geometry.apply(torch.zeros(1, *SHAPE), torch.tensor(weights.values).float()).shape[1:]
    )
    assert ConvGeometry((1, 2)).output_shape(kernel(3, 2, 1, 4), (2, 9)) == (3, 3)


def test_the_kernel_of_a_transposed_convolution_has_the_output_first() -> None:
    geometry, weights = WEIGHTED["transposed"]
    x, values = torch.rand(1, *SHAPE).double(), torch.tensor(weights.values)
    turned = values.reshape(2, 3, 2, 3, 2).transpose(1, 2).reshape(4, 3, 3, 2)
    wanted = F.conv_transpose2d(x, turned, None, (2, 3), (1, 0), (0, 1), 2, (1, 2))
    np.testing.assert_allclose(geometry.apply(x, values).numpy(), wanted.numpy())


def test_single_ones_are_copies() -> None:
    eye = np.eye(3)[:, :, None, None]
    assert ConvGeometry().copies(Kernel(eye)) and DENSE.copies(Kernel(np.eye(4)[:2]))
    assert not ConvGeometry().copies(Kernel(2 * eye)) and not DENSE.copies(Kernel(np.ones((2, 2))))


def test_averages_of_disjoint_windows_are_known() -> None:
    average = Kernel(np.full((4, 1, 2, 3), 0.25))
    assert ConvGeometry((2, 3), groups=4).disjoint_windows(average) == (2, 3)
    assert ConvGeometry((1, 3), groups=4).disjoint_windows(average) is None
    assert ConvGeometry((2, 3), groups=4).disjoint_windows(kernel(4, 1, 2, 3)) is None


def test_groups() -> None:
    assert ConvGeometry(groups=4).in_groups(2).group_count == 2
    assert TransposedGeometry(groups=3).group_count == 3 and DENSE.group_count == 1
    with pytest.raises(Refusal, match="transposed convolution of a concatenation"):
        TransposedGeometry(groups=2).in_groups(1)
