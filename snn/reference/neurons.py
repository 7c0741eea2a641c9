"""The laws of `snn.neurons` in the reference engine, stated for one step of one population. Arrays are `(batch, *shape)`."""

from collections.abc import Callable
from dataclasses import dataclass
from math import log2
from typing import Any, cast

import numpy as np

from spikewright.snn.disturb.noise import Noise
from spikewright.snn.fixed.bounds import largest_sent
from spikewright.snn.network import Network
from spikewright.snn.neurons import (
    IF,
    LIF,
    Burst,
    FewSpikeIF,
    LatchedIF,
    Neuron,
    QuantReLU,
    Ramp,
    SignedIF,
    TernaryIF,
)
from spikewright.snn.populations import Population
from spikewright.snn.reference.noise import drifted, flipped
from spikewright.snn.reference.synapses import column
from spikewright.snn.reference.windows import Values

Fired = tuple[Values, Values]
"""What neurons send in a step, and the potential that is left."""


@dataclass(frozen=True)
class ReferenceStep:
    """What a law sees besides U: thresholds, times the weight of the step; what each neuron has sent before; the step."""

    threshold: Values
    count: Values
    step: int
    spread: Callable[[Any], Values]
    """A parameter for every neuron, in the numbers of the network."""


class ReferenceCell:
    """Neurons with a potential: those that fire in steps, and Integrators. Potentials are float32 or int64."""

    def __init__(self, network: Network, population: Population, noise: tuple[Noise, ...]) -> None:
        self.network, self.population, self.noise = network, population, noise
        self.kind: type = np.int64 if network.numbers == "fixed" else np.float32
        initial = column(population.initial, population.shape, self.kind)
        self.V: Values = np.broadcast_to(initial, population.shape)[None]
        self.deaf: Values = np.zeros((1, *population.shape), dtype=np.int64)
        self.count: Values = np.zeros((1, *population.shape), dtype=np.int64)

    def step(self, S: Values, bias: Values, step: int) -> tuple[Values, Values]:
        """Spikes and the potential after the reset, from the summed inputs and the bias that flows in `step`."""
        neuron, code = self.population.neuron, self.network.code
        self.V = np.broadcast_to(self.V, S.shape)
        S = self.kind(code.weight(step)) * S.astype(self.kind)
        for noise in self.noise:
            S = drifted(self.network, self.population, noise, S, step)
            self.V = flipped(self.network, self.population, noise, self.V, step)
        U = self._updated(S + bias)
        if not neuron.fires:
            self.V = U
            return np.zeros(U.shape, dtype=np.int64), U
        now = ReferenceStep(
            self._spread(neuron.threshold) * self.kind(code.weight(step)), self.count, step, self._spread
        )
        spikes, rest = LAWS[type(neuron)](neuron, U, now)
        awake = self.deaf == 0
        spikes, self.V = np.where(awake, spikes, 0), np.where(awake, rest, self.V)
        self.deaf = np.where(spikes != 0, neuron.refractory, np.maximum(self.deaf - 1, 0))
        self.count = self.count + spikes
        return spikes, self.V

    def _spread(self, value: Any) -> Values:
        return column(value, self.population.shape, self.kind)

    def _updated(self, drive: Values) -> Values:
        """U from V and S + b, before the threshold."""
        leak = self.population.neuron.leak
        if self.kind is np.float32:
            return np.float32(1.0 - leak) * self.V + drive if leak else self.V + drive
        lost = self.V >> -int(log2(leak)) if leak else 0
        return saturated(self.population, self.V - lost + drive)


def _integrate(neuron: Any, U: Values, now: ReferenceStep) -> Fired:
    up = U >= now.threshold
    rest = U - now.threshold if neuron.reset == "subtract" else np.zeros_like(U)
    return up.astype(np.int64), np.where(up, rest, U)


def _signed(neuron: Any, U: Values, now: ReferenceStep) -> Fired:
    up = (U >= now.threshold) & (neuron.limit is None or now.count < neuron.limit)
    down = ~up & (U < 0) & (now.count > 0)
    return up.astype(np.int64) - down, np.where(up, U - now.threshold, np.where(down, U + now.threshold, U))


