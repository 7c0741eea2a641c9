"""Golden traces: what every population of a core sends, step by step, for a few inputs."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from spikewright.answers import Head
from spikewright.snn import Activity, Network, Population, simulate
from spikewright.snn.traits import sent

SYNTHETIC_SAMPLES = 4
Whole = NDArray[np.int64]


def synthetic_images(network: Network) -> NDArray[np.float32]:
    """Four inputs without data: multiples of the golden ratio modulo one, even over all levels and without a seed."""
    population = network.by_name[network.input]
    place = np.arange(population.size, dtype=np.float64)
    sample = np.arange(SYNTHETIC_SAMPLES, dtype=np.float64)[:, None] / SYNTHETIC_SAMPLES
    values = np.mod(place * 0.6180339887498949 + sample, 1.0)
    return values.reshape(SYNTHETIC_SAMPLES, *population.shape).astype(np.float32)


def golden_activity(network: Network, images: NDArray[np.float32], engine: str | None = None) -> Activity:
    """The run of the golden inputs: rasters, potentials, and logits of the output neurons, in front of a tail."""
    network = replace(network, tail=None, heads=(Head("values"),))
    return simulate(network, images, engine=engine, record=("rasters", "potentials"))


def golden_rasters(network: Network, activity: Activity) -> dict[str, Whole]:
    """`(rows, samples, neurons)` by population that sends. Rows are steps; a direct input is sent once and has one."""
    rasters = {}
    for population in senders(network):
        raster = np.asarray(activity.rasters[population.name])
        raster = raster.reshape(raster.shape[0], raster.shape[1], population.size)
        once = population.name == network.input and sent(network, population).once
        rasters[population.name] = (raster[:1] if once else raster).astype(np.int64)
    return rasters


def golden_potentials(network: Network, activity: Activity, population: Population) -> Whole | None:
    """`(samples, steps, neurons)` of a population, after each step; None of the input and of QuantReLU, which keep none."""
    if population.name not in activity.potentials or sends_values(network, population):
        return None
    found = np.asarray(activity.potentials[population.name])
    return found.reshape(found.shape[0], found.shape[1], population.size).swapaxes(0, 1).astype(np.int64)


def golden_logits(activity: Activity) -> Whole:
    """`(samples, classes)`, all integers."""
    return np.asarray(activity.logits).astype(np.int64)


def run_golden(
    network: Network, images: NDArray[np.float32], engine: str | None = None
) -> tuple[dict[str, Whole], Whole]:
    """Rasters and logits of the golden inputs."""
    activity = golden_activity(network, images, engine)
    return golden_rasters(network, activity), golden_logits(activity)


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
