"""The laws of `snn.neurons` in the reference engine, stated for one step of one population. Arrays are `(batch, *shape)`."""

from math import log2
from typing import Any

import numpy as np

from spikewright.snn.codes import step_weight
from spikewright.snn.disturb.noise import Noise
from spikewright.snn.fixed.bounds import largest_sent
from spikewright.snn.network import Network, Population
from spikewright.snn.neurons import (
    FIRING,
    IF,
    LIF,
    Burst,
    FewSpikeIF,
    LatchedIF,
    MaxGate,
    QuantReLU,
    Ramp,
    SignedIF,
    TernaryIF,
)
from spikewright.snn.reference.noise import drifted, flipped
from spikewright.snn.reference.synapses import Numbers, column


class ReferenceCell:
    """Neurons with a potential: those that fire in steps, and Integrators. Potentials are float32 or int64."""

    def __init__(self, network: Network, population: Population, noise: tuple[Noise, ...]) -> None:
        self.network, self.population, self.noise = network, population, noise
        self.kind: type = np.int64 if network.numbers == "fixed" else np.float32
        initial = column(population.initial, population.shape, self.kind)
        self.V: Numbers = np.broadcast_to(initial, population.shape)[None]
        self.deaf: Numbers = np.zeros((1, *population.shape), dtype=np.int64)
        self.count: Numbers = np.zeros((1, *population.shape), dtype=np.int64)

    def step(self, S: Numbers, bias: Numbers, step: int) -> tuple[Numbers, Numbers]:
        """Spikes and the potential after the reset, from the summed inputs and the bias that flows in `step`."""
        neuron: Any = self.population.neuron
        self.V = np.broadcast_to(self.V, S.shape)
        weight = step_weight(self.network.code, step)
        S = self.kind(weight) * S.astype(self.kind)
        for noise in self.noise:
            S = drifted(self.network, self.population, noise, S, step)
            self.V = flipped(self.network, self.population, noise, self.V, step)
        U = self._updated(S + bias)
        if not isinstance(neuron, FIRING):
            self.V = U
            return np.zeros(U.shape, dtype=np.int64), U
        awake = self.deaf == 0
        spikes, rest = (
            self._digit(neuron, U, step) if isinstance(neuron, FewSpikeIF) else self._fired(neuron, U, weight)
        )
        spikes, self.V = np.where(awake, spikes, 0), np.where(awake, rest, self.V)
        self.deaf = np.where(spikes != 0, getattr(neuron, "refractory", 0), np.maximum(self.deaf - 1, 0))
        self.count = self.count + spikes
        return spikes, self.V

    def _updated(self, drive: Numbers) -> Numbers:
        """U from V and S + b, before the threshold."""
        leak = self.population.neuron.leak if isinstance(self.population.neuron, LIF) else None
        if self.kind is np.float32:
            return self.V + drive if leak is None else np.float32(1.0 - leak) * self.V + drive
        lost = 0 if leak is None else self.V >> -int(log2(leak))
        return saturated(self.population, self.V - lost + drive)

    def _fired(self, neuron: Any, U: Numbers, weight: int) -> tuple[Numbers, Numbers]:
        """What the neurons send at U, and what is left."""
        threshold = column(neuron.threshold, self.population.shape, self.kind) * self.kind(weight)
        up = U >= threshold
        if isinstance(neuron, IF | LIF | LatchedIF):
            rest = U - threshold if neuron.reset == "subtract" else np.zeros_like(U)
            return up.astype(np.int64), np.where(up, rest, U)
        if isinstance(neuron, SignedIF):
            up = up & (neuron.limit is None or self.count < neuron.limit)
            down = ~up & (U < 0) & (self.count > 0)
            return up.astype(np.int64) - down, np.where(up, U - threshold, np.where(down, U + threshold, U))
        if isinstance(neuron, TernaryIF):
            negative = column(neuron.negative, self.population.shape, self.kind)
            down = U <= -negative
            return up.astype(np.int64) - down, np.where(up, U - threshold, np.where(down, U + negative, U))
        return _burst(neuron, U, threshold)

    def _digit(self, neuron: FewSpikeIF, U: Numbers, step: int) -> tuple[Numbers, Numbers]:
        """The spike of a step, and what is left."""
        threshold = column(neuron.threshold, self.population.shape, self.kind)
        fires = U >= threshold * self.kind(neuron.thresholds[step])
        return fires.astype(np.int64), np.where(fires, U - threshold * self.kind(neuron.resets[step]), U)


