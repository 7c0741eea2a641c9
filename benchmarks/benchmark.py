"""A benchmark as a cell: what was measured of one commit on one machine is stored at once, and not measured again."""

import sys
import uuid
from abc import abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from benchmarks.machine import machine
from benchmarks.options import Options
from benchmarks.report import claim_results
from spikewright import MissingTool, Table
from spikewright.experiments.measuring.cells import stage_cell
from spikewright.experiments.measuring.sweeps import MEASURED_FOLDER
from spikewright.experiments.records.provenance import current_commit
from spikewright.experiments.records.record import Rows
from spikewright.experiments.records.store import Store
from spikewright.experiments.runs.cells import Cell
from spikewright.experiments.runs.runners.here import HereRunner
from spikewright.experiments.runs.running import run
from spikewright.experiments.runs.work import Work
from spikewright.experiments.stages.base import Stage

SPEEDS, STORE = "speeds", "store"


@dataclass(frozen=True)
class Benchmark(Stage):
    """Something whose speed is measured, in this process alone. Leaves are frozen dataclasses; their fields say what."""

    version: ClassVar[int] = 1

    @abstractmethod
    def rows(self, data: str | None) -> Iterable[Mapping[str, Any]]:
        """What is measured, a row each. `data`: the folder of the data sets, where they are not built in."""

    def run(self, work: Work) -> Rows:
        """The rows, with as many threads of torch as the benchmarks were told; a runner would leave it one."""
        import torch

        torch.set_num_threads(work.params["threads"])
        return {SPEEDS: [dict(row) for row in self.rows(work.cell.place.get("data"))]}


def measured(options: Options, stages: Iterable[Benchmark]) -> Table:
    """The rows of these benchmarks: read, where they were measured before on this commit and machine, else measured now.

    One without rows is told on stderr. Raises MissingTool where none has any, InvalidFile for a folder of something else.
    """
    cells = [_cell(stage, options) for stage in stages]
    store = Store.claim(claim_results(options.output) / STORE, MEASURED_FOLDER)
    with HereRunner() as runner:
        state = run(cells, store, runner)
    table = Table.of(
        row for cell in cells if store.holds(cell.folder) for row in store.read(cell.folder).rows.get(SPEEDS, ())
    )
    if not len(table):
        raise MissingTool(state.faults[0]["said"] if state.faults else "expected rows of a benchmark, got none")
    for fault in state.faults:
        print(f"error: {fault['said']}", file=sys.stderr)
    return table


def _cell(stage: Benchmark, options: Options) -> Cell:
    """Named by all that a speed depends on. What is not committed has no name: it is measured each time."""
    commit = current_commit()
    whole = commit.isalnum() and len(commit) == 40
    place = {} if options.data is None else {"data": str(options.data.resolve())}
    told = {
        "threads": options.threads,
        "machine": machine(),
        "code": commit if whole else f"{commit} {uuid.uuid4().hex}",
    }
    return stage_cell(stage, type(stage).__name__, told, place=place)
