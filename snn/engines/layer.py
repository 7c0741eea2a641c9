"""One population as the engines hold it: plans of its projections, neuron parameters, integer types."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from snn.engines.plan import Scatter, compile_scatter, engine_order
from snn.network import Network, Population, Projection
from snn.neurons import LIF, SPIKING, Integrator, QuantReLU
from snn.proof import integer_type, population_bound, sum_bound
from spikewright import InvalidNetwork

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Layer:
    """Everything constant about a population in a run. Arrays over neurons are in engine order (rows, columns, channels)."""

    population: Population
    scatters: tuple[tuple[Projection, Scatter], ...]
    sums: np.dtype[Any]
    potentials: np.dtype[Any]
    bias: Array
    initial: Array
    neuron: tuple[Any, ...]
    public: Array
    spiking: bool


def compile_layer(network: Network, population: Population, multiplicity: int) -> Layer:
    """The layer of a population; `multiplicity`: spikes of a neuron that may share a step.

    Raises InvalidNetwork when no machine integer can be proved to hold its sums.
    """
    incoming = network.incoming[population.name]
    common = min(projection.shift for projection in incoming)
    sums, potentials, compute = _kinds(network, population, common, multiplicity)
    scatters = tuple((p, compile_scatter(network, p, sums, p.shift - common)) for p in incoming)
    public = engine_order(population.shape)
    bias = spread(population, population.bias, compute)[public]
    gather = network.schedule == "layerwise"
    later = np.zeros_like(bias) if gather else bias
    first = bias * compute.type(network.steps) if gather else bias
    return Layer(
        population,
        scatters,
        sums,
        potentials,
        np.stack([first, later]),
        spread(population, population.initial, potentials)[public],
        _parameters(network, population, public, compute, common),
        public,
        isinstance(population.neuron, SPIKING),
    )


def compile_timed_layer(network: Network, population: Population) -> Layer:
    """The layer of a time-coded population: float64 throughout."""
    kind, public = np.dtype(np.float64), engine_order(population.shape)
    scatters = tuple((p, compile_scatter(network, p, kind, 0)) for p in network.incoming[population.name])
    bias, initial = (spread(population, value, kind)[public] for value in (population.bias, population.initial))
    return Layer(population, scatters, kind, kind, bias[None], initial, (), public, False)


def spread(population: Population, value: Any, kind: np.dtype[Any]) -> Array:
    """A scalar, per-channel or per-neuron value for every neuron, flat in public order."""
    array = np.asarray(value)
    if array.ndim == 1 and len(population.shape) == 3:
        array = array.reshape(-1, 1, 1)
    return np.ascontiguousarray(np.broadcast_to(array, population.shape).reshape(-1).astype(kind))


def _kinds(network: Network, population: Population, common: int, multiplicity: int) -> tuple[np.dtype[Any], ...]:
    """Number types of sums, potentials and the arithmetic between them."""
    if network.numbers == "float32":
        return (np.dtype(np.float32),) * 3
    times = network.steps if network.schedule == "layerwise" else 1
    total = sum(sum_bound(network, p, multiplicity) for p in network.incoming[population.name]) * times
    sums = integer_type(total >> common, f"the sums of population {population.name!r}")
    top = 2 ** (_bits(population) - 1)
    compute = integer_type(
        2 * top + population_bound(network, population, multiplicity), f"the potentials of {population.name!r}"
    )
    wide = np.dtype(np.int32) if compute.itemsize < 4 else compute
    return sums, integer_type(top - 1, f"the potentials of {population.name!r}"), wide


def _parameters(
    network: Network, population: Population, public: Array, compute: np.dtype[Any], common: int
) -> tuple[Any, ...]:
    neuron = population.neuron
    fixed = network.numbers == "fixed"
    top = 2 ** (_bits(population) - 1) - 1 if fixed else 0
    if isinstance(neuron, QuantReLU):
        multipliers = spread(population, neuron.multiplier, np.dtype(np.int64 if fixed else np.float64))[public]
        if not fixed:
            return multipliers / 2.0**neuron.shift, np.float64(neuron.levels)
        integer_type(
            (top + 1) * int(multipliers.max()) + 2**neuron.shift, f"the products of population {population.name!r}"
        )
        return multipliers, np.int64(neuron.levels), np.int64(neuron.shift), np.int64(common), np.int64(top)
    gather = network.schedule == "layerwise"
    if isinstance(neuron, Integrator):
        threshold: Any = top + 1 if fixed else np.inf
        leak, to_zero = 0.0, False
    elif isinstance(neuron, SPIKING):
        threshold, to_zero = neuron.threshold, neuron.reset == "zero"
        leak = neuron.leak if isinstance(neuron, LIF) else 0.0
    else:
        raise InvalidNetwork(
            f"expected IF, LIF, Integrator or QuantReLU in population {population.name!r}, got {type(neuron).__name__}"
        )
    thresholds = spread(population, threshold, compute)[public]
    if not fixed:
        return thresholds, np.float32(1.0 - leak), to_zero, gather
    shift = round(-np.log2(leak)) if leak else 0
    return thresholds, compute.type(shift), compute.type(common), compute.type(top), to_zero, gather


def _bits(population: Population) -> int:
    return population.potential_bits or 32
