"""What a traced graph computes of parameters and of the size of the batch, the same for each image, is computed once.

A sinusoidal encoding of places is built so:

    zeros(b, 8, 8) -> ~ -> cumsum -> / ... -> sin       =       its values (1, 8, 8, ...), expanded to the batch
"""

from functools import partial
from typing import Any

import torch
from torch import Tensor, fx
from torch.nn import functional as F

from spikewright.compress.graph.constants import kept_parameter
from spikewright.compress.graph.kinds.moving import is_size
from spikewright.compress.graph.performing import performed
from spikewright.compress.graph.sizes import BATCHES

_ON_NEW = ("new_zeros", "new_ones", "new_full", "new_tensor")
"""Methods that read nothing of their tensor but its device and the type of its numbers."""
_CALLS = ("call_function", "call_method")
_ACTIVATIONS: tuple[Any, ...] = (torch.relu, F.relu, "relu")
"""What is behind them is read as activations of a population, also where that never changes."""
Values = tuple[Any, ...]
"""What a node gives for each of the batch sizes."""


def fold_repeated(module: fx.GraphModule) -> None:
    """Replace each step that gives the same numbers for each image, whatever the images are: by these, expanded to the batch.

    A single step, such as zeros or a parameter that is expanded, stays as it is; so does what is drawn.
    """
    module.graph.eliminate_dead_code()  # what was folded already is not worked out again
    known, sizes = _known(module)
    for node in known:
        read = any(user not in known for user in node.users)
        several = any(sizes.get(source) for source in node.all_input_nodes)
        row = _row(known[node]) if read and several and sizes[node] is not None else None
        if row is not None:
            _put(module, node, row, sizes[node])
    module.graph.eliminate_dead_code()


def _known(module: fx.GraphModule) -> tuple[dict[fx.Node, Values], dict[fx.Node, fx.Node | None]]:
    """The values of all steps of parameters and one size of the batch, and that size, None where there is none."""
    known: dict[fx.Node, Values] = {}
    sizes: dict[fx.Node, fx.Node | None] = {}
    for node in module.graph.nodes:
        if node.op == "get_attr":
            value = performed(module, node, known.get)
            value = value.detach() if isinstance(value, Tensor) else value
            known[node], sizes[node] = (value,) * len(BATCHES), None
        elif node.target is getattr and node.args[1] in ("device", "dtype"):
            kept = torch.device("cpu") if node.args[1] == "device" else torch.float32
            known[node], sizes[node] = (kept,) * len(BATCHES), None
        elif node.op in _CALLS and not is_size(node) and node.target not in _ACTIVATIONS:
            _follow(module, node, known, sizes)
    return known, sizes


def _follow(
    module: fx.GraphModule, node: fx.Node, known: dict[fx.Node, Values], sizes: dict[fx.Node, fx.Node | None]
) -> None:
    """Work out a step whose inputs are known, or sizes."""
    fresh = node.args[0] if node.target in _ON_NEW else None
    inputs = [one for one in node.all_input_nodes if one is not fresh]
    used = {one if is_size(one) else sizes.get(one) for one in inputs} - {None}
    if len(used) > 1 or not all(one in known or is_size(one) for one in inputs):
        return

    def load(one: fx.Node, place: int) -> Any:
        if one in known:
            value = known[one][place]
            return value.clone() if isinstance(value, Tensor) else value
        return torch.zeros(()) if one is fresh else BATCHES[place]

    try:
        with torch.no_grad():
            runs = [
                tuple(performed(module, node, partial(load, place=place)) for place in range(len(BATCHES)))
                for _ in range(2)
            ]
    except Exception:  # whatever an operation raises for a size that follows the batch in another way
        return
    if all(isinstance(one, Tensor) and torch.equal(one, other) for one, other in zip(*runs, strict=True)):
        known[node], sizes[node] = runs[0], next(iter(used), None)


def _row(values: Values) -> Tensor | None:
    """What each image of each batch has, `(1, ...)`; None where they differ."""
    row: Tensor = values[0][:1]
    same = all(torch.equal(one, row.expand(size, *row.shape[1:])) for one, size in zip(values, BATCHES, strict=True))
    return row if same else None


def _put(module: fx.GraphModule, node: fx.Node, row: Tensor, size: Any) -> None:
    """Let the readers of `node` read `row`, a parameter by a name that is free, as often as `size` says."""
    with module.graph.inserting_before(node):
        read = module.graph.get_attr(kept_parameter(module, node.name, row))
        whole = module.graph.call_method("expand", (read, size, *(-1,) * (row.ndim - 1)))
    node.replace_all_uses_with(whole)
