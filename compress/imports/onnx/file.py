"""Reading an ONNX file without trusting it: nothing in it is run, and its tensors must be what they declare."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from spikewright import InvalidFile, InvalidInput
from spikewright.compress.imports.errors import Damaged, Unsupported, first_line
from spikewright.compress.imports.onnx.dynamic_operators import without_dynamic_scales
from spikewright.compress.imports.onnx.integer_operators import unfused
from spikewright.compress.imports.onnx.tensors import FLOATS, HALF_BYTES, array_of
from spikewright.files import readable
from spikewright.optional import require

OWN_DOMAIN = ("", "ai.onnx")
_MOST_NODES = 1_000_000


@dataclass(frozen=True, eq=False)
class OnnxFile:
    """The graph of a file, the version of its operators, and its constants by name.

    `nodes` are those that `outputs`, the ones to be read, depend on; `half_bytes` names constants of four bits.
    """

    path: Path
    graph: Any
    opset: int
    constants: dict[str, np.ndarray]
    outputs: tuple[str, ...] = ()
    nodes: Sequence[Any] = ()
    half_bytes: frozenset[str] = frozenset()
    input: str = ""

    @property
    def inputs(self) -> list[Any]:
        """What is given from outside, weights aside; only `input` where it was chosen."""
        given = [one for one in self.graph.input if one.name not in self.constants]
        return [one for one in given if one.name == self.input] if self.input else given

    def is_float(self, name: str) -> bool:
        """Whether the input `name` is declared as one of the types that float32 stands for here."""
        return any(one.name == name and one.type.tensor_type.elem_type in FLOATS for one in self.graph.input)


def read(path: str | Path) -> OnnxFile:
    """The file with its tensors as numpy arrays. Raises InvalidFile for anything else, InvalidInput for operators of a
    version that the package onnx does not know, MissingTool without that package."""
    onnx, path = require("onnx"), Path(path)
    model = _parsed(onnx, path)
    opset = _opset(onnx, model, path)
    if model.functions:
        model = _inlined(model, path)
    if model.graph.sparse_initializer:
        raise InvalidFile(f"expected dense tensors in {path}, got sparse ones; try to export dense weights")
    twice = [name for name, times in Counter(one.name for one in model.graph.initializer).items() if times > 1]
    if twice:
        raise InvalidFile(f"expected one tensor of each name in {path}, got {twice[0]!r} twice; try to export it again")
    nodes = unfused(without_dynamic_scales(model.graph.node, model.graph.initializer))
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    kept = model.graph.initializer
    half = frozenset(one.name for one in kept if one.data_type in HALF_BYTES)
    return OnnxFile(path, model.graph, opset, {one.name: _array(one, path) for one in kept}, half_bytes=half)


def _opset(onnx: Any, model: Any, path: Path) -> int:
    """The version of ONNX's own operators."""
    foreign = [entry.domain for entry in model.opset_import if entry.domain not in OWN_DOMAIN]
    versions = [int(entry.version) for entry in model.opset_import if entry.domain in OWN_DOMAIN]
    if not versions:
        raise InvalidFile(f"expected operators of ONNX in {path}, got those of {foreign}; try to export it again")
    newest = int(onnx.defs.onnx_opset_version())
    if not 1 <= max(versions) <= newest:
        raise InvalidInput(
            f"expected operators of a version from 1 to {newest}, got {max(versions)} in {path}; "
            "try to export it with one of these, or a newer package onnx"
        )
    return max(versions)


def _inlined(model: Any, path: Path) -> Any:
    """The model with the bodies of its own functions where they are called."""
    try:
        sizes = _sizes({(one.domain, one.name): one.node for one in model.functions})
        if _size(model.graph.node, sizes) > _MOST_NODES:
            raise Damaged(f"more than {_MOST_NODES:,} steps in them")
        return require("onnx.inliner").inline_local_functions(model)
    except Exception as error:  # the inliner and the checker behind it have types of their own
        raise InvalidFile(
            f"expected functions that call others only in {path}, got {first_line(error)}; try to export it again"
        ) from error


