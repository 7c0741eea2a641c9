"""What the tasks of a study left in its folder: rows, and where each came from."""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spikewright import InvalidFile, Kind, Table, atomic_path
from spikewright.experiments.runs.provenance import UNKNOWN, Provenance
from spikewright.experiments.runs.tasks import Task
from spikewright.kinds import json_with

if TYPE_CHECKING:
    from spikewright.experiments.runs.study import StudyResult

DONE, ORIGIN = "result.json", "provenance.json"
PROVENANCE_FILE = Kind(
    "the provenance of a study", json_with("configuration", "seeds", "commit", "versions", "machine")
)
Rows = dict[str, list[dict[str, Any]]]


def is_done(task: Task, folder: Path) -> bool:
    """Whether the task's result is stored."""
    return (folder / "tasks" / task.folder / DONE).is_file()


def gather(tasks: Sequence[Task], folder: Path, provenance: Provenance) -> dict[str, Table]:
    """All rows by table, each with its seed, its task and where that came from, and "results", the union of all.

    Commit, versions and threads are those under which the task was run, whichever run of the study that was.
    """
    rows: Rows = {}
    for task in tasks:
        origin = provenance_of(task, folder).columns()
        told = {"seed": task.seed, "task": task.key, **origin, "configuration": provenance.configuration}
        for name, found in _rows(folder / "tasks" / task.folder / DONE).items():
            rows.setdefault(name, []).extend({**row, **told} for row in found)
    union = [{"table": name, **row} for name, found in rows.items() for row in found]
    return {name: Table.of(found) for name, found in {**rows, "results": union}.items()}


def provenance_of(task: Task, folder: Path) -> Provenance:
    """Where a task's rows came from; "unknown" for a task that was run before this was kept."""
    path = folder / "tasks" / task.folder / ORIGIN
    if not path.is_file():
        return Provenance(task.key, (task.seed,), UNKNOWN, {}, UNKNOWN)
    return read_provenance(path, "a task", f"remove {path.parent}, and try `spikewright study` again")


def origins(result: "StudyResult") -> Table:
    """One row for each state of code and versions under which tasks of a study were run, and how many those were."""
    names = ("commit", "spikewright", "versions")
    told = (provenance_of(task, result.folder).columns() for task in result.tasks)
    found = Counter(tuple(one[name] for name in names) for one in told)
    return Table.of({**dict(zip(names, key, strict=True)), "tasks": count} for key, count in found.items())


def write_json(path: Path, kind: Kind, values: Any) -> None:
    """Write plain values as JSON, in place of a file of the same kind only."""
    with atomic_path(path, kind) as temporary:
        temporary.write_text(json.dumps(values, indent=2) + "\n")


def read_provenance(path: Path, what: str, way: str) -> Provenance:
    """What a provenance file says. Raises InvalidFile, with `way` as what to do."""
    try:
        return Provenance.from_dict(read_json(path))
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


def read_json(path: Path) -> Any:
    """The values in a JSON file of a study. Raises InvalidFile where there is none."""
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise InvalidFile(
            f"expected a finished study with {path}, got: {error}; try `spikewright study` first"
        ) from error
