"""The plan behind a network, read again from its model."""

from typing import Any

import numpy as np
import torch

from spikewright.conversion.reading.model import plan_of
from spikewright.conversion.reading.plan import Below, Plan
from spikewright.conversion.reading.shifts import one_sided
from spikewright.snn import Network


def plan_behind(network: Network, model: Any, images: torch.Tensor) -> Plan:
    """The plan of `model` for checked samples, in halves and shifted as the network has it."""
    plan = plan_of(model, images, two_sided=any(p.neuron.two_sided for p in network.populations))
    return as_sent(network, plan)


def as_sent(network: Network, plan: Plan) -> Plan:
    """The plan that a network was made of, its values shifted as the network sends them."""
    below = {p.name: np.asarray(p.below) for p in network.populations if p.below is not None}
    return one_sided(plan, {unit.name: Below(below[unit.name]) for unit in plan.hidden if unit.name in below})
