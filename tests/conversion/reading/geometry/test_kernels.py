"""Kernels: integers with a scale, and the same numbers without gaps and groups."""

from dataclasses import replace

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

from spikewright.conversion.reading.geometry import Kernel, dilated, ungrouped
from spikewright.conversion.reading.geometry.kernels import SPARSE, Sparse


def test_integers_with_a_scale_are_real_numbers_row_by_row() -> None:
    kernel = Kernel(np.array([[1, -2], [3, 4]], np.int8), np.array([0.5, 2.0]))
    assert kernel.integer and not Kernel(np.ones((2, 2))).integer
    np.testing.assert_array_equal(kernel.real(), [[0.5, -1.0], [6.0, 8.0]])
    np.testing.assert_array_equal(kernel.rows(1, 2).real(), [[6.0, 8.0]])


def test_a_kernel_without_gaps_does_the_same() -> None:
    values = np.random.default_rng(0).normal(size=(2, 3, 3, 2))
    x = torch.rand(1, 3, 9, 9).double()
    one = F.conv2d(x, torch.tensor(values), dilation=(2, 3))
    np.testing.assert_allclose(F.conv2d(x, torch.tensor(dilated(values, (2, 3)))), one)
    assert dilated(values, (1, 1)) is values


def test_a_kernel_of_one_group_does_the_same() -> None:
    values = np.random.default_rng(0).normal(size=(6, 2, 3, 3))
    x = torch.rand(1, 4, 5, 5).double()
    one = F.conv2d(x, torch.tensor(values), groups=2)
    np.testing.assert_allclose(F.conv2d(x, torch.tensor(ungrouped(values, 2))), one)


def test_a_place_is_that_of_the_numbers_whoever_looks_at_them() -> None:
    values = np.ones((4, 2), np.float32)
    assert Kernel(values[1:3]).place == Kernel(values[1:3]).place == Kernel(values).rows(1, 3).place
    assert len({Kernel(one).place for one in (values, values[1:], values[:, :1], values.T, values.copy())}) == 5
    scaled = [Kernel(values.astype(np.int8), np.full(4, scale)) for scale in (0.5, 0.25)]
    assert scaled[0].place != scaled[1].place


@given(groups=st.integers(1, 12), start=st.integers(0, 5), scaled=st.booleans())
def test_what_is_mostly_zeros_is_written_out_when_it_is_asked_for(groups: int, start: int, scaled: bool) -> None:
    """Of a depthwise kernel as one of a single group only its own numbers are held, whatever is done to it then."""
    values = np.random.default_rng(0).integers(1, 9, (2 * groups, 1, 2, 2))
    kernel = Kernel(values.astype(np.int8), np.full(2 * groups, 0.5)) if scaled else Kernel(values.astype(float))
    one = kernel.changed(lambda given: ungrouped(given, groups))
    cut = one.rows(start, start + 2).changed(lambda given: np.pad(given, ((0, 0), (0, 0), (1, 0), (0, 1))))
    assert isinstance(one.held, Sparse) is isinstance(cut.held, Sparse) is (groups > SPARSE)
    wanted = ungrouped(values, groups)
    np.testing.assert_array_equal(one.values, wanted)
    np.testing.assert_array_equal(cut.values[:, :, 1:, :2], wanted[start : start + 2])
    assert one.shape == wanted.shape and cut.shape == cut.values.shape and one.integer is cut.integer is scaled
    assert scaled or one.place == replace(one).place
