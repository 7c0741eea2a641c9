"""The last check before anything is emitted: the plan computes what the model computes.

That the graph computes what the model computes, and that folding left it so, was checked where it was done
(`compress.graph.equality`); here the plan is compared with the graph, in float64, on samples and on drawn inputs. A staircase
goes on with what the graph gives, so that a sum within rounding of a step cannot lead the two apart.
"""

import torch
from torch import Tensor

from spikewright.compress.graph.equality import agreement, relative_error, tolerance, truth_of
from spikewright.compress.graph.recording import Recording, is_staircase
from spikewright.conversion.errors import Obstacle, Unconvertible
from spikewright.conversion.forward import Rewritten
from spikewright.conversion.ranges import in_unit_order
from spikewright.conversion.reading.plan import Plan, Unit

TRY = "try a forward() of nn layers and plain operations, without hooks or changes in place"


def check_same(plan: Plan, images: Tensor) -> None:
    """Raise Unconvertible, with the first step that differs, when the plan computes something else than its graph.

    Every rewrite is exact, so this never happens unless the model was misread, for instance a layer with a hook.
    """
    truth = truth_of(plan.view.graph_module, images, is_staircase, signed=False)
    error = relative_error(
        truth.record.outputs[0], _answer(plan, _PlanFollower(truth.record, truth.dtype), truth.inputs)
    )
    if error <= tolerance(truth.dtype):
        return
    whole = truth_of(plan.view.graph_module, images, lambda _: True, signed=False)
    follower = _PlanFollower(whole.record, whole.dtype)
    _answer(plan, follower, whole.inputs)
    node = next(iter(follower.differ), plan.view.output)
    text = f"its units give other outputs than the model itself, by {error:.2g} of the largest, first here; {TRY}"
    raise Unconvertible.of(plan.rows, (Obstacle.of(node, plan.view.node(node).kind, text),))


def _answer(plan: Plan, follower: "_PlanFollower", inputs: Tensor) -> Tensor:
    with torch.no_grad():
        answer: Tensor = Rewritten(plan, follower)(inputs)
        return answer


class _PlanFollower:
    """Goes along the units; `differ` are the nodes whose values are not those of the graph, in the order of the units."""

    def __init__(self, truth: Recording, dtype: torch.dtype) -> None:
        self.steps, self.agree, self.differ = truth.steps, agreement(dtype), list[str]()

    def __call__(self, unit: Unit, entered: Tensor, value: Tensor) -> Tensor:
        first, given = self.steps.get(unit.node, (None, None))
        if given is None or given.numel() != value.expand(len(given), *unit.shape).numel():
            return value
        first, given = (None if one is None else in_unit_order(one, unit.order) for one in (first, given))
        assert given is not None
        if unit.activation.grid and first is not None and first.numel() == given.numel():
            same = self.agree(
                first.reshape(len(first), -1).double(), entered.expand(len(first), *unit.shape).flatten(1)
            )
            return given.reshape(len(given), *unit.shape).double() if same else self._noted(unit, value)
        same = self.agree(given.reshape(len(given), -1).double(), value.expand(len(given), *unit.shape).flatten(1))
        return value if same else self._noted(unit, value)

    def _noted(self, unit: Unit, value: Tensor) -> Tensor:
        self.differ.append(unit.node)
        return value
