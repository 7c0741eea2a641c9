"""An ONNX file as an nn.Module of ordinary layers."""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from torch import fx

from spikewright import InvalidFile, InvalidInput
from spikewright.compress.imports import onnx_constants
from spikewright.compress.imports.builder import Builder
from spikewright.compress.imports.errors import Damaged, Unsupported
from spikewright.compress.imports.onnx_call import Call, Sizes, Value
from spikewright.compress.imports.onnx_file import OnnxFile, declared_shape, read
from spikewright.compress.imports.onnx_parts import filled
from spikewright.compress.imports.onnx_rules import RULES
from spikewright.compress.imports.steps import Flow
from spikewright.optional import require

_LOG = logging.getLogger(__name__)
_CHANNELS_LAST = {3: (0, 2, 1), 4: (0, 3, 1, 2)}


def from_onnx(path: str | Path, input_shape: Sequence[int] | None = None) -> fx.GraphModule:
    """The network in an ONNX file, made of torch.nn layers, in evaluation mode.

    `input_shape` is the shape of one image `(C, H, W)`, needed only where the file leaves sizes other than the batch
    open. Constants, also those computed from shapes, are folded; a file that takes its images with channels last
    (a transpose is then the first thing that it does) is imported for images with channels first. The file is read as
    data, nothing in it is run, and tensors outside of its folder are not opened.

    Raises InvalidFile for a file that is damaged or contradicts itself, InvalidInput for operators and graphs that have
    no layers here (with file, node, operator, and what to try), MissingTool without the package onnx.
    """
    return _Importer(read(path), input_shape).run()


