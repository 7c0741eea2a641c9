"""The rule that names what only moves numbers: slices, splits, permutations, shuffles, crops, repetition, borders.

The operation is called on numbered elements, so that one rule reads all of them: what comes out says where it came from.
"""

import operator
from collections.abc import Mapping
from math import prod
from typing import Any

import torch
from torch import Tensor, fx

from spikewright.compress.graph.kinds.call import Found, GraphCall, unsupported
from spikewright.index_maps import IndexMap

_PLAIN = ("_operator", "builtins", "math")
"""Where functions of numbers come from."""
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


def _data(call: GraphCall) -> list[tuple[fx.Node, tuple[int, ...]]]:
    """The inputs whose numbers are moved and their shapes: all tensors but constants that are repeated for each image."""
    tensors = call.tensors or tuple(call.node.all_input_nodes)[:1]
    return [(node, shape) for node, shape in zip(tensors, call.sources, strict=True) if not _is_constant(node)]


def _is_constant(node: fx.Node) -> bool:
    """Whether it is a parameter or buffer, or made of nothing else but sizes, such as an index that is expanded to the batch."""
    seen, todo, found = set[fx.Node](), [node], False
    while todo:
        one = todo.pop()
        if one.op == "get_attr":
            found = True
        elif one not in seen and not is_size(one):
            if one.op not in ("call_function", "call_method"):
                return False
            seen.add(one)
            todo += one.all_input_nodes
    return found


def is_size(node: fx.Node) -> bool:
    """Whether it is a size of a value, or computed of such sizes alone."""
    if node.target is getattr or node.target in ("size", "numel", "dim"):
        return node.target is not getattr or node.args[1] in ("shape", "ndim")
    inputs, plain = node.all_input_nodes, getattr(node.target, "__module__", "") in _PLAIN
    return node.op == "call_function" and plain and bool(inputs) and all(map(is_size, inputs))


def _source(call: GraphCall) -> tuple[int, ...]:
    """The shape of what the map reads: that of one input, all of several one behind the other."""
    shapes = [shape for _, shape in _data(call)]
    return shapes[0] if len(shapes) == 1 else (sum(map(prod, shapes)),)


def _run(call: GraphCall, sign: float) -> Tensor:
    count = BATCH * prod(_source(call))
    numbers = sign * torch.arange(1, count + 1, dtype=torch.float64).reshape(BATCH, count // BATCH)
    parts = torch.split(numbers, [prod(shape) for _, shape in _data(call)], dim=1)
    given = {node: part.reshape(BATCH, *shape) for (node, shape), part in zip(_data(call), parts, strict=True)}
    found: Tensor = _called(call.node, given, call.module)
    return found


def _called(node: fx.Node, given: Mapping[fx.Node, Tensor], module: Any = None) -> Any:
    """What a node gives for these inputs, with all constants computed; what is no tensor is a size that follows the batch."""

    def load(source: fx.Node) -> Any:
        if source in given:
            return given[source]
        if source.op == "get_attr":
            return _constant(node.graph.owning_module, source)
        return _called(source, given) if _is_constant(source) else BATCH

    args, kwargs = fx.map_arg(node.args, load), fx.map_arg(node.kwargs, load)
    if module is not None:
        return module(*args, **kwargs)
    target: Any = node.target
    return target(*args, **kwargs) if callable(target) else getattr(args[0], target)(*args[1:], **kwargs)


def _constant(root: Any, node: fx.Node) -> Any:
    value = operator.attrgetter(str(node.target))(root)
    return value.detach() if isinstance(value, Tensor) else value


def _reads_constant(call: GraphCall) -> bool:
    return _is_constant(next(iter(call.node.all_input_nodes)))
