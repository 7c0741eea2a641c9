"""Cells are run in a store that no other run is at work in, and what became of the run is kept beside them."""

from collections.abc import Iterable

from spikewright.experiments.records.provenance import current_commit, machine, versions
from spikewright.experiments.records.store import Store
from spikewright.experiments.runs.budgets import UNBOUNDED, Budget
from spikewright.experiments.runs.cell_run import CellRun, More, Observer, nothing_more, unseen
from spikewright.experiments.runs.cells import Cell
from spikewright.experiments.runs.lock import only_run
from spikewright.experiments.runs.runners.base import Runner
from spikewright.experiments.runs.schedule import Schedule
from spikewright.experiments.runs.state import RunState, read_states


def run(
    cells: Iterable[Cell], store: Store, runner: Runner, observer: Observer = unseen, more: More = nothing_more
) -> RunState:
    """Make what is not stored yet of `cells` and of all that they need; returns what was done, and what has no result and why.

    A refused or failing cell does not stop the others. An interrupt stops all; what was finished is stored. `more`: says what
    to go on with when these are done. Raises InvalidFile while another run is at work in the store.
    """
    with only_run(store.folder):
        return run_held(cells, store, runner, observer, more)


def run_held(
    cells: Iterable[Cell],
    store: Store,
    runner: Runner,
    observer: Observer = unseen,
    more: More = nothing_more,
    budget: Budget = UNBOUNDED,
) -> RunState:
    """As `run`, for who holds the lock of the store. `budget`: what the run may use before it starts no new cell."""
    before = read_states(store.runs)
    about = {"commit": current_commit(), "versions": versions(), "machine": machine(), **runner.describe()}
    state = RunState.begin(about, before)
    whole = CellRun(store, runner, Schedule.of(()), state, observer, budget=budget)
    some = whole.add(cells)
    while some and not whole.schedule.cells:
        some = whole.add(more({}))
    if not whole.schedule.cells and before and before[-1].ending == "finished":
        state.ending = "finished"  # nothing to do and nothing to say: the store stays as it is, to the byte
        observer(state)
        return state
    for one in before:
        one.bury(store.runs)
    try:
        observer(state)
        whole.go(more if some else nothing_more)
        state.ending = whole.ending
    except KeyboardInterrupt:
        state.ending = "interrupted"
        raise
    except BaseException:
        state.ending = "stopped"
        raise
    finally:
        state.running.clear()
        state.trouble = ""
        state.write(store.runs, always=True)
    return state
