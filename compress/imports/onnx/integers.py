"""A quantised ONNX file as a Compressed: the weights as the integers that they are in the file."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from spikewright.compress.compressed import Compressed
from spikewright.compress.expressions import rows_of
from spikewright.compress.imports.onnx.choosing import Choice
from spikewright.compress.imports.onnx.quantising import IntegerScale
from spikewright.compress.imports.onnx.rounding import RoundedValues, told
from spikewright.compress.imports.onnx.walk import OnnxWalk
from spikewright.weights import Expression, Leaf, Offset, Scaled


def from_quantized_onnx(
    path: str | Path,
    input_shape: Sequence[int] | None = None,
    *,
    output: Any = None,
    input: str | None = None,
    fixed: Mapping[str, Any] | None = None,
) -> Compressed:
    """The network in an ONNX file of onnxruntime.quantization (QDQ and QOperator) with its integers as stored weights.

    A weight is (integer - zero point) scale; where the difference fits into as many bits, with sign, it is stored without
    the zero point. Rounding of activations becomes a `QuantizedReLU` where nothing below zero has a level, or where nothing
    below zero comes; elsewhere it is left off. `steps` say so, and which weights are real numbers. Arguments and errors are
    those of `from_onnx`, which refuses rounding that it would have to leave off.
    """
    rounded = RoundedValues(leave_off=True)
    walk = OnnxWalk(path, input_shape, Choice(output, input, fixed or {}), rounded)
    model = walk.run()
    weights: dict[str, Expression] = {}
    for name, scale in walk.scales.items():
        layer = dict(model.named_modules()).get(name)
        stored = None if layer is None else _stored(rows_of(layer), scale)
        if stored is not None:
            weights[name] = stored
    steps = [f"read from {Path(path).name}: {len(weights)} layers with the integers of the file", *told(rounded)]
    return Compressed(model, weights, steps=tuple(steps), input_shape=walk.start.shape)


def _stored(rows: np.ndarray, known: IntegerScale) -> Expression | None:
    """The expression whose values are `rows`, outputs first; None where they are not integers times that scale."""
    scale, zero = (_each_output(one, len(rows)) for one in (known.scale, known.zero))
    if scale is None or zero is None:
        return None
    column = (-1, *[1] * (rows.ndim - 1))
    with np.errstate(all="ignore"):
        exact = rows.astype(np.float64) / np.broadcast_to(scale, len(rows)).reshape(column).astype(np.float64)
    if not np.all(np.isfinite(exact)) or np.abs(exact).max(initial=0) > 1 << 31:
        return None
    codes = np.rint(exact).astype(np.int64)
    half = 1 << (known.bits - 1)
    if -half <= codes.min() and codes.max() < half:
        base: Expression = Leaf(codes.astype(known.signed_kind), 1 << known.bits)
    else:
        shifted = codes + np.broadcast_to(zero, len(rows)).reshape(column)
        low, high = known.limits
        if not low <= shifted.min() <= shifted.max() <= high:
            return None
        base = Offset(Leaf(shifted.astype(known.kind), 1 << known.bits), zero.astype(known.kind))
    made = Scaled(base, scale.astype(np.float32))
    return made if np.array_equal(made.values(), rows) else None


def _each_output(given: np.ndarray, outputs: int) -> np.ndarray | None:
    """One number, or one for each output; those of a transposed convolution in groups stand once for all groups."""
    flat = given.reshape(-1)
    if flat.size == 1 or np.all(flat == flat[0]):
        return np.asarray(flat[0])
    return np.tile(flat, outputs // flat.size) if outputs % flat.size == 0 else None
