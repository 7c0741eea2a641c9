"""A quantised ONNX file as a Compressed: the weights as the integers that they are in the file."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from torch import nn

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
    ends: bool = False,
) -> Compressed:
    """The network in an ONNX file of onnxruntime.quantization (QDQ, QOperator, dynamic) with its integers as stored weights.

    A weight is (integer - zero point) scale; where the difference fits into as many bits, with sign, it is stored without
    the zero point. Rounding of activations becomes a `QuantizedReLU` where nothing below zero has a level, or where nothing
    below zero comes; elsewhere, and in files of quantize_dynamic, it is left off. `steps` say so, and how many weights are
    integers. With `ends` what lies beyond the levels is cut off as in the file, by nn.Hardtanh: a clip of the network that
    was quantised may stand there and nowhere else. Other arguments and errors are those of `from_onnx`, which refuses rounding
    that it would have to leave off.
    """
    walk = OnnxWalk(path, input_shape, Choice(output, input, fixed or {}), RoundedValues(leave_off=True, ends=ends))
    return _compressed(walk, walk.run())


def as_stored(path: str | Path, *, output: Any = None) -> nn.Module | Compressed:
    """The network in an ONNX file as it is stored there: a `Compressed` where it holds integers or rounds, else a module."""
    walk = OnnxWalk(path, None, Choice(output), RoundedValues(leave_off=True))
    model = walk.run()
    return _compressed(walk, model) if walk.weights or walk.rounded.any else model


def _compressed(walk: OnnxWalk, model: nn.Module) -> Compressed:
    """The `model` that a walk made, with the integers that it met."""
    weights: dict[str, Expression] = {}
    layers = dict(model.named_modules())
    for name, scale in walk.scales.items():
        layer = layers.get(name)
        stored = None if layer is None else _stored(rows_of(layer), scale)
        if stored is not None:
            weights[name] = stored
    layers_told = "1 layer" if len(weights) == 1 else f"{len(weights)} layers"
    steps = [f"read from {walk.file.path.name}: {layers_told} with the integers of the file", *told(walk.rounded)]
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
