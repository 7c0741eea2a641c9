"""The threshold of every neuron that fires in steps, in torch: spikes and the potential that is left, from U.

A `TwinFiring` rule is one step. `weight` is what a spike of the step counts (`snn.codes.step_weight`), `count` what each neuron
has sent so far. Every spike has the surrogate's gradient; so has one taken back, with its distance from zero.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from spikewright import InvalidNetwork
from spikewright.snn.network import Population
from spikewright.snn.neurons import IF, LIF, Burst, FewSpikeIF, LatchedIF, SignedIF, TernaryIF
from spikewright.snn.twin.surrogates import Slope, spike
from spikewright.snn.twin.synapses import as_column

Fired = tuple[Tensor, Tensor]


class TwinFiring:
    """The threshold law of one population; `detach_reset` leaves the reset out of the gradient."""

    def __init__(self, population: Population, dtype: torch.dtype, surrogate: Slope, detach_reset: bool) -> None:
        neuron: Any = population.neuron
        self.neuron = neuron
        self.surrogate, self.detach_reset = surrogate, detach_reset
        rule = _RULES.get(type(neuron))
        if rule is None:
            kind = type(neuron).__name__
            raise InvalidNetwork(f"expected a neuron that torch knows, got {kind} in {population.name!r}")
        self._rule = rule
        self.threshold = as_column(neuron.threshold, population.shape, dtype)
        self.negative = as_column(getattr(neuron, "negative", neuron.threshold), population.shape, dtype)

    def __call__(self, potential: Tensor, count: Tensor, weight: int, step: int) -> Fired:
        """Spikes and what is left of the potential."""
        if isinstance(self.neuron, FewSpikeIF):
            factor = self.neuron.thresholds[step]
            fired = self.crosses(potential - self.threshold * factor, self.threshold * max(abs(factor), 1.0))
            return fired, potential - self.threshold * self.neuron.resets[step] * self.seen(fired)
        return self._rule(self, potential, count, self.threshold * weight)

    def crosses(self, excess: Tensor, threshold: Tensor, *, strict: bool = False) -> Tensor:
        """1 where `excess` is not negative (is positive, when strict)."""
        return spike(excess, threshold, self.surrogate, strict=strict)

    def seen(self, spikes: Tensor) -> Tensor:
        """Spikes as the reset sees them."""
        return spikes.detach() if self.detach_reset else spikes


def _integrate(law: TwinFiring, U: Tensor, count: Tensor, threshold: Tensor) -> Fired:
    fired = law.crosses(U - threshold, threshold)
    seen = law.seen(fired)
    return fired, U - threshold * seen if law.neuron.reset == "subtract" else U * (1 - seen)


def _signed(law: TwinFiring, U: Tensor, count: Tensor, threshold: Tensor) -> Fired:
    up = law.crosses(U - threshold, threshold)
    if law.neuron.limit is not None:
        up = up * (count < law.neuron.limit)
    down = law.crosses(-U, threshold, strict=True) * ((count > 0) & (up == 0))
    fired = up - down
    return fired, U - threshold * law.seen(fired)


def _ternary(law: TwinFiring, U: Tensor, count: Tensor, threshold: Tensor) -> Fired:
    up, down = law.crosses(U - threshold, threshold), law.crosses(-U - law.negative, law.negative)
    return up - down, U - threshold * law.seen(up) + law.negative * law.seen(down)


def _burst(law: TwinFiring, U: Tensor, count: Tensor, threshold: Tensor) -> Fired:
    """Each further spike needs the one before, so that nobody's gradient depends on how long others burst."""
    spikes, again = torch.zeros_like(U), torch.ones_like(U)
    for _ in range(law.neuron.limit):
        again = law.crosses(U - threshold, threshold) * (again != 0)
        spikes, U = spikes + again, U - threshold * law.seen(again)
        if not again.any():
            break
    return spikes, U


_RULES: dict[type, Callable[[TwinFiring, Tensor, Tensor, Tensor], Fired]] = {
    IF: _integrate,
    LIF: _integrate,
    SignedIF: _signed,
    TernaryIF: _ternary,
    Burst: _burst,
    LatchedIF: _integrate,
    FewSpikeIF: _integrate,  # by steps, see `TwinFiring`
}
