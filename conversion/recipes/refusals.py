"""Units that a recipe has no spikes for."""

from collections.abc import Iterable
from dataclasses import replace

from spikewright.conversion.errors import Unconvertible
from spikewright.conversion.reading.plan import Plan, Unit
from spikewright.snn import ReportRow


def refuse(plan: Plan, units: Iterable[Unit], why: str) -> None:
    """Raise Unconvertible with `why` on the row of each of these units of the plan, if there are any."""
    nodes = {unit.node for unit in units}
    if nodes:
        rows = (replace(row, action="refused", detail=why) if row.layer in nodes else row for row in plan.rows)
        raise Unconvertible.of(tuple(rows))


def refuse_unless_hidden(plan: Plan, why: str) -> None:
    """Refuse a model that has no activation, where `why` a code needs one."""
    if plan.hidden:
        return
    rows = plan.rows or (ReportRow("model", "model", "refused", why),)
    last = next((row for row in reversed(rows) if row.action == "rewritten"), rows[-1])
    raise Unconvertible.of(tuple(replace(row, action="refused", detail=why) if row is last else row for row in rows))


def refuse_signed(plan: Plan, what: str) -> None:
    """Refuse values below zero: `what` has no sign."""
    text = f"values below zero, and {what} has no sign; try a ReLU in place of the leaky one, or Rate with neuron='if'"
    refuse(plan, (unit for unit in plan.units if unit.signed), text)


def refuse_maxima(plan: Plan, why: str) -> None:
    """Refuse maxima of windows."""
    refuse(plan, plan.gates, f"{why}; try AvgPool2d, or a strided convolution")
