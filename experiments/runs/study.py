"""The study runner: every task's result is stored the moment it is there, and a second run does only what is missing."""

import json
import shutil
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spikewright import (
    FolderKind,
    InvalidFile,
    InvalidInput,
    Kind,
    Progress,
    SpikewrightError,
    Table,
    atomic_folder,
    atomic_path,
    claim_folder,
    silent,
)
from spikewright.experiments.report.tables import write_table
from spikewright.experiments.runs.expansion import expand
from spikewright.experiments.runs.provenance import UNKNOWN, Provenance
from spikewright.experiments.runs.spec import Study, make_study
from spikewright.experiments.runs.tasks import Task
from spikewright.kinds import json_with
from spikewright.marker import MARKER, files_below

DONE, ORIGIN = "result.json", "provenance.json"
STUDY_FILE = Kind("a study", json_with("name", "dataset", "seeds"))
PROVENANCE_FILE = Kind(
    "the provenance of a study", json_with("configuration", "seeds", "commit", "versions", "machine")
)
TASK_FOLDER = FolderKind("a task of a study")


def _older(folder: Path) -> list[str] | None:
    """The files of a study that was run before folders carried a marker; tasks and core are folders of their own."""
    if not STUDY_FILE.made(folder / "study.json"):
        return None
    inside = [f"{place}/{name}" for place in ("tables", "figures") for name in files_below(folder / place)]
    return ["study.json", "provenance.json", "report.html", *inside]


STUDY_FOLDER = FolderKind("the folder of a study", older=_older)
Rows = dict[str, list[dict[str, Any]]]


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
    _write_json(folder / "study.json", STUDY_FILE, study.model_dump(mode="json"))
    waiting = [task for task in tasks if not is_done(task, folder)]
    done = len(tasks) - len(waiting)
    progress("study", done, len(tasks))
    for wave in waves(waiting):
        for _ in _run_wave(wave, folder, workers, progress):
            done += 1
            progress("study", done, len(tasks))
    made = (folder / "tasks" / task.folder / "core" for task in tasks if task.kind == "hardware")
    core = next(made, None)
    if core is not None:
        publish_core(core, folder / "core")
    tables = gather(tasks, folder, provenance)
    _write_json(folder / "provenance.json", PROVENANCE_FILE, provenance.to_dict())
    for name, table in tables.items():
        write_table(table, folder / "tables" / name, provenance.to_dict())
    return StudyResult(study, folder, tables, tasks, provenance, len(waiting))


def open_study(folder: str | Path) -> StudyResult:
    """A study that has been run, from its folder. Raises InvalidFile when it is not there or not finished."""
    folder = Path(folder)
    study = make_study(_read_json(folder / "study.json"), stored=True)
    provenance = _provenance(folder / "provenance.json", "a study", "try `spikewright study` again")
    tasks = expand(study)
    missing = [task.label for task in tasks if not is_done(task, folder)]
    if missing:
        raise InvalidFile(
            f"expected a finished study in {folder}, got none of {missing[0]}; try `spikewright study` again"
        )
    return StudyResult(study, folder, gather(tasks, folder, provenance), tasks, provenance, 0)


def is_done(task: Task, folder: Path) -> bool:
    """Whether the task's result is stored."""
    return (folder / "tasks" / task.folder / DONE).is_file()


def waves(tasks: Sequence[Task]) -> Iterator[list[Task]]:
    """Tasks in groups: those of a group need only what earlier groups, or earlier runs, have made."""
    waiting = {task.key: task for task in tasks}
    while waiting:
        ready = [task for task in waiting.values() if not any(need.key in waiting for need in task.needs.values())]
        yield ready
        for task in ready:
            del waiting[task.key]


def run_task(task: Task, folder: Path, progress: Progress = silent) -> None:
    """Run one task and store its files and rows; the folder appears as a whole or not at all."""
    from spikewright.experiments.runs.threads import quiet_threads
    from spikewright.experiments.runs.work import run_stage

    with quiet_threads(), atomic_folder(folder / "tasks" / task.folder, TASK_FOLDER) as temporary:
        inputs = {role: folder / "tasks" / need.folder for role, need in task.needs.items()}
        origin = Provenance.of(task.key, (task.seed,))  # before: others may commit while it runs
        rows = run_stage(task, inputs, temporary, progress)
        (temporary / ORIGIN).write_text(json.dumps(origin.to_dict()) + "\n")
        (temporary / DONE).write_text(json.dumps(rows, allow_nan=False) + "\n")


