"""What `snn.neurons.MaxGate` states, and which populations send values."""

import numpy as np

from spikewright.snn import AddressEvents, Burst, Bursts, Direct, MaxGate, QuantReLU, Ramp, Source, TtfsCode


def sources(network, population) -> list:
    """The populations that a gate compares."""
    return [network.by_name[q.source] for q in network.incoming[population.name]]


def graded(network, population) -> bool:
    """Whether a population sends values, once."""
    if isinstance(population.neuron, MaxGate):
        return any(graded(network, source) for source in sources(network, population))
    if isinstance(population.neuron, Source):
        return isinstance(network.code, Direct | TtfsCode)
    return isinstance(population.neuron, Ramp | QuantReLU)


def slots(network, population) -> np.ndarray:
    """Slots of the window in which each neuron of a time-coded network sends."""
    if not isinstance(population.neuron, MaxGate):
        timed = network.code if isinstance(population.neuron, Source) else population.neuron
        return np.full(population.size, timed.levels)
    channels = np.zeros(population.shape, np.int64)
    for q in network.incoming[population.name]:
        channels[slice(*(q.channels or (None,)))] = slots(network, network.by_name[q.source])[0]
    return channels.reshape(-1)


def most(network, population) -> int:
    """The most that a neuron sends in a step."""
    if isinstance(population.neuron, MaxGate):
        return max(most(network, source) for source in sources(network, population))
    if isinstance(population.neuron, Source):
        return network.code.limit if isinstance(network.code, Bursts | AddressEvents) else 1
    return population.neuron.limit if isinstance(population.neuron, Burst) else 1


class Gate:
    """A MaxGate of one sample; `seen` is what is recorded as its potential."""

    def __init__(self, sample, population) -> None:
        self.sample, self.population = sample, population
        self.once = graded(sample.network, population)
        self.seen = np.zeros(population.size, np.int64)

    def step(self, t: int) -> tuple[np.ndarray, np.ndarray]:
        """What the gate sends in step t, and what is recorded as its potential."""
        if self.once or not self.sample.layerwise:
            before, self.seen = self.seen, self.largest(1 if self.once else t + 1)
            return self.seen - before, self.seen
        left = self.seen if t else self.largest(self.sample.steps)
        q = most(self.sample.network, self.population)
        sent = np.minimum(np.maximum(left, -q), q)
        self.seen = left - sent
        return sent, self.seen

    def largest(self, steps: int) -> np.ndarray:
        """The largest of the sums over the first `steps` steps in each window; 0 where no projection reaches."""
        lowest = np.iinfo(np.int64).min
        m = np.full(self.population.size, lowest)
        for q in self.sample.network.incoming[self.population.name]:
            wires, counts = self.sample.wires[q.name], self.sample.arrived[q.source][:steps].sum(0)
            np.maximum.at(m, wires.targets, wires.pooled(counts)[wires.sources])
        return np.where(m == lowest, 0, m)
