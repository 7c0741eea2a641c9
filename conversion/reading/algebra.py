"""The arithmetic of Signals, Currents and Parts: every step exact, or a Refusal."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from math import prod
from typing import Any

import numpy as np

from spikewright.conversion.errors import Refusal
from spikewright.conversion.reading.geometry import IDENTITY
from spikewright.conversion.reading.layer import identity_conv
from spikewright.conversion.reading.merging import read_signal
from spikewright.conversion.reading.shapes import NO_BORDER, Floats, bordered, per_channel, per_element, pooled, spread
from spikewright.conversion.reading.source_term import SourceTerm
from spikewright.conversion.reading.terms import as_matrix
from spikewright.conversion.reading.values import Current, Flow, Parts, Piece, Signal
from spikewright.snn.synapses import Pair, Shape

Shapes = dict[str, Shape]
"""The shapes of the populations so far, by name."""


def affine(value: Flow, gain: Floats, offset: Floats | None) -> Flow:
    """gain * value + offset; `gain` () or one for each channel of the view, `offset` of the view's shape or None."""
    if not isinstance(value, Parts):
        return _affine_piece(value, gain, offset)
    pieces, start = [], 0
    for piece in value.pieces:
        stop = start + piece.view[0]
        own = gain if gain.ndim == 0 else gain[start:stop]
        pieces.append(_affine_piece(piece, own, None if offset is None else offset[start:stop]))
        start = stop
    return Parts(tuple(pieces))


def flatten(value: Flow, shapes: Shapes, name: str) -> Flow:
    """The same numbers as a vector, row-major: nothing but addresses."""
    if isinstance(value, Parts):
        return replace(value, pieces=tuple(_flat(piece, shapes, name) for piece in value.pieces))
    return _flat(value, shapes, name)


def add(left: Flow, right: Flow, shapes: Shapes, name: str) -> Current:
    """left + right as one current. `shapes`: of the populations."""
    first, second = as_current(left, shapes, name), as_current(right, shapes, name)
    if first.shape != second.shape:
        first, second = (as_vector(one, shapes) for one in (first, second))
    terms, bias = first.terms + second.terms, first.bias + second.bias
    weighted = next((one.name for one in (first, second) if any(term.kernel for term in one.terms)), name)
    return Current(terms, bias, first.shape, weighted, first.flat or second.flat, first.positive and second.positive)


def as_current(value: Flow, shapes: Shapes, name: str) -> Current:
    """A Signal as the input of neurons: neuron by neuron, or averages of its windows; Parts as slices of one population."""
    return _AS_CURRENT[type(value)](value, shapes, name)


def as_vector(current: Current, shapes: Shapes) -> Current:
    """A current whose neurons are a vector `(N,)`: every term becomes a matrix. Raises Refusal when that is too large."""
    if len(current.shape) == 1:
        return current
    size = prod(current.shape[1:])
    terms = []
    for term in current.terms:
        matrix = as_matrix(term, shapes[term.source])
        if matrix is None:
            raise Refusal("a flattened map of this size as neurons of its own", "the operation before the flattening")
        channels = None if term.channels is None else (term.channels[0] * size, term.channels[1] * size)
        terms.append(replace(matrix, channels=channels))
    return replace(current, terms=tuple(terms), bias=current.bias.reshape(-1), shape=(prod(current.shape),), flat=False)


def seen_as(value: Signal, shape: Shape) -> Signal:
    """The same activations as the graph sees them in another place: flat, or as a map."""
    if value.shape == shape:
        return value
    return replace(value, shape=shape, offset=None if value.offset is None else value.offset.reshape(shape))


def framed(value: Signal, border: tuple[int, int, int, int]) -> Signal:
    """Zeros around a map of activations."""
    together = tuple(one + other for one, other in zip(value.border, border, strict=True))
    offset = value.offset
    if offset is not None:
        top, bottom, left, right = border
        widths = ((top, bottom), (left, right))[-(len(value.shape) - 1) :]
        offset = np.pad(offset, ((0, 0), *widths))
    shape = bordered(value.shape, border)
    return replace(value, shape=shape, offset=offset, border=(together[0], together[1], together[2], together[3]))


