"""What the activity of a network means for its energy: where it begins to cost more than a formal one, work for each synapse."""

from dataclasses import dataclass, replace

import numpy as np

from spikewright import InvalidInput, Table
from spikewright.hardware.design_points import layers_of
from spikewright.hardware.estimation import Estimator
from spikewright.hardware.model.flows import EventFlow
from spikewright.hardware.model.operations45 import Access
from spikewright.snn import Activity, Network
from spikewright.snn.traits import sent


@dataclass(frozen=True)
class BreakEven:
    """`spikes`: per sending neuron and inference, as measured. `limit`: those at which both indices are equal, 0 where the formal
    network costs less than a silent spiking one. `spiking_nj`, `formal_nj`: the indices, nanojoule an inference."""

    spikes: float
    limit: float
    spiking_nj: float
    formal_nj: float

    @property
    def pays(self) -> bool:
        """Whether the spiking network has the lower index."""
        return self.spiking_nj < self.formal_nj


def break_even(
    spiking: Network, activity: Activity, formal: Network, reference: Activity, *, memory_access: Access | str = "word"
) -> BreakEven:
    """Compare two fixed-point networks at their mean activities; spikes of `spiking` are scaled in all places alike.

    The index is a straight line in the number of spikes, since each brings its accesses and additions and the sweeps stay:

        limit = spikes (formal - silent) / (spiking - silent)

    with `silent` the index without any spike. Raises InvalidInput for a network in which nothing was sent.
    """
    senders = [p for p in spiking.populations if sent(spiking, p).kind == "spikes"]
    count = sum(float(np.mean(activity.spikes[p.name])) for p in senders)
    if not count:
        raise InvalidInput("expected spikes in the activity, got none; simulate other images")
    silent, measured = (_index_nj(spiking, scaled(activity, share), memory_access) for share in (0.0, 1.0))
    target = _index_nj(formal, reference, memory_access)
    spikes = count / sum(p.size for p in senders)
    return BreakEven(spikes, max(0.0, spikes * (target - silent) / (measured - silent)), measured, target)


def scaled(activity: Activity, factor: float) -> Activity:
    """`activity` with `factor` times the mean spikes and synaptic operations, as one sample."""
    spikes = {name: np.array([factor * count.mean()]) for name, count in activity.spikes.items()}
    work = {name: np.array([factor * count.mean()]) for name, count in activity.synaptic_operations.items()}
    return replace(activity, spikes=spikes, synaptic_operations=work)


def synaptic_activity(network: Network, activity: Activity) -> Table:
    """For each projection: synaptic operations an inference, synapses, and their ratio, the spikes that a synapse passes on.

    Synapses are surviving weights times the places that they serve: the multiplications of a formal network that is run once.
    Below a ratio of one an event-driven core makes fewer additions than a formal one makes multiplications.
    """
    known = Estimator(network, activity)
    rows = [_row(flow, p.size) for p in layers_of(network) for flow in known.flows[p.name]]
    return Table.of(rows)


def _row(flow: EventFlow, neurons: int) -> dict[str, str | float]:
    synapses = neurons * flow.reach.fan_in * flow.storage.survivors
    ratio = flow.operations / synapses if synapses else 0.0
    return {
        "projection": flow.projection.name,
        "events": flow.events,
        "synaptic_operations": flow.operations,
        "synapses": synapses,
        "synaptic_activity_ratio": ratio,
    }


def _index_nj(network: Network, activity: Activity, access: Access | str) -> float:
    return Estimator(network, activity, access).index_nj
