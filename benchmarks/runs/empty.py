"""Cells that do nothing, so that all that is spent on them is the runner's and the store's."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from spikewright.experiments.records.record import Rows
from spikewright.experiments.runs.cells import Cell
from spikewright.experiments.runs.work import Work
from spikewright.experiments.stages.base import Stage
from spikewright.experiments.studies.spec import Study, make_study

STAGE = "benchmarks.runs.empty:Empty"


@dataclass(frozen=True)
class Empty(Stage):
    """Nothing but rows that are there already.

    value: what tells a cell from others.
    rows: how many rows it has.
    """

    value: int = 0
    rows: int = 1

    def run(self, work: Work) -> Rows:
        """`rows` rows with numbers that depend on `value` and their place."""
        name = work.cell.name
        return {"numbers": [{"name": name, "place": place, "number": self.value + place} for place in range(self.rows)]}


def empty_cells(count: int) -> Iterator[Cell]:
    """`count` cells that need no other."""
    return (Cell(STAGE, f"c{number}", 0, {"settings": {"value": number}}) for number in range(count))


def study_of(stage: str, count: int, **settings: object) -> Study:
    """A study of `count` cells: one network that is trained for an epoch, and those of a stage of ours that read it."""
    parts = [{"stage": stage, "name": f"c{n}", "value": n, **settings, "subjects": ["ann"]} for n in range(count - 1)]
    return make_study({**SMALL, "stages": parts})


SMALL: dict[str, Any] = {
    "name": "empty",
    "dataset": {"train": 120, "test": 30},
    "model": {"architecture": "small_cnn", "training": {"epochs": 1, "batch_size": 32}},
}
