"""Traits of codes, neutral where a record says nothing."""

from dataclasses import dataclass

import numpy as np
import pytest

from spikewright import InvalidInput
from spikewright.snn.codes import CODES, Code


@dataclass(frozen=True)
class Quiet(Code):
    """Says nothing of itself."""

    steps: int


def test_a_code_that_says_nothing() -> None:
    code = Quiet(np.int64(5))
    assert type(code.steps) is int and not code.graded and code.bounded and code.most == 1
    assert code.charge_steps == code.heaviest_steps == 5 and code.hidden_limit is None
    assert [code.weight(t) for t in range(5)] == [1] * 5 and [code.charged(t) for t in (0, 4, 5)] == [True, True, False]
    assert code.image_shape((2, 3)) == (2, 3) and code.with_steps(7) == Quiet(7)


@pytest.mark.parametrize("steps", [0, True, 2.0, 1_000_001])
def test_steps_are_a_whole_number(steps) -> None:
    with pytest.raises(InvalidInput, match="expected steps from 1 to 1000000"):
        Quiet(steps)


@pytest.mark.parametrize("kind", CODES)
def test_each_says_what_it_is(kind: type[Code]) -> None:
    assert kind.sends in ("spikes", "values", "times") and kind.takes in ("images", "frames", "events")
    assert kind.inside in (None, "step weights", "first spikes")
