"""A sweep of cells that cost nothing: what is finished stays, is told with its own commit, and decides the exit code."""

from argparse import Namespace
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from spikewright import InvalidInput, Table
from spikewright.experiments import store
from spikewright.experiments.measuring.sweeps import SweepCommand, perform_sweep
from spikewright.experiments.runs.cells import Cell
from tests.experiments.runs.cheap import chain, cheap

COMMIT = "spikewright.experiments.records.provenance.current_commit"


def swept(folder: Path, cells: Iterable[Cell], holds: bool = True, **options: Any) -> int:
    """The exit code of a sweep of these cells."""
    made = list(cells)
    command = SweepCommand(
        "Numbers.",
        lambda parser: None,
        lambda options: made,
        lambda measured: [("numbers", Table.of(measured.rows("numbers")))],
        lambda measured: holds,
    )
    return perform_sweep(command, Namespace(output=folder, workers=1, quiet=True, **options))


def test_nothing_is_measured_twice(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log, out = tmp_path / "log", tmp_path / "out"
    assert swept(out, chain(6, log=str(log))) == 0
    told, begun = capsys.readouterr().out, log.read_text()
    assert told.startswith("numbers\n") and len(begun.splitlines()) == 6
    assert swept(out, chain(6, log=str(log))) == 0
    assert capsys.readouterr().out == told and log.read_text() == begun


def test_what_a_cell_needs_is_made_before_it(tmp_path: Path) -> None:
    last = chain(3)[-1]
    assert last.needs and swept(tmp_path / "out", [last, last]) == 0
    assert len(store(tmp_path / "out").table("numbers")) == 3


def test_a_fault_leaves_the_others_and_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = cheap("bad", fault="refused")
    assert swept(tmp_path / "out", [cheap("a", value=1), bad, cheap("held", bad), cheap("b", value=2)]) == 1
    told = capsys.readouterr()
    assert "expected luck, got none" in told.err and "cheap held" in told.err.lower()
    assert store(tmp_path / "out").table("numbers")["name"] == ["a", "b"]
    assert [line.split()[0] for line in told.out.splitlines()] == ["numbers", "name", "a", "b"]


def test_what_does_not_hold_is_an_exit_code(tmp_path: Path) -> None:
    assert swept(tmp_path / "out", [cheap("a")], holds=False) == 1


def test_each_row_has_the_commit_of_its_own_cell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(COMMIT, lambda: "0123456789abcdef, changed")
    assert swept(tmp_path / "out", [cheap("a")]) == 0
    monkeypatch.setattr(COMMIT, lambda: "another")
    assert swept(tmp_path / "out", [cheap("a"), cheap("b")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "0123456789, changed" in lines[-2] and "another" in lines[-1]
    assert store(tmp_path / "out").table("numbers")["commit"] == ["0123456789abcdef, changed", "another"]


def test_other_folders_are_refused_as_they_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert swept(tmp_path / "file", [cheap("a")]) == 2
    assert "try another output name" in capsys.readouterr().err
    assert swept(tmp_path, [cheap("a")]) == 2 and [path.name for path in tmp_path.iterdir()] == ["file"]


def test_bad_input_and_an_interrupt_have_codes_of_their_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def raising(error: BaseException) -> Iterable[Cell]:
        yield cheap("a")
        raise error

    options = Namespace(output=tmp_path / "out", workers=1, quiet=True)
    for error, code, told in (
        (InvalidInput("expected more"), 2, "expected more"),
        (KeyboardInterrupt(), 130, "goes on"),
    ):
        sweep = SweepCommand("", lambda parser: None, lambda options, error=error: raising(error), lambda rows: [])
        assert perform_sweep(sweep, options) == code and told in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
