"""Noise in the reference engine: the laws of `snn.disturb.noise` in plain numpy, one step at a time where that is possible.

Arrays are `(batch, *shape)` for one step; what arrives of a whole run is `(steps, batch, *shape)`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.disturb.noise import (
    MembraneNoise,
    Noise,
    PotentialBitFlips,
    SpikeDeletion,
    SpikeInsertion,
    SpikeJitter,
    StuckAt,
    acts_on,
)
from spikewright.snn.network import Network
from spikewright.snn.populations import Population
from spikewright.snn.reference.synapses import column
from spikewright.snn.reference.windows import Values
from spikewright.snn.traits import is_timed
from spikewright.splitmix import GOLDEN

FIELDS = (0, 16, 32, 48)
Words = Callable[[int], NDArray[Any]]
Window = tuple[NDArray[Any], NDArray[Any]]


@dataclass(frozen=True)
class Draws:
    """The draws that belong to one population."""

    place: int
    shape: tuple[int, ...]

    def words(self, seed: int, kind: int, batch: int, step: int) -> NDArray[np.uint64]:
        """m(m(m(m(seed + g stream) + g sample) + g step) + g neuron) as uint64 `(batch, *shape)`."""
        golden = np.uint64(GOLDEN)
        stream = _mix(np.array([(seed + GOLDEN * (16 * self.place + kind)) % 2**64], dtype=np.uint64))
        sample = _mix(stream + golden * np.arange(batch, dtype=np.uint64))
        now = _mix(sample + np.uint64(GOLDEN * step % 2**64))
        neurons = golden * np.arange(np.prod(self.shape), dtype=np.uint64)
        return _mix(now[:, None] + neurons).reshape(batch, *self.shape)

    def shares(self, seed: int, kind: int, batch: int, step: int) -> NDArray[np.float64]:
        """draw / 2**64."""
        return self.words(seed, kind, batch, step) / 2.0**64

    def normal(self, seed: int, kind: int, batch: int, step: int) -> NDArray[np.float64]:
        """(sum of the twelve 16-bit fields of three draws + 6) / 65536 - 6."""
        words = [self.words(seed, kind + more, batch, step) for more in range(3)]
        fields = [(word >> np.uint64(low)) % np.uint64(65536) for word in words for low in FIELDS]
        return np.asarray((np.sum(fields, axis=0).astype(np.float64) + 6) / 65536 - 6)


def _mix(z: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The finaliser of splitmix64."""
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def below(words: NDArray[np.uint64], probability: float | Values) -> NDArray[np.bool_]:
    """draw < floor(probability 2**64)."""
    limit = np.floor(np.asarray(probability, dtype=np.float64) * 2.0**64)
    certain = limit >= 2.0**64
    return np.asarray(certain | (words < np.where(certain, 0.0, limit).astype(np.uint64)))


def draws_of(network: Network, population: Population) -> Draws:
    """The draws of a population: its place in the network is part of the stream."""
    return Draws([p.name for p in network.populations].index(population.name), population.shape)


def window_of(network: Network, population: Population) -> tuple[Values, Values]:
    """Window and levels (0: none) of the channels of a time-coded population; a gate has those of its sources, behind an
    order the largest for all."""
    neuron, fixed = population.neuron, network.numbers == "fixed"
    if neuron.compares:
        windows, levels = np.ones((2, population.shape[0], 1, 1))
        for q in network.incoming[population.name]:
            part = slice(*(q.channels or (None,)))
            window, levels[part] = window_of(network, network.by_name[q.source])
            windows[part] = window if q.order is None else np.max(window)
        return windows, levels
    inner = neuron.has_threshold  # of a Ramp the window; the input's is 1
    levels = np.asarray((neuron.levels if inner else network.code.levels) or 0)
    return (levels if fixed else np.asarray(neuron.compared_with if inner else 1.0)), levels


def _on_grid(values: Values, window: Values, levels: Values) -> Values:
    """Values from 0 to the window, rounded to the slots where there are any."""
    slots = np.clip(np.floor(values * levels / window + 0.5), 0, levels)
    return np.where(levels > 0, window / np.maximum(levels, 1) * slots, np.clip(values, 0.0, window))


