"""What flows through a projection: how many events, how far each reaches, and how many weights are read for them."""

from dataclasses import dataclass
from math import prod

from spikewright import InvalidInput
from spikewright.hardware.model.synapse_reach import SynapseReach, reach_of
from spikewright.hardware.model.weight_memory import WeightMemory, stored
from spikewright.snn import Activity, Network, Population, Projection
from spikewright.snn.synapses import pooled_shape
from spikewright.snn.traits import sent


@dataclass(frozen=True)
class EventFlow:
    """One projection and its mean activity per inference.

    `events`: spikes of the source (graded values that are not zero). `operations`: additions of surviving weights, as
    counted by the engine. `reads`: weights read for them; zeros that are stored are read too.
    `graded`: events carry integers, so weights are multiplied (direct input, QuantReLU). `inputs`: neurons of the source
    after the pool of the projection. `reach`: how far one event goes, and how many inputs a neuron has.
    """

    projection: Projection
    events: float
    operations: float
    reads: float
    graded: bool
    inputs: int
    reach: SynapseReach
    storage: WeightMemory


def event_flow(network: Network, activity: Activity, projection: Projection) -> EventFlow:
    """The flow of `projection`, averaged over the samples of `activity`. Raises InvalidInput for another's."""
    try:
        events = float(activity.spikes[projection.source].mean())
        operations = float(activity.synaptic_operations[projection.name].mean())
    except KeyError as error:
        raise InvalidInput(
            f"expected the activity of this network, got one without {error}; simulate it first"
        ) from error
    reach = reach_of(projection)
    storage = stored(projection, reach.rows)
    most = events * reach.channels * reach.taps
    # The engine counts surviving weights; a memory is read row by row, with the zeros that it stores.
    zeros_too = operations / storage.survivors if storage.survivors else most
    reads = min(zeros_too * storage.density, most)
    return EventFlow(
        projection, events, operations, reads, graded(network, projection), _inputs(network, projection), reach, storage
    )


def _inputs(network: Network, projection: Projection) -> int:
    return prod(pooled_shape(network.by_name[projection.source].shape, projection.pool))


def frame_based(network: Network, population: Population) -> bool:
    """Whether a layer is a MAC core that walks its whole fan-in: QuantReLU, or the readout behind one."""
    sources = (network.by_name[q.source].neuron for q in network.incoming[population.name])
    return any(neuron.sends == "values" for neuron in (population.neuron, *sources))


def graded(network: Network, projection: Projection) -> bool:
    """Whether the events of `projection` carry integers that multiply the weights."""
    return sent(network, network.by_name[projection.source]).kind == "values"
