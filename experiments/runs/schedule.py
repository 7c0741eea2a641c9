"""Which cell may start next: one whose needs are all there, in the order in which they were asked for."""

import heapq
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from spikewright.experiments.runs.cells import Cell
from spikewright.experiments.runs.orders import Fault

MOST_TRIES = 3
FIRST_PAUSE_S = 0.5
"""Before the second try of a cell that was lost; each further try waits twice as long."""
AGAIN_PAUSE_S = 0.5
"""Before the next look whether a cell that another process makes is free."""


@dataclass
class Schedule:
    """The cells of a run that are not stored yet.

    faults: why a cell has no result, by key, in the order in which they came. held: what cannot run because of another's fault.
    """

    cells: dict[str, Cell]
    places: dict[str, int]
    faults: dict[str, Fault] = field(default_factory=dict)
    held: dict[str, str] = field(default_factory=dict)
    tries: dict[str, int] = field(default_factory=dict)
    _ready: list[tuple[int, str]] = field(default_factory=list)
    _unmet: dict[str, int] = field(default_factory=dict)
    _readers: dict[str, list[str]] = field(default_factory=dict)
    _later: list[tuple[float, str]] = field(default_factory=list)

    @classmethod
    def of(cls, cells: Iterable[Cell]) -> "Schedule":
        """The schedule of `cells`; a need that is none of them is there already."""
        made = cls({}, {})
        made.add(cells)
        return made

    def add(self, cells: Iterable[Cell]) -> None:
        """Further cells, behind all others, each behind those that it needs; one that needs a cell without a result is held."""
        waiting = {cell.key: cell for cell in cells}
        self.cells |= waiting
        self.places |= {key: place for place, key in enumerate(waiting, len(self.places))}
        for key, cell in waiting.items():
            needs = {need.key: None for need in cell.needs.values() if need.key in self.cells}
            self._unmet[key] = len(needs)
            for need in needs:
                self._readers.setdefault(need, []).append(key)
                if need in self.faults or need in self.held:
                    self.held[key] = self.held.get(need, need)
            if not needs:
                heapq.heappush(self._ready, (self.places[key], key))

    def pop(self, *, idle: bool) -> Cell | None:
        """The next cell to start; None where none may start now.

        A cell that was lost twice may be what ends processes: it starts only while the runner is `idle`, alone.
        """
        now = time.monotonic()
        while self._later and self._later[0][0] <= now and (idle or not self.alone(self._later[0][1])):
            key = heapq.heappop(self._later)[1]
            heapq.heappush(self._ready, (self.places[key], key))
        if not self._ready or (not idle and self.alone(self._ready[0][1])):
            return None
        return self.cells[heapq.heappop(self._ready)[1]]

    def alone(self, key: str) -> bool:
        """Whether a cell runs while nothing else does."""
        return self.tries.get(key, 0) >= 2

    def done(self, key: str) -> None:
        """A cell is stored: those that waited for it last are ready."""
        self.cells.pop(key)
        for reader in self._readers.pop(key, ()):
            self._unmet[reader] -= 1
            if not self._unmet[reader]:
                heapq.heappush(self._ready, (self.places[reader], reader))

    def failed(self, key: str, fault: Fault) -> bool:
        """A cell has no result; whether it is tried again. What was lost is, after a pause; what was told will not change."""
        if fault.kind == "again":
            heapq.heappush(self._later, (time.monotonic() + AGAIN_PAUSE_S, key))
            return True
        self.tries[key] = self.tries.get(key, 0) + 1
        if fault.kind == "lost" and self.tries[key] < MOST_TRIES:
            pause = FIRST_PAUSE_S * 2 ** (self.tries[key] - 1)
            heapq.heappush(self._later, (time.monotonic() + pause, key))
            return True
        self.faults[key] = fault
        self.held |= {reader: key for reader in self._after(key)}
        return False

    def first(self, key: str, needs: Mapping[str, Cell]) -> None:
        """A cell that was started waits for `needs`, which are made anew."""
        self._unmet[key] = len(needs)
        for each, cell in needs.items():
            self._readers.setdefault(each, []).append(key)
            if each not in self.cells:
                self.cells[each], self._unmet[each] = cell, 0
                heapq.heappush(self._ready, (self.places.setdefault(each, -1), each))

    @property
    def waits(self) -> bool:
        """Whether a cell could start now, or after a pause."""
        return bool(self._ready or self._later)

    def _after(self, key: str) -> Iterator[str]:
        """All that needs a cell, directly or through others, each once."""
        waiting, seen = [key], {key}
        while waiting:
            for reader in self._readers.get(waiting.pop(), ()):
                if reader not in seen and reader not in self.held:
                    seen.add(reader)
                    waiting.append(reader)
                    yield reader
