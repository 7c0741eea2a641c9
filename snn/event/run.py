"""The event engine: work proportional to spikes times surviving fan-out, layer by layer over chunks of samples and steps.

Exact: in fixed point bit for bit the law of `snn.neurons`, whatever the number of threads or the batch size. In float32
the inputs of one step are summed in the order of the spikes, eight rows at a time; everything else is as the law says.
"""

import numpy as np

from spikewright.snn.activity import Activity
from spikewright.snn.codes import charge_steps, charged
from spikewright.snn.event import answers
from spikewright.snn.event.buffers import Buffers
from spikewright.snn.event.chunk import Chunk
from spikewright.snn.event.input import Input
from spikewright.snn.event.layer import Array, Layer, compiled_layers
from spikewright.snn.event.pieces import pieces_of
from spikewright.snn.event.routes import Route, add_graded, add_spikes
from spikewright.snn.event.sending import Sender
from spikewright.snn.event.stopping import has_decided
from spikewright.snn.event.threads import over_chunks
from spikewright.snn.kernels.events import Events
from spikewright.snn.kernels.fire_few import weighted_sum
from spikewright.snn.kernels.ledger import Ledger
from spikewright.snn.network import Projection
from spikewright.snn.neurons import FewSpikeIF, LatchedIF
from spikewright.snn.simulation import Request


