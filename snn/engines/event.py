"""The event engine: work proportional to spikes times surviving fan-out, layer by layer over chunks of samples and steps.

Exact: in fixed point bit for bit the law of `snn.neurons`, whatever the number of threads or the batch size. In float32
the inputs of one step are summed in the order of the spikes, eight rows at a time; everything else is as the law says.
"""

from dataclasses import dataclass, field

import numpy as np

from snn.activity import Activity
from snn.codes import Rate as RateCode
from snn.encode import encode_graded
from snn.engines import deliver, kernels
from snn.engines.buffers import Buffers
from snn.engines.events import Events, events_of
from snn.engines.faults import transmit
from snn.engines.layer import Array, Layer, compile_layer
from snn.engines.ledger import Ledger
from snn.engines.plan import engine_order
from snn.engines.threads import over_chunks
from snn.neurons import QuantReLU
from snn.noise import SpikeJitter, multiplicity
from snn.simulate import Request

CHUNK_BYTES = 16 << 20
CHUNK_STEPS = 32
SLACK = 8
"""Places behind the last event that `_collect` may write to."""

NOTHING = Events(np.zeros((0, 0), np.int32), np.zeros((0, 1), np.int32), np.zeros((0, 0), np.float32))
"""What a graded input sends after the first chunk of steps: its planes are constant."""


@dataclass(eq=False)
class Chunk:
    """A chunk of samples on its way through the layers, with the buffers of its thread.

    `steps` at hand, events `sent` in them, potentials `state` and `constant` planes, each by population.
    """

    samples: slice
    buffers: Buffers
    steps: slice = field(default_factory=lambda: slice(0, 0))
    sent: dict[str, Events] = field(default_factory=dict)
    state: dict[str, Array] = field(default_factory=dict)
    constant: dict[str, Array] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """Samples in the chunk."""
        return int(self.samples.stop - self.samples.start)

    @property
    def length(self) -> int:
        """Steps at hand."""
        return int(self.steps.stop - self.steps.start)


