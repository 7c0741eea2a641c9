"""Fields: what is known beforehand to multiply neighbouring target pixels of a convolution of few channels as rows of a tile.

For whole numbers of a byte that are sent once (pixels), weights of a byte, and one group of channels. A kernel row of every
channel lies in each column of a field, see `snn.kernels.fields`; with a stride every stride-th column begins a target.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.event.addresses import as_grid
from spikewright.snn.event.buffers import Buffers, aligned
from spikewright.snn.event.checks import as_int32
from spikewright.snn.event.routes.product_checks import check_fields
from spikewright.snn.event.routes.rows import RowsRoute
from spikewright.snn.event.routes.wanted import Wanted, places_of
from spikewright.snn.event.taps import Ints, Values
from spikewright.snn.fixed.bounds import largest_sent
from spikewright.snn.kernels.dot_ways import BLOCK, QUARTER, TILES
from spikewright.snn.kernels.events import Events
from spikewright.snn.kernels.fields import FieldWork, ValueFields, deliver_fields, fire_fields, fire_levels_of_fields
from spikewright.snn.kernels.fire_masks import FiringCells, MaskRoom
from spikewright.snn.kernels.levels import ByteLaw
from spikewright.snn.kernels.planes import Planes
from spikewright.snn.kernels.simd_tiles import tile_shape
from spikewright.snn.synapses import Conv1d, Conv2d
from spikewright.snn.traits import sent
from spikewright.weights import stored_values

MOST_CHANNELS = 4
"""Of the source: with more its pixels fill tiles of their own."""
MOST_ROWS = 16
"""Of a tile."""
FEWEST_PIXELS = 8
"""Of a row of targets: with fewer most of a tile would be lost."""
FOUR = 4
"""Values that are multiplied together."""
MOST_VALUE, LOWEST, HIGHEST = 255, -128, 127


@dataclass(frozen=True, eq=False)
class FieldsRoute:
    """Fields for values that set a plane; everything else goes by `otherwise`. `name`: the projection's."""

    name: str
    otherwise: RowsRoute
    fields: ValueFields

    @property
    def most_operations(self) -> int:
        """Synaptic operations of a step in which every source fires once."""
        return self.otherwise.most_operations

    def deliver(self, planes: Planes, events: Events, operations: NDArray[np.int64], buffers: Buffers) -> None:
        """Add what events bring; see `routes.wanted.Route`."""
        if events.graded and planes.sums.shape[1] == 1 and planes.fresh and not planes.begin.shape[2]:
            deliver_fields(planes, events, self.fields, self._work(buffers), operations)
        else:
            self.otherwise.deliver(planes, events, operations, buffers)

    def fire(
        self, events: Events, plane: Any, firing: FiringCells, room: MaskRoom, operations: Any, buffers: Buffers
    ) -> None:
        """See `RowsRoute.fire`."""
        fire_fields(events, self.fields, self._work(buffers), plane, firing, room, operations)

    def fire_levels(
        self, events: Events, plane: Any, law: ByteLaw, values: NDArray[np.uint8], operations: Any, buffers: Buffers
    ) -> None:
        """Send levels `values (samples, neurons)` by what graded events bring."""
        fire_levels_of_fields(events, self.fields, self._work(buffers), plane, law, values, operations)

    def _work(self, buffers: Buffers) -> FieldWork:
        return buffers.record(self.name, "field", 1, lambda: field_room(self.fields))


def field_room(fields: ValueFields) -> FieldWork:
    """A field, and the shape of its tiles."""
    return FieldWork(aligned(fields.size, np.uint8), np.frombuffer(bytearray(tile_shape(fields.rows)), np.uint8))


def compile_fields(wanted: Wanted, rows: RowsRoute) -> FieldsRoute | None:
    """Fields over the same weights as `rows`; None where they cannot serve, or most of them would be empty."""
    synapse = wanted.projection.synapse
    conv = synapse.as_conv2d() if isinstance(synapse, Conv1d) else synapse
    if not isinstance(conv, Conv2d) or not _suits(wanted):
        return None
    weights = stored_values(conv.weights).astype(np.int64) << wanted.shift
    if conv.groups > 1 or len(weights) % QUARTER or weights.min(initial=0) < LOWEST or weights.max(initial=0) > HIGHEST:
        return None
    fields = _fields(wanted, conv, weights, rows)
    check_fields(fields, rows.rows.base.size, wanted.target.size)
    return FieldsRoute(wanted.projection.name, rows, fields)


