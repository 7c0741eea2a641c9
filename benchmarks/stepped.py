"""The same network stepped in PyTorch: the plain loop that spiking libraries run, and the loop at its best."""

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from snn import AvgPool2d, Conv2d, Identity, Integrator, Linear, Network, Population, Projection, effective_weights
from snn.neurons import LIF
from spikewright import InvalidInput


class Stepped:
    """A float32 rate network with a direct input as dense tensors, one step after the other.

    `hoist`: the constant current of the input is computed once instead of in every step.
    """

    def __init__(self, network: Network, *, hoist: bool) -> None:
        if network.numbers != "float32" or not network.code.graded or network.schedule != "synchronous":
            raise InvalidInput("expected a synchronous float32 network with a direct input")
        self.network, self.hoist = network, hoist
        self.weights = {q.name: _weights(q) for q in network.projections}
        self.bias = {p.name: _field(p, p.bias) for p in network.populations}
        self.initial = {p.name: _field(p, p.initial) for p in network.populations}
        self.threshold = {p.name: _field(p, getattr(p.neuron, "threshold", 0.0)) for p in network.populations}

    @torch.inference_mode()
    def logits(self, images: np.ndarray, batch_size: int = 250) -> np.ndarray:
        """Potentials of the output population after the last step, `(n, classes)`."""
        batches = [torch.from_numpy(images[start : start + batch_size]) for start in range(0, len(images), batch_size)]
        return torch.cat([self._run(batch) for batch in batches]).numpy()

    def _run(self, images: Tensor) -> Tensor:
        potential = {p.name: self.initial[p.name] for p in self.network.order[1:]}
        held: dict[str, Tensor] = {}
        for _ in range(self.network.steps):
            sent = {self.network.input: images}
            for population in self.network.order[1:]:
                current = self._current(population, sent, held)
                sent[population.name] = self._step(population, potential, current)
        return potential[self.network.output]

    def _current(self, population: Population, sent: dict[str, Tensor], held: dict[str, Tensor]) -> Tensor:
        total = self.bias[population.name]
        for projection in self.network.incoming[population.name]:
            constant = self.hoist and projection.source == self.network.input
            if projection.name in held:
                total = total + held[projection.name]
                continue
            current = _send(projection, self.weights[projection.name], sent[projection.source])
            if constant:
                held[projection.name] = current
            total = total + current
        return total

    def _step(self, population: Population, potential: dict[str, Tensor], current: Tensor) -> Tensor:
        name, neuron = population.name, population.neuron
        kept = potential[name] * (1.0 - neuron.leak) if isinstance(neuron, LIF) else potential[name]
        membrane = kept + current
        if isinstance(neuron, Integrator):
            potential[name] = membrane
            return membrane
        spikes = (membrane >= self.threshold[name]).float()
        if neuron.reset == "subtract":
            potential[name] = membrane - spikes * self.threshold[name]
        else:
            potential[name] = membrane * (1.0 - spikes)
        return spikes


def _send(projection: Projection, weights: Tensor, values: Tensor) -> Tensor:
    synapse, area = projection.synapse, projection.pool[0] * projection.pool[1]
    if area > 1:
        values = functional.avg_pool2d(values, projection.pool) * area
    if isinstance(synapse, Linear):
        return functional.linear(values.flatten(1), weights)
    if isinstance(synapse, Conv2d):
        return functional.conv2d(
            values, weights, None, synapse.stride, synapse.padding, synapse.dilation, synapse.groups
        )
    if isinstance(synapse, AvgPool2d):
        size = synapse.kernel[0] * synapse.kernel[1]
        return functional.avg_pool2d(values, synapse.kernel, synapse.stride) * size * weights
    return values * weights


def _weights(projection: Projection) -> Tensor:
    synapse = projection.synapse
    if isinstance(synapse, Identity | AvgPool2d):
        return torch.as_tensor(np.asarray(synapse.gain, dtype=np.float32)).reshape(-1, 1, 1)
    return torch.from_numpy(np.ascontiguousarray(effective_weights(synapse.weights), dtype=np.float32))


def _field(population: Population, value: object) -> Tensor:
    """A scalar, per-channel or per-neuron field, shaped to meet `(batch, *shape)`."""
    array = torch.as_tensor(np.asarray(value, dtype=np.float32))
    return array.reshape(-1, 1, 1) if array.ndim == 1 and len(population.shape) == 3 else array
