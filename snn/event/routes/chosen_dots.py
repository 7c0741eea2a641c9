"""Tiles for the samples of which many sources send, those that fired for the others: decided for each sample by its own spikes.

In float32 the two add in another order, so that nothing but the sample may decide. Where several of few steps lie side by side,
tiles take them all.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.event.buffers import Buffers
from spikewright.snn.event.routes.dots import DotsRoute, Into
from spikewright.snn.event.routes.tiles import samples_beside
from spikewright.snn.kernels.active import count_active_in_events, count_active_in_masks
from spikewright.snn.kernels.events import Events
from spikewright.snn.kernels.fire_masks import MaskRoom
from spikewright.snn.kernels.masks import Masks
from spikewright.snn.kernels.planes import Planes
from spikewright.snn.kernels.tile_ends import Beside


@dataclass(frozen=True, eq=False, kw_only=True)
class ChosenDots(DotsRoute):
    """`sparse`: the way of samples of which at most `few` sources send, after pooling; all others go by the tiles of `dots`."""

    sparse: DotsRoute
    few: int

    def deliver(self, planes: Planes, events: Events, operations: NDArray[np.int64], buffers: Buffers) -> None:
        """Add what events bring; see `routes.wanted.Route`."""
        if not self.takes(events, planes.sums.shape[1]) or not self._alone(planes.sums.shape[1]):
            super().deliver(planes, events, operations, buffers)
            return
        for sparse, part in self._parts(events, buffers):
            way = self.sparse.deliver if sparse else super().deliver
            way(_planes(planes, part), _events(events, part), operations[part], buffers)

    def deliver_masks(self, planes: Planes, masks: Masks, operations: NDArray[np.int64], buffers: Buffers) -> None:
        """Add what masks bring, a plane for each of their steps."""
        if not self._alone(masks.steps):
            super().deliver_masks(planes, masks, operations, buffers)
            return
        for sparse, part in self._parts(masks, buffers):
            way = self.sparse.deliver_masks if sparse else super().deliver_masks
            way(_planes(planes, part), masks._replace(words=masks.words[part]), operations[part], buffers)

    def fire(self, begin: NDArray[Any], what: Events | Masks, beside: Beside, into: Into, buffers: Buffers) -> None:
        """Deliver and fire pixel by pixel."""
        if not self._alone(what.steps):
            super().fire(begin, what, beside, into, buffers)
            return
        firing, room, operations = into
        for sparse, part in self._parts(what, buffers):
            way = self.sparse.fire if sparse else super().fire
            arrived = what._replace(words=what.words[part]) if isinstance(what, Masks) else _events(what, part)
            cells = firing if firing.alone else firing._replace(potential=firing.potential[part])
            around = beside._replace(words=beside.words[part]) if beside.words.size else beside
            to = MaskRoom(room.words[part], room.parts[part])
            way(begin[part] if begin.shape[2] else begin, arrived, around, (cells, to, operations[part]), buffers)

    def _alone(self, planes: int) -> bool:
        """Whether each sample of so many planes has columns of its own."""
        return samples_beside(planes) == 1

    def _parts(self, what: Events | Masks, buffers: Buffers) -> Iterator[tuple[bool, slice]]:
        """Neighbouring samples that go one way, and whether that is the sparse one."""
        sources = self.dots.sources
        if isinstance(what, Masks):
            count = np.empty(len(what.words), np.int64)
            count_active_in_masks(what.words, sources, count)
        else:
            count = np.empty(len(what.address), np.int64)
            mark = buffers.zeros(self.name, "active", sources.fanout.size, np.uint8)
            count_active_in_events(what, sources, mark, count)
        sparse = count <= self.few
        if not sparse.size:
            return
        for a, b in pairwise([0, *(np.flatnonzero(np.diff(sparse)) + 1).tolist(), sparse.size]):
            yield bool(sparse[a]), slice(a, b)


def _planes(planes: Planes, part: slice) -> Planes:
    begin = planes.begin
    return Planes(planes.sums[part], begin[part] if begin.shape[2] else begin, planes.fresh)


def _events(events: Events, part: slice) -> Events:
    return events._replace(address=events.address[part], ends=events.ends[part], value=events.value[part])
