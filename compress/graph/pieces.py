"""Splits: each piece of a value becomes a step of its own, so that every step of the graph gives one tensor."""

import operator
from typing import Any

import torch
from torch import fx

from spikewright.compress.graph.kinds.moving import piece_of

_METHODS = ("split", "chunk", "tensor_split", "unbind", "split_with_sizes", "hsplit", "vsplit")
_CUTS: dict[Any, str] = {getattr(torch, name): name for name in _METHODS} | {name: name for name in _METHODS}


def take_apart(module: fx.GraphModule) -> None:
    """`split(x, 2)[1]` becomes `piece_of(x, 1, split, 2)`; a split whose pieces are not picked by numbers stays."""
    for node in list(module.graph.nodes):
        known = node.op in ("call_method", "call_function") and node.target in _CUTS
        if known and all(map(_picks, node.users)):
            for user in list(node.users):
                _replace(module, node, user)


def _picks(user: fx.Node) -> bool:
    return user.target is operator.getitem and isinstance(user.args[1], int)


def _replace(module: fx.GraphModule, cut: fx.Node, user: fx.Node) -> None:
    keywords: dict[str, Any] = dict(cut.kwargs)
    data = cut.args[0] if cut.args else keywords.pop("input")
    with module.graph.inserting_before(user):
        made = module.graph.call_function(piece_of, (data, user.args[1], _CUTS[cut.target], *cut.args[1:]), keywords)
    user.replace_all_uses_with(made)
    module.graph.erase_node(user)
    made.name = user.name
