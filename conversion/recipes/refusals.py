"""Units that a recipe has no spikes for, as obstacles."""

from collections.abc import Iterable
from dataclasses import replace

from spikewright.conversion.errors import Obstacle
from spikewright.conversion.reading.plan import Plan, Unit


def refused(plan: Plan, units: Iterable[Unit], why: str, recipe: object) -> tuple[Obstacle, ...]:
    """An obstacle for the node of each of these units; `why`: "reason; try substitute"."""
    nodes = dict.fromkeys(unit.node for unit in units)
    return tuple(_of(plan, node, why, recipe) for node in nodes)


def without_activations(plan: Plan, why: str, recipe: object) -> tuple[Obstacle, ...]:
    """An obstacle for a model that has no activation, where `why` a code needs one."""
    return () if plan.hidden else (_of(plan, plan.view.output, why, recipe),)


def maxima(plan: Plan, why: str, recipe: object) -> tuple[Obstacle, ...]:
    """An obstacle for each maximum of windows; `why`: the reason."""
    return refused(plan, plan.gates, f"{why}; try AvgPool2d, or a strided convolution", recipe)


def _of(plan: Plan, node: str, why: str, recipe: object) -> Obstacle:
    found = plan.view.node(node)
    what, source = KINDS.get(found.kind, found.kind), next(iter(found.inputs), None)
    return replace(Obstacle.of(node, what, why), refuses=type(recipe).__name__, reads=source)


KINDS = {"maxpool": "max pooling", "relu": "ReLU", "clamp": "clipped ReLU", "clip": "clamp", "leaky_relu": "leaky ReLU"}
"""What kinds of nodes are called in words, where their name is no word."""
