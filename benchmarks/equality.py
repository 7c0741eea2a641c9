"""Do two simulators say the same? Spikes of every neuron and potentials of the output, image by image."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright.snn import IF, Activity, Network, Population, Projection, dense, simulate

Counts = Mapping[str, NDArray[Any]]
MOST_OTHER_PREDICTIONS = 0.001
"""Float32 sums in another order move potentials by an ulp; so many predictions may differ for that, and always one."""
CHUNK = 64


@dataclass(frozen=True)
class Agreement:
    """Shares of images: `predictions` that differ, and `counts` where any neuron fired another number of times.

    `potentials`: the largest difference of an output potential, relative to the largest potential.
    """

    images: int
    predictions: float
    counts: float
    potentials: float

    @property
    def exact(self) -> bool:
        """Nothing differs at all."""
        return self.predictions == self.counts == self.potentials == 0.0

    @property
    def within_rounding(self) -> bool:
        """So few predictions differ that rounding explains them."""
        return round(self.predictions * self.images) <= max(1.0, MOST_OTHER_PREDICTIONS * self.images)


def event_answer(network: Network, images: NDArray[np.float32], engine: str = "event") -> tuple[NDArray[Any], Counts]:
    """Logits and the spikes of each neuron, `(images, *shape)`, of one of the project's engines."""
    logits, counts = [], []
    for start in range(0, len(images), CHUNK):
        activity: Activity = simulate(network, images[start : start + CHUNK], engine=engine, record=("rasters",))
        logits.append(activity.logits)
        counts.append({p.name: activity.rasters[p.name].sum(0, dtype=np.int32) for p in _spiking(network)})
    return np.concatenate(logits), {name: np.concatenate([one[name] for one in counts]) for name in counts[0]}


def compare(left: tuple[NDArray[Any], Counts], right: tuple[NDArray[Any], Counts]) -> Agreement:
    """How far two answers on the same images agree; populations that only one of them has are left out."""
    images = len(left[0])
    other = np.zeros(images, dtype=bool)
    for name in left[1].keys() & right[1].keys():
        other |= (left[1][name] != right[1][name]).reshape(images, -1).any(axis=1)
    apart = np.abs(left[0].astype(np.float64) - right[0]).max() / max(1e-30, float(np.abs(left[0]).max()))
    predictions = float((left[0].argmax(1) != right[0].argmax(1)).mean())
    return Agreement(images, predictions, float(other.mean()), float(apart))


def same_law(network: Network, images: NDArray[np.float32], answer: Callable[[Network], Any]) -> bool:
    """Whether a simulator follows the network's law to the bit, where no sum is rounded.

    `answer(network, images) -> (logits, counts)`. Weights and biases are rounded to integers, thresholds to powers of two
    and images to sixteenths first: all sums are then exact in float32, so their order does not matter.
    """
    exact, grid = on_a_grid(network), np.round(images * 16) / np.float32(16)
    return compare(event_answer(exact, grid), answer(exact, grid)).exact


def on_a_grid(network: Network) -> Network:
    """A float32 network near `network` whose sums are exact; every population in a unit of its own."""
    weights = {q.name: q.synapse.weights.values() for q in network.projections if _weighted(q)}
    largest = {
        p.name: max(
            (float(np.abs(weights[q.name]).max()) for q in network.incoming[p.name] if _weighted(q)), default=1.0
        )
        for p in network.populations
    }
    units = {name: 127.0 / max(value, 1e-30) for name, value in largest.items()}
    return replace(
        network,
        populations=tuple(_rounded_population(p, units[p.name]) for p in network.populations),
        projections=tuple(_rounded_projection(q, units[q.target], weights) for q in network.projections),
    )


def _rounded_population(population: Population, unit: float) -> Population:
    bias = np.round(np.asarray(population.bias) * unit).astype(np.float32)
    if not isinstance(population.neuron, IF):
        return replace(population, bias=bias)
    power = np.round(np.log2(np.asarray(population.neuron.threshold, dtype=np.float64) * unit))
    threshold = np.exp2(np.maximum(power, 0.0)).astype(np.float32)
    return replace(population, neuron=replace(population.neuron, threshold=threshold), bias=bias, initial=threshold / 2)


def _rounded_projection(projection: Projection, unit: float, weights: Mapping[str, NDArray[Any]]) -> Projection:
    synapse = projection.synapse
    if projection.name in weights:
        values = np.round(weights[projection.name] * unit).astype(np.float32)
        return replace(projection, synapse=replace(synapse, weights=dense(values)))
    gain = np.round(np.asarray(synapse.gain) * unit).astype(np.float32)
    return replace(projection, synapse=replace(synapse, gain=gain))


def _weighted(projection: Projection) -> bool:
    return projection.synapse.weights is not None


def _spiking(network: Network) -> list[Population]:
    return [p for p in network.order[1:] if isinstance(p.neuron, IF)]
