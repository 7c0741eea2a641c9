"""ONNX operators that add, join, pad, resize, or only arrange: reshapes, transposes and means over pixels."""

import operator
from collections.abc import Callable
from dataclasses import replace
from math import prod
from typing import Any

import numpy as np
import torch
from torch import nn

from spikewright.compress.imports import layers
from spikewright.compress.imports.errors import Damaged, Unsupported
from spikewright.compress.imports.exported_shapes import padded
from spikewright.compress.imports.onnx_call import Call, Sizes
from spikewright.compress.imports.steps import Flow

_ROUNDS: dict[str, Callable[[Any], Any]] = {
    "floor": np.floor,
    "ceil": np.ceil,
    "round_prefer_ceil": lambda x: np.floor(x + 0.5),
    "round_prefer_floor": lambda x: np.ceil(x - 0.5),
}


def arithmetic(function: Callable[..., Any]) -> Callable[[Call], Flow]:
    """Add, Sub, Mul and Div of two values, or of a value and a constant."""

    def rule(call: Call) -> Flow:
        operands = [_operand(call, index) for index in (0, 1)]
        flows = [one for one in operands if isinstance(one, Flow)]
        if len(flows) == 2 and not _same_layout(*flows):
            raise Unsupported("two values with their axes in different orders", "an export with channels first")
        return call.builder.call(call.name, function, *operands)

    return rule


def _operand(call: Call, index: int) -> Any:
    """A value, a number, or a constant in the layout of the other operand."""
    value = call.value(index)
    if isinstance(value, Flow):
        return value
    constant, other = call.weight(index), call.any_flow(1 - index)
    if constant.numel() == 1 and constant.ndim <= other.rank:
        return float(constant.reshape(-1)[0])
    if other.order is not None or constant.ndim > other.rank:
        raise Unsupported(f"a constant of shape {tuple(constant.shape)} here", "one number for each channel")
    if other.axes is None:
        return constant
    wide = constant.reshape((1,) * (other.rank - constant.ndim) + tuple(constant.shape))
    return wide.permute(*(other.axes.index(axis) for axis in range(other.rank))).contiguous()


def _same_layout(one: Flow, two: Flow) -> bool:
    if one.axes != two.axes or (one.order is None) != (two.order is None):
        return False
    return one.order is None or two.order is None or torch.equal(one.order, two.order)


def total(call: Call) -> Flow:
    """Sum of several values."""
    result = call.any_flow(0)
    for index in range(1, len(call.inputs)):
        other = call.any_flow(index)
        if not _same_layout(result, other):
            raise Unsupported("values with their axes in different orders", "an export with channels first")
        result = call.builder.call(call.name, operator.add, result, other)
    return result


def concat(call: Call) -> Flow:
    """Concat along the channels, wherever the file keeps them."""
    flows = [call.any_flow(index) for index in range(len(call.inputs))]
    if any(not _same_layout(flows[0], flow) or flow.order is not None for flow in flows):
        raise Unsupported("values with their axes in different orders", "an export with channels first")
    axis = int(call.attr("axis")) % flows[0].rank
    axis = flows[0].axes[axis] if flows[0].axes is not None else axis
    if axis == 0:
        raise Unsupported("concatenation along the batch", "concatenation along the channels")
    return call.builder.call(call.name, torch.cat, flows, dim=axis)


def reshape(call: Call) -> Flow:
    """Reshape that leaves the batch in front."""
    source, value = call.any_flow(), call.value(1)
    if isinstance(value, Sizes):
        target: list[int | None] = list(value.values)
    else:
        target = list(call.ints("shape", 1) or [])
    full = _file_shape(source)
    if not call.attr("allowzero", 0):
        target = [full[axis] if size == 0 else size for axis, size in enumerate(target)]
    return _reshaped(call, source, _without_batch(call, target, source))


