"""Ranges are lists of values, written out."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikewright import InvalidFile
from spikewright.experiments.studies.located import FileLine, in_one_line
from spikewright.experiments.studies.value_ranges import is_range, values_in

LINE = FileLine(Path("s"), 3)


def values(**told: Any) -> list[Any]:
    made = in_one_line(told, LINE)
    assert is_range(made)
    return list(values_in(made))


@given(st.integers(-50, 50), st.integers(0, 100), st.integers(1, 9))
def test_whole_numbers_stay_whole(start: int, span: int, step: int) -> None:
    assert values(**{"from": start, "to": start + span, "step": step}) == list(range(start, start + span + 1, step))


@given(st.integers(1, 40), st.integers(1, 99))
def test_real_steps_end_where_they_should(count: int, hundredths: int) -> None:
    step = hundredths / 100
    found = values(**{"from": 0.5, "to": 0.5 + count * step, "step": step})
    assert found == pytest.approx([0.5 + n * step for n in range(count + 1)]) and len(set(found)) == count + 1


def test_examples() -> None:
    assert values(**{"from": 2, "to": 33, "factor": 2}) == [2, 4, 8, 16, 32]
    assert values(**{"from": 1, "to": 4}) == [1, 2, 3, 4] and values(**{"from": 3, "to": 3}) == [3]
    assert values(**{"from": 0.5, "to": 0.9, "step": 0.1}) == [0.5, 0.6, 0.7, 0.8, 0.9]
    assert values(**{"from": 1, "to": 4, "factor": 1.3}) == [1, 2, 3, 4], "each once"


@pytest.mark.parametrize(
    "told, said",
    [
        ({"from": 3, "to": 1}, "expected to of at least 3, got 1; try both the other way round"),
        ({"from": 1}, "expected to in a range, got none"),
        ({"from": 1, "to": "x"}, "expected a number for to of a range, got x"),
        ({"from": 1, "to": True}, "expected a number for to of a range, got True"),
        ({"from": 1, "to": float("inf")}, "got inf"),
        ({"from": 1, "to": 3, "stepp": 1}, "got stepp; try step"),
        ({"from": 1, "to": 3, "step": 0}, "expected a step above 0, .* got 0; try step: 1"),
        ({"from": 1, "to": 3, "step": 0.5}, "whole between whole numbers, got 0.5"),
        ({"from": 0.5, "to": 0.9}, "expected a step in a range of real numbers, got none; try step: 0.04"),
        ({"from": 0, "to": 8, "factor": 2}, "expected from above 0 .* got 0"),
        ({"from": 1, "to": 8, "factor": 2, "step": 1}, "expected a step or a factor, got both"),
        ({"from": 0, "to": 10**9}, "expected at most 1,000 values of a range, got"),
        ({"from": 1e-300, "to": 1e300, "step": 1e-300}, "expected at most 1,000 values"),
    ],
)
def test_what_is_refused(told: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidFile, match=f"^s:3: .*{said}"):
        values(**told)
