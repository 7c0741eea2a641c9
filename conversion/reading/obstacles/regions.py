"""Obstacles that are regions of a graph: steps of several tensors, computed indices, values without a batch in front."""

from collections.abc import Iterator, Mapping

from spikewright.compress import GraphNode
from spikewright.conversion.reading.obstacles.catalogue import CATALOGUE, advice_of, named
from spikewright.conversion.reading.obstacles.span import Span
from spikewright.conversion.reading.obstacles.wiring import MOVES, Wiring

_PICKS = frozenset(
    ("gather", "takealongdim", "indexselect", "getitem", "scatter", "where", "maskedfill", "maskedselect")
)
_ORDERS = ("argmax", "argmin", "topk", "sort", "argsort", "nonzero", "onehot", "max", "min")
_MASKS = ("gt", "lt", "ge", "le", "eq", "ne", "logicaland", "logicalor", "logicalnot", "bitwisenot")
_HANDED_ON = ("getitem", "long", "bool", "int", "expand", "expandas", "unsqueeze")
_COMPUTED = frozenset((*_ORDERS, *_MASKS, *_HANDED_ON))


def index(wiring: Wiring, name: str) -> Span | None:
    """A choice of numbers by an index or a mask that is computed of the image, with what computes it."""
    if wiring.operation(name) not in _PICKS or len(wiring.signals(name)) < 2:
        return None
    inner = {name}
    for source in wiring.signals(name):
        inner |= wiring.behind(source, lambda one: wiring.operation(one) in _COMPUTED and _computes(wiring, one))[0]
    value = next((one for one in wiring.signals(name) if wiring.nodes[one].shape == wiring.nodes[name].shape), None)
    return Span(name, wiring.closed(name, inner), CATALOGUE["index"], value if value not in inner else None)


def several(wiring: Wiring, taken: Mapping[str, Span]) -> Iterator[Span]:
    """Steps that give several tensors, with those that pick one of them."""
    for node in wiring.view:
        if node.args.get("several") and node.name not in taken:
            picked = [one for one in wiring.users[node.name] if wiring.operation(one) == "getitem" and one not in taken]
            yield Span(node.name, (node.name, *picked), advice_of(node))


def displaced(wiring: Wiring, taken: Mapping[str, Span]) -> Iterator[Span]:
    """Connected steps whose values do not have the batch in front, but for what is an obstacle by itself."""
    groups: list[list[str]] = []
    for node in wiring.view:
        if node.args.get("displaced"):
            touching = [group for group in groups if any(name in node.inputs for name in group)]
            together = sorted(
                {node.name, *(name for group in touching for name in group)}, key=wiring.place.__getitem__
            )
            groups = [*(group for group in groups if group not in touching), together]
    for group in groups:
        left = [name for name in group if name not in taken and not _own(wiring.nodes[name])]
        if left:
            yield Span(left[0], tuple(left), CATALOGUE["displaced"])


def _own(node: GraphNode) -> bool:
    return named(node) not in (None, "batchnorm") and node.operation not in MOVES


def _computes(wiring: Wiring, name: str) -> bool:
    """Whether a node gives indices or a mask, or hands them on."""
    node = wiring.nodes[name]
    return (
        node.operation not in MOVES
        or any(_computes(wiring, one) for one in wiring.signals(name))
        or bool(node.args.get("several"))
    )
