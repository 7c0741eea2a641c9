"""What a dry run tells: what is stored, what the rest may take from what earlier cells took, and nothing is written."""

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikewright import InvalidFile
from spikewright.experiments.records.layout import RECORD
from spikewright.experiments.runs.cells import Cell
from spikewright.experiments.studies.forecasts import Forecast, ForeseenCell, Outlook, forecast
from tests.experiments.studies.small_study import SMALL, small


def everything(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_before_a_first_run_nothing_is_known_and_nothing_written(tmp_path: Path) -> None:
    found = forecast(small(), tmp_path / "run")
    assert [each.standing for each in found.cells] == ["missing"] * 3 and len(found.unknown) == 3
    assert (found.work_seconds, found.chain_seconds, found.most_memory_mb(3)) == (0, 0, 0)
    assert [(stage, len(cells)) for stage, cells in found.stages()] == [("train", 1), ("convert", 1), ("simulate", 1)]
    assert not list(tmp_path.iterdir())


def test_what_is_stored_is_not_made_and_tells_of_its_kind(finished: Path) -> None:
    more = [*SMALL["conversions"], {"name": "rate4", "recipe": "rate", "steps": 4, "samples": 40}]
    before = everything(finished)
    found = forecast(small(conversions=more), finished)
    assert everything(finished) == before
    assert [each.cell.label for each in found.to_make] == ["convert rate4", "simulate rate4"]
    assert not found.unknown and all(each.outlook and each.outlook.memory_mb > 0 for each in found.to_make)
    assert found.work_seconds == found.chain_seconds == found.seconds(workers=8)
    assert not forecast(small(), finished).to_make


def test_a_damaged_cell_is_told_and_left_where_it_is(finished: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(finished, tmp_path / "copy")
    place = next((folder / "cells").glob("convert-*"))
    (place / RECORD).write_text("{}")
    found = forecast(small(), folder)
    assert [each.standing for each in found.cells] == ["stored", "damaged", "stored"] and place.is_dir()


def test_folders_that_a_run_would_refuse_are_refused(finished: Path, tmp_path: Path) -> None:
    with pytest.raises(InvalidFile, match="got the study 'small'; try a new one with --into"):
        forecast(small(name="other"), finished)
    (tmp_path / "mine.txt").write_text("a thesis")
    with pytest.raises(InvalidFile, match="got another folder"):
        forecast(small(), tmp_path)


@given(st.lists(st.tuples(st.integers(0, 10), st.floats(0.1, 100), st.booleans()), max_size=12), st.integers(1, 9))
def test_no_number_of_workers_beats_the_longest_chain(drawn: list[tuple[int, float, bool]], workers: int) -> None:
    cells: list[ForeseenCell] = []
    for number, (need, seconds, stored) in enumerate(drawn):
        needs = {"input": cells[need % number].cell} if number and need else {}
        cell = Cell("cheap", f"c{number}", 0, {"settings": {}}, needs)
        cells.append(ForeseenCell(cell, "stored" if stored else "missing", Outlook(seconds, 10.0 * seconds)))
    found = Forecast(tuple(cells))
    longest = max((each.outlook.seconds for each in found.to_make if each.outlook), default=0)
    assert longest <= found.chain_seconds <= found.seconds(workers) <= found.seconds(1)
    assert found.chain_seconds <= found.work_seconds + 1e-9
    assert found.most_memory_mb(1) == 10.0 * longest and found.most_memory_mb(1) <= found.most_memory_mb(workers)
