"""Noise on spike times, by the law of `snn.disturb.noise`."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.disturb.noise import (
    MembraneNoise,
    Noise,
    SpikeDeletion,
    SpikeInsertion,
    SpikeJitter,
    StuckAt,
    acts_on,
)
from spikewright.snn.event.addresses import as_grid
from spikewright.snn.kernels.draws import Drawing, chance_of, draw_rows, keys_of, normal_rows
from spikewright.snn.network import Network
from spikewright.snn.populations import Population

Array = NDArray[Any]


class TimedNoise:
    """Noise on what time-coded populations send: dense values `(samples, neurons)` in engine order, zero for silent ones."""

    def __init__(self, network: Network, noise: tuple[Noise, ...], public: dict[str, Array]) -> None:
        self.network, self.public, self.fixed = network, public, network.numbers == "fixed"
        self.places = {p.name: place for place, p in enumerate(network.populations)}
        self.noise = {p.name: [one for one in noise if acts_on(one, p.name)] for p in network.populations}
        self.silent = {p.name for p in network.populations if p.neuron.sends == "nothing"}

    def acts(self, name: str) -> bool:
        """Whether anything acts on what a population sends."""
        return bool(self.noise[name]) and name not in self.silent

    def stuck(self, name: str, values: Array) -> Array:
        """What is sent, with stuck neurons: silent, or at the very beginning of their window."""
        whole, _ = self._window(name)
        for one in self.noise[name]:
            if isinstance(one, StuckAt):
                hit = self._happens(one, name, 3, np.zeros(1, np.int64), one.fraction)
                values = np.where(hit, whole.astype(values.dtype) * one.value, values)
        return values

    def arriving(self, name: str, values: Array, samples: Array) -> Array:
        """What arrives of it: lost, moved or made up spikes, in the order of the noise."""
        for one in self.noise[name]:
            if isinstance(one, SpikeDeletion):
                values = np.where(self._happens(one, name, 0, samples, one.probability), 0, values)
            elif isinstance(one, SpikeInsertion):
                seems = (values == 0) & self._happens(one, name, 2, samples, one.probability)
                values = np.where(seems, self._made_up(one, name, samples), values)
            elif isinstance(one, SpikeJitter):
                values = np.where(values > 0, self._moved(one, name, values, samples), 0)
        return values

    def shake(self, population: Population, sums: Array, samples: Array) -> None:
        """Add membrane noise to the sums `(samples, neurons)` of Ramp neurons."""
        name: str = population.name
        window: Any = population.neuron.compared_with if population.neuron.has_threshold else None
        for one in self.noise[name]:
            if isinstance(one, MembraneNoise) and window is not None:
                n = np.empty(sums.shape)
                normal_rows(Drawing(keys_of(one.seed, self.places[name], 4, 5, 6), samples, 0, self.public[name]), n)
                n = one.deviation * window * n
                sums += np.floor(n + 0.5).astype(np.int64) if self.fixed else n

    def _made_up(self, one: SpikeInsertion, name: str, samples: Array) -> Array:
        """Random values: draw / 2**64 of the window, on the grid where there is one."""
        window, levels = self._window(name)
        share = self._draws(one, name, 13, samples) / 2.0**64
        return self._on_grid(share * window, np.floor(share * levels + 0.5), window, levels)

    def _moved(self, one: SpikeJitter, name: str, values: Array, samples: Array) -> Array:
        """Values after a shift within +-width windows."""
        window, levels = self._window(name)
        later = (self._draws(one, name, 1, samples) / 2.0**64 * 2.0 - 1.0) * one.width * window
        moved = np.clip(values - later, 0.0, window)
        slots = np.floor(moved * levels / np.where(window > 0, window, 1.0) + 0.5)
        return self._on_grid(moved, slots, window, levels)

    def _on_grid(self, values: Array, slots: Array, window: Array, levels: Array) -> Array:
        if self.fixed:
            return slots.astype(np.int64)
        return np.where(levels > 0, window / np.maximum(levels, 1) * slots, values)

    def _window(self, name: str) -> tuple[Array, Array]:
        """Window and levels (0: no grid) of each neuron; in fixed point the window is counted in slots."""
        window, levels = _windows(self.network, self.network.by_name[name])
        window, levels = window.reshape(-1)[self.public[name]], levels.reshape(-1)[self.public[name]]
        return (levels.astype(np.float64), levels) if self.fixed else (window, levels)

    def _draws(self, one: Any, name: str, kind: int, samples: Array) -> NDArray[np.uint64]:
        words = np.empty((samples.size, self.public[name].size), np.uint64)
        draw_rows(Drawing(keys_of(one.seed, self.places[name], kind), samples, 0, self.public[name]), words)
        return words

    def _happens(self, one: Any, name: str, kind: int, samples: Array, probability: float) -> NDArray[np.bool_]:
        chance = chance_of(probability)
        return np.asarray(chance.certain | (self._draws(one, name, kind, samples) < chance.limit))


def _windows(network: Network, population: Population) -> tuple[Array, Array]:
    """Window and levels of each neuron, `(channels, rows, columns)`; a gate has its sources', behind an order the largest."""
    neuron, grid = population.neuron, as_grid(population.shape)
    window, levels = np.zeros(grid), np.zeros(grid, np.int64)
    if neuron.compares:
        for q in network.incoming[population.name]:
            start, stop = q.channels or (0, grid[0])
            of_source = _windows(network, network.by_name[q.source])
            for mine, its in zip((window, levels), of_source, strict=True):
                mine[start:stop] = its[:, :1, :1] if q.order is None else its.max()
    elif population.name == network.input:
        window[:], levels[:] = 1.0, network.code.levels or 0
    elif neuron.sends == "times":
        window[:], levels[:] = neuron.compared_with, neuron.levels or 0
    return window, levels
