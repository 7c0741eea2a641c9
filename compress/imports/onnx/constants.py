"""Constants of an ONNX graph that are computed from others, on the spot and with numpy."""

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np

from spikewright.compress.imports.calls import OpenSizes
from spikewright.compress.imports.errors import Damaged, Unsupported
from spikewright.compress.imports.onnx.call import OnnxCall, OnnxValue
from spikewright.compress.imports.onnx.quantising import dequantised, quantised
from spikewright.compress.imports.onnx.sizes import arranged_sizes
from spikewright.compress.imports.onnx.tensors import MOST_VALUES, array_of
from spikewright.optional import require

Arrays = list[np.ndarray]


def constant(call: OnnxCall) -> np.ndarray:
    """The node Constant."""
    for name in ("value_float", "value_floats", "value_int", "value_ints"):
        if name in call.attributes:
            return np.array(call.attributes[name], np.float32 if "float" in name else np.int64)
    if "value" not in call.attributes:
        raise Unsupported("a constant of text or with gaps", "dense numbers")
    return array_of(call.attributes["value"], call.folder)


def computed(call: OnnxCall) -> OnnxValue:
    """The value of a node whose inputs are all constants or sizes."""
    if any(isinstance(value, OpenSizes) and None in value.values for value in call.inputs):
        return arranged_sizes(call)
    arrays = [call.constant(index) for index in range(len(call.inputs))]
    given = [array for array in arrays if array is not None]
    if call.op in _EACH:
        _check_size(prod(np.broadcast_shapes(*(array.shape for array in given))))
        with np.errstate(all="ignore"):
            return np.asarray(_EACH[call.op](*given))
    if call.op in _WHOLE:
        return np.asarray(_WHOLE[call.op](call, given))
    raise Unsupported("computed from constants in a way that is not known here", "an export with constants folded")


def _check_size(values: int) -> None:
    if values > MOST_VALUES:
        raise Damaged(f"a constant of {values:,} numbers")


def _cast(call: OnnxCall, given: Arrays) -> np.ndarray:
    return given[0].astype(require("onnx").helper.tensor_dtype_to_np_dtype(call.attr("to")))


def _concat(call: OnnxCall, given: Arrays) -> np.ndarray:
    joined: np.ndarray = np.concatenate(given, int(call.attr("axis")))
    return joined


def _gather(call: OnnxCall, given: Arrays) -> np.ndarray:
    _check_size(given[0].size * max(given[1].size, 1))
    return np.take(given[0], given[1].astype(np.int64), call.attr("axis", 0))


def _unsqueeze(call: OnnxCall, given: Arrays) -> np.ndarray:
    return np.expand_dims(given[0], tuple(call.ints("axes", 1) or ()))


def _squeeze(call: OnnxCall, given: Arrays) -> np.ndarray:
    axes = call.ints("axes", 1)
    return np.squeeze(given[0], None if axes is None else tuple(axes))


def _reshape(call: OnnxCall, given: Arrays) -> np.ndarray:
    target = call.ints("shape", 1) or []
    return given[0].reshape([given[0].shape[i] if size == 0 else size for i, size in enumerate(target)])


def _transpose(call: OnnxCall, given: Arrays) -> np.ndarray:
    perm: list[int] | None = call.attr("perm")
    return np.transpose(given[0], perm)


def _slice(call: OnnxCall, given: Arrays) -> np.ndarray:
    starts, ends = call.ints("starts", 1) or [], call.ints("ends", 2) or []
    axes, steps = call.ints("axes", 3) or list(range(len(starts))), call.ints("steps", 4) or [1] * len(starts)
    cuts = [slice(None)] * given[0].ndim
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        cuts[axis] = slice(start, None if step < 0 and end < -given[0].shape[axis] else end, step)
    return given[0][tuple(cuts)]


def _div(call: OnnxCall, given: Arrays) -> np.ndarray:
    whole = np.issubdtype(given[0].dtype, np.integer)
    if whole and not given[1].all():
        raise Damaged("a division by zero")
    quotient: np.ndarray = given[0] / given[1]
    return np.trunc(quotient).astype(given[0].dtype) if whole else quotient


def _constant_of_shape(call: OnnxCall, given: Arrays) -> np.ndarray:
    sizes = [int(size) for size in given[0].reshape(-1)]
    _check_size(prod(max(size, 0) for size in sizes))
    value = call.attributes.get("value")
    return np.full(sizes, 0.0 if value is None else array_of(value, call.folder).reshape(-1)[0])


def _expand(call: OnnxCall, given: Arrays) -> np.ndarray:
    shape = np.broadcast_shapes(given[0].shape, tuple(call.ints("shape", 1) or ()))
    _check_size(prod(shape))
    return np.broadcast_to(given[0], shape)


def _range(call: OnnxCall, given: Arrays) -> np.ndarray:
    start, stop, step = (float(one) for one in given)
    _check_size(int(abs(stop - start) / (abs(step) or 1e-300)))
    return np.arange(start, stop, step).astype(given[0].dtype)


def _product(call: OnnxCall, given: Arrays) -> np.ndarray:
    axes = call.ints("axes", 1)
    return np.asarray(np.prod(given[0], None if axes is None else tuple(axes), keepdims=bool(call.attr("keepdims", 1))))


_EACH: dict[str, Callable[..., Any]] = {
    "Add": np.add,
    "Sub": np.subtract,
    "Mul": np.multiply,
    "Neg": np.negative,
    "Sqrt": np.sqrt,
    "Reciprocal": np.reciprocal,
    "Floor": np.floor,
    "Ceil": np.ceil,
    "Identity": np.asarray,
    "Min": np.minimum,
    "Max": np.maximum,
    "Pow": np.power,
    "Exp": np.exp,
    "Equal": np.equal,
    "Where": np.where,
}
"""Operators on each number."""
_WHOLE: dict[str, Callable[[OnnxCall, Arrays], np.ndarray]] = {
    "Cast": _cast,
    "DequantizeLinear": dequantised,
    "QuantizeLinear": quantised,
    "Concat": _concat,
    "Gather": _gather,
    "Unsqueeze": _unsqueeze,
    "Squeeze": _squeeze,
    "Reshape": _reshape,
    "Transpose": _transpose,
    "Slice": _slice,
    "Div": _div,
    "ConstantOfShape": _constant_of_shape,
    "Expand": _expand,
    "Range": _range,
    "ReduceProd": _product,
}
"""Operators with attributes, or on whole arrays."""
