"""ONNX operators that read or write single numbers at constant places: index maps, and sums of them.

GatherElements, GatherND                 y[t] = x[places[t]]
ScatterElements, ScatterND               y = x, but y[places[t]] = updates[t], or reduction(y[places[t]], updates[t])
"""

import operator
from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np
import torch

from spikewright.compress.imports import arranging, layers
from spikewright.compress.imports.errors import Damaged, Unsupported
from spikewright.compress.imports.onnx.call import OnnxCall
from spikewright.compress.imports.onnx.places import (
    fixed,
    full_shape,
    of_one_image,
    places_along,
    places_at,
    read_at,
)
from spikewright.compress.imports.steps import ImportedValue

_MOST_UPDATES = 64
"""Updates of one place that are applied one after the other."""
_REDUCTIONS: dict[str, Callable[..., Any]] = {
    "add": operator.add,
    "mul": operator.mul,
    "max": torch.maximum,
    "min": torch.minimum,
}
_NEUTRAL = {"add": 0.0, "mul": 1.0}
"""What stands where a place gets no update; for the others that is the number itself."""


def gather_elements(call: OnnxCall) -> ImportedValue:
    """GatherElements by constant places."""
    source, indices = call.value(), fixed(call, 1)
    shape, axis = full_shape(call, source), _axis(call, source)
    if indices.ndim != source.rank:
        raise Damaged(f"places of shape {indices.shape} of a value of shape {source.shape}")
    return read_at(call, source, of_one_image(places_along(shape, indices, axis), shape[0], prod(source.shape)))


def gather_nd(call: OnnxCall) -> ImportedValue:
    """GatherND by constant places."""
    source, indices = call.value(), fixed(call, 1)
    shape, shared = full_shape(call, source), int(call.attr("batch_dims", 0))
    return read_at(call, source, of_one_image(places_at(shape, indices, shared), shape[0], prod(source.shape)))


def scatter_elements(call: OnnxCall) -> ImportedValue:
    """ScatterElements, and Scatter as it was called before, at constant places."""
    data, indices = _data(call), fixed(call, 1)
    if indices.ndim != data.rank:
        raise Damaged(f"places of shape {indices.shape} of a value of shape {data.shape}")
    return _scattered(call, data, places_along(full_shape(call, data), indices, _axis(call, data)))


def scatter_nd(call: OnnxCall) -> ImportedValue:
    """ScatterND at constant places."""
    data = _data(call)
    return _scattered(call, data, places_at(full_shape(call, data), fixed(call, 1)))


def reverse_sequence(call: OnnxCall) -> ImportedValue:
    """ReverseSequence of as many places in each image: the first ones of axis 1 backwards."""
    source, lengths = call.value(), call.constant(1)
    if (call.attr("batch_axis", 1), call.attr("time_axis", 0)) != (0, 1) or source.rank < 2 or lengths is None:
        raise Unsupported("a reversal of the order of images", "batch_axis=0 and time_axis=1")
    size, found = source.shape[0], sorted({int(one) for one in lengths.reshape(-1)})
    if call.batch not in (None, lengths.size) or not found or not 0 <= found[0] <= found[-1] <= size:
        raise Damaged(f"sequences of {found[:8]} places of {size}")
    if len(found) > 1 or (call.batch is None and lengths.size > 1):
        raise Unsupported("sequences of other lengths in each image", "one length, or Slice with a step of -1")
    return arranging.picked(call, source, 1, [*reversed(range(found[0])), *range(found[0], size)])


def _axis(call: OnnxCall, source: ImportedValue) -> int:
    axis = int(call.attr("axis", 0))
    if not -source.rank <= axis < source.rank:
        raise Damaged(f"the axis {axis} of a value of {source.rank} axes")
    return axis % source.rank