class _Importer:
    """The walk over the nodes: every name has a value once the node that makes it was visited."""

    def __init__(self, file: OnnxFile, input_shape: Sequence[int] | None) -> None:
        self.file, self.builder = file, Builder()
        self.values: dict[str, Value] = {"": None, **file.constants}
        self.batch: int | None = None
        self.start = self._input(input_shape)

    def run(self) -> fx.GraphModule:
        outputs = [value.name for value in self.file.graph.output]
        if len(outputs) != 1:
            raise InvalidInput(
                f"expected an ONNX file with one output, got {', '.join(outputs) or 'none'} in {self.file.path}; "
                "try to export a model that returns its logits only"
            )
        for node in self.file.graph.node:
            self._visit(node, node.name or node.op_type)
        answer = self.values.get(outputs[0])
        if not isinstance(answer, Flow):
            raise InvalidFile(
                f"expected an output that depends on the input, got {outputs[0]!r} in {self.file.path}; "
                "try to export the model again"
            )
        if answer.axes is not None or answer.order is not None:
            raise InvalidInput(
                f"expected an output with channels first, got a transposed one in {self.file.path}; "
                "try a model that ends in logits (batch, classes)"
            )
        return self.builder.finish(self.start, answer)

    def _input(self, input_shape: Sequence[int] | None) -> Flow:
        path, given = self.file.path, [one for one in self.file.graph.input if one.name not in self.file.constants]
        if len(given) != 1:
            names = ", ".join(one.name for one in given) or "none"
            raise InvalidInput(
                f"expected an ONNX file with one input, got {names} in {path}; try to export a model of images alone"
            )
        sizes = list(declared_shape(given[0]))
        if not sizes and input_shape is not None:
            sizes = [None, *input_shape]
        if len(sizes) < 2:
            raise InvalidInput(
                f"expected an input (batch, C, H, W), got {sizes} for {given[0].name!r} in {path}; "
                "try input_shape=(C, H, W)"
            )
        self.batch, shape = sizes[0], self._image_shape(sizes[1:], input_shape)
        flow = self._flow(given[0].name, shape)
        self.values[given[0].name] = flow
        return flow

    def _image_shape(self, declared: list[int | None], given: Sequence[int] | None) -> tuple[int, ...]:
        path = self.file.path
        if given is None:
            if any(size is None or size < 1 for size in declared):
                raise InvalidInput(
                    f"expected the sizes of the input, got {declared} in {path}; try input_shape=(C, H, W)"
                )
            return tuple(size for size in declared if size is not None)
        shape = tuple(int(size) for size in given)
        open_or_same = [size is None or size == new for size, new in zip(declared, shape, strict=False)]
        if len(shape) != len(declared) or not all(open_or_same) or min(shape) < 1:
            raise InvalidInput(f"expected an input_shape that fits {declared} of {path}, got {shape}")
        return shape

    def _flow(self, name: str, shape: tuple[int, ...]) -> Flow:
        """The input; when all that reads it moves the channels to the front, they are in front from the beginning."""
        readers = [node for node in self.file.graph.node if name in node.input]
        perm = _CHANNELS_LAST.get(len(shape) + 1)
        moved = [node for node in readers if node.op_type == "Transpose" and _perm(node) == perm]
        if perm is None or not readers or len(moved) < len(readers):
            return self._checked_input(name, shape)
        _LOG.info("%s takes images with channels last; imported for images with channels first", self.file.path)
        plain = self._checked_input(name, (shape[-1], *shape[:-1]))
        return Flow(plain.name, plain.shape, tuple(perm.index(axis) for axis in range(len(perm))))

    def _checked_input(self, name: str, shape: tuple[int, ...]) -> Flow:
        try:
            return self.builder.input(name, shape)
        except Damaged as error:
            raise InvalidFile(f"expected an input of usual size in {self.file.path}, got {error}") from error

    def _visit(self, node: Any, name: str) -> None:
        where = f"node {name!r} ({node.op_type}) of {self.file.path}"
        if node.domain not in ("", "ai.onnx"):
            raise InvalidInput(
                f"expected operators of ONNX, got {node.domain}.{node.op_type} in {where}; try a model without it"
            )
        try:
            result = self._result(self._call(node, name, where))
        except Unsupported as error:
            way = error.substitute or "an ordinary layer in its place"
            raise InvalidInput(f"expected layers that torch.nn has, got {error} in {where}; try {way}") from error
        except Damaged as error:
            raise InvalidFile(f"expected a sound graph, got {error} in {where}; try to export it again") from error
        except (ValueError, TypeError, KeyError, IndexError, RuntimeError, OverflowError, MemoryError) as error:
            text = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
            raise InvalidFile(f"expected a sound graph, got {text} in {where}; try to export it again") from error
        for output in [one for one in node.output if one][:1]:
            if output in self.values:
                raise InvalidFile(
                    f"expected each value to be made once, got {output!r} again in {where}; try to export it again"
                )
            self.values[output] = result

    def _call(self, node: Any, name: str, where: str) -> Call:
        for source in node.input:
            if source not in self.values:
                made = any(source in other.output for other in self.file.graph.node)
                what = "that only a later node makes: a cycle, or another order" if made else "that nothing makes"
                raise InvalidFile(
                    f"expected the inputs of a node before it, got {source!r} {what} in {where}; "
                    "try to export the model again"
                )
        helper = require("onnx").helper
        attributes = {one.name: helper.get_attribute_value(one) for one in node.attribute}
        inputs = [self.values[source] for source in node.input]
        label = _label(node, name)
        extra = any(one for one in node.output[1:]) and node.op_type != "Dropout"
        folder = self.file.path.parent
        return Call(node.op_type, label, inputs, attributes, self.builder, self.file.opset, self.batch, folder, extra)

    def _result(self, call: Call) -> Value:
        if call.op == "Constant":
            return onnx_constants.constant(call)
        if call.op == "Shape":
            return onnx_constants.shape(call)
        sizes = call.value(0)
        if call.op == "ConstantOfShape" and isinstance(sizes, Sizes) and None in sizes.values:
            return filled(call)
        if call.inputs and all(value is None or isinstance(value, Sizes | np.ndarray) for value in call.inputs):
            return onnx_constants.folded(call)
        if call.op not in RULES:
            raise Unsupported("an operator that is not imported", "an ordinary layer in its place")
        return RULES[call.op](call)


def _perm(node: Any) -> tuple[int, ...]:
    return next((tuple(one.ints) for one in node.attribute if one.name == "perm"), ())


def _label(node: Any, name: str) -> str:
    """The path of the layer as the exporter saw it, where a weight says it; else the name of the node."""
    for source in node.input[1:2]:
        if source.endswith(".weight"):
            return str(source.removesuffix(".weight"))
    return name
