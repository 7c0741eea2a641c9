"""Enlarging, averages of unequal windows and other separable maps of Signals and Currents: they turn into currents.

They are composed with separable maps in front of them; nearest enlarging goes into 1x1 convolutions in front of it. What is
left reads a population: that of the Signal, or a relay.
"""

from dataclasses import replace
from math import prod
from typing import Protocol

import numpy as np

from spikewright.conversion.reading.algebra import Shapes
from spikewright.conversion.reading.geometry import SeparableGeometry, TransposedGeometry, UpsampleGeometry
from spikewright.conversion.reading.layer import summing
from spikewright.conversion.reading.plan import DEARER, MANY_TERMS
from spikewright.conversion.reading.separable_forms import separable_behind
from spikewright.conversion.reading.shapes import NO_BORDER, Floats, grid, pooled
from spikewright.conversion.reading.source_term import SourceTerm
from spikewright.conversion.reading.terms import mapped
from spikewright.conversion.reading.values import Current, Flow, Parts, Piece, Signal
from spikewright.conversion.reading.windows import Window, read_framed
from spikewright.snn.synapses import Pair, Shape


class Relays(Protocol):
    """What gives a sum a population of its own."""

    shapes: Shapes
    dearer: float

    def relay(self, value: Piece) -> Signal:
        """The same values as activations."""


def through(value: Flow, geometry: SeparableGeometry, name: str, walk: Relays) -> Flow:
    """A separable map of each piece of a value: composed with such maps in front of it, or over activations."""

    def one(piece: Piece) -> Current:
        many = len(piece.terms) > MANY_TERMS and piece.node is not None
        whole = None if many else composed(piece, geometry, name, walk.shapes, walk.dearer)
        return resampled(walk.relay(piece), geometry, name) if whole is None else whole

    return Parts(tuple(map(one, value.pieces))) if isinstance(value, Parts) else one(value)


def uneven(value: Signal, windows: SeparableGeometry, like: Window | None, name: str) -> Current:
    """Windows of different sizes or divisors: whole numbers upsample, one divisor is a convolution, the rest is a map.

    `like`: the windows of one size that they would be without borders, None where there are none.
    """
    factor, shape = _factor(value.shape, windows), windows.output_shape(value.shape)
    if factor is not None and not value.bordered:
        return upsample(value, factor, name)
    weights = np.unique(np.multiply.outer(*(one[one != 0] for one in (windows.rows, windows.columns))))
    if len(weights) == 1 and like is not None:
        sizes = (like.kernel, like.stride, like.padding)
        layer = summing(name, value.shape, sizes, float(weights[0]), like.beyond(value.shape, shape))
        return replace(read_framed(value, layer), positive=value.positive)
    return resampled(value, windows, name)


def upsample(value: Signal, factor: Pair, name: str) -> Current:
    """Nearest neighbours repeated."""
    if value.bordered or len(value.shape) != 3:
        return resampled(value, SeparableGeometry.repeating(factor, value.shape), name)
    shape = (value.shape[0], value.shape[1] * factor[0], value.shape[2] * factor[1])
    term = SourceTerm(value.source, UpsampleGeometry(factor), value.pool, gain_in=value.gain)
    own = SourceTerm("", UpsampleGeometry(factor))
    bias: Floats = np.zeros(shape) if value.offset is None else mapped(own, value.offset, value.shape)
    return Current((term,), bias, shape, name, positive=value.positive)


def resampled(value: Signal, geometry: SeparableGeometry, name: str) -> Current:
    """A separable map over a Signal: zeros around that are rows and columns less, the bias is what it makes of the offset."""
    shape = geometry.output_shape(value.shape)
    bias: Floats = (
        np.zeros(shape) if value.offset is None else mapped(SourceTerm("", geometry), value.offset, value.shape)
    )
    inner = geometry if value.border == NO_BORDER else geometry.inside(value.border)
    term = SourceTerm(value.source, inner, value.pool, gain_in=value.gain)
    return Current((term,), bias, shape, name, positive=value.positive and geometry.positive)


def composed(
    value: Piece, geometry: SeparableGeometry, name: str, shapes: Shapes, dearer: float = DEARER
) -> Current | None:
    """A separable map over a sum of separable maps, composed; None for anything else, and where that takes too many additions."""
    if isinstance(value, Signal):
        return None
    insides = [pooled(shapes[term.source], term.pool) for term in value.terms]
    if any(len(inside) != len(value.shape) for inside in insides):
        return None
    made, old, new = [], geometry.additions(None, value.shape, geometry.output_shape(value.shape)), 0.0
    for term, inside in zip(value.terms, insides, strict=True):
        old += term.geometry.additions(term.kernel, inside, (inside[0], *value.shape[1:]))
    for term, inside in zip(value.terms, insides, strict=True):
        one = separable_behind(term, geometry, inside)
        new += 0.0 if one is None else one.geometry.additions(None, inside, inside)
        if one is None or new > dearer * old:
            return None  # before the others are composed, which may be large
        made.append(one)
    bias = mapped(SourceTerm("", geometry), value.bias, value.shape)
    positive = value.positive and geometry.positive
    return Current(tuple(made), bias, geometry.output_shape(value.shape), name, positive=positive)


def composed_flow(value: Flow, geometry: SeparableGeometry, name: str, shapes: Shapes) -> Flow | None:
    """`composed` of a value, or of each piece of a concatenation; None where one cannot be."""
    made = [composed(piece, geometry, name, shapes) for piece in value.pieces]
    pieces = tuple(piece for piece in made if piece is not None)
    if len(pieces) < len(made):
        return None
    return Parts(pieces) if isinstance(value, Parts) else pieces[0]


def upsampled_current(value: Piece, factor: Pair, name: str) -> Current | None:
    """Repetition of a sum of 1x1 convolutions and copies: each weight at all places of its block. None for anything else."""
    if isinstance(value, Signal):
        return None
    found = [_repeated(term, factor) for term in value.terms]
    terms = tuple(term for term in found if term is not None)
    if len(value.shape) != 3 or len(terms) < len(found):
        return None
    bias = value.bias.repeat(factor[0], axis=1).repeat(factor[1], axis=2)
    return Current(terms, bias, bias.shape, name, positive=value.positive)


def _repeated(term: SourceTerm, factor: Pair) -> SourceTerm | None:
    """A pointwise term whose outputs are repeated: a transposed convolution with blocks of equal taps."""
    if not term.geometry.pointwise(term.kernel):
        return None
    if term.kernel is None:
        return replace(term, geometry=UpsampleGeometry(factor))
    shape = (*term.kernel.shape[:2], *factor)
    kernel = term.kernel.changed(lambda values: np.ascontiguousarray(np.broadcast_to(values, shape)))
    return replace(term, geometry=TransposedGeometry(factor, groups=term.geometry.group_count), kernel=kernel)


def _factor(shape: Shape, windows: SeparableGeometry) -> Pair | None:
    """The whole factor when every window is one pixel, repeated equally often."""
    (_, high, wide), rows, columns = grid(shape), len(windows.rows), len(windows.columns)
    if rows % high or columns % wide or len(shape) != 3:
        return None
    factor = (rows // high, columns // wide)
    same = SeparableGeometry.repeating(factor, shape)
    straight = np.array_equal(same.rows, windows.rows) and np.array_equal(same.columns, windows.columns)
    return factor if straight and prod(factor) >= 1 else None
