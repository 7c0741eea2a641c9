"""A value in another order that no weights say: as Signals of ordered sources, side by side or added up."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from spikewright.conversion.errors import Refusal
from spikewright.conversion.reading import algebra
from spikewright.conversion.reading.ordered_sources import OrderedSources
from spikewright.conversion.reading.shares import Share, apart, constant_rows, shares_of, with_constants
from spikewright.conversion.reading.values import Current, Flow, Parts, Piece, Signal
from spikewright.index_maps import IndexMap

Relay = Callable[[Piece], Signal]
"""Makes a population of a sum, so that there is something to read."""


def in_order(value: Flow, moved: IndexMap, node: str, sources: OrderedSources, relay: Relay) -> Flow:
    """`value` in other places; `node`: what gives the order. Raises Refusal for shapes that no population has."""
    if len(moved.shape) > 3:
        raise Refusal(
            f"follows a reshape from {value.view} to {moved.shape}, which no population has",
            "flatten(1) in front of the linear layers, or the layer in front of the reshape",
        )
    shares = shares_of(value, moved)
    if apart(shares):
        return _side_by_side(shares, moved, node, sources, relay)
    total = constant_rows(moved, 0, moved.shape[0], node)
    for share in shares:
        addresses = np.full(moved.shape, -1)
        addresses[share.start : share.stop] = share.map.addresses
        whole = replace(share, map=IndexMap.of(share.map.source, addresses))
        total = algebra.add(total, placed(whole, node, sources, relay), sources.shapes, node)
    return total


def placed(share: Share, node: str, sources: OrderedSources, relay: Relay) -> Piece:
    """The piece of a share in its places: a Signal of an ordered source, or a constant."""
    piece = share.piece
    if isinstance(piece, Current) and not piece.terms:
        held = share.map.apply(piece.bias)
        return Current((), held, held.shape, node, positive=not np.any(held < 0))
    found = sources.signal(relay(piece), share.map, node)
    if found is None:
        raise Refusal(
            f"the order that {node} gives ({share.map.source} to {share.map.shape}), which mixes channels of other scales",
            "the scale behind the order",
        )
    return found


def _side_by_side(shares: tuple[Share, ...], moved: IndexMap, node: str, sources: OrderedSources, relay: Relay) -> Flow:
    pieces: list[Piece] = []
    start = 0
    for share in shares:
        if share.start > start:
            pieces.append(constant_rows(moved, start, share.start, node))
        pieces.append(placed(with_constants(share, moved), node, sources, relay))
        start = share.stop
    if start < moved.shape[0]:
        pieces.append(constant_rows(moved, start, moved.shape[0], node))
    return pieces[0] if len(pieces) == 1 else Parts(tuple(pieces))
