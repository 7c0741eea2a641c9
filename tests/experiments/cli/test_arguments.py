"""Numbers that arguments may be."""

import argparse
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikewright import InvalidFile
from spikewright.experiments.cli.arguments import bound, check_read, number, whole


@given(st.integers(-5, 5), st.integers(0, 5), st.integers(-20, 20))
def test_whole_numbers_lie_in_their_range(low: int, more: int, value: int) -> None:
    if low <= value <= low + more:
        assert whole(low, low + more)(str(value)) == value
    else:
        with pytest.raises(
            argparse.ArgumentTypeError, match=f"expected a whole number from {low} to {low + more}, got"
        ):
            whole(low, low + more)(str(value))


@pytest.mark.parametrize("text", ["", "x", "1.5", "1e3", "--1", "9" * 40, "9" * 10_000, "0x10", "²", "nan"])
def test_what_is_no_whole_number_is_refused_in_short(text: str) -> None:
    with pytest.raises(
        argparse.ArgumentTypeError, match=r"expected a whole number from 1 to 2\*\*63 - 1, got"
    ) as error:
        whole()(text)
    assert len(str(error.value)) < 140


@pytest.mark.parametrize("text", ["", "x", "nan", "inf", "-inf", "1e999", "0,5", "1 2"])
def test_numbers_are_finite(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="expected a number, got"):
        number()(text)


def test_numbers_may_have_a_least_one() -> None:
    assert number(0)("1e-3") == 1e-3 and math.copysign(1, number(0)("-0")) == -1
    with pytest.raises(argparse.ArgumentTypeError, match="expected a number of at least 0, got '-1'"):
        number(0)("-1")


@pytest.mark.parametrize("name", ["file", "weights", "files"])
def test_files_that_are_to_be_read_are_there(name: str, tmp_path: Path) -> None:
    given = tmp_path / "a"
    options = argparse.Namespace(**{name: [given] if name == "files" else given})
    with pytest.raises(InvalidFile, match="expected a readable file at"):
        check_read(options)
    given.touch()
    check_read(options)
    check_read(argparse.Namespace(file=None, out=tmp_path / "b"))


def test_bounds_are_columns_with_numbers() -> None:
    assert bound("lut=20000") == ("lut", 20000.0)
    for text in ("lut", "=3", "lut=many", "lut=nan"):
        with pytest.raises(argparse.ArgumentTypeError):
            bound(text)
