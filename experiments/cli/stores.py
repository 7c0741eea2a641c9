"""The commands over the folder of a study: query, status, clean."""

import sys
from argparse import Namespace
from pathlib import Path
from time import sleep as pause
from typing import TYPE_CHECKING

from spikewright import InvalidFile, Table
from spikewright.experiments.cli.console import hidden, say
from spikewright.experiments.cli.run_view import lines_of, shown_run, stages_of
from spikewright.experiments.cli.showing import show
from spikewright.experiments.runs.standing import now_told

if TYPE_CHECKING:
    from spikewright.experiments.records.querying import Results
    from spikewright.experiments.runs.state import RunState

LOOKED_EVERY_S = 1.0
"""Between two looks at a run of another terminal."""


def run_query(options: Namespace) -> None:
    """The answer to a question in SQL; without a question, the tables that there are."""
    from spikewright.experiments.records.querying import store
    from spikewright.experiments.records.texts import csv_text, tex_text

    results = store(options.folder)
    if not results.names:
        raise InvalidFile(
            f"expected tables in {options.folder}, got none so far: they are written when a run ends; "
            f"try spikewright status {options.folder}"
        )
    answer = overview(results) if options.question is None else results.query(options.question)
    if options.csv or options.tex:
        with hidden():
            sys.stdout.write(csv_text(answer) if options.csv else tex_text(answer))
    else:
        show(answer, wide=options.wide, first=())
        if not len(answer):
            say("no rows", file=sys.stderr)


def overview(results: "Results") -> Table:
    """One row for each table of a store: how many rows it has, and its columns."""
    rows = []
    for name in results.names:
        count = results.query(f'select count(*) as rows from "{name}"')["rows"][0]
        columns = results.query(f'select column_name from (describe "{name}")')["column_name"]
        rows.append({"table": name, "rows": count, "columns": ", ".join(columns)})
    return Table.of(rows)


def run_status(options: Namespace) -> None:
    """How the last run of a study stands, or how it ended; with --watch when it has ended."""
    from spikewright.experiments.records.store import Store
    from spikewright.experiments.runs.lock import is_held
    from spikewright.experiments.runs.state import last_state

    store = Store.open(options.folder)
    state, held = last_state(store.runs), is_held(store.folder)
    if options.watch:
        with shown_run(store.work, options.quiet) as view:
            while state.ending == "running" and held:
                view(state)
                pause(LOOKED_EVERY_S)
                state, held = last_state(store.runs), is_held(store.folder)
    _tell_standing(state, held, store.work)


def _tell_standing(state: "RunState", held: bool, work: Path) -> None:
    """Print how a run stands: in all, what it makes now, by stage, and what has no result and why."""
    running = state.ending == "running" and held
    for line in (*lines_of(state, held=held), *(f"now     {each}" for each in now_told(state, work) if running)):
        say(line)
    say()
    show(stages_of(state), wide=True)
    for fault in state.faults:
        say(f"\n{fault['cell']} ({fault['kind']}): {fault['said']}")
    for place in state.set_aside:
        say(f"\ndamaged, and made anew: {place}")


def run_clean(options: Namespace) -> None:
    """What the study does not need any more: listed, and removed with --yes."""
    from spikewright.experiments.records.collecting import remove, unused
    from spikewright.experiments.runs.lock import only_run
    from spikewright.experiments.studies.study import open_study

    result = open_study(options.folder)
    with only_run(result.folder):
        found = unused(result.store, {cell.folder for cell in result.cells})
        for each in found:
            print(f"{each.size / 2**20:8.1f} MB  {each.folder}  ({each.why})")
        size = sum(each.size for each in found) / 2**20
        if not found:
            print("nothing to remove")
        elif options.yes:
            remove(found)
            print(f"folders removed: {len(found):,}, {size:,.1f} MB")
        else:
            print(f"folders: {len(found):,}, {size:,.1f} MB; nothing was removed: --yes removes them")
