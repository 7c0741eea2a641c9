"""Units that a recipe has no spikes for."""

from collections.abc import Iterable

from spikewright.conversion.errors import Obstacle, Unconvertible
from spikewright.conversion.reading.plan import Plan, Unit


def refuse(plan: Plan, units: Iterable[Unit], why: str) -> None:
    """Raise Unconvertible with `why` for each of these units of the plan, if there are any."""
    nodes = {unit.node for unit in units}
    if nodes:
        raise Unconvertible.of(plan.rows, tuple(Obstacle.of(n, plan.view.node(n).kind, why) for n in nodes))


def refuse_unless_hidden(plan: Plan, why: str) -> None:
    """Refuse a model that has no activation, where `why` a code needs one."""
    if not plan.hidden:
        node = plan.view.output
        raise Unconvertible.of(plan.rows, (Obstacle.of(node, plan.view.node(node).kind, why),))


def refuse_maxima(plan: Plan, why: str) -> None:
    """Refuse maxima of windows."""
    refuse(plan, plan.gates, f"{why}; try AvgPool2d, or a strided convolution")
