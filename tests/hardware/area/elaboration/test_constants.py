"""Constant expressions of Verilog."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikewright import InvalidFile
from spikewright.hardware.area.elaboration.constants import formula
from spikewright.hardware.area.elaboration.tokens import Tokens


def _value(text: str, **known: int | str) -> int | str:
    return formula(Tokens(text, "t.v")).value(known)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 * 3 - 4", 3),
        ("7 - 2 - 1", 4),
        ("-7 / 2", -3),
        ("-7 % 3", -1),
        ("1 << 2 + 1", 8),
        ("2 > 1 == 1", 1),
        ("1 | 2 ^ 3 & 1", 3),
        ("0 && 1 || 1", 1),
        ("!3 + 1", 1),
        ("0 ? 1 : 0 ? 2 : 3", 3),
        ("8'hff", 255),
        ("64'd4295032833", 4295032833),
        ("(2 + 1) * 2", 6),
        ('K == "if" ? K : 0', "if"),
        ('K != "none"', 1),
        ("N / 0 && 0", None),
    ],
)
def test_values(text: str, value: int | str | None) -> None:
    if value is None:
        with pytest.raises(ZeroDivisionError):
            _value(text, N=1)
    else:
        assert _value(text, K="if") == value


@given(st.integers(-100, 100), st.integers(-100, 100).filter(bool))
def test_a_quotient_goes_towards_zero_and_its_rest_makes_it_whole(a: int, b: int) -> None:
    quotient, rest = _value("a / b", a=a, b=b), _value("a % b", a=a, b=b)
    assert quotient == int(a / b) and quotient * b + rest == a


def test_only_what_is_needed_is_asked_for() -> None:
    asked = formula(Tokens("A ? B : C", "t.v"))
    assert asked.names == {"A", "B", "C"} and asked.value({"A": 1, "B": 5}) == 5


@pytest.mark.parametrize("text", ["{2{1'b0}}", "~A", "A[1]", "$clog2(4)", "A ? 1", ";"])
def test_what_no_parameter_needs_is_refused(text: str) -> None:
    with pytest.raises(InvalidFile, match="expected"):
        _value(text, A=1)