def _data(call: OnnxCall) -> ImportedValue:
    """What is written to; a constant must be the same for each image."""
    if isinstance(call.given(0), ImportedValue):
        return call.value(0)
    rows = fixed(call, 0)
    if rows.ndim < 2 or len(rows) != (call.batch or 1) or np.any(rows != rows[:1]):
        raise Unsupported("a constant that differs between images", "the same one for all images")
    return _repeated(call, rows[:1])


def _repeated(call: OnnxCall, row: np.ndarray) -> ImportedValue:
    return call.function(layers.repeated, call.builder.start, torch.from_numpy(row.astype(np.float32)))


def _scattered(call: OnnxCall, data: ImportedValue, places: np.ndarray) -> ImportedValue:
    """`data` with the updates, argument 2, at `places`, the addresses of all of them."""
    targets, updates = _updates(call, data, places)
    kind, size = str(call.attr("reduction", "none")), prod(data.shape)
    turns = _turns(targets, size)
    if kind == "none":
        if len(turns) > 1:
            raise Unsupported("two updates of one place, of which any may count", "one of them, or a reduction")
        return _written(call, data, targets, updates, np.arange(targets.size))
    if kind not in _REDUCTIONS:
        raise Damaged(f"the reduction {kind!r}")
    for turn in turns:
        other = _written(call, _start(call, kind, data), targets, updates, turn)
        data = call.function(_REDUCTIONS[kind], data, other)
    return data


def _start(call: OnnxCall, kind: str, data: ImportedValue) -> ImportedValue:
    """What a reduction takes where nothing is written: the neutral number, or the number itself."""
    return arranging.filled(call, data.shape, _NEUTRAL[kind]) if kind in _NEUTRAL else data


def _updates(call: OnnxCall, data: ImportedValue, places: np.ndarray) -> tuple[np.ndarray, ImportedValue]:
    """The places of one image, flat, and what is written there in each image.

    A constant belongs to the image that it is written to, a value to its own.
    """
    images, size, given = call.batch or 1, prod(data.shape), call.given(2)
    if isinstance(given, ImportedValue):
        value = call.value(2)
        if full_shape(call, value) != places.shape:
            raise Damaged(f"{places.shape} places for updates of shape {value.shape}")
        return of_one_image(places.reshape(images, -1), images, size), value
    numbers = fixed(call, 2)
    if numbers.shape != places.shape or places.size % images:
        raise Damaged(f"{places.shape} places for updates of shape {numbers.shape}")
    order = np.argsort(places.reshape(-1), kind="stable")
    rows = numbers.reshape(-1)[order].reshape(images, -1)
    if np.any(rows != rows[:1]):
        raise Unsupported("updates that differ between images", "the same ones for all images")
    return of_one_image(places.reshape(-1)[order].reshape(images, -1), images, size), _repeated(call, rows[:1])


def _turns(targets: np.ndarray, size: int) -> list[np.ndarray]:
    """The updates in turns, each of which writes to a place once: those that come first, those that come second, ..."""
    counts = np.bincount(targets, minlength=size)
    most = int(counts.max(initial=0))
    if most > _MOST_UPDATES:
        raise Unsupported(f"{most} updates of one place", "a sum or a maximum along an axis in front of it")
    order = np.argsort(targets, kind="stable")
    first = np.cumsum(counts) - counts
    rank = np.empty(targets.size, np.int64)
    rank[order] = np.arange(targets.size) - first[targets[order]]
    return [np.flatnonzero(rank == turn) for turn in range(most)]


def _written(
    call: OnnxCall, data: ImportedValue, targets: np.ndarray, updates: ImportedValue, turn: np.ndarray
) -> ImportedValue:
    """`data` with the updates of a turn in it."""
    size = prod(data.shape)
    both = arranging.joined(call, [arranging.reshaped(call, one, (prod(one.shape),)) for one in (data, updates)], 1)
    places = np.arange(size)
    places[targets[turn]] = size + turn
    return read_at(call, both, places.reshape(data.shape))
