"""What the reading goes on with behind an obstacle, so that all that stands behind it is judged too."""

from collections.abc import Iterable
from dataclasses import replace
from math import prod

from spikewright.compress import GraphNode
from spikewright.conversion.errors import Obstacle, Refusal
from spikewright.conversion.reading.activations import RELU
from spikewright.conversion.reading.obstacles.catalogue import Advice, advice_of
from spikewright.conversion.reading.obstacles.span import Span
from spikewright.conversion.reading.rules.activation import activated
from spikewright.conversion.reading.values import Ended, Flow, Parts, Signal, Value, View
from spikewright.conversion.reading.walk import Walk
from spikewright.index_maps import IndexMap


def refuse(walk: Walk, node: GraphNode, refused: Refusal) -> None:
    """Note that no rule can read `node`, and go on with what its substitute would give."""
    if node.kind == "unsupported":
        _open_endings(walk, node.inputs)
    advice = advice_of(node) if node.kind == "unsupported" else None
    source = node.inputs[0] if node.inputs else None
    known = advice is not None and advice.reason == refused.reason
    what = advice.what if advice is not None and known else node.operation or node.kind
    walk.refuse(Obstacle(node.name, what, refused.reason, refused.substitute, nodes=(node.name,), reads=source))
    walk.values[node.name] = _stand_in(walk, node, advice if known else None, source)


def spanned(walk: Walk, node: GraphNode, span: Span) -> None:
    """A step of an obstacle that spans several: the obstacle is noted once, and who reads the step reads a stand-in."""
    _open_endings(walk, [name for name in node.inputs if name not in span.nodes])
    if node.name == span.node:
        reason = f"{span.advice.reason} ({span.told})" if span.told else span.advice.reason
        told = (span.advice.what, reason, span.advice.substitute)
        walk.refuse(Obstacle(span.node, *told, nodes=span.nodes, reads=span.reads))
    else:
        walk.note(node.name, "note", f"part of what is refused at {span.node}: {span.advice.what}")
    if _is_read(walk, node, span):
        advice = span.advice if node.name == span.node else None
        walk.values[node.name] = _stand_in(walk, node, advice, span.reads)


def inside(walk: Walk, ending: str) -> None:
    """A function that may stand at the very end, but stands inside at the node `ending`: an obstacle, named once."""
    node = walk.view.node(ending)
    advice = advice_of(node)
    obstacle = Obstacle(ending, advice.what, f"{advice.what} inside the model", advice.substitute)
    walk.refuse(replace(obstacle, nodes=(ending,), reads=node.inputs[0]))
    for name, value in list(walk.values.items()):
        if isinstance(value, Ended) and value.node == ending:
            walk.values[name] = _opened(walk, walk.view.node(name), value.value, advice)


def _open_endings(walk: Walk, names: Iterable[str]) -> None:
    """Name the functions among `names` that may stand at the very end, since an obstacle reads them."""
    for name in names:
        value = walk.values.get(name)
        if isinstance(value, Ended):
            inside(walk, value.node)


def unjudged(walk: Walk, node: GraphNode) -> None:
    """Go on behind a step that no rule takes in the form of what stands in for an obstacle in front of it, and say so."""
    walk.note(node.name, "note", "not judged: it depends on the form that a substitute in front of it will have")
    walk.values[node.name] = _unknown(walk, node)


def _opened(walk: Walk, node: GraphNode, value: Value, advice: Advice) -> Value:
    walk.values[node.name] = value
    return _stand_in(walk, node, advice, node.name)


def _is_read(walk: Walk, node: GraphNode, span: Span) -> bool:
    outside = any(node.name in other.inputs for other in walk.view if other.name not in span.nodes)
    return outside or node.name == walk.view.output


def _stand_in(walk: Walk, node: GraphNode, advice: Advice | None, source: str | None) -> Value:
    given = walk.values.get(source) if source is not None else None
    if given is None or advice is None or given.view != node.shape or advice.goes_on == "own":
        return _unknown(walk, node)
    if isinstance(given, Ended):
        given = given.value
    if advice.goes_on == "same":
        return _unsigned(given)
    rows = len(walk.rows)
    try:
        return activated(walk, node, given, RELU).at(node.name)
    except Refusal as refused:  # what a ReLU in its place could not do either
        walk.refuse(
            Obstacle(node.name, node.operation or node.kind, refused.reason, refused.substitute, nodes=(node.name,))
        )
        return _unknown(walk, node)
    finally:
        walk.rows[rows:] = [row for row in walk.rows[rows:] if row.action == "refused"]


def _unsigned(value: Flow | View) -> Value:
    """The same, of which nothing is known to be above zero."""
    if isinstance(value, View):
        return replace(value, flow=_of_both_signs(value.flow))
    return _of_both_signs(value)


def _of_both_signs(value: Flow) -> Flow:
    if isinstance(value, Parts):
        return replace(value, pieces=tuple(replace(piece, positive=False) for piece in value.pieces))
    return replace(value, positive=False)


def _unknown(walk: Walk, node: GraphNode) -> Value:
    """Activations of a population that nobody makes, in the shape of the node."""
    name, shape = walk.unique(f"{node.name} (unknown)"), node.shape
    mapped = len(shape) in (2, 3) and (prod(shape) > max(shape) or shape[0] == prod(shape))
    inside = shape if mapped else (prod(shape),)
    walk.shapes[name] = inside
    value = Signal(name, inside)
    return value if inside == shape else View(value, IndexMap.identity(inside).reshaped(shape), node.name)
