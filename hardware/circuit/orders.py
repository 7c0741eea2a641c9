"""Events behind an order: what a projection reads at other places than its source says."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from spikewright.hardware.circuit.shapes import Map, as_map
from spikewright.hardware.circuit.words import address_bits, hex_word
from spikewright.index_maps import IndexMap
from spikewright.snn import Linear, Projection

Whole = NDArray[np.int64]
PlaceRow = tuple[int, bool, bool, int]
"""A place, whether it is read, whether there is a next row, and which."""


def behind_order(weights: Whole, order: IndexMap, pool: tuple[int, int], source: Map) -> Whole:
    """`weights (out, in)` behind an order and a pool as weights `(out, neurons of the source)`, sums where one is read often."""
    channels, rows, columns = as_map(order.shape)
    grid = np.full((channels, rows, columns), -1)
    inside = np.arange(weights.shape[1]).reshape(channels, rows // pool[0], columns // pool[1])
    within = grid[:, : inside.shape[1] * pool[0], : inside.shape[2] * pool[1]]
    within[:] = inside.repeat(pool[0], axis=1).repeat(pool[1], axis=2)
    reads, places = order.addresses.reshape(-1), grid.reshape(-1)
    used = (reads >= 0) & (places >= 0)
    whole = np.zeros((int(np.prod(source)), len(weights)), np.int64)
    np.add.at(whole, reads[used], weights.T[places[used]])
    return whole.T


def staged_order(projection: Projection) -> IndexMap | None:
    """The order that events go through in front of `projection`; None where there is none, or where it is in the weights."""
    return None if isinstance(projection.synapse, Linear) else projection.order


def places_read(order: IndexMap) -> list[Whole]:
    """For each neuron of the source the places at which it is read, ascending, of the map that is read row-major."""
    flat = order.addresses.reshape(-1)
    by_source = np.argsort(flat, kind="stable")
    ends = np.searchsorted(flat[by_source], np.arange(int(np.prod(order.source)) + 1))
    return [by_source[first:last] for first, last in pairwise(ends)]


@dataclass(frozen=True, eq=False)
class OrderTable:
    """The table of `sw_order`: see `PlaceRow`."""

    order: IndexMap
    rows: tuple[PlaceRow, ...]

    @classmethod
    def of(cls, order: IndexMap) -> "OrderTable":
        """A row for each neuron of the source, and behind them the further places of those that are read more than once."""
        places = places_read(order)
        first: list[PlaceRow] = []
        more: list[PlaceRow] = []
        for mine in (one.tolist() for one in places):
            behind = len(places) + len(more)
            first.append((mine[0] if mine else 0, bool(mine), len(mine) > 1, behind if len(mine) > 1 else 0))
            more += [
                (place, True, n + 2 < len(mine), behind + n + 1 if n + 2 < len(mine) else 0)
                for n, place in enumerate(mine[1:])
            ]
        return cls(order, (*first, *more))

    @property
    def coordinate_bits(self) -> Map:
        """Bits of (c, y, x) of a place."""
        c, y, x = as_map(self.order.shape)
        return address_bits(c), address_bits(y), address_bits(x)

    @property
    def next_bits(self) -> int:
        """Bits of the number of the next row, 0 where no neuron is read more than once."""
        return address_bits(len(self.rows)) if any(row[2] for row in self.rows) else 0

    def words(self) -> Iterator[str]:
        """The rows in hex: c, y, x of the place, whether it is read, whether there is a next row, and which."""
        bits, shape = self.coordinate_bits, as_map(self.order.shape)
        for place, read, more, behind in self.rows:
            at = (int(axis) for axis in np.unravel_index(place, shape))
            fields = [*zip(at, bits, strict=True), (int(read), 1)]
            yield hex_word([*fields, (int(more), 1), (behind, self.next_bits)] if self.next_bits else fields)
