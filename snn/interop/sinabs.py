"""A `Network` in sinabs and back: its `IAF` and `LIF` layers between torch's synapses.

    v = alpha v + I;   spike  iff  v - threshold >= 0  (SingleSpike)
    v = v - threshold  (MembraneSubtract)   or   v = 0  (MembraneReset)   after a spike

This is our law, order and all, with norm_input=False, alpha = 1 - leak given itself (train_alphas=True) and no lower bound of
the potential. A `Burst` of at most n spikes a step is `MaxSpike(n)`, which divides the potential by the threshold once where
our law subtracts n times.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from spikewright.optional import require
from spikewright.snn.codes import Code
from spikewright.snn.interop.modules import network_of_module
from spikewright.snn.interop.sinabs_laws import Sinabs
from spikewright.snn.interop.stepped import ForeignNeurons, NeuronRules, Stepped, column
from spikewright.snn.interop.tools import Outcome
from spikewright.snn.network import Network, Readout
from spikewright.snn.neurons import IF, LIF, Burst
from spikewright.snn.populations import Population


class _SinabsLayer:
    """One layer of sinabs, given one step at a time."""

    def __init__(self, layer: Any) -> None:
        self.module = layer

    def start(self, initial: Tensor) -> None:
        self.module.v_mem = initial

    def step(self, drive: Tensor) -> Tensor:
        fired: Tensor = self.module(drive.unsqueeze(1)).squeeze(1)
        return fired

    def potential(self) -> Tensor:
        rest: Tensor = self.module.v_mem
        return rest


def to_sinabs(network: Network) -> Stepped:
    """`network` with sinabs' neurons, a module that maps images to an `Outcome`.

    Raises MissingTool without sinabs, and InvalidNetwork naming the population whose law sinabs does not have.
    """
    require("sinabs.layers")
    return Stepped("sinabs", network, RULES, "only its IAF and LIF are compared")


def simulate(network: Network, images: Any) -> Outcome:
    """Run `network` on `images (batch, *input shape)` in sinabs, float32. Raises as `to_sinabs` does."""
    outcome: Outcome = to_sinabs(network)(images)
    return outcome


def from_sinabs(
    module: Any, input_shape: Sequence[int], code: Code | int, *, readout: Readout | None = None
) -> Network:
    """The network that `module`, trained in sinabs, is for inputs `(batch, *input_shape)`.

    `code`: what the module is fed, a number of steps meaning `Direct(steps)`, the image as a constant current. `module` is
    given (batch time) or (batch, time) in front, or is a `sinabs.network.Network`, whose spiking model is read. `readout`:
    None counts spikes, or takes the potential where the last layer does not fire. Populations have the paths of the module's
    layers; `.report` says what was folded and rewritten (see `laws`). Raises MissingTool without sinabs, InvalidInput for a
    module in training mode or another number of steps, and InvalidNetwork naming the layer or operation that has no
    counterpart, and why.
    """
    return network_of_module(getattr(module, "spiking_model", module), Sinabs(), input_shape, code, readout)


def _iaf(population: Population) -> ForeignNeurons:
    return _SinabsLayer(require("sinabs.layers").IAF(**_settings(population)))


def _lif(population: Population) -> ForeignNeurons:
    settings = _settings(population)
    layer = require("sinabs.layers").LIF(tau_mem=2.0, train_alphas=True, norm_input=False, **settings)
    layer.alpha_mem.data = torch.tensor(np.float32(1.0 - population.neuron.leak))
    return _SinabsLayer(layer)


def _settings(population: Population) -> dict[str, Any]:
    """Threshold, the most spikes a step, and reset."""
    activation, neuron = require("sinabs.activation"), population.neuron
    return {
        "spike_threshold": column(neuron.threshold, population),
        "spike_fn": activation.MaxSpike(neuron.most) if neuron.most > 1 else activation.SingleSpike,
        "reset_fn": activation.MembraneReset() if neuron.reset == "zero" else activation.MembraneSubtract(),
    }


RULES: NeuronRules = {IF: _iaf, LIF: _lif, Burst: _iaf}
