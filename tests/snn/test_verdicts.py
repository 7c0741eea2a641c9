"""A verdict: what it says in words, and how many steps it calls enough."""

import pytest

from spikewright import InvalidNetwork
from spikewright.snn import Report
from spikewright.snn.verdicts import Trial, Verdict


def runs(*shares: tuple[int, int]) -> tuple[Trial, ...]:
    return tuple(Trial(steps, 100, agreed) for steps, agreed in shares)


@pytest.mark.parametrize(
    ("seen", "tried", "enough"),
    [
        ((8, 99), (), 8),
        ((8, 98), (), None),
        ((8, 90), ((16, 99),), 16),
        ((8, 90), ((16, 95), (32, 98)), None),
        ((8, 100), ((4, 99), (2, 80)), 4),
        ((8, 99), ((4, 90),), 8),
        ((8, 98), ((4, 99), (16, 99)), 16),
    ],
)
def test_enough_is_from_where_on_every_run_agreed(
    seen: tuple[int, int], tried: tuple[tuple[int, int], ...], enough: int | None
) -> None:
    assert Verdict(*runs(seen), runs(*tried)).enough == enough


def test_words() -> None:
    first, second, third = runs((4, 90), (8, 95), (16, 99))
    told = str(Verdict(first, (second, third), False, "conv", "clipping"))
    assert told.startswith(
        "in 4 steps and float32 it answers as the model on 90 of 100 samples that it was made on (0.900, "
    )
    assert "conv loses most, by clipping" in told
    assert told.endswith("16 steps are enough for 0.99 (converted for other steps: 0.950 in 8, 0.990 in 16)")
    assert "0.99 was not reached in 8 steps" in str(Verdict(first, (second,)))
    short = str(Verdict(Trial(1, 3, 3), apart=True))
    assert "in 1 step and" in short and "that it was not made on" in short and short.endswith("1.000)")
    assert str(Report(verdict=Verdict(first))).endswith(f"verdict: {Verdict(first)}")


@pytest.mark.parametrize("numbers", [(0, 1, 1), (1, 0, 0), (1, 2, 3), (1, 2, -1)])
def test_impossible_trials(numbers: tuple[int, int, int]) -> None:
    with pytest.raises(InvalidNetwork, match="expected a trial"):
        Trial(*numbers)
