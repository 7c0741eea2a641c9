"""One run of cells: each starts as soon as what it needs is there, on whichever runner; what is finished is stored at once."""

import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice

from spikewright import InvalidFile
from spikewright.experiments.records.store import Store
from spikewright.experiments.runs.asked import waiting, with_needs
from spikewright.experiments.runs.budgets import UNBOUNDED, Budget
from spikewright.experiments.runs.cells import Cell
from spikewright.experiments.runs.orders import CellOutcome, Fault, Order, bare, fault_of
from spikewright.experiments.runs.packing import packed, unpack
from spikewright.experiments.runs.runners.base import Runner
from spikewright.experiments.runs.schedule import Schedule
from spikewright.experiments.runs.state import Ending, RunState
from spikewright.experiments.runs.threads import share
from spikewright.experiments.runs.work_folder import work_in

Observer = Callable[[RunState], None]
"""Called whenever a run has gone on, and once a second."""
More = Callable[[Mapping[str, Fault]], Iterable[Cell]]
"""Asked for further cells when nothing is left to do, with why cells have no result so far, by key; none: the run ends."""
LOOKED_EVERY_S = 1.0
PAUSE_S = 0.05
"""Between looks when all that is left waits for its next try."""


def unseen(state: RunState) -> None:
    """The observer that shows nothing."""


def nothing_more(faults: Mapping[str, Fault]) -> Iterable[Cell]:
    """A run of the cells that it was given."""
    return ()


@dataclass
class CellRun:
    """One run of cells in a store: what waits, what runs, and what became of it."""

    store: Store
    runner: Runner
    schedule: Schedule
    state: RunState
    observer: Observer
    cells: dict[str, Cell] = field(default_factory=dict)
    budget: Budget = UNBOUNDED
    begun: set[str] = field(default_factory=set)
    began: float = field(default_factory=time.monotonic)
    goes_on: bool = False
    started: dict[str, Order] = field(default_factory=dict)
    full: Fault | None = None

    def add(self, cells: Iterable[Cell]) -> bool:
        """Take further cells, those that are stored too; whether there were any."""
        asked = with_needs(cells)
        new = {key: cell for key, cell in asked.items() if key not in self.cells}
        self.cells |= new
        self.schedule.add(waiting(new, self.store, self.state))
        self._tell_held()
        return bool(asked)

    def go(self, more: More) -> None:
        """Until nothing can start any more, all that was started has come back, and there are no more cells."""
        self.goes_on = more is not nothing_more
        self._go()
        while not self._stops() and self.add(more(self.schedule.faults)):
            self._go()
        self._tell(always=True)

    def _go(self) -> None:
        while self._fill() or self.runner.busy or self._waits():
            if not self.runner.busy:
                time.sleep(PAUSE_S)
            for outcome in self.runner.outcomes(LOOKED_EVERY_S):
                self._take(outcome)
                self._fill()
            self._tell()

    def _waits(self) -> bool:
        return not self._stops() and self.schedule.waits

    def _stops(self) -> bool:
        """Whether no cell starts any more, whatever waits."""
        return self.full is not None or self.budget.is_spent(time.monotonic() - self.began, len(self.begun))

    @property
    def ending(self) -> Ending:
        """How it has ended when nothing runs any more."""
        if self.full is None and self._stops() and (self.schedule.waits or self.goes_on):
            return "spent"
        return "finished" if self.state.stored == self.state.cells else "incomplete"

    def _fill(self) -> bool:
        """Start what may start; whether anything was."""
        some = False
        while self.runner.busy < self.runner.most and not self._stops():
            if any(self.schedule.alone(key) for key in self.started):
                break
            cell = self.schedule.pop(idle=not self.runner.busy)
            if cell is None:
                break
            self._start(cell)
            some = True
        return some

    def _start(self, cell: Cell, sent: Mapping[str, bytes] | None = None) -> None:
        inputs = {role: need.folder for role, need in cell.needs.items()}
        threads = share(self.runner.slots) if self.runner.slots > 1 else 0
        tries = self.schedule.tries.get(cell.key, 0) + 1
        order = Order(bare(cell), inputs, str(self.store.folder), self.store.number, threads, tries, sent or {})
        self.started[cell.key] = order
        self.begun.add(cell.key)
        self.state.running[cell.label] = datetime.now(UTC).isoformat(timespec="seconds")
        self.runner.start(order)
        self._tell()

    def _take(self, outcome: CellOutcome) -> None:
        key = outcome.key
        order = self.started.pop(key, None)
        if order is None:  # it came back twice
            return
        self.state.running.pop(self.cells[key].label, None)
        if outcome.missing and all(map(self.store.holds, outcome.missing)):
            contents = {name: packed(self.store.cells / name) for name in outcome.missing}
            self._start(self.schedule.cells[key], {**order.packed, **contents})
        elif outcome.damaged or outcome.missing:
            self._damaged(key, (*outcome.damaged, *outcome.missing))
        elif outcome.fault is not None:
            self._failed(key, outcome.fault)
        else:
            self._stored(order, outcome)

    def _damaged(self, key: str, names: Sequence[str]) -> None:
        """What a cell needs has gone or is not what was written: it is put aside and made anew, this one after it."""
        cell = self.cells[key]
        needs = {need.key: self.cells[need.key] for need in cell.needs.values() if need.folder in names}
        for need in needs.values():
            if self.store.holds(need.folder):
                self.state.set_aside.append(str(self.store.put_aside(need.folder)))
            if need.key not in self.schedule.cells:  # another cell may have found out first
                self.state.stages[need.stage].stored -= 1
                self.state.stored -= 1
        self.schedule.first(key, needs)

    def _failed(self, key: str, fault: Fault) -> None:
        if fault.kind == "full":
            self.full = fault
        if not self.schedule.failed(key, fault):
            self.state.faults.append(
                {"cell": self.cells[key].label, "kind": fault.kind, "said": fault.said, "trace": fault.trace}
            )
            self._tell_held()

    def _tell_held(self) -> None:
        new = len(self.schedule.held) - len(self.state.held)
        if new:
            last = list(islice(reversed(self.schedule.held), new))
            self.state.held += [self.cells[each].label for each in reversed(last)]

    def _stored(self, order: Order, outcome: CellOutcome) -> None:
        cell = order.cell
        if outcome.packed is not None:
            try:
                self._keep(outcome.packed, cell.folder)
            except (OSError, InvalidFile) as error:
                self._failed(outcome.key, fault_of(error, order.store))
                return
        self.schedule.done(outcome.key)
        count = self.state.stages[cell.stage]
        count.stored, count.seconds = count.stored + 1, round(count.seconds + outcome.seconds, 3)
        self.state.stored += 1
        self.state.memory_mb = max(self.state.memory_mb, outcome.memory_mb)

    def _keep(self, content: bytes, name: str) -> None:
        """Store a cell that was made elsewhere."""
        with work_in(self.store.work, name) as place:
            unpack(content, place.made)
            self.store.commit(place.made, name)

    def _tell(self, *, always: bool = False) -> None:
        trouble = self.runner.trouble
        if trouble and not self.state.trouble:
            logging.getLogger("spikewright").warning("the run waits: %s", trouble)
        self.state.trouble = trouble
        self.state.write(self.store.runs, always=always)
        self.observer(self.state)
