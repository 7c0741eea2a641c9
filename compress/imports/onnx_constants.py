"""Constants of an ONNX graph that are computed from others, and shapes that are computed from shapes."""

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np

from spikewright.compress.imports.errors import Damaged, Unsupported
from spikewright.compress.imports.onnx_call import Call, Sizes, Value
from spikewright.compress.imports.onnx_file import MOST_VALUES, array_of
from spikewright.compress.imports.steps import Flow
from spikewright.optional import require

_SIMPLE: dict[str, Callable[..., Any]] = {
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


def constant(call: Call) -> Value:
    """The node Constant."""
    for name in ("value_float", "value_floats", "value_int", "value_ints"):
        if name in call.attributes:
            return np.array(call.attributes[name], np.float32 if "float" in name else np.int64)
    if "value" not in call.attributes:
        raise Unsupported("a constant of text or with gaps", "dense numbers")
    return array_of(call.attributes["value"], call.folder)


def shape(call: Call) -> Value:
    """The node Shape: of a value that depends on the input, the batch stays open."""
    value = call.value(0)
    if isinstance(value, Flow):
        if value.axes is None:
            sizes: tuple[int | None, ...] = (None, *value.shape)
        else:
            full = (None, *value.shape)
            sizes = tuple(full[axis] for axis in value.axes)
    else:
        array = call.array(0)
        sizes = tuple(np.shape(array)) if array is not None else ()
    return Sizes(sizes[slice(call.attr("start", 0), call.attr("end", len(sizes)))])


def folded(call: Call) -> Value:
    """The value of a node whose inputs are all constants or sizes."""
    if any(isinstance(value, Sizes) and None in value.values for value in call.inputs):
        return _sizes(call)
    arrays = [call.array(index) for index in range(len(call.inputs))]
    given = [array for array in arrays if array is not None]
    if call.op in _SIMPLE:
        _check_size(prod(np.broadcast_shapes(*(array.shape for array in given))))
        with np.errstate(all="ignore"):
            return np.asarray(_SIMPLE[call.op](*given))
    if call.op in _ARRAYS:
        return np.asarray(_ARRAYS[call.op](call, given))
    raise Unsupported("computed from constants in a way that is not known here", "an export with constants folded")


def _sizes(call: Call) -> Value:
    """Picking and joining sizes, one of which is the batch."""
    parts = [_as_sizes(value) for value in call.inputs if value is not None]
    first = parts[0]
    if call.op in ("Cast", "Identity"):
        return first
    if call.op in ("Unsqueeze", "Squeeze") or (call.op == "Reshape" and len(first.values) == 1):
        return Sizes(first.values, flat=call.op != "Squeeze")
    if call.op == "Concat":
        return Sizes(tuple(one for part in parts for one in part.values))
    if call.op == "Gather":
        places = [one for one in parts[1].values if one is not None]
        return Sizes(tuple(first.values[place] for place in places), flat=parts[1].flat)
    if call.op == "Slice":
        return Sizes(first.values[_slice(call)])
    raise Unsupported("arithmetic with the size of the batch", "x.flatten(1), or a reshape with a fixed size")


def _as_sizes(value: Value) -> Sizes:
    if isinstance(value, Sizes):
        return value
    array = np.asarray(value)
    return Sizes(tuple(int(one) for one in array.reshape(-1)), flat=array.ndim > 0)


def _slice(call: Call) -> slice:
    starts, ends = call.ints("starts", 1), call.ints("ends", 2)
    axes, steps = call.ints("axes", 3) or [0], call.ints("steps", 4) or [1]
    if starts is None or ends is None or len(starts) != 1 or axes != [0]:
        raise Unsupported("a slice of sizes over several axes", "an export with constants folded")
    return slice(starts[0], ends[0], steps[0])


def _check_size(values: int) -> None:
    if values > MOST_VALUES:
        raise Damaged(f"a constant of {values:,} numbers")


def _cast(call: Call, given: list[np.ndarray]) -> np.ndarray:
    return given[0].astype(require("onnx").helper.tensor_dtype_to_np_dtype(call.attr("to")))


def _concat(call: Call, given: list[np.ndarray]) -> np.ndarray:
    joined: np.ndarray = np.concatenate(given, int(call.attr("axis")))
    return joined


def _gather(call: Call, given: list[np.ndarray]) -> np.ndarray:
    _check_size(given[0].size * max(given[1].size, 1))
    return np.take(given[0], given[1].astype(np.int64), call.attr("axis", 0))


def _unsqueeze(call: Call, given: list[np.ndarray]) -> np.ndarray:
    return np.expand_dims(given[0], tuple(call.ints("axes", 1) or ()))


def _squeeze(call: Call, given: list[np.ndarray]) -> np.ndarray:
    axes = call.ints("axes", 1)
    return np.squeeze(given[0], None if axes is None else tuple(axes))


def _reshape(call: Call, given: list[np.ndarray]) -> np.ndarray:
    target = call.ints("shape", 1) or []
    return given[0].reshape([given[0].shape[i] if size == 0 else size for i, size in enumerate(target)])


def _transpose(call: Call, given: list[np.ndarray]) -> np.ndarray:
    perm: list[int] | None = call.attr("perm")
    return np.transpose(given[0], perm)


def _sliced(call: Call, given: list[np.ndarray]) -> np.ndarray:
    starts, ends = call.ints("starts", 1) or [], call.ints("ends", 2) or []
    axes, steps = call.ints("axes", 3) or list(range(len(starts))), call.ints("steps", 4) or [1] * len(starts)
    cuts = [slice(None)] * given[0].ndim
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        cuts[axis] = slice(start, None if step < 0 and end < -given[0].shape[axis] else end, step)
    return given[0][tuple(cuts)]


def _div(call: Call, given: list[np.ndarray]) -> np.ndarray:
    whole = np.issubdtype(given[0].dtype, np.integer)
    if whole and not given[1].all():
        raise Damaged("a division by zero")
    quotient: np.ndarray = given[0] / given[1]
    return np.trunc(quotient).astype(given[0].dtype) if whole else quotient


def _constant_of_shape(call: Call, given: list[np.ndarray]) -> np.ndarray:
    sizes = [int(size) for size in given[0].reshape(-1)]
    _check_size(prod(max(size, 0) for size in sizes))
    value = call.attributes.get("value")
    return np.full(sizes, 0.0 if value is None else array_of(value, call.folder).reshape(-1)[0])


def _expand(call: Call, given: list[np.ndarray]) -> np.ndarray:
    shape = np.broadcast_shapes(given[0].shape, tuple(call.ints("shape", 1) or ()))
    _check_size(prod(shape))
    return np.broadcast_to(given[0], shape)


def _range(call: Call, given: list[np.ndarray]) -> np.ndarray:
    start, stop, step = (float(one) for one in given)
    _check_size(int(abs(stop - start) / (abs(step) or 1e-300)))
    return np.arange(start, stop, step).astype(given[0].dtype)


def _product(call: Call, given: list[np.ndarray]) -> np.ndarray:
    axes = call.ints("axes", 1)
    return np.asarray(np.prod(given[0], None if axes is None else tuple(axes), keepdims=bool(call.attr("keepdims", 1))))


def _dequantised(call: Call, given: list[np.ndarray]) -> np.ndarray:
    """(integer - zero point) scale, one scale in all or one for each place of an axis; float32."""
    values, scale = given[0], given[1].astype(np.float32)
    zero = given[2] if len(given) > 2 else np.zeros((), np.int64)
    difference = values.astype(np.int64) - _along(call, values, zero.astype(np.int64), "zero point")
    product: np.ndarray = difference.astype(np.float32) * _along(call, values, scale, "scale")
    return product


def _quantised(call: Call, given: list[np.ndarray]) -> np.ndarray:
    """round(x / scale) + zero point, ties to even, saturated at the type of the zero point (uint8 without one)."""
    values, scale = given[0].astype(np.float32), given[1].astype(np.float32)
    onnx = require("onnx")
    four = {onnx.TensorProto.INT4: (np.int8, -8, 7), onnx.TensorProto.UINT4: (np.uint8, 0, 15)}
    named = call.attr("output_dtype", 0)
    kind: Any = given[2].dtype if len(given) > 2 else np.uint8
    kind = onnx.helper.tensor_dtype_to_np_dtype(named) if named and named not in four else kind
    kind, low, high = four.get(named) or (kind, np.iinfo(kind).min, np.iinfo(kind).max)
    zero = given[2].astype(np.int64) if len(given) > 2 else np.zeros((), np.int64)
    whole = np.rint(values / _along(call, values, scale, "scale")) + _along(call, values, zero, "zero point")
    clipped: np.ndarray = np.clip(whole, low, high).astype(kind)
    return clipped


def _along(call: Call, values: np.ndarray, each: np.ndarray, what: str) -> np.ndarray:
    """A number, or one for each place of the axis, so that it broadcasts against `values`."""
    if each.size == 1:
        return each.reshape(())
    if each.ndim != 1 or int(call.attr("block_size", 0)):
        raise Unsupported(f"a {what} for each block of weights", "one for each output channel, or for all")
    axis = int(call.attr("axis", 1)) % max(values.ndim, 1)
    if each.size != values.shape[axis]:
        raise Damaged(f"{each.size} numbers as {what} for {values.shape[axis]} places")
    return each.reshape([-1 if place == axis else 1 for place in range(values.ndim)])


_ARRAYS: dict[str, Callable[[Call, list[np.ndarray]], np.ndarray]] = {
    "Cast": _cast,
    "DequantizeLinear": _dequantised,
    "QuantizeLinear": _quantised,
    "Concat": _concat,
    "Gather": _gather,
    "Unsqueeze": _unsqueeze,
    "Squeeze": _squeeze,
    "Reshape": _reshape,
    "Transpose": _transpose,
    "Slice": _sliced,
    "Div": _div,
    "ConstantOfShape": _constant_of_shape,
    "Expand": _expand,
    "Range": _range,
    "ReduceProd": _product,
}
