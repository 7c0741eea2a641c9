"""A study is run: its cells are made in a store, its tables are written, its core is put where people look for it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from spikewright import InvalidInput, Progress, silent
from spikewright.experiments.exploring.asked_points import cells_asked
from spikewright.experiments.exploring.foreseen import check_search
from spikewright.experiments.exploring.points import POINTS
from spikewright.experiments.exploring.searching import Search
from spikewright.experiments.records.provenance import Provenance
from spikewright.experiments.records.reading import Tables, read_json, read_provenance
from spikewright.experiments.records.store import Store
from spikewright.experiments.records.tables import write_tables
from spikewright.experiments.runs.cell_run import Observer, unseen
from spikewright.experiments.runs.cells import Cell
from spikewright.experiments.runs.lock import only_run
from spikewright.experiments.runs.runners.base import Runner
from spikewright.experiments.runs.runners.choosing import runner_for
from spikewright.experiments.runs.running import run_held
from spikewright.experiments.runs.state import RunState, last_state, read_states, rows_of_runs
from spikewright.experiments.studies.cores import publish_cores
from spikewright.experiments.studies.expansion import expand
from spikewright.experiments.studies.folder import PROVENANCE_FILE, STUDY_FILE, claim, write_json
from spikewright.experiments.studies.spec import Study, make_study


@dataclass(frozen=True, eq=False)
class StudyResult:
    """What a study has made so far.

    tables: its rows by the name of the table, read when they are asked for.
    state: what the last run did, and which cells have no result and why.
    """

    study: Study
    store: Store
    cells: tuple[Cell, ...]
    provenance: Provenance
    state: RunState
    tables: Tables = field(repr=False)

    @property
    def folder(self) -> Path:
        """Where all of it lies."""
        return self.store.folder

    @property
    def ran(self) -> int:
        """How many cells the last run made."""
        return self.state.stored - self.state.found

    @cached_property
    def complete(self) -> bool:
        """Whether every cell has a result."""
        return len(stored_of(self.cells, self.store)) == len(self.cells)

    def path(self, stage: str, name: str, file: str, seed: int | None = None) -> Path:
        """The file that a cell wrote, such as ("convert", "rate7", "network.spike"); the first seed unless given."""
        seed = self.study.seeds[0] if seed is None else seed
        for cell in self.cells:
            if (cell.stage, cell.name, cell.seed) == (stage, name, seed):
                return self.store.cells / cell.folder / file
        raise InvalidInput(f"expected a cell of this study, got {stage} {name!r} with seed {seed}")


def run_study(
    study: Study,
    folder: str | Path,
    *,
    workers: int = 1,
    runner: Runner | None = None,
    progress: Progress = silent,
    observer: Observer = unseen,
) -> StudyResult:
    """Make what is missing of `study` in `folder` and write its tables.

    workers: processes that divide the processors; with 1 everything happens here. runner: where cells run instead, such as a
    `DaskRunner`. progress: gets ("study", cells stored, cells) and the stages inside cells that run here. observer: sees all
    that the run does.
    A refused or failing cell does not stop the others: see `state.faults`. Raises InvalidFile for a folder that is neither
    missing, empty nor this study's, and while another run is at work there; StudyInterrupted, a KeyboardInterrupt that has the
    result so far, when the tables of what is finished have been written.
    """
    if study.search is not None:
        check_search(study)
    cells = expand(study)
    with runner or runner_for(workers, progress=progress) as chosen:
        store = claim(study.name, folder)
        with only_run(store.folder):
            making = _Making(study, store, cells, _described(study, store), progress)
            try:
                return making.written(making.run(chosen, _both(observer, progress)))
            except KeyboardInterrupt as stop:
                chosen.close()
                raise StudyInterrupted(making.written(_last(store))) from stop


class StudyInterrupted(KeyboardInterrupt):
    """Ctrl-C while a study ran; `result` is what it has made so far, with its tables."""

    def __init__(self, result: StudyResult) -> None:
        super().__init__()
        self.result = result


@dataclass(eq=False)
class _Making:
    """A study whose cells are being made by who holds the lock of its store."""

    study: Study
    store: Store
    cells: tuple[Cell, ...]
    provenance: Provenance
    progress: Progress
    search: Search | None = None

    def run(self, runner: Runner, observer: Observer) -> RunState:
        """Make what is missing."""
        if self.study.search is None:
            return run_held(self.cells, self.store, runner, observer, budget=self.study.budget.record())
        self.search = Search(self.study, self.store, self.progress)
        return self.search.run(runner, observer)

    def written(self, state: RunState) -> StudyResult:
        """Write the tables and the core of what is finished; returns the result."""
        search = self.search if self.search is not None and self.search.tried else None
        cells = self.cells if search is None else search.all_cells()
        publish_cores(cells, self.store)
        more = rows_of_runs(read_states(self.store.runs))
        if search is not None:
            more = [(POINTS, search.rows()), *more]
        write_tables(self.store, stored_of(cells, self.store), more)
        return StudyResult(self.study, self.store, cells, self.provenance, state, Tables(self.store))


def _described(study: Study, store: Store) -> Provenance:
    """Write into the folder of a study what was asked; returns where it comes from."""
    provenance = Provenance.of(_configuration(study), study.seeds)
    write_json(store.folder / "study.json", STUDY_FILE, study.model_dump(mode="json"))
    write_json(store.folder / "provenance.json", PROVENANCE_FILE, provenance.to_dict())
    return provenance


def _last(store: Store) -> RunState:
    """The newest run of a store. Raises KeyboardInterrupt where Ctrl-C came before there was one."""
    states = read_states(store.runs)
    if not states:
        raise KeyboardInterrupt
    return states[-1]


def open_study(folder: str | Path, state: RunState | None = None) -> StudyResult:
    """A study that has been run, from its folder. Raises InvalidFile when there is none.

    state: how its run stands, where that is known; else what the last run wrote.
    """
    folder = Path(folder)
    study = make_study(read_json(folder / "study.json"), stored=True)
    provenance = read_provenance(folder / "provenance.json", "a study", "try `spikewright study` again")
    store = Store.open(folder)
    cells = expand(study) if study.search is None else tuple(cells_asked(study, store))
    return StudyResult(study, store, cells, provenance, state or last_state(store.runs), Tables(store))


def stored_of(cells: Sequence[Cell], store: Store) -> list[str]:
    """The folders of those cells that are finished, by name, in their order."""
    stored = set(store.names())
    return [cell.folder for cell in cells if cell.folder in stored]


def _configuration(study: Study) -> object:
    return study.model_dump(mode="json", exclude={"budget": True, "dataset": {"folder"}, "model": {"weights"}})


def _both(observer: Observer, progress: Progress) -> Observer:
    """An observer that tells `progress` how many cells are stored."""
    told: list[int] = []

    def look(state: RunState) -> None:
        if told != [state.stored]:
            told[:] = [state.stored]
            progress("study", state.stored, state.cells)
        observer(state)

    return look
