"""Operations that overwrite a tensor: a traced graph knows values only, so later readers must be told what they read."""

import inspect
from typing import Any

from torch import fx, nn

from spikewright import InvalidInput

_PASSES = (nn.Identity, nn.Dropout, nn.Dropout1d, nn.Dropout2d, nn.Dropout3d, nn.AlphaDropout)
_PASSING = ("dropout", "dropout1d", "dropout2d", "contiguous", "detach", "to", "float")
_VIEWS = (nn.Flatten, nn.Unflatten)
_VIEWING = (
    *("view", "view_as", "reshape", "reshape_as", "flatten", "ravel", "squeeze", "unsqueeze", "transpose", "permute"),
    *("t", "swapaxes", "swapdims", "movedim", "expand", "expand_as", "narrow", "select", "getitem", "chunk", "split"),
    *("unflatten", "unbind", "unfold", "tensor_split", "diagonal", "as_strided"),
)


def is_inplace(node: fx.Node, root: nn.Module) -> bool:
    """True when the node overwrites its first argument."""
    if node.op == "call_module":
        return bool(getattr(root.get_submodule(str(node.target)), "inplace", False)) and bool(node.args)
    if not node.args or node.op not in ("call_function", "call_method"):
        return False
    name = _name(node)
    named = name.endswith("_") and not name.endswith("__")
    return named or name in ("iadd", "isub", "imul", "itruediv", "setitem") or _asked_to(node)


def use_results(module: fx.GraphModule) -> None:
    """Let every later reader of a value that is overwritten read the result: the graph then says what happens.

    Readers of the same values under another name (identity, dropout in evaluation) are among them. Raises InvalidInput
    where a reshaped view of an overwritten value is read later, and for results written into a given tensor.
    """
    memory: dict[fx.Node, fx.Node] = {}  # whose memory a value lies in
    values: dict[fx.Node, fx.Node] = {}  # and, where all of it passes on as it is, whose value it is
    lying: dict[fx.Node, list[fx.Node]] = {}  # all values in one memory
    for node in list(module.graph.nodes):
        if node.kwargs.get("out") is not None:
            raise InvalidInput(f"expected new tensors as results, got out= at {node.name}; try y = f(x)")
        source = node.args[0] if node.args and isinstance(node.args[0], fx.Node) else None
        overwrites = source is not None and is_inplace(node, module)
        passes = source is not None and (overwrites or _is(node, module, _PASSES, _PASSING))
        views = source is not None and (passes or _is(node, module, _VIEWS, _VIEWING))
        if overwrites and source is not None:
            _redirect(node, source, lying[memory[source]], values)
        memory[node] = memory[source] if views and source is not None else node
        values[node] = values[source] if passes and source is not None else node
        lying.setdefault(memory[node], []).append(node)


def _redirect(node: fx.Node, source: fx.Node, lying: list[fx.Node], values: dict[fx.Node, fx.Node]) -> None:
    """Let what reads a value in the memory of `source` behind `node`, which overwrites it, read `node`."""
    for other in lying:
        later = [user for user in other.users if user not in values and user is not node]
        if not later:
            continue
        if values[other] is not values[source]:
            raise InvalidInput(
                f"expected no change in place of a value that is also read in another shape, got {node.name}, which "
                f"overwrites what {other.name} shows; try inplace=False, or an operation that makes a new tensor"
            )
        other.replace_all_uses_with(node, delete_user_cb=lambda user: user not in values and user is not node)


def _is(node: fx.Node, module: nn.Module, kinds: tuple[type[nn.Module], ...], names: tuple[str, ...]) -> bool:
    if node.op == "call_module":
        return isinstance(module.get_submodule(str(node.target)), kinds)
    return node.op in ("call_function", "call_method") and _name(node) in names


def _name(node: fx.Node) -> str:
    return str(getattr(node.target, "__name__", node.target))


def _asked_to(node: fx.Node) -> bool:
    """An `inplace` argument that is true, by name or by place."""
    if "inplace" in node.kwargs or not callable(node.target):
        return bool(node.kwargs.get("inplace", False))
    try:
        given: Any = inspect.signature(node.target).bind_partial(*node.args, **node.kwargs).arguments
    except (TypeError, ValueError):  # functions of torch in C have no signature, and no such argument
        return False
    return bool(given.get("inplace", False))
