"""Every spike of one image: when, and by which neuron."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from spikewright import InvalidInput
from spikewright.experiments.plots.style import INK, SNN_COLOUR

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from spikewright.snn import Network


@dataclass(frozen=True, eq=False)
class Band:
    """A population's spikes: `times (spikes,)` and `neurons (spikes,)`, each neuron in [0, size)."""

    population: str
    size: int
    times: NDArray[np.float64]
    neurons: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Raster:
    """Bands from the input upwards. `unit`: "steps", or "windows" for a time code, where layers fire one after the other."""

    bands: tuple[Band, ...]
    unit: str
    duration: float


def spike_raster(network: "Network", rasters: Mapping[str, Any]) -> Raster:
    """The spikes of one image; `rasters[population]` is `(steps, neurons)` as `simulate` records it.

    Steps count from 1; a step in which a neuron sends something, be it several spikes or one of the other sign, is one mark.
    A value x of a time code lies at the end of the layer's window minus x, in windows from the start of the input; a MaxGate
    fires in the window of its sources. Populations that send graded values or nothing have no band. Raises InvalidInput
    without spikes.
    """
    from spikewright.snn.traits import sent

    timed = network.code.sends == "times"
    windows = _windows(network) if timed else {}
    bands = []
    for population in network.order:
        if not sent(network, population).spiking:
            continue
        found = np.asarray(rasters[population.name]).reshape(-1, population.size)
        place, neurons = np.nonzero(found)
        times = place + 1.0
        if timed:
            number, length = windows[population.name]
            times = number + 1.0 - found[0, neurons] / length
        bands.append(Band(population.name, population.size, np.asarray(times, np.float64), neurons))
    if not bands:
        raise InvalidInput("expected a network that sends spikes, got one of graded values; try Rate or Ttfs")
    count = 1 + max((number for number, _ in windows.values()), default=0)
    return Raster(tuple(bands), "windows" if timed else "steps", float(count if timed else network.steps))


def _windows(network: "Network") -> dict[str, tuple[int, float]]:
    """For each population of a time-coded network the number of its window and the window's length, as values are sent."""
    fixed = network.numbers == "fixed"
    windows: dict[str, tuple[int, float]] = {}
    for population in network.order:
        neuron: Any = population.neuron
        if neuron.compares:
            windows[population.name] = windows[network.incoming[population.name][0].source]
        elif neuron.sends == "times":
            number = 1 + max(place for place, _ in windows.values())
            windows[population.name] = (number, float(neuron.levels or 1) if fixed else neuron.window)
        elif population.name == network.input:
            windows[population.name] = (0, float(network.code.levels or 1) if fixed else 1.0)
    return windows


def _mark(unit: str, size: int) -> dict[str, Any]:
    """A dash for a spike in a step, the thinner the more neurons share the band; a dot in continuous time."""
    thin = float(np.clip(600 / size, 0.12, 0.7))
    return (
        {"marker": "_", "s": 90, "linewidths": thin}
        if unit == "steps"
        else {"marker": "o", "s": 7 * thin, "linewidths": 0}
    )


def draw_raster(ax: "Axes", raster: Raster) -> "Axes":
    """A band for each population, its height like the root of its size, the input at the bottom. Returns `ax`."""
    gap, bottom, ticks, names = 0.06, 0.0, [], []
    heights = np.sqrt([band.size for band in raster.bands])
    heights = heights / heights.sum()
    for band, height in zip(raster.bands, heights, strict=True):
        places = bottom + (band.neurons + 0.5) / band.size * height
        ax.scatter(band.times, places, color=SNN_COLOUR, rasterized=True, **_mark(raster.unit, band.size))
        ax.axhspan(bottom, bottom + height, color=INK, alpha=0.035, linewidth=0)
        ticks.append(bottom + height / 2)
        names.append(f"{band.population}\n{band.size:,} neurons, {len(band.times):,} spikes")
        bottom += height + gap
    ax.set_yticks(ticks, names)
    ax.set_ylim(-gap / 2, bottom - gap / 2)
    ax.grid(visible=False, axis="y")
    ax.tick_params(axis="y", length=0)
    if raster.unit == "steps":
        ax.set(xlabel="time (steps)", xlim=(0.5, raster.duration + 0.5), xticks=range(1, int(raster.duration) + 1))
    else:
        ax.set(xlabel="time (windows, one for each layer)", xlim=(0, raster.duration))
        ax.set_xticks(range(int(raster.duration) + 1))
    return ax
