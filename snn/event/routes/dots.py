"""Dot products: what is known beforehand to add four sources to sixteen targets in one instruction, all in 32 bits.

For fixed-point weights of one byte or two (`snn.event.routes.digits`), and spikes or values without a sign. Target pixels and
their views are those of time lanes. Where the processor multiplies whole tiles, it does so with all sources (`routes.tiles`),
else four by four with those that fired (`routes.dot_rows`). Both also in float32: in tiles by weights that are sums of bfloat16
numbers (`routes.halves`), else source by source.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.event.buffers import Buffers
from spikewright.snn.event.routes.blocks import BlocksRoute
from spikewright.snn.event.routes.dot_rows import SHARED, dot_room, wide_room
from spikewright.snn.event.routes.lanes import LanesRoute
from spikewright.snn.event.routes.rows import RowsRoute
from spikewright.snn.event.routes.tiles import samples_beside, tile_room
from spikewright.snn.kernels.dot_products import DotWork
from spikewright.snn.kernels.dot_ways import DOT, DOTS, TILES
from spikewright.snn.kernels.dots import Dots, deliver_dots, deliver_dots_of_masks, fire_dots, fire_dots_of_masks
from spikewright.snn.kernels.events import Events
from spikewright.snn.kernels.fire_masks import FiringCells, MaskRoom
from spikewright.snn.kernels.masks import Masks
from spikewright.snn.kernels.planes import Planes
from spikewright.snn.kernels.tile_ends import Beside
from spikewright.snn.kernels.tiles import (
    Tiles,
    TileWork,
    deliver_tiles,
    deliver_tiles_of_masks,
    fire_tiles,
    fire_tiles_of_masks,
)
from spikewright.snn.kernels.wide_dots import deliver_wide
from spikewright.snn.kernels.wide_tiles import COLUMNS, deliver_wide_tiles

Into = tuple[FiringCells, MaskRoom, NDArray[np.int64]]
"""Neurons that fire, where their spikes go, and where the synaptic operations of each sample are counted."""
FEWEST_STEPS, MOST_STEPS = 4, 64
"""Steps of a chunk between which dot products are thought of, where each has a plane of its own."""
WIDEST_COUNT = 2**16 - 1 if DOTS[DOT].most == 255 else DOTS[DOT].most
"""Of what one plane gathers; where a byte is whole, the two bytes of counts go in two turns."""


@dataclass(frozen=True, eq=False)
class DotsRoute:
    """Dot products for spikes of many steps, and for what one plane gathers; everything else goes by `otherwise`.

    `name`: the projection's. `most`: the largest number of one step that a window sends. `numbers`: whether its source sends
    numbers of spikes; `values`: it sends one whole number for the run. `gathers`: the steps of a run share a plane.
    """

    name: str
    otherwise: RowsRoute | BlocksRoute | LanesRoute
    dots: Dots | Tiles
    most: int
    numbers: bool
    values: bool = False
    gathers: bool = False

    @property
    def most_operations(self) -> int:
        """Synaptic operations of a step in which every source fires once."""
        return self.otherwise.most_operations

    @property
    def floats(self) -> bool:
        """Whether the sums are real numbers, to which counts of two bytes have no way."""
        return self.dots.sources.members == 1

    @property
    def kind(self) -> type[np.float32 | np.int32]:
        """Of the sums where neurons fire by them."""
        return np.float32 if self.floats else np.int32

    @property
    def one_group(self) -> bool:
        """Whether all target channels see the same sources."""
        return isinstance(self.dots, Tiles) or self.dots.groups == 1

    def takes(self, events: Events, planes: int) -> bool:
        """Whether events go this way into sums of so many planes."""
        if events.graded or self.values:
            return events.graded and self.values and planes == 1
        if events.valued and not (self.numbers and events.value.dtype.itemsize == 1):
            return False
        if self.gathers and planes == 1:
            return self.most * events.steps <= (DOTS[DOT].most if self.floats else WIDEST_COUNT)
        return events.steps == planes and FEWEST_STEPS <= planes <= MOST_STEPS

    def deliver(self, planes: Planes, events: Events, operations: NDArray[np.int64], buffers: Buffers) -> None:
        """Add what events bring; see `routes.wanted.Route`."""
        number = planes.sums.shape[1]
        if not self.takes(events, number):
            self.otherwise.deliver(planes, events, operations, buffers)
        elif number == 1 and self.most * (1 if self.values else events.steps) > DOTS[DOT].most:
            self._deliver_wide(planes, events, operations, buffers)
        else:
            kernel = deliver_tiles if isinstance(self.dots, Tiles) else deliver_dots
            kernel(planes, events, self.dots, self.work(number, len(events.ends), buffers), operations)

    def _deliver_wide(self, planes: Planes, events: Events, operations: NDArray[np.int64], buffers: Buffers) -> None:
        """Counts of two bytes."""
        dots = self.dots
        if isinstance(dots, Tiles):
            deliver_wide_tiles(planes, events, dots, self.work(COLUMNS, len(events.ends), buffers), operations)
        else:
            work = buffers.record(self.name, "wide dots", 1, lambda: wide_room(self.name, dots, buffers))
            deliver_wide(planes, events, dots, work, operations)

    def deliver_masks(self, planes: Planes, masks: Masks, operations: NDArray[np.int64], buffers: Buffers) -> None:
        """Add what masks bring, a plane for each of their steps."""
        kernel = deliver_tiles_of_masks if isinstance(self.dots, Tiles) else deliver_dots_of_masks
        work = self.work(masks.steps, len(masks.words), buffers, masked=True)
        kernel(planes, masks.words, self.dots, work, operations)

    def fire(self, begin: NDArray[Any], what: Events | Masks, beside: Beside, into: Into, buffers: Buffers) -> None:
        """Deliver and fire pixel by pixel, on top of what sums `begin` with, for one group of channels."""
        tiles, masked = isinstance(self.dots, Tiles), isinstance(what, Masks)
        work = self.work(what.steps, len(what.words if isinstance(what, Masks) else what.ends), buffers, masked)
        if isinstance(what, Masks):
            kernel = fire_tiles_of_masks if tiles else fire_dots_of_masks
            kernel(begin, what.words, self.dots, work, beside, *into)
        else:
            kernel = fire_tiles if tiles else fire_dots
            kernel(begin, what, self.dots, work, beside, *into)

    def work(self, planes: int, count: int, buffers: Buffers, masked: bool = False) -> DotWork | TileWork:
        """Room for `count` samples of so many planes; `masked`: for masks, of which tiles hold a few rows at a time."""
        dots = self.dots
        if isinstance(dots, Tiles):
            role, key = "tiles of masks" if masked else "tiles", (planes, min(count, samples_beside(planes)))
            return buffers.record(self.name, role, key, lambda: tile_room(dots, planes, masked, count))
        return buffers.record(self.name, "dots", planes, lambda: dot_room(self.name, dots, planes, buffers))


def side_by_side(planes: int) -> int:
    """How many samples of so many planes lie side by side."""
    return samples_beside(planes) if TILES else SHARED.get(planes, 1)
