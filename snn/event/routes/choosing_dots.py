"""Whether a projection goes by dot products, and by which: with all sources by tiles, or with those that fired.

What each would take is worked out beforehand, from its weights and how much of the sources usually sends.
"""

from dataclasses import replace
from math import inf

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.event.addresses import as_grid
from spikewright.snn.event.routes.blocks import BlocksRoute
from spikewright.snn.event.routes.chosen_dots import ChosenDots
from spikewright.snn.event.routes.digits import Digits, digits_of
from spikewright.snn.event.routes.dot_rows import alive_share, compile_dot_rows
from spikewright.snn.event.routes.dots import WIDEST_COUNT, DotsRoute
from spikewright.snn.event.routes.halves import halves_of
from spikewright.snn.event.routes.lanes import LanesRoute
from spikewright.snn.event.routes.rows import RowsRoute
from spikewright.snn.event.routes.tile_weights import count_tiles
from spikewright.snn.event.routes.tiles import HALF, compile_tiles
from spikewright.snn.event.routes.views import kept_bits, slots_of, views_of, windows_of
from spikewright.snn.event.routes.wanted import Wanted
from spikewright.snn.event.taps import Taps
from spikewright.snn.fixed.bounds import largest_sent
from spikewright.snn.kernels.dot_ways import BLOCK, DOT, DOTS, QUARTER, REAL_TILES, TILES
from spikewright.snn.kernels.lanes import REACH, WEIGHT_IN_LANES, WEIGHT_IN_LISTS
from spikewright.snn.kernels.trains import Sources
from spikewright.snn.traits import sent

FEWEST_OF_VALUES = 3
"""Source channels of a group that sends values: with fewer most of a four would be lost."""
FEWEST_CHANNELS = 6
"""Of a group of targets: with fewer most of an instruction would be lost."""
WIDEST_FLOATS = 128
"""Target channels of a group in float32 by those that fired: beyond them sources that fire once or twice in a chunk, which rows
serve for each sample as it comes, cost too much by products of all its steps."""
OF_DOTS, OF_PRODUCTS, OF_FOURS = 0.05, 0.2, 0.6
"""Nanoseconds of a source at a target pixel: of a step of sixteen targets, in integers and in float32, and of sixteen weights
that are put in place."""
OF_TILES = 0.4
"""Nanoseconds of a step of sixteen targets and 64 bytes of sources, silent ones among them, also where these are 32 numbers."""
OF_PIXEL, OF_SOURCE = 300, 2
"""Nanoseconds that dot products four by four take more than tiles at a target pixel, and for a source there."""
USUAL_STEPS, USUAL_ACTIVE = 32, 0.3
"""Of spikes; and the share of the sources that send at all in these steps."""


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
    by_tiles, tiled, wide = inf, _tiled(rows, taps, digits), floats and taps.length > WIDEST_FLOATS
    if tiled is not None:
        by_tiles = _of_tiles(sources, views, wanted, taps.length, tiled) / seen
    best = by_tiles if wide else min(by_dots, by_tiles)
    if isinstance(otherwise, LanesRoute) and not _quicker(otherwise, wanted.kind.itemsize, best):
        return None
    of_source = OF_SOURCE + by_dots * alive_share(rows.rows.weights, taps.length)
    by_tiles, settings = by_tiles * seen, (most, what.most > 1, what.once, gathers)
    if tiled is None or not (wide or by_tiles < OF_PIXEL + seen * of_source):
        dots = None if wide else compile_dot_rows(sources, views, taps, rows, digits)
        return dots and DotsRoute(wanted.projection.name, otherwise, dots, *settings)
    tiles = compile_tiles(sources, views, wanted.pooled, tiled, taps.length)
    found = DotsRoute(wanted.projection.name, otherwise, tiles, *settings)
    few = _few(by_tiles, of_source, seen / _active(wanted), sources.fanout.size)
    if wide or not floats or gathers or few < 1:
        return found
    sparse = replace(found, dots=compile_dot_rows(sources, views, taps, rows, digits))
    return ChosenDots(wanted.projection.name, otherwise, tiles, *settings, sparse=sparse, few=few)


def _few(by_tiles: float, of_source: float, seen: float, slots: int) -> int:
    """Of how many of the slots spikes take as long source by source as by tiles; all of a view: `seen`."""
    return int(min(1.0, max(0.0, (by_tiles - OF_PIXEL) / of_source / seen)) * slots)


def _senders(wanted: Wanted, views: tuple[NDArray[np.int32], ...]) -> float:
    """Source pixels that a target pixel sees, times the share of sources that usually send."""
    return max(views[1].size, 1) / (views[0].size - 1) * _active(wanted)


def _active(wanted: Wanted) -> float:
    return 1.0 if sent(wanted.network, wanted.source).once else USUAL_ACTIVE


def _tiled(rows: RowsRoute, taps: Taps, digits: Digits | None) -> Digits | NDArray[np.uint16] | None:
    """The weights as tiles may have them on this processor: bytes, or the numbers that those in float32 are sums of."""
    if taps.groups > 1 or not (TILES if digits is not None else REAL_TILES):
        return None
    return halves_of(rows.rows.weights) if digits is None else digits


def _of_tiles(
    sources: Sources,
    views: tuple[NDArray[np.int32], ...],
    wanted: Wanted,
    length: int,
    weights: Digits | NDArray[np.uint16],
) -> float:
    """Nanoseconds by tiles at a target pixel."""
    side, times = (BLOCK, weights.digits) if isinstance(weights, Digits) else (HALF, len(weights))
    tiles = times * count_tiles(sources, views, wanted.pooled, side) / (views[0].size - 1)
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
    return bool(even.all())


def _quicker(lanes: LanesRoute, itemsize: int, by_dots: float) -> bool:
    """Whether `by_dots` nanoseconds are less than lanes take, for a source at a target pixel."""
    cost = lanes.lanes.cost
    each = WEIGHT_IN_LISTS if lanes.lanes.listed else WEIGHT_IN_LANES
    by_lanes = cost.by_lanes / max(cost.reach, 1e-9) * USUAL_STEPS * itemsize * each + REACH
    return by_dots < by_lanes
