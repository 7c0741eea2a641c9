"""Codes whose spikes are drawn: seeds and ranges."""

import pytest

from spikewright import InvalidInput
from spikewright.snn import JitteredPeriodic, Poisson


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Poisson(3, 0.0), r"probability in \(0, 1\]"),
        (lambda: Poisson(3, seed=-1), "seed from 0"),
        (lambda: JitteredPeriodic(3, shortest=0.5), "1 <= shortest <= longest"),
        (lambda: JitteredPeriodic(3, longest=float("inf")), "1 <= shortest <= longest"),
        (lambda: JitteredPeriodic(3, deviation=2.0), r"deviation and silent in \[0, 1\]"),
    ],
)
def test_what_a_record_refuses(make, words) -> None:
    with pytest.raises(InvalidInput, match=words):
        make()


def test_they_send_one_spike_a_step_at_most() -> None:
    assert Poisson(3).most == JitteredPeriodic(3).most == 1 and Poisson(3, seed=4).with_steps(9) == Poisson(9, seed=4)
