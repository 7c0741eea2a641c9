"""Dot products: what is known beforehand to add four sources to sixteen targets in one instruction, all in 32 bits.

For fixed-point weights of one byte or two (`snn.event.routes.digits`), and spikes or values without a sign. Target pixels and
their views are those of time lanes. Where the processor multiplies whole tiles, it does so with all sources (`routes.tiles`),
else four by four with those that fired (`routes.dot_rows`); the latter also in float32, one by one.
"""

from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.event.addresses import as_grid
from spikewright.snn.event.buffers import Buffers
from spikewright.snn.event.routes.blocks import BlocksRoute
from spikewright.snn.event.routes.digits import digits_of
from spikewright.snn.event.routes.dot_rows import SHARED, alive_share, compile_dot_rows, dot_room, wide_room
from spikewright.snn.event.routes.lanes import LanesRoute
from spikewright.snn.event.routes.rows import RowsRoute
from spikewright.snn.event.routes.tiles import compile_tiles, count_tiles, samples_beside, tile_room
from spikewright.snn.event.routes.views import kept_bits, slots_of, views_of, windows_of
from spikewright.snn.event.routes.wanted import Wanted
from spikewright.snn.event.taps import Taps
from spikewright.snn.fixed.bounds import largest_sent
from spikewright.snn.kernels.dot_ways import DOT, DOTS, QUARTER, TILES
from spikewright.snn.kernels.dots import (
    Dots,
    DotWork,
    deliver_dots,
    deliver_dots_of_masks,
    fire_dots,
    fire_dots_of_masks,
)
from spikewright.snn.kernels.events import Events
from spikewright.snn.kernels.fire_masks import FiringCells, MaskRoom
from spikewright.snn.kernels.lanes import REACH, WEIGHT_IN_LANES, WEIGHT_IN_LISTS
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
from spikewright.snn.kernels.trains import Sources
from spikewright.snn.kernels.wide_dots import deliver_wide
from spikewright.snn.kernels.wide_tiles import COLUMNS, deliver_wide_tiles
from spikewright.snn.traits import sent

Into = tuple[FiringCells, MaskRoom, NDArray[np.int64]]
"""Neurons that fire, where their spikes go, and where the synaptic operations of each sample are counted."""
FEWEST_STEPS, MOST_STEPS = 4, 64
"""Steps of a chunk between which dot products are thought of, where each has a plane of its own."""
FEWEST_OF_VALUES = 3
"""Source channels of a group that sends values: with fewer most of a four would be lost."""
FEWEST_CHANNELS = 6
"""Of a group of targets: with fewer most of an instruction would be lost."""
WIDEST_FLOATS = 128
"""Target channels of a group in float32: beyond them sources that fire once or twice in a chunk, which rows serve for each sample
as it comes, cost too much by products of all its steps."""
OF_DOTS, OF_PRODUCTS, OF_FOURS = 0.05, 0.2, 0.6
"""Nanoseconds of a source at a target pixel: of a step of sixteen targets, in integers and in float32, and of sixteen weights
that are put in place."""
OF_TILES = 0.4
"""Nanoseconds of a step of sixteen targets and 64 bytes of sources, silent ones among them."""
OF_PIXEL, OF_SOURCE = 300, 2
"""Nanoseconds that dot products four by four take more than tiles at a target pixel, and for a source there."""
USUAL_STEPS, USUAL_ACTIVE = 32, 0.3
"""Of spikes; and the share of the sources that send at all in these steps."""
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
            kernel(planes, events, self.dots, self.work(number, buffers), operations)

    def _deliver_wide(self, planes: Planes, events: Events, operations: NDArray[np.int64], buffers: Buffers) -> None:
        """Counts of two bytes."""
        dots = self.dots
        if isinstance(dots, Tiles):
            deliver_wide_tiles(planes, events, dots, self.work(COLUMNS, buffers), operations)
        else:
            work = buffers.record(self.name, "wide dots", 1, lambda: wide_room(self.name, dots, buffers))
            deliver_wide(planes, events, dots, work, operations)

    def deliver_masks(self, planes: Planes, masks: Masks, operations: NDArray[np.int64], buffers: Buffers) -> None:
        """Add what masks bring, a plane for each of their steps."""
        kernel = deliver_tiles_of_masks if isinstance(self.dots, Tiles) else deliver_dots_of_masks
        kernel(planes, masks.words, self.dots, self.work(masks.steps, buffers, masked=True), operations)

    def fire(
        self, begin: NDArray[Any], what: Events | Masks, work: DotWork | TileWork, beside: Beside, into: Into
    ) -> None:
        """Deliver and fire pixel by pixel, on top of what sums `begin` with, for one group of channels; `work`: its room."""
        tiles = isinstance(self.dots, Tiles)
        if isinstance(what, Masks):
            kernel = fire_tiles_of_masks if tiles else fire_dots_of_masks
            kernel(begin, what.words, self.dots, work, beside, *into)
        else:
            kernel = fire_tiles if tiles else fire_dots
            kernel(begin, what, self.dots, work, beside, *into)

    def work(self, planes: int, buffers: Buffers, masked: bool = False) -> DotWork | TileWork:
        """Room for samples of so many planes; `masked`: for masks, of which tiles hold a few rows at a time."""
        dots = self.dots
        if isinstance(dots, Tiles):
            role = "tiles of masks" if masked else "tiles"
            return buffers.record(self.name, role, planes, lambda: tile_room(dots, planes, masked))
        return buffers.record(self.name, "dots", planes, lambda: dot_room(self.name, dots, planes, buffers))


