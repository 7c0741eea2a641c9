"""A population while its law is made: its record, and its values neuron by neuron in the types of the arithmetic."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.event.addresses import engine_order
from spikewright.snn.network import Network
from spikewright.snn.populations import Population

Array = NDArray[Any]


class Member(NamedTuple):
    """A population whose law is made: `compute`: the type of its arithmetic; `shift`: that all its sums have in common."""

    network: Network
    population: Population
    compute: np.dtype[Any]
    shift: int

    @property
    def neuron(self) -> Any:
        """The record of its neurons."""
        return self.population.neuron

    @property
    def fixed(self) -> bool:
        """Whether it is in fixed point."""
        return self.network.numbers == "fixed"

    @property
    def top(self) -> int:
        """The largest potential in fixed point, 0 else."""
        return int(2 ** (self.population.width - 1) - 1) if self.fixed else 0

    def each(self, value: Any, kind: Any = None) -> Array:
        """A value for each neuron, in engine order, of the type of the arithmetic or another."""
        return spread(self.population, value, kind or self.compute)[engine_order(self.population.shape)]


def spread(population: Population, value: Any, kind: Any) -> Array:
    """A scalar, per-channel or per-neuron value for every neuron, flat in public order."""
    array = np.asarray(value)
    if array.ndim == 1 and len(population.shape) > 1:
        array = array.reshape(-1, *[1] * (len(population.shape) - 1))
    return np.ascontiguousarray(np.broadcast_to(array, population.shape).reshape(-1).astype(kind))
