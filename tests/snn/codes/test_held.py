"""Codes that send one number for the whole run."""

import pytest

from spikewright import InvalidInput
from spikewright.snn import Direct, TtfsCode


def test_a_window_ends_the_charge() -> None:
    assert (Direct(8).charge_steps, Direct(8, window=3).charge_steps) == (8, 3)
    assert [Direct(4, window=2).charged(t) for t in range(4)] == [True, True, False, False]


def test_only_levels_bound_a_current() -> None:
    assert not Direct(3).bounded and Direct(3, 15).bounded and TtfsCode().bounded
    assert (Direct(3, 15).most, TtfsCode().most) == (15, 1) and Direct(3).graded and TtfsCode().graded


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Direct(3, 0), "levels"),
        (lambda: Direct(3, window=4), "window from 1 to 3"),
        (lambda: TtfsCode(70_000), "levels"),
    ],
)
def test_what_a_record_refuses(make, words) -> None:
    with pytest.raises(InvalidInput, match=words):
        make()


def test_windows_are_no_steps() -> None:
    assert TtfsCode().steps == 1
    with pytest.raises(InvalidInput, match="windows, not steps"):
        TtfsCode().with_steps(2)
