"""A cell at work: the data set as the study cuts it, rows of plain numbers, and the stage by its name or place."""

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from spikewright import InvalidInput, silent
from spikewright.errors import UnusableCheckpoint
from spikewright.experiments.records.record import Rows
from spikewright.experiments.runs.cells import Cell
from spikewright.experiments.runs.work import Work, plain, run_stage
from spikewright.experiments.runs.work_folder import WorkFolder
from spikewright.experiments.stages.base import Stage


@dataclass(frozen=True)
class Echo(Stage):
    """Says what it was told."""

    told: int = 0

    def run(self, work: Work) -> Rows:
        data = work.dataset
        return {"echo": [{"told": np.int8(self.told), "train": len(data.train_images), "test": len(data.test_images)}]}


def test_a_stage_runs_with_its_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "echoes", sys.modules[__name__])
    params = {"dataset": {"name": "digits", "train": 7, "test": None}, "settings": {"told": 5}}
    place = WorkFolder(tmp_path, tmp_path / "made")
    rows = run_stage(Cell("echoes:Echo", "x", 0, params), {}, place, silent)
    assert rows == {"echo": [{"told": 5, "train": 7, "test": 450}]} and type(rows["echo"][0]["told"]) is int
    with pytest.raises(InvalidInput, match="got tolt; try told"):
        run_stage(Cell("echoes:Echo", "x", 0, {**params, "settings": {"tolt": 5}}), {}, place, silent)


@dataclass(frozen=True)
class GoesOn(Stage):
    """Goes on from a checkpoint that is sound, and refuses one that is not, with a file half made."""

    def run(self, work: Work) -> Rows:
        (work.folder / "half").touch()
        if work.checkpoint.exists():
            raise UnusableCheckpoint("expected a checkpoint, got half of one; try another folder")
        return {"files": [{"names": ",".join(sorted(path.name for path in work.folder.iterdir()))}]}


def test_a_checkpoint_of_no_use_is_begun_anew_with_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "going", sys.modules[__name__])
    place = WorkFolder(tmp_path, tmp_path / "made")
    (place.checkpoint / "deep").mkdir(parents=True)
    place.made.mkdir()
    (place.made / "old").touch()
    assert run_stage(Cell("going:GoesOn", "x", 0, {"settings": {}}), {}, place, silent) == {
        "files": [{"names": "half"}]
    }
    assert not place.checkpoint.exists()
    assert "GoesOn x begins anew: expected a checkpoint, got half of one" in caplog.text


def test_numbers_of_numpy_become_plain() -> None:
    row = plain({"a": np.float32(0.5), "b": np.bool_(True), "c": "text", "d": None})
    assert row == {"a": 0.5, "b": True, "c": "text", "d": None}
    assert [type(value) for value in row.values()] == [float, bool, str, type(None)]


def test_numbers_that_are_not_finite_are_refused() -> None:
    with pytest.raises(InvalidInput, match="expected finite numbers in accuracy, got nan in low; try None"):
        plain({"low": float("nan")}, "accuracy")
