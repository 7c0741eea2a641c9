"""Every synapse as one thing: where a spike's weight rows go.

A target population has a plane `(rows, columns, channels)` with a margin wide enough that no address needs a test: what
falls outside lands in the margin and is never read. A spike of source neuron i adds runs of consecutive weights to runs of
consecutive neurons,

    plane[base[i] + to[k] : + length[k]] += weights[row[i] + start[k] : + length[k]]   for the taps k of phase[i],

with output channels contiguous. A convolution of stride one has one tap for each kernel row (all its columns and output
channels in a run), a strided one the same for each phase of the source's position, a dense layer one tap in all.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from snn.engines.taps import Taps, conv_taps, unit_tap
from snn.network import Network, Population, Projection
from snn.synapses import AvgPool2d, Conv2d, Identity, Linear, pooled_shape
from snn.weights import Dense, effective_weights, stored_values

Grid = tuple[int, int, int]
Ints = NDArray[np.int64]


class Scatter(NamedTuple):
    """The arrays of one projection that the kernels read; see the equation above. `fanout`: synaptic operations of one event."""

    base: NDArray[np.int32]
    row: NDArray[np.int32]
    phase: NDArray[np.int32]
    first_tap: NDArray[np.int32]
    to: NDArray[np.int32]
    start: NDArray[np.int32]
    length: NDArray[np.int32]
    fanout: NDArray[np.int64]
    weights: NDArray[np.generic]


@dataclass(frozen=True)
class Plane:
    """The padded plane of a target population: its grid `(channels, rows, columns)` and margins in front and behind."""

    grid: Grid
    before: tuple[int, int] = (0, 0)
    after: tuple[int, int] = (0, 0)

    @property
    def width(self) -> int:
        """Columns with both margins."""
        return self.before[1] + self.grid[2] + self.after[1]

    @property
    def size(self) -> int:
        """Numbers in the plane."""
        return (self.before[0] + self.grid[1] + self.after[0]) * self.width * self.grid[0]

    def address(self, rows: Ints, columns: Ints) -> Ints:
        """The place of channel 0 at these rows and columns, which may lie in the margin."""
        return ((rows + self.before[0]) * self.width + columns + self.before[1]) * self.grid[0]


def as_grid(shape: tuple[int, ...]) -> Grid:
    """`(C, H, W)`, with `(N,)` read as N channels of one pixel."""
    return (shape[0], shape[1], shape[2]) if len(shape) == 3 else (shape[0], 1, 1)


def engine_order(shape: tuple[int, ...]) -> Ints:
    """For each engine address (rows, columns, channels) the public one (channels, rows, columns)."""
    return np.arange(int(np.prod(shape))).reshape(as_grid(shape)).transpose(1, 2, 0).reshape(-1)


def target_plane(network: Network, population: Population) -> Plane:
    """The plane of a population, with margins for all its projections."""
    taps = [_taps(network, projection) for projection in network.incoming[population.name]]
    before, after = np.zeros(2, dtype=int), np.zeros(2, dtype=int)
    for one in taps:
        before, after = np.maximum(before, one.before), np.maximum(after, one.after)
    return Plane(as_grid(population.shape), (int(before[0]), int(before[1])), (int(after[0]), int(after[1])))


def compile_scatter(
    network: Network, projection: Projection, plane: Plane, kind: np.dtype[np.generic], shift: int
) -> Scatter:
    """The plan of one projection; integers are multiplied by 2**shift and the weights held as `kind`."""
    taps = _taps(network, projection)
    source = as_grid(network.by_name[projection.source].shape)
    channel, rows, columns, kept = _pooled_places(source, projection.pool)
    offset = projection.channels[0] if projection.channels else 0
    target_row, target_column, phase = taps.place(rows, columns)
    base = plane.address(target_row, target_column) + offset + taps.channel_base[channel]
    row = taps.row(channel, rows, columns)
    to, start, length, first = taps.runs(plane.width, plane.grid[0])
    weights = (
        taps.weights.astype(kind)
        if np.issubdtype(kind, np.floating)
        else (taps.weights.astype(np.int64) << shift).astype(kind)
    )
    return Scatter(
        np.where(kept, base, -1).astype(np.int32),
        row.astype(np.int32),
        phase.astype(np.int32),
        first.astype(np.int32),
        to.astype(np.int32),
        start.astype(np.int32),
        length.astype(np.int32),
        np.where(kept, taps.fanout(channel, rows, columns), 0),
        np.ascontiguousarray(weights),
    )


def _pooled_places(source: Grid, pool: tuple[int, int]) -> tuple[Ints, Ints, Ints, NDArray[np.bool_]]:
    """For each source neuron in engine order: its channel, pooled row and column, and whether a window holds it."""
    channels, height, width = source
    row, column, channel = (
        a.reshape(-1) for a in np.meshgrid(*map(np.arange, (height, width, channels)), indexing="ij")
    )
    rows, columns = row // pool[0], column // pool[1]
    kept = (rows < height // pool[0]) & (columns < width // pool[1])
    return channel, np.where(kept, rows, 0), np.where(kept, columns, 0), kept


def _taps(network: Network, projection: Projection) -> Taps:
    source, target = network.by_name[projection.source], network.by_name[projection.target]
    shape = as_grid(pooled_shape(source.shape, projection.pool))
    synapse = projection.synapse
    grid = as_grid(target.shape)
    read = stored_values if network.numbers == "fixed" else effective_weights
    if isinstance(synapse, Conv2d):
        return conv_taps(shape, grid[1:], synapse, read(synapse.weights))
    if isinstance(synapse, Linear):
        return unit_tap(shape, read(synapse.weights).T.reshape(*shape, -1).transpose(1, 2, 0, 3))
    gain = _gain(synapse.gain, shape[0], fixed=network.numbers == "fixed")
    if isinstance(synapse, Identity):
        kernel, stride = (1, 1), (1, 1)
    else:
        assert isinstance(synapse, AvgPool2d)
        kernel, stride = synapse.kernel, synapse.stride
    values = np.broadcast_to(gain.reshape(-1, 1, 1, 1), (shape[0], 1, *kernel))
    record = Conv2d(Dense(values), stride=stride, groups=shape[0])
    return conv_taps(shape, grid[1:], record, values)


def _gain(gain: object, channels: int, *, fixed: bool) -> NDArray[np.generic]:
    kind = np.int64 if fixed else np.float32
    return np.broadcast_to(np.asarray(gain, dtype=kind), (channels,))