def _without_batch(call: Call, target: list[int | None], source: Flow) -> tuple[int, ...]:
    """The sizes after the batch, with the -1 filled in."""
    if not target:
        raise Damaged("a reshape to no shape")
    lead, rest = target[0], target[1:]
    if lead == -1:
        fits = None not in rest and -1 not in rest and prod(size for size in rest if size) == prod(source.shape)
        lead = None if fits else lead
    if lead is not None and lead != call.batch:
        raise Unsupported(f"a reshape to {target}, which mixes images of the batch", "x.flatten(1)")
    sizes = [size for size in rest if size is not None]
    if len(sizes) < len(rest) or sizes.count(-1) > 1:
        raise Unsupported(f"a reshape to {target}", "the batch in front only")
    known = prod(size for size in sizes if size != -1)
    return tuple(prod(source.shape) // max(known, 1) if size == -1 else size for size in sizes)


def _file_shape(source: Flow) -> tuple[int | None, ...]:
    full: tuple[int | None, ...] = (None, *source.shape)
    return full if source.axes is None else tuple(full[axis] for axis in source.axes)


def _reshaped(call: Call, source: Flow, shape: tuple[int, ...]) -> Flow:
    if prod(shape) != prod(source.shape):
        raise Damaged(f"a reshape from {source.shape} to {shape}")
    if source.axes is not None:
        return _flat_of_permuted(call, source, shape)
    if shape == source.shape:
        return source
    if source.order is not None:
        call.flow()
    if len(shape) == 1:
        return call.builder.layer(call.name, nn.Flatten(1), source)
    return call.builder.call(call.name, torch.reshape, source, (-1, *shape))


def _flat_of_permuted(call: Call, source: Flow, shape: tuple[int, ...]) -> Flow:
    """Flattening with channels last: flattened here with channels first, and where each number went is kept."""
    if len(shape) != 1 or source.axes is None:
        call.flow()
    places = torch.arange(prod(source.shape)).reshape(source.shape)
    order = places.permute(*(axis - 1 for axis in (source.axes or ())[1:])).reshape(-1)
    plain = call.builder.layer(call.name, nn.Flatten(1), Flow(source.name, source.shape))
    moved = not torch.equal(order, torch.arange(len(order)))
    return replace(plain, order=order if moved else None)


def flatten(call: Call) -> Flow:
    """Flatten behind the batch."""
    source = call.any_flow()
    axis = int(call.attr("axis", 1))
    if (axis + source.rank if axis < 0 else axis) != 1:
        raise Unsupported(f"flattening from axis {axis}", "axis 1")
    return _reshaped(call, source, (prod(source.shape),))


def squeeze(call: Call) -> Flow:
    """Squeeze of axes of size 1."""
    source = call.flow()
    axes = [
        axis % source.rank for axis in call.ints("axes", 1) or [i + 1 for i, s in enumerate(source.shape) if s == 1]
    ]
    if any(axis == 0 or source.shape[axis - 1] != 1 for axis in axes):
        raise Unsupported(f"squeezing axes {axes} of {source.shape}", "axes of size 1 behind the batch")
    return _reshaped(call, source, tuple(size for axis, size in enumerate(source.shape, 1) if axis not in axes))


def unsqueeze(call: Call) -> Flow:
    """Unsqueeze behind the batch."""
    source, given = call.flow(), call.ints("axes", 1) or []
    rank = source.rank + len(given)
    axes = sorted(axis % rank for axis in given)
    if 0 in axes:
        raise Unsupported("a new axis in front of the batch", "axes behind the batch")
    shape: list[int] = [0, *source.shape]
    for axis in axes:
        shape.insert(axis, 1)
    return _reshaped(call, source, tuple(shape[1:]))


def transpose(call: Call) -> Flow:
    """Transpose: not computed, but kept in mind until a later one takes it back, or a flattening uses it up."""
    source = call.any_flow()
    perm = [int(axis) for axis in call.attr("perm") or reversed(range(source.rank))]
    if sorted(perm) != list(range(source.rank)) or source.order is not None:
        raise Damaged(f"a transpose {perm} of a value of shape {source.shape}")
    now = source.axes or tuple(range(source.rank))
    axes = tuple(now[axis] for axis in perm)
    if axes[0] != 0:
        raise Unsupported(f"a transpose {perm} that moves the batch", "the batch in front")
    return replace(source, axes=None if axes == tuple(range(source.rank)) else axes)


def mean(call: Call) -> Flow:
    """ReduceMean and ReduceMax over all pixels become pooling; other means stay means."""
    source, kind = call.any_flow(), "max" if call.op == "ReduceMax" else "mean"
    rank = source.rank
    axes = call.ints("axes", 1) or list(range(rank))
    places = sorted((source.axes or tuple(range(rank)))[axis % rank] for axis in axes)
    keep = bool(call.attr("keepdims", 1))
    if 0 in places:
        raise Unsupported("a mean over the batch", "axes of pixels")
    if places == list(range(2, rank)) and (keep or source.axes is None or rank - len(places) == 2):
        plain = Flow(source.name, source.shape, source.axes if keep else None)
        pooled = call.builder.layer(call.name, layers.whole(kind, [1] * len(places)), plain)
        return pooled if keep else call.builder.layer(f"{call.name}_flat", nn.Flatten(1), pooled)
    if kind == "max" or source.axes is not None:
        raise Unsupported(f"a {kind} over the axes {axes}", "all axes of pixels")
    return call.builder.call(call.name, torch.mean, call.flow(), dim=places, keepdim=keep)


def pad(call: Call) -> Flow:
    """Pad with a constant, around the pixels."""
    source = call.any_flow()
    mode = call.attr("mode", "constant")
    if mode != "constant":
        raise Unsupported(f"padding mode {mode!r}", "padding with zeros")
    pads, value = call.ints("pads", 1) or [], call.number("value", 2, 0.0)
    axes = [axis % source.rank for axis in call.ints("", 3) or range(source.rank)]
    if len(pads) != 2 * len(axes):
        raise Damaged(f"padding {pads} for {len(axes)} axes")
    widths = {axis: (0, 0) for axis in range(source.rank)}
    for axis, begin, end in zip(axes, pads[: len(axes)], pads[len(axes) :], strict=True):
        widths[source.axes[axis] if source.axes is not None else axis] = (begin, end)
    if any(widths[0]):
        raise Unsupported("padding of the batch", "padding of height and width, or of channels")
    return padded(call, source, [width for axis in range(source.rank - 1, 0, -1) for width in widths[axis]], value)


def resize(call: Call) -> Flow:
    """Resize and Upsample: nearest neighbours, when each number is repeated a whole number of times."""
    source, mode = call.any_flow(), call.attr("mode", "nearest")
    if mode != "nearest":
        raise Unsupported(f"{mode} resizing", "nearest upsampling")
    full = (call.batch or 1, *source.shape)
    shown = tuple(full[axis] for axis in source.axes) if source.axes is not None else full
    scales, sizes = _resize_inputs(call)
    if sizes is None and len(scales) != source.rank:
        raise Damaged(f"scales {scales} for a value of {source.rank} axes")
    target = sizes if sizes is not None else [int(size * scale) for size, scale in zip(shown, scales, strict=True)]
    if len(target) != source.rank or call.ints("axes") is not None:
        raise Unsupported("resizing of some axes only", "scales for all axes")
    factors = [1.0] * source.rank
    for axis, (size, new) in enumerate(zip(shown, target, strict=True)):
        factors[source.axes[axis] if source.axes is not None else axis] = _factor(call, size, new, axis)
    if factors[:2] != [1.0, 1.0]:
        raise Unsupported("resizing of the batch or of channels", "resizing of height and width")
    module = layers.upsample(factors[2:], target)
    return call.builder.layer(call.name, module, source)


def _resize_inputs(call: Call) -> tuple[list[float], list[int] | None]:
    if call.op == "Upsample" or call.opset < 11:
        given = call.attr("scales")
        array = call.array(1) if given is None else np.asarray(given)
        return [float(one) for one in np.asarray(array).reshape(-1)], None
    sizes = call.value(3)
    if isinstance(sizes, Sizes):
        return [], [call.batch or 1 if one is None else one for one in sizes.values]
    if isinstance(sizes, np.ndarray) and sizes.size:
        return [], [int(one) for one in sizes.reshape(-1)]
    return [float(one) for one in np.asarray(call.array(2)).reshape(-1)], None


def _factor(call: Call, size: int, new: int, axis: int) -> float:
    """new / size where the file repeats each number so many times; else a fraction, which upsampling refuses."""
    if axis == 0 or new == size:
        return 1.0
    if new < size or new % size or new > 1 << 16:
        return new / size
    places = np.arange(new)
    kind = call.attr("coordinate_transformation_mode", "half_pixel" if call.opset >= 11 else "asymmetric")
    if kind in ("half_pixel", "pytorch_half_pixel", "half_pixel_symmetric"):
        at = (places + 0.5) * size / new - 0.5
    elif kind == "tf_half_pixel_for_nn":
        at = (places + 0.5) * size / new
    else:
        at = places * (size - 1) / (new - 1) if kind == "align_corners" else places * size / new
    rounding = call.attr("nearest_mode", "round_prefer_floor" if call.opset >= 11 else "floor")
    rounds: dict[str, Callable[[Any], Any]] = {
        "floor": np.floor,
        "ceil": np.ceil,
        "round_prefer_ceil": lambda x: np.floor(x + 0.5),
    }
    index = rounds.get(rounding, lambda x: np.ceil(x - 0.5))(at)
    same = np.array_equal(np.clip(index, 0, size - 1), places // (new // size))
    return new / size if same else new / size + 0.5
