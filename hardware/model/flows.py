"""What flows through a projection: how many events, how far each reaches, and how many weights are read for them."""

from dataclasses import dataclass
from math import prod

import numpy as np

from spikewright import InvalidInput
from spikewright.hardware.model.interval import Interval
from spikewright.hardware.model.spike_shares import SpikeShares
from spikewright.hardware.model.synapse_reach import SynapseReach, reach_of
from spikewright.hardware.model.weight_memory import WeightMemory, stored
from spikewright.snn import Activity, Network, Population, Projection
from spikewright.snn.synapses import pooled_shape
from spikewright.snn.traits import sent


@dataclass(frozen=True)
class EventFlow:
    """One projection and its mean activity per inference.

    `events`: spikes of the source (graded values that are not zero). `words`: those that arrive within the run, several spikes of
    a neuron in a step being one. `operations`: additions of surviving weights, as counted by the engine; into gates what is
    compared. `reads`: weights read for them; zeros that are stored are read too. `graded`: events carry integers that stand for
    the run, so weights are multiplied (direct input, QuantReLU). `inputs`: neurons of the source after the pool of the
    projection. `reach`: how far one event goes, and how many inputs a neuron has. `shares`: which neurons of
    the source the events come from.
    """

    projection: Projection
    events: float
    words: Interval
    operations: float
    reads: float
    graded: bool
    inputs: int
    reach: SynapseReach
    storage: WeightMemory
    shares: SpikeShares


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
    reads = zeros_too * storage.density if projection.order is not None else min(zeros_too * storage.density, most)
    return EventFlow(
        projection,
        events,
        _words(network, activity, projection),
        operations,
        reads,
        graded(network, projection),
        _inputs(network, projection),
        reach,
        storage,
        SpikeShares.of(network, activity, projection),
    )


def _words(network: Network, activity: Activity, projection: Projection) -> Interval:
    """Of several spikes a neuron may send in a step: counted where there is a raster, else between one spike a word and as many
    as that. With a delay those of the last steps arrive no more; without a raster spikes are taken to be spread evenly."""
    name, arriving = projection.source, max(0, network.steps - projection.delay)
    what, spikes = sent(network, network.by_name[name]), float(activity.spikes[name].mean())
    if what.once or (what.most == 1 and not projection.delay):
        return Interval.exact(spikes)
    if name in activity.rasters:
        raster = activity.rasters[name]
        return Interval.exact(float(np.count_nonzero(raster[:arriving])) / raster.shape[1])
    fewest, share = spikes / what.most, arriving / network.steps
    return Interval(0.0 if projection.delay else fewest, (fewest + spikes) / 2 * share, spikes if share else 0.0)


def _inputs(network: Network, projection: Projection) -> int:
    return prod(pooled_shape(projection.reads(network.by_name[projection.source].shape), projection.pool))


def frame_based(network: Network, population: Population) -> bool:
    """Whether a layer is a MAC core that walks its whole fan-in: QuantReLU, gates behind it, or a readout of what they send."""
    sources = [network.by_name[q.source] for q in network.incoming[population.name]]
    return any(sent(network, p).kind == "values" for p in (population, *sources) if p.name != network.input)


def graded(network: Network, projection: Projection) -> bool:
    """Whether the events of `projection` carry integers that multiply the weights."""
    return sent(network, network.by_name[projection.source]).kind == "values"
