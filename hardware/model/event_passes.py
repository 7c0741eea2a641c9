"""The cycles that a layer takes for what comes through one projection: passes, from the means of an activity.

How many passes an event of each neuron of the source takes is in the rows of weights that the circuit stores
(`StoredRows.passes`; none is one cycle), summed over all places at which an order reads the neuron; which neurons spike, in
`spike_shares`. Where gates count what arrives, an event goes on at once, or all neurons of the source are sent in each step, or
once (`circuit.gates`).
"""

import numpy as np

from spikewright.hardware.circuit.gates import AT_THE_END, EACH, GateCounts
from spikewright.hardware.circuit.orders import staged_order
from spikewright.hardware.circuit.stored_rows import StoredRows
from spikewright.hardware.model.event_additions import Reals
from spikewright.hardware.model.flows import EventFlow
from spikewright.hardware.model.interval import Interval
from spikewright.snn import Network, Projection


def pass_cycles(network: Network, flow: EventFlow, rows: StoredRows) -> Interval:
    """Cycles of all events of a projection in an inference, whose layer stores `rows` for it."""
    passes = _of_source(flow.projection, np.maximum(rows.passes, 1).astype(np.float64))
    replay = _replay(network, flow.projection)
    if replay != EACH:
        often = 1 if replay == AT_THE_END else network.steps
        all_of_them, counted = float(passes.sum()) * often, flow.words.high
        return Interval(all_of_them, all_of_them + counted, all_of_them + counted + passes.size * often)
    alike = flow.words == Interval.exact(flow.events)
    return flow.shares.mean(passes, alike=alike) * flow.words


def _replay(network: Network, projection: Projection) -> int:
    """When what arrives is sent on."""
    target = network.by_name[projection.target]
    counts = GateCounts.of(network, target) if target.neuron.compares else None
    return counts.replay if counts is not None and counts.counted else EACH


def _of_source(projection: Projection, places: Reals) -> Reals:
    """Passes of an event of each neuron of the source, from those at each place that a synapse reads."""
    order = staged_order(projection)
    if order is None:
        return places.reshape(-1)
    addresses, found = order.addresses.reshape(-1), np.zeros(int(np.prod(order.source)))
    np.add.at(found, addresses[addresses >= 0], places.reshape(-1)[addresses >= 0])
    return found