class Run:
    """One simulation: the compiled layers and what is recorded. Threads share it and write to samples of their own."""

    def __init__(self, request: Request) -> None:
        self.request, self.network = request, request.network
        self.layers = compiled_layers(self.network, request.noise)
        self.gather = self.network.schedule == "layerwise"
        self.ledger = Ledger(request)
        self.input = Input(request)
        self.pieces = pieces_of(request, self.layers)
        self.sender = Sender(request, self.ledger, self.pieces.remembered)
        self.sender.knows(self.network.input, self.input.public)
        for layer in self.layers:
            self.sender.knows(layer.name, layer.public)

    def activity(self) -> Activity:
        """Simulate all samples."""
        over_chunks(self.request.batch, self.pieces.at_once, self._samples)
        return self.ledger.activity("event")

    def _samples(self, samples: slice, buffers: Buffers) -> None:
        """Simulate some samples, a chunk of steps at a time, until all are through or have decided."""
        chunk = Chunk(np.arange(samples.start, samples.stop), buffers)
        for chunk.steps in self.pieces.chunks:
            self._advance(chunk)
            if self.network.decision is not None:
                self._decide(chunk)
                if not chunk.count:
                    return

    def _advance(self, chunk: Chunk) -> None:
        """All layers over the steps at hand; those of a circle in turn over a few of them."""
        whole = chunk.steps
        self.sender.begin(chunk, self.pieces.longest)
        self.sender.send(self.network.input, self.input.events(chunk), chunk)
        for group, layers in self.pieces.groups:
            for chunk.steps in group.pieces(whole):
                for layer in layers:
                    self._step(layer, chunk)
            chunk.steps = whole

    def _step(self, layer: Layer, chunk: Chunk) -> None:
        """A population over the steps at hand."""
        chunk.buffers.check()
        answers_by_potential = layer.name == self.network.output and self.network.readout == "potential"
        traced = answers_by_potential or "potentials" in self.request.record
        events, trace = self._answer(layer, chunk, traced)
        self.ledger.potentials(layer, trace, chunk.samples, chunk.steps)
        self.sender.send(layer.name, events, chunk)

    def _decide(self, chunk: Chunk) -> None:
        step, output = chunk.steps.start, self.network.output
        sent = self.ledger.raster(output)[step, chunk.samples]
        potential = self.ledger.traces[output][step, chunk.samples] if output in self.ledger.traces else sent
        stops = has_decided(self.network, chunk, sent, potential)
        if stops.any():
            self.ledger.decided[chunk.samples[stops]] = step + 1
            chunk.keep(~stops)

    def _answer(self, layer: Layer, chunk: Chunk, traced: bool) -> tuple[Events, Array]:
        """What a population sends and, where `traced`, its potentials."""
        if layer.kind in ("gate", "graded gate"):
            operations = np.zeros((len(layer.plans), chunk.count), np.int64)
            arriving = [(plan, chunk.arriving(q.source, 0), operations[n]) for n, (q, plan) in enumerate(layer.plans)]
            through = answers.gate if layer.kind == "gate" else answers.graded_gate
            answer = through(layer, arriving, chunk, traced)
            for (q, _), count in zip(layer.plans, operations, strict=True):
                self.ledger.operations[q.name][chunk.samples] += count
            return answer
        S = self._sums(layer, chunk)
        if layer.kind == "quantised":
            return answers.quantise(layer, S, chunk, traced)
        return answers.fire(self.network, layer, S, chunk, traced)

    def _sums(self, layer: Layer, chunk: Chunk) -> Array:
        """The planes of summed inputs: one for each step, or a single one where it serves them all."""
        start, plane = self._constant(layer, chunk), None
        latched = isinstance(layer.population.neuron, LatchedIF)
        if (self._cut(chunk) or latched) and start.shape[2]:  # not in all planes, or added when currents are summed up
            start, plane = start[:, :, :0], start
        arriving = [(q, plan, chunk.arriving(q.source, q.delay)) for q, plan in layer.plans]
        spiking = [(q, plan, events) for q, plan, events in arriving if not events.graded]
        if not spiking and start.shape[2]:
            return start
        planes = chunk.length if spiking or plane is not None else 1
        S = chunk.take(layer.name, "S", (1 if self.gather else planes, layer.size), layer.sums)
        if not spiking:
            S[:] = 0
        for number, (projection, plan, events) in enumerate(spiking):
            chunk.buffers.check()
            operations = np.zeros(chunk.count, np.int64)
            begin = start if number == 0 else None
            if isinstance(self.network.by_name[projection.source].neuron, FewSpikeIF):
                self._add_few(S, begin, projection, plan, chunk, operations)
            else:
                add_spikes(S, begin, events, plan, operations, chunk.buffers)
            self.ledger.operations[projection.name][chunk.samples] += operations
        if latched and spiking:
            held = chunk.remember(layer.name, "held", (layer.size,), layer.sums)
            S[:, 0] += held
            np.cumsum(S, axis=1, out=S)
            held[:] = S[:, -1]
        if plane is not None:
            S[:, : charge_steps(self.network.code) - chunk.steps.start] += plane
        return S

    def _add_few(
        self, S: Array, start: Array | None, projection: Projection, route: Route, chunk: Chunk, operations: Array
    ) -> None:
        """Add the spikes of FewSpikeIF neurons to the one plane of S, each with the amplitude of its step."""
        neuron = self.network.by_name[projection.source].neuron
        assert isinstance(neuron, FewSpikeIF)
        if start is not None:
            S[:] = start if start.shape[2] else 0
        planes = chunk.take(projection.name, "few", (chunk.length, S.shape[2]), S.dtype)
        events = chunk.arriving(projection.source, 0)  # layerwise networks have no delays
        add_spikes(planes, S[:, :1, :0], events, route, operations, chunk.buffers)
        weighted_sum(planes, neuron.amplitudes, chunk.steps.start, S)

    def _cut(self, chunk: Chunk) -> bool:
        """Whether a direct input ends within the steps at hand; chunks avoid it where they can."""
        return not self.gather and chunk.steps.start < charge_steps(self.network.code) < chunk.steps.stop

    def _constant(self, layer: Layer, chunk: Chunk) -> Array:
        """The plane of the graded projections, which are delivered once; of no size without any or when nothing flows."""
        graded = [(q, plan) for q, plan in layer.plans if not q.delay and chunk.sent[q.source].graded]
        code = self.network.code
        if not graded or not charged(code, chunk.steps.start):
            return chunk.take(layer.name, "nothing", (1, 0), layer.sums)
        if (layer.name, "constant") in chunk.state:
            return chunk.state[layer.name, "constant"]
        plane = chunk.remember(layer.name, "constant", (1, layer.size), layer.sums)
        for projection, plan in graded:
            events, operations = chunk.sent[projection.source], np.zeros(chunk.count, np.int64)
            add_graded(plane, events, plan, operations)
            self.ledger.operations[projection.name][chunk.samples] += operations
        if self.gather:
            plane *= plane.dtype.type(charge_steps(code))
        return plane


def run(request: Request) -> Activity:
    """Simulate with the event engine."""
    return Run(request).activity()
