"""Affine steps of a graph: seen as a matrix for each axis, as one over all numbers, or as no such map."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from spikewright.compress import trace
from spikewright.conversion.errors import Refusal
from spikewright.conversion.reading.linear_maps import (
    AffineStep,
    AxisMatrices,
    affine_step,
    is_identity,
    matrices_of,
    matrix_of,
)

W = torch.tensor([[1.0, 2.0], [0.5, -1.0], [0.0, 3.0], [0.25, 1.0]])


class Doing(nn.Module):
    def __init__(self, step: Callable[[nn.Module, Tensor], Tensor]) -> None:
        super().__init__()
        self.step = step
        self.register_buffer("w", W)
        self.register_buffer("mask", torch.arange(12.0).reshape(3, 4))

    def forward(self, x: Tensor) -> Tensor:
        return self.step(self, x)


def step_of(step: Callable[[nn.Module, Tensor], Tensor], *shape: int) -> AffineStep | None:
    view = trace(Doing(step), torch.rand(3, *shape))
    return affine_step(view, view.node(view.output))


AXES: dict[str, tuple[Callable[[nn.Module, Tensor], Tensor], tuple[bool, bool, bool]]] = {
    "rows": (lambda self, x: torch.matmul(self.w[:3].T, x), (True, False, True)),
    "columns": (lambda self, x: torch.einsum("nchw,wk->nchk", x, self.w), (True, True, False)),
    "channels": (lambda self, x: torch.einsum("oc,nchw->nohw", self.w.T[:, :2], x), (False, True, True)),
    "running sums": (lambda self, x: torch.cumsum(x, 2), (True, False, True)),
    "a mean of channels": (lambda self, x: x.mean(1, keepdim=True), (False, True, True)),
    "sums that leave an axis out": (lambda self, x: x.sum(1), (False, True, True)),
    "differences": (lambda self, x: torch.diff(x), (True, True, False)),
    "everything at once": (lambda self, x: x.sum((1, 2, 3), keepdim=True), (False, False, False)),
    "a mask of columns": (lambda self, x: x * self.mask[1], (True, True, False)),
}


@pytest.mark.parametrize("name", AXES)
def test_a_matrix_for_each_axis(name: str) -> None:
    step, plain = AXES[name]
    found = step_of(step, 2, 3, 4)
    assert found is not None
    axes = matrices_of(found)
    assert axes is not None and tuple(map(is_identity, (axes.channels, axes.rows, axes.columns))) == plain
    x = torch.rand(2, 2, 3, 4).double()
    a, r, c = map(torch.tensor, (axes.channels, axes.rows, axes.columns))
    made = torch.einsum("ac,yi,xj,ncij->nayx", a, r, c, x)
    torch.testing.assert_close(made.reshape(2, *found.shape), found.linear(x))
    whole = matrix_of(found)
    np.testing.assert_allclose(whole @ x.numpy().reshape(2, -1).T, made.reshape(2, -1).T.numpy(), atol=1e-12)


def test_what_mixes_places_is_one_matrix() -> None:
    found = step_of(lambda self, x: x * self.mask, 2, 3, 4)
    assert found is not None and matrices_of(found) is None
    np.testing.assert_array_equal(matrix_of(found), np.diag(np.tile(np.arange(12.0), 2)))
    turned = step_of(lambda self, x: torch.einsum("nchw,wk->nkhc", x, self.w), 2, 3, 4)
    assert turned is not None and matrices_of(turned) is None and matrix_of(turned).shape == (12, 24)


def test_the_offset_is_what_zeros_give() -> None:
    found = step_of(lambda self, x: torch.baddbmm(self.w[:3], x, self.w.expand(x.shape[0], 4, 2)), 3, 4)
    assert found is not None and found.place == 1
    np.testing.assert_array_equal(found.offset, W[:3].numpy())
    assert isinstance(matrices_of(found), AxisMatrices)


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


def test_too_many_numbers_are_refused_with_figures() -> None:
    step = AffineStep(0, (10**5,), (10**5,), lambda x: x, np.zeros(10**5))
    with pytest.raises(Refusal, match=r"100,000 numbers to 100,000.*80\.0 GB"):
        matrix_of(step)


def test_wide_and_narrow_maps_give_the_same_matrix() -> None:
    """More inputs than outputs are read row by row."""
    found = step_of(lambda self, x: torch.einsum("nchw,hw->nc", x, self.mask), 2, 3, 4)
    assert found is not None
    np.testing.assert_array_equal(matrix_of(found), np.kron(np.eye(2), np.arange(12.0)[None]))


def test_more_axes_than_a_map_has_are_joined() -> None:
    step = step_of(lambda self, x: x.sum(1), 2, 3, 4, 5)
    assert step is not None and matrices_of(step) is None
    joined = step.of_a_map()
    found = matrices_of(joined)
    assert joined.source == (6, 4, 5) and joined.of_a_map() is joined and found is not None
    assert np.array_equal(found.channels != 0, np.tile(np.eye(3), (1, 2)) != 0)
