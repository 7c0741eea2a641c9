"""Taps: the offsets from a spike's place to the targets it reaches, for convolutions and dense layers alike."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.synapses import Conv2d, ConvTranspose2d, Pair

Ints = NDArray[np.int64]
Values = NDArray[np.generic]


@dataclass(frozen=True, eq=False)
class Tap:
    """One kernel position: its `phase`, the target's row and column against the base, and its place in a weight block."""

    phase: int
    row: int
    column: int
    start: int


@dataclass(frozen=True, eq=False)
class Taps:
    """The taps of a synapse and the weights in the order in which the runs read them.

    `length`: target channels of a tap. `channel_base (in,)`: first target channel of an input channel's group.
    `stride`, `padding`: from source position to base. `block`: weights of one input channel at one site; a dense layer
    has a block for each of its `sites`, a convolution one for all. `survivors (taps, blocks)`: weights that are not zero.
    `target`: rows and columns that exist. `spread`: rows and columns between the bases of neighbouring sources before the
    stride divides them, more than one in a transposed convolution.
    """

    taps: tuple[Tap, ...]
    weights: Values
    length: int
    channel_base: Ints
    stride: Pair
    padding: Pair
    block: int
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

    def blocks(self, channel: Ints, rows: Ints, columns: Ints) -> Ints:
        """The weight block of each source neuron."""
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


def conv_taps(shape: tuple[int, ...], target: Pair, conv: Conv2d, weights: Values) -> Taps:
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
        block=height * width * (out // conv.groups),
        survivors=np.count_nonzero(packed, axis=-1).reshape(shape[0], -1).T,
        sites=(1, 1),
        target=target,
    )


def transposed_taps(shape: tuple[int, ...], target: Pair, conv: ConvTranspose2d, weights: Values) -> Taps:
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
        block=height * width * length,
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
        block=out,
        survivors=np.count_nonzero(flat, axis=-1).reshape(1, -1),
        sites=(shape[1], shape[2]),
        target=(1, 1),
    )


def _conv_positions(conv: Conv2d, kernel: Pair, channels: int) -> Iterator[tuple[Tap, int]]:
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
