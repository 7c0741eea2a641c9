"""The number types of a population: float32, or for each use the narrowest integers that are proved to hold it."""

from typing import Any, NamedTuple

import numpy as np

from spikewright.snn.disturb.noise import Noise, multiplicity
from spikewright.snn.event.firing_rules import FiringRule
from spikewright.snn.fixed.bounds import (
    gathered_steps,
    integer_type,
    largest_sent,
    noise_bound,
    population_bound,
    sum_bound,
)
from spikewright.snn.network import Network
from spikewright.snn.populations import Population


class NumberTypes(NamedTuple):
    """Of summed inputs, of potentials between steps, and of the arithmetic that makes the one of the other."""

    sums: np.dtype[Any]
    potentials: np.dtype[Any]
    compute: np.dtype[Any]


def choose_types(
    network: Network, population: Population, rule: FiringRule, shift: int, noise: tuple[Noise, ...]
) -> NumberTypes:
    """The types for a population of that rule; `shift`: that all its sums have in common, so that they are kept without it.

    Raises InvalidNetwork where 64 bits are not enough.
    """
    if network.numbers == "float32":
        return NumberTypes(*(np.dtype(np.float32),) * 3)
    gathered, shaken = multiplicity(noise, network.steps), noise_bound(network, population, noise)
    what = f"the potentials of population {population.name!r}"
    top = 2 ** (population.width - 1)
    reached = 2 * top + population_bound(network, population, gathered) + shaken
    compute = integer_type(
        max(reached, rule.product(network.code.weight(0), population.neuron, top + 1, reached)), what
    )
    compute = np.dtype(np.int32) if compute.itemsize < 4 else compute
    sums = _type_of_sums(network, population, shift, gathered, shaken)
    return NumberTypes(sums, compute if rule.wide else integer_type(top - 1, what), compute)


def _type_of_sums(
    network: Network, population: Population, shift: int, gathered: int, shaken: int
) -> np.dtype[np.signedinteger]:
    """`gathered`: steps' worth of spikes that noise brings into one, `shaken`: the most that it adds."""
    projections, times = network.incoming[population.name], gathered_steps(network, population)
    total = sum(sum_bound(network, q, gathered) for q in projections) * times
    factors = [times, *(largest_sent(network, network.by_name[q.source]) for q in projections)]  # even of no sums
    return integer_type(max((total >> shift) + shaken, *factors), f"the sums of population {population.name!r}")
