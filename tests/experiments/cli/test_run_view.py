"""A run is shown from its state alone, in lines for a log and drawn for a terminal."""

import io
from pathlib import Path

import pytest

from spikewright.experiments.cli import run_view
from spikewright.experiments.cli.run_view import RunView, log, shown_run, stages_of
from spikewright.experiments.runs.state import RunState, StageCount
from spikewright.progress import shown


def state(**changes: object) -> RunState:
    made = RunState.begin({"runner": "here"})
    values: dict[str, object] = {
        "cells": 10, "found": 2, "stored": 4, "seconds": 20.0, "memory_mb": 512.0,
        "stages": {"train": StageCount(2, 2, 0.0, 2), "attack": StageCount(8, 2, 18.0)},
        "running": {f"attack a{n}": made.started for n in range(3, 3 + 12)},
    }  # fmt: skip
    for name, value in (values | changes).items():
        setattr(made, name, value)
    return made


def drawn(view: RunView, width: int = 100) -> str:
    from rich.console import Console

    page = io.StringIO()
    Console(file=page, width=width).print(view.drawing())
    return page.getvalue()


def test_one_line_says_all_for_a_log(tmp_path: Path) -> None:
    view = RunView(tmp_path)
    assert view.line() == ""
    view.tell("report", 1, 2)
    assert view.line() == "now report 1 of 2"
    view(state(running={"attack a3": "", "attack a4": ""}))
    assert view.line() == (
        "4 of 10 have a result, 2 of them from before; 10 s a cell, 60 s left; 512 MB at most in one cell; "
        "now attack a3, for 0 ms, attack a4, for 0 ms"
    )
    view(state())
    assert view.line().endswith(", 9 more")


@pytest.mark.parametrize("width", [40, 100])
def test_a_terminal_sees_cells_stages_and_what_runs(width: int, tmp_path: Path) -> None:
    view = RunView(tmp_path)
    assert drawn(view).strip() == ""
    view(state())
    text = drawn(view, width)
    assert max(map(len, text.splitlines())) <= width
    assert "4 of 10 have" in text and "now     attack a3" in text and "and 4 more" in text and "2 of 8" in text


def test_each_stage_has_a_row_with_the_time_of_one_cell() -> None:
    train, attack = stages_of(state())
    assert (train["stored"], train["each"], attack["cells"], attack["each"]) == (2, "", 8, "9 s")


def test_a_log_has_a_line_after_each_wait_until_it_is_over(capsys: pytest.CaptureFixture[str]) -> None:
    said, over, pauses = iter(["", "one", "two", "three"]), iter([False] * 4 + [True]), []

    def wait(seconds: float) -> bool:
        pauses.append(seconds)
        return next(over)

    log(lambda: next(said), wait)
    lines = capsys.readouterr().err.splitlines()
    assert [line.split()[1] for line in lines] == ["one", "two", "three"] and pauses == [2.0, 10.0, 20.0, 40.0, 60.0]


def test_calls_inside_tell_the_view(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with shown_run(tmp_path, quiet=True) as view:
        shown("figures", 3, 7)
        assert view.line() == "now figures 3 of 7"
    assert capsys.readouterr() == ("", "")


def test_in_a_terminal_it_is_live_and_gone_at_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    screen = Terminal()
    monkeypatch.setattr(run_view.sys, "stderr", screen)
    with shown_run(tmp_path, quiet=False) as view:
        view(state())
    assert "4 of 10 have a result" in screen.getvalue() and screen.getvalue().rstrip("\n").endswith("\x1b[2K")
