"""ONNX graphs drawn from a seed: channels first or last, any version of the operators, everything that a CNN may contain."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSETS = tuple(range(11, 22))
TO_FRONT, TO_END = [0, 3, 1, 2], [0, 2, 3, 1]


@dataclass(frozen=True)
class DrawnValue:
    """A value of a graph, its shape without the batch; channels come first."""

    name: str
    shape: tuple[int, ...]


@dataclass
class DrawnGraph:
    """A graph in the making. `values` can be read again, by sums and concatenations; `batch`: as the file declares it."""

    rng: np.random.Generator
    opset: int
    batch: Any = None
    nodes: list[Any] = field(default_factory=list)
    constants: dict[str, np.ndarray] = field(default_factory=dict)
    values: list[DrawnValue] = field(default_factory=list)

    def constant(self, array: Any) -> str:
        """The name of a new constant."""
        name = f"c{len(self.constants)}"
        self.constants[name] = np.asarray(array)
        return name

    def weight(self, *shape: int, scale: float | None = None) -> str:
        """A new constant of normal numbers, by default such that products keep their size."""
        fan = int(np.prod(shape[1:])) if len(shape) > 1 else 1
        return self.constant((self.rng.normal(size=shape) * (scale or fan**-0.5)).astype(np.float32))

    def positive(self, *shape: int) -> str:
        """A new constant of numbers between 0.5 and 1.5."""
        return self.constant(self.rng.uniform(0.5, 1.5, shape).astype(np.float32))

    def ints(self, *values: int) -> str:
        """A new constant of whole numbers."""
        return self.constant(np.array(values, np.int64))

    def op(self, kind: str, *inputs: str, results: int = 1, **attributes: Any) -> str:
        """A new node; the name of its first result."""
        names = [f"n{len(self.nodes)}_{place}" for place in range(results)]
        self.nodes.append(helper.make_node(kind, list(inputs), names, **attributes))
        return names[0]

    def chance(self, share: float) -> bool:
        """True in that share of the draws."""
        return bool(self.rng.random() < share)

    def pick(self, *values: Any) -> Any:
        """One of them."""
        return values[int(self.rng.integers(len(values)))]

    def axes(self, kind: str, source: str, axes: list[int], **attributes: Any) -> str:
        """An operator whose axes are an attribute in old versions and an input in later ones."""
        later = 13 if kind in ("ReduceSum", "Squeeze", "Unsqueeze") else 18
        if self.opset >= later:
            return self.op(kind, source, self.ints(*axes), **attributes)
        return self.op(kind, source, axes=axes, **attributes)


@dataclass(frozen=True)
class DrawnModel:
    """A model, and images for it as the file takes them; `last`: with channels last."""

    model: onnx.ModelProto
    images: np.ndarray
    last: bool


def drawn(seed: int, versions: Sequence[int] = OPSETS) -> DrawnModel:
    """The model of that seed, of one of the `versions` of operators: 3 to 12 steps, and mostly a head."""
    from tests.onnx_check.moves import MOVES, head
    from tests.onnx_check.placing_moves import PLACING_MOVES

    rng = np.random.default_rng((7, seed))
    graph = DrawnGraph(rng, int(rng.choice(versions)))
    graph.batch = graph.pick("n", None, 3)
    shape = int(rng.integers(1, 6)), int(rng.integers(5, 13)), int(rng.integers(5, 13))
    last = graph.chance(0.4)
    start, declared = _start(graph, shape, last)
    graph.values.append(start)
    for _ in range(int(rng.integers(3, 13))):
        moves = PLACING_MOVES if graph.chance(0.2) else MOVES
        move = moves[int(rng.integers(len(moves)))]
        value = move(graph, graph.values[-1 if graph.chance(0.85) else int(rng.integers(len(graph.values)))])
        if value is not None and 0 < np.prod(value.shape) < 20_000:
            graph.values.append(value)
    answer = head(graph, graph.values[-1], last)
    images = rng.normal(size=(3, *declared)).astype(np.float32)
    return DrawnModel(_model(graph, answer, declared), images, last)


def _start(graph: DrawnGraph, shape: tuple[int, int, int], last: bool) -> tuple[DrawnValue, tuple[int, ...]]:
    """The first value with channels first, and the declared shape of an image."""
    if not last:
        return DrawnValue("x", shape), shape
    channels, height, width = shape
    name = "x"
    if graph.chance(0.4):
        name = graph.op("Sub", name, graph.weight(channels, scale=0.5))
    if graph.chance(0.3):
        name = graph.op("Mul", name, graph.constant(np.float32(0.5)))
    if graph.chance(0.3):
        name = graph.op("Pad", name, graph.ints(0, 1, 0, 0, 0, 1, 1, 0))
        height, width = height + 2, width + 1
    name = graph.op("Transpose", name, perm=TO_FRONT)
    return DrawnValue(name, (channels, height, width)), (shape[1], shape[2], channels)


def _model(graph: DrawnGraph, answer: str, declared: tuple[int, ...]) -> onnx.ModelProto:
    start = helper.make_tensor_value_info("x", TensorProto.FLOAT, (graph.batch, *declared))
    kept = [numpy_helper.from_array(value, name) for name, value in graph.constants.items()]
    end = helper.make_tensor_value_info(answer, TensorProto.FLOAT, None)
    body = helper.make_graph(graph.nodes, "drawn", [start], [end], kept)
    return helper.make_model(body, opset_imports=[helper.make_opsetid("", graph.opset)], ir_version=8)
