"""Progress on the terminal: a line at each tenth where there are no bars, nothing when quiet."""

import io
import sys

import pytest

from spikewright.experiments.cli.console import hidden, progress_bars, say, waiting
from spikewright.progress import shown


def test_each_tenth_is_a_line_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bars(quiet=False) as progress:
        for done in range(101):
            progress("train", done, 100)
        progress("study", 0, 0)
    shown = capsys.readouterr()
    assert not shown.out
    assert shown.err.splitlines() == [*(f"train: {done} of 100" for done in range(0, 101, 10)), "study: 0 of 0"]


def test_quiet_shows_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bars(quiet=True) as progress:
        progress("train", 1, 2)
    assert capsys.readouterr() == ("", "")


def test_bars_come_and_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    with progress_bars(quiet=False) as progress:
        progress("train", 1, 2)
        assert list(progress.stages) == ["train"]  # type: ignore[attr-defined]
        progress("train", 2, 2)
        assert not progress.stages  # type: ignore[attr-defined]


class Terminal(io.StringIO):
    """A stderr that somebody looks at."""

    def isatty(self) -> bool:
        return True


def test_a_command_that_takes_long_says_what_runs_and_results_stand_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    shown, results = Terminal(), io.StringIO()
    monkeypatch.setattr(sys, "stderr", shown)
    monkeypatch.setattr(sys, "stdout", results)
    monkeypatch.setattr("spikewright.watching.AFTER", 0.0)
    with waiting("convert", quiet=False):
        while "spikewright convert, 0 s" not in shown.getvalue():
            pass
        say("a result")
        with hidden():
            assert shown.getvalue().endswith("\r")
    assert results.getvalue() == "a result\n" and shown.getvalue().endswith("\r")


def test_bars_take_the_place_of_the_line_and_all_calls_tell_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", Terminal())
    with waiting("convert", quiet=False), progress_bars(quiet=False) as progress:
        shown("train", 1, 2)
        assert list(progress.stages) == ["train"]  # type: ignore[attr-defined]
        say("a table in between")


def test_a_quiet_command_is_quiet_all_through(monkeypatch: pytest.MonkeyPatch) -> None:
    stderr = Terminal()
    monkeypatch.setattr(sys, "stderr", stderr)
    with waiting("convert", quiet=True), progress_bars(quiet=True):
        shown("train", 1, 2)
    assert stderr.getvalue() == ""
