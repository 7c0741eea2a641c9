"""A search is run: each batch of points becomes cells of one run, and what they measured says where to look next.

Nothing of the sampler is stored. A search that goes on asks the same questions again and finds the answers in the store, until it
is where it was killed, with the same sampler.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from spikewright import InvalidInput, Progress
from spikewright.experiments.exploring.asked_points import ASKED, ASKED_FILE, AtPoint, asked_in, search_of
from spikewright.experiments.exploring.asking import Batches, batches
from spikewright.experiments.exploring.measuring import measured
from spikewright.experiments.exploring.points import Tried, front_of, rows_of_points
from spikewright.experiments.exploring.space import Point, Space
from spikewright.experiments.records.store import Store
from spikewright.experiments.runs.cell_run import Observer
from spikewright.experiments.runs.cells import Cell
from spikewright.experiments.runs.orders import Fault
from spikewright.experiments.runs.runners.base import Runner
from spikewright.experiments.runs.running import run_held
from spikewright.experiments.runs.state import RunState
from spikewright.experiments.studies.folder import write_json
from spikewright.experiments.studies.spec import Study

PASSING = ("lost", "again", "full")
"""Kinds of faults that may be gone when the cell is tried again."""


@dataclass
class Search:
    """The search of a study in its store, while it runs.

    waiting: points whose cells have not come back; tried: what became of the others. cells: of all of them, by key.
    """

    study: Study
    store: Store
    progress: Progress
    waiting: list[AtPoint] = field(default_factory=list)
    tried: list[Tried] = field(default_factory=list)
    cells: dict[str, Cell] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.space, self.part = Space(self.study), search_of(self.study)
        self.noted = asked_in(self.store)
        self.batches: Batches = batches(self.space, self.part)

    def run(self, runner: Runner, observer: Observer) -> RunState:
        """Until enough points are tried; who calls holds the lock of the store. An interrupt stops it; it goes on from there."""
        first = self._next(next(self.batches)) or self.more({})
        state = run_held(first, self.store, runner, observer, self.more, self.study.budget.record())
        if not self.waiting:
            self._note([each.point for each in self.tried])
        return state

    def all_cells(self) -> tuple[Cell, ...]:
        """The cells of all points, those of the front first, best first: its core is the one to look at."""
        best = (AtPoint.of(self.space, self.tried[place].point) for place in front_of(self.tried, self.part))
        first = {cell.key: cell for at in best for cell in at.cells}
        return tuple({**first, **self.cells}.values())

    def rows(self) -> list[dict[str, Any]]:
        """The table of the points."""
        return rows_of_points(self.tried, self.part)

    def more(self, faults: Mapping[str, Fault]) -> list[Cell]:
        """The cells of the next batch that has any, once those of the last are done; none when the search has ended."""
        while True:
            told = [self._tried(each, faults) for each in self.waiting]
            self.tried += told
            self.progress("points", len(self.tried), min(self.part.points, self.space.size))
            if len(told) == len(self.tried):
                self._check_measures()
            try:
                cells = self._next(self.batches.send(told))
            except StopIteration:
                self.waiting = []
                return []
            if cells:
                return cells

    def _next(self, batch: list[Point]) -> list[Cell]:
        """The cells of a batch; its points are noted before they are begun."""
        self.waiting = [AtPoint.of(self.space, point) for point in batch]
        asked = [*(each.point for each in self.tried), *batch]
        if self.noted[: len(asked)] != asked:
            self._note(asked)
        found = {cell.key: cell for each in self.waiting for cell in each.cells}
        self.cells |= found
        return list(found.values())

    def _note(self, asked: list[Point]) -> None:
        if self.noted != asked:
            write_json(self.store.folder / ASKED, ASKED_FILE, {"points": asked})
            self.noted = asked

    def _tried(self, at: AtPoint, faults: Mapping[str, Fault]) -> Tried:
        """What a point is worth, or the first fault of its cells."""
        fault = next((faults[cell.key] for cell in at.cells if cell.key in faults), None)
        if fault is not None:
            return Tried(at.point, at.network, why=fault.said, final=fault.kind not in PASSING)
        if at.why:
            return Tried(at.point, why=at.why)
        seeds = [[self.store.read(cell.folder) for cell in at.cells if cell.seed == seed] for seed in at.seeds]
        try:
            found = {name: measured(name, part, seeds, at.names) for name, part in self.part.measures.items()}
        except InvalidInput as error:
            return Tried(at.point, at.network, why=str(error))
        return Tried(at.point, at.network, found)

    def _check_measures(self) -> None:
        """Raise InvalidInput where no point of the first batch could be measured, though all its cells have a result."""
        done = self.cells and all(self.store.holds(cell.folder) for cell in self.cells.values())
        if done and not any(each.measured for each in self.tried):
            raise InvalidInput(f"search: {self.tried[0].why}")
