"""ATen operators that only arrange, repeat, pad or resize, and constants."""

from math import prod
from typing import Any

import torch
from torch.nn import functional as F

from spikewright.compress.imports import arranging, layers
from spikewright.compress.imports.errors import Unsupported
from spikewright.compress.imports.exported.call import AtenCall
from spikewright.compress.imports.exported.layer_rules import AtenRule
from spikewright.compress.imports.steps import ImportedValue


def reshape(call: AtenCall) -> ImportedValue:
    """view and reshape that leave the batch in front."""
    source = call.value()
    lead, *rest = call.get("size", call.get("shape", []))
    whole = [one for one in rest if isinstance(one, int)]
    if len(whole) < len(rest):
        raise Unsupported("a reshape whose batch is not in front", "x.flatten(1)")
    shape = arranging.without_open(whole, prod(source.shape))
    batch = not isinstance(lead, int) or lead in (-1, call.batch)
    if not batch or prod(shape) != prod(source.shape):
        raise Unsupported(f"a reshape of {source.shape} to {(lead, *rest)}, which mixes images", "x.flatten(1)")
    return arranging.reshaped(call, source, shape)


def flatten(call: AtenCall) -> ImportedValue:
    """flatten of some axes behind the batch, or of all of them."""
    source = call.value()
    start, end = (int(call.get(name, value)) % source.rank for name, value in (("start_dim", 0), ("end_dim", -1)))
    if start == 0 and end > 0:
        raise Unsupported("flattening with the batch", "x.flatten(1)")
    shape = source.shape
    return arranging.reshaped(call, source, (*shape[: start - 1], prod(shape[start - 1 : end]), *shape[end:]))


def squeeze(call: AtenCall) -> ImportedValue:
    """squeeze of axes of size 1 behind the batch."""
    source = call.value()
    dims = call.get("dim", list(range(1, source.rank)))
    places = {int(dim) % source.rank for dim in (dims if isinstance(dims, list | tuple) else [dims])}
    shape = tuple(size for axis, size in enumerate(source.shape, 1) if axis not in places or size != 1)
    return arranging.reshaped(call, source, shape)


def unsqueeze(call: AtenCall) -> ImportedValue:
    """unsqueeze behind the batch."""
    source = call.value()
    dim = int(call.get("dim")) % (source.rank + 1)
    if dim == 0:
        raise Unsupported("a new dimension in front of the batch", "dimensions behind the batch")
    return arranging.reshaped(call, source, (*source.shape[: dim - 1], 1, *source.shape[dim - 1 :]))


def upsample(call: AtenCall) -> ImportedValue:
    """upsample_nearest2d by whole factors."""
    source, size = call.value(), call.get("output_size")
    scales = call.get("scale_factors") or [call.get("scales_h"), call.get("scales_w")]
    sizes = zip(size or (), source.shape[1:], strict=bool(size))
    factors = [new / old for new, old in sizes] if size else [float(scale) for scale in scales]
    return call.layer(layers.upsample(factors, size or source.shape[1:]), source)


def pad(call: AtenCall) -> ImportedValue:
    """pad with a constant, or with numbers of the value itself."""
    mode, widths = call.get("mode", "constant"), [int(one) for one in call.get("pad")]
    if mode != "constant":
        return call.function(F.pad, call.value(), widths, mode=mode)
    return arranging.padded(call, call.value(), widths, float(call.get("value", 0.0)))


def bordered(mode: str) -> AtenRule:
    """The rule of the operators that pad with numbers of the value itself: "reflect" or "replicate"."""

    def rule(call: AtenCall) -> ImportedValue:
        return call.function(F.pad, call.value(), [int(one) for one in call.get("padding")], mode=mode)

    return rule


def repeat(call: AtenCall) -> ImportedValue:
    """repeat and tile, of all but the batch."""
    source, times = call.value(), call.get("repeats", call.get("dims"))
    if len(times) > source.rank or not all(isinstance(one, int) for one in times):
        raise Unsupported("a repetition with new axes or of a computed number", "unsqueeze, then fixed numbers")
    whole = (*[1] * (source.rank - len(times)), *times)
    if whole[0] != 1:
        raise Unsupported("a repetition of the batch", "repetition of other axes")
    return call.function(torch.tile, source, whole)


def expanded(call: AtenCall) -> Any:
    """expand, expand_as and broadcast_to behind the batch; of a constant that is expanded to the batch the one of an image."""
    given, size = call.given(call.first), call.get("size")
    sizes: list[Any] = [None, *call.value("other").shape] if size is None else list(size)
    if not all(isinstance(one, int) for one in sizes[1:]) or (
        isinstance(given, ImportedValue) and len(sizes) > given.rank
    ):
        raise Unsupported("an expansion to a computed size, or with new axes", "unsqueeze, then fixed numbers")
    if isinstance(given, torch.Tensor):
        return given.expand(1, *sizes[1:])
    return call.function("expand", call.value(), -1, *sizes[1:])


def moved(call: AtenCall) -> ImportedValue:
    """An operator that only puts numbers in other places, under its own name in torch; all but the value must be numbers."""
    function = getattr(torch, call.op, None) or getattr(torch.nn.functional, call.op)
    given = {key: value for key, value in call.arguments.items() if key != call.first and value is not None}
    if any(isinstance(one, ImportedValue) for one in given.values()):
        raise Unsupported(f"{call.op} by computed numbers", "fixed numbers")
    return call.function(function, call.value(), **given)


def filled(call: AtenCall) -> ImportedValue:
    """zeros, ones and full, for each image."""
    like = call.op.endswith("_like")
    lead, *rest = (None, *call.value().shape) if like else call.get("size")
    if isinstance(lead, int) and lead != call.batch:
        raise Unsupported("a constant whose size is computed of the batch", "torch.zeros(x.shape[0], ...)")
    value = 0.0 if "zeros" in call.op else 1.0 if "ones" in call.op else float(call.get("fill_value"))
    return arranging.filled(call, rest, value)
