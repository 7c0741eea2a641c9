"""The commands over the folder of a study: query, status, clean."""

import sys
from argparse import Namespace
from typing import TYPE_CHECKING

from spikewright import InvalidFile, Table
from spikewright.experiments.cli.console import hidden, say
from spikewright.experiments.cli.showing import show

if TYPE_CHECKING:
    from spikewright.experiments.records.querying import Results


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