def gather(tasks: Sequence[Task], folder: Path, provenance: Provenance) -> dict[str, Table]:
    """All rows by table, each with its seed, its task and where that came from, and "results", the union of all.

    Commit, versions and threads are those under which the task was run, whichever run of the study that was.
    """
    rows: Rows = {}
    for task in tasks:
        origin = origin_of(task, folder).columns()
        told = {"seed": task.seed, "task": task.key, **origin, "configuration": provenance.configuration}
        for name, found in _rows(folder / "tasks" / task.folder / DONE).items():
            rows.setdefault(name, []).extend({**row, **told} for row in found)
    union = [{"table": name, **row} for name, found in rows.items() for row in found]
    return {name: Table.of(found) for name, found in {**rows, "results": union}.items()}


def origin_of(task: Task, folder: Path) -> Provenance:
    """Where a task's rows came from; "unknown" for a task that was run before this was kept."""
    path = folder / "tasks" / task.folder / ORIGIN
    if not path.is_file():
        return Provenance(task.key, (task.seed,), UNKNOWN, {}, UNKNOWN)
    return _provenance(path, "a task", f"remove {path.parent}, and try `spikewright study` again")


def origins(result: StudyResult) -> Table:
    """One row for each state of code and versions under which tasks of a study were run, and how many those were."""
    names = ("commit", "spikewright", "versions")
    told = (origin_of(task, result.folder).columns() for task in result.tasks)
    found = Counter(tuple(one[name] for name in names) for one in told)
    return Table.of({**dict(zip(names, key, strict=True)), "tasks": count} for key, count in found.items())


def publish_core(core: Path, place: Path) -> None:
    """Copy the spike core of a task to where people look for it. Raises InvalidFile when another folder is there."""
    from spikewright.hardware.core.folder import CORE_FOLDER

    with atomic_folder(place, CORE_FOLDER) as temporary:
        shutil.copytree(core, temporary, dirs_exist_ok=True, ignore=shutil.ignore_patterns(MARKER))


def _run_wave(wave: Sequence[Task], folder: Path, workers: int, progress: Progress) -> Iterator[None]:
    if workers == 1 or len(wave) == 1:
        for task in wave:
            run_task(task, folder, progress)
            yield None
        return
    from joblib import Parallel, delayed, parallel_config

    faults: list[str] = []
    with warnings.catch_warnings(), parallel_config("loky", n_jobs=min(workers, len(wave)), inner_max_num_threads=1):
        # A worker that has grown by loading torch is replaced by a fresh one; its tasks are not lost.
        warnings.filterwarnings("ignore", "A worker stopped", UserWarning)
        for fault in Parallel(return_as="generator_unordered")(delayed(_fault_of)(task, folder) for task in wave):
            if fault is None:
                yield None
            else:
                faults.append(fault)
    if faults:  # only now: the tasks beside it were at work, and their results are kept
        raise SpikewrightError(min(faults))


def _fault_of(task: Task, folder: Path) -> str | None:
    """Run a task in another process; what it raised on purpose comes back as text, since not every exception can be sent."""
    try:
        run_task(task, folder)
    except (SpikewrightError, OSError) as error:
        return f"{task.label}: {error}"
    return None


def _write_json(path: Path, kind: Kind, values: Any) -> None:
    with atomic_path(path, kind) as temporary:
        temporary.write_text(json.dumps(values, indent=2) + "\n")


def _provenance(path: Path, what: str, way: str) -> Provenance:
    """What a provenance file says. Raises InvalidFile, with `way` as what to do."""
    try:
        return Provenance.from_dict(_read_json(path))
    except (TypeError, KeyError, AttributeError) as error:
        raise InvalidFile(f"expected the provenance of {what} in {path}, got: {error}; {way}") from error


def _rows(path: Path) -> Rows:
    """The rows of a task by table. Raises InvalidFile for a file that is damaged."""
    try:
        found = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        found = error
    lists = isinstance(found, dict) and all(isinstance(rows, list) for rows in found.values())
    if not lists or not all(isinstance(row, dict) for rows in found.values() for row in rows):
        raise InvalidFile(
            f"expected the results of a task in {path}, got: {found!r:.60}; "
            f"remove {path.parent}, and try `spikewright study` again"
        )
    return dict(found)


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise InvalidFile(
            f"expected a finished study with {path}, got: {error}; try `spikewright study` first"
        ) from error
