"""Golden traces: what every population of a core sends, step by step, for a few inputs."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright.answers import Head
from spikewright.snn import Activity, AddressEvents, Network, Population, simulate
from spikewright.snn.streams import FIELDS, check_inputs, input_shape
from spikewright.snn.traits import sent

SYNTHETIC_SAMPLES = 4
Whole = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class GoldenTraces:
    """What a circuit is to do with the golden inputs: `rasters` of the populations that send, as if nothing stopped early, the
    final `logits (samples, neurons)`, and the `steps (samples,)` that were taken."""

    rasters: dict[str, Whole]
    logits: Whole
    steps: Whole

    @classmethod
    def of(cls, network: Network, activity: Activity, images: Any) -> "GoldenTraces":
        """Those of a golden `activity`; with an early decision the inputs are run again without."""
        whole = activity if network.decision is None else golden_activity(replace(network, decision=None), images)
        return cls(golden_rasters(network, whole), golden_logits(activity), activity.decision_step)


def synthetic_inputs(network: Network) -> Any:
    """Four inputs without data: multiples of the golden ratio modulo one, even over all levels and without a seed.

    Images, over the range of the network's inputs, or for a camera the events of the larger half of the pixels, at the times that
    the numbers say.
    """
    known = network.run.input_range
    if not isinstance(network.code, AddressEvents):
        even = _even(input_shape(network))
        return even if known is None else (known.low + (known.high - known.low) * even).astype(np.float32)
    times = (_even(network.by_name[network.input].shape) * 2 - 1) * network.steps
    return [camera_events(np.floor(sample), network.code) for sample in times]


def _even(shape: tuple[int, ...]) -> NDArray[np.float32]:
    place = np.arange(np.prod(shape), dtype=np.float64)
    sample = np.arange(SYNTHETIC_SAMPLES, dtype=np.float64)[:, None] / SYNTHETIC_SAMPLES
    values = np.mod(place * 0.6180339887498949 + sample, 1.0)
    return values.reshape(SYNTHETIC_SAMPLES, *shape).astype(np.float32)


def camera_events(steps: NDArray[Any], code: AddressEvents) -> NDArray[Any]:
    """An event of each neuron of `steps (polarities, rows, columns)` at the beginning of its step, none where that is below 0."""
    p, y, x = np.nonzero(steps >= 0)
    found = np.zeros(len(p), [(name, np.int64) for name in FIELDS])
    for name, values in zip("xytp", (x, y, steps[p, y, x].astype(np.int64) * code.step_us, p), strict=True):
        found[name] = values
    return found[np.argsort(found["t"], kind="stable")]


def as_taken(network: Network, images: Any) -> tuple[Network, Any]:
    """`network` without a range of its inputs, and `images` as that takes them, and its core: scaled to [0, 1].

    What a camera sends stays as it is. Raises InvalidInput for images that do not fit.
    """
    checked = check_inputs(network, images)
    return unscaled(network), list(images) if isinstance(network.code, AddressEvents) else checked


def unscaled(network: Network) -> Network:
    """The network whose inputs are scaled already."""
    return replace(network, run=replace(network.run, input_range=None))


def golden_activity(network: Network, images: Any, engine: str | None = None) -> Activity:
    """The run of the golden inputs: rasters, potentials, and logits of the output neurons, in front of a tail."""
    judged = network.decision is not None and network.decision.height is not None
    network = replace(network, tail=None, heads=network.heads if judged else (Head("values"),))
    return simulate(network, images, engine=engine, record=("rasters", "potentials"))


def golden_rasters(network: Network, activity: Activity) -> dict[str, Whole]:
    """`(rows, samples, neurons)` by population that sends. Rows are steps; what is sent once for the run has one."""
    rasters = {}
    for population in senders(network):
        raster = np.asarray(activity.rasters[population.name])
        raster = raster.reshape(raster.shape[0], raster.shape[1], population.size)
        rasters[population.name] = (raster[:1] if sent(network, population).once else raster).astype(np.int64)
    return rasters


def golden_potentials(network: Network, activity: Activity, population: Population) -> Whole | None:
    """`(samples, steps, neurons)` of a population, after each step; None of those that keep none: input, gates, QuantReLU."""
    values = sent(network, population).kind == "values"
    if population.name not in activity.potentials or values or population.neuron.potential == "none":
        return None
    found = np.asarray(activity.potentials[population.name])
    return found.reshape(found.shape[0], found.shape[1], population.size).swapaxes(0, 1).astype(np.int64)


def golden_logits(activity: Activity) -> Whole:
    """`(samples, classes)`, all integers."""
    return np.asarray(activity.logits).astype(np.int64)


def run_golden(network: Network, images: Any, engine: str | None = None) -> tuple[dict[str, Whole], Whole]:
    """Rasters and logits of the golden inputs."""
    activity = golden_activity(network, images, engine)
    return golden_rasters(network, activity), golden_logits(activity)


def senders(network: Network) -> tuple[Population, ...]:
    """The populations that send anything; an Integrator does not."""
    return tuple(p for p in network.populations if p.neuron.sends != "nothing")


def sends_numbers(network: Network, population: Population) -> bool:
    """Whether its events may carry another number than 1: values, times, bursts, spikes of both signs."""
    what = sent(network, population)
    return what.once or what.signed or what.most > 1


def trace_line(row: NDArray[np.int64], numbers: bool) -> str:
    """The events of one step: addresses, or `address:number`; the same text for the same events."""
    places = np.flatnonzero(row)
    if not numbers:
        return " ".join(map(str, places.tolist()))
    return " ".join(f"{place}:{number}" for place, number in zip(places.tolist(), row[places].tolist(), strict=True))
