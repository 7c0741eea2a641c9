"""Dot products: what is known beforehand to add four sources to sixteen targets in one instruction, all in 32 bits.

For fixed-point weights of one byte or two (`snn.event.routes.digits`), and spikes or values without a sign. Target pixels and
their views are those of time lanes; weight rows are bytes, 64 channels to a vector, in the order in which
`snn.kernels.simd_dots.interleave` takes them.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.event.addresses import as_grid
from spikewright.snn.event.buffers import Buffers, aligned, moved
from spikewright.snn.event.checks import check_dots
from spikewright.snn.event.routes.blocks import BlocksRoute
from spikewright.snn.event.routes.digits import Digits, digits_of, turned_twice
from spikewright.snn.event.routes.lanes import LanesRoute
from spikewright.snn.event.routes.rows import RowsRoute
from spikewright.snn.event.routes.views import kept_bits, runs_of, slots_of, views_of, windows_of
from spikewright.snn.event.routes.wanted import Wanted
from spikewright.snn.event.taps import Taps
from spikewright.snn.fixed.bounds import largest_sent
from spikewright.snn.kernels.dot_ways import BLOCK, DOT, DOTS, QUARTER
from spikewright.snn.kernels.dots import FOURS, Dots, DotWork, deliver_dots, deliver_dots_of_masks
from spikewright.snn.kernels.events import Events
from spikewright.snn.kernels.lanes import REACH, WEIGHT_IN_LANES, WEIGHT_IN_LISTS
from spikewright.snn.kernels.masks import Masks
from spikewright.snn.kernels.planes import Planes
from spikewright.snn.kernels.simd_dots import row_order
from spikewright.snn.kernels.trains import Sources, Trains
from spikewright.snn.kernels.wide_dots import WideWork, deliver_wide
from spikewright.snn.traits import sent

FEWEST_STEPS, MOST_STEPS = 4, 64
"""Steps of a chunk between which dot products are thought of, where each has a plane of its own."""
COLUMNS_AT_ONCE = 4
SHARED = {1: 16, 2: 8, 3: 4, 4: 2}
"""How many samples lie side by side, by the planes of each."""
FEWEST_OF_VALUES = 3
"""Source channels of a group that sends values: with fewer most of a four would be lost."""
FEWEST_CHANNELS = 6
"""Of a group of targets: with fewer most of an instruction would be lost."""
WIDEST_FLOATS = 128
"""Target channels of a group in float32: beyond them sources that fire once or twice in a chunk, which rows serve for each sample
as it comes, cost too much by products of all its steps."""
MOST_ALIVE = 0.8
"""Of all rows of 64 weights: with more it is not worth a look which of them are all zero."""
OF_DOTS, OF_PRODUCTS, OF_FOURS = 0.05, 0.2, 0.6
"""Nanoseconds of a source at a target pixel: of a step of sixteen targets, in integers and in float32, and of sixteen weights
that are put in place."""
USUAL_STEPS = 32
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
    dots: Dots
    most: int
    numbers: bool
    values: bool = False
    gathers: bool = False

    @property
    def most_operations(self) -> int:
        """Synaptic operations of a step in which every source fires once."""
        return self.otherwise.most_operations

    def takes(self, events: Events, planes: int) -> bool:
        """Whether events go this way into sums of so many planes."""
        if events.graded or self.values:
            return events.graded and self.values and planes == 1
        if events.valued and not (self.numbers and events.value.dtype.itemsize == 1):
            return False
        if self.gathers and planes == 1:
            return self.most * events.steps <= WIDEST_COUNT
        return events.steps == planes and FEWEST_STEPS <= planes <= MOST_STEPS

    def deliver(self, planes: Planes, events: Events, operations: NDArray[np.int64], buffers: Buffers) -> None:
        """Add what events bring; see `routes.wanted.Route`."""
        number = planes.sums.shape[1]
        if not self.takes(events, number):
            self.otherwise.deliver(planes, events, operations, buffers)
        elif number == 1 and self.most * (1 if self.values else events.steps) > DOTS[DOT].most:
            deliver_wide(planes, events, self.dots, self._wide_work(buffers), operations)
        else:
            deliver_dots(planes, events, self.dots, self.work(number, buffers), operations)

    def deliver_masks(self, planes: Planes, masks: Masks, operations: NDArray[np.int64], buffers: Buffers) -> None:
        """Add what masks bring, a plane for each of their steps."""
        deliver_dots_of_masks(planes, masks.words, self.dots, self.work(masks.steps, buffers), operations)

    def work(self, planes: int, buffers: Buffers) -> DotWork:
        """Room for samples of so many planes."""
        return buffers.record(self.name, "dots", planes, lambda: self._room(planes, SHARED.get(planes, 1), buffers))

    def _wide_work(self, buffers: Buffers) -> WideWork:
        """Room for samples whose counts have two bytes."""

        def made() -> WideWork:
            low, high = (self._room(1, SHARED[1], buffers) for _ in range(2))
            counts = buffers.zeros(self.name, "wide counts", low.trains.mark.size * low.trains.length, np.uint16)
            return WideWork(low, low._replace(trains=high.trains), counts)

        return buffers.record(self.name, "wide dots", 1, made)

    def _room(self, planes: int, samples: int, buffers: Buffers) -> DotWork:
        sources, floats = self.dots.sources, self.dots.weight.dtype.kind == "f"
        length = -(-planes * samples // COLUMNS_AT_ONCE) * COLUMNS_AT_ONCE
        slots = sources.fanout.size
        cells = slots // sources.each
        # a group may begin within a word of masks, then its first four ends there
        fours = cells * (-(-sources.each // sources.members) + 1)
        square = buffers.zeros(self.name, "square", length * BLOCK, np.uint8)
        trains = Trains(
            words=aligned(fours * length, np.float32 if floats else np.uint32),
            member=np.zeros((fours, 4), np.uint64),
            cell=np.zeros(fours, np.int32),
            first=np.zeros(cells + 1, np.int32),
            counts=buffers.zeros(self.name, "counts", slots * length, np.uint8),
            mark=buffers.zeros(self.name, "mark", slots, np.uint8),
            active=np.zeros(sources.channels + 4, np.int32),
            fired=buffers.zeros(self.name, "fired", cells, np.uint8),
            square=square,
            square_words=square.view(np.uint32),
            length=length,
            samples=samples,
        )
        return DotWork(
            trains=trains,
            tile=aligned(length * BLOCK, np.float32 if floats else np.int32),
            placed=aligned(FOURS, np.uint64) if floats else aligned(FOURS * 4 * BLOCK, np.int8),
            firsts=np.zeros(FOURS, np.uint64),
        )


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
    if isinstance(otherwise, LanesRoute) and not _quicker(otherwise, taps, wanted.kind.itemsize, digits):
        return None
    first_run, run, seen, row = runs_of(_views(taps, wanted, otherwise), joined=taps.groups == 1)
    channels, groups = taps.channel_base.size, taps.groups
    slot = slots_of(as_grid(wanted.read), wanted.projection.pool, wanted.pooled)
    fanout = np.zeros(wanted.pooled[1] * wanted.pooled[2] * channels, np.int64)
    fanout[slot[slot >= 0]] = rows.rows.fanout[slot >= 0]
    windows, kept = windows_of(slot, channels, wanted.pooled), kept_bits(fanout, channels)
    slot = np.where(rows.rows.fanout > 0, slot, np.int32(-1))
    weight = _slack(rows.rows.weights, taps.length) if digits is None else _packed(digits.rows, taps.length)
    weight_rows, number = rows.rows.weights.size // taps.length, 1 if digits is None else digits.digits
    row_places = weight.size // (weight_rows * number)
    if number > 1:
        first_run, run, seen, row = turned_twice(first_run, run, seen, row, weight_rows)
    dots = Dots(
        sources=Sources(
            slot, windows, kept, channels, channels // groups, fanout, len(taps.taps) * row_places, 1 if floats else 4
        ),
        first_run=first_run,
        run=run,
        seen=seen,
        row=row,
        weight=weight,
        alive=_alive(weight, row_places),
        length=taps.length,
        row_places=row_places,
        groups=groups,
        unit=np.zeros(0, np.int32) if digits is None else digits.unit,
        digits=number,
    )
    check_dots(dots, wanted.target.size)
    return DotsRoute(wanted.projection.name, otherwise, dots, most, what.most > 1, what.once, gathers)


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


def _quicker(lanes: LanesRoute, taps: Taps, itemsize: int, digits: Digits | None) -> bool:
    """Whether dot products should cost less than lanes, for a source at a target pixel; `digits`: None for float32."""
    each = OF_PRODUCTS * USUAL_STEPS if digits is None else digits.digits * (OF_DOTS * USUAL_STEPS + OF_FOURS)
    by_dots = -(-taps.length // QUARTER) * each
    cost = lanes.lanes.cost
    each = WEIGHT_IN_LISTS if lanes.lanes.listed else WEIGHT_IN_LANES
    by_lanes = cost.by_lanes / max(cost.reach, 1e-9) * USUAL_STEPS * itemsize * each + REACH
    return by_dots < by_lanes


def _alive(weight: NDArray[Any], row_places: int) -> NDArray[np.uint8]:
    """See `Dots.alive`."""
    quarters = (weight != 0).reshape(-1, row_places // QUARTER, QUARTER).max(axis=2, initial=False)
    found = np.zeros(quarters.shape, np.uint8)
    for first in range(0, quarters.shape[1], BLOCK // QUARTER):
        found[:, first] = quarters[:, first : first + BLOCK // QUARTER].max(axis=1)
    begins = found[:, :: BLOCK // QUARTER]
    return found.reshape(-1) if begins.mean() < MOST_ALIVE else found[:0, 0]


def _slack(weights: NDArray[Any], length: int) -> NDArray[Any]:
    """Rows of weights as they are, each filled up with zeros to a whole number of vectors."""
    if length % QUARTER == 0:
        return moved(weights)
    rows = weights.reshape(-1, length)
    return moved(np.pad(rows, ((0, 0), (0, -length % QUARTER))))


def _packed(weights: NDArray[Any], length: int) -> NDArray[np.int8]:
    """Rows of `length` weights as bytes, 64 after 64 and the last 16, 32 or 64, in the orders of the kernel."""
    rows = weights.reshape(-1, length)
    blocks = []
    for first in range(0, length, BLOCK):
        width = next(one for one in (QUARTER, 2 * QUARTER, BLOCK) if one >= min(BLOCK, length - first))
        block = np.zeros((len(rows), width), np.int8)
        block[:, : min(width, length - first)] = rows[:, first : first + width]
        blocks.append(block[:, row_order(width)])
    return moved(np.concatenate(blocks, axis=1))
