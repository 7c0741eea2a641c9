"""A network whose neurons are those of another torch library: the shared way through layers and steps.

Synapses are torch's own operators in float32, as in any network that is written with such a library. Every layer runs over
all steps before the next one begins, which is the synchronous schedule of a network without loops; an input that is held for
the whole run is convolved once. Max-pooling (`MaxGate`) is no neuron of any of these libraries: it is carried by a wrapper of
ours around torch's max-pooling of the counts so far, and sends their change.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor, nn

from spikewright.snn.fixed.bounds import largest_sent
from spikewright.snn.interop.tools import CARRIED, Outcome, check_records, emitted, refused, spiking
from spikewright.snn.network import Network
from spikewright.snn.neurons import Integrator
from spikewright.snn.populations import Population
from spikewright.snn.twin.synapses import Path


class ForeignNeurons(Protocol):
    """One population's neurons in another library."""

    def start(self, initial: Tensor) -> None:
        """Begin with the potential `initial (batch, *shape)`."""

    def step(self, drive: Tensor) -> Tensor:
        """Spikes 0 or 1 of the step whose input is `drive` = S + b, the shape of both `(batch, *shape)`."""

    def potential(self) -> Tensor:
        """V after the last step and its reset, in the units of the network."""


NeuronRules = Mapping[type, Callable[[Population], ForeignNeurons]]
"""Record of a neuron -> what makes the neurons of a population of it, in another library."""


class Accumulator:
    """An `Integrator`: no library has it under a name, and it needs none. U = V + drive."""

    def start(self, initial: Tensor) -> None:
        """Begin with the potential `initial`."""
        self._potential = initial

    def step(self, drive: Tensor) -> Tensor:
        """Add `drive`; it never fires."""
        self._potential = self._potential + drive
        return torch.zeros_like(drive)

    def potential(self) -> Tensor:
        """The sum so far."""
        return self._potential


OURS: NeuronRules = MappingProxyType({Integrator: lambda population: Accumulator()})


class Stepped(nn.Module):
    """`stepped(images)` -> `Outcome`; `images (batch, *input shape)`, array or CPU tensor. No gradients.

    `rules` make the neurons of a `tool`; a neuron without a rule is refused, and `known` says what is compared.
    """

    def __init__(self, tool: str, network: Network, rules: NeuronRules, known: str) -> None:
        super().__init__()
        check_records(network, tool, more=CARRIED)
        self.tool, self.network, self._rules, self._known = tool, network, {**OURS, **rules}, known
        self._paths = {q.name: Path(network, q, torch.float32) for q in network.projections}
        self._neurons = {p.name: self._made(p) for p in network.order[1:] if not p.neuron.compares}
        keys = {name: name.replace(".", "/") for name in (*self._paths, *self._neurons)}
        self.synapses = nn.ModuleDict({keys[name]: path for name, path in self._paths.items()})
        modules = {keys[name]: getattr(made, "module", None) for name, made in self._neurons.items()}
        self.neurons = nn.ModuleDict({key: module for key, module in modules.items() if isinstance(module, nn.Module)})

    def _made(self, population: Population) -> ForeignNeurons:
        rule = self._rules.get(type(population.neuron))
        if rule is None:
            raise refused(population, self.tool, self._known)
        return rule(population)

    @torch.no_grad()
    def forward(self, images: Any) -> Outcome:
        """Run all steps of the network's code."""
        network = self.network
        sent = {network.input: torch.from_numpy(emitted(network, images)).float()}
        for population in network.order[1:]:
            gate = population.name not in self._neurons
            sent[population.name] = (self._gate if gate else self._run)(population, sent)
        counts = {p.name: sent[p.name].sum(dim=0).numpy().astype(np.int64) for p in spiking(network)}
        return Outcome(self.tool, counts, self._neurons[network.output].potential().numpy())

    def _drives(self, population: Population, sent: dict[str, Tensor]) -> Tensor:
        """S + b of every step; layerwise that of the whole window in the first step and nothing afterwards."""
        steps, bias = self.network.steps, column(population.bias, population)
        total = torch.zeros(())
        for projection in self.network.incoming[population.name]:
            total = total + self._through(projection.name, sent[projection.source])
        if self.network.schedule == "synchronous":
            return (total + bias).expand(steps, *total.shape[1:])
        whole = total + steps * bias
        return torch.cat([whole, whole.new_zeros(steps - 1, *whole.shape[1:])])

    def _gate(self, gate: Population, sent: dict[str, Tensor]) -> Tensor:
        """The change of the largest count of each window; layerwise of the whole run, at most `most` in a step."""
        total = torch.zeros(())
        for projection in self.network.incoming[gate.name]:
            counts = sent[projection.source].cumsum(dim=0)
            largest = self._paths[projection.name](counts.flatten(0, 1))
            total = total + largest.reshape(*counts.shape[:2], *largest.shape[1:])
        if self.network.schedule == "synchronous":
            return torch.diff(total, dim=0, prepend=torch.zeros_like(total[:1]))
        most = largest_sent(self.network, gate)
        return torch.stack([(total[-1] - step * most).clamp(0, most) for step in range(self.network.steps)])

    def _through(self, projection: str, values: Tensor) -> Tensor:
        """S of every step, `(steps or 1, batch, *shape)`; of the whole window when the layer gathers it first."""
        if self.network.schedule == "layerwise":
            held = len(values) != self.network.steps
            values = values.sum(dim=0, keepdim=True) * (self.network.steps if held else 1)
        sums: Tensor = self._paths[projection](values.flatten(0, 1))
        return sums.reshape(*values.shape[:2], *sums.shape[1:])

    def _run(self, population: Population, sent: dict[str, Tensor]) -> Tensor:
        """The spikes of a population in every step."""
        driven, neurons = self._drives(population, sent), self._neurons[population.name]
        neurons.start(column(population.initial, population).expand(driven.shape[1:]).clone())
        return torch.stack([neurons.step(now) for now in driven])


def column(value: Any, population: Population) -> Tensor:
    """A scalar, `(channels,)` or full value as float32 that broadcasts against `(batch, *shape)`."""
    tensor = torch.tensor(np.asarray(value, dtype=np.float32))
    return tensor.reshape(-1, *[1] * (len(population.shape) - 1)) if tensor.ndim == 1 else tensor
