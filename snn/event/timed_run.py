"""The engine of time-coded networks: closed form, layer by layer, at most one spike a neuron, no time step.

A spike is its value, the time left in its window (see `snn.neurons.Ramp`): float64, or in fixed point the slots left, int64.
"""

import numpy as np

from spikewright.snn.activity import Activity
from spikewright.snn.event.answers import graded_gate
from spikewright.snn.event.buffers import Buffers
from spikewright.snn.event.chunk import Array, Chunk
from spikewright.snn.event.layer import Layer, compile_timed_layer
from spikewright.snn.event.routes import add_graded
from spikewright.snn.event.scatter import engine_order
from spikewright.snn.event.threads import over_chunks
from spikewright.snn.graded import encode_graded
from spikewright.snn.kernels.events import Events, graded_events
from spikewright.snn.kernels.ledger import Ledger
from spikewright.snn.kernels.timed import TimedNoise, ramp_fixed, ramp_float
from spikewright.snn.neurons import MaxGate, Ramp
from spikewright.snn.simulation import Request

CHUNK_SAMPLES = 64


class Run:
    """One simulation of a time-coded network. Threads share it and write to samples of their own."""

    def __init__(self, request: Request) -> None:
        self.request, self.network = request, request.network
        self.fixed = self.network.numbers == "fixed"
        self.layers = [compile_timed_layer(self.network, p, request.noise) for p in self.network.order[1:]]
        self.public = {p.name: engine_order(p.shape) for p in self.network.populations}
        self.noise = TimedNoise(self.network, request.noise, self.public)
        self.ledger = Ledger(request)

    def samples(self, samples: slice, buffers: Buffers) -> None:
        """All layers for some samples."""
        chunk = Chunk(np.arange(samples.start, samples.stop), buffers, slice(0, 1))
        self._send(self.network.input, graded_events(self._input(chunk)), chunk)
        for layer in self.layers:
            buffers.check()
            traced = layer.name == self.network.output or "potentials" in self.request.record
            gate = isinstance(layer.population.neuron, MaxGate)
            events, trace = self._gate(layer, chunk) if gate else self._ramp(layer, chunk)
            self.ledger.potentials(layer, trace if traced else trace[:0], chunk.samples, chunk.steps)
            self._send(layer.name, events, chunk)

    def _input(self, chunk: Chunk) -> Array:
        images = np.asarray(self.request.images)[chunk.samples].reshape(chunk.count, -1)
        values = encode_graded(self.network.code, images, fixed=self.fixed)[:, self.public[self.network.input]]
        return values.astype(np.int64 if self.fixed else np.float64)

    def _ramp(self, layer: Layer, chunk: Chunk) -> tuple[Events, Array]:
        """The spikes and potentials of a population; an Integrator has no window and sends none."""
        S = np.zeros((chunk.count, 1, layer.size), layer.sums)
        for projection, plan in layer.plans:
            events, operations = chunk.sent[projection.source], np.zeros(chunk.count, np.int64)
            add_graded(S, events, plan, operations)
            self.ledger.operations[projection.name][chunk.samples] += operations
        self.noise.shake(layer, S[:, 0], chunk.samples)
        V, sent = np.empty_like(S), np.empty(S[:, 0].shape, layer.sums)
        neuron, constants = layer.population.neuron, (layer.initial, layer.bias[0])
        window, levels = (neuron.window, neuron.levels or 0) if isinstance(neuron, Ramp) else (0.0, 0)
        if self.fixed:
            top = 2 ** ((layer.population.potential_bits or 63) - 1) - 1
            ramp_fixed(S, constants, (int(window) // max(levels, 1), levels, top), V, sent)
        else:
            ramp_float(S, constants, (float(window), levels), V, sent)
        return graded_events(sent), V

    def _gate(self, layer: Layer, chunk: Chunk) -> tuple[Events, Array]:
        operations = np.zeros((len(layer.plans), chunk.count), np.int64)
        arriving = [(plan, chunk.sent[q.source], operations[n]) for n, (q, plan) in enumerate(layer.plans)]
        answer = graded_gate(layer, arriving, chunk, True)
        for (q, _), count in zip(layer.plans, operations, strict=True):
            self.ledger.operations[q.name][chunk.samples] += count
        return answer

    def _send(self, name: str, events: Events, chunk: Chunk) -> None:
        """Note what is sent; what arrives is then in `chunk.sent`."""
        if self.noise.acts(name):
            sent = self.noise.stuck(name, self._dense(name, events))
            events = graded_events(sent)
        self.ledger.sent(name, self.public[name], events, chunk.samples, 0)
        if self.noise.acts(name):
            events = graded_events(self.noise.arriving(name, sent, chunk.samples))
        chunk.sent[name] = events

    def _dense(self, name: str, events: Events) -> Array:
        dense = np.zeros((len(events.index), self.public[name].size), events.values.dtype)
        rows = np.repeat(np.arange(len(dense)), events.ends[:, 1])
        held = np.arange(events.index.shape[1]) < events.ends[:, 1:]
        dense[rows, events.index[held]] = events.values[held]
        return dense


def run(request: Request) -> Activity:
    """Simulate a time-coded network."""
    this = Run(request)
    over_chunks(request.batch, CHUNK_SAMPLES, this.samples)
    return this.ledger.activity("temporal")
