"""The threshold of every neuron that fires in steps, in torch: spikes and the potential that is left, from U.

A `TwinFiring` rule is one step. `weight` is what a spike of the step counts (`Code.weight`), `count` what each neuron
has sent so far. Every spike has the surrogate's gradient; so has one taken back, with its distance from zero.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from spikewright import InvalidNetwork
from spikewright.snn.neurons import IF, LIF, Burst, FewSpikeIF, LatchedIF, Neuron, SignedIF, TernaryIF
from spikewright.snn.populations import Population
from spikewright.snn.twin.surrogates import Slope, spike
from spikewright.snn.twin.synapses import as_column

Fired = tuple[Tensor, Tensor]


@dataclass(frozen=True, eq=False)
class TwinStep:
    """What a rule sees of a step besides U."""

    threshold: Tensor
    count: Tensor
    step: int


class TwinFiring:
    """The threshold law of one population; `detach_reset` leaves the reset out of the gradient."""

    def __init__(self, population: Population, dtype: torch.dtype, surrogate: Slope, detach_reset: bool) -> None:
        self.neuron: Any = population.neuron
        self.surrogate, self.detach_reset = surrogate, detach_reset
        rule = RULES.get(type(self.neuron))
        if rule is None:
            kind = type(self.neuron).__name__
            raise InvalidNetwork(f"expected a neuron that torch knows, got {kind} in {population.name!r}")
        self._rule = rule
        spread = {name: as_column(x, population.shape, dtype) for name, x in self.neuron.all_thresholds().items()}
        self.threshold, self.negative = spread["threshold"], spread.get("negative", spread["threshold"])

    def __call__(self, potential: Tensor, count: Tensor, weight: int, step: int) -> Fired:
        """Spikes and what is left of the potential; a spike of the step counts `weight`."""
        return self._rule(self, potential, TwinStep(self.threshold * weight, count, step))

    def crosses(self, excess: Tensor, threshold: Tensor, *, strict: bool = False) -> Tensor:
        """1 where `excess` is not negative (is positive, when strict)."""
        return spike(excess, threshold, self.surrogate, strict=strict)

    def seen(self, spikes: Tensor) -> Tensor:
        """Spikes as the reset sees them."""
        return spikes.detach() if self.detach_reset else spikes


def _integrate(law: TwinFiring, U: Tensor, now: TwinStep) -> Fired:
    fired = law.crosses(U - now.threshold, now.threshold)
    seen = law.seen(fired)
    return fired, U - now.threshold * seen if law.neuron.reset == "subtract" else U * (1 - seen)


def _signed(law: TwinFiring, U: Tensor, now: TwinStep) -> Fired:
    up = law.crosses(U - now.threshold, now.threshold)
    if law.neuron.limit is not None:
        up = up * (now.count < law.neuron.limit)
    down = law.crosses(-U, now.threshold, strict=True) * ((now.count > 0) & (up == 0))
    fired = up - down
    return fired, U - now.threshold * law.seen(fired)


def _ternary(law: TwinFiring, U: Tensor, now: TwinStep) -> Fired:
    up, down = law.crosses(U - now.threshold, now.threshold), law.crosses(-U - law.negative, law.negative)
    return up - down, U - now.threshold * law.seen(up) + law.negative * law.seen(down)


def _burst(law: TwinFiring, U: Tensor, now: TwinStep) -> Fired:
    """Each further spike needs the one before, so that nobody's gradient depends on how long others burst."""
    spikes, again = torch.zeros_like(U), torch.ones_like(U)
    for _ in range(law.neuron.limit):
        again = law.crosses(U - now.threshold, now.threshold) * (again != 0)
        spikes, U = spikes + again, U - now.threshold * law.seen(again)
        if not again.any():
            break
    return spikes, U


def _digit(law: TwinFiring, U: Tensor, now: TwinStep) -> Fired:
    factor = law.neuron.thresholds[now.step]
    fired = law.crosses(U - law.threshold * factor, law.threshold * max(abs(factor), 1.0))
    return fired, U - law.threshold * law.neuron.resets[now.step] * law.seen(fired)


RULES: dict[type[Neuron], Callable[[TwinFiring, Tensor, TwinStep], Fired]] = {
    IF: _integrate,
    LIF: _integrate,
    LatchedIF: _integrate,
    SignedIF: _signed,
    TernaryIF: _ternary,
    Burst: _burst,
    FewSpikeIF: _digit,
}
"""From U to spikes and what is left, for each kind of neuron that fires in steps."""
