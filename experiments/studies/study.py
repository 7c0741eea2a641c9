"""A study is run: its cells are made in a store, its tables are written, its core is put where people look for it."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from spikewright import InvalidFile, InvalidInput, Progress, atomic_folder, silent
from spikewright.experiments.exploring.points import POINTS
from spikewright.experiments.exploring.searching import Search, cells_asked, check_search
from spikewright.experiments.records.freshness import MadeFiles, written_ns
from spikewright.experiments.records.layout import RECORD
from spikewright.experiments.records.provenance import Provenance
from spikewright.experiments.records.reading import Tables, read_json, read_provenance
from spikewright.experiments.records.store import Store
from spikewright.experiments.records.tables import write_tables
from spikewright.experiments.runs.cells import Cell
from spikewright.experiments.runs.runners.base import Runner
from spikewright.experiments.runs.runners.here import HereRunner
from spikewright.experiments.runs.runners.processes import ProcessRunner
from spikewright.experiments.runs.running import Observer, run, unseen
from spikewright.experiments.runs.state import RunState, last_state, read_states, rows_of_runs
from spikewright.experiments.studies.expansion import expand
from spikewright.experiments.studies.folder import PROVENANCE_FILE, STUDY_FILE, STUDY_FOLDER, write_json
from spikewright.experiments.studies.spec import Study, make_study
from spikewright.marker import MARKER, files_below


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
    missing, empty nor this study's, and while another run is at work there.
    """
    if study.search is not None:
        check_search(study)
    cells = expand(study)
    store = claim(study, folder)
    provenance = Provenance.of(_configuration(study), study.seeds)
    write_json(store.folder / "study.json", STUDY_FILE, study.model_dump(mode="json"))
    write_json(store.folder / "provenance.json", PROVENANCE_FILE, provenance.to_dict())
    more: list[tuple[str, list[dict[str, Any]]]] = []
    with runner or runner_for(workers, progress) as chosen:
        if study.search is None:
            state = run(cells, store, chosen, _both(observer, progress))
        else:
            search = Search(study, store, progress)
            state = search.run(chosen, _both(observer, progress))
            cells, more = search.all_cells(), [(POINTS, search.rows())]
    _publish_cores(cells, store)
    write_tables(store, stored_of(cells, store), [*more, *rows_of_runs(read_states(store.runs))])
    return StudyResult(study, store, cells, provenance, state, Tables(store))


def open_study(folder: str | Path) -> StudyResult:
    """A study that has been run, from its folder. Raises InvalidFile when there is none."""
    folder = Path(folder)
    study = make_study(read_json(folder / "study.json"), stored=True)
    provenance = read_provenance(folder / "provenance.json", "a study", "try `spikewright study` again")
    store = Store.open(folder)
    cells = expand(study) if study.search is None else tuple(cells_asked(study, store))
    return StudyResult(study, store, cells, provenance, last_state(store.runs), Tables(store))


def claim(study: Study, folder: str | Path) -> Store:
    """The store of `study` in `folder`. Raises InvalidFile for a folder of something else, or of another study."""
    store = Store.claim(folder, STUDY_FOLDER)
    if (store.folder / "study.json").is_file():
        name = read_json(store.folder / "study.json").get("name")
        if name != study.name:
            raise InvalidFile(
                f"expected the study {study.name!r} or an empty folder at {folder}, got the study {name!r}; "
                "try another folder with --out"
            )
    return store


def runner_for(workers: int, progress: Progress = silent) -> Runner:
    """This process for one worker, else so many processes. Raises InvalidInput for fewer than one."""
    if workers < 1:
        raise InvalidInput(f"expected at least 1 worker, got {workers}")
    return HereRunner(progress) if workers == 1 else ProcessRunner(workers)


def stored_of(cells: Sequence[Cell], store: Store) -> list[str]:
    """The folders of those cells that are finished, by name, in their order."""
    stored = set(store.names())
    return [cell.folder for cell in cells if cell.folder in stored]


def _configuration(study: Study) -> object:
    return study.model_dump(mode="json", exclude={"dataset": {"folder"}, "model": {"weights"}})


def _both(observer: Observer, progress: Progress) -> Observer:
    """An observer that tells `progress` how many cells are stored."""
    told: list[int] = []

    def look(state: RunState) -> None:
        if told != [state.stored]:
            told[:] = [state.stored]
            progress("study", state.stored, state.cells)
        observer(state)

    return look


def _publish_cores(cells: Sequence[Cell], store: Store) -> None:
    """Copy the first spike core that a cell made to where people look for it, unless that is what is there."""
    made = (store.cells / cell.folder / "core" for cell in cells if cell.stage == "hardware")
    core = next((place for place in made if place.is_dir()), None)
    if core is None:
        return
    place, kept, of = store.folder / "core", MadeFiles(store.folder, "core"), written_ns(core.parent / RECORD)
    if not kept.is_made_of([core.parent.name, of]):
        kept.begin()
        publish_core(core, place)
        kept.keep([core.parent.name, of], (place / name for name in files_below(place)))


def publish_core(core: Path, place: Path) -> None:
    """Copy the spike core of a cell to where people look for it. Raises InvalidFile when another folder is there."""
    from spikewright.hardware.core.folder import CORE_FOLDER

    with atomic_folder(place, CORE_FOLDER) as temporary:
        shutil.copytree(core, temporary, dirs_exist_ok=True, ignore=shutil.ignore_patterns(MARKER))