def _burst(neuron: Burst, U: Numbers, threshold: Numbers) -> tuple[Numbers, Numbers]:
    spikes = np.zeros(U.shape, dtype=np.int64)
    for _ in range(neuron.limit):
        again = threshold <= U
        spikes, U = spikes + again, np.where(again, U - threshold, U)
    return spikes, U


def saturated(population: Population, potential: Numbers) -> Numbers:
    """Clipped to the declared width."""
    top = 2 ** ((population.potential_bits or 64) - 1)
    return np.clip(potential, -top, top - 1)


class ReferenceGate:
    """A MaxGate in steps; m is the largest accumulated count of its windows."""

    def __init__(self, network: Network, population: Population) -> None:
        self.layerwise, self.most = network.schedule == "layerwise", largest_sent(network, population)
        self.before: Numbers = np.zeros((1, *population.shape), dtype=np.int64)

    def step(self, m: Numbers) -> tuple[Numbers, Numbers]:
        """Spikes, and m; layerwise at most as many as one source can send, and what is left of m."""
        change = m - self.before
        if not self.layerwise:
            self.before = m
            return change, m
        sent = np.clip(change, -self.most, self.most)
        self.before = self.before + sent
        return sent, m - self.before


def ramp(network: Network, population: Population, noise: tuple[Noise, ...], S: Numbers) -> tuple[Numbers, Numbers]:
    """Ramp and Integrator in a time-coded network: V = initial + (S + b), once; a Ramp sends the time or the slots left."""
    neuron, shape, fixed = population.neuron, population.shape, network.numbers == "fixed"
    kind: type = np.int64 if fixed else np.float64
    for one in noise:
        S = drifted(network, population, one, S, 0)
    V = column(population.initial, shape, kind) + (S + column(population.bias, shape, kind))
    V = saturated(population, V) if fixed else V
    if not isinstance(neuron, Ramp):
        return np.zeros_like(V), V
    if fixed and neuron.levels is not None:
        slot = int(neuron.window) // neuron.levels
        doubled = 2 * V.astype(object)  # unbounded integers
        return np.clip((doubled + slot) // (2 * slot), 0, neuron.levels).astype(np.int64), V
    if neuron.levels is None:
        return np.clip(V, 0.0, neuron.window), V
    slots = np.clip(np.floor(V * neuron.levels / neuron.window + 0.5), 0, neuron.levels)
    return neuron.window / neuron.levels * slots, V


def quantised(network: Network, population: Population, neuron: QuantReLU, S: Numbers) -> tuple[Numbers, Numbers]:
    """y = clip(floor((S + b) multiplier / 2**shift + 1/2), 0, levels); in fixed point with unbounded integers."""
    shape = population.shape
    if network.numbers != "fixed":
        V = S.astype(np.float32) + column(population.bias, shape, np.float32)
        multiplier = column(neuron.multiplier, shape, np.float64) / 2.0**neuron.shift
        return np.clip(np.floor(V * multiplier + 0.5), 0, neuron.levels).astype(np.int64), V
    V = saturated(population, S + column(population.bias, shape, np.int64))
    doubled = 2 * V.astype(object) * column(neuron.multiplier, shape, np.int64).astype(object)
    rounded = (doubled + 2**neuron.shift) // 2 ** (neuron.shift + 1)
    return np.clip(rounded, 0, neuron.levels).astype(np.int64), V


def graded(network: Network, population: Population) -> bool:
    """Whether the population sends one value instead of spikes."""
    if population.name == network.input:
        return network.code.graded
    if not isinstance(population.neuron, MaxGate):
        return isinstance(population.neuron, Ramp | QuantReLU)
    sources = [network.by_name[q.source] for q in network.incoming[population.name]]
    return any(graded(network, source) for source in sources)
