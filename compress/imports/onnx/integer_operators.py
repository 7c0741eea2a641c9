"""Operators on integers (QOperator files of onnxruntime) as what they stand for: dequantise, compute, quantise again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from spikewright.optional import require

MICROSOFT = "com.microsoft"
"""The domain of operators that onnxruntime adds."""
WHOLE_WINDOWS = "whole_windows"
"""Attribute, none of ONNX's, of an average pool where zeros count that divides by whole windows past the end of an image too:
so does onnxruntime on integers, but not on real numbers."""
_OWN_POOL = ("auto_pad", "ceil_mode", "count_include_pad", "kernel_shape", "pads", "strides", "dilations")


@dataclass(frozen=True)
class FusedOperator:
    """What an operator on integers stands for.

    op: the operator on real numbers. values: the places of (integers, scale, zero point) of its inputs; `weight` says along
    which axis the second of them has scales. bias: the place of integers whose scale is the product of both others.
    answer: the place of scale and zero point of the result. kept: its attributes that `op` has too.
    """

    op: str
    values: tuple[tuple[int, int, int], ...]
    answer: tuple[int, int]
    bias: int | None = None
    weight: int = 0
    kept: tuple[str, ...] = ()


_PAIR = ((0, 1, 2), (3, 4, 5))
_ALONE = ((0, 1, 2),)
_CONV = ("auto_pad", "dilations", "group", "kernel_shape", "pads", "strides")
FUSED: dict[tuple[str, str], FusedOperator] = {
    ("", "QLinearConv"): FusedOperator("Conv", _PAIR, (6, 7), 8, 0, _CONV),
    ("", "QLinearMatMul"): FusedOperator("MatMul", _PAIR, (6, 7), None, 1),
    (MICROSOFT, "QGemm"): FusedOperator("Gemm", _PAIR, (7, 8), 6, 1, ("alpha", "transA", "transB")),
    (MICROSOFT, "QLinearAdd"): FusedOperator("Add", _PAIR, (6, 7)),
    (MICROSOFT, "QLinearMul"): FusedOperator("Mul", _PAIR, (6, 7)),
    (MICROSOFT, "QLinearGlobalAveragePool"): FusedOperator("GlobalAveragePool", _ALONE, (3, 4)),
    (MICROSOFT, "QLinearAveragePool"): FusedOperator("AveragePool", _ALONE, (3, 4), kept=_OWN_POOL),
    (MICROSOFT, "QLinearLeakyRelu"): FusedOperator("LeakyRelu", _ALONE, (3, 4), kept=("alpha",)),
    (MICROSOFT, "QLinearSigmoid"): FusedOperator("Sigmoid", _ALONE, (3, 4)),
}
"""Domain and name -> what it stands for. QLinearConcat, with any number of inputs, is told apart."""


def unfused(nodes: Sequence[Any]) -> list[Any]:
    """`nodes` with each operator on integers written out; others as they are, those of onnxruntime that ONNX has too
    under their names there."""
    found: list[Any] = []
    for node in nodes:
        fused = _described(node)
        found.extend([_own(node)] if fused is None else _written_out(node, fused))
    return found


def _described(node: Any) -> FusedOperator | None:
    """What an operator stands for; None for others."""
    key = ("" if node.domain == "ai.onnx" else node.domain, node.op_type)
    if key == (MICROSOFT, "QLinearConcat"):
        places = tuple((first, first + 1, first + 2) for first in range(2, len(node.input) - 2, 3))
        return FusedOperator("Concat", places, (0, 1), kept=("axis",))
    fused = FUSED.get(key)
    last = any(one.name == "channels_last" and one.i for one in node.attribute)
    needed = 0 if fused is None else max(place for value in fused.values for place in value) + 1
    return None if last or len(node.input) < needed or not node.output else fused


def _own(node: Any) -> Any:
    """Quantising and dequantising to 16 bits stood in a domain of onnxruntime before ONNX had them."""
    if node.domain != MICROSOFT or node.op_type not in ("QuantizeLinear", "DequantizeLinear"):
        return node
    moved = type(node)()
    moved.CopyFrom(node)
    moved.domain = ""
    return moved


def _written_out(node: Any, fused: FusedOperator) -> list[Any]:
    """The nodes in the place of one; the names of what is between begin with that of its result."""
    make, base = require("onnx").helper.make_node, node.output[0]
    given = [*node.input, *[""] * 9]
    made, reals = [], []
    for number, places in enumerate(fused.values):
        reals.append(f"{base}/real{number}")
        axis = _weight_axis(node, fused) if number == 1 else 0
        made.append(make("DequantizeLinear", [given[place] for place in places], [reals[-1]], axis=axis))
    if fused.bias is not None and given[fused.bias]:
        made.extend(_bias(node, fused, given))
        reals.append(f"{base}/bias")
    answer = [given[place] for place in fused.answer]
    result = f"{base}/result" if answer[0] else base
    name = node.name or node.op_type
    core = make(fused.op, reals, [result], name=name)
    core.attribute.extend(one for one in node.attribute if one.name in fused.kept)
    if node.op_type == "QLinearAveragePool":
        core.attribute.append(require("onnx").helper.make_attribute(WHOLE_WINDOWS, 1))
    made.append(core)
    if answer[0]:
        made.append(make("QuantizeLinear", [result, *answer], [base], name=f"{name}_levels"))
    return made


def _bias(node: Any, fused: FusedOperator, given: Sequence[str]) -> list[Any]:
    """The bias, whose scale is that of the products: both scales, and the factor `alpha`."""
    make, base = require("onnx").helper.make_node, node.output[0]
    alpha = next((one.f for one in node.attribute if one.name == "alpha" and "alpha" in fused.kept), 1.0)
    scales = [given[value[1]] for value in fused.values]
    return [
        make("Mul", scales, [f"{base}/scales"]),
        make("Constant", [], [f"{base}/alpha"], value_float=float(alpha)),
        make("Mul", [f"{base}/scales", f"{base}/alpha"], [f"{base}/scale"]),
        make("DequantizeLinear", [given[fused.bias or 0], f"{base}/scale"], [f"{base}/bias"], axis=0),
    ]


def _weight_axis(node: Any, fused: FusedOperator) -> int:
    """The axis of outputs of a weight."""
    turned = any(one.name == "transB" and one.i for one in node.attribute)
    return 0 if turned else fused.weight
