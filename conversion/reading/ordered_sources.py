"""What no weights say stands on the projection: the numbers of a source in other places, under a name that terms read.

    reflect-pad, then a convolution:      ordered = x.ravel()[order]       term: the convolution over `ordered`

A term reads an ordered source as it reads a population; only who computes, or writes the network, asks where its numbers are.
"""

from dataclasses import dataclass
from math import prod

import numpy as np
import torch
from torch import Tensor

from spikewright.conversion.reading.shapes import Floats, bordered, grid, pooled
from spikewright.conversion.reading.values import Signal
from spikewright.index_maps import Addresses, IndexMap
from spikewright.snn.synapses import Pair, Shape


@dataclass(frozen=True, eq=False)
class OrderedSource:
    """The numbers of the population `source` in the places of `order`, which has no constants, under a `name` of their own."""

    name: str
    source: str
    order: IndexMap

    def apply(self, values: Tensor) -> Tensor:
        """`values (n, *source shape)` in their places, zeros where nothing is read."""
        places = torch.from_numpy(self.order.addresses)
        return torch.where(places >= 0, values.flatten(1)[:, places.clamp(min=0)], 0.0)

    @property
    def channels(self) -> Addresses | None:
        """For each channel the one of the source that its numbers come from, -1 for none; None where one has several."""
        addresses = self.order.addresses.reshape(self.order.shape[0], -1)
        owners = np.where(addresses >= 0, addresses // prod(self.order.source[1:]), -1)
        own = owners.max(axis=1)
        return own if np.all((owners == own[:, None]) | (owners < 0)) else None


class OrderedSources:
    """Those of one reading, by name. `shapes`: of the populations and of these; it is added to."""

    def __init__(self, shapes: dict[str, Shape]) -> None:
        self.shapes, self.by_name = shapes, dict[str, OrderedSource]()

    def population(self, name: str) -> str:
        """The population whose numbers are read under a name: itself, or the source of an order."""
        return self.by_name[name].source if name in self.by_name else name

    def comparable(self, name: str) -> bool:
        """Whether what is read under a name is of one channel in each channel, with nothing left out: a maximum has its scale."""
        order = self.by_name.get(name)
        return order is None or (order.channels is not None and bool(np.all(order.order.addresses >= 0)))

    def signal(self, value: Signal, moved: IndexMap, node: str) -> Signal | None:
        """A Signal in other places as one of an ordered source; None where its scales differ inside a channel.

        `moved`: of the view, its constants among the offset. `node`: what gives the order, for the name.
        """
        gain, order = _gains(value, moved), self._order(value, moved)
        if gain is None or order is None or len(moved.shape) > 3:
            return None
        offset = None
        if value.offset is not None or moved.constant:
            held = np.zeros(value.shape) if value.offset is None else value.offset
            offset = moved.apply(held)
        positive = value.positive and not np.any(moved.constants < 0)
        return Signal(self._named(value.source, order, node), moved.shape, value.pool, gain, offset, positive)

    def _order(self, value: Signal, moved: IndexMap) -> IndexMap | None:
        """The map of the population's own numbers, in front of the pool."""
        inside = pooled(self.shapes[value.source], value.pool)
        numbers = np.arange(prod(inside)).reshape(inside)
        if value.bordered:
            top, bottom, left, right = value.border
            numbers = np.pad(numbers, ((0, 0), (top, bottom), (left, right))[-len(inside) :], constant_values=-1)
            assert numbers.shape == bordered(inside, value.border)
        found = IndexMap.of(inside, numbers).then(IndexMap.of(moved.source, moved.addresses))
        return _over_windows(found, self.shapes[value.source], value.pool)

    def _named(self, source: str, order: IndexMap, node: str) -> str:
        """The name of an ordered source: the same for the same order."""
        if source in self.by_name:
            source, order = self.by_name[source].source, self.by_name[source].order.then(order)
        for one in self.by_name.values():
            if one.source == source and np.array_equal(one.order.addresses, order.addresses):
                return one.name
        chosen, count = f"{source} by {node}", 2
        while chosen in self.shapes:
            chosen, count = f"{source} by {node} {count}", count + 1
        self.by_name[chosen], self.shapes[chosen] = OrderedSource(chosen, source, order), order.shape
        return chosen


def _gains(value: Signal, moved: IndexMap) -> Floats | None:
    """The scale of each channel of the moved view, () where there is one."""
    if value.gain.ndim == 0:
        return value.gain
    each = np.repeat(value.gain, prod(value.shape) // value.gain.size)
    read = moved.addresses.reshape(moved.shape[0], -1)
    of_place = np.where(read >= 0, each[read], -np.inf)
    own = of_place.max(axis=1)
    alike = np.all((of_place == own[:, None]) | (read < 0))
    return np.where(np.isfinite(own), own, 1.0) if alike else None


def _over_windows(found: IndexMap, shape: Shape, pool: Pair) -> IndexMap | None:
    """A map of sums over windows as one of what they sum: each place becomes a window. None for sequences."""
    if pool == (1, 1):
        return found.over(shape)
    if len(found.shape) == 2:
        return None
    (channels, rows, columns), (high, wide) = grid(found.shape), pool
    _, height, width = grid(shape)
    inner = np.arange(high)[:, None] * width + np.arange(wide)
    channel, row, column = np.unravel_index(np.maximum(found.addresses, 0), found.source)
    first = (channel * height + row * high) * width + column * wide
    blocks = np.where(found.addresses[..., None, None] >= 0, first[..., None, None] + inner, -1)
    blocks = blocks.reshape(channels, rows, columns, high, wide).transpose(0, 1, 3, 2, 4)
    return IndexMap.of(shape, blocks.reshape(channels, rows * high, columns * wide))
