"""Splits: each piece of a value becomes a step of its own, so that every step of the graph gives one tensor."""

import operator
from typing import Any

import torch
from torch import fx

from spikewright.compress.graph.kinds.moving import piece_of

_METHODS = ("split", "chunk", "tensor_split", "unbind", "split_with_sizes", "hsplit", "vsplit")
_CUTS: dict[Any, str] = {getattr(torch, name): name for name in _METHODS} | {name: name for name in _METHODS}


def take_apart(module: fx.GraphModule, sample: torch.Tensor | None = None) -> None:
    """`split(x, 2)[1]` becomes `piece_of(x, 1, split, 2)`, and who takes all pieces, or some in a row, gets a list of these.

    How many there are shows a run on the `sample (1, ...)`; without one, splits that are not picked by numbers stay.
    """
    cuts = [node for node in module.graph.nodes if node.op.startswith("call_") and _cuts(node)]
    several = [node for node in cuts if not all(map(_picks, node.users))]
    of_one_image = [node for node in several if _axis(node) != 0]
    counts = _counted(module, sample, of_one_image) if of_one_image and sample is not None else {}
    for node in cuts:
        if node not in several:
            for user in list(node.users):
                _replace(module, node, user)
        elif node in counts:
            _listed(module, node, counts[node])


def _cuts(node: fx.Node) -> bool:
    return node.op in ("call_method", "call_function") and node.target in _CUTS


def _axis(cut: fx.Node) -> Any:
    """The axis that is cut; 0 is the batch."""
    name = _CUTS[cut.target]
    if name in ("hsplit", "vsplit"):
        return 1 if name == "hsplit" else 0
    place = 1 if name == "unbind" else 2
    return cut.args[place] if len(cut.args) > place else cut.kwargs.get("dim", 0)


def _picks(user: fx.Node) -> bool:
    return user.target is operator.getitem and isinstance(user.args[1], int)


def _counted(module: fx.GraphModule, sample: torch.Tensor, cuts: list[fx.Node]) -> dict[fx.Node, int]:
    """Into how many pieces a sample is cut."""
    found: dict[fx.Node, int] = {}

    class Counting(fx.Interpreter):
        def run_node(self, n: fx.Node) -> Any:
            value = super().run_node(n)
            if n in cuts:
                found[n] = len(value)
            return value

    with torch.no_grad():
        Counting(module).run(sample.clone())
    return found


def _listed(module: fx.GraphModule, cut: fx.Node, count: int) -> None:
    """Put a list of pieces in the place of a cut, or of a slice of it, wherever it is taken."""
    pieces = [_piece(module, cut, place, cut.next) for place in range(count)]
    for user in [*cut.users]:
        if user in pieces:
            continue
        if user.target is operator.getitem and isinstance(user.args[1], int):
            user.replace_all_uses_with(pieces[user.args[1]])
        elif user.target is operator.getitem:
            for reader in list(user.users):
                _give(reader, user, pieces[user.args[1]])  # type: ignore[index, arg-type]
        else:
            _give(user, cut, pieces)
            continue
        module.graph.erase_node(user)


def _give(reader: fx.Node, old: fx.Node, pieces: list[fx.Node]) -> None:
    """Let a node read a list of pieces in the place of what it read."""

    def load(node: fx.Node) -> Any:
        return list(pieces) if node is old else node

    reader.args, reader.kwargs = fx.map_arg(reader.args, load), fx.map_arg(reader.kwargs, load)


def _replace(module: fx.GraphModule, cut: fx.Node, user: fx.Node) -> None:
    made = _piece(module, cut, user.args[1], user)
    user.replace_all_uses_with(made)
    module.graph.erase_node(user)
    made.name = user.name


def _piece(module: fx.GraphModule, cut: fx.Node, place: Any, before: fx.Node) -> fx.Node:
    keywords: dict[str, Any] = dict(cut.kwargs)
    data = cut.args[0] if cut.args else keywords.pop("input")
    with module.graph.inserting_before(before):
        return module.graph.call_function(piece_of, (data, place, _CUTS[cut.target], *cut.args[1:]), keywords)
