"""What both importers do alike with values: reshape, pool over all pixels, pad, select, fill, join."""

import operator
from collections.abc import Sequence
from itertools import pairwise
from math import prod
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

from spikewright.compress.imports import layers
from spikewright.compress.imports.calls import OperatorCall
from spikewright.compress.imports.errors import Damaged, Unsupported
from spikewright.compress.imports.steps import ImportedValue

Call = OperatorCall[Any]


def without_open(sizes: Sequence[int], total: int) -> tuple[int, ...]:
    """`sizes` with a -1 replaced by what makes them `total` numbers: (2, -1) of 12 is (2, 6)."""
    known = prod(size for size in sizes if size != -1)
    return tuple(total // max(known, 1) if size == -1 else size for size in sizes)


def picked(call: Call, source: ImportedValue, axis: int, places: Sequence[int]) -> ImportedValue:
    """`source` at `places` of `axis`: a slice where they follow each other evenly, else an index_select."""
    steps = {second - first for first, second in pairwise(places)} or {1}
    if len(steps) == 1 and min(steps) > 0:
        if list(places) == list(range(source.shape[axis - 1])):
            return source
        return selected(call, source, axis, slice(places[0], places[-1] + 1, min(steps)))
    return call.function(torch.index_select, source, axis, torch.tensor(list(places)))


def reshaped(call: Call, source: ImportedValue, shape: tuple[int, ...]) -> ImportedValue:
    """`source` in another shape behind the batch; one axis is a Flatten, and no change is no step."""
    if prod(shape) != prod(source.shape):
        raise Damaged(f"a reshape from {source.shape} to {shape}")
    if shape == source.shape:
        return source
    if len(shape) == 1:
        return call.layer(nn.Flatten(1), source)
    return call.function(torch.reshape, source, (-1, *shape))


def pooled_whole(call: Call, kind: str, source: ImportedValue, keep: bool) -> ImportedValue:
    """The mean or maximum over all pixels as a pool; without `keep` their axes are gone."""
    pooled = call.layer(layers.whole(kind, [1] * (source.rank - 2)), source)
    return pooled if keep else call.layer(nn.Flatten(1), pooled, "_flat")


def reduced(call: Call, kind: str, places: Sequence[int], keep: bool) -> ImportedValue:
    """The mean or maximum over other axes, `places`, than all those of pixels."""
    function = torch.amax if kind == "max" else torch.mean
    return call.function(function, call.value(), dim=list(places), keepdim=keep)


def padded(call: Call, source: ImportedValue, widths: Sequence[int], value: float) -> ImportedValue:
    """Constants around the pixels as a layer, around channels too as a function; `widths` begin with the last axis.

    One below zero cuts off so many places.
    """
    if not any(widths):
        return source
    pixels = 2 * (source.rank - 2)
    if any(widths[pixels:]) or min(widths) < 0:
        return call.function(F.pad, source, list(widths), value=value)
    return call.layer(layers.pad(widths[:pixels], value), source)


def selected(call: Call, source: ImportedValue, axis: int, index: Any) -> ImportedValue:
    """`source[:, ..., index]`, `index` at `axis` (the batch is 0)."""
    return call.function(operator.getitem, source, (*[slice(None)] * axis, index))


def joined(call: Call, values: Sequence[ImportedValue], axis: int) -> ImportedValue:
    """Values side by side along `axis`, which is not the batch."""
    if axis == 0:
        raise Unsupported("concatenation along the batch", "concatenation along the channels")
    return call.function(torch.cat, list(values), dim=axis)


def filled(call: Call, sizes: Sequence[Any], value: float) -> ImportedValue:
    """One number everywhere, in the shape `sizes` for each image. Refused where a size follows the batch."""
    whole = [size for size in sizes if isinstance(size, int)]
    if len(whole) < len(sizes):
        raise Unsupported("a constant whose size is computed of the batch", "torch.zeros(x.shape[0], ...)")
    return call.builder.filled(call.name, tuple(whole), value)
