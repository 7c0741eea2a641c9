"""Tasks run once, after what they need, side by side or alone."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikewright import SpikewrightError, Table
from spikewright.experiments.runs.running import waves
from spikewright.experiments.runs.study import run_study
from spikewright.experiments.runs.tasks import Task
from tests.experiments.runs.small_study import small


@given(st.lists(st.lists(st.integers(0, 30), max_size=4), max_size=12))
def test_waves_run_every_task_once_and_after_its_needs(edges: list[list[int]]) -> None:
    tasks: list[Task] = []
    for number, wanted in enumerate(edges):
        needs: Mapping[str, Task] = {str(n % number): tasks[n % number] for n in wanted} if number else {}
        tasks.append(Task("kind", f"t{number}", 0, {}, needs))
    seen: set[str] = set()
    for wave in waves(tasks):
        assert wave
        assert all(need.key in seen for task in wave for need in task.needs.values())
        assert not seen & {task.key for task in wave}
        seen |= {task.key for task in wave}
    assert len(seen) == len(tasks)


def test_processes_give_the_same_as_one(finished: Path, tmp_path: Path) -> None:
    """Two seeds side by side in two processes, the one seed of before among them."""
    result = run_study(small(seeds=(0, 1)), tmp_path, workers=2)
    alone = run_study(small(), finished)
    drop = ("seconds", "configuration")

    def plain(table: Table) -> list[dict[str, Any]]:
        return [{name: row[name] for name in row if name not in drop} for row in table if row["seed"] == 0]

    assert plain(result.tables["accuracy"]) == plain(alone.tables["accuracy"])
    assert plain(result.tables["activity"]) == plain(alone.tables["activity"])
    assert {row["seed"] for row in result.tables["accuracy"]} == {0, 1}


def test_an_error_in_another_process_names_its_task(tmp_path: Path) -> None:
    """The model takes colour images of 32 x 32 pixels; the tasks of both seeds run elsewhere."""
    study = small(model={"architecture": "vgg7"}, seeds=(0, 1))
    with pytest.raises(SpikewrightError, match=r"train ann.*images that fit"):
        run_study(study, tmp_path, workers=2)
