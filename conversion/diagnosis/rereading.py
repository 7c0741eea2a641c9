"""The plan behind a network, read again from its model."""

from typing import Any

import numpy as np
import torch

from spikewright.conversion.reading.model import plan_of
from spikewright.conversion.reading.plan import DEARER, Below, CodeTraits, Plan
from spikewright.conversion.reading.shifts import TURNED, one_sided
from spikewright.snn import Network


def plan_behind(network: Network, model: Any, images: torch.Tensor) -> Plan:
    """The plan of `model` for checked samples, in halves, merged, shifted and with a tail as the network has it."""
    neurons = [population.neuron for population in network.populations]
    timed = any(neuron.sends == "times" for neuron in neurons)
    tail = network.tail is not None
    traits = CodeTraits(any(neuron.two_sided for neuron in neurons), 1.0 if timed else DEARER, tail, precise=timed)
    return as_sent(network, plan_of(model, images, network.run.input_range, traits=traits))


def as_sent(network: Network, plan: Plan) -> Plan:
    """The plan that a network was made of, its values shifted as the network sends them."""
    below = {p.name: Below(np.asarray(p.below)) for p in network.populations if p.below is not None}
    names = {unit.name for unit in plan.hidden}
    halves = {name: Below(halves=True) for name in names if name + TURNED in network.by_name}
    return one_sided(plan, {name: one for name, one in (below | halves).items() if name in names})


def in_plan(network: Network, images: torch.Tensor) -> torch.Tensor:
    """Images as the plan behind `network` takes them: in [0, 1] where the network has a range of its inputs."""
    known = network.run.input_range
    in_unit: torch.Tensor = images if known is None else known.unit(images)
    return in_unit
