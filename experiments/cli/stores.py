"""The commands over the folder of a study: query, status, clean."""

import sys
from argparse import Namespace
from typing import TYPE_CHECKING

from spikewright import InvalidFile, Table
from spikewright.experiments.cli.console import hidden, say
from spikewright.experiments.cli.showing import show

if TYPE_CHECKING:
    from spikewright.experiments.records.querying import Results
    from spikewright.experiments.runs.state import RunState


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
    """How the last run of a study stands, or how it ended."""
    from spikewright.experiments.records.store import Store
    from spikewright.experiments.runs.lock import is_held
    from spikewright.experiments.runs.standing import cells_told, ending_told, now_told, pace_told
    from spikewright.experiments.runs.state import last_state

    store = Store.open(options.folder)
    state, held = last_state(store.runs), is_held(store.folder)
    print(f"run     {state.number}, begun {state.started}: {ending_told(state, held)}")
    print(f"cells   {cells_told(state)}")
    print(f"pace    {pace_told(state)}\nmemory  {state.memory_mb:,.0f} MB at most in one cell")
    if state.ending == "running" and held:
        for line in now_told(state, store.work):
            print(f"now     {line}")
    print()
    show(stages(state), wide=True)
    for fault in state.faults:
        print(f"\n{fault['cell']} ({fault['kind']}): {fault['said']}")
    for place in state.set_aside:
        print(f"\ndamaged, and made anew: {place}")


def stages(state: "RunState") -> Table:
    """One row for each stage of a run."""
    counts = state.stages.items()
    return Table.of(
        {"stage": name, "stored": count.stored, "cells": count.cells, "seconds": count.seconds}
        for name, count in counts
    )


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
