"""`make reach`: every architecture that is listed, each in a process of its own, into docs/results/reach.json.

python -m tests.reach                   all that have no row at this commit
python -m tests.reach --keep            leave those alone that were equal, at whatever commit
python -m tests.reach dpn hrnet         those whose keys hold one of these words, again
"""

import argparse
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.reach.architectures import Architecture, architectures
from tests.reach.processes import in_own_process
from tests.reach.rows import RESULTS, ReachRow, key, load, save

ROOT = Path(__file__).parents[2]


def main(given: Sequence[str] | None = None) -> None:
    """Judge what is asked for and keep each row as soon as it is there."""
    parser = argparse.ArgumentParser(prog="python -m tests.reach", description="Which architectures convert.")
    parser.add_argument("words", nargs="*", help="only architectures whose keys hold one of these, again")
    parser.add_argument("--keep", choices=("equal", "all"), help="leave such rows alone, at whatever commit")
    parser.add_argument("--results", type=Path, default=RESULTS, help="the file of the rows")
    chosen = parser.parse_args(given)
    commit, listed = _commit(), architectures()
    rows = load(chosen.results)
    wanted = list(_wanted(listed, rows, commit, chosen.words, chosen.keep))
    for place, architecture in enumerate(wanted, 1):
        name = key(architecture.library, architecture.name)
        rows[name] = _row(architecture, commit)
        print(f"{place} of {len(wanted)}: {name} {_told(rows[name])}", flush=True)
        save((rows[k] for one in listed if (k := key(one.library, one.name)) in rows), chosen.results)


def _wanted(
    listed: Sequence[Architecture], rows: dict[str, ReachRow], commit: str, words: Sequence[str], keep: str | None
) -> Iterator[Architecture]:
    for one in listed:
        name = key(one.library, one.name)
        row = rows.get(name)
        if words:
            done = not any(word in name for word in words)
        else:
            done = row is not None and (row.commit == commit or keep in ("all", row.result))
        if not done:
            yield one


def _row(architecture: Architecture, commit: str) -> ReachRow:
    found = in_own_process(key(architecture.library, architecture.name))
    about = {"name": architecture.name, "family": architecture.family, "library": architecture.library}
    return ReachRow(commit=commit, **(about | {"pixels": architecture.pixels} | found))


def _told(row: ReachRow) -> str:
    error = "" if row.error is None else f" {row.error:.1e}"
    cost = "" if row.seconds is None else f", {row.seconds:.0f} s, {row.memory_mb:.0f} of {row.weights_mb:.0f} MB"
    first = next(iter(row.obstacles), row.detail)
    return f"{row.result}{error}{cost} {first[:150]}"


def _commit() -> str:
    """The commit of the sources, with a plus where they have changed since."""
    short = subprocess.check_output(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, text=True).strip()
    rooms = ["conversion", "compress", "snn", "spikewright", "tests/reach"]
    changed = subprocess.call(["git", "diff", "--quiet", "HEAD", "--", *rooms], cwd=ROOT)
    return short + ("+" if changed else "")


if __name__ == "__main__":
    main()
