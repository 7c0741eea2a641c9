"""The nodes of an ONNX graph one after the other, and what each of them becomes."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from torch import fx, nn

from spikewright import InvalidFile, InvalidInput
from spikewright.compress.imports.builder import Builder
from spikewright.compress.imports.calls import OpenSizes
from spikewright.compress.imports.errors import Damaged, told
from spikewright.compress.imports.onnx import constants
from spikewright.compress.imports.onnx.call import OnnxCall, OnnxValue
from spikewright.compress.imports.onnx.choosing import Choice, chosen
from spikewright.compress.imports.onnx.dynamic_operators import ROUNDED_ANEW
from spikewright.compress.imports.onnx.file import OWN_DOMAIN, check_attributes, read
from spikewright.compress.imports.onnx.input import input_of
from spikewright.compress.imports.onnx.layer_norms import written_out
from spikewright.compress.imports.onnx.quantising import IntegerScale, scale_of
from spikewright.compress.imports.onnx.repeating_rules import filled, for_each_image
from spikewright.compress.imports.onnx.rounding import RoundedValues
from spikewright.compress.imports.onnx.sizes import shape_of
from spikewright.compress.imports.onnx.table import ONNX_RULES, unknown
from spikewright.compress.imports.onnx.tensors import MOST_VALUES
from spikewright.compress.imports.steps import ImportedStep, ImportedValue
from spikewright.optional import require

WEIGHTED = (*(nn.Conv1d, nn.Conv2d, nn.Conv3d, nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d, nn.Linear),)
"""Layers whose weights may be integers in the file."""


class OnnxWalk:
    """The nodes of a graph in order: every name has a value once the node that makes it was visited.

    `scales`: by the name of a layer, the scale of the integers that its weights are in the file; `rounded`: what became of
    activations that the file rounds.
    """

    def __init__(
        self, path: str | Path, input_shape: Sequence[int] | None, choice: Choice, rounded: RoundedValues
    ) -> None:
        self.file, self.builder, self.choice, self.rounded = chosen(read(path), choice), Builder(), choice, rounded
        name, self.batch, self.start = input_of(self.file, input_shape, self.builder)
        value = self.start if self.file.is_float(name) else self.builder.call(f"{name}_float", "float", self.start)
        self.read = {source for node in self.file.nodes for source in node.input} | set(self.file.outputs)
        self.numbers, self.makers = 0, {name: node for node in self.file.nodes for name in node.output}
        self.values: dict[str, OnnxValue] = {"": None, **self.file.constants, name: value}
        self.weights: dict[str, IntegerScale] = {}
        self.scales: dict[str, IntegerScale] = {}

    def run(self) -> fx.GraphModule:
        """The module, once every node was visited."""
        for node in self.file.nodes:
            self._visit(node, node.name or node.op_type)
        answers = [self._answer(name) for name in self.file.outputs]
        return self.builder.finish(self.start, self.choice.arranged(answers))

    def _answer(self, name: str) -> ImportedValue:
        """The value of an output."""
        maker = self.makers.get(name)
        if maker is not None and name not in self.values:
            raise InvalidInput(
                f"expected the first output of {maker.op_type}, got {name!r}, another one, in {self.file.path}; "
                f"try output={maker.output[0]!r}"
            )
        if name in self.rounded.integers:
            raise InvalidInput(
                f"expected an output of real numbers, got the integers {name!r} in {self.file.path}; "
                "try output='the value behind DequantizeLinear', or in front of QuantizeLinear"
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
            call, before = self._call(node, name), len(self.builder.steps)
            self.rounded.check(call)
            result = self._result(call, list(node.output))
            self._note(call, list(node.output), self.builder.steps[before:])
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
                maker = self.makers.get(source)
                if maker is not None and maker.output[0] in self.values:
                    raise InvalidInput(
                        f"expected the first result of {maker.op_type}, got {source!r}, another one, in {where}; "
                        "try an export that does without it"
                    )
                made = maker is not None
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
        extra = any(one in self.read for one in node.output[1:] if one) and node.op_type != "Dropout"
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

    def _note(self, call: OnnxCall, targets: list[str], steps: list[ImportedStep]) -> None:
        """Keep in mind which constants were integers, which layers have them as weights, and what stays rounded."""
        self.rounded.follow(call, targets)
        source = call.sources[0] if call.sources else ""
        if call.op == "DequantizeLinear" and isinstance(call.given(0), np.ndarray):
            self.weights[targets[0]] = scale_of(call, four_bits=source in self.file.half_bytes)
        elif call.op in ("Transpose", "Identity", "Reshape", "Squeeze", "Unsqueeze") and source in self.weights:
            self.weights[targets[0]] = self.weights[source]
        known = [self.weights[name] for name in call.sources[:2] if name in self.weights]
        self.scales |= {step.name: known[0] for step in steps if known and isinstance(step.call, WEIGHTED)}

    def _result(self, call: OnnxCall, targets: list[str]) -> OnnxValue | tuple[OnnxValue, ...]:
        """Constants and shapes on the spot, everything else by its rule."""
        if call.op == "Constant":
            return constants.constant(call)
        if call.op == "Shape":
            return shape_of(call)
        if call.op == ROUNDED_ANEW:
            return self.rounded.rounded_anew(call)
        sizes = call.given(0)
        if call.op == "ConstantOfShape" and isinstance(sizes, OpenSizes) and None in sizes.values:
            return filled(call, sizes)
        wanted = call.given(1)
        if call.op == "Expand" and isinstance(sizes, np.ndarray) and isinstance(wanted, OpenSizes):
            return for_each_image(call, 0, wanted)
        if call.inputs and all(value is None or isinstance(value, OpenSizes | np.ndarray) for value in call.inputs):
            return self._folded(constants.computed(call))
        if call.op == "QuantizeLinear":
            return self.rounded.quantised(call, targets[0])
        if call.op == "DequantizeLinear":
            return self.rounded.dequantised(call, targets[0])
        norm = written_out(call, self.makers, self.values) if call.op == "Div" else None
        if norm is not None:
            return norm
        if call.op not in ONNX_RULES:
            raise unknown(call.op)
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
