"""The event engine: work proportional to spikes times surviving fan-out, population by population over chunks.

For each chunk of samples and steps and each population three things happen: what its sources sent is delivered to its sums
(`delivering`), the neurons answer with events (`answering`; a spiking max-pool does both at once, `gating`), and these are
sent (`sending`): recorded, disturbed on their way, and kept for whoever asks later.

Exact: in fixed point bit for bit the law of `snn.neurons`, whatever the number of threads or the batch size. In float32
the inputs of one step are summed in an order that the route fixes: source by source in the order of pixels and channels, each
count times its weight in one rounding where the processor does so (dots), 32 neighbouring sources after the other, every second
of them by itself, as the processor's tiles do (`snn.kernels.tiles`), or in the order of the spikes, eight rows at a time;
everything else is as the law says. Which route that is depends on the network, on the processor and on the sample alone.
"""

import numpy as np

from spikewright.snn.activity import Activity
from spikewright.snn.event.answering import answer, answer_values
from spikewright.snn.event.buffers import Buffers
from spikewright.snn.event.chunk import Array, Chunk
from spikewright.snn.event.delivering import Delivery
from spikewright.snn.event.gating import gate
from spikewright.snn.event.input import SpikeInput
from spikewright.snn.event.ledger import Ledger
from spikewright.snn.event.leveling import LevelFiring
from spikewright.snn.event.masking import MaskedFiring
from spikewright.snn.event.populations import Compiled, CompiledNeurons
from spikewright.snn.event.prepared import FEW_SAMPLES, prepared_for
from spikewright.snn.event.sending import Sender
from spikewright.snn.event.stopping import has_decided
from spikewright.snn.event.threads import over_chunks
from spikewright.snn.kernels.events import Events
from spikewright.snn.simulation import Request


class EventRun:
    """One simulation: the compiled populations and what is recorded. Threads share it and write to samples of their own."""

    def __init__(self, request: Request) -> None:
        self.request, self.network = request, request.network
        self.ledger = Ledger(request)
        common = prepared_for(request, self.ledger)
        self.pieces = common.pieces
        self.idle = common.idle if request.batch <= FEW_SAMPLES else None
        self.delivery = Delivery(self.network, self.ledger)
        self.masked = MaskedFiring(self.network, common.masked, self.delivery)
        self.leveled = LevelFiring(common.leveled, self.delivery)
        self.input = SpikeInput(request, common.public[self.network.input])
        self.sender = Sender(request, self.ledger, common.public)

    def activity(self) -> Activity:
        """Simulate all samples."""
        over_chunks(self.request.batch, self.pieces.at_once, self._samples, self.idle)
        return self.ledger.activity("event")

    def _samples(self, samples: slice, buffers: Buffers) -> None:
        """Simulate some samples, a chunk of steps at a time, until all are through or have decided."""
        chunk = Chunk(np.arange(samples.start, samples.stop), buffers)
        chunk.past = self.pieces.histories(chunk.count)
        for chunk.steps in self.pieces.chunks:
            self._advance(chunk)
            if self.network.decision is not None:
                self._decide(chunk)
                if not chunk.count:
                    return

    def _advance(self, chunk: Chunk) -> None:
        """All populations over the steps at hand; those of a circle in turn over a few of them."""
        whole = chunk.steps
        chunk.begin()
        self.sender.send(self.network.input, self.input.events(chunk), chunk)
        for group, populations in self.pieces.groups:
            for chunk.steps in group.pieces(whole):
                for population in populations:
                    self._step(population, chunk)
            chunk.steps = whole

    def _step(self, population: Compiled, chunk: Chunk) -> None:
        """A population over the steps at hand: deliver, answer, send."""
        chunk.buffers.check()
        if isinstance(population, CompiledNeurons) and self.masked.serves(population, chunk):
            self.sender.send_masks(population.name, self.masked.fire(population, chunk), chunk)
            return
        if isinstance(population, CompiledNeurons) and self.leveled.serves(population):
            self.sender.send_levels(population.name, self.leveled.fire(population, chunk), chunk)
            return
        events, trace = self._answer(population, chunk, self.ledger.wants_potentials(population.name))
        self.ledger.potentials(population.name, population.public, trace, chunk.samples, chunk.steps)
        self.sender.send(population.name, events, chunk)

    def _answer(self, population: Compiled, chunk: Chunk, traced: bool) -> tuple[Events, Array]:
        """What a population sends and, where `traced`, its potentials."""
        if isinstance(population, CompiledNeurons):
            events = None if traced else answer_values(self.network, population, chunk, self.ledger)
            if events is not None:
                return events, np.empty((0, 0, 0), population.types.potentials)
            sums = self.delivery.sums(population, chunk)
            return answer(self.network, population, sums, chunk, traced)
        return gate(population, chunk, self.ledger, traced)

    def _decide(self, chunk: Chunk) -> None:
        """Note the step of the samples that have decided, and go on without them."""
        step, output = chunk.steps.start, self.network.output
        sent = self.ledger.raster(output)[step, chunk.samples]
        potential = self.ledger.traces[output][step, chunk.samples] if output in self.ledger.traces else sent
        stops = has_decided(self.network, chunk, sent, potential)
        if stops.any():
            self.ledger.decided[chunk.samples[stops]] = step + 1
            chunk.keep(~stops)


def run(request: Request) -> Activity:
    """Simulate with the event engine."""
    return EventRun(request).activity()
