"""The places of a model where something else can stand: its activations, gates, norms and max poolings."""

from collections.abc import Iterable, Iterator, Mapping, Sized
from dataclasses import dataclass, field
from typing import Any, Literal

from torch import fx

from spikewright.compress.adapting.gating import fed, gates_of, live_without
from spikewright.compress.adapting.operations import NORMS, operation
from spikewright.compress.adapting.regions import REFUSED, Regions
from spikewright.compress.graph.view import GraphNode, GraphView, Shape

Kind = Literal["activation", "gate", "norm", "pooling"]
_FIRST = ("0, 3, 1, 2", "0, 2, 3, 1")
"""Dimensions in words of a permutation that puts channels first, and of the one that puts them last."""
_ENDING = frozenset("softmax rising identity dropout flatten reshape".split())


@dataclass(frozen=True)
class Place:
    """One place.

    node: the step of the graph whose value something else is to give.
    source: the step that it is computed from instead; of a gate the value that passes it.
    kind: what stands there.
    what: in a word, such as "silu" or "maxpool2d"; of a gate always "gate".
    path: of the module that stands there, if it is one.
    shape: of the value, without the batch.
    factor: of a gate, the step that gives its factors.
    refused: whether it has no spiking form.
    window: of a pooling, its kernel, stride, padding and the like.
    """

    node: str
    source: str
    kind: Kind
    what: str
    shape: Shape
    path: str | None = None
    factor: str = ""
    refused: bool = True
    window: Mapping[str, Any] = field(default_factory=dict, compare=False)

    @property
    def name(self) -> str:
        """The path of its module, else its step."""
        return self.path or self.node


def gate_places(view: GraphView) -> tuple[Place, ...]:
    """The gates of a model: products of a value and of factors that are squashed, as in squeeze-and-excite."""
    return tuple(
        Place(gate.node.name, gate.value.name, "gate", "gate", view.node(gate.node.name).shape, factor=gate.factor.name)
        for gate in gates_of(view)
    )


def other_places(view: GraphView, gates: Iterable[Place]) -> tuple[Place, ...]:
    """Activations, norms and max poolings, but for those that only the factors of the `gates` need, which go with them."""
    live = fed(view, live_without(view, {gate.node: gate.source for gate in gates}))
    found = [*_activations(view, live), *_norms(view, live), *_poolings(view, live)]
    order = {node.name: place for place, node in enumerate(view.graph_module.graph.nodes)}
    return tuple(sorted(found, key=lambda place: order[place.node]))


def replaceable(view: GraphView) -> frozenset[str]:
    """The steps without a spiking form that a substitute can stand in for, and those that only such a step needs."""
    gates = gate_places(view)
    places = (*gates, *(place for place in other_places(view, gates) if place.refused))
    nodes = {node.name: node for node in view.graph_module.graph.nodes}
    live = live_without(view, {place.node: place.source for place in places})
    kept = {node.name for node in live} - {place.node for place in places}
    return frozenset(nodes.keys() - kept)


def _activations(view: GraphView, live: tuple[fx.Node, ...]) -> Iterator[Place]:
    regions = Regions(view, live)
    for top in regions.tops():
        node = view.node(top.name)
        if not (regions.refused(top) and _ends(view, top)):
            alone = node.path if len(regions.inside(top)) == 1 else None
            yield Place(
                top.name, regions.sources[top].name, "activation", regions.told(top), node.shape, alone,
                refused=regions.refused(top),
            )  # fmt: skip


def _ends(view: GraphView, node: fx.Node) -> bool:
    """Whether nothing but the answer reads a step whose kind may stand at the end: it changes no order of classes."""
    if not any(known.name == node.name and known.kind in _ENDING for known in view):  # sizes are no nodes of it
        return False
    return all(user.op == "output" or _ends(view, user) for user in node.users)


def _norms(view: GraphView, live: tuple[fx.Node, ...]) -> Iterator[Place]:
    for node in live:
        name, known = operation(node, view.graph_module), _known(view, node)
        if known is None or name not in NORMS or known.kind not in REFUSED:
            continue
        first, last = _turned(view, node)
        turned = last is not node
        if (turned or _by_channel(node, known)) and view.node(last.name).shape == view.node(first.name).shape:
            yield Place(last.name, first.name, "norm", name, view.node(last.name).shape, known.path)


def _by_channel(node: fx.Node, known: GraphNode) -> bool:
    """Whether each channel of a norm is scaled alike, so that the channels are axis 1: no layer norm over the last axes alone."""
    name = known.operation
    if name == "normalize":
        axis: object = node.kwargs.get("dim", node.args[2] if len(node.args) > 2 else 1)
        return axis == 1
    if name not in ("layernorm", "rmsnorm"):
        return True
    given = node.args[1] if len(node.args) > 1 else node.kwargs.get("normalized_shape", ())
    axes = given if known.module is None else known.module.normalized_shape
    return isinstance(axes, Sized) and len(axes) == len(known.shape)


def _turned(view: GraphView, node: fx.Node) -> tuple[fx.Node, fx.Node]:
    """What enters and leaves a norm with channels first: over the last axis, it stands between two permutations."""
    source, users = node.all_input_nodes[0], list(node.users)
    if len(users) == 1 and _permutes(source, _FIRST[1]) and _permutes(users[0], _FIRST[0]):
        return source.all_input_nodes[0], users[0]
    return source, node


def _permutes(node: fx.Node, dims: str) -> bool:
    if getattr(node.target, "__name__", node.target) != "permute" or node.kwargs:
        return False
    given = node.args[1:] if not isinstance(node.args[1], tuple | list) else node.args[1]
    return ", ".join(map(str, given)) == dims


def _poolings(view: GraphView, live: tuple[fx.Node, ...]) -> Iterator[Place]:
    for node in live:
        known = _known(view, node)
        if known is not None and known.kind == "maxpool" and set(known.args["dilation"]) == {1}:
            what = operation(node, view.graph_module)
            source = node.all_input_nodes[0].name
            yield Place(
                node.name, source, "pooling", what, known.shape, known.path, refused=False, window=known.args
            )  # fmt: skip


def _known(view: GraphView, node: fx.Node) -> GraphNode | None:
    names: Mapping[str, GraphNode] = view._by_name
    return names.get(node.name)
