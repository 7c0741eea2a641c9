"""A population of a time-coded network as its engine holds it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from spikewright.snn.disturb.noise import Noise
from spikewright.snn.event.addresses import engine_order
from spikewright.snn.event.members import Array, spread
from spikewright.snn.event.number_types import NumberTypes
from spikewright.snn.event.populations import CompiledPopulation, IncomingRoute
from spikewright.snn.event.routes.choosing import compile_route
from spikewright.snn.event.routes.wanted import Wanted
from spikewright.snn.fixed.bounds import integer_type, noise_bound, population_bound
from spikewright.snn.kernels.ramps import RampLaw
from spikewright.snn.network import Network
from spikewright.snn.neurons import Integrator, Ramp
from spikewright.snn.populations import Population


@dataclass(frozen=True, eq=False)
class CompiledRamps(CompiledPopulation):
    """Neurons that sum what arrives in a window and answer at its end; `bias`, `initial (neurons,)`."""

    incoming: tuple[IncomingRoute, ...]
    law: RampLaw
    bias: Array
    initial: Array


def compile_ramps(network: Network, population: Population, noise: tuple[Noise, ...]) -> CompiledRamps:
    """A time-coded population: float64 throughout, or int64 in fixed point.

    Raises InvalidNetwork where 64 bits are not enough.
    """
    fixed, public = network.numbers == "fixed", engine_order(population.shape)
    kind = np.dtype(np.int64 if fixed else np.float64)
    if fixed:
        reached = population_bound(network, population) + noise_bound(network, population, noise)
        reached += 2**population.width
        integer_type(reached, f"the potentials of population {population.name!r}")
    projections = network.incoming[population.name]
    return CompiledRamps(
        record=population,
        public=public,
        types=NumberTypes(kind, kind, kind),
        incoming=tuple(IncomingRoute(q, compile_route(Wanted(network, q, kind, q.shift))) for q in projections),
        law=RAMP_LAWS[type(population.neuron)](population, fixed),
        bias=spread(population, population.bias, kind)[public],
        initial=spread(population, population.initial, kind)[public],
    )


def _ramp(population: Population, fixed: bool) -> RampLaw:
    """In fixed point the window is counted in the charge of a slot."""
    neuron: Any = population.neuron
    levels = neuron.levels or 0
    if not fixed:
        return RampLaw(float(neuron.window), levels, 0)
    return RampLaw(int(neuron.window) // max(levels, 1), levels, _top(population))


def _silent(population: Population, fixed: bool) -> RampLaw:
    """An Integrator has no window and sends nothing."""
    return RampLaw(0, 0, _top(population)) if fixed else RampLaw(0.0, 0, 0)


def _top(population: Population) -> int:
    return int(2 ** (population.width - 1) - 1)


RAMP_LAWS: dict[type, Callable[[Population, bool], RampLaw]] = {Ramp: _ramp, Integrator: _silent}
"""Record type -> its law; all are answered by the kernels of `snn.kernels.ramps`."""
