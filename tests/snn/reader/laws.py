"""What `snn.neurons` states, for all neurons of a population at once: one object for each population and sample."""

from types import SimpleNamespace

import numpy as np

from spikewright.snn import IF, LIF, Burst, FewSpikeIF, LatchedIF, SignedIF, SpikeSelectCode, TernaryIF
from tests.snn.reader.encode import weight

FIRING = (IF, LIF, SignedIF, TernaryIF, Burst, LatchedIF, FewSpikeIF)


def each(value, shape) -> np.ndarray:
    """One integer for each neuron, of a scalar, one value a channel or one a neuron."""
    whole = np.asarray(value).astype(np.int64)
    if whole.ndim == 1:
        whole = whole.reshape(-1, *[1] * (len(shape) - 1))
    return np.broadcast_to(whole, shape).reshape(-1)


class Potentials:
    """Potentials of a population with a width, and what its neurons remember beside them."""

    def __init__(self, population, code, *, hidden: bool) -> None:
        self.neuron, self.code, self.width = population.neuron, code, population.potential_bits
        self.limit = code.limit if isinstance(code, SpikeSelectCode) and hidden else None
        shape = population.shape
        self.V = each(population.initial, shape).copy()
        self.bias = each(population.bias, shape)
        self.threshold = each(getattr(self.neuron, "threshold", 0), shape)
        self.negative = each(getattr(self.neuron, "negative", 0), shape)
        self.deaf, self.own = np.zeros_like(self.V), np.zeros_like(self.V)

    def saturated(self, U: np.ndarray) -> np.ndarray:
        half = 2 ** (self.width - 1)
        return np.minimum(np.maximum(U, -half), half - 1)

    def level(self, step: int) -> np.ndarray:
        """The threshold of a step."""
        return self.threshold * weight(self.code, step)

    def step(self, step: int, S: np.ndarray, bias: np.ndarray) -> np.ndarray:
        """Takes S (noise and the weight of the step in it) and the bias that flows, and returns what is sent."""
        leaked = self.V >> round(-np.log2(self.neuron.leak)) if isinstance(self.neuron, LIF) else 0
        U = self.saturated(self.V - leaked + S + bias)
        if not isinstance(self.neuron, FIRING):
            self.V = U
            return np.zeros_like(U)
        hears = self.deaf == 0
        fired = FIRE[type(self.neuron)](SimpleNamespace(U=U, step=step, threshold=self.level(step), of=self))
        self.V = np.where(hears, fired.V, self.V)
        spikes = np.where(hears, fired.spikes, 0)
        refractory = getattr(self.neuron, "refractory", 0)
        self.deaf = np.where(spikes != 0, refractory, np.maximum(self.deaf - 1, 0))
        self.own = self.own + spikes
        return spikes if self.limit is None else spikes * (self.own <= self.limit)

    def quantised(self, S: np.ndarray, shape) -> np.ndarray:
        """A QuantReLU."""
        n = self.neuron
        self.V = self.saturated(S + self.bias)
        y = (2 * self.V * each(n.multiplier, shape) + 2**n.shift) >> (n.shift + 1)
        return np.clip(y, 0, n.levels)

    def climbed(self, S: np.ndarray) -> np.ndarray:
        """A Ramp: the slots left."""
        d = int(self.neuron.window) // self.neuron.levels
        self.V = self.saturated(self.V + S + self.bias)
        return np.clip((2 * self.V + d) // (2 * d), 0, self.neuron.levels)


def _integrate(at) -> SimpleNamespace:
    spikes = (at.U >= at.threshold).astype(np.int64)
    rest = at.U - at.threshold if at.of.neuron.reset == "subtract" else 0
    return SimpleNamespace(spikes=spikes, V=np.where(spikes, rest, at.U))


def _signed(at) -> SimpleNamespace:
    limit, count = at.of.neuron.limit, at.of.own
    up = (at.U >= at.threshold) & (True if limit is None else count < limit)
    down = ~up & (at.U < 0) & (count > 0)
    spikes = up.astype(np.int64) - down
    return SimpleNamespace(spikes=spikes, V=at.U - at.threshold * spikes)


def _ternary(at) -> SimpleNamespace:
    up, down = at.U >= at.threshold, at.U <= -at.of.negative
    return SimpleNamespace(spikes=up.astype(np.int64) - down, V=at.U - at.threshold * up + at.of.negative * down)


def _burst(at) -> SimpleNamespace:
    spikes = np.clip(at.U // at.threshold, 0, at.of.neuron.limit)
    return SimpleNamespace(spikes=spikes, V=at.U - spikes * at.threshold)


def _few(at) -> SimpleNamespace:
    n = at.of.neuron
    spikes = (at.U >= at.threshold * int(n.thresholds[at.step])).astype(np.int64)
    return SimpleNamespace(spikes=spikes, V=at.U - spikes * at.threshold * int(n.resets[at.step]))


FIRE = {
    IF: _integrate, LIF: _integrate, LatchedIF: _integrate, SignedIF: _signed, TernaryIF: _ternary, Burst: _burst,
    FewSpikeIF: _few,
}  # fmt: skip
