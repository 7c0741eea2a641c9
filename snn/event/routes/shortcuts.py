"""Shortcuts of residual networks: what one population sends arrives at the same neurons of another, times a gain.

Masks are added as they are, without a list of their spikes; everything else goes by another route.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.event.addresses import as_grid
from spikewright.snn.event.buffers import Buffers
from spikewright.snn.event.routes.row_checks import check_shortcut
from spikewright.snn.event.routes.wanted import Route, Wanted
from spikewright.snn.kernels.dot_ways import BLOCK
from spikewright.snn.kernels.events import Events
from spikewright.snn.kernels.masks import Masks
from spikewright.snn.kernels.planes import Planes
from spikewright.snn.kernels.rows import WeightRows
from spikewright.snn.kernels.shortcuts import Shortcut, deliver_shortcut
from spikewright.snn.synapses import Identity


@dataclass(frozen=True, eq=False)
class ShortcutRoute:
    """A gain for each channel for masks, `otherwise` for all other events."""

    otherwise: Route
    shortcut: Shortcut

    @property
    def most_operations(self) -> int:
        """Synaptic operations of a step in which every source fires once."""
        return self.otherwise.most_operations

    def deliver(self, planes: Planes, events: Events, operations: NDArray[np.int64], buffers: Buffers) -> None:
        """Add what events bring; see `routes.wanted.Route`."""
        self.otherwise.deliver(planes, events, operations, buffers)

    def deliver_masks(self, planes: Planes, masks: Masks, operations: NDArray[np.int64], buffers: Buffers) -> None:
        """Add what masks bring, a plane for each of their steps."""
        deliver_shortcut(planes, masks.words, self.shortcut, operations)


def compile_shortcut(wanted: Wanted, rows: WeightRows, otherwise: Route) -> ShortcutRoute | None:
    """For an identity without pool from channel to channel, whose weights `rows` holds; None for any other projection."""
    projection = wanted.projection
    if not isinstance(projection.synapse, Identity) or projection.pool != (1, 1) or not wanted.fills:
        return None
    channels = as_grid(wanted.target.shape)[0]
    if not wanted.over_time or wanted.read != wanted.target.shape:
        return None
    alive = np.zeros(-(-channels // BLOCK) * BLOCK, np.uint8)
    alive[:channels] = rows.fanout[:channels] > 0
    words = np.packbits(alive, bitorder="little").view(np.uint64)
    shortcut = Shortcut(rows.weights[rows.row[:channels]], words)
    check_shortcut(shortcut, rows, wanted.target.size)
    return ShortcutRoute(otherwise, shortcut)
