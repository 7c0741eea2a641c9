"""Progress on the terminal: a line at each tenth where there are no bars, nothing when quiet."""

import pytest

from spikewright.experiments.cli.console import progress_bars


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
