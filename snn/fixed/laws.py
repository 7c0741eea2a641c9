"""What fixed point asks of a kind of neuron: one law a kind, in a table.

A neuron that fires at plain thresholds (`thresholds_in`) needs no entry. Another one has a class of its own here and a line
in `LAWS`.
"""

from typing import Any

import numpy as np

from spikewright import InvalidNetwork
from spikewright.snn.fixed.plain_law import HEADROOM, FixedLaw, Rounded, largest_threshold
from spikewright.snn.fixed.records import Grid, Reals
from spikewright.snn.fixed.snapping import even_thresholds, exact_division, level_size
from spikewright.snn.network import Network
from spikewright.snn.neurons import Burst, FewSpikeIF, Integrator, Neuron, QuantReLU, Ramp
from spikewright.snn.populations import Population


class BurstFixed(FixedLaw):
    """Several spikes a step."""

    def headroom(self, neuron: Any) -> float:
        """One more for each spike of a burst."""
        return HEADROOM + float(neuron.limit)


class FewSpikesFixed(FixedLaw):
    """Thresholds and resets differ from step to step."""

    def held(self, network: Network, neuron: Any) -> float:
        """All that its resets can take, and its highest threshold after that."""
        return float(np.sum(np.abs(neuron.resets)) + np.max(np.abs(neuron.thresholds)))

    def room(self, network: Network, neuron: Any, asked: bool) -> float:
        """Its digits are exactly those."""
        return self.held(network, neuron)

    def below_zero(self, neuron: Any) -> int:
        """A reset may be larger than what was left."""
        return int(np.ceil(largest_threshold(neuron) * float(np.sum(np.abs(neuron.resets)))))


class RampFixed(FixedLaw):
    """The window is a whole number of slots, and a slot a whole charge."""

    def rounded(self, population: Population, grid: Grid) -> Rounded:
        """`window` = d levels: d, the charge of a slot, is a whole number of units."""
        neuron: Any = population.neuron
        slot = int(np.floor(neuron.window / neuron.levels / grid.unit[0] + 0.5))
        if slot < 1:
            raise InvalidNetwork(
                f"a slot of population {population.name!r} is below one unit; try fewer time_levels or more potential_bits"
            )
        error = abs(slot * grid.unit[0] * neuron.levels / neuron.window - 1.0)
        told = f"; {neuron.levels} slots of {slot} units, window rounded by {error:.2%}"
        return Ramp(slot * neuron.levels, neuron.levels), told

    def sizes(self, neuron: Any, unit: Reals, held: float) -> Reals:
        """The window and half a slot for each level, since the charge of a slot is rounded."""
        sizes: Reals = neuron.window / unit + (neuron.levels or 0) / 2
        return sizes

    def room(self, network: Network, neuron: Any, asked: bool) -> float:
        """In slots."""
        return float(neuron.levels or 1)

    def enough(self, neuron: Any, held: float | None, begun: int) -> int:
        """Beyond its window it changes no spike."""
        return int(np.ceil(neuron.window * (1.0 + 0.5 / (neuron.levels or 1)))) + begun

    def one_answer(self, neuron: Any) -> Any:
        """A slot."""
        return neuron.window / (neuron.levels or 1)

    def unit_sent(self, neuron: Any, grid: Grid) -> float:
        """A slot of the window."""
        return float(neuron.window / (neuron.levels or 1) * float(grid.unit[0]))


class SumFixed(FixedLaw):
    """An Integrator: nothing to round but bias and initial potential."""

    def rounded(self, population: Population, grid: Grid) -> Rounded:
        """As it is."""
        return population.neuron, ""

    def sizes(self, neuron: Any, unit: Reals, held: float) -> Reals | None:
        """No threshold: its width is proved later."""
        return None

    def held(self, network: Network, neuron: Any) -> float | None:
        """It adds up on."""
        return None

    def one_answer(self, neuron: Any) -> Any:
        """A unit."""
        return 1.0


class LevelsFixed(SumFixed):
    """A QuantReLU: division by the size of a level, exact in integers; see `snn.fixed.snapping`."""

    def rounded(self, population: Population, grid: Grid) -> Rounded:
        """Even thresholds theta, and the multiplier and shift that divide by them exactly."""
        neuron: Any = population.neuron
        theta, error = even_thresholds(neuron, grid.unit)
        multiplier, shift = exact_division(theta, neuron.levels)
        bias = float(np.max(0.5 / theta))
        told = f"; a level is {theta.min()} to {theta.max()} units, snapped by at most {error:.2%}, the bias by {bias:.2%} of one"
        return QuantReLU(multiplier, shift, neuron.levels), told

    def one_answer(self, neuron: Any) -> Any:
        """A level."""
        return level_size(neuron)


LAWS: dict[type[Neuron], FixedLaw] = {
    Burst: BurstFixed(),
    FewSpikeIF: FewSpikesFixed(),
    Ramp: RampFixed(),
    Integrator: SumFixed(),
    QuantReLU: LevelsFixed(),
}
"""The neurons that do not simply fire at their thresholds."""
_PLAIN = FixedLaw()


def law_of(neuron: Neuron) -> FixedLaw:
    """The law of a kind of neuron. Raises InvalidNetwork for one that has no integers."""
    law = LAWS.get(type(neuron), _PLAIN if neuron.fires else None)
    if law is None:
        raise InvalidNetwork(f"expected a neuron that has integers, got {type(neuron).__name__}; try an entry in LAWS")
    return law
