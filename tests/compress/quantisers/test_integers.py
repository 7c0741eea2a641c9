"""Laws of the quantisers: error at most half a step, zeros stay zeros, halves go up, straight-through gradients."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from spikewright import InvalidInput
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


@pytest.mark.parametrize("bits", [1, 9, 0, 2.0, True])
def test_bits_out_of_range(bits: int) -> None:
    with pytest.raises(InvalidInput, match="bits"):
        weight_scales(torch.ones(1, 1), bits)
