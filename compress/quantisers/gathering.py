"""Steps that need one population for a value of both signs, which is the sum of two: max pooling, and what moves numbers.

Convolutions and sums read both staircases of an activation. Max pooling compares what one population sends; padding, enlarging
and moving in space go into the addresses of one.
"""

from collections.abc import Iterator, Mapping, Set

import numpy as np

from spikewright.compress.graph.view import GraphNode, GraphView
from spikewright.compress.quantisers.bends import Bend

_PASSING = ("identity", "dropout", "concat", "joined", "moved", "pad", "reshape", "flatten", "upsample", "resampled")
_ADDING = ("add", "sub", "avgpool", "avgpool_map", "adaptive_avgpool", "mean", "batchnorm")
_KEEPING = ("identity", "dropout", "reshape", "flatten", "moved")


def gathered(view: GraphView, bends: Mapping[str, Bend]) -> tuple[str, ...]:
    """The steps in front of which values are to get levels of their own, because of the `bends`; in their order."""
    found: dict[str, None] = {}
    for node in view:
        mixed = _is_compared if node.kind == "maxpool" else _is_moved
        if mixed(view, node, bends, found.keys()):
            found[node.name] = None
    return tuple(found)


def _is_moved(view: GraphView, node: GraphNode, bends: Mapping[str, Bend], known: Set[str]) -> bool:
    """Whether a step moves values of both signs in space, and no linear layer takes that in."""
    if node.kind not in ("pad", "upsample", "moved") or _of_channels(node) or _leads_to_linear(view, node.name):
        return False
    sources = _origins(view, node.inputs[0], _PASSING, known)
    return any(one in bends and bends[one].has_sides for one in sources)


def _is_compared(view: GraphView, pool: GraphNode, bends: Mapping[str, Bend], known: Set[str]) -> bool:
    """Whether what max pooling compares has no levels, or more than one population, from or for one of the bends."""
    sources = set(_origins(view, pool.inputs[0], _PASSING, known))
    if any(
        one in known and view.node(one).kind == "pad" for one in sources
    ):  # zeros beside a value that begins elsewhere
        return True
    if sources <= bends.keys() | known:
        return any(bends[one].has_sides or bends[one].downwards for one in sources - known)
    readers = {one.name for one in view if pool.name in one.inputs}
    before = set(_origins(view, pool.inputs[0], (*_PASSING, *_ADDING), known))
    return any(not one.one_sided and (one.node in before or one.entering in readers) for one in bends.values())


def _origins(view: GraphView, name: str, passing: tuple[str, ...], known: Set[str]) -> Iterator[str]:
    """The steps whose values reach a step through none but those that are `passing`; the `known` ones end the way too."""
    node = view.node(name)
    if node.kind not in passing or name in known:
        yield name
        return
    for source in node.inputs:
        yield from _origins(view, source, passing, known)


def _of_channels(node: GraphNode) -> bool:
    """Whether a step moves whole channels alone, which goes into weights."""
    if node.kind != "moved":
        return False
    moved = node.args["map"]
    pixels = int(np.prod(moved.source[1:]))
    if tuple(moved.shape[1:]) != tuple(moved.source[1:]):
        return False
    places = np.arange(moved.addresses.size) % pixels
    return bool(np.all((moved.addresses.reshape(-1) % pixels == places) | (moved.addresses.reshape(-1) < 0)))


def _leads_to_linear(view: GraphView, name: str) -> bool:
    """Whether all readers of a step are linear layers, with nothing but reshaping between."""
    readers = [one for one in view if name in one.inputs]
    ends = [one.kind == "linear" or (one.kind in _KEEPING and _leads_to_linear(view, one.name)) for one in readers]
    return bool(ends) and all(ends)
