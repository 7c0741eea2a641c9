"""The cells of a run: each after all that it needs, and which of them wait because they are not stored, or damaged."""

from collections.abc import Iterable, Mapping

from spikewright import InvalidFile
from spikewright.experiments.records.store import Store
from spikewright.experiments.runs.cells import Cell
from spikewright.experiments.runs.state import RunState, StageCount


def with_needs(cells: Iterable[Cell]) -> dict[str, Cell]:
    """The cells by key, each after all that it needs."""
    found: dict[str, Cell] = {}
    waiting = list(cells)[::-1]
    while waiting:
        cell = waiting[-1]
        needs = [need for need in cell.needs.values() if need.key not in found]
        if needs:
            waiting += needs
        else:
            found.setdefault(waiting.pop().key, cell)
    return found


def waiting(cells: Mapping[str, Cell], store: Store, state: RunState) -> list[Cell]:
    """The cells that are not stored; those that are damaged are put aside. Counts all of them."""
    stored = set(store.names()) if cells else ()
    left = []
    for cell in cells.values():
        count = state.stages.setdefault(cell.stage, StageCount())
        count.cells += 1
        if cell.folder in stored and _whole(cell.folder, store, state):
            count.stored, count.found = count.stored + 1, count.found + 1
        else:
            left.append(cell)
    found = len(cells) - len(left)
    state.cells, state.found, state.stored = state.cells + len(cells), state.found + found, state.stored + found
    return left


def _whole(name: str, store: Store, state: RunState) -> bool:
    try:
        store.read(name)
    except InvalidFile:
        state.set_aside.append(str(store.put_aside(name)))
        return False
    return True
