"""Widths that hold what they must, and no more."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikewright import hardware
from spikewright.hardware import (
    widths,
)
from spikewright.hardware.model.bit_widths import signed_bits, unsigned_bits
from tests.hardware.small_networks import perceptron


@given(st.lists(st.integers(-(2**40), 2**40), min_size=1))
def test_signed_bits_is_the_narrowest_that_holds(values: list[int]) -> None:
    bits = signed_bits(np.array(values))
    holds = lambda width: all(-(2 ** (width - 1)) <= value < 2 ** (width - 1) for value in values)  # noqa: E731
    assert holds(bits) and (bits == 1 or not holds(bits - 1))


def test_accumulator_is_proved_from_the_weights() -> None:
    network = perceptron((4, 2, 2), limit=3)
    weights = network.projections[0].synapse.weights.values()
    bound = int(np.abs(weights).sum(axis=1).max()) + 1  # the largest sum of a step, and a bias of one
    assert widths(network).accumulators["h0"] == bound.bit_length() + 1


@given(st.integers(1, 2**40))
def test_unsigned_bits_number_all_things(count: int) -> None:
    bits = unsigned_bits(count)
    assert 2**bits >= count and (bits == 1 or 2 ** (bits - 1) < count)


def test_the_old_name_is_found() -> None:
    with pytest.warns(DeprecationWarning, match="Widths is called CoreWidths now"):
        assert hardware.Widths is hardware.CoreWidths
