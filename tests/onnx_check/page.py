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

Counted on commit {commit}, with onnx {onnx}, onnxruntime {onnxruntime} and torch {torch}.

| checked | outcome |
| --- | --- |
"""
NOTES = """
- Drawn graphs have functions with jumps (Floor, Round, Sign, comparisons, ThresholdedRelu). Two right answers lie far apart
  where rounding puts a number on either side of a jump. The first three are therefore moved by 0.37 off the numbers that
  other functions saturate at. Where an answer still differs, the values in front of every jump are looked at: only if they are
  equal but for rounding, and not the same numbers wherever the results of the jump differ, is the graph asked again, with
  other images ("equal on other images"; "on a jump" where eight draws do not settle it). All else that differs is "wrong".
- "Of another version": the exporter by dynamo writes version 18 where it cannot go back to the older one that is asked for.
  What is imported of such a file is equal to the network, but it is no file of that version.
- Files in integers are QDQ, QOperator and dynamic ones, with signed and unsigned weights, one scale or one for each output.
  The integers are those of the file, and answers lie within 5 % of the largest of onnxruntime's: it rounds activations to 8
  bits where a level lies below zero, or by a scale of each batch; here these stay real, as the steps say, and are cut off where
  its levels end (`ends=True`). "Not run": onnxruntime cannot write such a file, or not run what it wrote.
- Damaged files: bytes cut off, flipped, moved and overwritten; other sizes, types, names, attributes (NaN and infinite ones)
  and versions; cycles, tensors and values that are there twice, functions that call themselves, constants that explode, outputs
  and heads that are not there.
"""
TABLE = """
## Operator by operator

The cases of single operators that the package `onnx` generates: the first input of floats is the batch of images, all others are
constants. Each case is read twice, with its first axis as the batch and with a batch put in front of all its axes, and is equal
if one of both is and none is wrong. "No batch": no floats go in, or the case is no single graph with tensors.

| operator | equal | refused | no batch | why refused |
| --- | --- | --- | --- | --- |
"""
_SHOWN = 3


def load(path: Path) -> dict[str, Any]:
    """What was counted before: "operators" by name, "checks" by what was checked, and "counted": commit and versions."""
    found: dict[str, Any] = json.loads(path.read_text())
    return found


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
    text = HEAD.format(**results["counted"]) + "\n".join(lines) + "\n" + NOTES + TABLE + "\n".join(table) + "\n"
    path.write_text(text)


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