class Run:
    """One simulation: the compiled layers and what is recorded. Threads share it and write to samples of their own."""

    def __init__(self, request: Request) -> None:
        self.request, self.network = request, request.network
        gathered = multiplicity(request.noise, self.network.steps)
        self.layers = [compile_layer(self.network, p, gathered) for p in self.network.order[1:]]
        self.places = {p.name: place for place, p in enumerate(self.network.populations)}
        self.gather = self.network.schedule == "layerwise"
        self.ledger = Ledger(request)
        self.public = engine_order(self.network.by_name[self.network.input].shape)

    def activity(self) -> Activity:
        """Simulate all samples."""
        over_chunks(self.request.images.shape[0], self._samples_at_once(), self._samples)
        return self.ledger.activity("event")

    def _samples(self, samples: slice, buffers: Buffers) -> None:
        """Simulate some samples, a chunk of steps at a time."""
        chunk = Chunk(samples, buffers)
        for layer in self.layers:
            state = chunk.buffers.take(
                layer.population.name, "V", (chunk.count, layer.population.size), layer.potentials
            )
            state[:] = layer.initial
            chunk.state[layer.population.name] = state
        for chunk.steps in self._step_chunks():
            self._advance(chunk)

    def _advance(self, chunk: Chunk) -> None:
        """All layers over the steps at hand."""
        chunk.sent = {self.network.input: self._input(chunk)}
        for layer in self.layers:
            S = self._sums(layer, chunk)
            events, trace = self._fire(layer, S, chunk)
            self.ledger.potentials(layer, trace, chunk.samples, chunk.steps)
            chunk.sent[layer.population.name] = self._send(
                layer.population.name, layer.public, events, chunk, layer.spiking
            )

    def _input(self, chunk: Chunk) -> Events:
        code, images, name = self.network.code, self.request.images[chunk.samples], self.network.input
        if isinstance(code, RateCode):
            counts = _rate_counts(code, images)[chunk.steps]
            flat = np.ascontiguousarray(counts.reshape(*counts.shape[:2], -1).transpose(1, 0, 2))
            return self._send(name, self.public, events_of(flat, self.public), chunk, True)
        if chunk.steps.start:
            return NOTHING
        values = encode_graded(code, images, fixed=self.network.numbers == "fixed").reshape(images.shape[0], 1, -1)
        kind = np.dtype(np.int32 if self.network.numbers == "fixed" else np.float32)
        events = events_of(values, self.public, kind)
        return self._send(name, self.public, events, chunk, False)

    def _send(self, name: str, public: Array, events: Events, chunk: Chunk, spiking: bool) -> Events:
        """Record what is sent and return what arrives."""
        self.ledger.sent(name, public, events, chunk.samples, chunk.steps)
        if not (spiking and self.request.noise):
            return events
        place = (self.places[name], chunk.samples.start, chunk.steps.start)
        return Events(*transmit((events.index, events.ends), public, self.request.noise, place))

    def _sums(self, layer: Layer, chunk: Chunk) -> Array:
        """The planes of summed inputs: one for each step, or a single one where it serves them all."""
        name = layer.population.name
        if name not in chunk.constant:
            chunk.constant[name] = self._constant(layer, chunk)
        constant, spiking = (
            chunk.constant[name],
            [(p, s) for p, s in layer.scatters if chunk.sent[p.source].value is None],
        )
        if not spiking:
            return constant
        shape = (chunk.count, 1 if self.gather else chunk.length, layer.population.size)
        S = chunk.buffers.take(name, "S", shape, layer.sums)
        for place, (projection, scatter) in enumerate(spiking):
            events, operations = chunk.sent[projection.source], self.ledger.operations[projection.name][chunk.samples]
            first = constant if place == 0 else S
            deliver.deliver_spikes(S, first, place == 0, (events.index, events.ends), scatter, operations)
        return S

    def _constant(self, layer: Layer, chunk: Chunk) -> Array:
        """The plane of the graded projections, which are delivered once; without any it has no size."""
        graded = [(p, s) for p, s in layer.scatters if chunk.sent[p.source].value is not None]
        shape = (chunk.count, 1, layer.population.size if graded else 0)
        plane = chunk.buffers.take(layer.population.name, "constant", shape, layer.sums)
        plane[:] = 0
        for projection, scatter in graded:
            events, operations = chunk.sent[projection.source], self.ledger.operations[projection.name][chunk.samples]
            deliver.deliver_graded(plane, events.index, events.value, events.ends, scatter, operations)
        if self.gather:
            plane *= plane.dtype.type(self.network.steps)
        return plane

    def _fire(self, layer: Layer, S: Array, chunk: Chunk) -> tuple[Events, Array]:
        """Let a population fire; returns its events and, when they are wanted, its potentials (samples, steps, neurons)."""
        name, size, fixed = layer.population.name, layer.population.size, layer.sums.kind != "f"
        traced = name == self.network.output or "potentials" in self.request.record
        trace = np.empty((chunk.count, chunk.length, size) if traced else (0, 0, 0), layer.potentials)
        ends = chunk.buffers.take(name, "ends", (chunk.count, chunk.length + 1), np.int32)
        capacity = size * (chunk.length if layer.spiking else 1) + SLACK
        index = chunk.buffers.take(name, "index", (chunk.count, capacity), np.int32)
        if isinstance(layer.population.neuron, QuantReLU):
            value = chunk.buffers.take(name, "value", index.shape, np.int32 if fixed else np.float32)
            quantise = kernels.quantise_fixed if fixed else kernels.quantise_float
            quantise(S, layer.bias, layer.neuron, (index, value, ends, trace))
            return Events(index, ends, value), trace
        flags = chunk.buffers.take(name, "flags", (chunk.count, chunk.length, (size + 7) // 8 * 8), np.uint8)
        fire = kernels.fire_fixed if fixed else kernels.fire_float
        fire(S, chunk.state[name], layer.bias, layer.neuron, (index, ends, flags, trace))
        return Events(index, ends), trace

    def _samples_at_once(self) -> int:
        """So many that the largest layer of a chunk stays near the processor."""
        length = max(steps.stop - steps.start for steps in self._step_chunks())
        most = max(layer.sums.itemsize + 4 for layer in self.layers) * length
        return max(4, int(CHUNK_BYTES // (most * max(layer.population.size for layer in self.layers))))

    def _step_chunks(self) -> list[slice]:
        steps = self.network.steps
        whole = self.gather or any(isinstance(one, SpikeJitter) for one in self.request.noise)
        chunk = steps if whole else CHUNK_STEPS
        return [slice(start, min(start + chunk, steps)) for start in range(0, steps, chunk)]


def _rate_counts(code: RateCode, images: Array) -> Array:
    edges = np.arange(code.steps + 1).reshape(-1, *([1] * images.ndim))
    return np.diff(np.floor(images.astype(np.float64) * edges + 0.5), axis=0).astype(np.uint8)


def run(request: Request) -> Activity:
    """Simulate with the event engine."""
    return Run(request).activity()
