"""Every neuron's law in torch, with a gradient. Values of one step are `(batch, *shape)`."""

from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor

from spikewright.snn.fixed.bounds import largest_sent
from spikewright.snn.network import Network
from spikewright.snn.neurons import QuantReLU, Ramp
from spikewright.snn.populations import Population
from spikewright.snn.twin.firing import TwinFiring
from spikewright.snn.twin.surrogates import Slope, straight_through
from spikewright.snn.twin.synapses import as_column


@dataclass(frozen=True, eq=False)
class TwinLaw:
    """What a population needs besides its record: the network, the number type, and how a spike is differentiated."""

    network: Network
    dtype: torch.dtype
    surrogate: Slope
    detach_reset: bool

    @property
    def fixed(self) -> bool:
        """Whether the network's numbers are integers."""
        return self.network.numbers == "fixed"


class TwinCell:
    """Neurons with a potential, step by step: those that fire, and Integrators."""

    def __init__(self, law: TwinLaw, population: Population, batch: int) -> None:
        self.law, self.population = law, population
        fires = population.neuron.fires
        self.firing = TwinFiring(population, law.dtype, law.surrogate, law.detach_reset) if fires else None
        self.counts, self.refractory = population.neuron.remembers, population.neuron.refractory
        shape = (batch, *population.shape)
        self.potential = as_column(population.initial, population.shape, law.dtype).expand(shape)
        self.count = torch.zeros(shape, dtype=law.dtype)
        self.deaf = torch.zeros(shape, dtype=torch.int64)

    def step(self, drive: Tensor, step: int) -> Tensor:
        """The spikes of a step from what flows in, S (times the weight of the step) + b."""
        U = updated(self.law, self.population, self.potential, drive)
        if self.firing is None:
            self.potential = U
            return torch.zeros_like(U)
        fired, rest = self.firing(U, self.count, self.law.network.code.weight(step), step)
        if self.refractory:
            awake = self.deaf == 0
            fired, rest = torch.where(awake, fired, 0.0), torch.where(awake, rest, self.potential)
            self.deaf = torch.where(fired != 0, self.refractory, (self.deaf - 1).clamp(min=0))
        self.potential = rest
        if self.counts:
            self.count = self.count + fired.detach()
        return fired


class TwinGate:
    """A MaxGate, step by step, from the largest accumulated count m of each window."""

    def __init__(self, law: TwinLaw, population: Population) -> None:
        self.layerwise = law.network.schedule == "layerwise"
        self.most = largest_sent(law.network, population) if self.layerwise else 0
        self.before: Tensor | float = 0.0

    def step(self, m: Tensor) -> Tensor:
        """The change of m; layerwise at most as many spikes as one source can send."""
        sent = m - self.before
        if self.layerwise:
            sent = sent.clamp(-self.most, self.most)
            self.before = self.before + sent
        else:
            self.before = m
        return sent


def ramp(law: TwinLaw, population: Population, sums: Tensor) -> tuple[Tensor, Tensor]:
    """Time codes: V = initial + (S + b) and what is sent, min(max(V, 0), window), on its grid when there is one."""
    neuron, shape = cast(Ramp, population.neuron), population.shape
    bias, initial = (as_column(v, shape, sums.dtype) for v in (population.bias, population.initial))
    potential = saturate(law, population, initial + (sums + bias))
    if population.neuron.sends != "times":
        return torch.zeros_like(potential), potential
    smooth = potential.clamp(0.0, neuron.window)
    if neuron.levels is None:
        return smooth, potential
    if law.fixed:
        slot = int(neuron.window) // neuron.levels
        whole = potential.detach().to(torch.int64)
        slots = torch.div(2 * whole + slot, 2 * slot, rounding_mode="floor").clamp(0, neuron.levels)
        return straight_through(slots.to(law.dtype), smooth / slot), potential
    slots = torch.floor(potential * neuron.levels / neuron.window + 0.5).clamp(0, neuron.levels)
    return straight_through(neuron.window / neuron.levels * slots, smooth), potential


def quantise(law: TwinLaw, population: Population, sums: Tensor) -> tuple[Tensor, Tensor]:
    """QuantReLU: y = clip(floor((S + b) multiplier / 2**shift + 1/2), 0, levels).

    The gradient is multiplier / 2**shift inside the clip.
    """
    neuron, shape = cast(QuantReLU, population.neuron), population.shape
    potential = saturate(law, population, sums + as_column(population.bias, shape, law.dtype))
    scaled = potential.double() * as_column(neuron.multiplier, shape, torch.float64) / 2.0**neuron.shift
    smooth = scaled.clamp(0, neuron.levels)
    exact = _whole_quotient(neuron, shape, potential) if law.fixed else torch.floor(scaled + 0.5)
    return straight_through(exact.clamp(0, neuron.levels).to(law.dtype), smooth.to(law.dtype)), potential


def saturate(law: TwinLaw, population: Population, potential: Tensor) -> Tensor:
    """The potential kept inside its declared width, fixed point only."""
    if not law.fixed or population.potential_bits is None:
        return potential
    top = 2.0 ** (population.potential_bits - 1)
    return potential.clamp(-top, top - 1)


def updated(law: TwinLaw, population: Population, potential: Tensor, drive: Tensor) -> Tensor:
    """U from V and S + b, before the threshold."""
    leak = population.neuron.leak
    if not law.fixed:
        return (1.0 - leak) * potential + drive if leak else potential + drive
    lost: Tensor | float = 0.0
    if leak:
        lost = straight_through(torch.floor(potential * leak), potential * leak)
    return saturate(law, population, potential - lost + drive)


def _whole_quotient(neuron: QuantReLU, shape: tuple[int, ...], potential: Tensor) -> Tensor:
    """floor(V m / 2**shift + 1/2) in integers: the quotient of a double may fall on the wrong side of a half."""
    multiplier = as_column(neuron.multiplier, shape, torch.int64)
    product = potential.detach().to(torch.int64) * multiplier
    half = 1 << neuron.shift >> 1
    return (product + half) >> neuron.shift