def drifted(network: Network, population: Population, noise: Noise, sums: Values, step: int) -> Values:
    """MembraneNoise: S + deviation threshold n, with the window for the threshold in time codes."""
    neuron = population.neuron
    if not isinstance(noise, MembraneNoise) or not acts_on(noise, population.name) or not neuron.has_threshold:
        return sums
    n = draws_of(network, population).normal(noise.seed, 4, len(sums), step)
    float_kind: type = np.float32 if neuron.fires else np.float64
    kind = np.int64 if network.numbers == "fixed" else float_kind
    threshold = column(neuron.compared_with, population.shape, kind).astype(np.float64)
    more = noise.deviation * (threshold * network.code.weight(step)) * n
    if network.numbers == "fixed":
        return np.asarray(sums + np.floor(more + 0.5).astype(np.int64))
    return np.asarray(sums + more.astype(sums.dtype))  # float32, or the float64 of time codes


def flipped(network: Network, population: Population, noise: Noise, potential: Values, step: int) -> Values:
    """PotentialBitFlips: words of the declared width in two's complement, one bit of some of them flipped."""
    if not isinstance(noise, PotentialBitFlips) or not acts_on(noise, population.name):
        return potential
    if population.neuron.potential != "kept":
        return potential
    draws, bits = draws_of(network, population), population.width
    hit = below(draws.words(noise.seed, 7, len(potential), step), noise.probability)
    bit = (draws.words(noise.seed, 13, len(potential), step) % np.uint64(bits)).astype(np.int64)
    sign = np.int64(1) << (bits - 1)
    word = (potential & (2 * int(sign) - 1)) ^ (np.int64(1) << bit)
    return np.where(hit, (word ^ sign) - sign, potential)


def stuck(network: Network, population: Population, noise: Noise, sent: Values) -> Values:
    """StuckAt: some neurons send 0 or 1 (the whole window) in every step and every sample."""
    if not isinstance(noise, StuckAt) or not acts_on(noise, population.name):
        return sent
    broken = below(draws_of(network, population).words(noise.seed, 3, 1, 0), noise.fraction)
    most = window_of(network, population)[0] if is_timed(network) else 1
    return np.where(broken, noise.value * most, sent).astype(sent.dtype)


def transmitted(network: Network, population: Population, noise: Noise, sent: Values, first: int) -> Values:
    """What arrives of the steps `first`, `first` + 1, ...: `sent (steps, batch, *shape)`."""
    law = ON_THE_WAY.get(type(noise))
    if law is None or not acts_on(noise, population.name):
        return sent
    draws, batch = draws_of(network, population), sent.shape[1]

    def words(kind: int) -> Values:
        return np.stack([draws.words(noise.seed, kind, batch, step) for step in range(first, first + len(sent))])

    return law(noise, sent, words, window_of(network, population) if is_timed(network) else None)


def _deleted(noise: Any, sent: Values, words: Words, window: Window | None) -> Values:
    return np.where(below(words(0), noise.probability), 0, sent)


def _inserted(noise: Any, sent: Values, words: Words, window: Window | None) -> Values:
    new = np.ones_like(sent) if window is None else _random_times(words(13) / 2.0**64, *window)
    return np.where(below(words(2), noise.probability) & (sent == 0), new, sent).astype(sent.dtype)


def _jittered(noise: Any, sent: Values, words: Words, window: Window | None) -> Values:
    if window is not None:
        return _shifted_in_window(sent, noise.width * (words(1) / 2.0**64 * 2.0 - 1.0), *window)
    width = int(noise.width)
    return _shifted(sent, (words(1) % np.uint64(2 * width + 1)).astype(np.int64) - width)


ON_THE_WAY: dict[type, Callable[[Any, Values, Words, Window | None], Values]] = {
    SpikeDeletion: _deleted,
    SpikeInsertion: _inserted,
    SpikeJitter: _jittered,
}
"""What noise makes of what is sent, from draws of all steps by kind, and in time codes the window and its levels."""


def _random_times(share: Values, window: Values, levels: Values) -> Values:
    slots = window / np.maximum(levels, 1) * np.floor(share * levels + 0.5)
    return np.where(levels > 0, slots, share * window)


def _shifted(sent: Values, later: Values) -> Values:
    """The spikes of every step moved `later` steps on, kept inside the run."""
    arrived = np.zeros_like(sent)
    steps, *rest = np.indices(sent.shape)
    np.add.at(arrived, (np.clip(steps + later, 0, len(sent) - 1), *rest), sent)
    return arrived


def _shifted_in_window(sent: Values, shift: Values, window: Values, levels: Values) -> Values:
    """Spike times moved within the window, on the grid where there is one; who is silent stays silent."""
    return np.where(sent > 0, _on_grid(sent - shift * window, window, levels), 0).astype(sent.dtype)
