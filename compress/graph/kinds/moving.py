"""The rule that names what only moves numbers: slices, splits, permutations, shuffles, crops, repetition, borders.

The operation is called on numbered elements, so that one rule reads all of them: what comes out says where it came from.
"""

import operator
from math import prod
from typing import Any

import torch
from torch import Tensor, fx

from spikewright.compress.graph.kinds.call import Found, GraphCall, unsupported
from spikewright.index_maps import IndexMap

BATCH = 2
"""Images that are numbered: what goes from one to another is no selection."""


def moved(call: GraphCall) -> Found:
    """`map`: the IndexMap of what an operation makes of one image; "identity" or a reshape where the order stays."""
    try:
        if _reads_constant(call):
            return _repeated(call)
        once, again = (_run(call, sign) for sign in (1.0, -1.0))
    except Exception:  # whatever an operation raises for arguments that are computed
        return unsupported("an index that is computed")
    found = _map(call, once, again)
    if found is None:
        return unsupported("an operation that selects images of the batch, or does more than move numbers")
    return reshape(call) if found.in_order else Found("moved", {"map": found})


def joined(call: GraphCall) -> Found:
    """`map`: of what a concatenation or a stack makes of its inputs, each flat, one behind the other."""
    try:
        once, again = (_run(call, sign) for sign in (1.0, -1.0))
    except Exception:  # whatever an operation raises for arguments that are computed
        return unsupported("a concatenation of computed numbers")
    found = _map(call, once, again)
    return unsupported("a concatenation of images") if found is None else Found("joined", {"map": found})


def reshape(call: GraphCall) -> Found:
    """Row-major reshapes: the batch stays in front (the tracer checked), so shapes decide what it is."""
    if call.shape == call.sources[0]:
        return Found("identity")
    if call.shape == (prod(call.sources[0]),):
        return Found("flatten")
    if prod(call.shape) == prod(call.sources[0]):
        return Found("reshape")
    return unsupported(f"reshape from {call.sources[0]} to {call.shape}, which are not as many numbers")


def piece_of(x: Tensor, place: int, cut: str, *args: Any, **kwargs: Any) -> Tensor:
    """Number `place` of what "split", "chunk", "unbind" or another such method makes of x."""
    piece: Tensor = getattr(x, cut)(*args, **kwargs)[place]
    return piece


def _repeated(call: GraphCall) -> Found:
    """A parameter or buffer that is repeated for each image: the same numbers for all."""
    value = _run(call, 1.0)
    if tuple(value.shape) != (BATCH, *call.shape) or not torch.equal(value[0], value[1]):
        return unsupported("a constant that differs from image to image")
    return Found("filled", {"value": value[0].double().numpy()})


def _map(call: GraphCall, once: Tensor, again: Tensor) -> IndexMap | None:
    if once.shape != again.shape or tuple(once.shape) != (BATCH, *call.shape):
        return None
    source, count = _source(call), prod(_source(call))
    first = IndexMap.seen(source, once[0].numpy(), again[0].numpy())
    second = IndexMap.seen(source, *_lowered(once[1], again[1], count))
    if first is None or second is None or not (first.addresses == second.addresses).all():
        return None
    return first


def _lowered(once: Tensor, again: Tensor, count: int) -> tuple[Any, Any]:
    """The second image with the numbers of the first, constants as they are."""
    read = once != again
    return torch.where(read, once - count, once).numpy(), torch.where(read, again + count, again).numpy()


def _source(call: GraphCall) -> tuple[int, ...]:
    """The shape of what the map reads: that of one input, all of several one behind the other."""
    return call.sources[0] if len(call.sources) == 1 else (sum(map(prod, call.sources)),)


def _run(call: GraphCall, sign: float) -> Tensor:
    count = BATCH * prod(_source(call))
    numbers = sign * torch.arange(1, count + 1, dtype=torch.float64).reshape(BATCH, -1)
    parts = torch.split(numbers, [prod(source) for source in call.sources], dim=1)
    tensors = call.tensors or tuple(call.node.all_input_nodes)[:1]
    given = {
        node: part.reshape(BATCH, *source) for node, part, source in zip(tensors, parts, call.sources, strict=True)
    }
    root = call.node.graph.owning_module

    def load(node: fx.Node) -> Any:
        if node.op == "get_attr":
            return _constant(root, node)
        return given.get(node, BATCH)  # a size that follows the batch

    args, kwargs = fx.map_arg(call.node.args, load), fx.map_arg(call.node.kwargs, load)
    if call.module is not None:
        result = call.module(*args, **kwargs)
    elif callable(call.node.target):
        result = call.node.target(*args, **kwargs)
    else:
        result = getattr(args[0], call.node.target)(*args[1:], **kwargs)
    found: Tensor = result
    return found


def _constant(root: Any, node: fx.Node) -> Any:
    value = operator.attrgetter(str(node.target))(root)
    return value.detach() if isinstance(value, Tensor) else value


def _reads_constant(call: GraphCall) -> bool:
    return next(iter(call.node.all_input_nodes)).op == "get_attr"
