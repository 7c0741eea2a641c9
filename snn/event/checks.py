"""What the kernels of delivery assume of their plans, looked at once, where a plan is compiled.

Kernels follow these arrays without a look at where they lead: an index that is wrong there would read or write whatever
lies behind an array. Each check raises InvalidNetwork; a network that passed `snn.validate` reaches one only by its size,
all others guard the code that compiles.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright import InvalidNetwork
from spikewright.snn.kernels.blocks import Blocks
from spikewright.snn.kernels.dot_ways import BLOCK, QUARTER
from spikewright.snn.kernels.dots import Dots
from spikewright.snn.kernels.fields import ValueFields
from spikewright.snn.kernels.lanes import Lanes
from spikewright.snn.kernels.lists import Lists
from spikewright.snn.kernels.rearranging import Places
from spikewright.snn.kernels.rows import WeightRows
from spikewright.snn.kernels.shortcuts import Shortcut
from spikewright.snn.kernels.tiles import Tiles


def as_int32(values: Any) -> NDArray[np.int32]:
    """Integers as int32. Raises InvalidNetwork where they do not fit: plans hold addresses in 32 bits."""
    array = np.asarray(values)
    if array.size and not -(2**31) <= int(array.min()) <= int(array.max()) < 2**31:
        raise InvalidNetwork(
            f"expected a projection of fewer than 2**31 places and weights, got {int(np.abs(array).max())}; "
            "try snn.sparse weights or two projections"
        )
    return array.astype(np.int32)


def check_rows(rows: WeightRows, neurons: int) -> None:
    """Rows: every run of weights lies in the weights, and its targets among the `neurons`, whatever the source."""
    _ascending(rows.first_tap, rows.to.size, "taps")
    used = rows.pattern >= 0
    pattern = rows.pattern[used]
    _inside(pattern, rows.first_tap.size - 1, "patterns")
    for which, offsets, size, what in (
        (rows.base, rows.to, neurons, "targets"),
        (rows.row, rows.start, rows.weights.size, "weights"),
    ):
        lows, highs = _extremes(which[used], pattern, rows.first_tap.size - 1)
        numbers = np.repeat(np.arange(rows.first_tap.size - 1), np.diff(rows.first_tap))
        seen = np.isin(numbers, pattern)
        _inside((lows[numbers] + offsets)[seen], size, what)
        _inside((highs[numbers] + offsets + rows.length - 1)[seen], size, what)


def check_blocks(blocks: Blocks, rows: WeightRows, neurons: int, width: int) -> None:
    """Blocks of `width` weights and targets, those of every source."""
    _ascending(blocks.first, blocks.to.size, "blocks")
    _same(blocks.which, rows.base, "blocks of sources")
    _inside(blocks.which, blocks.first.size - 1, "blocks of sources")
    lows, highs = _extremes(rows.base, blocks.which, blocks.first.size - 1)
    numbers = np.repeat(np.arange(blocks.first.size - 1), np.diff(blocks.first))
    _inside(lows[numbers] + blocks.to, neurons, "targets")
    _inside(highs[numbers] + blocks.to + width - 1, neurons, "targets")
    _inside(blocks.start, rows.weights.size, "weights")
    _inside(blocks.start.astype(np.int64) + width - 1, rows.weights.size, "weights")


def check_lanes(lanes: Lanes, sources: int, neurons: int) -> None:
    """Time lanes: slots, pixels in view and weight rows; tiles of all target pixels are the `neurons`."""
    channels, taps, length, width = (int(n) for n in (lanes.channels, lanes.taps, lanes.row_length, lanes.width))
    _inside(lanes.slot + 1, lanes.pixels * channels + 1, "slots")
    if (
        lanes.slot.size != sources
        or lanes.channel_base.size != channels
        or (lanes.first_seen.size - 1) * width != neurons
    ):
        raise InvalidNetwork(f"expected lanes of {sources} sources into {neurons} neurons, got others")
    _ascending(lanes.first_seen, lanes.seen.size, "pixels")
    _same(lanes.seen, lanes.row, "pixels")
    _inside(lanes.seen, lanes.pixels, "pixels")
    _inside(lanes.channel_base.astype(np.int64) + length - 1, width, "channels")
    _inside(lanes.channel_base, width, "channels")
    count = lanes.first.size - 1 if lanes.listed else lanes.weight.size // length
    _inside(lanes.row, count, "weight rows")
    _inside(lanes.row.astype(np.int64) + (channels - 1) * taps, count, "weight rows")
    if lanes.listed:
        _ascending(lanes.first, lanes.weight.size, "weights")
        _same(lanes.channel, lanes.weight, "weights")
        _inside(lanes.channel, length, "channels")


def check_shortcut(shortcut: Shortcut, rows: WeightRows, neurons: int) -> None:
    """Shortcuts: each source reaches the neuron of its own number, or nothing, with the gain of its channel."""
    channels = shortcut.gain.size
    weights = rows.weights[rows.row[:channels]]
    if (
        not channels
        or rows.base.size != neurons
        or neurons % channels
        or shortcut.alive.size * BLOCK < channels
        or (rows.fanout > 1).any()
        or (rows.fanout.reshape(-1, channels) != rows.fanout[:channels]).any()
        or (weights != shortcut.gain).any()
    ):
        raise InvalidNetwork(f"expected a shortcut of {channels} channels into {neurons} neurons, got another")


def check_dots(dots: Dots, neurons: int) -> None:
    """Dot products: slots, pixels in view and weight rows; the tiles of all target pixels are the `neurons`."""
    sources, slots = dots.sources, dots.sources.fanout.size
    _inside(sources.slot + 1, slots + 1, "slots")
    _inside(sources.windows, sources.slot.size // sources.channels, "windows")
    if (
        slots != len(sources.windows) * sources.channels
        or sources.kept.shape != (len(sources.windows), -(-sources.channels // BLOCK))
        or sources.each * dots.groups != sources.channels
        or (dots.first_run.size - 1) * dots.groups * dots.length != neurons * dots.digits
        or dots.unit.size not in (0, dots.groups * dots.length)
        or (dots.digits > 1 and not dots.unit.size)
        or dots.weight.size % dots.row_places
        or dots.row_places < -(-dots.length // QUARTER) * QUARTER
    ):
        raise InvalidNetwork(f"expected dot products of {slots} sources into {neurons} neurons, got others")
    _ascending(dots.first_run, dots.run.size - 1, "runs")
    _ascending(dots.run, dots.seen.size, "pixels")
    _same(dots.seen, dots.row, "pixels")
    within = np.ones(dots.seen.size + 1, bool)
    within[dots.run] = False
    broken = np.any(np.diff(dots.seen, prepend=0, append=0)[within] != 1) or np.any(np.diff(dots.run) < 1)
    if broken or (within.any() and dots.groups > 1):
        raise InvalidNetwork("expected runs of neighbouring pixels, of several groups of one pixel each")
    _inside(dots.seen, len(sources.windows), "pixels")
    first = dots.row.astype(np.int64) * dots.row_places
    _inside(first, dots.weight.size, "weight rows")
    _inside(first + (sources.channels - 1) * sources.row_step + dots.row_places - 1, dots.weight.size, "weight rows")


def check_tiles(tiles: Tiles, neurons: int) -> None:
    """Tiles: slots, squares and units of every tile in view and its weights; the sums of all target pixels are the `neurons`."""
    sources, views, pixels = tiles.sources, tiles.views, len(tiles.sources.windows)
    height, bytes_of_weights = pixels // tiles.width, -(-tiles.length // QUARTER) * QUARTER * BLOCK
    _inside(sources.slot + 1, sources.fanout.size + 1, "slots")
    _inside(sources.windows, sources.slot.size // sources.channels, "windows")
    if (
        sources.fanout.size != pixels * sources.channels
        or sources.each != sources.channels
        or pixels % tiles.width
        or tiles.pixel_bytes < sources.channels
        or (BLOCK % tiles.pixel_bytes and tiles.pixel_bytes % BLOCK)
        or tiles.units != max(1, tiles.pixel_bytes // BLOCK)
        or (views.first.size - 1) * tiles.length != neurons * tiles.digits
        or views.until.size * tiles.digits != views.first.size - 1
        or tiles.unit.size not in (0, tiles.length)
        or (tiles.digits > 1 and not tiles.unit.size)
        or tiles.weight.size % bytes_of_weights
        or tiles.side not in (BLOCK // 2, BLOCK)
        or (tiles.side < BLOCK and tiles.unit.size)
    ):
        raise InvalidNetwork(f"expected tiles of {sources.fanout.size} sources into {neurons} neurons, got others")
    _ascending(views.first, len(views.tile), "tiles")
    _inside(np.diff(views.until, prepend=0), height + 1, "rows")
    _inside(views.until, height + 1, "rows")
    row, square, unit, units, of_weights = views.tile.T
    until = np.repeat(np.tile(views.until, tiles.digits), np.diff(views.first))
    _inside(until - row - 1, tiles.held, "rows")
    _inside(row, height, "rows")
    _inside(square, -(-tiles.width * tiles.pixel_bytes // BLOCK) * (BLOCK // tiles.side), "squares")
    _inside(unit, pixels * tiles.units, "units")
    _inside(units - 1, BLOCK, "units")
    _inside(unit + units - 1, pixels * tiles.units, "units")
    _inside(of_weights, tiles.weight.size // bytes_of_weights, "weights")


def check_fields(fields: ValueFields, sources: int, neurons: int) -> None:
    """Fields: the bytes that values go to, what each target pixel sees, and its sums; blocks reach all of the `neurons`."""
    pitch, chunks = fields.length // QUARTER * QUARTER * BLOCK, 0
    if fields.length >= QUARTER and fields.length % QUARTER == 0:
        chunks = fields.weight.size // pitch
    if (
        fields.first.size != sources + 1
        or fields.fanout.size != sources
        or not chunks
        or fields.weight.size % pitch
        or not 1 <= fields.rows <= QUARTER
        or fields.stride < 1
        or neurons % fields.length
    ):
        raise InvalidNetwork(f"expected fields of {sources} sources into {neurons} neurons, got others")
    _ascending(fields.first, fields.place.size, "bytes")
    _same(fields.at, fields.to, "blocks")
    _inside(fields.place, fields.size, "bytes")
    _inside(fields.at, fields.size, "bytes")
    _inside(fields.at.astype(np.int64) + (fields.rows - 1) * fields.stride + chunks * BLOCK - 1, fields.size, "bytes")
    reached = fields.to[:, None].astype(np.int64) + np.arange(fields.rows) * fields.length
    _inside(reached, neurons, "targets")
    if np.unique(reached).size != neurons // fields.length or (reached % fields.length).any():
        raise InvalidNetwork("expected fields that set each target pixel")


def check_lists(lists: Lists, sources: int, neurons: int) -> None:
    """Explicit lists: the survivors of each source, and their targets."""
    if lists.first.size != sources + 1:
        raise InvalidNetwork(f"expected lists of {sources} sources, got {lists.first.size - 1}")
    _ascending(lists.first, lists.weight.size, "weights")
    _same(lists.target, lists.weight, "weights")
    _inside(lists.target, neurons, "targets")


def check_places(places: Places, sources: int, count: int) -> None:
    """An order: the places of each source, each of the `count` places once at most."""
    if places.first.size != sources + 1 or np.unique(places.target).size != places.target.size:
        raise InvalidNetwork(f"expected places of {sources} sources, each once, got {places.first.size - 1}")
    _ascending(places.first, places.target.size, "places")
    _inside(places.target, count, "places")


def check_events(neurons: int, steps: int) -> None:
    """Events of a chunk of steps are counted in 32 bits. Raises InvalidNetwork when there may be more."""
    if neurons * steps >= 2**31 - 64:
        raise InvalidNetwork(
            f"expected fewer than 2**31 neurons times steps at once, got {neurons} x {steps}; try fewer steps or neurons"
        )


def check_kept(events: int) -> None:
    """Events that are kept for a delay are counted in 32 bits, too. Raises InvalidNetwork when there are more."""
    if events >= 2**31:
        raise InvalidNetwork(
            f"expected fewer than 2**31 events to be kept until they arrive, got {events}; try shorter delays"
        )


def _extremes(values: NDArray[Any], groups: NDArray[Any], count: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The smallest and largest value of each group, 0 for a group without any."""
    lows, highs = np.full(count, np.iinfo(np.int64).max), np.full(count, np.iinfo(np.int64).min)
    np.minimum.at(lows, groups, values)
    np.maximum.at(highs, groups, values)
    empty = lows > highs
    lows[empty], highs[empty] = 0, 0
    return lows, highs


def _inside(values: NDArray[Any], count: int, what: str) -> None:
    if values.size and not 0 <= int(values.min()) <= int(values.max()) < count:
        raise InvalidNetwork(
            f"expected a plan whose {what} lie in 0 to {count - 1}, got {values.min()} to {values.max()}"
        )


def _ascending(ends: NDArray[Any], count: int, what: str) -> None:
    if not ends.size or ends[0] != 0 or ends[-1] != count or np.any(np.diff(ends) < 0):
        raise InvalidNetwork(f"expected a plan whose {what} end at {count}, in order")


def _same(one: NDArray[Any], other: NDArray[Any], what: str) -> None:
    if one.size != other.size:
        raise InvalidNetwork(f"expected a plan with {what} of one length, got {one.size} and {other.size}")
