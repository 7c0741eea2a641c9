"""ATen operators that add, join, pad, resize, or only arrange."""

import operator
from collections.abc import Callable
from math import prod
from typing import Any

import torch
from torch.nn import functional as F

from spikewright.compress.imports import arranging, layers
from spikewright.compress.imports.errors import Unsupported
from spikewright.compress.imports.exported.call import AtenCall
from spikewright.compress.imports.exported.layer_rules import AtenRule
from spikewright.compress.imports.steps import ImportedValue

_END = 1 << 62
"""How torch.export writes that a slice has no end."""


def mean(call: AtenCall) -> ImportedValue:
    """mean and amax: over all pixels they are pooling, over other axes functions."""
    source, dims, kind = call.value(), call.get("dim"), "max" if call.op == "amax" else "mean"
    places = sorted({int(dim) % source.rank for dim in (dims or range(source.rank))})
    keep = bool(call.get("keepdim", False))
    if 0 in places:
        raise Unsupported("a mean over the batch", "dimensions of pixels")
    if places == list(range(2, source.rank)):
        return arranging.pooled_whole(call, kind, source, keep)
    return arranging.reduced(call, kind, places, keep)


def cat(call: AtenCall) -> ImportedValue:
    """Concatenation of values."""
    values = call.get("tensors")
    if not all(isinstance(one, ImportedValue) for one in values):
        raise Unsupported("concatenation with a constant", "values of the network only")
    return arranging.joined(call, values, int(call.get("dim", 0)) % values[0].rank)


def stack(call: AtenCall) -> ImportedValue:
    """Values side by side along a new axis."""
    values = call.get("tensors")
    if not all(isinstance(one, ImportedValue) for one in values):
        raise Unsupported("a stack with a constant", "values of the network only")
    axis = int(call.get("dim", 0)) % (values[0].rank + 1)
    if axis == 0:
        raise Unsupported("a stack in front of the batch", "an axis behind the batch")
    return call.function(torch.stack, list(values), dim=axis)


def arithmetic(function: Callable[..., Any], *, swap: bool = False) -> AtenRule:
    """The rule of a sum, difference, product or quotient; `swap`: of `other` and `self` in this order."""

    def rule(call: AtenCall) -> ImportedValue:
        if call.get("alpha", 1) != 1 or call.get("rounding_mode") is not None:
            raise Unsupported("arithmetic with alpha or rounding", "plain sums and quotients")
        operands = [_operand(call.given("self")), _operand(call.given("other"))]
        return call.function(function, *(reversed(operands) if swap else operands))

    return rule


def _operand(value: Any) -> Any:
    if isinstance(value, torch.Tensor):
        return float(value) if value.ndim == 0 else value.detach().to("cpu", torch.float32).clone()
    if not isinstance(value, ImportedValue | int | float):
        raise Unsupported("arithmetic with the size of the batch", "constants")
    return value


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


def gathered(call: AtenCall) -> ImportedValue:
    """gather and take_along_dim by a constant index, the same one for each image."""
    source, index = call.value(), call.given("index" if call.op == "gather" else "indices")
    if not isinstance(index, torch.Tensor) or call.get("dim") is None or index.ndim != source.rank:
        raise Unsupported("an index that is computed, or of another number of axes", "fixed places behind the batch")
    axis = int(call.get("dim")) % source.rank
    if axis == 0 or not torch.equal(index, index[:1].expand_as(index)):
        raise Unsupported("an index that differs between images", "the same places for all images")
    if call.op == "gather":  # it reads no further along the other axes than the index goes
        for other in range(1, source.rank):
            if other != axis and index.shape[other] < source.shape[other - 1]:
                source = arranging.selected(call, source, other, slice(0, index.shape[other]))
    return call.function(torch.take_along_dim, source, index[:1].clone(), axis)


def part(call: AtenCall) -> ImportedValue:
    """slice and select behind the batch; a slice of all images is nothing."""
    source, axis = call.value(), int(call.get("dim", 0)) % call.value().rank
    if call.op == "select":
        index: Any = int(call.get("index"))
    else:
        start, end, step = call.get("start", 0), call.get("end", _END), call.get("step", 1)
        if not all(isinstance(one, int) for one in (start, end, step)):
            raise Unsupported("a slice whose ends follow the batch", "fixed numbers")
        if axis == 0 and (start, step) == (0, 1) and end >= _END:
            return source
        index = slice(start, end, step)
    if axis == 0:
        raise Unsupported("a selection of images", "all images of the batch")
    return arranging.selected(call, source, axis, index)


def moved(call: AtenCall) -> ImportedValue:
    """An operator that only puts numbers in other places, under its own name in torch; all but the value must be numbers."""
    function = getattr(torch, call.op, None) or getattr(torch.nn.functional, call.op)
    given = {key: value for key, value in call.arguments.items() if key != call.first and value is not None}
    if any(isinstance(one, ImportedValue) for one in given.values()):
        raise Unsupported(f"{call.op} by computed numbers", "fixed numbers")
    return call.function(function, call.value(), **given)


def cut(call: AtenCall) -> tuple[ImportedValue, ...]:
    """split and chunk behind the batch: each piece is a slice."""
    source = call.value()
    axis = int(call.get("dim", 0)) % source.rank
    number = next((call.get(key) for key in ("chunks", "split_sizes", "split_size") if key in call.arguments), None)
    if axis == 0 or not isinstance(number, int | list):
        raise Unsupported("a split of the batch, or into a computed number of pieces", "pieces behind the batch")
    pieces = getattr(torch.arange(source.shape[axis - 1]), call.op)(number)
    return tuple(arranging.picked(call, source, axis, places.tolist()) for places in pieces)


def unbind(call: AtenCall) -> tuple[ImportedValue, ...]:
    """unbind behind the batch: each piece is a selection."""
    source, axis = call.value(), int(call.get("dim", 0)) % call.value().rank
    if axis == 0:
        raise Unsupported("a split of the batch", "pieces behind the batch")
    return tuple(arranging.selected(call, source, axis, place) for place in range(source.shape[axis - 1]))


def chosen(call: AtenCall) -> ImportedValue:
    """index_select behind the batch by constant places."""
    source, places = call.value(), call.given("index")
    axis = int(call.get("dim")) % source.rank
    if axis == 0 or not isinstance(places, torch.Tensor):
        raise Unsupported("an index that is computed, or selects images", "fixed places behind the batch")
    return arranging.picked(call, source, axis, places.tolist())


def indexed(call: AtenCall) -> ImportedValue:
    """x[:, [2, 0]]: constant places of axes behind the batch."""
    places = [slice(None) if one is None else one for one in call.get("indices")]
    if not all(isinstance(one, slice | torch.Tensor) for one in places) or not isinstance(places[0], slice):
        raise Unsupported("an index that is computed, or selects images", "fixed places behind the batch")
    return call.function(operator.getitem, call.value(), tuple(places))


def filled(call: AtenCall) -> ImportedValue:
    """zeros, ones and full, for each image."""
    like = call.op.endswith("_like")
    lead, *rest = (None, *call.value().shape) if like else call.get("size")
    if isinstance(lead, int) and lead != call.batch:
        raise Unsupported("a constant whose size is computed of the batch", "torch.zeros(x.shape[0], ...)")
    value = 0.0 if "zeros" in call.op else 1.0 if "ones" in call.op else float(call.get("fill_value"))
    return arranging.filled(call, rest, value)
