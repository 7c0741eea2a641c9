"""The interval of a share."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikewright import InvalidInput
from spikewright.shares import wilson


def test_wilson_of_a_known_value() -> None:
    """81 of 263, 95 %: 0.2553 to 0.3662 (Newcombe 1998, table I, method 3)."""
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(0, 10)[0] == 0.0 and wilson(10, 10)[1] == 1.0


@given(st.integers(1, 500), st.data())
def test_wilson_holds_the_share_and_is_symmetric(samples: int, data: Any) -> None:
    successes = data.draw(st.integers(0, samples))
    low, high = wilson(successes, samples)
    assert 0 <= low <= successes / samples <= high <= 1
    assert wilson(samples - successes, samples) == pytest.approx((1 - high, 1 - low))


@pytest.mark.parametrize("arguments", [(3, 2), (-1, 2), (0, 0)])
def test_bad_counts(arguments: tuple[int, int]) -> None:
    with pytest.raises(InvalidInput):
        wilson(*arguments)


def test_bad_confidence() -> None:
    with pytest.raises(InvalidInput, match="confidence"):
        wilson(1, 2, 1.0)