def _suits(wanted: Wanted) -> bool:
    """Whether whole numbers of a byte come once, from few channels, to sums of 32 bits of many pixels side by side."""
    what = sent(wanted.network, wanted.source)
    if not TILES or wanted.network.numbers != "fixed" or what.kind != "values" or what.signed or not wanted.fills:
        return False
    pool = wanted.projection.pool
    most = largest_sent(wanted.network, wanted.source) * pool[0] * pool[1]
    wide = as_grid(wanted.target.shape)[2] >= FEWEST_PIXELS
    return wide and most <= MOST_VALUE and wanted.kind == np.int32 and wanted.pooled[0] <= MOST_CHANNELS


def _fields(wanted: Wanted, conv: Conv2d, weights: Ints, rows: RowsRoute) -> ValueFields:
    (length, channels, tall, wide), (_, height, width) = weights.shape, as_grid(wanted.target.shape)
    column_bytes = channels * tall
    columns = (width - 1) * conv.stride[1] + (wide - 1) * conv.dilation[1] + 1
    chunks = -(-((wide - 1) * conv.dilation[1] + 1) * column_bytes // BLOCK)
    number = -(-width // MOST_ROWS)
    block_rows = -(-width // number)
    begins = np.minimum(np.arange(number) * block_rows, width - block_rows)
    y, x = np.repeat(np.arange(height), number), np.tile(begins, height)
    source, place = _places(wanted, conv, (height, columns, column_bytes))
    at = (y * columns + x * conv.stride[1]) * column_bytes
    stride = conv.stride[1] * column_bytes
    return ValueFields(
        first=as_int32(np.searchsorted(source, np.arange(rows.rows.base.size + 1))),
        place=as_int32(place),
        fanout=rows.rows.fanout,
        at=as_int32(at),
        to=as_int32((y * width + x) * length),
        weight=_weight_tiles(weights, conv.dilation[1], chunks),
        rows=block_rows,
        stride=stride,
        length=length,
        size=int(at.max(initial=0)) + (block_rows - 1) * stride + chunks * BLOCK,
    )


def _places(wanted: Wanted, conv: Conv2d, grid: tuple[int, int, int]) -> tuple[Ints, Ints]:
    """(source neuron, byte of the field) wherever a value goes, in the order of the sources; `grid` (rows, columns, bytes)."""
    channel, row, column, kept = places_of(as_grid(wanted.read), wanted.projection.pool)
    height, columns, column_bytes = grid
    across, tall = column + conv.padding[1], conv.weights.shape[2]
    found = []
    for i in range(tall):
        down = row + conv.padding[0] - i * conv.dilation[0]
        y, rest = np.divmod(down, conv.stride[0])
        inside = kept & (rest == 0) & (y >= 0) & (y < height) & (across < columns)
        place = (y * columns + across) * column_bytes + channel * tall + i
        found.append(np.stack([np.arange(row.size), place], axis=1)[inside])
    pairs = np.concatenate(found)
    pairs = pairs[np.argsort(pairs[:, 0], kind="stable")]
    return pairs[:, 0], pairs[:, 1]


def _weight_tiles(weights: Values, apart: int, chunks: int) -> NDArray[np.int8]:
    """Tiles `(chunks, quarters, fours, targets of a quarter, values of a four)`, flat; kernel columns are `apart`."""
    length, channels, tall, wide = weights.shape
    whole = np.zeros((chunks * BLOCK, length), np.int8)
    for j in range(wide):
        first = j * apart * channels * tall
        whole[first : first + channels * tall] = weights[:, :, :, j].reshape(length, -1).T
    parts = whole.reshape(chunks, BLOCK // FOUR, FOUR, length // QUARTER, QUARTER).transpose(0, 3, 1, 4, 2)
    found = aligned(parts.size, np.int8)
    found[:] = parts.reshape(-1)
    return found
