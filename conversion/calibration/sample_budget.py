"""How many samples a calibration can use: what it holds and what it does grows with samples, steps, neurons and weights."""

from math import prod

from spikewright.conversion.calibration.settings import FEWEST_SAMPLES
from spikewright.snn import Network, Projection

MOST_BYTES = 1 << 33
"""Spikes and activations that are held at once."""
MOST_UPDATES = 1 << 35
"""Updates of a neuron in a run of all samples; a correction takes about ten such runs of a population."""
MOST_PRODUCTS = 1 << 43
"""Weights times spikes, zeros included, in a run of all samples: a correction takes one or two such runs of a population."""
_SPIKE, _RATE = 1, 4
"""Bytes of a spike and of an activation."""


def affordable(network: Network, samples: int) -> int:
    """The largest number of samples, at most `samples`, that keeps all bounds; at least 16, which every correction needs."""
    neurons = sum(population.size for population in network.populations)
    by_work = MOST_UPDATES // (neurons * network.steps)
    by_products = MOST_PRODUCTS // max(1, products(network) * network.steps)
    by_memory = MOST_BYTES // (held_neurons(network) * (network.steps * _SPIKE + _RATE))
    return min(samples, max(FEWEST_SAMPLES, min(by_work, by_products, by_memory)))


def products(network: Network) -> int:
    """Multiplications of a weight by what a neuron sends, or does not, in a step of one sample; an input is held, not sent."""
    return sum(_products(network, q) for q in network.projections if q.source != network.input)


def _products(network: Network, projection: Projection) -> int:
    """A weight meets each place of the smaller map: of the target with strides, of the source where they are transposed."""
    places = (prod(network.by_name[name].shape[1:]) for name in (projection.source, projection.target))
    weights = projection.synapse.weights
    return network.by_name[projection.target].size if weights is None else prod(weights.shape) * min(places)


def held_neurons(network: Network) -> int:
    """The most neurons whose spikes are held at once, the one that runs counted twice: in parts, and joined.

    Those of a population are held until the last one that reads them has run.
    """
    left = {p.name: sum(q.source == p.name for q in network.projections) for p in network.populations}
    held, most = {network.input: network.by_name[network.input].size}, 0
    for population in network.order[1:]:
        most = max(most, sum(held.values()) + 2 * population.size)
        held[population.name] = population.size
        for projection in network.incoming[population.name]:
            left[projection.source] -= 1
            if not left[projection.source]:
                held.pop(projection.source, None)
    return most
