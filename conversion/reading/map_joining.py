"""Values side by side, and maps over them: pieces once, those that no one reads left out, and the map that puts them in place."""

from collections.abc import Sequence
from math import prod

import numpy as np

from spikewright.conversion.reading import algebra
from spikewright.conversion.reading.values import Flow, Parts, Piece, View
from spikewright.index_maps import IndexMap, beside
from spikewright.snn.synapses import Shape


def used(value: Flow, moved: IndexMap) -> tuple[Flow, IndexMap]:
    """A concatenation without the pieces that a map does not read, and the map of what is left."""
    if not isinstance(value, Parts):
        return value, moved
    sizes = [prod(piece.view) for piece in value.pieces]
    ends = np.cumsum(sizes)
    owners = np.searchsorted(ends, moved.addresses, side="right")
    kept = np.unique(owners[moved.addresses >= 0])
    if kept.size in (0, len(sizes)):
        return value, moved
    gone = np.cumsum([0 if place in kept else size for place, size in enumerate(sizes)])
    pieces = tuple(value.pieces[place] for place in kept)
    left = pieces[0] if len(pieces) == 1 else Parts(pieces)
    addresses = np.where(moved.addresses >= 0, moved.addresses - gone[np.minimum(owners, len(sizes) - 1)], -1)
    return left, IndexMap(left.view, addresses, moved.constants)


def joined(values: tuple[Flow | View, ...]) -> tuple[Parts, IndexMap] | None:
    """Values side by side along the channels as pieces, each once, and the map that puts them in their places.

    None where their pieces have not one size.
    """
    maps = [one.map if isinstance(one, View) else IndexMap.identity(one.view) for one in values]
    pieces: list[Piece] = []
    for one in values:
        flow = one.flow
        if flow.view[1:] != values[0].flow.view[1:]:
            return None
        for piece in flow.pieces:
            if not any(piece is other for other in pieces):
                pieces.append(piece)
    total = Parts(tuple(pieces))
    begin = dict(zip(map(id, pieces), np.cumsum([0, *(prod(piece.view) for piece in pieces)])[:-1], strict=True))
    found = []
    for one, moved in zip(values, maps, strict=True):
        places = np.concatenate([begin[id(piece)] + np.arange(prod(piece.view)) for piece in one.flow.pieces])
        found.append(IndexMap.of(total.view, places).then(moved))
    return total, beside(tuple(found))


def flat_pieces(values: Sequence[Flow | View], shapes: dict[str, Shape], name: str) -> tuple[Parts, IndexMap]:
    """All pieces of some values as vectors one behind the other, and the map from these to the values, each row-major."""
    pieces: list[Piece] = []
    maps, begin = [], 0
    total = sum(prod(one.flow.view) for one in values)
    for one in values:
        moved = one.map if isinstance(one, View) else IndexMap.identity(one.view)
        addresses = np.where(moved.addresses >= 0, moved.addresses + begin, -1)
        maps.append(IndexMap((total,), addresses.reshape(-1), moved.constants.reshape(-1)))
        pieces += algebra.flatten(one.flow, shapes, name).pieces
        begin += prod(one.flow.view)
    return Parts(tuple(pieces)), beside(tuple(maps))
