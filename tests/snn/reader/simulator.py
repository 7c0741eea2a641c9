"""A second simulator of fixed-point networks, written from the docstrings of the records of `snn` alone.

It shares no code with the engines: Python loops over samples and steps, numpy int64 over neurons. What it reads of a network
are the fields of its records, and the order of its populations.
"""

from dataclasses import dataclass

import numpy as np

from spikewright.snn import FewSpikeIF, Integrator, LatchedIF, MaxGate, Network, QuantReLU, Ramp, Source, TtfsCode
from tests.snn.reader import answers
from tests.snn.reader.encode import charge_steps, charged, encoded, weight
from tests.snn.reader.gates import Gate, graded, slots
from tests.snn.reader.laws import FIRING, Potentials
from tests.snn.reader.noise import Noises
from tests.snn.reader.wires import Wires


@dataclass
class Answer:
    """What a run did: `logits (steps, batch, classes)`, everything else as in `snn.activity`, neurons flat."""

    logits: np.ndarray
    predictions: np.ndarray
    decision_step: np.ndarray
    spikes: dict[str, np.ndarray]
    operations: dict[str, np.ndarray]
    rasters: dict[str, np.ndarray]
    potentials: dict[str, np.ndarray]


def run(network: Network, inputs, noise=()) -> Answer:
    """Every sample of `inputs` by itself."""
    wires = {q.name: Wires(network, q) for q in network.projections}
    done = [Sample(network, wires, Noises(network, noise, number)) for number in range(len(inputs))]
    for sample, values in zip(done, inputs, strict=True):
        sample.run(values)
    counts = [
        {name: np.array([part[name] for part in parts]) for name in parts[0]}
        for parts in ([answers.spikes(sample) for sample in done], [answers.operations(sample) for sample in done])
    ]
    records = [
        {name: np.stack([getattr(sample, kind)[name] for sample in done], axis=1) for name in getattr(done[0], kind)}
        for kind in ("sent", "potentials")
    ]
    logits = np.stack([sample.logits for sample in done], axis=1)
    return Answer(logits, logits[-1].argmax(axis=-1), np.array([sample.taken for sample in done]), *counts, *records)


class Sample:
    """One sample on its way through a network: what each population sent, what of it arrived, `(steps, neurons)`."""

    def __init__(self, network: Network, wires: dict[str, Wires], noises: Noises) -> None:
        self.network, self.wires, self.noises, self.steps = network, wires, noises, network.steps
        self.layerwise, self.timed = network.schedule == "layerwise", isinstance(network.code, TtfsCode)
        self.taken = self.steps
        self.sent, self.arrived, self.potentials, self.memory = {}, {}, {}, {}
        for p in network.populations:
            rows = 1 if graded(network, p) else self.steps
            self.sent[p.name], self.arrived[p.name] = (np.zeros((rows, p.size), np.int64) for _ in range(2))
            if p.name != network.input:
                self.potentials[p.name] = np.zeros((self.steps, p.size), np.int64)
                gate, hidden = isinstance(p.neuron, MaxGate), p.name != network.output
                self.memory[p.name] = Gate(self, p) if gate else Potentials(p, network.code, hidden=hidden)
        self.logits = np.zeros((self.steps, network.by_name[network.output].size), np.int64)

    def run(self, values) -> None:
        """All steps, or those until the sample is decided. Without delays a population may take its steps at once."""
        network, entrance = self.network, self.network.by_name[self.network.input]
        image = self.noises.on_input(values)
        place = self.noises.places[entrance.name]
        self.image = encoded(network.code, image, entrance.shape, place, self.noises.sample)
        together = not any(q.delay for q in network.projections) and network.decision is None
        for block in [range(self.steps)] if together else [range(t, t + 1) for t in range(self.steps)]:
            for population in network.order:
                self.take(population, block)
            for t in block:
                self.logits[t] = answers.readout(self, t)
            if answers.decided(self, block[-1]):
                self.taken = block[-1] + 1
                self.logits[self.taken :] = self.logits[block[-1]]
                return

    def take(self, population, block: range) -> None:
        """A population takes its steps of a block, and sends; values once."""
        name, once = population.name, graded(self.network, population)
        if once and block.start > 0:
            return
        block = range(1) if once else block
        rows = slice(block.start, block.stop)
        for t in block:
            self.sent[name][t] = self.image[t] if name == self.network.input else self.step(population, t)
        if isinstance(population.neuron, Integrator) or (once and not self.timed):
            self.arrived[name][rows] = self.sent[name][rows]
            return
        levels = slots(self.network, population) if self.timed else None
        self.sent[name][rows] = self.noises.stuck(name, self.sent[name][rows], 1 if levels is None else levels)
        self.arrived[name][rows] = self.noises.arriving(name, self.sent[name][rows], block.start, levels)

    def step(self, population, t: int) -> np.ndarray:
        """Takes one step and returns what is sent, with nothing stuck."""
        neuron, memory = population.neuron, self.memory[population.name]
        if isinstance(neuron, MaxGate):
            sent, self.potentials[population.name][t] = memory.step(t)
            return sent
        S = sum(
            (self.brought(q, t) for q in self.network.incoming[population.name]), np.zeros(population.size, np.int64)
        )
        if isinstance(neuron, QuantReLU):
            sent = memory.quantised(S, population.shape)
        elif isinstance(neuron, Ramp):
            sent = memory.climbed(self.noises.on_sums(population, S, int(neuron.window), 0))
        else:
            sent = self.fire(population, memory, S * weight(self.network.code, t), t)
        self.potentials[population.name][t] = memory.V
        return sent

    def fire(self, population, memory: Potentials, S: np.ndarray, t: int) -> np.ndarray:
        """A step of a neuron with a threshold, or of an Integrator."""
        if isinstance(population.neuron, FIRING):
            S = self.noises.on_sums(population, S, memory.level(t), t)
        memory.V = self.noises.on_potentials(population, memory.V, t)
        return memory.step(t, S, memory.bias * self.flowing(t))

    def flowing(self, t: int) -> int:
        """How often a bias and a direct input flow in step t."""
        if self.layerwise:
            return charge_steps(self.network.code) if t == 0 else 0
        return int(charged(self.network.code, t))

    def brought(self, q, t: int) -> np.ndarray:
        """What projection `q` adds to S in step t."""
        source, wires, arrived = self.network.by_name[q.source], self.wires[q.name], self.arrived[q.source]
        if graded(self.network, source):
            held = isinstance(source.neuron, Source) and not self.timed
            return wires.sums(arrived[0]) * (self.flowing(t) if held else 1)
        if self.layerwise:
            few = isinstance(source.neuron, FewSpikeIF)
            worth = np.array(source.neuron.amplitudes if few else [1] * self.steps).astype(np.int64)
            return wires.sums(worth @ arrived) if t == 0 else np.zeros(wires.size, np.int64)
        first = 0 if isinstance(self.network.by_name[q.target].neuron, LatchedIF) else max(t - q.delay, 0)
        return wires.sums(arrived[first : max(t - q.delay + 1, 0)].sum(0))
