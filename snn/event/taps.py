"""Taps: the offsets from a source's place to the targets that it reaches, for convolutions and dense layers alike.

A source at row y, column x of the (pooled) source map has a base in the target map, and reaches base + (row, column) of each
tap. A 3x3 convolution with padding 1 and stride 1, kernel places K[i, j]:

    base = (y + 1, x + 1)                    the taps, row and column against the base, and the kernel place of each:

    source (y, x) = (0, 0) of a 4x4 map      ( 0, 0) K[0,0]   ( 0,-1) K[0,1]   ( 0,-2) K[0,2]
        base = (1, 1)                        (-1, 0) K[1,0]   (-1,-1) K[1,1]   (-1,-2) K[1,2]
        . X .   targets (0, 0), (0, 1),      (-2, 0) K[2,0]   (-2,-1) K[2,1]   (-2,-2) K[2,2]
        . . .   (1, 0) and (1, 1) exist:
                four taps, K[1,1] K[1,0] K[0,1] K[0,0]; the others lead out of the map

    Sorted by row and column: (-2,-2) (-2,-1) (-2,0) (-1,-2) ... (0,0). In the weights of an input channel the output channels
    of the taps follow each other in this order, so that neighbouring taps (one target row) are one run of weights going to
    one run of neurons. Which taps lead out of the map is a pattern; sources with the same taps share one.

With a stride of 2 the place (y + 1, x + 1) is divided by it: the quotient is the base, the remainder the phase, and only the
taps of that phase belong to the source.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.synapses import Pair

Ints = NDArray[np.int64]
Values = NDArray[np.generic]


@dataclass(frozen=True, eq=False)
class Tap:
    """One kernel position: its `phase`, the target's row and column against the base, and where its weights start in a slab."""

    phase: int
    row: int
    column: int
    start: int


@dataclass(frozen=True, eq=False)
class Taps:
    """The taps of a synapse and the weights in the order in which the runs read them.

    `length`: target channels of a tap. `channel_base (in,)`: first target channel of an input channel's group.
    `stride`, `padding`: from source position to base. A slab is the weights of one input channel, tap after tap, `slab` of
    them; a dense layer has one at each of its `sites`, a convolution one for all. `survivors (taps, slabs)`: weights that
    are not zero.
    `target`: rows and columns that exist. `spread`: rows and columns between the bases of neighbouring sources before the
    stride divides them, more than one in a transposed convolution.
    """

    taps: tuple[Tap, ...]
    weights: Values
    length: int
    channel_base: Ints
    stride: Pair
    padding: Pair
    slab: int
    survivors: Ints
    sites: Pair
    target: Pair
    spread: Pair = (1, 1)

    def place(self, rows: Ints, columns: Ints) -> tuple[Ints, Ints, Ints]:
        """Base row, base column and phase of each source position."""
        if self.sites != (1, 1):
            return np.zeros_like(rows), np.zeros_like(columns), np.zeros_like(rows)
        padded_row, padded_column = rows * self.spread[0] + self.padding[0], columns * self.spread[1] + self.padding[1]
        phase = (padded_row % self.stride[0]) * self.stride[1] + padded_column % self.stride[1]
        return padded_row // self.stride[0], padded_column // self.stride[1], phase

    @property
    def groups(self) -> int:
        """Groups of channels that have no weights between them."""
        return int(self.channel_base.max()) // self.length + 1

    def slabs(self, channel: Ints, rows: Ints, columns: Ints) -> Ints:
        """The number of the slab of each source neuron."""
        site = (rows * self.sites[1] + columns) if self.sites != (1, 1) else np.zeros_like(rows)
        return site * self.channel_base.size + channel

    def patterns(self, rows: Ints, columns: Ints) -> tuple[Ints, Ints]:
        """Which taps reach existing targets: distinct (phase, first row, last row, first column, last column).

        And for each source position the number of its own.
        """
        base_row, base_column, phase = self.place(rows, columns)
        tap_rows, tap_columns = [t.row for t in self.taps], [t.column for t in self.taps]
        keys = [
            phase,
            np.maximum(min(tap_rows), -base_row),
            np.minimum(max(tap_rows), self.target[0] - 1 - base_row),
            np.maximum(min(tap_columns), -base_column),
            np.minimum(max(tap_columns), self.target[1] - 1 - base_column),
        ]
        distinct, whose = np.unique(np.stack(keys, axis=1), axis=0, return_inverse=True)
        return distinct, whose.reshape(-1)

    def inside(self, pattern: Ints) -> list[int]:
        """The taps of a pattern, in order."""
        phase, top, bottom, left, right = pattern
        return [
            place
            for place, tap in enumerate(self.taps)
            if tap.phase == phase and top <= tap.row <= bottom and left <= tap.column <= right
        ]

    def runs(self, chosen: list[int], width: int, channels: int) -> list[tuple[int, int, int]]:
        """Taps as (to, start, length) in a plane of that width, neighbours joined."""
        merged: list[tuple[int, int, int]] = []
        for tap in (self.taps[place] for place in chosen):
            run = ((tap.row * width + tap.column) * channels, tap.start, self.length)
            if merged and merged[-1][0] + merged[-1][2] == run[0] and merged[-1][1] + merged[-1][2] == run[1]:
                run = (merged[-1][0], merged[-1][1], merged[-1][2] + self.length)
                merged.pop()
            merged.append(run)
        return merged


