"""Products of integers whose scale is computed anew for each batch (onnxruntime's quantize_dynamic), as products of reals.

DynamicQuantizeLinear, ConvInteger or MatMulInteger, Cast, and a product with both scales stand for one convolution or product
of the real numbers in front of them, with weights that are integers in the file and are dequantised.
"""

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

from spikewright.compress.imports.onnx.integer_operators import MICROSOFT
from spikewright.compress.imports.onnx.tensors import FLOATS
from spikewright.optional import require

ROUNDED_ANEW = "RoundedAnew"
"""Name of the step, none of ONNX's operators, that stands for rounding by a scale of the batch and back to real numbers."""
_PLAIN = {"ConvInteger": "Conv", "MatMulInteger": "MatMul"}
_ROUNDING, _FUSED = "DynamicQuantizeLinear", "DynamicQuantizeMatMul"
Makers = Mapping[str, Any]
"""Name of a value -> the node that makes it."""
Shapes = Mapping[str, tuple[int, ...]]
"""Name of a constant -> its shape."""


def without_dynamic_scales(nodes: Sequence[Any], constants: Sequence[Any]) -> list[Any]:
    """`nodes` with real numbers beside integers: what ends such a product is made of these; `constants`: the graph's tensors.

    Who reads the integers themselves goes on doing so. The names of new values begin with those that they stand for.
    """
    if not any(node.op_type in (*_PLAIN, _FUSED) for node in nodes):
        return list(nodes)
    makers = {name: node for node in nodes for name in node.output}
    shapes = {one.name: tuple(one.dims) for one in constants}
    made: list[Any] = []
    for node in nodes:
        if node.op_type == _FUSED and node.domain == MICROSOFT and len(node.input) >= 3:
            made.extend(_written_out(node))
        else:
            made.extend(_product(node, makers, shapes) or [node])
        if _is(node, _ROUNDING, 3):
            made.append(_rounded(node.input[0], _real(node.output[0])))
    return made


def _product(end: Any, makers: Makers, shapes: Shapes) -> list[Any]:
    """The nodes in the place of a Mul that ends a product of integers; none for any other node."""
    names = list(end.input) if _is(end, "Mul", 1) else []
    for cast, scales in (names, names[::-1]) if len(names) == 2 else ():
        found = _integers(makers.get(cast), makers)
        weight = None if found is None else _weight(*found, scales, end.output[0], (makers, shapes))
        if found is not None and weight is not None:
            node, rounding = found
            given = [_real(rounding.output[0]), weight[0]]
            core = _node(_PLAIN[node.op_type], given, end.output[0], name=node.name or node.op_type)
            core.attribute.extend(node.attribute)
            return [*weight[1], core]
    return []


def _integers(cast: Any, makers: Makers) -> tuple[Any, Any] | None:
    """The product of integers that a Cast makes floats of, and the node that rounds its first factor."""
    to_float = _is(cast, "Cast", 1) and any(one.name == "to" and one.i in FLOATS for one in cast.attribute)
    node = makers.get(cast.input[0]) if to_float and cast.input else None
    if node is None or node.op_type not in _PLAIN or len(node.input) < 3:
        return None
    rounding: Any = makers.get(node.input[0])
    fits = _is(rounding, _ROUNDING, 3) and (node.input[0], node.input[2]) == (rounding.output[0], rounding.output[2])
    return (node, rounding) if fits else None


def _weight(
    node: Any, rounding: Any, scales: str, result: str, known: tuple[Makers, Shapes]
) -> tuple[str, list[Any]] | None:
    """The second factor of a product of integers as real numbers, and the nodes that make these.

    `scales`: the product of both scales. Weights that the graph computes are rounded anew too and left real. None where the
    factor is neither that nor a constant with one scale, or one for each column.
    """
    makers, shapes = known
    scaling: Any = makers.get(scales)
    names = list(scaling.input) if _is(scaling, "Mul", 1) else []
    if len(names) != 2 or rounding.output[1] not in names:
        return None
    scale = names[1] if names[0] == rounding.output[1] else names[0]
    own: Any = makers.get(node.input[1])
    if _is(own, _ROUNDING, 3) and [*node.input[1:2], scale, *node.input[3:4]] == list(own.output[:3]):
        return _real(node.input[1]), []
    shape = shapes.get(scale)
    if shape is None or node.input[1] not in shapes:
        return None
    if prod(shape) != 1 and (node.op_type == "ConvInteger" or len(shape) != 1):
        return None
    made = _dequantised(result, [node.input[1], scale, *node.input[3:4]], -1 if node.op_type == "MatMulInteger" else 0)
    return made.output[0], [made]


def _written_out(node: Any) -> list[Any]:
    """All of it in one node of onnxruntime: A, the integers of B, scale of B, zero point of B, bias."""
    given = [*node.input, "", ""]
    result, bias = node.output[0], given[4]
    product = f"{result}/product" if bias else result
    weight = _dequantised(result, given[1:4], -1)
    core = _node("MatMul", [f"{result}/rounded", weight.output[0]], product, name=node.name or node.op_type)
    added = [_node("Add", [product, bias], result)] if bias else []
    return [_rounded(given[0], f"{result}/rounded"), weight, core, *added]


def _rounded(source: str, result: str) -> Any:
    return _node(ROUNDED_ANEW, [source], result)


def _dequantised(result: str, given: list[str], axis: int) -> Any:
    """The node that makes real numbers of integers, scale and zero point."""
    return _node("DequantizeLinear", given, f"{result}/real", axis=axis)


def _node(op: str, given: list[str], result: str, **settings: Any) -> Any:
    return require("onnx").helper.make_node(op, given, [result], **settings)


def _real(integers: str) -> str:
    return f"{integers}/real"


def _is(node: Any, op: str, results: int) -> bool:
    return node is not None and node.op_type == op and len(node.output) >= results and len(node.input) > 0
