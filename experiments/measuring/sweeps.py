"""A sweep: cells that measure, made in a store, and the tables that are read out of what they left there."""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from spikewright import FolderKind, Progress, SpikewrightError, Table
from spikewright.experiments.cli.console import progress_bars
from spikewright.experiments.records.record import Record
from spikewright.experiments.records.store import Store
from spikewright.experiments.records.tables import write_tables
from spikewright.experiments.runs.cells import Cell
from spikewright.experiments.runs.runners.choosing import runner_for
from spikewright.experiments.runs.running import run
from spikewright.experiments.runs.state import RunState, read_states, rows_of_runs
from spikewright.experiments.studies.study import stored_of

MEASURED_FOLDER = FolderKind("a store of measurements")
UNFINISHED, BAD_INPUT, INTERRUPTED = 1, 2, 130


@dataclass(frozen=True)
class SweepRows:
    """The finished cells of a sweep, in its order."""

    records: Sequence[Record]

    def rows(self, table: str) -> list[dict[str, Any]]:
        """The rows of a table, each with the commit and the version under which its own cell was made."""
        return [{**row, **_origin(record)} for record in self.records for row in record.rows.get(table, ())]

    def by(self, table: str, *names: str) -> Iterator[tuple[tuple[Any, ...], list[dict[str, Any]]]]:
        """The rows of a table in groups that share the values of these columns; the values come first, and are in no row."""
        for key, rows in groupby(self.rows(table), lambda row: tuple(row[name] for name in names)):
            yield key, [{name: value for name, value in row.items() if name not in names} for row in rows]


def always(measured: SweepRows) -> bool:
    """What a sweep holds that only measures."""
    return True


@dataclass(frozen=True)
class SweepCommand:
    """One command that measures.

    about: what it says of itself. flags: adds its flags to a parser. cells: what is to be made for them; raises InvalidInput.
    tables: headings and tables of what was found. holds: whether what was found is what is claimed; if not, the exit code is 1.
    """

    about: str
    flags: Callable[[ArgumentParser], None]
    cells: Callable[[Namespace], Iterable[Cell]]
    tables: Callable[[SweepRows], Iterable[tuple[str, Table]]]
    holds: Callable[[SweepRows], bool] = always


def add_output(parser: ArgumentParser, name: str) -> None:
    """--output, --workers and --quiet."""
    parser.add_argument(
        "--output",
        type=Path,
        default=Path("runs") / name,
        help="folder of the store; its tables hold what the last call asked for (default: %(default)s)",
    )
    parser.add_argument("--workers", type=int, default=1, help="processes that measure side by side (default: 1)")
    parser.add_argument("--quiet", action="store_true", help="show no progress")


def perform_sweep(sweep: SweepCommand, options: Namespace) -> int:
    """Make what is missing of the sweep's cells and print its tables.

    Returns the exit code: 1 when a cell has no result or a claim does not hold, 2 after bad input, 130 after Ctrl-C.
    """
    try:
        return _performed(sweep, options)
    except SpikewrightError as error:
        return _said(str(error), BAD_INPUT)
    except OSError as error:
        return _said(f"expected a folder to write to, got: {error}; try another --output", BAD_INPUT)
    except KeyboardInterrupt:
        return _said("interrupted; run the same command again: it goes on from what is stored", INTERRUPTED)


def _performed(sweep: SweepCommand, options: Namespace) -> int:
    cells = list({cell.key: cell for cell in _with_needs(sweep.cells(options))}.values())
    store = Store.claim(options.output, MEASURED_FOLDER)
    with progress_bars(options.quiet) as progress, runner_for(options.workers, progress=progress) as runner:
        state = run(cells, store, runner, lambda state: _tell(progress, state))
    finished = stored_of(cells, store)
    write_tables(store, finished, rows_of_runs(read_states(store.runs)))
    measured = SweepRows([store.read(name) for name in finished])
    for heading, table in sweep.tables(measured):
        print(heading, table, sep="\n", flush=True)
    _tell_faults(state)
    return 0 if len(finished) == len(cells) and sweep.holds(measured) else UNFINISHED


def _with_needs(cells: Iterable[Cell]) -> Iterator[Cell]:
    """Each cell after those that it needs."""
    for cell in cells:
        yield from _with_needs(cell.needs.values())
        yield cell


def _tell(progress: Progress, state: RunState) -> None:
    progress("cells", state.stored, state.cells)


def _tell_faults(state: RunState) -> None:
    for fault in state.faults:
        print(f"{fault['cell']} ({fault['kind']}): {fault['said']}", file=sys.stderr)
    if state.held:
        print(f"not run, since they need one of these: {', '.join(state.held)}", file=sys.stderr)
    for place in state.set_aside:
        print(f"damaged, and made anew: {place}", file=sys.stderr)


def _said(sentence: str, code: int) -> int:
    print(sentence, file=sys.stderr)
    return code


def _origin(record: Record) -> dict[str, Any]:
    """The first digits of a cell's commit with its mark, and the version."""
    origin = record.origin.columns()
    head, mark, rest = origin["commit"].partition(",")
    return {"commit": head[:10] + mark + rest, "spikewright": origin["spikewright"]}
