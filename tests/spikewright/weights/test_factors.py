"""Factors of outputs and inputs, and how groups of a convolution read them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikewright.weights import InvalidWeights
from spikewright.weights.factors import Factors, count


@given(st.integers(1, 3), st.integers(1, 3), st.integers(1, 3), st.integers(0, 99))
def test_each_weight_meets_its_output_and_its_input(groups: int, out: int, inside: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    shape = (groups * out, inside, 2)
    outputs, inputs = random.uniform(1, 2, shape[0]), random.uniform(1, 2, groups * inside)
    made = Factors.of(outputs, inputs, shape).times(np.ones(shape))
    for o in range(shape[0]):
        for c in range(inside):
            assert made[o, c, 0] == made[o, c, 1] == outputs[o] * inputs[o // out * inside + c]


def test_equal_factors_are_one() -> None:
    assert Factors.of([2.0, 2.0], [0.5, 0.5, 0.5], (2, 3)).single == 1.0
    assert Factors.of(1.0, [1.0], (2, 1)).nothing and not Factors.of(1.0, [2.0], (2, 1)).nothing


def test_an_output_with_one_input_has_one_factor() -> None:
    assert Factors.of([1.0, 2.0], [3.0, 5.0], (2, 1, 3, 3)).single.tolist() == [3.0, 10.0]  # type: ignore[union-attr]
    assert Factors.of(1.0, [3.0, 5.0], (2, 2)).single is None


@pytest.mark.parametrize(
    ("outputs", "inputs"), [([1, 2, 3], 1.0), (1.0, [1, 2, 3, 4, 5]), (1.0, [[1.0, 2.0]]), ([[1.0], [2.0]], 1.0)]
)
def test_factors_that_do_not_fit_are_refused(outputs: object, inputs: object) -> None:
    with pytest.raises(InvalidWeights, match="factor"):
        Factors.of(outputs, inputs, (2, 3))


def test_counts_do_not_wrap() -> None:
    assert count((2**40, 2**40)) == 2**80 and count(()) == 1
