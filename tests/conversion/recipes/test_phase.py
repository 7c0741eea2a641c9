"""Weighted spikes: the binary digits of a number."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikewright import InvalidInput
from spikewright.conversion import Phase, convert
from spikewright.snn import simulate
from tests.conversion.recipes.small import UNIT, line

NETWORK = convert(line(), UNIT, Phase(4, 24, percentile=100.0))


@given(value=st.integers(0, 15))
def test_many_periods_tell_every_digit(value: int) -> None:
    x = np.full((1, 1), value / 15, np.float32)
    found = simulate(NETWORK, x, engine="reference").logits * NETWORK.logit_scale
    assert found[0, 0] == pytest.approx(value / 15, abs=1.5 / 24)


def test_periods_have_steps_enough_and_no_more() -> None:
    assert convert(line(), UNIT, Phase(4, 3)).steps == 12
    with pytest.raises(InvalidInput, match="steps from 1"):
        Phase(16, 100_000)
