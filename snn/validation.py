"""Does a network make sense? Names, shapes, cycles, and the integers of a fixed-point network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from spikewright import InvalidNetwork
from spikewright.snn.checked import (
    LARGEST,
    WIDEST,
    check_numbers,
    check_whole,
    holds_integers,
    is_whole,
    largest_magnitude,
)
from spikewright.snn.codes import Code
from spikewright.snn.compatibility import check_rules
from spikewright.snn.neurons import Neuron
from spikewright.snn.validated_projections import check_projection

if TYPE_CHECKING:
    from spikewright.snn.network import Network
    from spikewright.snn.populations import Population


def validate(network: Network) -> None:
    """Raise InvalidNetwork with the name of the population or projection that is wrong."""
    _check_names(network)
    given: Any = network.code
    if not isinstance(given, Code):
        raise InvalidNetwork(f"expected a code of snn.codes, got {type(given).__name__}; try RateCode(steps)")
    for population in network.populations:
        _check_population(population, fixed=network.numbers == "fixed")
    for projection in network.projections:
        check_projection(network, projection)
    for population in topological_order(network):
        if population.name != network.input and not network.incoming[population.name]:
            raise InvalidNetwork(f"population {population.name!r} has no projection into it; remove it or connect it")
    check_rules(network)


def topological_order(network: Network) -> tuple[Population, ...]:
    """Populations so that sources come before targets, delays aside, and the input before all others.

    Raises InvalidNetwork on a cycle without delay.
    """
    waiting = {p.name: {q.source for q in network.incoming[p.name] if not q.delay} for p in network.populations}
    order: list[Population] = []
    while waiting:
        ready = [name for name, sources in waiting.items() if not sources]
        if not ready:
            raise InvalidNetwork(
                f"populations {', '.join(waiting)} form a cycle; a recurrent projection needs a delay of at least one step"
            )
        for name in sorted(ready, key=lambda name: name != network.input):  # one reached by delays only is ready, too
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
    _check_shape(name, shape)
    given: Any = population.neuron
    if not isinstance(given, Neuron):
        kind = type(given).__name__
        raise InvalidNetwork(f"expected a neuron of snn.neurons in population {name!r}, got {kind}; try IF(1.0)")
    if population.potential_bits is not None:
        check_whole(population.potential_bits, 2, WIDEST, f"the potential width in bits of population {name!r}")
    _check_extent(name, "bias", population.bias, {(), (shape[0],), shape})
    fields, neuron = [population.bias, population.initial], population.neuron
    for attribute in (*neuron.thresholds_in, *neuron.channels_in):
        value = getattr(neuron, attribute)
        _check_extent(name, attribute, value, {(), (shape[0],), shape if attribute in neuron.thresholds_in else ()})
        fields.append(value)
    _check_extent(name, "initial", population.initial, {(), (shape[0],)})
    if population.amplitude is not None:
        _check_extent(name, "amplitude", population.amplitude, {(), (shape[0],)})
    if population.below is not None:
        _check_extent(name, "below", population.below, {(), (shape[0],)})
    if fixed and neuron.potential != "none":
        _check_integers(population, fields)


def _check_shape(name: str, shape: Any) -> None:
    if (
        not isinstance(shape, tuple)
        or len(shape) not in (1, 2, 3)
        or not all(is_whole(extent, 1, LARGEST) for extent in shape)
    ):
        raise InvalidNetwork(f"expected a shape (C, H, W), (C, L) or (N,) for population {name!r}, got {shape}")
    if prod(map(int, shape)) > LARGEST:
        raise InvalidNetwork(f"expected at most {LARGEST} neurons in population {name!r}, got {shape}; try two of them")


def _check_extent(name: str, what: str, value: object, shapes: set[tuple[int, ...]]) -> None:
    array = np.asarray(value)
    if array.shape not in shapes:
        raise InvalidNetwork(
            f"expected {what} of population {name!r} with a shape in {sorted(shapes)}, got {array.shape}"
        )
    check_numbers(array, f"{what} of population {name!r}")


def _check_integers(population: Population, fields: Sequence[object]) -> None:
    name, neuron = population.name, population.neuron
    if population.potential_bits is None:
        raise InvalidNetwork(f"expected a potential width of 2 to {WIDEST} bits for population {name!r}, got None")
    if not all(holds_integers(value) for value in fields):
        raise InvalidNetwork(f"expected integers in the fixed-point population {name!r}; try network.to_fixed()")
    top = 2 ** (population.potential_bits - 1) - 1
    for value in (population.initial, *neuron.all_thresholds().values()):
        if (most := largest_magnitude(value)) > top:
            raise InvalidNetwork(
                f"expected thresholds and initial potentials of {name!r} within {population.potential_bits} bits, got {most}, "
                f"which needs {most.bit_length() + 1}; try more potential_bits"
            )
    neuron.check_whole(name)