def _ternary(neuron: Any, U: Values, now: ReferenceStep) -> Fired:
    negative = now.spread(neuron.negative)
    up, down = U >= now.threshold, U <= -negative
    return up.astype(np.int64) - down, np.where(up, U - now.threshold, np.where(down, U + negative, U))


def _burst(neuron: Any, U: Values, now: ReferenceStep) -> Fired:
    spikes = np.zeros(U.shape, dtype=np.int64)
    for _ in range(neuron.limit):
        again = U >= now.threshold
        spikes, U = spikes + again, np.where(again, U - now.threshold, U)
    return spikes, U


def _digit(neuron: Any, U: Values, now: ReferenceStep) -> Fired:
    height, reset = now.spread(neuron.thresholds[now.step]), now.spread(neuron.resets[now.step])
    fires = U >= now.threshold * height
    return fires.astype(np.int64), np.where(fires, U - now.threshold * reset, U)


LAWS: dict[type[Neuron], Callable[[Any, Values, ReferenceStep], Fired]] = {
    IF: _integrate,
    LIF: _integrate,
    LatchedIF: _integrate,
    SignedIF: _signed,
    TernaryIF: _ternary,
    Burst: _burst,
    FewSpikeIF: _digit,
}
"""From U to spikes and what is left, for each kind of neuron that fires in steps."""


def saturated(population: Population, potential: Values) -> Values:
    """Clipped to the declared width."""
    top = 2 ** (population.width - 1)
    return np.clip(potential, -top, top - 1)


class ReferenceGate:
    """A MaxGate in steps; m is the largest accumulated count of its windows."""

    def __init__(self, network: Network, population: Population) -> None:
        self.layerwise, self.most = network.schedule == "layerwise", largest_sent(network, population)
        self.before: Values = np.zeros((1, *population.shape), dtype=np.int64)

    def step(self, m: Values) -> tuple[Values, Values]:
        """Spikes, and m; layerwise at most as many as one source can send, and what is left of m."""
        change = m - self.before
        if not self.layerwise:
            self.before = m
            return change, m
        sent = np.clip(change, -self.most, self.most)
        self.before = self.before + sent
        return sent, m - self.before


def ramp(network: Network, population: Population, noise: tuple[Noise, ...], S: Values) -> tuple[Values, Values]:
    """Ramp and Integrator in a time-coded network: V = initial + (S + b), once; a Ramp sends the time or the slots left."""
    neuron, shape, fixed = cast(Ramp, population.neuron), population.shape, network.numbers == "fixed"
    kind: type = np.int64 if fixed else np.float64
    for one in noise:
        S = drifted(network, population, one, S, 0)
    V = column(population.initial, shape, kind) + (S + column(population.bias, shape, kind))
    V = saturated(population, V) if fixed else V
    if population.neuron.sends != "times":
        return np.zeros_like(V), V
    if fixed and neuron.levels is not None:
        slot = int(neuron.window) // neuron.levels
        doubled = 2 * V.astype(object)  # unbounded integers
        return np.clip((doubled + slot) // (2 * slot), 0, neuron.levels).astype(np.int64), V
    if neuron.levels is None:
        return np.clip(V, 0.0, neuron.window), V
    slots = np.clip(np.floor(V * neuron.levels / neuron.window + 0.5), 0, neuron.levels)
    return neuron.window / neuron.levels * slots, V


def quantised(network: Network, population: Population, S: Values) -> Fired:
    """y = clip(floor((S + b) multiplier / 2**shift + 1/2), 0, levels); in fixed point with unbounded integers."""
    shape, neuron = population.shape, cast(QuantReLU, population.neuron)
    if network.numbers != "fixed":
        V = S.astype(np.float32) + column(population.bias, shape, np.float32)
        multiplier = column(neuron.multiplier, shape, np.float64) / 2.0**neuron.shift
        return np.clip(np.floor(V * multiplier + 0.5), 0, neuron.levels).astype(np.int64), V
    V = saturated(population, S + column(population.bias, shape, np.int64))
    doubled = 2 * V.astype(object) * column(neuron.multiplier, shape, np.int64).astype(object)
    rounded = (doubled + 2**neuron.shift) // 2 ** (neuron.shift + 1)
    return np.clip(rounded, 0, neuron.levels).astype(np.int64), V
