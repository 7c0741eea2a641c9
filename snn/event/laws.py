"""The parameters of each neuron's law as the kernels read them, in engine order."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright import InvalidNetwork
from spikewright.snn.codes import PhaseCode
from spikewright.snn.event.scatter import engine_order
from spikewright.snn.fixed.bounds import integer_type
from spikewright.snn.kernels import fire_general as rules
from spikewright.snn.kernels.fire_few import few_spike_law
from spikewright.snn.kernels.fire_general import Rule
from spikewright.snn.network import Network, Population
from spikewright.snn.neurons import IF, LIF, Burst, Integrator, LatchedIF, Neuron, QuantReLU, SignedIF, TernaryIF

Array = NDArray[Any]
Kind = np.dtype[Any]


def spread(population: Population, value: Any, kind: Kind) -> Array:
    """A scalar, per-channel or per-neuron value for every neuron, flat in public order."""
    array = np.asarray(value)
    if array.ndim == 1 and len(population.shape) > 1:
        array = array.reshape(-1, *[1] * (len(population.shape) - 1))
    return np.ascontiguousarray(np.broadcast_to(array, population.shape).reshape(-1).astype(kind))


def needs_rule(network: Network, neuron: Neuron) -> bool:
    """Whether the general kernels are needed."""
    general = isinstance(neuron, SignedIF | TernaryIF | Burst) or isinstance(network.code, PhaseCode)
    return general or getattr(neuron, "refractory", 0) > 0


def plain_law(network: Network, population: Population, compute: Kind, common: int) -> tuple[Any, ...]:
    """Thresholds, leak and the rest for `fire_float` and `fire_fixed`, but for their last, `gather`."""
    threshold, leak, to_zero = _threshold(network, population), _leak(population.neuron), _to_zero(population.neuron)
    thresholds = spread(population, threshold, compute)[engine_order(population.shape)]
    if network.numbers == "float32":
        return thresholds, np.float32(1.0 - leak), to_zero
    return thresholds, *(compute.type(x) for x in (_shift(leak), common, _top(population))), to_zero


def rule_of(network: Network, population: Population, compute: Kind, common: int) -> Rule:
    """The rule for `fire_rule_float` and `fire_rule_fixed`."""
    neuron, public, fixed = population.neuron, engine_order(population.shape), network.numbers == "fixed"
    kinds = {SignedIF: rules.SIGNED, TernaryIF: rules.TERNARY, Burst: rules.BURST, Integrator: rules.NEVER}
    limit = getattr(neuron, "limit", None)
    return Rule(
        kind=kinds.get(type(neuron), rules.THRESHOLD),
        threshold=spread(population, _threshold(network, population), compute)[public],
        negative=spread(population, getattr(neuron, "negative", 0), compute)[public],
        leak=_shift(_leak(neuron)) if fixed else np.float32(1.0 - _leak(neuron)),
        shift=common,
        top=_top(population) if fixed else 0,
        to_zero=_to_zero(neuron),
        limit=-1 if limit is None else limit,
        refractory=getattr(neuron, "refractory", 0),
    )


def few_law(network: Network, population: Population, compute: Kind, common: int) -> tuple[Any, ...]:
    """The law of FewSpikeIF neurons."""
    thresholds = spread(population, _threshold(network, population), compute)[engine_order(population.shape)]
    return few_spike_law(network, population, thresholds, common)


def quantiser(network: Network, population: Population, compute: Kind, common: int) -> tuple[Any, ...]:
    """Multipliers, levels and shifts for `quantise_float` and `quantise_fixed`."""
    neuron, public = population.neuron, engine_order(population.shape)
    if not isinstance(neuron, QuantReLU):
        raise InvalidNetwork(f"expected QuantReLU in population {population.name!r}, got {type(neuron).__name__}")
    if network.numbers == "float32":
        return spread(population, neuron.multiplier, np.dtype(np.float64))[public] / 2.0**neuron.shift, np.float64(
            neuron.levels
        )
    multipliers, top = spread(population, neuron.multiplier, np.dtype(np.int64))[public], _top(population)
    integer_type(
        (top + 1) * int(multipliers.max()) + 2**neuron.shift, f"the products of population {population.name!r}"
    )
    return multipliers, np.int64(neuron.levels), np.int64(neuron.shift), np.int64(common), np.int64(top)


def _threshold(network: Network, population: Population) -> Any:
    """The threshold; one that no potential reaches for an Integrator."""
    neuron: Any = population.neuron
    if isinstance(neuron, Integrator):
        return _top(population) + 1 if network.numbers == "fixed" else np.inf
    return neuron.threshold


def _leak(neuron: Neuron) -> float:
    return neuron.leak if isinstance(neuron, LIF) else 0.0


def _shift(leak: float) -> int:
    return round(-np.log2(leak)) if leak else 0


def _to_zero(neuron: Neuron) -> bool:
    return isinstance(neuron, IF | LIF | LatchedIF) and neuron.reset == "zero"


def _top(population: Population) -> int:
    top: int = 2 ** ((population.potential_bits or 32) - 1) - 1
    return top
