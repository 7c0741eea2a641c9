"""One order, carried out wherever the worker is: its needs are found or unpacked, its stage is run, its cell is stored."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from spikewright import InvalidFile, Progress, silent
from spikewright.experiments.records.layout import RECORD
from spikewright.experiments.records.provenance import Provenance
from spikewright.experiments.records.record import Record, Rows, Spent, check_files, files_in, read_record
from spikewright.experiments.records.store import Store
from spikewright.experiments.runs.borrowed import borrowed_store
from spikewright.experiments.runs.cells import Cell
from spikewright.experiments.runs.memory import most_mb, start_counting
from spikewright.experiments.runs.orders import CellOutcome, Order, fault_of
from spikewright.experiments.runs.packing import packed, unpack
from spikewright.experiments.runs.threads import quiet_threads
from spikewright.experiments.runs.work_folder import WorkFolder, work_in

_one_at_a_time = threading.Lock()
"""Workers with several threads make one cell after the other: engines and torch have threads of their own."""


def perform(order: Order, progress: Progress = silent) -> CellOutcome:
    """Carry out an order. What goes wrong comes back as a fault; only an interrupt is raised."""
    with _one_at_a_time:
        try:
            store, shared = _store_of(order)
            missing = tuple(name for name in order.inputs.values() if not store.holds(name))
            if missing:
                return CellOutcome(order.cell.key, missing=missing)
            damaged = _damaged(order, store)
            return CellOutcome(order.cell.key, damaged=damaged) if damaged else _made(order, store, shared, progress)
        except (Exception, SystemExit) as error:
            return CellOutcome(order.cell.key, fault_of(error, order.store))


def _found(order: Order, store: Store, shared: bool) -> CellOutcome:
    """The outcome of an order whose cell is finished already."""
    spent = store.read(order.cell.folder).spent
    content = None if shared else packed(store.cells / order.cell.folder)
    return CellOutcome(order.cell.key, packed=content, seconds=spent.seconds, memory_mb=spent.memory_mb)


def _store_of(order: Order) -> tuple[Store, bool]:
    """The store itself where this process sees it, else one of its own in the machine's folder for temporary files."""
    seen = Store(Path(order.store))
    if seen.number == order.number:
        return seen, True
    own = borrowed_store(order.number)
    for name, content in order.packed.items():
        if not own.holds(name):
            with work_in(own.work, name) as place:
                unpack(content, place.made)
                own.commit(place.made, name)
    return own, False


def _damaged(order: Order, store: Store) -> tuple[str, ...]:
    """The needs whose files are not what was written."""
    found = []
    for name in order.inputs.values():
        try:
            check_files(store.cells / name, read_record(store.cells / name))
        except InvalidFile:
            found.append(name)
    return tuple(found)


def _made(order: Order, store: Store, shared: bool, progress: Progress) -> CellOutcome:
    name = order.cell.folder
    with quiet_threads(order.threads or None), work_in(store.work, name) as place:
        if store.holds(name):  # a worker of a run that was killed has finished it meanwhile
            return _found(order, store, shared)
        origin = Provenance.of(order.cell.key, (order.cell.seed,))  # before: others may commit while it runs
        started, start = datetime.now(UTC).isoformat(timespec="seconds"), time.perf_counter()
        start_counting()
        rows = _rows(order, store, place, progress)
        spent = Spent(round(time.perf_counter() - start, 3), most_mb(), started, order.tries)
        record = _record(order, rows, files_in(place.made), replace(origin, threads=1), spent)
        (place.made / RECORD).write_text(record.text())
        content = None if shared else packed(place.made)
        store.commit(place.made, name)
    return CellOutcome(order.cell.key, packed=content, seconds=spent.seconds, memory_mb=spent.memory_mb)


def _rows(order: Order, store: Store, place: WorkFolder, progress: Progress) -> Rows:
    from spikewright.experiments.runs.work import run_stage

    inputs = {role: store.cells / name for role, name in order.inputs.items()}
    return run_stage(order.cell, inputs, place, _both(progress, place.tell))


def _both(first: Progress, second: Progress) -> Progress:
    calls: tuple[Callable[[str, int, int], None], ...] = (first, second)

    def tell(stage: str, done: int, total: int) -> None:
        for call in calls:
            call(stage, done, total)

    return tell


def _record(order: Order, rows: Rows, files: dict[str, str], origin: Provenance, spent: Spent) -> Record:
    cell: Cell = order.cell
    needs = {role: name.rpartition("-")[2] for role, name in order.inputs.items()}
    return Record(
        cell.key, cell.stage, cell.version, cell.name, cell.seed, cell.params, needs, rows, files, origin, spent
    )
