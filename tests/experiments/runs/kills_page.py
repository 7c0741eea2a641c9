"""The figures of killed runs: docs/results/kills.json, a row for each runner and victim, and docs/kills.md that is made of it."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spikewright.experiments.records.provenance import current_commit, versions

if TYPE_CHECKING:
    from tests.experiments.runs.kills import Outcome

ROOT = Path(__file__).parents[3]
RESULTS, PAGE = ROOT / "docs" / "results" / "kills.json", ROOT / "docs" / "kills.md"
HEAD = """# Runs that are killed

Written by `python -m tests.experiments.runs.kills --runner RUNNER --victim VICTIM --page`, a row for each such command. A run of
cheap cells (each counts to 20 in a checkpoint, four of five read the one before) is killed with `kill -9` at moments that are
drawn over the run: the *runner*, which is started again in the same folder, one of its *workers*, or the *scheduler* of Dask,
both of which are replaced while the runner goes on. At the end the store is compared, sorted by name and byte for byte, with
that of a run that nothing disturbed: all cells, their files, their records without what they took, the tables. A cell that was
finished at a kill must be there unchanged, and is never made again; a cell that a kill interrupted is begun twice.
Seconds are those of a machine with two processors that other work used too; the undisturbed run is one process.

"""
COLUMNS = (
    "runner", "victim", "cells", "kills", "starts", "stored at the kills", "begun twice", "finished and made again", "seconds",
    "undisturbed", "the same store", "commit",
)  # fmt: skip


def keep(told: "Outcome") -> None:
    """Put one outcome into the results, in place of the one of the same runner and victim, and write the page anew."""
    rows: dict[str, Any] = json.loads(RESULTS.read_text()) if RESULTS.is_file() else {}
    rows[f"{told.runner} {told.victim}"] = {**asdict(told), "commit": current_commit(), "versions": versions()}
    RESULTS.write_text(json.dumps(dict(sorted(rows.items())), indent=1) + "\n")
    PAGE.write_text(page(rows))


def page(rows: dict[str, Any]) -> str:
    """The page of such rows."""
    lines = [COLUMNS, ["---"] * len(COLUMNS), *(_line(row) for _, row in sorted(rows.items()))]
    return HEAD + "".join(f"| {' | '.join(map(str, line))} |\n" for line in lines)


def _line(row: dict[str, Any]) -> list[object]:
    names = ("runner", "victim", "cells")
    same = "yes" if not row["wrong"] else "**no**: " + "; ".join(row["wrong"])
    return [
        *(row[name] for name in names), len(row["stored"]), row["starts"], ", ".join(map(str, row["stored"])), row["twice"],
        row["again"], row["seconds"], row["undisturbed"], same, row["commit"][:9],
    ]  # fmt: skip
