"""Where levels begin, or that no threshold has them."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from spikewright import InvalidNetwork
from spikewright.conversion.integers.levels import levels_of
from spikewright.snn import (
    Population,
    QuantReLU,
)


@settings(max_examples=100)
@given(st.integers(1, 5000), st.integers(0, 12), st.integers(1, 15))
def test_levels_are_found_or_refused(multiplier: int, shift: int, levels: int) -> None:
    """Where the levels are equally spaced, a threshold and an initial potential give them all."""
    population = Population("p", (1,), QuantReLU(multiplier, shift, levels), 0, 0, 50)
    charge = np.arange(-20, 3 * levels * (2 << shift) // multiplier + 20)
    wanted = np.clip((2 * charge * multiplier + (1 << shift)) // (2 << shift), 0, levels)
    try:
        theta, initial = levels_of(population)
    except InvalidNetwork:
        begins = [int(charge[wanted >= k][0]) for k in range(1, levels + 1)]
        assert len(set(np.diff(begins))) > 1 or 0 in np.diff(begins)
        return
    np.testing.assert_array_equal(np.clip((charge + initial) // theta, 0, levels), wanted)
