"""A task at work: the data set as the study cuts it, rows of plain numbers, and the stage by its name or place."""

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from spikewright import InvalidInput, silent
from spikewright.experiments.runs.tasks import Task
from spikewright.experiments.runs.work import Rows, Work, plain, run_stage
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
    rows = run_stage(Task("echoes:Echo", "x", 0, params), {}, tmp_path, silent)
    assert rows == {"echo": [{"told": 5, "train": 7, "test": 450}]} and type(rows["echo"][0]["told"]) is int
    with pytest.raises(InvalidInput, match="got tolt; try told"):
        run_stage(Task("echoes:Echo", "x", 0, {**params, "settings": {"tolt": 5}}), {}, tmp_path, silent)


def test_numbers_of_numpy_become_plain() -> None:
    row = plain({"a": np.float32(0.5), "b": np.bool_(True), "c": "text", "d": None})
    assert row == {"a": 0.5, "b": True, "c": "text", "d": None}
    assert [type(value) for value in row.values()] == [float, bool, str, type(None)]
