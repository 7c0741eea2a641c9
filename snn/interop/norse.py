"""A `Network` in Norse (Pehle and Pedersen 2021): its integrate-and-fire steps between torch's synapses.

Which step has which law, read in its source (norse 1.1.0):

    iaf_feed_forward_step       v = v + I, fires at v > v_th, then v = v_reset         our IF with reset "zero"
    lif_box_feed_forward_step   v = v + dt tau_mem_inv (I + v_leak - v), reset_method  our LIF in other units

With dt tau_mem_inv = leak and v_leak = 0 the box gives v = (1 - leak) v + leak I, that is our law with v = leak V and thresholds
leak times ours. Norse computes v + leak (I - v), so a last bit may differ from (1 - leak) V + I. The leak-free step knows no
reset by subtraction: such an IF is refused.

Norse fires at v > v_th, and the step function is no argument. The threshold handed over is therefore the next float below: v >= x
and v > predecessor(x) are the same for floats, so ties agree too. A reset by subtraction still takes off the threshold itself.
"""

from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor

from snn.interop.stepped import Cell, Stepped, column
from snn.interop.tools import Outcome, refused, require
from snn.network import Network, Population
from snn.neurons import IF, LIF


class _Step:
    """One of Norse's feed-forward steps; `scale` is the unit of its potential in ours."""

    def __init__(self, function: Any, state: Any, parameters: Any, scale: float) -> None:
        self._function, self._make_state, self._parameters, self._scale = function, state, parameters, scale

    def start(self, initial: Tensor) -> None:
        self._state = self._make_state(v=initial * self._scale)

    def step(self, drive: Tensor) -> Tensor:
        fired: Tensor
        fired, self._state = self._function(drive, self._state, self._parameters, 1.0)
        return fired

    def potential(self) -> Tensor:
        rest: Tensor = self._state.v / self._scale
        return rest


def to_norse(network: Network) -> Stepped:
    """`network` with Norse's neurons, a module that maps images to an `Outcome`.

    Raises MissingTool without Norse, and InvalidNetwork naming the population whose law Norse does not have.
    """
    require("norse")
    return Stepped("Norse", network, _cell)


def simulate(network: Network, images: Any) -> Outcome:
    """Run `network` on `images (batch, *input shape)` in Norse, float32. Raises as `to_norse` does."""
    outcome: Outcome = to_norse(network)(images)
    return outcome


def _cell(population: Population) -> Cell:
    neuron = population.neuron
    if isinstance(neuron, LIF):
        return _box(population, neuron)
    if not isinstance(neuron, IF):
        raise refused(population, "Norse", "only its IAF and LIF box are compared")
    if neuron.reset == "subtract":
        raise refused(population, "Norse", "its cell without leak resets to a value only; try reset 'zero', or Brian2")
    iaf = require("norse.torch.functional.iaf")
    parameters = iaf.IAFParameters(v_th=below(column(neuron.threshold, population)))
    return _Step(iaf.iaf_feed_forward_step, iaf.IAFFeedForwardState, parameters, 1.0)


def _box(population: Population, neuron: LIF) -> Cell:
    box, reset = require("norse.torch.functional.lif_box"), require("norse.torch.functional.reset")
    leak = float(np.float32(1.0) - np.float32(1.0 - neuron.leak))
    threshold = column(neuron.threshold, population) * leak
    subtract = partial(_subtract, reset.reset_subtract, threshold)
    parameters = box.LIFBoxParameters(
        tau_mem_inv=torch.tensor(leak),
        v_th=below(threshold),
        reset_method=subtract if neuron.reset == "subtract" else reset.reset_value,
    )
    return _Step(box.lif_box_feed_forward_step, box.LIFBoxFeedForwardState, parameters, leak)


def below(threshold: Tensor) -> Tensor:
    """The largest float32 below `threshold`."""
    return torch.nextafter(threshold, torch.full_like(threshold, -torch.inf))


def _subtract(method: Any, exact: Tensor, z: Tensor, v: Tensor, reset: Tensor, threshold: Tensor) -> Tensor:
    """Norse's reset by subtraction with the threshold itself, not the float below it."""
    rest: Tensor = method(z, v, reset, exact)
    return rest
