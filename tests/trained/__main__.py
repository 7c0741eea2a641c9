"""`make trained`: networks that others trained, from the wheels that they come in, into docs/trained.md.

python -m tests.trained                  all rows that are missing
python -m tests.trained PNet crepe       those whose names hold one of these words, again
"""

import argparse
import json
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from spikewright import Kind, atomic_path
from spikewright.kinds import holds
from tests.trained.measuring import FIRST, WAYS, Row, measured
from tests.trained.networks import networks
from tests.trained.page import page
from tests.trained.wheels import unpacked

DOCS = Path(__file__).parents[2] / "docs"
RESULTS, PAGE = DOCS / "results" / "trained.json", DOCS / "trained.md"
MARK = "trained networks of others"
FILE = Kind("the rows of `make trained`", holds(MARK.encode()))
PAGE_FILE = Kind("the page of `make trained`", holds(b"# Trained networks of others"))


def main(given: Sequence[str] | None = None) -> None:
    """Measure what is asked for and keep each row as soon as it is there."""
    told = "Trained networks of others, converted as they are shipped."
    parser = argparse.ArgumentParser(prog="python -m tests.trained", description=told)
    parser.add_argument("words", nargs="*", help="only networks whose names hold one of these, again")
    words = parser.parse_args(given).words
    rows: list[Row] = json.loads(RESULTS.read_text())["rows"] if RESULTS.exists() else []
    for network in networks(unpacked()):
        if any(word in network.name for word in words):
            rows = [row for row in rows if row["network"] != network.name]
        elif words:
            continue
        for row in measured(network, _done(rows, network.name), partial(_tell, network.name)):
            rows.append(row)
            _save(rows)
            print(row, flush=True)


def _done(rows: Sequence[Row], name: str) -> list[str]:
    """The ways of a network that have a row; all of them where it was refused."""
    found = [row["way"] for row in rows if row["network"] == name]
    refused = any("refused" in row and row["way"] == FIRST for row in rows if row["network"] == name)
    return [*WAYS] if refused else found


def _tell(name: str, stage: str, done: int, total: int) -> None:
    """Where it is, on one line of the terminal."""
    print(f"\r{name}: {stage} {done} of {total}\x1b[K", end="", file=sys.stderr, flush=True)


def _save(rows: list[Row]) -> None:
    with atomic_path(RESULTS, FILE) as temporary:
        lines = ",\n".join(json.dumps(row) for row in rows)
        temporary.write_text(f'{{"about": "{MARK}, written by make trained",\n"rows": [\n{lines}\n]}}\n')
    with atomic_path(PAGE, PAGE_FILE) as temporary:
        temporary.write_text(page(rows))


if __name__ == "__main__":
    main()
