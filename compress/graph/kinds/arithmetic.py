"""The rules that name sums, differences, means, softmax and changes of the type of numbers."""

from typing import Any

import torch
from torch import fx

from spikewright.compress.graph.kinds.call import Found, GraphCall, Rule, unsupported


def add(call: GraphCall) -> Found:
    """The sum of two values of one shape."""
    operands = [value for value in call.node.args if isinstance(value, fx.Node)]
    operands += [value for key, value in call.node.kwargs.items() if isinstance(value, fx.Node)]
    if len(operands) != 2 or any(source != call.shape for source in call.sources) or _reads_constants(call):
        return unsupported("addition of a constant, or of shapes that differ")
    if call.bind("other", alpha=1)["alpha"] != 1:
        return unsupported("torch.add with alpha")
    return Found("add")


def _reads_constants(call: GraphCall) -> bool:
    """True when one of the operands is a parameter or buffer, not a value of the graph."""
    return any(source.op == "get_attr" for source in call.node.all_input_nodes)


def sub(call: GraphCall) -> Found:
    """The difference of two values of one shape."""
    places = [value for value in call.node.args[:2] if isinstance(value, fx.Node)]
    same = len(call.sources) == 2 and all(source == call.shape for source in call.sources)
    if len(places) != 2 or not same or _reads_constants(call):
        return unsupported("subtraction of a constant, of itself, or of shapes that differ")
    if call.bind("other", alpha=1)["alpha"] != 1:
        return unsupported("torch.sub with alpha")
    return Found("sub")


def _axes(call: GraphCall, value: Any) -> tuple[int, ...]:
    rank = len(call.sources[0]) + 1
    dims = range(rank) if value is None else (value if isinstance(value, tuple | list) else (value,))
    return tuple(sorted(int(dim) % rank for dim in dims))


def mean(call: GraphCall) -> Found:
    """A mean over `dims`, counted with the batch as dimension 0."""
    given = call.bind("dim", "keepdim", dim=None, keepdim=False)
    axes = _axes(call, given["dim"])
    if 0 in axes:
        return unsupported("mean over the batch")
    return Found("mean", {"dims": axes, "keepdim": bool(given["keepdim"])})


def total(call: GraphCall) -> Found:
    """A sum over `dims`, counted with the batch as dimension 0."""
    found, args, _ = mean(call)
    return Found("sum", args) if found == "mean" else unsupported("sum over the batch")


def softmax(log: bool) -> Rule:
    """Softmax, or its logarithm, over the classes."""

    def rule(call: GraphCall) -> Found:
        dim = call.module.dim if call.module is not None else call.bind("dim", dim=None)["dim"]
        axes = _axes(call, 1 if dim is None else dim)
        return Found("softmax", {"dim": axes[0], "log": log}) if axes == (1,) else unsupported("softmax over no class")

    return rule


def cast(call: GraphCall) -> Found:
    """Numbers as float32 or float64, or as those of another value: what is computed stays the same."""
    given = (*call.node.args[1:], *call.node.kwargs.values())
    narrow = [one for one in given if isinstance(one, torch.dtype) and one not in (torch.float32, torch.float64)]
    return unsupported(f"numbers of type {narrow[0]}") if narrow else Found("identity")
