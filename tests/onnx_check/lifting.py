"""A batch put in front of the case of an operator: its first axis is then a size like others, as in a network."""

from collections.abc import Callable
from typing import Any

import numpy as np
import onnx
from onnx import helper

_FUNCTIONS = (
    "Abs Acos Acosh Asin Asinh Atan Atanh Ceil Cos Cosh Erf Exp Floor Log Neg Reciprocal Round Sign Sin Sinh Sqrt Tan"
)
_ACTIVATIONS = (
    "Tanh Relu LeakyRelu PRelu Elu Selu Celu Gelu Mish Swish HardSwish HardSigmoid Sigmoid Softplus Softsign Shrink"
)
_OTHERS = (
    "ThresholdedRelu Clip Add Sub Mul Div Pow Mod Max Min Sum Mean Where Greater GreaterOrEqual Less LessOrEqual Equal And Or "
    "Xor Not IsNaN IsInf Cast CastLike Identity Dropout MatMul Trilu Constant DepthToSpace SwiGLU"
)
AS_THEY_ARE = frozenset(f"{_FUNCTIONS} {_ACTIVATIONS} {_OTHERS}".split())
"""Operators that say nothing about the first axis: arguments broadcast from the last axis on."""
USUAL_AXIS = {
    **{
        "Concat": 0,
        "Gather": 0,
        "Split": 0,
        "GatherElements": 0,
        "ScatterElements": 0,
        "Scatter": 0,
        "Hardmax": -1,
        "ArgMax": 0,
    },
    **{"Softmax": -1, "LogSoftmax": -1, "LpNormalization": -1, "LayerNormalization": -1, "RMSNormalization": -1},
    "ArgMin": 0,
}
"""Operators with the attribute axis, and what it is where the file says nothing."""
_REDUCING = tuple(f"Reduce{kind}" for kind in "L1 L2 LogSum LogSumExp Max Mean Min Prod Sum SumSquare".split())

Constants = dict[str, np.ndarray]
Change = Callable[[Any, Constants, int], bool]
"""Changes a node and its constants for a first argument that had so many axes; False where that cannot be said."""


def lifted(model: onnx.ModelProto, constants: Constants, rank: int) -> bool:
    """Change `model`, whose input had `rank` axes, and its constants so that a batch stands in front; False where it cannot."""
    for node in model.graph.node:
        if node.op_type in AS_THEY_ARE:
            continue
        change = CHANGES.get(node.op_type)
        if len(model.graph.node) > 1 or change is None or not change(node, constants, rank):
            return False
    sizes = model.graph.input[0].type.tensor_type.shape
    kept = [one.dim_value for one in sizes.dim]
    del sizes.dim[:]
    for size in (1, *kept):
        sizes.dim.add().dim_value = size
    return True


def _axis(node: Any, constants: Constants, rank: int) -> bool:
    axis = _attribute(node, "axis", USUAL_AXIS[node.op_type])
    _set(node, "axis", axis + 1 if axis >= 0 else axis)
    if node.op_type in ("Concat", "GatherElements", "ScatterElements", "Scatter"):
        constants.update({name: one[None] for name, one in constants.items()})
    return True


def _placed(node: Any, constants: Constants, rank: int) -> bool:
    """GatherND, whose places get the batch as an axis in common; ScatterND, whose places get the number of the image."""
    places = constants[node.input[1]]
    if node.op_type == "GatherND":
        _set(node, "batch_dims", _attribute(node, "batch_dims", 0) + 1)
        constants[node.input[1]] = places[None]
    else:
        constants[node.input[1]] = np.concatenate([np.zeros_like(places[..., :1]), places], axis=-1)
    return True


def _named(node: Any, constants: Constants, rank: int) -> bool:
    """CenterCropPad and Compress, whose axes are an attribute that may be missing."""
    if node.op_type == "Compress":
        axis = _attribute(node, "axis", None)
        if axis is None:
            return False
        _set(node, "axis", axis + (axis >= 0))
        return True
    axes = _attribute(node, "axes", list(range(rank)))
    _set(node, "axes", [axis + (axis >= 0) for axis in axes])
    return True


def _axes(node: Any, constants: Constants, rank: int) -> bool:
    """Axes as an attribute or as the input at place 1; none mean all."""
    name = node.input[1] if len(node.input) > 1 else ""
    found = constants.get(name)
    usual = [0, 2, 3] if node.op_type == "MeanVarianceNormalization" else None
    axes = _attribute(node, "axes", usual if found is None else found.tolist())
    if not axes and (node.op_type not in _REDUCING or _attribute(node, "noop_with_empty_axes", 0)):
        return node.op_type in _REDUCING
    moved = [axis + 1 if axis >= 0 else axis for axis in axes or range(rank)]
    if name:
        constants[name] = np.array(moved, np.int64)
    else:
        _set(node, "axes", moved)
    return True


def _transposed(node: Any, constants: Constants, rank: int) -> bool:
    perm = _attribute(node, "perm", list(range(rank))[::-1])
    _set(node, "perm", [0, *(axis + 1 for axis in perm)])
    return True


def _sized(node: Any, constants: Constants, rank: int) -> bool:
    """Reshape, Tile and Expand: sizes for each axis, of Expand those of the last ones."""
    sizes = constants[node.input[1]]
    if node.op_type == "Expand" and len(sizes) != rank:
        return len(sizes) < rank
    constants[node.input[1]] = np.concatenate([[1], sizes]).astype(np.int64)
    return True


def _sliced(node: Any, constants: Constants, rank: int) -> bool:
    """Slice and Pad, whose axes are an input that may be missing."""
    place = 3
    if node.op_type == "Pad" and len(node.input) <= place:
        begin, end = np.split(constants[node.input[1]], 2)
        constants[node.input[1]] = np.concatenate([[0], begin, [0], end]).astype(np.int64)
        return True
    if len(node.input) <= place:
        node.input.append("axes")
        constants["axes"] = np.arange(len(constants[node.input[1]]))
    axes = constants[node.input[place]].astype(np.int64)
    constants[node.input[place]] = np.where(axes >= 0, axes + 1, axes)
    return True


def _running(node: Any, constants: Constants, rank: int) -> bool:
    axis = constants[node.input[1]]
    constants[node.input[1]] = axis + (axis >= 0).astype(axis.dtype)
    return True


CHANGES: dict[str, Change] = {
    **dict.fromkeys(USUAL_AXIS, _axis),
    **dict.fromkeys((*_REDUCING, "Squeeze", "Unsqueeze", "MeanVarianceNormalization"), _axes),
    **dict.fromkeys(("Reshape", "Tile", "Expand"), _sized),
    **dict.fromkeys(("Slice", "Pad"), _sliced),
    **dict.fromkeys(("CumSum", "CumProd"), _running),
    **dict.fromkeys(("GatherND", "ScatterND"), _placed),
    **dict.fromkeys(("CenterCropPad", "Compress"), _named),
    "Transpose": _transposed,
}


def _attribute(node: Any, name: str, usual: Any) -> Any:
    return next((helper.get_attribute_value(one) for one in node.attribute if one.name == name), usual)


def _set(node: Any, name: str, value: Any) -> None:
    kept = [one for one in node.attribute if one.name != name]
    del node.attribute[:]
    node.attribute.extend([*kept, helper.make_attribute(name, value)])
