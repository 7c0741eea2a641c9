"""Golden traces: what every population of a core sends, step by step, for a few inputs."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright.answers import Head
from spikewright.snn import Network, Population, simulate
from spikewright.snn.traits import sent

SYNTHETIC_SAMPLES = 4


def synthetic_images(network: Network) -> NDArray[np.float32]:
    """Four inputs without data: multiples of the golden ratio modulo one, even over all levels and without a seed."""
    population = network.by_name[network.input]
    place = np.arange(population.size, dtype=np.float64)
    sample = np.arange(SYNTHETIC_SAMPLES, dtype=np.float64)[:, None] / SYNTHETIC_SAMPLES
    values = np.mod(place * 0.6180339887498949 + sample, 1.0)
    return values.reshape(SYNTHETIC_SAMPLES, *population.shape).astype(np.float32)


def run_golden(network: Network, images: NDArray[np.float32], engine: str | None = None) -> tuple[dict[str, Any], Any]:
    """Rasters `(rows, samples, neurons)` by population and logits `(samples, classes)`, all integers.

    Rows are steps; a direct input is sent once and has one. Logits are those of the output neurons, in front of a tail.
    """
    network = replace(network, tail=None, heads=(Head("values"),))
    activity = simulate(network, images, engine=engine, record=("rasters",))
    rasters = {}
    for population in senders(network):
        raster = activity.rasters[population.name].reshape(-1, len(images), population.size)
        once = population.name == network.input and sent(network, population).once
        rasters[population.name] = np.asarray(raster[:1] if once else raster).astype(np.int64)
    return rasters, np.asarray(activity.logits).astype(np.int64)


def senders(network: Network) -> tuple[Population, ...]:
    """The populations that send anything; an Integrator does not."""
    return tuple(p for p in network.populations if p.neuron.sends != "nothing")


def sends_values(network: Network, population: Population) -> bool:
    """Whether the events of `population` carry integers: direct input and QuantReLU."""
    return sent(network, population).kind == "values"


def trace_line(row: NDArray[np.int64], values: bool) -> str:
    """The events of one step: addresses, or `address:value`; the same text for the same events."""
    places = np.flatnonzero(row)
    if not values:
        return " ".join(map(str, places.tolist()))
    return " ".join(f"{place}:{value}" for place, value in zip(places.tolist(), row[places].tolist(), strict=True))