class SlidingKernel(NamedTuple):
    """How a kernel goes over its map; see `snn.synapses.Conv2d`."""

    stride: Pair = (1, 1)
    padding: Pair = (0, 0)
    dilation: Pair = (1, 1)
    groups: int = 1


def conv_taps(shape: tuple[int, ...], target: Pair, conv: SlidingKernel, weights: Values) -> Taps:
    """Taps of a convolution with weights `(out, in / groups, kernel height, kernel width)` on an input grid `shape`."""
    out, per_group, height, width = weights.shape
    taps = tuple(_conv_positions(conv, (height, width), out // conv.groups))
    order = [position for _, position in taps]
    grouped = weights.reshape(conv.groups, out // conv.groups, per_group, height * width)
    packed = grouped.transpose(0, 2, 3, 1)[:, :, order]
    return Taps(
        taps=tuple(tap for tap, _ in taps),
        weights=np.ascontiguousarray(packed).reshape(-1),
        length=out // conv.groups,
        channel_base=np.arange(shape[0]) // per_group * (out // conv.groups),
        stride=conv.stride,
        padding=conv.padding,
        slab=height * width * (out // conv.groups),
        survivors=np.count_nonzero(packed, axis=-1).reshape(shape[0], -1).T,
        sites=(1, 1),
        target=target,
    )


def transposed_taps(shape: tuple[int, ...], target: Pair, conv: SlidingKernel, weights: Values) -> Taps:
    """Taps of a transposed convolution with weights `(out, in / groups, kernel height, kernel width)` on `shape`."""
    out, per_group, height, width = weights.shape
    length = out // conv.groups
    packed = weights.reshape(conv.groups, length, per_group, height * width).transpose(0, 2, 3, 1)
    places = [(y, x) for y in range(height) for x in range(width)]
    return Taps(
        taps=tuple(
            Tap(0, y * conv.dilation[0], x * conv.dilation[1], number * length) for number, (y, x) in enumerate(places)
        ),
        weights=np.ascontiguousarray(packed).reshape(-1),
        length=length,
        channel_base=np.arange(shape[0]) // per_group * length,
        stride=(1, 1),
        padding=(-conv.padding[0], -conv.padding[1]),
        slab=height * width * length,
        survivors=np.count_nonzero(packed, axis=-1).reshape(shape[0], -1).T,
        sites=(1, 1),
        target=target,
        spread=conv.stride,
    )


def dense_taps(shape: tuple[int, ...], weights: Values) -> Taps:
    """The single tap of a dense layer with weights `(rows, columns, channels, out)` on an input grid `shape`."""
    out = weights.shape[-1]
    flat = np.ascontiguousarray(weights).reshape(-1, out)
    return Taps(
        taps=(Tap(0, 0, 0, 0),),
        weights=flat.reshape(-1),
        length=out,
        channel_base=np.zeros(shape[0], dtype=np.int64),
        stride=(1, 1),
        padding=(0, 0),
        slab=out,
        survivors=np.count_nonzero(flat, axis=-1).reshape(1, -1),
        sites=(shape[1], shape[2]),
        target=(1, 1),
    )


def _conv_positions(conv: SlidingKernel, kernel: Pair, channels: int) -> Iterator[tuple[Tap, int]]:
    """Taps sorted by phase, row and column, each with its flat kernel position."""
    found = []
    for y in range(kernel[0]):
        for x in range(kernel[1]):
            phase_y, phase_x = y * conv.dilation[0] % conv.stride[0], x * conv.dilation[1] % conv.stride[1]
            row = (phase_y - y * conv.dilation[0]) // conv.stride[0]
            column = (phase_x - x * conv.dilation[1]) // conv.stride[1]
            found.append((phase_y * conv.stride[1] + phase_x, row, column, y * kernel[1] + x))
    for place, (phase, row, column, position) in enumerate(sorted(found)):
        yield Tap(phase, row, column, place * channels), position
