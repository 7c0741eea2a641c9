"""A `Network` in SpikingJelly (Fang et al. 2023) and back: its `IFNode` and `LIFNode` between torch's synapses.

    IFNode     v = v + x                 spike  iff  v - v_threshold >= 0;   v_reset=None: v - v_threshold,   v_reset=0: 0
    LIFNode    v = v - v / tau + x       decay_input=False, tau = 1 / leak

The first is our IF. The second is our LIF up to a last bit: it divides by tau and subtracts where we multiply by 1 - leak. These
nodes have one threshold. Where a population has several, an IF becomes a SimpleIFNode, which takes a tensor, and a LIF is counted
in thresholds, so that 1 is the threshold of every node, again up to a last bit.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor

from spikewright.optional import require
from spikewright.snn.codes import Code
from spikewright.snn.interop.modules import network_of_module
from spikewright.snn.interop.spikingjelly_laws import SpikingJelly
from spikewright.snn.interop.stepped import ForeignNeurons, NeuronRules, Stepped, column
from spikewright.snn.interop.tools import Outcome
from spikewright.snn.network import Network, Readout
from spikewright.snn.neurons import IF, LIF
from spikewright.snn.populations import Population

NODES = "spikingjelly.activation_based.neuron"


class _Node:
    """One node in single-step mode; `unit` is what its potential is counted in."""

    def __init__(self, node: Any, unit: Tensor | None = None) -> None:
        self.module, self._unit = node, torch.ones(()) if unit is None else unit

    def start(self, initial: Tensor) -> None:
        self.module.v = initial / self._unit

    def step(self, drive: Tensor) -> Tensor:
        fired: Tensor = self.module(drive / self._unit)
        return fired

    def potential(self) -> Tensor:
        rest: Tensor = self.module.v * self._unit
        return rest


def to_spikingjelly(network: Network) -> Stepped:
    """`network` with SpikingJelly's nodes, a module that maps images to an `Outcome`.

    Raises MissingTool without SpikingJelly, and InvalidNetwork naming the population whose law SpikingJelly does not have.
    """
    require(NODES)
    return Stepped("SpikingJelly", network, RULES, "only its IFNode and LIFNode are compared")


def simulate(network: Network, images: Any) -> Outcome:
    """Run `network` on `images (batch, *input shape)` in SpikingJelly, float32. Raises as `to_spikingjelly` does."""
    outcome: Outcome = to_spikingjelly(network)(images)
    return outcome


def from_spikingjelly(
    module: Any, input_shape: Sequence[int], code: Code | int, *, readout: Readout | None = None
) -> Network:
    """The network that `module`, trained in SpikingJelly, is for inputs `(batch, *input_shape)`.

    `code`: what the module is fed, a number of steps meaning `Direct(steps)`, the image as a constant current. `module` may
    do one step, loop over its steps, or take (time, batch) in multi-step mode. `readout`: None counts spikes, or takes the
    potential where the last layer does not fire. Populations have the paths of the module's layers; `.report` says what was
    folded and rewritten (see `laws`). Raises MissingTool without SpikingJelly, InvalidInput for a module in training mode or
    another number of steps, and InvalidNetwork naming the layer or operation that has no counterpart, and why.
    """
    return network_of_module(module, SpikingJelly(), input_shape, code, readout)


def _if(population: Population) -> ForeignNeurons:
    nodes, neuron = require(NODES), population.neuron
    threshold: Any = column(neuron.threshold, population)
    one = threshold.ndim == 0
    kind = nodes.IFNode if one else nodes.SimpleIFNode
    return _Node(kind(v_threshold=float(threshold) if one else threshold, v_reset=_reset(neuron)))


def _lif(population: Population) -> ForeignNeurons:
    nodes, neuron = require(NODES), population.neuron
    threshold = column(neuron.threshold, population)
    tau = 1.0 / float(1.0 - np.float32(1.0 - neuron.leak))
    node = partial(nodes.LIFNode, tau=tau, decay_input=False, v_reset=_reset(neuron))
    return _Node(node(v_threshold=float(threshold))) if threshold.ndim == 0 else _Node(node(), threshold)


def _reset(neuron: Any) -> float | None:
    """None takes the threshold off."""
    return None if neuron.reset == "subtract" else 0.0


RULES: NeuronRules = {IF: _if, LIF: _lif}