def _sizes(bodies: dict[tuple[str, str], Any]) -> dict[tuple[str, str], int]:
    """How many steps each function is once those that it calls are put in. Raises Damaged for one that calls itself."""
    sizes: dict[tuple[str, str], int] = {}
    while len(sizes) < len(bodies):
        ready = [
            name
            for name, nodes in bodies.items()
            if name not in sizes and all(_called(node) in sizes or _called(node) not in bodies for node in nodes)
        ]
        if not ready:
            raise Damaged(f"the function {next(name for name in bodies if name not in sizes)[1]!r} that calls itself")
        sizes |= {name: _size(bodies[name], sizes) for name in ready}
    return sizes


def _called(node: Any) -> tuple[str, str]:
    return node.domain, node.op_type


def _size(nodes: Any, sizes: dict[tuple[str, str], int]) -> int:
    return sum(sizes.get(_called(node), 1) for node in nodes)


def declared_shape(value: Any) -> Iterator[int | None]:
    """The sizes that an input of the graph declares; None where one is left open."""
    for dimension in value.type.tensor_type.shape.dim:
        yield int(dimension.dim_value) if dimension.HasField("dim_value") else None


def check_attributes(node: Any) -> None:
    """Raise Damaged for attributes that are NaN, or infinite where that is no bound."""
    for one in node.attribute:
        numbers = np.array([one.f, *one.floats])
        if np.isnan(numbers).any() or (np.isinf(numbers).any() and node.op_type not in ("Clip", "Constant", "Pad")):
            raise Damaged(f"NaN or infinity as {one.name}")


def _array(tensor: Any, path: Path) -> np.ndarray:
    try:
        return array_of(tensor, path.parent)
    except Damaged as error:
        raise InvalidFile(
            f"expected a whole tensor {tensor.name!r} in {path}, got {error}; try to export the model again"
        ) from error
    except Unsupported as error:
        raise InvalidInput(
            f"expected a tensor of floats or integers in {path}, got {error} for {tensor.name!r}; try {error.substitute}"
        ) from error


def _parsed(onnx: Any, path: Path) -> Any:
    """The model in a file, its tensors not looked at yet."""
    from google.protobuf.message import DecodeError

    readable(path)
    try:
        with path.open("rb") as file:
            model = onnx.load_model(file, load_external_data=False)
    except OSError as error:
        raise InvalidFile(f"expected a readable file at {path}, got: {error.strerror}; try another path") from error
    except (DecodeError, ValueError, RuntimeError, RecursionError) as error:
        raise InvalidFile(
            f"expected an ONNX file at {path}, got something else or a piece of one; try to export the model again"
        ) from error
    if not model.ir_version or not model.HasField("graph") or not model.graph.node:
        raise InvalidFile(
            f"expected an ONNX file at {path}, got something without a graph; try to export the model again"
        )
    if not all(isinstance(text, str) for text in _texts(model)):  # protobuf leaves bytes that are no UTF-8 as they are
        raise InvalidFile(f"expected names of text in {path}, got bytes that are none; try to export the model again")
    return model


def _texts(model: Any) -> Iterator[Any]:
    """The names in a model."""
    graph = model.graph
    named = [*graph.node, *graph.initializer, *graph.input, *graph.output, *model.functions]
    nodes = [*graph.node, *(node for function in model.functions for node in function.node)]
    yield from (one.name for one in named)
    yield from (entry.domain for entry in model.opset_import)
    for node in nodes:
        yield from (node.name, node.op_type, node.domain, *node.input, *node.output)
        yield from (one.name for one in node.attribute)
    for tensor in graph.initializer:
        yield from (text for entry in tensor.external_data for text in (entry.key, entry.value))
