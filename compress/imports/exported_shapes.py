"""ATen operators that add, join, pad, resize, or only arrange."""

import operator
from collections.abc import Callable
from math import prod
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

from spikewright.compress.imports import layers
from spikewright.compress.imports.errors import Unsupported
from spikewright.compress.imports.exported_call import AtenCall
from spikewright.compress.imports.steps import Flow

Rule = Callable[[AtenCall], Flow]


def mean(call: AtenCall) -> Flow:
    """A mean over all pixels is pooling; another stays a mean."""
    source, dims = call.flow(), call.get("dim")
    places = sorted({int(dim) % source.rank for dim in (dims or range(source.rank))})
    keep = bool(call.get("keepdim", False))
    if 0 in places:
        raise Unsupported("a mean over the batch", "dimensions of pixels")
    kind = "max" if call.op == "amax" else "mean"
    if places == list(range(2, source.rank)):
        pooled = call.builder.layer(call.name, layers.whole(kind, [1] * len(places)), source)
        return pooled if keep else call.builder.layer(f"{call.name}_flat", nn.Flatten(1), pooled)
    function = torch.amax if kind == "max" else torch.mean
    return call.builder.call(call.name, function, source, dim=places, keepdim=keep)


def cat(call: AtenCall) -> Flow:
    values = call.get("tensors")
    if not all(isinstance(one, Flow) for one in values):
        raise Unsupported("concatenation with a constant", "values of the network only")
    dim = int(call.get("dim", 0)) % values[0].rank
    if dim == 0:
        raise Unsupported("concatenation along the batch", "torch.cat(values, 1)")
    return call.builder.call(call.name, torch.cat, list(values), dim=dim)


def arithmetic(function: Callable[..., Any], *, swap: bool = False) -> Rule:
    def rule(call: AtenCall) -> Flow:
        operands = [call.given.get("self"), call.given.get("other")]
        if call.get("alpha", 1) != 1 or call.get("rounding_mode") is not None:
            raise Unsupported("arithmetic with alpha or rounding", "plain sums and quotients")
        for place, one in enumerate(operands):
            if isinstance(one, torch.Tensor):
                operands[place] = float(one) if one.ndim == 0 else one.detach().to("cpu", torch.float32).clone()
            elif not isinstance(one, Flow | int | float):
                raise Unsupported("arithmetic with the size of the batch", "constants")
        return call.builder.call(call.name, function, *(reversed(operands) if swap else operands))

    return rule


