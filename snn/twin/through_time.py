"""A run of the differentiable twin in time: every population, step by step, in torch."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor

from spikewright.snn.network import Network
from spikewright.snn.populations import Population
from spikewright.snn.projections import Projection
from spikewright.snn.traits import answered, is_timed, sent
from spikewright.snn.twin.codes import encode
from spikewright.snn.twin.neurons import TwinCell, TwinGate, TwinLaw, quantise, ramp
from spikewright.snn.twin.synapses import Path, as_column

Paths = Mapping[str, Path]


@dataclass(eq=False)
class TwinRun:
    """What every population has sent, by step `(batch, *shape)` (one entry where it is held or sent once), and the state."""

    law: TwinLaw
    paths: Paths
    images: Tensor
    sent: dict[str, list[Tensor]] = field(default_factory=dict)
    biases: dict[str, Tensor] = field(default_factory=dict)
    """Bias currents as columns where they are not those of the records: parameters of a training, say."""

    def __post_init__(self) -> None:
        network, batch = self.law.network, len(self.images)
        self.held = held_populations(network)
        self.sent = {p.name: [] for p in network.populations}
        self.sent[network.input] = list(encode(network, self.images, self.law.dtype))
        inner = network.order[1:]
        self.gates = {p.name: TwinGate(self.law, p) for p in inner if p.neuron.compares}
        self.cells = {p.name: TwinCell(self.law, p, batch) for p in inner if p.neuron.potential == "kept"}
        # Without delays nothing runs in a circle: a population may take all its steps before the next.
        self.whole = network.schedule == "layerwise" or not any(q.delay for q in network.projections)
        self._known: dict[str, Tensor] = {}
        self._by_step: dict[str, tuple[Tensor, ...]] = {}
        self._currents: dict[str, Tensor] = {}
        self.potential = self.images

    def __call__(self) -> Tensor:
        """Raw logits `(batch, classes)`."""
        steps, inner = range(self.law.network.steps), self.law.network.order[1:]
        if self.whole:
            for population in inner:
                for step in steps:
                    self._advance(population, step)
        else:
            for step in steps:
                for population in inner:
                    self._advance(population, step)
        logits: Tensor = answered(self.law.network, self._answer().reshape(len(self.images), -1))
        return logits

    def total(self, name: str) -> Tensor:
        """All that a population has sent, each spike with the weight of its step."""
        code = self.law.network.code
        if name in self.held:
            return self.sent[name][0] * code.charge_steps
        sent, neuron = self.sent[name], self.law.network.by_name[name].neuron
        if code.inside == "step weights" or neuron.step_factors:
            sent = [one * (code.weight(step) * neuron.step_factor(step)) for step, one in enumerate(sent)]
        return torch.stack(sent).sum(dim=0)

    def _answer(self) -> Tensor:
        network = self.law.network
        if network.readout == "potential":
            return self.potential
        if network.readout == "count" or is_timed(network):
            return self.total(network.output)
        spikes = torch.stack(self.sent[network.output])
        # A neuron has fired by a step unless it was silent in all steps so far: smooth in every spike up to the first.
        return (1 - torch.cumprod(1 - spikes, dim=0)).sum(dim=0)

    def _advance(self, population: Population, step: int) -> None:
        if population.name in self.held and step:
            return
        fired, potential = self._step(population, step)
        self.sent[population.name].append(self._let_through(population, fired))
        if population.name == self.law.network.output:
            self.potential = potential

    def _let_through(self, population: Population, fired: Tensor) -> Tensor:
        """Under some codes hidden neurons send their first spikes only."""
        limit = self.law.network.code.hidden_limit
        if limit is None or population.name == self.law.network.output or not population.neuron.fires:
            return fired
        left = limit - sum(one.detach() for one in self.sent[population.name])
        return torch.where(fired <= left, fired, left + torch.zeros_like(fired))

    def _step(self, population: Population, step: int) -> tuple[Tensor, Tensor]:
        """What the neurons send, and their potentials."""
        law, name = self.law, population.name
        if population.neuron.compares:
            m = self._largest(population, step)
            return (m, m) if name in self.held else (self.gates[name].step(m), m)
        S = self._sums(population, step)
        if population.neuron.sends == "values":
            return quantise(law, population, S)
        if is_timed(law.network):
            return ramp(law, population, S)
        cell = self.cells[name]
        weight = law.network.code.weight(step)
        fired = cell.step((S if weight == 1 else S * weight) + self._bias(population, step), step)
        return fired, cell.potential

    def _sums(self, population: Population, step: int) -> Tensor:
        """S of a step; layerwise that of the whole run in the first, and nothing later."""
        if self.law.network.schedule == "layerwise" and step:
            return self.images.new_zeros((), dtype=self.law.dtype)
        incoming = self.law.network.incoming[population.name]
        if population.neuron.latches:
            return self._latched(population, step)
        first, *others = incoming
        total = self._arriving(first, step)
        for projection in others:
            total = total + self._arriving(projection, step)
        return total

    def _latched(self, population: Population, step: int) -> Tensor:
        """Currents of all spikes so far, and the direct input of the step."""
        nothing = self.images.new_zeros((), dtype=self.law.dtype)
        total, held = self._currents.get(population.name, nothing), nothing
        for projection in self.law.network.incoming[population.name]:
            arriving = self._arriving(projection, step)
            if projection.source in self.held:
                held = held + arriving
            else:
                total = total + arriving
        self._currents[population.name] = total
        return total + held

    def _arriving(self, projection: Projection, step: int) -> Tensor:
        """What a projection brings in a step; what is held, and what is known of all steps, is worked out once."""
        network, name, source = self.law.network, projection.name, projection.source
        layerwise = network.schedule == "layerwise"
        if source in self.held:
            if name not in self._known:
                self._known[name] = self.paths[name](self.sent[source][0])
            times = network.code.charge_steps if layerwise else int(network.code.charged(step))
            return self._known[name] if times == 1 else self._known[name] * times
        if layerwise:
            return self._through(projection, self.total(source))
        if self.whole:
            if name not in self._by_step:
                sums = self._through(projection, torch.cat(self.sent[source]))
                self._by_step[name] = sums.reshape(-1, len(self.images), *sums.shape[1:]).unbind()
            return self._by_step[name][step]
        if step >= projection.delay:
            return self._through(projection, self.sent[source][step - projection.delay])
        shape = network.by_name[projection.target].shape
        return torch.zeros((len(self.images), *shape), dtype=self.law.dtype)

    def _through(self, projection: Projection, values: Tensor) -> Tensor:
        sums: Tensor = self.paths[projection.name](values)
        return sums

    def _bias(self, population: Population, step: int) -> Tensor:
        code = self.law.network.code
        if population.name not in self.biases:
            self.biases[population.name] = as_column(population.bias, population.shape, self.law.dtype)
        bias = self.biases[population.name]
        if self.law.network.schedule == "layerwise":
            return bias * (0 if step else code.charge_steps)
        return bias if code.charged(step) else bias * 0

    def _largest(self, gate: Population, step: int) -> Tensor:
        """The largest count of each window up to this step, layerwise of the whole run; of held values the largest."""
        total = torch.zeros((len(self.images), *gate.shape), dtype=self.law.dtype)
        for projection in self.law.network.incoming[gate.name]:
            total = total + self._through(projection, self._count(projection.source, step))
        return total

    def _count(self, source: str, step: int) -> Tensor:
        """What a neuron has sent so far, not weighted."""
        sent = self.sent[source]
        last = 1 if source in self.held else len(sent) if self.law.network.schedule == "layerwise" else step + 1
        return torch.stack(sent[:last]).sum(dim=0)


def held_populations(network: Network) -> set[str]:
    """The populations that send one value, held for the whole run or sent once."""
    return {p.name for p in network.populations if sent(network, p).once}
