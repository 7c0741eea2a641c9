"""Whole channels of sums, side by side: rows of the kernels where they lie, not a layer of single ones behind them.

    x = conv(u) + conv(v)       x[:, 2:5]  =  conv(u) of the rows 2 to 5  +  conv(v) of the rows 2 to 5

A network that splits what a layer makes and adds to it, again and again, would compose a kernel for each of its sums anew.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from math import prod

import numpy as np

from spikewright.conversion.reading.geometry import DENSE, ConvGeometry, DenseGeometry, Kernel, TransposedGeometry
from spikewright.conversion.reading.layer import AffineLayer
from spikewright.conversion.reading.merging import MOST_TERMS
from spikewright.conversion.reading.source_term import SourceTerm
from spikewright.conversion.reading.terms import LARGEST
from spikewright.conversion.reading.values import Current, Flow, Piece
from spikewright.index_maps import IndexMap

Apply = Callable[[Piece, AffineLayer], Current]
"""A layer of a piece, merged with it or behind a relay of it."""


@dataclass(frozen=True)
class ChannelRun:
    """Neighbouring channels `start` to `stop` of a piece."""

    piece: Piece
    start: int
    stop: int


def taken(flow: Flow, moved: IndexMap, name: str, apply: Apply) -> Current | None:
    """What `moved` takes of a value with sums in it, as one sum; None where it is no run of whole channels of each piece.

    `apply` is called for what is no row of a kernel, activations for example.
    """
    runs = _runs(flow, moved)
    if runs is None or not any(isinstance(run.piece, Current) and run.piece.terms for run in runs):
        return None
    if any(len(run.piece.view) == 1 and (run.stop - run.start) * run.piece.view[0] > LARGEST for run in runs):
        return None  # a matrix of single ones for one of them might not fit
    terms, bias, begin = list[SourceTerm](), np.zeros(moved.shape), 0
    for run in runs:
        current, end = _taken_of(run, name, apply), begin + run.stop - run.start
        terms += (replace(term, channels=_behind(begin, end, term.channels)) for term in current.terms)
        bias[begin:end] = current.bias.reshape(bias[begin:end].shape)
        begin = end
    return Current(tuple(terms), bias, moved.shape, name)


def _runs(flow: Flow, moved: IndexMap) -> list[ChannelRun] | None:
    """The channels that a map takes of each piece in turn, at most one run of each; None where it does something else."""
    pixels, channels = prod(moved.source[1:]), moved.shape[0]
    if moved.shape[1:] != moved.source[1:] or moved.constant or not pixels or not channels:
        return None
    places = moved.addresses.reshape(channels, pixels)
    first = places[:, 0]
    if first.min() < 0 or np.any(first % pixels) or np.any(places != first[:, None] + np.arange(pixels)):
        return None
    ends = np.cumsum([0, *(piece.view[0] for piece in flow.pieces)])
    read = first // pixels
    owners = np.searchsorted(ends, read, side="right") - 1
    cuts = np.flatnonzero((np.diff(read) != 1) | (np.diff(owners) != 0)) + 1
    found = [(int(owners[one]), read[one], read[other - 1] + 1) for one, other in pairwise((0, *cuts, channels))]
    if len({owner for owner, _, _ in found}) < len(found):
        return None
    return [
        ChannelRun(flow.pieces[owner], int(one - ends[owner]), int(other - ends[owner])) for owner, one, other in found
    ]


def _taken_of(run: ChannelRun, name: str, apply: Apply) -> Current:
    piece = run.piece
    if not isinstance(piece, Current) or not _by_rows(piece):
        return apply(piece, _single_ones(run, name))
    ends = [(term, *(term.channels or (0, piece.shape[0]))) for term in piece.terms]
    terms = (_rows(*one, run) for one in ends if one[1] < run.stop and one[2] > run.start)
    return Current(tuple(terms), piece.bias[run.start : run.stop], _shape(run), name)


def _by_rows(piece: Current) -> bool:
    """Whether the channels of a sum are rows of its kernels."""
    plain = all(
        term.kernel is not None
        and isinstance(term.geometry, ConvGeometry | DenseGeometry | TransposedGeometry)
        and term.geometry.group_count == 1
        for term in piece.terms
    )
    return plain and not piece.flat and len(piece.terms) <= MOST_TERMS


def _rows(term: SourceTerm, first: int, last: int, run: ChannelRun) -> SourceTerm:
    """What a term that drives the channels `first` to `last` of a sum brings to a run of them."""
    assert term.kernel is not None
    start, stop = max(first, run.start), min(last, run.stop)
    gain = term.gain_out if term.gain_out.ndim == 0 else term.gain_out[start - first : stop - first]
    kernel = term.kernel.rows(start - first, stop - first)
    return replace(term, kernel=kernel, gain_out=gain, channels=(start - run.start, stop - run.start))


def _single_ones(run: ChannelRun, name: str) -> AffineLayer:
    """The layer that picks a run."""
    view = run.piece.view
    ones = np.eye(view[0])[run.start : run.stop]
    geometry = DENSE if len(view) == 1 else ConvGeometry()
    kernel = Kernel(ones if len(view) == 1 else ones[:, :, None, None])
    return AffineLayer(name, geometry, kernel, np.zeros(()), view, _shape(run))


def _shape(run: ChannelRun) -> tuple[int, ...]:
    return (run.stop - run.start, *run.piece.view[1:])


def _behind(begin: int, end: int, inner: tuple[int, int] | None) -> tuple[int, int]:
    """The channels of a run as those of the whole."""
    return (begin, end) if inner is None else (begin + inner[0], begin + inner[1])
