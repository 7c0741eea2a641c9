"""A linear map behind the last layer, taken off the populations: it is applied to what is read out (`spikewright.linear_tails`).

Conv2d -> upsample       the convolution adds up, the upsampling is the tail: nothing between them is rounded to spikes
"""

from collections.abc import Sequence
from dataclasses import replace
from math import prod

import numpy as np

from spikewright.conversion.reading.geometry import (
    ConvGeometry,
    DenseGeometry,
    IdentityGeometry,
    SeparableGeometry,
    UpsampleGeometry,
)
from spikewright.conversion.reading.plan import Unit
from spikewright.conversion.reading.shapes import Floats, grid
from spikewright.conversion.reading.source_term import SourceTerm
from spikewright.conversion.storage import input_gain, real_weights
from spikewright.linear_tails import Tail
from spikewright.snn.synapses import Shape


def with_tail(units: Sequence[Unit], relays: set[str]) -> tuple[tuple[Unit, ...], Tail | None]:
    """The units without those behind the last sum that nothing but linear maps follow, and these maps as one.

    That sum is one of `relays`, populations that would only send it on. It is the output then, and adds up. All units and no
    tail where there is no such sum, where others read it, and where a map is of another kind, such as a convolution of 3x3.
    """
    tail: Tail | None = None
    while (found := _last_map(units, relays)) is not None:
        tail = found if tail is None else tail.behind(found)
        last = units[-1].terms[0].source
        neck = next(unit for unit in units if unit.name == last)
        units = (*(unit for unit in units[:-1] if unit is not neck), replace(neck, adds_up=True))
    return tuple(units), tail


def _last_map(units: Sequence[Unit], relays: set[str]) -> Tail | None:
    """What the output unit makes of the one relay that it reads, and that it alone reads."""
    last = units[-1]
    if not last.adds_up or len(last.terms) != 1:
        return None
    (term,) = last.terms
    readers = [unit for unit in units for one in unit.terms if one.source == term.source]
    if term.source not in relays or len(readers) > 1 or term.pool != (1, 1) or term.channels is not None:
        return None
    shape = next(unit.shape for unit in units if unit.name == term.source)
    bias = last.bias.reshape(grid(last.shape)) if last.bias.any() else np.zeros(())
    return _as_tail(term, shape, bias)


def _as_tail(term: SourceTerm, shape: Shape, bias: Floats) -> Tail | None:
    """A term of a source of `shape` as a tail; None where it is none."""
    geometry, source = term.geometry, grid(shape)
    if isinstance(geometry, DenseGeometry):
        return Tail((prod(shape), 1, 1), real_weights(term, shape), bias=bias)
    if isinstance(geometry, ConvGeometry):
        plain = geometry.pointwise(term.kernel) and geometry.groups == 1
        return Tail(source, real_weights(term, shape)[:, :, 0, 0], bias=bias) if plain else None
    gain = input_gain(term, np.ones(()), shape)
    channels = np.diag(np.broadcast_to(gain.reshape(-1), source[0])) if np.any(gain != 1) else None
    if isinstance(geometry, UpsampleGeometry):
        geometry = SeparableGeometry.repeating(geometry.factor, shape)
    if isinstance(geometry, SeparableGeometry):
        return Tail(source, channels, geometry.rows, geometry.columns, bias)
    return Tail(source, channels, bias=bias) if isinstance(geometry, IdentityGeometry) else None
