"""The walk itself: every node in order, then the output."""

from spikewright.compress import GraphView
from spikewright.conversion.errors import Refusal, Unconvertible
from spikewright.conversion.reading import algebra
from spikewright.conversion.reading.activations import MaximumLaw
from spikewright.conversion.reading.rules import visit
from spikewright.conversion.reading.values import Ended, Signal, Unit, View
from spikewright.conversion.reading.walk import INPUT, Integers, Plan, Walk, is_constant
from spikewright.snn import ReportRow


def read(view: GraphView, integers: Integers, rows: tuple[ReportRow, ...] = ()) -> Plan:
    """The plan of a traced model. Raises Unconvertible with the report of all nodes, every refusal among them."""
    walk = Walk(view, integers, rows=list(rows), shapes={INPUT: view.input_shape})
    for node in view:
        if not is_constant(view, node):
            visit(walk, node)
    if not any(row.action == "refused" for row in walk.rows):
        _finish(walk)
    if any(row.action == "refused" for row in walk.rows):
        raise Unconvertible.of(tuple(walk.rows))
    last = walk.values[view.output]
    return Plan(view, tuple(walk.units), tuple(walk.rows), last.ending if isinstance(last, Ended) else None)


def _finish(walk: Walk) -> None:
    """The output: the last current is integrated, activations at the end are counted or integrated."""
    node = walk.view.output
    value = walk.values[node]
    value = value.value if isinstance(value, Ended) else value
    value = value.value if isinstance(value, View) else value
    if isinstance(value, Signal) and value.plain and value.source != INPUT and not _is_read(walk, value.source):
        last = next(unit for unit in walk.units if unit.name == value.source)
        if not isinstance(last.activation, MaximumLaw):  # a gate has no count of its own to read out
            walk.units.remove(last)
            walk.units.append(last)
            return
    try:
        current = algebra.emittable(algebra.as_current(value, walk.shapes, node), walk.shapes)
    except Refusal as refusal:
        walk.note(node, "refused", str(refusal))
        return
    walk.units.append(Unit(walk.unique(current.name), node, current.shape, current.terms, current.bias, answers=True))


def _is_read(walk: Walk, source: str) -> bool:
    return any(term.source == source for unit in walk.units for term in unit.terms)
