"""Integer weights in an ONNX file: what stands behind DequantizeLinear and QuantizeLinear of constants."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from spikewright.compress.imports.errors import Damaged, Unsupported
from spikewright.compress.imports.onnx.call import OnnxCall
from spikewright.optional import require


@dataclass(frozen=True, eq=False)
class IntegerScale:
    """What integers of a file stand for: (integer - zero) scale. `kind`: their type in numpy, of `bits` bits each."""

    scale: np.ndarray
    zero: np.ndarray
    kind: Any
    bits: int

    @property
    def limits(self) -> tuple[int, int]:
        """The least and the largest integer of that type."""
        signed = np.dtype(self.kind).kind == "i"
        return (-(1 << (self.bits - 1)), (1 << (self.bits - 1)) - 1) if signed else (0, (1 << self.bits) - 1)

    @property
    def signed_kind(self) -> Any:
        """The type with sign and as many bytes."""
        return np.dtype(f"i{np.dtype(self.kind).itemsize}")


def scale_of(call: OnnxCall, *, four_bits: bool) -> IntegerScale:
    """Scale, zero point and type of the constants that a DequantizeLinear is given."""
    codes, scale, zero = (call.constant(place) for place in range(3))
    kind = np.asarray(codes).dtype
    zero = np.zeros((), kind) if zero is None else zero.astype(np.int64)
    return IntegerScale(np.asarray(scale, np.float32), zero, kind, 4 if four_bits else 8 * kind.itemsize)


def dequantised(call: OnnxCall, given: list[np.ndarray]) -> np.ndarray:
    """(integer - zero point) scale, one scale in all or one for each place of an axis; float32."""
    values, scale = given[0], given[1].astype(np.float32)
    zero = given[2] if len(given) > 2 else np.zeros((), np.int64)
    difference = values.astype(np.int64) - _along(call, values, zero.astype(np.int64), "zero point")
    return np.asarray(difference.astype(np.float32) * _along(call, values, scale, "scale"))


def quantised(call: OnnxCall, given: list[np.ndarray]) -> np.ndarray:
    """round(x / scale) + zero point, ties to even, saturated at the type of the zero point (uint8 without one)."""
    values, scale = given[0].astype(np.float32), given[1].astype(np.float32)
    zero = given[2] if len(given) > 2 else np.zeros((), np.uint8)
    kind, low, high = integer_range(call.attr("output_dtype", 0), zero.dtype)
    shift = _along(call, values, zero.astype(np.int64), "zero point")
    whole = np.rint(values / _along(call, values, scale, "scale")) + shift
    return np.asarray(np.clip(whole, low, high).astype(kind))


def integer_range(named: int, of_zero: Any) -> tuple[Any, int, int]:
    """Type, least and largest number: of the type that the attribute names, else of that of the zero point."""
    onnx = require("onnx")
    four = {onnx.TensorProto.INT4: (np.int8, -8, 7), onnx.TensorProto.UINT4: (np.uint8, 0, 15)}
    if named in four:
        return four[named]
    kind = onnx.helper.tensor_dtype_to_np_dtype(named) if named else of_zero
    return kind, np.iinfo(kind).min, np.iinfo(kind).max


def _along(call: OnnxCall, values: np.ndarray, each: np.ndarray, what: str) -> np.ndarray:
    """A number, or one for each place of the axis, so that it broadcasts against `values`."""
    if each.size == 1:
        return each.reshape(())
    if each.ndim != 1 or int(call.attr("block_size", 0)):
        raise Unsupported(f"a {what} for each block of weights", "one for each output channel, or for all")
    axis = int(call.attr("axis", 1)) % max(values.ndim, 1)
    if each.size != values.shape[axis]:
        raise Damaged(f"{each.size} numbers as {what} for {values.shape[axis]} places")
    return each.reshape([-1 if place == axis else 1 for place in range(values.ndim)])
