"""What fixed point asks of a kind of neuron, answered for one that fires at plain thresholds."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright import InvalidNetwork
from spikewright.snn.checked import largest_magnitude
from spikewright.snn.fixed.records import Grid, Reals, integers
from spikewright.snn.network import Network
from spikewright.snn.neurons import Neuron
from spikewright.snn.populations import Population

HEADROOM = 8.0
"""Potentials reach this many thresholds (of the heaviest step) before they saturate, and one more for each spike of a burst."""
Rounded = tuple[Any, str]
"""A neuron in integers, and what was rounded, in words that follow a semicolon."""


class FixedLaw:
    """How a neuron that fires at plain thresholds goes into fixed point; others differ in one thing or another."""

    def rounded(self, population: Population, grid: Grid) -> Rounded:
        """The neuron in units of its grid, and what that cost. Raises InvalidNetwork where the grid is too coarse for it."""
        neuron: Any = population.neuron
        changed: dict[str, NDArray[np.int64]] = {}
        error = 0.0
        for name, value in neuron.all_thresholds().items():
            unit = grid.like(value, population.shape)
            changed[name] = integers(value, unit)
            error = max(error, float(np.max(np.abs(changed[name] * unit / np.asarray(value) - 1.0))))
        low, high = min(int(t.min()) for t in changed.values()), max(int(t.max()) for t in changed.values())
        if low < 1:
            raise InvalidNetwork(
                f"a threshold of population {population.name!r} is below one unit; try more weight_bits"
            )
        return replace(neuron, **changed), f"; thresholds {low} to {high}, rounded by at most {error:.2%}"

    def sizes(self, neuron: Any, unit: Reals, held: float) -> Reals | None:
        """What the potential of each channel must hold, `(channels,)` in its unit: `held` thresholds; None: has none."""
        tops = [np.asarray(value, dtype=np.float64) for value in neuron.all_thresholds().values()]
        by_channel = [top.reshape(len(unit), -1).max(axis=1) if top.ndim else top for top in tops]
        sizes: Reals = np.maximum.reduce([np.broadcast_to(top, unit.shape) for top in by_channel]) / unit * held
        return sizes

    def held(self, network: Network, neuron: Any) -> float | None:
        """How many thresholds a layerwise neuron's potential must hold so that no spike is lost; None: no such number.

        It gathers its whole charge first. With T thresholds (times the limit of a burst) every step of its window is full.
        """
        if network.schedule != "layerwise" or neuron.leak:
            return None
        return float(network.steps * neuron.most) if neuron.reset == "subtract" else 1.0

    def room(self, network: Network, neuron: Any, asked: bool) -> float:
        """How many thresholds the grid leaves room for; all of them layerwise, where a width is `asked` for."""
        held = self.held(network, neuron) if asked else None
        return max(self.headroom(neuron) * network.code.weight(0), 0.0 if held is None else held)

    def headroom(self, neuron: Any) -> float:
        """Thresholds that a potential reaches in a run that goes well."""
        return HEADROOM

    def enough(self, neuron: Any, held: float | None, begun: int) -> int | None:
        """The |potential| beyond which only its own record could tell the difference; None where it adds up on.

        `begun`: the largest |initial potential|.
        """
        return None if held is None else max(begun, int(np.ceil(max(held, 1.0))) * largest_threshold(neuron))

    def below_zero(self, neuron: Any) -> int:
        """How much further than its inputs resets may take a potential."""
        return 0

    def one_answer(self, neuron: Any) -> Any:
        """The charge of one spike, slot or level."""
        return neuron.threshold

    def unit_sent(self, neuron: Any, grid: Grid) -> float:
        """What one of the integers that it sends stands for, in the terms of the float32 network: a spike is a spike."""
        return 1.0


def largest_threshold(neuron: Neuron) -> int:
    """The largest threshold, 0 without one."""
    return max((largest_magnitude(value) for value in neuron.all_thresholds().values()), default=0)
