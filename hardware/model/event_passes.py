"""The cycles that a layer takes for what comes through one projection: passes, from the means of an activity.

An event takes a pass for each group of channels that it reaches and each tile of neighbouring rows and columns; behind an order
those of all places at which it is read. Where gates count what arrives, an event goes on at once, or all neurons of the source
are sent in each step, or once (`circuit.gates`). Events are taken to be spread evenly over the map.
"""

from dataclasses import replace
from math import log, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright.hardware.circuit.axes import Axis, single
from spikewright.hardware.circuit.gates import AT_THE_END, EACH, GateCounts
from spikewright.hardware.circuit.orders import staged_order
from spikewright.hardware.circuit.shapes import LayerBlocks, PhysicalLanes, as_map
from spikewright.hardware.circuit.window_axes import windowed_axes
from spikewright.hardware.layer_designs import LayerDesign
from spikewright.hardware.model.flows import EventFlow
from spikewright.hardware.model.interval import Interval
from spikewright.snn import Conv1d, Linear, Network, Projection

Reals = NDArray[np.float64]


def pass_cycles(network: Network, flow: EventFlow, layer: LayerDesign) -> Interval:
    """Cycles of all events of a projection into `layer` in an inference."""
    used = flow.reach.lanes(layer.lanes)
    places = np.maximum(_tiles(network, flow.projection, layer.lanes) * -(-flow.reach.channels // used.channels), 1)
    of_source = _of_source(network, flow.projection, places)
    replay = _replay(network, flow.projection)
    if replay != EACH:
        often = 1 if replay == AT_THE_END else network.steps
        all_of_them, counted = float(of_source.sum()) * often, flow.words.high
        return Interval(all_of_them, all_of_them + counted, all_of_them + counted + of_source.size * often)
    low, mean, high = float(of_source.min()), float(of_source.mean()), float(of_source.max())
    if flow.storage.words:
        low = min(low, max(1.0, mean * flow.storage.survivors))
    if isinstance(flow.projection.synapse, Linear) and flow.projection.order is not None:
        read = flow.projection.order.addresses  # who is read nowhere has weights of zero only
        low, mean = (
            1.0,
            1.0 + (mean - 1.0) * np.unique(read[read >= 0]).size / int(np.prod(flow.projection.order.source)),
        )
    if flow.storage.masked:
        kept = mean * flow.storage.density
        fullest = kept + sqrt(2 * kept * (1 - flow.storage.density) * log(used.count))
        mean = min(max(1.0, fullest), mean)
    return Interval(low, mean, high) * flow.words


def _replay(network: Network, projection: Projection) -> int:
    """When what arrives is sent on."""
    target = network.by_name[projection.target]
    counts = GateCounts.of(network, target) if target.neuron.compares else None
    return counts.replay if counts is not None and counts.counted else EACH


def _of_source(network: Network, projection: Projection, places: Reals) -> Reals:
    """Passes of an event of each neuron of the source, from those at each place `(rows, columns)` that a synapse reads."""
    order = staged_order(projection)
    if order is None:
        channels = as_map(network.by_name[projection.source].shape)[0]
        return np.broadcast_to(places, (channels, *places.shape)) if _replay(network, projection) != EACH else places
    read = np.broadcast_to(places, as_map(order.shape)).reshape(-1)
    addresses, found = order.addresses.reshape(-1), np.zeros(int(np.prod(order.source)))
    np.add.at(found, addresses[addresses >= 0], read[addresses >= 0])
    return found


def _tiles(network: Network, projection: Projection, lanes: PhysicalLanes) -> Any:
    """Tiles of an event at each place of the map that is read, `(rows, columns)`. Lanes do not help along taps that lie apart."""
    source, target = (network.by_name[name].shape for name in (projection.source, projection.target))
    if isinstance(projection.synapse, Linear):
        pool = projection.pool if projection.order is None else (1, 1)  # an order is in its weights
        _, *extents = as_map(source)
        axes: tuple[Axis, Axis] = (single(extents[0], pool[0]), single(extents[1], pool[1]))
    else:
        if isinstance(projection.synapse, Conv1d):
            projection = replace(projection, synapse=projection.synapse.as_conv2d())
        dilation = getattr(projection.synapse, "dilation", (1, 1))
        helping = [1 if apart > 1 else count for apart, count in zip(dilation, lanes.axes[1:], strict=True)]
        blocks = LayerBlocks(as_map(target), PhysicalLanes(lanes.channels, *helping))
        axes = windowed_axes(projection, as_map(projection.reads(source)), blocks)
    return np.multiply.outer(*([entry.tiles for entry in axis.entries] for axis in axes))
