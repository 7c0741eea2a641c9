"""ATen operators that pick places of a value out, or cut it into pieces."""

import operator
from typing import Any

import torch

from spikewright.compress.imports import arranging
from spikewright.compress.imports.errors import Unsupported
from spikewright.compress.imports.exported.call import AtenCall
from spikewright.compress.imports.steps import ImportedValue

_END = 1 << 62
"""How torch.export writes that a slice has no end."""


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