def reshape(call: AtenCall) -> Flow:
    """view, reshape, flatten, squeeze and unsqueeze that leave the batch in front."""
    source = call.flow()
    size = call.get("size", call.get("shape", []))
    lead, rest = size[0], list(size[1:])
    whole = [one for one in rest if isinstance(one, int)]
    if len(whole) < len(rest):
        raise Unsupported("a reshape whose batch is not in front", "x.flatten(1)")
    known = prod(one for one in whole if one != -1)
    shape = tuple(prod(source.shape) // max(known, 1) if one == -1 else one for one in whole)
    batch = not isinstance(lead, int) or lead in (-1, call.batch)
    if not batch or prod(shape) != prod(source.shape):
        raise Unsupported(f"a reshape of {source.shape} to {tuple(size)}, which mixes images", "x.flatten(1)")
    return _reshaped(call, source, shape)


def _reshaped(call: Any, source: Flow, shape: tuple[int, ...]) -> Flow:
    if shape == source.shape:
        return source
    if len(shape) == 1:
        flat: Flow = call.builder.layer(call.name, nn.Flatten(1), source)
        return flat
    reshaped: Flow = call.builder.call(call.name, torch.reshape, source, (-1, *shape))
    return reshaped


def flatten(call: AtenCall) -> Flow:
    source = call.flow()
    start, end = (int(call.get(name, value)) % source.rank for name, value in (("start_dim", 0), ("end_dim", -1)))
    if start == 0 and end > 0:
        raise Unsupported("flattening with the batch", "x.flatten(1)")
    shape = source.shape
    return _reshaped(call, source, (*shape[: start - 1], prod(shape[start - 1 : end]), *shape[end:]))


def squeeze(call: AtenCall) -> Flow:
    source = call.flow()
    dims = call.get("dim", list(range(1, source.rank)))
    places = {int(dim) % source.rank for dim in (dims if isinstance(dims, list | tuple) else [dims])}
    shape = tuple(size for axis, size in enumerate(source.shape, 1) if axis not in places or size != 1)
    return _reshaped(call, source, shape)


def unsqueeze(call: AtenCall) -> Flow:
    source = call.flow()
    dim = int(call.get("dim")) % (source.rank + 1)
    if dim == 0:
        raise Unsupported("a new dimension in front of the batch", "dimensions behind the batch")
    return _reshaped(call, source, (*source.shape[: dim - 1], 1, *source.shape[dim - 1 :]))


def upsample(call: AtenCall) -> Flow:
    source = call.flow()
    scales = call.get("scale_factors") or [call.get("scales_h"), call.get("scales_w")]
    size = call.get("output_size")
    factors = (
        [new / old for new, old in zip(size, source.shape[1:], strict=True)] if size else [float(s) for s in scales]
    )
    return call.builder.layer(call.name, layers.upsample(factors, size or source.shape[1:]), source)


def pad(call: AtenCall) -> Flow:
    if call.get("mode", "constant") != "constant":
        raise Unsupported(f"padding mode {call.get('mode')!r}", "padding with zeros")
    return padded(call, call.flow(), [int(one) for one in call.get("pad")], float(call.get("value", 0.0)))


def padded(call: Any, source: Flow, widths: list[int], value: float) -> Flow:
    """Padding of pixels as a layer, of channels too as a function; `widths` begin with the last axis."""
    pixels = 2 * (source.rank - 2)
    if any(widths[pixels:]):
        if min(widths) < 0:
            raise Unsupported("padding that cuts off", "a slice")
        made: Flow = call.builder.call(call.name, F.pad, source, widths, value=value)
        return made
    if not any(widths):
        return source
    layer: Flow = call.builder.layer(call.name, layers.pad(widths[:pixels], value), source)
    return layer


def part(call: AtenCall) -> Flow:
    """aten.slice and aten.select behind the batch."""
    source, dim = call.flow(), int(call.get("dim", 0)) % call.flow().rank
    start, end, step = (call.get(name, default) for name, default in (("start", 0), ("end", _END), ("step", 1)))
    if call.op == "select":
        index: Any = int(call.get("index"))
    elif not all(isinstance(one, int) for one in (start, end, step)):
        raise Unsupported("a slice whose ends follow the batch", "fixed numbers")
    else:
        index = slice(start, end, step)
    if dim == 0:
        if call.op == "slice" and (start, step) == (0, 1) and end >= _END:
            return source
        raise Unsupported("a selection of images", "all images of the batch")
    return selected(call, source, dim, index)


def selected(call: Any, source: Flow, dim: int, index: Any) -> Flow:
    """`source[:, ..., index]` at axis `dim` (the batch is 0)."""
    made: Flow = call.builder.call(call.name, operator.getitem, source, (*[slice(None)] * dim, index))
    return made


def filled(call: AtenCall) -> Flow:
    """Zeros, ones or another number, for each image."""
    like = call.op.endswith("_like")
    lead, *rest = (None, *call.flow().shape) if like else call.get("size")
    whole = [one for one in rest if isinstance(one, int)]
    if (not like and isinstance(lead, int) and lead != call.batch) or len(whole) < len(rest):
        raise Unsupported("a constant whose size is computed of the batch", "torch.zeros(x.shape[0], ...)")
    value = 0.0 if "zeros" in call.op else 1.0 if "ones" in call.op else float(call.get("fill_value"))
    return call.builder.filled(call.name, tuple(whole), value)


_END = 1 << 62


def same(call: AtenCall) -> Flow:
    flow: Flow = call.flow()
    return flow
