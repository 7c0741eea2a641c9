"""A network run population by population in torch, next to the activations that it stands for.

What a population has sent is kept while somebody still reads it: spikes as int8 `(steps, n, *shape)`, and `ideal`, the
activations `(n, *shape)` divided by the amplitude, which a count divided by the steps should equal.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from spikewright.conversion.calibration.tallying import DTYPE, SpikeTally, is_compiled, tallied
from spikewright.conversion.reading.activations import RELU, ActivationLaw
from spikewright.snn import Network, Population, Projection
from spikewright.snn.twin.codes import encode
from spikewright.snn.twin.neurons import TwinCell, TwinGate, TwinLaw
from spikewright.snn.twin.surrogates import Triangle
from spikewright.snn.twin.synapses import Path, as_column

BATCH_VALUES = 32_000_000
"""Values of one population over all steps that are worked on at once."""


@dataclass(frozen=True, eq=False)
class Response:
    """What a population did: `rate (n, *shape)`, its count divided by the steps (an Integrator: its potential divided
    by them), `sent` int8 `(steps, n, *shape)`, and the `potential (n, *shape)` that is left.
    """

    rate: Tensor
    sent: Tensor
    potential: Tensor


@dataclass(frozen=True, eq=False)
class Start:
    """How neurons begin, sample by sample: `potential (b, *shape)` instead of their own, and who may send, `awake` 0 or 1."""

    potential: Tensor | None = None
    awake: Tensor | None = None


class LayerRun:
    """The populations of `network` that have been run on `images (n, *shape)` so far, in the order of the network.

    Needs a code with a held input (`Direct`) and no delays. `activations`: the law behind each population that has one,
    a ReLU where nothing is said. `biases`: those of the model, the network's own unless they are replaced.
    """

    def __init__(self, network: Network, images: Tensor, activations: Mapping[str, ActivationLaw]) -> None:
        self.network, self.activations = network, activations
        self.biases = {p.name: p.bias for p in network.populations}
        self.steps, self.count = network.steps, len(images)
        self._gathers = network.schedule == "layerwise"
        self._always = network.code.charge_steps == network.steps  # whether what is held flows in every step
        self.law = TwinLaw(network, DTYPE, Triangle(), detach_reset=True)
        self.paths = {q.name: Path(network, q, DTYPE) for q in network.projections}
        self.tuned = dict(self.paths)
        held = encode(network, images, DTYPE)[0].detach()
        self.held, self.sent, self.ideal = {network.input: held}, dict[str, Tensor](), {network.input: held}
        self._left = {p.name: sum(q.source == p.name for q in network.projections) for p in network.populations}

    def parts(self, population: Population, span: slice | None = None) -> list[slice]:
        """The samples (of a span) in batches that keep the values of the population and of its sources in bounds."""
        first, last = (0, self.count) if span is None else (span.start, span.stop)
        sizes = [
            population.size,
            *(self.network.by_name[q.source].size for q in self.network.incoming[population.name]),
        ]
        size = max(1, BATCH_VALUES // (max(sizes) * self.steps))
        return [slice(start, min(start + size, last)) for start in range(first, last, size)]

    def drive(self, population: Population, part: slice) -> Tensor:
        """What flows in without the bias: `(steps, b, *shape)`, or `(1, b, *shape)` for a layer that gathers first.

        A gate has the largest counts of its windows up to each step instead.
        """
        first, *others = self.network.incoming[population.name]
        total = self._arriving(first, part)
        for projection in others:
            total = total + self._arriving(projection, part)
        return total if self._gathers else total.expand(self.steps, *total.shape[1:])

    def distinct_rows(self, population: Population) -> int:
        """How many rows of a drive lie in memory: one where it enters at once, or is the same in every step."""
        sources = [q.source for q in self.network.incoming[population.name]]
        return 1 if self._gathers or (self._always and all(name in self.held for name in sources)) else self.steps

    def _arriving(self, projection: Projection, part: slice) -> Tensor:
        gathers = self._gathers
        path, code = self.tuned[projection.name], self.network.code
        if projection.source in self.held:
            once: Tensor = path(self.held[projection.source][part])
            if gathers:
                return once[None] * code.charge_steps
            if self._always:
                return once[None]
            flows = torch.tensor([float(code.charged(step)) for step in range(self.steps)])
            return once[None] * flows.reshape(-1, *[1] * once.ndim)
        sent = self.sent[projection.source][:, part].to(DTYPE)
        if self.network.by_name[projection.target].neuron.compares:
            sent = sent.cumsum(0)
            sent = sent[-1:] if gathers else sent
        elif gathers:
            sent = sent.sum(0, keepdim=True)
        sums: Tensor = path(sent.flatten(0, 1))
        return sums.reshape(len(sent), -1, *sums.shape[1:])

    def answer(self, population: Population, drive: Tensor, start: Start | None = None) -> Response:
        """The law of the population, exactly, for `drive (steps, b, *shape)` (layerwise `(1, b, *shape)`)."""
        if population.neuron.compares:
            return self._gated(population, drive)
        start = start or Start()
        compiled = start.awake is None and is_compiled(population.neuron)
        done = (
            self._tallied(population, drive, start, kept=True) if compiled else self._stepped(population, drive, start)
        )
        whole = done.potential if population.neuron.sends == "nothing" else done.counts
        return Response(whole / self.network.code.charge_steps, done.sent, done.potential)

    def rate(self, population: Population, drive: Tensor) -> Tensor:
        """The rate of `answer` alone, `(b, *shape)`; compiled neurons need not tell their spikes for it."""
        if not is_compiled(population.neuron):
            return self.answer(population, drive).rate
        return self._tallied(population, drive, Start(), kept=False).counts / self.network.code.charge_steps

    def _tallied(self, population: Population, drive: Tensor, start: Start, *, kept: bool) -> SpikeTally:
        begin = as_column(population.initial, population.shape, DTYPE).expand(drive.shape[1:])
        return tallied(
            self.network, population, drive, begin if start.potential is None else start.potential, kept=kept
        )

    def _stepped(self, population: Population, drive: Tensor, start: Start) -> SpikeTally:
        """The same by the twin, a step at a time."""
        cell = TwinCell(self.law, population, drive.shape[1])
        cell.potential = cell.potential if start.potential is None else start.potential
        sent = torch.zeros((self.steps, *drive.shape[1:]), dtype=torch.int8)
        counts = torch.zeros(drive.shape[1:], dtype=DTYPE)
        for step in range(self.steps):
            fired = cell.step(self._inflow(population, drive, step), step)
            sent[step] = fired if start.awake is None else fired * start.awake
            counts += sent[step]
        return SpikeTally(counts, sent, cell.potential)

    def _inflow(self, population: Population, drive: Tensor, step: int) -> Tensor:
        """Drive and bias of a step; layerwise all of it in the first."""
        bias = as_column(population.bias, population.shape, DTYPE)
        if self._gathers:
            return drive[0] + bias * self.network.code.charge_steps if step == 0 else torch.zeros_like(drive[0])
        return drive[step] + bias if self.network.code.charged(step) else drive[step]

    def _gated(self, population: Population, largest: Tensor) -> Response:
        gate = TwinGate(self.law, population)
        sent = torch.stack([gate.step(largest[step if len(largest) > 1 else 0]) for step in range(self.steps)])
        return Response(sent.sum(0) / self.network.code.charge_steps, sent.to(torch.int8), largest[-1])

    def truth(self, population: Population, part: slice) -> Tensor:
        """The activations `(b, *shape)` that the population stands for, in its amplitude."""
        amplitude = self.amplitude(population)
        first, *others = self.network.incoming[population.name]
        total: Tensor = self.paths[first.name](self.ideal[first.source][part])
        for q in others:
            total = total + self.paths[q.name](self.ideal[q.source][part])
        if population.neuron.compares:
            return total
        total = total + as_column(self.biases[population.name], population.shape, DTYPE)
        if population.neuron.sends == "nothing":
            return total
        return self.activations.get(population.name, RELU).act(total) / amplitude

    def amplitude(self, population: Population) -> Tensor:
        """What one of all that it sends stands for, () or a column of its channels."""
        value = 1.0 if population.amplitude is None else population.amplitude
        return as_column(value, population.shape, DTYPE)

    def keep(self, population: Population, sent: Tensor, ideal: Tensor) -> None:
        """Go on to the next population: note what this one sends, and drop what nobody reads any more."""
        name = population.name
        self.sent[name], self.ideal[name] = sent, ideal
        for projection in self.network.incoming[name]:
            self._left[projection.source] -= 1
            if not self._left[projection.source]:
                for kept in (self.sent, self.ideal, self.held):
                    kept.pop(projection.source, None)

    def run(self, population: Population, drives: Iterable[Tensor] | None = None) -> tuple[Tensor, Tensor]:
        """Rates and ideal rates of all samples, `(n, *shape)` each; the population is kept.

        `drives`: what flows in, where it is known already, batches of samples in their order.
        """
        arriving = (self.drive(population, part) for part in self.parts(population)) if drives is None else drives
        answers = [self.answer(population, drive) for drive in arriving]
        ideal = torch.cat([self.truth(population, part) for part in self.parts(population)])
        self.keep(population, torch.cat([one.sent for one in answers], 1), ideal)
        return torch.cat([one.rate for one in answers]), ideal
