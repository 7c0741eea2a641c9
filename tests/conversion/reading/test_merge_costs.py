"""What a merger takes is known from shapes: as many additions as the composed kernel has, before it is composed."""

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from spikewright.conversion.reading import merging
from spikewright.conversion.reading.geometry import ConvGeometry, Kernel
from spikewright.conversion.reading.layer import AffineLayer
from spikewright.conversion.reading.merge_costs import known_additions
from spikewright.conversion.reading.merge_rules import convolved_kernels
from spikewright.conversion.reading.source_term import SourceTerm
from tests.conversion.reading.helpers import plan_for


def kernel(seed: int, *shape: int) -> Kernel:
    return Kernel(np.random.default_rng(seed).uniform(0.5, 1.0, shape))


@st.composite
def pairs(draw: st.DrawFn) -> tuple[SourceTerm, AffineLayer, tuple[int, int, int]]:
    """A convolution of maps 9 x 9 and the one behind it, with groups, strides and gaps, some depthwise, without padding."""
    one, other = draw(st.sampled_from([(1, 1), (2, 1), (3, 1), (6, 1), (1, 2), (2, 3), (3, 3), (6, 6), (6, 3)]))
    sizes = draw(st.tuples(st.integers(1, 3), st.integers(1, 2)))
    stride, gaps = draw(st.integers(1, 2)), draw(st.tuples(st.integers(1, 2), st.integers(1, 2)))
    first = ConvGeometry((stride, stride), dilation=(gaps[0], gaps[0]), groups=one)
    behind = ConvGeometry(dilation=(gaps[1], gaps[1]), groups=other)
    weights = kernel(0, 6, 6 // one, sizes[0], sizes[0]), kernel(1, 6, 6 // other, sizes[1], sizes[1])
    between = first.output_shape(weights[0], (6, 9, 9))
    layer = AffineLayer("b", behind, weights[1], np.zeros(()), between, behind.output_shape(weights[1], between))
    return SourceTerm("a", first, kernel=weights[0]), layer, (6, 9, 9)


@settings(max_examples=60)
@given(case=pairs())
def test_it_is_the_number_of_the_composed_kernel(case: tuple[SourceTerm, AffineLayer, tuple[int, int, int]]) -> None:
    term, layer, inside = case
    made = convolved_kernels(term, layer, inside)
    assert made is not None
    assert known_additions(term, layer) == made.geometry.additions(made.kernel, inside, layer.shape)


def test_pruned_depthwise_by_pruned_pointwise_is_counted_weight_by_weight() -> None:
    depthwise, pointwise = kernel(0, 4, 1, 3, 3), kernel(1, 5, 4, 1, 1)
    depthwise.values[np.random.default_rng(2).random(depthwise.values.shape) < 0.5] = 0
    pointwise.values[np.random.default_rng(3).random(pointwise.values.shape) < 0.5] = 0
    term = SourceTerm("a", ConvGeometry(groups=4), kernel=depthwise)
    layer = AffineLayer("b", ConvGeometry(), pointwise, np.zeros(()), (4, 5, 5), (5, 5, 5))
    made = convolved_kernels(term, layer, (4, 7, 7))
    assert made is not None and made.kernel is not None
    np.testing.assert_array_equal(made.kernel.values, pointwise.values * depthwise.values[:, 0])
    assert known_additions(term, layer) == made.geometry.additions(made.kernel, (4, 7, 7), (5, 5, 5))


def test_what_is_not_known_is_nothing() -> None:
    term = SourceTerm("a", ConvGeometry(), kernel=kernel(0, 2, 2, 3, 3))
    layer = AffineLayer("b", ConvGeometry(), kernel(1, 2, 2, 3, 3), np.zeros(()), (2, 5, 5), (2, 3, 3))
    assert known_additions(SourceTerm("a"), layer) == 0.0
    layer.kernel.values[0, 0, 0, 0] = 0.0
    assert known_additions(term, layer) == 0.0


def test_nothing_is_composed_that_would_be_too_dear(monkeypatch: object) -> None:
    """A separable convolution of 48 channels keeps its two layers, and no kernel of 48 x 48 x 9 is made on the way."""
    composed: list[str] = []
    within = merging._composed
    patch: object = monkeypatch
    patch.setattr(merging, "_composed", lambda *given: composed.append("one") or within(*given))  # type: ignore[attr-defined]
    torch.manual_seed(0)
    depthwise, pointwise = nn.Conv2d(48, 48, 3, padding=1, groups=48, bias=False), nn.Conv2d(48, 48, 1, bias=False)
    plan = plan_for(nn.Sequential(nn.Conv2d(1, 48, 1), nn.ReLU(), depthwise, pointwise, nn.Flatten()), 1, 4, 4)
    assert not composed and [unit.signed for unit in plan.units] == [False, True, False]
