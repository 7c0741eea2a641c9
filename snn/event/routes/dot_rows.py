"""Dot products of rows of weights: what is known beforehand to add four sources that fired to sixteen targets.

Weight rows are bytes, 64 channels to a vector, in the order in which `snn.kernels.simd_dots.interleave` takes them.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.event.buffers import Buffers, aligned, moved
from spikewright.snn.event.routes.digits import Digits, turned_twice
from spikewright.snn.event.routes.product_checks import check_dots
from spikewright.snn.event.routes.rows import RowsRoute
from spikewright.snn.event.routes.views import runs_of
from spikewright.snn.event.taps import Taps, Values
from spikewright.snn.kernels.dot_products import FOURS, DotWork
from spikewright.snn.kernels.dot_ways import BLOCK, QUARTER
from spikewright.snn.kernels.dots import Dots
from spikewright.snn.kernels.simd_dots import row_order
from spikewright.snn.kernels.trains import Sources, Trains
from spikewright.snn.kernels.wide_dots import WideWork

COLUMNS_AT_ONCE = 4
SHARED = {1: 16, 2: 8, 3: 4, 4: 2}
"""How many samples lie side by side, by the planes of each."""
MOST_ALIVE = 0.8
"""Of all rows of 64 weights: with more it is not worth a look which of them are all zero."""


def compile_dot_rows(
    sources: Sources, views: tuple[NDArray[np.int32], ...], taps: Taps, rows: RowsRoute, digits: Digits | None
) -> Dots:
    """Rows of weights for the `sources`: `digits`, or those of `rows`, float32. `views` as `views_of` has them.

    `sources.row_step`: rows between neighbouring channels.
    """
    first_run, run, seen, row = runs_of(views, joined=taps.groups == 1)
    weight = _slack(rows.rows.weights, taps.length) if digits is None else _packed(digits.rows, taps.length)
    weight_rows, number = rows.rows.weights.size // taps.length, 1 if digits is None else digits.digits
    row_places = weight.size // (weight_rows * number)
    if number > 1:
        first_run, run, seen, row = turned_twice(first_run, run, seen, row, weight_rows)
    dots = Dots(
        sources=sources._replace(row_step=sources.row_step * row_places),
        first_run=first_run,
        run=run,
        seen=seen,
        row=row,
        weight=weight,
        alive=_alive(weight, row_places),
        length=taps.length,
        row_places=row_places,
        groups=taps.groups,
        unit=np.zeros(0, np.int32) if digits is None else digits.unit,
        digits=number,
    )
    check_dots(dots, (views[0].size - 1) * taps.groups * taps.length)
    return dots


def alive_share(weights: Values, length: int) -> float:
    """Of rows of `length` weights: the share of 64 neighbouring ones that are not all zero."""
    blocks = np.add.reduceat(weights.reshape(-1, length) != 0, np.arange(0, length, BLOCK), axis=1)
    return float((blocks > 0).mean()) if blocks.size else 1.0


def dot_room(name: str, dots: Dots, planes: int, buffers: Buffers) -> DotWork:
    """Room for samples of so many planes, in the buffers of `name`."""
    sources, floats, samples = dots.sources, dots.weight.dtype.kind == "f", SHARED.get(planes, 1)
    length = -(-planes * samples // COLUMNS_AT_ONCE) * COLUMNS_AT_ONCE
    slots = sources.fanout.size
    cells = slots // sources.each
    # a group may begin within a word of masks, then its first four ends there
    fours = cells * (-(-sources.each // sources.members) + 1)
    square = buffers.zeros(name, "square", length * BLOCK, np.uint8)
    trains = Trains(
        words=aligned(fours * length, np.float32 if floats else np.uint32),
        member=np.zeros((fours, 4), np.uint64),
        cell=np.zeros(fours, np.int32),
        first=np.zeros(cells + 1, np.int32),
        counts=buffers.zeros(name, "counts", slots * length, np.uint8),
        mark=buffers.zeros(name, "mark", slots, np.uint8),
        active=np.zeros(sources.channels + 4, np.int32),
        fired=buffers.zeros(name, "fired", cells, np.uint8),
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


def wide_room(name: str, dots: Dots, buffers: Buffers) -> WideWork:
    """Room for samples whose counts have two bytes."""
    low, high = (dot_room(name, dots, 1, buffers) for _ in range(2))
    counts = buffers.zeros(name, "wide counts", low.trains.mark.size * low.trains.length, np.uint16)
    return WideWork(low, low._replace(trains=high.trains), counts)


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
