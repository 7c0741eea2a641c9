"""The event engine: work proportional to spikes times surviving fan-out, layer by layer over chunks of samples and steps.

Exact: in fixed point bit for bit the law of `snn.neurons`, whatever the number of threads or the batch size; in float32
the sums of one step are rounded in the order of the spikes, everything else as the law says.
"""

from collections.abc import Iterator

import numpy as np

from snn.activity import Activity
from snn.encode import encode_counts, encode_graded
from snn.engines import kernels
from snn.engines.events import Events, events_of
from snn.engines.faults import transmit
from snn.engines.layer import Array, Layer, compile_layer
from snn.engines.ledger import Ledger
from snn.engines.plan import engine_order
from snn.neurons import QuantReLU
from snn.noise import SpikeJitter, multiplicity
from snn.simulate import Request

CHUNK_BYTES = 8 << 20
CHUNK_STEPS = 32
SLACK = 8
"""Places behind the last event that `_collect` may write to."""


NOTHING = Events(np.zeros((0, 0), np.int32), np.zeros((0, 1), np.int32), np.zeros((0, 0), np.float32))
"""What a graded input sends after the first chunk of steps: its planes are constant."""


class Run:
    """One simulation: the compiled layers and what is recorded. Buffers live for one chunk of samples."""

    def __init__(self, request: Request) -> None:
        self.request, self.network = request, request.network
        gathered = multiplicity(request.noise, self.network.steps)
        self.layers = [compile_layer(self.network, p, gathered) for p in self.network.order[1:]]
        self.places = {p.name: place for place, p in enumerate(self.network.populations)}
        self.ledger = Ledger(request)
        self.public = engine_order(self.network.by_name[self.network.input].shape)

    def activity(self) -> Activity:
        """Simulate chunk by chunk."""
        for samples in self._sample_chunks():
            state = {layer.population.name: _initial(layer, samples.stop - samples.start) for layer in self.layers}
            constant: dict[str, Array] = {}
            for steps in self._step_chunks():
                self._chunk(samples, steps, state, constant)
        return self.ledger.activity("event")

    def _chunk(self, samples: slice, steps: slice, state: dict[str, Array], constant: dict[str, Array]) -> None:
        """All layers over one chunk of samples and steps."""
        sent = {self.network.input: self._input(samples, steps)}
        for layer in self.layers:
            S = self._sums(layer, sent, samples, steps, constant)
            name = layer.population.name
            events, trace = _fire(layer, S, state[name], steps.stop - steps.start, self._traced(layer))
            self.ledger.potentials(layer, trace, samples, steps)
            sent[name] = self._send(name, layer.public, events, samples, steps, layer.spiking)

    def _input(self, samples: slice, steps: slice) -> Events:
        code, images = self.network.code, self.request.images[samples]
        name = self.network.input
        if not code.graded:
            counts = encode_counts(code, images)[steps]
            flat = counts.reshape(*counts.shape[:2], -1)[:, :, self.public].transpose(1, 0, 2)
            return self._send(name, self.public, events_of(flat), samples, steps, True)
        if steps.start:
            return NOTHING
        values = encode_graded(code, images).reshape(images.shape[0], -1)[:, self.public]
        events = events_of(values[:, None], np.dtype(np.int32 if self.network.numbers == "fixed" else np.float32))
        return self._send(name, self.public, events, samples, steps, False)

    def _send(self, name: str, public: Array, events: Events, samples: slice, steps: slice, spiking: bool) -> Events:
        """Record what is sent and return what arrives."""
        self.ledger.sent(name, public, events, samples, steps)
        if not (spiking and self.request.noise):
            return events
        index, ends = transmit(
            (events.index, events.ends), public, self.request.noise, (self.places[name], samples.start)
        )
        return Events(index, ends)

    def _sums(
        self, layer: Layer, sent: dict[str, Events], samples: slice, steps: slice, constant: dict[str, Array]
    ) -> Array:
        """The planes of summed inputs: one for each step, or a single one where it serves them all."""
        count, length = samples.stop - samples.start, steps.stop - steps.start
        name, gather = layer.population.name, self.network.schedule == "layerwise"
        if name not in constant:
            constant[name] = self._constant(layer, sent, samples)
        graded, spiking = constant[name], [(p, s) for p, s in layer.scatters if sent[p.source].value is None]
        if gather:
            graded = graded * graded.dtype.type(self.network.steps)
        if not spiking:
            return graded.copy() if gather else graded
        S = np.empty((count, 1 if gather else length, layer.plane.size), layer.sums)
        S[:] = graded
        for projection, scatter in spiking:
            events, operations = sent[projection.source], self.ledger.operations[projection.name][samples]
            kernels.deliver_spikes(S, gather, events.index, events.ends, scatter, operations)
        return S

    def _constant(self, layer: Layer, sent: dict[str, Events], samples: slice) -> Array:
        """The plane of the graded projections, which are delivered once."""
        plane = np.zeros((samples.stop - samples.start, 1, layer.plane.size), layer.sums)
        for projection, scatter in layer.scatters:
            events, operations = sent[projection.source], self.ledger.operations[projection.name][samples]
            if events.value is not None:
                kernels.deliver_graded(plane, events.index, events.value, events.ends, scatter, operations)
        return plane

    def _traced(self, layer: Layer) -> bool:
        return layer.population.name == self.network.output or "potentials" in self.request.record

    def _sample_chunks(self) -> Iterator[slice]:
        length = max(steps.stop - steps.start for steps in self._step_chunks())
        most = max(
            layer.plane.size * length * layer.sums.itemsize + 4 * layer.population.size * length
            for layer in self.layers
        )
        total, chunk = self.request.images.shape[0], max(4, CHUNK_BYTES // most)
        return (slice(start, min(start + chunk, total)) for start in range(0, total, chunk))

    def _step_chunks(self) -> list[slice]:
        steps = self.network.steps
        whole = self.network.schedule == "layerwise" or any(isinstance(one, SpikeJitter) for one in self.request.noise)
        chunk = steps if whole else CHUNK_STEPS
        return [slice(start, min(start + chunk, steps)) for start in range(0, steps, chunk)]


def run(request: Request) -> Activity:
    """Simulate with the event engine."""
    return Run(request).activity()


def _initial(layer: Layer, samples: int) -> Array:
    return np.repeat(layer.initial[None], samples, axis=0)


def _fire(layer: Layer, S: Array, V: Array, steps: int, traced: bool) -> tuple[Events, Array]:
    """Let a population fire over a chunk; returns its events and, when `traced`, its potentials (samples, steps, neurons)."""
    samples, size = V.shape
    trace = np.empty((samples, steps, size) if traced else (0, 0, 0), layer.potentials)
    ends = np.zeros((samples, steps + 1), np.int32)
    if isinstance(layer.population.neuron, QuantReLU):
        graded = np.float32 if layer.sums.kind == "f" else np.int32
        index, value = np.empty((samples, size), np.int32), np.empty((samples, size), graded)
        kernel = kernels.quantise_float if layer.sums.kind == "f" else kernels.quantise_fixed
        kernel(S, layer.bias, layer.neuron, layer.box, (index, value, ends, trace))
        return Events(index, ends, value), trace
    index = np.empty((samples, (size * steps if layer.spiking else 0) + SLACK), np.int32)
    flags = np.zeros((samples, (size + 7) // 8 * 8), np.uint8)
    kernel = kernels.fire_float if layer.sums.kind == "f" else kernels.fire_fixed
    kernel(S, V, layer.bias, layer.neuron, layer.box, (index, ends, flags, trace))
    return Events(index, ends), trace
