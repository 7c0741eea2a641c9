"""Runs of source pixels in view of the target pixels, and the tiles of weights that they go through, see `routes.tiles`."""

from math import prod
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.event.addresses import Grid
from spikewright.snn.event.buffers import aligned
from spikewright.snn.event.taps import Ints, Values
from spikewright.snn.kernels.dot_ways import BLOCK, QUARTER
from spikewright.snn.kernels.trains import Sources

WORD = 4
"""Bytes of the sources that are multiplied together."""


class Runs(NamedTuple):
    """Source pixels side by side in view of a target: the first, how many, and the number of their weights.

    `before`: bytes of other pixels in the square that they begin in.
    """

    target: Ints
    first: Ints
    pixels: Ints
    kind: Ints
    before: Ints


def count_tiles(sources: Sources, views: tuple[NDArray[np.int32], ...], pooled: Grid, side: int = BLOCK) -> int:
    """How many tiles of `side` sources all target pixels see together, those that hold zeros alone among them."""
    pixel_bytes = pixel_bytes_of(sources.channels)
    runs = runs_by_kind(views, pooled[2], pixel_bytes, side)[0]
    return int((-(-(runs.before + runs.pixels * pixel_bytes) // side)).sum())


def runs_by_kind(
    views: tuple[NDArray[np.int32], ...], width: int, pixel_bytes: int, side: int
) -> tuple[Runs, list[tuple[int, ...]]]:
    """The runs in the order of targets, and the weight rows of each kind of them."""
    first_seen, seen, row = (part.astype(np.int64) for part in views)
    target = np.repeat(np.arange(first_seen.size - 1), np.diff(first_seen))
    order = np.lexsort((seen, target))
    target, seen, row = target[order], seen[order], row[order]
    begins = np.ones(seen.size, bool)
    if pixel_bytes < side:
        begins[1:] = (np.diff(seen) != 1) | (np.diff(target) != 0) | (seen[1:] % width == 0)
    first = np.flatnonzero(begins)
    count = np.diff(np.append(first, seen.size))
    before = seen[first] % width * pixel_bytes % side
    numbers: dict[tuple[int, ...], int] = {}
    parts = zip(before.tolist(), first, count, strict=True)
    of_runs = ((skipped, *row[at : at + some].tolist()) for skipped, at, some in parts)
    kind = np.array([numbers.setdefault(one, len(numbers)) for one in of_runs], np.int64)
    return Runs(target[first], seen[first], count, kind, before), list(numbers)


def pixel_bytes_of(channels: int) -> int:
    """Bytes of a pixel: so many that 64 bytes are a whole number of pixels, or the other way round."""
    return next((some for some in (16, 32) if channels <= some), -(-channels // BLOCK) * BLOCK)


def weight_tiles(
    kinds: list[tuple[int, ...]], weights: Values, sources: Sources, pixel_bytes: int
) -> tuple[Ints, Values]:
    """Where the tiles of each kind begin, and all of them `(tiles, quarters, words, targets of a quarter, sources of a word)`.

    `weights (parts, rows, targets)`: those of each part behind all of the one before.
    """
    parts, _, length = weights.shape
    quarters, together = -(-length // QUARTER), WORD // weights.itemsize
    side = QUARTER * together
    number = np.array([-(-(before + len(rows) * pixel_bytes) // side) for before, *rows in kinds], np.int64)
    first = np.cumsum(number) - number
    shape = parts, int(number.sum()), quarters, QUARTER, QUARTER, together
    whole = aligned(prod(shape), weights.dtype).reshape(shape)
    for (before, *rows), begin, some in zip(kinds, first, number, strict=True):
        held = np.zeros((parts, some * side, quarters * QUARTER), weights.dtype)
        for place, row in enumerate(rows):
            of_pixel = weights[:, row : row + (sources.channels - 1) * sources.row_step + 1 : sources.row_step]
            held[:, before + place * pixel_bytes :][:, : sources.channels, :length] = of_pixel
        words = held.reshape(parts, some, QUARTER, together, quarters, QUARTER)
        whole[:, begin : begin + some] = words.transpose(0, 1, 4, 2, 5, 3)
    return first, whole.reshape(-1, *shape[2:])
