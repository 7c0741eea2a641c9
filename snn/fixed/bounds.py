"""Proofs that integers hold what they are given: bounds from the weights themselves, never from samples.

Bounds are integers of Python, which have no width that they could leave.
"""

from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright import InvalidNetwork
from spikewright.snn.checked import largest_magnitude
from spikewright.snn.disturb.noise import MembraneNoise, Noise, acts_on
from spikewright.snn.network import Network
from spikewright.snn.populations import Population
from spikewright.snn.projections import Projection
from spikewright.snn.traits import sent
from spikewright.weights import stored_values, survivors

Whole = NDArray[np.object_]


def largest_sent(network: Network, population: Population, multiplicity: int = 1) -> int:
    """The largest |integer| that arrives of one neuron in a step; `multiplicity`: steps' worth that jitter gathers in one."""
    if population.neuron.compares:
        sources = [network.by_name[q.source] for q in network.incoming[population.name]]
        return multiplicity * max(largest_sent(network, source, multiplicity) for source in sources)
    what = sent(network, population)
    return what.largest * (1 if what.once else multiplicity)


def sum_bound(network: Network, projection: Projection, multiplicity: int = 1) -> int:
    """The largest |S| that `projection` can bring to a neuron in one step, times what is sent, shifted.

    max_o of the larger of its positive and its negative weights, since spikes have one sign; max_o sum |W_o| where they
    have two. Sums on the way may exceed it: they are exact modulo the machine's integers, and so is their end.
    """
    source = network.by_name[projection.source]
    factor = largest_sent(network, source, multiplicity) * network.code.weight(0)
    factor = factor * projection.pool[0] * projection.pool[1] << projection.shift
    return int(_fan(network, projection).max(initial=0)) * factor


def channel_bounds(network: Network, projection: Projection) -> NDArray[np.float64]:
    """The same bound for each output channel, or one for all, in float64."""
    factor = largest_sent(network, network.by_name[projection.source]) * network.code.weight(0)
    factor = factor * projection.pool[0] * projection.pool[1] << projection.shift
    bounds: NDArray[np.float64] = _fan(network, projection).astype(np.float64) * float(factor)
    return bounds


def _fan(network: Network, projection: Projection) -> Whole:
    """The larger of the positive and the negative weights of each output channel, or all where spikes have two signs."""
    positive, negative = _fan_in(projection)
    two_sided = sent(network, network.by_name[projection.source]).takes_away
    fan: Whole = positive + negative if two_sided else np.maximum(positive, negative)
    return fan


def population_bound(network: Network, population: Population, multiplicity: int = 1) -> int:
    """The largest |S + b| of one step; all steps at once in the layerwise schedule, and where currents stay on."""
    total = sum(sum_bound(network, projection, multiplicity) for projection in network.incoming[population.name])
    total += largest_magnitude(population.bias)
    return total * gathered_steps(network, population)


def gathered_steps(network: Network, population: Population) -> int:
    """How many steps' worth may enter a population in one step."""
    whole = network.schedule == "layerwise" or population.neuron.latches
    return network.steps if whole else 1


def noise_bound(network: Network, population: Population, noise: tuple[Noise, ...]) -> int:
    """The largest |n| that membrane noise adds in one step: six deviations, since no normal draw reaches more."""
    if not population.neuron.has_threshold:
        return 0
    deviations = [x.deviation for x in noise if isinstance(x, MembraneNoise) and acts_on(x, population.name)]
    threshold = largest_magnitude(population.neuron.compared_with) * network.code.weight(0)
    return sum(int(6 * deviation * threshold) + 1 for deviation in deviations)


def integer_type(bound: int, what: str) -> np.dtype[np.signedinteger]:
    """The narrowest of int16, int32, int64 with |bound| inside. Raises InvalidNetwork when none is wide enough."""
    for kind in (np.int16, np.int32, np.int64):
        if bound <= np.iinfo(kind).max:
            return np.dtype(kind)
    raise InvalidNetwork(f"expected {what} below 2**63, got a bound of {float(bound):.3g}; try fewer bits or steps")


def _fan_in(projection: Projection) -> tuple[Whole, Whole]:
    """For each output channel (or one for all) the sum of its positive weights and that of its negative ones, as numbers >= 0.

    Integers of Python: their sums do not wrap.
    """
    synapse, weights = projection.synapse, projection.synapse.weights
    if weights is None:
        gains = np.asarray(1 if synapse.gain is None else synapse.gain).reshape(-1)
        gain, (along, against) = np.array([int(one) for one in gains], object), synapse.sides
        above, below = np.maximum(gain, 0), np.maximum(-gain, 0)
        return above * along + below * against, above * against + below * along
    if weights.stored < weights.size:
        places, stored = survivors(weights)
        return _sums_of_rows(stored, places // max(prod(weights.shape[1:]), 1), weights.shape[0])
    values = stored_values(weights)
    flat: NDArray[Any] = values.reshape(values.shape[0], -1)
    if largest_magnitude(values) * max(flat.shape[1], 1) >= 2**63:
        flat = flat.astype(object)
    whole = object if flat.dtype == object else np.int64
    positive = flat.sum(axis=1, where=flat > 0, dtype=whole, initial=0).astype(object)
    return positive, positive - flat.sum(axis=1, dtype=whole).astype(object)


def _sums_of_rows(values: NDArray[Any], rows: NDArray[np.int64], count: int) -> tuple[Whole, Whole]:
    """The same for `values (n,)` that belong to `rows (n,)`."""
    if largest_magnitude(values) * values.size < 2**53:  # then sums in float64 are exact
        parts = (np.bincount(rows, part, count) for part in (np.maximum(values, 0), -np.minimum(values, 0.0)))
        positive, negative = (part.astype(np.int64).astype(object) for part in parts)
        return positive, negative
    whole = values.astype(object)
    positive, negative = np.zeros(count, object), np.zeros(count, object)
    np.add.at(positive, rows, np.maximum(whole, 0))
    np.add.at(negative, rows, np.maximum(-whole, 0))
    return positive, negative
