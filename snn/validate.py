"""Does a network make sense? Names, shapes, cycles, and the integers of a fixed-point network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from snn.neurons import LIF, MaxGate, Source
from snn.rules import check_rules
from snn.synapses import GAINED, WEIGHTED, output_shape, pooled_shape
from snn.weights import memory
from spikewright import InvalidNetwork

if TYPE_CHECKING:
    from snn.network import Network, Population, Projection


def validate(network: Network) -> None:
    """Raise InvalidNetwork with the name of the population or projection that is wrong."""
    _check_names(network)
    for population in network.populations:
        _check_population(population, fixed=network.numbers == "fixed")
    for projection in network.projections:
        _check_projection(network, projection)
    for population in topological_order(network):
        if population.name != network.input and not network.incoming[population.name]:
            raise InvalidNetwork(f"population {population.name!r} has no projection into it; remove it or connect it")
    check_rules(network)


def topological_order(network: Network) -> tuple[Population, ...]:
    """Populations so that sources come before targets, delays aside. Raises InvalidNetwork on a cycle without delay."""
    waiting = {p.name: {q.source for q in network.incoming[p.name] if not q.delay} for p in network.populations}
    order: list[Population] = []
    while waiting:
        ready = [name for name, sources in waiting.items() if not sources]
        if not ready:
            raise InvalidNetwork(
                f"populations {', '.join(waiting)} form a cycle; a recurrent projection needs a delay of at least one step"
            )
        for name in ready:
            del waiting[name]
            order.append(network.by_name[name])
        for sources in waiting.values():
            sources.difference_update(ready)
    return tuple(order)


def _check_names(network: Network) -> None:
    for kind, names in (
        ("population", [p.name for p in network.populations]),
        ("projection", [p.name for p in network.projections]),
    ):
        twice = {name for name, count in Counter(names).items() if count > 1}
        if twice:
            raise InvalidNetwork(f"expected every {kind} to have its own name, got {', '.join(sorted(twice))} twice")
    known = {p.name for p in network.populations}
    ends = {network.input, network.output} | {end for p in network.projections for end in (p.source, p.target)}
    if ends - known:
        raise InvalidNetwork(f"expected names of populations, got {', '.join(sorted(ends - known))}")
    if any(p.target == network.input for p in network.projections):
        raise InvalidNetwork("expected no projection into the input population")


def _check_population(population: Population, *, fixed: bool) -> None:
    name, shape = population.name, population.shape
    if len(shape) not in (1, 2, 3) or any(extent < 1 for extent in shape):
        raise InvalidNetwork(f"expected a shape (C, H, W), (C, L) or (N,) for population {name!r}, got {shape}")
    _check_extent(name, "bias", population.bias, {(), (shape[0],), shape})
    fields = [population.bias, population.initial]
    for attribute in ("threshold", "negative", "multiplier"):
        value = getattr(population.neuron, attribute, None)
        if value is not None:
            _check_extent(name, attribute, value, {(), (shape[0],), () if attribute == "multiplier" else shape})
            fields.append(value)
    _check_extent(name, "initial", population.initial, {(), (shape[0],)})
    if population.amplitude is not None:
        _check_extent(name, "amplitude", population.amplitude, {(), (shape[0],)})
    if fixed and not isinstance(population.neuron, Source | MaxGate):
        _check_integers(population, fields)


def _check_extent(name: str, what: str, value: object, shapes: set[tuple[int, ...]]) -> None:
    array = np.asarray(value)
    if array.shape not in shapes:
        raise InvalidNetwork(
            f"expected {what} of population {name!r} with a shape in {sorted(shapes)}, got {array.shape}"
        )
    if not np.all(np.isfinite(array)):
        raise InvalidNetwork(f"expected finite numbers in {what} of population {name!r}, got NaN or infinity")


def _check_integers(population: Population, fields: Sequence[object]) -> None:
    bits, name = population.potential_bits, population.name
    if bits is None or not 2 <= bits <= 63:
        raise InvalidNetwork(f"expected a potential width of 2 to 63 bits for population {name!r}, got {bits}")
    top = 2 ** (bits - 1) - 1
    for value in fields:
        array = np.asarray(value)
        if np.any(array != np.floor(array)) or np.any(np.abs(array) >= 2.0**62):
            raise InvalidNetwork(f"expected integers in the fixed-point population {name!r}; try network.to_fixed()")
    for value in (population.initial, *(getattr(population.neuron, a, 0) for a in ("threshold", "negative"))):
        if np.any(np.abs(np.asarray(value, dtype=np.float64)) > top):
            raise InvalidNetwork(
                f"expected thresholds and initial potentials of {name!r} within {bits} bits; try more potential_bits"
            )
    if isinstance(population.neuron, LIF) and not np.log2(population.neuron.leak).is_integer():
        raise InvalidNetwork(
            f"expected a leak 2**-k in the fixed-point population {name!r}, got {population.neuron.leak}"
        )


def _check_projection(network: Network, projection: Projection) -> None:
    source, target = network.by_name[projection.source], network.by_name[projection.target]
    if isinstance(projection.synapse, GAINED):
        _check_gain(network, projection, source.shape[0])
    if isinstance(projection.synapse, WEIGHTED):
        values = memory(projection.synapse.weights)
        if not np.all(np.isfinite(values)):
            raise InvalidNetwork(f"expected finite weights in projection {projection.name!r}, got NaN or infinity")
        if network.numbers == "fixed" and not np.issubdtype(values.dtype, np.integer):
            raise InvalidNetwork(f"expected integer weights in projection {projection.name!r}; try network.to_fixed()")
        if network.numbers == "fixed" and projection.synapse.weights.scale is not None:
            raise InvalidNetwork(f"expected no scale beside integer weights in projection {projection.name!r}")
    if not 0 <= projection.shift <= 32 or (projection.shift and network.numbers != "fixed"):
        raise InvalidNetwork(
            f"expected a shift of 0 to 32 in fixed point, else 0, got {projection.shift} in {projection.name!r}"
        )
    if isinstance(projection.delay, bool) or not 0 <= projection.delay <= 1_000_000:
        raise InvalidNetwork(f"expected a delay of 0 to 1000000 steps in {projection.name!r}, got {projection.delay}")
    try:
        shape = output_shape(projection.synapse, pooled_shape(source.shape, projection.pool))
    except InvalidNetwork as error:
        raise InvalidNetwork(f"projection {projection.name!r}: {error}") from error
    start, stop = projection.channels or (0, target.shape[0])
    wanted = (stop - start, *target.shape[1:])
    if not 0 <= start < stop <= target.shape[0] or shape != wanted:
        raise InvalidNetwork(
            f"projection {projection.name!r} makes {shape}, expected {wanted} of population {target.name!r}"
        )


def _check_gain(network: Network, projection: Projection, channels: int) -> None:
    gain = np.asarray(getattr(projection.synapse, "gain", 1))
    if gain.shape not in {(), (channels,)} or not np.all(np.isfinite(gain)):
        raise InvalidNetwork(
            f"expected a finite gain, one or ({channels},), in projection {projection.name!r}, got {gain}"
        )
    if network.numbers == "fixed" and np.any(gain != np.floor(gain)):
        raise InvalidNetwork(f"expected an integer gain in projection {projection.name!r}; try network.to_fixed()")
