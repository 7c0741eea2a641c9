"""Networks whose costs can be worked out on paper, and activities made by hand."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from spikewright.snn import (
    IF,
    Activity,
    Direct,
    Integrator,
    Linear,
    Network,
    Population,
    Projection,
    QuantReLU,
    RateCode,
    Source,
    dense,
    sparse,
)


def perceptron(sizes: tuple[int, ...] = (784, 128, 10), *, steps: int = 10, bits: int = 8, limit: int = 127) -> Network:
    """Fully connected IF layers and an Integrator; weights from -limit to limit, biases of one."""
    random = np.random.default_rng(0)
    populations = [Population("in", sizes[:1], Source())]
    projections = []
    for number, (size, inputs) in enumerate(zip(sizes[1:], sizes[:-1], strict=True)):
        last = number == len(sizes) - 2
        name, neuron = ("out", Integrator()) if last else (f"h{number}", IF(100))
        weights = random.integers(-limit, limit + 1, (size, inputs)).astype(np.int16)
        weights[weights == 0] = 1
        projections.append(Projection(populations[-1].name, name, Linear(dense(weights))))
        populations.append(Population(name, (size,), neuron, np.ones(size, np.int64), 0, bits))
    return Network(tuple(populations), tuple(projections), "in", "out", RateCode(steps), numbers="fixed")


def pruned(network: Network, keep: int) -> Network:
    """Every `keep`-th weight survives, stored sparse."""
    projections = []
    for projection in network.projections:
        values = projection.synapse.weights.values()
        places = np.arange(0, values.size, keep)
        kept = sparse(values.shape, places, values.reshape(-1)[places])
        projections.append(replace(projection, synapse=Linear(kept)))
    return replace(network, projections=tuple(projections))


def active(network: Network, spikes: Mapping[str, float], density: float = 1.0) -> Activity:
    """An activity of one sample with so many spikes per population and full rows of additions."""
    counts = {p.name: np.array([spikes.get(p.name, 0.0)]) for p in network.populations}
    sizes = {p.name: p.size for p in network.populations}
    operations = {q.name: counts[q.source] * sizes[q.target] * density for q in network.projections}
    logits = np.zeros((network.steps, 1, network.classes))
    return Activity(logits, "steps", counts, operations, sizes, np.array([network.steps]), "reference")


def formal() -> Network:
    """784-128-10 of 8-bit QuantReLU neurons, with biases."""
    spiking = perceptron()
    relu = QuantReLU(1, 7, 255)
    populations = [replace(p, neuron=relu if p.name == "h0" else p.neuron) for p in spiking.populations]
    return replace(spiking, populations=tuple(populations), code=Direct(1, 255))
