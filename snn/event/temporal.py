"""The engine of time-coded networks: closed form, population by population, at most one spike a neuron, no time step.

A spike is its value, the time left in its window (see `snn.neurons.Ramp`): float64, or in fixed point the slots left, int64.
"""

from typing import Any

import numpy as np

from spikewright.snn.activity import Activity
from spikewright.snn.event.addresses import engine_order
from spikewright.snn.event.buffers import Buffers
from spikewright.snn.event.chunk import Array, Chunk
from spikewright.snn.event.gating import gate
from spikewright.snn.event.ledger import Ledger
from spikewright.snn.event.populations import CompiledGate, compile_gate
from spikewright.snn.event.ramp_populations import CompiledRamps, compile_ramps
from spikewright.snn.event.threads import over_chunks
from spikewright.snn.event.timed_noise import TimedNoise
from spikewright.snn.graded import encode_graded
from spikewright.snn.kernels.events import Events, graded_events, place_values
from spikewright.snn.kernels.planes import added_to
from spikewright.snn.kernels.ramps import ramp_fixed, ramp_float
from spikewright.snn.simulation import Request

CHUNK_SAMPLES = 64


class TemporalRun:
    """One simulation of a time-coded network. Threads share it and write to samples of their own."""

    def __init__(self, request: Request) -> None:
        self.request, self.network = request, request.network
        self.fixed = self.network.numbers == "fixed"
        self.kind: Any = np.int64 if self.fixed else np.float64
        self.populations = [self._compiled(p, request) for p in self.network.order[1:]]
        self.public = {p.name: engine_order(p.shape) for p in self.network.populations}
        self.noise = TimedNoise(self.network, request.noise, self.public)
        self.ledger = Ledger(request)

    def samples(self, samples: slice, buffers: Buffers) -> None:
        """All populations for some samples: deliver, answer, send."""
        chunk = Chunk(np.arange(samples.start, samples.stop), buffers, slice(0, 1))
        self._send(self.network.input, graded_events(self._input(chunk)), chunk)
        for population in self.populations:
            buffers.check()
            traced = self.ledger.wants_potentials(population.name)
            events, trace = self._answer(population, chunk)
            trace = trace if traced else trace[:0]
            self.ledger.potentials(population.name, population.public, trace, chunk.samples, chunk.steps)
            self._send(population.name, events, chunk)

    def _compiled(self, population: Any, request: Request) -> CompiledRamps | CompiledGate:
        if population.neuron.compares:
            return compile_gate(self.network, population, self.kind)
        return compile_ramps(self.network, population, request.noise)

    def _input(self, chunk: Chunk) -> Array:
        """The values of the images, in engine order."""
        images = np.asarray(self.request.images)[chunk.samples].reshape(chunk.count, -1)
        values = encode_graded(self.network.code, images, fixed=self.fixed)[:, self.public[self.network.input]]
        return values.astype(self.kind)

    def _answer(self, population: CompiledRamps | CompiledGate, chunk: Chunk) -> tuple[Events, Array]:
        """The spikes and potentials of a population."""
        if isinstance(population, CompiledGate):
            return gate(population, chunk, self.ledger, True)
        sums = self._sums(population, chunk)
        potential, sent = np.empty_like(sums), np.empty(sums[:, 0].shape, sums.dtype)
        kernel = ramp_fixed if self.fixed else ramp_float
        kernel(sums, population.initial, population.bias, population.law, potential, sent)
        return graded_events(sent), potential

    def _sums(self, population: CompiledRamps, chunk: Chunk) -> Array:
        """What arrives in the window, (samples, 1, neurons), and membrane noise."""
        sums = np.zeros((chunk.count, 1, population.size), self.kind)
        for one in population.incoming:
            operations = np.zeros(chunk.count, np.int64)
            one.route.deliver(added_to(sums), chunk.arrived[one.projection.source], operations, chunk.buffers)
            self.ledger.operations[one.projection.name][chunk.samples] += operations
        self.noise.shake(population.record, sums[:, 0], chunk.samples)
        return sums

    def _send(self, name: str, events: Events, chunk: Chunk) -> None:
        """Record what is sent; what arrives is then in `chunk.arrived`."""
        acts = self.noise.acts(name)
        if acts:
            sent = np.zeros((chunk.count, self.public[name].size), events.value.dtype)
            place_values(events, sent)
            sent = self.noise.stuck(name, sent)
            events = graded_events(sent)
        self.ledger.sent(name, self.public[name], events, chunk.samples, 0)
        if acts:
            events = graded_events(self.noise.arriving(name, sent, chunk.samples))
        chunk.arrived[name] = events


def run(request: Request) -> Activity:
    """Simulate a time-coded network."""
    this = TemporalRun(request)
    over_chunks(request.batch, CHUNK_SAMPLES, this.samples)
    return this.ledger.activity("temporal")
