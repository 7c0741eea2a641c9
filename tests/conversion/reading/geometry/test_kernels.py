"""Kernels: integers with a scale, and the same numbers without gaps and groups."""

import numpy as np
import torch
from torch.nn import functional as F

from spikewright.conversion.reading.geometry import Kernel, dilated, ungrouped


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
