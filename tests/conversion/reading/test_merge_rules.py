"""Each rule gives a term that does what the two did, or none; every pair is held against both in a row."""

import numpy as np
import pytest
import torch

from spikewright.conversion.reading import merge_rules
from spikewright.conversion.reading.geometry import (
    DENSE,
    ConvGeometry,
    Geometry,
    Kernel,
    PoolGeometry,
    TransposedGeometry,
    UpsampleGeometry,
)
from spikewright.conversion.reading.layer import AffineLayer
from spikewright.conversion.reading.merge_rules import RULES, chosen_rows, product_of_matrices
from spikewright.conversion.reading.source_term import SourceTerm
from spikewright.conversion.reading.terms import apply_term

SHAPE, RANDOM = (4, 6, 6), np.random.default_rng(0)


def kernel(*shape: int, integer: bool = False) -> Kernel:
    if integer:
        return Kernel(RANDOM.integers(-7, 8, shape).astype(np.int8), RANDOM.uniform(0.5, 2, shape[0]))
    return Kernel(RANDOM.normal(size=shape))


TERMS: dict[str, SourceTerm] = {
    "identity": SourceTerm("a", gain_in=np.arange(1.0, 5.0)),
    "pool": SourceTerm("a", PoolGeometry((2, 2), (2, 2)), gain_in=np.asarray(0.25)),
    "overlapping pool": SourceTerm("a", PoolGeometry((3, 3), (1, 2)), gain_in=np.arange(4.0)),
    "depthwise": SourceTerm("a", ConvGeometry((1, 2), (1, 1), groups=4), kernel=kernel(4, 1, 3, 3)),
    "pointwise": SourceTerm("a", ConvGeometry(), kernel=kernel(4, 4, 1, 1)),
    "average": SourceTerm("a", ConvGeometry((3, 2), groups=4), kernel=Kernel(np.full((4, 1, 3, 2), 1 / 6))),
    "upsampling": SourceTerm("a", UpsampleGeometry((2, 3)), gain_in=np.arange(1.0, 5.0)),
    "transposed": SourceTerm("a", TransposedGeometry((2, 2)), kernel=kernel(4, 4, 2, 2)),
}
LAYERS: dict[str, tuple[Geometry, int]] = {
    "convolution": (ConvGeometry((2, 1)), 4),
    "padded": (ConvGeometry((1, 1), (1, 1)), 4),
    "depthwise behind": (ConvGeometry(groups=4), 1),
    "matrix": (DENSE, 0),
}


@pytest.mark.parametrize("integer", [False, True], ids=["real", "integers"])
@pytest.mark.parametrize("behind", LAYERS)
@pytest.mark.parametrize("before", TERMS)
def test_a_merged_term_is_both_in_a_row(before: str, behind: str, integer: bool) -> None:
    term, (geometry, width) = TERMS[before], LAYERS[behind]
    x = torch.rand(3, *SHAPE).double()
    middle = apply_term(term, x, SHAPE)
    inside = tuple(middle.shape[1:])
    size = (5, int(np.prod(inside))) if geometry is DENSE else (4, width, 2, 2)
    weights = kernel(*size, integer=integer)
    shape = (5,) if geometry is DENSE else geometry.output_shape(weights, inside)  # type: ignore[attr-defined]
    layer = AffineLayer("behind", geometry, weights, np.zeros(()), inside, shape)
    wanted = apply_term(layer.term(), middle, inside)
    found = [rule.merge(term, layer, SHAPE) for rule in RULES if rule.fits(term, layer, False)]
    for one in found:
        if one is not None:
            np.testing.assert_allclose(apply_term(one, x, SHAPE).numpy(), wanted.numpy(), atol=1e-9)
            assert not integer or one.integer, "integers stay integers"
    exact = {"identity", "pool", "average"} if integer else set(TERMS)
    if geometry is DENSE and before in exact:
        assert any(one is not None for one in found)


def test_what_is_seen_as_a_vector_only_merges_into_a_matrix() -> None:
    layer = AffineLayer("c", ConvGeometry(), kernel(2, 4, 1, 1), np.zeros(()), SHAPE, (2, 6, 6))
    assert not any(rule.fits(TERMS["identity"], layer, True) for rule in RULES)
    assert any(rule.fits(TERMS["identity"], layer, False) for rule in RULES)


def test_zeros_between_two_convolutions_do_not_merge() -> None:
    """Padding of the second would have to be what the first makes of zeros beyond its border."""
    layer = AffineLayer("c", ConvGeometry(padding=(1, 1)), kernel(2, 4, 3, 3), np.zeros(()), (4, 6, 3), (2, 6, 3))
    rules = [rule for rule in RULES if rule.fits(TERMS["depthwise"], layer, False)]
    assert [rule.merge(TERMS["depthwise"], layer, SHAPE) for rule in rules] == [None] * len(rules)


@pytest.mark.parametrize("channels", [[2, 0], [3, 3, 1]])
def test_integers_that_are_picked_stay_integers(channels: list[int]) -> None:
    term = SourceTerm("a", ConvGeometry(padding=(1, 1)), kernel=kernel(4, 4, 3, 3, integer=True))
    ones = np.eye(4)[channels].reshape(len(channels), 4, 1, 1)
    layer = AffineLayer("picked", ConvGeometry(), Kernel(ones), np.zeros(()), SHAPE, (len(channels), 6, 6))
    found = chosen_rows(term, layer, SHAPE)
    assert found is not None and found.integer
    x = torch.rand(2, *SHAPE).double()
    torch.testing.assert_close(apply_term(found, x, SHAPE), apply_term(term, x, SHAPE)[:, channels])


def test_a_product_is_the_same_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wide classifier behind an upsampled map is worked out some rows at a time: copies in float64 are what it costs."""
    draw = np.random.default_rng(0)
    term = SourceTerm("a", UpsampleGeometry((2, 2)))
    layer = AffineLayer("b", DENSE, Kernel(draw.normal(size=(7, 16))), np.zeros(7), (16,), (7,))
    whole = product_of_matrices(term, layer, (1, 2, 2))
    monkeypatch.setattr(merge_rules, "_AT_ONCE", 40)
    parts = product_of_matrices(term, layer, (1, 2, 2))
    assert whole is not None and parts is not None and whole.kernel is not None and parts.kernel is not None
    assert parts.kernel.values.shape == (7, 4) and np.allclose(parts.kernel.values, whole.kernel.values, rtol=1e-14)
