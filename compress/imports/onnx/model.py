"""An ONNX file as an nn.Module of ordinary layers."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from torch import fx

from spikewright import InvalidFile, InvalidInput
from spikewright.compress.imports.builder import Builder
from spikewright.compress.imports.calls import OpenSizes
from spikewright.compress.imports.errors import Damaged, Unsupported, told
from spikewright.compress.imports.onnx import constants
from spikewright.compress.imports.onnx.call import OnnxCall, OnnxValue
from spikewright.compress.imports.onnx.choosing import chosen
from spikewright.compress.imports.onnx.file import OWN_DOMAIN, OnnxFile, check_attributes, read
from spikewright.compress.imports.onnx.input import input_of
from spikewright.compress.imports.onnx.layer_norms import written_out
from spikewright.compress.imports.onnx.selecting_rules import filled
from spikewright.compress.imports.onnx.sizes import shape_of
from spikewright.compress.imports.onnx.table import ONNX_RULES, substitute_for
from spikewright.compress.imports.onnx.tensors import MOST_VALUES
from spikewright.compress.imports.steps import ImportedValue
from spikewright.optional import require


def from_onnx(
    path: str | Path,
    input_shape: Sequence[int] | None = None,
    *,
    output: str | None = None,
    fixed: Mapping[str, Any] | None = None,
) -> fx.GraphModule:
    """The network in an ONNX file, made of torch.nn layers, in evaluation mode.

    `input_shape` is the shape of one image `(C, H, W)`, needed only where the file leaves sizes other than the batch
    open. `output` names the output to keep of a file with several; `fixed` gives the other inputs of a file with several
    their values (a flag, a mask): `fixed={"training": False}`. Only what the output depends on is read. Constants, also
    those computed from shapes, are folded; a file that takes its images with channels last (a transpose is then the first
    thing that it does, padding and steps on each number aside) is imported for images with channels first. The file is
    read as data, no loop or choice in it is run, and tensors outside of its folder are not opened.

    Raises InvalidFile for a file that is damaged or contradicts itself, InvalidInput for operators and graphs that have
    no layers here (with file, node, operator, and what to try), MissingTool without the package onnx.
    """
    return _OnnxWalk(chosen(read(path), output, fixed or {}), input_shape).run()


class _OnnxWalk:
    """The nodes of a graph in order: every name has a value once the node that makes it was visited."""

    def __init__(self, file: OnnxFile, input_shape: Sequence[int] | None) -> None:
        self.file, self.builder = file, Builder()
        name, self.batch, self.start = input_of(file, input_shape, self.builder)
        value = self.start if file.is_float(name) else self.builder.call(f"{name}_float", "float", self.start)
        self.numbers, self.makers = 0, {name: node for node in file.nodes for name in node.output}
        self.values: dict[str, OnnxValue] = {"": None, **file.constants, name: value}

    def run(self) -> fx.GraphModule:
        """The module, once every node was visited."""
        for node in self.file.nodes:
            self._visit(node, node.name or node.op_type)
        return self.builder.finish(self.start, self._answer(self.file.output))

    def _answer(self, name: str) -> ImportedValue:
        """The value of the output."""
        maker = next((node for node in self.file.nodes if name in node.output), None)
        if maker is not None and name not in self.values:
            raise InvalidInput(
                f"expected the first output of {maker.op_type}, got {name!r}, another one, in {self.file.path}; "
                f"try output={maker.output[0]!r}, if the file has it as an output"
            )
        answer = self.values.get(name)
        if not isinstance(answer, ImportedValue):
            raise InvalidFile(
                f"expected an output that depends on the input, got {name!r} in {self.file.path}; "
                "try to export the model again"
            )
        return self.builder.in_file_order(name, answer)

    def _visit(self, node: Any, name: str) -> None:
        """What a node makes, under the name of its first output; others are not imported."""
        where = f"node {name!r} ({node.op_type}) of {self.file.path}"
        if node.domain not in OWN_DOMAIN:
            raise InvalidInput(
                f"expected operators of ONNX, got {node.domain}.{node.op_type} in {where}; try a model without it"
            )
        self._check_order(node, where)
        with told(where, "graph", InvalidFile):
            check_attributes(node)
            result = self._result(self._call(node, name))
        results = result if isinstance(result, tuple) else (result,)
        for output, value in zip(node.output, results, strict=False):
            if output and output in self.values:
                raise InvalidFile(
                    f"expected each value to be made once, got {output!r} again in {where}; try to export it again"
                )
            self.values[output] = value if output else None

    def _check_order(self, node: Any, where: str) -> None:
        """Raise InvalidFile where a node reads what was not made before it."""
        for source in node.input:
            if source not in self.values:
                made = any(source in other.output for other in self.file.nodes)
                what = "that only a later node makes: a cycle, or another order" if made else "that nothing makes"
                raise InvalidFile(
                    f"expected the inputs of a node before it, got {source!r} {what} in {where}; "
                    "try to export the model again"
                )

    def _call(self, node: Any, name: str) -> OnnxCall:
        """The node with its inputs and attributes."""
        helper = require("onnx").helper
        attributes = {one.name: helper.get_attribute_value(one) for one in node.attribute}
        inputs = [self.values[source] for source in node.input]
        extra = any(one for one in node.output[1:]) and node.op_type != "Dropout"
        label, file = _label(node, name), self.file
        return OnnxCall(
            node.op_type,
            label,
            self.builder,
            self.batch,
            inputs,
            attributes,
            file.opset,
            file.path.parent,
            extra,
            len(node.output),
            node.attribute,
            list(node.input),
        )

    def _result(self, call: OnnxCall) -> OnnxValue | tuple[OnnxValue, ...]:
        """Constants and shapes on the spot, everything else by its rule."""
        if call.op == "Constant":
            return constants.constant(call)
        if call.op == "Shape":
            return shape_of(call)
        sizes = call.given(0)
        if call.op == "ConstantOfShape" and isinstance(sizes, OpenSizes) and None in sizes.values:
            return filled(call, sizes)
        if call.inputs and all(value is None or isinstance(value, OpenSizes | np.ndarray) for value in call.inputs):
            return self._folded(constants.computed(call))
        norm = written_out(call, self.makers, self.values) if call.op == "Div" else None
        if norm is not None:
            return norm
        if call.op not in ONNX_RULES:
            raise Unsupported("an operator that is not imported", substitute_for(call.op))
        return ONNX_RULES[call.op](call)

    def _folded(self, result: OnnxValue | tuple[OnnxValue, ...]) -> OnnxValue | tuple[OnnxValue, ...]:
        """`result`, counted: all constants together must not be more than a network can hold."""
        parts = result if isinstance(result, tuple) else (result,)
        self.numbers += sum(part.size for part in parts if isinstance(part, np.ndarray))
        if self.numbers > MOST_VALUES:
            raise Damaged(f"computed constants of {self.numbers:,} numbers in all")
        return result


def _label(node: Any, name: str) -> str:
    """The path of the layer as the exporter saw it, where a weight says it; else the name of the node."""
    for source in node.input[1:2]:
        if source.endswith(".weight"):
            return str(source.removesuffix(".weight"))
    return name
