"""What a study would do, before it does it: its cells, which of them are stored, and what the others may take.

What a cell may take is known from earlier cells of the same stage in the same folder: those of the same name if there are any,
else all.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from statistics import fmean
from typing import Literal

from spikewright import InvalidFile, check_claim
from spikewright.experiments.exploring.foreseen import Ahead, ahead
from spikewright.experiments.records.record import Spent
from spikewright.experiments.records.store import INDEX, Store
from spikewright.experiments.runs.cells import Cell
from spikewright.experiments.studies.expansion import expand
from spikewright.experiments.studies.folder import STUDY_FOLDER, check_same
from spikewright.experiments.studies.spec import Study

MOST_READ = 200
"""Earlier cells of one stage that are looked at."""
Standing = Literal["stored", "damaged", "missing"]


@dataclass(frozen=True)
class Outlook:
    """What a cell may take: the mean time and the most memory of earlier ones."""

    seconds: float
    memory_mb: float


@dataclass(frozen=True, eq=False)
class ForeseenCell:
    """A cell of a study: whether it is stored, or else what it may take; None where no earlier cell of its stage says it."""

    cell: Cell
    standing: Standing
    outlook: Outlook | None = None

    @property
    def to_make(self) -> bool:
        """Whether a run would make it."""
        return self.standing != "stored"


@dataclass(frozen=True, eq=False)
class Forecast:
    """All cells of a study, each after those that it needs; of a search those of the points that are known.

    points: how many are known; more: how many follow, which depends on what these measure.
    """

    cells: tuple[ForeseenCell, ...]
    points: int = 0
    more: int = 0

    def stages(self) -> Iterator[tuple[str, list[ForeseenCell]]]:
        """The cells of each stage, in the order of the study."""
        order = {each.cell.stage: None for each in self.cells}
        places = {stage: place for place, stage in enumerate(order)}
        by_stage = sorted(self.cells, key=lambda each: places[each.cell.stage])
        yield from ((stage, list(found)) for stage, found in groupby(by_stage, key=lambda each: each.cell.stage))

    @property
    def to_make(self) -> list[ForeseenCell]:
        """What a run would make."""
        return [each for each in self.cells if each.to_make]

    @property
    def unknown(self) -> list[ForeseenCell]:
        """What a run would make without anybody knowing what it takes."""
        return [each for each in self.to_make if each.outlook is None]

    @property
    def work_seconds(self) -> float:
        """All that is known, one after the other."""
        return sum(each.outlook.seconds for each in self.to_make if each.outlook)

    @property
    def chain_seconds(self) -> float:
        """The longest time of cells that wait for each other, of what is known: no number of workers is faster."""
        ends: dict[str, float] = {}
        for each in self.cells:
            own = each.outlook.seconds if each.to_make and each.outlook else 0.0
            ends[each.cell.key] = own + max((ends[need.key] for need in each.cell.needs.values()), default=0.0)
        return max(ends.values(), default=0.0)

    def seconds(self, workers: int) -> float:
        """About the time of a run with so many workers, of what is known."""
        return max(self.chain_seconds, self.work_seconds / workers)

    def most_memory_mb(self, at_once: int) -> float:
        """The memory of the `at_once` largest cells together, of what is known."""
        known = sorted((each.outlook.memory_mb for each in self.to_make if each.outlook), reverse=True)
        return sum(known[:at_once])


def forecast(study: Study, folder: str | Path) -> Forecast:
    """What `run_study(study, folder)` would do. Nothing is run or written; raises what it would raise for another folder."""
    check_claim(folder, STUDY_FOLDER)
    check_same(study.name, folder)
    store = Store.open(folder) if (Path(folder) / INDEX).is_file() else None
    seen = Ahead(expand(study), 0, 0) if study.search is None else ahead(study, store)
    if store is None:
        return Forecast(tuple(ForeseenCell(cell, "missing") for cell in seen.cells), seen.points, seen.more)
    names = set(store.names())
    standings = {cell.key: _standing(cell, store, names) for cell in seen.cells}
    known = _Earlier(_spent(store, names))
    return Forecast(
        tuple(ForeseenCell(cell, standings[cell.key], known.of(cell)) for cell in seen.cells), seen.points, seen.more
    )


def _standing(cell: Cell, store: Store, names: set[str]) -> Standing:
    if cell.folder not in names:
        return "missing"
    try:
        store.read(cell.folder)
    except InvalidFile:
        return "damaged"
    return "stored"


def _spent(store: Store, names: Iterable[str]) -> Iterator[tuple[str, str, Spent]]:
    """Stage, name and what was spent on finished cells, of each stage at most so many, from all over the list."""
    for _, found in groupby(sorted(names), key=lambda name: name.partition("-")[0]):
        all_of_them = list(found)
        for name in all_of_them[:: -(-len(all_of_them) // MOST_READ)]:
            try:
                record = store.read(name)
            except InvalidFile:
                continue
            yield record.stage, record.name, record.spent


class _Earlier:
    """What earlier cells took, by stage and name, and by stage."""

    def __init__(self, spent: Iterable[tuple[str, str, Spent]]) -> None:
        found: dict[tuple[str, ...], list[Spent]] = {}
        for stage, name, each in spent:
            found.setdefault((stage, name), []).append(each)
            found.setdefault((stage,), []).append(each)
        self.known: Mapping[tuple[str, ...], Outlook] = {
            key: Outlook(fmean(each.seconds for each in those), max(each.memory_mb for each in those))
            for key, those in found.items()
        }

    def of(self, cell: Cell) -> Outlook | None:
        return self.known.get((cell.stage, cell.name)) or self.known.get((cell.stage,))
