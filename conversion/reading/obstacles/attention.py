"""Softmax attention, however it is written: a softmax of products of two signals, times a third."""

from spikewright.conversion.reading.obstacles.catalogue import CATALOGUE
from spikewright.conversion.reading.obstacles.span import Span
from spikewright.conversion.reading.obstacles.wiring import Wiring

_WHOLE = ("scaleddotproductattention",)
_LIGHT = frozenset(("mul", "div", "add", "sub", "dropout", "float", "to", "typeas", "contiguous", "identity", "clone"))
"""Arithmetic with constants, and what does nothing."""


def whole_attention(wiring: Wiring, name: str) -> Span | None:
    """The attention that ends in the node `name`, with what only orders its queries, keys, values and results anew."""
    if wiring.operation(name) in _WHOLE:
        inner = {name}
    elif not wiring.is_product(name):
        return None
    else:
        found = next((found for one in wiring.signals(name) if (found := _scores(wiring, one))), None)
        if found is None:
            return None if wiring.operation(name) == "mul" else _pooling(wiring, name)
        inner = {name, *found}
    for one in list(inner):
        for source in wiring.signals(one):
            inner |= wiring.behind(source, lambda node: _light(wiring, node))[0]
    end = _moved_on(wiring, name, inner)
    nodes = wiring.closed(end, inner)
    seen = [node.name for node in wiring.of(nodes, ("softmax",))]
    return Span(name, nodes, CATALOGUE["attention"], None, f"softmax in {seen[0]}" if seen else "")


def _moved_on(wiring: Wiring, name: str, inner: set[str]) -> str:
    """The last of the steps that only put the result of `name` into another order and shape; they are added to `inner`."""
    while len(wiring.users[name]) == 1 and wiring.moves(wiring.users[name][0]):
        (name,) = wiring.users[name]
        inner.add(name)
    return name


def _pooling(wiring: Wiring, name: str) -> Span | None:
    """A mean whose weights are a softmax of something else than products."""
    for one in wiring.signals(name):
        after, ends = wiring.behind(one, lambda node: _light(wiring, node))
        soft = [end for end in ends if wiring.operation(end) == "softmax"]
        if len(soft) == 1:
            nodes = wiring.closed(name, {*after, *soft})
            return Span(name, nodes, CATALOGUE["attentionpooling"], None, f"softmax in {soft[0]}")
    return None


def _scores(wiring: Wiring, weights: str) -> set[str] | None:
    """The steps from a product of two signals through a softmax to `weights`, None where there is no such way."""
    after, ends = wiring.behind(weights, lambda node: _light(wiring, node))
    soft = [end for end in ends if wiring.operation(end) == "softmax"]
    if len(soft) != 1 or len(wiring.signals(soft[0])) != 1:
        return None
    before, sources = wiring.behind(
        wiring.signals(soft[0])[0],
        lambda node: (wiring.elementwise(node) or wiring.moves(node)) and not wiring.is_product(node),
    )
    products = {one for one in sources if wiring.is_product(one)}
    return after | {soft[0]} | before | products if products else None


def _light(wiring: Wiring, name: str) -> bool:
    return wiring.moves(name) or (wiring.operation(name) in _LIGHT and len(wiring.signals(name)) == 1)
