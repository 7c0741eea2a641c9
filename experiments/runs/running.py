"""Tasks are run, each in a folder that appears as a whole or not at all; those that do not wait for each other side by side."""

import json
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path

from spikewright import FolderKind, Progress, SpikewrightError, atomic_folder, silent
from spikewright.experiments.runs.provenance import Provenance
from spikewright.experiments.runs.stored import DONE, ORIGIN
from spikewright.experiments.runs.tasks import Task

TASK_FOLDER = FolderKind("a task of a study")


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


def run_wave(wave: Sequence[Task], folder: Path, workers: int, progress: Progress) -> Iterator[None]:
    """Run tasks that need nothing of each other, and say after each that it is done. Raises what a task raises."""
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
