"""Every neuron's law in torch, with a gradient.

Values are `(steps, batch, *shape)`; what is held for the whole run has one step.
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from snn.codes import Code, Direct, Rate
from snn.interop.surrogates import Slope, spike, straight_through
from snn.interop.torch_synapses import as_column
from snn.network import Network, Population
from snn.neurons import IF, LIF, QuantReLU, Ramp
from spikewright import InvalidInput


@dataclass(frozen=True, eq=False)
class Law:
    """What a population needs besides its record: the network, the number type, and how a spike is differentiated."""

    network: Network
    dtype: torch.dtype
    surrogate: Slope
    detach_reset: bool

    @property
    def fixed(self) -> bool:
        """Whether the network's numbers are integers."""
        return self.network.numbers == "fixed"


def encode(code: Code, images: Tensor, dtype: torch.dtype) -> Tensor:
    """What the input sends: `Rate` `(steps, ...)`, else `(1, ...)`. Rounding is passed straight through."""
    pixels = images.to(torch.float32).to(torch.float64)
    if isinstance(code, Rate):
        _check_unit(pixels)
        edges = torch.arange(code.steps + 1, dtype=torch.float64).reshape(-1, *[1] * pixels.ndim)
        return straight_through(torch.floor(pixels * edges + 0.5).diff(dim=0), pixels).to(dtype)
    if not (isinstance(code, Direct) and code.levels is None):
        _check_unit(pixels)
    if code.levels is None:
        return pixels.to(dtype)[None]
    scaled = pixels * code.levels
    whole = straight_through(torch.floor(scaled + 0.5), scaled)[None]
    return (whole if isinstance(code, Direct) else whole / code.levels).to(dtype)


def drives(law: Law, population: Population, sums: Tensor) -> Tensor:
    """S + b of every step, `(steps, batch, *shape)`; layerwise the whole window's first, then zero."""
    steps = law.network.steps
    bias = as_column(population.bias, population.shape, law.dtype)
    if law.network.schedule == "synchronous":
        return (sums + bias).expand(steps, *sums.shape[1:])
    whole = sums + steps * bias
    return torch.cat([whole, whole.new_zeros(steps - 1, *whole.shape[1:])])


def fire(law: Law, population: Population, driven: Tensor) -> tuple[Tensor, Tensor]:
    """IF, LIF and Integrator over all steps: spikes `(steps, batch, *shape)` and the potential after the last."""
    neuron, potential = population.neuron, as_column(population.initial, population.shape, law.dtype)
    potential = potential.expand(driven.shape[1:])
    spikes = []
    for now in driven:
        potential = _update(law, population, potential, now)
        if isinstance(neuron, IF | LIF):
            fired, potential = _reset(law, population, neuron, potential)
            spikes.append(fired)
    return (torch.stack(spikes) if spikes else torch.zeros_like(driven)), potential


def ramp(population: Population, sums: Tensor) -> tuple[Tensor, Tensor]:
    """Time codes: V = initial + (S + b) and what is sent, min(max(V, 0), window), on its grid when there is one."""
    neuron, shape = population.neuron, population.shape
    bias, initial = (as_column(v, shape, sums.dtype) for v in (population.bias, population.initial))
    potential = initial + (sums + bias)
    if not isinstance(neuron, Ramp):
        return torch.zeros_like(potential), potential
    smooth = potential.clamp(0.0, neuron.window)
    if neuron.levels is None:
        return smooth, potential
    slots = torch.floor(potential * neuron.levels / neuron.window + 0.5).clamp(0, neuron.levels)
    return straight_through(neuron.window / neuron.levels * slots, smooth), potential


def quantise(law: Law, population: Population, sums: Tensor) -> tuple[Tensor, Tensor]:
    """QuantReLU: y = clip(floor((S + b) multiplier / 2**shift + 1/2), 0, levels).

    The gradient is multiplier / 2**shift inside the clip.
    """
    neuron, shape = population.neuron, population.shape
    if not isinstance(neuron, QuantReLU):
        raise InvalidInput(f"expected a QuantReLU population, got {type(neuron).__name__}")
    potential = saturate(law, population, sums + as_column(population.bias, shape, law.dtype))
    scaled = potential.double() * as_column(neuron.multiplier, shape, torch.float64) / 2.0**neuron.shift
    smooth = scaled.clamp(0, neuron.levels)
    exact = _whole_quotient(neuron, shape, potential) if law.fixed else torch.floor(scaled + 0.5)
    return straight_through(exact.clamp(0, neuron.levels).to(law.dtype), smooth.to(law.dtype)), potential


def saturate(law: Law, population: Population, potential: Tensor) -> Tensor:
    """The potential kept inside its declared width, fixed point only."""
    if not law.fixed or population.potential_bits is None:
        return potential
    top = 2.0 ** (population.potential_bits - 1)
    return potential.clamp(-top, top - 1)


def threshold_of(population: Population, dtype: torch.dtype) -> Tensor:
    """Thresholds of an IF or LIF population, ready to broadcast against its shape."""
    neuron: Any = population.neuron
    return as_column(neuron.threshold, population.shape, dtype)


def _update(law: Law, population: Population, potential: Tensor, drive: Tensor) -> Tensor:
    """U from V and S + b, before the threshold."""
    leak = population.neuron.leak if isinstance(population.neuron, LIF) else None
    if not law.fixed:
        return potential + drive if leak is None else (1.0 - leak) * potential + drive
    lost: Tensor | float = 0.0
    if leak is not None:
        lost = straight_through(torch.floor(potential * leak), potential * leak)
    return saturate(law, population, potential - lost + drive)


def _reset(law: Law, population: Population, neuron: IF | LIF, potential: Tensor) -> tuple[Tensor, Tensor]:
    threshold = threshold_of(population, law.dtype)
    fired = spike(potential - threshold, threshold, law.surrogate)
    seen = fired.detach() if law.detach_reset else fired
    rest = potential - threshold * seen if neuron.reset == "subtract" else potential * (1 - seen)
    return fired, rest


def _whole_quotient(neuron: QuantReLU, shape: tuple[int, ...], potential: Tensor) -> Tensor:
    """floor(V m / 2**shift + 1/2) in integers: the quotient of a double may fall on the wrong side of a half."""
    multiplier = as_column(neuron.multiplier, shape, torch.int64)
    product = potential.detach().to(torch.int64) * multiplier
    half = 1 << neuron.shift >> 1
    return (product + half) >> neuron.shift


def _check_unit(pixels: Tensor) -> None:
    low, high = pixels.detach().aminmax()
    if low < 0.0 or high > 1.0:
        raise InvalidInput(
            f"expected inputs in [0, 1], got {low:.3g} to {high:.3g}; put the standardisation inside the model"
        )
