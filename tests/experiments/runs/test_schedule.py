"""Cells start once, after what they need; what is lost is tried again, what was told is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikewright.experiments.runs import schedule as module
from spikewright.experiments.runs.cells import Cell
from spikewright.experiments.runs.orders import Fault
from spikewright.experiments.runs.schedule import MOST_TRIES, Schedule
from tests.experiments.runs.cheap import cheap

LOST, REFUSED = Fault("lost", "gone"), Fault("refused", "no")


def graph(edges: list[list[int]]) -> list[Cell]:
    """A cell for each list; it needs those earlier ones that its numbers fall on."""
    cells: list[Cell] = []
    for number, wanted in enumerate(edges):
        needs = {cells[n % number].key: cells[n % number] for n in wanted} if number else {}
        cells.append(cheap(f"t{number}", *needs.values()))
    return cells


GRAPHS = st.lists(st.lists(st.integers(0, 30), max_size=4), max_size=12).map(graph)


@given(GRAPHS, st.randoms(use_true_random=False))
def test_every_cell_starts_once_and_after_its_needs(cells: list[Cell], chance: object) -> None:
    schedule = Schedule.of(cells)
    running: list[str] = []
    seen: list[str] = []
    while cell := schedule.pop(idle=not running):
        assert all(need.key in seen for need in cell.needs.values())
        running.append(cell.key)
        if schedule.pop is not None and chance.random() < 0.5:
            continue
        while running:
            seen.append(running.pop())
            schedule.done(seen[-1])
    for key in running:
        schedule.done(key)
        seen.append(key)
    while cell := schedule.pop(idle=True):
        schedule.done(cell.key)
        seen.append(cell.key)
    assert sorted(seen) == sorted(cell.key for cell in cells)


@given(GRAPHS, st.integers(0, 11))
def test_a_fault_holds_what_needs_it_and_nothing_else(cells: list[Cell], place: int) -> None:
    if not cells:
        return
    bad = cells[place % len(cells)].key
    after = {bad}
    for cell in cells:
        if any(need.key in after for need in cell.needs.values()):
            after.add(cell.key)
    schedule, done = Schedule.of(cells), set()
    while cell := schedule.pop(idle=True):
        if cell.key == bad:
            assert not schedule.failed(bad, REFUSED)
        else:
            schedule.done(cell.key)
            done.add(cell.key)
    assert done == {cell.key for cell in cells} - after
    assert set(schedule.held) == after - {bad} and set(schedule.faults) == {bad}


def test_what_is_lost_is_tried_again_and_at_last_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FIRST_PAUSE_S", 0.0)
    first, other = cheap("a"), cheap("b")
    schedule = Schedule.of([first, other])
    assert schedule.pop(idle=True) is first
    assert schedule.failed(first.key, LOST) and schedule.waits
    assert schedule.pop(idle=False) is first
    assert schedule.failed(first.key, LOST)
    assert schedule.pop(idle=False) is other and schedule.pop(idle=False) is None
    assert schedule.pop(idle=True) is first and schedule.alone(first.key)
    assert MOST_TRIES == 3 and not schedule.failed(first.key, LOST) and schedule.faults == {first.key: LOST}


def test_what_another_process_makes_is_asked_for_as_often_as_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "AGAIN_PAUSE_S", 0.0)
    cell = cheap("a")
    schedule = Schedule.of([cell])
    for _ in range(2 * MOST_TRIES):
        assert schedule.pop(idle=True) is cell and not schedule.waits
        assert schedule.failed(cell.key, Fault("again", "busy")) and schedule.waits
    assert not schedule.tries and not schedule.faults


def test_long_chains_and_many_ways_are_held_at_once() -> None:
    cells = [cheap("c0"), cheap("d0")]
    for number in range(1, 3000):
        cells += [cheap(f"c{number}", *cells[-2:]), cheap(f"d{number}", *cells[-2:])]
        assert cells[-1].key and cells[-2].key
    schedule = Schedule.of(cells)
    assert not schedule.failed(cells[0].key, REFUSED) and len(schedule.held) == len(cells) - 2


def test_needs_that_are_made_anew_come_first() -> None:
    need = cheap("need")
    cell = cheap("cell", need)
    schedule = Schedule.of([cell])
    assert schedule.pop(idle=True) is cell
    schedule.first(cell.key, {need.key: need})
    assert schedule.pop(idle=True) is need and schedule.pop(idle=True) is None
    schedule.done(need.key)
    assert schedule.pop(idle=True) is cell


def test_cells_that_come_later_stand_behind_and_are_held_with_what_they_need() -> None:
    bad, first = cheap("bad"), cheap("first")
    schedule = Schedule.of([bad, first])
    assert schedule.pop(idle=True) is bad and not schedule.failed(bad.key, REFUSED)
    after = cheap("after", bad)
    last, free = cheap("last", after), cheap("free", first)
    schedule.add([after, last, free])
    assert schedule.held == {after.key: bad.key, last.key: bad.key}
    assert schedule.pop(idle=True) is first and schedule.pop(idle=True) is None
    schedule.done(first.key)
    assert schedule.pop(idle=True) is free
