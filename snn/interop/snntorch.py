"""A `Network` in snnTorch (Eshraghian et al. 2023): its `Leaky` neurons between torch's synapses.

Which `Leaky` has which law, read in its source (snntorch 1.0.0) with beta = 1 - leak:

    mem[t] = beta mem[t-1] + S + b - threshold spike[t-1]      reset_mechanism="subtract", reset_delay=True
    mem[t] = beta (mem[t-1] (1 - spike[t-1])) + S + b          reset_mechanism="zero",     reset_delay=True

The second is our reset to zero, with or without leak. The first takes the whole threshold off *after* the leak. It is our
reset by subtraction for beta = 1; with a leak it is the same neuron seen from another zero (`snn.interop.laws`): Leaky's
threshold is beta threshold, its potential begins at V(0) - (1 - beta) threshold and gets the current -(1 - beta)^2 threshold.
The same in real arithmetic, and in float32 unless a potential comes within rounding of its threshold. (With reset_delay=False
a neuron that is still above its threshold after the reset takes nothing off in the next step, which no shift mends.)

`Leaky` fires at mem > threshold by default. The step function is an argument (`spike_grad`), and it is given as
mem - threshold >= 0 here, so that ties are no exception to the agreement.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from spikewright.optional import require
from spikewright.snn.codes import Code
from spikewright.snn.interop.modules import network_of_module
from spikewright.snn.interop.snntorch_laws import SnnTorch
from spikewright.snn.interop.stepped import ForeignNeurons, NeuronRules, Stepped, column
from spikewright.snn.interop.tools import Outcome, refused
from spikewright.snn.network import Network, Readout
from spikewright.snn.neurons import IF, LIF
from spikewright.snn.populations import Population


class _Leaky:
    """One `snntorch.Leaky`, whose `mem` is the potential before the reset, `shift` below ours."""

    def __init__(self, population: Population) -> None:
        neuron = population.neuron
        beta = np.float32(1.0 - neuron.leak)
        ours, self._zero = column(neuron.threshold, population), neuron.reset == "zero"
        lost = float(1.0 - beta) if not self._zero else 0.0
        self._shift, self._current = lost * ours, -lost * lost * ours
        self._threshold = ours - self._shift
        self._taken = ours
        self.module = require("snntorch").Leaky(
            beta=torch.tensor(beta),
            threshold=self._threshold,
            spike_grad=at_or_above,
            reset_mechanism=neuron.reset,
            reset_delay=True,
        )

    def start(self, initial: Tensor) -> None:
        self._mem, self._fired = initial - self._shift, torch.zeros_like(initial)

    def step(self, drive: Tensor) -> Tensor:
        self._fired, self._mem = self.module(drive + self._current, self._mem)
        return self._fired

    def potential(self) -> Tensor:
        ours = self._mem + self._shift
        rest = torch.zeros_like(ours) if self._zero else ours - self._taken
        return torch.where(self._fired > 0, rest, ours)


def to_snntorch(network: Network) -> Stepped:
    """`network` with snnTorch's neurons, a module that maps images to an `Outcome`.

    Raises MissingTool without snnTorch, and InvalidNetwork naming the population whose law snnTorch does not have.
    """
    require("snntorch")
    return Stepped("snnTorch", network, RULES, "only Leaky is compared")


def simulate(network: Network, images: Any) -> Outcome:
    """Run `network` on `images (batch, *input shape)` in snnTorch, float32. Raises as `to_snntorch` does."""
    outcome: Outcome = to_snntorch(network)(images)
    return outcome


def from_snntorch(
    module: Any, input_shape: Sequence[int], code: Code | int, *, readout: Readout | None = None
) -> Network:
    """The network that `module`, trained in snnTorch, is for inputs `(batch, *input_shape)`.

    `code`: what the module is fed, a number of steps meaning `Direct(steps)`, the image as a constant current. `module` may
    do one step, loop over its steps, or take them all at once. `readout`: None counts spikes, or takes the potential where
    the last layer does not fire. Populations have the paths of the module's layers; `.report` says what was folded and
    rewritten (see `laws`). Raises MissingTool without snnTorch, InvalidInput for a module in training mode or another number
    of steps, and InvalidNetwork naming the layer or operation that has no counterpart, and why.
    """
    return network_of_module(module, SnnTorch(), input_shape, code, readout)


def at_or_above(excess: Tensor) -> Tensor:
    """1 where `excess` = mem - threshold >= 0, else 0."""
    return (excess >= 0).to(excess.dtype)


def _leaky(population: Population) -> ForeignNeurons:
    if torch.any(column(population.initial, population) >= column(population.neuron.threshold, population)):
        raise refused(population, "snnTorch", "an initial potential at the threshold is reset before the first step")
    return _Leaky(population)


RULES: NeuronRules = {IF: _leaky, LIF: _leaky}
