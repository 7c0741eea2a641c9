"""What kernels assume of plans by which many sources are multiplied at once: dot products, tiles, fields."""

import numpy as np

from spikewright import InvalidNetwork
from spikewright.snn.event.checks import check_ascending, check_inside, check_same_length
from spikewright.snn.kernels.dot_ways import BLOCK, QUARTER
from spikewright.snn.kernels.dots import Dots
from spikewright.snn.kernels.fields import ValueFields
from spikewright.snn.kernels.tiles import Tiles


def check_dots(dots: Dots, neurons: int) -> None:
    """Dot products: slots, pixels in view and weight rows; the tiles of all target pixels are the `neurons`."""
    sources, slots = dots.sources, dots.sources.fanout.size
    check_inside(sources.slot + 1, slots + 1, "slots")
    check_inside(sources.windows, sources.slot.size // sources.channels, "windows")
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
    check_ascending(dots.first_run, dots.run.size - 1, "runs")
    check_ascending(dots.run, dots.seen.size, "pixels")
    check_same_length(dots.seen, dots.row, "pixels")
    within = np.ones(dots.seen.size + 1, bool)
    within[dots.run] = False
    broken = np.any(np.diff(dots.seen, prepend=0, append=0)[within] != 1) or np.any(np.diff(dots.run) < 1)
    if broken or (within.any() and dots.groups > 1):
        raise InvalidNetwork("expected runs of neighbouring pixels, of several groups of one pixel each")
    check_inside(dots.seen, len(sources.windows), "pixels")
    first = dots.row.astype(np.int64) * dots.row_places
    check_inside(first, dots.weight.size, "weight rows")
    check_inside(
        first + (sources.channels - 1) * sources.row_step + dots.row_places - 1, dots.weight.size, "weight rows"
    )


def check_tiles(tiles: Tiles, neurons: int) -> None:
    """Tiles: slots, squares and units of every tile in view and its weights; the sums of all target pixels are the `neurons`."""
    sources, views, pixels = tiles.sources, tiles.views, len(tiles.sources.windows)
    height, bytes_of_weights = pixels // tiles.width, -(-tiles.length // QUARTER) * QUARTER * BLOCK
    check_inside(sources.slot + 1, sources.fanout.size + 1, "slots")
    check_inside(sources.windows, sources.slot.size // sources.channels, "windows")
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
    check_ascending(views.first, len(views.tile), "tiles")
    check_inside(np.diff(views.until, prepend=0), height + 1, "rows")
    check_inside(views.until, height + 1, "rows")
    row, square, unit, units, of_weights = views.tile.T
    until = np.repeat(np.tile(views.until, tiles.digits), np.diff(views.first))
    check_inside(until - row - 1, tiles.held, "rows")
    check_inside(row, height, "rows")
    check_inside(square, -(-tiles.width * tiles.pixel_bytes // BLOCK) * (BLOCK // tiles.side), "squares")
    check_inside(unit, pixels * tiles.units, "units")
    check_inside(units - 1, BLOCK, "units")
    check_inside(unit + units - 1, pixels * tiles.units, "units")
    check_inside(of_weights, tiles.weight.size // bytes_of_weights, "weights")


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
    check_ascending(fields.first, fields.place.size, "bytes")
    check_same_length(fields.at, fields.to, "blocks")
    check_inside(fields.place, fields.size, "bytes")
    check_inside(fields.at, fields.size, "bytes")
    check_inside(
        fields.at.astype(np.int64) + (fields.rows - 1) * fields.stride + chunks * BLOCK - 1, fields.size, "bytes"
    )
    reached = fields.to[:, None].astype(np.int64) + np.arange(fields.rows) * fields.length
    check_inside(reached, neurons, "targets")
    if np.unique(reached).size != neurons // fields.length or (reached % fields.length).any():
        raise InvalidNetwork("expected fields that set each target pixel")
