"""Affine steps seen as a matrix for each axis, as one over all numbers, or as no such map."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from spikewright.conversion.errors import Refusal
from spikewright.conversion.reading.affine_steps import AffineStep
from spikewright.conversion.reading.linear_maps import is_identity, matrices_of, matrix_of
from tests.conversion.reading.affine import step_of

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
