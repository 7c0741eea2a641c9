"""The cases of single operators that the onnx package generates, weights as constants, and what is imported of each."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import numpy_helper

from spikewright import SpikewrightError
from spikewright.compress import from_onnx
from tests.onnx_check.comparing import near


@dataclass
class OperatorRow:
    """What became of the answers of an operator: how many were equal, which were wrong, why others were refused.

    `no_batch`: cases whose input is no batch of floats, which no network here takes.
    """

    equal: int = 0
    wrong: list[str] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    no_batch: int = 0


def as_network(case: Any) -> onnx.ModelProto | None:
    """The model of a case with every input but the first as a constant; None where the first is no batch of floats."""
    inputs = case.data_sets[0][0] if case.model is not None and case.data_sets else []
    fits = len(case.model.graph.input) == len(inputs) and all(isinstance(one, np.ndarray) for one in inputs)
    if not fits or not inputs or inputs[0].dtype.kind != "f" or inputs[0].ndim < 2:
        return None
    if any(one.dtype.kind not in "fiub" for one in inputs[1:]):
        return None
    model = onnx.ModelProto()
    model.CopyFrom(case.model)
    names = [one.name for one in model.graph.input]
    del model.graph.input[1:]
    model.graph.initializer.extend(
        numpy_helper.from_array(one, name) for one, name in zip(inputs[1:], names[1:], strict=True)
    )
    return model


def outcome(path: Path, output: str, images: np.ndarray, wanted: np.ndarray) -> tuple[str, str]:
    """ "equal", "wrong" or "refused", and why."""
    try:
        network = from_onnx(path, output=output)
    except SpikewrightError as error:
        return "refused", _reason(str(error))
    found = network.requires_grad_(False)(torch.from_numpy(images.astype(np.float32))).numpy()
    share = 2e-3 if wanted.dtype == np.float16 else 1e-4
    return near(found, wanted, share)


def rows(folder: Path) -> dict[str, OperatorRow]:
    """By operator, what became of its cases; those written out as other operators count as it."""
    found: dict[str, OperatorRow] = defaultdict(OperatorRow)
    operators: dict[str, str] = {}
    for case, model in _cases():
        name = case.name.split("_expanded")[0]
        operators.setdefault(name, case.model.graph.node[-1].op_type)
        row = found[operators[name]]
        if model is None:
            row.no_batch += 1
            continue
        path, (inputs, wanted) = folder / "case.onnx", case.data_sets[0]
        path.write_bytes(model.SerializeToString())
        for output, answer in zip(model.graph.output, wanted, strict=True):
            if isinstance(answer, np.ndarray):
                _count(row, outcome(path, output.name, inputs[0], answer), f"{case.name} {output.name}")
    return dict(sorted(found.items()))


def _cases() -> Iterator[tuple[Any, onnx.ModelProto | None]]:
    from onnx.backend.test.case.node import collect_testcases

    for case in sorted(collect_testcases(None), key=lambda one: "_expanded" in one.name):
        if case.model is not None and case.data_sets and case.model.graph.node:
            yield case, as_network(case)


def _count(row: OperatorRow, found: tuple[str, str], name: str) -> None:
    kind, why = found
    if kind == "equal":
        row.equal += 1
    elif kind == "wrong":
        row.wrong.append(f"{name}: {why}")
    else:
        row.refused[why] += 1


def _reason(text: str) -> str:
    """What was found, without the place."""
    return text.partition(", got ")[2].partition(" in node ")[0].partition(" in /")[0][:160]
