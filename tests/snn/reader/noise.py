"""What `snn.disturb.noise` states of noise in a running network: for one sample, on blocks of steps `(steps, neurons)`."""

import numpy as np

from spikewright.snn import (
    InputNoise,
    MembraneNoise,
    Network,
    PotentialBitFlips,
    SpikeDeletion,
    SpikeInsertion,
    SpikeJitter,
    StuckAt,
    TtfsCode,
)
from tests.snn.reader.draws import draws, happens, normal, shares


class Noises:
    """All noise of a run of `network`, for its sample number `sample`."""

    def __init__(self, network: Network, noise, sample: int) -> None:
        self.network, self.noise, self.sample = network, tuple(noise), sample
        self.places = {p.name: 16 * place for place, p in enumerate(network.populations)}

    def on_input(self, values):
        """A disturbed image."""
        for one in self._acting(InputNoise, self.network.input):
            flat = values.reshape(-1).astype(np.float64)
            n = normal(one.seed, self.places[self.network.input] + 4, self.sample, 0, flat.size)
            values = np.clip(flat + one.deviation * n, 0, 1).astype(np.float32).reshape(values.shape)
        return values

    def stuck(self, name: str, sent: np.ndarray, most=1) -> np.ndarray:
        """What is sent, a row a step; `most`: the earliest spikes of a time code."""
        for one in self._acting(StuckAt, name):
            hit = happens(draws(one.seed, self.places[name] + 3, 0, 0, sent.shape[1]), one.fraction)
            sent = np.where(hit, one.value * most, sent)
        return sent

    def on_sums(self, population, S: np.ndarray, threshold, step: int) -> np.ndarray:
        """S with membrane noise."""
        for one in self._acting(MembraneNoise, population.name):
            n = normal(one.seed, self.places[population.name] + 4, self.sample, step, S.size)
            S = S + np.floor((one.deviation * threshold) * n + 0.5).astype(np.int64)
        return S

    def on_potentials(self, population, V: np.ndarray, step: int) -> np.ndarray:
        """V with upsets."""
        width, place = population.potential_bits, self.places[population.name]
        for one in self._acting(PotentialBitFlips, population.name):
            hit = happens(draws(one.seed, place + 7, self.sample, step, V.size), one.probability)
            bit = (draws(one.seed, place + 13, self.sample, step, V.size) % np.uint64(width)).astype(np.int64)
            word = (V ^ (1 << bit)) & (2**width - 1)
            V = np.where(hit, np.where(word >= 2 ** (width - 1), word - 2**width, word), V)
        return V

    def arriving(self, name: str, sent: np.ndarray, first: int, levels: np.ndarray | None) -> np.ndarray:
        """What is left on its way of what was sent in the steps from `first` on; `levels`: slots of a time code."""
        timed = isinstance(self.network.code, TtfsCode)
        for one in self._acting(SpikeDeletion | SpikeInsertion | SpikeJitter, name):
            kind = {SpikeDeletion: 0, SpikeInsertion: 2, SpikeJitter: 1}[type(one)]
            words = [
                draws(one.seed, self.places[name] + kind, self.sample, first + t, sent.shape[1])
                for t in range(len(sent))
            ]
            if isinstance(one, SpikeJitter):
                sent = _shifted(one, sent, words[0], levels) if timed else _moved(one, sent, words)
                continue
            hit = np.array([happens(word, one.probability) for word in words])
            if isinstance(one, SpikeDeletion):
                sent = np.where(hit, 0, sent)
            else:
                seeming = self._seeming(one, name, sent.shape[1], levels) if timed else 1
                sent = np.where(hit & (sent == 0), seeming, sent)
        return sent

    def _seeming(self, one: SpikeInsertion, name: str, neurons: int, levels: np.ndarray) -> np.ndarray:
        words = draws(one.seed, self.places[name] + 13, self.sample, 0, neurons)
        return np.floor(shares(words) * levels + 0.5).astype(np.int64)

    def _acting(self, kind, name: str):
        names = ((one, getattr(one, "populations", ())) for one in self.noise if isinstance(one, kind))
        return [one for one, chosen in names if not chosen or name in chosen]


def _moved(one: SpikeJitter, sent: np.ndarray, words) -> np.ndarray:
    arrived, neurons, steps, width = np.zeros_like(sent), np.arange(sent.shape[1]), len(sent), int(one.width)
    for t in range(steps):
        to = t + (words[t] % np.uint64(2 * width + 1)).astype(np.int64) - width
        arrived[np.minimum(np.maximum(to, 0), steps - 1), neurons] += sent[t]
    return arrived


def _shifted(one: SpikeJitter, sent: np.ndarray, words: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """A time code: the time of a spike is moved, so what is left of the window is less by the shift."""
    shift = (shares(words) * 2 - 1) * one.width * levels
    return np.where(sent != 0, np.clip(np.floor(sent - shift + 0.5), 0, levels).astype(np.int64), 0)
