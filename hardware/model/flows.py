"""What flows through a projection: how many events, how far each reaches, and how many weights are read for them."""

from dataclasses import dataclass
from math import gcd

import numpy as np

from spikewright import InvalidInput
from spikewright.hardware.model.weight_memory import WeightMemory, stored
from spikewright.snn import Activity, AvgPool2d, Conv2d, Direct, Identity, Linear, Network, Population, Projection
from spikewright.snn.neurons import QuantReLU
from spikewright.snn.synapses import pooled_shape


@dataclass(frozen=True)
class EventFlow:
    """One projection and its mean activity per inference.

    `events`: spikes of the source (graded values that are not zero). `operations`: additions of surviving weights, as
    counted by the engine. `reads`: weights read for them; dense storage reads its zeros too, sparse storage skips them.
    `channels`, `taps`: one event reaches `channels x taps` neurons at most. `rows`: sources of events that share
    no weights. `graded`: events carry integers, so weights are multiplied (direct input, QuantReLU).
    """

    projection: Projection
    events: float
    operations: float
    reads: float
    channels: int
    taps: int
    rows: int
    graded: bool
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
    channels, taps, rows = reach(network, projection)
    storage = stored(projection, rows)
    most = events * channels * taps
    reads = operations
    if storage.kind != "sparse":
        # The engine counts surviving weights; a dense memory is read row by row, zeros included.
        reads = min(operations / storage.survivors, most) if storage.survivors else most
    return EventFlow(projection, events, operations, reads, channels, taps, rows, graded(network, projection), storage)


def frame_based(network: Network, population: Population) -> bool:
    """Whether a layer is a MAC core that walks its whole fan-in: QuantReLU, or the readout behind one."""
    sources = (network.by_name[q.source].neuron for q in network.incoming[population.name])
    return isinstance(population.neuron, QuantReLU) or any(isinstance(neuron, QuantReLU) for neuron in sources)


def graded(network: Network, projection: Projection) -> bool:
    """Whether the events of `projection` carry integers that multiply the weights."""
    if projection.source == network.input:
        return isinstance(network.code, Direct)
    return isinstance(network.by_name[projection.source].neuron, QuantReLU)


def reach(network: Network, projection: Projection) -> tuple[int, int, int]:
    """`(channels, taps, rows)`: the target channels of one event, its positions, the rows of the weight memory.

    A stride leaves ceil(kernel / stride) positions along each axis, more where the dilation shares a factor with it.
    """
    synapse = projection.synapse
    if isinstance(synapse, Linear):
        return synapse.weights.shape[0], 1, synapse.weights.shape[1]
    if isinstance(synapse, Conv2d):
        out, per_group, height, width = synapse.weights.shape
        taps = _most_taps(height, synapse.stride[0], synapse.dilation[0])
        taps *= _most_taps(width, synapse.stride[1], synapse.dilation[1])
        return out // synapse.groups, taps, per_group * synapse.groups
    if isinstance(synapse, AvgPool2d):
        taps = _most_taps(synapse.kernel[0], synapse.stride[0]) * _most_taps(synapse.kernel[1], synapse.stride[1])
        return 1, taps, 1
    if isinstance(synapse, Identity):
        return 1, 1, 1
    raise _unknown(projection)


def _most_taps(kernel: int, stride: int, dilation: int = 1) -> int:
    """The most outputs that one input reaches along an axis: every (stride / gcd)-th tap meets the stride's grid."""
    return -(-kernel // (stride // gcd(stride, dilation)))


def fan_in(network: Network, projection: Projection) -> int:
    """Inputs of one target neuron, padding included: in x kernel, all of a Linear; a pool counts each event."""
    synapse, area = projection.synapse, projection.pool[0] * projection.pool[1]
    if isinstance(synapse, Linear | Conv2d):
        return int(np.prod(synapse.weights.shape[1:])) * area
    if isinstance(synapse, AvgPool2d):
        return synapse.kernel[0] * synapse.kernel[1] * area
    if isinstance(synapse, Identity):
        return area
    raise _unknown(projection)


def _unknown(projection: Projection) -> InvalidInput:
    kind = type(projection.synapse).__name__
    return InvalidInput(f"expected Linear, Conv2d, AvgPool2d or Identity, got {kind} in projection {projection.name!r}")


def input_size(network: Network, projection: Projection) -> int:
    """Neurons of the source after its pool."""
    return int(np.prod(pooled_shape(network.by_name[projection.source].shape, projection.pool)))
