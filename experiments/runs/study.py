"""The study runner: every task's result is stored the moment it is there, and a second run does only what is missing."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from spikewright import (
    FolderKind,
    InvalidFile,
    InvalidInput,
    Kind,
    Progress,
    Table,
    atomic_folder,
    claim_folder,
    silent,
)
from spikewright.experiments.report.tables import write_table
from spikewright.experiments.runs.expansion import expand
from spikewright.experiments.runs.provenance import Provenance
from spikewright.experiments.runs.running import run_wave, waves
from spikewright.experiments.runs.spec import Study, make_study
from spikewright.experiments.runs.stored import PROVENANCE_FILE, gather, is_done, read_json, read_provenance, write_json
from spikewright.experiments.runs.tasks import Task
from spikewright.kinds import json_with
from spikewright.marker import MARKER, files_below

STUDY_FILE = Kind("a study", json_with("name", "dataset", "seeds"))


def _older(folder: Path) -> list[str] | None:
    """The files of a study that was run before folders carried a marker; tasks and core are folders of their own."""
    if not STUDY_FILE.made(folder / "study.json"):
        return None
    inside = [f"{place}/{name}" for place in ("tables", "figures") for name in files_below(folder / place)]
    return ["study.json", "provenance.json", "report.html", *inside]


STUDY_FOLDER = FolderKind("the folder of a study", older=_older)


@dataclass(frozen=True, eq=False)
class StudyResult:
    """A finished study: its `folder`, its `tables` by name, and the folder of each task's files.

    `ran` counts the tasks that had to be run, out of `len(tasks)`.
    """

    study: Study
    folder: Path
    tables: dict[str, Table]
    tasks: tuple[Task, ...]
    provenance: Provenance
    ran: int

    def path(self, kind: str, name: str, file: str, seed: int | None = None) -> Path:
        """The file that a task wrote, such as ("convert", "rate7", "network.spike"); the first seed unless given."""
        seed = self.study.seeds[0] if seed is None else seed
        for task in self.tasks:
            if (task.kind, task.name, task.seed) == (kind, name, seed):
                return self.folder / "tasks" / task.folder / file
        raise InvalidInput(f"expected a task of this study, got {kind} {name!r} with seed {seed}")


def run_study(study: Study, folder: str | Path, *, workers: int = 1, progress: Progress = silent) -> StudyResult:
    """Run what is missing of `study` in `folder` and gather all tables, as parquet and CSV, in `folder`/tables.

    `workers` processes (joblib's loky, never fork) run tasks that do not wait for each other; with 1 everything happens
    here. `progress` gets ("study", tasks done, tasks) and the stages inside tasks that run here.
    Raises InvalidFile for a folder that is neither missing, empty nor a study's.
    Raises what a task raises; what was finished stays, and the next run goes on from there.
    """
    if workers < 1:
        raise InvalidInput(f"expected at least 1 worker, got {workers}")
    tasks = expand(study)
    folder = claim_folder(folder, STUDY_FOLDER)
    configuration = study.model_dump(mode="json", exclude={"dataset": {"folder"}, "model": {"weights"}})
    provenance = Provenance.of(configuration, study.seeds)
    write_json(folder / "study.json", STUDY_FILE, study.model_dump(mode="json"))
    waiting = [task for task in tasks if not is_done(task, folder)]
    done = len(tasks) - len(waiting)
    progress("study", done, len(tasks))
    for wave in waves(waiting):
        for _ in run_wave(wave, folder, workers, progress):
            done += 1
            progress("study", done, len(tasks))
    made = (folder / "tasks" / task.folder / "core" for task in tasks if task.kind == "hardware")
    core = next(made, None)
    if core is not None:
        publish_core(core, folder / "core")
    tables = gather(tasks, folder, provenance)
    write_json(folder / "provenance.json", PROVENANCE_FILE, provenance.to_dict())
    for name, table in tables.items():
        write_table(table, folder / "tables" / name, provenance.to_dict())
    return StudyResult(study, folder, tables, tasks, provenance, len(waiting))


def open_study(folder: str | Path) -> StudyResult:
    """A study that has been run, from its folder. Raises InvalidFile when it is not there or not finished."""
    folder = Path(folder)
    study = make_study(read_json(folder / "study.json"), stored=True)
    provenance = read_provenance(folder / "provenance.json", "a study", "try `spikewright study` again")
    tasks = expand(study)
    missing = [task.label for task in tasks if not is_done(task, folder)]
    if missing:
        raise InvalidFile(
            f"expected a finished study in {folder}, got none of {missing[0]}; try `spikewright study` again"
        )
    return StudyResult(study, folder, gather(tasks, folder, provenance), tasks, provenance, 0)


def publish_core(core: Path, place: Path) -> None:
    """Copy the spike core of a task to where people look for it. Raises InvalidFile when another folder is there."""
    from spikewright.hardware.core.folder import CORE_FOLDER

    with atomic_folder(place, CORE_FOLDER) as temporary:
        shutil.copytree(core, temporary, dirs_exist_ok=True, ignore=shutil.ignore_patterns(MARKER))
