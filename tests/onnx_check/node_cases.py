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
from tests.onnx_check.lifting import lifted


@dataclass
class OperatorRow:
    """What became of the answers of an operator: how many were equal, which were wrong, why others were refused.

    `no_batch`: cases without an input of floats that a batch of images could be.
    """

    equal: int = 0
    wrong: list[str] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    no_batch: int = 0


@dataclass(frozen=True)
class NetworkCase:
    """A case as a network: the model, images, and answers by the names of the outputs."""

    model: onnx.ModelProto
    images: np.ndarray
    answers: dict[str, np.ndarray]


def as_networks(case: Any) -> list[NetworkCase]:
    """A case with every input but the first of floats as a constant: its first axis as the batch, and one put in front.

    Each of the two is left out where the case has too few axes, or where its operator cannot be told what was put in front.
    """
    given = case.data_sets[0][0] if case.model is not None and case.data_sets else []
    inputs = [_array(one) for one in given]
    if len(case.model.graph.input) != len(inputs) or any(not isinstance(one, np.ndarray) for one in inputs):
        return []
    place = next((place for place, one in enumerate(inputs) if one.dtype.kind == "f"), None)
    if place is None or inputs[place].ndim < 1 or any(one.dtype.kind not in "fiub" for one in inputs):
        return []
    images = inputs[place]
    names = [one.name for one in case.model.graph.output]
    answers = {
        name: one
        for name, one in zip(names, map(_array, case.data_sets[0][1]), strict=True)
        if isinstance(one, np.ndarray) and one.dtype.kind in "fiub"
    }
    found = [NetworkCase(_model(case, inputs, place), images, answers)] if images.ndim > 1 else []
    constants = {one.name: inputs[at] for at, one in enumerate(case.model.graph.input) if at != place}
    model = _model(case, inputs, place)
    if images.size and lifted(model, constants, images.ndim):
        _keep(model, constants)
        found.append(NetworkCase(model, images[None], {name: one[None] for name, one in answers.items()}))
    return found if answers else []


def _array(given: Any) -> Any:
    """Numbers as an array; lists of tensors and text as they are."""
    if isinstance(given, onnx.TensorProto):
        return numpy_helper.to_array(given)
    return np.asarray(given) if isinstance(given, np.generic) else given


def _model(case: Any, inputs: list[np.ndarray], place: int) -> onnx.ModelProto:
    model = onnx.ModelProto()
    model.CopyFrom(case.model)
    described = list(model.graph.input)
    del model.graph.input[:]
    model.graph.input.append(described[place])
    others = {one.name: inputs[at] for at, one in enumerate(described) if at != place}
    _keep(model, others)
    return model


def _keep(model: onnx.ModelProto, constants: dict[str, np.ndarray]) -> None:
    """Put `constants` into the model, in the place of those that it has under their names."""
    kept = [one for one in model.graph.initializer if one.name not in constants]
    del model.graph.initializer[:]
    model.graph.initializer.extend(kept)
    model.graph.initializer.extend(numpy_helper.from_array(one, name) for name, one in constants.items())


def outcome(path: Path, output: str, images: np.ndarray, wanted: np.ndarray) -> tuple[str, str]:
    """ "equal", "wrong" or "refused", and why."""
    try:
        network = from_onnx(path, output=output)
    except SpikewrightError as error:
        return "refused", _reason(str(error))
    found = network.requires_grad_(False)(torch.from_numpy(images.astype(np.float32))).numpy()
    share = 2e-3 if wanted.dtype == np.float16 else 1e-4
    return near(found, wanted.astype(np.float64), share)


def rows(folder: Path) -> dict[str, OperatorRow]:
    """By operator, what became of its cases; those written out as other operators count as it."""
    found: dict[str, OperatorRow] = defaultdict(OperatorRow)
    operators: dict[str, str] = {}
    for case in _cases():
        name = case.name.split("_expanded")[0]
        operators.setdefault(name, case.model.graph.node[-1].op_type)
        row, networks = found[operators[name]], as_networks(case)
        if not networks:
            row.no_batch += 1
        for output in networks[0].answers if networks else ():
            _count(row, [_tried(one, output, folder / "case.onnx") for one in networks], f"{case.name} {output}")
    return dict(sorted(found.items()))


def _tried(case: NetworkCase, output: str, path: Path) -> tuple[str, str]:
    path.write_bytes(case.model.SerializeToString())
    return outcome(path, output, case.images, case.answers[output])


def _cases() -> Iterator[Any]:
    from onnx.backend.test.case.node import collect_testcases

    for case in sorted(collect_testcases(None), key=lambda one: "_expanded" in one.name):
        if case.model is not None and case.data_sets and case.model.graph.node:
            yield case


def _count(row: OperatorRow, found: list[tuple[str, str]], name: str) -> None:
    """Wrong where one of both ways is, equal where one is, else refused for the reason of the last."""
    wrong = [why for kind, why in found if kind == "wrong"]
    if wrong:
        row.wrong.append(f"{name}: {wrong[0]}")
    elif any(kind == "equal" for kind, _ in found):
        row.equal += 1
    else:
        row.refused[found[-1][1]] += 1


def _reason(text: str) -> str:
    """What was found, without the place."""
    return text.partition(", got ")[2].partition(" in node ")[0].partition(" in /")[0][:160]
