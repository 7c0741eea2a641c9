"""A `Network` in snnTorch (Eshraghian et al. 2023): its `Leaky` neurons between torch's synapses.

Which `Leaky` has which law, read in its source (snntorch 1.0.0) with beta = 1 - leak:

    mem[t] = beta mem[t-1] + S + b - threshold spike[t-1]      reset_mechanism="subtract", reset_delay=True
    mem[t] = beta (mem[t-1] (1 - spike[t-1])) + S + b          reset_mechanism="zero",     reset_delay=True

The second is our reset to zero, with or without leak. The first is our reset by subtraction only for beta = 1: with a
leak it takes off the whole threshold where our law takes off beta times the threshold, because the reset comes before the
leak. With reset_delay=False a neuron that is still above its threshold after the reset loses the spike that is due in
the next step. So LIF with reset by subtraction is refused.

`Leaky` fires at mem > threshold by default. The step function is an argument (`spike_grad`), and it is given as
mem - threshold >= 0 here, so that ties are no exception to the agreement.
"""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from snn.interop.stepped import Cell, Stepped, column
from snn.interop.tools import Outcome, refused, require
from snn.network import Network, Population
from snn.neurons import IF, LIF


class _Leaky:
    """One `snntorch.Leaky`, whose `mem` is the potential before the reset."""

    def __init__(self, population: Population, neuron: IF | LIF) -> None:
        beta = np.float32(1.0 - neuron.leak) if isinstance(neuron, LIF) else np.float32(1.0)
        self._threshold, self._zero = column(neuron.threshold, population), neuron.reset == "zero"
        self._leaky = require("snntorch").Leaky(
            beta=torch.tensor(beta),
            threshold=self._threshold,
            spike_grad=at_or_above,
            reset_mechanism=neuron.reset,
            reset_delay=True,
        )

    def start(self, initial: Tensor) -> None:
        self._mem, self._fired = initial, torch.zeros_like(initial)

    def step(self, drive: Tensor) -> Tensor:
        self._fired, self._mem = self._leaky(drive, self._mem)
        return self._fired

    def potential(self) -> Tensor:
        rest = torch.zeros_like(self._mem) if self._zero else self._mem - self._threshold
        return torch.where(self._fired > 0, rest, self._mem)


def to_snntorch(network: Network) -> Stepped:
    """`network` with snnTorch's neurons, a module that maps images to an `Outcome`.

    Raises MissingTool without snnTorch, and InvalidNetwork naming the population whose law snnTorch does not have.
    """
    require("snntorch")
    return Stepped("snnTorch", network, _cell)


def simulate(network: Network, images: Any) -> Outcome:
    """Run `network` on `images (batch, *input shape)` in snnTorch, float32. Raises as `to_snntorch` does."""
    outcome: Outcome = to_snntorch(network)(images)
    return outcome


def at_or_above(excess: Tensor) -> Tensor:
    """1 where `excess` = mem - threshold >= 0, else 0."""
    return (excess >= 0).to(excess.dtype)


def _cell(population: Population) -> Cell:
    neuron = population.neuron
    if isinstance(neuron, LIF) and neuron.reset == "subtract":
        raise refused(
            population,
            "snnTorch",
            "Leaky subtracts the threshold after the leak, or loses spikes above two thresholds; try reset 'zero'",
        )
    if not isinstance(neuron, IF | LIF):
        raise refused(population, "snnTorch", "only Leaky is compared")
    if torch.any(column(population.initial, population) >= column(neuron.threshold, population)):
        raise refused(population, "snnTorch", "an initial potential at the threshold is reset before the first step")
    return _Leaky(population, neuron)
