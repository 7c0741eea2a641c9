"""Projections of a network as dense torch operations."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from benchmarks.dense_plan import Plan
from spikewright import InvalidInput
from spikewright.snn import AvgPool2d, Conv2d, Identity, Linear, Network, Population, Projection


class Current:
    """The input current of one population: the sum of its projections and its bias, `(batch, *shape)`.

    `scale`: what weights and biases are multiplied by, channel by channel, where the threshold is folded into them.
    """

    def __init__(self, network: Network, population: Population, plan: Plan, scale: Tensor | None) -> None:
        self.projections = network.incoming[population.name]
        self.hoisted = {q.name for q in self.projections if plan.hoist and q.source == network.input}
        self.steps_apart = {q.name for q in self.projections if not (plan.hoist and q.source == network.input)}
        self.weights = {q.name: _weights(q, plan, scale) for q in self.projections}
        bias = field(population, population.bias)
        self.bias = (bias if scale is None else bias * scale).to(plan.kind)
        first = SYNAPSES[type(self.projections[0].synapse)]
        self.fused = first.has_bias and np.ndim(population.bias) < 2

    def of(self, sent: dict[str, Tensor], held: dict[str, Tensor]) -> Tensor:
        """The current of one step; `held` keeps what does not change from step to step."""
        total: Tensor | None = None
        for projection in self.projections:
            part = held.get(projection.name)
            if part is None:
                part = self._send(projection, sent[projection.source])
            if projection.name in self.hoisted:
                held[projection.name] = part
            total = part if total is None else total + part
        return self._with_bias(total)

    def over_time(self, sent: dict[str, Tensor], axis: int, steps: int) -> Tensor:
        """The currents of all steps, with time on `axis`."""
        total: Tensor | None = None
        for projection in self.projections:
            values = sent[projection.source]
            if projection.name in self.hoisted:
                part = self._send(projection, values).unsqueeze(axis)
            else:
                part = self._send(projection, values.flatten(0, 1)).unflatten(0, values.shape[:2])
            total = part if total is None else total + part
        total = self._with_bias(total)
        return total.expand(*(steps if place == axis else size for place, size in enumerate(total.shape)))

    def _with_bias(self, total: Tensor | None) -> Tensor:
        if total is None:
            raise InvalidInput("expected at least one projection into a population")
        return total if self.fused else total + self.bias

    def _send(self, projection: Projection, values: Tensor) -> Tensor:
        """One projection of `(n, *source shape)`; the first one brings the bias where its operation has room for it."""
        synapse, weights = projection.synapse, self.weights[projection.name]
        if projection.pool != (1, 1):
            values = functional.avg_pool2d(values, projection.pool, divisor_override=1)
        bias = self.bias.flatten() if self.fused and projection is self.projections[0] else None
        bias = bias if bias is None else bias.expand(weights.shape[0])
        return SYNAPSES[type(synapse)].send(synapse, values, weights, bias)


@dataclass(frozen=True)
class DenseSynapse:
    """A kind of synapse on dense tensors. `numbers`: its weights, or its gain, of the record. `send`: of the record, values,
    numbers and a bias or None, what arrives. `has_bias`: whether its operation has room for a bias."""

    numbers: Callable[[Any], Any]
    send: Callable[[Any, Tensor, Tensor, Tensor | None], Tensor]
    has_bias: bool


def _linear(synapse: Any, values: Tensor, weights: Tensor, bias: Tensor | None) -> Tensor:
    return functional.linear(values.flatten(1), weights, bias)


def _conv(synapse: Any, values: Tensor, weights: Tensor, bias: Tensor | None) -> Tensor:
    settings = (synapse.stride, synapse.padding, synapse.dilation, synapse.groups)
    return functional.conv2d(values, weights, bias, *settings)


def _pool(synapse: Any, values: Tensor, gain: Tensor, bias: Tensor | None) -> Tensor:
    return functional.avg_pool2d(values, synapse.kernel, synapse.stride, divisor_override=1) * gain


def _identity(synapse: Any, values: Tensor, gain: Tensor, bias: Tensor | None) -> Tensor:
    return values * (gain if values.ndim > 2 else gain.flatten())


def _weights_of(synapse: Any) -> Any:
    return synapse.weights.values()


def _gain_of(synapse: Any) -> Any:
    return np.reshape(synapse.gain, (-1, 1, 1))


SYNAPSES: dict[type, DenseSynapse] = {
    Linear: DenseSynapse(_weights_of, _linear, True),
    Conv2d: DenseSynapse(_weights_of, _conv, True),
    AvgPool2d: DenseSynapse(_gain_of, _pool, False),
    Identity: DenseSynapse(_gain_of, _identity, False),
}


def field(population: Population, value: object) -> Tensor:
    """A scalar, per-channel or per-neuron value of a population, shaped to meet `(batch, *shape)`."""
    array = torch.tensor(np.asarray(value, dtype=np.float32))
    return array.reshape(-1, 1, 1) if array.ndim == 1 and len(population.shape) == 3 else array


def _weights(projection: Projection, plan: Plan, scale: Tensor | None) -> Tensor:
    """The weights or the gain of a projection, each output channel times `scale`."""
    kind = SYNAPSES.get(type(projection.synapse))
    if projection.channels is not None or projection.order is not None or kind is None:
        known = ", ".join(record.__name__ for record in SYNAPSES)
        raise InvalidInput(f"expected a whole-population synapse of {known} without order at {projection.name!r}")
    values = torch.tensor(np.asarray(kind.numbers(projection.synapse), dtype=np.float32))
    if scale is not None:
        values = values * scale.reshape(-1, *([1] * (values.ndim - 1)))
    layout = torch.channels_last if plan.channels_last and values.ndim == 4 else torch.contiguous_format
    return values.to(plan.kind).contiguous(memory_format=layout)
