"""One run of cells: faults do not stop others, what is lost is tried again, and what a run waits for is told."""

from pathlib import Path

import pytest

from spikewright.experiments.records.store import Store
from spikewright.experiments.runs import schedule
from spikewright.experiments.runs.budgets import Budget
from spikewright.experiments.runs.cells import Cell
from spikewright.experiments.runs.runners.here import HereRunner
from spikewright.experiments.runs.runners.processes import ProcessRunner
from spikewright.experiments.runs.running import run, run_held
from tests.experiments.runs.cheap import chain, cheap
from tests.experiments.runs.test_running import KIND, made


def test_faults_do_not_stop_others_and_are_told(tmp_path: Path) -> None:
    bad = cheap("bad", fault="refused")
    cells = [bad, cheap("after", bad), cheap("broken", fault="broken"), cheap("exit", fault="exit"), *chain(5)]
    state = made(tmp_path, cells)
    assert (state.ending, state.stored) == ("incomplete", 5)
    told = {fault["cell"]: (fault["kind"], fault["said"]) for fault in state.faults}
    assert told["Cheap bad"] == ("refused", "expected luck, got none; try again")
    assert told["Cheap broken"] == ("failed", "expected a result, got KeyError: 'luck'")
    assert told["Cheap exit"] == ("failed", "expected a result, got a call of exit")
    assert state.held == ["Cheap after"]


def test_what_a_runner_waits_for_is_told_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    class Waiting(HereRunner):
        trouble = "no workers at tcp://here"

    seen: list[str] = []
    with Waiting() as runner:
        state = run(chain(2), Store.claim(tmp_path, KIND), runner, lambda state: seen.append(state.trouble))
    assert state.trouble == "" and "no workers at tcp://here" in seen
    assert caplog.text.count("the run waits: no workers at tcp://here") == 1


def test_what_is_told_of_faults_grows_with_the_cells_and_no_faster(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Cell] = []
    label = Cell.label.fget
    assert label is not None
    monkeypatch.setattr(Cell, "label", property(lambda cell: (asked.append(cell), label(cell))[1]))
    refused = [cheap(f"bad{n}", fault="refused") for n in range(30)]
    held = [cheap(f"after{n}", need) for n, need in enumerate(refused)]
    state = made(tmp_path, [*refused, *held])
    assert len(state.faults) == 30 and state.held == [f"Cheap after{n}" for n in range(30)]
    assert len(asked) <= 5 * 60


def test_lost_processes_are_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule, "FIRST_PAUSE_S", 0.01)
    cells = [cheap("once", fault="once"), cheap("always", fault="killed"), *chain(6)]
    state = made(tmp_path, cells, lambda: ProcessRunner(2))
    assert state.stored == 7 and [fault["kind"] for fault in state.faults] == ["lost"]
    assert state.faults[0]["cell"] == "Cheap always"


@pytest.mark.parametrize("workers", [1, 3])
def test_a_budget_of_cells_is_spent_and_the_next_run_goes_on(tmp_path: Path, workers: int) -> None:
    store, cells = Store.claim(tmp_path, KIND), chain(12)
    with ProcessRunner(workers) if workers > 1 else HereRunner() as runner:
        states = [run_held(cells, store, runner, budget=Budget(cells=5)) for _ in range(4)]
    assert [(state.stored, state.ending) for state in states] == [
        (5, "spent"), (10, "spent"), (12, "finished"), (12, "finished")
    ]  # fmt: skip
    assert not states[0].faults and not states[0].running
