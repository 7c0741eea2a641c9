"""Codes whose spikes follow from the brightness of a pixel."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikewright import InvalidInput
from spikewright.snn import Bursts, PhaseCode, RateCode, SingleBurst, SpikeSelectCode


@given(period=st.integers(1, 16), periods=st.integers(1, 5))
def test_weights_of_a_period_are_those_of_digits(period: int, periods: int) -> None:
    code = PhaseCode(period, periods)
    weights = [code.weight(t) for t in range(code.steps)]
    assert weights[:period] == [2**k for k in reversed(range(period))] and weights == weights[:period] * periods
    assert sum(weights) <= code.heaviest_steps * weights[0]
    assert sum(code.charged(t) for t in range(code.steps)) == code.charge_steps == periods


def test_limits_are_said() -> None:
    assert (RateCode(3).most, Bursts(3, 5).most, SpikeSelectCode(9, 2).hidden_limit) == (1, 5, 2)
    assert (PhaseCode(3).inside, SpikeSelectCode(9).inside) == ("step weights", "first spikes")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Bursts(3, 200), "127"),
        (lambda: PhaseCode(17), "1 to 16 steps"),
        (lambda: PhaseCode(16, 10**6), "1000000"),
        (lambda: SpikeSelectCode(3, 0), "limit of 1"),
        (lambda: SingleBurst(3, 1.5), r"silent in \[0, 1\]"),
        (lambda: PhaseCode(3).with_steps(6), "another period"),
    ],
)
def test_what_a_record_refuses(make, words) -> None:
    with pytest.raises(InvalidInput, match=words):
        make()
