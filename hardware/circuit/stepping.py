"""What potentials are compared with, and what a spike takes off them, where that changes from step to step."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright.hardware.model.bit_widths import signed_bits
from spikewright.snn import FewSpikeIF, Network, Population

Whole = NDArray[np.int64]


def phases(network: Network, population: Population) -> int:
    """The steps after which thresholds and weights of steps come again: 1 where all steps are alike."""
    if isinstance(population.neuron, FewSpikeIF):
        return network.steps
    return network.steps // network.code.charge_steps if network.code.inside == "step weights" else 1


def step_thresholds(network: Network, population: Population) -> tuple[tuple[Whole, ...], ...]:
    """The thresholds of each phase: for neurons whose steps differ the threshold and what a spike takes off, else its own.

    A neuron that compares nothing has one threshold that is not looked at.
    """
    neuron: Any = population.neuron
    if isinstance(neuron, FewSpikeIF):
        factors = list(zip(neuron.thresholds, neuron.resets, strict=True))
    elif is_stepped(network, population):
        factors = [(network.code.weight(step),) * 2 for step in range(phases(network, population))]
    else:
        plain = tuple(np.asarray(one, np.int64) for one in neuron.all_thresholds().values())
        return (plain or (np.ones((), np.int64),),)
    threshold = np.asarray(neuron.threshold, np.int64)
    return tuple(tuple(threshold * int(factor) for factor in step) for step in factors)


def is_stepped(network: Network, population: Population) -> bool:
    """Whether the thresholds of a population change from step to step."""
    return population.neuron.has_threshold and phases(network, population) > 1


def left_bits(network: Network, population: Population) -> int:
    """Bits of a potential after a step: more than it declares where a spike takes off something else than its threshold."""
    top = 2 ** (population.width - 1)
    ends = [-top, top - 1]
    if is_stepped(network, population) and population.neuron.reset == "subtract":
        for threshold, reset in step_thresholds(network, population):
            left = np.where(threshold < top, np.stack([np.maximum(threshold, -top) - reset, top - 1 - reset]), 0)
            ends += [int(left.min()), int(left.max())]
    return signed_bits(ends)
