"""The reference engine: dense numpy, slow, meant to be checked by eye. It shares no code with the other engines.

Synchronous networks are worked through step by step, in each step population by population. In the layerwise schedule,
and under jitter, which also moves spikes back in time, each population in turn takes all its steps. What is held for the
whole run (a direct input) or sent once (time codes, QuantReLU) is a list of one. Float32 networks sum in float64 and
round every S to float32 once; time-coded networks stay in float64; fixed-point networks are int64 throughout. A sample
that decides early is cut off afterwards: nothing that comes later can reach back.
"""

from typing import cast

import numpy as np

from spikewright.snn.activity import Activity
from spikewright.snn.disturb.noise import SpikeJitter, multiplicity
from spikewright.snn.fixed.bounds import integer_type, noise_bound, population_bound
from spikewright.snn.populations import Population
from spikewright.snn.projections import Projection
from spikewright.snn.reference.answers import Trace, answer
from spikewright.snn.reference.codes import encode
from spikewright.snn.reference.neurons import ReferenceCell, ReferenceGate, quantised, ramp
from spikewright.snn.reference.noise import stuck, transmitted
from spikewright.snn.reference.synapses import arranged, column, largest, send
from spikewright.snn.reference.windows import Values
from spikewright.snn.simulation import Request
from spikewright.snn.synapses import Windows
from spikewright.snn.traits import is_timed, sent


def run(request: Request) -> Activity:
    """Simulate a checked request. Any valid network runs; time and memory grow with neurons x steps x batch.

    Raises InvalidNetwork when the sums of a fixed-point network are not proved to fit into int64.
    """
    network = request.network
    _check_sums(request)
    simulation = _Simulation(request)
    steps, inner = range(network.steps), network.order[1:]
    if network.schedule == "layerwise" or any(isinstance(one, SpikeJitter) for one in request.noise):
        for population in inner:
            simulation.advance(population, steps)
    else:
        for step in steps:
            for population in inner:
                simulation.advance(population, range(step, step + 1))
    return answer(request, simulation.trace)


def _check_sums(request: Request) -> None:
    """V + S + b must fit into int64."""
    network = request.network
    gathered = multiplicity(request.noise, network.steps)
    for population in network.order[1:] if network.numbers == "fixed" else ():
        if population.neuron.potential != "none":
            bound = population_bound(network, population, gathered) + noise_bound(network, population, request.noise)
            bound += 2 ** (population.width - 1)
            integer_type(bound, f"sums of population {population.name!r}")


class _Simulation:
    """What every population has sent so far, what of it arrives, and its neurons."""

    def __init__(self, request: Request) -> None:
        self.network, self.noise, self.batch = request.network, request.noise, request.batch
        self.trace = Trace({p.name: [] for p in self.network.populations})
        self.cells = {p.name: ReferenceCell(self.network, p, self.noise) for p in self.network.order[1:]}
        self.gates = {p.name: ReferenceGate(self.network, p) for p in self.network.order[1:] if p.neuron.compares}
        self.held: dict[str, Values] = {}
        self._send(self.network.by_name[self.network.input], list(encode(self.network, request.images)), 0)

    def advance(self, population: Population, steps: range) -> None:
        """Let a population take some steps."""
        fired, potentials = zip(*(self._step(population, step) for step in steps), strict=True)
        self.trace.potentials[population.name] += potentials
        self._send(population, list(fired), steps.start)

    def _step(self, population: Population, step: int) -> tuple[Values, Values]:
        """What the neurons fire, and their potentials."""
        neuron, name = population.neuron, population.name
        if neuron.compares:
            m = self._largest_counts(population, step)
            return (m, m) if sent(self.network, population).once else self.gates[name].step(m)
        S = self._sums(population, step)
        if neuron.sends == "values":
            return quantised(self.network, population, S)
        if is_timed(self.network):
            return ramp(self.network, population, self.noise, S)
        return self.cells[name].step(S, self._bias(population, step), step)

    def _send(self, population: Population, fired: list[Values], first: int) -> None:
        """Note what is sent in the steps from `first` on, and what of it arrives."""
        network, name, trace = self.network, population.name, self.trace
        for now in fired:
            trace.sent[name].append(self._let_through(population, now))
        new = np.stack(trace.sent[name][len(trace.sent[name]) - len(fired) :])
        if sent(network, population).spiking:
            for one in self.noise:
                new = np.stack([stuck(network, population, one, now) for now in new])
            trace.sent[name][len(trace.sent[name]) - len(fired) :] = list(new)
            for one in self.noise:
                new = transmitted(network, population, one, new, first)
        trace.arrived[name] += list(new)

    def _let_through(self, population: Population, fired: Values) -> Values:
        """Under some codes hidden neurons send their first spikes only."""
        limit, hidden = self.network.code.hidden_limit, population.name not in (self.network.input, self.network.output)
        if limit is None or not (hidden and population.neuron.fires):
            return fired
        before = np.sum(self.trace.sent[population.name], axis=0)
        return np.asarray(np.minimum(fired, limit - before))

    def _sums(self, population: Population, step: int) -> Values:
        """S of the step; layerwise that of the whole run in the first step, and nothing afterwards; latched all so far."""
        kind = np.int64 if self.network.numbers == "fixed" else np.float64
        total: Values = np.zeros((self.batch, *population.shape), dtype=kind)
        for projection in self.network.incoming[population.name]:
            for now in self._gathered(population, projection, step):
                total = total + self._arriving(projection, now, kind)
        return total

    def _gathered(self, population: Population, projection: Projection, step: int) -> range:
        """The steps of which the sums enter in `step`."""
        once = sent(self.network, self.network.by_name[projection.source]).once
        if population.neuron.latches and not once:
            return range(step + 1)
        if self.network.schedule == "synchronous":
            return range(step, step + 1)
        return range(self.network.steps) if step == 0 else range(0)

    def _arriving(self, projection: Projection, step: int, kind: type) -> Values | int:
        """What a projection brings to its target in a step."""
        network, arrived = self.network, self.trace.arrived[projection.source]
        source = network.by_name[projection.source]
        if sent(network, source).once:
            if projection.name not in self.held:
                self.held[projection.name] = send(network, projection, arrived[0].astype(kind))
            return self.held[projection.name] if network.code.charged(step) else 0
        when = step - projection.delay
        if when < 0:
            return 0
        counts = kind(source.neuron.step_factor(when))
        return np.asarray(counts * send(network, projection, arrived[when].astype(kind)))

    def _bias(self, population: Population, step: int) -> Values:
        """The bias that enters in a step; layerwise that of the whole run in the first step."""
        kind: type = np.int64 if self.network.numbers == "fixed" else np.float32
        bias = column(population.bias, population.shape, kind)
        if self.network.schedule == "layerwise":
            bias = kind(self.network.code.charge_steps if step == 0 else 0) * bias
        elif not self.network.code.charged(step):
            bias = kind(0) * bias
        return bias

    def _largest_counts(self, gate: Population, step: int) -> Values:
        """The largest count that has arrived in each window, up to this step or, layerwise, in the whole run."""
        last = step + 1 if self.network.schedule == "synchronous" else self.network.steps
        m: Values | None = None
        for projection in self.network.incoming[gate.name]:
            counts = np.sum(self.trace.arrived[projection.source][:last], axis=0)
            start, stop = projection.channels or (0, gate.shape[0])
            m = np.zeros((self.batch, *gate.shape), dtype=counts.dtype) if m is None else m
            m[:, start:stop] = largest(cast(Windows, projection.synapse), arranged(counts, projection.order))
        return np.asarray(m)
