"""A `Network` in Norse (Pehle and Pedersen 2021): its integrate-and-fire steps between torch's synapses.

Which step has which law, read in its source (norse 1.1.0):

    iaf_feed_forward_step       v = v + I, fires at v > v_th, then v = v_reset         our IF with reset "zero"
    lif_box_feed_forward_step   v = v + dt tau_mem_inv (I + v_leak - v), reset_method  our LIF in other units

With dt tau_mem_inv = leak and v_leak = 0 the box gives v = (1 - leak) v + leak I, that is our law with v = leak V and
thresholds leak times ours. Norse computes v + leak (I - v), so a last bit may differ from (1 - leak) V + I. The leak-free
step knows no reset by subtraction. It is carried by a wrapper: what its reset to zero takes off beyond the threshold is put
back, V - threshold.

Norse fires at v > v_th, and the step function is no argument. The threshold handed over is therefore the next float below: v >= x
and v > predecessor(x) are the same for floats, so ties agree too. A reset by subtraction still takes off the threshold itself.
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
from spikewright.snn.interop.norse_laws import Norse
from spikewright.snn.interop.stepped import ForeignNeurons, NeuronRules, Stepped, column
from spikewright.snn.interop.tools import Outcome
from spikewright.snn.network import Network, Readout
from spikewright.snn.neurons import IF, LIF
from spikewright.snn.populations import Population


class _NorseStep:
    """A layer of Norse's cells; `scale` is the unit of its potential in ours."""

    def __init__(self, cell: Any, state: Any, scale: float) -> None:
        self.module, self._make_state, self._scale = cell, state, scale

    def start(self, initial: Tensor) -> None:
        self._state = self._make_state(v=initial * self._scale)

    def step(self, drive: Tensor) -> Tensor:
        fired: Tensor
        fired, self._state = self.module(drive, self._state)
        return fired

    def potential(self) -> Tensor:
        rest: Tensor = self._state.v / self._scale
        return rest


class _Rest(_NorseStep):
    """An IAF cell that keeps what is left above the threshold, as a wrapper around its reset to zero."""

    def __init__(self, cell: Any, state: Any, threshold: Tensor) -> None:
        super().__init__(cell, state, 1.0)
        self._threshold = threshold

    def step(self, drive: Tensor) -> Tensor:
        charged = self._state.v + drive
        fired = super().step(drive)
        self._state = self._make_state(v=torch.where(fired > 0, charged - self._threshold, self._state.v))
        return fired


def to_norse(network: Network) -> Stepped:
    """`network` with Norse's neurons, a module that maps images to an `Outcome`.

    Raises MissingTool without Norse, and InvalidNetwork naming the population whose law Norse does not have.
    """
    require("norse")
    return Stepped("Norse", network, RULES, "only its IAF and LIF box are compared")


def simulate(network: Network, images: Any) -> Outcome:
    """Run `network` on `images (batch, *input shape)` in Norse, float32. Raises as `to_norse` does."""
    outcome: Outcome = to_norse(network)(images)
    return outcome


def from_norse(module: Any, input_shape: Sequence[int], code: Code | int, *, readout: Readout | None = None) -> Network:
    """The network that `module`, trained in Norse, is for inputs `(batch, *input_shape)`.

    `code`: what the module is fed, a number of steps meaning `Direct(steps)`, the image as a constant current. `module` may
    do one step, loop over its steps, or take them all at once. `readout`: None counts spikes, or takes the potential where
    the last layer does not fire. Populations have the paths of the module's layers; `.report` says what was folded and
    rewritten (see `laws`). Raises MissingTool without Norse, InvalidInput for a module in training mode or another number of
    steps, and InvalidNetwork naming the layer or operation that has no counterpart, and why.
    """
    return network_of_module(module, Norse(), input_shape, code, readout)


def _iaf(population: Population) -> ForeignNeurons:
    """IAF cells, with the threshold that is kept by subtraction put back."""
    library, iaf = require("norse.torch"), require("norse.torch.functional.iaf")
    neuron = population.neuron
    threshold = column(neuron.threshold, population)
    cell = library.IAFCell(iaf.IAFParameters(v_th=below(threshold)), dt=1.0)
    if neuron.reset == "subtract":
        return _Rest(cell, iaf.IAFFeedForwardState, threshold)
    return _NorseStep(cell, iaf.IAFFeedForwardState, 1.0)


def _box(population: Population) -> ForeignNeurons:
    """LIF boxes, whose potential is leak times ours."""
    box, reset = require("norse.torch.functional.lif_box"), require("norse.torch.functional.reset")
    neuron = population.neuron
    leak = float(np.float32(1.0) - np.float32(1.0 - neuron.leak))
    threshold = column(neuron.threshold, population) * leak
    subtract = partial(_subtract, reset.reset_subtract, threshold)
    parameters = box.LIFBoxParameters(
        tau_mem_inv=torch.tensor(leak),
        v_th=below(threshold),
        reset_method=subtract if neuron.reset == "subtract" else reset.reset_value,
    )
    cell = require("norse.torch").LIFBoxCell(parameters, dt=1.0)
    return _NorseStep(cell, box.LIFBoxFeedForwardState, leak)


def below(threshold: Tensor) -> Tensor:
    """The largest float32 below `threshold`."""
    return torch.nextafter(threshold, torch.full_like(threshold, -torch.inf))


def _subtract(method: Any, exact: Tensor, z: Tensor, v: Tensor, reset: Tensor, threshold: Tensor) -> Tensor:
    """Norse's reset by subtraction with the threshold itself, not the float below it."""
    rest: Tensor = method(z, v, reset, exact)
    return rest


RULES: NeuronRules = {IF: _iaf, LIF: _box}
