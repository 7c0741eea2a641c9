"""A network whose neurons are those of another torch library: the shared way through layers and steps.

Synapses are torch's own operators in float32, as in any network that is written with such a library. Every layer runs over
all steps before the next one begins, which is the synchronous schedule of a network without loops; an input that is held for
the whole run is convolved once. Max-pooling (`MaxGate`) is no neuron of any of these libraries: it is carried by a wrapper of
ours around torch's max-pooling of the counts so far, and sends their change.
"""

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor, nn

from spikewright.snn.fixed.bounds import largest_sent
from spikewright.snn.interop.tools import CARRIED, Outcome, check_records, emitted, spiking
from spikewright.snn.network import Network, Population
from spikewright.snn.neurons import Integrator, MaxGate, Source
from spikewright.snn.twin.synapses import Path


class Cell(Protocol):
    """One population's neurons in another library."""

    def start(self, initial: Tensor) -> None:
        """Begin with the potential `initial (batch, *shape)`."""

    def step(self, drive: Tensor) -> Tensor:
        """Spikes 0 or 1 of the step whose input is `drive` = S + b, the shape of both `(batch, *shape)`."""

    def potential(self) -> Tensor:
        """V after the last step and its reset, in the units of the network."""


MakeCell = Callable[[Population], Cell]


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


class Stepped(nn.Module):
    """`stepped(images)` -> `Outcome`; `images (batch, *input shape)`, array or CPU tensor. No gradients.

    `make_cell` gives the neurons of a population that fires, and raises InvalidNetwork where the law is another one.
    """

    def __init__(self, tool: str, network: Network, make_cell: MakeCell) -> None:
        super().__init__()
        check_records(network, tool, more=CARRIED)
        self.tool, self.network = tool, network
        self._paths = {q.name: Path(network, q, torch.float32) for q in network.projections}
        inner = [p for p in network.order if not isinstance(p.neuron, Source | MaxGate)]
        self._cells = {p.name: Accumulator() if isinstance(p.neuron, Integrator) else make_cell(p) for p in inner}
        keys = {name: name.replace(".", "/") for name in (*self._paths, *self._cells)}
        self.synapses = nn.ModuleDict({keys[name]: path for name, path in self._paths.items()})
        modules = {keys[name]: getattr(cell, "module", None) for name, cell in self._cells.items()}
        self.neurons = nn.ModuleDict({key: module for key, module in modules.items() if isinstance(module, nn.Module)})

    @torch.no_grad()
    def forward(self, images: Any) -> Outcome:
        """Run all steps of the network's code."""
        network = self.network
        sent = {network.input: torch.from_numpy(emitted(network, images)).float()}
        for population in network.order[1:]:
            gate = isinstance(population.neuron, MaxGate)
            sent[population.name] = (
                self._gate(population, sent) if gate else self._run(population, self._drives(population, sent))
            )
        counts = {p.name: sent[p.name].sum(dim=0).numpy().astype(np.int64) for p in spiking(network)}
        return Outcome(self.tool, counts, self._cells[network.output].potential().numpy())

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

    def _run(self, population: Population, driven: Tensor) -> Tensor:
        cell = self._cells[population.name]
        cell.start(column(population.initial, population).expand(driven.shape[1:]).clone())
        return torch.stack([cell.step(now) for now in driven])


def column(value: Any, population: Population) -> Tensor:
    """A scalar, `(channels,)` or full value as float32 that broadcasts against `(batch, *shape)`."""
    tensor = torch.tensor(np.asarray(value, dtype=np.float32))
    return tensor.reshape(-1, *[1] * (len(population.shape) - 1)) if tensor.ndim == 1 else tensor
