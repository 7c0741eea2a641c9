"""docs/onnx.md, written from what was counted."""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.onnx_check.node_cases import OperatorRow

PAGE = Path(__file__).parents[2] / "docs" / "onnx.md"
RESULTS = PAGE.parent / "results" / "onnx.json"
HEAD = """# ONNX files

Written by `make onnx-check`, which counts what is on this page. `from_onnx` reads a file as ordinary torch layers,
`from_quantized_onnx` those of onnxruntime.quantization as a `Compressed` with the integers of the file. What no layer
here computes is refused by its name, with the reason and what to try. "Wrong" is what was read as something else, or
raised anything but that sentence: a fault, whose seed or name the command says.

| checked | outcome |
| --- | --- |
"""
TABLE = """
## Operator by operator

The cases of single operators that the package `onnx` generates, every input but the first as a constant. "no batch": the
first input is no batch of floats, so that no network begins with it. A first axis that is not treated as the batch is the
most frequent reason: there it is a size like others, in a network it is the images.

| operator | equal | refused | no batch | why refused |
| --- | --- | --- | --- | --- |
"""
_SHOWN = 3


def load(path: Path) -> dict[str, Any]:
    """What was counted before: "operators" by name, and "checks" by what was checked."""
    return json.loads(path.read_text()) if path.exists() else {"operators": {}, "checks": {}}


def save(results: Mapping[str, Any], path: Path) -> None:
    """As JSON, one line for each operator and check."""
    parts = []
    for part, rows in results.items():
        lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(row)}" for name, row in rows.items())
        parts.append(f" {json.dumps(part)}: {{\n{lines}\n }}")
    path.write_text("{\n" + ",\n".join(parts) + "\n}\n")


def as_json(nodes: Mapping[str, OperatorRow]) -> dict[str, Any]:
    """Rows of operators as they are kept."""
    return {name: {**vars(row), "refused": dict(row.refused)} for name, row in nodes.items()}


def write(results: Mapping[str, Any], path: Path) -> None:
    """The page: counts of each check, and the table of operators."""
    nodes = {
        name: OperatorRow(row["equal"], row["wrong"], Counter(row["refused"]), row["no_batch"])
        for name, row in results["operators"].items()
    }
    counted = {"operators of the package onnx, one by one": whole(nodes), **results["checks"]}
    lines = [f"| {name} | {_counts(Counter(counts))} |" for name, counts in counted.items()]
    table = [_line(name, row) for name, row in nodes.items()]
    path.write_text(HEAD + "\n".join(lines) + "\n" + TABLE + "\n".join(table) + "\n")


def whole(nodes: Mapping[str, OperatorRow]) -> Counter[str]:
    """All operators together."""
    rows = nodes.values()
    counts = {
        "equal": sum(row.equal for row in rows),
        "wrong": sum(len(row.wrong) for row in rows),
        "refused": sum(row.refused.total() for row in rows),
        "no batch": sum(row.no_batch for row in rows),
    }
    return Counter(counts)


def _counts(counts: Counter[str]) -> str:
    return ", ".join(f"{number:,} {kind}" for kind, number in counts.items() if number or kind == "wrong")


def _line(name: str, row: OperatorRow) -> str:
    why = [reason.replace("|", "\\|") for reason, _ in row.refused.most_common(_SHOWN)]
    more = len(row.refused) - _SHOWN
    told = "; ".join(why) + (f"; and {more} more" if more > 0 else "")
    return f"| {name} | {row.equal or ''} | {row.refused.total() or ''} | {row.no_batch or ''} | {told} |"
