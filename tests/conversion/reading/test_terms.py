"""One term in torch: gains, pools, slices, and the matrix that it is."""

import numpy as np
import pytest
import torch

from spikewright.conversion.reading.geometry import ConvGeometry, Kernel, PoolGeometry
from spikewright.conversion.reading.source_term import SourceTerm
from spikewright.conversion.reading.terms import add_term, apply_term, as_matrix, copies, mapped, through_rows, unpooled

SHAPE = (2, 6, 6)
CONV = SourceTerm(
    "a",
    ConvGeometry((2, 1), (1, 0)),
    (2, 2),
    Kernel(np.random.default_rng(0).normal(size=(3, 2, 2, 2))),
    np.array([1.0, 2.0]),
    np.array([1.0, 0.5, -1.0]),
)
X = torch.rand(3, *SHAPE).double()


def test_gains_scale_inputs_and_outputs() -> None:
    pooled = torch.nn.functional.avg_pool2d(X, 2, divisor_override=1) * torch.tensor([1.0, 2.0]).view(2, 1, 1)
    wanted = torch.nn.functional.conv2d(pooled, torch.tensor(CONV.kernel.values), stride=(2, 1), padding=(1, 0))  # type: ignore[union-attr]
    wanted = wanted * torch.tensor([1.0, 0.5, -1.0]).view(3, 1, 1)
    np.testing.assert_allclose(apply_term(CONV, X, SHAPE).numpy(), wanted.numpy())


def test_magnitudes_bound_every_answer() -> None:
    assert (apply_term(CONV, X, SHAPE).abs() <= apply_term(CONV, X, SHAPE, absolute=True) + 1e-12).all()


@pytest.mark.parametrize("term", [CONV, SourceTerm("a", PoolGeometry((3, 2), (1, 2)), gain_in=np.array([2.0, 3.0]))])
def test_a_term_is_its_matrix(term: SourceTerm) -> None:
    matrix = as_matrix(term, SHAPE)
    assert matrix is not None
    np.testing.assert_allclose(apply_term(matrix, X, SHAPE).numpy(), apply_term(term, X, SHAPE).flatten(1).numpy())
    assert as_matrix(term, SHAPE, limit=10) is None


def test_rows_go_backwards_through_a_term() -> None:
    """rows W of x is rows of (W x)."""
    inside = (2, 3, 3)
    probe = unpooled(CONV)
    y = apply_term(probe, X[:, :, :3, :3], inside).flatten(1).numpy()
    rows = np.random.default_rng(1).normal(size=(4, y.shape[1]))
    found = X[:, :, :3, :3].flatten(1).numpy() @ through_rows(rows, probe, inside).T
    np.testing.assert_allclose(found, y @ rows.T)


def test_a_slice_of_the_target() -> None:
    term = SourceTerm("a", channels=(1, 3))
    total = add_term(torch.ones(1, 4, 6, 6).double(), term, apply_term(term, X, SHAPE))
    assert torch.equal(total[:, 1:3], 1 + X) and torch.equal(total[:, [0, 3]], torch.ones(3, 2, 6, 6).double())


def test_copies_are_known() -> None:
    assert copies(SourceTerm("a")) and not copies(SourceTerm("a", gain_in=np.asarray(2.0))) and not copies(CONV)
    np.testing.assert_array_equal(mapped(SourceTerm("a"), X[0].numpy(), SHAPE), X[0].numpy())
