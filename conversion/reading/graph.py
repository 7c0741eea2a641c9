"""The walk itself: every node in order, then the output."""

from dataclasses import replace

from spikewright.compress import GraphView
from spikewright.conversion.errors import Obstacle, Refusal, Unconvertible
from spikewright.conversion.reading import algebra
from spikewright.conversion.reading.gathering import OWN
from spikewright.conversion.reading.obstacles.spans import spans_of
from spikewright.conversion.reading.plan import INPUT, CodeTraits, Plan, Stored, Unit
from spikewright.conversion.reading.rules import visit
from spikewright.conversion.reading.tails import with_tail
from spikewright.conversion.reading.values import Ended, Flow, Signal
from spikewright.conversion.reading.walk import Walk, is_constant
from spikewright.snn import ReportRow


def read(view: GraphView, stored: Stored, rows: tuple[ReportRow, ...] = ()) -> Plan:
    """The plan of a traced model. Raises Unconvertible with the report of all nodes and every obstacle."""
    plan, obstacles = surveyed(view, stored, rows)
    if obstacles:
        raise Unconvertible.of(plan.rows, obstacles)
    return plan


def surveyed(
    view: GraphView, stored: Stored, rows: tuple[ReportRow, ...] = (), traits: CodeTraits | None = None
) -> tuple[Plan, tuple[Obstacle, ...]]:
    """The plan of a traced model, and what stands in its way; units behind that are there, with sources that nobody makes.

    `traits`: what depends on the code.
    """
    traits = traits or CodeTraits()
    walk = Walk(view, stored, traits.dearer, rows=list(rows), shapes={INPUT: view.input_shape}, spans=spans_of(view))
    read_last = _read_last(walk)
    for node in view:
        if not is_constant(view, node):
            visit(walk, node)
        for name in read_last.get(node.name, ()):
            walk.values.pop(name, None)  # what was composed for it alone may be large
    _finish(walk)
    read_in_order = tuple(one for one in walk.ordered.by_name.values() if _is_read(walk, one.name))
    plan = Plan(view, tuple(walk.units), tuple(walk.rows), walk.values[view.output].ending, read_in_order)
    return _tailed(plan, walk) if traits.tail and not walk.obstacles else plan, tuple(walk.obstacles)


def _read_last(walk: Walk) -> dict[str, list[str]]:
    """By node the values that no later node reads, and that are not the output."""
    last = dict[str, str]()
    for node in walk.view:
        span = walk.spans.get(node.name)
        reads = () if span is None or span.reads is None else (span.reads,)
        last |= dict.fromkeys((*node.inputs, *reads), node.name)
    found = dict[str, list[str]]()
    for name, reader in last.items():
        if name != walk.view.output:
            found.setdefault(reader, []).append(name)
    return found


def _tailed(plan: Plan, walk: Walk) -> Plan:
    """The plan with what is linear behind the last layer of a single output apart from it."""
    if len(plan.heads) > 1:
        return plan
    units, tail = with_tail(plan.units, {signal.source for signal in walk.relays.values()})
    gone = {unit.node for unit in units if unit.adds_up}
    rows = tuple(
        row for row in plan.rows if not (tail is not None and row.layer in gone and row.detail.startswith(OWN))
    )
    return replace(plan, units=units, tail=tail, rows=rows)


def _finish(walk: Walk) -> None:
    """The output: the last current is integrated, activations at the end are counted or integrated."""
    node = walk.view.output
    try:
        value = _answer(walk)
        if isinstance(value, Signal) and value.plain and not _is_read(walk, value.source):
            last = next((unit for unit in walk.units if unit.name == value.source), None)
            if last is not None and not last.gate:  # a gate has no count of its own to read out
                walk.units.remove(last)
                walk.units.append(last)
                return
        current = algebra.as_current(value, walk.shapes, node)
    except Refusal as refused:
        told = (walk.view.node(node).kind, refused.reason, refused.substitute)
        walk.refuse(Obstacle(node, *told, nodes=(node,), reads=None))
        return
    walk.units.append(Unit(walk.unique(current.name), node, current.shape, current.terms, current.bias, adds_up=True))


def _answer(walk: Walk) -> Flow:
    """What stands in front of the ending."""
    value = walk.values[walk.view.output]
    return walk.settled(value.value if isinstance(value, Ended) else value)


def _is_read(walk: Walk, source: str) -> bool:
    read = {term.source for unit in walk.units for term in unit.terms}
    return source in read | {walk.ordered.population(name) for name in read}
