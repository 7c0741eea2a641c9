"""Numbers and lists in sentences."""

import pytest

from spikewright.experiments.report.standings import Standing
from spikewright.experiments.report.wording import amount, estimate, interval, listed, times


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(("value", "told"), [(0.00512, "0.00512"), (2.904, "2.9"), (39143.5, "39,144"), (0, "0")])
def test_amounts(value: float, told: str) -> None:
    assert amount(value) == told


def test_intervals_are_told_with_their_values() -> None:
    assert plain(interval(Standing("a", 0.984, 0.9682, 0.9924))) == "98.4 % (95 %: 96.8 to 99.2 %)"
    assert plain(estimate(Standing("a", 2.9, 0.383, 48.6), "µJ")) == "2.9 µJ (0.383 to 48.6)"
    assert plain(estimate(Standing("a", 4, 4, 4), "DSP")) == "4 DSP"


def test_long_lists_are_cut_and_say_so() -> None:
    assert listed(["a"]) == "a" and listed(["a", "b", "c"]) == "a, b and c"
    assert listed(list("abcdefgh"), 4) == "a, b, c and 5 others"


def test_ratios() -> None:
    assert times(1.84) == "1.8 times" and times(12345.6) == "12,346 times"
