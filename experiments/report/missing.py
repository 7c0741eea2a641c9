"""What a report lacks and why: cells without a result, and what was refused or does not apply."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from spikewright import Table

if TYPE_CHECKING:
    from spikewright.experiments.studies.study import StudyResult

WAITS = "needs a cell without a result"
LATER = "has not been run yet"


def gaps(result: "StudyResult") -> Table:
    """A row for each cell of the study without a result: `cell`, `kind` and the sentence that says `why`."""
    from spikewright.experiments.studies.study import stored_of

    stored = set(stored_of(result.cells, result.store))
    faults = {fault["cell"]: (fault["kind"], fault["said"]) for fault in result.state.faults}
    held = set(result.state.held)
    rows = []
    for cell in result.cells:
        if cell.folder not in stored:
            kind, said = faults.get(cell.label, ("waits", WAITS) if cell.label in held else ("not run", LATER))
            rows.append({"cell": cell.label, "kind": kind, "why": said})
    return Table.of(sorted(rows, key=lambda row: row["kind"] in ("waits", "not run")))


def missing_sentence(lacking: Table, cells: int) -> str:
    """Such as "34 of 35 cells have a result; one failed: ...", or that all have."""
    if not len(lacking):
        return {0: "There are no cells.", 1: "The only cell has a result."}.get(
            cells, f"All {cells:,} cells have a result."
        )
    told = f"{cells - len(lacking):,} of {cells:,} cells have a result."
    faults = [row for row in lacking if row["kind"] not in ("waits", "not run")]
    told += "".join(f" {row['cell']} {_became(row['kind'])}: {_ended(row['why'])}" for row in faults[:3])
    told += f" So did {len(faults) - 3:,} more, listed below." if len(faults) > 3 else ""
    counts = {kind: sum(row["kind"] == kind for row in lacking) for kind in ("waits", "not run")}
    told += f" {_counted(counts['waits'])} for one of these in vain." if counts["waits"] else ""
    return told + (f" Not run yet: {counts['not run']:,}." if counts["not run"] else "")


def _became(kind: str) -> str:
    return {"refused": "was refused", "lost": "was lost", "full": "found the disk full"}.get(kind, kind)


def _ended(sentence: str) -> str:
    text = " ".join(sentence.split())
    text = text if len(text) <= 300 else f"{text[:297]}..."
    return text if text.endswith(".") else f"{text}."


def _counted(count: int) -> str:
    return "1 waits" if count == 1 else f"{count:,} wait"


def refusals(tables: Mapping[str, Table]) -> Table:
    """What stages refused within cells that have a result: layers, and perturbations that do not apply."""
    return Table.of([*_layers(tables), *_perturbations(tables)])


def _layers(tables: Mapping[str, Table]) -> Iterator[dict[str, Any]]:
    for row in tables.get("conversion", Table((), ())):
        if row["action"] == "refused":
            yield {"network": row["network"], "what": f"{row['layer']} ({row['kind']})", "why": row["detail"]}


def _perturbations(tables: Mapping[str, Table]) -> Iterator[dict[str, Any]]:
    seen = set()
    for row in tables.get("robustness", Table((), ())):
        key = (row["model"], row["perturbation"], row.get("note"))
        if row["accuracy"] is None and key not in seen:
            seen.add(key)
            yield {"network": row["model"], "what": row["perturbation"], "why": row.get("note") or "does not apply"}
