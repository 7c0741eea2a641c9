"""Taps: the offsets from a spike's place to the targets it reaches, for convolutions and dense layers alike."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from snn.synapses import Conv2d, Pair

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
    `stride`, `padding`: from source position to base. `block`: weights of one input channel, or of one input in a dense layer.
    """

    taps: tuple[Tap, ...]
    weights: Values
    length: int
    channel_base: Ints
    stride: Pair
    padding: Pair
    block: int
    before: Pair
    after: Pair
    survivors: Values
    sites: Pair
    target: Pair

    def place(self, rows: Ints, columns: Ints) -> tuple[Ints, Ints, Ints]:
        """Base row, base column and phase of each source position."""
        if self.sites != (1, 1):
            return np.zeros_like(rows), np.zeros_like(columns), np.zeros_like(rows)
        padded_row, padded_column = rows + self.padding[0], columns + self.padding[1]
        phase = (padded_row % self.stride[0]) * self.stride[1] + padded_column % self.stride[1]
        return padded_row // self.stride[0], padded_column // self.stride[1], phase

    def row(self, channel: Ints, rows: Ints, columns: Ints) -> Ints:
        """Where the weight block of each source neuron begins."""
        site = (rows * self.sites[1] + columns) if self.sites != (1, 1) else np.zeros_like(rows)
        return (site * self.channel_base.size + channel) * self.block

    def fanout(self, channel: Ints, rows: Ints, columns: Ints) -> Ints:
        """Additions of a surviving weight to an existing target that an event of each source neuron causes."""
        if self.sites != (1, 1):
            return self.survivors[0][self.row(channel, rows, columns) // self.block]
        base_row, base_column, phase = self.place(rows, columns)
        total = np.zeros(channel.shape, dtype=np.int64)
        for tap, count in zip(self.taps, self.survivors, strict=True):
            row, column = base_row + tap.row, base_column + tap.column
            inside = (
                (phase == tap.phase) & (row >= 0) & (row < self.target[0]) & (column >= 0) & (column < self.target[1])
            )
            total += np.where(inside, count[channel], 0)
        return total

    def runs(self, width: int, channels: int) -> tuple[Ints, Ints, Ints, Ints]:
        """Taps as (to, start, length), neighbours joined, and the first tap of each phase with an end mark."""
        merged: list[list[int]] = []
        phases: list[int] = []
        for tap in self.taps:
            to = (tap.row * width + tap.column) * channels
            joins = bool(merged) and phases[-1] == tap.phase
            if joins and merged[-1][0] + merged[-1][2] == to and merged[-1][1] + merged[-1][2] == tap.start:
                merged[-1][2] += self.length
            else:
                merged.append([to, tap.start, self.length])
                phases.append(tap.phase)
        count = self.stride[0] * self.stride[1]
        first = np.searchsorted(np.asarray(phases), np.arange(count + 1))
        to, start, length = np.asarray(merged, dtype=np.int64).T
        return to, start, length, first


def conv_taps(shape: tuple[int, ...], target: Pair, conv: Conv2d, weights: Values) -> Taps:
    """Taps of a convolution with weights `(out, in / groups, kernel height, kernel width)` on an input grid `shape`."""
    out, per_group, height, width = weights.shape
    taps = tuple(_conv_positions(conv, (height, width), out // conv.groups))
    order = [position for _, position in taps]
    grouped = weights.reshape(conv.groups, out // conv.groups, per_group, height * width)
    packed = grouped.transpose(0, 2, 3, 1)[:, :, order]
    rows, columns = [t.row for t, _ in taps], [t.column for t, _ in taps]
    last = [(extent - 1 + pad) // step for extent, pad, step in zip(shape[1:], conv.padding, conv.stride, strict=True)]
    return Taps(
        taps=tuple(tap for tap, _ in taps),
        weights=np.ascontiguousarray(packed).reshape(-1),
        length=out // conv.groups,
        channel_base=np.arange(shape[0]) // per_group * (out // conv.groups),
        stride=conv.stride,
        padding=conv.padding,
        block=height * width * (out // conv.groups),
        before=(max(0, -min(rows)), max(0, -min(columns))),
        after=(max(0, last[0] + max(rows) - target[0] + 1), max(0, last[1] + max(columns) - target[1] + 1)),
        survivors=np.count_nonzero(packed, axis=-1).reshape(shape[0], -1).T,
        sites=(1, 1),
        target=target,
    )


def unit_tap(shape: tuple[int, ...], weights: Values) -> Taps:
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
        before=(0, 0),
        after=(0, 0),
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