def unframed(value: Signal) -> Signal:
    """The Signal without its border and its offset."""
    top, bottom, left, right = value.border
    inside = bordered(value.shape, (-top, -bottom, -left, -right))
    return replace(value, shape=inside, border=NO_BORDER, offset=None)


def with_zeros(value: Flow, channels: Pair, shapes: Shapes, name: str) -> Parts:
    """So many channels of zeros (before, behind) beside those of `value`."""
    inside = list(value.pieces) if isinstance(value, Parts) else [_unbordered(value, shapes, name)]
    rest = value.view[1:]
    before, behind = (
        [Current((), np.zeros((count, *rest)), (count, *rest), name, positive=True)] if count else []
        for count in channels
    )
    return Parts((*before, *inside, *behind))


def _affine_piece(value: Piece, gain: Floats, offset: Floats | None) -> Piece:
    positive = value.positive and bool(np.all(gain >= 0)) and (offset is None or bool(np.all(offset >= 0)))
    if isinstance(value, Signal):
        moved = None if value.offset is None else value.offset * spread(gain, value.shape)
        total = moved if offset is None else offset if moved is None else moved + offset
        return replace(value, gain=value.gain * gain, offset=total, positive=positive)
    channels = per_channel(gain, value.shape[0])
    bias = value.bias * spread(channels, value.shape)
    bias = bias if offset is None else bias + offset.reshape(value.shape)
    terms = tuple(_scaled(term, channels) for term in value.terms)
    return replace(value, terms=terms, bias=bias, positive=positive, node=None)


def _flat(piece: Piece, shapes: Shapes, name: str) -> Piece:
    value = _unbordered(piece, shapes, name)
    if isinstance(value, Current):
        return value if len(value.shape) == 1 else replace(value, flat=True)
    offset = None if value.offset is None else value.offset.reshape(-1)
    return replace(value, shape=(prod(value.shape),), gain=per_element(value.gain, value.shape), offset=offset)


def _unbordered(piece: Any, shapes: Shapes, name: str) -> Piece:
    """The piece itself, or a current where zeros are around it."""
    found: Piece = as_current(piece, shapes, name) if piece.bordered else piece
    return found


def _current_of_signal(value: Signal, shapes: Shapes, name: str) -> Current:
    inside = pooled(shapes[value.source], value.pool)
    if value.bordered:
        moved = read_signal(
            replace(value, shape=inside, offset=None, border=NO_BORDER), identity_conv(name, inside, value.border)
        )
        return replace(moved, bias=moved.bias if value.offset is None else value.offset, positive=value.positive)
    flat = len(value.shape) == 1 and len(shapes[value.source]) > 1
    shape = inside if flat else value.shape
    bias = np.zeros(shape) if value.offset is None else value.offset.reshape(shape)
    geometry, pool = IDENTITY.over_pool(value.pool)
    term = SourceTerm(value.source, geometry, pool, gain_in=per_channel(value.gain, shape[0]))
    return Current((term,), bias, shape, name, flat, value.positive)


def _joined(value: Parts, shapes: Shapes, name: str) -> Current:
    """One current whose terms drive slices of the channels."""
    currents = [as_current(piece, shapes, name) for piece in value.pieces]
    if len({(one.shape[1:], one.flat) for one in currents}) > 1:
        currents = [as_vector(one, shapes) for one in currents]
    terms, start = [], 0
    for one in currents:
        for term in one.terms:
            first, last = term.channels or (0, one.shape[0])
            terms.append(replace(term, channels=(start + first, start + last)))
        start += one.shape[0]
    bias = np.concatenate([one.bias for one in currents])
    return Current(tuple(terms), bias, bias.shape, name, currents[0].flat, value.positive, value.node)


def _scaled(term: SourceTerm, gain: Floats) -> SourceTerm:
    if gain.ndim and term.channels is not None:
        gain = gain[slice(*term.channels)]
    if term.kernel is None:
        return replace(term, gain_in=term.gain_in * gain)
    return replace(term, gain_out=term.gain_out * gain)


_AS_CURRENT: Mapping[type, Callable[[Any, Shapes, str], Current]] = {
    Signal: _current_of_signal,
    Current: lambda value, shapes, name: value,
    Parts: _joined,
}
