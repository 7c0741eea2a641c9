"""The last check before anything is emitted: the plan computes what the model computes."""

from typing import Any

import torch

from compress.graph import as_module, plain_copy
from conversion.activations import Levels
from conversion.errors import Unconvertible
from conversion.forward import Rewritten
from conversion.walk import Plan
from snn import ReportRow

IMAGES = 4
TOLERANCE = 1e-3
"""Of the largest output: float32 against float64, with room for deep networks."""
OF_LEVELS = 0.2
"""The same where activations have levels: a sum within rounding of a step may take the other one."""


def check_same(model: Any, plan: Plan, images: torch.Tensor) -> None:
    """Raise Unconvertible when model and plan differ on the first images: a trace that says something else than the model.

    Every rewrite is exact, so this never happens unless tracing misread the model, for instance an operation with an
    effect that a graph of values does not show.
    """
    few = images[:IMAGES]
    with torch.no_grad():
        truth = plain_copy(as_module(model))(few.clone()).double()
        found = Rewritten(plan)(few).reshape(truth.shape)
    largest = float(truth.abs().max()) or 1.0
    error = float((found - truth).abs().max()) / largest
    allowed = OF_LEVELS if any(isinstance(unit.activation, Levels) for unit in plan.units) else TOLERANCE
    if error <= allowed:
        return
    text = (
        f"its graph gives other outputs than the model itself, by {error:.2g} of the largest; "
        "try a forward() of nn layers and plain operations, without changes in place"
    )
    raise Unconvertible.of((*plan.rows, ReportRow("model", type(as_module(model)).__name__, "refused", text)))
