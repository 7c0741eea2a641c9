"""Every synapse as rows: where the weights of each source go.

A target population has a plane `(rows, columns, channels)`. A spike of source neuron i adds runs of consecutive weights to
runs of consecutive neurons,

    plane[base[i] + to[k] : + length[k]] += weights[row[i] + start[k] : + length[k]]   for the taps k of pattern[i],

with output channels contiguous. A convolution of stride one has one tap for each kernel row (all its columns and output
channels in a run), a strided one the same for each phase of the source's position, a dense layer one tap in all. At the
borders of the map a pattern has fewer and shorter taps: nothing is ever added to a target that does not exist.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.event.addresses import as_grid
from spikewright.snn.event.buffers import Buffers, moved
from spikewright.snn.event.checks import as_int32
from spikewright.snn.event.routes.row_checks import check_rows
from spikewright.snn.event.routes.wanted import Wanted, places_of
from spikewright.snn.event.taps import Taps
from spikewright.snn.kernels.driven import fire_values
from spikewright.snn.kernels.events import Events
from spikewright.snn.kernels.fire_masks import FiringCells, MaskRoom
from spikewright.snn.kernels.planes import Planes
from spikewright.snn.kernels.rows import WeightRows, deliver_spikes, deliver_values


@dataclass(frozen=True, eq=False)
class RowsRoute:
    """Whole rows of weights, for events of all kinds."""

    rows: WeightRows

    @property
    def most_operations(self) -> int:
        """Synaptic operations of a step in which every source fires once."""
        return int(self.rows.fanout.sum())

    def deliver(self, planes: Planes, events: Events, operations: NDArray[np.int64], buffers: Buffers) -> None:
        """Add what events bring; see `routes.wanted.Route`."""
        kernel = deliver_values if events.valued else deliver_spikes
        kernel(planes, events, self.rows, operations)

    def fire(
        self, events: Events, plane: Any, firing: FiringCells, room: MaskRoom, operations: Any, buffers: Buffers
    ) -> None:
        """Fire in all steps of a run by what graded events bring, see `snn.kernels.driven`."""
        fire_values(events, self.rows, plane, firing, room, operations)


def compile_rows(wanted: Wanted, taps: Taps) -> RowsRoute:
    """The rows of a projection; what a slab is says `Taps`. Raises InvalidNetwork where addresses do not fit into 32 bits."""
    channels, _, width = as_grid(wanted.target.shape)
    channel, rows, columns, kept = places_of(as_grid(wanted.read), wanted.projection.pool)
    base_row, base_column, _ = taps.place(rows, columns)
    slabs = taps.slabs(channel, rows, columns)
    distinct, pattern = taps.patterns(rows, columns)
    chosen = [taps.inside(one) for one in distinct]
    runs = [taps.runs(one, width, channels) for one in chosen]
    to, start, length = as_int32(np.asarray([run for one in runs for run in one], np.int64)).reshape(-1, 3).T
    survivors = np.stack([taps.survivors[one].sum(axis=0) for one in chosen])
    weights = taps.weights if wanted.kind.kind == "f" else taps.weights.astype(np.int64) << wanted.shift
    found = WeightRows(
        base=as_int32((base_row * width + base_column) * channels + wanted.first_channel + taps.channel_base[channel]),
        row=as_int32(slabs * taps.slab),
        pattern=as_int32(np.where(kept, pattern, -1)),
        first_tap=as_int32(np.cumsum([0] + [len(one) for one in runs])),
        to=np.ascontiguousarray(to),
        start=np.ascontiguousarray(start),
        length=np.ascontiguousarray(length),
        fanout=np.where(kept, survivors[pattern, slabs], 0),
        weights=moved(weights.astype(wanted.kind)),
    )
    check_rows(found, wanted.target.size)
    return RowsRoute(found)
