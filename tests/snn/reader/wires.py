"""What `snn.synapses` and `snn.projections.Projection` say of a projection: which weight leads from which neuron to which."""

from functools import cached_property

import numpy as np

from spikewright.snn import (
    AvgPool2d,
    Conv1d,
    ConvTranspose2d,
    Identity,
    Linear,
    Network,
    Separable2d,
    Upsample,
    Windows,
)


class Wires:
    """Targets, sources (counted after the pool) and weights of a projection, one entry for each weight that is not zero."""

    def __init__(self, network: Network, projection) -> None:
        self.projection, self.synapse = projection, projection.synapse
        source = network.by_name[projection.source].shape
        self.whole = source if projection.order is None else projection.order.addresses.shape
        target = network.by_name[projection.target].shape
        pool, entered = projection.pool, planes(self.whole)
        self.entered = (entered[0], entered[1] // pool[0], entered[2] // pool[1])
        start, stop = projection.channels or (0, target[0])
        self.left = (stop - start, *planes(target)[1:])
        self.first = start * self.left[1] * self.left[2]
        self.size = int(np.prod(target))
        self._entries: list[tuple[np.ndarray, ...]] = []
        self._lay()
        ends = [np.concatenate([entry[end] for entry in self._entries] or [np.zeros(0, int)]) for end in range(3)]
        kept = ends[2] != 0
        self.targets, self.sources, self.weights = (end[kept] for end in ends)

    def pooled(self, sent: np.ndarray) -> np.ndarray:
        """The sums over windows of the pool, flat."""
        (channels, rows, columns), (h, w) = self.entered, self.projection.pool
        used = self._ordered(sent).reshape(planes(self.whole))[:, : rows * h, : columns * w]
        return used.reshape(channels, rows, h, columns, w).sum((2, 4)).reshape(-1)

    def _ordered(self, sent: np.ndarray) -> np.ndarray:
        """b[t] = a[order.addresses[t]], 0 where that is -1."""
        if self.projection.order is None:
            return sent
        addresses = self.projection.order.addresses.reshape(-1)
        return np.array([0 if address < 0 else sent.reshape(-1)[address] for address in addresses])

    def sums(self, sent: np.ndarray) -> np.ndarray:
        """What the numbers `sent` add to the sums of all neurons of the target."""
        total = np.zeros(self.size, np.int64)
        np.add.at(total, self.targets, self.weights * self.pooled(sent)[self.sources])
        return total << self.projection.shift

    def operations(self, spikes: np.ndarray) -> int:
        """How many additions so many spikes (>= 0) of each neuron of the source make."""
        return int((self.pooled(spikes) * self._reached).sum())

    @cached_property
    def _reached(self) -> np.ndarray:
        return np.bincount(self.sources, minlength=int(np.prod(self.entered)))

    def _lay(self) -> None:
        synapse = self.synapse
        if isinstance(synapse, Linear):
            self._linear()
        elif isinstance(synapse, Identity | Upsample):
            factor = getattr(synapse, "factor", (1, 1))
            rows, columns = (_multiples(self.left[axis + 1], factor[axis]) for axis in (0, 1))
            for channel, gain in enumerate(self._gains()):
                self._add(channel, channel, rows, columns, gain)
        elif isinstance(synapse, Separable2d):
            self._separable()
        elif isinstance(synapse, AvgPool2d | Windows):
            gains = self._gains() if isinstance(synapse, AvgPool2d) else [1] * self.left[0]
            for channel, i, j in np.ndindex(self.left[0], *synapse.kernel):
                self._add(channel, channel, *self._taps(i, j), gains[channel])
        else:
            self._convolution()

    def _separable(self) -> None:
        rows, columns, gains = self.synapse.rows, self.synapse.columns, self._gains()
        for channel, y, i, x, j in np.ndindex(self.left[0], *rows.shape, *columns.shape):
            joined = [(np.array([target]), np.array([source])) for target, source in ((y, i), (x, j))]
            self._add(channel, channel, *joined, gains[channel] * int(rows[y, i]) * int(columns[x, j]))

    def _linear(self) -> None:
        weights = values(self.synapse.weights)
        for target, row in enumerate(weights):
            count = np.arange(row.size)
            self._entries.append((np.full(row.size, self.first + target), count, row))

    def _convolution(self) -> None:
        synapse, weights = self.synapse, values(self.synapse.weights)
        if isinstance(synapse, Conv1d):
            weights = weights[:, :, None, :]
        out, within = weights.shape[:2]
        for o, c, i, j in np.ndindex(weights.shape):
            if weights[o, c, i, j]:
                group = o // (out // synapse.groups)
                self._add(o, group * within + c, *self._taps(i, j), weights[o, c, i, j])

    def _taps(self, i: int, j: int):
        """The rows and the columns (of the target, of the source) that place (i, j) of a kernel joins."""
        synapse = self.synapse
        if isinstance(synapse, Conv1d):
            stride, padding, dilation = (1, synapse.stride), (0, synapse.padding), (1, synapse.dilation)
        else:
            padding, dilation = getattr(synapse, "padding", (0, 0)), getattr(synapse, "dilation", (1, 1))
            stride = synapse.stride
        joined = []
        for axis, place in enumerate((i, j)):
            offset = place * dilation[axis] - padding[axis]
            ends = self.left[axis + 1], self.entered[axis + 1]
            if isinstance(synapse, ConvTranspose2d):
                joined.append(_line(ends[1], stride[axis], offset, ends[0])[::-1])
            else:
                joined.append(_line(ends[0], stride[axis], offset, ends[1]))
        return joined

    def _gains(self) -> np.ndarray:
        return np.broadcast_to(np.asarray(self.synapse.gain).astype(np.int64), (self.left[0],))

    def _add(self, target: int, source: int, rows, columns, weight: int) -> None:
        """Joins of channel `target` with channel `source` at all these rows and columns."""
        ends = [
            ((channel * shape[1] + rows[end][:, None]) * shape[2] + columns[end][None, :]).reshape(-1)
            for end, (channel, shape) in enumerate(((target, self.left), (source, self.entered)))
        ]
        self._entries.append((self.first + ends[0], ends[1], np.full(ends[0].size, weight, np.int64)))


def planes(shape) -> tuple[int, int, int]:
    """A shape as (C, H, W): a line has one row, N neurons are N channels."""
    return {1: lambda n: (n, 1, 1), 2: lambda c, n: (c, 1, n), 3: lambda c, h, w: (c, h, w)}[len(shape)](*shape)


def values(weights) -> np.ndarray:
    """The stored integers, unfolded: words, or entries of a table, at the places of a mask."""
    mask = getattr(weights, "mask", None)
    base = weights if mask is None else weights.base
    table = getattr(base, "table", None)
    words = (base if table is None else base.index).array.astype(np.int64)
    held = words if table is None else table.array.astype(np.int64)[words]
    if mask is None:
        return held
    unfolded = np.zeros(int(np.prod(mask.extents)), np.int64)
    unfolded[mask.places] = held
    return unfolded.reshape(mask.extents)


def _line(count: int, stride: int, offset: int, extent: int):
    """(a, b) with b = a stride + offset for a < count, where 0 <= b < extent."""
    a = np.arange(count)
    b = a * stride + offset
    inside = (b >= 0) & (b < extent)
    return a[inside], b[inside]


def _multiples(count: int, factor: int):
    a = np.arange(count)
    return a, a // factor
