"""Thresholds, resets and amplitudes of FewSpike neurons, fitted to what a layer has to send."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spikewright.conversion.reading.shapes import Floats

GRID = 1 << 12
"""Fitted numbers are whole multiples of this share of the largest one, so that they are integers of a fixed-point network."""
TRIALS = 800
LOOKED_AT = 2048


@dataclass(frozen=True)
class FewSpikeFactors:
    """By step, in units of `unit`: when a neuron fires, what is taken off, what the spike counts. All whole numbers."""

    unit: float
    thresholds: tuple[float, ...]
    resets: tuple[float, ...]
    amplitudes: tuple[float, ...]

    def __call__(self, values: Floats) -> Floats:
        """What the spikes of a neuron with these potentials stand for."""
        spikes = _spikes(values / self.unit, np.array(self.thresholds), np.array(self.resets))
        result: Floats = self.unit * (spikes @ np.array(self.amplitudes))
        return result


def binary(top: float, steps: int) -> FewSpikeFactors:
    """Powers of two: the digits of a number from 0 to top in 2**steps - 1 units."""
    powers = tuple(float(1 << place) for place in reversed(range(steps)))
    return FewSpikeFactors(top / (2**steps - 1), powers, powers, powers)


def fitted(function: Callable[[Floats], Floats], values: Floats, start: FewSpikeFactors, seed: int) -> FewSpikeFactors:
    """FewSpikeFactors with a smaller mean squared error to `function` on `values` than `start`, or `start` itself.

    Thresholds and resets are moved at random, in smaller and smaller steps; the spikes are then known and the amplitudes
    the solution of a linear least-squares problem. In the place of the gradients of Stoeckl and Maass (2021).
    """
    random = np.random.default_rng(seed)
    x = np.sort(values)[:: max(1, values.size // LOOKED_AT)] / start.unit
    y = function(x * start.unit) / start.unit
    # Values between powers of two are rounded to the nearest if thresholds sit half a unit lower.
    best = _solved(x, y, np.array(start.thresholds) - 0.5, np.array(start.resets))
    for trial in range(TRIALS):
        size = 0.5 * 0.01 ** (trial / TRIALS)
        moved = [_moved(part, size, random) for part in best[1:3]]
        if random.random() < 0.3:
            moved[1] = moved[0].copy()
        candidate = _solved(x, y, *moved)
        best = candidate if candidate[0] < best[0] else best
    made = _whole(start.unit, *best[1:])
    error = [float(np.mean((factors(x * start.unit) - y * start.unit) ** 2)) for factors in (made, start)]
    return made if error[0] < error[1] else start


def _moved(part: Floats, size: float, random: np.random.Generator) -> Floats:
    """Some of the numbers a little larger or smaller; now and then one of them somewhere else, past zero too."""
    moved: Floats = part * np.exp(size * random.normal(size=part.size) * (random.random(part.size) < 0.5))
    if random.random() < 0.3:
        moved[random.integers(part.size)] += size * float(np.abs(part).max()) * random.normal()
    return moved


_Trial = tuple[float, Floats, Floats, Floats]


def _solved(x: Floats, y: Floats, thresholds: Floats, resets: Floats) -> _Trial:
    """The error with the best amplitudes, thresholds, resets, amplitudes."""
    spikes = _spikes(x, thresholds, resets)
    normal = spikes.T @ spikes + 1e-9 * x.size * np.eye(len(thresholds))
    amplitudes: Floats = np.linalg.solve(normal, spikes.T @ y).astype(np.float64)
    return float(np.mean((spikes @ amplitudes - y) ** 2)), thresholds, resets, amplitudes


def _spikes(values: Floats, thresholds: Floats, resets: Floats) -> NDArray[np.float64]:
    """Spikes `(values, steps)` of neurons that begin at `values`."""
    potential = values.copy()
    spikes = np.empty((values.size, thresholds.size))
    for step, (threshold, reset) in enumerate(zip(thresholds, resets, strict=True)):
        fires = potential >= threshold
        potential = np.where(fires, potential - reset, potential)
        spikes[:, step] = fires
    return spikes


def _whole(unit: float, *parts: Floats) -> FewSpikeFactors:
    """On the grid; amplitudes that round to nothing at all stay nothing."""
    step = max(float(np.abs(part).max()) for part in parts) / GRID
    thresholds, resets, amplitudes = (tuple(float(np.floor(x / step + 0.5)) for x in part) for part in parts)
    return FewSpikeFactors(unit * step, thresholds, resets, amplitudes)
