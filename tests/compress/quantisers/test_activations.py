"""The activation law: a staircase within half a step of a clipped ReLU, its gradients, and where its range begins."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from spikewright import InvalidInput
from spikewright.compress import QuantizedReLU
from spikewright.compress.quantisers.activations import clip_range


def test_the_quantised_relu_at_halves() -> None:
    layer = QuantizedReLU(levels=4, alpha=4.0)
    x = torch.tensor([-1.0, 0.0, 0.49, 0.5, 1.5, 2.5, 3.5, 9.0])
    assert layer(x).tolist() == [0, 0, 0, 1, 2, 3, 4, 4]  # half to even would give 0, 2, 2, 4


@given(
    arrays(np.float32, 8, elements=st.floats(-10, 10, width=32)),
    st.integers(1, 255),
    st.floats(0.015625, 8, width=32),
)
def test_the_quantised_relu_is_the_clipped_relu_within_half_a_step(
    values: np.ndarray, levels: int, alpha: float
) -> None:
    x = torch.tensor(values)
    y = QuantizedReLU(levels, alpha)(x)
    assert bool(((y - x.clamp(0, alpha)).abs() <= alpha / levels / 2 + 1e-5 * alpha).all())
    with torch.no_grad():
        assert torch.equal(QuantizedReLU(levels, alpha)(x), y)  # the value does not depend on whether gradients are on
    codes = y.detach().double() * levels / alpha
    assert float((codes - codes.round()).abs().max()) < 1e-4


def test_the_quantised_relu_gradients() -> None:
    layer = QuantizedReLU(levels=3, alpha=3.0)
    x = torch.tensor([-1.0, 1.2, 5.0], requires_grad=True)
    layer(x).sum().backward()
    assert x.grad is not None and x.grad.tolist() == [0, 1, 0]
    assert layer.alpha.grad is not None
    assert float(layer.alpha.grad) == pytest.approx((1.0 - 1.2) / 3 + 1.0, abs=1e-6)


def test_clip_range_ignores_a_lone_outlier_and_survives_dead_units() -> None:
    values = torch.cat([torch.rand(10_000, generator=torch.Generator().manual_seed(0)), torch.tensor([5.0])])
    assert clip_range(values, 7) < 2.5
    assert clip_range(-values, 7) == 1.0


@pytest.mark.parametrize(("levels", "alpha"), [(0, 1.0), (3, 0.0), (3, -1.0), (3, float("nan")), (2.5, 1.0)])
def test_bad_activation_settings(levels: int, alpha: float) -> None:
    with pytest.raises(InvalidInput):
        QuantizedReLU(levels, alpha)
