"""Runs: nothing is done twice, faults do not stop others, what is damaged is made anew, all runners give the same."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from spikewright import FolderKind, InvalidFile
from spikewright.experiments.records.store import Store
from spikewright.experiments.runs.budgets import Budget
from spikewright.experiments.runs.cells import Cell
from spikewright.experiments.runs.lock import only_run
from spikewright.experiments.runs.orders import Fault
from spikewright.experiments.runs.runners.base import Runner
from spikewright.experiments.runs.runners.here import HereRunner
from spikewright.experiments.runs.runners.processes import ProcessRunner
from spikewright.experiments.runs.running import run, run_held
from spikewright.experiments.runs.state import RunState, read_states
from tests.experiments.runs.cheap import chain, cheap, numbers

KIND = FolderKind("a store of tests")


def made(folder: Path, cells: list[Cell], runner: Callable[[], Runner] = HereRunner) -> RunState:
    """Run `cells` in the store at `folder`."""
    with runner() as chosen:
        return run(cells, Store.claim(folder, KIND), chosen)


def test_a_second_run_does_nothing(tmp_path: Path) -> None:
    cells = chain(12)
    first, again = made(tmp_path, cells), made(tmp_path, cells)
    assert (first.stored, first.found, again.stored, again.found) == (12, 0, 12, 12)
    assert first.ending == again.ending == "finished"
    assert [state.number for state in read_states(tmp_path / "runs")] == [first.number]
    assert not any((tmp_path / "work").iterdir())


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_processes_give_the_same_as_one(tmp_path: Path, workers: int) -> None:
    made(tmp_path / "one", chain(20))
    state = made(tmp_path / "many", chain(20), lambda: ProcessRunner(workers))
    assert state.ending == "finished"
    assert list(numbers(tmp_path / "one")) == list(numbers(tmp_path / "many"))


def test_without_any_time_nothing_is_started(tmp_path: Path) -> None:
    with HereRunner() as runner:
        state = run_held(chain(3), Store.claim(tmp_path, KIND), runner, budget=Budget(seconds=0))
    assert (state.stored, state.ending, state.faults) == (0, "spent", [])


def test_who_holds_the_lock_already_says_so(tmp_path: Path) -> None:
    store = Store.claim(tmp_path, KIND)
    with only_run(store.folder), HereRunner() as runner:
        assert run_held(chain(2), store, runner).ending == "finished"


def test_a_stage_goes_on_from_its_checkpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store.claim(tmp_path, KIND)
    cell = cheap("counts", steps=5)
    place = store.work / cell.folder / "checkpoint"
    place.mkdir(parents=True)
    (place / "at.txt").write_text("7")  # beyond the end: what is counted here would say 5 again
    assert made(tmp_path, [cell]).ending == "finished"
    assert not (store.work / cell.folder).exists()


def test_two_runs_in_one_store_are_refused(tmp_path: Path) -> None:
    Store.claim(tmp_path, KIND)
    with only_run(tmp_path), pytest.raises(InvalidFile, match="expected no other run"):
        made(tmp_path, chain(2))
    assert made(tmp_path, chain(2)).ending == "finished"


def test_a_run_that_was_killed_is_told_by_the_next(tmp_path: Path) -> None:
    store = Store.claim(tmp_path, KIND)
    RunState.begin({}).write(store.runs, always=True)  # of a process that has gone
    made(tmp_path, chain(1))
    assert [state.ending for state in read_states(store.runs)] == ["killed", "finished"]


def test_an_interrupt_keeps_what_is_finished(tmp_path: Path) -> None:
    def stop(state: RunState) -> None:
        if state.stored == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), HereRunner() as runner:
        run(chain(10), Store.claim(tmp_path, KIND), runner, stop)
    assert read_states(tmp_path / "runs")[-1].ending == "interrupted"
    assert made(tmp_path, chain(10)).found == 3


def test_a_run_goes_on_with_more_until_there_is_none(tmp_path: Path) -> None:
    """Batches that are asked for one after the other are one run, and a second time nothing is done."""
    bad, cells = cheap("bad", fault="refused"), chain(6)

    def asked() -> tuple[RunState, list[list[str]]]:
        told: list[list[str]] = []
        batches = iter([[bad, *cells[3:]], [cells[0], cheap("after", bad)]])

        def more(faults: Mapping[str, Fault]) -> list[Cell]:
            told.append([fault.said for fault in faults.values()])
            return next(batches, [])

        with HereRunner() as runner:
            return run(cells[:3], Store.claim(tmp_path, KIND), runner, more=more), told

    state, told = asked()
    assert (state.cells, state.stored, state.held, state.ending) == (8, 6, ["Cheap after"], "incomplete")
    assert told == [[], *[["expected luck, got none; try again"]] * 2]
    assert (asked()[0].found, len(list(numbers(tmp_path)))) == (6, 6)


def test_a_run_of_batches_that_are_all_stored_leaves_the_store_as_it_is(tmp_path: Path) -> None:
    made(tmp_path, chain(6))
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "runs").iterdir()}
    batches = iter([chain(4), chain(6)])
    with HereRunner() as runner:
        state = run(chain(2), Store.claim(tmp_path, KIND), runner, more=lambda faults: next(batches, []))
    assert (state.cells, state.found, state.ending) == (6, 6, "finished")
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "runs").iterdir()} == before
