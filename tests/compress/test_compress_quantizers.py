"""Laws of the quantisers: error at most half a step, zeros stay zeros, halves go up, straight-through gradients."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from spikewright import InvalidInput
from spikewright.compress import QuantizedReLU
from spikewright.compress.quantisers.activations import clip_range
from spikewright.compress.quantisers.integers import round_half_up, to_integers, to_values, weight_scales

WEIGHTS = arrays(np.float32, st.tuples(st.integers(1, 5), st.integers(1, 9)), elements=st.floats(-4, 4, width=32))
BITS = st.integers(2, 8)


@given(WEIGHTS, BITS)
def test_error_is_at_most_half_a_step(values: np.ndarray, bits: int) -> None:
    weight = torch.tensor(values)
    scale = weight_scales(weight, bits, "max")
    codes = to_integers(weight, scale, bits)
    error = (to_values(codes, scale).double() - weight.double()).abs()
    assert int(codes.abs().max()) <= 2 ** (bits - 1) - 1
    assert bool((error <= scale.double()[:, None] / 2 * (1 + 1e-5)).all())


@given(WEIGHTS, BITS, st.sampled_from(["mse", "max"]))
def test_zeros_stay_zeros_and_scales_are_positive(values: np.ndarray, bits: int, method: str) -> None:
    weight = torch.tensor(values)
    scale = weight_scales(weight, bits, method)
    assert bool((scale > 0).all()) and scale.dtype == torch.float32
    assert not to_integers(weight, scale, bits)[weight == 0].any()


@given(WEIGHTS, BITS)
def test_mse_is_never_worse_than_max(values: np.ndarray, bits: int) -> None:
    weight = torch.tensor(values)

    def error(method: str) -> torch.Tensor:
        scale = weight_scales(weight, bits, method)
        return (to_values(to_integers(weight, scale, bits), scale).double() - weight.double()).square().sum(1)

    assert bool((error("mse") <= error("max") * (1 + 1e-4) + 1e-12).all())


@given(WEIGHTS, BITS)
def test_quantising_twice_changes_nothing(values: np.ndarray, bits: int) -> None:
    weight = torch.tensor(values)
    scale = weight_scales(weight, bits)
    codes = to_integers(weight, scale, bits)
    assert torch.equal(to_integers(to_values(codes, scale), scale, bits), codes)


@given(st.integers(-1000, 1000))
def test_halves_go_up(whole: int) -> None:
    assert float(round_half_up(torch.tensor(whole + 0.5))) == whole + 1


def test_quantrelu_at_halves() -> None:
    layer = QuantizedReLU(levels=4, alpha=4.0)
    x = torch.tensor([-1.0, 0.0, 0.49, 0.5, 1.5, 2.5, 3.5, 9.0])
    assert layer(x).tolist() == [0, 0, 0, 1, 2, 3, 4, 4]  # half to even would give 0, 2, 2, 4


@given(
    arrays(np.float32, 8, elements=st.floats(-10, 10, width=32)),
    st.integers(1, 255),
    st.floats(0.015625, 8, width=32),
)
def test_quantrelu_is_the_clipped_relu_within_half_a_step(values: np.ndarray, levels: int, alpha: float) -> None:
    x = torch.tensor(values)
    y = QuantizedReLU(levels, alpha)(x)
    assert bool(((y - x.clamp(0, alpha)).abs() <= alpha / levels / 2 + 1e-5 * alpha).all())
    with torch.no_grad():
        assert torch.equal(QuantizedReLU(levels, alpha)(x), y)  # the value does not depend on whether gradients are on
    codes = y.detach().double() * levels / alpha
    assert float((codes - codes.round()).abs().max()) < 1e-4


def test_quantrelu_gradients() -> None:
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


@pytest.mark.parametrize("bits", [1, 9, 0, 2.0, True])
def test_bits_out_of_range(bits: int) -> None:
    with pytest.raises(InvalidInput, match="bits"):
        weight_scales(torch.ones(1, 1), bits)


@pytest.mark.parametrize(("levels", "alpha"), [(0, 1.0), (3, 0.0), (3, -1.0), (3, float("nan")), (2.5, 1.0)])
def test_bad_activation_settings(levels: int, alpha: float) -> None:
    with pytest.raises(InvalidInput):
        QuantizedReLU(levels, alpha)
