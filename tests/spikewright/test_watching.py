"""The line of a long call: what it says, and that nothing of it stays."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikewright.watching import Line


def test_it_says_what_runs_how_far_it_is_and_for_how_long() -> None:
    line = Line("convert", io.StringIO())
    assert line.text(line.began + 3.2) == "convert, 3 s"
    line.tell("calibration", 0, 4_000)
    assert line.text(line.began + 3.2) == "convert, calibration 0 of 4,000, 3 s"
    line.stage_began = line.began + 2
    line.tell("calibration", 1_000, 4_000)
    assert line.text(line.began + 4) == "convert, calibration 1,000 of 4,000, about 6 s left, 4 s"
    line.tell("calibration", 4_000, 4_000)
    assert line.text(line.began + 5) == "convert, 5 s"


@given(st.lists(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=120), max_size=6))
def test_it_fits_its_line_and_nothing_stays(texts: list[str]) -> None:
    stream = io.StringIO()
    line = Line("x", stream)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", "40")
        for text in texts:
            line._write(text)
        with line.hidden():
            stream.write("result\n")
        line._write("")
    before, after = stream.getvalue().split("result\n")
    assert all(len(part) < 40 for part in before.split("\r")) and not after.strip()
    assert not before or (before.endswith("\r") and not before.split("\r")[-2].strip())


def test_a_call_that_is_over_at_once_shows_nothing() -> None:
    stream = io.StringIO()
    with Line("x", stream) as line:
        line.tell("a", 1, 2)
    assert stream.getvalue() == ""


def test_it_is_gone_after_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spikewright.watching.AFTER", 0.0)
    stream = io.StringIO()
    with pytest.raises(ZeroDivisionError), Line("x", stream) as line:
        while not stream.getvalue():
            line.tell("a", 1, 2)
        1 / 0  # noqa: B018
    assert stream.getvalue().endswith("\r")