def side_by_side(planes: int) -> int:
    """How many samples of so many planes lie side by side."""
    return samples_beside(planes) if TILES else SHARED.get(planes, 1)


def compile_dots(
    wanted: Wanted, taps: Taps, rows: RowsRoute, otherwise: RowsRoute | BlocksRoute | LanesRoute
) -> DotsRoute | None:
    """Dot products over the same weights as `rows`; None where they cannot serve, or the other way is as quick."""
    what = sent(wanted.network, wanted.source)
    most = largest_sent(wanted.network, wanted.source) * wanted.projection.pool[0] * wanted.projection.pool[1]
    gathers = wanted.network.schedule == "layerwise" and not what.once
    gathered = what.once and wanted.network.numbers == "fixed"
    if not _suits(wanted, taps) or what.signed or most > (WIDEST_COUNT if gathered else DOTS[DOT].most):
        return None
    floats = wanted.kind.kind == "f"
    digits = None if floats else digits_of(rows.rows.weights, taps)
    if not floats and digits is None:
        return None
    views, sources = _views(taps, wanted, otherwise), _sources(wanted, taps, rows)
    number = 1 if digits is None else digits.digits
    each = OF_PRODUCTS * USUAL_STEPS if floats else number * (OF_DOTS * USUAL_STEPS + OF_FOURS)
    by_dots, seen = -(-taps.length // QUARTER) * each, _senders(wanted, views) * sources.channels / taps.groups
    by_tiles = inf
    if digits is not None and taps.groups == 1 and TILES:
        by_tiles = number * _of_tiles(sources, views, wanted, taps.length) / seen
    if isinstance(otherwise, LanesRoute) and not _quicker(otherwise, wanted.kind.itemsize, min(by_dots, by_tiles)):
        return None
    dots: Dots | Tiles
    if digits is not None and by_tiles < OF_PIXEL / seen + OF_SOURCE + by_dots * alive_share(
        rows.rows.weights, taps.length
    ):
        dots = compile_tiles(sources, views, wanted.pooled, digits, taps.length)
    else:
        dots = compile_dot_rows(sources, views, taps, rows, digits)
    return DotsRoute(wanted.projection.name, otherwise, dots, most, what.most > 1, what.once, gathers)


def _senders(wanted: Wanted, views: tuple[NDArray[np.int32], ...]) -> float:
    """Source pixels that a target pixel sees, times the share of sources that usually send."""
    active = 1.0 if sent(wanted.network, wanted.source).once else USUAL_ACTIVE
    return max(views[1].size, 1) / (views[0].size - 1) * active


def _of_tiles(sources: Sources, views: tuple[NDArray[np.int32], ...], wanted: Wanted, length: int) -> float:
    """Nanoseconds by tiles at a target pixel."""
    tiles = count_tiles(sources, views, wanted.pooled) / (views[0].size - 1)
    return OF_TILES * USUAL_STEPS * tiles * -(-length // QUARTER)


def _sources(wanted: Wanted, taps: Taps, rows: RowsRoute) -> Sources:
    """Of the weights `rows`, of which those of neighbouring channels are as many rows apart as there are taps."""
    channels = taps.channel_base.size
    slot = slots_of(as_grid(wanted.read), wanted.projection.pool, wanted.pooled)
    fanout = np.zeros(wanted.pooled[1] * wanted.pooled[2] * channels, np.int64)
    fanout[slot[slot >= 0]] = rows.rows.fanout[slot >= 0]
    windows, kept = windows_of(slot, channels, wanted.pooled), kept_bits(fanout, channels)
    slot = np.where(rows.rows.fanout > 0, slot, np.int32(-1))
    members = 1 if wanted.kind.kind == "f" else 4
    return Sources(slot, windows, kept, channels, channels // taps.groups, fanout, len(taps.taps), members)


def _views(
    taps: Taps, wanted: Wanted, otherwise: RowsRoute | BlocksRoute | LanesRoute
) -> tuple[NDArray[np.int32], ...]:
    """The views of target pixels: those that the lanes have, where there are any."""
    if isinstance(otherwise, LanesRoute):
        return otherwise.lanes.first_seen, otherwise.lanes.seen, otherwise.lanes.row
    return views_of(taps, wanted.pooled)


def _comes(wanted: Wanted, taps: Taps) -> bool:
    """Whether spikes of many steps come this way, or whole numbers that stand for the run."""
    what = sent(wanted.network, wanted.source)
    if not what.once:
        return wanted.over_time or wanted.network.schedule == "layerwise"
    enough = taps.channel_base.size // taps.groups >= FEWEST_OF_VALUES
    return what.kind == "values" and wanted.network.numbers == "fixed" and enough


def _suits(wanted: Wanted, taps: Taps) -> bool:
    """Whether sums have 32 bits at most, and enough channels share a group."""
    if not (_comes(wanted, taps) and wanted.fills) or wanted.kind.itemsize > 4 or taps.length < FEWEST_CHANNELS:
        return False
    even = (
        taps.channel_base == np.arange(taps.channel_base.size) // (taps.channel_base.size // taps.groups) * taps.length
    )
    return bool(even.all()) and (wanted.kind.kind != "f" or taps.length <= WIDEST_FLOATS)


def _quicker(lanes: LanesRoute, itemsize: int, by_dots: float) -> bool:
    """Whether `by_dots` nanoseconds are less than lanes take, for a source at a target pixel."""
    cost = lanes.lanes.cost
    each = WEIGHT_IN_LISTS if lanes.lanes.listed else WEIGHT_IN_LANES
    by_lanes = cost.by_lanes / max(cost.reach, 1e-9) * USUAL_STEPS * itemsize * each + REACH
    return by_dots < by_lanes
