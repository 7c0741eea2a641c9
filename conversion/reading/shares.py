"""Who reads what of a concatenation in another order: the share of each piece, as a map of that piece alone."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import prod

import numpy as np

from spikewright.conversion.reading.values import Current, Flow, Piece
from spikewright.index_maps import IndexMap


@dataclass(frozen=True, eq=False)
class Share:
    """The channels `start` to `stop` of a moved value in which a `piece` of it is read, and where, without constants."""

    piece: Piece
    map: IndexMap
    start: int
    stop: int


def shares_of(value: Flow, moved: IndexMap) -> tuple[Share, ...]:
    """The share of each piece that is read at all; other pieces have theirs at the places that its map leaves at -1."""
    pieces = value.pieces
    ends = np.cumsum([prod(piece.view) for piece in pieces])
    owners = np.where(moved.addresses >= 0, np.searchsorted(ends, moved.addresses, side="right"), -1)
    found = []
    for number, (piece, end) in enumerate(zip(pieces, ends, strict=True)):
        mine = owners == number
        rows = np.flatnonzero(mine.reshape(len(mine), -1).any(axis=1))
        if rows.size:
            start, stop = int(rows[0]), int(rows[-1]) + 1
            addresses = np.where(mine, moved.addresses - (end - prod(piece.view)), -1)[start:stop]
            found.append(Share(piece, IndexMap.of(piece.view, addresses), start, stop))
    return tuple(found)


def apart(shares: Sequence[Share]) -> bool:
    """Whether no two pieces are read in the same channels, in the order in which they stand."""
    return all(one.stop <= other.start for one, other in pairwise(shares))


def with_constants(share: Share, moved: IndexMap) -> Share:
    """The share with the constants that lie in its channels."""
    constants = moved.constants[share.start : share.stop]
    return replace(share, map=IndexMap(share.map.source, share.map.addresses, constants))


def constant_rows(moved: IndexMap, start: int, stop: int, name: str) -> Current:
    """The channels of a moved value in which no piece is read."""
    held = moved.constants[start:stop]
    return Current((), held.copy(), held.shape, name, positive=not np.any(held < 0))
