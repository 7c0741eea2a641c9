"""Steps that are affine in one value are found, and others are not."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from tests.conversion.reading.affine import W, step_of


def test_the_offset_is_what_zeros_give() -> None:
    found = step_of(lambda self, x: torch.baddbmm(self.w[:3], x, self.w.expand(x.shape[0], 4, 2)), 3, 4)
    assert found is not None and found.place == 1
    np.testing.assert_array_equal(found.offset, W[:3].numpy())
    torch.testing.assert_close(found.apply(torch.zeros(1, 3, 4).double())[0], W[:3].double())


@pytest.mark.parametrize(
    "step",
    [
        lambda self, x: x * x,
        lambda self, x: torch.matmul(x, x.transpose(2, 3)),
        lambda self, x: x.var(1),
        lambda self, x: x / x.sum((1, 2, 3), keepdim=True),
        lambda self, x: torch.mean(x, 0, keepdim=True) + x,
        lambda self, x: 1.0 / (x + 1.0),
    ],
)
def test_what_is_not_affine_in_one_value_is_none(step: Callable[[nn.Module, Tensor], Tensor]) -> None:
    assert step_of(step, 2, 3, 4) is None
