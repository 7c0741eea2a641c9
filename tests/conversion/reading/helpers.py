"""Plans of small models, and what their units compute."""

import torch
from torch import nn

from spikewright.compress import trace
from spikewright.conversion.forward import Rewritten
from spikewright.conversion.reading.graph import read
from spikewright.conversion.reading.plan import Plan


def plan_for(model: nn.Module, *shape: int) -> Plan:
    """The plan of a model, without any folding; it is held against the model on the way."""
    x = torch.rand(3, *shape, generator=torch.Generator().manual_seed(0))
    plan = read(trace(model.eval(), x), {})
    with torch.no_grad():
        torch.testing.assert_close(Rewritten(plan)(x), model.double()(x.double()))
    return plan


def rows_of(plan: Plan) -> dict[str, str]:
    """What the report says of each node."""
    return {row.layer: f"{row.action}: {row.detail}" for row in plan.rows}
