"""The differentiable twin of a `Network`: for attacks, calibration and fine-tuning."""

import numpy as np
import torch
from torch import Tensor, nn

from snn.codes import Ttfs
from snn.interop.surrogates import RateBased, Surrogate, Triangle, straight_through
from snn.interop.torch_neurons import Law, drives, encode, fire, quantise, ramp, threshold_of
from snn.interop.torch_synapses import Path, as_column
from snn.network import Network, Population
from snn.neurons import IF, LIF, QuantReLU, Source
from snn.proof import population_bound
from snn.simulate import simulate
from spikewright import InvalidInput, InvalidNetwork

Sent = dict[str, Tensor]


class Twin(nn.Module):
    """`twin(images)` -> raw logits `(batch, classes)`, differentiable with respect to `images (batch, *input shape)`.

    With `engine_values` the values are those of the network's own engine and only the gradient is the twin's,
    value + (dynamics - dynamics.detach()); without it they are `dynamics`, plain torch. The two agree bit for bit in
    fixed point and wherever float32 sums are exact. `surrogate`: how spikes are differentiated, through time or
    (`RateBased`) through counts; `detach_reset` leaves the reset out of the gradient. `Ramp` and `QuantReLU` have their
    own derivative; rounding is passed straight through inside the clip. Integers that are proved to stay below 2**24
    are computed in float32, else in float64. The engine reads the network's weights, not a trained copy of them.
    Runs on the CPU. Raises InvalidNetwork for integers beyond 2**53 and for the readout "first" of spiking neurons.
    """

    def __init__(
        self,
        network: Network,
        *,
        surrogate: Surrogate | None = None,
        detach_reset: bool = False,
        engine_values: bool = True,
        engine: str | None = None,
    ) -> None:
        super().__init__()
        if network.readout == "first" and not isinstance(network.code, Ttfs):
            raise InvalidNetwork('expected a readout "potential" or "count", got "first", whose steps have no gradient')
        self.network, self.engine_values, self.engine = network, engine_values, engine
        self.surrogate = RateBased() if surrogate is None else surrogate
        slope = Triangle() if isinstance(self.surrogate, RateBased) else self.surrogate
        self.law = Law(network, number_type(network), slope, detach_reset)
        self.paths = nn.ModuleList(Path(network, projection, self.law.dtype) for projection in network.projections)
        self._place = {projection.name: i for i, projection in enumerate(network.projections)}

    def forward(self, images: Tensor) -> Tensor:
        """Raw logits `(batch, classes)`: float32 or, where integers need it, float64."""
        if not self.engine_values:
            return self.dynamics(images)
        run = simulate(self.network, images.detach().cpu().numpy(), engine=self.engine)
        values = torch.from_numpy(np.ascontiguousarray(run.logits, dtype=np.float64)).to(self.law.dtype)
        wanted = torch.is_grad_enabled() and (images.requires_grad or any(p.requires_grad for p in self.parameters()))
        return straight_through(values, self.dynamics(images)) if wanted else values

    def dynamics(self, images: Tensor) -> Tensor:
        """The logits computed in torch alone, with their gradient."""
        shape = self.network.by_name[self.network.input].shape
        if tuple(images.shape[1:]) != shape or not len(images):
            raise InvalidInput(f"expected images (batch, {', '.join(map(str, shape))}), got {tuple(images.shape)}")
        spiking = any(isinstance(p.neuron, IF | LIF) for p in self.network.populations)
        if not (spiking and isinstance(self.surrogate, RateBased)):
            return self._steps(images)[1]
        with torch.no_grad():
            sent, values = self._steps(images)
        return straight_through(values, self._rates(images, sent)) if torch.is_grad_enabled() else values

    def _steps(self, images: Tensor) -> tuple[Sent, Tensor]:
        """Everything that was sent, `(steps or 1, batch, *shape)`, and the logits."""
        sent: Sent = {}
        answer = images
        for population in self.network.order:
            if isinstance(population.neuron, Source):
                sent[population.name] = encode(self.network.code, images, self.law.dtype)
                continue
            fired, potential = self._answer(population, self._sums(population, sent))
            sent[population.name] = fired
            if population.name == self.network.output:
                answer = potential if self.network.readout == "potential" else fired.sum(dim=0)
        return sent, answer.reshape(len(images), -1)

    def _answer(self, population: Population, sums: Tensor) -> tuple[Tensor, Tensor]:
        if isinstance(population.neuron, QuantReLU):
            return quantise(self.law, population, sums)
        if isinstance(self.network.code, Ttfs):
            return ramp(population, sums)
        return fire(self.law, population, drives(self.law, population, sums))

    def _sums(self, population: Population, sent: Sent) -> Tensor:
        """S of every step; over the whole window in the layerwise schedule."""
        total: Tensor | None = None
        for projection in self.network.incoming[population.name]:
            values = sent[projection.source]
            if self.network.schedule == "layerwise":
                values = self._gathered(values)
            sums = self._through(projection.name, values)
            total = sums if total is None else total + sums
        if total is None:
            raise InvalidNetwork(f"expected a projection into population {population.name!r}, got none")
        return total

    def _gathered(self, values: Tensor) -> Tensor:
        """The sum over all steps of what was sent, `(1, batch, *shape)`."""
        steps = self.network.steps
        return values.sum(dim=0, keepdim=True) if len(values) == steps else values * steps

    def _through(self, name: str, values: Tensor) -> Tensor:
        path = self.paths[self._place[name]]
        sums: Tensor = path(values.flatten(0, 1))
        return sums.reshape(*values.shape[:2], *sums.shape[1:])

    def _rates(self, images: Tensor, sent: Sent) -> Tensor:
        """Logits whose gradient runs through the counts of the whole window; `sent` is what really was sent."""
        totals: Sent = {}
        for population in self.network.order:
            if isinstance(population.neuron, Source):
                totals[population.name] = self._gathered(encode(self.network.code, images, self.law.dtype))
                continue
            sums = sum(self._through(q.name, totals[q.source]) for q in self.network.incoming[population.name])
            drive = sums + self.network.steps * as_column(population.bias, population.shape, self.law.dtype)
            if population.name == self.network.output and self.network.readout == "potential":
                return drive[0].flatten(1)
            count = sent[population.name].sum(dim=0, keepdim=True)
            if not isinstance(population.neuron, IF | LIF):
                totals[population.name] = count
                continue
            rate = drive / threshold_of(population, self.law.dtype) * (count > 0)
            totals[population.name] = straight_through(count, rate)
        return totals[self.network.output][0].flatten(1)


def number_type(network: Network) -> torch.dtype:
    """float32, or float64 for time codes and for integers not proved to stay below 2**24.

    Raises InvalidNetwork beyond 2**53.
    """
    if network.numbers != "fixed":
        return torch.float64 if isinstance(network.code, Ttfs) else torch.float32
    inner = [p for p in network.populations if not isinstance(p.neuron, Source)]
    for p in inner:
        widest = int(np.max(p.neuron.multiplier)).bit_length() if isinstance(p.neuron, QuantReLU) else 0
        if (p.potential_bits or 64) + widest > 62:
            raise InvalidNetwork(f"expected potentials times multipliers below 2**62 in {p.name!r}; try fewer bits")
    top = max(2 ** ((p.potential_bits or 64) - 1) + population_bound(network, p) for p in inner)
    if top >= 2**53:
        raise InvalidNetwork(f"expected integers below 2**53 in a differentiable twin, got a bound of {float(top):.3g}")
    return torch.float32 if top < 2**24 else torch.float64
